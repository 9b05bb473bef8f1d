//! Lists, sets and maps.

use std::rc::Rc;

use super::{Datum, Measure};

/// A tuple, list or set.
#[derive(Clone, Debug)]
pub(in super::super) struct List {
    /// What it holds, in order.
    pub(in super::super) items: Vec<Datum>,
    /// Whether it is a set, which has no order of its own.
    pub(in super::super) is_set: bool,
    pub(super) measure: Measure,
}

impl List {
    pub(super) fn new(items: Vec<Datum>, is_set: bool) -> Option<Self> {
        let measure = Measure::of(items.iter())?;
        Some(Self { items, is_set, measure })
    }
}

/// An object or map. It keeps the order in which it was written, and is found
/// and gone through by its keys' order, as the language has it.
#[derive(Clone, Debug)]
pub(in super::super) struct Map {
    entries: Vec<(Rc<str>, Datum)>,
    order: Vec<usize>,
    /// Whether all its keys are known.
    pub(in super::super) is_closed: bool,
    pub(super) measure: Measure,
}

impl Map {
    pub(super) fn new(mut entries: Vec<(Rc<str>, Datum)>, is_closed: bool) -> Option<Self> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|left, right| entries[*left].0.cmp(&entries[*right].0));
        let repeats = order.windows(2).any(|pair| entries[pair[0]].0 == entries[pair[1]].0);
        if repeats {
            entries = last_of_each(&entries, &order);
            order = (0..entries.len()).collect();
            order.sort_by(|left, right| entries[*left].0.cmp(&entries[*right].0));
        }
        let mut measure = Measure::of(entries.iter().map(|(_, value)| value))?;
        measure.is_known &= is_closed;
        Some(Self { entries, order, is_closed, measure })
    }

    /// How many entries it has.
    pub(in super::super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries in the order in which they were written.
    pub(in super::super) fn entries(&self) -> &[(Rc<str>, Datum)] {
        &self.entries
    }

    /// The entries in the order of their keys.
    pub(in super::super) fn sorted(&self) -> impl ExactSizeIterator<Item = &(Rc<str>, Datum)> {
        self.order.iter().map(|place| &self.entries[*place])
    }

    /// The value of a key.
    pub(in super::super) fn get(&self, key: &str) -> Option<&Datum> {
        let found = self.order.binary_search_by(|place| (*self.entries[*place].0).cmp(key)).ok()?;
        Some(&self.entries[self.order[found]].1)
    }
}

/// The entries of which each key has its last value, at the place of its first.
fn last_of_each(entries: &[(Rc<str>, Datum)], order: &[usize]) -> Vec<(Rc<str>, Datum)> {
    // The order is stable, so equal keys stand in the order of their places.
    let runs = order.chunk_by(|left, right| entries[*left].0 == entries[*right].0);
    let mut kept: Vec<(usize, usize)> =
        runs.filter_map(|run| Some((*run.first()?, *run.last()?))).collect();
    kept.sort_unstable();
    kept.into_iter().map(|(_, last)| entries[last].clone()).collect()
}

/// A set of known scalars, or of anything else that need not be told apart.
pub(super) fn set(items: Vec<Datum>) -> Option<Datum> {
    let mut items = items;
    let is_text = items.iter().all(|item| matches!(item, Datum::Text(_)));
    let is_number = items.iter().all(|item| matches!(item, Datum::Number(_)));
    if is_text {
        items.sort_by_key(Datum::as_text);
    } else if is_number {
        items.sort_by_key(Datum::as_number);
    }
    let mut kept: Vec<Datum> = Vec::new();
    for item in items {
        // Sorted ones repeat side by side; others are few or all different.
        let near = if is_text || is_number { kept.len().saturating_sub(1) } else { 0 };
        if kept.len() - near > MAX_COMPARED {
            return None;
        }
        let repeats = kept[near..].iter().any(|other| super::equal(other, &item) == Some(true));
        if !repeats {
            kept.push(item);
        }
    }
    List::new(kept, true).map(|list| Datum::List(Rc::new(list)))
}

/// The most items of a set that are compared with each other one by one.
const MAX_COMPARED: usize = 1000;
