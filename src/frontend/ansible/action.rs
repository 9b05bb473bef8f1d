//! What a task runs: its module, by whichever name, and what that is given.

use std::ops::Range;

use super::recognise::is_keyword;
use crate::frontend::template::{Entry, Item};

/// Collections whose modules also go by the last part of their name.
const COLLECTIONS: &[&str] =
    &["ansible.builtin.", "ansible.legacy.", "ansible.windows.", "community.general."];

/// The module of a task.
#[derive(Clone, Debug)]
pub(super) struct Action<'t> {
    /// Its name as it is written.
    pub(super) full: &'t str,
    /// Its name without one of the well-known collections.
    pub(super) name: &'t str,
    /// What it is given.
    pub(super) given: Given<'t>,
    /// More of that: `args`.
    pub(super) more: Option<Item<'t>>,
}

/// What a module is given.
#[derive(Clone, Debug)]
pub(super) enum Given<'t> {
    /// Arguments by name.
    Named(Item<'t>),
    /// A part of a text: a command, or `key=value` pairs.
    Free(Item<'t>, Range<usize>),
    /// A list, or nothing.
    Other,
}

impl<'t> Action<'t> {
    /// The module of a task.
    pub(super) fn of(task: Item<'t>) -> Option<Self> {
        let more = task.get("args").filter(|args| args.is_mapping());
        let is_module = |entry: &Entry<'t>| {
            entry.key.text().is_some_and(|key| key == "block" || !is_keyword(key))
        };
        let entry = task.entries().find(is_module)?;
        let written = entry.key.text()?;
        let action = match short(written) {
            "local_action" | "action" => Self::indirect(entry.value)?,
            name => Self { full: written, name, given: given(entry.value), more: None },
        };
        Some(Self { more, ..action })
    }

    /// `action: shell ls` and `local_action: {module: shell, cmd: ls}`.
    fn indirect(value: Item<'t>) -> Option<Self> {
        if let Some(full) = value.get_text("module") {
            let given = Given::Named(value);
            return Some(Self { full, name: short(full), given, more: None });
        }
        let text = value.text()?;
        let start = text.len() - text.trim_start().len();
        let end = text[start..].find(char::is_whitespace).map_or(text.len(), |at| start + at);
        let full = &text[start..end];
        let rest = text[end..].trim_start();
        let given = Given::Free(value, text.len() - rest.len()..text.len());
        Some(Self { full, name: short(full), given, more: None })
    }

    /// An argument by its name, from wherever it is given by name.
    pub(super) fn argument(&self, name: &str) -> Option<Item<'t>> {
        let own = match &self.given {
            Given::Named(arguments) => arguments.get(name),
            Given::Free(..) | Given::Other => None,
        };
        own.or_else(|| self.more?.get(name))
    }

    /// The text that it is given instead of arguments.
    pub(super) fn free_text(&self) -> Option<&'t str> {
        match &self.given {
            Given::Free(item, range) => item.text()?.get(range.clone()),
            Given::Named(_) | Given::Other => None,
        }
    }
}

fn given(value: Item<'_>) -> Given<'_> {
    match value.text() {
        Some(text) if !value.is_null() => Given::Free(value, 0..text.len()),
        _ if value.is_mapping() => Given::Named(value),
        _ => Given::Other,
    }
}

/// A name without a well-known collection.
fn short(name: &str) -> &str {
    COLLECTIONS.iter().find_map(|collection| name.strip_prefix(collection)).unwrap_or(name)
}

/// The `key=value` pairs of a text, with quotes around values taken off.
pub(super) fn pairs(text: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.rsplit(char::is_whitespace).next().unwrap_or(key);
        let (value, after) = pair_value(after);
        if !key.is_empty() {
            pairs.push((key, value));
        }
        rest = after.trim_start();
    }
    pairs
}

/// A value up to the white space behind it, which is none in quotes and braces.
fn pair_value(text: &str) -> (&str, &str) {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\''))
        && let Some((value, after)) = text[1..].split_once(quote)
    {
        return (value, after);
    }
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if letter.is_whitespace() && depth <= 0 => return (&text[..at], &text[at..]),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_keep_what_is_quoted_or_in_braces() {
        let found = pairs("state=running ids='a b' name={{ x | d }} z=");
        let expected = [("state", "running"), ("ids", "a b"), ("name", "{{ x | d }}"), ("z", "")];
        assert_eq!(found, expected);
    }
}
