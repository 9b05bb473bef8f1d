//! Runs what the README and the documents show: in a `console` block each line
//! after `$ ` is a command, and what follows is its output, where `…` stands for
//! any lines. A `console since` block runs in a repository whose working tree
//! differs from its last commit.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::Path;

use assert_cmd::Command;
use ecs_lock_lint::ruleset::{self, Kind};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Pages that are made from data, and show no runs.
const MADE: [&str; 2] = ["docs/inputs.md", "docs/rule-reference.md"];

/// The page for those who work on the linter: what it shows takes minutes.
const MEASURING: &str = "docs/performance.md";

/// The README and every document.
fn documents() -> Vec<String> {
    let listing = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap();
    let names = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| name != "SUMMARY.md" && name != "book.toml");
    let mut documents: Vec<String> = pages.map(|name| format!("docs/{name}")).collect();
    documents.sort();
    documents.push("README.md".to_owned());
    documents
}

/// The code blocks of an info string.
fn blocks<'t>(text: &'t str, info: &str) -> Vec<&'t str> {
    let fence = format!("```{info}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What a command line prints in a folder.
fn output(line: &str, folder: &Path) -> String {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("ecs-lock-lint"), "{line}");
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.current_dir(folder).env("NO_COLOR", "1").args(words);
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

/// Runs every command of blocks and compares what it prints with what is shown.
fn check(blocks: &[&str], folder: &Path) {
    for run in blocks {
        for part in run.split("$ ").filter(|part| !part.trim().is_empty()) {
            let (line, shown) = part.split_once('\n').unwrap_or((part, ""));
            let text = output(line, folder);
            assert!(is_as_shown(&text, shown), "$ {line}\n{text}");
        }
    }
}

/// A repository with the earlier version of a project, and the later one in its
/// working tree.
fn repository() -> std::path::PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/servers");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let take = |version: &str| {
        std::fs::copy(project.join(version).join("main.tf"), folder.join("main.tf")).unwrap();
    };
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let mut git = std::process::Command::new("git");
        let run = git.arg("-C").arg(&folder).args(identity).args(args).output();
        assert!(run.unwrap().status.success());
    };
    take("before");
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "before"]);
    take("after");
    folder
}

#[test]
fn the_runs_that_are_shown_are_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in documents() {
        let text = read(&document);
        let runs = blocks(&text, "console");
        let is_apart = MADE.contains(&document.as_str()) || document == MEASURING;
        assert!(is_apart || !runs.is_empty(), "{document} shows no runs");
        check(&runs, root);
    }
    let text = read("docs/terraform.md");
    let runs = blocks(&text, "console since");
    assert_eq!(runs.len(), 1);
    check(&runs, &repository());
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    assert!(readme.contains("\ncargo test --workspace --locked\n"));
    assert!(ci.lines().any(|line| line == "cargo test --workspace --locked"));
}

/// The rule that the document on rules shows is the one that it runs, and it names
/// every condition and placeholder that there is.
#[test]
fn the_document_on_rules_is_complete() {
    let text = read("docs/rules.md");
    let shown = blocks(&text, "yaml");
    assert_eq!(
        shown,
        [read("fixtures/projects/house-rules/findings/release-without-snapshot.yaml")]
    );
    let schema = serde_json::to_value(ruleset::schema(Kind::Findings)).unwrap();
    for part in ["Condition", "Relation"] {
        let keys = schema["$defs"][part]["properties"].as_object().unwrap();
        assert!(keys.len() > 5, "{part}");
        for key in keys.keys() {
            assert!(text.contains(&format!("`{key}`")), "{key} is not in docs/rules.md");
        }
    }
    for placeholder in ruleset::PLACEHOLDERS {
        assert!(text.contains(placeholder), "{placeholder} is not in docs/rules.md");
    }
}

/// The configuration that the document shows is the one that it runs, and it names
/// every key that there is.
#[test]
fn the_document_on_the_configuration_is_complete() {
    let text = read("docs/configuration.md");
    assert_eq!(blocks(&text, "toml"), [read("fixtures/projects/configured/ecs-lock-lint.toml")]);
    let schema = serde_json::to_value(ecs_lock_lint::config::schema()).unwrap();
    let tables = schema["$defs"].as_object().unwrap().values();
    let tables = tables.filter_map(|table| table["properties"].as_object());
    let own = schema["properties"].as_object().unwrap();
    for key in tables.chain([own]).flat_map(serde_json::Map::keys) {
        let known = [format!("`{key}`"), format!("`[{key}"), format!("`[[{key}]]`")];
        assert!(known.iter().any(|known| text.contains(known)), "{key} is not in the document");
    }
}
