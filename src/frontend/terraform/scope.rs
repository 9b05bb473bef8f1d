//! What names mean where an expression stands.

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

/// A name that a `for` or a dynamic block binds, and those bound around it.
pub(super) struct Bound<'s> {
    name: &'s str,
    value: Datum,
    outer: Option<&'s Self>,
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
        Bound { name, value, outer: self.bound }
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
        bounds.find(|bound| bound.name == name).map(|bound| &bound.value)
    }
}
