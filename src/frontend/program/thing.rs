//! What is known of a value while a program is read: texts with their
//! holes, lists, clients, requests, methods not yet called. Plain data.

use std::ops::Range;
use std::rc::Rc;

use super::origin::{self, Origin};
use crate::procedure::Value;

/// A name or a piece of source text, cheap to copy.
pub(in crate::frontend) type Name = Rc<str>;

/// How many alternatives of one value are told apart.
const MAX_ALTERNATIVES: usize = 8;

/// How many items of a list or a map are kept.
pub(in crate::frontend) const MAX_ITEMS: usize = 64;

/// How many pieces a text may have.
const MAX_PIECES: usize = 1024;

/// How many values a list or a map may hold in all, at any depth.
const MAX_WEIGHT: usize = 4096;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) enum Thing {
    /// Nothing but how it is written.
    Unknown(Unknown),
    /// `None`.
    Absent,
    /// A string, or a number or truth value as text.
    Text(Rc<Text>),
    /// A list or a tuple.
    List(Rc<List>),
    /// A dictionary.
    Map(Rc<Map>),
    /// Something imported, by its full path.
    Imported(Name),
    /// A client object of a cloud SDK.
    Client(Product),
    /// A request object; the number of its slot.
    Request(usize),
    /// A function of this file, and what its first parameter is bound to.
    Function(usize, Option<Rc<Self>>),
    /// A class of this file.
    Class(usize),
    /// An object of a class of this file.
    Instance(usize),
    /// A method of an ECS client that nobody has called yet.
    Method(Rc<Method>),
    /// A resource that the program declares, or something of it; its address.
    Declared(Name),
    /// One of several.
    OneOf(Rc<Choice>),
}

/// A value of which only the source text is known.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Unknown {
    /// How it is written.
    pub(in crate::frontend) text: Name,
    /// Whether a caller of the function it stands in decides it.
    pub(in crate::frontend) tainted: bool,
    /// Where it comes from, if that matters.
    pub(in crate::frontend) origin: Option<Rc<Origin>>,
}

/// Whose client an object is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Product {
    /// A client class of which each method is an ECS action.
    Ecs,
    /// A connection of footmark, whose methods have names of their own.
    Footmark,
    /// An object that such a connection gives out, and whose methods act on it.
    Held(&'static super::dialect::Held),
    /// A client for ECS that is given the action by name.
    Rpc,
    /// What is called a client for ECS, and made elsewhere.
    Likely,
    /// A client whose methods are no ECS actions.
    Foreign,
}

/// A string, possibly with holes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Text {
    /// What it is made of.
    pub(in crate::frontend) pieces: Vec<Piece>,
    /// How it is written where it has holes.
    pub(in crate::frontend) shown: Name,
    /// The whole of it if it has none.
    pub(in crate::frontend) whole: Option<Name>,
}

/// A piece of a string and where it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) enum Piece {
    /// Known text; verbatim if the file has the same bytes there.
    Known { text: Name, range: Range<usize>, verbatim: bool },
    /// An expression whose value cannot be told.
    Hole { text: Name, range: Range<usize>, tainted: bool, origin: Option<Rc<Origin>> },
}

/// A list or a tuple.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct List {
    /// The items that are known to be there, in order.
    pub(in crate::frontend) items: Vec<Thing>,
    /// Whether there may be others, anywhere between them.
    pub(in crate::frontend) rest: Rest,
    weight: usize,
}

/// What may be in a list or a map besides what is known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::frontend) enum Rest {
    /// Nothing.
    Closed,
    /// Something.
    Open,
    /// Something that a caller decides.
    Tainted,
}

/// A dictionary.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Map {
    /// The entries whose keys are known.
    pub(in crate::frontend) entries: Vec<(Name, Thing)>,
    /// Whether there may be others.
    pub(in crate::frontend) rest: Rest,
    weight: usize,
}

/// A method of an ECS client, or a partial application of one.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Method {
    /// Its action: a known text, or something that could not be told.
    pub(in crate::frontend) action: Thing,
    /// The request that it is already given.
    pub(in crate::frontend) request: Option<Thing>,
}

