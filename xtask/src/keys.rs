//! Formulas into the keys of the bindings: what a step's condition says of
//! attributes, and what it cannot.

use std::collections::{BTreeMap, BTreeSet};

use crate::formula::{ALWAYS, Cube, Formula, Logic, NEVER};
use crate::schema::Registration;
use crate::value::Atom;

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
    groups = with_own_values(groups);
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

/// What attributes can be at once.
struct Closed<'a> {
    atoms: &'a [Atom],
    registration: &'a Registration<'a>,
}

impl Closed<'_> {
    /// An attribute has one value; one that has a value is set; one that is set
    /// has one of the values that the schema lists.
    fn possible(&self, logic: &mut Logic, condition: Formula) -> Formula {
        let support = logic.support(condition);
        let mut possible = ALWAYS;
        for (place, &left) in support.iter().enumerate() {
            for &right in &support[place + 1..] {
                if let Some(fact) = self.relation(logic, left, right) {
                    possible = logic.and(possible, fact);
                }
            }
        }
        for &atom in &support {
            if let Some(fact) = self.listed(logic, atom, &support) {
                possible = logic.and(possible, fact);
            }
        }
        possible
    }

    fn relation(&self, logic: &mut Logic, left: usize, right: usize) -> Option<Formula> {
        let (mut first, mut second) = (logic.atom(left), logic.atom(right));
        match (&self.atoms[left], &self.atoms[right]) {
            (Atom::Equals(name, _), Atom::Equals(other, _)) if name == other => {}
            (Atom::Equals(name, _), Atom::Set(other)) if name == other => {
                second = logic.not(second);
            }
            (Atom::Set(other), Atom::Equals(name, _)) if name == other => first = logic.not(first),
            _ => return None,
        }
        let both = logic.and(first, second);
        Some(logic.not(both))
    }

    /// Set, it has one of the listed values, if all of them are asked for.
    fn listed(&self, logic: &mut Logic, atom: usize, support: &[usize]) -> Option<Formula> {
        let Atom::Set(name) = &self.atoms[atom] else { return None };
        let values = &self.registration.attribute(name)?.values;
        let mut any = logic.atom(atom);
        any = logic.not(any);
        for value in values {
            let is_value = |other: &&usize| {
                matches!(&self.atoms[**other], Atom::Equals(of, v) if of == name && v == value)
            };
            let equals = logic.atom(*support.iter().find(is_value)?);
            any = logic.or(any, equals);
        }
        (!values.is_empty()).then_some(any)
    }
}

/// A group whose `set` only says that what changes is not taken away joins the
/// one that is the same otherwise; a boolean that is true joins what is set.
fn with_own_values(groups: Vec<Group>) -> Vec<Group> {
    let mut joined: Vec<Group> = Vec::new();
    for group in groups {
        let place = joined.iter().position(|known| known.is_joined_by(&group));
        match place {
            Some(place) => joined[place].join(group),
            None => joined.push(group),
        }
    }
    joined
}

