//! Which names keep their value, so that two conditions on one of them speak of the
//! same value. Where that cannot be told they do not.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::graph::Premise;
use crate::source::FileId;

/// What the names of parameters that nothing changes come from, in what a name is
/// set to.
const GIVEN: &[&str] = &["arg", "environ", "getenv", "env.", "parse", "input", "flag", "params"];

/// Words in front of a name after which it may have another value each time.
const CHANGING: &[&str] = &["for", "foreach", "each", "read", "select", "var in", "&"];

/// The texts of a unit, and what has been looked up in them.
pub(super) struct Settled<'t> {
    texts: &'t [(FileId, &'t str)],
    known: RefCell<HashMap<(FileId, String, bool), bool>>,
}

impl<'t> Settled<'t> {
    pub(super) fn new(texts: &'t [(FileId, &'t str)]) -> Self {
        Self { texts, known: RefCell::default() }
    }

    /// Whether what a premise is about has one value wherever the file speaks of it.
    pub(super) fn is_settled(&self, premise: &Premise, file: FileId) -> bool {
        let key = (file, premise.subject.clone(), premise.repeated);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let text = self.texts.iter().find(|(id, _)| *id == file).map(|(_, text)| *text);
        let is_settled = text.is_some_and(|text| keeps(text, premise));
        self.known.borrow_mut().insert(key, is_settled);
        is_settled
    }
}

fn keeps(text: &str, premise: &Premise) -> bool {
    let subject = premise.subject.as_str();
    if subject.bytes().all(|byte| byte.is_ascii_digit()) {
        return !words(text, "shift").chain(words(text, "set --")).any(|_| true);
    }
    let end = subject.find(|letter| !is_part(letter)).unwrap_or(subject.len());
    let (root, path) = subject.split_at(end);
    if root.is_empty() {
        return false;
    }
    let sets = setters(text, root);
    if path.is_empty() {
        return is_set_once(&sets, premise.repeated);
    }
    // What the thing is part of may change it, as a query of its state does.
    let last = path.rsplit(|letter| !is_part(letter)).find(|part| !part.is_empty());
    let last = last.unwrap_or_default().to_ascii_lowercase();
    let changes = last.contains("status") || last.ends_with("state");
    !changes
        && is_set_once(&sets, premise.repeated)
        && setters(text, subject).is_empty()
        && !is_asked(text, root)
}

/// Whether a name gets at most one value; in a loop, none of a call, which may answer
/// something else each time.
fn is_set_once(sets: &[Set<'_>], repeated: bool) -> bool {
    let is_call = |value: &str| {
        let lower = value.to_ascii_lowercase();
        value.contains(['(', '`']) && !GIVEN.iter().any(|word| lower.contains(word))
    };
    match sets {
        [] => true,
        [Set::To(value)] => !repeated || !is_call(value),
        _ => false,
    }
}

/// What gives a name a value.
enum Set<'t> {
    /// An assignment of this.
    To(&'t str),
    /// Something that may give it another each time.
    Anew,
}

fn setters<'t>(text: &'t str, name: &str) -> Vec<Set<'t>> {
    words(text, name).filter_map(|at| setter(text, at, name.len())).take(3).collect()
}

/// What sets a name that stands at a place, if anything does.
fn setter(text: &str, at: usize, length: usize) -> Option<Set<'_>> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let (before, after) = (&text[start..at], &text[at + length..end]);
    let word = before.trim_end_matches(['$', ' ', '(', '_', ',', '{']);
    if CHANGING.iter().any(|changing| is_last_word(word, changing)) {
        return Some(Set::Anew);
    }
    // A member of something else, or a key in quotes, is not the name.
    if before.ends_with(['.', '"', '\'', '-']) && !before.trim().eq("-") {
        return None;
    }
    let after = after.trim_start();
    let is_test = ["[ ", "test "].iter().any(|test| before.contains(test));
    if let Some(value) = assigned(after).filter(|_| !is_test) {
        return Some(Set::To(value));
    }
    let is_key = before.trim().is_empty() || before.trim() == "-";
    let registered = before.trim_end().ends_with("register:");
    if registered {
        return Some(Set::Anew);
    }
    after.strip_prefix(':').filter(|_| is_key).map(Set::To)
}

fn is_last_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| !rest.ends_with(is_part))
}

/// What stands behind the sign of an assignment, which may come after more names.
fn assigned(after: &str) -> Option<&str> {
    let names = |letter: char| is_part(letter) || ", $".contains(letter);
    let after = if after.starts_with(',') { after.trim_start_matches(names) } else { after };
    let signs = [":=", "+=", "||=", "??=", "="];
    let value = signs.iter().find_map(|sign| after.strip_prefix(sign))?;
    let compares = after.starts_with('=') && value.starts_with(['=', '~', '>']);
    (!compares).then_some(value)
}

/// Whether a function of a thing is called, which may change it.
fn is_asked(text: &str, root: &str) -> bool {
    words(text, root).any(|at| {
        let after = &text[at + root.len()..];
        let Some(rest) = after.strip_prefix('.') else { return false };
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        rest[end..].starts_with('(') && !rest.starts_with("get")
    })
}

/// Where a word stands in a text.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()).filter(move |at| {
        let after = text.get(at + word.len()..);
        let is_whole = !text.get(..*at).is_none_or(|before| before.ends_with(is_part));
        is_whole && after.is_some_and(|after| !after.starts_with(is_part))
    })
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
