//! What a lock does to one operation. Pure data.

use serde::Deserialize;

use crate::procedure::Operation;
use crate::source::Span;

/// The impact of the lock table, resolved for one operation.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It works.
    Unaffected,
    /// The action could not be told.
    Unresolved,
    /// It fails if something holds that could not be told.
    MayFail,
    /// It fails.
    Fails,
    /// It is accepted, answers without an error, and does nothing.
    SilentNoOp,
}

impl Verdict {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unaffected => "unaffected",
            Self::Unresolved => "unresolved",
            Self::MayFail => "may-fail",
            Self::Fails => "fails",
            Self::SilentNoOp => "silent-no-op",
        }
    }
}

/// A verdict and what it rests on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The code that the failing call answers with, where one is known.
    pub error_code: Option<String>,
    /// Why, in a clause that fits after a dash; empty where the row says it all.
    pub reason: &'static str,
}

/// An operation in its place in a procedure, judged.
#[derive(Clone, Debug)]
pub struct Step {
    /// The operation.
    pub operation: Operation,
    /// What the lock does to it.
    pub judgement: Judgement,
    /// How the procedure takes care of the lock at this step, if it does.
    pub handled: Option<&'static str>,
    /// Whether a run comes here while the instance is locked.
    pub course: Course,
}

/// Whether a run in which every instance is locked comes to a step.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Course {
    /// It does.
    #[default]
    Reached,
    /// It does not: the failure of the step of this number, in the procedure or the
    /// run that was looked at, ends it before.
    EndedBy(usize),
    /// It does not: a look at the lock leads past it.
    TurnedBack,
    /// Nothing that is seen leads to it, locked or not.
    Unseen,
}

/// Something that a procedure leaves behind on a locked instance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remains {
    /// In which state.
    pub state: State,
    /// What, if it has a name.
    pub target: Option<String>,
    /// The step that brought it there.
    pub span: Span,
}

/// The state of something that a procedure leaves behind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// An instance that does not run.
    Stopped,
    /// A disk that is not attached any more.
    Detached,
    /// Something that is not there any more.
    Deleted,
    /// A command that was accepted and never ran.
    NotRun,
}

impl State {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Detached => "detached",
            Self::Deleted => "deleted",
            Self::NotRun => "command-not-run",
        }
    }
}

impl Course {
    /// Whether a run comes to the step.
    #[must_use]
    pub fn is_reached(self) -> bool {
        self == Self::Reached
    }
}
