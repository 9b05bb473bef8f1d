//! Where values come from: the answers of calls that they are part of, and the
//! lock state that they tell of.

use std::rc::Rc;

use super::thing::{Name, Piece, Thing, Unknown};
use crate::procedure;
use crate::procedure::{Target, Value};

/// Where a value comes from, as far as it matters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Origin {
    /// The answer that it is, or is a part of.
    pub(in crate::frontend) answer: Option<Name>,
    /// What that answer was asked about.
    pub(in crate::frontend) asked: Target,
    /// What it tells of a lock, or of a disk.
    pub(in crate::frontend) lock: Option<Lock>,
    /// The disk whose status it is.
    pub(in crate::frontend) status: Option<Target>,
}

/// What a value tells of a lock, or of the state of a disk.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::frontend) struct Lock {
    /// Whether it is true, or not empty, if there is a lock; else it is if there is
    /// none.
    pub(in crate::frontend) if_locked: bool,
    /// Whose lock it tells of.
    pub(in crate::frontend) target: Target,
    /// What it tells of it.
    pub(in crate::frontend) of: Tells,
}

/// What a value tells of something, by being true or by not being so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Tells {
    /// Whether it is locked for security, or at all.
    Locked,
    /// Whether it is locked for another reason.
    LockedOtherwise,
    /// That the disk is in use; its opposite tells nothing.
    InUse,
    /// That the disk is attached to nothing; its opposite tells nothing.
    Free,
}

impl Lock {
    /// What the opposite tells.
    pub(in crate::frontend) fn flipped(&self) -> Self {
        Self { if_locked: !self.if_locked, ..self.clone() }
    }
}

impl Default for Origin {
    fn default() -> Self {
        Self { answer: None, asked: Target::Unknown, lock: None, status: None }
    }
}

impl Origin {
    /// Of two, the one that tells of a lock, or else the first.
    pub(in crate::frontend) fn either(
        one: Option<Rc<Self>>,
        other: Option<Rc<Self>>,
    ) -> Option<Rc<Self>> {
        match (one, other) {
            (Some(one), Some(other)) if one.lock.is_none() && other.lock.is_some() => Some(other),
            (one, other) => one.or(other),
        }
    }
}

impl Thing {
    /// Where it comes from, or something in it. What holds a lock state with other
    /// things tells nothing of a lock.
    pub(in crate::frontend) fn origin(&self) -> Option<Rc<Origin>> {
        match self {
            Self::Unknown(unknown) => unknown.origin.clone(),
            Self::Text(text) => text.pieces.iter().find_map(|piece| match piece {
                Piece::Hole { origin, .. } => lockless(origin.clone()),
                Piece::Known { .. } => None,
            }),
            Self::List(list) => {
                list.items.iter().fold(None, |known, item| Origin::either(known, item.origin()))
            }
            Self::Map(map) => map.entries.iter().find_map(|(_, thing)| lockless(thing.origin())),
            Self::OneOf(choice) => {
                choice.things.iter().fold(None, |known, it| Origin::either(known, it.origin()))
            }
            _ => None,
        }
    }

    /// What it tells of a lock for security.
    pub(in crate::frontend) fn lock(&self) -> Option<Lock> {
        self.told().filter(|lock| lock.of == Tells::Locked)
    }

    /// What it tells of a lock, or of a disk.
    pub(in crate::frontend) fn told(&self) -> Option<Lock> {
        self.origin()?.lock.clone()
    }

    /// The same, as something that comes from elsewhere, if nothing else is known of
    /// it.
    pub(in crate::frontend) fn coming_from(self, origin: Rc<Origin>) -> Self {
        match self {
            Self::Unknown(unknown) => Self::Unknown(Unknown { origin: Some(origin), ..unknown }),
            other => other,
        }
    }

    /// The same, telling this of a lock.
    pub(in crate::frontend) fn telling(self, lock: Option<Lock>) -> Self {
        match self {
            Self::Unknown(unknown) if unknown.origin.is_some() || lock.is_some() => {
                let origin = unknown.origin.as_deref().cloned().unwrap_or_default();
                let origin = Some(Rc::new(Origin { lock, ..origin }));
                Self::Unknown(Unknown { origin, ..unknown })
            }
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

fn lockless(origin: Option<Rc<Origin>>) -> Option<Rc<Origin>> {
    let origin = origin?;
    if origin.lock.is_none() {
        return Some(origin);
    }
    Some(Rc::new(Origin { lock: None, ..(*origin).clone() }))
}

/// A value of which only the source text is known, and where it comes from.
pub(super) fn value(text: &str, origin: Option<&Rc<Origin>>) -> Value {
    let answer = origin.and_then(|origin| origin.answer.as_deref());
    let answer = answer.map(str::to_owned);
    Value::Unknown(procedure::Unknown { text: text.to_owned(), declared: None, answer })
}
