//! Commands that lead elsewhere: to a function of the script, out of a loop, to
//! the end.

use super::Lowering;
use crate::frontend::shell::kind;
use crate::frontend::shell::word::Word;
use crate::procedure::{Failure, Invocation, Leave, Node as Step};

/// How many arguments of a function are handed on.
const MOST_ARGUMENTS: usize = 9;

/// What functions that end the script are called where the script gets them from
/// elsewhere.
const ENDING: &[&str] = &["die", "fatal", "abort", "bail"];

impl<'t> Lowering<'_, 't, '_> {
    /// Where a command leads besides what it calls.
    pub(super) fn elsewhere(&self, words: &[Word<'t>], failure: Failure) -> Option<Step> {
        let (head, arguments) = words.split_first()?;
        let name = head.text()?;
        if let Some(scope) = self.script.function(name) {
            let function = self.script.scopes[scope].node;
            return Some(Step::Invoke(Invocation {
                procedure: self.source.span(function.byte_range()),
                given: self.given(scope, &arguments[..arguments.len().min(MOST_ARGUMENTS)]),
                failure,
                process: false,
                body: Vec::new(),
            }));
        }
        let leave = match name {
            "exit" if arguments.first().is_none_or(|status| status.text() == Some("0")) => {
                Leave::Procedure
            }
            "exit" => Leave::Failing,
            "return" => returned(head, arguments.first(), self.failing),
            "break" => Leave::Loop,
            "continue" => Leave::Turn,
            name if ENDING.contains(&name) => Leave::Failing,
            _ => return None,
        };
        Some(Step::Leave(leave))
    }
}

/// Whether a command of this name ends the script or the function.
pub(super) fn ends(name: &str) -> bool {
    matches!(name, "exit" | "return") || ENDING.contains(&name)
}

/// What `return` comes to: without a status it hands on that of the command right
/// before it.
fn returned(head: &Word<'_>, status: Option<&Word<'_>>, failing: bool) -> Leave {
    let around = || head.node?.parent()?.parent()?.parent();
    let fails = match status.map(Word::text) {
        Some(Some(status)) => status.parse::<u32>().is_ok_and(|status| status != 0),
        Some(None) => failing,
        None => failing && around().is_some_and(|node| node.kind() == kind::LIST),
    };
    if fails { Leave::FailingFunction } else { Leave::Function }
}

/// The steps of a subshell, whose end ends nothing else.
pub(super) fn staying(mut steps: Vec<Step>) -> Vec<Step> {
    steps.retain_mut(|step| {
        for body in step.bodies_mut() {
            *body = staying(std::mem::take(body));
        }
        let leaves = matches!(
            step,
            Step::Leave(
                Leave::Function | Leave::FailingFunction | Leave::Procedure | Leave::Failing
            )
        );
        !leaves
    });
    steps
}
