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
        self.out.extend(if is_dropped { self.unheeded(expression, nodes) } else { nodes });
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
        if throws_away(after, error) {
            self.out.extend(with(nodes, Failure::Discarded));
            return Some((Flow::Falls, 2));
        }
        // A variable that nothing looks at is no program of such a language.
        match self.asks_by_code(after) {
            Some(codes) => {
                let handlers = vec![Handler { codes, ..Handler::default() }];
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

    /// The codes by which one of the next statements tells failures apart.
    fn asks_by_code(&self, after: &[Statement]) -> Option<Vec<String>> {
        const NEXT: usize = 2;
        let branches = after.iter().take(NEXT).filter_map(|statement| match statement {
            Statement::If(branch) => Some(branch),
            _ => None,
        });
        let codes = branches.map(|branch| {
            let text = &self.source.text[branch.condition.at.clone()];
            let is_other = text.contains("!=") || is_idle(&branch.then);
            if is_other { Vec::new() } else { error_code::named(text) }
        });
        codes.into_iter().find(|codes| !codes.is_empty())
    }

    /// The error codes that statements name and do something about.
    pub(super) fn codes(&self, block: &[Statement]) -> Vec<String> {
        let at = extent(block).unwrap_or_default();
        let mut codes = error_code::named(&self.source.text[at]);
        if !codes.is_empty() {
            let mut idle = Vec::new();
            self.idle_codes(block, &mut idle);
            codes.retain(|code| !idle.contains(code));
        }
        codes
    }

    /// The error codes that statements name only to try again, or to do nothing.
    fn idle_codes(&self, block: &[Statement], found: &mut Vec<String>) {
        for (number, statement) in block.iter().enumerate() {
            let is_last = number + 1 == block.len();
            match statement {
                Statement::If(branch) => {
                    let otherwise = branch.otherwise.as_deref();
                    let has_rest = !is_last || otherwise.is_some();
                    self.idle_arm(&branch.condition, &branch.then, has_rest, found);
                    self.idle_codes(otherwise.unwrap_or_default(), found);
                }
                Statement::Chain(arms) => {
                    let has_rest = !is_last || arms.len() > 1;
                    for (condition, body) in arms {
                        match condition {
                            Some(condition) => self.idle_arm(condition, body, has_rest, found),
                            None => self.idle_codes(body, found),
                        }
                    }
                }
                Statement::Block(block) => self.idle_codes(block, found),
                _ => {}
            }
        }
    }

    fn idle_arm(
        &self,
        condition: &Expression,
        body: &[Statement],
        has_rest: bool,
        found: &mut Vec<String>,
    ) {
        let text = &self.source.text[condition.at.clone()];
        let is_other = ["!=", "not in", "!"].iter().any(|sign| text.contains(sign));
        // What the others do says nothing of this code; it is passed over.
        let is_idle = if is_other { !has_rest } else { is_idle(body) };
        if is_idle {
            found.extend(error_code::named(text));
        }
        self.idle_codes(body, found);
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
        if leaves && super::nodes::operations(&body).is_empty() && self.codes(bad).is_empty() {
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

/// Whether statements do no more than wait, say something and start a loop's next
/// turn, or nothing at all.
fn is_idle(block: &[Statement]) -> bool {
    let waits = |expression: &Expression| {
        let Value::Call(callee, _) = &expression.value else { return false };
        let name = match &callee.value {
            Value::Member(_, name) | Value::Name(name) => name.to_ascii_lowercase(),
            _ => return false,
        };
        ["sleep", "delay", "wait"].iter().any(|word| name.contains(word))
    };
    let turns = block.iter().any(|statement| matches!(statement, Statement::Continue));
    block.iter().all(|statement| match statement {
        Statement::Continue => true,
        Statement::Plain(expression) => turns || waits(expression),
        Statement::Block(block) => is_idle(block),
        _ => false,
    })
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
