//! The verdict on each operation: the lock table, with its conditions answered
//! as far as the source tells.

use std::collections::HashSet;

use crate::bind::Bound;
use crate::catalogue::{DiskState, Thing};
use crate::procedure::{Action, Lifecycle, Node, Operation, Procedure, Target};
use crate::ruleset::{Impact, LockRow, RowCondition, Ruleset};
use crate::source::Span;
use crate::verdict::{Judgement, Step, Verdict};

/// A procedure with its steps judged.
#[derive(Clone, Debug)]
pub struct JudgedProcedure {
    /// Its name.
    pub name: String,
    /// The whole of it in its file.
    pub span: Span,
    /// Name of the front end that read it.
    pub frontend: &'static str,
    /// Whether a plan or a diff says that it will run.
    pub planned: bool,
    /// Names of the procedures of the same unit that it waits for.
    pub after: Vec<String>,
    /// Its steps in the order in which they are written.
    pub steps: Vec<Step>,
}

/// Judges every operation of a unit's procedures on the premise that each
/// instance that they meet is locked.
#[must_use]
pub fn judge(mut bound: Bound, ruleset: &Ruleset) -> Vec<JudgedProcedure> {
    let mut attached = declared_attachments(&bound.procedures, ruleset);
    attached.extend(bound.attached_disks);
    let mut judging =
        Judging { ruleset, declared: attached, attached: HashSet::new(), steps: Vec::new() };
    let judge_one = |procedure: Procedure| {
        judging.attached.clear();
        judging.nodes(procedure.body, None);
        let Procedure { name, span, frontend, .. } = procedure;
        let after = bound.waits.remove(&name).unwrap_or_default();
        let planned = bound.planned.contains(&name);
        let steps = std::mem::take(&mut judging.steps);
        JudgedProcedure { name, span, frontend, planned, after, steps }
    };
    bound.procedures.into_iter().map(judge_one).collect()
}

/// Names of the disks that resources of the unit attach.
fn declared_attachments(procedures: &[Procedure], ruleset: &Ruleset) -> HashSet<String> {
    let mut attached = HashSet::new();
    for procedure in procedures {
        for node in &procedure.body {
            if let Node::Call(operation) = node
                && operation.binding.as_ref().is_some_and(|by| by.lifecycle == Lifecycle::Create)
            {
                attached.extend(attached_disk(operation, ruleset));
            }
        }
    }
    attached
}

/// The disk that an operation attaches, by the name of its target.
fn attached_disk(operation: &Operation, ruleset: &Ruleset) -> Option<String> {
    let Action::Named(name) = &operation.action else { return None };
    let attaches = ruleset.catalogue.get(name)?.attaches == Some(Thing::Disk);
    attaches.then(|| operation.target.name().map(str::to_owned)).flatten()
}

/// Why a step counts as handled when a look at the lock state decides whether
/// it runs.
const GUARDED: &str = "it only runs if a look at the lock state finds none";

struct Judging<'r> {
    ruleset: &'r Ruleset,
    /// Disks that are attached before the procedure starts.
    declared: HashSet<String>,
    /// Disks that the procedure has attached so far.
    attached: HashSet<String>,
    steps: Vec<Step>,
}

