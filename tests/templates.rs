//! A template in YAML and the same one in JSON give the same steps.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The procedures of a text by name, each with its steps in order and all that is
/// said of them but their places.
fn procedures(text: &str, name: &str) -> BTreeMap<String, Vec<Value>> {
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.args(["audit", "--output=json", "--stdin-filename", name, "-"]);
    let output = command.write_stdin(text).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let placeless = |step: &Value| {
        let mut step = step.clone();
        for place in ["path", "start", "end"] {
            step.as_object_mut().unwrap().remove(place);
        }
        step
    };
    let mut procedures: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for procedure in report["procedures"].as_array().unwrap() {
        let steps = procedure["steps"].as_array().unwrap().iter().map(placeless);
        let name = procedure["name"].as_str().unwrap();
        procedures.entry(name.to_owned()).or_default().extend(steps);
    }
    procedures
}

/// Whether a template uses what JSON has no words for, or is broken on purpose.
fn is_yaml_only(text: &str) -> bool {
    let has_tag = text.split_whitespace().any(|word| word.starts_with('!') && word.len() > 1);
    has_tag || text.contains("\n---") || text.contains("<<:")
}

#[test]
fn yaml_and_json_say_the_same() {
    let mut compared = 0;
    for frontend in ["oos", "ros"] {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/frontends").join(frontend);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_yaml = path
                .extension()
                .is_some_and(|extension| extension != "json" && extension != "snap");
            let text = std::fs::read_to_string(&path).unwrap();
            let Ok(content) = serde_yaml::from_str::<Value>(&text) else { continue };
            if !is_yaml || is_yaml_only(&text) {
                continue;
            }
            let json = serde_json::to_string_pretty(&content).unwrap();
            let from_yaml = procedures(&text, "template.yml");
            let same = from_yaml == procedures(&json, "template.json");
            assert!(same, "{}", path.display());
            compared += usize::from(!from_yaml.is_empty());
        }
    }
    assert!(compared >= 8, "only {compared} templates were compared");
}
