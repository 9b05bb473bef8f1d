//! The lines of scripts: lists of lists, and what `!reference` names.

use super::File;
use crate::frontend::template::Item;

/// How many lists deep lines are looked for.
const DEEPEST: usize = 10;

/// How many lines a script has.
const MOST: usize = 10_000;

/// The lines of a script.
pub(super) fn lines<'t>(script: Item<'t>, file: &File<'t>) -> Vec<Item<'t>> {
    let mut found = Vec::new();
    collect(script, file, 0, &mut found);
    found
}

fn collect<'t>(item: Item<'t>, file: &File<'t>, depth: usize, found: &mut Vec<Item<'t>>) {
    if depth > DEEPEST || found.len() > MOST {
        return;
    }
    if item.tag() == Some("reference") {
        let path: Vec<&str> = item.untagged().items().filter_map(Item::text).collect();
        let mut tops = file.tops();
        let named = tops.find_map(|top| path.iter().try_fold(top, |at, key| at.get(key)));
        if let Some(named) = named {
            collect(named, file, depth + 1, found);
        }
    } else if item.is_sequence() {
        for inner in item.items() {
            collect(inner, file, depth + 1, found);
        }
    } else if item.text().is_some() {
        found.push(item);
    }
}
