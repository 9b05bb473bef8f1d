//! Clients that are made for one product, and that are given the action with
//! each call.

use std::ops::Range;

use super::calls::Call;
use super::given::{Argument, Given};
use super::literal::names_other;
use super::machine::Machine;
use super::request::{VERSION, is_ecs_host};
use super::thing::{Product, Rest, Thing};
use crate::procedure::{Arguments, Evidence, Failure};

/// How deep in what a client is given its product is looked for.
const DEEPEST: usize = 4;

impl<'c> Machine<'c> {
    /// A client that is made: for ECS, for another product, or for one that
    /// cannot be told.
    pub(super) fn bound_client(&self, at: &Range<usize>, given: &Given) -> Thing {
        let things = || given.all().map(|argument| &argument.thing);
        match things().find_map(|thing| names_ecs(thing, 0)) {
            Some(true) => Thing::Client(Product::Rpc),
            None if things().any(|thing| holds_unknown(thing, 0)) => {
                Thing::derived(self.shown(at), things())
            }
            _ => Thing::Client(Product::Foreign),
        }
    }

    /// Whether a call sends by a client that is made for ECS.
    pub(super) fn is_bound(&self, call: &Call<'c>) -> bool {
        let sends = self.dialect.bound_senders;
        let is_ours = match &call.object {
            Some((Thing::Client(Product::Rpc), _)) => true,
            Some((Thing::Client(Product::Likely), _)) => !sends.is_empty(),
            Some((Thing::Instance(class) | Thing::Class(class), _)) => {
                self.ancestry(*class).client == Some(Product::Rpc) && self.says_ecs_only()
            }
            _ => false,
        };
        is_ours && (sends.is_empty() || sends.contains(&&*call.name))
    }

    /// A call by a client that knows its product: the action comes first.
    pub(super) fn call_bound(&mut self, call: &Call<'c>, evidence: Evidence) -> bool {
        let first = action_argument(&call.given);
        let unknown = || Thing::unknown(self.shown(&call.at));
        let action = match first.map(|it| &it.thing) {
            None if call.given.rest == Rest::Closed => return false,
            None | Some(Thing::Map(_)) => unknown(),
            Some(thing) => match thing.as_text() {
                Some(name) => match self.context.catalogue.folded(name) {
                    Some(known) => Thing::known(known.name.as_str(), call.at.clone()),
                    // No name of an API.
                    None if name.starts_with(|it: char| it.is_ascii_lowercase()) => return true,
                    None => thing.clone(),
                },
                None => thing.clone(),
            },
        };
        let parameters = call.given.keyword("params").or_else(|| call.given.positional.get(1));
        let arguments =
            parameters.map_or_else(Arguments::default, |it| it.api_arguments(self.source));
        self.operate(call, &action, &arguments, evidence, Failure::Raises);
        true
    }

    /// A call by something that may be such a client, and whose product its name
    /// or the file says.
    pub(super) fn call_maybe_bound(&mut self, call: &Call<'c>) -> bool {
        if !self.dialect.bound_senders.contains(&&*call.name) {
            return false;
        }
        let Some((object, written)) = &call.object else { return false };
        let is_elsewhere = |path: &str| self.dialect.means(path).is_none();
        if !(matches!(object, Thing::Unknown(_) | Thing::Absent | Thing::OneOf(_))
            || matches!(object, Thing::Imported(path) if is_elsewhere(path)))
        {
            return false;
        }
        let Some(first) = action_argument(&call.given) else { return false };
        if first.thing.is_tainted() {
            self.run.parametric = true;
            return false;
        }
        let names_action = first.thing.alternatives().iter().any(|thing| {
            thing.as_text().is_some_and(|name| self.context.catalogue.get(name).is_some())
        });
        if !names_action {
            return false;
        }
        let receiver = self.source.text[written.at.clone()].to_ascii_lowercase();
        if receiver.contains("ecs") || self.says_ecs_only() {
            return self.call_bound(call, Evidence::Certain);
        }
        if object.is_tainted() {
            self.run.parametric = true;
        }
        if self.source.text.contains(VERSION) {
            return self.call_bound(call, Evidence::Possible);
        }
        false
    }

    /// Whether the file names the version of the API, and of no other.
    fn says_ecs_only(&self) -> bool {
        let text = &self.source.text;
        let version = |at: usize| text.get(at..at + VERSION.len());
        let starts = memchr::memmem::find_iter(text.as_bytes(), b"'20")
            .chain(memchr::memmem::find_iter(text.as_bytes(), b"\"20"));
        let mut found = starts.filter_map(|at| version(at + 1)).filter(|it| is_version(it));
        let first = found.next();
        first.is_some_and(|first| first == VERSION && found.all(|it| it == VERSION))
    }
}

/// The argument that says what a client is to do.
fn action_argument(given: &Given) -> Option<&Argument> {
    given.keyword("action").or_else(|| given.positional.first())
}

fn is_version(text: &str) -> bool {
    text == VERSION || names_other(&Thing::known(text, 0..0))
}

/// Whether what a client is made with says that it is for ECS, or that it is for
/// another product.
fn names_ecs(thing: &Thing, depth: usize) -> Option<bool> {
    match thing {
        Thing::Text(_) => {
            let text = thing.prefix()?;
            if text == VERSION || is_ecs_host(text) {
                return Some(true);
            }
            let is_other = names_other(thing) || text.contains(".aliyuncs.com");
            is_other.then_some(false)
        }
        Thing::Map(map) if depth < DEEPEST => {
            let said = map.entries.iter().filter_map(|(_, thing)| names_ecs(thing, depth + 1));
            said.reduce(|one, other| one || other)
        }
        Thing::List(list) if depth < DEEPEST => {
            list.items.iter().find_map(|thing| names_ecs(thing, depth + 1))
        }
        _ => None,
    }
}

/// Whether what a client is made with may say more than can be seen.
fn holds_unknown(thing: &Thing, depth: usize) -> bool {
    match thing {
        Thing::Unknown(_) | Thing::OneOf(_) => true,
        Thing::Map(map) if depth < DEEPEST => {
            let says = |name: &str| {
                ["endpoint", "apiversion", "api_version", "domain", "version"]
                    .contains(&name.to_ascii_lowercase().as_str())
            };
            map.rest != Rest::Closed
                || map.entries.iter().any(|(name, it)| says(name) && holds_unknown(it, depth + 1))
        }
        _ => false,
    }
}
