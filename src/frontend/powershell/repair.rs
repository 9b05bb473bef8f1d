//! Parses scripts, some of which the grammar takes for wrong: it wants a line
//! break behind `param( … )` and between the arms of a `switch`, where the
//! language does not, knows no `a ? b : c`, and takes a point in a word for access to
//! a member.
//!
//! Blanks become line breaks there, and signs commas, so every place stays what
//! it was.

use std::borrow::Cow;

use tree_sitter::{Node, Tree};

use super::kind;
use crate::frontend::syntax;
use crate::problem::Problem;
use crate::source::Source;

/// How many times a text is repaired: each may show the next fault.
const MOST: usize = 6;

/// The tree of a text.
///
/// # Errors
/// A problem when the text takes too long to parse.
pub(super) fn parse(source: &Source<'_>) -> Result<Tree, Problem> {
    let language = tree_sitter_powershell::LANGUAGE.into();
    let mut parsable = source.clone();
    if let Some(text) = with_plain_flags(&source.text) {
        parsable.text = Cow::Owned(text);
    }
    let mut tree = syntax::parse(&language, &parsable)?;
    for _ in 0..MOST {
        if !tree.root_node().has_error() {
            break;
        }
        let Some(text) = repaired(tree.root_node(), &parsable.text) else { break };
        parsable.text = Cow::Owned(text);
        tree = syntax::parse(&language, &parsable)?;
    }
    Ok(tree)
}

/// The text with other signs for the points in words like `--Tag.1.Key`; none if
/// there are no such words.
fn with_plain_flags(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut changed = false;
    for at in memchr::memmem::find_iter(text.as_bytes(), b" --") {
        let is_name = |byte: &&mut u8| byte.is_ascii_alphanumeric() || **byte == b'.';
        for byte in bytes[at + 3..].iter_mut().take_while(is_name).filter(|byte| **byte == b'.') {
            *byte = b'_';
            changed = true;
        }
    }
    changed.then(|| String::from_utf8(bytes).expect("signs are whole characters"))
}

/// The text with line breaks where the grammar wants them; none if there is
/// nothing to do.
fn repaired(root: Node<'_>, text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut changed = false;
    syntax::walk(root, |node| {
        if !node.has_error() {
            // A block of parameters is right itself; what is wrong follows it.
            return false;
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == kind::PARAMETERS {
                changed |= break_line(&mut bytes, child.end_byte());
            }
        }
        if node.is_error() {
            changed |= even_ternary(&mut bytes, node);
        }
        if node.kind() == kind::SWITCH {
            changed |= break_arms(&mut bytes, node);
        }
        true
    });
    changed.then(|| String::from_utf8(bytes).expect("blanks are whole characters"))
}

/// Makes `? a : b` a list, as which [`is_ternary`] knows it again.
fn even_ternary(bytes: &mut [u8], node: Node<'_>) -> bool {
    let from = node.start_byte().saturating_sub(1).min(bytes.len());
    let line = &mut bytes[from..];
    let line_end = line.iter().skip(1).position(|byte| *byte == b'\n');
    let line_end = line_end.map_or(line.len(), |end| end + 1);
    let line = &mut line[..line_end];
    let sign = |sign: &[u8; 3], line: &[u8]| line.windows(3).position(|three| three == sign);
    let (Some(mark), Some(colon)) = (sign(b" ? ", line), sign(b" : ", line)) else {
        return false;
    };
    if mark < colon {
        line[mark + 1] = b',';
        line[colon + 1] = b',';
    }
    mark < colon
}

/// Whether a list is what became of `condition ? a : b`.
pub(super) fn is_ternary(list: Node<'_>, text: &str) -> bool {
    let parts = (list.named_child(0), list.named_child(1));
    let (Some(first), Some(second)) = parts else { return false };
    text.get(first.end_byte()..second.start_byte()).is_some_and(|sign| sign.trim() == "?")
}

/// Makes the blank at a place a line break.
fn break_line(bytes: &mut [u8], at: usize) -> bool {
    let blank = bytes.get_mut(at).filter(|byte| matches!(**byte, b' ' | b'\t'));
    blank.map(|byte| *byte = b'\n').is_some()
}

/// Puts each arm of a `switch` on a line of its own.
fn break_arms(bytes: &mut [u8], node: Node<'_>) -> bool {
    let mut changed = false;
    for at in node.start_byte()..node.end_byte() {
        if bytes[at] != b'}' || bytes.get(at + 1) != Some(&b' ') {
            continue;
        }
        let rest = &bytes[at + 1..node.end_byte()];
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        let rest = &rest[blanks..];
        let begins = rest.first().is_some_and(|byte| matches!(byte, b'\'' | b'"' | b'$'))
            || rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"default"));
        if begins {
            changed |= break_line(bytes, at + 1);
        }
    }
    changed
}
