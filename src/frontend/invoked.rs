//! Calls between the functions of a file: which of them lead to calls of the API,
//! and what is kept of the rest.

use std::collections::{HashMap, HashSet};

use crate::procedure::{Leave, Node, Procedure, has_calls};
use crate::source::Span;

/// Leaves out calls of functions that lead to no call of the API, what is empty
/// without them, and the procedures of which nothing is left.
pub(super) fn tidy(procedures: &mut Vec<Procedure>) {
    let leading = leading(procedures);
    let deciding = deciding(procedures, &leading);
    let called = called(procedures);
    for procedure in procedures.iter_mut() {
        put_in(&mut procedure.body, &deciding);
        prune(&mut procedure.body, &leading);
        let is_called = called.contains(&procedure.span);
        let ends = |node: &Node| match node {
            Node::Leave(Leave::Function) => true,
            // In a function it ends those that call it, too.
            Node::Leave(Leave::Procedure | Leave::Failing) => !is_called,
            _ => false,
        };
        if procedure.body.last().is_some_and(ends) {
            procedure.body.pop();
        }
    }
    procedures.retain(|procedure| leading.contains(&procedure.span));
}

/// The bodies of those that call nothing, and in which a look at the lock state
/// decides whether their callers go on.
fn deciding(procedures: &[Procedure], leading: &HashSet<Span>) -> HashMap<Span, Vec<Node>> {
    let others = procedures.iter().filter(|procedure| !leading.contains(&procedure.span));
    let deciding = others.filter(|procedure| decides(&procedure.body));
    deciding.map(|procedure| (procedure.span, procedure.body.clone())).collect()
}

fn decides(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Guard(guard) => !guard.locked.is_empty(),
        other => other.bodies().into_iter().any(decides),
    })
}

fn put_in(nodes: &mut [Node], deciding: &HashMap<Span, Vec<Node>>) {
    if deciding.is_empty() {
        return;
    }
    for node in nodes {
        for body in node.bodies_mut() {
            put_in(body, deciding);
        }
        if let Node::Invoke(invocation) = node
            && let Some(body) = deciding.get(&invocation.procedure)
        {
            invocation.body.clone_from(body);
        }
    }
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

/// The functions that something calls.
fn called(procedures: &[Procedure]) -> HashSet<Span> {
    let mut called = Vec::new();
    for procedure in procedures {
        calls(&procedure.body, &mut called);
    }
    called.into_iter().collect()
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
