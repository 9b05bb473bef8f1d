//! Calls: what is called, and what comes of it.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::modules::{self, Constructed};
use crate::frontend::program::given::Given;
use crate::frontend::program::hints::Hint;
use crate::frontend::program::joining::join;
use crate::frontend::program::request::{Kind, Request};
use crate::frontend::program::thing::{Method, Name, Product, Thing};
use crate::procedure::{Arm, Evidence, Node};

/// A call whose function and arguments were read.
pub(super) struct Call<'t> {
    pub(super) node: Syntax<'t>,
    /// The last part of what is called.
    pub(super) name: String,
    /// What the method is called on, for one.
    pub(super) object: Option<(Thing, Syntax<'t>)>,
    pub(super) callee: Thing,
    pub(super) given: Given,
}

impl Call<'_> {
    /// What its name and its arguments say of it.
    pub(super) fn hint(&self) -> Hint<'_> {
        Hint { name: &self.name, given: &self.given, is_method: self.object.is_some() }
    }
}

impl<'t> Machine<'t, '_> {
    /// Reads a call.
    pub(super) fn call(&mut self, node: Syntax<'t>) -> Thing {
        let Some(function) = node.child_by_field_name(field::FUNCTION) else {
            return Thing::unknown(self.shown(node));
        };
        let (object, callee) = self.callee(function);
        let name = match function.kind() {
            kind::ATTRIBUTE => super::outline::field_text(function, field::ATTRIBUTE, self.source),
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
        let object = function.child_by_field_name(field::OBJECT);
        let Some(object) = object.filter(|_| function.kind() == kind::ATTRIBUTE) else {
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
            Product::Rpc | Product::Likely | Product::Foreign => None,
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
            let body = crate::frontend::program::nodes::weakened(body, Evidence::Possible);
            let condition = Some(self.shown(call.node.child(0).unwrap_or(call.node)).to_string());
            arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            result = Some(result.map_or(thing.clone(), |known| join(known, thing)));
        }
        if !arms.is_empty() {
            self.out.push(Node::Branch(arms));
        }
        result.unwrap_or_else(|| Thing::unknown(self.shown(call.node)))
    }

    fn instantiate(&mut self, node: Syntax<'t>, class: usize, given: &Given) -> Thing {
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
        if let Some(map) = super::values::signed(call) {
            return map;
        }
        let all: Vec<&Thing> = call.given.all().map(|argument| &argument.thing).collect();
        let object = call.object.iter().map(|(object, _)| object).chain([&call.callee]);
        Thing::derived(self.shown(call.node), all.into_iter().chain(object))
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
            Thing::Request(slot) => self.state.request(*slot).map(|request| request.kind),
            Thing::Unknown(unknown) if is_identifier(&unknown.text) => return false,
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
            other => crate::frontend::program::nodes::weakened(nodes, other),
        });
        true
    }
}

/// Whether an expression is named like an identifier of a thing, which is no
/// request: `instance_id`, `self.disk_ids`.
fn is_identifier(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["id", "ids", "_name", "_names"].iter().any(|suffix| text.ends_with(suffix))
}
