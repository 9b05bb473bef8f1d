//! Formulas into the keys of the bindings: what a step's condition says of
//! attributes, and what it cannot.

mod group;
mod possible;

use std::collections::BTreeMap;

use crate::formula::{Formula, Logic, NEVER};
use crate::schema::Registration;
use crate::value::Atom;
use group::{Family, Group, merged};
use possible::Closed;

/// More alternatives than this are told as one text.
const MAX_ALTERNATIVES: usize = 4;

/// Texts longer than this say nothing to a reader.
const MAX_TEXT: usize = 200;
/// Stands for conditions that are too many to be told.
const MORE: &str = "what is read before it allows it";

/// When a step is made, in the words of the bindings. Everything holds at once;
/// of several attributes under `changed` or `set` one suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) changed: Vec<String>,
    /// Attributes that must change as well.
    pub(crate) changed_too: Vec<String>,
    /// Attributes that must not change.
    pub(crate) unchanged: Vec<String>,
    pub(crate) set: Vec<String>,
    pub(crate) unset: Vec<String>,
    pub(crate) equals: BTreeMap<String, String>,
    pub(crate) not_equals: BTreeMap<String, String>,
    /// Conditions that cannot be told from the attributes.
    pub(crate) unclear: Vec<String>,
}

/// The ways in which a step comes to be made; none if it never is.
pub(crate) fn keys(
    logic: &mut Logic,
    atoms: &[Atom],
    registration: &Registration<'_>,
    condition: Formula,
) -> Vec<Keys> {
    let condition = without_failures(logic, atoms, condition).unwrap_or(condition);
    let closed = Closed { atoms, registration };
    let possible = closed.possible(logic, condition);
    let lower = logic.and(condition, possible);
    let upper = logic.not(possible);
    let upper = logic.or(condition, upper);
    let cubes = logic.cover(lower, upper);
    let mut groups: Vec<Group> = cubes.into_iter().map(|cube| Group::of(cube, atoms)).collect();
    for family in [Family::Changed, Family::Set, Family::Unclear, Family::Changed] {
        groups = merged(groups, family);
    }
    separate(&mut groups);
    if groups.len() > MAX_ALTERNATIVES || groups.iter().any(Group::is_long) {
        return blurred(logic, atoms, condition);
    }
    groups.iter().map(Group::keys).collect()
}

/// The condition where no call fails; none if it is made after a failure only.
fn without_failures(logic: &mut Logic, atoms: &[Atom], condition: Formula) -> Option<Formula> {
    let mut smooth = condition;
    for atom in logic.support(condition) {
        if matches!(atoms[atom], Atom::Fails(_)) {
            smooth = logic.restrict(smooth, atom, false);
        }
    }
    (smooth != NEVER || condition == NEVER).then_some(smooth)
}

/// Of alternatives of which one asks for one value only, two are never made at
/// once.
fn separate(groups: &mut [Group]) {
    groups.sort_by_key(|group| group.only_value().is_none());
    for place in 1..groups.len() {
        let (earlier, later) = groups.split_at_mut(place);
        for known in earlier {
            later[0].exclude(known);
        }
    }
}

/// Steps for many alternatives: what attributes say is kept, and that there is more.
fn blurred(logic: &mut Logic, atoms: &[Atom], condition: Formula) -> Vec<Keys> {
    let mut decided = condition;
    for atom in logic.support(condition) {
        if matches!(atoms[atom], Atom::Unclear { .. } | Atom::Fails(_)) {
            let excluded = logic.not(decided);
            let excluded = logic.forall(excluded, atom);
            decided = logic.not(excluded);
        }
    }
    let cubes = logic.cover(decided, decided);
    let mut groups: Vec<Group> = cubes.into_iter().map(|cube| Group::of(cube, atoms)).collect();
    for family in [Family::Changed, Family::Set, Family::Changed] {
        groups = merged(groups, family);
    }
    let mut keys: Vec<Keys> = groups.iter().map(Group::keys).collect();
    if keys.len() > MAX_ALTERNATIVES {
        let changed: Vec<String> = keys.iter().flat_map(|keys| keys.changed.clone()).collect();
        keys = vec![Keys { changed, ..Keys::default() }];
    }
    for keys in &mut keys {
        keys.unclear.push(MORE.to_owned());
    }
    keys
}

/// The text of a condition that holds where another does not.
pub(crate) fn negated(text: &str) -> String {
    let operators =
        [(" == ", " != "), (" > ", " <= "), (" < ", " >= "), (" <= ", " > "), (" >= ", " < ")];
    for (operator, opposite) in operators {
        if let Some((left, right)) = text.split_once(operator)
            && !right.contains("&&")
            && !right.contains("||")
        {
            return format!("{left}{opposite}{right}");
        }
    }
    format!("!({text})")
}
