//! Ruby's strings, symbols and heredocs.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::kind;
use super::scope::Scope;
use crate::frontend::program::code::{Expression, Part, Value};
use crate::frontend::program::shape::{known_text, named};

/// Lowers a string.
pub(super) fn text(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::CHAINED_STRING => {
            let strings = named(node, kind::COMMENT);
            Value::Text(strings.into_iter().flat_map(|it| parts(scope, it)).collect())
        }
        kind::HEREDOC_BEGINNING => match scope.heredoc(node) {
            Some(body) => Value::Text(parts(scope, body)),
            None => Value::Other(Vec::new()),
        },
        _ => Value::Text(parts(scope, node)),
    }
}

/// Lowers a symbol, which names as a string does.
pub(super) fn symbol(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::SIMPLE_SYMBOL | kind::HASH_KEY => {
            let name = scope.text(node).trim_start_matches(':');
            known_text(name, node.byte_range()).value
        }
        _ => Value::Text(parts(scope, node)),
    }
}

/// The pieces of a string.
pub(super) fn parts(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for child in named(node, kind::COMMENT) {
        let at = child.byte_range();
        let text = scope.text(child);
        match child.kind() {
            kind::STRING_CONTENT | kind::HEREDOC_CONTENT => {
                parts.push(Part::Known { text: text.into(), at, verbatim: true });
            }
            kind::ESCAPE => {
                parts.push(Part::Known { text: unescaped(text).into(), at, verbatim: false });
            }
            kind::INTERPOLATION => parts.push(Part::Hole(hole(scope, child))),
            _ => {}
        }
    }
    if parts.is_empty() {
        let at = node.byte_range();
        parts.push(Part::Known { text: "".into(), at, verbatim: false });
    }
    parts
}

/// The expression in an interpolation.
fn hole(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Expression {
    match named(node, kind::COMMENT).first() {
        Some(inner) => expression(scope, *inner),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

/// What an escape sequence stands for.
fn unescaped(text: &str) -> String {
    let rest = text.get(1..).unwrap_or_default();
    let code = |digits: &str, radix| {
        let digits = digits.trim_matches(['{', '}']);
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    let mut letters = rest.chars();
    let simple = match letters.next() {
        Some('n') => "\n",
        Some('t') => "\t",
        Some('r') => "\r",
        Some('s') => " ",
        Some('\n') | None => "",
        Some('x' | 'u') => return code(letters.as_str(), 16).unwrap_or_default(),
        Some('0'..='7') => return code(rest, 8).unwrap_or_default(),
        Some(letter) => return letter.to_string(),
    };
    simple.to_owned()
}
