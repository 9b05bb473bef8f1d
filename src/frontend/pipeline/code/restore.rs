//! Stand-ins for references in languages that cannot read them, and the way back
//! from what was lowered.

use crate::procedure::{Action, Node, Operation, Target, Value};

/// Stand-ins and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Restored {
    names: Vec<(String, String)>,
}

impl Restored {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What stands for a reference: a placeholder for a shell, a name elsewhere.
    pub(super) fn stand_in(&mut self, written: &str, name: &str, is_shell: bool) -> String {
        if let Some((known, _)) = self.names.iter().find(|(_, other)| other == written) {
            return known.clone();
        }
        let stand_in = if is_shell {
            format!("{{{{ {name} }}}}")
        } else {
            format!("expression_{}_", self.names.len() + 1)
        };
        self.remember(stand_in.clone(), written);
        stand_in
    }

    /// Adds what stands for a reference.
    pub(super) fn remember(&mut self, stand_in: String, written: &str) {
        if !self.names.iter().any(|(known, _)| *known == stand_in) {
            self.names.push((stand_in, written.to_owned()));
        }
    }

    /// Puts what stand-ins stand for into nodes.
    pub(super) fn nodes(&self, nodes: &mut [Node]) {
        for node in nodes {
            match node {
                Node::Call(operation) => self.operation(operation),
                Node::Expand(declaration) => {
                    let properties = declaration.properties.iter_mut();
                    properties.for_each(|property| self.value(&mut property.value));
                }
                Node::Branch(arms) => {
                    let conditions = arms.iter_mut().filter_map(|arm| arm.condition.as_mut());
                    for condition in conditions {
                        self.text(condition);
                    }
                }
                Node::Loop(repetition) => {
                    self.text(&mut repetition.condition);
                }
                Node::Guard(guard) => self.target(&mut guard.target),
                _ => {}
            }
            for body in node.bodies_mut() {
                self.nodes(body);
            }
        }
    }

    fn operation(&self, operation: &mut Operation) {
        match &mut operation.action {
            Action::Unresolved(text) => {
                self.text(text);
            }
            Action::Named(name) => {
                let mut text = name.clone();
                if self.text(&mut text) {
                    operation.action = Action::Unresolved(text);
                }
            }
        }
        operation.arguments.given.iter_mut().for_each(|(_, value)| self.value(value));
        self.target(&mut operation.target);
    }

    fn target(&self, target: &mut Target) {
        if let Target::Symbol(text) | Target::Known(text) = target {
            let mut text = std::mem::take(text);
            let changed = self.text(&mut text);
            *target = match target {
                Target::Known(_) if !changed => Target::Known(text),
                _ => Target::Symbol(text),
            };
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::Text(text) => {
                let mut text = std::mem::take(text);
                let changed = self.text(&mut text);
                *value = if changed { Value::unknown(text) } else { Value::Text(text) };
            }
            Value::Unknown(unknown) => {
                self.text(&mut unknown.text);
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, entry)| self.value(entry)),
            Value::Absent => {}
        }
    }

    /// Writes references in place of their stand-ins; whether there were any.
    fn text(&self, text: &mut String) -> bool {
        let mut changed = false;
        for (stand_in, written) in &self.names {
            if text.contains(stand_in) {
                *text = text.replace(stand_in, written);
                changed = true;
            }
        }
        changed
    }
}
