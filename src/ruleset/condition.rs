//! Conditions of finding rules: atomic ones, and how they compose.

use serde::Deserialize;

use super::lock::RowCondition;
use crate::procedure::Evidence;
use crate::verdict::Verdict;

/// When a rule applies to an operation. All the keys that are given must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
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
    /// All of these hold.
    all: Vec<Self>,
    /// At least one of these holds.
    any: Vec<Self>,
    /// This does not hold.
    not: Option<Box<Self>>,
}

/// A value, or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: PartialEq> OneOrMany<T> {
    fn contains(&self, value: &T) -> bool {
        match self {
            Self::One(one) => one == value,
            Self::Many(many) => many.contains(value),
        }
    }
}

/// What conditions ask of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its verdict.
    pub verdict: Verdict,
    /// Its evidence.
    pub evidence: Evidence,
    /// What the verdict depends on.
    pub depends_on: Option<RowCondition>,
    /// Whether the source names an action.
    pub named: bool,
    /// Whether other documentation contradicts the verdict.
    pub contradicted: bool,
    /// Whether it follows from the update or deletion of a declared resource.
    pub later: bool,
}

impl Condition {
    /// Whether an operation meets the condition.
    #[must_use]
    pub fn holds(&self, facts: Facts) -> bool {
        self.atoms_hold(facts)
            && self.all.iter().all(|part| part.holds(facts))
            && (self.any.is_empty() || self.any.iter().any(|part| part.holds(facts)))
            && self.not.as_ref().is_none_or(|part| !part.holds(facts))
    }

    fn atoms_hold(&self, facts: Facts) -> bool {
        self.verdict.as_ref().is_none_or(|wanted| wanted.contains(&facts.verdict))
            && self.evidence.as_ref().is_none_or(|wanted| wanted.contains(&facts.evidence))
            && self.depends_on.is_none_or(|wanted| facts.depends_on == Some(wanted))
            && self.named.is_none_or(|wanted| wanted == facts.named)
            && self.contradicted.is_none_or(|wanted| wanted == facts.contradicted)
            && self.later.is_none_or(|wanted| wanted == facts.later)
    }
}
