//! Failures that are values: `if err != nil`, errors dropped, errors kept.

use super::code::{Assign, Expression, Statement, Value};
use super::dialect::Errors;
use super::handling::{Told, with_codes};
use super::machine::Machine;
use super::nodes::changed;
use super::statements::Flow;
use crate::procedure::{Attempt, Failure, Handler, Node};

impl<'c> Machine<'c> {
    /// An expression of which nobody looks at the value.
    pub(super) fn dropped(&mut self, expression: &'c Expression) {
        self.statement = (expression.at.start, expression.at.end);
        let (thing, nodes) = self.apart(|machine| machine.eval(expression));
        self.drop_answer(expression, &thing);
        let is_dropped = self.dialect.errors == Errors::Returned && is_call(expression);
        self.out.extend(if is_dropped { self.unheeded(expression, nodes) } else { nodes });
    }

    /// A statement whose call's failure is a value, with what looks at it: where
    /// control is then, and how many statements that was.
    pub(super) fn checked(&mut self, rest: &'c [Statement]) -> Option<(Flow, usize)> {
        if self.dialect.errors != Errors::Returned {
            return self.status_checked(rest);
        }
        match rest {
            [Statement::Assign(assign), after @ ..] => self.checked_assignment(assign, after),
            _ => None,
        }
    }

    fn checked_assignment(
        &mut self,
        assign: &'c Assign,
        after: &'c [Statement],
    ) -> Option<(Flow, usize)> {
        let last = assign.targets.last()?;
        if !assign.values.last().is_some_and(is_call) {
            return None;
        }
        let (thing, nodes) = self.apart(|machine| machine.assign(assign));
        if nodes.is_empty() {
            return Some((Flow::Falls, 1));
        }
        if assign.targets.first().is_some_and(|first| matches!(first.value, Value::Nothing)) {
            self.fates.drop(&thing);
        }
        let Value::Name(error) = &last.value else {
            let nodes = if matches!(last.value, Value::Nothing) {
                with(nodes, Failure::Discarded)
            } else {
                nodes
            };
            self.out.extend(nodes);
            return Some((Flow::Falls, 1));
        };
        // A failure that tells of a lock is looked at like any other value.
        let tells = self.lookup(error).lock().is_some();
        let between = kept_between(after, error);
        if let Some(Statement::If(branch)) = after.get(between).filter(|_| !tells)
            && let Some(fails) = looks_at(&branch.condition, error)
        {
            let (_, meanwhile) = self.apart(|machine| machine.block(&after[..between]));
            let nodes = nodes.into_iter().chain(meanwhile).collect();
            let none: &[Statement] = &[];
            let otherwise = branch.otherwise.as_deref().unwrap_or(none);
            let arms = if fails { (&*branch.then, otherwise) } else { (otherwise, &*branch.then) };
            let next = &after[between + 1..];
            let flow = self.handled(nodes, &branch.condition, arms, fails, next);
            return Some((flow, between + 2));
        }
        if throws_away(after, error) {
            self.out.extend(with(nodes, Failure::Discarded));
            return Some((Flow::Falls, 2));
        }
        // A variable that nothing looks at is no program of such a language.
        match self.asks_by_code(after) {
            Some(told) => {
                let handlers = vec![with_codes(Handler::default(), told)];
                let attempt = Attempt { body: nodes, handlers, finally: Vec::new() };
                self.out.push(Node::Attempt(attempt));
            }
            None => self.out.extend(nodes),
        }
        Some((Flow::Falls, 1))
    }

    /// What a call does whose failure nobody looks at. That of a function which gives
    /// nothing back is looked at in the function; in a function literal it ends no
    /// more than that.
    fn unheeded(&self, call: &Expression, mut nodes: Vec<Node>) -> Vec<Node> {
        for node in &mut nodes {
            if let Node::Invoke(invocation) = node
                && self.facts.silent.contains(&invocation.procedure)
            {
                invocation.failure = Failure::Continues;
            }
        }
        if self.has_silent_literal(call) {
            return with(nodes, Failure::Continues);
        }
        with(nodes, Failure::Discarded)
    }