/// Of alternatives of which one asks for one value only, two are never made at
/// once.
fn separate(groups: &mut [Group]) {
    for place in 1..groups.len() {
        let (earlier, later) = groups.split_at_mut(place);
        for (name, value, holds) in earlier.iter().filter_map(Group::only_value) {
            let known = &mut later[0];
            if known.equals.contains_key(&name) || known.not_equals.contains_key(&name) {
                continue;
            }
            let values = if holds { &mut known.not_equals } else { &mut known.equals };
            values.insert(name, value);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Changed,
    Set,
    Unclear,
}

/// Conjunctions that differ in one literal of a family only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    changed: Vec<String>,
    set: Vec<String>,
    /// Texts of which one must hold, when the groups were merged by texts.
    unclear: Vec<Vec<String>>,
    unset: BTreeSet<String>,
    equals: BTreeMap<String, String>,
    not_equals: BTreeMap<String, String>,
    /// Literals beyond what one key can say.
    further: BTreeSet<String>,
}

impl Group {
    fn of(cube: Cube, atoms: &[Atom]) -> Self {
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
            (Atom::Changed(name), true) => drop(self.further.insert(format!("{name} changes"))),
            (Atom::Changed(name), false) => {
                self.further.insert(format!("{name} does not change"));
            }
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

    fn is_joined_by(&self, other: &Self) -> bool {
        let bare = |group: &Self| Self {
            changed: Vec::new(),
            set: Vec::new(),
            equals: BTreeMap::new(),
            ..group.clone()
        };
        if bare(self) != bare(other) {
            return false;
        }
        let is_own = |group: &Self| group.set.iter().all(|name| group.changed.contains(name));
        if !self.changed.is_empty() && !other.changed.is_empty() {
            return self.equals == other.equals && is_own(self) && is_own(other);
        }
        let flag = |group: &Self| group.equals.len() == 1 && group.equals.values().all(|v| v == "true");
        let is_flag = |group: &Self| group.set.is_empty() && flag(group);
        let is_set = |group: &Self| !group.set.is_empty() && group.equals.is_empty();
        self.changed.is_empty()
            && other.changed.is_empty()
            && (is_set(self) || is_flag(self))
            && (is_set(other) || is_flag(other))
    }

    fn join(&mut self, other: Self) {
        let mut extend = |names: Vec<String>, to_changed: bool| {
            let list = if to_changed { &mut self.changed } else { &mut self.set };
            for name in names {
                if !list.contains(&name) {
                    list.push(name);
                }
            }
        };
        if other.changed.is_empty() {
            extend(other.set, false);
            extend(other.equals.into_keys().collect(), false);
            let flags = std::mem::take(&mut self.equals);
            self.set.extend(flags.into_keys());
        } else {
            extend(other.changed, true);
            self.set.clear();
        }
    }

    fn is_long(&self) -> bool {
        self.unclear.iter().any(|texts| texts.iter().map(String::len).sum::<usize>() > MAX_TEXT)
    }

    /// The one value that it asks for, or asks not to be, if it asks nothing else.
    fn only_value(&self) -> Option<(String, String, bool)> {
        let rest =
            Self { equals: BTreeMap::new(), not_equals: BTreeMap::new(), ..self.clone() };
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

    fn keys(&self) -> Keys {
        let unclear = self.unclear.iter().map(|texts| texts.join(" || "));
        let mut unclear: Vec<String> = unclear.chain(self.further.iter().cloned()).collect();
        unclear.dedup();
        let known = |name: &String| self.equals.contains_key(name);
        Keys {
            changed: self.changed.clone(),
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
fn merged(groups: Vec<Group>, family: Family) -> Vec<Group> {
    let mut merged: Vec<(Group, Vec<String>)> = Vec::new();
    for group in groups {
        let (rest, taken) = match group.split(family) {
            Some(split) => split,
            None => (group, Vec::new()),
        };
        let same = merged.iter_mut().find(|(known, held)| {
            *known == rest && !held.is_empty() && !taken.is_empty()
        });
        match same {
            Some((_, held)) => held.extend(taken.into_iter().filter(|t| !held.contains(t)).collect::<Vec<_>>()),
            None => merged.push((rest, taken)),
        }
    }
    let rejoin = |(rest, taken): (Group, Vec<String>)| match taken.is_empty() {
        true => rest,
        false => rest.rejoin(family, taken),
    };
    merged.into_iter().map(rejoin).collect()
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
    let mut keys: Vec<Keys> = with_own_values(groups).iter().map(Group::keys).collect();
    if keys.len() > MAX_ALTERNATIVES {
        let changed: Vec<String> = keys.iter().flat_map(|keys| keys.changed.clone()).collect();
        keys = vec![Keys { changed, ..Keys::default() }];
    }
    for keys in &mut keys {
        keys.unclear.push(MORE.to_owned());
    }
    keys
}

fn negated(text: &str) -> String {
    let operators = [(" == ", " != "), (" > ", " <= "), (" < ", " >= "), (" <= ", " > "), (" >= ", " < ")];
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
