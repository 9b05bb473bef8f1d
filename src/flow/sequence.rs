//! The steps of one procedure as conditions see them: each with what is known of
//! it, and with the steps that come before and after it.

use std::cell::Cell;

use super::course::Ways;
use super::settled::Settled;
use super::{named, wait};
use crate::catalogue::Thing;
use crate::graph::Place;
use crate::judge::JudgedProcedure;
use crate::procedure::{Evidence, Lifecycle, Target, mentions};
use crate::ruleset::{
    Condition, Direction, Facts, Relation, Ruleset, Subject, TargetRelation, Trait, Traits,
};
use crate::verdict::Step;

/// How many points searches look at in one procedure, taken together. Beyond,
/// related steps are not looked for.
const MOST_POINTS: usize = 1_000_000;

/// The steps of a procedure.
pub(super) struct Sequence<'p> {
    pub(super) steps: &'p [Step],
    pub(super) ruleset: &'p Ruleset,
    judged: &'p JudgedProcedure,
    settled: &'p Settled<'p>,
    facts: Vec<Facts<'p>>,
    ways: Option<Ways<'p>>,
    left: Cell<usize>,
}

impl<'p> Sequence<'p> {
    pub(super) fn new(
        judged: &'p JudgedProcedure,
        ruleset: &'p Ruleset,
        settled: &'p Settled<'p>,
    ) -> Self {
        let ways = Ways::new(judged);
        let waits = may_wait(judged, ruleset);
        let waits = |number: usize| {
            waits[number] && ways.as_ref().is_some_and(|ways| ways.is_waiting(number))
        };
        let facts = |(number, step)| {
            let waits = waits(number);
            let facts = facts(step, number, judged, ways.as_ref(), ruleset);
            Facts { traits: facts.traits.with(Trait::Waits, waits), ..facts }
        };
        let facts = judged.steps.iter().enumerate().map(facts).collect();
        let (steps, left) = (judged.steps.as_slice(), Cell::new(MOST_POINTS));
        Self { steps, ruleset, judged, settled, facts, ways, left }
    }

    /// Whether a step meets a condition.
    pub(super) fn holds(&self, number: usize, condition: &Condition) -> bool {
        condition.holds(&Member { sequence: self, number })
    }

    /// The relations because of which a step meets a condition.
    pub(super) fn reasons<'c>(
        &self,
        number: usize,
        condition: &'c Condition,
    ) -> Vec<(&'c Relation, Direction)> {
        condition.reasons(&Member { sequence: self, number })
    }

    /// The steps in a relation to one.
    pub(super) fn related(
        &self,
        number: usize,
        relation: &Relation,
        direction: Direction,
    ) -> Vec<usize> {
        let Some(ways) = &self.ways else { return Vec::new() };
        // The latent calls of an update are no sequence: one attribute changes at
        // a time. Those of a creation meet no lock in the run that makes them.
        if is_latent_change(&self.steps[number]) {
            return Vec::new();
        }
        let keep = |other: usize| {
            let (earlier, later) = match direction {
                Direction::Later => (number, other),
                Direction::Earlier => (other, number),
            };
            self.is_related(number, other, relation.target)
                && !self.are_alternatives(number, other)
                && relation.consumes.is_none_or(|wanted| wanted == self.consumes(earlier, later))
                && relation.awaits.is_none_or(|wanted| wanted == self.awaits(later, earlier))
                && self.holds(other, &relation.step)
        };
        let stop = |other: usize| {
            relation.without.as_ref().is_some_and(|condition| {
                self.is_related(number, other, TargetRelation::Same) && self.holds(other, condition)
            })
        };
        let (found, looked_at) =
            ways.search(number, (relation.path, direction), keep, stop, self.left.get());
        self.left.set(self.left.get().saturating_sub(looked_at));
        found
    }

    /// Whether a step is given what an earlier one answers.
    fn consumes(&self, earlier: usize, later: usize) -> bool {
        let answer = self.steps[earlier].operation.answer.as_ref();
        answer.is_some_and(|answer| self.steps[later].operation.is_given(answer))
    }

    /// Whether a step is in a loop that may wait for what an earlier one brings.
    fn awaits(&self, later: usize, earlier: usize) -> bool {
        let graph = &self.judged.graph;
        let turns = graph.places[later].turns.map(|turns| &graph.loops[turns]);
        let catalogue = &self.ruleset.catalogue;
        let api = named(&self.steps[earlier]).and_then(|name| catalogue.get(name));
        let both = turns.zip(api);
        both.is_some_and(|(turns, api)| wait::is_for(&turns.awaits, api, catalogue))
    }

    /// Whether one of two steps only runs where the other does not.
    fn are_alternatives(&self, one: usize, other: usize) -> bool {
        let graph = &self.judged.graph;
        let premises = |number: usize| {
            let at = self.steps[number].operation.span.file;
            graph.places[number].premises.iter().map(move |said| (&graph.premises[*said], at))
        };
        premises(one).any(|(said, file)| {
            premises(other).any(|(against, other_file)| {
                said.contradicts(against)
                    && self.settled.is_settled(said, file)
                    && self.settled.is_settled(against, other_file)
            })
        })
    }

    fn is_related(&self, one: usize, other: usize, relation: TargetRelation) -> bool {
        let same = || is_same(&self.steps[one], &self.steps[other], self.ruleset);
        match relation {
            TargetRelation::Any => true,
            TargetRelation::Same => same() != Some(false),
            TargetRelation::KnownSame => same() == Some(true),
        }
    }
}

