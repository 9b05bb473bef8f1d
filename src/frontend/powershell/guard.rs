//! Looks at the lock state of an instance that decide what runs:
//! `if ($instance.OperationLocks.LockReason) { throw }`.

use tree_sitter::Node;

use super::kind;
use super::script::{Meaning, variable_name};
use super::statement::Lowering;
use crate::frontend::lock_state;
use crate::frontend::syntax;
use crate::procedure::{Guard, Node as Step, Target};

/// The longest condition that is looked at, in bytes.
const LONGEST: usize = 4096;

/// How deep variables are followed to the call that filled them.
const DEEPEST: u8 = 4;

impl<'t> Lowering<'_, 't, '_> {
    /// Whether a condition holds if the instance is locked, or if it is not;
    /// none if it is no look at the lock.
    pub(super) fn says_locked(&self, condition: Node<'t>) -> Option<bool> {
        let text = self.script.slice(condition);
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
        vec![Step::Guard(Guard { span, target: Target::Unknown, body, locked: Vec::new() })]
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
