//! Conditions of a template, as far as constants decide them.

use super::scope::Scope;
use super::value::value;
use crate::frontend::template::Item;
use crate::procedure::Value;

/// Whether a condition holds; none if that depends on the run.
pub(super) fn holds(item: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let Some((name, given)) = item.function() else { return constant(item, scope) };
    match name {
        "Equals" => equal(given, scope),
        "Not" => holds(given.items().next().unwrap_or(given), scope).map(|holds| !holds),
        "And" => all(given, scope, true),
        "Or" => all(given, scope, false).map(|none| !none),
        "Condition" => named(given.text()?, scope),
        _ => None,
    }
}

/// Whether a condition of a name holds.
pub(super) fn named(name: &str, scope: &Scope<'_>) -> Option<bool> {
    scope.with_condition(name, |condition| holds(condition, scope)).flatten()
}

fn constant(item: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    if let Some(entry) = item.sole_entry().filter(|entry| entry.key.text() == Some("Condition")) {
        return named(entry.value.text()?, scope);
    }
    match item.text()?.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => named(item.text()?, scope),
    }
}

/// Whether all of several conditions are as wanted; one that is not decides.
fn all(given: Item<'_>, scope: &Scope<'_>, wanted: bool) -> Option<bool> {
    let mut unknown = false;
    for part in given.items() {
        match holds(part, scope) {
            Some(holds) if holds != wanted => return Some(false),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(true)
}

fn equal(given: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let mut sides = given.items().map(|side| value(side, scope));
    let (left, right) = (sides.next()?, sides.next()?);
    (is_known(&left) && is_known(&right)).then(|| left == right)
}

/// Recursion goes no deeper than the tree is high.
fn is_known(value: &Value) -> bool {
    match value {
        Value::Text(_) | Value::Absent => true,
        Value::Unknown(_) => false,
        Value::List(items) => items.iter().all(is_known),
        Value::Map(entries) => entries.iter().all(|(_, entry)| is_known(entry)),
    }
}
