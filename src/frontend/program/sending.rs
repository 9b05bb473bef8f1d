//! What makes a call an operation: a client's method, a request that is sent,
//! a command line that is run, arguments that name an action.

use super::calls::Call;
use super::dialect::Means;
use super::given::{Argument, Given, only_checks};
use super::hints::{Hint, Likelihood};
use super::literal::could_be_named;
use super::machine::{Machine, Tentative};
use super::nodes::weakened;
use super::request::{Ours, Request, VERSION};
use super::thing::{Method, Name, Product, Rest, Thing};
use crate::procedure::{Action, Arguments, Arm, Evidence, Failure, Node, Operation};

impl<'c> Machine<'c> {
    /// A call of an action's method.
    pub(super) fn call_action(&mut self, call: &Call<'c>, method: &Method, evidence: Evidence) {
        let request = method.request.clone().or_else(|| {
            // A method that is called by its name is given a list of arguments.
            let requests = call.given.all().flat_map(|argument| match &argument.thing {
                Thing::List(list) => list.items.as_slice(),
                other => std::slice::from_ref(other),
            });
            requests.into_iter().find(|thing| is_request(thing)).cloned()
        });
        let arguments = match request {
            Some(Thing::Request(slot)) => self.request_arguments(slot),
            Some(_) => Arguments { given: Vec::new(), open: true },
            None => self.plain_arguments(call, &method.action),
        };
        self.operate(call, &method.action, &arguments, evidence, Failure::Raises);
    }

    fn request_arguments(&mut self, slot: usize) -> Arguments {
        self.run.sent.insert(slot);
        let request = self.state.request(slot);
        request.map_or_else(Arguments::default, |request| request.arguments.clone())
    }

    /// The arguments of a method that takes them as they are: in a map, or what
    /// it acts on first.
    fn plain_arguments(&self, call: &Call<'c>, action: &Thing) -> Arguments {
        let maps = call.given.positional.iter().find(|it| matches!(it.thing, Thing::Map(_)));
        if let Some(map) = maps {
            return map.api_arguments(self.source);
        }
        let mut arguments = Arguments { given: Vec::new(), open: true };
        let known = action.as_text().and_then(|name| self.context.catalogue.get(name));
        let parameter = known.and_then(|action| action.target_parameters().first());
        let values = call.given.positional.iter().find(|it| self.may_name_target(it));
        if let (Some(parameter), Some(value)) = (parameter, values) {
            arguments.given.push((parameter.clone(), value.value(self.source)));
        }
        arguments
    }

    fn may_name_target(&self, argument: &Argument) -> bool {
        let written = self.source.text[argument.at.clone()].to_ascii_lowercase();
        match &argument.thing {
            Thing::Text(_) => !written.bytes().all(|it| it.is_ascii_digit()),
            Thing::Unknown(_) => written.ends_with("id"),
            _ => false,
        }
    }

    /// Adds the operation that a call is.
    pub(super) fn operate(
        &mut self,
        call: &Call<'c>,
        action: &Thing,
        arguments: &Arguments,
        evidence: Evidence,
        failure: Failure,
    ) {
        if only_checks(arguments) {
            return;
        }
        let span = self.span(&call.at);
        let answer = self.answer_of(&call.at, action, arguments);
        let operation = |action: Action, evidence| {
            let operation = Operation::direct(action, span, arguments.clone());
            let answer = Some(answer.to_string());
            Node::Call(Operation { evidence, failure, answer, ..operation })
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
                    "…" => self.shown(&call.at).to_string(),
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
            self.emit(&call.at, nodes);
        }
    }

    /// Whether a method of this name sends a request.
    pub(super) fn is_sender(&self, name: &str) -> bool {
        self.dialect.senders.iter().any(|(known, _)| *known == name)
    }

    /// A call of something of which only the name is known.
    pub(super) fn call_unknown(&mut self, call: &Call<'c>) -> Thing {
        if self.dialect.common_requests.contains(&&*call.name) {
            return self.common(call);
        }
        if super::receivers::names_client(&call.name) {
            return Thing::Client(Product::Likely);
        }
        if super::bound::is_told_client(&call.name, &call.given) {
            return Thing::Client(Product::Ecs);
        }
        if let Some(known) = self.connected(call).or_else(|| self.http_request(call)) {
            return known;
        }
        let done = self.call_process(call)
            || self.send_by_name(call)
            || self.call_rpc(call)
            || self.call_maybe_bound(call)
            || self.call_unknown_receiver(call);
        if !done {
            self.offer(call);
        }
        if let Some(map) = super::values::signed(call) {
            return map;
        }
        self.hand_on_to(call);
        let all = call.given.all().map(|argument| &argument.thing);
        let object = call.object.iter().map(|(object, _)| object).chain([&call.callee]);
        Thing::derived(self.shown(&call.at), all.chain(object))
    }

