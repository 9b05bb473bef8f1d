//! Methods that every object of some languages has: to make an object of a class,
//! to call another method by its name, to add to a map or look at its parts.

use super::calls::Call;
use super::dialect::{Constructed, View};
use super::given::Given;
use super::machine::Machine;
use super::request::{Kind, Request, VERSION, is_ecs_host};
use super::thing::{Map, Name, Product, Rest, Thing};

/// Words in the name of a function that puts a request together, of which a
/// part is an action's name.
const MAKERS: &[&str] = &["uri", "url", "param", "query"];

/// Words in such a name that tell of another product.
const OTHERS: &[&str] = &["vpc", "slb", "cdn", "dns"];

impl<'c> Machine<'c> {
    /// A method that any object has.
    pub(super) fn object_method(&mut self, call: &Call<'c>) -> Option<Thing> {
        let Some((owner, object)) = &call.object else { return self.carried(call) };
        let dialect = self.dialect;
        if dialect.constructor == Some(&*call.name) {
            return self.constructed(call, owner);
        }
        if dialect.senders_by_name.contains(&&*call.name) {
            return self.sent_by_name(call, owner);
        }
        if dialect.merges.contains(&&*call.name)
            && let Thing::Map(map) = owner
        {
            let merged = merged(map, &call.given);
            if call.name.ends_with('!') || &*call.name == "update" {
                self.replace(object, merged.clone());
            }
            return Some(merged);
        }
        let view = dialect.views.iter().find(|(name, _)| **name == *call.name);
        match (view, owner) {
            (Some((_, view)), Thing::Map(map)) => Some(viewed(map, *view)),
            (Some((_, View::Pairs)), list @ Thing::List(_)) => Some(list.clone()),
            _ => self.carried(call),
        }
    }

    /// `Class.new(…)`.
    fn constructed(&mut self, call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        match owner {
            Thing::Class(class) => Some(self.instantiate(&call.at, *class, &call.given)),
            Thing::Imported(path) => {
                if let Some(chosen) = self.dialect.chosen.iter().find(|it| *it.path == **path) {
                    return Some(chosen_by(&call.given, chosen.by, chosen.value, chosen.default));
                }
                match self.dialect.constructed(path, false, self.context.catalogue) {
                    Constructed::Other => None,
                    _ => Some(self.construct(&call.at, path, false, &call.given)),
                }
            }
            _ => None,
        }
    }

    /// `Type[:product]`.
    pub(super) fn chosen_by_key(&self, path: &str, key: &str) -> Option<Thing> {
        let chosen = self.dialect.chosen.iter().find(|it| it.path == path)?;
        let is_ours = chosen.value.eq_ignore_ascii_case(key);
        Some(Thing::Client(if is_ours { Product::Ecs } else { Product::Foreign }))
    }

    /// `client.send(:start_instance, …)`.
    fn sent_by_name(&mut self, call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        let mut given = call.given.clone();
        if given.positional.is_empty() {
            return None;
        }
        let key = given.positional.remove(0);
        let callee = self.named_method(owner, &key.thing, &call.at);
        let name = Name::from(key.thing.as_text().unwrap_or_default());
        let (_, object) = call.object.as_ref()?;
        let call = Call {
            at: call.at.clone(),
            plain_name: name.clone(),
            name,
            arguments: &[],
            object: call.object.clone(),
            callee,
            written: call.written.clone(),
            given,
        };
        Some(self.called(&call, object))
    }

    /// A request that a function makes of an action's name, as a map or the start
    /// of a URL, in a class that is a client itself.
    fn carried(&mut self, call: &Call<'c>) -> Option<Thing> {
        if !matches!(call.callee, Thing::Unknown(_)) {
            return None;
        }
        let name = call.name.to_ascii_lowercase();
        if !MAKERS.iter().any(|word| name.contains(word)) {
            return None;
        }
        let class = self.current_class()?;
        if self.ancestry(class).client != Some(Product::Ecs) {
            return None;
        }
        let catalogue = self.context.catalogue;
        let action = call.given.positional.iter().map(|argument| &argument.thing);
        let action = action.into_iter().find(|thing| {
            thing
                .alternatives()
                .iter()
                .all(|it| it.as_text().is_some_and(|text| catalogue.get(text).is_some()))
        })?;
        let is_other = OTHERS.iter().any(|word| name.contains(word));
        let kind = if is_other { Kind::Foreign } else { Kind::Common };
        let action = action.clone();
        if let Some(slot) = self.begun(&call.name, &action, kind) {
            return Some(Thing::Request(slot));
        }
        let mut request = Request::new(kind, action.clone());
        request.version = Thing::known(VERSION, 0..0);
        let made = self.state.new_request(request);
        if let Thing::Request(slot) = made {
            self.run.begun.push((call.name.clone(), action, slot));
        }
        Some(made)
    }

