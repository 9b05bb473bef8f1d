//! Calls of functions of the same file: what they return for what they are
//! given, and what they send on behalf of their callers.

use std::ops::Range;
use std::rc::Rc;

use super::calls::Call;
use super::code::Function;
use super::given::Given;
use super::hints::Likelihood;
use super::locks::about_given;
use super::machine::{Machine, Run};
use super::members::receiver_of;
use super::nodes::{filtered, in_function, moved, operations};
use super::state::Place;
use super::thing::{Rest, Thing};
use crate::procedure::{
    Action, Arguments, Evidence, Failure, Invocation, Node, Operation, has_calls,
};

/// How many functions deep a request is followed.
const MAX_INLINED: usize = 5;

impl Machine<'_> {
    /// A call of a function of this file.
    pub(super) fn invoke(
        &mut self,
        at: &Range<usize>,
        number: usize,
        bound: Option<&Thing>,
        given: &Given,
    ) -> Thing {
        let unit = self.unit;
        let number = self.overload(number, given);
        let Some(function) = unit.functions.get(number) else { return Thing::Absent };
        if !self.run.inlined {
            for (index, thing) in matched(function, given) {
                self.learn_parameter(number, index, thing);
            }
        }
        let shown = self.shown(at);
        let recursive = self.inlining.contains(&number) || self.run.function == Some(number);
        let summary = self.memory.summaries.get(&number).cloned();
        let Some(summary) = summary.filter(|_| !recursive) else {
            return self.returned(function, None);
        };
        self.memory.called.insert(number);
        let follows = given.all().any(|argument| is_worth_following(&argument.thing))
            || matches!(bound, Some(Thing::Request(_)));
        if !(summary.parametric || is_changing(&summary.returns) || follows) {
            self.push_invocation(number, given);
            return match summary.returns {
                Thing::Text(text) if text.whole.is_some() => Thing::Text(text),
                returned @ (Thing::Unknown(_) | Thing::Text(_) | Thing::OneOf(_))
                    if !is_of_use(&returned) =>
                {
                    let things = given.all().map(|argument| &argument.thing);
                    let thing = Thing::derived(shown, things);
                    match returned.origin() {
                        Some(origin) => {
                            let function = &self.unit.functions[number];
                            let origin = Self::lock_returned(function, given, &origin);
                            thing.coming_from(Rc::new(origin))
                        }
                        None => thing,
                    }
                }
                Thing::List(list) => {
                    let function = &self.unit.functions[number];
                    let retold = |item: &Thing| match (item, item.origin()) {
                        (Thing::Unknown(_), Some(origin)) => {
                            let origin = Self::lock_returned(function, given, &origin);
                            item.clone().coming_from(Rc::new(origin))
                        }
                        _ => item.clone(),
                    };
                    Thing::list(list.items.iter().map(retold).collect(), list.rest)
                }
                other => other,
            };
        }
        if self.inlining.len() >= MAX_INLINED || self.is_exhausted() {
            return self.given_up(at, summary.parametric && follows);
        }
        self.inline(at, number, bound, given)
    }

    /// Says that a function is called here, which has a procedure of its own.
    fn push_invocation(&mut self, number: usize, given: &Given) {
        let function = &self.unit.functions[number];
        let named = |(index, thing): (usize, Thing)| {
            let parameter: &super::code::Parameter = function.parameters.get(index)?;
            Some((parameter.name.to_string(), thing.value(&parameter.name)))
        };
        let given = matched(function, given).into_iter().filter_map(named).collect();
        self.out.push(Node::Invoke(Invocation {
            procedure: self.span(&function.at),
            given,
            failure: Failure::Raises,
            process: false,
            body: Vec::new(),
        }));
    }

    /// A call that is not followed any further.
    fn given_up(&mut self, at: &Range<usize>, matters: bool) -> Thing {
        let shown = self.shown(at);
        if matters && self.mentions_ecs() {
            let open = Arguments { given: Vec::new(), open: true };
            let action = Action::Unresolved(shown.to_string());
            let operation = Operation::direct(action, self.span(at), open);
            let operation = Operation { evidence: Evidence::Possible, ..operation };
            self.emit(at, vec![Node::Call(operation)]);
        }
        Thing::unknown(shown)
    }

    fn inline(
        &mut self,
        at: &Range<usize>,
        number: usize,
        bound: Option<&Thing>,
        given: &Given,
    ) -> Thing {
        let unit = self.unit;
        let function = &unit.functions[number];
        let inner = Run { function: Some(number), inlined: true, ..Run::default() };
        let outer = std::mem::replace(&mut self.run, inner);
        self.inlining.push(number);
        let ((), nodes) = self.apart(|machine| {
            machine.state.push(Place::Inlined(number));
            machine.bind_given(number, bound, given);
            machine.body_of(number);
            machine.state.pop();
        });
        self.inlining.pop();
        let mut inner = std::mem::replace(&mut self.run, outer);
        self.run.sent.extend(inner.sent.iter().copied());
        let span = self.span(at);
        self.run.tentative.extend(inner.tentative.into_iter().map(|mut it| {
            it.span = span;
            it
        }));
        let nodes = unique(moved(nodes, self.span(&function.at), span));
        let nodes = in_function(self.with_arguments(nodes, given), span);
        if !has_calls(&nodes) {
            // What it does whoever calls is in its own procedure.
            self.push_invocation(number, given);
            self.run.parametric |= inner.parametric;
            self.named_instead(at, function, given);
        } else if inner.parametric && !names_action(&nodes) {
            self.emit_deferred(nodes);
        } else {
            self.emit(at, nodes);
        }
        about_given(function, given, self.returned(function, inner.returns.take()))
    }

    /// The operations with what the call names literally, where the helper
    /// hides it.
    fn with_arguments(&self, mut nodes: Vec<Node>, given: &Given) -> Vec<Node> {
        let map = given.all().find(|it| matches!(&it.thing, Thing::Map(_)));
        let Some(arguments) = map.map(|map| map.api_arguments(self.source)) else { return nodes };
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

    /// A helper in which nothing was seen to send may do so in a way that is
    /// not followed; what it is given still names an action.
    fn named_instead(&mut self, at: &Range<usize>, function: &Function, given: &Given) {
        let call = Call {
            at: at.clone(),
            name: function.name.clone(),
            plain_name: self.plain_name(&function.name),
            object: None,
            callee: Thing::unknown(function.name.clone()),
            written: function.name.clone(),
            given: given.clone(),
            arguments: &[],
        };
        if call.hint().likelihood() == Likelihood::Yes
            && !self.offer_command(&call)
            && !self.offer_request(&call)
        {
            self.offer_named(&call);
        }
    }

    /// What a function returns, by what was seen and by its declared types.
    pub(super) fn returned(&mut self, function: &Function, seen: Option<Vec<Thing>>) -> Thing {
        let seen = seen.unwrap_or_default();
        let count = seen.len().max(function.returns.len());
        let mut things = Vec::new();
        for index in 0..count {
            let thing = seen.get(index).cloned();
            let vague =
                thing.as_ref().is_none_or(|it| matches!(it, Thing::Unknown(_) | Thing::Absent));
            let declared = function.returns.get(index).filter(|_| vague);
            let tainted = thing.as_ref().is_some_and(Thing::is_tainted);
            let declared = declared.and_then(|it| self.of_type(it, &function.name, tainted));
            let unknown = || Thing::unknown(function.name.clone());
            things.push(declared.or(thing).unwrap_or_else(unknown));
        }
        match things.len() {
            0 => Thing::Absent,
            1 => things.swap_remove(0),
            _ => Thing::list(things, Rest::Closed),
        }
    }

    /// Gives the parameters of a function what a call gives.
    fn bind_given(&mut self, number: usize, bound: Option<&Thing>, given: &Given) {
        let unit = self.unit;
        let Some(function) = unit.functions.get(number) else { return };
        if let Some(receiver) = &function.receiver {
            self.bind(receiver, bound.cloned().unwrap_or_else(|| receiver_of(function)));
        }
        let matched = matched(function, given);
        for (index, parameter) in function.parameters.iter().enumerate() {
            let known = matched.iter().find(|(at, _)| *at == index).map(|it| it.1.clone());
            let thing = match (known, &parameter.default) {
                (Some(Thing::Unknown(unknown)), _) => self
                    .of_type(&parameter.kind, &parameter.name, unknown.tainted)
                    .unwrap_or(Thing::Unknown(unknown)),
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

/// What each parameter is given.
pub(super) fn matched(function: &Function, given: &Given) -> Vec<(usize, Thing)> {
    let mut matched = Vec::new();
    let mut positional = given.positional.iter();
    for (index, parameter) in function.parameters.iter().enumerate() {
        let thing = if parameter.is_options {
            Some(options(function, given))
        } else if parameter.is_rest {
            let rest = positional.by_ref().map(|it| it.thing.clone()).collect();
            Some(Thing::list(rest, given.rest))
        } else if let Some(named) = given.keyword(&parameter.name) {
            Some(named.thing.clone())
        } else {
            positional.next().map(|it| it.thing.clone())
        };
        matched.extend(thing.map(|thing| (index, thing)));
    }
    matched
}

/// What a call gives by names that no other parameter has.
fn options(function: &Function, given: &Given) -> Thing {
    let is_own = |name: &str| function.parameters.iter().any(|it| *it.name == *name);
    let others = given.keywords.iter().filter(|(name, _)| !is_own(name));
    let entries = others.map(|(name, it)| (name.clone(), it.thing.clone()));
    Thing::map(entries.collect(), given.rest)
}

/// Whether one of several values says more than where it comes from.
fn is_of_use(returned: &Thing) -> bool {
    matches!(returned, Thing::OneOf(_)) && returned.told().is_none()
}

/// Whether what a function returns depends on what it is given, in a way that
/// matters.
fn is_changing(returns: &Thing) -> bool {
    match returns {
        Thing::Unknown(unknown) => unknown.tainted,
        Thing::List(list) => list.items.iter().any(is_changing),
        Thing::Request(_) | Thing::Map(_) | Thing::OneOf(_) => true,
        Thing::Text(text) => text.whole.is_none() && returns.is_tainted(),
        _ => false,
    }
}

/// Whether a function that is given this may send it.
fn is_worth_following(thing: &Thing) -> bool {
    match thing {
        Thing::Request(_) | Thing::Method(_) | Thing::Function(..) => true,
        Thing::List(list) => list.items.iter().any(|item| match item {
            Thing::Text(_) => matches!(item.as_text(), Some("aliyun" | "ecs")),
            other => matches!(other, Thing::Request(_)),
        }),
        Thing::Map(map) => super::literal::names_action(map),
        Thing::Text(text) => {
            super::script::mentions_cli(text)
                || thing.as_text().is_some_and(|it| it.eq_ignore_ascii_case("ecs"))
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
