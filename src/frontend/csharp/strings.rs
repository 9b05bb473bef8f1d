//! C#'s strings: quoted, verbatim, raw, and with holes.

use std::ops::Range;

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::kind;
use crate::frontend::program::code::Part;
use crate::frontend::program::shape::{Shaper, named};

/// What stands for a quote where a backslash means itself.
const DOUBLED: &str = "\"\"";

/// The pieces of a string of any sort.
pub(super) fn parts(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    match node.kind() {
        kind::VERBATIM_STRING => verbatim(shaper, node),
        kind::RAW_STRING => raw(shaper, node),
        kind::INTERPOLATED => interpolated(shaper, node),
        _ => quoted(shaper, node),
    }
}

fn known(text: &str, at: Range<usize>, verbatim: bool) -> Part {
    Part::Known { text: text.into(), at, verbatim }
}

fn quoted(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for child in named(node, kind::COMMENT) {
        let (at, text) = (child.byte_range(), shaper.text(child));
        match child.kind() {
            kind::STRING_LITERAL_CONTENT | kind::CHARACTER_CONTENT => {
                parts.push(known(text, at, true));
            }
            kind::ESCAPE => parts.push(known(&unescaped(text), at, false)),
            _ => {}
        }
    }
    parts
}

/// `@"…"`
fn verbatim(shaper: &Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let text = shaper.text(node);
    let Some(open) = text.find('"') else { return Vec::new() };
    let inner = text.get(open + 1..text.len().saturating_sub(1)).unwrap_or_default();
    let mut parts = Vec::new();
    undoubled(inner, node.start_byte() + open + 1, DOUBLED, &mut parts);
    parts
}

/// Text in which a doubled character stands for one.
fn undoubled(text: &str, start: usize, doubled: &str, parts: &mut Vec<Part>) {
    let mut at = start;
    for (index, piece) in text.split(doubled).enumerate() {
        if index > 0 {
            parts.push(known(&doubled[..1], at..at + doubled.len(), false));
            at += doubled.len();
        }
        if !piece.is_empty() {
            parts.push(known(piece, at..at + piece.len(), true));
        }
        at += piece.len();
    }
}

/// `"""…"""`, whose lines lose the indentation of the last one.
fn raw(shaper: &Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let content = named(node, kind::COMMENT);
    let Some(content) = content.iter().find(|it| it.kind() == kind::RAW_STRING_CONTENT) else {
        return Vec::new();
    };
    let text = shaper.text(*content);
    let indentation = indentation(text);
    let mut parts = Vec::new();
    let (first, mut at) = outer_lines(text, content.start_byte());
    for line in first.split_inclusive('\n') {
        let kept = line.strip_prefix(indentation).unwrap_or(line);
        let start = at + line.len() - kept.len();
        at += line.len();
        parts.push(known(kept, start..at, true));
    }
    parts
}

/// The last line of a raw string of several lines, which is blank.
fn indentation(text: &str) -> &str {
    let last = text.rsplit_once('\n').map_or("", |(_, last)| last);
    if last.trim().is_empty() { last } else { "" }
}

/// A raw string without its first and its last line, which are not part of it,
/// and where it starts then.
fn outer_lines(text: &str, start: usize) -> (&str, usize) {
    let Some((first, rest)) = text.split_once('\n').filter(|(first, _)| first.trim().is_empty())
    else {
        return (text, start);
    };
    let start = start + first.len() + 1;
    (rest.rsplit_once('\n').map_or("", |(body, _)| body), start)
}

fn interpolated(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut is_verbatim = false;
    for child in named(node, kind::COMMENT) {
        let (at, text) = (child.byte_range(), shaper.text(child));
        match child.kind() {
            kind::INTERPOLATION_START => is_verbatim = text.contains('@'),
            kind::STRING_CONTENT => {
                let mut pieces = Vec::new();
                let doubled = if is_verbatim { DOUBLED } else { "\u{0}" };
                undoubled(text, at.start, doubled, &mut pieces);
                parts.extend(pieces.into_iter().flat_map(unbraced));
            }
            kind::ESCAPE => parts.push(known(&unescaped(text), at, false)),
            kind::INTERPOLATION => {
                let inner = named(child, kind::COMMENT);
                let inner = inner.iter().find(|it| !it.kind().starts_with(kind::INTERPOLATION));
                parts.extend(inner.map(|inner| Part::Hole(expression(shaper, *inner))));
            }
            _ => {}
        }
    }
    parts
}

/// A piece with braces in the place of doubled ones.
fn unbraced(part: Part) -> Vec<Part> {
    let Part::Known { text, at, verbatim: true } = &part else { return vec![part] };
    if !text.contains("{{") && !text.contains("}}") {
        return vec![part];
    }
    let mut opened = Vec::new();
    undoubled(text, at.start, "{{", &mut opened);
    let mut parts = Vec::new();
    for piece in opened {
        match &piece {
            Part::Known { text, at, verbatim: true } => {
                undoubled(text, at.start, "}}", &mut parts);
            }
            _ => parts.push(piece),
        }
    }
    parts
}

/// What an escape sequence stands for.
fn unescaped(text: &str) -> String {
    let rest = text.get(1..).unwrap_or_default();
    let letter = rest.chars().next().unwrap_or('\\');
    let simple = match letter {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        '0' => "\0",
        'a' | 'b' | 'e' | 'f' | 'v' => " ",
        'x' | 'u' | 'U' => {
            let code = rest.get(1..).and_then(|it| u32::from_str_radix(it, 16).ok());
            return code.and_then(char::from_u32).map(String::from).unwrap_or_default();
        }
        _ => return letter.to_string(),
    };
    simple.to_owned()
}
