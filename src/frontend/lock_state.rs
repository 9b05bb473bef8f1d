//! How inputs of every kind look at the lock state of an instance: the fields of
//! the API that tell of it.

use crate::procedure::{Target, Value};

/// Fields of the API that tell of a lock, without case and separators.
const FIELDS: [&str; 2] = ["operationlock", "lockreason"];

/// Whether a text asks for the lock state.
pub(super) fn is_mentioned(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    FIELDS.iter().any(|field| folded.contains(field))
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
