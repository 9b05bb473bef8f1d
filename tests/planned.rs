//! What plans say of a stack stands at the template that declares it, whichever
//! of several answers of the service lie beside it.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// Where the steps of a path that a plan brings stand: `file:line:column action
/// evidence`.
fn planned(path: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/stack");
    let folder = root.join(path).to_str().unwrap().to_owned();
    let args = ["ecs-lock-lint", "audit", "--output=json", &folder].map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    ecs_lock_lint::run(args, &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    let procedures = report["procedures"].as_array().unwrap().iter();
    let from_plan = procedures.filter(|procedure| procedure["frontend"] == "ros-changes");
    let step = |step: &Value| {
        let file = step["path"].as_str().unwrap().rsplit('/').next().unwrap();
        let start = &step["start"];
        let (line, column) = (&start["line"], &start["column"]);
        let (action, evidence) = (step["action"].as_str().unwrap(), step["evidence"].as_str());
        format!("{file}:{line}:{column} {action} {}", evidence.unwrap())
    };
    from_plan.flat_map(|one| one["steps"].as_array().unwrap().iter().map(step)).collect()
}

#[test]
fn a_preview_does_not_stand_for_the_template() {
    assert_eq!(
        planned("one"),
        [
            "template.yml:7:7 StopInstance planned",
            "template.yml:7:7 ReplaceSystemDisk planned",
            "template.yml:7:7 StartInstance planned",
            "template.yml:7:7 StopInstance possible",
            "template.yml:7:7 ReplaceSystemDisk possible",
            "template.yml:7:7 StartInstance possible",
            "template.yml:9:3 DeleteDisk planned",
        ]
    );
}

#[test]
fn a_plan_stays_where_it_is_if_several_templates_fit() {
    assert_eq!(
        planned("several"),
        [
            "change-set.json:7:30 StopInstance planned",
            "change-set.json:7:30 ReplaceSystemDisk planned",
            "change-set.json:7:30 StartInstance planned",
        ]
    );
}
