//! Conditions of a template, as far as constants decide them.

use super::scope::Scope;
use super::value::value;
use crate::frontend::template::Item;
use crate::procedure::Value;

/// Short names of the functions that are conditions.
pub(super) const NAMES: [&str; 8] =
    ["Equals", "Not", "And", "Or", "Any", "Contains", "EachMemberIn", "MatchPattern"];

/// Whether a condition holds; none if that depends on the run.
pub(super) fn holds(item: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let Some((name, given)) = item.function() else { return constant(item, scope) };
    match name {
        "Equals" => equal(given, scope),
        "Not" => holds(given.items().next().unwrap_or(given), scope).map(|holds| !holds),
        "And" => all(given, scope, true),
        "Or" | "Any" if given.is_sequence() => all(given, scope, false).map(|none| !none),
        "Contains" => contains(given, scope),
        "EachMemberIn" => each_member_in(given, scope),
        "Condition" => named(given.text()?, scope),
        // Patterns are not matched.
        name if NAMES.contains(&name) => None,
        _ => truth(value(item, scope).as_text()?),
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
    truth(item.text()?).or_else(|| named(item.text()?, scope))
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
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

/// `[list, value]`.
fn contains(given: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let Value::List(parts) = value(given, scope) else { return None };
    let [Value::List(items), wanted] = parts.as_slice() else { return None };
    is_known(wanted).then(|| is_among(wanted, items)).flatten()
}

/// `[list, list]`: whether each item of the first is in the second.
fn each_member_in(given: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let Value::List(parts) = value(given, scope) else { return None };
    let [Value::List(wanted), Value::List(items)] = parts.as_slice() else { return None };
    if wanted.len().saturating_mul(items.len()) > MOST_COMPARISONS || !wanted.iter().all(is_known) {
        return None;
    }
    let mut all = Some(true);
    for one in wanted {
        match is_among(one, items) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// How many values are compared to decide one condition.
const MOST_COMPARISONS: usize = 100_000;

/// Whether a known value is in a list; none if it may be.
fn is_among(wanted: &Value, items: &[Value]) -> Option<bool> {
    if items.contains(wanted) {
        return Some(true);
    }
    items.iter().all(is_known).then_some(false)
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
