//! What a template inside of another one is given: its parameters stand for
//! values of the outer one.

use std::collections::HashMap;

use super::value::{MOST_NAMED, braced};
use crate::procedure::{Node, Value};

/// Puts the values that a template is given in the place of its parameters.
pub(super) fn fill(nodes: &mut [Node], given: Vec<(String, Value)>) {
    let given = given.into_iter().map(|(name, value)| (braced(&name), value));
    let given: HashMap<String, Value> = given.collect();
    if !given.is_empty() {
        fill_nodes(nodes, &given);
    }
}

/// Recursion goes no deeper than the template's nesting.
fn fill_nodes(nodes: &mut [Node], given: &HashMap<String, Value>) {
    for node in nodes {
        match node {
            Node::Call(operation) => {
                for (_, value) in &mut operation.arguments.given {
                    fill_small(value, given);
                }
            }
            Node::Expand(declaration) => {
                for property in &mut declaration.properties {
                    fill_small(&mut property.value, given);
                }
            }
            _ => node.bodies_mut().into_iter().for_each(|block| fill_nodes(block, given)),
        }
    }
}

/// A list in a list in a list would grow with each template around it.
fn fill_small(value: &mut Value, given: &HashMap<String, Value>) {
    if count(value) <= MOST_NAMED {
        fill_value(value, given);
    }
}

fn fill_value(value: &mut Value, given: &HashMap<String, Value>) {
    match value {
        Value::Unknown(unknown) => {
            if let Some(outer) = given.get(&unknown.text).filter(|outer| count(outer) <= MOST_NAMED)
            {
                *value = outer.clone();
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| fill_value(item, given)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, entry)| fill_value(entry, given)),
        Value::Text(_) | Value::Absent => {}
    }
}

/// How many scalars a value is made of.
fn count(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(entries) => entries.iter().map(|(_, entry)| count(entry)).sum(),
        Value::Text(_) | Value::Unknown(_) | Value::Absent => 1,
    }
}
