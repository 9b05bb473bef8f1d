//! Builds the graph of a procedure from its nodes.

use std::ops::Range;

use super::catch::Catch;
use super::premise::{self, Premise};
use super::{Aftermath, Event, Graph, Look, Place, Point, PointId, Refusal, Turns, Way};
use crate::procedure::{
    Arm, Ask, Attempt, Bound, Failure, Guard, Handler, Invocation, Leave, Node, Operation,
    Repetition,
};

/// How many points a graph has at most; what is beyond stands in one line.
const MOST_POINTS: usize = 1 << 20;

/// How much is kept of what a loop waits for, in bytes.
const MOST_AWAITED: usize = 2000;

/// How many premises are kept at a place.
const MOST_PREMISES: usize = 12;

/// Stands for a point that is yet to be made.
const NOWHERE: PointId = PointId::MAX;

/// Ways that lead to whatever comes next.
type Ends = Vec<(PointId, Way)>;

pub(super) fn graph(body: &[Node]) -> Graph {
    let mut builder = Builder::default();
    let start = builder.point(Event::Pass, Vec::new());
    let ends = builder.block(body, vec![(start, Way::Works)]);
    builder.point(Event::Pass, ends);
    builder.graph
}

#[derive(Default)]
struct Builder {
    graph: Graph,
    /// Number of the next step.
    next: usize,
    /// Where failures start that nothing has taken yet.
    raised: Ends,
    /// Where the innermost loop is left, and where it is started anew.
    left: Ends,
    turned: Ends,
    /// Where the innermost function is left, and where it fails.
    returned: Ends,
    refused: Ends,
    /// Where it is left with something that counts as false, and as true.
    answered: [Ends; 2],
    /// Whether the answer of the function that is called next decides what runs, and
    /// where that has been left with which answer.
    asked: bool,
    told: [Ends; 2],
    /// Where the procedure is left, and where it fails.
    ended: Ends,
    failed: Ends,
    /// The attempts around the current place, the innermost last.
    attempts: Vec<Catch>,
    /// The looks that found a lock on the way to the current place.
    locked: Vec<usize>,
    /// The looks that come next where nodes are walked once more.
    again: Range<usize>,
    loops: Vec<usize>,
    /// What is so at the current place, the innermost last.
    premises: Vec<usize>,
    /// What the function is given that the current place is in.
    given: String,
    /// The run of a function that the current place is in, and how many there are.
    scope: usize,
    scopes: usize,
}

impl Builder {
    fn point(&mut self, event: Event, from: Ends) -> PointId {
        let id = PointId::try_from(self.graph.points.len()).unwrap_or(PointId::MAX);
        self.graph.points.push(Point { event, ways: Vec::new() });
        self.connect(from, id);
        id
    }

    fn connect(&mut self, from: Ends, to: PointId) {
        for (point, way) in from {
            self.graph.points[point as usize].ways.push((way, to));
        }
    }

    fn block(&mut self, nodes: &[Node], mut ends: Ends) -> Ends {
        for node in nodes {
            ends = self.node(node, ends);
        }
        ends
    }

    fn node(&mut self, node: &Node, ends: Ends) -> Ends {
        match node {
            Node::Call(operation) => self.step(operation, ends),
            Node::Expand(_) => ends,
            Node::Sequence(body) => self.block(body, ends),
            Node::Branch(arms) => {
                let fork = self.point(Event::Pass, ends);
                let mut after = self.arms(arms, fork);
                if arms.iter().all(|arm| arm.condition.is_some()) {
                    after.push((fork, Way::Works));
                }
                after
            }
            Node::Loop(repetition) => self.repetition(repetition, ends),
            Node::Attempt(attempt) => self.attempt(attempt, ends),
            Node::Guard(guard) => self.guard(guard, ends),
            Node::Invoke(invocation) => self.invocation(invocation, ends),
            Node::Ask(ask) => self.ask(ask, ends),
            Node::Leave(leave) => self.leave(*leave, ends),
        }
    }

