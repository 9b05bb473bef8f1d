//! What names mean where an expression stands, and where values come from.

use std::rc::Rc;

use crate::procedure::{Unknown, Value};

use super::configuration::Block;

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Constants, counters and the like.
    Nowhere,
    /// Resources of the module; the address is that of the first.
    Declared(Rc<str>),
    /// Somewhere else: a variable, another module, a data source.
    Outside,
}

impl Origin {
    /// The origin of a value made of two.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Outside, _) | (_, Self::Outside) => Self::Outside,
            (Self::Nowhere, origin) | (origin, Self::Nowhere) => origin,
            (first @ Self::Declared(_), Self::Declared(_)) => first,
        }
    }

    /// The origin of a value, as far as the value itself tells.
    pub(super) fn of(value: &Value) -> Self {
        let all = |mut values: Box<dyn Iterator<Item = &Value> + '_>| {
            values.try_fold(Self::Nowhere, |origin, value| match origin.and(Self::of(value)) {
                Self::Outside => None,
                origin => Some(origin),
            })
        };
        match value {
            Value::Text(_) | Value::Absent => Self::Nowhere,
            Value::Unknown(Unknown { declared: Some(address), .. }) => {
                Self::Declared(address.as_str().into())
            }
            Value::Unknown(_) => Self::Outside,
            Value::List(items) => all(Box::new(items.iter())).unwrap_or(Self::Outside),
            Value::Map(entries) => {
                all(Box::new(entries.iter().map(|(_, value)| value))).unwrap_or(Self::Outside)
            }
        }
    }
}

/// What names mean where an expression stands.
#[derive(Clone)]
pub(super) struct Scope<'s, 't> {
    /// Number of the file.
    pub(super) file: usize,
    /// What `self` means.
    pub(super) owner: Option<&'s Block<'t>>,
    /// Where `each` comes from.
    pub(super) each: Origin,
    /// Where `count` comes from.
    pub(super) count: Origin,
    bound: Option<Bound<'s, 't>>,
    /// How deep the expression is nested.
    pub(super) depth: u16,
}

/// The names that a `for` binds, and those of the `for`s around it.
#[derive(Clone)]
struct Bound<'s, 't> {
    names: &'s [&'t str],
    origin: Origin,
    outer: Option<&'s Self>,
}

impl<'s, 't> Scope<'s, 't> {
    /// A scope in which names stand for something of an origin.
    pub(super) fn binding<'n>(&'n self, names: &'n [&'t str], origin: Origin) -> Scope<'n, 't>
    where
        's: 'n,
    {
        let bound = Some(Bound { names, origin, outer: self.bound.as_ref() });
        Scope { bound, ..self.clone() }
    }

    /// Inside a block.
    pub(super) fn inside(block: &'s Block<'t>, each: Origin, count: Origin) -> Self {
        Self { file: block.file, owner: Some(block), each, count, bound: None, depth: 0 }
    }

    /// Where a name that a `for` binds comes from.
    pub(super) fn bound(&self, name: &str) -> Option<Origin> {
        let bounds = std::iter::successors(self.bound.as_ref(), |bound| bound.outer);
        let found = bounds.into_iter().find(|bound| bound.names.contains(&name));
        found.map(|bound| bound.origin.clone())
    }

    /// Outside every resource.
    pub(super) fn file(file: usize, depth: u16) -> Self {
        let (each, count) = (Origin::Outside, Origin::Outside);
        Self { file, owner: None, each, count, bound: None, depth }
    }

    /// The scope where `self` means nothing.
    pub(super) fn without_owner(&self) -> Self {
        Self { owner: None, ..self.clone() }
    }

    /// The scope one level further down.
    pub(super) fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }
}
