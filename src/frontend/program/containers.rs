//! Methods of lists, maps and texts that are being put together: what they take
//! in, and what they give out.

use super::calls::Call;
use super::code::Expression;
use super::expressions::alternatives;
use super::machine::Machine;
use super::thing::{Map, Name, Rest, Thing};

impl<'c> Machine<'c> {
    /// What a method of a list, a map or a text comes to; none if it is another.
    pub(super) fn contained(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let dialect = self.dialect;
        let is = |list: &[&str]| list.contains(&&*call.name);
        if let Some(carried) = Self::carried_query(call, owner) {
            return Some(carried);
        }
        match owner {
            // Parameters on their way to being sent.
            Thing::Map(map) if is(dialect.elements) && sends(map, call) => Some(owner.clone()),
            Thing::List(_) | Thing::Map(_) if is(dialect.elements) => Some(self.taken(call, owner)),
            Thing::List(_) if is(dialect.puts) => self.extended(call, owner, object),
            Thing::Map(_) if is(dialect.puts) => self.put(call, owner, object),
            Thing::Unknown(_) | Thing::Text(_) if is(dialect.puts) => {
                self.begin_map(call, owner, object)
            }
            Thing::Text(_) if is(dialect.appends) => self.lengthened(call, owner, object),
            Thing::Text(_) if is(dialect.bodies) => {
                let body = call.given.positional.first()?.thing.clone();
                self.with_body(owner, object, &body);
                Some(Thing::Absent)
            }
            Thing::Text(_) if Self::posted(call, owner).is_some() => Self::posted(call, owner),
            // A URL on its way to being requested.
            Thing::Text(_) if is(dialect.elements) || is(dialect.type_makers) => {
                owner.prefix().is_some_and(|text| text.contains("://")).then(|| owner.clone())
            }
            // What holds one value gives it out.
            Thing::Client(_) | Thing::Request(_) if is(dialect.elements) => Some(owner.clone()),
            _ => None,
        }
    }

    /// A method that lengthens the list it is called on, or joins what is in it.
    pub(super) fn changed_list(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let Thing::List(list) = owner else { return None };
        let joiner = self.dialect.joiners.iter().find(|(name, _)| **name == *call.name);
        if let Some((_, between)) = joiner {
            return Some(self.joined_list(call, list, between));
        }
        if !self.dialect.appends.contains(&&*call.name) {
            return None;
        }
        let added = call.given.positional.iter().map(|argument| argument.thing.clone());
        let added: Vec<Thing> = added.map(|thing| self.collected(thing)).collect();
        let items = list.items.iter().cloned().chain(added).collect();
        let longer = Thing::list(items, list.rest.max(call.given.rest));
        self.replace(object, longer.clone());
        Some(longer)
    }

    /// One of what a list or a map holds.
    fn taken(&self, call: &Call<'c>, owner: &Thing) -> Thing {
        let shown = self.shown(&call.at);
        let first = call.given.positional.first().map(|it| &it.thing);
        let key = first.and_then(Thing::as_text);
        let derived = || Thing::derived(shown.clone(), first.into_iter().chain([owner]));
        match (owner, key) {
            (Thing::Map(map), Some(key)) => {
                let entry = map.entries.iter().find(|(name, _)| **name == *key);
                entry.map_or_else(derived, |entry| entry.1.clone())
            }
            (Thing::Map(map), None) if map.rest == Rest::Closed && !map.entries.is_empty() => {
                let things = map.entries.iter().map(|entry| entry.1.clone()).collect();
                alternatives(things, false, shown)
            }
            (Thing::List(list), _) => match list.items.as_slice() {
                [only] => only.clone(),
                items => {
                    let index: Option<usize> = key.and_then(|key| key.parse().ok());
                    let item = index.and_then(|index| items.get(index)).cloned();
                    item.unwrap_or_else(|| match items {
                        [] => derived(),
                        _ => alternatives(items.to_vec(), false, shown.clone()),
                    })
                }
            },
            _ => derived(),
        }
    }

    /// A list takes in the items of others.
    fn extended(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let Thing::List(list) = owner else { return None };
        let mut items = list.items.clone();
        let mut rest = list.rest;
        for argument in &call.given.positional {
            match &argument.thing {
                Thing::List(more) => {
                    items.extend(more.items.iter().cloned());
                    rest = rest.max(more.rest);
                }
                other if other.is_tainted() => rest = Rest::Tainted,
                _ => rest = rest.max(Rest::Open),
            }
        }
        let longer = Thing::list(items, rest);
        self.replace(object, longer.clone());
        Some(longer)
    }

    /// An entry is put in a map.
    fn put(&mut self, call: &Call<'c>, owner: &Thing, object: &'c Expression) -> Option<Thing> {
        let Thing::Map(map) = owner else { return None };
        let [key, value] = call.given.positional.as_slice() else {
            if let [Thing::Map(others)] = [&call.given.positional.first()?.thing] {
                let entries = map.entries.iter().chain(&others.entries).cloned().collect();
                let both = Thing::map(entries, map.rest.max(others.rest));
                self.replace(object, both.clone());
                return Some(both);
            }
            return None;
        };
        let mut entries = map.entries.clone();
        let mut rest = map.rest;
        match key.thing.as_text() {
            Some(key) => entries.push((Name::from(key), value.thing.clone())),
            None if key.thing.is_tainted() => rest = Rest::Tainted,
            None => rest = rest.max(Rest::Open),
        }
        let changed = Thing::map(entries, rest);
        self.replace(object, changed.clone());
        Some(changed)
    }

    /// What carries parameters is given some by a setter.
    pub(super) fn carry(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let (Thing::Map(map), [value]) = (owner, call.given.positional.as_slice()) else {
            return None;
        };
        let mut prefixes = self.dialect.setters.iter();
        let stem = prefixes.find_map(|prefix| call.name.strip_prefix(prefix));
        let mut letters = stem.unwrap_or_default().chars();
        let first = letters.next().filter(char::is_ascii_uppercase);
        let name: Name = match first.map(|it| it.to_ascii_lowercase()) {
            Some(first) => std::iter::once(first).chain(letters).collect::<String>().into(),
            None if self.dialect.names_setters && self.is_builder(object) => call.name.clone(),
            None => return None,
        };
        let mut entries = map.entries.clone();
        entries.push((name, value.thing.clone()));
        let changed = Thing::map(entries, map.rest);
        self.replace(object, changed.clone());
        Some(changed)
    }

    /// A text that is put together grows.
    fn lengthened(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let Thing::Text(text) = owner else { return None };
        let mut pieces = text.pieces.clone();
        for argument in &call.given.positional {
            match &argument.thing {
                Thing::Text(text) => pieces.extend(text.pieces.iter().cloned()),
                other => pieces.extend(self.pieces(other, &argument.at, &argument.at)),
            }
        }
        let longer = Thing::text(pieces, self.shown(&object.at));
        self.replace(root(object), longer.clone());
        Some(longer)
    }
}

/// Whether a method of a map of parameters says how they are sent, rather than
/// gives out one of them: `builder.url(parameters).get()`.
fn sends(map: &Map, call: &Call<'_>) -> bool {
    let names_action = map.entries.iter().any(|(name, _)| &**name == "Action");
    names_action && (call.given.is_empty() || super::http::POSTS.contains(&&*call.name))
}

/// What the calls of a chain are made on: `text` of `text.append(a).append(b)`.
fn root(object: &Expression) -> &Expression {
    use super::code::Value;
    let mut current = object;
    while let Value::Call(callee, _) = &current.value {
        let Value::Member(inner, _) = &callee.value else { break };
        current = inner;
    }
    current
}