    /// Alternatives: where one runs, its condition holds, and those before it do not.
    fn arms(&mut self, arms: &[Arm], fork: PointId) -> Ends {
        let mut after = Ends::new();
        let outer = self.premises.len();
        for arm in arms {
            let before = self.premises.len();
            let said = premise::premises(arm.condition.as_deref().unwrap_or_default());
            self.suppose(said.iter().cloned());
            after.append(&mut self.block(&arm.body, vec![(fork, Way::Works)]));
            self.premises.truncate(before);
            // Of several that hold together any one may be what does not hold.
            let [only] = said.as_slice() else { continue };
            // A mere name may be that of a value that something else is compared with.
            if !only.values.is_empty() {
                self.suppose([only.reversed()]);
            }
        }
        self.premises.truncate(outer);
        after
    }

    fn suppose(&mut self, premises: impl IntoIterator<Item = Premise>) {
        for premise in premises {
            if self.premises.len() >= MOST_PREMISES {
                return;
            }
            self.premises.push(self.graph.premises.len());
            let repeated = !self.loops.is_empty();
            self.graph.premises.push(Premise { scope: self.scope, repeated, ..premise });
        }
    }

    fn leave(&mut self, leave: Leave, mut ends: Ends) -> Ends {
        match leave {
            Leave::Turn => self.turned.append(&mut ends),
            Leave::Loop => self.left.append(&mut ends),
            Leave::Function => self.returned.append(&mut ends),
            Leave::FailingFunction => self.refused.append(&mut ends),
            Leave::Answer(truth) => self.answered[usize::from(truth)].append(&mut ends),
            Leave::Raise => self.raised.append(&mut ends),
            Leave::Procedure => self.ended.append(&mut ends),
            Leave::Failing => self.failed.append(&mut ends),
        }
        Ends::new()
    }

    /// A function in the place of its call: a return in it leads behind it, and
    /// its loops are its own.
    fn invocation(&mut self, invocation: &Invocation, ends: Ends) -> Ends {
        let outer = (
            std::mem::take(&mut self.returned),
            std::mem::take(&mut self.left),
            std::mem::take(&mut self.turned),
        );
        let raised = std::mem::take(&mut self.raised);
        let refused = std::mem::take(&mut self.refused);
        let answered = std::mem::take(&mut self.answered);
        let is_asked = std::mem::take(&mut self.asked);
        self.scopes += 1;
        let caller = std::mem::replace(&mut self.scope, self.scopes);
        let mut given = String::new();
        let values = invocation.given.iter().filter_map(|(_, value)| value.as_text());
        values.for_each(|value| note(&mut given, value));
        std::mem::swap(&mut self.given, &mut given);
        let before = (self.ended.len(), self.failed.len());
        let goes_on = invocation.failure != Failure::Raises;
        if goes_on {
            let silent = invocation.failure == Failure::Discarded;
            self.attempts.push(Catch::of(&[Handler { silent, ..Handler::default() }], None));
        }
        let mut after = self.block(&invocation.body, ends);
        self.scope = caller;
        self.given = given;
        let mut told = std::mem::replace(&mut self.answered, answered);
        if is_asked && told.iter().any(|ends| !ends.is_empty()) {
            // Coming to its end, a function answers with nothing.
            told[0].append(&mut after);
            self.told = told;
        } else {
            after.extend(told.into_iter().flatten());
        }
        after.append(&mut self.returned);
        (self.returned, self.left, self.turned) = outer;
        let mut own = std::mem::replace(&mut self.raised, raised);
        own.append(&mut std::mem::replace(&mut self.refused, refused));
        if invocation.process {
            after.extend(self.ended.split_off(before.0));
            own.extend(self.failed.split_off(before.1));
        }
        if goes_on {
            self.attempts.pop();
            after.extend(own);
        } else {
            self.raised.extend(own);
        }
        after
    }

    /// What is left without an answer that is known may lead either way.
    fn ask(&mut self, ask: &Ask, ends: Ends) -> Ends {
        self.asked = true;
        let unsure = self.block(&ask.question, ends);
        self.asked = false;
        let [no, yes] = std::mem::take(&mut self.told);
        let mut after = Ends::new();
        for (told, body) in [(yes, &ask.holds), (no, &ask.otherwise)] {
            let from = told.into_iter().chain(unsure.iter().copied()).collect();
            let fork = self.point(Event::Pass, from);
            after.append(&mut self.block(body, vec![(fork, Way::Works)]));
        }
        after
    }

