//! How steps, and what they leave behind, are put into words for people.

use crate::judge::JudgedProcedure;
use crate::procedure::{Binding, Evidence, Lifecycle, Setting};
use crate::verdict::{Course, Remains, State, Step, Verdict};

use super::{counted, harmless};

/// Whether only a later change would run the procedure.
pub(super) fn is_later(judged: &JudgedProcedure) -> bool {
    judged.steps.iter().all(|step| {
        let binding = step.operation.binding.as_ref();
        let later = |by: &Binding| matches!(by.lifecycle, Lifecycle::Update | Lifecycle::Delete);
        step.operation.evidence == Evidence::Latent && binding.is_some_and(later)
    })
}

/// A procedure that only a later change would run, in a few words.
pub(super) fn folded(judged: &JudgedProcedure) -> String {
    let steps = &judged.steps;
    let blocked = steps.iter().filter(|step| step.judgement.verdict > Verdict::Unresolved);
    let calls = counted(steps.len(), "call");
    format!("{calls}, {} blocked while locked", blocked.count())
}

/// What the lock makes of a step, how sure the step is, and whether a run comes
/// to it.
pub(super) fn verdict(step: &Step) -> String {
    let verdict = match step.judgement.verdict {
        Verdict::Unaffected => "✓ works",
        Verdict::Unresolved => "? unresolved",
        Verdict::MayFail => "! may fail",
        Verdict::Fails => "✗ fails",
        Verdict::SilentNoOp => "∅ does nothing",
    };
    let evidence = match step.operation.evidence {
        Evidence::Certain | Evidence::Planned => "",
        Evidence::Latent => " (latent)",
        Evidence::Possible => " (possible)",
    };
    let handled = step.handled.map_or("", |_| " (handled)");
    let reached = match step.course {
        Course::EndedBy(_) => " (not reached)",
        Course::Reached | Course::TurnedBack | Course::Unseen => "",
    };
    format!("{verdict}{evidence}{handled}{reached}")
}

/// What a procedure leaves behind; none if that is nothing.
pub(super) fn remains(judged: &JudgedProcedure) -> Option<String> {
    let says = |it: &Remains| {
        let target = it.target.as_deref().unwrap_or("an unknown target");
        let state = match it.state {
            State::Stopped => "stopped",
            State::Detached => "detached",
            State::Deleted => "deleted",
            State::NotRun => "without the command's effect",
        };
        format!("{} {state}", harmless(target))
    };
    let all: Vec<String> = judged.remains.iter().map(says).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Where in a document a step is: its heading, number and cell.
pub(super) fn place_in_document(setting: &Setting) -> String {
    let number = setting.number.as_ref().map(|number| format!("step {number}"));
    let cell = setting.cell.map(|(cell, _)| format!("cell {cell}"));
    let parts = [setting.title.clone(), number, cell];
    harmless(&parts.into_iter().flatten().collect::<Vec<_>>().join(", ")).replace('\n', " ")
}
