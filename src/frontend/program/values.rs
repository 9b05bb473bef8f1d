//! Methods of texts, lists and maps, and functions that every program of a
//! language knows.

use std::rc::Rc;

use super::calls::Call;
use super::dialect::{Does, Means};
use super::expressions::alternatives;
use super::given::Argument;
use super::hints::Likelihood;
use super::joining::join;
use super::machine::Machine;
use super::sequences::{openness, spread, sum};
use super::strings::Places;
use super::thing::{List, Map, Method, Name, Product, Rest, Text, Thing};

/// Methods that add the items of what they are given to a list.
const EXTENDS: &[&str] = &["extend", "update", "addAll", "addall"];

/// Methods that change a list in another way.
const CHANGES: &[&str] = &["insert", "remove", "pop", "clear", "unshift", "shift"];

impl<'c> Machine<'c> {
    /// What methods of texts, lists and maps come to.
    pub(super) fn value_method(&mut self, call: &Call<'c>) -> Option<Thing> {
        let (owner, object) = call.object.as_ref()?;
        match owner {
            Thing::Text(text) => self.text_method(call, text, owner),
            Thing::List(list) => {
                if &*call.name == "copy" {
                    return Some(owner.clone());
                }
                let changed = self.list_method(call, list)?;
                self.replace(object, changed.clone());
                Some(changed)
            }
            Thing::Map(map) => self.map_method(call, map, owner, object),
            Thing::OneOf(choice)
                if choice.things.iter().any(|thing| matches!(thing, Thing::List(_))) =>
            {
                let changed = choice.things.iter().map(|thing| match thing {
                    Thing::List(list) => self.list_method(call, list),
                    other => Some(other.clone()),
                });
                let changed: Option<Vec<Thing>> = changed.collect();
                self.replace(object, changed?.into_iter().reduce(join)?);
                Some(Thing::Absent)
            }
            _ => None,
        }
    }

    /// What a method that changes a list makes of it.
    fn list_method(&self, call: &Call<'_>, list: &List) -> Option<Thing> {
        let mut items = list.items.clone();
        let mut rest = list.rest;
        let argument = call.given.positional.first().map(|argument| &argument.thing);
        match &*call.name {
            name if self.dialect.appends.contains(&name) => {
                items.extend(
                    call.given.positional.iter().map(|it| self.collected(it.thing.clone())),
                );
            }
            name if EXTENDS.contains(&name) => rest = rest.max(spread(argument, &mut items)),
            name if CHANGES.contains(&name) => rest = rest.max(Rest::Open),
            _ => return None,
        }
        Some(Thing::list(items, rest))
    }

    fn map_method(
        &mut self,
        call: &Call<'c>,
        map: &Map,
        owner: &Thing,
        object: &'c super::code::Expression,
    ) -> Option<Thing> {
        let key = |name: &Name| Thing::known(name.clone(), call.at.clone());
        match &*call.name {
            "get" | "pop" => {
                let key = &call.given.positional.first()?.thing;
                super::sequences::element(owner, key)
            }
            "copy" => Some(owner.clone()),
            "items" => {
                let pairs = map
                    .entries
                    .iter()
                    .map(|(name, thing)| Thing::list(vec![key(name), thing.clone()], Rest::Closed));
                Some(Thing::list(pairs.collect(), map.rest))
            }
            "keys" => {
                Some(Thing::list(map.entries.iter().map(|it| key(&it.0)).collect(), map.rest))
            }
            "values" => {
                Some(Thing::list(map.entries.iter().map(|it| it.1.clone()).collect(), map.rest))
            }
            "setdefault" | "update" => {
                self.replace(object, updated(call, map));
                Some(Thing::Absent)
            }
            _ => None,
        }
    }

    fn text_method(&mut self, call: &Call<'c>, text: &Text, owner: &Thing) -> Option<Thing> {
        let first = call.given.positional.first().map(|it| &it.thing);
        match &*call.name {
            "strip" | "lstrip" | "rstrip" | "encode" => Some(owner.clone()),
            "format" => Some(self.filled(text, Places::Braces, &call.given, self.shown(&call.at))),
            "join" => self.joined_items(call, owner, first?),
            "split" if owner.as_text().is_none() => Some(owner.clone()),
            "split" if call.given.is_empty() => {
                let words = owner.as_text()?.split_whitespace();
                let words = words.map(|word| Thing::known(word, call.at.clone()));
                Some(Thing::list(words.collect(), Rest::Closed))
            }
            "lower" => Some(Thing::known(owner.as_text()?.to_lowercase(), call.at.clone())),
            "upper" => Some(Thing::known(owner.as_text()?.to_uppercase(), call.at.clone())),
            _ => None,
        }
    }

    /// The items of a list with a text between.
    fn joined_items(&self, call: &Call<'c>, between: &Thing, items: &Thing) -> Option<Thing> {
        let Thing::List(list) = items else { return None };
        let shown = self.shown(&call.at);
        let joined = |before: &Thing, item: &Thing| {
            let both = sum(before, between, shown.clone())?;
            sum(&both, item, shown.clone())
        };
        let mut items = list.items.iter();
        let mut whole = items.next()?.clone();
        for item in items {
            whole = joined(&whole, item)
                .unwrap_or_else(|| Thing::derived(shown.clone(), [&whole, item]));
        }
        Some(whole)
    }