    fn step(&mut self, operation: &Operation, ends: Ends) -> Ends {
        let number = self.next;
        self.next += 1;
        let point = self.point(Event::Step(number), ends);
        if self.graph.places.len() <= number {
            let place = self.place(operation.failure);
            self.graph.places.push(place);
        }
        let fails = (point, Way::Fails);
        if operation.failure == Failure::Raises {
            self.raised.push(fails);
            return vec![(point, Way::Works)];
        }
        vec![(point, Way::Works), fails]
    }

    fn place(&self, failure: Failure) -> Place {
        let turns = self.loops.last().copied();
        let premises = self.premises.clone();
        let place = |failure| Place { failure, turns, premises, ..Place::default() };
        let catch = match failure {
            Failure::Continues => return place(Aftermath::GoesOn),
            Failure::Discarded => return place(Aftermath::Swallowed),
            Failure::Raises => self.attempts.last(),
        };
        let Some(catch) = catch else { return place(Aftermath::Ends) };
        let around = self.attempts.iter().rev().nth(1);
        let refusal = (!catch.only.is_empty()).then(|| Refusal {
            only: catch.only.clone(),
            failure: around.map_or(Aftermath::Ends, |catch| catch.failure),
            caught_by: around.map(|catch| catch.takes.clone()).unwrap_or_default(),
            ignored: around.map(|catch| catch.ignores.clone()).unwrap_or_default(),
            to: NOWHERE,
        });
        Place {
            caught_by: catch.takes.clone(),
            ignored: catch.ignores.clone(),
            refusal,
            ..place(catch.failure)
        }
    }

    fn guard(&mut self, guard: &Guard, ends: Ends) -> Ends {
        let number = self.look(guard);
        let point = self.point(Event::Look(number), ends);
        let mut after = self.block(&guard.body, vec![(point, Way::Works)]);
        self.locked.push(number);
        after.append(&mut self.block(&guard.locked, vec![(point, Way::Fails)]));
        self.locked.pop();
        after
    }

    /// The number of a look. One that looks closer at what another found counts as
    /// one with it: whichever finds nothing, there is no lock.
    fn look(&mut self, guard: &Guard) -> usize {
        let looks = &self.graph.looks;
        let same = |number: &&usize| looks[**number].target == guard.target;
        if let Some(number) = self.locked.iter().rev().find(same) {
            return *number;
        }
        if let Some(number) = self.again.next() {
            return number;
        }
        self.graph.looks.push(Look { span: guard.span, target: guard.target.clone() });
        self.graph.looks.len() - 1
    }

    fn repetition(&mut self, repetition: &Repetition, ends: Ends) -> Ends {
        let number = self.graph.loops.len();
        let Repetition { item, conditional, retries, bound, .. } = repetition;
        self.graph.loops.push(Turns {
            item: item.clone(),
            conditional: *conditional,
            retries: *retries,
            endless: *conditional && *bound == Bound::Unseen,
            awaits: self.awaited(repetition),
            back: Vec::new(),
            out: Vec::new(),
        });
        let start = self.point(Event::Pass, ends);
        let before = (self.returned.len(), self.ended.len(), self.failed.len());
        let refused = self.refused.len();
        let answered = self.answered.each_ref().map(Vec::len);
        let outer = (std::mem::take(&mut self.left), std::mem::take(&mut self.turned));
        self.loops.push(number);
        let mut back = self.block(&repetition.body, vec![(start, Way::Works)]);
        self.loops.pop();
        let (left, mut turned) = (
            std::mem::replace(&mut self.left, outer.0),
            std::mem::replace(&mut self.turned, outer.1),
        );
        back.append(&mut turned);
        let turns = &mut self.graph.loops[number];
        turns.back.clone_from(&back);
        turns.out.clone_from(&left);
        let leaving = self.returned[before.0..].iter();
        let leaving = leaving.chain(&self.ended[before.1..]).chain(&self.failed[before.2..]);
        let leaving = leaving.chain(&self.refused[refused..]);
        let answers = self.answered.iter().zip(answered);
        let leaving = leaving.chain(answers.flat_map(|(ends, before)| &ends[before..]));
        turns.out.extend(leaving);
        if repetition.bound == Bound::Fails {
            self.raised.extend(back.iter().copied());
        }
        back.extend(left);
        back
    }

