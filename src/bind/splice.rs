//! Puts the steps of functions in the places of their calls, so that what comes
//! before and after a step can be told across functions.

use std::collections::{HashMap, HashSet};

use crate::procedure::{
    Arguments, Invocation, Node, Operation, Procedure, Target, Value, has_calls, mentions,
};
use crate::source::Span;

/// How many functions deep calls are followed.
const MOST_NESTED: usize = 8;

/// How many nodes of functions are put into one procedure.
const MOST_NODES: usize = 20_000;

/// The procedures that call others and that no other calls, each with the steps of
/// those that it calls, directly or not.
pub(super) fn runs(procedures: &[Procedure]) -> Vec<Procedure> {
    let functions: HashMap<Span, &Procedure> =
        procedures.iter().map(|procedure| (procedure.span, procedure)).collect();
    let mut called = HashSet::new();
    let mut callers = HashSet::new();
    for procedure in procedures {
        let mut calls = Vec::new();
        collect(&procedure.body, &mut calls);
        calls.retain(|span| *span != procedure.span && functions.contains_key(span));
        if !calls.is_empty() {
            callers.insert(procedure.span);
        }
        called.extend(calls);
    }
    let roots = procedures
        .iter()
        .filter(|procedure| callers.contains(&procedure.span) && !called.contains(&procedure.span));
    let splice = |root: &Procedure| {
        let mut splicing =
            Splicing { functions: &functions, open: vec![root.span], left: MOST_NODES };
        let mut whole = root.clone();
        splicing.nodes(&mut whole.body);
        whole
    };
    roots.map(splice).collect()
}

fn collect(nodes: &[Node], calls: &mut Vec<Span>) {
    for node in nodes {
        if let Node::Invoke(invocation) = node {
            calls.push(invocation.procedure);
        }
        for body in node.bodies() {
            collect(body, calls);
        }
    }
}

struct Splicing<'p> {
    functions: &'p HashMap<Span, &'p Procedure>,
    /// The functions that are being put in, the innermost last.
    open: Vec<Span>,
    left: usize,
}

impl Splicing<'_> {
    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            if let Node::Invoke(invocation) = node {
                self.invocation(invocation);
            } else {
                for body in node.bodies_mut() {
                    self.nodes(body);
                }
            }
        }
    }

    fn invocation(&mut self, invocation: &mut Invocation) {
        let Some(function) = self.functions.get(&invocation.procedure) else {
            return self.nodes(&mut invocation.body);
        };
        let again = self.open.contains(&function.span) || self.open.len() > MOST_NESTED;
        let size = size(&function.body);
        if again || size > self.left || !has_calls_below(&function.body) {
            return;
        }
        self.left -= size;
        let mut body = function.body.clone();
        let given: Vec<_> = invocation
            .given
            .iter()
            .filter(|(name, _)| function.parameters.contains(name))
            .collect();
        replace(&mut body, &given);
        self.open.push(function.span);
        self.nodes(&mut body);
        self.open.pop();
        invocation.body = body;
    }
}

/// Whether nodes lead to a call, be it in a function that they call.
fn has_calls_below(nodes: &[Node]) -> bool {
    let mut calls = Vec::new();
    collect(nodes, &mut calls);
    !calls.is_empty() || has_calls(nodes)
}

fn size(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| 1 + node.bodies().into_iter().map(size).sum::<usize>()).sum()
}

/// Puts what a call gives in the places of the parameters.
fn replace(nodes: &mut [Node], given: &[&(String, Value)]) {
    if given.is_empty() {
        return;
    }
    for node in nodes {
        match node {
            Node::Call(operation) => replace_in(operation, given),
            Node::Guard(guard) => replace_target(&mut guard.target, given),
            Node::Invoke(invocation) => {
                for (_, value) in &mut invocation.given {
                    replace_value(value, given);
                }
            }
            _ => {}
        }
        for body in node.bodies_mut() {
            replace(body, given);
        }
    }
}

fn replace_in(operation: &mut Operation, given: &[&(String, Value)]) {
    let Arguments { given: arguments, .. } = &mut operation.arguments;
    for (_, value) in arguments {
        replace_value(value, given);
    }
    replace_target(&mut operation.target, given);
}

fn replace_value(value: &mut Value, given: &[&(String, Value)]) {
    match value {
        Value::Unknown(unknown) => {
            if let Some((_, other)) = given.iter().find(|(name, _)| *name == unknown.text) {
                *value = other.clone();
            } else if unknown.answer.is_none() {
                let mut parts = given.iter().filter(|(name, _)| mentions(&unknown.text, name));
                unknown.answer = parts.find_map(|(_, other)| match other {
                    Value::Unknown(other) => other.answer.clone(),
                    _ => None,
                });
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| replace_value(item, given)),
        Value::Text(_) | Value::Map(_) | Value::Absent => {}
    }
}

fn replace_target(target: &mut Target, given: &[&(String, Value)]) {
    let Target::Symbol(text) = target else { return };
    let Some((_, value)) = given.iter().find(|(name, _)| name == text) else { return };
    match value {
        Value::Text(text) => *target = Target::Known(text.clone()),
        Value::Unknown(unknown) => *target = Target::Symbol(unknown.text.clone()),
        Value::List(_) | Value::Map(_) | Value::Absent => {}
    }
}
