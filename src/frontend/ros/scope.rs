//! What the names in a template stand for.

use std::cell::Cell;
use std::collections::HashMap;

use crate::frontend::Context;
use crate::frontend::template::Item;

// Keys of a template.
const CONDITIONS: &str = "Conditions";
const MAPPINGS: &str = "Mappings";
const PARAMETERS: &str = "Parameters";

// A key of a parameter.
const ALLOWED: &str = "AllowedValues";

// Keys of a resource.
const TYPE: &str = "Type";

/// How much is followed through conditions, locals and mappings in one template,
/// in nodes. References may go in circles, or double with each step.
const STEPS: u32 = 100_000;

/// The names of one template.
#[derive(Debug)]
pub(super) struct Scope<'t> {
    /// What goes before the names of its resources.
    pub(super) within: &'t str,
    /// What the front end may ask.
    pub(super) context: Context<'t>,
    resources: HashMap<&'t str, bool>,
    conditions: Option<Item<'t>>,
    mappings: Option<Item<'t>>,
    locals: Option<Item<'t>>,
    parameters: Option<Item<'t>>,
    steps: Cell<u32>,
    depth: Cell<u8>,
}

/// How many references through conditions and locals are followed one from
/// within the other.
const MAX_DEPTH: u8 = 16;

/// How many dots and brackets of a path may belong to a name.
const MOST_PARTS: usize = 16;

impl<'t> Scope<'t> {
    /// Takes the names from a template.
    pub(super) fn new(template: Item<'t>, within: &'t str, context: Context<'t>) -> Self {
        let entries = template.get(super::RESOURCES).into_iter().flat_map(Item::entries);
        let named = entries.filter_map(|entry| {
            let kind = entry.value.get_text(TYPE)?;
            Some((entry.key.text()?, !kind.starts_with(super::DATA_SOURCE)))
        });
        Self {
            within,
            context,
            resources: named.collect(),
            conditions: template.get(CONDITIONS),
            mappings: template.get(MAPPINGS),
            locals: template.get(super::LOCALS),
            parameters: template.get(PARAMETERS),
            steps: Cell::new(STEPS),
            depth: Cell::new(MAX_DEPTH),
        }
    }

    /// The address of a resource that the template declares and creates; names
    /// may pick one of several (`Web[0]`).
    pub(super) fn declared(&self, name: &str) -> Option<String> {
        let name = name.split('[').next().unwrap_or(name).trim();
        let created = self.resources.get(name).copied().unwrap_or(false);
        created.then(|| self.address(name))
    }

    /// The resource or local whose name a reference starts with, which may go on
    /// with an attribute or pick one of several (`Web.InstanceId`, `Web[0]`). The
    /// name may itself have dots in it.
    pub(super) fn named<'n>(&self, path: &'n str) -> Option<&'n str> {
        let is_known = |name: &&str| {
            self.resources.contains_key(name)
                || self.locals.is_some_and(|locals| locals.get(name).is_some())
        };
        let ends = path.match_indices(['.', '[']).map(|(at, _)| at).take(MOST_PARTS);
        let mut names = ends.map(|at| path[..at].trim()).chain([path.trim()]);
        names.find(is_known)
    }

    /// The address of a resource by its logical id.
    pub(super) fn address(&self, name: &str) -> String {
        if self.within.is_empty() { name.to_owned() } else { format!("{}.{name}", self.within) }
    }

    /// The value of a parameter that allows no other.
    pub(super) fn only_choice(&self, name: &str) -> Option<&'t str> {
        let parameter = self.parameters?.get(name)?;
        let mut allowed = parameter.get(ALLOWED)?.items();
        allowed.next().filter(|_| allowed.next().is_none())?.text()
    }

    /// Evaluates what a condition says, if it may still be followed.
    pub(super) fn with_condition<T>(
        &self,
        name: &str,
        then: impl FnOnce(Item<'t>) -> T,
    ) -> Option<T> {
        let condition = self.conditions?.get(name)?;
        self.follow(condition, || then(condition))
    }

    /// Evaluates what a local value says, if it may still be followed.
    pub(super) fn with_local<T>(&self, name: &str, then: impl FnOnce(Item<'t>) -> T) -> Option<T> {
        let value = self.locals?.get(name)?.get("Value")?;
        self.follow(value, || then(value))
    }

    /// Evaluates a cell of the mappings, if it may still be followed.
    pub(super) fn with_mapped<T>(
        &self,
        keys: [&str; 3],
        then: impl FnOnce(Item<'t>) -> T,
    ) -> Option<T> {
        let cell = keys.into_iter().try_fold(self.mappings?, Item::get)?;
        self.follow(cell, || then(cell))
    }

    fn follow<T>(&self, to: Item<'t>, then: impl FnOnce() -> T) -> Option<T> {
        let steps = self.steps.get().checked_sub(to.size())?;
        let depth = self.depth.get().checked_sub(1)?;
        self.steps.set(steps);
        self.depth.set(depth);
        let result = then();
        self.depth.set(depth + 1);
        Some(result)
    }
}
