//! Looks at the lock state of an instance that decide what runs:
//! `if ($instance.OperationLocks.LockReason) { throw }`.

use tree_sitter::Node;

use super::command;
use super::kind;
use super::resolve::Found;
use super::script::{Meaning, variable_name};
use super::statement::Lowering;
use crate::frontend::lock_state::{self, target_of};
use crate::frontend::syntax;
use crate::procedure::{Guard, Node as Step, Target};

/// The longest condition that is looked at, in bytes.
const LONGEST: usize = 4096;

/// How deep variables are followed to the call that filled them.
const DEEPEST: u8 = 4;

/// How many calls and variables of a condition are looked at.
const MOST: usize = 8;

/// Parts of a function's name that turn its answer round.
const DENIALS: &[&str] = &["not", "unlock", "free", "can", "safe"];

impl<'t> Lowering<'_, 't, '_> {
    /// Whether a condition holds if the instance is locked, or if it is not;
    /// none if it is no look at the lock.
    pub(super) fn says_locked(&self, condition: Node<'t>) -> Option<bool> {
        let text = self.script.slice(condition);
        if let Some(locked) = self.called_look(condition) {
            let bare = text.trim_start_matches(['(', ' ']).to_ascii_lowercase();
            return Some(locked != bare.starts_with(['!', '-']));
        }
        let looks = text.len() <= LONGEST
            && (lock_state::is_mentioned(text)
                || self.comes_from_lock(condition, condition.start_byte(), 0));
        looks.then(|| holds_if_locked(text))
    }

    /// Steps that run only if a look finds no lock.
    pub(super) fn guarded(&self, condition: Node<'t>, body: Vec<Step>) -> Vec<Step> {
        if body.is_empty() {
            return body;
        }
        let span = self.source.span(condition.byte_range());
        let target = self.looked_at(condition);
        vec![Step::Guard(Guard { span, target, body, locked: Vec::new() })]
    }

    /// Whose lock a condition looks at: the instance in the call that it makes, that
    /// filled its variable, or that its function is called with.
    fn looked_at(&self, condition: Node<'t>) -> Target {
        let mut commands = Vec::new();
        self.commands_behind(condition, 0, &mut commands);
        let mut targets = commands.into_iter().filter_map(|command| self.instance_of(command));
        targets.next().unwrap_or(Target::Unknown)
    }

    /// The commands in a node and in the values of its variables.
    fn commands_behind(&self, node: Node<'t>, depth: u8, commands: &mut Vec<Node<'t>>) {
        let mut names = Vec::new();
        syntax::walk(node, |inner| {
            match inner.kind() {
                kind::COMMAND => commands.push(inner),
                kind::VARIABLE => names.push(variable_name(self.script.slice(inner))),
                _ => {}
            }
            commands.len() + names.len() < MOST
        });
        let at = node.start_byte();
        for name in names.iter().filter(|_| depth < DEEPEST) {
            for definition in self.script.variables.reaching(name, self.scope, at, false) {
                if let Meaning::Value(value) | Meaning::Items(value) = definition.meaning
                    && commands.len() < MOST
                {
                    self.commands_behind(value, depth + 1, commands);
                }
            }
        }
    }

    fn instance_of(&self, command: Node<'t>) -> Option<Target> {
        let env = self.resolver.env(self.scope, command.start_byte(), None);
        let words = command::words(command, &env);
        if words.first()?.text().is_some_and(|name| self.script.function(name).is_some()) {
            let given = words[1..].iter().find(|word| word.flag().is_none())?;
            return target_of(&given.datum.value());
        }
        self.resolver.resolve(command, self.scope).into_iter().find_map(|found| match found {
            Found::Call { arguments, .. } => target_of(arguments.get("InstanceId")),
            Found::Code { .. } | Found::Composed(_) => None,
        })
    }

    /// The answer that a function about locks gives for a locked instance, if a
    /// condition asks one.
    fn called_look(&self, condition: Node<'t>) -> Option<bool> {
        let mut called = None;
        syntax::walk(condition, |inner| {
            called = called.or(Some(inner).filter(|inner| inner.kind() == kind::COMMAND));
            called.is_none()
        });
        let name = self.script.slice(called?.child_by_field_name("command_name")?);
        let scope = self.script.function(name)?;
        let lower = name.to_ascii_lowercase();
        let about = lock_state::is_mentioned(self.script.slice(self.script.scopes[scope].node));
        (about && lower.contains("lock")).then(|| !DENIALS.iter().any(|word| lower.contains(word)))
    }

    /// Whether a variable in a node was filled from the lock.
    fn comes_from_lock(&self, node: Node<'t>, at: usize, depth: u8) -> bool {
        let mut names = Vec::new();
        syntax::walk(node, |inner| {
            if inner.kind() == kind::VARIABLE {
                names.push(variable_name(self.script.slice(inner)));
            }
            true
        });
        let values = names.iter().flat_map(|name| {
            self.script.variables.reaching(name, self.scope, at, false).into_iter()
        });
        values.into_iter().any(|definition| {
            let (Meaning::Value(value) | Meaning::Items(value)) = definition.meaning else {
                return false;
            };
            let text = self.script.slice(value);
            let is_call = text.contains("DescribeInstances");
            lock_state::is_mentioned(text)
                || (!is_call
                    && depth < DEEPEST
                    && self.comes_from_lock(value, value.start_byte(), depth + 1))
        })
    }
}

/// Whether a test holds for a locked instance: it is one for something, not for
/// nothing.
fn holds_if_locked(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim().trim_start_matches('(');
    if bare.starts_with('!') || bare.starts_with("-not") {
        return false;
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let nothing = |word: &&str| {
        matches!(word.trim_matches(['(', ')', '"', '\'']), "" | "0" | "$null" | "$false")
    };
    let operator = |word: &&str| {
        matches!(
            *word,
            "-eq" | "-ne" | "-gt" | "-notcontains" | "-notmatch" | "-notlike" | "-notin"
        )
    };
    let Some(at) = words.iter().position(operator) else { return true };
    let around = [at.checked_sub(1).and_then(|at| words.get(at)), words.get(at + 1)];
    let to_nothing = around.into_iter().flatten().any(nothing);
    match words[at] {
        "-eq" => !to_nothing,
        "-ne" => to_nothing,
        "-gt" => true,
        _ => false,
    }
}
