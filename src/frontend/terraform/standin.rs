//! Names that stand for interpolations in embedded code.
//!
//! `aliyun ecs StartInstance --InstanceId ${alicloud_instance.web.id}` is handed
//! on as `… --InstanceId $alicloud_instance_web_id`, so that it parses. What comes
//! back is put into the configuration's own words again, and a value that stands
//! for a resource of the module is known as such.

use std::collections::{BTreeMap, HashMap};

use crate::frontend::Lowered;
use crate::procedure::{Action, Node, Operation, Target, Unknown, Value};

/// The longest name that stands for an expression.
const MAX_NAME: usize = 60;

/// The stand-ins of one piece of code.
#[derive(Default)]
pub(super) struct Standins {
    names: HashMap<String, Unknown>,
}

impl Standins {
    /// The name that stands for a value.
    pub(super) fn name(&mut self, value: &Unknown) -> String {
        let stem = identifier(&value.text);
        let mut name = stem.clone();
        let mut number = 1;
        while self.names.get(&name).is_some_and(|taken| taken.text != value.text) {
            number += 1;
            name = format!("{stem}_{number}");
        }
        self.names.entry(name.clone()).or_insert_with(|| value.clone());
        name
    }

    /// What they stand for, in the order of their names.
    pub(super) fn values(&self) -> BTreeMap<&str, Option<&str>> {
        self.names.iter().map(|(name, value)| (name.as_str(), value.declared.as_deref())).collect()
    }

    /// Puts what the names stand for into what was lowered.
    pub(super) fn restore(&self, lowered: &mut Lowered) {
        if self.names.is_empty() {
            return;
        }
        let bodies = lowered.procedures.iter_mut().map(|procedure| &mut procedure.body);
        let mut pending: Vec<&mut Node> = bodies.flatten().collect();
        while let Some(node) = pending.pop() {
            self.node(node, &mut pending);
        }
        for declaration in &mut lowered.declarations {
            for property in &mut declaration.properties {
                self.value(&mut property.value);
            }
        }
    }

    fn node<'n>(&self, node: &'n mut Node, pending: &mut Vec<&'n mut Node>) {
        match node {
            Node::Call(operation) => self.operation(operation),
            Node::Expand(declaration) => {
                for property in &mut declaration.properties {
                    self.value(&mut property.value);
                }
            }
            Node::Branch(arms) => {
                for arm in arms {
                    arm.condition.iter_mut().for_each(|condition| self.text(condition));
                }
            }
            Node::Loop(repetition) => self.text(&mut repetition.condition),
            Node::Guard(guard) => self.target(&mut guard.target),
            Node::Sequence(_)
            | Node::Attempt(_)
            | Node::Invoke(_)
            | Node::Ask(_)
            | Node::Leave(_) => {}
        }
        pending.extend(node.bodies_mut().into_iter().flatten());
    }

    fn operation(&self, operation: &mut Operation) {
        match &mut operation.action {
            Action::Unresolved(text) => self.text(text),
            Action::Named(name) if self.mentions(name) => {
                let mut text = std::mem::take(name);
                self.text(&mut text);
                operation.action = Action::Unresolved(text);
            }
            Action::Named(_) => {}
        }
        for (_, value) in &mut operation.arguments.given {
            self.value(value);
        }
        self.target(&mut operation.target);
    }

    fn target(&self, target: &mut Target) {
        let (Target::Symbol(text) | Target::Known(text)) = target else { return };
        if !self.mentions(text) {
            return;
        }
        *target = match self.restored(text) {
            Unknown { declared: Some(address), .. } => Target::Declared(address),
            Unknown { text, .. } => Target::Symbol(text),
        };
    }

    fn value(&self, value: &mut Value) {
        match value {
            // Between single quotes a shell takes a stand-in for plain text.
            Value::Text(text) if self.mentions(text) => {
                *value = Value::Unknown(self.restored(text));
            }
            Value::Unknown(unknown) if self.mentions(&unknown.text) => {
                *unknown = self.restored(&unknown.text);
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, entry)| self.value(entry)),
            Value::Text(_) | Value::Unknown(_) | Value::Absent => {}
        }
    }

    fn mentions(&self, text: &str) -> bool {
        words(text).any(|(_, word)| self.names.contains_key(word))
    }

    /// What a text stands for: the value, if it is a stand-in and nothing else.
    fn restored(&self, text: &str) -> Unknown {
        let bare = text.trim_matches(['"', '\'', '$', '{', '}']);
        if let Some(value) = self.names.get(bare) {
            return value.clone();
        }
        let mut text = text.to_owned();
        self.text(&mut text);
        Unknown { text, declared: None, answer: None }
    }

    /// Writes the expressions in place of the names that stand for them.
    fn text(&self, text: &mut String) {
        let mut restored = String::new();
        let mut rest = 0;
        for (start, word) in words(text) {
            let Some(value) = self.names.get(word) else { continue };
            let end = start + word.len();
            let braced = text[..start].ends_with("${") && text[end..].starts_with('}');
            let sigil = usize::from(braced) + usize::from(braced || text[..start].ends_with('$'));
            restored.push_str(&text[rest..start - sigil]);
            restored.extend(["${", &value.text, "}"]);
            rest = end + usize::from(braced);
        }
        restored.push_str(&text[rest..]);
        *text = restored;
    }
}

/// The identifiers in a text and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter_map(move |word| {
        let start = at + text[at..].find(word)?;
        at = start + word.len();
        (!word.is_empty()).then_some((start, word))
    })
}

/// A name made of an expression's letters. It always has an underscore, so that
/// hardly any word of a script is mistaken for it.
fn identifier(expression: &str) -> String {
    let parts = expression.split(|c: char| !c.is_ascii_alphanumeric());
    let mut name = String::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if name.len() + part.len() > MAX_NAME {
            break;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(part);
    }
    if name.contains('_') && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("tf_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_come_back_as_what_they_stand_for() {
        let mut standins = Standins::default();
        let web = Unknown {
            text: "alicloud_instance.web.id".into(),
            declared: Some("a.web".into()),
            answer: None,
        };
        assert_eq!(standins.name(&web), "alicloud_instance_web_id");
        let other =
            Unknown { text: "alicloud_instance.web-id".into(), declared: None, answer: None };
        assert_eq!(standins.name(&other), "alicloud_instance_web_id_2");
        let mut text = "x $alicloud_instance_web_id-${alicloud_instance_web_id_2}y".to_owned();
        standins.text(&mut text);
        assert_eq!(text, "x ${alicloud_instance.web.id}-${alicloud_instance.web-id}y");
        assert_eq!(standins.restored("\"$alicloud_instance_web_id\""), web);
        assert_eq!(identifier("i"), "tf_i");
    }
}
