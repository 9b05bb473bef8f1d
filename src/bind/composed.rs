//! What later steps of a procedure act on that a composed action of it hands out.
//!
//! A front end says from which composed action a value comes; whether that action
//! creates instances only its binding tells. If it does not, the value is one that
//! nobody knows.

use std::collections::{HashMap, HashSet};

use super::resource::BoundResource;
use super::target::named_target;
use crate::catalogue::Thing;
use crate::procedure::{Declaration, Lifecycle, Node, Operation, Procedure, Target, Value};
use crate::ruleset::{BoundCall, ResourceType, Ruleset};

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
            let resource = ruleset.bindings().get(&declaration.kind);
            if let Some(resource) = resource {
                rename(declaration, resource);
            }
            let instance = resource.is_some_and(|one| creates_instance(declaration, one, ruleset));
            *creates.entry(declaration.address.clone()).or_default() |= instance;
        }
        node.bodies_mut().into_iter().for_each(|block| collect(block, ruleset, creates));
    }
}

/// Whether a use of a composed action creates instances, and no other way is open.
fn creates_instance(declaration: &Declaration, resource: &ResourceType, ruleset: &Ruleset) -> bool {
    if !resource.creates.contains(&Thing::Instance) {
        return false;
    }
    let bound = BoundResource { declaration, resource, lifecycle: Lifecycle::Run, plan: None };
    let creates = |call: &&BoundCall| {
        let api = ruleset.catalogue.get(&call.action);
        api.is_some_and(|api| api.creates == Some(Thing::Instance))
    };
    let mut creating = resource.runs.iter().filter(creates).peekable();
    creating.peek().is_none() || creating.any(|call| bound.is_made(call, None) == Some(true))
}

/// Gives properties the names that count. What is given first does.
fn rename(declaration: &mut Declaration, resource: &ResourceType) {
    if resource.aliases.is_empty() {
        return;
    }
    for property in &mut declaration.properties {
        if let Some(name) = resource.aliases.get(&property.name) {
            property.name.clone_from(name);
        }
    }
}

/// The uses of composed actions that call more where what they find differs from
/// what they are given, each once.
pub(super) fn updating(procedures: &[Procedure], ruleset: &Ruleset) -> Vec<Declaration> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Vec<&Node> = procedures.iter().flat_map(|one| &one.body).collect();
    open.reverse();
    while let Some(node) = open.pop() {
        if let Node::Expand(declaration) = node
            && ruleset.bindings().get(&declaration.kind).is_some_and(|one| !one.update.is_empty())
            && seen.insert((declaration.span, declaration.kind.as_str()))
        {
            found.push(declaration.clone());
        }
        let bodies = node.bodies().into_iter();
        let inner: Vec<&Node> = bodies.flatten().collect();
        open.extend(inner.into_iter().rev());
    }
    found
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
