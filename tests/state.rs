//! `--state`: what a Terraform state tells of disks and identifiers.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// Target and verdict of each `DeleteDisk` of the project.
fn deletions(arguments: &[&str]) -> Vec<(String, String)> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/state");
    let state = arguments.iter().map(|name| format!("--state={}", project.join(name).display()));
    let args = ["ecs-lock-lint", "audit", "--output=json"].map(OsString::from);
    let args = args.into_iter().chain(state.map(OsString::from));
    let args = args.chain([project.join("main.tf").into_os_string()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    ecs_lock_lint::run(args, &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    let procedures = report["procedures"].as_array().unwrap().iter();
    let steps = procedures.flat_map(|procedure| procedure["steps"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let deletions = steps.filter(|step| step["action"] == "DeleteDisk");
    deletions.map(|step| (text(&step["target"]), text(&step["verdict"]))).collect()
}

fn expected(disk: &str, verdict: &str) -> Vec<(String, String)> {
    let spare = ("alicloud_ecs_disk.spare".to_owned(), "may-fail".to_owned());
    vec![(disk.to_owned(), verdict.to_owned()), spare]
}

#[test]
fn without_a_state_attachments_are_unknown() {
    assert_eq!(deletions(&[]), expected("alicloud_ecs_disk.data", "may-fail"));
}

#[test]
fn either_form_of_a_state_tells_what_is_attached() {
    for state in ["terraform.tfstate", "show.json"] {
        assert_eq!(deletions(&[state]), expected("d-0001", "fails"), "{state}");
    }
}

#[test]
fn what_is_no_state_is_an_error() {
    let args = ["ecs-lock-lint", "check", "--state=Cargo.toml", "fixtures/projects/state"];
    let mut err = Vec::new();
    assert_eq!(ecs_lock_lint::run(args.map(OsString::from), &mut Vec::new(), &mut err), 2);
    let message = String::from_utf8(err).unwrap();
    assert!(message.contains("--state Cargo.toml") && message.contains("show -json"), "{message}");
}
