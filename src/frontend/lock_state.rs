//! How inputs of every kind look at the lock state of an instance: the fields of
//! the API that tell of it.

use crate::procedure::{Target, Value};

/// Fields of the API that tell of a lock, without case and separators.
const FIELDS: [&str; 2] = ["operationlock", "lockreason"];

/// Reasons of locks other than security.
const OTHERS: [&str; 2] = ["financial", "recycling"];

/// Whether a text asks for the lock state.
pub(super) fn is_mentioned(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    FIELDS.iter().any(|field| folded.contains(field))
}

/// Whether a text asks for locks that have other reasons than security, and for no
/// others.
pub(super) fn is_of_another(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    OTHERS.iter().any(|other| lower.contains(other))
        && !lower.contains("!=")
        && !lower.replace("security_group", "").replace("securitygroup", "").contains("security")
}

/// The one instance that a value names, out of its JSON list.
pub(super) fn target_of(value: &Value) -> Option<Target> {
    let bare = |text: &str| text.trim_matches(['[', ']', '"', '\'', '\\']).to_owned();
    match value {
        Value::Text(text) => Some(Target::Known(bare(text))),
        Value::Unknown(unknown) => Some(Target::Symbol(bare(&unknown.text))),
        Value::List(_) | Value::Map(_) | Value::Absent => None,
    }
}

/// What is sure of an instance where a condition holds, and where it does not.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Assurance {
    /// Whether it is not locked where the condition holds.
    pub(super) unlocked_if_true: bool,
    /// Whether it is not locked where the condition does not hold.
    pub(super) unlocked_if_false: bool,
}

impl Assurance {
    /// The condition says that there is no lock.
    pub(super) const UNLOCKED: Self = Self { unlocked_if_true: true, unlocked_if_false: false };
    /// The condition says that there is one.
    pub(super) const LOCKED: Self = Self { unlocked_if_true: false, unlocked_if_false: true };

    /// Of the opposite condition.
    pub(super) fn negated(self) -> Self {
        Self { unlocked_if_true: self.unlocked_if_false, unlocked_if_false: self.unlocked_if_true }
    }

    /// Of several conditions that all hold.
    pub(super) fn all(parts: impl Iterator<Item = Self>) -> Self {
        let mut all = Self { unlocked_if_true: false, unlocked_if_false: true };
        for part in parts {
            all.unlocked_if_true |= part.unlocked_if_true;
            all.unlocked_if_false &= part.unlocked_if_false;
        }
        all
    }
}
