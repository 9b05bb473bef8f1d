//! What must not matter to the findings does not: another step that no lock
//! affects, names, the order of functions, the layout. And a guard in front of the
//! steps leaves nothing grave. Held over the fixtures of the rules.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Inputs whose programs are changed as text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Input {
    Shell,
    Python,
    Go,
    Oos,
}

impl Input {
    fn of(path: &Path, text: &str) -> Option<Self> {
        match path.extension()?.to_str()? {
            "sh" => Some(Self::Shell),
            "py" => Some(Self::Python),
            "go" => Some(Self::Go),
            "yml" | "yaml" if text.starts_with("FormatVersion: OOS") => Some(Self::Oos),
            _ => None,
        }
    }
}

struct Fixture {
    path: PathBuf,
    input: Input,
    text: String,
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let mut found = Vec::new();
    for rule in std::fs::read_dir(root).unwrap() {
        for entry in std::fs::read_dir(rule.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if let Some(input) = Input::of(&path, &text) {
                found.push(Fixture { path, input, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 40, "few fixtures");
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

/// Holds that a change of the text is none of the findings.
fn changes_nothing(test: &str, change: impl Fn(Input, &str) -> Option<String>) {
    let mut count = 0;
    for fixture in fixtures() {
        let Some(changed) = change(fixture.input, &fixture.text) else { continue };
        if changed == fixture.text {
            continue;
        }
        count += 1;
        let before = findings(&fixture, &fixture.text, test);
        let after = findings(&fixture, &changed, test);
        assert_eq!(before, after, "{} after the change:\n{changed}", fixture.path.display());
    }
    assert!(count > 5, "{test}: the change changes {count} fixtures");
}

/// The text with something behind each line of which `after` says so.
fn inserted(text: &str, after: impl Fn(&str) -> Option<String>) -> String {
    let mut changed = String::new();
    for line in text.lines() {
        changed.push_str(line);
        changed.push('\n');
        changed.extend(after(line));
    }
    changed
}

/// The text with something at the start of every function's body.
fn in_functions(text: &str, start: &str, end: &str, body: &str) -> String {
    inserted(text, |line| {
        let code = line.split("  #").next().unwrap_or_default().trim_end();
        let is_head = code.trim_start().starts_with(start) && code.ends_with(end);
        let indent = line.len() - line.trim_start().len();
        let lines = || body.lines().map(|line| format!("{:indent$}{line}\n", ""));
        is_head.then(|| lines().collect::<Vec<_>>().concat())
    })
}

/// The text with something in front of the first line that is one of its steps.
fn at_the_top(text: &str, added: &str) -> String {
    let head = text.lines().take_while(|line| line.starts_with('#') || line.starts_with("set "));
    let at: usize = head.map(|line| line.len() + 1).sum();
    format!("{}{added}{}", &text[..at], &text[at..])
}

#[test]
fn a_step_that_no_lock_affects_changes_nothing() {
    changes_nothing("unaffected", |input, text| match input {
        Input::Shell => Some(at_the_top(text, "aliyun ecs DescribeRegions\n")),
        Input::Python => Some(in_functions(text, "def ", ":", "    print('here')")),
        Input::Go => {
            let step = "\tclient.DescribeRegions(ecs.CreateDescribeRegionsRequest())";
            text.contains("client *ecs.Client").then(|| in_functions(text, "func ", "{", step))
        }
        Input::Oos => Some(text.replace(
            "Tasks:\n",
            "Tasks:\n  - Name: regions\n    Action: ACS::ExecuteAPI\n    Properties: \
             {Service: ECS, API: DescribeRegions}\n",
        )),
    });
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
    changes_nothing("names", |_, text| {
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
        let alone = !rest[..at].ends_with(is_part) && !rest[end..].starts_with(is_part);
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
    changes_nothing("order", |input, text| {
        let head = match input {
            Input::Python => "def ",
            Input::Go => "func ",
            Input::Shell | Input::Oos => return None,
        };
        let first = text.lines().position(|line| line.starts_with(head))?;
        let lines: Vec<&str> = text.lines().collect();
        let mut functions: Vec<String> = Vec::new();
        for line in &lines[first..] {
            if line.starts_with(head) {
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
fn the_layout_changes_nothing() {
    changes_nothing("layout", |input, text| match input {
        Input::Shell => {
            let is_plain = !text.contains("<<") && !text.contains("\\\n");
            is_plain.then(|| inserted(text, |_| Some("\n".to_owned())))
        }
        Input::Python => Some(text.lines().fold(String::new(), |changed, line| {
            let indent = line.len() - line.trim_start().len();
            changed + &" ".repeat(indent) + line + "\n\n"
        })),
        Input::Go => Some(text.replace('\t', "        ").replace("{\n", "{\n\n// Here.\n")),
        Input::Oos => Some(text.replace("  - Name:", "\n  # Here.\n  - Name:")),
    });
}

#[test]
fn a_guard_in_front_leaves_nothing_grave() {
    const OTHERS: &[&str] = &["unknown-action", "unresolved-operation", "contradicted-verdict"];
    let mut count = 0;
    for fixture in fixtures() {
        let name = fixture.path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("bad") {
            continue;
        }
        let text = &fixture.text;
        let guarded = match fixture.input {
            Input::Shell => at_the_top(
                text,
                "locks=$(aliyun ecs DescribeInstances | jq -r '.. | .LockReason? // empty')\n\
                 if [ -n \"$locks\" ]; then\n  exit 1\nfi\n",
            ),
            Input::Python => in_functions(
                text,
                "def ",
                ":",
                "    if all_of_them().operation_locks.lock_reason:\n        return",
            ),
            Input::Go => in_functions(
                text,
                "func ",
                "{",
                "\tif len(allOfThem().OperationLocks.LockReason) > 0 {\n\t\tpanic(\"locked\")\n\t}",
            ),
            Input::Oos => text.replace(
                "Tasks:\n",
                "Tasks:\n  - Name: unlocked\n    Action: ACS::CheckFor\n    Properties:\n      \
                 Service: ECS\n      API: DescribeInstances\n      PropertySelector: \
                 Instances.Instance[].OperationLocks.LockReason[].LockReason\n      \
                 NotDesiredValues: [security]\n",
            ),
        };
        if guarded == *text {
            continue;
        }
        count += 1;
        for (rule, action, severity) in findings(&fixture, &guarded, "guard") {
            let is_grave = severity == "error" || severity == "warning";
            assert!(
                !is_grave || OTHERS.contains(&rule.as_str()),
                "{}: {rule} {action} {severity} in\n{guarded}",
                fixture.path.display()
            );
        }
    }
    assert!(count > 20, "few fixtures: {count}");
}
