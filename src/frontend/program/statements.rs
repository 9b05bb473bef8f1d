//! Statements: control flow becomes branches, loops and attempts.

use super::code::{Catch, Expression, If, Statement, Switch, Try, Value};
use super::handling::with_codes;
use super::joining::join;
use super::locks::lock_case;
use super::machine::Machine;
use super::state::Changes;
use super::thing::Thing;
use crate::procedure::{Arm, Attempt, Handler, Leave, Node, has_calls};

/// Where control is after a statement.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Flow {
    /// At the next statement.
    Falls,
    /// Elsewhere in the procedure: at the loop's start or end.
    Jumps,
    /// At the caller.
    Returns,
    /// Wherever a failure goes: it raised or exited.
    Raises,
}

/// What an alternative came to: where control is, its nodes, and what it
/// changed if it comes back.
pub(super) type Alternative = (Flow, Vec<Node>, Option<Changes>);

impl<'c> Machine<'c> {
    /// Reads the statements of a block.
    pub(super) fn block(&mut self, block: &'c [Statement]) -> Flow {
        let mut flow = Flow::Falls;
        let mut at = 0;
        let decided = self.run.decided.len();
        while let Some(statement) = block.get(at) {
            let (after, read) =
                self.checked(&block[at..]).unwrap_or_else(|| (self.statement(statement), 1));
            // What follows a `return` is read all the same: it may be there for
            // a reason that cannot be seen.
            flow = if flow == Flow::Falls { after } else { flow };
            at += read;
            if after == Flow::Returns && self.leaves_for(statement) {
                break;
            }
        }
        self.run.decided.truncate(decided);
        flow
    }

    pub(super) fn statement(&mut self, statement: &'c Statement) -> Flow {
        if self.run.inlined {
            self.inlined_steps += 1;
            if self.is_exhausted() {
                return Flow::Falls;
            }
        }
        match statement {
            Statement::Plain(expression) => {
                self.dropped(expression);
                if !self.exits(expression) {
                    return Flow::Falls;
                }
                self.out.push(Node::Leave(Leave::Procedure));
                Flow::Raises
            }
            Statement::Assign(assign) => {
                self.assign(assign);
                self.note_question(assign);
                Flow::Falls
            }
            Statement::If(branch) => self.branch(branch),
            Statement::Chain(arms) => self.chain(arms),
            Statement::Global(names) => {
                if let Some(frame) = self.state.top() {
                    frame.globals.extend(names.iter().cloned());
                }
                Flow::Falls
            }
            Statement::Switch(switch) => self.switch(switch),
            Statement::Loop(repetition) => self.repetition(repetition),
            Statement::Try(attempt) => self.attempt(attempt),
            Statement::Defer(expression) => {
                let ((), nodes) = self.apart(|machine| machine.dropped(expression));
                self.run.at_end.push(nodes);
                Flow::Falls
            }
            Statement::Return(values) => self.return_statement(values),
            Statement::Raise(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                self.out.push(Node::Leave(Leave::Raise));
                Flow::Raises
            }
            Statement::Jump => Flow::Jumps,
            Statement::Break => {
                self.out.push(Node::Leave(Leave::Loop));
                Flow::Jumps
            }
            Statement::Continue => {
                self.out.push(Node::Leave(Leave::Turn));
                Flow::Jumps
            }
            Statement::Block(block) => self.block(block),
        }
    }

    fn return_statement(&mut self, values: &'c [Expression]) -> Flow {
        let kind = self.returned_type();
        let things: Vec<Thing> = self
            .expecting(kind, |machine| values.iter().map(|value| machine.eval(value)).collect());
        self.return_answers(&things);
        // Beside another value, none says only that nothing failed.
        let alone = things.len() == 1;
        let tells = |thing: &Thing| alone || !matches!(thing, Thing::Absent);
        let leave = self.answering(&things);
        let things = things.into_iter().map(|thing| {
            let any = tells(&thing);
            self.under_look(thing, any)
        });
        let things = things.collect();
        self.returns(things);
        self.out.push(Node::Leave(leave));
        Flow::Returns
    }

    /// Keeps what is returned here beside what is returned elsewhere.
    fn returns(&mut self, things: Vec<Thing>) {
        let things = match things.as_slice() {
            [] => vec![Thing::Absent],
            _ => things,
        };
        let before = self.run.returns.take();
        self.run.returns = Some(match before {
            Some(before) if before.len() == things.len() => {
                before.into_iter().zip(things).map(|(one, other)| join(one, other)).collect()
            }
            Some(before) if before.len() > things.len() => before,
            _ => things,
        });
    }

    /// What was put off until the end of the function.
    pub(super) fn deferred_calls(&mut self) {
        let at_end = std::mem::take(&mut self.run.at_end);
        // It runs before the function is left.
        let leaves = |node: &Node| matches!(node, Node::Leave(Leave::Function | Leave::Answer(_)));
        let leave = if at_end.is_empty() { None } else { self.out.pop_if(|node| leaves(node)) };
        self.out.extend(at_end.into_iter().rev().flatten());
        self.out.extend(leave.filter(|node| matches!(node, Node::Leave(Leave::Answer(_)))));
    }

