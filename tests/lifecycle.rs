//! What rules over the lifecycle of a resource of a ROS template: whether there
//! are any, whether it is deleted, and whether an update reaches what is there.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

/// `name: action, action` of each procedure in the report on the fixture.
static PROCEDURES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("fixtures/frontends/ros/lifecycle.yml");
    let args = ["ecs-lock-lint", "audit", "--output=json"].map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    ecs_lock_lint::run(args.into_iter().chain([path.into()]), &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    let line = |procedure: &Value| {
        let steps = procedure["steps"].as_array().unwrap().iter();
        let actions: Vec<&str> = steps.map(|step| step["action"].as_str().unwrap()).collect();
        format!("{}: {}", procedure["name"].as_str().unwrap(), actions.join(", "))
    };
    report["procedures"].as_array().unwrap().iter().map(line).collect()
});

/// What the procedures of a resource do.
fn lifecycle(resource: &str) -> Vec<&'static str> {
    let procedures = PROCEDURES.iter();
    let own = procedures.filter_map(|line| line.strip_prefix(resource)?.strip_prefix(' '));
    own.collect()
}

const DISK: [&str; 3] =
    ["(create): CreateDisk", "(update): JoinResourceGroup", "(delete): DeleteDisk"];

#[test]
fn what_is_retained_is_not_deleted() {
    assert_eq!(lifecycle("Kept"), DISK[..2]);
    assert_eq!(lifecycle("Deleted"), DISK);
    // Only the run can tell.
    assert_eq!(lifecycle("KeptPerhaps"), DISK);
}

#[test]
fn an_update_policy_decides_whether_instances_that_are_there_change() {
    let all = lifecycle("All")[1];
    assert!(all.contains("StopInstance") && all.contains("ModifyInstanceSpec"), "{all}");
    for same in ["AsProperty", "Open"] {
        assert_eq!(lifecycle(same)[1], all, "{same}");
    }
    let new = lifecycle("New")[1];
    assert!(!new.contains("StopInstance") && !new.contains("ModifyInstanceSpec"), "{new}");
    assert_eq!(lifecycle("Default")[1], new);
}

#[test]
fn none_of_a_resource_does_nothing() {
    for none in ["None", "NoneText", "NoneAtAll", "NoneByMap", "NoneByLength"] {
        assert!(lifecycle(none).is_empty(), "{none}");
    }
    // A default may be overruled.
    for some in ["NoneByDefault", "SomeByMap", "Several", "SeveralByDefault", "Unknown"] {
        assert_eq!(lifecycle(some), DISK, "{some}");
    }
}
