//! What later steps of a procedure act on that a composed action of it hands out.
//!
//! A front end says from which composed action a value comes; whether that action
//! creates instances only its binding tells. If it does not, the value is one that
//! nobody knows.

use std::collections::HashMap;

use super::target::named_target;
use crate::catalogue::Thing;
use crate::procedure::{Node, Operation, Target, Value};
use crate::ruleset::Ruleset;

/// Composed actions by the address of their use, and whether they create instances.
type Creates = HashMap<String, bool>;

/// Settles where the values of a procedure come from.
pub(super) fn settle(nodes: &mut [Node], ruleset: &Ruleset) {
    let mut creates = Creates::new();
    collect(nodes, ruleset, &mut creates);
    if !creates.is_empty() {
        settle_nodes(nodes, ruleset, &creates);
    }
}

fn collect(nodes: &mut [Node], ruleset: &Ruleset, creates: &mut Creates) {
    for node in nodes {
        if let Node::Expand(declaration) = node {
            let resource = ruleset.bindings.get(&declaration.kind);
            let instance = resource.is_some_and(|one| one.creates.contains(&Thing::Instance));
            *creates.entry(declaration.address.clone()).or_default() |= instance;
        }
        node.bodies_mut().into_iter().for_each(|block| collect(block, ruleset, creates));
    }
}

fn settle_nodes(nodes: &mut [Node], ruleset: &Ruleset, creates: &Creates) {
    for node in nodes {
        match node {
            Node::Call(operation) => {
                for (_, value) in &mut operation.arguments.given {
                    settle_value(value, creates);
                }
                settle_target(operation, ruleset, creates);
            }
            Node::Expand(declaration) => {
                for property in &mut declaration.properties {
                    settle_value(&mut property.value, creates);
                }
            }
            _ => {
                let blocks = node.bodies_mut().into_iter();
                blocks.for_each(|block| settle_nodes(block, ruleset, creates));
            }
        }
    }
}

fn settle_value(value: &mut Value, creates: &Creates) {
    match value {
        Value::Unknown(unknown) => {
            unknown.declared.take_if(|address| creates.get(address) == Some(&false));
        }
        Value::List(items) => items.iter_mut().for_each(|item| settle_value(item, creates)),
        Value::Text(_) | Value::Map(_) | Value::Absent => {}
    }
}

/// What a composed action of the same procedure has created no lock has met.
fn settle_target(operation: &mut Operation, ruleset: &Ruleset, creates: &Creates) {
    let api = super::api_of(&operation.action, ruleset);
    if operation.target == Target::Unknown
        && let Some(Target::Declared(addresses)) = named_target(api, &operation.arguments)
        && addresses.split(", ").all(|address| creates.get(address) == Some(&true))
    {
        operation.target = Target::Created(addresses);
    }
}
