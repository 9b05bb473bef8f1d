//! Instances that a template itself creates: what its tasks do to them no lock
//! can have met.
//!
//! Outputs are followed from task to task: what a query tells of a created
//! instance, and what a loop or a template inside of the template hands out.

use std::collections::HashMap;

use super::graph::{Graph, Task};
use super::kind::{Kind, published};
use super::value::{refers, value};
use crate::catalogue::{ApiAction, Catalogue, Thing};
use crate::frontend::template::Item;
use crate::procedure::{Action, Node, Operation, Target, Value};

// Keys of a task, of its properties and of its outputs.
const PROPERTIES: &str = "Properties";
const PARAMETERS: &str = "Parameters";
const SERVICE: &str = "Service";
const API: &str = "API";
const LOOP: &str = "Loop";
const ITEMS: &str = "Items";
const OUTPUTS: &str = "Outputs";
const STACK: &str = "StackId";
const SELECTOR: &str = "ValueSelector";
const VALUE: &str = "Value";

/// The product of stacks, and its action that creates one.
const STACKS: &str = "ROS";
const CREATE_STACK: &str = "CreateStack";

/// Where values come from that name what the tasks create.
pub(super) struct Origins<'t> {
    made: HashMap<&'t str, Made<'t>>,
    catalogue: &'t Catalogue,
}

/// Which outputs of a task name something that comes from a creating task.
enum Made<'t> {
    All(Origin<'t>),
    Some(Vec<(&'t str, Origin<'t>)>),
}

/// A task that creates instances, or of which only bindings can tell whether it
/// does.
#[derive(Clone, Copy)]
struct Origin<'t> {
    task: &'t str,
    is_sure: bool,
}

impl<'t> Origins<'t> {
    /// What these tasks and those inside of them create, in the order in which
    /// they are listed.
    pub(super) fn of(tasks: &[Task<'t>], catalogue: &'t Catalogue) -> Self {
        let mut origins = Self { made: HashMap::new(), catalogue };
        origins.collect(tasks);
        origins
    }

    /// Marks the targets and properties that come from these tasks. Recursion goes
    /// no deeper than the template's nesting.
    pub(super) fn mark(&self, nodes: &mut [Node]) {
        if self.made.is_empty() {
            return;
        }
        for node in nodes {
            match node {
                Node::Call(operation) => self.mark_call(operation),
                Node::Expand(declaration) => {
                    for property in &mut declaration.properties {
                        self.mark_value(&mut property.value);
                    }
                }
                _ => node.bodies_mut().into_iter().for_each(|block| self.mark(block)),
            }
        }
    }

    /// Recursion goes no deeper than the tree is high.
    fn collect(&mut self, tasks: &[Task<'t>]) {
        for task in tasks {
            if let Some(made) = self.made_by(task) {
                self.made.entry(task.name).or_insert(made);
            }
        }
    }

    fn made_by(&mut self, task: &Task<'t>) -> Option<Made<'t>> {
        let properties = task.item.get(PROPERTIES);
        match Kind::of(task.action) {
            Kind::Calls => self.made_by_call(task, properties?).map(Made::All),
            Kind::Composed => Some(Made::All(self.composed(task.name, task.action))),
            Kind::Loops => {
                let inner = properties?.get(super::LOOP_TASKS)?;
                self.collect(&Graph::new(inner.items()).tasks);
                Some(Made::Some(self.handed_out(task.item, SELECTOR)))
            }
            Kind::Embeds => self.made_by_template(task, properties?),
            Kind::Requests | Kind::Silent | Kind::Unknown => None,
        }
    }

    /// A template that is written out hands out what its outputs say.
    fn made_by_template(&self, task: &Task<'t>, properties: Item<'t>) -> Option<Made<'t>> {
        let Some(content) = properties.get(super::TEMPLATE_CONTENT) else {
            let name = properties.get_text(super::TEMPLATE_NAME)?;
            return published(name).then(|| Made::All(self.composed(task.name, name)));
        };
        let tasks = content.get(super::TASKS)?;
        let inner = Self::of(&Graph::new(tasks.items()).tasks, self.catalogue);
        Some(Made::Some(inner.handed_out(content, VALUE)))
    }

    /// A call that creates instances, or that asks about one that was created.
    fn made_by_call(&self, task: &Task<'t>, properties: Item<'t>) -> Option<Origin<'t>> {
        let service = properties.get_text(SERVICE)?.trim();
        if service.eq_ignore_ascii_case(STACKS) {
            return self.made_by_stack(task, properties);
        }
        if !service.eq_ignore_ascii_case(super::PRODUCT) {
            return None;
        }
        let api = self.catalogue.folded(properties.get_text(API)?)?;
        if api.creates == Some(Thing::Instance) {
            return Some(Origin { task: task.name, is_sure: true });
        }
        let over = task.item.get(LOOP).map(|repeats| repeats.get(ITEMS).unwrap_or(repeats));
        let parameters = properties.get(PARAMETERS)?;
        let mut named = api.instance.iter().filter_map(|name| parameters.get(name));
        named.find_map(|name| self.origin_of(&value(name, over)))
    }

    /// What a stack that the template creates hands out, itself or when it is asked.
    fn made_by_stack(&self, task: &Task<'t>, properties: Item<'t>) -> Option<Origin<'t>> {
        let api = properties.get_text(API)?;
        if api.eq_ignore_ascii_case(CREATE_STACK) {
            return Some(Origin { task: task.name, is_sure: true });
        }
        self.origin_of(&value(properties.get(PARAMETERS)?.get(STACK)?, None))
    }

