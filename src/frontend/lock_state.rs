//! How inputs of every kind look at the lock state of an instance: the fields of
//! the API that tell of it.

/// Fields of the API that tell of a lock, without case and separators.
const FIELDS: [&str; 2] = ["operationlock", "lockreason"];

/// Whether a text asks for the lock state.
pub(super) fn is_mentioned(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    FIELDS.iter().any(|field| folded.contains(field))
}
