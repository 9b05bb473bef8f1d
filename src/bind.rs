//! Turns declared resources and composed actions into the API calls that the
//! bindings say they make, and finds what each call acts on.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalogue::{ApiAction, Thing};
use crate::frontend::Lowered;
use crate::procedure::{
    Action, Arguments, Basis, Binding, Change, Declaration, Evidence, Lifecycle, Node, Operation,
    Procedure, Target,
};
use crate::ruleset::{BoundCall, ResourceType, Ruleset};

mod composed;
mod made;
mod order;
mod resource;
mod splice;
mod target;

use resource::BoundResource;
use target::named_target;

/// What the bindings made of a unit.
#[derive(Debug, Default)]
pub struct Bound {
    /// Its procedures, each after those that it waits for.
    pub procedures: Vec<Procedure>,
    /// Those of them that call others and that no other calls, with the steps of
    /// the others in their places.
    pub runs: Vec<Procedure>,
    /// Names of those that a plan or a diff gave.
    pub planned: HashSet<String>,
    /// By the name of a procedure, the names of those that it waits for.
    pub waits: HashMap<String, Vec<String>>,
    /// Identifiers of disks that a state says are attached.
    pub attached_disks: Vec<String>,
}

/// The procedures of a unit: those that were written out, then those of its
/// declared resources. No [`Node::Expand`] is left in them. `existing` are the
/// resources that a state says exist; what refers to one of them by address gets
/// its identifier as the target.
#[must_use]
pub fn bind(lowered: Lowered, existing: &[Declaration], ruleset: &Ruleset) -> Bound {
    let mut procedures = lowered.procedures;
    for procedure in &mut procedures {
        composed::settle(&mut procedure.body, ruleset);
    }
    let updating = composed::updating(&procedures, ruleset);
    let mut runs = splice::runs(&procedures);
    for procedure in procedures.iter_mut().chain(&mut runs) {
        bind_nodes(&mut procedure.body, ruleset);
    }
    for declaration in updating.iter().chain(&lowered.declarations) {
        procedures.extend(lifecycle_procedures(declaration, ruleset));
    }
    let declared = procedures.len();
    procedures.extend(lowered.changes.iter().filter_map(|one| planned_procedure(one, ruleset)));
    let planned = procedures[declared..].iter().map(|procedure| procedure.name.clone()).collect();
    let ids = identifiers(existing);
    for procedure in procedures.iter_mut().chain(&mut runs) {
        identify(&mut procedure.body, &ids);
    }
    let resources = lowered.declarations.iter().map(|declaration| declaration.address.as_str());
    let changed = lowered.changes.iter().filter_map(|change| change.operations.first());
    let resources = resources.chain(changed.map(|(_, changed)| changed.address.as_str()));
    let waits = order::sort(&mut procedures, resources, &lowered.dependencies);
    let existing = lowered.existing.iter().chain(existing);
    let attached = existing.filter_map(|one| attached_disk(one, ruleset));
    Bound { attached_disks: attached.collect(), procedures, runs, planned, waits }
}

/// Identifiers of existing resources by address.
fn identifiers(existing: &[Declaration]) -> HashMap<&str, &str> {
    existing
        .iter()
        .filter_map(|one| Some((one.address.as_str(), one.property("id")?.value.as_text()?)))
        .collect()
}

/// Names the targets of calls that bindings have made, which stand at the top
/// level of their procedures, by identifier.
fn identify(nodes: &mut [Node], ids: &HashMap<&str, &str>) {
    for node in nodes {
        if let Node::Call(operation) = node
            && let Target::Declared(address) = &operation.target
            && let Some(id) = ids.get(address.as_str())
        {
            operation.target = Target::Known((*id).to_owned());
        }
    }
}

/// The disk that an existing resource has attached.
fn attached_disk(existing: &Declaration, ruleset: &Ruleset) -> Option<String> {
    let resource = ruleset.bindings().get(&existing.kind)?;
    let bound =
        BoundResource { declaration: existing, resource, lifecycle: Lifecycle::Create, plan: None };
    let attaches = |call: &&BoundCall| {
        let api = ruleset.catalogue.get(&call.action);
        api.is_some_and(|api| api.attaches == Some(Thing::Disk))
    };
    let call = resource.create.iter().find(attaches)?;
    match bound.call(call, ruleset)?.target {
        Target::Known(id) => Some(id),
        _ => None,
    }
}

fn bind_nodes(nodes: &mut [Node], ruleset: &Ruleset) {
    for node in nodes {
        match node {
            Node::Call(operation) => bind_call(operation, ruleset),
            Node::Expand(declaration) => *node = Node::Sequence(expand(declaration, ruleset)),
            other => {
                for body in other.bodies_mut() {
                    bind_nodes(body, ruleset);
                }
            }
        }
    }
}

fn bind_call(operation: &mut Operation, ruleset: &Ruleset) {
    if operation.target == Target::Unknown
        && let Some(target) = named_target(api_of(&operation.action, ruleset), &operation.arguments)
    {
        // A script of a configuration that acts on what the same configuration
        // creates can meet a lock only when it runs again later.
        if matches!(target, Target::Declared(_)) && operation.evidence == Evidence::Certain {
            operation.evidence = Evidence::Latent;
        }
        operation.target = target;
    }
}

