//! Conditions of finding rules: atomic ones, relations between steps, and how
//! they compose.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lock::RowCondition;
use crate::catalogue::{InstanceState, is_same_parameter};
use crate::graph::Aftermath;
use crate::procedure::{Arguments, Evidence, Fate, Lifecycle};
use crate::verdict::Verdict;

/// When a rule applies to a step. All the keys that are given must hold.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The action is one of these.
    action: Option<OneOrMany<String>>,
    /// The verdict is one of these.
    verdict: Option<OneOrMany<Verdict>>,
    /// The evidence is one of these.
    evidence: Option<OneOrMany<Evidence>>,
    /// The verdict depends on this.
    depends_on: Option<RowCondition>,
    /// The source names an action, whether or not the API has it.
    named: Option<bool>,
    /// Other documentation contradicts the verdict.
    contradicted: Option<bool>,
    /// The operation follows from a declared resource that changes or goes, not
    /// from its creation.
    later: Option<bool>,
    /// It is called by this lifecycle operation of a declared resource.
    lifecycle: Option<OneOrMany<Lifecycle>>,
    /// The state in which the action leaves its instance.
    leaves: Option<InstanceState>,
    /// The action only reads.
    reads: Option<bool>,
    /// What its failure leads to is one of these.
    failure: Option<OneOrMany<Aftermath>>,
    /// A run on a locked instance comes to it.
    reached: Option<bool>,
    /// The procedure takes care of the lock at it.
    handled: Option<bool>,
    /// When it fails, it is tried again.
    retried: Option<bool>,
    /// What makes the call, such as the provider of a resource, makes it again on
    /// the very error code that the lock returns.
    hangs: Option<bool>,
    /// It is in a loop that waits for something without a bound of tries or time.
    waits: Option<bool>,
    /// It acts on what the procedure itself creates.
    created: Option<bool>,
    /// These parameters are given.
    given: Vec<String>,
    /// None of these parameters is given, and all that are can be seen.
    lacks: Vec<String>,
    /// What becomes of its answer is one of these.
    answer: Option<OneOrMany<Fate>>,
    /// One argument of each of these names has this value.
    equals: BTreeMap<String, String>,
    /// Each of these steps comes later.
    followed_by: Vec<Relation>,
    /// Each of these steps comes earlier.
    preceded_by: Vec<Relation>,
    /// All of these hold.
    all: Vec<Self>,
    /// At least one of these holds.
    any: Vec<Self>,
    /// This does not hold.
    not: Option<Box<Self>>,
}

/// Another step of the same procedure.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// What is to be said of it.
    pub step: Condition,
    /// What it acts on.
    #[serde(default)]
    pub target: TargetRelation,
    /// The ways that lead from one to the other.
    #[serde(default)]
    pub path: Route,
    /// Whether the later one is given what the earlier one answers.
    pub consumes: Option<bool>,
    /// Whether the later one is in a loop that may wait for the state that the earlier
    /// one brings.
    pub awaits: Option<bool>,
    /// No step of which this can be said, on the same target, lies on the way.
    pub without: Option<Box<Condition>>,
    /// Whether it need not be there, and only is shown if it is.
    #[serde(default)]
    pub optional: bool,
    /// What stands at its place in the source, with placeholders.
    pub label: Option<String>,
}

/// What two steps act on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetRelation {
    /// The same, or what one of them acts on cannot be told.
    #[default]
    Same,
    /// Known to be the same.
    KnownSame,
    /// Whatever.
    Any,
}

/// Which ways between two steps count.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Those that a run takes while every instance is locked.
    #[default]
    WhileLocked,
    /// Of these, those that start with the failure of the first step.
    AfterFailure,
    /// All that are written, from where the first step works.
    AsWritten,
}

/// Where a related step stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// After the step that is asked about.
    Later,
    /// Before it.
    Earlier,
}

/// A value, or a list of them.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
    }

    fn contains<U: PartialEq + ?Sized>(&self, value: &U) -> bool
    where
        T: std::borrow::Borrow<U>,
    {
        match self {
            Self::One(one) => one.borrow() == value,
            Self::Many(many) => many.iter().any(|one| one.borrow() == value),
        }
    }
}

/// What conditions ask of a step.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'s> {
    /// The action that the source names.
    pub action: Option<&'s str>,
    /// What it is called with.
    pub arguments: &'s Arguments,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its evidence.
    pub evidence: Evidence,
    /// What the verdict depends on.
    pub depends_on: Option<RowCondition>,
    /// The lifecycle operation of a declared resource that calls it.
    pub lifecycle: Option<Lifecycle>,
    /// The state in which the action leaves its instance.
    pub leaves: Option<InstanceState>,
    /// What its failure leads to.
    pub failure: Aftermath,
    /// What becomes of its answer.
    pub fate: Fate,
    /// What else is to be said of it.
    pub traits: Traits,
}

/// Something that is to be said of a step, or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trait {
    /// Other documentation contradicts the verdict.
    Contradicted,
    /// The action only reads.
    Reads,
    /// A run on a locked instance comes to it.
    Reached,
    /// The procedure takes care of the lock at it.
    Handled,
    /// When it fails, it is tried again.
    Retried,
    /// It is in a loop that waits for something without a bound.
    Waits,
    /// It acts on what the procedure itself creates.
    Created,
    /// What makes the call makes it again on the error code that the lock returns.
    Hangs,
}

