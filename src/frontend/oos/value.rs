//! Values of OOS templates. A default can be overridden when the template is
//! run, so that what a parameter holds is unknown.

use crate::frontend::template::Item;
use crate::procedure::Value;

/// What opens a reference inside a text: `{{ instanceId }}`.
const REFERENCE: &str = "{{";

/// What a value is known to be. Recursion goes no deeper than the tree is high.
pub(super) fn value(item: Item<'_>) -> Value {
    if refers(item) || item.function().is_some() {
        return Value::unknown(text(item));
    }
    if item.is_sequence() {
        return Value::List(item.items().map(value).collect());
    }
    if item.is_mapping() {
        return Value::Map(entries(item));
    }
    item.literal().unwrap_or(Value::Absent)
}

/// The entries of a mapping, those without a value left out.
pub(super) fn entries(item: Item<'_>) -> Vec<(String, Value)> {
    let named = item.entries().map(|entry| (entry.key.render(), value(entry.value)));
    named.filter(|(_, value)| *value != Value::Absent).collect()
}

/// A value as output shows it.
pub(super) fn text(item: Item<'_>) -> String {
    match unquoted_reference(item) {
        Some(name) => format!("{{{{ {name} }}}}"),
        None => item.render(),
    }
}

/// The name in a value that is nothing but a reference.
pub(super) fn reference(item: Item<'_>) -> Option<&str> {
    let inner = item.text()?.trim().strip_prefix(REFERENCE)?.strip_suffix("}}")?;
    (!inner.contains(['{', '}'])).then(|| inner.trim())
}

/// Whether a scalar holds a reference.
pub(super) fn refers(item: Item<'_>) -> bool {
    item.text().is_some_and(|text| text.contains(REFERENCE)) || unquoted_reference(item).is_some()
}

/// The name in a reference without quotes, which YAML reads as a mapping whose
/// key is a mapping.
fn unquoted_reference(item: Item<'_>) -> Option<&str> {
    let inner = item.sole_entry()?.key.sole_entry()?;
    inner.value.is_null().then(|| inner.key.text())?
}