    fn composed(&self, task: &'t str, name: &str) -> Origin<'t> {
        let api = name.rsplit("::").next().and_then(|name| self.catalogue.folded(name));
        Origin { task, is_sure: api.is_some_and(|api| api.creates == Some(Thing::Instance)) }
    }

    /// The outputs of a task or a template that pass on what tasks inside of it
    /// create.
    fn handed_out(&self, of: Item<'t>, key: &str) -> Vec<(&'t str, Origin<'t>)> {
        let outputs = of.get(OUTPUTS).into_iter().flat_map(Item::entries);
        let created = outputs.filter_map(|output| {
            let selected = output.value.get(key).unwrap_or(output.value);
            let origin = refers(selected).then(|| self.origin_of(&value(selected, None)))??;
            Some((output.key.text()?, origin))
        });
        created.collect()
    }

    fn mark_call(&self, operation: &mut Operation) {
        let Action::Named(name) = &operation.action else { return };
        let parameters = self.catalogue.get(name).map_or(&[][..], ApiAction::target_parameters);
        let mut given = parameters.iter().map(|parameter| operation.arguments.get(parameter));
        let named = given.find(|value| value.is_given());
        if operation.target != Target::Unknown {
            return;
        }
        match named.and_then(|value| self.origin_of(value)) {
            Some(Origin { task, is_sure: true }) => {
                operation.target = Target::Created(task.to_owned());
            }
            Some(Origin { is_sure: false, .. }) => {
                for (_, value) in &mut operation.arguments.given {
                    self.mark_value(value);
                }
            }
            None => {}
        }
    }

    fn mark_value(&self, value: &mut Value) {
        match value {
            Value::Unknown(unknown) if unknown.declared.is_none() => {
                unknown.declared = self.origin(&unknown.text).map(|origin| origin.task.to_owned());
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.mark_value(item)),
            Value::Unknown(_) | Value::Text(_) | Value::Map(_) | Value::Absent => {}
        }
    }

    /// The task from which a value comes, if all of it does.
    fn origin_of(&self, value: &Value) -> Option<Origin<'t>> {
        match value {
            Value::Unknown(unknown) => self.origin(&unknown.text),
            Value::List(items) => together(items.iter().map(|item| self.origin_of(item))),
            Value::Text(_) | Value::Map(_) | Value::Absent => None,
        }
    }

    /// The task that the references in a text lead to, if all lead to such.
    fn origin(&self, text: &str) -> Option<Origin<'t>> {
        together(text.split("{{").skip(1).map(|reference| self.referred_to(reference)))
    }

    /// The task that a reference leads to: `run.ids }}`.
    fn referred_to(&self, reference: &str) -> Option<Origin<'t>> {
        let is_end = |letter: char| matches!(letter, '.' | '}' | ' ' | '[');
        let reference = reference.trim_start();
        let (name, rest) = reference.split_at(reference.find(is_end).unwrap_or(reference.len()));
        match self.made.get(name)? {
            Made::All(origin) => Some(*origin),
            Made::Some(outputs) => {
                let output = rest.strip_prefix('.')?.split(is_end).next()?;
                outputs.iter().find(|(name, _)| *name == output).map(|(_, origin)| *origin)
            }
        }
    }
}

/// The first of several origins, as sure as all of them are; none if one is
/// missing.
fn together<'t>(mut origins: impl Iterator<Item = Option<Origin<'t>>>) -> Option<Origin<'t>> {
    let first = origins.next()??;
    origins.try_fold(first, |first, next| {
        let next = next?;
        Some(if next.is_sure { first } else { next })
    })
}