    /// Whether a call is of a function literal that gives nothing back, or is given
    /// one.
    fn has_silent_literal(&self, call: &Expression) -> bool {
        let Value::Call(callee, given) = &call.value else { return false };
        let is_silent = |expression: &Expression| {
            let Value::Lambda(number) = expression.value else { return false };
            self.unit.functions.get(number).is_some_and(|literal| literal.returns.is_empty())
        };
        is_silent(callee) || given.iter().any(|argument| is_silent(&argument.value))
    }

    /// What one of the next statements does about codes, if it tells failures apart.
    fn asks_by_code(&mut self, after: &[Statement]) -> Option<Told> {
        const NEXT: usize = 2;
        let next = after.iter().take(NEXT);
        let first = next.clone().position(|statement| matches!(statement, Statement::If(_)))?;
        let told = self.told_by(after.get(..=first)?);
        let tells = !(told.codes.is_empty() && told.ignores.is_empty());
        tells.then_some(told)
    }

    /// `if err != nil { … }` and `if err == nil { … } else { … }` behind a call, and
    /// in front of what comes next.
    pub(super) fn handled(
        &mut self,
        mut nodes: Vec<Node>,
        condition: &Expression,
        (bad, good): (&'c [Statement], &'c [Statement]),
        fails: bool,
        next: &[Statement],
    ) -> Flow {
        let (flow, body, change) = self.alternative(|machine| machine.block(bad));
        let (after, fine, kept) = self.alternative(|machine| machine.block(good));
        let changes: Vec<_> = change.into_iter().chain(kept).collect();
        self.state.merge(&changes, false);
        let silent = (fails || !bad.is_empty()) && self.passes_over(bad);
        let leaves = self.leaves(flow) && !silent;
        // Where all is well control goes elsewhere: what comes next is the handler.
        let told = match after {
            Flow::Falls => self.told_by(bad),
            _ => self.told_by(next),
        };
        let tells = !(told.codes.is_empty() && told.ignores.is_empty());
        let is_value = self.dialect.errors == Errors::Returned;
        if is_value && leaves && super::nodes::operations(&body).is_empty() && !tells {
            self.out.extend(nodes);
            self.out.extend(fine);
            return after;
        }
        nodes.extend(fine);
        let catches = Some(self.shown(&condition.at).to_string());
        let handler = Handler { catches, silent, leaves, body, ..Handler::default() };
        let handlers = vec![with_codes(handler, told)];
        self.out.push(Node::Attempt(Attempt { body: nodes, handlers, finally: Vec::new() }));
        flow.min(after)
    }
}

/// Whether a condition asks for the failure, or for its absence.
fn looks_at(condition: &Expression, error: &str) -> Option<bool> {
    let Value::Same(same, left, right) = &condition.value else { return None };
    let is_error = |side: &Expression| matches!(&side.value, Value::Name(name) if **name == *error);
    let is_nothing = |side: &Expression| matches!(side.value, Value::Nothing);
    let asks = is_error(left) && is_nothing(right) || is_nothing(left) && is_error(right);
    asks.then_some(!same)
}

fn is_call(expression: &Expression) -> bool {
    matches!(expression.value, Value::Call(..))
}

/// How many statements stand between a call and a look at the variable that holds how
/// it went: they log and measure, and leave the variable as it is.
pub(super) fn kept_between(after: &[Statement], variable: &str) -> usize {
    const MOST: usize = 4;
    let is_it =
        |target: &Expression| matches!(&target.value, Value::Name(name) if **name == *variable);
    let keeps = |statement: &&Statement| match statement {
        Statement::Plain(_) => true,
        Statement::Assign(assign) => !assign.targets.iter().any(is_it),
        _ => false,
    };
    after.iter().take(MOST).take_while(keeps).count()
}

/// `_ = err`
fn throws_away(after: &[Statement], error: &str) -> bool {
    let Some(Statement::Assign(assign)) = after.first() else { return false };
    let (targets, values) = (assign.targets.as_slice(), assign.values.as_slice());
    matches!((targets, values), ([target], [value])
        if matches!(target.value, Value::Nothing)
            && matches!(&value.value, Value::Name(name) if **name == *error))
}

fn with(mut nodes: Vec<Node>, failure: Failure) -> Vec<Node> {
    for node in &mut nodes {
        if let Node::Invoke(invocation) = node
            && invocation.failure == Failure::Raises
        {
            invocation.failure = failure;
        }
    }
    changed(nodes, &|operation| {
        if operation.failure == Failure::Raises {
            operation.failure = failure;
        }
    })
}
