//! Built-in functions, and methods of texts, lists and dictionaries.

use std::rc::Rc;

use super::calls::Call;
use super::machine::Machine;
use crate::frontend::program::hints::Likelihood;
use crate::frontend::program::joining::join;
use crate::frontend::program::request::Kind;
use crate::frontend::program::sequences::{element, openness, spread, sum};
use crate::frontend::program::shown;
use crate::frontend::program::thing::{List, Map, Method, Piece, Product, Rest, Thing};

impl<'t> Machine<'t, '_> {
    /// A request class that comes from somewhere else: of ECS possibly, if it
    /// has such an action.
    pub(super) fn unknown_request(&mut self, call: &Call<'t>) -> Option<Thing> {
        let action = call.name.strip_suffix("Request")?;
        let is_class = action.starts_with(|first: char| first.is_ascii_uppercase());
        if !is_class || matches!(action, "Common" | "Rpc" | "Roa" | "OpenApi" | "Acs") {
            return None;
        }
        let ours = self.context.catalogue.get(action).is_some();
        let kind = if ours { Kind::Common } else { Kind::Foreign };
        Some(self.construct(call, kind, action))
    }

    /// Built-in functions and those that hand their argument on.
    pub(super) fn built_in(&mut self, call: &Call<'t>) -> Option<Thing> {
        let first = call.given.positional.first();
        match call.name.as_str() {
            "str" | "int" | "list" | "tuple" | "sorted" | "reversed" if call.object.is_none() => {
                first.map(|argument| argument.thing.clone())
            }
            // Words of a command line are as good as the line.
            "split" if matches!(&call.callee, Thing::Imported(path) if &**path == "shlex.split") => {
                first.map(|argument| argument.thing.clone())
            }
            "import_module" | "__import__" => self.import_by_name(call),
            "dict" if call.object.is_none() => {
                let mut entries = Vec::new();
                let mut rest = call.given.rest;
                match first.map(|argument| &argument.thing) {
                    Some(Thing::Map(map)) => {
                        entries.clone_from(&map.entries);
                        rest = rest.max(map.rest);
                    }
                    Some(other) => rest = rest.max(openness(Some(other))),
                    None => {}
                }
                let keywords = call.given.keywords.iter();
                entries.extend(keywords.map(|(name, it)| (name.clone(), it.thing.clone())));
                Some(Thing::map(entries, rest))
            }
            "dumps" | "copy" | "deepcopy" | "query" | "cast" | "wait_for" | "ensure_future"
            | "create_task" => {
                let index = usize::from(call.name == "cast");
                let argument = call.given.positional.get(index)?;
                let passes = matches!(
                    argument.thing,
                    Thing::List(_) | Thing::Map(_) | Thing::Request(_) | Thing::Client(_)
                );
                passes.then(|| argument.thing.clone())
            }
            "setattr" if call.object.is_none() => {
                self.set_by_name(&call.given);
                Some(Thing::Absent)
            }
            "getattr" if call.object.is_none() => Some(self.get_attribute(call)),
            _ => None,
        }
    }

    /// `importlib.import_module("aliyunsdkecs.request.v20140526.StopInstanceRequest")`.
    fn import_by_name(&self, call: &Call<'t>) -> Option<Thing> {
        let path = &call.given.positional.first()?.thing;
        let module = path.as_text().map(|path| Thing::Imported(path.into()));
        Some(module.unwrap_or_else(|| Thing::derived(self.shown(call.node), [path])))
    }

    /// `getattr(client, name)`.
    fn get_attribute(&mut self, call: &Call<'t>) -> Thing {
        let unknown = Thing::unknown(self.shown(call.node));
        let [object, name, ..] = call.given.positional.as_slice() else { return unknown };
        let is_client = match &object.thing {
            Thing::Client(Product::Ecs) => true,
            Thing::Unknown(_) => self.outline.imports_ecs && !self.outline.imports_foreign,
            _ => false,
        };
        if !is_client {
            return match (&object.thing, name.thing.as_text()) {
                (Thing::Imported(path), Some(text)) => {
                    Thing::Imported(format!("{path}.{text}").into())
                }
                (Thing::Instance(class), Some(text)) => {
                    let (class, text) = (*class, text.to_owned());
                    let owner = object.thing.clone();
                    self.class_member(class, &owner, &text, call.node).unwrap_or(unknown)
                }
                _ => Thing::derived(self.shown(call.node), [&object.thing, &name.thing]),
            };
        }
        let things = name.thing.alternatives().iter().map(|thing| match thing.as_text() {
            Some(text) => self.action_of(text).map(|action| Thing::known(action, 0..0)),
            None => Some(Thing::derived(shown(&self.source.text[name.at.clone()]), [thing])),
        });
        let methods: Vec<Thing> = things
            .flatten()
            .map(|action| Thing::Method(Rc::new(Method { action, request: None })))
            .collect();
        methods.into_iter().reduce(join).unwrap_or(unknown)
    }

    /// What methods of texts, lists and dictionaries come to.
    pub(super) fn value_method(&mut self, call: &Call<'t>) -> Option<Thing> {
        let (object, node) = call.object.as_ref()?;
        match object {
            Thing::Text(text) => self.text_method(call, &text.pieces, object),
            Thing::List(list) => {
                if call.name == "copy" {
                    return Some(object.clone());
                }
                let changed = list_method(call, list)?;
                self.replace(*node, changed);
                Some(Thing::Absent)
            }
            Thing::Map(map) => match call.name.as_str() {
                "get" | "pop" => element(object, &call.given.positional.first()?.thing),
                "copy" | "items" | "keys" => Some(object.clone()),
                "setdefault" | "update" => {
                    self.replace(*node, map_method(call, map));
                    Some(Thing::Absent)
                }
                _ => None,
            },
            Thing::OneOf(choice)
                if choice.things.iter().any(|thing| matches!(thing, Thing::List(_))) =>
            {
                let changed: Option<Vec<Thing>> = choice
                    .things
                    .iter()
                    .map(|thing| match thing {
                        Thing::List(list) => list_method(call, list),
                        other => Some(other.clone()),
                    })
                    .collect();
                self.replace(*node, changed?.into_iter().reduce(join)?);
                Some(Thing::Absent)
            }
            _ => {
                let mut result = None;
                for thing in object.alternatives() {
                    if let Thing::Request(number) = thing {
                        result = self.request_method(call, *number).or(result);
                    }
                }
                result
            }
        }
    }

    fn text_method(&mut self, call: &Call<'t>, pieces: &[Piece], object: &Thing) -> Option<Thing> {
        let first = call.given.positional.first().map(|it| it.thing.clone());
        match call.name.as_str() {
            "strip" | "lstrip" | "rstrip" | "encode" => Some(object.clone()),
            "format" if call.given.keywords.is_empty() => {
                let values: Vec<Thing> =
                    call.given.positional.iter().map(|it| it.thing.clone()).collect();
                self.formatted(pieces, &values, call.node)
            }
            "join" => {
                let Some(Thing::List(list)) = &first else { return None };
                let shown = self.shown(call.node);
                let mut whole: Option<Thing> = None;
                for item in &list.items {
                    whole = Some(match whole {
                        None => item.clone(),
                        Some(before) => sum(&before, object, shown.clone())
                            .and_then(|both| sum(&both, item, shown.clone()))
                            .unwrap_or_else(|| Thing::derived(shown.clone(), [&before, item])),
                    });
                }
                whole
            }
            "split" if object.as_text().is_none() => Some(object.clone()),
            "split" if call.given.is_empty() => {
                let words = object.as_text()?.split_whitespace();
                let words = words.map(|word| Thing::known(word, call.node.byte_range()));
                Some(Thing::list(words.collect(), Rest::Closed))
            }
            "lower" | "upper" | "title" | "capitalize" => {
                let text = object.as_text()?;
                let text = match call.name.as_str() {
                    "lower" => text.to_lowercase(),
                    "upper" => text.to_uppercase(),
                    _ => return None,
                };
                Some(Thing::known(text, call.node.byte_range()))
            }
            _ => None,
        }
    }
}

