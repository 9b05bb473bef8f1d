//! What is known of a value that is one of two.

use std::collections::HashMap;
use std::rc::Rc;

use super::origin::Origin;
use super::thing::{List, Map, Name, Rest, Thing, Unknown};

/// What is known of a value that is one or the other.
pub(in crate::frontend) fn join(left: Thing, right: Thing) -> Thing {
    if left == right {
        return left;
    }
    match (left, right) {
        (Thing::Absent, other) | (other, Thing::Absent) => other,
        (Thing::Unknown(left), Thing::Unknown(right)) => {
            let tainted = left.tainted || right.tainted;
            Thing::Unknown(Unknown {
                tainted,
                origin: Origin::either(left.origin, right.origin),
                ..left
            })
        }
        (Thing::Unknown(_), other) | (other, Thing::Unknown(_)) if is_typed(&other) => other,
        (Thing::List(left), Thing::List(right)) => join_lists(left, right),
        (Thing::Map(left), Thing::Map(right)) => join_maps(&left, &right),
        (left, right) => choice(&left, &right),
    }
}

/// A list that was lengthened in one case only is taken at its full length:
/// options that may be missing count as given.
fn join_lists(left: Rc<List>, right: Rc<List>) -> Thing {
    let (long, short) =
        if left.items.len() >= right.items.len() { (left, right) } else { (right, left) };
    if long.items.starts_with(&short.items) {
        if long.rest >= short.rest {
            return Thing::List(long);
        }
        return Thing::list(long.items.clone(), short.rest);
    }
    let same = long.items.iter().zip(&short.items).take_while(|(one, other)| one == other).count();
    if same >= DECIDES {
        let rest = long.rest.max(short.rest).max(Rest::Open);
        return Thing::list(long.items.clone(), rest);
    }
    choice(&Thing::List(long), &Thing::List(short))
}

/// How many words of a command line say what it does: program, product, action.
/// Options that differ behind them make no other of it.
const DECIDES: usize = 3;

fn join_maps(left: &Map, right: &Map) -> Thing {
    let mut entries = left.entries.clone();
    for (name, thing) in &right.entries {
        match entries.iter_mut().find(|(known, _)| known == name) {
            Some(entry) => entry.1 = join(entry.1.clone(), thing.clone()),
            None => entries.push((name.clone(), thing.clone())),
        }
    }
    Thing::map(entries, left.rest.max(right.rest))
}

/// Whether a value stands for something that matters whatever else may be in
/// its place: `client = given or Client(config)`.
fn is_typed(thing: &Thing) -> bool {
    matches!(
        thing,
        Thing::Client(_)
            | Thing::Imported(_)
            | Thing::Function(..)
            | Thing::Class(_)
            | Thing::Instance(_)
            | Thing::Method(_)
            | Thing::Declared(_)
    )
}

fn choice(left: &Thing, right: &Thing) -> Thing {
    let mut things = left.alternatives().to_vec();
    for thing in right.alternatives() {
        if !things.contains(thing) {
            things.push(thing.clone());
        }
    }
    let text = [left, right].into_iter().find_map(written).unwrap_or_else(|| "…".into());
    Thing::one_of(things, false, text)
}

fn written(thing: &Thing) -> Option<Name> {
    match thing {
        Thing::Unknown(unknown) => Some(unknown.text.clone()),
        Thing::OneOf(choice) => Some(choice.text.clone()),
        _ => None,
    }
}

/// Keeps what a name was found to stand for.
/// Answers whether it was not known before.
pub(in crate::frontend) fn remember(
    map: &mut HashMap<Name, Thing>,
    name: &Name,
    thing: &Thing,
) -> bool {
    let known = map.get(name);
    let joined = known.cloned().map_or(thing.clone(), |known| join(known, thing.clone()));
    let is_new = known != Some(&joined);
    if is_new {
        map.insert(name.clone(), joined);
    }
    is_new
}
