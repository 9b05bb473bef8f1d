//! Calls that name ECS and an action in their arguments, whatever they are
//! calls of: `call_api(client, "ecs", "2014-05-26", "DescribeInstances", {…})`.

use super::argv::action_name;
use super::expressions::alternatives;
use super::given::{Argument, Given};
use super::request::{EARLIER, ENDPOINT, VERSION, is_ecs_host};
use super::thing::{Choice, Map, Name, Rest, Thing};
use crate::catalogue::Catalogue;
use crate::procedure::{Arguments, Value};
use crate::source::Source;

/// A call by its arguments alone.
#[derive(Debug)]
pub(in crate::frontend) struct Named {
    pub(in crate::frontend) action: Thing,
    pub(in crate::frontend) arguments: Arguments,
}

/// What names in arguments are looked up in.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Naming<'a> {
    pub(in crate::frontend) source: &'a Source<'a>,
    pub(in crate::frontend) catalogue: &'a Catalogue,
}

impl Naming<'_> {
    /// The ECS action that a call's arguments name.
    pub(in crate::frontend) fn named_by_arguments(&self, given: &Given) -> Option<Named> {
        self.each(given, Self::product_and_action)
            .or_else(|| self.parameters_with_action(given, is_told_ecs(given)))
            .or_else(|| self.each(given, Self::url))
    }

    /// The action that a map among a call's arguments names, where what is called
    /// is known to be for ECS.
    pub(in crate::frontend) fn named_for_ecs(&self, given: &Given) -> Option<Named> {
        self.parameters_with_action(given, true)
    }

    /// The product's word or its version, and an action.
    fn product_and_action(&self, given: &Given) -> Option<Named> {
        let texts: Vec<&str> = given.all().filter_map(|it| it.thing.as_text()).collect();
        let has_version = texts.contains(&VERSION);
        let has_other_version = texts.iter().any(|text| is_other_version(text));
        let has_product = texts.iter().any(|text| text.eq_ignore_ascii_case("ecs"));
        if has_other_version || !(has_version || has_product) {
            return None;
        }
        let catalogue = self.catalogue;
        let action = texts.iter().find_map(|text| action_name(text, catalogue))?;
        let map = given.all().find(|it| matches!(&it.thing, Thing::Map(_)));
        let arguments = match map {
            Some(map) => self.tea_map(map).unwrap_or_else(|| map.api_arguments(self.source)),
            None => Arguments { given: Vec::new(), open: given.all().count() > texts.len() },
        };
        Some(Named { action: Thing::known(action, 0..0), arguments })
    }

    /// A dictionary with the API's own parameters, `Action` among them, or with
    /// the headers that name an action.
    fn parameters_with_action(&self, given: &Given, is_ecs: bool) -> Option<Named> {
        for argument in given.all() {
            let Some(argument) = entries_of(argument) else { continue };
            let Thing::Map(map) = &argument.thing else { continue };
            // `get(url, { params: { Action: … } })`
            let is_inner = |name: &str| WITHIN.iter().any(|it| it.eq_ignore_ascii_case(name));
            let inner = map.entries.iter().filter(|(name, _)| is_inner(name));
            let inner =
                inner.map(|(_, thing)| Argument { thing: thing.clone(), at: argument.at.clone() });
            let mut candidates = std::iter::once(argument.clone()).chain(inner);
            let found = candidates.find_map(|it| self.named_by_parameters(&it, is_ecs));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn named_by_parameters(&self, argument: &Argument, is_ecs: bool) -> Option<Named> {
        const KEYS: [(&str, &str); 2] = [("Action", "Version"), (ACTION_HEADER, "xacsversion")];
        let argument = &entries_of(argument)?;
        let Thing::Map(map) = &argument.thing else { return None };
        let entry =
            |key: &str| map.entries.iter().find(|(name, _)| is_key(name, key)).map(|it| &it.1);
        for (action_key, version_key) in KEYS {
            let Some(action) = entry(action_key).map(only) else { continue };
            let version = entry(version_key).map(only).and_then(Thing::as_text);
            let ours = match version {
                Some(EARLIER) => is_ecs || self.source.text.contains(ENDPOINT),
                Some(version) => version == VERSION,
                None => is_ecs,
            };
            if !ours || !self.can_be_action(action) {
                continue;
            }
            let mut arguments = match action_key {
                "Action" => {
                    let inner = self.tea_map(argument);
                    inner.unwrap_or_else(|| argument.api_arguments(self.source))
                }
                _ => Arguments { given: Vec::new(), open: true },
            };
            arguments.given.retain(|(name, _)| {
                !COMMON.contains(&name.as_str()) && !name.eq_ignore_ascii_case(action_key)
            });
            return Some(Named { action: action.clone(), arguments });
        }
        None
    }

    fn can_be_action(&self, action: &Thing) -> bool {
        action.as_text().is_none_or(|text| self.catalogue.get(text).is_some())
    }

    /// What is named, for each text that one of the arguments may be.
    fn each(&self, given: &Given, named: fn(&Self, &Given) -> Option<Named>) -> Option<Named> {
        if let Some(one) = named(self, given) {
            return Some(one);
        }
        let are_texts =
            |choice: &Choice| choice.things.iter().all(|it| matches!(it, Thing::Text(_)));
        let choices = given.all().filter_map(|argument| match &argument.thing {
            Thing::OneOf(choice) if are_texts(choice) => Some(choice),
            _ => None,
        });
        let mut found = choices.filter_map(|choice| self.each_of(given, choice, named));
        found.next()
    }

    fn each_of(
        &self,
        given: &Given,
        choice: &Choice,
        named: fn(&Self, &Given) -> Option<Named>,
    ) -> Option<Named> {
        let each = choice.things.iter().map(|thing| named(self, &given.with(choice, thing)));
        let each: Vec<Named> = each.collect::<Option<_>>()?;
        let actions = each.iter().map(|named| named.action.clone()).collect();
        let action = alternatives(actions, choice.every, choice.text.clone());
        let arguments = each.into_iter().next()?.arguments;
        Some(Named { action, arguments })
    }

    /// A request written as a URL or a query string.
    fn url(&self, given: &Given) -> Option<Named> {
        let texts: Vec<String> = texts(given).filter_map(joined).collect();
        let host = texts.iter().find(|text| text.contains("://"));
        let address = host.map(|host| host.split('?').next().unwrap_or(host));
        let query = texts.iter().find_map(|text| {
            let query = text.split_once('?').map_or(text.as_str(), |(_, query)| query);
            query.split('&').any(|pair| pair.starts_with("Action=")).then_some(query)
        })?;
        let ours = address.is_some_and(is_ecs_host) || query.contains("Version=2014-05-26");
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let action = pairs.clone().find(|(name, _)| *name == "Action")?.1;
        let known = self.catalogue.get(action)?;
        if !ours || pairs.any(|(name, value)| name == "Version" && !is_own_version(value)) {
            return None;
        }
        let given = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(name, _)| *name != "Action" && !COMMON.contains(name))
            .map(|(name, value)| {
                let value = if value.contains('\u{0}') {
                    Value::unknown(name)
                } else {
                    Value::Text(value.to_owned())
                };
                (name.to_owned(), value)
            });
        let arguments = Arguments { given: given.collect(), open: query.ends_with('\u{0}') };
        Some(Named { action: Thing::known(known.name.as_str(), 0..0), arguments })
    }

    /// The parameters in an `OpenApiRequest`.
    pub(in crate::frontend) fn tea_map(&self, request: &Argument) -> Option<Arguments> {
        let Thing::Map(map) = &request.thing else { return None };
        let is_inner =
            |name: &str| ["query", "body"].iter().any(|it| name.eq_ignore_ascii_case(it));
        let inner = map.entries.iter().filter(|(name, _)| is_inner(name));
        let found = inner.map(|(_, thing)| {
            let inner = Argument { thing: thing.clone(), at: request.at.clone() };
            inner.api_arguments(self.source)
        });
        found.reduce(|mut left, right| {
            left.given.extend(right.given);
            left.open |= right.open;
            left
        })
    }
}

