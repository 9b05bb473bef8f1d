//! Values that tell of the lock of an instance, and whose lock it is.

use tree_sitter::Node;

use super::look::{Looks, asks_for_none};
use crate::frontend::lock_state::{self, target_of};
use crate::frontend::shell::definition::Meaning;
use crate::frontend::shell::kind;
use crate::frontend::shell::resolve::Found;
use crate::frontend::shell::script::words_of;
use crate::frontend::syntax;
use crate::procedure::{Target, Value};

/// The longest text that is read, in bytes.
const LONGEST: usize = 4096;

/// How many commands and names of a condition are looked at.
const MOST_LOOKED_AT: usize = 8;

/// What a value tells of the lock.
pub(super) enum Told {
    /// What is locked, or how often: it is empty, none or 0 where nothing is.
    Locks,
    /// It is this value where the instance is locked, or where it is not.
    Flag { value: String, locked: bool },
}

impl<'t> Looks<'_, '_, 't, '_> {
    /// What the text of a node comes to, if it comes from a look at the lock.
    pub(super) fn told(self, node: Node<'t>) -> Option<Told> {
        let looks = self.deeper()?;
        let text = self.slice(node);
        if text.len() > LONGEST || !self.lowering.spend() {
            return None;
        }
        if lock_state::is_mentioned(text) {
            return (!lock_state::is_of_another(text)).then(|| of_text(text));
        }
        let mut found = None;
        syntax::walk(node, |inner| {
            if found.is_some() {
                return false;
            }
            match inner.kind() {
                kind::VARIABLE_NAME => found = looks.of_variable(inner),
                kind::COMMAND => found = looks.of_function(inner),
                _ => {}
            }
            true
        });
        found
    }

    /// What a variable tells where it stands.
    fn of_variable(self, name: Node<'t>) -> Option<Told> {
        if name.parent().is_some_and(|parent| parent.kind() == kind::ASSIGNMENT) {
            return None;
        }
        let values = self.values(self.slice(name), name.start_byte());
        values.iter().find_map(|value| {
            let told = self.told(*value);
            let own = told.or_else(|| self.flag(*value))?;
            Some(own)
        })
    }

    pub(super) fn values(self, name: &str, at: usize) -> Vec<Node<'t>> {
        let reaching = self.lowering.script.variables.reaching(name, self.scope, at, false);
        let word = |meaning| match meaning {
            Meaning::Word(node)
            | Meaning::Default(node)
            | Meaning::Array(node)
            | Meaning::Element(node) => Some(node),
            Meaning::Items(_) | Meaning::Empty | Meaning::Input => None,
        };
        reaching.iter().filter_map(|definition| word(definition.meaning)).collect()
    }

    /// What it tells that a variable has got a value: it has only where a look finds
    /// a lock, or none.
    fn flag(self, value: Node<'t>) -> Option<Told> {
        let text = self.slice(value);
        if text.contains(['$', '`']) {
            return None;
        }
        let mut node = value;
        for _ in 0..MOST_LOOKED_AT {
            let around = node.parent()?;
            let decides = match around.kind() {
                kind::IF => around.child_by_field_name("condition").filter(|it| *it != node),
                kind::LIST => around.named_child(0).filter(|it| *it != node),
                kind::FUNCTION => return None,
                _ => None,
            };
            if let Some(told) = decides.and_then(|condition| self.assurance(condition)) {
                let otherwise = node.kind() == kind::ELSE
                    || around.kind() == kind::LIST && !self.joins(around, node);
                let locked = told.unlocked_if_false != otherwise;
                let value = text.trim_matches(['"', '\'']).to_owned();
                return Some(Told::Flag { value, locked });
            }
            node = around;
        }
        None
    }

    /// Whether `&&` stands before the right side of a list.
    fn joins(self, list: Node<'t>, right: Node<'t>) -> bool {
        let before = list.named_child(0).map_or(list.start_byte(), |left| left.end_byte());
        let between = self.lowering.script.text.get(before..right.start_byte());
        between.is_some_and(|between| between.contains("&&"))
    }

    /// Whether a value is a choice of what is not locked.
    pub(super) fn chooses_unlocked(self, node: Node<'t>) -> bool {
        if !self.lowering.seeks.locks || !self.lowering.spend() {
            return false;
        }
        let Some(looks) = self.deeper() else { return false };
        let text = self.slice(node);
        let mut found = text.len() <= LONGEST && chooses_unlocked(text);
        syntax::walk(node, |inner| {
            if !found && inner.kind() == kind::VARIABLE_NAME {
                let values = looks.values(self.slice(inner), inner.start_byte());
                found = values.into_iter().any(|value| looks.chooses_unlocked(value));
            }
            !found
        });
        found
    }

    /// What the output of a function tells that looks at the lock.
    fn of_function(self, command: Node<'t>) -> Option<Told> {
        let name = self.slice(command.child_by_field_name("name")?);
        let scope = self.lowering.script.function(name)?;
        let text = self.slice(self.lowering.script.scopes[scope].node);
        let about = text.len() <= LONGEST
            && lock_state::is_mentioned(text)
            && !lock_state::is_of_another(text);
        about.then(|| of_text(text))
    }

    /// Whose lock a condition looks at: the instance in the call that it makes,
    /// that filled its variable, or that its function is called with.
    pub(super) fn looked_at(self, condition: Node<'t>) -> Option<Target> {
        self.asked_about(condition, "InstanceId")
    }

    /// What the calls behind a condition are given as one of their parameters.
    pub(super) fn asked_about(self, condition: Node<'t>, parameter: &str) -> Option<Target> {
        let looks = self.deeper()?;
        if !self.lowering.spend() {
            return None;
        }
        let mut nodes = Vec::new();
        syntax::walk(condition, |node| {
            if matches!(node.kind(), kind::COMMAND | kind::VARIABLE_NAME) {
                nodes.push(node);
            }
            nodes.len() < MOST_LOOKED_AT
        });
        let commands = nodes.iter().filter(|node| node.kind() == kind::COMMAND);
        if let Some(target) =
            commands.clone().find_map(|command| looks.given_to(*command, parameter))
        {
            return Some(target);
        }
        let names = nodes.iter().filter(|node| node.kind() == kind::VARIABLE_NAME);
        names
            .flat_map(|name| looks.sources(*name))
            .find_map(|value| looks.asked_about(value, parameter))
    }

    /// What gives a variable its value: the value itself, or the condition under
    /// which it has it.
    fn sources(self, name: Node<'t>) -> Vec<Node<'t>> {
        let values = self.values(self.slice(name), name.start_byte());
        let source = |value: &Node<'t>| {
            if self.slice(*value).contains(['$', '`']) {
                return Some(*value);
            }
            let arm = value.parent()?.parent()?;
            let arm = if arm.kind() == kind::ELSE { arm.parent()? } else { arm };
            match arm.kind() {
                kind::IF => arm.child_by_field_name("condition"),
                kind::LIST => arm.named_child(0),
                _ => None,
            }
        };
        values.iter().filter_map(source).collect()
    }

    fn given_to(self, command: Node<'t>, parameter: &str) -> Option<Target> {
        let lowering = self.lowering;
        let words = lowering.resolver.words(&words_of(command), self.scope, command.start_byte());
        let (head, arguments) = words.split_first()?;
        if let Some(scope) = head.text().and_then(|name| lowering.script.function(name)) {
            let body = lowering.script.scopes[scope].node.child_by_field_name("body")?;
            let asked = self.inside(scope).asked_about(body, parameter);
            let given = lowering.given(scope, arguments);
            return match asked {
                Some(Target::Symbol(name)) => {
                    let value = given.iter().find(|(own, _)| *own == name);
                    value.map_or(Some(Target::Symbol(name)), |(_, value)| target_of(value))
                }
                None if arguments.len() == 1 => target_of(&arguments[0].value),
                known => known,
            };
        }
        let found = lowering.resolver.resolve(&words, self.scope);
        found.into_iter().find_map(|found| match found {
            Found::Call(request) => match request.arguments.get(parameter) {
                Value::Absent => None,
                value => target_of(value),
            },
            Found::Code { .. } | Found::Composed(_) => None,
        })
    }
}

/// Whether a text chooses what is not locked out of an answer.
pub(super) fn chooses_unlocked(text: &str) -> bool {
    text.len() <= LONGEST
        && text.contains("select(")
        && lock_state::is_mentioned(text)
        && asks_for_none(text)
}

/// What the text of a look comes to: one that compares prints whether it holds.
fn of_text(text: &str) -> Told {
    let dense: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let compares = ["==", "!=", "length>", "length<", "|any", "|not"];
    if dense.contains("jq")
        && !dense.contains("select(")
        && compares.iter().any(|it| dense.contains(it))
        && !dense.contains("if")
        && !dense.contains("[[")
    {
        return Told::Flag { value: "true".to_owned(), locked: !asks_for_none(text) };
    }
    Told::Locks
}