fn api_of<'r>(action: &Action, ruleset: &'r Ruleset) -> Option<&'r ApiAction> {
    match action {
        Action::Named(name) => ruleset.catalogue.get(name),
        Action::Unresolved(_) => None,
    }
}

/// The calls of a composed action, such as an OOS cloud product action.
fn expand(declaration: &Declaration, ruleset: &Ruleset) -> Vec<Node> {
    let Some(resource) = ruleset.bindings().get(&declaration.kind) else {
        let unbound = ruleset.bindings().is_unbound(&declaration.kind);
        return unbound
            .then(|| Node::Call(unbound_call(declaration, Lifecycle::Run)))
            .into_iter()
            .collect();
    };
    let lifecycle = Lifecycle::Run;
    let bound = BoundResource { declaration, resource, lifecycle, plan: None };
    bound.calls(calls_of(resource, lifecycle), ruleset)
}

/// The procedures of a declared resource: create or read, then update and delete.
fn lifecycle_procedures(declaration: &Declaration, ruleset: &Ruleset) -> Vec<Procedure> {
    let Some(resource) = ruleset.bindings().get(&declaration.kind) else {
        let unbound = ruleset.bindings().is_unbound(&declaration.kind);
        let call = || vec![Node::Call(unbound_call(declaration, Lifecycle::Create))];
        return unbound
            .then(|| lifecycle_procedure(declaration, Lifecycle::Create, call()))
            .into_iter()
            .collect();
    };
    let stages = [Lifecycle::Create, Lifecycle::Read, Lifecycle::Update, Lifecycle::Delete];
    let mut procedures = Vec::new();
    for lifecycle in stages {
        let bound = BoundResource { declaration, resource, lifecycle, plan: None };
        let body = bound.calls(calls_of(resource, lifecycle), ruleset);
        if !body.is_empty() {
            procedures.push(lifecycle_procedure(declaration, lifecycle, body));
        }
    }
    procedures
}

fn calls_of(resource: &ResourceType, lifecycle: Lifecycle) -> &[BoundCall] {
    match lifecycle {
        Lifecycle::Create => &resource.create,
        Lifecycle::Read => &resource.read,
        Lifecycle::Update => &resource.update,
        Lifecycle::Delete => &resource.delete,
        Lifecycle::Run => &resource.runs,
    }
}

/// What a plan or a diff will call for one resource, as one procedure.
fn planned_procedure(change: &Change, ruleset: &Ruleset) -> Option<Procedure> {
    let operations = operations(change, ruleset);
    let (_, declaration) = operations.last()?;
    let mut body = Vec::new();
    for (lifecycle, declaration) in &operations {
        match ruleset.bindings().get(&declaration.kind) {
            Some(resource) => {
                let (lifecycle, plan) = (*lifecycle, Some(change));
                let bound = BoundResource { declaration, resource, lifecycle, plan };
                body.extend(bound.calls(calls_of(resource, lifecycle), ruleset));
            }
            None if ruleset.bindings().is_unbound(&declaration.kind) => {
                body.push(Node::Call(unbound_call(declaration, *lifecycle)));
            }
            None => {}
        }
    }
    let names: Vec<&str> = operations.iter().map(|(lifecycle, _)| lifecycle.name()).collect();
    let name = format!("{} ({})", declaration.address, names.join(", "));
    Some(Procedure {
        name,
        span: declaration.span,
        frontend: declaration.frontend,
        parameters: Vec::new(),
        body,
    })
}

/// The lifecycle operations of a change, where an update that touches a property
/// that cannot change in place is a replacement.
fn operations<'c>(change: &'c Change, ruleset: &Ruleset) -> Vec<(Lifecycle, &'c Declaration)> {
    let planned =
        change.operations.iter().map(|(lifecycle, declaration)| (*lifecycle, declaration));
    let planned: Vec<_> = planned.collect();
    let (Some(before), Some((_, after))) = (&change.replaces, planned.first()) else {
        return planned;
    };
    let demands =
        |resource: &ResourceType| resource.replace.iter().any(|name| change.changes(name));
    if ruleset.bindings().get(&after.kind).is_some_and(demands) {
        return vec![(Lifecycle::Delete, before), (Lifecycle::Create, after)];
    }
    planned
}

fn lifecycle_procedure(
    declaration: &Declaration,
    lifecycle: Lifecycle,
    body: Vec<Node>,
) -> Procedure {
    Procedure {
        name: Procedure::name_of(&declaration.address, lifecycle),
        span: declaration.span,
        frontend: declaration.frontend,
        parameters: Vec::new(),
        body,
    }
}

/// The call that stands for a type of which no binding says what it calls.
fn unbound_call(declaration: &Declaration, lifecycle: Lifecycle) -> Operation {
    let text = format!("which calls `{}` makes is not known", declaration.kind);
    let action = Action::Unresolved(text);
    let mut operation = Operation::direct(action, declaration.span, Arguments::default());
    operation.evidence = Evidence::Possible;
    operation.binding = Some(Binding {
        resource: declaration.address.clone(),
        kind: declaration.kind.clone(),
        lifecycle,
        attributes: Vec::new(),
        basis: Basis::Stated,
        retries: Arc::default(),
    });
    operation
}
