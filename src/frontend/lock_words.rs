//! The words by which code looks at the lock state of an instance.

/// Fields of the API that tell of a lock, without case and separators.
const LOCK_FIELDS: &[&str] = &["operationlock", "lockreason"];

/// Whether a text names a field that tells of a lock.
pub(super) fn mentions_lock(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    LOCK_FIELDS.iter().any(|field| folded.contains(field))
}
