//! What makes a call an operation: a client's method, a request that is sent,
//! a command line that is run, arguments that name an action.

use super::calls::Call;
use super::machine::Machine;
use crate::frontend::program::given::{Given, only_checks};
use crate::frontend::program::request::{Kind, Ours};
use crate::frontend::program::thing::{Method, Thing};
use crate::procedure::{Action, Arguments, Arm, Evidence, Failure, Node, Operation};

/// Methods that send a request of the old SDK, and what a failure does.
const SENDS: &[(&str, Failure)] = &[
    ("do_action_with_exception", Failure::Raises),
    ("do_action", Failure::Continues),
    ("implementation_of_do_action", Failure::Continues),
    ("_implementation_of_do_action", Failure::Continues),
    ("get_response", Failure::Continues),
];

/// Methods that send the parameters of a generic Tea call.
const GENERIC: &[&str] =
    &["call_api", "call_api_async", "execute", "execute_async", "do_request", "do_rpcrequest"];

impl<'t> Machine<'t, '_> {
    /// A call of a method of an ECS client.
    pub(super) fn call_method(&mut self, call: &Call<'t>, method: &Method) -> Thing {
        let first = call.given.nth(0, "request").map(|argument| argument.thing.clone());
        let request = method.request.clone().or(first);
        let arguments = self.request_arguments(request.as_ref());
        self.operate(call, &method.action, &arguments, Evidence::Certain, Failure::Raises);
        Thing::unknown(self.shown(call.node))
    }

    pub(super) fn request_arguments(&mut self, request: Option<&Thing>) -> Arguments {
        if let Some(Thing::Request(slot)) = request
            && let Some(request) = self.state.request(*slot)
        {
            let arguments = request.arguments.clone();
            self.run.sent.insert(*slot);
            return arguments;
        }
        Arguments { given: Vec::new(), open: true }
    }

    /// Adds the operation that a call is.
    pub(super) fn operate(
        &mut self,
        call: &Call<'t>,
        action: &Thing,
        arguments: &Arguments,
        evidence: Evidence,
        failure: Failure,
    ) {
        if only_checks(arguments) {
            return;
        }
        let span = self.span(call.node);
        let operation = |action: Action, evidence| {
            let operation = Operation::direct(action, span, arguments.clone());
            Node::Call(Operation { evidence, failure, ..operation })
        };
        let name = |thing: &Thing| match thing.as_text() {
            Some(name) => Action::Named(name.to_owned()),
            None => Action::Unresolved(written(thing)),
        };
        let nodes = match action {
            Thing::OneOf(choice) if choice.every => {
                choice.things.iter().map(|thing| operation(name(thing), evidence)).collect()
            }
            Thing::OneOf(choice) => {
                let written = match &*choice.text {
                    "…" => self.shown(call.node).to_string(),
                    text => text.to_owned(),
                };
                let arms = choice.things.iter().map(|thing| Arm {
                    condition: Some(written.clone()),
                    body: vec![operation(name(thing), Evidence::Possible)],
                });
                vec![Node::Branch(arms.collect())]
            }
            other => vec![operation(name(other), evidence)],
        };
        if action.is_tainted() {
            self.emit_deferred(nodes);
        } else {
            self.emit(call.node, nodes);
        }
    }

    /// A call that sends a request by its name. False if it is none.
    pub(super) fn send_by_name(&mut self, call: &Call<'t>) -> bool {
        let old = SENDS.iter().find(|(name, _)| *name == call.name);
        let is_generic = GENERIC.contains(&call.name.as_str());
        let failure = match old {
            // A function of that name is a helper, of which nothing is known.
            Some(_) if call.object.is_none() => Failure::Raises,
            Some((_, failure)) => *failure,
            None if is_generic => Failure::Raises,
            None => return false,
        };
        let request = call.given.all().find(|it| self.is_sendable(&it.thing));
        if let Some(request) = request {
            let things = request.thing.clone();
            let extra = self.tea_arguments(&call.given);
            self.send(call, &things, extra.as_ref(), failure);
            return true;
        }
        let Some(first) = call.given.nth(0, "request").filter(|_| old.is_some()) else {
            return false;
        };
        let Thing::Unknown(unknown) = &first.thing else { return call.name != "get_response" };
        if call.name == "get_response" && !unknown.tainted || !self.mentions_ecs() {
            return true;
        }
        let (thing, open) = (first.thing.clone(), Arguments { given: Vec::new(), open: true });
        self.operate(call, &thing, &open, Evidence::Possible, failure);
        true
    }

    /// Whether the file has to do with ECS at all.
    fn mentions_ecs(&self) -> bool {
        self.outline.imports_old_ecs
            || self.source.text.contains(crate::frontend::program::request::VERSION)
    }

    fn is_sendable(&self, thing: &Thing) -> bool {
        thing.alternatives().iter().any(|thing| match thing {
            Thing::Request(slot) => {
                self.state.request(*slot).is_some_and(|request| request.kind != Kind::Model)
            }
            _ => false,
        })
    }

    /// The arguments that a generic Tea call gives apart from its parameters.
    fn tea_arguments(&self, given: &Given) -> Option<Arguments> {
        let second = given.positional.get(1)?;
        let open = Arguments { given: Vec::new(), open: true };
        let is_empty = matches!(&second.thing, Thing::Map(map) if map.entries.is_empty());
        if is_empty {
            Some(Arguments::default())
        } else {
            self.naming().tea_map(second).or(Some(open))
        }
    }

    /// A request, or one of several, is sent.
    fn send(
        &mut self,
        call: &Call<'t>,
        request: &Thing,
        extra: Option<&Arguments>,
        failure: Failure,
    ) {
        let several = request.alternatives().len() > 1;
        let mut arms = Vec::new();
        for alternative in request.alternatives() {
            let Thing::Request(slot) = alternative else { continue };
            self.run.sent.insert(*slot);
            let ((), body) = self.apart(|machine| {
                machine.send_one(call, *slot, extra, failure);
            });
            if several {
                let body = crate::frontend::program::nodes::weakened(body, Evidence::Possible);
                arms.extend(
                    (!body.is_empty()).then(|| Arm { condition: Some(written(request)), body }),
                );
            } else {
                self.out.extend(body);
            }
        }
        if !arms.is_empty() {
            self.out.push(Node::Branch(arms));
        }
    }

    pub(super) fn send_one(
        &mut self,
        call: &Call<'t>,
        slot: usize,
        extra: Option<&Arguments>,
        failure: Failure,
    ) {
        let Some(request) = self.state.request(slot).cloned() else { return };
        let action = request.action.clone();
        let evidence = match request.is_ours() {
            Ours::No => return,
            Ours::Yes => Evidence::Certain,
            Ours::Tainted => {
                self.run.parametric = true;
                return;
            }
            Ours::Unknown if action.is_tainted() => {
                self.run.parametric = true;
                return;
            }
            Ours::Unknown => match action.as_text() {
                Some(name) if self.mentions_ecs() && self.context.catalogue.get(name).is_some() => {
                    Evidence::Possible
                }
                _ => return,
            },
        };
        let mut arguments = request.arguments;
        if let Some(extra) = extra.filter(|_| request.kind == Kind::Common) {
            arguments.given.extend(extra.given.iter().cloned());
            arguments.open |= extra.open;
        }
        let action = match action {
            Thing::Absent => Thing::unknown(self.shown(call.node)),
            other => other,
        };
        self.operate(call, &action, &arguments, evidence, failure);
    }
}

/// How a value is written that is not known.
fn written(thing: &Thing) -> String {
    match thing {
        Thing::Unknown(unknown) => unknown.text.to_string(),
        Thing::Text(text) => text.shown.to_string(),
        Thing::OneOf(choice) => choice.text.to_string(),
        _ => "…".to_owned(),
    }
}