    /// What a function comes to that every program of the language knows.
    pub(super) fn known_function(&mut self, call: &Call<'c>) -> Option<Thing> {
        let path = match &call.callee {
            Thing::Imported(path) => path,
            Thing::Unknown(_) => &call.written,
            _ => return None,
        };
        let (_, does) = self.dialect.built_ins.iter().find(|(name, _)| **path == **name)?;
        let unknown = || Thing::unknown(self.shown(&call.at));
        match (does, call.given.positional.as_slice()) {
            (Does::Member, [object, name, ..]) => {
                let (object, name) = (object.clone(), name.thing.clone());
                Some(self.named_member(call, &object, &name))
            }
            (Does::SetMember, [object, name, value]) => {
                let written = self.shown(&value.at);
                if let Thing::Request(slot) = object.thing {
                    match name.thing.as_text() {
                        Some(name) => self.set_on_request(slot, name, &value.thing, &written),
                        None => self.state.change(slot, |request| request.arguments.open = true),
                    }
                }
                Some(Thing::Absent)
            }
            (Does::Import, [path, ..]) => {
                let module = path.thing.as_text().map(|path| Thing::Imported(path.into()));
                Some(module.unwrap_or_else(|| Thing::derived(self.shown(&call.at), [&path.thing])))
            }
            (Does::Partial, [Argument { thing: Thing::Method(method), .. }, rest @ ..]) => {
                let request = rest.first().map(|it| it.thing.clone());
                let request = request.or_else(|| method.request.clone());
                Some(Thing::Method(Rc::new(Method { action: method.action.clone(), request })))
            }
            (Does::Partial, [function, ..]) => Some(function.thing.clone()),
            (Does::Keys, [map, ..]) => Some(self.keys(call, &map.thing)),
            (Does::Extended, [first, rest @ ..]) => Some(self.extended_by(call, first, rest)),
            _ => Some(unknown()),
        }
    }

    /// A list with more behind it, or what is known of one.
    fn extended_by(&self, call: &Call<'c>, first: &Argument, rest: &[Argument]) -> Thing {
        let (mut items, mut openness) = match &first.thing {
            Thing::List(list) => (list.items.clone(), list.rest),
            Thing::Absent => (Vec::new(), Rest::Closed),
            _ => {
                let all = call.given.all().map(|argument| &argument.thing);
                return Thing::derived(self.shown(&call.at), all);
            }
        };
        openness = openness.max(call.given.rest);
        items.extend(rest.iter().map(|argument| argument.thing.clone()));
        Thing::list(items, openness)
    }

    /// Each key of a map, or the one whose entry is being read.
    fn keys(&self, call: &Call<'c>, map: &Thing) -> Thing {
        if let Some((_, key)) = self.entry.as_ref().filter(|(over, _)| over == map) {
            return key.clone();
        }
        let shown = self.shown(&call.at);
        match map {
            Thing::Map(map) if map.rest == Rest::Closed && !map.entries.is_empty() => {
                let keys = map.entries.iter().map(|(key, _)| Thing::known(key.clone(), 0..0));
                alternatives(keys.collect(), true, shown)
            }
            other => Thing::derived(shown, [other]),
        }
    }

    /// `getattr(client, name)`
    fn named_member(&mut self, call: &Call<'c>, object: &Argument, name: &Thing) -> Thing {
        const CLIENTS: &[&str] = &["client", "ecs", "conn", "sdk", "api"];
        let written = self.source.text[object.at.clone()].to_ascii_lowercase();
        let is_client = matches!(object.thing, Thing::Unknown(_))
            && CLIENTS.iter().any(|word| written.contains(word))
            && self.facts.imports(Means::Ecs)
            && !self.facts.imports(Means::Foreign);
        let owner = if is_client { &Thing::Client(Product::Ecs) } else { &object.thing };
        self.named_method(owner, name, &call.at)
    }
}

/// What `update` and `setdefault` make of a map.
fn updated(call: &Call<'_>, map: &Map) -> Thing {
    let mut entries = map.entries.clone();
    let mut rest = map.rest;
    match call.given.positional.first().map(|argument| &argument.thing) {
        Some(Thing::Map(other)) if &*call.name == "update" => {
            entries.extend(other.entries.iter().cloned());
            rest = rest.max(other.rest);
        }
        Some(other) => rest = rest.max(openness(Some(other))),
        None => {}
    }
    let keywords = call.given.keywords.iter();
    entries.extend(keywords.map(|(name, argument)| (name.clone(), argument.thing.clone())));
    Thing::map(entries, rest)
}

/// A map of API parameters that a function only makes ready.
pub(super) fn signed(call: &Call<'_>) -> Option<Thing> {
    let argument = call.given.all().find_map(|argument| match &argument.thing {
        Thing::Map(map) if map.entries.iter().any(|(name, _)| &**name == "Action") => Some(map),
        _ => None,
    })?;
    let looks = call.hint().likelihood() == Likelihood::No;
    looks.then(|| Thing::map(argument.entries.clone(), argument.rest.max(Rest::Open)))
}
