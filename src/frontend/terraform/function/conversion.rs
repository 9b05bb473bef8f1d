//! Functions that convert between types.

use super::super::datum::Datum;
use super::{Function, items, partial};

pub(super) const FUNCTIONS: &[Function] = &[
    partial("ephemeralasnull", same),
    partial("nonsensitive", same),
    partial("sensitive", same),
    partial("tobool", |arguments| scalar(arguments, |datum| datum.as_bool().map(Datum::Bool))),
    partial("tolist", |arguments| {
        let [list] = arguments else { return None };
        null_or(list, || Datum::list(alike(items(list)?.to_vec())))
    }),
    partial("tomap", |arguments| {
        let [map] = arguments else { return None };
        null_or(map, || {
            let Datum::Map(entries) = map else { return None };
            let (keys, values): (Vec<_>, Vec<_>) = entries.entries().iter().cloned().unzip();
            let made = keys.into_iter().zip(alike(values)).collect();
            if entries.is_closed { Datum::map(made) } else { Datum::open_map(made) }
        })
    }),
    partial("tonumber", |arguments| {
        scalar(arguments, |datum| datum.as_number().map(Datum::Number))
    }),
    partial("toset", |arguments| {
        let [list] = arguments else { return None };
        null_or(list, || set(alike(items(list)?.to_vec())))
    }),
    partial("tostring", |arguments| scalar(arguments, |datum| datum.as_text().map(Datum::Text))),
];

fn same(arguments: &[Datum]) -> Option<Datum> {
    let [only] = arguments else { return None };
    Some(only.clone())
}

fn null_or(datum: &Datum, change: impl FnOnce() -> Option<Datum>) -> Option<Datum> {
    if matches!(datum, Datum::Null) { Some(Datum::Null) } else { change() }
}

fn scalar(arguments: &[Datum], change: fn(&Datum) -> Option<Datum>) -> Option<Datum> {
    let [only] = arguments else { return None };
    null_or(only, || change(only))
}

/// A set; if something in it is unknown, it may have fewer items than this.
pub(super) fn set(items: Vec<Datum>) -> Option<Datum> {
    if items.iter().all(Datum::is_known) || items.len() < 2 {
        return Datum::set(items);
    }
    Datum::list(items)
}

/// Scalars made one type: text if any of them is.
pub(super) fn alike(items: Vec<Datum>) -> Vec<Datum> {
    let is_text = |item: &Datum| matches!(item, Datum::Text(_));
    let is_scalar = |item: &Datum| item.as_text().is_some() || !item.is_known();
    if !items.iter().any(is_text) || !items.iter().all(is_scalar) {
        return items;
    }
    let text = |item: Datum| item.as_text().map_or(item, Datum::Text);
    items.into_iter().map(text).collect()
}
