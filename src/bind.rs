//! Turns declared resources and composed actions into the API calls that the
//! bindings say they make, and finds what each call acts on.

mod made;

use crate::catalogue::{ApiAction, Thing};
use crate::frontend::Lowered;
use crate::procedure::{
    Action, Arguments, Attribute, Basis, Binding, Declaration, Evidence, Failure, Lifecycle, Node,
    Operation, Procedure, Target, Value,
};
use crate::ruleset::{BoundCall, ResourceType, Ruleset};
use crate::source::Span;

/// The procedures of a unit: those that were written out, then those of its
/// declared resources. No [`Node::Expand`] is left in them.
#[must_use]
pub fn bind(lowered: Lowered, ruleset: &Ruleset) -> Vec<Procedure> {
    let mut procedures = lowered.procedures;
    for procedure in &mut procedures {
        bind_nodes(&mut procedure.body, ruleset);
    }
    for declaration in &lowered.declarations {
        procedures.extend(lifecycle_procedures(declaration, ruleset));
    }
    procedures
}

fn bind_nodes(nodes: &mut [Node], ruleset: &Ruleset) {
    for node in nodes {
        match node {
            Node::Call(operation) => bind_call(operation, ruleset),
            Node::Expand(declaration) => *node = Node::Sequence(expand(declaration, ruleset)),
            Node::Sequence(body) => bind_nodes(body, ruleset),
            Node::Branch(arms) => {
                for arm in arms {
                    bind_nodes(&mut arm.body, ruleset);
                }
            }
            Node::Loop(repetition) => bind_nodes(&mut repetition.body, ruleset),
            Node::Attempt(attempt) => {
                bind_nodes(&mut attempt.body, ruleset);
                for handler in &mut attempt.handlers {
                    bind_nodes(&mut handler.body, ruleset);
                }
                bind_nodes(&mut attempt.finally, ruleset);
            }
            Node::Guard(guard) => bind_nodes(&mut guard.body, ruleset),
        }
    }
}

fn bind_call(operation: &mut Operation, ruleset: &Ruleset) {
    if operation.target == Target::Unknown
        && let Some(target) = named_target(api_of(&operation.action, ruleset), &operation.arguments)
    {
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
    let Some(resource) = ruleset.bindings.get(&declaration.kind) else {
        let unbound = ruleset.bindings.is_unbound(&declaration.kind);
        return unbound
            .then(|| Node::Call(unbound_call(declaration, Lifecycle::Run)))
            .into_iter()
            .collect();
    };
    let bound = BoundResource { declaration, resource, lifecycle: Lifecycle::Run };
    bound.calls(&resource.runs, ruleset)
}

/// The procedures of a declared resource: create or read, then update and delete.
fn lifecycle_procedures(declaration: &Declaration, ruleset: &Ruleset) -> Vec<Procedure> {
    let Some(resource) = ruleset.bindings.get(&declaration.kind) else {
        let unbound = ruleset.bindings.is_unbound(&declaration.kind);
        let call = || vec![Node::Call(unbound_call(declaration, Lifecycle::Create))];
        return unbound
            .then(|| lifecycle_procedure(declaration, Lifecycle::Create, call()))
            .into_iter()
            .collect();
    };
    let stages = [
        (Lifecycle::Create, &resource.create),
        (Lifecycle::Read, &resource.read),
        (Lifecycle::Update, &resource.update),
        (Lifecycle::Delete, &resource.delete),
    ];
    let mut procedures = Vec::new();
    for (lifecycle, calls) in stages {
        let bound = BoundResource { declaration, resource, lifecycle };
        let body = bound.calls(calls, ruleset);
        if !body.is_empty() {
            procedures.push(lifecycle_procedure(declaration, lifecycle, body));
        }
    }
    procedures
}

fn lifecycle_procedure(
    declaration: &Declaration,
    lifecycle: Lifecycle,
    body: Vec<Node>,
) -> Procedure {
    Procedure {
        name: format!("{} ({})", declaration.address, lifecycle.name()),
        span: declaration.span,
        frontend: declaration.frontend,
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
    });
    operation
}

/// One lifecycle operation of a declared resource whose type is bound.
#[derive(Clone, Copy)]
struct BoundResource<'a> {
    declaration: &'a Declaration,
    resource: &'a ResourceType,
    lifecycle: Lifecycle,
}

