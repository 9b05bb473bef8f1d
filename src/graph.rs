//! The control-flow graph of a procedure: which step leads to which when it works
//! and when it fails. Pure structure; it knows no verdict.
//!
//! Loops are walked once, so every edge leads forward and a walk over the points
//! in their order is a walk in topological order. Where a loop turns back is kept
//! beside the graph.

use crate::procedure::{Node, Target};
use crate::source::Span;

mod build;
mod catch;
mod cleared;
mod premise;

pub use premise::Premise;

/// Index of a [`Point`].
pub type PointId = u32;

/// The graph of one procedure.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Its points; every way leads to a later one. The first is the start.
    pub points: Vec<Point>,
    /// The looks at the lock state.
    pub looks: Vec<Look>,
    /// The loops, each after those that stand before it or in it.
    pub loops: Vec<Turns>,
    /// What the conditions around steps say.
    pub premises: Vec<Premise>,
    /// What surrounds each step, by its number.
    pub places: Vec<Place>,
}

/// A place that control comes through.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// What happens there.
    pub event: Event,
    /// Where each way leads.
    pub ways: Vec<(Way, PointId)>,
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Event {
    /// Nothing: ways meet or part.
    #[default]
    Pass,
    /// The step of this number runs.
    Step(usize),
    /// The look of this number is taken.
    Look(usize),
}

/// A way out of a point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// The step worked; the look found no lock; or there is nothing to decide.
    Works,
    /// The step failed; the look found a lock.
    Fails,
}

/// A look at the lock state that decides what runs.
#[derive(Clone, Debug)]
pub struct Look {
    /// Where it is.
    pub span: Span,
    /// Whose lock it looks at.
    pub target: Target,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Turns {
    /// What it calls each item that it goes over.
    pub item: Option<String>,
    /// Whether it goes round until something comes true.
    pub conditional: bool,
    /// Whether it goes round again because a step of it failed.
    pub retries: bool,
    /// Whether nothing bounds how often or how long it goes round.
    pub endless: bool,
    /// Source texts of what it waits for, of the conditions in it, and of what the
    /// function is given that it is in.
    pub awaits: String,
    /// The ways by which it turns back to its start.
    pub back: Vec<(PointId, Way)>,
    /// The ways by which its body leaves it.
    pub out: Vec<(PointId, Way)>,
}

/// What surrounds a step.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// What its failure leads to.
    pub failure: Aftermath,
    /// The looks without whose answer that there is no lock no way leads to it.
    pub looks: Vec<usize>,
    /// The innermost loop around it.
    pub turns: Option<usize>,
    /// Source texts of what the handlers of its failure take.
    pub caught_by: Vec<String>,
    /// What is so where it runs.
    pub premises: Vec<usize>,
    /// The error codes about which these do nothing, without a trace.
    pub ignored: Vec<String>,
    /// What becomes of the failure if they are not for its error code.
    pub refusal: Option<Refusal>,
}

/// What becomes of a failure with another error code than those that a handler is
/// for.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The error codes that the handler is for.
    pub only: Vec<String>,
    /// What a failure with another leads to.
    pub failure: Aftermath,
    /// What handlers further out take, and what they do nothing about.
    pub caught_by: Vec<String>,
    /// The error codes about which these do nothing.
    pub ignored: Vec<String>,
    /// Where it leads.
    pub to: PointId,
}

/// What the failure of a step leads to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aftermath {
    /// The procedure ends.
    #[default]
    Ends,
    /// What follows runs.
    GoesOn,
    /// What follows runs, and nothing tells of the failure.
    Swallowed,
}

impl Graph {
    /// Sends failures whose error code a handler is not for past that handler.
    /// `refused` says of a step and the codes that its handler is for whether its
    /// failure has another.
    pub fn refuse(&mut self, refused: impl Fn(usize, &[String]) -> bool) {
        for (id, point) in (0..).zip(&mut self.points) {
            let Event::Step(number) = point.event else { continue };
            let Some(refusal) = self.places.get(number).and_then(|it| it.refusal.as_ref()) else {
                continue;
            };
            // A way never leads back: what runs in any case stands in two places.
            if refusal.to > id && refused(number, &refusal.only) {
                let fails = point.ways.iter_mut().filter(|(way, _)| *way == Way::Fails);
                fails.for_each(|(_, to)| *to = refusal.to);
            }
        }
        for (number, place) in self.places.iter_mut().enumerate() {
            if place.refusal.as_ref().is_some_and(|it| refused(number, &it.only))
                && let Some(refusal) = place.refusal.take()
            {
                place.failure = refusal.failure;
                place.caught_by = refusal.caught_by;
                place.ignored = refusal.ignored;
            }
        }
    }

    /// The graph of a procedure's nodes. Steps are numbered in the order in which
    /// they are written: an attempt's body, then its handlers, then what runs in
    /// any case.
    #[must_use]
    pub fn new(body: &[Node]) -> Self {
        let mut graph = build::graph(body);
        cleared::mark(&mut graph);
        graph
    }
}
