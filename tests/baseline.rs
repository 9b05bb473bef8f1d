//! `baseline` and `check --baseline`: known findings are accepted, new ones fail,
//! and what is gone is removed.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

const FILE: &str = "ecs-lock-lint-baseline.json";
const START: &str = "aliyun ecs StartInstance --InstanceId i-a\n";
const REBOOT: &str = "aliyun ecs RebootInstance --InstanceId i-a\n";

/// A repository with scripts, and what is run in it.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("baseline").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join(".git")).unwrap();
        let project = Self(folder);
        project.write("a.sh", &format!("{START}{START}"));
        project.write("ops/b.sh", REBOOT);
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The exit code and what is printed, errors included.
    fn run(&self, arguments: &str) -> (i32, String) {
        let mut lint = Command::cargo_bin("ecs-lock-lint").unwrap();
        let run = lint.current_dir(&self.0).args(arguments.split(' ')).output().unwrap();
        let text = [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (run.status.code().unwrap(), text.concat())
    }

    fn json(&self, arguments: &str) -> (i32, Value) {
        let (code, text) = self.run(arguments);
        (code, serde_json::from_str(&text).unwrap())
    }

    fn baseline(&self) -> String {
        std::fs::read_to_string(self.0.join(FILE)).unwrap()
    }

    /// The path and rule of each entry.
    fn entries(&self) -> Vec<(String, String)> {
        let document: Value = serde_json::from_str(&self.baseline()).unwrap();
        let entries = document["findings"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let entries = entries.filter(|entry| !entry.is_null());
        entries.map(|entry| (text(&entry["path"]), text(&entry["rule"]))).collect()
    }
}

#[test]
fn known_findings_are_accepted_and_new_ones_fail() {
    let project = Project::new("known");
    assert_eq!(project.run("check .").0, 1);
    let (code, text) = project.run("baseline write");
    assert_eq!((code, text.contains("3 findings accepted")), (0, true), "{text}");
    let check = format!("check . --baseline {FILE}");
    let (code, text) = project.run(&check);
    assert_eq!((code, text.contains("No findings")), (0, true), "{text}");
    assert!(text.contains("3 baselined"), "{text}");

    // A third equal one in the same file is new, and so is one in another file.
    project.write("a.sh", &START.repeat(3));
    project.write("c.sh", START);
    let (code, report) = project.json(&format!("{check} --output=json"));
    assert_eq!(code, 1);
    let findings = report["findings"].as_array().unwrap();
    let new: Vec<String> = findings
        .iter()
        .filter(|finding| finding["baselined"] == false)
        .map(|finding| {
            format!("{}:{}", finding["path"].as_str().unwrap(), finding["start"]["line"])
        })
        .collect();
    assert_eq!(new, ["a.sh:3", "c.sh:1"]);
    assert_eq!(
        (&report["summary"]["baselined"], &report["summary"]["errors"]),
        (&3.into(), &2.into())
    );
    let (_, text) = project.run(&format!("{check} --output=concise"));
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn sarif_tells_the_state() {
    let project = Project::new("sarif");
    project.run("baseline write");
    project.write("c.sh", START);
    let states = |arguments: &str| -> Vec<Value> {
        let (_, log) = project.json(arguments);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["baselineState"].clone()).collect()
    };
    let expected = ["unchanged", "unchanged", "new", "unchanged"];
    assert_eq!(states(&format!("check . --output=sarif --baseline={FILE}")), expected);
    assert_eq!(
        states("check . --output=sarif"),
        [Value::Null, Value::Null, Value::Null, Value::Null]
    );
}

#[test]
fn what_is_gone_is_told_and_removed() {
    let project = Project::new("gone");
    project.run("baseline write");
    assert_eq!(project.run("baseline check").0, 0);
    project.write("a.sh", START);
    std::fs::remove_file(project.0.join("ops/b.sh")).unwrap();
    project.write("c.sh", START);
    let (code, text) = project.run("baseline check");
    assert_eq!(code, 1);
    assert!(text.contains("- a.sh:2: blocked-call StartInstance i-a"), "{text}");
    assert!(text.contains("- ops/b.sh:1: ") && text.contains("2 gone, 1 new"), "{text}");
    assert_eq!(project.run("baseline update --prune").0, 0);
    assert_eq!(project.entries(), [("a.sh".to_owned(), "blocked-call".to_owned())]);
    assert_eq!(project.run("baseline update").0, 0);
    assert_eq!(project.entries().len(), 2);
    assert_eq!(project.run(&format!("check --baseline {FILE}")).0, 0);
}

#[test]
fn entries_of_files_that_were_not_read_stay() {
    let project = Project::new("kept");
    project.run("baseline write");
    let before = project.baseline();
    project.write("a.sh", "echo nothing\n");
    project.write("ops/b.sh", "echo nothing\n");
    for elsewhere in ["update ops/c", "update . --exclude *.sh"] {
        std::fs::create_dir_all(project.0.join("ops/c")).unwrap();
        assert_eq!(project.run(&format!("baseline {elsewhere}")).0, 0);
        assert_eq!(project.baseline(), before, "{elsewhere}");
    }
    assert_eq!(project.run("baseline update ops").0, 0);
    assert_eq!(project.entries().len(), 2);
    // A named path that is not there is an error, and changes nothing.
    let before = project.baseline();
    assert_eq!(project.run("baseline update nowhere").0, 2);
    assert_eq!(project.baseline(), before);
}

#[test]
fn a_baseline_is_not_overwritten_unasked() {
    let project = Project::new("overwritten");
    assert_eq!(project.run("baseline write ops").0, 0);
    let (code, text) = project.run("baseline write");
    assert_eq!((code, text.contains("--force")), (2, true), "{text}");
    assert_eq!(project.entries().len(), 1);
    assert_eq!(project.run("baseline write --force").0, 0);
    assert_eq!(project.entries().len(), 3);
}

#[test]
fn the_file_is_sorted_and_merges_by_line() {
    let project = Project::new("sorted");
    project.run("baseline write");
    let text = project.baseline();
    let lines: Vec<&str> = text.lines().collect();
    let entries: Vec<&str> =
        lines.iter().copied().filter(|line| line.contains("fingerprint")).collect();
    assert_eq!(entries.len(), 3);
    assert!(entries.is_sorted() && entries.iter().all(|line| line.ends_with(',')), "{text}");
    // Lines in any order, twice, or without the end of the list, mean the same.
    let turned: Vec<&str> = entries.iter().rev().chain(&entries).copied().collect();
    let list = turned.join("\n");
    project.write(
        FILE,
        &format!("{{\"version\": 1, \"findings\": [\n{}]}}", list.trim_end_matches(',')),
    );
    assert_eq!(project.run(&format!("check --baseline {FILE}")).0, 0);
    // Moved lines change nothing.
    project.write(FILE, &text);
    project.write("a.sh", &format!("\n\n{START}{START}"));
    assert_eq!(project.run("baseline update").0, 0);
    assert_eq!(project.baseline(), text);
}

#[test]
fn a_broken_file_is_an_error_with_line_and_remedy() {
    let project = Project::new("broken");
    project.run("baseline write");
    let text = project.baseline();
    let cases = [
        (text.replacen("\"rule\"", "\"role\"", 1), 4, "unknown field `role`"),
        (text.replacen("\"path\":\"a.sh\",", "", 1), 4, "missing field `path`"),
        (text.replacen(",\n    null", "\n    null", 1), 7, "expected `,` or `]`"),
        (text.replacen("\"version\": 1", "\"version\": 9", 1), 2, "version 9"),
        (text.replacen("    {", "<<<<<<< ours\n    {", 1), 4, "merge conflict"),
        (String::new(), 1, "not a baseline"),
    ];
    for (broken, line, message) in cases {
        project.write(FILE, &broken);
        for command in ["check .", "baseline check", "baseline update"] {
            let (code, text) = project.run(&format!("{command} --baseline {FILE}"));
            assert_eq!(code, 2, "{text}");
            let place = format!("{FILE}:{line}: ");
            assert!(text.contains(&place) && text.contains(message), "{text}");
            assert!(text.contains("ecs-lock-lint baseline"), "{text}");
        }
    }
    let (code, text) = project.run("check . --baseline none.json");
    assert_eq!((code, text.contains("baseline write")), (2, true), "{text}");
}
