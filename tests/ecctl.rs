//! Every call of every command of ecctl that the bindings know: it is made by a
//! command line that asks for it, and by no line that does not.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use assert_cmd::Command;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Bindings {
    types: Vec<Type>,
}

#[derive(serde::Deserialize)]
struct Type {
    #[serde(rename = "type")]
    name: String,
    runs: Vec<Call>,
}

/// A call and when it is made.
#[derive(Clone, serde::Deserialize)]
struct Call {
    action: String,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    unset: Vec<String>,
    #[serde(default)]
    equals: BTreeMap<String, String>,
    #[serde(default)]
    not_equals: BTreeMap<String, String>,
    /// Conditions that a command line does not decide.
    #[serde(default, rename = "if")]
    unclear: Vec<String>,
}

impl Call {
    /// The words of a command with a property; the one without an option is `id`.
    fn words(property: &str, value: &str) -> String {
        match property {
            "id" => value.to_owned(),
            "ids" => "x-1 x-2".to_owned(),
            option => format!("--{}={value}", option.replace('_', "-")),
        }
    }

    /// What to say to a command so that it makes the call, once for each of the
    /// options of which any does.
    fn lines(&self, command: &str) -> Vec<String> {
        let equals = self.equals.iter().map(|(name, value)| Self::words(name, value));
        let head = std::iter::once(command.to_owned()).chain(equals).collect::<Vec<_>>().join(" ");
        if self.set.is_empty() {
            return vec![head];
        }
        self.set.iter().map(|name| format!("{head} {}", Self::words(name, "x"))).collect()
    }

    /// Whether a bare command makes it.
    fn is_unconditional(&self) -> bool {
        self.set.is_empty() && self.equals.is_empty()
    }

    /// Whether a line that does not decide against it may make it.
    fn conflicts_with(&self, other: &Self) -> bool {
        let sets = |name: &String| other.set.contains(name) || other.equals.contains_key(name);
        let differs = |name: &String, value: &String, same: bool| {
            other.equals.get(name).is_some_and(|theirs| (theirs == value) == same)
        };
        self.unset.iter().any(sets)
            || self.equals.iter().any(|(name, value)| differs(name, value, false))
            || self.not_equals.iter().any(|(name, value)| differs(name, value, true))
    }
}

fn bindings() -> Bindings {
    serde_yaml::from_str(include_str!("../rules/bindings/ecctl.yaml")).unwrap()
}

/// The calls of each line of a script, with their evidence.
fn calls(script: &[String]) -> Vec<BTreeMap<String, String>> {
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.args(["audit", "--output=json", "--frontend=shell", "-"]);
    let output = command.write_stdin(script.join("\n")).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found = vec![BTreeMap::new(); script.len()];
    for procedure in report["procedures"].as_array().unwrap() {
        for step in procedure["steps"].as_array().unwrap() {
            let line = usize::try_from(step["start"]["line"].as_u64().unwrap()).unwrap();
            let text = |key: &str| step[key].as_str().unwrap_or_default().to_owned();
            found[line - 1].insert(text("action"), text("evidence"));
        }
    }
    found
}

#[test]
fn a_line_that_asks_for_a_call_makes_it() {
    let mut script = Vec::new();
    let mut expected = Vec::new();
    for one in bindings().types {
        for call in &one.runs {
            for line in call.lines(&one.name) {
                expected.push((one.name.clone(), call.clone()));
                script.push(line);
            }
        }
    }
    assert!(script.len() > 300, "{} lines", script.len());
    for ((line, (name, call)), found) in script.iter().zip(&expected).zip(calls(&script)) {
        let evidence = if call.unclear.is_empty() { "certain" } else { "possible" };
        let made = found.get(&call.action).map(String::as_str);
        assert_eq!(made, Some(evidence), "{name}: {} by `{line}`", call.action);
    }
}

#[test]
fn a_bare_command_makes_only_what_it_always_makes() {
    let types = bindings().types;
    let script: Vec<String> = types.iter().map(|one| one.name.clone()).collect();
    for (one, found) in types.iter().zip(calls(&script)) {
        let always = one.runs.iter().filter(|call| call.is_unconditional());
        let always: BTreeSet<&str> = always.map(|call| call.action.as_str()).collect();
        let found: BTreeSet<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(found, always, "{}", one.name);
    }
}

#[test]
fn a_line_that_rules_a_call_out_does_not_make_it() {
    let mut script = Vec::new();
    let mut excluded = Vec::new();
    for one in bindings().types {
        for call in &one.runs {
            let against = one.runs.iter().filter(|other| call.conflicts_with(other));
            for line in against.flat_map(|other| other.lines(&one.name)) {
                excluded.push(call.action.clone());
                script.push(line);
            }
        }
    }
    assert!(!script.is_empty());
    for ((line, action), found) in script.iter().zip(&excluded).zip(calls(&script)) {
        assert!(!found.contains_key(action), "{action} by `{line}`");
    }
}
