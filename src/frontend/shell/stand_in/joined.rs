//! Lines that the grammar takes together: behind `a | b | c` it reads a line that ends
//! with a redirection as more words of the last command.

use tree_sitter::Node;

use crate::frontend::shell::kind;
use crate::frontend::syntax;

/// How many lines of one text are taken apart at once.
const MOST: usize = 10_000;

/// The text with a sign that ends a command behind words that end a line within one; none if there are no such breaks.
pub(in crate::frontend::shell) fn apart(root: Node<'_>, text: &str) -> Option<String> {
    let mut breaks = Vec::new();
    syntax::walk(root, |node| {
        if matches!(node.kind(), kind::COMMAND | kind::DECLARATION)
            && node.start_position().row < node.end_position().row
        {
            between_words(node, text, &mut breaks);
        }
        breaks.len() < MOST
    });
    if breaks.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for at in breaks {
        bytes[at] = b';';
    }
    String::from_utf8(bytes).ok()
}

/// Adds where a line ends between two words of a command: behind the first of them,
/// since a comment may follow.
fn between_words(command: Node<'_>, text: &str, breaks: &mut Vec<usize>) {
    let mut cursor = command.walk();
    let words = command.children(&mut cursor).filter(|child| child.kind() != kind::COMMENT);
    let mut end = None;
    for word in words {
        let Some(from) = end.replace(word.end_byte()) else { continue };
        let gap = text.get(from..word.start_byte()).unwrap_or_default();
        let mut ends = gap.match_indices('\n').filter(|(at, _)| !gap[..*at].ends_with('\\'));
        if ends.next().is_some() && gap.starts_with(char::is_whitespace) {
            breaks.push(from);
        }
    }
}
