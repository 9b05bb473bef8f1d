//! Conjunctions of conditions, and how those that are alike are merged.

use std::collections::{BTreeMap, BTreeSet};

use super::{Keys, MAX_TEXT, negated};
use crate::formula::Cube;
use crate::value::Atom;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Changed,
    Set,
    Unclear,
}

/// Conjunctions that differ in one literal of a family only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) changed: Vec<String>,
    set: Vec<String>,
    /// Texts of which one must hold, when the groups were merged by texts.
    unclear: Vec<Vec<String>>,
    /// What changes beside one of `changed`, and what does not.
    changed_too: BTreeSet<String>,
    unchanged: BTreeSet<String>,
    unset: BTreeSet<String>,
    pub(super) equals: BTreeMap<String, String>,
    pub(super) not_equals: BTreeMap<String, String>,
    /// Literals beyond what one key can say.
    further: BTreeSet<String>,
}

impl Group {
    pub(super) fn of(cube: Cube, atoms: &[Atom]) -> Self {
        let mut group = Self::default();
        for (atom, holds) in cube {
            group.add(&atoms[atom], holds);
        }
        group.unclear.sort();
        group
    }

    fn add(&mut self, atom: &Atom, holds: bool) {
        match (atom, holds) {
            (Atom::Changed(name), true) if self.changed.is_empty() => {
                self.changed.push(name.clone());
            }
            (Atom::Changed(name), true) => drop(self.changed_too.insert(name.clone())),
            (Atom::Changed(name), false) => drop(self.unchanged.insert(name.clone())),
            (Atom::Set(name), true) if self.set.is_empty() => self.set.push(name.clone()),
            (Atom::Set(name), true) => drop(self.further.insert(format!("{name} is set"))),
            (Atom::Set(name), false) => drop(self.unset.insert(name.clone())),
            (Atom::Equals(name, value), true) => {
                self.equals.insert(name.clone(), value.clone());
            }
            (Atom::Equals(name, value), false) => self.add_unequal(name, value),
            (Atom::Unclear { text, .. }, true) => self.unclear.push(vec![text.clone()]),
            (Atom::Unclear { text, .. }, false) => self.unclear.push(vec![negated(text)]),
            (Atom::Fails(_), true) => self.unclear.push(vec!["a call before it fails".to_owned()]),
            (Atom::Fails(_), false) => {}
        }
    }

    fn add_unequal(&mut self, name: &str, value: &str) {
        match self.not_equals.get(name) {
            Some(_) => drop(self.further.insert(format!("{name} != \"{value}\""))),
            None => drop(self.not_equals.insert(name.to_owned(), value.to_owned())),
        }
    }

    pub(super) fn is_long(&self) -> bool {
        self.unclear.iter().any(|texts| texts.iter().map(String::len).sum::<usize>() > MAX_TEXT)
    }

    /// Asks for what another group, made for the same changes, does not ask for.
    pub(super) fn exclude(&mut self, other: &Self) {
        let Some((name, value, holds)) = other.only_value() else { return };
        let is_asked = self.equals.contains_key(&name) || self.not_equals.contains_key(&name);
        if is_asked || !self.changed.iter().all(|name| other.changed.contains(name)) {
            return;
        }
        let values = if holds { &mut self.not_equals } else { &mut self.equals };
        values.insert(name, value);
    }

    /// The one value that it asks for, or asks not to be, if it asks nothing else
    /// but changes.
    pub(super) fn only_value(&self) -> Option<(String, String, bool)> {
        let rest = Self {
            changed: Vec::new(),
            equals: BTreeMap::new(),
            not_equals: BTreeMap::new(),
            ..self.clone()
        };
        if rest != Self::default() || self.equals.len() + self.not_equals.len() != 1 {
            return None;
        }
        let equal = self.equals.iter().map(|(name, value)| (name.clone(), value.clone(), true));
        let unequal = self.not_equals.iter();
        let unequal = unequal.map(|(name, value)| (name.clone(), value.clone(), false));
        equal.chain(unequal).next()
    }

    /// The group without one literal of a family, and that literal.
    fn split(&self, family: Family) -> Option<(Self, Vec<String>)> {
        let mut rest = self.clone();
        let taken = match family {
            Family::Changed => std::mem::take(&mut rest.changed),
            Family::Set => std::mem::take(&mut rest.set),
            Family::Unclear => rest.unclear.pop()?,
        };
        (!taken.is_empty()).then_some((rest, taken))
    }

    fn rejoin(mut self, family: Family, taken: Vec<String>) -> Self {
        match family {
            Family::Changed => self.changed = taken,
            Family::Set => self.set = taken,
            Family::Unclear => self.unclear.push(taken),
        }
        self
    }

    pub(super) fn keys(&self) -> Keys {
        let unclear = self.unclear.iter().map(|texts| texts.join(" || "));
        let mut unclear: Vec<String> = unclear.chain(self.further.iter().cloned()).collect();
        unclear.dedup();
        let known = |name: &String| self.equals.contains_key(name);
        Keys {
            changed: self.changed.clone(),
            changed_too: self.changed_too.iter().cloned().collect(),
            unchanged: self.unchanged.iter().cloned().collect(),
            set: if self.set.iter().any(known) { Vec::new() } else { self.set.clone() },
            unset: self.unset.iter().cloned().collect(),
            equals: self.equals.clone(),
            not_equals: self
                .not_equals
                .iter()
                .filter(|(name, _)| !known(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            unclear,
        }
    }
}

/// Merges groups that are the same but for a literal of the family.
pub(super) fn merged(groups: Vec<Group>, family: Family) -> Vec<Group> {
    let mut merged: Vec<(Group, Vec<String>)> = Vec::new();
    for group in groups {
        let (rest, taken) = match group.split(family) {
            Some(split) => split,
            None => (group, Vec::new()),
        };
        let same = merged
            .iter_mut()
            .find(|(known, held)| *known == rest && !held.is_empty() && !taken.is_empty());
        match same {
            Some((_, held)) => {
                for literal in taken {
                    if !held.contains(&literal) {
                        held.push(literal);
                    }
                }
            }
            None => merged.push((rest, taken)),
        }
    }
    let rejoin = |(rest, taken): (Group, Vec<String>)| {
        if taken.is_empty() { rest } else { rest.rejoin(family, taken) }
    };
    merged.into_iter().map(rejoin).collect()
}
