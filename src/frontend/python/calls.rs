//! Calls: what is called, and what comes of it.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::arguments::Given;
use super::machine::Machine;
use super::modules::{self, Constructed};
use super::request::{Kind, Request};
use super::thing::{Method, Name, Product, Rest, Thing, join};
use crate::procedure::{Arm, Evidence, Node};

/// A call whose function and arguments were read.
pub(super) struct Call<'t> {
    pub(super) node: Syntax<'t>,
    /// The last part of what is called.
    pub(super) name: String,
    /// What the method is called on, for one.
    pub(super) object: Option<(Thing, Syntax<'t>)>,
    pub(super) callee: Thing,
    pub(super) given: Given<'t>,
}

impl<'t> Machine<'t, '_> {
    /// Reads a call.
    pub(super) fn call(&mut self, node: Syntax<'t>) -> Thing {
        let Some(function) = node.child_by_field_name("function") else {
            return Thing::unknown(self.shown(node));
        };
        let (object, callee) = self.callee(function);
        let name = match function.kind() {
            "attribute" => super::outline::field_text(function, "attribute", self.source),
            _ => self.text(function),
        };
        let name = name.to_owned();
        let given = self.arguments(node);
        let call = Call { node, name, object, callee, given };
        if let Some(thing) = self.value_method(&call) {
            return thing;
        }
        match call.callee.clone() {
            Thing::Method(method) => self.call_method(&call, &method),
            Thing::OneOf(choice) => self.call_one_of(&call, &choice.things),
            Thing::Function(number, bound) => {
                self.invoke(node, number, bound.as_deref(), &call.given)
            }
            Thing::Class(class) => self.instantiate(node, class, &call.given),
            Thing::Imported(path) => self.call_imported(&call, &path),
            _ => self.call_unknown(&call),
        }
    }

    fn callee(&mut self, function: Syntax<'t>) -> (Option<(Thing, Syntax<'t>)>, Thing) {
        let object = function.child_by_field_name("object");
        let Some(object) = object.filter(|_| function.kind() == "attribute") else {
            return (None, self.eval(function));
        };
        if let Some(thing) = self.dotted(function).and_then(|path| self.local(&path)) {
            return (None, thing);
        }
        let owner = self.eval(object);
        let callee = self.member(&owner, function);
        (Some((owner, object)), callee)
    }

    /// The action that a method of a client is.
    pub(super) fn client_action(&self, product: Product, method: &str) -> Option<Name> {
        match product {
            Product::Ecs => self.action_of(method),
            Product::Footmark => modules::footmark_action(method).map(Name::from),
            Product::Foreign => None,
        }
    }

    /// The action that a method's name spells.
    pub(super) fn action_of(&self, method: &str) -> Option<Name> {
        if method.contains(|letter: char| letter.is_ascii_uppercase()) || method.starts_with('_') {
            return None;
        }
        let mut stem: String = method.chars().filter(|letter| *letter != '_').collect();
        for suffix in ["async", "withoptions"] {
            stem = stem.strip_suffix(suffix).map_or(stem.clone(), str::to_owned);
        }
        self.context.catalogue.folded(&stem).map(|action| action.name.as_str().into())
    }

    /// One of several is called: each possibly.
    fn call_one_of(&mut self, call: &Call<'t>, things: &[Thing]) -> Thing {
        let mut arms = Vec::new();
        let mut result: Option<Thing> = None;
        for callee in things {
            let (thing, body) = self.apart(|machine| match callee {
                Thing::Method(method) => machine.call_method(call, method),
                Thing::Function(number, bound) => {
                    machine.invoke(call.node, *number, bound.as_deref(), &call.given)
                }
                Thing::Class(class) => machine.instantiate(call.node, *class, &call.given),
                Thing::Imported(path) => machine.call_imported(call, path),
                _ => Thing::unknown(machine.shown(call.node)),
            });
            let body = super::machine::weakened(body, Evidence::Possible);
            let condition = Some(self.shown(call.node.child(0).unwrap_or(call.node)).to_string());
            arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            result = Some(result.map_or(thing.clone(), |known| join(known, thing)));
        }
        if !arms.is_empty() {
            self.out.push(Node::Branch(arms));
        }
        result.unwrap_or_else(|| Thing::unknown(self.shown(call.node)))
    }

    fn instantiate(&mut self, node: Syntax<'t>, class: usize, given: &Given<'t>) -> Thing {
        let ancestry = self.ancestry(class);
        let outline = self.outline;
        let constructor = ancestry
            .own
            .iter()
            .find_map(|class| outline.classes[*class].methods.get("__init__").copied());
        if let Some(constructor) = constructor {
            self.invoke(node, constructor, Some(&Thing::Instance(class)), given);
        }
        Thing::Instance(class)
    }

    fn call_imported(&mut self, call: &Call<'t>, path: &str) -> Thing {
        match modules::constructed(path) {
            Constructed::Client(product) => Thing::Client(product),
            Constructed::Request(action) => self.construct(call, Kind::Model, action),
            Constructed::OldRequest(action) => self.construct(call, Kind::Old, action),
            Constructed::CommonRequest | Constructed::Params => self.construct_common(call),
            Constructed::OpenApiRequest => {
                let entries = call.given.keywords.iter();
                let entries = entries.map(|(name, it)| (name.clone(), it.thing.clone())).collect();
                Thing::map(entries, call.given.rest)
            }
            Constructed::Foreign if call.name.ends_with("Request") => {
                self.state.new_request(Request::new(Kind::Foreign, Thing::Absent))
            }
            Constructed::Foreign => Thing::Client(Product::Foreign),
            Constructed::Other => match path {
                "functools.partial" => self.partial(call),
                _ => self.call_unknown(call),
            },
        }
    }

    fn partial(&mut self, call: &Call<'t>) -> Thing {
        let mut arguments = call.given.positional.iter().map(|argument| &argument.thing);
        match arguments.next() {
            Some(Thing::Method(method)) => {
                let request = arguments.next().cloned().or_else(|| method.request.clone());
                Thing::Method(Rc::new(Method { action: method.action.clone(), request }))
            }
            Some(other) => other.clone(),
            None => Thing::unknown(self.shown(call.node)),
        }
    }

    /// A call of something of which only the name is known.
    fn call_unknown(&mut self, call: &Call<'t>) -> Thing {
        if let Some(thing) = self.built_in(call).or_else(|| self.unknown_request(call)) {
            return thing;
        }
        if !self.send_by_name(call) && !self.call_unknown_receiver(call) {
            self.offer(call);
        }
        let all: Vec<&Thing> = call.given.all().map(|argument| &argument.thing).collect();
        let object = call.object.iter().map(|(object, _)| object);
        Thing::derived(self.shown(call.node), all.into_iter().chain(object))
    }

    /// A request class that comes from somewhere else: of ECS possibly, if it
    /// has such an action.
    fn unknown_request(&mut self, call: &Call<'t>) -> Option<Thing> {
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
    fn built_in(&mut self, call: &Call<'t>) -> Option<Thing> {
        let first = call.given.positional.first();
        match call.name.as_str() {
            "str" | "int" | "list" | "tuple" | "sorted" | "reversed" if call.object.is_none() => {
                first.map(|argument| argument.thing.clone())
            }
            "dict" if call.object.is_none() => {
                let mut entries = Vec::new();
                let mut rest = call.given.rest;
                match first.map(|argument| &argument.thing) {
                    Some(Thing::Map(map)) => {
                        entries.clone_from(&map.entries);
                        rest = rest.max(map.rest);
                    }
                    Some(other) => rest = rest.max(super::expressions::openness(Some(other))),
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
            "getattr" if call.object.is_none() => Some(self.get_attribute(call)),
            _ => None,
        }
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
            None => Some(Thing::derived(self.shown(name.node), [thing])),
        });
        let methods: Vec<Thing> = things
            .flatten()
            .map(|action| Thing::Method(Rc::new(Method { action, request: None })))
            .collect();
        methods.into_iter().reduce(join).unwrap_or(unknown)
    }

    /// A method named like an action on something whose type is not known.
    fn call_unknown_receiver(&mut self, call: &Call<'t>) -> bool {
        let Some((object, node)) = &call.object else { return false };
        let Some(action) = self.action_of(&call.name) else { return false };
        let foreign = match object {
            Thing::Client(_) | Thing::Text(_) | Thing::List(_) | Thing::Map(_) => true,
            Thing::Imported(path) => modules::is_foreign(path),
            Thing::Class(class) | Thing::Instance(class) => {
                let ancestry = self.ancestry(*class);
                ancestry.is_whole
            }
            _ => false,
        };
        let Some(request) = call.given.nth(0, "request") else { return false };
        let kind = match &request.thing {
            Thing::Request(cell) => self.state.request(*cell).map(|request| request.kind),
            Thing::Unknown(_) | Thing::OneOf(_) => None,
            _ => return false,
        };
        let evidence = match kind {
            Some(Kind::Model) => Evidence::Certain,
            Some(_) => return false,
            None if foreign || !self.outline.imports_ecs => return false,
            None if self.text(*node).to_ascii_lowercase().contains("ecs") => Evidence::Certain,
            None if self.outline.imports_foreign
                || matches!(object, Thing::Imported(_) | Thing::Instance(_) | Thing::Class(_)) =>
            {
                Evidence::Possible
            }
            None => Evidence::Certain,
        };
        let method = Method { action: Thing::known(action, 0..0), request: None };
        let (_, nodes) = self.apart(|machine| machine.call_method(call, &method));
        self.out.extend(match evidence {
            Evidence::Certain => nodes,
            other => super::machine::weakened(nodes, other),
        });
        true
    }

    /// What methods of texts, lists and dictionaries come to.
    fn value_method(&mut self, call: &Call<'t>) -> Option<Thing> {
        let (object, node) = call.object.as_ref()?;
        match object {
            Thing::Text(text) => self.text_method(call, &text.pieces, object),
            Thing::List(list) => {
                let mut items = list.items.clone();
                let mut rest = list.rest;
                let argument = call.given.positional.first().map(|it| it.thing.clone());
                match call.name.as_str() {
                    "append" | "add" => items.extend(argument),
                    "extend" | "update" => {
                        rest = rest.max(super::expressions::spread(argument.as_ref(), &mut items));
                    }
                    "insert" | "remove" | "pop" | "clear" => rest = rest.max(Rest::Open),
                    "copy" => return Some(object.clone()),
                    _ => return None,
                }
                self.replace(*node, Thing::list(items, rest));
                Some(Thing::Absent)
            }
            Thing::Map(map) => {
                let first = call.given.positional.first().map(|it| it.thing.clone());
                match call.name.as_str() {
                    "get" | "pop" => super::expressions::element(object, &first?),
                    "copy" => Some(object.clone()),
                    "setdefault" | "update" => {
                        let mut entries = map.entries.clone();
                        let mut rest = map.rest;
                        match (call.name.as_str(), &first) {
                            ("update", Some(Thing::Map(other))) => {
                                entries.extend(other.entries.iter().cloned());
                                rest = rest.max(other.rest);
                            }
                            (_, Some(other)) => {
                                rest = rest.max(super::expressions::openness(Some(other)));
                            }
                            _ => {}
                        }
                        let keywords = call.given.keywords.iter();
                        entries.extend(keywords.map(|(name, it)| (name.clone(), it.thing.clone())));
                        self.replace(*node, Thing::map(entries, rest));
                        Some(Thing::Absent)
                    }
                    _ => None,
                }
            }
            Thing::Request(cell) => self.request_method(call, *cell),
            Thing::OneOf(choice)
                if choice.things.iter().any(|it| matches!(it, Thing::Request(_))) =>
            {
                let mut result = None;
                for thing in &choice.things {
                    if let Thing::Request(cell) = thing {
                        result = self.request_method(call, *cell).or(result);
                    }
                }
                result
            }
            _ => None,
        }
    }

    fn text_method(
        &mut self,
        call: &Call<'t>,
        pieces: &[super::thing::Piece],
        object: &Thing,
    ) -> Option<Thing> {
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
                        Some(before) => super::expressions::sum(&before, object, shown.clone())
                            .and_then(|both| super::expressions::sum(&both, item, shown.clone()))
                            .unwrap_or_else(|| Thing::derived(shown.clone(), [&before, item])),
                    });
                }
                whole
            }
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
