//! Values as the evaluator knows them: with types, with what is unknown in them,
//! and with where it comes from. Sharing is cheap, and every collection knows how
//! large and how deep it is, so that nothing grows without bound.

use std::rc::Rc;

use crate::frontend::syntax::MAX_DEPTH;

mod collection;
mod convert;
mod number;
mod value;

pub(super) use collection::{List, Map};
pub(super) use convert::Type;
pub(super) use number::Number;
pub(super) use value::Budget;

/// How much a collection may hold, everything inside counted.
const MAX_SIZE: usize = 100_000;

/// The longest text, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Datum {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Rc<str>),
    /// A tuple, list or set.
    List(Rc<List>),
    /// An object or map.
    Map(Rc<Map>),
    /// A resource or data source that the module declares.
    Resource(Rc<Resource>),
    /// A module that was called; the number is its instance's.
    Module(usize),
    /// A collection of which it is unknown how many it holds; each is like this.
    Each(Rc<Self>),
    /// A value that cannot be told.
    Unknown(Rc<Unknown>),
}

/// One occurrence of a resource's block.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// The module instance that declares it.
    pub(super) instance: usize,
    /// Number of its block.
    pub(super) block: usize,
    /// Number of the occurrence.
    pub(super) occurrence: usize,
    /// Address in its module.
    pub(super) address: String,
    /// Where attributes come from that the block does not set.
    pub(super) origin: Origin,
}

/// A value that cannot be told.
#[derive(Clone, Debug)]
pub(super) struct Unknown {
    /// Source text of the expression.
    pub(super) text: Rc<str>,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// Whether there is none: telling it is an error.
    pub(super) failed: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Constants, counters and the like.
    Nowhere,
    /// Resources of the configuration, or a module of it that is not here; the address
    /// is that of the first.
    Declared(Rc<str>),
    /// Somewhere else: a variable, a data source.
    Outside,
}

impl Origin {
    /// The origin of a value made of two.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Outside, _) | (_, Self::Outside) => Self::Outside,
            (Self::Nowhere, origin) | (origin, Self::Nowhere) => origin,
            (Self::Declared(first), Self::Declared(other)) if stem(&first) == stem(&other) => {
                if first == other {
                    Self::Declared(first)
                } else {
                    Self::Declared(stem(&first).into())
                }
            }
            (first @ Self::Declared(_), Self::Declared(_)) => first,
        }
    }

    /// That of any occurrence of a resource, made of that of one.
    pub(super) fn of_any(self) -> Self {
        match self {
            Self::Declared(address) => Self::Declared(stem(&address).into()),
            other => other,
        }
    }

    /// The origin of a value made of several.
    pub(super) fn all<'d>(data: impl IntoIterator<Item = &'d Datum>) -> Self {
        data.into_iter().fold(Self::Nowhere, |origin, datum| origin.and(datum.origin()))
    }
}

