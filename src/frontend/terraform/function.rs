//! The functions of the language that the evaluator knows: those that pick and
//! join, which names and identifiers go through. All others give an unknown
//! value.

use crate::procedure::Value;

/// The longest text that a function may give; repeated joining could otherwise
/// grow without bound.
const MAX_TEXT: usize = 1 << 16;

/// What a function gives for evaluated arguments; `None` where it cannot be told.
pub(super) fn apply(name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        (
            "tolist" | "toset" | "tomap" | "tostring" | "tonumber" | "tobool" | "sensitive"
            | "nonsensitive",
            [value],
        ) => known(value).cloned(),
        ("concat", lists) => concat(lists),
        ("element", [Value::List(items), Value::Text(index)]) => {
            let index: usize = index.parse().ok()?;
            items.get(index.checked_rem(items.len())?).cloned()
        }
        ("length", [value]) => length(value),
        ("join", [Value::Text(separator), Value::List(items)]) => join(separator, items),
        ("lookup", [Value::Map(entries), Value::Text(key), default @ ..]) => {
            let entry = entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            entry.or(default.first()).cloned()
        }
        ("merge", maps) => merge(maps),
        ("coalesce" | "try", [first, ..]) => known(first).filter(|value| value.is_given()).cloned(),
        ("lower", [Value::Text(text)]) => Some(Value::Text(text.to_lowercase())),
        ("upper", [Value::Text(text)]) => Some(Value::Text(text.to_uppercase())),
        ("trimspace", [Value::Text(text)]) => Some(Value::Text(text.trim().to_owned())),
        ("one", [Value::List(items)]) if items.len() == 1 => items.first().cloned(),
        _ => None,
    }
}

/// The arguments that only choose among others, and give nothing of their own to
/// the result.
pub(super) fn chooses(name: &str, argument: usize) -> bool {
    match name {
        "element" | "lookup" => argument == 1,
        "slice" => argument > 0,
        "join" | "format" | "formatlist" => argument == 0,
        _ => false,
    }
}

fn known(value: &Value) -> Option<&Value> {
    (!matches!(value, Value::Unknown(_))).then_some(value)
}

fn concat(lists: &[Value]) -> Option<Value> {
    let mut all = Vec::new();
    for list in lists {
        let Value::List(items) = list else { return None };
        all.extend(items.iter().cloned());
    }
    Some(Value::List(all))
}

fn merge(maps: &[Value]) -> Option<Value> {
    let mut merged: Vec<(String, Value)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for map in maps {
        let Value::Map(entries) = map else { return None };
        for (key, value) in entries {
            let place = *places.entry(key).or_insert(merged.len());
            match merged.get_mut(place) {
                Some(entry) => entry.1 = value.clone(),
                None => merged.push((key.clone(), value.clone())),
            }
        }
    }
    Some(Value::Map(merged))
}

fn length(value: &Value) -> Option<Value> {
    let length = match value {
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        Value::Text(text) => text.chars().count(),
        Value::Unknown(_) | Value::Absent => return None,
    };
    Some(Value::Text(length.to_string()))
}

fn join(separator: &str, items: &[Value]) -> Option<Value> {
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            joined.push_str(separator);
        }
        joined.push_str(item.as_text()?);
        if joined.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::Text(joined))
}