    /// A call that sends a request by its name.
    fn send_by_name(&mut self, call: &Call<'c>) -> bool {
        let Some((_, failure)) = self.dialect.senders.iter().find(|it| *it.0 == *call.name) else {
            return false;
        };
        let own = call.object.as_ref().map(|(object, _)| object.clone());
        let given = call.given.all().map(|argument| argument.thing.clone());
        let Some(request) = own.into_iter().chain(given).find(is_request) else {
            return self.send_expected(call) || self.send_unknown(call, *failure);
        };
        // A function of that name is a helper, of which nothing is known.
        let failure = if call.object.is_some() { failure } else { &Failure::Raises };
        let extra = call.given.positional.iter().find_map(|it| self.naming().tea_map(it));
        let by_ours =
            matches!(call.object, Some((Thing::Client(Product::Ecs | Product::Likely), _)));
        let several = request.alternatives().len() > 1;
        let mut arms = Vec::new();
        for alternative in request.alternatives() {
            let Thing::Request(slot) = alternative else { continue };
            let ((), body) = self.apart(|machine| {
                if by_ours {
                    machine.assume_ours(*slot);
                }
                machine.send_one(call, *slot, extra.as_ref(), *failure);
            });
            if several {
                let body = weakened(body, Evidence::Possible);
                let condition = Some(call.written.to_string());
                arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            } else {
                self.out.extend(body);
            }
        }
        self.out.extend((!arms.is_empty()).then_some(Node::Branch(arms)));
        true
    }

    /// A request of which nothing is known is sent, by a method whose name leaves no
    /// doubt.
    fn send_unknown(&mut self, call: &Call<'c>, failure: Failure) -> bool {
        let Some(first) = call.given.nth(0, "request") else { return false };
        let is_plain = call.name.to_ascii_lowercase().replace('_', "").contains("doaction");
        if !is_plain || !matches!(first.thing, Thing::Unknown(_)) || !self.mentions_ecs() {
            return is_plain;
        }
        let (thing, open) = (first.thing.clone(), Arguments { given: Vec::new(), open: true });
        self.operate(call, &thing, &open, Evidence::Possible, failure);
        true
    }

    /// What a client for ECS sends is for ECS where it says nothing else.
    fn assume_ours(&mut self, slot: usize) {
        self.state.change(slot, |request| {
            if request.is_ours() == Ours::Unknown {
                request.version = Thing::known(VERSION, 0..0);
            }
        });
    }

    fn send_one(
        &mut self,
        call: &Call<'c>,
        slot: usize,
        extra: Option<&Arguments>,
        failure: Failure,
    ) {
        self.run.sent.insert(slot);
        let Some(request) = self.state.request(slot).cloned() else { return };
        let Some(evidence) = self.evidence(&request) else { return };
        let mut arguments = request.arguments;
        if let Some(extra) = extra {
            arguments.given.extend(extra.given.iter().cloned());
            arguments.open |= extra.open;
        }
        let action = match request.action {
            Thing::Absent => Thing::unknown(self.shown(&call.at)),
            other => other,
        };
        self.operate(call, &action, &arguments, evidence, failure);
    }

    /// How sure it is that a request is one of ECS; none if it is not, or if
    /// callers decide it.
    fn evidence(&mut self, request: &Request) -> Option<Evidence> {
        match request.is_ours() {
            Ours::No => None,
            Ours::Yes => Some(Evidence::Certain),
            Ours::Tainted => {
                self.run.parametric = true;
                None
            }
            Ours::Unknown if request.action.is_tainted() => {
                self.run.parametric = true;
                None
            }
            Ours::Unknown => {
                let name = request.action.as_text()?;
                let known = self.context.catalogue.get(name).is_some();
                (known && self.mentions_ecs()).then_some(Evidence::Possible)
            }
        }
    }

    /// Whether the file has to do with ECS at all.
    pub(super) fn mentions_ecs(&self) -> bool {
        self.facts.names_version || self.facts.imports_ecs || self.facts.imports(Means::Requests)
    }

    /// A method of the SDKs that is given product or version, and action.
    fn call_rpc(&mut self, call: &Call<'c>) -> bool {
        if self.is_bound(call) {
            return self.call_bound(call, Evidence::Certain);
        }
        if !self.dialect.rpc.contains(&&*call.name) {
            return false;
        }
        if let Some(named) = self.naming().named_by_arguments(&call.given) {
            self.operate(call, &named.action, &named.arguments, Evidence::Certain, Failure::Raises);
            return true;
        }
        let things: Vec<&Argument> = call.given.all().collect();
        let is_ours = |it: &Argument| {
            it.thing.as_text().is_some_and(|it| it == VERSION || it.eq_ignore_ascii_case("ecs"))
        };
        let Some(last) = things.iter().rposition(|it| is_ours(it)) else {
            self.run.parametric |= things.iter().any(|it| it.thing.is_tainted());
            return true;
        };
        let is_other = |it: &&Argument| super::literal::names_other(&it.thing);
        let action = things.get(last + 1).filter(|_| !things.iter().any(is_other));
        if let Some(action) = action {
            let map = things.iter().find(|it| matches!(it.thing, Thing::Map(_)));
            let open = Arguments { given: Vec::new(), open: true };
            let arguments = map.map_or(open, |map| map.api_arguments(self.source));
            let action = action.thing.clone();
            self.operate(call, &action, &arguments, Evidence::Certain, Failure::Raises);
        }
        true
    }

