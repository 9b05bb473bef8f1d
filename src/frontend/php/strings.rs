//! Strings of PHP, with what is filled in.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::kind;
use crate::frontend::program::code::{Expression, Part, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};

/// Nodes in which the text of a heredoc stands.
const BODIES: &[&str] = &["heredoc_body", "nowdoc_body"];

/// The pieces of a string.
pub(super) fn parts(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let is_plain = node.kind() == kind::STRING;
    let is_body = BODIES.contains(&node.kind());
    let mut parts = Vec::new();
    let mut end = None;
    for child in named(node, kind::COMMENT) {
        let at = child.byte_range();
        // The ends of lines stand between the nodes of a heredoc.
        let between = end.replace(at.end).filter(|_| is_body).map(|end| end..at.start);
        let is_break = |at: &std::ops::Range<usize>| shaper.source.text[at.clone()].contains('\n');
        if let Some(at) = between.filter(is_break) {
            parts.push(Part::Known { text: "\n".into(), at, verbatim: false });
        }
        let text = shaper.text(child);
        match child.kind() {
            kind::STRING_CONTENT | kind::NOWDOC_STRING => {
                parts.push(Part::Known { text: text.into(), at, verbatim: true });
            }
            kind::ESCAPE => {
                let text = if is_plain { text[1..].to_owned() } else { unescaped(text) };
                parts.push(Part::Known { text: text.into(), at, verbatim: false });
            }
            body if BODIES.contains(&body) => parts.extend(self::parts(shaper, child)),
            "heredoc_start" | "heredoc_end" => {}
            kind::SUBSCRIPT => parts.push(Part::Hole(element(shaper, child))),
            _ => parts.push(Part::Hole(expression(shaper, child))),
        }
    }
    parts
}

/// `$params[InstanceId]` in a string: the key is a text.
fn element(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let [object, key] = named(node, kind::COMMENT)[..] else {
        return expression(shaper, node);
    };
    if key.kind() != kind::NAME {
        return expression(shaper, node);
    }
    let key = known_text(shaper.text(key), key.byte_range());
    let object = expression(shaper, object);
    Expression { at: node.byte_range(), value: Value::Index(Box::new(object), Box::new(key)) }
}

/// What an escape sequence of a string in double quotes stands for.
fn unescaped(text: &str) -> String {
    let code = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    let rest = text.get(1..).unwrap_or_default();
    let letter = rest.chars().next().unwrap_or('\\');
    let simple = match letter {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'v' | 'f' | 'e' => " ",
        'x' => return code(&rest[1..], 16).unwrap_or_default(),
        'u' => return code(rest[1..].trim_matches(['{', '}']), 16).unwrap_or_default(),
        '0'..='7' => return code(rest, 8).unwrap_or_default(),
        _ => return letter.to_string(),
    };
    simple.to_owned()
}
