//! In every format that holds code, each outcome of a call comes out: one that
//! fails, one that does nothing, one whose failure is swallowed, one behind a
//! look at the lock state, and one that the lock does not touch.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ecs_lock_lint::frontend::FRONTENDS;
use serde_json::Value;

/// Front ends that read declarations, answers of the API, or programs; the others
/// read files that hold commands.
const NO_HOSTS: [&str; 17] = [
    "terraform-plan",
    "ros",
    "ros-changes",
    "oos",
    "crossplane",
    "pulumi",
    "shell",
    "powershell",
    "batch",
    "scripts",
    "python",
    "go",
    "csharp",
    "java",
    "ruby",
    "javascript",
    "php",
];

/// An outcome, and whether an audit has it.
type Outcome = (&'static str, fn(&Value) -> bool);

const OUTCOMES: [Outcome; 5] = [
    ("failing", |audit| {
        steps(audit).any(|step| step["verdict"] == "fails" && step["handled"].is_null())
    }),
    ("no-op", |audit| steps(audit).any(|step| step["verdict"] == "silent-no-op")),
    ("swallowed", |audit| {
        let findings = audit["findings"].as_array().unwrap();
        findings.iter().any(|finding| finding["rule"] == "swallowed-lock-error")
    }),
    ("guarded", |audit| {
        let says = |step: &Value| step["handled"].as_str().unwrap_or_default().to_owned();
        steps(audit).any(|step| says(step).contains("a look at the lock state"))
    }),
    ("unaffected", |audit| steps(audit).any(|step| step["verdict"] == "unaffected")),
];

fn steps(audit: &Value) -> impl Iterator<Item = &Value> {
    let procedures = audit["procedures"].as_array().unwrap().iter();
    procedures.flat_map(|procedure| procedure["steps"].as_array().unwrap())
}

fn audit(path: &Path) -> Value {
    let args = ["ecs-lock-lint", "audit", "--format=json"].map(OsString::from);
    let args = args.into_iter().chain([path.as_os_str().to_owned()]);
    let mut out = Vec::new();
    ecs_lock_lint::run(args, &mut out, &mut Vec::new());
    serde_json::from_slice(&out).unwrap()
}

fn folder(host: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/hosts").join(host)
}

#[test]
fn every_host_shows_every_outcome() {
    let names = FRONTENDS.iter().map(|frontend| frontend.name);
    for host in names.filter(|name| !NO_HOSTS.contains(name)) {
        let folder = folder(host);
        assert!(folder.is_dir(), "{host}: no files in {}", folder.display());
        let audit = audit(&folder);
        assert_eq!(audit["problems"], serde_json::json!([]), "{host}");
        for (outcome, is_there) in OUTCOMES {
            assert!(is_there(&audit), "{host}: no {outcome} step");
        }
    }
}
