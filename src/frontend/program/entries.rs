//! Entries of maps, and the queries that programs put together of them, entry by
//! entry.

use super::calls::Call;
use super::expressions::alternatives;
use super::machine::Machine;
use super::thing::{Map, Name, Piece, Rest, Text, Thing};

/// What the parts of an entry are called.
const KEYS: &[&str] = &["Key", "getKey"];
const VALUES: &[&str] = &["Value", "getValue"];

/// Methods, and functions, that cut something off the ends of a text, or join what
/// is joined already.
const TRIMS: &[&str] = &[
    "substring",
    "Substring",
    "substr",
    "slice",
    "trimStart",
    "trimEnd",
    "TrimStart",
    "TrimEnd",
    "ltrim",
    "rtrim",
    "Remove",
    "deleteCharAt",
    "setLength",
    "replaceFirst",
    "removeStart",
    "removeEnd",
    "mb_substr",
    "Join",
    "join",
    "implode",
    "collect",
];

impl<'c> Machine<'c> {
    /// What a method makes of entries, or of a query of them.
    pub(super) fn part_of_query(&self, call: &Call<'c>) -> Option<Thing> {
        let owner = call.object.as_ref().map(|(owner, _)| owner);
        let part = owner.filter(|_| call.given.is_empty());
        let part = part.and_then(|owner| Self::entry_part(owner, &call.name));
        let query = || owner.and_then(|owner| self.written_in_turn(call, owner));
        Self::trimmed(call).or(part).or_else(query)
    }

    /// A part of an entry, or the names in a map, by the name of a member.
    pub(super) fn entry_part(object: &Thing, name: &str) -> Option<Thing> {
        match object {
            Thing::List(list) => {
                let [key, value] = list.items.as_slice() else { return None };
                let is = |names: &[&str]| list.rest == Rest::Closed && names.contains(&name);
                if is(KEYS) { Some(key.clone()) } else { is(VALUES).then(|| value.clone()) }
            }
            // What each of several entries has.
            Thing::OneOf(choice) if KEYS.contains(&name) || VALUES.contains(&name) => {
                let parts = choice.things.iter().map(|thing| Self::entry_part(thing, name));
                let parts = parts.collect::<Option<Vec<_>>>()?;
                Some(alternatives(parts, choice.every, choice.text.clone()))
            }
            Thing::Map(map) if name == "Keys" => Some(keys(map)),
            _ => None,
        }
    }

    /// Entries that are written out one by one, as in `p.Select(it => it.Key + "=" +
    /// it.Value)`: a query.
    fn written_in_turn(&self, call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        if !["map", "Select"].contains(&&*call.name) {
            return None;
        }
        let entries: Vec<(Name, Thing)> = match owner {
            Thing::Map(map) => map.entries.clone(),
            Thing::List(list) => list.items.iter().filter_map(entry).collect(),
            _ => return None,
        };
        let (rest, shown) = (openness(owner), self.shown(&call.at));
        let names_action = entries.iter().any(|(name, _)| &**name == "Action");
        let Thing::Map(map) = Thing::map(entries, rest) else { return None };
        names_action.then(|| Thing::text(query(&map, &shown), shown.clone()))
    }

    /// A query of which something is cut off stays what it is.
    fn trimmed(call: &Call<'c>) -> Option<Thing> {
        if !TRIMS.contains(&&*call.name) {
            return None;
        }
        let owner = call.object.as_ref().map(|(owner, _)| owner);
        let given = call.given.positional.iter().map(|argument| &argument.thing);
        let query = owner.into_iter().chain(given).find(|thing| is_query(thing));
        query.cloned()
    }
}

/// An entry of two.
fn entry(thing: &Thing) -> Option<(Name, Thing)> {
    let Thing::List(list) = thing else { return None };
    let [key, value] = list.items.as_slice() else { return None };
    Some((key.as_text()?.into(), value.clone()))
}

fn openness(thing: &Thing) -> Rest {
    match thing {
        Thing::Map(map) => map.rest,
        Thing::List(list) => list.rest,
        _ => Rest::Open,
    }
}

/// The entries of a map as those of a query.
pub(super) fn query(map: &Map, shown: &Name) -> Vec<Piece> {
    let hole = |text: &Name, tainted| Piece::Hole {
        text: text.clone(),
        range: 0..0,
        tainted,
        origin: None,
    };
    let known = |text: String| Piece::Known { text: text.into(), range: 0..0, verbatim: false };
    let mut pieces = Vec::new();
    for (name, thing) in &map.entries {
        pieces.push(known(format!("&{name}=")));
        match super::literal::only(thing) {
            Thing::Text(text) => pieces.extend(text.pieces.iter().cloned()),
            other => pieces.push(hole(name, other.is_tainted())),
        }
    }
    if map.rest != Rest::Closed || map.entries.is_empty() {
        pieces.extend((!map.entries.is_empty()).then(|| known("&".to_owned())));
        pieces.push(hole(shown, map.rest == Rest::Tainted));
    }
    pieces
}

fn keys(map: &Map) -> Thing {
    let keys = map.entries.iter().map(|(key, _)| Thing::known(key.clone(), 0..0));
    Thing::list(keys.collect(), map.rest)
}

/// Whether a text is a query that names an action, or one of several such.
fn is_query(thing: &Thing) -> bool {
    let names_action = |text: &Text| {
        let pieces = text.pieces.iter().filter_map(Piece::known);
        pieces.into_iter().any(|piece| piece.ends_with("Action") || piece.contains("Action="))
    };
    thing.alternatives().iter().all(|thing| match thing {
        Thing::Text(text) => names_action(text),
        _ => false,
    })
}
