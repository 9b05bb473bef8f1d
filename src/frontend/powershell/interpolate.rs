//! Text with `$variables`, `$( … )` and backticks in it.

use super::datum::Datum;
use super::value::Env;

/// A piece of such a text.
#[derive(Debug, PartialEq)]
enum Piece<'s> {
    /// Characters as they are.
    Plain(String),
    /// A variable, with its sign.
    Variable(&'s str),
    /// Something that is computed.
    Computed(&'s str),
}

impl<'t> Env<'_, 't> {
    /// What a text comes to; `quoted` for one in double quotes, in which two of
    /// them stand for one.
    pub(super) fn interpolate(&self, text: &str, quoted: bool) -> Datum<'t> {
        let pieces = pieces(text, quoted);
        let plain = Datum::text(String::new());
        pieces.into_iter().fold(plain, |whole, piece| {
            whole.join(match piece {
                Piece::Plain(text) => Datum::text(text),
                Piece::Variable(written) => self.hole(written),
                Piece::Computed(written) => self.computed(written),
            })
        })
    }

    /// What `$( … )` gives: a variable, or an item of one, or else nothing that is
    /// known.
    fn computed(&self, written: &str) -> Datum<'t> {
        let one_word = !written.contains(char::is_whitespace);
        let unknown = |parameter| {
            let text = if one_word { written } else { "$(…)" };
            Datum::Unknown { text: text.to_owned(), parameter }
        };
        let inner = written.trim_start_matches("$(").trim_end_matches(')').trim();
        let Some((Piece::Variable(name), length)) = special(inner).filter(|_| one_word) else {
            return unknown(false);
        };
        let index = inner[length..].strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match (self.variable(name), index.map(str::parse::<usize>)) {
            (_, None) if length == inner.len() => self.hole(name),
            (Datum::List(items), Some(Ok(index))) => {
                items.into_iter().nth(index).unwrap_or(Datum::text(""))
            }
            (map @ Datum::Map(_), None) => {
                let value = map.entry(inner[length..].trim_start_matches('.')).cloned();
                value.unwrap_or_else(|| unknown(false))
            }
            (value, _) => unknown(value.is_parameter()),
        }
    }

    /// A variable's value inside a text: a list is its items with blanks between.
    fn hole(&self, written: &str) -> Datum<'t> {
        match self.variable(written) {
            Datum::List(items) if items.iter().all(|item| item.as_text().is_some()) => {
                Datum::text(Datum::List(items).written())
            }
            value @ (Datum::Text { .. } | Datum::OneOf { .. }) => value,
            value => Datum::Unknown { text: written.to_owned(), parameter: value.is_parameter() },
        }
    }
}

fn pieces(text: &str, quoted: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let end = at + letter.len_utf8();
        let special = match letter {
            '`' => {
                at = end + push_escaped(&text[end..], &mut plain);
                continue;
            }
            '"' if quoted && rest[1..].starts_with('"') => {
                plain.push('"');
                at += 2;
                continue;
            }
            '$' => special(rest),
            _ => None,
        };
        let Some((piece, length)) = special else {
            plain.push(letter);
            at = end;
            continue;
        };
        if !plain.is_empty() {
            pieces.push(Piece::Plain(std::mem::take(&mut plain)));
        }
        pieces.push(piece);
        at += length;
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

/// Adds what a backtick and the letter behind it stand for; how long that is.
fn push_escaped(rest: &str, plain: &mut String) -> usize {
    let Some(letter) = rest.chars().next() else { return 0 };
    match letter {
        'n' => plain.push('\n'),
        't' => plain.push('\t'),
        '\n' => {}
        other => plain.push(other),
    }
    letter.len_utf8()
}

/// The variable or computation that a text starts with, and its length.
fn special(text: &str) -> Option<(Piece<'_>, usize)> {
    let after = &text[1..];
    if after.starts_with('(') {
        let length = 1 + closing(after, '(', ')')?;
        return Some((Piece::Computed(&text[..length]), length));
    }
    if after.starts_with('{') {
        let length = 1 + closing(after, '{', '}')?;
        return Some((Piece::Variable(&text[..length]), length));
    }
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut length = 1 + after.find(|letter| !is_name(letter)).unwrap_or(after.len());
    let scoped = text[length..].strip_prefix(':').filter(|rest| rest.starts_with(is_name));
    if let Some(rest) = scoped.filter(|_| length > 1) {
        length += 1 + rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
    }
    (length > 1).then(|| (Piece::Variable(&text[..length]), length))
}

/// How long a text in brackets is that starts with the opening one.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
        }
        if depth == 0 {
            return Some(at + letter.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_apart_at_variables() {
        let found = pieces("a `\"$b:c${d e}$(f (g))$", true);
        let expected = [
            Piece::Plain("a \"".into()),
            Piece::Variable("$b:c"),
            Piece::Variable("${d e}"),
            Piece::Computed("$(f (g))"),
            Piece::Plain("$".into()),
        ];
        assert_eq!(found, expected);
    }
}
