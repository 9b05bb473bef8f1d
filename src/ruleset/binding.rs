//! Bindings: which calls the lifecycle of a declared resource makes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::file::{RuleFile, RulesetError};
use crate::catalogue::{Catalogue, Thing};
use crate::procedure::{Basis, Retries};

/// Every resource type that is known, from the files under `rules/bindings`.
#[derive(Debug, Default)]
pub struct Bindings {
    types: HashMap<String, ResourceType>,
    unbound: HashSet<String>,
    unbound_prefixes: Vec<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BindingFile {
    #[expect(dead_code, reason = "stated for readers of the file")]
    source: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    as_of: String,
    types: Vec<ResourceType>,
    /// Types that call the API in ways that are not written down here; a `*` at
    /// the end stands for the rest of the name.
    #[serde(default)]
    unbound: Vec<String>,
    #[serde(default)]
    lifecycle: LifecycleProperties,
}

/// The properties by which a configuration language rules over lifecycles.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleProperties {
    /// Property and value with which a resource is never destroyed.
    #[serde(default)]
    pub retained: BTreeMap<String, String>,
    /// Property that lists the properties whose change is ignored.
    pub ignored: Option<String>,
    /// Whether a property that is left out and has no default stays what it is.
    #[serde(default)]
    pub only_given: bool,
}

/// The calls of one resource type, or of one composed action.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceType {
    /// Its type as the input names it: `alicloud_instance`, `data.alicloud_disks`,
    /// `ALIYUN::ECS::Instance`, `ACS::ECS::RebootInstance`.
    #[serde(rename = "type")]
    pub name: String,
    /// How well founded its calls are.
    #[serde(default)]
    pub basis: Basis,
    /// What its create brings into being.
    #[serde(default)]
    pub creates: Vec<Thing>,
    /// A remark for readers of the data.
    #[expect(dead_code, reason = "stated for readers of the file")]
    note: Option<String>,
    /// Other names of properties, and those that count.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Values that properties have where a declaration leaves them out.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
    /// Properties that get a value from the service where a declaration leaves
    /// them out: after the creation nobody can tell it from the declaration.
    #[serde(default)]
    pub computed: Vec<String>,
    /// Calls when it is created, in order.
    #[serde(default)]
    pub create: Vec<BoundCall>,
    /// Calls when it is updated, in order.
    #[serde(default)]
    pub update: Vec<BoundCall>,
    /// Properties whose change destroys it and creates it anew.
    #[serde(default)]
    pub replace: Vec<String>,
    /// Calls when it is destroyed, in order.
    #[serde(default)]
    pub delete: Vec<BoundCall>,
    /// Calls of a data source.
    #[serde(default)]
    pub read: Vec<BoundCall>,
    /// Calls of a composed action, in order.
    #[serde(default)]
    pub runs: Vec<BoundCall>,
    /// How its language rules over its lifecycle.
    #[serde(skip)]
    pub lifecycle: LifecycleProperties,
}

