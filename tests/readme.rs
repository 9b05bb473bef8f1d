//! Runs what the README shows: in a `console` block each line after `$ ` is a
//! command, and what follows is its output, where `…` stands for any lines.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::Path;

use assert_cmd::Command;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The code blocks of an info string.
fn blocks<'t>(text: &'t str, info: &str) -> Vec<&'t str> {
    let fence = format!("```{info}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What a command line prints, with its exit code at the end if it isn't 0.
fn output(line: &str) -> String {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("ecs-lock-lint"), "{line}");
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1").args(words);
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a text is as shown, where a line `…` stands for any lines.
fn is_as_shown(text: &str, shown: &str) -> bool {
    let mut rest = text.trim_end();
    for (index, part) in shown.trim_end().split("…\n").enumerate() {
        let part = part.trim_end_matches('\n');
        let at = if index == 0 { rest.starts_with(part).then_some(0) } else { rest.find(part) };
        let Some(at) = at else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn the_runs_that_are_shown_are_real() {
    let readme = read("README.md");
    let runs = blocks(&readme, "console");
    assert!(runs.len() >= 3, "the README shows no runs");
    for run in runs {
        for part in run.split("$ ").filter(|part| !part.trim().is_empty()) {
            let (line, shown) = part.split_once('\n').unwrap_or((part, ""));
            let text = output(line);
            assert!(is_as_shown(&text, shown), "$ {line}\n{text}");
        }
    }
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    assert!(readme.contains("\ncargo test --workspace --locked\n"));
    assert!(ci.lines().any(|line| line == "cargo test --workspace --locked"));
}
