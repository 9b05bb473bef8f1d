//! Error codes of the API in code that deals with failures.

/// Parts of the codes of errors.
const FAULTS: &[&str] = &[
    "Locked",
    "Incorrect",
    "Invalid",
    "NotFound",
    "Denied",
    "Forbidden",
    "Error",
    "Fail",
    "Exceed",
    "Throttling",
    "Conflict",
    "Insufficient",
    "Unsupported",
    "NotSupport",
    "Missing",
    "Unavailable",
    "NoStock",
    "Duplicate",
];

/// How the names of members and types end that are no codes: `ErrorCode`.
const MEMBERS: &[&str] = &["Code", "Message", "Exception", "Request", "Response"];

/// How much of a text is looked through.
const MOST_BYTES: usize = 8192;

/// Whether a text names the code of an error.
pub(super) fn is_named(text: &str) -> bool {
    codes(text).next().is_some()
}

/// The codes of errors that a text names.
pub(super) fn named(text: &str) -> Vec<String> {
    codes(text).map(str::to_owned).collect()
}

fn codes(text: &str) -> impl Iterator<Item = &str> {
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| is_code(word))
}

fn is_code(word: &str) -> bool {
    if MEMBERS.iter().any(|end| word.ends_with(end)) {
        return false;
    }
    // What starts small is a method: `getErrorMessage`.
    let starts_upper = word.starts_with(|first: char| first.is_ascii_uppercase());
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    starts_upper && capitals >= 2 && FAULTS.iter().any(|fault| word.contains(fault))
}
