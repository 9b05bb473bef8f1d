//! Functions that others are given: what follows a promise, what is called for
//! each item of a list, what is told how a call ended.

use std::ops::Range;

use super::calls::Call;
use super::code::{Argument as Passed, Expression, Statement, Value};
use super::dialect::Chain;
use super::given::{Argument, Given};
use super::handling::{Told, is_silent, with_codes};
use super::machine::Machine;
use super::nodes::changed;
use super::statements::Flow;
use super::thing::{Name, Rest, Thing};
use crate::procedure::{Attempt, Failure, Handler, Invocation, Node, Repetition, has_calls};

/// Words in the name of a function that calls what it is given again and again.
const REPEATS: &[&str] = &["retry", "poll", "wait", "backoff", "until", "repeat", "retri"];

/// What a callback calls the failure that it is told of.
const FAILURES: &[&str] = &["err", "error", "e", "ex", "_err"];

/// What a function that follows something came to.
struct Followed {
    flow: Flow,
    nodes: Vec<Node>,
    returns: Thing,
    /// What it does about codes of errors, and whether it does nothing at all.
    told: Told,
    silent: bool,
}

impl<'c> Machine<'c> {
    /// `promise.then(…)`, `promise.catch(…)`: none if the call is another.
    pub(super) fn chained(
        &mut self,
        at: &Range<usize>,
        callee: &'c Expression,
        arguments: &'c [Passed],
    ) -> Option<Thing> {
        let Value::Member(object, name) = &callee.value else { return None };
        let (_, chain) = self.dialect.chains.iter().find(|(known, _)| **known == **name)?;
        let (owner, body) = self.apart(|machine| machine.eval(object));
        let mut followed = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let succeeded = *chain == Chain::Then && index == 0;
            let given = succeeded.then(|| owner.clone());
            followed.push(self.followed(at, argument, given));
        }
        let mut followed = followed.into_iter();
        let (mut otherwise, mut finally, mut result) = (Vec::new(), Vec::new(), owner);
        match chain {
            Chain::Then => {
                if let Some(success) = followed.next() {
                    otherwise = success.nodes;
                    result = success.returns;
                }
            }
            Chain::Catch => {}
            Chain::Finally => finally = followed.next().map(|it| it.nodes).unwrap_or_default(),
        }
        let handlers = followed.map(|it| {
            let (silent, leaves) = (it.silent, it.flow == Flow::Raises);
            let handler = Handler { silent, leaves, body: it.nodes, ..Handler::default() };
            with_codes(handler, it.told)
        });
        self.push_attempt(body, handlers.collect(), otherwise, finally);
        Some(result)
    }

    /// What a function does when its turn comes.
    fn followed(
        &mut self,
        at: &Range<usize>,
        function: &'c Passed,
        given: Option<Thing>,
    ) -> Followed {
        if let Value::Lambda(number) = function.value.value
            && self.unit.functions[number].name.is_empty()
        {
            self.offered.extend(given.map(|given| (number, given)));
            let mut flow = Flow::Falls;
            let (_, nodes, _) = self.alternative(|machine| {
                flow = machine.read_lambda(number);
                Flow::Falls
            });
            let returns = self.memory.summaries.get(&number).map(|summary| summary.returns.clone());
            let returns = returns.unwrap_or_else(|| Thing::unknown(self.shown(at)));
            let body = &self.unit.functions[number].body;
            let silent = is_silent(body) || self.is_dropped(at) && gives_plain(body);
            let told = self.told_by(body);
            return Followed { flow, nodes, returns, told, silent };
        }
        let (returns, nodes) = self.apart(|machine| {
            let thing = machine.eval(&function.value);
            let Thing::Function(number, bound) = thing else {
                return Thing::unknown(machine.shown(at));
            };
            let argument = given.map(|thing| Argument { thing, at: at.clone() });
            let given = Given { positional: argument.into_iter().collect(), ..Given::default() };
            machine.invoke(at, number, bound.as_deref(), &given)
        });
        Followed { flow: Flow::Falls, nodes, returns, told: Told::default(), silent: false }
    }

    /// Whether nobody looks at what the call at a place gives back.
    fn is_dropped(&self, at: &Range<usize>) -> bool {
        self.statement == (at.start, at.end)
    }

    /// Keeps what a lambda among the arguments will be given by a method that
    /// calls it for each item of its object. Answers whether it is one.
    pub(super) fn offer_items(
        &mut self,
        object: Option<&(Thing, &'c Expression)>,
        name: &Name,
        arguments: &'c [Passed],
    ) -> bool {
        let Some((owner, written)) = object else { return false };
        if !self.dialect.visitors.contains(&&**name) {
            return false;
        }
        if let Some(Value::Lambda(number)) = arguments.first().map(|it| &it.value.value)
            && matches!(owner, Thing::List(_) | Thing::Map(_))
        {
            let item = self.item(owner, self.shown(&written.at));
            self.offered.insert(*number, item);
        }
        true
    }

    /// What a function that a method calls for each item calls it.
    fn item_of_visit(&self, call: &Call<'c>) -> Option<String> {
        let Value::Lambda(number) = call.arguments.first()?.value.value else { return None };
        let parameter = self.unit.functions.get(number)?.parameters.first()?;
        Some(parameter.name.to_string())
    }

    /// Gives the first parameter of a lambda what is known to be given to it.
    pub(super) fn bind_offered(&mut self, number: usize) {
        let unit = self.unit;
        let Some(parameter) = unit.functions[number].parameters.first() else { return };
        if let Some(thing) = self.offered.get(&number).cloned()
            && !matches!(thing, Thing::Unknown(_) | Thing::Absent)
        {
            self.bind(&parameter.name, thing.named(&parameter.name));
        }
    }

    /// What a function is given that waits for it all: failures of one stop
    /// nothing.
    pub(super) fn settled(&mut self, arguments: &'c [Passed]) -> (Given, Vec<Node>) {
        let ((given, callbacks), nodes) = self.apart(|machine| machine.given(arguments));
        self.out.extend(going_on(nodes));
        (given, callbacks)
    }

    /// What a call is given, and what the lambdas among it do.
    pub(super) fn given(&mut self, arguments: &'c [Passed]) -> (Given, Vec<Node>) {
        let mut given = Given::default();
        let mut callbacks = Vec::new();
        for argument in arguments {
            let (thing, nodes) = self.apart(|machine| machine.eval(&argument.value));
            if matches!(argument.value.value, Value::Lambda(_)) {
                callbacks.extend(nodes);
            } else {
                self.out.extend(nodes);
            }
            let at = argument.value.at.clone();
            if argument.spreads {
                match &thing {
                    Thing::List(list) => {
                        let items = list.items.iter().cloned();
                        given
                            .positional
                            .extend(items.map(|thing| Argument { thing, at: at.clone() }));
                        given.rest = given.rest.max(list.rest);
                    }
                    Thing::Map(map) => {
                        let entries = map.entries.iter().cloned();
                        given.keywords.extend(
                            entries.map(|(name, thing)| (name, Argument { thing, at: at.clone() })),
                        );
                        given.rest = given.rest.max(map.rest);
                    }
                    other if other.is_tainted() => given.rest = Rest::Tainted,
                    _ => given.rest = given.rest.max(Rest::Open),
                }
                continue;
            }
            match &argument.name {
                Some(name) => given.keywords.push((name.clone(), Argument { thing, at })),
                None => given.positional.push(Argument { thing, at }),
            }
        }
        if self.dialect.keywords_make_map {
            given.gather_keywords();
        }
        (given, callbacks)
    }

    /// Adds what a call does itself, and what the lambdas that it is given do:
    /// over and over, if its name says so, or behind it, told how it ended.
    pub(super) fn push_with_callbacks(
        &mut self,
        call: &Call<'c>,
        own: Vec<Node>,
        callbacks: Vec<Node>,
        visits: bool,
    ) {
        if callbacks.is_empty() {
            self.out.extend(own);
            return;
        }
        if has_calls(&own) {
            self.out.extend(told(own, callbacks));
            return;
        }
        self.out.extend(own);
        let name = call.written.to_ascii_lowercase();
        let mut parts = name.rsplit(['.', ' ']).take(2);
        let repeats = parts.any(|part| REPEATS.iter().any(|word| part.contains(word)));
        if (repeats || visits) && has_calls(&callbacks) {
            let condition = call.written.to_string();
            let lock = call.object.as_ref().and_then(|(object, _)| object.lock());
            let turns = if visits {
                let (item, body) = (self.item_of_visit(call), callbacks);
                Node::Loop(Repetition { condition, item, body, ..Repetition::default() })
            } else {
                self.repeats(call, callbacks)
            };
            self.out.push(match lock {
                Some(lock) => self.guard(&lock, &call.at, vec![turns], Vec::new()),
                None => turns,
            });
        } else {
            self.out.extend(callbacks);
        }
    }
}

