//! The documents: the book is complete, pages made from data are as the data is,
//! and what they tell the reader to type works. The runs that they show are
//! executed by the test of the README.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The code blocks of an info string.
fn blocks(path: &str, info: &str) -> Vec<String> {
    let (text, fence) = (read(path), format!("```{info}\n"));
    let blocks: Vec<String> = text
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect();
    assert!(!blocks.is_empty(), "{path} has no {info} block");
    blocks
}

/// A folder of its own, with a script that has findings, in a new repository.
fn repository(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("CodeAnalysisLogs")).unwrap();
    std::fs::copy(root().join("fixtures/baseline/resize.sh"), folder.join("resize.sh")).unwrap();
    assert!(Command::new("git").args(["init", "-q"]).arg(&folder).status().unwrap().success());
    folder
}

/// The exit code of a command line of the program.
fn exit_code(line: &str, folder: &Path) -> i32 {
    let line = line.split(" #").next().unwrap();
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("ecs-lock-lint"), "{line}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-lock-lint"));
    command.current_dir(folder).args(words).output().unwrap().status.code().unwrap()
}

#[test]
fn the_book_has_every_document() {
    let summary = read("docs/SUMMARY.md");
    let links = summary.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned());
    let listed: BTreeSet<String> = links.collect();
    let there = std::fs::read_dir(root().join("docs")).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_page = |name: &String| name != "SUMMARY.md" && name != "book.toml";
    assert_eq!(listed, there.filter(is_page).collect());
}

/// `UPDATE_SNAPSHOTS=1 cargo test` writes the pages anew.
#[test]
fn pages_made_from_data_are_up_to_date() {
    for (command, page) in
        [("rules", "docs/rule-reference.md"), ("list-frontends", "docs/inputs.md")]
    {
        let mut text = Vec::new();
        let args = ["ecs-lock-lint", command, "--format=markdown"].map(OsString::from);
        assert_eq!(ecs_lock_lint::run(args, &mut text, &mut Vec::new()), 0);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(root().join(page), &text).unwrap();
        }
        assert!(read(page).as_bytes() == text, "{page} is not what the program prints");
    }
}

/// The five commands of a newcomer: findings, a baseline, a green gate, and a gate
/// that fails on what is new.
#[test]
fn a_newcomer_gets_to_a_green_gate() {
    let (folder, block) =
        (repository("newcomer"), blocks("docs/getting-started.md", "sh newcomer"));
    let lines: Vec<&str> = block[0].lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("cargo install --locked --path ."));
    let codes: Vec<i32> = lines[2..].iter().map(|line| exit_code(line, &folder)).collect();
    assert_eq!(codes, [1, 0, 0]);
    std::fs::write(folder.join("new.sh"), "aliyun ecs StartInstance --InstanceId i-1\n").unwrap();
    assert_eq!(exit_code(lines[4], &folder), 1);
}

/// The command lines that the document on CI has in its jobs.
fn ci_commands() -> Vec<String> {
    let text = read("docs/ci.md");
    let commands = text.lines().filter_map(|line| {
        let command = &line[line.find("ecs-lock-lint check --output")?..];
        let end = command.find(['\'', '|']).unwrap_or(command.len());
        Some(command[..end].trim().to_owned())
    });
    commands.collect()
}

#[test]
fn the_commands_of_ci_write_what_their_jobs_take() {
    let commands = ci_commands();
    assert!(commands.len() >= 4, "{commands:?}");
    for (number, command) in commands.iter().enumerate() {
        let folder = repository(&format!("ci-{number}"));
        let gates = !command.contains("--fail-on never");
        assert_eq!(exit_code(command, &folder), i32::from(gates), "{command}");
        let files = command.split_whitespace().filter_map(|word| word.split_once('='));
        for (_, file) in files {
            assert!(folder.join(file).metadata().unwrap().len() > 0, "{command}: {file}");
        }
    }
}

/// The step of a workflow that uses this action gives it inputs that it has.
#[test]
fn workflows_give_the_action_its_inputs() {
    let action: Value = serde_yaml::from_str(&read("action.yml")).unwrap();
    for block in blocks("docs/ci.md", "yaml github-workflow") {
        let workflow: Value = serde_yaml::from_str(&block).unwrap();
        let steps = workflow["jobs"]["check"]["steps"].as_sequence().unwrap();
        let uses =
            |step: &Value| step["uses"].as_str().unwrap().starts_with("OWNER/ecs-lock-lint@");
        let step = steps.iter().find(|step| uses(step)).unwrap();
        for name in step["with"].as_mapping().unwrap().keys() {
            assert!(action["inputs"].get(name).is_some(), "{name:?}");
        }
    }
}

/// The hook that the document on CI shows is one of this repository's.
#[test]
fn the_hook_exists() {
    let hooks: Value = serde_yaml::from_str(&read(".pre-commit-hooks.yaml")).unwrap();
    let ids: Vec<&str> =
        hooks.as_sequence().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    let shown: Value = serde_yaml::from_str(&blocks("docs/ci.md", "yaml pre-commit")[0]).unwrap();
    assert!(ids.contains(&shown["repos"][0]["hooks"][0]["id"].as_str().unwrap()));
}
