//! Request objects: what is known of one while a program fills it in.

use super::joining::join;
use super::thing::{Map, Name, Rest, Thing};
use crate::procedure::{Arguments, Value};

/// The version that only ECS has.
pub(in crate::frontend) const VERSION: &str = "2014-05-26";

/// The version that the API of ECS had before; the host or the product says that it
/// is ECS's.
pub(super) const EARLIER: &str = "2013-01-10";

/// The end of its host.
pub(super) const ENDPOINT: &str = "ecs.aliyuncs.com";

/// A request object.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Request {
    /// What sort.
    pub(in crate::frontend) kind: Kind,
    /// Its action.
    pub(in crate::frontend) action: Thing,
    /// The product, version and host that it names, where it must.
    pub(in crate::frontend) product: Thing,
    pub(in crate::frontend) version: Thing,
    pub(in crate::frontend) domain: Thing,
    /// What has been set on it.
    pub(in crate::frontend) arguments: Arguments,
    /// The class of the file that it is an object of.
    pub(in crate::frontend) class: Option<usize>,
}

/// The sorts of requests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Kind {
    /// A request of an ECS SDK with a type of its own, which a client sends or the
    /// action's method is given.
    Old,
    /// A request that names its product and action itself.
    Common,
    /// Another product's.
    Foreign,
}

/// Whether a request is one of ECS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Ours {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It cannot be told.
    Unknown,
    /// Callers decide.
    Tainted,
}

impl Request {
    /// A request with nothing set on it.
    pub(in crate::frontend) fn new(kind: Kind, action: Thing) -> Self {
        Self {
            kind,
            action,
            product: Thing::Absent,
            version: Thing::Absent,
            domain: Thing::Absent,
            arguments: Arguments::default(),
            class: None,
        }
    }

    /// Sets a parameter of the API.
    pub(in crate::frontend) fn set(&mut self, parameter: &str, value: Value) {
        let given = &mut self.arguments.given;
        let has_room = given.len() < super::thing::MAX_ITEMS;
        match given.iter_mut().find(|(name, _)| name == parameter) {
            Some(entry) => entry.1 = value,
            None if has_room => given.push((parameter.into(), value)),
            None => self.arguments.open = true,
        }
    }

    /// Sets the parameters in a map, or in the maps in it that hold those.
    pub(in crate::frontend) fn set_all(&mut self, map: &Map) {
        const WITHIN: &[&str] = &["query", "form_params", "body"];
        self.arguments.open |= map.rest != Rest::Closed;
        for (name, thing) in &map.entries {
            match thing {
                Thing::Map(inner) if WITHIN.contains(&&**name) => {
                    self.arguments.open |= inner.rest != Rest::Closed;
                    for (name, value) in &inner.entries {
                        self.set(name, value.value(name));
                    }
                }
                value => self.set(name, value.value(name)),
            }
        }
    }

    /// Takes in what it might be instead.
    pub(in crate::frontend) fn join(&mut self, other: &Self) {
        let take = |thing: &mut Thing, from: &Thing| *thing = join(thing.clone(), from.clone());
        take(&mut self.action, &other.action);
        take(&mut self.product, &other.product);
        take(&mut self.version, &other.version);
        take(&mut self.domain, &other.domain);
        self.arguments.open |= other.arguments.open;
        for (name, value) in &other.arguments.given {
            match self.arguments.given.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) if known != value => *known = either(known, value, name),
                Some(_) => {}
                None => self.arguments.given.push((name.clone(), value.clone())),
            }
        }
    }

    /// Whether it is a request of ECS.
    pub(in crate::frontend) fn is_ours(&self) -> Ours {
        match self.kind {
            Kind::Old => Ours::Yes,
            Kind::Foreign => Ours::No,
            Kind::Common => self.named_product(),
        }
    }

    fn named_product(&self) -> Ours {
        let version = self.version.as_text().filter(|version| *version != EARLIER);
        let version = version.map(|version| version == VERSION);
        let product = || self.product.as_text().map(|it| it.eq_ignore_ascii_case("ecs"));
        let host = || self.domain.prefix().map(is_ecs_host);
        if let Some(ours) = version.or_else(product).or_else(host) {
            return if ours { Ours::Yes } else { Ours::No };
        }
        let tainted =
            [&self.version, &self.product, &self.domain].into_iter().any(Thing::is_tainted);
        if tainted { Ours::Tainted } else { Ours::Unknown }
    }
}

/// Whether a host, or what is known of its start, is the ECS endpoint's.
pub(in crate::frontend) fn is_ecs_host(host: &str) -> bool {
    let host = host.split_once("://").map_or(host, |(_, rest)| rest);
    host.starts_with("ecs.") || host.starts_with("ecs-")
}

fn either(left: &Value, right: &Value, name: &str) -> Value {
    let unknown = [left, right].into_iter().find(|value| matches!(value, Value::Unknown(_)));
    unknown.cloned().unwrap_or_else(|| Value::unknown(Name::from(name).as_ref()))
}