/// The header that names the action, without what stands between its words.
const ACTION_HEADER: &str = "xacsaction";

/// Whether the name of an entry is a key, `x-acs-action`, `xAcsAction`.
fn is_key(name: &str, key: &str) -> bool {
    name.eq_ignore_ascii_case(key)
        || name.len() > key.len() && name.replace(['-', '_'], "").eq_ignore_ascii_case(key)
}

/// Whether a map names an action among its entries.
pub(in crate::frontend) fn names_action(map: &Map) -> bool {
    map.entries.iter().any(|(name, _)| is_key(name, "Action") || is_key(name, ACTION_HEADER))
}

/// The one item of a list, as forms hold their values.
pub(super) fn only(thing: &Thing) -> &Thing {
    match thing {
        Thing::List(list) if list.items.len() == 1 => &list.items[0],
        other => other,
    }
}

/// Whether a call's arguments could name an action if its callers were
/// known. `sends` says that it is likely to send what it is given.
pub(in crate::frontend) fn could_be_named(given: &Given, sends: bool) -> bool {
    let names_action =
        |map: &Map| map.entries.iter().any(|(name, _)| matches!(&**name, "Action" | "Version"));
    let tainted_map = given.all().any(|argument| match &argument.thing {
        Thing::Map(map) => {
            argument.thing.is_tainted() && (names_action(map) || sends && map.rest == Rest::Tainted)
        }
        _ => false,
    });
    let product =
        given.all().any(|it| it.thing.as_text().is_some_and(|it| it.eq_ignore_ascii_case("ecs")));
    let tainted = given.all().any(|argument| argument.thing.is_tainted());
    tainted_map || tainted && (product || is_told_ecs(given))
}

