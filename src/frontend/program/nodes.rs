//! Lists of nodes: what is in them, and what is left of them.

use std::collections::HashSet;

use crate::procedure::{Action, Evidence, Failure, Invocation, Leave, Node, Operation};
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

/// The nodes without parts that say nothing.
pub(in crate::frontend) fn pruned(nodes: Vec<Node>) -> Vec<Node> {
    nodes.into_iter().map(|node| within(node, &pruned)).filter(matters).collect()
}

/// A node with something done to each list of nodes in it.
pub(in crate::frontend) fn within(mut node: Node, change: &dyn Fn(Vec<Node>) -> Vec<Node>) -> Node {
    for body in node.bodies_mut() {
        *body = change(std::mem::take(body));
    }
    node
}

/// The operations in some nodes.
pub(in crate::frontend) fn operations(nodes: &[Node]) -> Vec<&Operation> {
    let mut found = Vec::new();
    let mut pending: Vec<&Node> = nodes.iter().collect();
    while let Some(node) = pending.pop() {
        if let Node::Call(operation) = node {
            found.push(operation);
        }
        pending.extend(node.bodies().into_iter().flatten());
    }
    found
}

/// Whether a pruned node says anything of what is called, and in which order.
pub(in crate::frontend) fn matters(node: &Node) -> bool {
    let bodies = node.bodies();
    match node {
        Node::Call(_) | Node::Expand(_) | Node::Invoke(_) | Node::Leave(_) => true,
        _ => bodies.iter().any(|body| !body.is_empty()),
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

/// The nodes of a function in the place of its call: a `return` in them leads no
/// further than behind it.
pub(in crate::frontend) fn in_function(mut nodes: Vec<Node>, function: Span) -> Vec<Node> {
    if let Some(Node::Leave(Leave::Function)) = nodes.last() {
        nodes.pop();
    }
    if !returns(&nodes) {
        return nodes;
    }
    let (given, failure) = (Vec::new(), Failure::Raises);
    vec![Node::Invoke(Invocation {
        procedure: function,
        given,
        failure,
        process: false,
        body: nodes,
    })]
}

fn returns(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Leave(leave) => matches!(leave, Leave::Function | Leave::Answer(_)),
        Node::Invoke(_) => false,
        other => other.bodies().into_iter().any(returns),
    })
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