/// One call of a lifecycle operation and when it is made.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundCall {
    /// The action.
    pub action: String,
    /// Made when one of these properties changes.
    #[serde(default)]
    pub changed: Vec<String>,
    /// Made only if all of these properties change as well.
    #[serde(default)]
    pub changed_too: Vec<String>,
    /// Made only if none of these properties changes at the same time.
    #[serde(default)]
    pub unchanged: Vec<String>,
    /// Made only if one of these properties is set.
    #[serde(default)]
    pub set: Vec<String>,
    /// Made only if none of these properties is set.
    #[serde(default)]
    pub unset: Vec<String>,
    /// Made only if these properties have these values.
    #[serde(default)]
    pub equals: BTreeMap<String, String>,
    /// Made only if these properties have other values than these.
    #[serde(default)]
    pub not_equals: BTreeMap<String, String>,
    /// Further conditions, as text, that the properties do not decide: whether
    /// they hold cannot be told.
    #[serde(default, rename = "if")]
    pub unclear: Vec<String>,
    /// Whether the disk is known to be attached, as a system disk is.
    #[serde(default)]
    pub disk_in_use: bool,
    /// How well founded this call is, if not as its type.
    pub basis: Option<Basis>,
    /// API parameter → property, where the names do not follow from each other.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// API parameters that are given whatever the properties say.
    #[serde(default)]
    pub given: Vec<String>,
    /// Where the call is written: file and line in what the bindings were read from.
    pub source: Option<String>,
    /// Error codes on which the call is made again; `*` at the end stands for the
    /// rest of the code, alone for every code.
    #[serde(default)]
    retries: Vec<String>,
    /// How long it is made again: `10m`, or a timeout of the resource, `timeouts.update`.
    timeout: Option<String>,
    /// These two, to be shared by the calls of many resources.
    #[serde(skip)]
    pub repetition: Arc<Retries>,
    /// Error codes that are taken for success.
    #[serde(default)]
    pub swallows: Vec<String>,
}

impl Bindings {
    /// The calls of a type; names of composed actions count in any case.
    #[must_use]
    pub fn get(&self, kind: &str) -> Option<&ResourceType> {
        self.types.get(&kind.to_ascii_lowercase())
    }

    /// Whether a type is known to call the ECS API in ways that no binding says.
    #[must_use]
    pub fn is_unbound(&self, kind: &str) -> bool {
        let kind = kind.to_ascii_lowercase();
        self.unbound.contains(&kind)
            || self.unbound_prefixes.iter().any(|prefix| kind.starts_with(prefix))
    }

    /// Takes in the types of a file.
    ///
    /// # Errors
    /// Unknown keys, a type twice, unknown actions.
    pub(super) fn load(
        &mut self,
        file: &RuleFile,
        catalogue: &Catalogue,
    ) -> Result<(), RulesetError> {
        let parsed: BindingFile = file.parse()?;
        for name in parsed.unbound.iter().map(|name| name.to_ascii_lowercase()) {
            match name.strip_suffix('*') {
                Some(prefix) => self.unbound_prefixes.push(prefix.to_owned()),
                None => drop(self.unbound.insert(name)),
            }
        }
        for mut resource in parsed.types {
            resource.lifecycle = parsed.lifecycle.clone();
            check_actions(file, catalogue, &resource)?;
            resource.calls_mut().for_each(BoundCall::share_retries);
            let name = resource.name.clone();
            if self.types.insert(name.to_ascii_lowercase(), resource).is_some() {
                let message = format!("type `{name}` is bound twice");
                return Err(file.error_at(("type", &name), 1, message, "delete one"));
            }
        }
        Ok(())
    }
}

impl ResourceType {
    /// Every call, of whichever lifecycle operation.
    pub fn calls(&self) -> impl Iterator<Item = &BoundCall> {
        [&self.create, &self.update, &self.delete, &self.read, &self.runs].into_iter().flatten()
    }

    fn calls_mut(&mut self) -> impl Iterator<Item = &mut BoundCall> {
        let Self { create, update, delete, read, runs, .. } = self;
        [create, update, delete, read, runs].into_iter().flatten()
    }
}

impl BoundCall {
    fn share_retries(&mut self) {
        let codes = std::mem::take(&mut self.retries);
        self.repetition = Arc::new(Retries { codes, timeout: self.timeout.take() });
    }

    /// Whether two bindings in a row tell of one call, made when either says so.
    #[must_use]
    pub fn is_alternative_to(&self, next: &Self) -> bool {
        self.source.is_some() && self.source == next.source && self.action == next.action
    }
}

fn check_actions(
    file: &RuleFile,
    catalogue: &Catalogue,
    resource: &ResourceType,
) -> Result<(), RulesetError> {
    match resource.calls().find(|call| catalogue.get(&call.action).is_none()) {
        Some(call) => Err(super::unknown_action(file, catalogue, &call.action)),
        None => Ok(()),
    }
}