    fn awaited(&self, repetition: &Repetition) -> String {
        let mut awaited = String::new();
        note(&mut awaited, &repetition.condition);
        note(&mut awaited, &self.given);
        if repetition.conditional {
            conditions(&repetition.body, &mut awaited);
        }
        awaited
    }

    fn attempt(&mut self, attempt: &Attempt, ends: Ends) -> Ends {
        let outer = std::mem::take(&mut self.raised);
        let before = (self.returned.len(), self.ended.len(), self.failed.len());
        let refused = self.refused.len();
        let answered = self.answered.each_ref().map(Vec::len);
        let first = self.graph.places.len();
        let catch = Catch::of(&attempt.handlers, self.attempts.last());
        self.attempts.push(catch);
        let mut after = self.block(&attempt.body, ends);
        let catch = self.attempts.pop();
        let raised = std::mem::replace(&mut self.raised, outer);
        let mut leaving = Ends::new();
        if attempt.handlers.is_empty() {
            after.extend(raised);
        } else {
            let caught = self.point(Event::Pass, raised);
            for handler in &attempt.handlers {
                let mut end = self.block(&handler.body, vec![(caught, Way::Works)]);
                let to = if handler.leaves { &mut leaving } else { &mut after };
                to.append(&mut end);
            }
            if catch.is_some_and(|catch| !catch.only.is_empty()) {
                leaving.push((self.refused(first), Way::Works));
            }
        }
        if attempt.finally.is_empty() {
            self.raised.append(&mut leaving);
            return after;
        }
        let returning = self.returned.split_off(before.0);
        let ending = self.ended.split_off(before.1);
        let failing = self.failed.split_off(before.2);
        leaving.extend(returning.into_iter().chain(ending).chain(failing));
        leaving.extend(self.refused.split_off(refused));
        for (ends, before) in self.answered.iter_mut().zip(answered) {
            leaving.extend(ends.split_off(before));
        }
        self.in_any_case(&attempt.finally, after, leaving)
    }

    /// A point for the failures of the steps from a number on that a handler is not
    /// for.
    fn refused(&mut self, first: usize) -> PointId {
        let to = self.point(Event::Pass, Ends::new());
        for place in self.graph.places.iter_mut().skip(first) {
            if let Some(refusal) = place.refusal.as_mut().filter(|it| it.to == NOWHERE) {
                refusal.to = to;
            }
        }
        to
    }

    /// What runs whether the attempt is over or is left for good: its steps have a
    /// point for each.
    fn in_any_case(&mut self, nodes: &[Node], after: Ends, leaving: Ends) -> Ends {
        let next = self.next;
        if self.graph.points.len() >= MOST_POINTS || leaving.is_empty() {
            return self.block(nodes, after);
        }
        let first = self.next_look();
        let ends = self.block(nodes, leaving);
        self.returned.extend(ends);
        self.next = next;
        let looks = first..self.next_look();
        let outer = std::mem::replace(&mut self.again, looks);
        let after = self.block(nodes, after);
        self.again = outer;
        after
    }

    fn next_look(&self) -> usize {
        if self.again.is_empty() { self.graph.looks.len() } else { self.again.start }
    }
}

/// Adds a text to others, as far as there is room.
fn note(all: &mut String, text: &str) {
    if all.len() + text.len() < MOST_AWAITED {
        all.push_str(text);
        all.push('\n');
    }
}

/// The conditions in the body of a loop.
fn conditions(nodes: &[Node], all: &mut String) {
    for node in nodes {
        match node {
            Node::Branch(arms) => {
                let conditions = arms.iter().filter_map(|arm| arm.condition.as_deref());
                conditions.for_each(|text| note(all, text));
            }
            Node::Ask(ask) => note(all, &ask.condition),
            _ => {}
        }
        node.bodies().into_iter().for_each(|body| conditions(body, all));
    }
}
