//! JSON values of a plan as properties, without the sensitive ones.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::procedure::{Property, Value};
use crate::source::Span;

/// What stands for a value that must not be shown.
const SENSITIVE: &str = "(sensitive value)";

/// The properties of an object, with those of nested blocks as `block.attribute`
/// as well.
pub(super) fn properties(object: &Json, sensitive: &Json, span: Span) -> Vec<Property> {
    let Json::Object(entries) = object else { return Vec::new() };
    let mut properties = Vec::new();
    for (name, json) in entries {
        let value = value(json, sensitive.get(name).unwrap_or(&Json::Null));
        for (inner, value) in nested(&value) {
            properties.push(Property { name: format!("{name}.{inner}"), value, span });
        }
        properties.push(Property { name: name.clone(), value, span });
    }
    properties
}

/// The attributes of the first block of a list of blocks.
fn nested(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::List(items) => match items.first() {
            Some(Value::Map(entries)) => entries.clone(),
            _ => Vec::new(),
        },
        Value::Map(entries) => entries.clone(),
        _ => Vec::new(),
    }
}

/// A value; the JSON parser's nesting limit bounds the depth.
fn value(json: &Json, sensitive: &Json) -> Value {
    if sensitive == &Json::Bool(true) {
        return Value::unknown(SENSITIVE);
    }
    match json {
        Json::Null => Value::Absent,
        Json::Bool(flag) => Value::Text(flag.to_string()),
        Json::Number(number) => Value::Text(number.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => {
            let part = |index: usize| sensitive.get(index).unwrap_or(&Json::Null);
            let items = items.iter().enumerate().map(|(index, item)| value(item, part(index)));
            Value::List(items.collect())
        }
        Json::Object(entries) => {
            let part = |name: &String| sensitive.get(name).unwrap_or(&Json::Null);
            let entries =
                entries.iter().map(|(name, item)| (name.clone(), value(item, part(name))));
            Value::Map(entries.collect())
        }
    }
}

/// The names at the top level that hold something not known yet.
pub(super) fn unknown_names(after_unknown: &Json) -> impl Iterator<Item = String> {
    let entries = after_unknown.as_object().into_iter().flatten();
    entries.filter(|(_, flag)| holds_true(flag)).map(|(name, _)| name.clone())
}

fn holds_true(flag: &Json) -> bool {
    match flag {
        Json::Bool(flag) => *flag,
        Json::Array(items) => items.iter().any(holds_true),
        Json::Object(entries) => entries.values().any(holds_true),
        Json::Null | Json::Number(_) | Json::String(_) => false,
    }
}

/// The names of the attributes that an update changes: at the top level, and
/// `block.attribute` where a block stays and some of its attributes change.
pub(super) fn changed_names(before: &Json, after: &Json, after_unknown: &Json) -> Vec<String> {
    let (Json::Object(old), Json::Object(new)) = (before, after) else { return Vec::new() };
    let unknown: BTreeSet<String> = unknown_names(after_unknown).collect();
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changed: Vec<String> = unknown.iter().cloned().collect();
    for name in names.into_iter().filter(|name| !unknown.contains(*name)) {
        let pair = (old.get(name).unwrap_or(&Json::Null), new.get(name).unwrap_or(&Json::Null));
        if !is_same(pair.0, pair.1) {
            changed.extend(changed_in(name, pair));
        }
    }
    changed
}

/// Whether two values are the same to the provider: absent, null and empty are.
fn is_same(old: &Json, new: &Json) -> bool {
    let is_empty = |json: &Json| match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    };
    old == new || (is_empty(old) && is_empty(new))
}

/// What changes of an attribute: its name, or which attributes of its blocks if
/// there are as many blocks as before.
fn changed_in(name: &str, (old, new): (&Json, &Json)) -> Vec<String> {
    let (Json::Array(old), Json::Array(new)) = (old, new) else { return vec![name.to_owned()] };
    let is_blocks = |items: &[Json]| !items.is_empty() && items.iter().all(Json::is_object);
    if old.len() != new.len() || !is_blocks(old) || !is_blocks(new) {
        return vec![name.to_owned()];
    }
    let mut inner = BTreeSet::new();
    for (old, new) in old.iter().zip(new) {
        let names = changed_names(old, new, &Json::Null);
        inner.extend(names.into_iter().map(|changed| format!("{name}.{changed}")));
    }
    inner.into_iter().collect()
}

/// A text attribute of an object.
pub(super) fn text_of(object: &Json, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}
