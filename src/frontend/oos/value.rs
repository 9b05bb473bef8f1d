//! Values of OOS templates. A default can be overridden when the template is
//! run, so that what a parameter holds is unknown.

use crate::frontend::template::Item;
use crate::procedure::Value;

/// What opens a reference inside a text: `{{ instanceId }}`.
const REFERENCE: &str = "{{";

/// What stands for the item of a loop inside of it.
const LOOP_ITEM: &str = "ACS::TaskLoopItem";

/// How many items a loop goes over at most.
pub(super) const MOST_ITEMS: usize = 1_000;

/// How many items of a list are named one by one.
pub(super) const MOST_NAMED: usize = 16;

/// What a value is known to be; `over` is what the loop around it goes over, whose
/// items it stands for together. Recursion goes no deeper than the tree is high.
pub(super) fn value(item: Item<'_>, over: Option<Item<'_>>) -> Value {
    if reference(item).or_else(|| unquoted_reference(item)) == Some(LOOP_ITEM)
        && let Some(items) = over
    {
        return all_of(items);
    }
    if item.function().is_some() {
        return Value::unknown(of_items(text(item), over));
    }
    if refers(item) {
        return listed(item, over).unwrap_or_else(|| Value::unknown(of_items(text(item), over)));
    }
    if item.is_sequence() {
        return Value::List(item.items().map(|one| value(one, over)).collect());
    }
    if item.is_mapping() {
        return Value::Map(entries(item, over));
    }
    item.literal().unwrap_or(Value::Absent)
}

/// What a loop goes over.
fn all_of(items: Item<'_>) -> Value {
    if items.items().len() > MOST_NAMED { Value::unknown(text(items)) } else { value(items, None) }
}

/// The items of a list that is written as JSON in a text:
/// `["{{ instanceId }}"]`.
fn listed(item: Item<'_>, over: Option<Item<'_>>) -> Option<Value> {
    let inner = item.text()?.trim().strip_prefix('[')?.strip_suffix(']')?;
    let one = |part: &str| {
        let part = part.trim().trim_matches(['"', '\'']);
        match (name_in(part), over) {
            (Some(LOOP_ITEM), Some(items)) => all_of(items),
            (Some(name), _) => Value::unknown(braced(name)),
            (None, _) if part.contains(REFERENCE) => Value::unknown(part),
            (None, _) => Value::Text(part.to_owned()),
        }
    };
    Some(Value::List(inner.split(',').map(one).collect()))
}

/// An expression over the item of a loop, as one over what the loop goes over.
fn of_items(text: String, over: Option<Item<'_>>) -> String {
    match over.and_then(reference) {
        Some(items) => text.replace(LOOP_ITEM, items),
        None => text,
    }
}

/// The entries of a mapping, those without a value left out.
pub(super) fn entries(item: Item<'_>, over: Option<Item<'_>>) -> Vec<(String, Value)> {
    let named = item.entries().map(|entry| (entry.key.render(), value(entry.value, over)));
    named.filter(|(_, value)| *value != Value::Absent).collect()
}

/// A value as output shows it.
pub(super) fn text(item: Item<'_>) -> String {
    reference(item).or_else(|| unquoted_reference(item)).map_or_else(|| item.render(), braced)
}

/// How a reference is shown, however it is spaced.
pub(super) fn braced(name: &str) -> String {
    format!("{{{{ {name} }}}}")
}

/// The name in a value that is nothing but a reference.
pub(super) fn reference(item: Item<'_>) -> Option<&str> {
    name_in(item.text()?)
}

fn name_in(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix(REFERENCE)?.strip_suffix("}}")?;
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