impl Judging<'_> {
    fn nodes(&mut self, nodes: Vec<Node>, handled: Option<&'static str>) {
        for node in nodes {
            self.node(node, handled);
        }
    }

    fn node(&mut self, node: Node, handled: Option<&'static str>) {
        match node {
            Node::Call(operation) => self.call(operation, handled),
            Node::Expand(_) => debug_assert!(false, "the bind stage leaves none"),
            Node::Sequence(body) => self.nodes(body, handled),
            Node::Branch(arms) => {
                for arm in arms {
                    self.nodes(arm.body, handled);
                }
            }
            Node::Loop(repetition) => self.nodes(repetition.body, handled),
            Node::Attempt(attempt) => {
                self.nodes(attempt.body, handled);
                for handler in attempt.handlers {
                    self.nodes(handler.body, handled);
                }
                self.nodes(attempt.finally, handled);
            }
            Node::Guard(guard) => self.nodes(guard.body, Some(GUARDED)),
        }
    }

    fn call(&mut self, operation: Operation, handled: Option<&'static str>) {
        let judgement = self.judgement(&operation);
        self.attached.extend(attached_disk(&operation, self.ruleset));
        self.steps.push(Step { operation, judgement, handled });
    }

    fn judgement(&self, operation: &Operation) -> Judgement {
        let Action::Named(name) = &operation.action else {
            return plain(Verdict::Unresolved, "");
        };
        if self.ruleset.catalogue.get(name).is_none() {
            return plain(Verdict::Unresolved, "");
        }
        let Some(row) = self.ruleset.lock.row(name) else {
            return plain(unconditional(self.ruleset.lock.default), "");
        };
        if row.impact == Impact::Unaffected {
            return plain(Verdict::Unaffected, "");
        }
        if let Some(reason) = exempt(operation) {
            return plain(Verdict::Unaffected, reason);
        }
        let (holds, reason) = self.condition(row, operation);
        let verdict = match holds {
            Answer::Yes => unconditional(row.impact),
            Answer::No => Verdict::Unaffected,
            Answer::CannotTell => Verdict::MayFail,
        };
        let error_code = row.error_code.clone().filter(|_| verdict != Verdict::Unaffected);
        Judgement { verdict, error_code, reason }
    }

    /// Whether what a row depends on holds, and what says so.
    fn condition(&self, row: &LockRow, operation: &Operation) -> (Answer, &'static str) {
        match row.condition {
            None => (Answer::Yes, ""),
            Some(RowCondition::DiskInUse) => self.disk_in_use(operation),
            Some(RowCondition::SourceIsInstance) => self.source_is_instance(operation),
        }
    }

    fn disk_in_use(&self, operation: &Operation) -> (Answer, &'static str) {
        let Action::Named(name) = &operation.action else {
            return (Answer::CannotTell, "");
        };
        let api = self.ruleset.catalogue.get(name);
        if api.is_some_and(|api| api.disk_state == Some(DiskState::InUse)) {
            return (Answer::Yes, "the action works on an attached disk");
        }
        if operation.disk_in_use {
            return (Answer::Yes, "the disk is attached");
        }
        match operation.target.name() {
            Some(disk) if self.attached.contains(disk) || self.declared.contains(disk) => {
                (Answer::Yes, "the disk is attached")
            }
            _ => (Answer::CannotTell, "whether the disk is in use cannot be told"),
        }
    }

    fn source_is_instance(&self, operation: &Operation) -> (Answer, &'static str) {
        let Action::Named(name) = &operation.action else {
            return (Answer::CannotTell, "");
        };
        let arguments = &operation.arguments;
        let given = |parameter: &str| arguments.get(parameter).is_given();
        let api = self.ruleset.catalogue.get(name);
        let instance = api.is_some_and(|api| api.instance.iter().any(|name| given(name)));
        let snapshot = api.is_some_and(|api| api.snapshot.iter().any(|name| given(name)));
        match () {
            () if instance => (Answer::Yes, "made from the instance"),
            () if snapshot || given("DiskDeviceMapping") => {
                (Answer::No, "not made from an instance")
            }
            () if arguments.open => (Answer::CannotTell, "what it is made from cannot be told"),
            () => (Answer::Yes, "no other source is named"),
        }
    }
}

/// Answer to a question about what runs elsewhere or later.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Answer {
    Yes,
    No,
    CannotTell,
}

fn plain(verdict: Verdict, reason: &'static str) -> Judgement {
    Judgement { verdict, error_code: None, reason }
}

/// The verdict where nothing else is asked.
fn unconditional(impact: Impact) -> Verdict {
    match impact {
        Impact::Unaffected => Verdict::Unaffected,
        Impact::Fails | Impact::FailsIfDiskInUse => Verdict::Fails,
        Impact::SilentNoOp => Verdict::SilentNoOp,
    }
}

/// Why the lock does not matter to an operation whatever its action.
fn exempt(operation: &Operation) -> Option<&'static str> {
    if matches!(operation.target, Target::Created(_)) {
        return Some("what it acts on is created here, so no lock has met it");
    }
    let dry_run = operation.arguments.get("DryRun").as_text();
    dry_run.filter(|text| text.eq_ignore_ascii_case("true")).map(|_| "a dry run changes nothing")
}
