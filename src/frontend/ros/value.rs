//! Values of a template: literals, references, and functions as far as
//! constants decide them. Short forms (`!Ref X`) equal long ones.

use super::condition;
use super::function::{self, LONGEST};
use super::scope::Scope;
use crate::frontend::template::Item;
use crate::procedure::{Unknown, Value};

/// The reference that stands for no value at all.
const NO_VALUE: &str = "ALIYUN::NoValue";

/// What a value is known to be. Recursion goes no deeper than the tree is high,
/// and only so far through locals and conditions as [`Scope`] allows.
pub(super) fn value(item: Item<'_>, scope: &Scope<'_>) -> Value {
    if let Some((name, given)) = item.function() {
        return applied(name, given, item, scope);
    }
    if item.is_sequence() {
        let items = item.items().map(|item| value(item, scope));
        return Value::List(items.filter(|value| *value != Value::Absent).collect());
    }
    if item.is_mapping() {
        let entries = item.entries().map(|entry| (entry.key.render(), value(entry.value, scope)));
        return Value::Map(entries.filter(|(_, value)| *value != Value::Absent).collect());
    }
    item.literal().unwrap_or(Value::Absent)
}

/// Every part of a function's argument is evaluated once: a second look at each
/// level would double the work with each level of nesting.
fn applied(name: &str, given: Item<'_>, whole: Item<'_>, scope: &Scope<'_>) -> Value {
    match name {
        "Ref" => return reference(given.text().unwrap_or_default(), scope),
        "GetAtt" => return attribute(given, whole, scope),
        "Sub" => return substitute(given, whole, scope),
        "If" => return choose(given, whole, scope),
        _ => {}
    }
    if condition::NAMES.contains(&name) {
        return match condition::holds(whole, scope) {
            Some(holds) => Value::Text(holds.to_string()),
            None => Value::unknown(whole.render()),
        };
    }
    let given = value(given, scope);
    let known = match (name, &given) {
        ("FindInMap", Value::List(keys)) => find_in_map(keys, scope),
        _ => function::call(name, &given),
    };
    known.unwrap_or_else(|| composed(whole, std::iter::once(&given)))
}

/// What comes of values by a function that is not evaluated.
fn composed<'v>(whole: Item<'_>, parts: impl Iterator<Item = &'v Value>) -> Value {
    let mut declared = None;
    let mut open: Vec<&Value> = parts.collect();
    while let Some(part) = open.pop() {
        match part {
            Value::Unknown(Unknown { declared: Some(address), .. }) => declared = Some(address),
            Value::Unknown(_) => return Value::unknown(whole.render()),
            Value::List(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|(_, entry)| entry)),
            Value::Text(_) | Value::Absent => {}
        }
    }
    match declared {
        Some(address) => Value::declared(whole.render(), address),
        None => Value::unknown(whole.render()),
    }
}

fn reference(name: &str, scope: &Scope<'_>) -> Value {
    if name == NO_VALUE {
        return Value::Absent;
    }
    if let Some(value) = scope.with_local(name, |local| value(local, scope)) {
        return value;
    }
    if let Some(only) = scope.only_choice(name) {
        return Value::Text(only.to_owned());
    }
    named(format!("Ref {name}"), name, scope)
}

fn named(text: String, resource: &str, scope: &Scope<'_>) -> Value {
    match scope.declared(resource) {
        Some(address) => Value::declared(text, address),
        None => Value::unknown(text),
    }
}

/// `!GetAtt Web.InstanceId` or `[Web, InstanceId]`.
fn attribute(given: Item<'_>, whole: Item<'_>, scope: &Scope<'_>) -> Value {
    if let Some(path) = given.text() {
        return attribute_path(path, scope);
    }
    let mut parts = given.items();
    let Some(resource) = parts.next().and_then(Item::text) else {
        return composed(whole, [value(given, scope)].iter());
    };
    let path: Vec<&str> = std::iter::once(resource).chain(parts.filter_map(Item::text)).collect();
    named(format!("GetAtt {}", path.join(".")), resource, scope)
}

fn attribute_path(path: &str, scope: &Scope<'_>) -> Value {
    let text = format!("GetAtt {path}");
    match scope.named(path).and_then(|resource| scope.declared(resource)) {
        Some(address) => Value::declared(text, address),
        None => Value::unknown(text),
    }
}

/// What is known of a text with references in it: all of it where all of them
/// are constants, else where they lead.
fn substitute(given: Item<'_>, whole: Item<'_>, scope: &Scope<'_>) -> Value {
    let mut parts = given.items();
    let template = if given.is_sequence() { parts.next() } else { Some(given) };
    let Some(text) = template.and_then(Item::text) else {
        return composed(whole, [value(given, scope)].iter());
    };
    let variables = parts.next().map(|variables| value(variables, scope));
    let mut known = String::new();
    let mut unknown = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = next_reference(rest) {
        known.push_str(before);
        match substituted(name.trim(), variables.as_ref(), scope) {
            Value::Text(text) if known.len() + text.len() < LONGEST => known.push_str(&text),
            Value::Absent => {}
            Value::Text(_) => return Value::unknown(whole.render()),
            other => unknown.push(other),
        }
        rest = after;
    }
    known.push_str(rest);
    match unknown.as_slice() {
        [] => Value::Text(known),
        [only] if known.is_empty() => only.clone(),
        several => composed(whole, several.iter()),
    }
}

/// What comes before the next `${name}`, the name, and what comes after.
pub(super) fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn substituted(name: &str, variables: Option<&Value>, scope: &Scope<'_>) -> Value {
    if let Some(literal) = name.strip_prefix('!') {
        return Value::Text(format!("${{{literal}}}"));
    }
    if let Some(Value::Map(variables)) = variables
        && let Some((_, variable)) = variables.iter().find(|(variable, _)| variable == name)
    {
        return variable.clone();
    }
    if name.contains('.') && scope.declared(name).is_none() {
        return attribute_path(name, scope);
    }
    reference(name, scope)
}

/// `Fn::If: [condition, then, else]`.
fn choose(given: Item<'_>, whole: Item<'_>, scope: &Scope<'_>) -> Value {
    let mut parts = given.items();
    let (Some(condition), Some(then), Some(otherwise)) = (parts.next(), parts.next(), parts.next())
    else {
        return composed(whole, [value(given, scope)].iter());
    };
    match condition::holds(condition, scope) {
        Some(true) => value(then, scope),
        Some(false) => value(otherwise, scope),
        None => {
            let ways = [value(then, scope), value(otherwise, scope)];
            if ways[0] == ways[1] { ways[0].clone() } else { either(whole, &ways) }
        }
    }
}

/// One of two values. A constant among them makes a declared one unknown.
fn either(whole: Item<'_>, ways: &[Value; 2]) -> Value {
    let constant = |way: &Value| matches!(way, Value::Text(_));
    if ways.iter().any(constant) {
        return Value::unknown(whole.render());
    }
    composed(whole, ways.iter())
}

/// `Fn::FindInMap: [map, row, column]`.
fn find_in_map(keys: &[Value], scope: &Scope<'_>) -> Option<Value> {
    let [Value::Text(map), Value::Text(row), Value::Text(column)] = keys else { return None };
    scope.with_mapped([map, row, column], |found| value(found, scope))
}
