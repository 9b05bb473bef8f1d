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
        let mut said = Said::default();
        things().for_each(|thing| said.listen(thing, 0));
        match said.version.or(said.host) {
            _ if said.version.is_none() && said.tainted => Thing::derived(self.shown(at), things()),
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
                self.ancestry(*class).client == Some(Product::Rpc)
                    && (self.facts.quotes_own == Some(true))
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
        if super::elsewhere::names_other_cloud(&receiver) {
            return false;
        }
        if receiver.contains("ecs") || (self.facts.quotes_own == Some(true)) {
            return self.call_bound(call, Evidence::Certain);
        }
        if object.is_tainted() {
            self.run.parametric = true;
        }
        if self.facts.names_version || self.is_of_cloud(&receiver) {
            return self.call_bound(call, Evidence::Possible);
        }
        false
    }

    /// Whether something is named after the cloud, and nothing in the file after
    /// another product of it.
    fn is_of_cloud(&self, receiver: &str) -> bool {
        const CLOUD: &[&str] = &["aliyun", "alicloud", "alibaba"];
        let last = receiver.rsplit(['.', '>']).next().unwrap_or(receiver);
        CLOUD.iter().any(|word| last.contains(word)) && self.facts.quotes_own != Some(false)
    }

    /// Whether something that sends what it is given is for ECS, by its name or by
    /// what the file says.
    pub(super) fn is_for_ecs(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        name.contains("ecs") || (self.facts.quotes_own == Some(true))
    }
}

/// Whether something named after ECS is made with the version of its API: `new
/// sdk.ECS({ apiVersion: "2014-05-26" })`.
pub(super) fn is_told_client(path: &str, given: &Given) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    if !name.eq_ignore_ascii_case("ecs") {
        return false;
    }
    let mut said = Said::default();
    given.all().for_each(|argument| said.listen(&argument.thing, 0));
    said.version == Some(true)
}

/// The argument that says what a client is to do.
fn action_argument(given: &Given) -> Option<&Argument> {
    given.keyword("action").or_else(|| given.positional.first())
}

/// What a client that is made is told of its product.
#[derive(Default)]
struct Said {
    /// Whether the version is that of ECS; it counts more than the host.
    version: Option<bool>,
    /// Whether a host of ECS is named, or only those of other products.
    host: Option<bool>,
    /// Whether callers decide the version.
    tainted: bool,
}

impl Said {
    fn listen(&mut self, thing: &Thing, depth: usize) {
        match thing {
            Thing::Text(_) => {
                let Some(text) = thing.prefix() else { return };
                if text == VERSION || names_other(thing) {
                    self.version = Some(self.version == Some(true) || text == VERSION);
                } else if is_ecs_host(text) || text.contains(".aliyuncs.com") {
                    self.host = Some(self.host == Some(true) || is_ecs_host(text));
                }
            }
            Thing::Map(map) if depth < DEEPEST => {
                for (name, thing) in &map.entries {
                    let is_version = name.to_ascii_lowercase().ends_with("version");
                    self.tainted |= is_version && thing.is_tainted();
                    self.listen(thing, depth + 1);
                }
            }
            Thing::List(list) if depth < DEEPEST => {
                list.items.iter().for_each(|thing| self.listen(thing, depth + 1));
            }
            _ => {}
        }
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
