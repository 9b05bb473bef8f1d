//! The verdict on each operation: the lock table, with its conditions answered
//! as far as the source tells.

use std::collections::HashSet;

use crate::bind::Bound;
use crate::catalogue::{DiskState, Thing};
use crate::graph::Graph;
use crate::procedure::{Action, Lifecycle, Node, Operation, Procedure, Target};
use crate::ruleset::{Impact, LockRow, RowCondition, Ruleset};
use crate::source::Span;
use crate::verdict::{Course, Judgement, Remains, Step, Verdict};

mod care;

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
    /// Which step leads to which.
    pub graph: Graph,
    /// What a run on a locked instance leaves behind; the flow stage finds it out.
    pub remains: Vec<Remains>,
}

/// The procedures of a unit with their steps judged.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Its procedures.
    pub procedures: Vec<JudgedProcedure>,
    /// Those of them that call others and that no other calls, with the steps of
    /// the others in their places.
    pub runs: Vec<JudgedProcedure>,
}

/// Judges every operation of a unit's procedures on the premise that each
/// instance that they meet is locked.
#[must_use]
pub fn judge(mut bound: Bound, ruleset: &Ruleset) -> Judged {
    let mut attached = declared_attachments(&bound.procedures, ruleset);
    attached.extend(bound.attached_disks);
    let mut judging = Judging {
        ruleset,
        declared: attached,
        attached: HashSet::new(),
        listed: Vec::new(),
        made: Vec::new(),
        steps: Vec::new(),
    };
    let mut judge_one = |procedure: Procedure| {
        judging.attached.clear();
        judging.listed.clear();
        judging.made.clear();
        let mut graph = Graph::new(&procedure.body);
        judging.nodes(procedure.body);
        let mut steps = std::mem::take(&mut judging.steps);
        care::mark(&mut steps, &mut graph, ruleset);
        let Procedure { name, span, frontend, .. } = procedure;
        let after = bound.waits.remove(&name).unwrap_or_default();
        let planned = bound.planned.contains(&name);
        let remains = Vec::new();
        JudgedProcedure { name, span, frontend, planned, after, steps, graph, remains }
    };
    let procedures = bound.procedures.into_iter().map(&mut judge_one).collect();
    Judged { procedures, runs: bound.runs.into_iter().map(judge_one).collect() }
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

/// The answer in which an operation lists the disks of an instance.
fn listed_disks(operation: &Operation, ruleset: &Ruleset) -> Option<String> {
    let Action::Named(name) = &operation.action else { return None };
    let api = ruleset.catalogue.get(name)?;
    let of_instance = api.instance.iter().any(|name| operation.arguments.get(name).is_given());
    let lists = api.lists == Some(Thing::Disk) && of_instance;
    operation.answer.clone().filter(|answer| lists && !answer.is_empty())
}

struct Judging<'r> {
    ruleset: &'r Ruleset,
    /// Disks that are attached before the procedure starts.
    declared: HashSet<String>,
    /// Disks that the procedure has attached so far.
    attached: HashSet<String>,
    /// Answers that have listed the disks of an instance so far.
    listed: Vec<String>,
    /// Answers that hold what the procedure has created so far: of disks those that
    /// nothing has attached.
    made: Vec<(Thing, String)>,
    steps: Vec<Step>,
}

impl Judging<'_> {
    /// Judges the operations of nodes, in the order in which a [`Graph`] numbers
    /// them.
    fn nodes(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: Node) {
        match node {
            Node::Call(operation) => self.call(operation),
            Node::Expand(_) => debug_assert!(false, "the bind stage leaves none"),
            mut other => {
                for body in other.bodies_mut() {
                    self.nodes(std::mem::take(body));
                }
            }
        }
    }

    fn call(&mut self, mut operation: Operation) {
        self.know_made(&mut operation);
        let judgement = self.judgement(&operation);
        self.attached.extend(attached_disk(&operation, self.ruleset));
        self.note_answer(&operation);
        self.steps.push(Step { operation, judgement, handled: None, course: Course::default() });
    }

    /// Takes note of the disks that an answer lists, which is no longer what it was.
    fn note_answer(&mut self, operation: &Operation) {
        self.listed.retain(|answer| Some(answer) != operation.answer.as_ref());
        self.listed.extend(listed_disks(operation, self.ruleset));
    }

    /// Knows what the procedure itself has created, until it is attached to an
    /// instance that was there before.
    fn know_made(&mut self, operation: &mut Operation) {
        let Action::Named(name) = &operation.action else { return };
        let Some(api) = self.ruleset.catalogue.get(name) else { return };
        if api.attaches.is_some() {
            self.made.retain(|(_, answer)| !operation.is_given(answer));
        }
        if let Target::Symbol(name) = &operation.target
            && api.acts_on.is_some_and(|thing| self.has_made(thing, operation))
        {
            operation.target = Target::Created(name.clone());
        }
        let Some(answer) = operation.answer.as_ref().filter(|answer| !answer.is_empty()) else {
            return;
        };
        self.made.retain(|(_, known)| known != answer);
        // A disk that is created on an instance meets the lock of that.
        let given = |parameter: &String| operation.arguments.get(parameter).is_given();
        let is_free = !operation.arguments.open && !api.instance.iter().any(given);
        let creates = api.creates.filter(|thing| *thing != Thing::Disk || is_free);
        self.made.extend(creates.map(|thing| (thing, answer.clone())));
    }

    /// Whether an operation is given such a thing that the procedure has created.
    fn has_made(&self, thing: Thing, operation: &Operation) -> bool {
        self.made.iter().any(|(made, answer)| *made == thing && operation.is_given(answer))
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
        if operation.disk_free {
            return (Answer::No, "a look at the disk finds it attached to nothing");
        }
        if operation.disk_in_use {
            return (Answer::Yes, "the disk is attached");
        }
        match operation.target.name() {
            Some(disk) if self.attached.contains(disk) || self.declared.contains(disk) => {
                (Answer::Yes, "the disk is attached")
            }
            _ if self.listed.iter().any(|answer| operation.is_given(answer)) => {
                (Answer::Yes, "the disk is one of those of the instance")
            }
            _ if self.has_made(Thing::Disk, operation) => {
                (Answer::No, "the disk has just been created, and nothing has attached it")
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
