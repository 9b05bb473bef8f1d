//! What other programs read of this repository: the hooks of pre-commit.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::Path;

use ecs_lock_lint::frontend::FRONTENDS;
use regex::Regex;
use serde_yaml::Value;

fn hooks() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let document: Value = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    document.as_sequence().unwrap().clone()
}

#[test]
fn there_is_a_hook_for_each_way_to_install() {
    let of = |key: &str| -> Vec<String> {
        hooks().iter().map(|hook| hook[key].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of("id"), ["ecs-lock-lint", "ecs-lock-lint-rust", "ecs-lock-lint-system"]);
    assert_eq!(of("language"), ["python", "rust", "system"]);
    assert!(of("entry").iter().all(|entry| entry == "ecs-lock-lint check"));
    assert!(hooks().iter().all(|hook| hook["require_serial"] == true));
}

#[test]
fn hooks_are_given_the_files_that_a_front_end_may_read() {
    for hook in hooks() {
        let files = Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for glob in FRONTENDS.iter().flat_map(|frontend| frontend.globs) {
            let name = glob.replace('*', "x");
            assert!(files.is_match(&name) && files.is_match(&format!("a/b.c/{name}")), "{glob}");
        }
        for read in ["tool", "bin/tool"] {
            assert!(files.is_match(read), "{read}");
        }
        for other in ["a.png", "a.txt", "a.lock", "b.tf/a.css"] {
            assert!(!files.is_match(other), "{other}");
        }
    }
}