/// What a method that changes a list makes of it.
fn list_method(call: &Call<'_>, list: &List) -> Option<Thing> {
    let mut items = list.items.clone();
    let mut rest = list.rest;
    let argument = call.given.positional.first().map(|argument| &argument.thing);
    match call.name.as_str() {
        "append" | "add" => items.extend(argument.cloned()),
        "extend" | "update" => rest = rest.max(spread(argument, &mut items)),
        "insert" | "remove" | "pop" | "clear" => rest = rest.max(Rest::Open),
        _ => return None,
    }
    Some(Thing::list(items, rest))
}

/// What `update` and `setdefault` make of a dictionary.
fn map_method(call: &Call<'_>, map: &Map) -> Thing {
    let mut entries = map.entries.clone();
    let mut rest = map.rest;
    match call.given.positional.first().map(|argument| &argument.thing) {
        Some(Thing::Map(other)) if call.name == "update" => {
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

/// A dictionary of API parameters that a function only makes ready.
pub(super) fn signed(call: &Call<'_>) -> Option<Thing> {
    let argument = call.given.all().find_map(|argument| match &argument.thing {
        Thing::Map(map) if map.entries.iter().any(|(name, _)| &**name == "Action") => Some(map),
        _ => None,
    })?;
    let looks = call.hint().likelihood() == Likelihood::No;
    looks.then(|| Thing::map(argument.entries.clone(), argument.rest.max(Rest::Open)))
}