    /// A call of a function that is not known: does what it is given make it
    /// an operation?
    fn offer(&mut self, call: &Call<'c>) {
        if call.hint().is_silent() || self.dialect.silent.contains(&&*call.name) {
            return;
        }
        let method = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Method(method) => Some(method.clone()),
            _ => None,
        });
        if let Some(method) = method {
            self.call_action(call, &method, Evidence::Certain);
        } else if !self.offer_command(call) && !self.offer_request(call) && !self.offer_object(call)
        {
            self.offer_named(call);
        }
    }

    /// A request among the arguments: whoever takes it may send it.
    pub(super) fn offer_request(&mut self, call: &Call<'c>) -> bool {
        let request = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Request(slot) => Some(*slot),
            _ => None,
        });
        let Some(slot) = request else { return false };
        // A method that is found by its name is called on the request.
        let first = call.given.positional.first().map(|argument| &argument.thing);
        if call.given.positional.len() > 1
            && self.dialect.call_methods.contains(&&*call.name)
            && first == Some(&Thing::Request(slot))
        {
            return true;
        }
        let spells = self.dialect.action(&call.name, self.context.catalogue).is_some();
        if !spells && self.only_looks_at(call, slot) {
            return true;
        }
        let is_likely = spells || call.hint().likelihood() == Likelihood::Yes;
        if is_likely || call.hint().is_hinted() && !self.is_of_its_own(call, slot) {
            let was_sent = self.run.sent.contains(&slot);
            let ((), nodes) =
                self.apart(|machine| machine.send_one(call, slot, None, Failure::Raises));
            let nodes = if is_likely { nodes } else { weakened(nodes, Evidence::Possible) };
            self.out.extend(nodes);
            if !was_sent {
                self.run.sent.remove(&slot);
            }
            let span = self.span(&call.at);
            self.run.tentative.push(Tentative { span, slot, hinted: true });
        }
        true
    }

    /// Whether the name of a function, besides the action in it, says that it only
    /// looks at the request: `hashOfRunInstances`.
    fn only_looks_at(&self, call: &Call<'c>, slot: usize) -> bool {
        let action = self.state.request(slot).and_then(|it| it.action.as_text());
        let Some((before, after)) = action.and_then(|action| call.name.split_once(action)) else {
            return false;
        };
        let name: Name = format!("{before}{after}").into();
        let name = self.plain_name(&name);
        let hint = Hint { name: &name, ..call.hint() };
        hint.likelihood() == Likelihood::No
    }

    /// Whether a method is for one action alone, by its name: whoever declares it
    /// makes the call.
    fn is_of_its_own(&self, call: &Call<'c>, slot: usize) -> bool {
        let action = self.state.request(slot).and_then(|it| it.action.as_text());
        let action = action.unwrap_or_default().to_ascii_lowercase();
        let topics = call.hint().topics();
        call.object.is_some()
            && !topics.is_empty()
            && topics.iter().all(|topic| action.contains(topic.as_str()))
    }

    /// Arguments that name ECS and an action.
    pub(super) fn offer_named(&mut self, call: &Call<'c>) -> bool {
        let likelihood = call.hint().likelihood();
        if likelihood == Likelihood::No {
            return false;
        }
        let named = self.naming().named_by_arguments(&call.given);
        let named = named.or_else(|| {
            let is_ecs = likelihood == Likelihood::Yes && self.is_for_ecs(&call.name);
            is_ecs.then(|| self.naming().named_for_ecs(&call.given)).flatten()
        });
        let Some(named) = named else {
            self.run.parametric |= could_be_named(&call.given, likelihood == Likelihood::Yes);
            return self.offer_elsewhere(call, likelihood);
        };
        let sure = likelihood == Likelihood::Yes;
        if !sure && !call.hint().is_hinted() && !carries(&call.given) {
            return false;
        }
        let evidence = if sure { Evidence::Certain } else { Evidence::Possible };
        self.operate(call, &named.action, &named.arguments, evidence, Failure::Raises);
        true
    }
}

fn is_request(thing: &Thing) -> bool {
    thing.alternatives().iter().any(|thing| matches!(thing, Thing::Request(_)))
}

/// Whether there is more among arguments than a product and an action, which are
/// asked for as well as called.
fn carries(given: &Given) -> bool {
    let is_more = |it: &Argument| match it.thing.as_text() {
        Some(text) => text == VERSION,
        None => !matches!(it.thing, Thing::Absent),
    };
    given.rest != Rest::Closed || given.all().any(is_more)
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