    /// The request that another function has begun to make for the same call: one
    /// makes what is signed, the next what is sent.
    fn begun(&mut self, name: &Name, action: &Thing, kind: Kind) -> Option<usize> {
        let begun = &self.run.begun;
        let last = begun.last().filter(|(_, of, _)| of == action)?;
        let slot = last.2;
        let is_again = begun.iter().any(|(known, _, of)| known == name && *of == slot);
        let is_same = self.state.request(slot).is_some_and(|it| it.kind == kind);
        if is_again || !is_same {
            return None;
        }
        let entry = (name.clone(), action.clone(), slot);
        self.run.begun.push(entry);
        Some(slot)
    }

    /// A member of the object whose method is being read, that is no field.
    pub(super) fn own_member(&self, class: usize, name: &str) -> Option<Thing> {
        let ancestry = self.ancestry(class);
        let instance = || Some(std::rc::Rc::new(Thing::Instance(class)));
        let name = &Name::from(name);
        for own in &ancestry.own {
            if let Some(number) = self.members.get(&(*own, name.clone())) {
                return Some(Thing::Function(*number, instance()));
            }
            if let Some(thing) = self.field(*own, name) {
                return Some(self.made_with(class, name, thing));
            }
            if let Some(field) = self.facts.field(self.unit, *own, name) {
                return self.client_of_type(&field.kind);
            }
        }
        self.client_member(ancestry.client?, name, &(0..0))
    }
}

/// Which product the arguments of a client choose.
fn chosen_by(given: &Given, by: &str, value: &str, default: bool) -> Thing {
    let own = given.keyword(by).map(|argument| argument.thing.clone());
    let maps = given.positional.iter().filter_map(|it| match &it.thing {
        Thing::Map(map) => Some(map),
        _ => None,
    });
    let maps: Vec<_> = maps.collect();
    let entries = || maps.iter().flat_map(|map| &map.entries);
    let told = own.or_else(|| entries().find(|(name, _)| **name == *by).map(|it| it.1.clone()));
    let host = entries().filter_map(|(_, thing)| thing.prefix());
    let host = host.into_iter().find(|text| text.contains("://") || text.contains(".aliyuncs."));
    let is_ours = match (told, host) {
        (Some(told), _) => match told.as_text() {
            Some(text) => text.eq_ignore_ascii_case(value),
            None => return Thing::unknown(by),
        },
        (None, Some(host)) => default && is_ecs_host(host),
        (None, None) => default,
    };
    Thing::Client(if is_ours { Product::Ecs } else { Product::Foreign })
}

fn merged(map: &Map, given: &Given) -> Thing {
    let mut entries = map.entries.clone();
    let mut rest = map.rest.max(given.rest);
    for argument in &given.positional {
        match &argument.thing {
            Thing::Map(added) => {
                entries.extend(added.entries.iter().cloned());
                rest = rest.max(added.rest);
            }
            other if other.is_tainted() => rest = Rest::Tainted,
            _ => rest = rest.max(Rest::Open),
        }
    }
    Thing::map(entries, rest)
}

fn viewed(map: &Map, view: View) -> Thing {
    let items = map.entries.iter().map(|(name, thing)| {
        let key = Thing::known(name.clone(), 0..0);
        match view {
            View::Keys => key,
            View::Values => thing.clone(),
            View::Pairs => Thing::list(vec![key, thing.clone()], Rest::Closed),
        }
    });
    Thing::list(items.collect(), map.rest)
}
