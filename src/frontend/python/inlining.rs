//! Calls of functions of the same file: what they return for what they are
//! given, and what they send on behalf of their callers.

use tree_sitter::Node as Syntax;

use super::calls::Call;
use super::grammar::field;
use super::machine::{Machine, Run};
use super::outline::ParameterKind;
use crate::frontend::program::given::Given;
use crate::frontend::program::hints::Likelihood;
use crate::frontend::program::joining::join;
use crate::frontend::program::nodes::{filtered, moved, operations};
use crate::frontend::program::request::Kind;
use crate::frontend::program::state::Place;
use crate::frontend::program::thing::{Rest, Thing};
use crate::procedure::{Action, Arguments, Evidence, Node, Operation};

/// How many functions deep a request is followed.
const MAX_INLINED: usize = 5;

impl<'t> Machine<'t, '_> {
    /// A call of a function of this file.
    pub(super) fn invoke(
        &mut self,
        node: Syntax<'t>,
        number: usize,
        bound: Option<&Thing>,
        given: &Given,
    ) -> Thing {
        self.learn_parameters(number, bound, given);
        let recursive = self.inlining.contains(&number) || self.run.function == Some(number);
        let summary = self.memory.summaries.get(&number).cloned();
        let Some(summary) = summary.filter(|_| !recursive) else {
            return Thing::unknown(self.shown(node));
        };
        self.memory.called.insert(number);
        let wanted = summary.parametric
            || is_changing(&summary.returns)
            || given.all().any(|argument| is_worth_following(&argument.thing));
        if !wanted {
            return match summary.returns {
                Thing::Unknown(_) | Thing::Text(_) => {
                    let all: Vec<&Thing> = given.all().map(|argument| &argument.thing).collect();
                    Thing::derived(self.shown(node), all)
                }
                other => other,
            };
        }
        if self.inlining.len() >= MAX_INLINED || self.is_exhausted() {
            let follow = given.all().any(|argument| is_worth_following(&argument.thing));
            return self.given_up(node, summary.parametric && follow);
        }
        self.inline(node, number, bound, given)
    }

    /// A call that is not followed any further.
    fn given_up(&mut self, node: Syntax<'t>, matters: bool) -> Thing {
        let shown = self.shown(node);
        if matters {
            let open = Arguments { given: Vec::new(), open: true };
            let action = Action::Unresolved(shown.to_string());
            let operation = Operation::direct(action, self.span(node), open);
            let operation = Operation { evidence: Evidence::Possible, ..operation };
            self.emit(node, vec![Node::Call(operation)]);
        }
        Thing::unknown(shown)
    }

    fn inline(
        &mut self,
        node: Syntax<'t>,
        number: usize,
        bound: Option<&Thing>,
        given: &Given,
    ) -> Thing {
        let outline = self.outline;
        let function = &outline.functions[number];
        let Some(body) = function.node.child_by_field_name(field::BODY) else {
            return Thing::unknown(self.shown(node));
        };
        let inner = Run { function: Some(number), inlined: true, ..Run::default() };
        let outer = std::mem::replace(&mut self.run, inner);
        self.inlining.push(number);
        let ((), nodes) = self.apart(|machine| {
            machine.state.push(Place::Inlined(number));
            machine.bind_given(number, bound, given);
            machine.read_body(body);
            machine.state.pop();
        });
        self.inlining.pop();
        let inner = std::mem::replace(&mut self.run, outer);
        self.run.sent.extend(inner.sent.iter().copied());
        let span = self.span(node);
        self.run.tentative.extend(inner.tentative.into_iter().map(|mut it| {
            it.span = span;
            it
        }));
        let nodes = moved(nodes, self.span(function.node), span);
        let nodes = self.with_arguments(unique(nodes), given);
        if nodes.is_empty() {
            self.run.parametric |= inner.parametric;
            self.named_instead(node, function.name.rsplit('.').next().unwrap_or_default(), given);
        } else if inner.parametric && !names_action(&nodes) {
            self.emit_deferred(nodes);
        } else {
            self.emit(node, nodes);
        }
        inner.returns.unwrap_or(Thing::Absent)
    }

    /// A helper in which nothing was seen to send may do so in a way that is
    /// not followed; what it is given still names an action.
    fn named_instead(&mut self, node: Syntax<'t>, name: &str, given: &Given) {
        let unseen = Thing::unknown(name);
        let call = Call {
            node,
            name: name.to_owned(),
            object: None,
            callee: unseen,
            given: given.clone(),
        };
        if call.hint().likelihood() == Likelihood::Yes {
            self.offer_named(&call);
        }
    }

    /// The operations with what the call names literally, where the helper
    /// hides it.
    fn with_arguments(&self, nodes: Vec<Node>, given: &Given) -> Vec<Node> {
        let Some(map) = given.all().find(|it| matches!(&it.thing, Thing::Map(_))) else {
            return nodes;
        };
        let arguments = map.api_arguments(self.source);
        filled(nodes, &arguments)
    }

    /// Keeps what callers give for parameters, where it says what type they are.
    fn learn_parameters(&mut self, number: usize, bound: Option<&Thing>, given: &Given) {
        if self.run.inlined {
            return;
        }
        for (index, thing) in self.matched(number, bound, given) {
            let typed = matches!(
                thing,
                Thing::Client(_) | Thing::Imported(_) | Thing::Class(_) | Thing::Instance(_)
            );
            if let Thing::Request(slot) = thing
                && self.state.request(slot).is_some_and(|request| request.kind == Kind::Model)
            {
                self.memory.news |= self.memory.models.insert((number, index));
            }
            if !typed {
                continue;
            }
            let known = self.memory.parameters.get(&(number, index)).cloned();
            let joined = known.clone().map_or(thing.clone(), |known| join(known, thing));
            if known.as_ref() != Some(&joined) {
                self.memory.news = true;
                self.memory.parameters.insert((number, index), joined);
            }
        }
    }

    /// What each parameter is given.
    fn matched(&self, number: usize, bound: Option<&Thing>, given: &Given) -> Vec<(usize, Thing)> {
        let Some(function) = self.outline.functions.get(number) else { return Vec::new() };
        let mut matched: Vec<(usize, Thing)> =
            bound.cloned().map(|it| (0, it)).into_iter().collect();
        let mut positional = given.positional.iter();
        for (index, parameter) in function.parameters.iter().enumerate().skip(matched.len()) {
            let keyword = || given.keyword(&parameter.name).map(|it| it.thing.clone());
            let thing = match parameter.kind {
                ParameterKind::Plain => {
                    positional.next().map(|it| it.thing.clone()).or_else(keyword)
                }
                ParameterKind::KeywordOnly => keyword(),
                ParameterKind::Rest => {
                    let rest = positional.by_ref().map(|it| it.thing.clone()).collect();
                    Some(Thing::list(rest, given.rest))
                }
                ParameterKind::Keywords => {
                    let is_own = |name: &str| {
                        function.parameters.iter().any(|parameter| &*parameter.name == name)
                    };
                    let others = given.keywords.iter().filter(|(name, _)| !is_own(name));
                    let entries = others.map(|(name, it)| (name.clone(), it.thing.clone()));
                    Some(Thing::map(entries.collect(), given.rest))
                }
            };
            matched.extend(thing.map(|thing| (index, thing)));
        }
        matched
    }

    /// Gives the parameters of a function what a call gives.
    fn bind_given(&mut self, number: usize, bound: Option<&Thing>, given: &Given) {
        let outline = self.outline;
        let matched = self.matched(number, bound, given);
        let Some(function) = outline.functions.get(number) else { return };
        for (index, parameter) in function.parameters.iter().enumerate() {
            let known = matched.iter().find(|(at, _)| *at == index).map(|it| it.1.clone());
            let thing = match (known, parameter.default) {
                (Some(Thing::Unknown(unknown)), _) => {
                    let annotated = parameter.annotation.and_then(|it| self.annotated(it));
                    annotated.unwrap_or(Thing::Unknown(unknown))
                }
                (Some(thing), _) => thing,
                (None, Some(default)) if given.rest == Rest::Closed => {
                    self.apart(|machine| machine.eval(default)).0
                }
                (None, _) if given.rest == Rest::Tainted => Thing::tainted(parameter.name.clone()),
                (None, _) => Thing::unknown(parameter.name.clone()),
            };
            self.bind(&parameter.name, thing);
        }
    }
}

