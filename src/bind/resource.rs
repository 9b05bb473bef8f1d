//! The calls of one lifecycle operation of a declared resource.

use std::sync::Arc;

use super::made::any;
use super::target::named_target;
use crate::catalogue::{ApiAction, Thing};
use crate::procedure::{
    Action, Arguments, Attribute, Binding, Change, Declaration, Evidence, Failure, Fate, Lifecycle,
    Node, Operation, Property, Target, Value,
};
use crate::ruleset::{BoundCall, ResourceType, Ruleset};
use crate::source::Span;

/// Parameters that name nothing and that verdicts rest on all the same.
const OTHER_PARAMETERS: [&str; 2] = ["DiskDeviceMapping", "DryRun"];

/// A parameter that matters for the blocks of a resource too, such as those of its
/// disks.
const OF_BLOCKS: &str = "DeleteWithInstance";

/// One lifecycle operation of a declared resource whose type is bound.
#[derive(Clone, Copy)]
pub(super) struct BoundResource<'a> {
    /// The resource.
    pub(super) declaration: &'a Declaration,
    /// Its type.
    pub(super) resource: &'a ResourceType,
    /// The operation.
    pub(super) lifecycle: Lifecycle,
    /// Set if a plan says that the operation will run.
    pub(super) plan: Option<&'a Change>,
}

impl BoundResource<'_> {
    /// The calls that are made, or may be, in order.
    pub(super) fn calls(self, calls: &[BoundCall], ruleset: &Ruleset) -> Vec<Node> {
        if self.lifecycle == Lifecycle::Delete && self.is_retained() {
            return Vec::new();
        }
        let alternatives = calls.chunk_by(BoundCall::is_alternative_to);
        alternatives.filter_map(|calls| self.any_of(calls, ruleset)).map(Node::Call).collect()
    }

    fn is_retained(self) -> bool {
        let mut retained = self.resource.lifecycle.retained.iter();
        retained.any(|(name, value)| self.has_value(name, value) == Some(true))
    }

    /// The operation of a call, unless it is known not to be made.
    pub(super) fn call(self, call: &BoundCall, ruleset: &Ruleset) -> Option<Operation> {
        self.any_of(std::slice::from_ref(call), ruleset)
    }

    /// The operation of a call that is bound in several alternatives.
    fn any_of(self, calls: &[BoundCall], ruleset: &Ruleset) -> Option<Operation> {
        let when = |call: &BoundCall| match call.changed.as_slice() {
            [] => (self.is_made(call, None), Vec::new()),
            _ => self.changes(call),
        };
        let ways = calls.iter().map(|call| (call, when(call)));
        let ways: Vec<_> = ways.filter(|(_, (made, _))| *made != Some(false)).collect();
        let (call, _) = ways.first()?;
        let made = any(ways.iter().map(|(_, (made, _))| *made));
        let mut attributes: Vec<Attribute> = Vec::new();
        for attribute in ways.iter().flat_map(|(_, (_, attributes))| attributes) {
            if !attributes.contains(attribute) {
                attributes.push(attribute.clone());
            }
        }
        let api = ruleset.catalogue.get(&call.action);
        let arguments = self.arguments(call, api);
        let target = self.target(api, &arguments);
        let evidence = self.evidence(made, &target);
        Some(Operation {
            action: Action::Named(call.action.clone()),
            span: self.span_of(&attributes),
            arguments,
            target,
            evidence,
            failure: Failure::Raises,
            disk_in_use: call.disk_in_use,
            disk_free: false,
            answer: (self.lifecycle == Lifecycle::Run).then(|| self.declaration.address.clone()),
            fate: Fate::default(),
            binding: Some(Binding {
                resource: self.declaration.address.clone(),
                kind: self.declaration.kind.clone(),
                lifecycle: self.lifecycle,
                attributes,
                basis: call.basis.unwrap_or(self.resource.basis),
                retries: Arc::clone(&call.repetition),
            }),
        })
    }

    /// Where a property is set, if it is.
    pub(super) fn place(self, name: &str) -> Option<Span> {
        let property = self.declaration.property(name)?;
        property.value.is_given().then_some(property.span)
    }

    /// The attribute that the call hangs on if the block has it, else the block.
    fn span_of(self, attributes: &[Attribute]) -> Span {
        let mut places = attributes.iter().filter_map(|attribute| attribute.span);
        places.next().unwrap_or(self.declaration.span)
    }

    /// The properties that name what the call acts on or rests on, under the API's
    /// parameter names. The others do not matter to anybody, and a resource makes
    /// dozens of calls.
    fn arguments(self, call: &BoundCall, api: Option<&ApiAction>) -> Arguments {
        let parameter = |name: &str| {
            let renamed = call.arguments.iter().find(|(_, property)| *property == name);
            renamed.map_or_else(|| parameter_name(name), |(parameter, _)| parameter.clone())
        };
        let matters = |parameter: &str| {
            let of_disk = || api.is_some_and(|api| api.acts_on == Some(Thing::Disk));
            OTHER_PARAMETERS.contains(&parameter)
                || api.is_some_and(|api| api.names_by(parameter))
                || parameter == OF_BLOCKS && of_disk()
        };
        let properties = self.declaration.properties.iter();
        let properties = properties.filter_map(|property| {
            let parameter = parameter(&property.name);
            matters(&parameter).then(|| (parameter, property.value.clone()))
        });
        let of_blocks = self.declaration.properties.iter().flat_map(of_blocks);
        let of_blocks = of_blocks.map(|value| (OF_BLOCKS.to_owned(), value.clone()));
        let fixed = call.given.iter().map(|name| (name.clone(), Value::unknown(name)));
        Arguments { given: properties.chain(of_blocks).chain(fixed).collect(), open: false }
    }

    /// What the call acts on: what its properties name, or else the resource.
    fn target(self, api: Option<&ApiAction>, arguments: &Arguments) -> Target {
        match named_target(api, arguments) {
            // What a plan refers to by address is what it creates; so is what a
            // composed action is given of its own template.
            Some(Target::Declared(address))
                if self.plan.is_some() || self.lifecycle == Lifecycle::Run =>
            {
                return Target::Created(address);
            }
            Some(named) => return named,
            None => {}
        }
        if let Some(id) = self.plan.and_then(|plan| plan.id.as_ref())
            && self.lifecycle != Lifecycle::Create
        {
            return Target::Known(id.clone());
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
            _ if self.plan.is_some_and(|plan| plan.possible || made.is_none()) => {
                Evidence::Possible
            }
            _ if self.plan.is_some() => Evidence::Planned,
            _ if later => Evidence::Latent,
            Target::Declared(_) => Evidence::Latent,
            _ if made.is_none() => Evidence::Possible,
            _ => Evidence::Certain,
        }
    }
}

/// What the blocks of a property give the parameter that matters for them: blocks
/// are properties with dotted names, or maps in a list.
fn of_blocks(property: &Property) -> Vec<&Value> {
    let is_it = |name: &str| parameter_name(name) == OF_BLOCKS;
    if property.name.rsplit_once('.').is_some_and(|(_, last)| is_it(last)) {
        return vec![&property.value];
    }
    let Value::List(blocks) = &property.value else { return Vec::new() };
    let entries = blocks.iter().filter_map(|block| match block {
        Value::Map(entries) => Some(entries),
        _ => None,
    });
    let entries = entries.flatten().filter(|(name, _)| is_it(name));
    entries.map(|(_, value)| value).collect()
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
