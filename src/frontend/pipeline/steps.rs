//! Steps in their order: those that run only as long as none has failed, those
//! that run in any case, and those that run when one has failed.

use super::look::Look;
use crate::procedure::{Arm, Ask, Attempt, Failure, Guard, Handler, Invocation, Leave, Node};

/// When a step runs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::frontend) enum Runs {
    /// As long as none before it has failed.
    #[default]
    OnSuccess,
    /// When one before it has failed.
    OnFailure,
    /// In any case.
    Always,
}

/// A step of a job, or a job.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Step {
    /// What it does.
    pub(in crate::frontend) nodes: Vec<Node>,
    /// When.
    pub(in crate::frontend) runs: Runs,
    /// The look at the lock state without whose success the job goes no further.
    pub(in crate::frontend) look: Option<Look>,
}

/// The steps of a job in their order.
pub(in crate::frontend) fn in_order(steps: Vec<Step>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut looks: Vec<Look> = Vec::new();
    for step in steps {
        let Step { nodes: body, runs, look } = step;
        if !body.is_empty() {
            match runs {
                Runs::OnSuccess => {
                    nodes.extend(looks.iter().rev().fold(body, |body, look| guarded(look, body)));
                }
                Runs::OnFailure if nodes.is_empty() => {
                    nodes.extend(on_condition("an earlier step failed", body));
                }
                Runs::OnFailure => nodes = vec![attempt(nodes, body, Vec::new())],
                Runs::Always if nodes.is_empty() => nodes = body,
                Runs::Always => nodes = vec![attempt(nodes, Vec::new(), body)],
            }
        }
        looks.extend(look);
    }
    nodes
}

/// Steps that run only on a condition.
pub(in crate::frontend) fn on_condition(condition: &str, body: Vec<Node>) -> Vec<Node> {
    if body.is_empty() {
        return body;
    }
    vec![Node::Branch(vec![Arm { condition: Some(condition.to_owned()), body }])]
}

/// Steps behind one whose failure is tolerated, which run only if it has worked.
pub(in crate::frontend) fn if_successful(mut step: Vec<Node>, then: Vec<Node>) -> Vec<Node> {
    let tolerated = match step.as_mut_slice() {
        [Node::Invoke(call)] if call.failure == Failure::Discarded => call,
        _ => {
            step.extend(then);
            return step;
        }
    };
    tolerated.failure = Failure::Raises;
    let (procedure, given) = (tolerated.procedure, Vec::new());
    let body = vec![Node::Leave(Leave::Answer(false))];
    let handlers = vec![Handler { silent: true, body, ..Handler::default() }];
    let attempt = Attempt { body: step, handlers, finally: Vec::new() };
    let body = vec![Node::Attempt(attempt), Node::Leave(Leave::Answer(true))];
    let failure = Failure::Raises;
    let question =
        vec![Node::Invoke(Invocation { procedure, given, failure, process: true, body })];
    let condition = "success".to_owned();
    vec![Node::Ask(Ask { condition, question, holds: then, otherwise: Vec::new() })]
}

/// Steps that run only if a look finds no lock.
pub(in crate::frontend) fn guarded(look: &Look, body: Vec<Node>) -> Vec<Node> {
    if body.is_empty() {
        return body;
    }
    let (span, target, locked) = (look.span, look.target.clone(), Vec::new());
    vec![Node::Guard(Guard { span, target, body, locked })]
}

/// Steps with what runs after the failure of one, and with what runs in any
/// case. The failure stays one.
fn attempt(body: Vec<Node>, on_failure: Vec<Node>, finally: Vec<Node>) -> Node {
    let handler = Handler { leaves: true, body: on_failure, ..Handler::default() };
    Node::Attempt(Attempt { body, handlers: vec![handler], finally })
}
