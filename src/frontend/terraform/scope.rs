//! What names mean where an expression stands.

use std::rc::Rc;

use super::datum::Datum;
use super::instance::{Instance, Occurrence};

/// What names mean where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'p> {
    /// The module instance.
    pub(super) instance: &'s Instance<'p>,
    /// What `each`, `count` and `self` mean.
    pub(super) occurrence: Option<&'s Occurrence>,
    bound: Option<&'s Bound<'s>>,
}

/// Names that a `for`, a dynamic block or a template's caller binds, and those
/// bound around them.
pub(super) struct Bound<'s> {
    names: Names<'s>,
    outer: Option<&'s Self>,
}

enum Names<'s> {
    One(&'s str, Datum),
    All(&'s Variables),
}

/// What the caller of a template gives it.
pub(super) type Variables = [(Rc<str>, Datum)];

impl Bound<'_> {
    fn value(&self, name: &str) -> Option<&Datum> {
        match &self.names {
            Names::One(bound, value) => (*bound == name).then_some(value),
            Names::All(variables) => {
                let named = variables.iter().find(|(variable, _)| &**variable == name);
                named.map(|(_, value)| value)
            }
        }
    }
}

impl<'s, 'p> Scope<'s, 'p> {
    /// At the top level of a module.
    pub(super) fn of(instance: &'s Instance<'p>) -> Self {
        Self { instance, occurrence: None, bound: None }
    }

    /// Inside an occurrence of a block.
    pub(super) fn inside(instance: &'s Instance<'p>, occurrence: &'s Occurrence) -> Self {
        Self { instance, occurrence: Some(occurrence), bound: None }
    }

    /// A name with a value, to be used in [`Scope::with`].
    pub(super) fn bind(&self, name: &'s str, value: Datum) -> Bound<'s> {
        Bound { names: Names::One(name, value), outer: self.bound }
    }

    /// The variables of a template, to be used in [`Scope::with`].
    pub(super) fn bind_all(&self, variables: &'s Variables) -> Bound<'s> {
        Bound { names: Names::All(variables), outer: self.bound }
    }

    /// The scope in which a name is bound.
    pub(super) fn with<'n>(&self, bound: &'n Bound<'n>) -> Scope<'n, 'p>
    where
        's: 'n,
    {
        Scope { instance: self.instance, occurrence: self.occurrence, bound: Some(bound) }
    }

    /// What a bound name means.
    pub(super) fn bound(&self, name: &str) -> Option<&'s Datum> {
        let mut bounds = std::iter::successors(self.bound, |bound| bound.outer);
        bounds.find_map(|bound| bound.value(name))
    }
}
