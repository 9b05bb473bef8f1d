//! Functions of lists and maps.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::datum::{self, Datum};
use super::conversion::alike;
use super::{Function, items, known, ordered, partial, text_list};

pub(super) const FUNCTIONS: &[Function] = &[
    partial("chunklist", chunks),
    partial("coalesce", coalesce),
    partial("coalescelist", |arguments| {
        for argument in arguments {
            match argument {
                Datum::List(list) if list.items.is_empty() => {}
                Datum::List(_) => return Some(argument.clone()),
                _ => return None,
            }
        }
        None
    }),
    known("compact", |arguments| {
        let [list] = arguments else { return None };
        let is_full = |item: &&Datum| {
            !matches!(item, Datum::Null) && item.as_text().is_none_or(|text| !text.is_empty())
        };
        Datum::list(items(list)?.iter().filter(is_full).cloned().collect())
    }),
    partial("concat", |arguments| {
        let lists: Option<Vec<&[Datum]>> = arguments.iter().map(ordered).collect();
        Datum::list(lists.filter(|lists| !lists.is_empty())?.concat())
    }),
    partial("contains", contains),
    known("distinct", distinct),
    partial("element", |arguments| {
        let [list, index] = arguments else { return None };
        let items = ordered(list)?;
        items.get(index.as_index()?.checked_rem(items.len())?).cloned()
    }),
    partial("flatten", |arguments| {
        let [list] = arguments else { return None };
        let mut flat = Vec::new();
        flatten(items(list)?, &mut flat)?;
        Datum::list(flat)
    }),
    known("index", |arguments| {
        let [list, item] = arguments else { return None };
        let mut items = items(list)?.iter();
        items.position(|other| datum::equal(other, item) == Some(true)).map(Datum::count)
    }),
    partial("keys", |arguments| {
        let [Datum::Map(map)] = arguments else { return None };
        if map.is_closed { text_list(map.sorted().map(|(key, _)| Rc::clone(key))) } else { None }
    }),
    partial("length", length),
    partial("list", |arguments| Datum::list(alike(arguments.to_vec()))),
    partial("lookup", lookup),
    partial("map", |arguments| {
        let pairs = arguments.chunks(2).map(|pair| match pair {
            [key, value] => Some((key.as_text()?, value.clone())),
            _ => None,
        });
        Datum::map(pairs.collect::<Option<_>>()?)
    }),
    known("matchkeys", matching),
    partial("merge", merge),
    partial("one", |arguments| match items(arguments.first()?)? {
        [] => Some(Datum::Null),
        [only] => Some(only.clone()),
        _ => None,
    }),
    partial("reverse", |arguments| {
        let [Datum::List(list)] = arguments else { return None };
        Datum::list(list.items.iter().rev().cloned().collect())
    }),
    partial("slice", |arguments| {
        let [list, start, end] = arguments else { return None };
        Datum::list(ordered(list)?.get(start.as_index()?..end.as_index()?)?.to_vec())
    }),
    known("sort", |arguments| {
        let [list] = arguments else { return None };
        let mut texts = super::texts(list)?;
        texts.sort_unstable();
        text_list(texts)
    }),
    partial("transpose", transpose),
    partial("values", |arguments| {
        let [Datum::Map(map)] = arguments else { return None };
        if !map.is_closed {
            return None;
        }
        Datum::list(map.sorted().map(|(_, value)| value.clone()).collect())
    }),
    partial("zipmap", |arguments| {
        let [keys, values] = arguments else { return None };
        let (keys, values) = (super::texts(keys)?, items(values)?);
        let fits = keys.len() == values.len();
        fits.then(|| Datum::map(keys.into_iter().zip(values.iter().cloned()).collect()))?
    }),
];

fn chunks(arguments: &[Datum]) -> Option<Datum> {
    let [list, size] = arguments else { return None };
    let (items, size) = (items(list)?, size.as_index()?);
    if items.is_empty() {
        return Datum::list(Vec::new());
    }
    let size = if size == 0 { items.len() } else { size };
    Datum::list(items.chunks(size).map(|chunk| Datum::list(chunk.to_vec())).collect::<Option<_>>()?)
}

/// The first that is neither null nor empty text; all as text if one is.
fn coalesce(arguments: &[Datum]) -> Option<Datum> {
    for argument in alike(arguments.to_vec()) {
        match &argument {
            Datum::Null => {}
            Datum::Text(text) if text.is_empty() => {}
            Datum::Unknown(_) => return None,
            _ => return Some(argument),
        }
    }
    None
}

