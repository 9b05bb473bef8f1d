//! Facts about attributes that hold whatever a configuration says: they make
//! conditions simpler.

use crate::formula::{ALWAYS, Formula, Logic};
use crate::schema::Registration;
use crate::value::Atom;

/// What attributes can be at once.
pub(super) struct Closed<'a> {
    pub(super) atoms: &'a [Atom],
    pub(super) registration: &'a Registration<'a>,
}

impl Closed<'_> {
    /// An attribute has one value; one that has a value is set; one that is set
    /// has one of the values that the schema lists.
    pub(super) fn possible(&self, logic: &mut Logic, condition: Formula) -> Formula {
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
            let is_value = |other: &&usize| matches!(&self.atoms[**other], Atom::Equals(of, v) if of == name && v == value);
            let equals = logic.atom(*support.iter().find(is_value)?);
            any = logic.or(any, equals);
        }
        (!values.is_empty()).then_some(any)
    }
}
