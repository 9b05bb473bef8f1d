//! Helpers that run the words that they are given again and again until these
//! work.

use super::Lowering;
use crate::frontend::shell::kind;
use crate::frontend::shell::program::program;
use crate::frontend::shell::word::Word;
use crate::frontend::waiting;
use crate::procedure::{Attempt, Bound, Failure, Node as Step, Repetition};

/// What a helper's name says that tries again.
const RETRIES: &str = "retry";

impl<'t> Lowering<'_, 't, '_> {
    /// Steps that a command makes of the words that it is given, as often as the
    /// helper tries them.
    pub(super) fn retried(
        &self,
        words: &[Word<'t>],
        failure: Failure,
        steps: Vec<Step>,
    ) -> Vec<Step> {
        let Some(head) = words.first().and_then(Word::text).filter(|_| !steps.is_empty()) else {
            return steps;
        };
        let repeats = match self.script.function(head) {
            Some(scope) => self.repeats(scope),
            None => program(head).to_ascii_lowercase().contains(RETRIES).then_some(true),
        };
        let Some(ends) = repeats else { return steps };
        let bound = match failure {
            _ if !ends => Bound::Unseen,
            Failure::Raises => Bound::Fails,
            Failure::Continues | Failure::Discarded => Bound::Ends,
        };
        let body = vec![Step::Attempt(Attempt {
            body: steps.into_iter().map(raising).collect(),
            handlers: Vec::new(),
            finally: Vec::new(),
        })];
        let condition = head.to_owned();
        vec![Step::Loop(Repetition {
            condition,
            conditional: true,
            retries: true,
            bound,
            body,
            ..Repetition::default()
        })]
    }

    /// Whether a function tries what its parameters decide until it works; if so,
    /// whether something bounds how often.
    fn repeats(&self, scope: usize) -> Option<bool> {
        let template = self.resolver.templates(scope).first()?;
        let function = self.script.scopes[scope].node;
        let mut node = *template;
        let mut decided = false;
        while node != function {
            let around = node.parent()?;
            decided |= matches!(around.kind(), kind::LIST | kind::IF);
            match around.kind() {
                kind::WHILE => {
                    let in_body = node.kind() == kind::DO_GROUP;
                    let until = around.child(0).is_some_and(|word| word.kind() == "until");
                    let turns = (until || self.script.slice(node).starts_with('!')) && !in_body;
                    if turns || (in_body && decided) {
                        return Some(waiting::is_bounded(self.script.slice(around)));
                    }
                }
                kind::FOR | kind::C_STYLE_FOR if decided && counts(self.script.slice(around)) => {
                    return Some(true);
                }
                _ => {}
            }
            node = around;
        }
        None
    }
}

/// Whether a loop goes through numbers rather than through what it is to act on.
fn counts(text: &str) -> bool {
    let head = text.lines().next().unwrap_or_default();
    let items = head.split_once(" in ").map_or("", |(_, items)| items);
    let items = items.split(';').next().unwrap_or_default();
    head.contains("((") || items.contains("seq") || items.contains(|c: char| c.is_ascii_digit())
}

/// A step whose failure is looked at.
pub(super) fn raising(step: Step) -> Step {
    match step {
        Step::Call(mut operation) => {
            operation.failure = Failure::Raises;
            Step::Call(operation)
        }
        Step::Invoke(mut invocation) => {
            invocation.failure = Failure::Raises;
            Step::Invoke(invocation)
        }
        other => other,
    }
}
