//! What other programs read of this repository, or of the program: hooks of
//! pre-commit, completions, manual pages, the Debian package.

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
        for other in ["a.png", "a.log", "a.lock", "b.tf/a.css"] {
            assert!(!files.is_match(other), "{other}");
        }
    }
}

/// What a command of the program prints.
fn printed(args: &[&str]) -> String {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_ecs-lock-lint")).args(args).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for word in ["audit", "list-frontends", "no-suppressions"] {
            assert!(script.contains(word), "{word} in {shell}");
        }
    }
}

/// The folder has a page for the program and for each of its commands.
#[test]
fn every_command_has_a_manual_page() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manual");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(printed(&["man", "--directory", folder.to_str().unwrap()]), "");
    let help = printed(&["--help"]);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names = commands.map(|line| line.split_whitespace().next().unwrap());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(names.len() > 5, "{help}");
    for name in names {
        let page = std::fs::read_to_string(folder.join(format!("ecs-lock-lint-{name}.1")));
        assert!(page.unwrap().contains(".SH SYNOPSIS"), "{name}");
    }
    assert!(
        printed(&["man"])
            .starts_with(&std::fs::read_to_string(folder.join("ecs-lock-lint.1")).unwrap()[..40])
    );
}

/// What the Debian package takes is there, or is made by the script that builds it.
#[test]
fn the_debian_package_has_its_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let script = std::fs::read_to_string(root.join(".github/debian.sh")).unwrap();
    let assets = manifest.split("assets = [").nth(1).unwrap().split("\n]").next().unwrap();
    let sources: Vec<&str> = assets.lines().filter_map(|line| line.split('"').nth(1)).collect();
    assert!(sources.len() > 5, "{assets}");
    for source in sources {
        let made = source
            .strip_prefix("target/debian-pages/")
            .is_some_and(|name| name == "*.1" || script.contains(&format!("\"$pages/{name}\"")));
        let is_there = made || source.starts_with("target/release/") || root.join(source).exists();
        assert!(is_there, "{source}");
    }
}