    /// Reads one alternative and takes back what it did.
    pub(super) fn alternative(&mut self, read: impl FnOnce(&mut Self) -> Flow) -> Alternative {
        let mark = self.state.mark();
        let (flow, nodes) = self.apart(read);
        let changes = self.state.take_back(mark);
        (flow, nodes, (flow == Flow::Falls).then_some(changes))
    }

    fn branch(&mut self, branch: &'c If) -> Flow {
        if let Some(taken) = self.taken_branch(branch) {
            return self.block(taken);
        }
        let lock = self.eval(&branch.condition).told();
        let question = self.question(&branch.condition, lock.as_ref());
        let at = branch.condition.at.clone();
        let condition = Some(self.shown(&at).to_string());
        let (flow, body, change) = self.deciding(lock.as_ref(), true, |machine| {
            machine.alternative(|machine| machine.block(&branch.then))
        });
        let mut arms = vec![(lock.clone(), at.clone(), Arm { condition, body })];
        let mut changes: Vec<Changes> = change.into_iter().collect();
        let mut last = Flow::Falls;
        if let Some(otherwise) = &branch.otherwise {
            let (flow, body, change) = self.deciding(lock.as_ref(), false, |machine| {
                machine.alternative(|machine| machine.block(otherwise))
            });
            arms.push((None, at, Arm { condition: None, body }));
            changes.extend(change);
            last = flow;
        }
        self.state.merge(&changes, branch.otherwise.is_none());
        let nodes = self.by_answer(question, arms);
        self.out.extend(nodes);
        self.decide_rest(lock.as_ref(), flow, last);
        flow.min(last)
    }