impl BoundResource<'_> {
    fn calls(self, calls: &[BoundCall], ruleset: &Ruleset) -> Vec<Node> {
        if self.lifecycle == Lifecycle::Delete && self.is_retained() {
            return Vec::new();
        }
        calls.iter().filter_map(|call| self.call(call, ruleset)).map(Node::Call).collect()
    }

    fn is_retained(self) -> bool {
        let mut retained = self.resource.lifecycle.retained.iter();
        retained.any(|(name, value)| self.has_value(name, value) == Some(true))
    }

    /// The operation of a call, unless it is known not to be made.
    fn call(self, call: &BoundCall, ruleset: &Ruleset) -> Option<Operation> {
        let (made, attributes) = match call.changed.as_slice() {
            [] => (self.is_made(call, None), Vec::new()),
            _ => self.changes(call),
        };
        if made == Some(false) {
            return None;
        }
        let arguments = self.arguments(call);
        let target = self.target(ruleset.catalogue.get(&call.action), &arguments);
        let evidence = self.evidence(made, &target);
        Some(Operation {
            action: Action::Named(call.action.clone()),
            span: self.span_of(&attributes),
            arguments,
            target,
            evidence,
            failure: Failure::Raises,
            disk_in_use: call.disk_in_use,
            binding: Some(Binding {
                resource: self.declaration.address.clone(),
                kind: self.declaration.kind.clone(),
                lifecycle: self.lifecycle,
                attributes,
                basis: call.basis.unwrap_or(self.resource.basis),
            }),
        })
    }

    /// The attribute that the call hangs on if the block has it, else the block.
    fn span_of(self, attributes: &[Attribute]) -> Span {
        let names = attributes.iter().map(|attribute| &attribute.name);
        let mut given = names.filter_map(|name| self.declaration.property(name));
        given.next().map_or(self.declaration.span, |property| property.span)
    }

    fn arguments(self, call: &BoundCall) -> Arguments {
        let named = |name: &str| {
            let renamed = call.arguments.iter().find(|(_, property)| *property == name);
            renamed.map_or_else(|| parameter_name(name), |(parameter, _)| parameter.clone())
        };
        let given = self.declaration.properties.iter();
        let given = given.map(|property| (named(&property.name), property.value.clone())).collect();
        Arguments { given, open: false }
    }

    /// What the call acts on: what its properties name, or else the resource.
    fn target(self, api: Option<&ApiAction>, arguments: &Arguments) -> Target {
        if let Some(named) = named_target(api, arguments) {
            return named;
        }
        let lockable = [Thing::Instance, Thing::Disk];
        let owns = self.resource.creates.iter().any(|thing| lockable.contains(thing));
        let address = self.declaration.address.clone();
        match self.lifecycle {
            Lifecycle::Create if owns => Target::Created(address),
            Lifecycle::Update | Lifecycle::Delete => Target::Declared(address),
            Lifecycle::Create | Lifecycle::Read | Lifecycle::Run => Target::Unknown,
        }
    }

    /// A later change is latent; so is what the creation does to something that
    /// the same configuration creates, since only a later run can meet a lock.
    fn evidence(self, made: Option<bool>, target: &Target) -> Evidence {
        let later = matches!(self.lifecycle, Lifecycle::Update | Lifecycle::Delete);
        match target {
            _ if later => Evidence::Latent,
            Target::Declared(_) => Evidence::Latent,
            _ if made.is_none() => Evidence::Possible,
            _ => Evidence::Certain,
        }
    }
}

/// What the arguments name as the thing that an action acts on.
fn named_target(api: Option<&ApiAction>, arguments: &Arguments) -> Option<Target> {
    let mut values = api?.target_parameters().iter().map(|parameter| arguments.get(parameter));
    values.find_map(target_of)
}

fn target_of(value: &Value) -> Option<Target> {
    match value {
        Value::Absent | Value::Map(_) => None,
        Value::Text(text) => Some(Target::Known(bare_list(text))),
        Value::Unknown(unknown) => Some(match &unknown.declared {
            Some(address) => Target::Declared(address.clone()),
            None => Target::Symbol(unknown.text.clone()),
        }),
        Value::List(items) => {
            join_targets(items.iter().filter_map(target_of).collect::<Vec<_>>().as_slice())
        }
    }
}

/// One target for several: declared only if all are, known only if all are.
fn join_targets(targets: &[Target]) -> Option<Target> {
    let names: Vec<&str> = targets.iter().filter_map(Target::name).collect();
    let names = names.join(", ");
    let all = |kind: fn(&Target) -> bool| targets.iter().all(kind);
    match targets.first()? {
        Target::Declared(_) if all(|target| matches!(target, Target::Declared(_))) => {
            Some(Target::Declared(names))
        }
        Target::Known(_) if all(|target| matches!(target, Target::Known(_))) => {
            Some(Target::Known(names))
        }
        _ => Some(Target::Symbol(names)),
    }
}

/// An identifier out of the JSON list form that some parameters take:
/// `["i-1","i-2"]`.
fn bare_list(text: &str) -> String {
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return text.to_owned();
    };
    let items = inner.split(',').map(|item| item.trim().trim_matches(['"', '\'']));
    items.collect::<Vec<_>>().join(", ")
}

/// The API parameter that a property's name stands for: `instance_id` and
/// `instanceId` are `InstanceId`.
fn parameter_name(property: &str) -> String {
    let words = property.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
