//! Holds the evaluator of Terraform expressions against the answers of the real
//! tool, which are recorded beside the expressions.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::fmt::Write as _;
use std::path::Path;

use ecs_lock_lint::frontend::{self, Context};
use ecs_lock_lint::procedure::Value;
use ecs_lock_lint::ruleset;
use ecs_lock_lint::source::{FileId, Source};

/// Lines of `fixtures/terraform-console.txt` in pairs.
fn recorded() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform-console.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# ")).collect();
    let pairs = lines.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].trim_start().to_owned()));
    pairs.collect()
}

/// What the front end makes of each expression, as an attribute of a resource.
fn evaluated(expressions: &[(String, String)]) -> Vec<Value> {
    let mut text = "resource \"alicloud_instance\" \"a\" {\n".to_owned();
    for (number, (expression, _)) in expressions.iter().enumerate() {
        let _ = writeln!(text, "  a{number} = {expression}");
    }
    text.push_str("}\n");
    let source = Source::file(FileId(0), "main.tf", &text);
    let catalogue = ruleset::built_in_catalogue();
    let terraform = frontend::named("terraform").unwrap();
    let lowered = (terraform.lower)(&[source], Context { catalogue: &catalogue, values: &[] });
    assert!(lowered.problems.is_empty(), "{:?}", lowered.problems);
    let properties = &lowered.declarations[0].properties;
    properties.iter().map(|property| property.value.clone()).collect()
}

/// Whether a value is an answer: scalars are text, and the order of a map's
/// entries is not compared.
fn is(value: &Value, answer: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match (value, answer) {
        (Value::Absent, Json::Null) => true,
        (Value::Text(text), Json::Bool(flag)) => *text == flag.to_string(),
        (Value::Text(text), Json::Number(number)) => {
            let pair = text.parse::<f64>().ok().zip(number.as_f64());
            pair.is_some_and(|(left, right)| (left - right).abs() <= right.abs() * 1e-12)
        }
        (Value::Text(text), Json::String(answer)) => text == answer,
        (Value::List(items), Json::Array(answers)) => {
            items.len() == answers.len() && items.iter().zip(answers).all(|(item, it)| is(item, it))
        }
        (Value::Map(entries), Json::Object(answers)) => {
            let holds = |(key, value): &(String, Value)| {
                answers.get(key).is_some_and(|answer| is(value, answer))
            };
            entries.len() == answers.len() && entries.iter().all(holds)
        }
        _ => false,
    }
}

#[test]
fn expressions_are_what_the_tool_says() {
    let recorded = recorded();
    assert!(recorded.len() >= 300, "only {} expressions", recorded.len());
    let values = evaluated(&recorded);
    assert_eq!(values.len(), recorded.len());
    let mut wrong = String::new();
    for ((expression, answer), value) in recorded.iter().zip(&values) {
        let is_right = match serde_json::from_str(answer) {
            Ok(answer) => is(value, &answer),
            Err(_) => answer == "error" && matches!(value, Value::Unknown(_)),
        };
        if !is_right {
            let _ = writeln!(wrong, "{expression}\n  {answer}\n  {value:?}");
        }
    }
    assert!(wrong.is_empty(), "differs from the tool:\n{wrong}");
}
