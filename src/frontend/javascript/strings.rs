//! JavaScript's strings and templates.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::kind;
use crate::frontend::program::code::Part;
use crate::frontend::program::shape::{Shaper, named};

/// The pieces of a string or a template.
pub(super) fn parts(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut end = node.start_byte() + 1;
    for child in named(node, "") {
        let at = child.byte_range();
        // The grammar has no node for what a template says between its holes.
        between(shaper, &mut parts, end..at.start);
        end = at.end;
        let text = shaper.text(child);
        match child.kind() {
            kind::STRING_FRAGMENT => {
                parts.push(Part::Known { text: text.into(), at, verbatim: true });
            }
            kind::ESCAPE => {
                parts.push(Part::Known { text: unescaped(text).into(), at, verbatim: false });
            }
            kind::SUBSTITUTION => {
                let inner = named(child, kind::COMMENT).into_iter().next();
                parts.extend(inner.map(|inner| Part::Hole(expression(shaper, inner))));
            }
            _ => {}
        }
    }
    between(shaper, &mut parts, end..node.end_byte().saturating_sub(1));
    parts
}

fn between(shaper: &Shaper<'_>, parts: &mut Vec<Part>, at: std::ops::Range<usize>) {
    if let Some(text) = shaper.source.text.get(at.clone()).filter(|text| !text.is_empty()) {
        parts.push(Part::Known { text: text.into(), at, verbatim: true });
    }
}

/// What an escape sequence stands for.
fn unescaped(text: &str) -> String {
    let code = |digits: &str| {
        let digits = digits.trim_matches(['{', '}']);
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from)
    };
    let rest = text.get(1..).unwrap_or_default();
    let letter = rest.chars().next().unwrap_or('\\');
    let simple = match letter {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'b' | 'f' | 'v' => " ",
        '0' => "\0",
        'x' | 'u' => return code(rest.get(1..).unwrap_or_default()).unwrap_or_default(),
        // A line that goes on.
        '\n' | '\r' => "",
        _ => return letter.to_string(),
    };
    simple.to_owned()
}
