//! What a configuration refers to is read with it: modules elsewhere, installed
//! ones, files that functions read, and values that the user gives.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// Runs a command on `live`, the root module of the project, and gives the exit
/// code and the report.
fn run(command: &str, arguments: &[&str]) -> (u8, Value) {
    let live = project("live");
    let args = ["ecs-lock-lint", command, "--output=json"].map(OsString::from);
    let args = args.into_iter().chain(arguments.iter().map(OsString::from)).chain([live.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = ecs_lock_lint::run(args, &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    (code, serde_json::from_slice(&out).unwrap())
}

fn project(path: &str) -> String {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/linked");
    project.join(path).to_str().unwrap().to_owned()
}

/// File below the project, line and rule or resource of each finding.
fn findings(report: &Value) -> Vec<String> {
    let shown = |finding: &Value| {
        let path = finding["path"].as_str().unwrap();
        let path = path.strip_prefix(&project("")).unwrap();
        let what = finding["binding"]["resource"].as_str().or(finding["rule"].as_str());
        format!("{path}:{} {}", finding["start"]["line"], what.unwrap())
    };
    report["findings"].as_array().unwrap().iter().map(shown).collect()
}

#[test]
fn modules_templates_and_scripts_are_followed() {
    let (code, report) = run("check", &[]);
    assert_eq!(code, 1);
    assert_eq!(
        findings(&report),
        [
            "live/.terraform/modules/net/sub/main.tf:1 module.net.module.sub.alicloud_ecs_disk.remote",
            "live/main.tf:13 unresolved-operation",
            "live/main.tf:21 alicloud_instance.web[\"blue\"]",
            "live/scripts/init.tftpl:6 blocked-call",
            "live/scripts/one.sh:1 blocked-call",
            "live/scripts/two.txt:1 unverified-command",
            "modules/web/main.tf:3 module.web.alicloud_ecs_disk.data",
        ]
    );
}

#[test]
fn a_module_that_is_not_at_hand_is_named_with_a_remedy() {
    let (_, report) = run("check", &[]);
    let findings = report["findings"].as_array().unwrap();
    let unread = findings.iter().find(|it| it["rule"] == "unresolved-operation").unwrap();
    let message = unread["message"].as_str().unwrap();
    assert!(message.contains("`other` (git::https://git.example.com/modules.git)"), "{message}");
    assert!(message.contains("terraform init"), "{message}");
}

#[test]
fn what_is_excluded_is_not_followed() {
    let (_, report) = run("check", &["--exclude=scripts", "--exclude=modules"]);
    let shown = findings(&report);
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown.iter().all(|it| it.starts_with("live/main.tf")), "{shown:?}");
}

/// Addresses of the disks that the module `web` makes.
fn disks(var_files: &[&str]) -> Vec<String> {
    let files: Vec<String> =
        var_files.iter().map(|file| format!("--var-file={}", project(file))).collect();
    let (_, report) = run("audit", &files.iter().map(String::as_str).collect::<Vec<_>>());
    let procedures = report["procedures"].as_array().unwrap().iter();
    let names = procedures.map(|procedure| procedure["name"].as_str().unwrap());
    let creates = names.filter_map(|name| name.strip_suffix(" (create)"));
    creates.filter(|name| name.starts_with("module.web")).map(str::to_owned).collect()
}

#[test]
fn values_that_are_given_count_the_last_most() {
    assert_eq!(disks(&[]), ["module.web.alicloud_ecs_disk.data"]);
    let counted = |count: u8| -> Vec<String> {
        (0..count).map(|it| format!("module.web.alicloud_ecs_disk.data[{it}]")).collect()
    };
    assert_eq!(disks(&["production.tfvars"]), counted(2));
    assert_eq!(disks(&["production.tfvars", "more.tfvars.json"]), counted(3));
}

#[test]
fn values_that_cannot_be_read_are_an_error() {
    let args = ["ecs-lock-lint", "check", "--var-file=not-there.tfvars", "fixtures"];
    let mut err = Vec::new();
    assert_eq!(ecs_lock_lint::run(args.map(OsString::from), &mut Vec::new(), &mut err), 2);
    let message = String::from_utf8(err).unwrap();
    assert!(message.contains("--var-file not-there.tfvars: no such file"), "{message}");
}
