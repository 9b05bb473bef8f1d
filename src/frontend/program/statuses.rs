//! Looks at the status of a process that has run a command: `if r.returncode != 0`,
//! `if os.system(…) == 0`.

use super::code::{Expression, Statement, Value};
use super::failures::kept_between;
use super::machine::Machine;
use super::nodes::{changed, operations};
use super::statements::Flow;
use super::thing::Name;
use crate::procedure::{Failure, Node};

/// What the answer of a process calls its status.
const STATUSES: &[&str] = &["returncode", "exit_code", "exitcode", "exitCode", "status", "code"];

/// An `if` about a status: what it asks, what runs if the process failed and if it
/// worked, and whether the condition holds if it failed.
struct Look<'c> {
    condition: &'c Expression,
    bad: &'c [Statement],
    good: &'c [Statement],
    fails: bool,
}

impl<'c> Machine<'c> {
    /// A call that runs a command, with what looks at its status: where control is
    /// then, and how many statements that was.
    pub(super) fn status_checked(&mut self, rest: &'c [Statement]) -> Option<(Flow, usize)> {
        if let Some((look, call)) = rest.first().and_then(look_at_call) {
            let (_, nodes) = self.apart(|machine| machine.eval(call));
            let (_, rest) = rest.split_first()?;
            return Some((self.told_status(nodes, &look, rest), 1));
        }
        let name = holder(rest.first()?)?;
        let at = 1 + kept_between(&rest[1..], name);
        let look = self.look_at(rest.get(at)?, name)?;
        let ((), nodes) = self.apart(|machine| {
            for statement in rest.iter().take(at) {
                machine.statement(statement);
            }
        });
        Some((self.told_status(nodes, &look, rest.get(at + 1..)?), at + 1))
    }

    /// What a process and the look at its status come to.
    fn told_status(&mut self, nodes: Vec<Node>, look: &Look<'c>, next: &[Statement]) -> Flow {
        let Look { condition, bad, good, fails } = look;
        let nodes = changed(nodes, &|operation| {
            if operation.failure == Failure::Continues {
                operation.failure = Failure::Raises;
            }
        });
        if !operations(&nodes).is_empty() {
            return self.handled(nodes, condition, (bad, good), *fails, next);
        }
        self.out.extend(nodes);
        let arms = if *fails { [*bad, *good] } else { [*good, *bad] };
        self.either_way(condition, arms)
    }

    /// The look at the status that a variable holds, or the answer in it.
    fn look_at(&self, statement: &'c Statement, name: &Name) -> Option<Look<'c>> {
        let (condition, then, otherwise) = parts(statement)?;
        let fails = match &condition.value {
            Value::Same(same, status, zero) if is_zero(zero) => {
                is_status(status, name, true).then_some(!same)?
            }
            Value::Other(items) => {
                let [only] = items.as_slice() else { return None };
                let sign = self.source.text.get(condition.at.start..only.at.start)?;
                let denies = ["not", "!"].contains(&sign.trim_matches(['(', ' ']));
                (denies && is_status(only, name, false)).then_some(false)?
            }
            _ => is_status(condition, name, false).then_some(true)?,
        };
        Some(look(condition, (then, otherwise), fails))
    }
}

/// The look at the status of a process that a condition runs itself.
fn look_at_call(statement: &Statement) -> Option<(Look<'_>, &Expression)> {
    let (condition, then, otherwise) = parts(statement)?;
    let Value::Same(same, call, zero) = &condition.value else { return None };
    let runs = is_zero(zero) && runs_process(call);
    runs.then(|| (look(condition, (then, otherwise), !same), &**call))
}

/// Whether an expression is a call that gives the status of a process.
fn runs_process(call: &Expression) -> bool {
    let Value::Call(callee, _) = &call.value else { return false };
    let path = callee.path().unwrap_or_default();
    matches!(path.rsplit('.').next(), Some("call" | "system"))
}

fn look<'c>(
    condition: &'c Expression,
    (then, otherwise): (&'c [Statement], &'c [Statement]),
    fails: bool,
) -> Look<'c> {
    let (bad, good) = if fails { (then, otherwise) } else { (otherwise, then) };
    Look { condition, bad, good, fails }
}

/// The variable in which a call leaves its answer, or to which it gives its status.
fn holder(statement: &Statement) -> Option<&Name> {
    let is_call = |it: &Expression| matches!(it.value, Value::Call(..));
    match statement {
        Statement::Assign(assign) => match (assign.targets.as_slice(), assign.values.as_slice()) {
            ([target], [value]) if is_call(value) && !assign.adds => match &target.value {
                Value::Name(name) => Some(name),
                _ => None,
            },
            _ => None,
        },
        // `exec($command, $output, $status)`
        Statement::Plain(expression) => match &expression.value {
            Value::Call(_, given) => match given.as_slice() {
                [_, _, last] => match &last.value.value {
                    Value::Name(name) => Some(name),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The condition of an `if`, what runs if it holds, and what else.
fn parts(statement: &Statement) -> Option<(&Expression, &[Statement], &[Statement])> {
    match statement {
        Statement::If(branch) => {
            let otherwise = branch.otherwise.as_deref().unwrap_or_default();
            Some((&branch.condition, &branch.then, otherwise))
        }
        Statement::Chain(arms) => match arms.as_slice() {
            [(Some(condition), then)] => Some((condition, then, &[])),
            [(Some(condition), then), (None, otherwise)] => Some((condition, then, otherwise)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is the status of a process that a variable holds.
fn is_status(expression: &Expression, name: &Name, alone: bool) -> bool {
    match &expression.value {
        Value::Name(own) => alone && own == name,
        Value::Member(object, member) => {
            STATUSES.contains(&&**member)
                && matches!(&object.value, Value::Name(own) if own == name)
        }
        _ => false,
    }
}

fn is_zero(expression: &Expression) -> bool {
    matches!(&expression.value, Value::Literal(text) if &**text == "0")
}