    /// Two alternatives of which a condition chooses one.
    pub(super) fn either_way(
        &mut self,
        condition: &Expression,
        [then, otherwise]: [&'c [Statement]; 2],
    ) -> Flow {
        let (flow, body, change) = self.alternative(|machine| machine.block(then));
        let (last, rest, other) = self.alternative(|machine| machine.block(otherwise));
        self.state.merge(&change.into_iter().chain(other).collect::<Vec<_>>(), false);
        let condition = Some(self.shown(&condition.at).to_string());
        self.out
            .push(Node::Branch(vec![Arm { condition, body }, Arm { condition: None, body: rest }]));
        flow.min(last)
    }

    /// Conditions one after the other; the first is looked at in any case.
    fn chain(&mut self, chain: &'c [(Option<Expression>, Vec<Statement>)]) -> Flow {
        if let Some(taken) = self.taken_arm(chain) {
            return self.block(taken);
        }
        let mut arms = Vec::new();
        let mut changes = Vec::new();
        let mut flows = Vec::new();
        let mut rest = None;
        let mut question = None;
        for (number, (condition, block)) in chain.iter().enumerate() {
            let later = condition.as_ref().filter(|_| number > 0);
            let mut lock = None;
            if let (0, Some(first)) = (number, condition) {
                lock = self.eval(first).told();
                question = self.question(first, lock.as_ref());
            }
            let (flow, body, change) = self.alternative(|machine| {
                if let Some(condition) = later {
                    lock = machine.eval(condition).told();
                }
                let told = lock.clone();
                machine.deciding(told.as_ref(), true, |machine| machine.block(block))
            });
            let at = condition.as_ref().map_or(0..0, |it| it.at.clone());
            let condition = condition.as_ref().map(|it| self.shown(&it.at).to_string());
            if chain.len() == 1 {
                rest = lock.clone().map(|lock| (lock, flow));
            }
            arms.push((lock, at, Arm { condition, body }));
            changes.extend(change);
            flows.push(flow);
        }
        let has_else = chain.iter().any(|(condition, _)| condition.is_none());
        self.state.merge(&changes, !has_else);
        let nodes = self.by_answer(question, arms);
        self.out.extend(nodes);
        if let Some((lock, flow)) = rest {
            self.decide_rest(Some(&lock), flow, Flow::Falls);
        }
        if has_else { flows.into_iter().min().unwrap_or(Flow::Falls) } else { Flow::Falls }
    }

    fn switch(&mut self, switch: &'c Switch) -> Flow {
        if let Some(taken) = self.taken_case(switch) {
            return self.read_case(taken);
        }
        let subject = switch.subject.as_ref().map(|subject| self.eval(subject));
        let mut arms = Vec::new();
        let mut changes = Vec::new();
        let mut flows = Vec::new();
        let mut has_else = false;
        for case in &switch.cases {
            let is_else = case.values.is_empty();
            has_else |= is_else;
            let mut lock = None;
            let (flow, body, change) = self.alternative(|machine| {
                for value in &case.values {
                    let thing = machine.eval(value);
                    lock = lock.take().or_else(|| lock_case(subject.as_ref(), &thing));
                }
                let told = lock.clone();
                machine.deciding(told.as_ref(), true, |machine| machine.block(&case.body))
            });
            let values: Vec<_> = case.values.iter().map(|value| self.shown(&value.at)).collect();
            let at = case.values.first().map_or(0..0, |value| value.at.clone());
            arms.push((lock, at, Arm { condition: (!is_else).then(|| values.join(", ")), body }));
            changes.extend(change);
            // A jump out of a switch of a language in which `break` leaves it.
            flows.push(if flow == Flow::Jumps { Flow::Falls } else { flow });
        }
        self.state.merge(&changes, !has_else);
        let nodes = self.chosen(arms);
        self.out.extend(nodes);
        if has_else { flows.into_iter().min().unwrap_or(Flow::Falls) } else { Flow::Falls }
    }

    fn attempt(&mut self, attempt: &'c Try) -> Flow {
        let mark = self.state.mark();
        let (mut flow, body) = self.apart(|machine| machine.block(&attempt.body));
        let (after, otherwise) = self.apart(|machine| machine.block(&attempt.otherwise));
        flow = flow.max(after);
        let tried = self.state.take_back(mark);
        // A handler starts from anywhere in the body: what it has set counts as
        // a possibility.
        self.state.merge(std::slice::from_ref(&tried), true);
        let mut handlers = Vec::new();
        let mut changes = Vec::new();
        let mut flows = vec![flow];
        let mut spared = Vec::new();
        for catch in &attempt.catches {
            let (handler, flow, change) = self.handler(catch);
            if self.takes_other(catch) {
                spared.push(Arm { condition: handler.catches, body: handler.body });
            } else {
                handlers.push(handler);
            }
            changes.extend(change);
            flows.push(flow);
        }
        if flow == Flow::Falls {
            changes.push(tried);
        }
        self.state.merge(&changes, false);
        let (last, finally) = self.apart(|machine| machine.block(&attempt.finally));
        self.push_attempt(body, handlers, otherwise, finally);
        if spared.iter().any(|arm| has_calls(&arm.body)) {
            self.out.push(Node::Branch(spared));
        }
        flows.into_iter().min().unwrap_or(Flow::Falls).max(last)
    }

    fn handler(&mut self, catch: &'c Catch) -> (Handler, Flow, Option<Changes>) {
        let (flow, body, changes) = self.alternative(|machine| machine.block(&catch.body));
        let silent = self.passes_over(self.own_body(catch));
        let leaves = self.leaves(flow) && !silent;
        let told = self.told_by_catch(catch);
        let catches = catch.takes.clone();
        let handler = Handler { catches, silent, leaves, body, ..Handler::default() };
        let handler = with_codes(handler, told);
        (handler, flow, changes)
    }

    /// Whether a handler ends the procedure. A helper's `return` hides the
    /// failure from the caller it is read for.
    pub(super) fn leaves(&self, flow: Flow) -> bool {
        flow == Flow::Raises || flow == Flow::Returns && !self.run.inlined
    }

    /// Adds a `try` with its parts. What runs if nothing failed has failures of
    /// its own, which are not handled.
    pub(super) fn push_attempt(
        &mut self,
        body: Vec<Node>,
        handlers: Vec<Handler>,
        otherwise: Vec<Node>,
        finally: Vec<Node>,
    ) {
        let mut nodes = Vec::new();
        if handlers.is_empty() {
            nodes.extend(body);
            nodes.extend(otherwise);
        } else {
            let leave = handlers.iter().all(|handler| handler.leaves);
            nodes.push(Node::Attempt(Attempt { body, handlers, finally: Vec::new() }));
            if leave {
                nodes.extend(otherwise);
            } else if !otherwise.is_empty() {
                let condition = Some("no exception".to_owned());
                nodes.push(Node::Branch(vec![Arm { condition, body: otherwise }]));
            }
        }
        if finally.is_empty() {
            self.out.extend(nodes);
        } else {
            let rethrows =
                Handler { catches: None, leaves: true, body: Vec::new(), ..Handler::default() };
            let attempt = match <[Node; 1]>::try_from(nodes) {
                Ok([Node::Attempt(attempt)]) => Attempt { finally, ..attempt },
                Ok([node]) => Attempt { body: vec![node], handlers: vec![rethrows], finally },
                Err(nodes) => Attempt { body: nodes, handlers: vec![rethrows], finally },
            };
            self.out.push(Node::Attempt(attempt));
        }
    }
}

impl<'c> Machine<'c> {
    /// Whether an expression ends the process.
    fn exits(&self, expression: &'c Expression) -> bool {
        let Value::Call(callee, _) = &expression.value else { return false };
        let path = callee.path();
        path.is_some_and(|path| self.dialect.exits.contains(&path.as_str()))
    }
}
