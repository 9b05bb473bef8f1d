//! Functions of a template over data: maps in lists, and texts in JSON.

use crate::frontend::template::{self, Item};
use crate::procedure::Value;
use crate::source::{FileId, Source};

/// How long a text in JSON may be that is read for a function.
const LONGEST_JSON: usize = 64 << 10;

/// `[{a: [1, 2]}, {b: [3, 4]}]` as `[{a: 1, b: 3}, {a: 2, b: 4}]`; the last item
/// of a shorter list is repeated.
pub(super) fn maps_of_lists(parts: &[Value], most: usize) -> Option<Value> {
    let mut columns: Vec<(&String, &[Value])> = Vec::new();
    for part in parts {
        let Value::Map(entries) = part else { return None };
        for (key, items) in entries {
            let Value::List(items) = items else { return None };
            columns.push((key, items));
        }
    }
    let rows = columns.iter().map(|(_, items)| items.len()).max()?;
    if rows.saturating_mul(columns.len()) > most {
        return None;
    }
    let cell = |items: &[Value], row: usize| items.get(row).or(items.last()).cloned();
    let row = |row| {
        let cells = columns.iter().map(|(key, items)| Some(((*key).clone(), cell(items, row)?)));
        cells.collect::<Option<Vec<_>>>().map(Value::Map)
    };
    (0..rows).map(row).collect::<Option<Vec<_>>>().map(Value::List)
}

/// `[key, maps]`: what each of the maps has under the key.
pub(super) fn values_of_key(parts: &[Value]) -> Option<Value> {
    let [Value::Text(key), Value::List(maps)] = parts else { return None };
    let mut values = Vec::new();
    for map in maps {
        let Value::Map(entries) = map else { return None };
        values.extend(entries.iter().find(|(known, _)| known == key).map(|(_, it)| it.clone()));
    }
    Some(Value::List(values))
}

/// `[key, object]`, where the object may be a text in JSON.
pub(super) fn json_value(parts: &[Value]) -> Option<Value> {
    let [Value::Text(key), object] = parts else { return None };
    member(&data(object)?, key)
}

/// `[First, script, object]` for scripts that are a path: `.a.b[0]`.
pub(super) fn jq(parts: &[Value]) -> Option<Value> {
    let [Value::Text(method), Value::Text(script), object] = parts else { return None };
    let mut found = data(object)?;
    let mut rest = script.trim().strip_prefix('.')?;
    while !rest.is_empty() {
        let (step, after) = step(rest)?;
        found = match step {
            Step::Key(key) => member(&found, key)?,
            Step::Place(place) => match found {
                Value::List(mut items) if place < items.len() => items.swap_remove(place),
                _ => return None,
            },
        };
        rest = after;
    }
    match method.as_str() {
        "First" => Some(found),
        "All" => Some(Value::List(vec![found])),
        _ => None,
    }
}

enum Step<'s> {
    Key(&'s str),
    Place(usize),
}

/// The next step of a path after its dot, and what follows.
fn step(path: &str) -> Option<(Step<'_>, &str)> {
    if let Some(inner) = path.strip_prefix('[') {
        let (place, rest) = inner.split_once(']')?;
        return Some((Step::Place(place.trim().parse().ok()?), without_dot(rest)));
    }
    if let Some(inner) = path.strip_prefix('"') {
        let (key, rest) = inner.split_once('"')?;
        return Some((Step::Key(key), without_dot(rest)));
    }
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = path.find(|letter| !is_name(letter)).unwrap_or(path.len());
    let (key, rest) = path.split_at(end);
    let goes_on = rest.is_empty() || rest.starts_with(['.', '[']);
    (goes_on && !key.is_empty()).then(|| (Step::Key(key), without_dot(rest)))
}

fn without_dot(rest: &str) -> &str {
    rest.strip_prefix('.').unwrap_or(rest)
}

fn member(object: &Value, key: &str) -> Option<Value> {
    let Value::Map(entries) = object else { return None };
    entries.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
}

/// A value, or what a text in JSON says.
fn data(value: &Value) -> Option<Value> {
    match value {
        Value::Map(_) | Value::List(_) => Some(value.clone()),
        Value::Text(text)
            if text.len() <= LONGEST_JSON && text.trim_start().starts_with(['{', '[']) =>
        {
            let source = Source::file(FileId(0), "", text);
            let tree = template::parse(&source);
            let parsed = tree.documents().next().map(Item::plain_value);
            parsed.filter(|_| tree.problems.is_empty())
        }
        _ => None,
    }
}
