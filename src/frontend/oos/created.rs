//! Instances that a template itself creates: what its tasks do to them no lock
//! can have met.

use super::graph::Task;
use crate::catalogue::{ApiAction, Catalogue, Thing};
use crate::procedure::{Action, Node, Operation, Target, Unknown, Value};

/// What stands for the item of a loop inside of it.
const LOOP_ITEM: &str = "ACS::TaskLoopItem";

/// Names of the tasks that create instances.
pub(super) struct Creators<'t> {
    names: Vec<&'t str>,
    catalogue: &'t Catalogue,
}

impl<'t> Creators<'t> {
    /// The tasks among these, by the API or the cloud product action that they use.
    pub(super) fn of(tasks: &[Task<'t>], catalogue: &'t Catalogue) -> Self {
        let creates = |name: &str| {
            let api = catalogue.folded(name);
            api.is_some_and(|api| api.creates == Some(Thing::Instance))
        };
        let is_creator = |task: &&Task<'t>| {
            let api = task.item.get("Properties").and_then(|properties| properties.get_text("API"));
            creates(api.unwrap_or_else(|| task.action.rsplit("::").next().unwrap_or_default()))
        };
        let names = tasks.iter().filter(is_creator).map(|task| task.name).collect();
        Self { names, catalogue }
    }

    /// Marks the targets that come from these tasks. Recursion goes no deeper than
    /// the template's nesting.
    pub(super) fn mark(&self, nodes: &mut [Node]) {
        if !self.names.is_empty() {
            self.mark_nodes(nodes, false);
        }
    }

    fn mark_nodes(&self, nodes: &mut [Node], over_created: bool) {
        for node in nodes {
            match node {
                Node::Call(operation) => self.mark_call(operation, over_created),
                Node::Expand(declaration) => {
                    for property in &mut declaration.properties {
                        self.mark_value(&mut property.value, over_created);
                    }
                }
                Node::Loop(repetition) => {
                    let over_created = self.creator(&repetition.condition, over_created).is_some();
                    self.mark_nodes(&mut repetition.body, over_created);
                }
                other => {
                    for body in other.bodies_mut() {
                        self.mark_nodes(body, over_created);
                    }
                }
            }
        }
    }

    fn mark_call(&self, operation: &mut Operation, over_created: bool) {
        let Action::Named(name) = &operation.action else { return };
        let parameters = self.catalogue.get(name).map_or(&[][..], ApiAction::target_parameters);
        let mut given = parameters.iter().map(|parameter| operation.arguments.get(parameter));
        let Some(value) = given.find(|value| value.is_given()) else { return };
        if let Some(creator) = self.creator_of(value, over_created) {
            operation.target = Target::Created(creator.to_owned());
        }
    }

    fn mark_value(&self, value: &mut Value, over_created: bool) {
        if let Some(creator) = self.creator_of(value, over_created) {
            let declared = Some(creator.to_owned());
            let text = match value {
                Value::Unknown(unknown) => std::mem::take(&mut unknown.text),
                _ => creator.to_owned(),
            };
            *value = Value::Unknown(Unknown { text, declared });
        }
    }

    /// The task from which a value comes, if all of it does.
    fn creator_of(&self, value: &Value, over_created: bool) -> Option<&str> {
        match value {
            Value::Unknown(unknown) => self.creator(&unknown.text, over_created),
            Value::List(items) => {
                let mut creators = items.iter().map(|item| self.creator_of(item, over_created));
                let first = creators.next()??;
                creators.all(|creator| creator.is_some()).then_some(first)
            }
            Value::Text(_) | Value::Map(_) | Value::Absent => None,
        }
    }

    /// The task that the references in a text lead to, if all lead to such.
    fn creator(&self, text: &str, over_created: bool) -> Option<&str> {
        let mut found = None;
        for reference in text.split("{{").skip(1) {
            let reference = reference.trim_start();
            let name = reference.split(['.', '}', ' ', '[']).next().unwrap_or(reference);
            found = Some(match self.names.iter().find(|creator| **creator == name) {
                Some(creator) => *creator,
                None if over_created && name == LOOP_ITEM => LOOP_ITEM,
                None => return None,
            });
        }
        found
    }
}