/// Whether what a function returns depends on what it is given, in a way that
/// matters.
fn is_changing(returns: &Thing) -> bool {
    match returns {
        Thing::Unknown(unknown) => unknown.tainted,
        Thing::Request(_) | Thing::List(_) | Thing::Map(_) | Thing::OneOf(_) => true,
        Thing::Text(text) => text.whole.is_none() && returns.is_tainted(),
        _ => false,
    }
}

/// Whether a function that is given this may send it.
fn is_worth_following(thing: &Thing) -> bool {
    match thing {
        Thing::Request(_) | Thing::Method(_) => true,
        Thing::List(list) => list.items.iter().any(|item| match item {
            Thing::Text(_) => {
                matches!(item.as_text(), Some("aliyun" | "ecs"))
            }
            other => matches!(other, Thing::Request(_)),
        }),
        Thing::Map(map) => map.entries.iter().any(|(name, _)| &**name == "Action"),
        Thing::Text(text) => {
            crate::frontend::program::script::mentions_cli(text) || thing.as_text() == Some("ecs")
        }
        Thing::OneOf(choice) => choice.things.iter().any(is_worth_following),
        _ => false,
    }
}

/// Whether an operation among the nodes is known by name. What else the helper
/// may do for its callers then does not matter.
fn names_action(nodes: &[Node]) -> bool {
    let found = operations(nodes);
    found.iter().any(|operation| matches!(operation.action, Action::Named(_)))
}

/// The nodes without a second operation of the same action: a helper that sends
/// in one of several ways sends once.
fn unique(nodes: Vec<Node>) -> Vec<Node> {
    let seen = std::cell::RefCell::new(Vec::new());
    filtered(nodes, &|operation| {
        let mut seen = seen.borrow_mut();
        let is_new = !seen.contains(&operation.action);
        if is_new {
            seen.push(operation.action.clone());
        }
        is_new
    })
}

/// The operations without arguments of their own, with these.
fn filled(mut nodes: Vec<Node>, arguments: &Arguments) -> Vec<Node> {
    for node in &mut nodes {
        if let Node::Call(operation) = node
            && operation.arguments.given.is_empty()
            && operation.arguments.open
        {
            operation.arguments = arguments.clone();
        }
    }
    nodes
}
