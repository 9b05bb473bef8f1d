//! Parsing with tree-sitter: bounded in time, with its errors as problems.
//!
//! Trees may be deeper than any stack, so nothing here recurses, and front ends
//! that descend by recursion stop at [`MAX_DEPTH`].

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Language, Node, ParseOptions, Parser, Tree, TreeCursor};

use crate::problem::{Problem, ProblemKind};
use crate::source::{FileId, Source};

/// How deep front ends descend by recursion.
pub(super) const MAX_DEPTH: u16 = 200;

/// How long one text may take to parse.
const DEADLINE: Duration = Duration::from_secs(10);

thread_local! {
    /// The parser that a thread used last: it keeps what it has allocated.
    static PARSER: Cell<Option<Parser>> = const { Cell::new(None) };
}

/// Parses a text.
///
/// # Errors
/// A problem when the text takes too long to parse.
pub(super) fn parse(language: &Language, source: &Source<'_>) -> Result<Tree, Problem> {
    let mut parser = PARSER.take().unwrap_or_default();
    parser.set_language(language).expect("the grammar's version fits the library it is built with");
    let text = source.text.as_bytes();
    let started = Instant::now();
    let mut watch = |_: &tree_sitter::ParseState| {
        if started.elapsed() > DEADLINE {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let mut read = |byte: usize, _| text.get(byte..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut read, None, Some(options));
    if tree.is_some() {
        // One that was stopped would go on where it was.
        PARSER.set(Some(parser));
    }
    tree.ok_or_else(|| {
        let message = format!(
            "not read: parsing took more than {} s; split the file or exclude it",
            DEADLINE.as_secs()
        );
        Problem::at(ProblemKind::Timeout, source.span(0..0), message)
    })
}

/// Whether a text has no mistakes, and a statement behind it stands by itself.
pub(super) fn is_sound(language: &Language, text: &str, statement: &str) -> bool {
    let whole = format!("{text}{statement}");
    let source = Source::file(FileId(0), "", &whole);
    let Ok(tree) = parse(language, &source) else { return false };
    let root = tree.root_node();
    let start = text.len() + statement.len() - statement.trim_start().len();
    let last = u32::try_from(root.named_child_count()).unwrap_or_default().checked_sub(1);
    let last = last.and_then(|last| root.named_child(last));
    !root.has_error() && last.is_some_and(|last| last.start_byte() == start)
}

/// The first syntax error of a tree as a problem.
pub(super) fn syntax_problem(tree: &Tree, source: &Source<'_>) -> Option<Problem> {
    let error = first_error(tree.root_node())?;
    let message = if error.is_missing() {
        format!("syntax error: `{}` is missing; what follows may be read wrongly", error.kind())
    } else {
        let text = source.text[error.byte_range()].lines().next().unwrap_or_default();
        let shown: String = text.chars().take(40).collect();
        format!("syntax error near `{shown}`; what follows may be read wrongly")
    };
    Some(Problem::at(ProblemKind::Syntax, source.span(error.byte_range()), message))
}

/// The first node, in source order, that is an error or stands for something
/// missing.
fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        let deeper = node.has_error() && cursor.goto_first_child();
        if !deeper && !goto_next(&mut cursor) {
            return None;
        }
    }
}

/// Moves to the next node in source order that is not inside the current one. A
/// cursor never leaves the node it was made from.
fn goto_next(cursor: &mut TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}

/// Calls `visit` for every node below and including `root` in source order,
/// without recursion; where it answers `false` the node's children are passed
/// over.
pub(super) fn walk<'t>(root: Node<'t>, mut visit: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        let deeper = visit(cursor.node()) && cursor.goto_first_child();
        if !deeper && !goto_next(&mut cursor) {
            return;
        }
    }
}