/// What is to be said of a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traits(u8);

impl Traits {
    /// The same, with one more if it holds.
    #[must_use]
    pub fn with(self, one: Trait, holds: bool) -> Self {
        Self(self.0 | (u8::from(holds) << one as u8))
    }

    fn has(self, one: Trait) -> bool {
        self.0 & (1 << one as u8) != 0
    }
}

/// A step in its procedure, as conditions see it.
pub trait Subject {
    /// What is known of it.
    fn facts(&self) -> Facts<'_>;
    /// Whether there is a step in this relation to it.
    fn has(&self, relation: &Relation, direction: Direction) -> bool;
}

impl Condition {
    /// Whether a step meets the condition.
    #[must_use]
    pub fn holds(&self, subject: &dyn Subject) -> bool {
        self.atoms_hold(subject.facts())
            && self.all.iter().all(|part| part.holds(subject))
            && (self.any.is_empty() || self.any.iter().any(|part| part.holds(subject)))
            && self.not.as_ref().is_none_or(|part| !part.holds(subject))
            && self
                .relations()
                .all(|(relation, direction)| relation.optional || subject.has(relation, direction))
    }

    /// The relations because of which the condition holds for a step: its own,
    /// and those of its parts that hold.
    #[must_use]
    pub fn reasons(&self, subject: &dyn Subject) -> Vec<(&Relation, Direction)> {
        let parts = self.all.iter().chain(&self.any).filter(|part| part.holds(subject));
        self.relations().chain(parts.flat_map(|part| part.reasons(subject))).collect()
    }

    /// Every relation in it that a finding may show.
    #[must_use]
    pub fn all_relations(&self) -> Vec<&Relation> {
        let parts = self.all.iter().chain(&self.any).flat_map(Self::all_relations);
        self.relations().map(|(relation, _)| relation).chain(parts).collect()
    }

    /// Every action that it names.
    #[must_use]
    pub fn actions(&self) -> Vec<&str> {
        let relations = self.relations().map(|(relation, _)| relation);
        let steps = relations.flat_map(|it| std::iter::once(&it.step).chain(it.without.as_deref()));
        let parts = self.all.iter().chain(&self.any).chain(self.not.as_deref()).chain(steps);
        let own = self.action.iter().flat_map(OneOrMany::iter).map(String::as_str);
        own.chain(parts.flat_map(Self::actions)).collect()
    }

    fn relations(&self) -> impl Iterator<Item = (&Relation, Direction)> {
        let later = self.followed_by.iter().map(|relation| (relation, Direction::Later));
        later.chain(self.preceded_by.iter().map(|relation| (relation, Direction::Earlier)))
    }

    /// The traits that are asked for, and whether they are to hold.
    fn traits(&self) -> impl Iterator<Item = (Trait, bool)> {
        let all = [
            (Trait::Contradicted, self.contradicted),
            (Trait::Reads, self.reads),
            (Trait::Reached, self.reached),
            (Trait::Handled, self.handled),
            (Trait::Retried, self.retried),
            (Trait::Waits, self.waits),
            (Trait::Created, self.created),
            (Trait::Hangs, self.hangs),
        ];
        all.into_iter().filter_map(|(one, wanted)| Some((one, wanted?)))
    }

    fn atoms_hold(&self, facts: Facts<'_>) -> bool {
        let later = || matches!(facts.lifecycle, Some(Lifecycle::Update | Lifecycle::Delete));
        let action =
            |wanted: &OneOrMany<String>| facts.action.is_some_and(|action| wanted.contains(action));
        let lifecycle = |wanted: &OneOrMany<Lifecycle>| {
            facts.lifecycle.is_some_and(|lifecycle| wanted.contains(&lifecycle))
        };
        self.action.as_ref().is_none_or(action)
            && self.verdict.as_ref().is_none_or(|wanted| wanted.contains(&facts.verdict))
            && self.evidence.as_ref().is_none_or(|wanted| wanted.contains(&facts.evidence))
            && self.depends_on.is_none_or(|wanted| facts.depends_on == Some(wanted))
            && self.named.is_none_or(|wanted| wanted == facts.action.is_some())
            && self.later.is_none_or(|wanted| wanted == later())
            && self.lifecycle.as_ref().is_none_or(lifecycle)
            && self.leaves.is_none_or(|wanted| facts.leaves == Some(wanted))
            && self.failure.as_ref().is_none_or(|wanted| wanted.contains(&facts.failure))
            && self.traits().all(|(one, wanted)| facts.traits.has(one) == wanted)
            && self.given.iter().all(|name| facts.arguments.get(name).is_given())
            && self.lacks.iter().all(|name| lacks(facts.arguments, name))
            && self.answer.as_ref().is_none_or(|wanted| wanted.contains(&facts.fate))
            && self.equals.iter().all(|(name, value)| has_value(facts.arguments, name, value))
    }
}

fn lacks(arguments: &Arguments, name: &str) -> bool {
    !arguments.open && !arguments.get(name).is_given()
}

fn has_value(arguments: &Arguments, name: &str, wanted: &str) -> bool {
    let mut given = arguments.given.iter().filter(|(given, _)| is_same_parameter(given, name));
    given.any(|(_, value)| value.as_text().is_some_and(|text| text.eq_ignore_ascii_case(wanted)))
}