/// The address of a resource without what tells its occurrences apart.
fn stem(address: &str) -> &str {
    address
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['))
        .map_or(address, |parts| parts.0)
}

impl Datum {
    /// A string.
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A whole number; what counts things cannot be too large.
    pub(super) fn count(count: usize) -> Self {
        Self::Number(Number::whole(i128::try_from(count).unwrap_or(i128::MAX)))
    }

    /// A value that cannot be told.
    pub(super) fn unknown(text: impl Into<Rc<str>>, origin: Origin) -> Self {
        Self::Unknown(Rc::new(Unknown { text: text.into(), origin, failed: false }))
    }

    /// A list; none if it is too large.
    pub(super) fn list(items: Vec<Self>) -> Option<Self> {
        List::new(items, false).map(|list| Self::List(Rc::new(list)))
    }

    /// A set of known scalars, sorted; none if something else is in it.
    pub(super) fn set(items: Vec<Self>) -> Option<Self> {
        collection::set(items)
    }

    /// A map in an order of one's choice; the last value of a key counts.
    pub(super) fn map(entries: Vec<(Rc<str>, Self)>) -> Option<Self> {
        Map::new(entries, true).map(|map| Self::Map(Rc::new(map)))
    }

    /// A map of which some keys are unknown; those are there under their text.
    pub(super) fn open_map(entries: Vec<(Rc<str>, Self)>) -> Option<Self> {
        Map::new(entries, false).map(|map| Self::Map(Rc::new(map)))
    }

    /// Whether nothing in it is unknown.
    pub(super) fn is_known(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => true,
            Self::List(list) => list.measure.is_known,
            Self::Map(map) => map.measure.is_known,
            Self::Resource(_) | Self::Module(_) | Self::Each(_) | Self::Unknown(_) => false,
        }
    }

    /// Whether it stands for an error.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self, Self::Unknown(unknown) if unknown.failed)
    }

    /// Where what is unknown in it comes from.
    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => Origin::Nowhere,
            Self::List(list) => list.measure.origin.clone(),
            Self::Map(map) => map.measure.origin.clone(),
            Self::Resource(resource) => resource.origin.clone(),
            Self::Module(_) => Origin::Outside,
            Self::Each(each) => each.origin(),
            Self::Unknown(unknown) => unknown.origin.clone(),
        }
    }

    /// The text of a scalar, as `tostring` has it.
    pub(super) fn as_text(&self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) => Some(Rc::clone(text)),
            Self::Bool(flag) => Some(if *flag { "true" } else { "false" }.into()),
            Self::Number(number) => number.text().map(Into::into),
            _ => None,
        }
    }

    /// The number that it is or that its text is.
    pub(super) fn as_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => Number::parse(text),
            _ => None,
        }
    }

    /// The boolean that it is or that its text is.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => match &**text {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The whole number that it is, if it can count something.
    pub(super) fn as_index(&self) -> Option<usize> {
        usize::try_from(self.as_number()?.as_whole()?).ok()
    }

    fn measure(&self) -> Measure {
        let scalar = |size, is_known| Measure { size, height: 0, is_known, origin: self.origin() };
        match self {
            Self::List(list) => list.measure.clone(),
            Self::Map(map) => map.measure.clone(),
            Self::Text(text) => scalar(1 + text.len() / 64, true),
            Self::Each(each) => each.measure().around(),
            Self::Null | Self::Bool(_) | Self::Number(_) => scalar(1, true),
            Self::Resource(_) | Self::Module(_) | Self::Unknown(_) => scalar(1, false),
        }
    }

    /// How much there is of it.
    pub(super) fn size(&self) -> usize {
        self.measure().size
    }
}

/// What is told of a collection once and for all.
#[derive(Clone, Debug)]
struct Measure {
    size: usize,
    height: u16,
    is_known: bool,
    origin: Origin,
}

impl Measure {
    /// That of a collection of others; none if it is too large or too deep.
    fn of<'d>(items: impl Iterator<Item = &'d Datum>) -> Option<Self> {
        let mut whole = Self { size: 1, height: 0, is_known: true, origin: Origin::Nowhere };
        for item in items {
            let part = item.measure();
            whole.size += part.size;
            whole.height = whole.height.max(part.height);
            whole.is_known &= part.is_known;
            whole.origin = whole.origin.and(part.origin);
        }
        whole.height += 1;
        (whole.size <= MAX_SIZE && whole.height < MAX_DEPTH).then_some(whole)
    }

    fn around(self) -> Self {
        Self { height: self.height.saturating_add(1), is_known: false, ..self }
    }
}

/// Whether two known values are equal; values of different types are not. None
/// if something unknown decides.
pub(super) fn equal(left: &Datum, right: &Datum) -> Option<bool> {
    match (left, right) {
        (Datum::Null, Datum::Null) => Some(true),
        (Datum::Bool(left), Datum::Bool(right)) => Some(left == right),
        (Datum::Number(left), Datum::Number(right)) => Some(left == right),
        (Datum::Text(left), Datum::Text(right)) => Some(left == right),
        (Datum::List(left), Datum::List(right)) => all_equal(
            left.items.len() == right.items.len() && left.is_set == right.is_set,
            left.items.iter().zip(&right.items),
        ),
        (Datum::Map(left), Datum::Map(right)) if left.is_closed && right.is_closed => {
            let mut pairs = left.sorted().zip(right.sorted());
            let same_keys =
                left.len() == right.len() && pairs.all(|(left, right)| left.0 == right.0);
            let values = left.sorted().zip(right.sorted());
            all_equal(same_keys, values.map(|(left, right)| (&left.1, &right.1)))
        }
        (
            Datum::Unknown(_)
            | Datum::Resource(_)
            | Datum::Module(_)
            | Datum::Each(_)
            | Datum::Map(_),
            _,
        )
        | (_, Datum::Unknown(_) | Datum::Resource(_) | Datum::Module(_) | Datum::Each(_)) => {
            let is_map = |datum: &Datum| matches!(datum, Datum::Map(map) if map.is_closed);
            (is_map(left) && right.is_known()).then_some(false)
        }
        _ => Some(false),
    }
}

fn all_equal<'d>(
    alike: bool,
    mut pairs: impl Iterator<Item = (&'d Datum, &'d Datum)>,
) -> Option<bool> {
    let mut certain = Some(alike);
    while alike && let Some((left, right)) = pairs.next() {
        match equal(left, right) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => certain = None,
        }
    }
    certain
}