/// Whether a function does no more than give back a value that says nothing.
fn gives_plain(body: &[Statement]) -> bool {
    let is_plain = |value: &Expression| matches!(value.value, Value::Nothing | Value::Literal(_));
    matches!(body, [Statement::Return(values)] if values.iter().all(is_plain))
}

/// A call whose failure is told to a callback, which looks at it first or not
/// at all.
fn told(own: Vec<Node>, callback: Vec<Node>) -> Vec<Node> {
    let asks = |condition: &Option<String>| {
        let text = condition.as_deref().unwrap_or_default();
        FAILURES.contains(&text.split([' ', '!', '=']).next().unwrap_or_default())
    };
    let mut rest = callback.into_iter();
    match rest.next() {
        // What returns early is a body of its own.
        Some(Node::Invoke(body)) if rest.len() == 0 => {
            vec![Node::Invoke(Invocation { body: told(own, body.body), ..body })]
        }
        Some(Node::Branch(mut arms)) if arms.first().is_some_and(|arm| asks(&arm.condition)) => {
            let bad = arms.remove(0);
            let good = arms.into_iter().flat_map(|arm| arm.body);
            let body = own.into_iter().chain(good).chain(rest).collect();
            let handler = Handler { catches: bad.condition, body: bad.body, ..Handler::default() };
            vec![Node::Attempt(Attempt { body, handlers: vec![handler], finally: Vec::new() })]
        }
        first => going_on(own).into_iter().chain(first).chain(rest).collect(),
    }
}

/// The nodes where a failure does not keep the next step from running.
fn going_on(nodes: Vec<Node>) -> Vec<Node> {
    changed(nodes, &|operation| {
        if operation.failure == Failure::Raises {
            operation.failure = Failure::Continues;
        }
    })
}
