//! Lists of nodes: what is in them, and what is left of them.

use std::collections::HashSet;

use crate::procedure::{Action, Evidence, Node, Operation};
use crate::source::Span;

pub(in crate::frontend) fn without_deferred(
    nodes: Vec<Node>,
    deferred: &HashSet<Span>,
) -> Vec<Node> {
    filtered(nodes, &|operation| {
        !(deferred.contains(&operation.span) && matches!(operation.action, Action::Unresolved(_)))
    })
}

/// The nodes with only those operations that are wanted.
pub(in crate::frontend) fn filtered(
    nodes: Vec<Node>,
    wanted: &dyn Fn(&Operation) -> bool,
) -> Vec<Node> {
    let keep = |nodes: Vec<Node>| filtered(nodes, wanted);
    nodes
        .into_iter()
        .filter(|node| !matches!(node, Node::Call(operation) if !wanted(operation)))
        .map(|node| within(node, &keep))
        .collect()
}

/// The nodes without parts that hold no call.
pub(in crate::frontend) fn pruned(nodes: Vec<Node>) -> Vec<Node> {
    nodes.into_iter().map(|node| within(node, &pruned)).filter(holds_call).collect()
}

/// A node with something done to each list of nodes in it.
pub(in crate::frontend) fn within(node: Node, change: &dyn Fn(Vec<Node>) -> Vec<Node>) -> Node {
    match node {
        Node::Call(_) | Node::Expand(_) => node,
        Node::Sequence(nodes) => Node::Sequence(change(nodes)),
        Node::Branch(mut arms) => {
            for arm in &mut arms {
                arm.body = change(std::mem::take(&mut arm.body));
            }
            Node::Branch(arms)
        }
        Node::Loop(mut repetition) => {
            repetition.body = change(repetition.body);
            Node::Loop(repetition)
        }
        Node::Attempt(mut attempt) => {
            attempt.body = change(attempt.body);
            attempt.finally = change(attempt.finally);
            for handler in &mut attempt.handlers {
                handler.body = change(std::mem::take(&mut handler.body));
            }
            Node::Attempt(attempt)
        }
        Node::Guard(mut guard) => {
            guard.body = change(guard.body);
            Node::Guard(guard)
        }
    }
}

/// The operations in some nodes.
pub(in crate::frontend) fn operations(nodes: &[Node]) -> Vec<&Operation> {
    let mut found = Vec::new();
    let mut pending: Vec<&Node> = nodes.iter().collect();
    while let Some(node) = pending.pop() {
        match node {
            Node::Call(operation) => found.push(operation),
            Node::Expand(_) => {}
            Node::Sequence(nodes) => pending.extend(nodes),
            Node::Branch(arms) => pending.extend(arms.iter().flat_map(|arm| &arm.body)),
            Node::Loop(repetition) => pending.extend(&repetition.body),
            Node::Guard(guard) => pending.extend(&guard.body),
            Node::Attempt(attempt) => {
                let handlers = attempt.handlers.iter().flat_map(|handler| &handler.body);
                pending.extend(attempt.body.iter().chain(handlers).chain(&attempt.finally));
            }
        }
    }
    found
}

/// Whether a pruned node holds a call.
pub(in crate::frontend) fn holds_call(node: &Node) -> bool {
    match node {
        Node::Call(_) | Node::Expand(_) => true,
        Node::Sequence(nodes) => !nodes.is_empty(),
        Node::Branch(arms) => arms.iter().any(|arm| !arm.body.is_empty()),
        Node::Loop(repetition) => !repetition.body.is_empty(),
        Node::Attempt(attempt) => {
            !attempt.body.is_empty()
                || !attempt.finally.is_empty()
                || attempt.handlers.iter().any(|handler| !handler.body.is_empty())
        }
        Node::Guard(guard) => !guard.body.is_empty(),
    }
}

/// The nodes with something done to every operation.
pub(in crate::frontend) fn changed(nodes: Vec<Node>, change: &dyn Fn(&mut Operation)) -> Vec<Node> {
    let change_all = |nodes: Vec<Node>| changed(nodes, change);
    let nodes = nodes.into_iter().map(|node| match node {
        Node::Call(mut operation) => {
            change(&mut operation);
            Node::Call(operation)
        }
        other => within(other, &change_all),
    });
    nodes.collect()
}

/// The nodes with every operation at another place, but for those outside of
/// `function`, which are the caller's own text.
pub(in crate::frontend) fn moved(nodes: Vec<Node>, function: Span, to: Span) -> Vec<Node> {
    changed(nodes, &|operation| {
        if operation.span.start >= function.start && operation.span.start < function.end {
            operation.span = to;
        }
    })
}

/// The nodes with every operation only as sure as `evidence`.
pub(in crate::frontend) fn weakened(nodes: Vec<Node>, evidence: Evidence) -> Vec<Node> {
    changed(nodes, &|operation| operation.evidence = evidence)
}
