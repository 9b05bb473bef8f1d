//! What expressions put in, and what templates are given: `${{ if … }}:` in lists
//! and mappings, and the steps among a template's parameters.

use super::PARAMETERS;
use crate::frontend::template::Item;

/// How an expression begins that puts something in.
const EXPRESSION: &str = "${{";

/// How deep insertions are followed.
const DEEPEST: usize = 16;

/// An item of a list, and the expression that it is put in by.
pub(super) type Inserted<'t> = (Option<&'t str>, Item<'t>);

/// The items of a list, those that expressions put in among them.
pub(super) fn items(list: Item<'_>) -> Vec<Inserted<'_>> {
    let mut found = Vec::new();
    collect(list, None, 0, &mut found);
    found
}

fn collect<'t>(list: Item<'t>, by: Option<&'t str>, depth: usize, found: &mut Vec<Inserted<'t>>) {
    for item in list.items() {
        let inner = item.sole_entry().filter(|entry| entry.value.is_sequence());
        let expression = inner.and_then(|entry| Some((entry.key.text()?, entry.value)));
        match expression.filter(|(key, _)| key.starts_with(EXPRESSION) && depth < DEEPEST) {
            Some((condition, inner)) => collect(inner, Some(condition), depth + 1, found),
            None => found.push((by, item)),
        }
    }
}

/// What a mapping has under a key, also where an expression puts that in.
pub(super) fn get<'t>(mapping: Item<'t>, key: &str) -> Option<Item<'t>> {
    mapping.get(key).or_else(|| {
        let is_inserted = |text: &str| text.starts_with(EXPRESSION);
        let mut inserted =
            mapping.entries().filter(|entry| entry.key.text().is_some_and(is_inserted));
        inserted.find_map(|entry| entry.value.get(key))
    })
}

/// The lists of stages, jobs or steps that a template is given, under whatever names:
/// their items have one of some keys.
pub(super) fn given<'t>(template: Item<'t>, keys: &[&str]) -> Vec<Item<'t>> {
    let given = template.get(PARAMETERS).into_iter().flat_map(Item::entries);
    let fits = |item: Item<'t>| keys.iter().any(|key| item.get(key).is_some());
    let has_some = |list: &Item<'t>| items(*list).into_iter().any(|(_, item)| fits(item));
    let lists = given.map(|entry| entry.value).filter(|value| value.is_sequence());
    lists.filter(has_some).collect()
}
