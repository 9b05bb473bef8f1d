//! Functions of sets, and of what is chosen among several.

use super::super::datum::{self, Datum};
use super::conversion::{alike, set};
use super::{Function, items, known, partial};

pub(super) const FUNCTIONS: &[Function] = &[
    partial("alltrue", |arguments| decided(arguments, false)),
    partial("anytrue", |arguments| decided(arguments, true)),
    known("setintersection", |arguments| {
        combine(arguments, |left, right| {
            left.iter().filter(|item| holds(right, item)).cloned().collect()
        })
    }),
    known("setsubtract", |arguments| {
        combine(arguments, |left, right| {
            left.iter().filter(|item| !holds(right, item)).cloned().collect()
        })
    }),
    partial("setunion", |arguments| {
        combine(arguments, |left, right| left.iter().chain(right).cloned().collect())
    }),
    partial("setproduct", product),
];

/// How many comparisons a function may make.
const MAX_COMPARISONS: usize = 1_000_000;

/// One that decides does so whatever the others are.
fn decided(arguments: &[Datum], decides: bool) -> Option<Datum> {
    let [list] = arguments else { return None };
    let told =
        |item: &Datum| if matches!(item, Datum::Null) { Some(false) } else { item.as_bool() };
    let all: Vec<Option<bool>> = items(list)?.iter().map(told).collect();
    if all.contains(&Some(decides)) {
        return Some(Datum::Bool(decides));
    }
    all.iter().all(Option::is_some).then_some(Datum::Bool(!decides))
}

fn holds(items: &[Datum], item: &Datum) -> bool {
    items.iter().any(|other| datum::equal(other, item) == Some(true))
}

fn combine(arguments: &[Datum], combine: fn(&[Datum], &[Datum]) -> Vec<Datum>) -> Option<Datum> {
    let sets: Option<Vec<&[Datum]>> = arguments.iter().map(items).collect();
    let mut sets = sets?.into_iter().map(|items| alike(items.to_vec()));
    let first = sets.next()?;
    let all = sets.try_fold(first, |left, right| {
        let comparisons = left.len().saturating_mul(right.len());
        (comparisons <= MAX_COMPARISONS).then(|| combine(&left, &right))
    });
    set(alike(all?))
}

fn product(arguments: &[Datum]) -> Option<Datum> {
    let lists: Option<Vec<&[Datum]>> = arguments.iter().map(items).collect();
    let lists = lists?;
    let count = lists.iter().try_fold(1_usize, |count, list| count.checked_mul(list.len()));
    if lists.len() < 2 || count.is_none_or(|count| count > MAX_COMPARISONS / 10) {
        return None;
    }
    let mut rows: Vec<Vec<Datum>> = vec![Vec::new()];
    for list in lists {
        let longer = |row: Vec<Datum>| {
            list.iter().map(move |item| {
                let mut row = row.clone();
                row.push(item.clone());
                row
            })
        };
        rows = rows.into_iter().flat_map(longer).collect();
    }
    let rows: Option<Vec<Datum>> = rows.into_iter().map(|row| Datum::list(alike(row))).collect();
    let is_set = arguments.iter().all(|it| matches!(it, Datum::List(list) if list.is_set));
    if is_set { set(rows?) } else { Datum::list(rows?) }
}
