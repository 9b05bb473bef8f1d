//! Where values come from: the answers of calls that they are part of.

use std::rc::Rc;

use super::thing::{Name, Piece, Thing, Unknown};
use crate::procedure;
use crate::procedure::Value;

/// Where a value comes from, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::frontend) struct Origin {
    /// The answer that it is, or is a part of.
    pub(in crate::frontend) answer: Option<Name>,
}

impl Thing {
    /// Where it comes from, or something in it.
    pub(in crate::frontend) fn origin(&self) -> Option<&Rc<Origin>> {
        match self {
            Self::Unknown(unknown) => unknown.origin.as_ref(),
            Self::Text(text) => text.pieces.iter().find_map(|piece| match piece {
                Piece::Hole { origin, .. } => origin.as_ref(),
                Piece::Known { .. } => None,
            }),
            Self::List(list) => list.items.iter().find_map(Self::origin),
            Self::Map(map) => map.entries.iter().find_map(|(_, thing)| thing.origin()),
            Self::OneOf(choice) => choice.things.iter().find_map(Self::origin),
            _ => None,
        }
    }

    /// The same, as something that comes from elsewhere, if nothing else is known of
    /// it.
    pub(in crate::frontend) fn coming_from(self, origin: Rc<Origin>) -> Self {
        match self {
            Self::Unknown(unknown) => Self::Unknown(Unknown { origin: Some(origin), ..unknown }),
            other => other,
        }
    }

    /// The same, whose origin does not matter.
    pub(in crate::frontend) fn without_origin(self) -> Self {
        match self {
            Self::Unknown(unknown) => Self::Unknown(Unknown { origin: None, ..unknown }),
            other => other,
        }
    }

    /// The answers that something in it comes from.
    pub(in crate::frontend) fn answers(&self, found: &mut Vec<Name>) {
        match self {
            Self::List(list) => list.items.iter().for_each(|item| item.answers(found)),
            Self::Map(map) => map.entries.iter().for_each(|(_, thing)| thing.answers(found)),
            Self::OneOf(choice) => choice.things.iter().for_each(|thing| thing.answers(found)),
            Self::Text(text) => {
                for piece in &text.pieces {
                    if let Piece::Hole { origin: Some(origin), .. } = piece {
                        found.extend(origin.answer.clone());
                    }
                }
            }
            other => found.extend(other.origin().and_then(|origin| origin.answer.clone())),
        }
    }
}

/// A value of which only the source text is known, and where it comes from.
pub(super) fn value(text: &str, origin: Option<&Rc<Origin>>) -> Value {
    let answer = origin.and_then(|origin| origin.answer.as_deref());
    let answer = answer.map(str::to_owned);
    Value::Unknown(procedure::Unknown { text: text.to_owned(), declared: None, answer })
}