/// Alternatives of one value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Choice {
    /// Them.
    pub(in crate::frontend) things: Vec<Thing>,
    /// Whether each has its turn, as in a loop over a list.
    pub(in crate::frontend) every: bool,
    /// How the value is written.
    pub(in crate::frontend) text: Name,
}

impl Thing {
    /// A value of which only the source text is known.
    pub(in crate::frontend) fn unknown(text: impl Into<Name>) -> Self {
        Self::Unknown(Unknown { text: text.into(), tainted: false, origin: None })
    }

    /// A value that callers decide.
    pub(in crate::frontend) fn tainted(text: impl Into<Name>) -> Self {
        Self::Unknown(Unknown { text: text.into(), tainted: true, origin: None })
    }

    /// A value made from others: unknown, and tainted if one of them is.
    pub(in crate::frontend) fn derived<'a>(
        text: impl Into<Name>,
        from: impl IntoIterator<Item = &'a Self>,
    ) -> Self {
        let (mut tainted, mut origin) = (false, None);
        for thing in from {
            tainted |= thing.is_tainted();
            origin = Origin::either(origin, thing.origin());
        }
        Self::Unknown(Unknown { text: text.into(), tainted, origin })
    }

    /// A known text that stands at a place in the file.
    pub(in crate::frontend) fn known(text: impl Into<Name>, range: Range<usize>) -> Self {
        let text = text.into();
        Self::text(vec![Piece::Known { text: text.clone(), range, verbatim: false }], text)
    }

    /// A string of pieces.
    pub(in crate::frontend) fn text(pieces: Vec<Piece>, shown: Name) -> Self {
        if pieces.len() > MAX_PIECES {
            let tainted =
                pieces.iter().any(|piece| matches!(piece, Piece::Hole { tainted, .. } if *tainted));
            return Self::Unknown(Unknown { text: shown, tainted, origin: None });
        }
        let whole: Option<Vec<&str>> = pieces.iter().map(Piece::known).collect();
        let whole = whole.map(|parts| match parts.as_slice() {
            [] => Name::from(""),
            [only] => Name::from(*only),
            _ => Name::from(parts.concat()),
        });
        Self::Text(Rc::new(Text { pieces, shown, whole }))
    }

    /// A list.
    pub(in crate::frontend) fn list(mut items: Vec<Self>, mut rest: Rest) -> Self {
        if items.len() > MAX_ITEMS {
            items.truncate(MAX_ITEMS);
            rest = rest.max(Rest::Open);
        }
        let weight = 1 + items.iter().map(Self::weight).sum::<usize>();
        if weight > MAX_WEIGHT {
            return Self::derived("…", &items);
        }
        Self::List(Rc::new(List { items, rest, weight }))
    }

    /// A dictionary; a later entry of a key replaces an earlier one.
    pub(in crate::frontend) fn map(given: Vec<(Name, Self)>, mut rest: Rest) -> Self {
        let mut entries: Vec<(Name, Self)> = Vec::new();
        for (key, thing) in given {
            let has_room = entries.len() < MAX_ITEMS;
            match entries.iter_mut().find(|(name, _)| *name == key) {
                Some(entry) => entry.1 = thing,
                None if has_room => entries.push((key, thing)),
                None => rest = rest.max(Rest::Open),
            }
        }
        let weight = 1 + entries.iter().map(|(_, thing)| thing.weight()).sum::<usize>();
        if weight > MAX_WEIGHT {
            return Self::unknown("…");
        }
        Self::Map(Rc::new(Map { entries, rest, weight }))
    }

    /// One of several values.
    pub(in crate::frontend) fn one_of(things: Vec<Self>, every: bool, text: Name) -> Self {
        match <[Self; 1]>::try_from(things) {
            Ok([only]) => only,
            Err(things) if things.is_empty() || things.len() > MAX_ALTERNATIVES => {
                Self::derived(text, &things)
            }
            Err(things) => Self::OneOf(Rc::new(Choice { things, every, text })),
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::List(list) => list.weight,
            Self::Map(map) => map.weight,
            Self::OneOf(choice) => choice.things.iter().map(Self::weight).sum(),
            _ => 1,
        }
    }

    /// The text, if it is wholly known.
    pub(in crate::frontend) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { text.whole.as_deref() } else { None }
    }

    /// The known text that it starts with.
    pub(in crate::frontend) fn prefix(&self) -> Option<&str> {
        let Self::Text(text) = self else { return None };
        text.whole.as_deref().or_else(|| text.pieces.first().and_then(Piece::known))
    }

    /// Whether callers decide some of it.
    pub(in crate::frontend) fn is_tainted(&self) -> bool {
        match self {
            Self::Unknown(unknown) => unknown.tainted,
            Self::Text(text) => {
                text.pieces.iter().any(|piece| matches!(piece, Piece::Hole { tainted: true, .. }))
            }
            Self::List(list) => {
                list.rest == Rest::Tainted || list.items.iter().any(Self::is_tainted)
            }
            Self::Map(map) => {
                map.rest == Rest::Tainted || map.entries.iter().any(|(_, thing)| thing.is_tainted())
            }
            Self::OneOf(choice) => choice.things.iter().any(Self::is_tainted),
            Self::Method(method) => method.action.is_tainted(),
            _ => false,
        }
    }

    /// Whether it is a request object or holds one, which only the pass that made
    /// it knows.
    pub(in crate::frontend) fn holds_request(&self) -> bool {
        match self {
            Self::Request(_) => true,
            Self::List(list) => list.items.iter().any(Self::holds_request),
            Self::Map(map) => map.entries.iter().any(|(_, thing)| thing.holds_request()),
            Self::OneOf(choice) => choice.things.iter().any(Self::holds_request),
            Self::Method(method) => method.request.as_ref().is_some_and(Self::holds_request),
            _ => false,
        }
    }

    /// The alternatives, or itself.
    pub(in crate::frontend) fn alternatives(&self) -> &[Self] {
        if let Self::OneOf(choice) = self { &choice.things } else { std::slice::from_ref(self) }
    }

    /// Under the name that it was given, where how it is written is all that
    /// is known.
    pub(in crate::frontend) fn named(self, name: &str) -> Self {
        match self {
            Self::Unknown(unknown) => Self::Unknown(Unknown { text: name.into(), ..unknown }),
            Self::Text(text) if text.whole.is_none() => {
                Self::Text(Rc::new(Text { shown: name.into(), ..(*text).clone() }))
            }
            Self::OneOf(choice) => {
                Self::OneOf(Rc::new(Choice { text: name.into(), ..(*choice).clone() }))
            }
            other => other,
        }
    }

    /// As a value of an argument; `written` is how the argument is written.
    pub(in crate::frontend) fn value(&self, written: &str) -> Value {
        match self {
            Self::Unknown(unknown) => origin::value(&unknown.text, unknown.origin.as_ref()),
            Self::Absent => Value::Absent,
            Self::Text(text) => match &text.whole {
                Some(whole) => Value::Text(whole.to_string()),
                None => origin::value(&text.shown, self.origin().as_ref()),
            },
            Self::List(list) => {
                let mut values: Vec<Value> =
                    list.items.iter().map(|item| item.value(written)).collect();
                if list.rest != Rest::Closed {
                    values.push(Value::unknown(written));
                }
                Value::List(values)
            }
            Self::Map(map) => Value::Map(
                map.entries
                    .iter()
                    .map(|(key, thing)| (key.to_string(), thing.value(written)))
                    .collect(),
            ),
            Self::OneOf(choice) if &*choice.text == "…" => Value::unknown(written),
            Self::OneOf(choice) => Value::unknown(&*choice.text),
            Self::Declared(address) => Value::declared(written, &**address),
            _ => Value::unknown(written),
        }
    }
}

impl Piece {
    /// Its text, if it is no hole.
    pub(in crate::frontend) fn known(&self) -> Option<&str> {
        if let Self::Known { text, .. } = self { Some(text) } else { None }
    }
}
