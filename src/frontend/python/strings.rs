//! Python's string literals: their text, their holes, and where each piece
//! stands.

use std::ops::Range;

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::{field, kind};
use crate::frontend::program::code::{Expression, Part, Value};
use crate::frontend::program::shape::{Shaper, named};

/// The parts of a string literal.
pub(super) fn parts(shaper: &mut Shaper<'_>, string: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut raw = false;
    for part in named(string, kind::COMMENT) {
        match part.kind() {
            kind::STRING_START => raw = shaper.text(part).contains(['r', 'R']),
            kind::STRING_CONTENT => content(shaper, part, raw, &mut parts),
            kind::INTERPOLATION => parts.extend(interpolation(shaper, part)),
            _ => {}
        }
    }
    parts
}

fn content(shaper: &Shaper<'_>, content: Node<'_>, raw: bool, parts: &mut Vec<Part>) {
    let mut start = content.start_byte();
    for escape in named(content, kind::COMMENT) {
        let text = shaper.text(escape);
        let decoded = match escape.kind() {
            kind::ESCAPE_SEQUENCE if !raw => unescaped(text),
            kind::ESCAPE_INTERPOLATION => Some(text.chars().take(1).collect()),
            _ => None,
        };
        if let Some(text) = decoded {
            verbatim(shaper, start..escape.start_byte(), parts);
            let at = escape.byte_range();
            start = at.end;
            parts.push(Part::Known { text: text.into(), at, verbatim: false });
        }
    }
    verbatim(shaper, start..content.end_byte(), parts);
}

fn verbatim(shaper: &Shaper<'_>, at: Range<usize>, parts: &mut Vec<Part>) {
    if !at.is_empty() {
        let text = shaper.source.text[at.clone()].into();
        parts.push(Part::Known { text, at, verbatim: true });
    }
}

/// An expression in a string; what is made of a value that is formatted cannot
/// be told.
fn interpolation(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<Part> {
    let inner = node.child_by_field_name(field::EXPRESSION)?;
    let at = inner.byte_range();
    let mut value = expression(shaper, inner);
    if node.child_by_field_name(field::FORMAT_SPECIFIER).is_some() {
        value = Expression { at, value: Value::Other(vec![value]) };
    }
    Some(Part::Hole(Expression { at: node.byte_range(), value: Value::Spread(Box::new(value)) }))
}

/// What an escape sequence stands for; nothing for one that is kept as it is.
fn unescaped(escape: &str) -> Option<String> {
    let rest = escape.strip_prefix('\\')?;
    let first = rest.chars().next()?;
    let code = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    match first {
        '\n' | '\r' => Some(String::new()),
        'n' => Some("\n".into()),
        't' => Some("\t".into()),
        'r' => Some("\r".into()),
        '\\' | '\'' | '"' => Some(first.into()),
        'x' | 'u' | 'U' => code(&rest[1..], 16),
        '0'..='7' => code(rest, 8),
        'a' | 'b' | 'f' | 'v' => Some(" ".into()),
        _ => None,
    }
}