/// Options of HTTP libraries that hold a request's parameters or headers.
const WITHIN: &[&str] = &[
    "params",
    "query",
    "qs",
    "searchParams",
    "form",
    "form_params",
    "data",
    "body",
    "json",
    "headers",
    "content",
];

/// Parameters that every request has.
const COMMON: &[&str] = &[
    "Version",
    "Format",
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "Timestamp",
];

/// Whether a value is the version of another API.
pub(in crate::frontend) fn names_other(thing: &Thing) -> bool {
    thing.as_text().is_some_and(is_other_version)
}

fn is_other_version(text: &str) -> bool {
    is_version(text) && !is_own_version(text)
}

fn is_own_version(text: &str) -> bool {
    text == VERSION || text == EARLIER
}

/// Whether a text is an API version, `2014-08-15`.
pub(super) fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &&str| part.bytes().all(|it| it.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2)
        && parts.iter().all(is_number)
}

/// Whether another argument is the version or the host of ECS, or a map in which
/// one is.
fn is_told_ecs(given: &Given) -> bool {
    let says =
        |thing: &Thing| thing.as_text() == Some(VERSION) || thing.prefix().is_some_and(is_ecs_host);
    given.all().any(|argument| match &argument.thing {
        Thing::Map(map) => map.entries.iter().any(|(_, thing)| says(thing)),
        other => says(other),
    })
}

/// The texts among the arguments, and the address and the body among what a
/// request is described by.
fn texts(given: &Given) -> impl Iterator<Item = &Thing> {
    given.all().flat_map(|argument| {
        let entries = match &argument.thing {
            Thing::Map(map) => map.entries.as_slice(),
            _ => &[],
        };
        let is_text = |name: &str| {
            ["url", "body", "requestUri", "content"].iter().any(|it| name.eq_ignore_ascii_case(it))
        };
        let inner = entries.iter().filter(move |(name, _)| is_text(name));
        std::iter::once(&argument.thing).chain(inner.map(|(_, thing)| thing))
    })
}

/// A text with a sign for each hole.
fn joined(thing: &Thing) -> Option<String> {
    let Thing::Text(text) = thing else { return None };
    let pieces = text.pieces.iter().map(|piece| piece.known().unwrap_or("\u{0}"));
    Some(pieces.collect())
}

/// An argument that is a map, or a list of names and values that is as good as one.
fn entries_of(argument: &Argument) -> Option<Argument> {
    let list = match &argument.thing {
        Thing::Map(_) => return Some(argument.clone()),
        Thing::List(list) => list,
        _ => return None,
    };
    let entries = list.items.iter().map(|item| match item {
        Thing::List(pair) => match pair.items.as_slice() {
            [key, value] => Some((Name::from(key.as_text()?), value.clone())),
            _ => None,
        },
        _ => None,
    });
    let entries: Vec<(Name, Thing)> = entries.collect::<Option<_>>()?;
    let names_action = entries.iter().any(|(name, _)| is_key(name, "Action"));
    let thing = names_action.then(|| Thing::map(entries, list.rest))?;
    Some(Argument { thing, at: argument.at.clone() })
}
