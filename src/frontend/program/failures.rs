//! Failures that are values: `if err != nil`, errors dropped, errors kept.

use super::code::{Assign, Expression, If, Statement, Value, extent};
use super::dialect::Errors;
use super::machine::Machine;
use super::nodes::changed;
use super::statements::Flow;
use crate::frontend::error_code;
use crate::procedure::{Attempt, Failure, Handler, Node};

impl<'c> Machine<'c> {
    /// An expression of which nobody looks at the value.
    pub(super) fn dropped(&mut self, expression: &'c Expression) {
        self.statement = (expression.at.start, expression.at.end);
        let (thing, nodes) = self.apart(|machine| machine.eval(expression));
        self.drop_answer(expression, &thing);
        let is_dropped = self.dialect.errors == Errors::Returned && is_call(expression);
        self.out.extend(if is_dropped { with(nodes, Failure::Continues) } else { nodes });
    }

    /// A statement whose call's failure is a value, with what looks at it: where
    /// control is then, and how many statements that was.
    pub(super) fn checked(&mut self, rest: &'c [Statement]) -> Option<(Flow, usize)> {
        if self.dialect.errors != Errors::Returned {
            return None;
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
        if let Some(Statement::If(branch)) = after.first().filter(|_| !tells)
            && let Some(fails) = looks_at(&branch.condition, error)
        {
            return Some((self.handled(nodes, branch, fails), 2));
        }
        // A variable that nothing looks at is no program of such a language.
        self.out.extend(nodes);
        Some((Flow::Falls, 1))
    }

    /// The error codes that statements name.
    pub(super) fn codes(&self, block: &[Statement]) -> Vec<String> {
        let at = extent(block).unwrap_or_default();
        error_code::named(&self.source.text[at])
    }

    /// `if err != nil { … }` and `if err == nil { … } else { … }` behind a call.
    fn handled(&mut self, mut nodes: Vec<Node>, branch: &'c If, fails: bool) -> Flow {
        let none: &[Statement] = &[];
        let otherwise = branch.otherwise.as_deref();
        let (bad, good) = if fails {
            (&*branch.then, otherwise.unwrap_or(none))
        } else {
            (otherwise.unwrap_or(none), &*branch.then)
        };
        let (flow, body, change) = self.alternative(|machine| machine.block(bad));
        let (after, fine, kept) = self.alternative(|machine| machine.block(good));
        let changes: Vec<_> = change.into_iter().chain(kept).collect();
        self.state.merge(&changes, false);
        let leaves = self.leaves(flow);
        if leaves && super::nodes::operations(&body).is_empty() {
            self.out.extend(nodes);
            self.out.extend(fine);
            return after;
        }
        nodes.extend(fine);
        let catches = Some(self.shown(&branch.condition.at).to_string());
        let codes = self.codes(bad);
        let handlers = vec![Handler { catches, codes, leaves, body, ..Handler::default() }];
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

fn with(mut nodes: Vec<Node>, failure: Failure) -> Vec<Node> {
    for node in &mut nodes {
        if let Node::Invoke(invocation) = node {
            invocation.failure = failure;
        }
    }
    changed(nodes, &|operation| {
        if operation.failure == Failure::Raises {
            operation.failure = failure;
        }
    })
}
