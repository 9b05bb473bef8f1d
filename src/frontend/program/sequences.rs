//! Sums of texts and lists, and elements of lists and dictionaries.

use super::joining::join;
use super::thing::{Name, Piece, Rest, Text, Thing, Unknown};

/// What a value adds to a list that it is spread into.
pub(in crate::frontend) fn spread(thing: Option<&Thing>, items: &mut Vec<Thing>) -> Rest {
    match thing {
        Some(Thing::List(list)) => {
            items.extend(list.items.iter().cloned());
            list.rest
        }
        other => openness(other),
    }
}

/// How open a list or map is that takes in something unknown.
pub(in crate::frontend) fn openness(thing: Option<&Thing>) -> Rest {
    if thing.is_some_and(Thing::is_tainted) { Rest::Tainted } else { Rest::Open }
}

/// How many pieces a text may have, and how many bytes, to be lengthened. A
/// program that adds to one a thousand times builds no command line.
const LONGEST: (usize, usize) = (128, 1 << 16);

pub(super) fn is_long(text: &Text) -> bool {
    let bytes = text.whole.as_ref().map_or(0, |whole| whole.len());
    text.pieces.len() > LONGEST.0 || bytes > LONGEST.1
}

/// The sum of two texts or two lists.
pub(in crate::frontend) fn sum(left: &Thing, right: &Thing, shown: Name) -> Option<Thing> {
    match (left, right) {
        (Thing::Text(left), Thing::Text(right)) => {
            if is_long(left) || is_long(right) {
                return None;
            }
            let pieces = left.pieces.iter().chain(&right.pieces).cloned().collect();
            Some(Thing::text(pieces, shown))
        }
        (Thing::Text(text), Thing::Unknown(_)) | (Thing::Unknown(_), Thing::Text(text))
            if is_long(text) =>
        {
            None
        }
        (Thing::Text(left), Thing::Unknown(right)) => Some(with_hole(left, right, true, shown)),
        (Thing::Unknown(left), Thing::Text(right)) => Some(with_hole(right, left, false, shown)),
        // What is made of a request's parameters: a query of them, or a signature.
        (Thing::Text(left), Thing::Map(map)) if !is_long(left) => {
            let pieces = left.pieces.iter().cloned().chain(super::entries::query(map, &shown));
            Some(Thing::text(pieces.collect(), shown))
        }
        // A language in which what is empty is either.
        (list @ Thing::List(_), Thing::Map(map)) | (Thing::Map(map), list @ Thing::List(_))
            if map.entries.is_empty() && map.rest == Rest::Closed =>
        {
            Some(list.clone())
        }
        (Thing::List(left), right) => {
            let mut items = left.items.clone();
            let rest = left.rest.max(spread(Some(right), &mut items));
            Some(Thing::list(items, rest))
        }
        // A list from elsewhere, such as a program and its options.
        (Thing::Unknown(_) | Thing::Imported(_), Thing::List(right)) => {
            let mut items = vec![Thing::derived(shown, [left])];
            items.extend(right.items.iter().cloned());
            Some(Thing::list(items, right.rest))
        }
        (Thing::OneOf(choice), right) => {
            let sums = choice.things.iter().map(|thing| sum(thing, right, shown.clone()));
            sums.collect::<Option<Vec<_>>>()?.into_iter().reduce(join)
        }
        (Thing::Text(_), _) | (_, Thing::Text(_)) => None,
        (Thing::Map(_), _) | (_, Thing::Map(_)) => Some(joined_maps([left, right])),
        _ => None,
    }
}

/// Maps, and what may be maps, as one.
fn joined_maps(things: [&Thing; 2]) -> Thing {
    let mut entries = Vec::new();
    let mut rest = Rest::Closed;
    for thing in things {
        match thing {
            Thing::Map(map) => {
                entries.extend(map.entries.iter().cloned());
                rest = rest.max(map.rest);
            }
            other => rest = rest.max(openness(Some(other))),
        }
    }
    Thing::map(entries, rest)
}

fn with_hole(text: &Text, hole: &Unknown, after: bool, shown: Name) -> Thing {
    let edge = if after { text.pieces.last() } else { text.pieces.first() };
    let at = edge.map_or(0, |piece| match piece {
        Piece::Known { range, .. } | Piece::Hole { range, .. } if after => range.end,
        Piece::Known { range, .. } | Piece::Hole { range, .. } => range.start,
    });
    let hole = Piece::Hole {
        text: hole.text.clone(),
        range: at..at,
        tainted: hole.tainted,
        origin: hole.origin.clone(),
    };
    let mut pieces = text.pieces.clone();
    pieces.insert(if after { pieces.len() } else { 0 }, hole);
    Thing::text(pieces, shown)
}

/// An element of a list or a map; of one whose key is not known, any.
pub(in crate::frontend) fn element(value: &Thing, key: &Thing) -> Option<Thing> {
    match value {
        Thing::Map(map) => {
            if let Some(key) = key.as_text() {
                let entry = map.entries.iter().find(|(name, _)| **name == *key);
                return entry.map(|(_, thing)| thing.clone());
            }
            let things = || map.entries.iter().map(|(_, thing)| thing);
            let callable = things().any(|thing| {
                matches!(thing, Thing::Method(_) | Thing::Function(..) | Thing::Client(_))
            });
            let any = || things().cloned().reduce(join);
            if callable || !key.is_tainted() { any() } else { None }
        }
        Thing::List(list) => {
            let index = key.as_text()?.parse::<usize>().ok()?;
            list.items.get(index).cloned()
        }
        _ => None,
    }
}
