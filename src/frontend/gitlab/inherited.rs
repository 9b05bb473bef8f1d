//! What a job inherits: `extends`, `default`, and the top of the file.

use super::{DEFAULT, File, GLOBAL};
use crate::frontend::template::Item;

/// How many jobs deep `extends` is followed.
const DEEPEST: usize = 11;

const EXTENDS: &str = "extends";

/// A job and those that it extends, the nearest first.
#[derive(Clone, Debug)]
pub(super) struct Line<'t> {
    items: Vec<Item<'t>>,
}

impl<'t> Line<'t> {
    pub(super) fn of(job: Item<'t>, file: &File<'t>) -> Self {
        let mut items = Vec::new();
        follow(job, file, 0, &mut items);
        Self { items }
    }

    /// The value of a key, from the nearest that has it.
    pub(super) fn get(&self, key: &str) -> Option<Item<'t>> {
        self.items.iter().find_map(|item| item.get(key))
    }

    /// All values of a key, the nearest last.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = Item<'t>> {
        let values: Vec<_> = self.items.iter().rev().filter_map(|item| item.get(key)).collect();
        values.into_iter()
    }

    /// The value of a key, or what is the default in the file.
    pub(super) fn or_default(&self, key: &str, file: &File<'t>) -> Option<Item<'t>> {
        let default = || file.tops().find_map(|top| top.get(DEFAULT)?.get(key));
        let top = || file.named(key).filter(|_| GLOBAL.contains(&key));
        self.get(key).or_else(default).or_else(top)
    }
}

/// Later ones of several count more.
fn follow<'t>(job: Item<'t>, file: &File<'t>, depth: usize, items: &mut Vec<Item<'t>>) {
    items.push(job);
    let Some(extended) = job.get(EXTENDS).filter(|_| depth < DEEPEST && items.len() < 64) else {
        return;
    };
    let alone = Some(extended).filter(|item| !item.is_sequence());
    for name in extended.items().rev().chain(alone).filter_map(Item::text) {
        if let Some(other) = file.named(name) {
            follow(other, file, depth + 1, items);
        }
    }
}
