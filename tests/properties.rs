//! What must not matter to the findings does not: another step that no lock
//! affects, names, the order of functions, the layout. And a guard in front of the
//! steps leaves nothing grave. Held over the fixtures of the rules, in every input
//! that they have.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use inputs::Input;

#[path = "properties/inputs.rs"]
mod inputs;

struct Fixture {
    path: PathBuf,
    input: &'static Input,
    text: String,
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let mut found = Vec::new();
    for rule in std::fs::read_dir(root).unwrap() {
        for entry in std::fs::read_dir(rule.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            // What is laid over the rules belongs to them.
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if let Some(input) = inputs::of(&path, &text) {
                found.push(Fixture { path, input, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 150, "few fixtures: {}", found.len());
    found
}

/// Rule, action and severity of each finding in a program.
fn findings(fixture: &Fixture, text: &str, property: &str) -> Vec<(String, String, String)> {
    let folder =
        std::env::temp_dir().join(format!("ecs-lock-lint-{property}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(fixture.path.file_name().unwrap());
    std::fs::write(&path, text).unwrap();
    // Which comment belongs to which line is no property of the program.
    let args =
        ["ecs-lock-lint", "check", "--output=json", "--persona=auditor", "--no-suppressions"];
    let mut out = Vec::new();
    let args = args.map(OsString::from).into_iter().chain([path.as_os_str().to_owned()]);
    ecs_lock_lint::run(args, &mut out, &mut Vec::new());
    std::fs::remove_dir_all(&folder).unwrap();
    let report: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(report["problems"], serde_json::json!([]), "{}:\n{text}", fixture.path.display());
    let field = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<_> = findings
        .map(|one| (field(one, "rule"), field(one, "action"), field(one, "severity")))
        .collect();
    found.sort();
    found
}

/// Holds that a change of the text is none of the findings, and that it changes
/// programs in so many inputs.
fn changes_nothing(
    test: &str,
    inputs: usize,
    change: impl Fn(&'static Input, &str) -> Option<String>,
) {
    let mut changed_inputs = BTreeSet::new();
    for fixture in fixtures() {
        let Some(changed) = change(fixture.input, &fixture.text) else { continue };
        if changed == fixture.text {
            continue;
        }
        changed_inputs.insert(fixture.input.name);
        let before = findings(&fixture, &fixture.text, test);
        let after = findings(&fixture, &changed, test);
        assert_eq!(before, after, "{} after the change:\n{changed}", fixture.path.display());
    }
    assert!(changed_inputs.len() >= inputs, "{test}: only {changed_inputs:?} are changed");
}

#[test]
fn a_step_that_no_lock_affects_changes_nothing() {
    changes_nothing("unaffected", 15, |input, text| (input.step)(text));
}

#[test]
fn the_layout_changes_nothing() {
    changes_nothing("layout", 15, |input, text| (input.layout)(text));
}

#[test]
fn names_change_nothing() {
    const NAMES: &[(&str, &str)] = &[
        ("answer", "reply_to_it"),
        ("request", "question"),
        ("invocation", "run_of_it"),
        ("disk", "volume_of_it"),
        ("image", "picture"),
        ("look", "inquiry"),
        ("change", "alteration"),
        ("attempt", "turn_number"),
        ("instanceId", "machineId"),
        ("diskId", "volumeId"),
    ];
    changes_nothing("names", 5, |input, text| {
        // There a name may be that of a file or of an argument.
        if ["terraform", "markdown", "ansible", "github-actions", "gitlab-ci"].contains(&input.name)
        {
            return None;
        }
        let rename = |line: &str| {
            let is_import = ["from ", "import ", "\t\"", "#", "//"];
            if is_import.iter().any(|start| line.trim_start_matches(' ').starts_with(start)) {
                return line.to_owned();
            }
            let code = line.find("expect:").map_or(line, |at| &line[..at]);
            let mut renamed = code.to_owned();
            for (name, other) in NAMES {
                renamed = with_word(&renamed, name, other);
            }
            renamed + &line[code.len()..]
        };
        Some(text.lines().map(|line| rename(line) + "\n").collect())
    });
}

/// The text with another word in a word's place.
fn with_word(text: &str, word: &str, other: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let mut changed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let end = at + word.len();
        // A member is the API's, as is a key.
        let alone = !rest[..at].ends_with(is_part)
            && !rest[end..].starts_with(is_part)
            && !rest[..at].ends_with('.')
            && !rest[end..].starts_with(':');
        // What is a parameter of the API stays.
        let is_argument = rest[end..].starts_with('=') && text.contains("models.");
        changed.push_str(&rest[..at]);
        changed.push_str(if alone && !is_argument { other } else { word });
        rest = &rest[end..];
    }
    changed + rest
}

#[test]
fn the_order_of_functions_changes_nothing() {
    changes_nothing("order", 3, |input, text| {
        let is_head = |line: &str| input.functions.iter().any(|head| line.starts_with(head));
        let first = text.lines().position(is_head)?;
        let lines: Vec<&str> = text.lines().collect();
        let mut functions: Vec<String> = Vec::new();
        for line in &lines[first..] {
            if is_head(line) {
                functions.push(String::new());
            } else if line.starts_with(|start: char| start.is_alphanumeric() || start == '@') {
                return None;
            }
            let function = functions.last_mut()?;
            function.push_str(line);
            function.push('\n');
        }
        functions.reverse();
        let head = lines[..first].iter().map(|line| format!("{line}\n"));
        Some(head.chain(functions).collect::<Vec<_>>().concat())
    });
}

#[test]
fn a_guard_in_front_leaves_nothing_grave() {
    const OTHERS: &[&str] = &["unknown-action", "unresolved-operation", "contradicted-verdict"];
    let mut inputs = BTreeSet::new();
    for fixture in fixtures() {
        let name = fixture.path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("bad") {
            continue;
        }
        let text = &fixture.text;
        let Some(guarded) = (fixture.input.guard)(text).filter(|guarded| guarded != text) else {
            continue;
        };
        inputs.insert(fixture.input.name);
        for (rule, action, severity) in findings(&fixture, &guarded, "guard") {
            let is_grave = severity == "error" || severity == "warning";
            assert!(
                !is_grave || OTHERS.contains(&rule.as_str()),
                "{}: {rule} {action} {severity} in\n{guarded}",
                fixture.path.display()
            );
        }
    }
    assert!(inputs.len() >= 14, "only {inputs:?} are guarded");
}
