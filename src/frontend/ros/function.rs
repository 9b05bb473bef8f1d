//! Functions of a template whose arguments are all known. Names of functions are
//! short (`Join` for `Fn::Join`); none is answered on a guess.

use super::data;
use super::number::{self, Number};
use crate::frontend::encoding;
use crate::procedure::{Unknown, Value};

/// How long a text may become by a function.
pub(super) const LONGEST: usize = 64 << 10;

/// How many items a list may become by a function.
const MOST_ITEMS: usize = 10_000;

/// What a function makes of its evaluated argument; none if that cannot be told.
pub(super) fn call(name: &str, given: &Value) -> Option<Value> {
    let parts: &[Value] = if let Value::List(parts) = given { parts } else { &[] };
    match name {
        "Str" => Some(given.clone()),
        "Base64" | "Base64Encode" => {
            given.as_text().map(|plain| text(&encoding::to_base64(plain.as_bytes())))
        }
        "Base64Decode" => {
            String::from_utf8(encoding::base64(given.as_text()?)?).ok().map(Value::Text)
        }
        "Join" => join(parts),
        "Split" => split(parts),
        "Replace" => replace(parts),
        "Select" => select(parts),
        "Index" => index(parts),
        "Length" => length(given),
        "ListMerge" => merged_list(parts),
        "MergeMap" => merged_map(parts),
        "MergeMapToList" => data::maps_of_lists(parts, MOST_ITEMS),
        "SelectMapList" => data::values_of_key(parts),
        "GetJsonValue" => data::json_value(parts),
        "Jq" => data::jq(parts),
        "Add" => add(parts),
        "Max" => Some(number::most(parts, |left, right| left > right)?.to_value()),
        "Min" => Some(number::most(parts, |left, right| left < right)?.to_value()),
        "Avg" => number::average(parts),
        "Calculate" => number::calculate(parts),
        _ => None,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// `[between, list]`.
fn join(parts: &[Value]) -> Option<Value> {
    let [Value::Text(between), Value::List(pieces)] = parts else { return None };
    if let [only @ Value::Unknown(_)] = pieces.as_slice() {
        return Some(only.clone());
    }
    let pieces: Option<Vec<&str>> = pieces.iter().map(Value::as_text).collect();
    let pieces = pieces?;
    let length: usize = pieces.iter().map(|piece| piece.len() + between.len()).sum();
    (length < LONGEST).then(|| Value::Text(pieces.join(between)))
}

/// `[delimiter, text]`.
fn split(parts: &[Value]) -> Option<Value> {
    let [Value::Text(delimiter), Value::Text(whole)] = parts else { return None };
    if delimiter.is_empty() {
        return None;
    }
    let pieces: Vec<Value> = whole.split(delimiter.as_str()).take(MOST_ITEMS).map(text).collect();
    (pieces.len() < MOST_ITEMS).then_some(Value::List(pieces))
}

/// `[{old: new}, text]`.
fn replace(parts: &[Value]) -> Option<Value> {
    let [Value::Map(pairs), Value::Text(whole)] = parts else { return None };
    let mut replaced = whole.clone();
    for (old, new) in pairs {
        let grown = replaced.len().saturating_mul(new.as_text()?.len().max(1));
        if old.is_empty() || grown > LONGEST * 16 {
            return None;
        }
        replaced = replaced.replace(old.as_str(), new.as_text()?);
    }
    (replaced.len() < LONGEST).then_some(Value::Text(replaced))
}

/// `[index, list]`, `[start:stop:step, list]` or, of a map, `[key, map]`; a third
/// part is what stands for what is not there.
fn select(parts: &[Value]) -> Option<Value> {
    let [Value::Text(index), from, rest @ ..] = parts else { return None };
    let missing = || Some(rest.first().cloned().unwrap_or_else(|| text("")));
    match from {
        Value::List(items) if index.contains(':') => slice(index, items),
        Value::List(items) => match place(index.trim().parse().ok()?, items.len()) {
            Some(place) => items.get(place).cloned().or_else(missing),
            None => missing(),
        },
        Value::Map(entries) => {
            let found = entries.iter().find(|(key, _)| key == index);
            found.map(|(_, entry)| entry.clone()).or_else(missing)
        }
        Value::Text(list) if list.contains(',') => {
            let items = list.split(',').map(|item| text(item.trim())).collect();
            select(&[parts[0].clone(), Value::List(items)])
        }
        Value::Unknown(Unknown { declared: Some(_), .. }) => Some(from.clone()),
        _ => None,
    }
}

/// The place that an index means, counted from the end if it is negative.
fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if index < 0 { index + length } else { index }).ok()
}

/// The items from one place to another, every so many. Only forward steps are
/// told.
fn slice(range: &str, items: &[Value]) -> Option<Value> {
    let mut bounds = range.split(':').map(str::trim);
    let mut bound = |otherwise: i64| match bounds.next() {
        None | Some("") => Some(otherwise),
        Some(bound) => bound.parse().ok(),
    };
    let length = items.len();
    let (start, end) = (bound(0)?, bound(i64::try_from(length).ok()?)?);
    let step = usize::try_from(bound(1)?).ok().filter(|step| *step > 0)?;
    let start = place(start, length).unwrap_or(0).min(length);
    let end = place(end, length).unwrap_or(0).clamp(start, length);
    Some(Value::List(items[start..end].iter().step_by(step).cloned().collect()))
}

/// `[item, list]`.
fn index(parts: &[Value]) -> Option<Value> {
    let [item @ Value::Text(_), Value::List(items)] = parts else { return None };
    let place = items.iter().position(|known| known == item)?;
    items.iter().all(|item| item.as_text().is_some()).then(|| Value::Text(place.to_string()))
}

fn length(given: &Value) -> Option<Value> {
    let is_unknown = |item: &Value| matches!(item, Value::Unknown(_));
    let length = match given {
        Value::Text(text) => text.chars().count(),
        Value::List(items) if !items.iter().any(is_unknown) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => return None,
    };
    Some(Value::Text(length.to_string()))
}

fn merged_list(parts: &[Value]) -> Option<Value> {
    let mut merged = Vec::new();
    for part in parts {
        let Value::List(items) = part else { return None };
        merged.extend(items.iter().cloned());
    }
    (merged.len() <= MOST_ITEMS).then_some(Value::List(merged))
}

/// Of equal keys the last one counts.
fn merged_map(parts: &[Value]) -> Option<Value> {
    let mut merged: Vec<(String, Value)> = Vec::new();
    for part in parts {
        let Value::Map(entries) = part else { return None };
        merged.retain(|(key, _)| entries.iter().all(|(newer, _)| newer != key));
        merged.extend(entries.iter().cloned());
    }
    (merged.len() <= MOST_ITEMS).then_some(Value::Map(merged))
}

/// Numbers are summed up, lists and maps merged.
fn add(parts: &[Value]) -> Option<Value> {
    match parts.first()? {
        Value::List(_) => merged_list(parts),
        Value::Map(_) => merged_map(parts),
        _ => {
            let numbers: Option<Vec<Number>> = parts.iter().map(Number::of).collect();
            let mut numbers = numbers?.into_iter();
            let first = numbers.next()?;
            numbers.try_fold(first, |sum, next| sum.apply('+', next)).map(Number::to_value)
        }
    }
}
