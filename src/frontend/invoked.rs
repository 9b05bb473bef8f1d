//! Calls between the functions of a file: which of them lead to calls of the API,
//! and what is kept of the rest.

use std::collections::{HashMap, HashSet};

use crate::procedure::{Leave, Node, Procedure, has_calls};
use crate::source::Span;

/// Leaves out calls of functions that lead to no call of the API, what is empty
/// without them, and the procedures of which nothing is left.
pub(super) fn tidy(procedures: &mut Vec<Procedure>) {
    let leading = leading(procedures);
    for procedure in procedures.iter_mut() {
        prune(&mut procedure.body, &leading);
        let ends = |node: &Node| {
            matches!(node, Node::Leave(Leave::Function | Leave::Procedure | Leave::Failing))
        };
        if procedure.body.last().is_some_and(ends) {
            procedure.body.pop();
        }
    }
    procedures.retain(|procedure| leading.contains(&procedure.span));
}

/// The procedures that call the API, or one that does.
fn leading(procedures: &[Procedure]) -> HashSet<Span> {
    let mut callers: HashMap<Span, Vec<Span>> = HashMap::new();
    let mut open = Vec::new();
    for procedure in procedures {
        let mut called = Vec::new();
        calls(&procedure.body, &mut called);
        for function in called {
            callers.entry(function).or_default().push(procedure.span);
        }
        if has_calls(&procedure.body) {
            open.push(procedure.span);
        }
    }
    let mut leading = HashSet::new();
    while let Some(span) = open.pop() {
        if leading.insert(span) {
            open.extend(callers.get(&span).into_iter().flatten());
        }
    }
    leading
}

fn calls(nodes: &[Node], called: &mut Vec<Span>) {
    for node in nodes {
        if let Node::Invoke(invocation) = node {
            called.push(invocation.procedure);
        }
        for body in node.bodies() {
            calls(body, called);
        }
    }
}

fn prune(nodes: &mut Vec<Node>, leading: &HashSet<Span>) {
    nodes.retain_mut(|node| {
        for body in node.bodies_mut() {
            prune(body, leading);
        }
        match node {
            Node::Invoke(invocation) => {
                leading.contains(&invocation.procedure) || !invocation.body.is_empty()
            }
            Node::Call(_) | Node::Expand(_) | Node::Leave(_) => true,
            _ => node.bodies().iter().any(|body| !body.is_empty()),
        }
    });
}
