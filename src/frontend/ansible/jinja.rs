//! Jinja in texts: what is an expression, and which expressions are mere names.

use std::ops::Range;

/// A part of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// Text as it stands.
    Plain(Range<usize>),
    /// An expression: all of `{{ … }}`, and what is in it.
    Expression(Range<usize>, Range<usize>),
    /// `{% … %}` and `{# … #}`, which yield nothing themselves.
    Silent(Range<usize>),
}

/// The parts of a text.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = next(text, at) {
        if start > at {
            parts.push(Part::Plain(at..start));
        }
        if text[start..].starts_with("{{") {
            parts.push(Part::Expression(start..end, inner(text, start + 2..end - 2)));
        } else {
            parts.push(Part::Silent(start..end));
        }
        at = end;
    }
    if at < text.len() {
        parts.push(Part::Plain(at..text.len()));
    }
    parts
}

/// Where the next piece of Jinja starts and ends.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memchr(b'{', &bytes[at..]) {
        let start = at + found;
        let close = match bytes.get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let length = text.get(start + 2..)?.find(close)?;
        return Some((start, start + 2 + length + 2));
    }
    None
}

/// An expression without white space and the signs that control it.
fn inner(text: &str, range: Range<usize>) -> Range<usize> {
    let is_around = |letter: char| letter.is_whitespace() || letter == '-' || letter == '+';
    let written = &text[range.clone()];
    let trimmed = written.trim_start_matches(is_around);
    let start = range.start + written.len() - trimmed.len();
    start
        ..start
            + trimmed.trim_end_matches(|letter: char| letter.is_whitespace() || letter == '-').len()
}

/// The one expression that a text is.
pub(super) fn sole(text: &str) -> Option<&str> {
    let text = text.trim();
    match parts(text).as_slice() {
        [Part::Expression(_, inner)] => Some(&text[inner.clone()]),
        _ => None,
    }
}

/// How an expression is shown, however it is spaced.
pub(super) fn braced(expression: &str) -> String {
    format!("{{{{ {} }}}}", expression.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a text has Jinja in it.
pub(super) fn is_in(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A name and how to get from it to a part of its value: `a.b[0]['c']`. None if
/// the expression is anything else.
pub(super) fn path(expression: &str) -> Option<Vec<&str>> {
    let (name, mut rest) = identifier(expression.trim())?;
    let mut steps = vec![name];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let (step, after) = word(after)?;
            steps.push(step);
            rest = after;
        } else {
            let (step, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(step.trim().trim_matches(['"', '\'']));
            rest = after;
        }
    }
    Some(steps)
}

/// The name that an expression starts with, if it picks something out of what
/// that stands for, be it through filters.
pub(super) fn root(expression: &str) -> Option<&str> {
    let (name, rest) = identifier(expression.trim())?;
    let joins = ["~", "+", " if ", " or ", " and ", " ~ "];
    (!joins.iter().any(|sign| rest.contains(sign))).then_some(name)
}

/// The names in an expression.
pub(super) fn names(expression: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    expression.split(move |letter| !is_part(letter)).filter(|word| !word.is_empty())
}

fn identifier(text: &str) -> Option<(&str, &str)> {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if starts { word(text) } else { None }
}

fn word(text: &str) -> Option<(&str, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_told_from_text() {
        assert_eq!(sole(" {{- a.b }} "), Some("a.b"));
        assert_eq!(sole("x {{ a }}"), None);
        assert_eq!(parts("a{% if x %}b{{ c }}").len(), 4);
        assert_eq!(parts("{ {{ "), [Part::Plain(0..5)]);
        assert_eq!(path("a.b[0]['c'].1"), Some(vec!["a", "b", "0", "c", "1"]));
        assert_eq!(path("a | first"), None);
        assert_eq!(root("a.b | first"), Some("a"));
        assert_eq!(root("a + b"), None);
        assert_eq!(braced("a  |  b"), "{{ a | b }}");
    }
}