fn contains(arguments: &[Datum]) -> Option<Datum> {
    let [list, item] = arguments else { return None };
    let mut certain = true;
    for other in items(list)? {
        match datum::equal(other, item) {
            Some(true) => return Some(Datum::Bool(true)),
            Some(false) => {}
            None => certain = false,
        }
    }
    certain.then_some(Datum::Bool(false))
}

fn distinct(arguments: &[Datum]) -> Option<Datum> {
    let [list] = arguments else { return None };
    let items = items(list)?;
    if let Some(texts) = items.iter().map(Datum::as_text).collect::<Option<Vec<_>>>() {
        let mut seen = std::collections::HashSet::new();
        let is_new = |(text, _): &(Rc<str>, &Datum)| seen.insert(Rc::clone(text));
        let kept = texts.into_iter().zip(items).filter(is_new);
        return Datum::list(kept.map(|(_, item)| item.clone()).collect());
    }
    let mut kept: Vec<Datum> = Vec::new();
    for item in items {
        if kept.len() > 1000 {
            return None;
        }
        if !kept.iter().any(|other| datum::equal(other, item) == Some(true)) {
            kept.push(item.clone());
        }
    }
    Datum::list(kept)
}

/// Lists in lists; their depth is bounded where they are made.
fn flatten(items: &[Datum], flat: &mut Vec<Datum>) -> Option<()> {
    for item in items {
        match item {
            Datum::List(list) => flatten(&list.items, flat)?,
            // It may be a list of any length.
            Datum::Unknown(_) | Datum::Each(_) => return None,
            other => flat.push(other.clone()),
        }
    }
    Some(())
}

fn length(arguments: &[Datum]) -> Option<Datum> {
    let [value] = arguments else { return None };
    match value {
        // Unknown items of a set may be equal.
        Datum::List(list) if list.is_set && !value.is_known() && list.items.len() > 1 => None,
        Datum::List(list) => Some(Datum::count(list.items.len())),
        Datum::Map(map) if map.is_closed => Some(Datum::count(map.len())),
        Datum::Text(text) => Some(Datum::count(text.chars().count())),
        _ => None,
    }
}

fn lookup(arguments: &[Datum]) -> Option<Datum> {
    let [Datum::Map(map), key, default @ ..] = arguments else { return None };
    match map.get(&key.as_text()?) {
        Some(value) => Some(value.clone()),
        None if map.is_closed => default.first().cloned(),
        None => None,
    }
}

fn matching(arguments: &[Datum]) -> Option<Datum> {
    let [values, keys, wanted] = arguments else { return None };
    let (values, keys, wanted) = (items(values)?, items(keys)?, items(wanted)?);
    if values.len() != keys.len() || keys.len().saturating_mul(wanted.len()) > 1_000_000 {
        return None;
    }
    let is_wanted = |key: &Datum| wanted.iter().any(|other| datum::equal(other, key) == Some(true));
    let kept = values.iter().zip(keys).filter(|(_, key)| is_wanted(key));
    Datum::list(kept.map(|(value, _)| value.clone()).collect())
}

fn merge(arguments: &[Datum]) -> Option<Datum> {
    let mut is_closed = true;
    let mut entries = Vec::new();
    for argument in arguments {
        match argument {
            Datum::Null => {}
            Datum::Map(map) => {
                is_closed &= map.is_closed;
                entries.extend(map.entries().iter().cloned());
            }
            _ => return None,
        }
    }
    if is_closed { Datum::map(entries) } else { Datum::open_map(entries) }
}

fn transpose(arguments: &[Datum]) -> Option<Datum> {
    let [Datum::Map(map)] = arguments else { return None };
    let mut turned: Vec<(Rc<str>, Vec<Datum>)> = Vec::new();
    let mut places: HashMap<Rc<str>, usize> = HashMap::new();
    for (key, values) in map.sorted() {
        for value in super::texts(values)? {
            let place = *places.entry(Rc::clone(&value)).or_insert(turned.len());
            if place == turned.len() {
                turned.push((value, Vec::new()));
            }
            turned[place].1.push(Datum::Text(Rc::clone(key)));
        }
    }
    let entry = |(key, values)| Some((key, Datum::list(values)?));
    map.is_closed.then(|| Datum::map(turned.into_iter().map(entry).collect::<Option<_>>()?))?
}