/// A step of a sequence.
struct Member<'s, 'p> {
    sequence: &'s Sequence<'p>,
    number: usize,
}

impl Subject for Member<'_, '_> {
    fn facts(&self) -> Facts<'_> {
        self.sequence.facts[self.number]
    }

    fn has(&self, relation: &Relation, direction: Direction) -> bool {
        !self.sequence.related(self.number, relation, direction).is_empty()
    }
}

fn facts<'p>(
    step: &'p Step,
    number: usize,
    judged: &'p JudgedProcedure,
    ways: Option<&Ways<'_>>,
    ruleset: &Ruleset,
) -> Facts<'p> {
    let action = named(step);
    let api = action.and_then(|name| ruleset.catalogue.get(name));
    let reads = api.is_some_and(|api| api.reads);
    let contradicted = action.is_some_and(|name| ruleset.lock.conflict(name).is_some());
    Facts {
        action,
        arguments: &step.operation.arguments,
        verdict: step.judgement.verdict,
        evidence: step.operation.evidence,
        depends_on: action.and_then(|name| ruleset.lock.row(name)?.condition),
        lifecycle: step.operation.binding.as_ref().map(|binding| binding.lifecycle),
        leaves: api.and_then(|api| api.leaves),
        failure: judged.graph.places[number].failure,
        fate: step.operation.fate,
        traits: Traits::default()
            .with(Trait::Contradicted, contradicted)
            .with(Trait::Reads, reads)
            .with(Trait::Reached, step.course.is_reached())
            .with(Trait::Handled, step.handled.is_some())
            .with(Trait::Retried, ways.is_some_and(|ways| ways.is_retried(number)))
            .with(Trait::Hangs, hangs(step))
            .with(Trait::Created, matches!(step.operation.target, Target::Created(_))),
    }
}

/// Which steps may wait for something: what looks at nothing that a call could have
/// changed does not, and of the looks in a loop the first stands for all.
fn may_wait(judged: &JudgedProcedure, ruleset: &Ruleset) -> Vec<bool> {
    let mut seen = vec![false; judged.graph.loops.len()];
    let steps = judged.steps.iter().zip(&judged.graph.places);
    let may = |(step, place): (&Step, &Place)| {
        let api = named(step).and_then(|name| ruleset.catalogue.get(name));
        let Some(api) = api.filter(|api| api.reads) else { return true };
        let seen = place.turns.and_then(|turns| seen.get_mut(turns));
        api.acts_on.is_some() && seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    steps.map(may).collect()
}

/// Whether what makes the call makes it again on the error that the lock returns.
fn hangs(step: &Step) -> bool {
    let (binding, code) = (&step.operation.binding, &step.judgement.error_code);
    let (Some(binding), Some(code)) = (binding, code) else { return false };
    binding.retries.on(code)
}

fn is_latent_change(step: &Step) -> bool {
    let lifecycle = step.operation.binding.as_ref().map(|binding| binding.lifecycle);
    let changes = matches!(lifecycle, Some(Lifecycle::Create | Lifecycle::Update));
    changes && step.operation.evidence == Evidence::Latent
}

/// Whether two steps act on the same thing; none if that cannot be told.
fn is_same(one: &Step, other: &Step, ruleset: &Ruleset) -> Option<bool> {
    let (left, right) = (&one.operation.target, &other.operation.target);
    match (left, right) {
        (Target::Unknown, _) | (_, Target::Unknown) => None,
        _ if thing(one, ruleset) != thing(other, ruleset) => None,
        (Target::Known(some), Target::Known(others)) => {
            Some(some.split(", ").any(|id| others.split(", ").any(|other| other == id)))
        }
        (Target::Symbol(one), Target::Symbol(other)) => is_same_name(one, other),
        // What a look at things by an expression finds may be the other one.
        (Target::Symbol(text), _) if is_composed(text) && reads(one, ruleset) => None,
        (_, Target::Symbol(text)) if is_composed(text) && reads(other, ruleset) => None,
        _ => Some(left.name() == right.name()),
    }
}

/// Whether two expressions stand for the same: one may put the other into a list.
/// Where it makes something else of it, that cannot be told.
fn is_same_name(one: &str, other: &str) -> Option<bool> {
    let (one, other) = (bare(one), bare(other));
    if one == other {
        return Some(true);
    }
    let makes = |whole: &str, part: &str| is_composed(whole) && mentions(whole, part);
    let is_unsure = makes(one, other) || makes(other, one);
    (!is_unsure).then_some(false)
}

/// An expression without the signs of a list, a text or a variable around it.
fn bare(text: &str) -> &str {
    let is_formatted = text.starts_with("f'") || text.starts_with("f\"");
    let text = text.get(usize::from(is_formatted)..).unwrap_or(text);
    let around = ['[', ']', '"', '\'', '\\', '+', ' '];
    text.trim_matches(around).trim_start_matches('$').trim_matches(['{', '}', ' '])
}

fn reads(step: &Step, ruleset: &Ruleset) -> bool {
    named(step).and_then(|name| ruleset.catalogue.get(name)).is_some_and(|api| api.reads)
}

/// Whether an expression puts a text together.
fn is_composed(text: &str) -> bool {
    text.contains(['"', '\'', '(', '`'])
}

fn thing(step: &Step, ruleset: &Ruleset) -> Option<Thing> {
    ruleset.catalogue.get(named(step)?)?.acts_on
}
