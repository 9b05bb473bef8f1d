//! Quoted strings and heredocs in pieces: what stands as it is, what an escape
//! stands for, and what is interpolated.

use std::ops::Range;

use tree_sitter::Node;

use crate::frontend::syntax;

use super::super::kind;
use super::expression::children;

/// A piece of a string.
pub(super) enum Piece<'t> {
    /// Text that stands as it is.
    Verbatim(Range<usize>),
    /// Text that an escape stands for.
    Escape(String, Range<usize>),
    /// `${…}`
    Interpolation(Node<'t>),
    /// `%{ if … }` and the like, without what stands between such tags.
    Directive(Node<'t>),
}

/// The pieces of a string, in order. Indentation that `<<-` takes away is not
/// among them.
pub(super) fn pieces<'t>(string: Node<'t>, text: &str) -> Vec<Piece<'t>> {
    let Some(content) = content(string, text) else { return Vec::new() };
    let heredoc = string.kind() == kind::HEREDOC;
    let runs = runs(string, content);
    let flush = if is_flush(string) { indentation(&runs, text) } else { 0 };
    let mut pieces = Vec::new();
    let mut line_start = heredoc;
    for run in runs {
        match run {
            Piece::Verbatim(range) if heredoc => {
                heredoc_text(text, range, flush, &mut line_start, &mut pieces);
            }
            Piece::Verbatim(range) => quoted_text(text, range, &mut pieces),
            other => {
                line_start = false;
                pieces.push(other);
            }
        }
    }
    pieces
}

/// The pieces of a range of a text that is a template: no quotes, and so no
/// backslashes to escape.
pub(super) fn bare_pieces<'t>(root: Node<'t>, text: &str, range: Range<usize>) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    for run in runs(root, range) {
        match run {
            Piece::Verbatim(range) => unescape(text, range, template_escape, &mut pieces),
            other => pieces.push(other),
        }
    }
    pieces
}

/// The bytes between the quotes, or the lines between a heredoc's words.
fn content(string: Node<'_>, text: &str) -> Option<Range<usize>> {
    let children = children(string);
    if string.kind() != kind::HEREDOC {
        let start = children.iter().find(|child| child.kind() == kind::QUOTE_START)?.end_byte();
        let end = children.iter().rev().find(|child| child.kind() == kind::QUOTE_END)?;
        return (start <= end.start_byte()).then(|| start..end.start_byte());
    }
    let mut words = children.iter().filter(|child| child.kind() == kind::HEREDOC_IDENTIFIER);
    let (first, last) = (words.next()?.end_byte(), words.next_back()?.start_byte());
    let inside = text.get(first..last)?;
    let start = inside.find('\n')? + 1;
    let end = inside.rfind('\n')? + 1;
    Some(first + start..first + end)
}

fn is_flush(string: Node<'_>) -> bool {
    let mut cursor = string.walk();
    string
        .children(&mut cursor)
        .find(|child| child.kind() == kind::HEREDOC_START)
        .is_some_and(|start| start.end_byte() - start.start_byte() == "<<-".len())
}

/// The content cut where something is interpolated. The grammar leaves
/// whitespace out of its literals, so these are what the rest leaves over.
fn runs(string: Node<'_>, content: Range<usize>) -> Vec<Piece<'_>> {
    let mut runs = Vec::new();
    let mut at = content.start;
    let mut cut = |node: Node<'_>, piece| {
        if at < node.start_byte() {
            runs.push(Piece::Verbatim(at..node.start_byte()));
        }
        at = node.end_byte();
        runs.push(piece);
    };
    syntax::walk(string, |node| {
        if node.kind() == kind::INTERPOLATION {
            cut(node, Piece::Interpolation(node));
            return false;
        }
        if kind::DIRECTIVE_TAGS.contains(&node.kind()) {
            cut(node, Piece::Directive(node));
            return false;
        }
        true
    });
    if at < content.end {
        runs.push(Piece::Verbatim(at..content.end));
    }
    runs
}

/// How far all lines of a heredoc are indented; blank ones do not count.
fn indentation(runs: &[Piece<'_>], text: &str) -> usize {
    let mut least = usize::MAX;
    let mut line_start = true;
    for run in runs {
        let Piece::Verbatim(range) = run else {
            if line_start {
                return 0;
            }
            continue;
        };
        for line in text[range.clone()].split_inclusive('\n') {
            let indent = line.chars().take_while(|c| c.is_whitespace()).count();
            let blank = line.ends_with('\n') && line.trim().is_empty();
            if line_start && !blank {
                least = least.min(indent);
            }
            line_start = line.ends_with('\n');
        }
    }
    least
}

/// Cuts a run of a heredoc into lines without their common indentation and
/// without carriage returns, which no script wants.
fn heredoc_text(
    text: &str,
    range: Range<usize>,
    flush: usize,
    line_start: &mut bool,
    pieces: &mut Vec<Piece<'_>>,
) {
    let mut at = range.start;
    for line in text[range].split_inclusive('\n') {
        let indent = if *line_start { flush } else { 0 };
        let blank = |c: &char| c.is_whitespace() && *c != '\n';
        let skipped: usize = line.chars().take(indent).take_while(blank).map(char::len_utf8).sum();
        let end = at + line.len();
        match line.strip_suffix("\r\n") {
            Some(body) => {
                let body_end = (at + body.len()).max(at + skipped);
                unescape(text, at + skipped..body_end, template_escape, pieces);
                pieces.push(Piece::Verbatim(end - 1..end));
            }
            None => unescape(text, at + skipped..end, template_escape, pieces),
        }
        at = end;
        *line_start = line.ends_with('\n');
    }
}

fn quoted_text(text: &str, range: Range<usize>, pieces: &mut Vec<Piece<'_>>) {
    unescape(text, range, |rest| backslash_escape(rest).or_else(|| template_escape(rest)), pieces);
}

/// Cuts a range at its escapes.
fn unescape(
    text: &str,
    range: Range<usize>,
    escape: impl Fn(&str) -> Option<(String, usize)>,
    pieces: &mut Vec<Piece<'_>>,
) {
    let (mut from, mut at) = (range.start, range.start);
    let end = range.end;
    while let Some(found) = text[at..end].find(['\\', '$', '%']) {
        let start = at + found;
        let Some((decoded, length)) = escape(&text[start..end]) else {
            at = start + 1;
            continue;
        };
        if from < start {
            pieces.push(Piece::Verbatim(from..start));
        }
        pieces.push(Piece::Escape(decoded, start..start + length));
        (from, at) = (start + length, start + length);
    }
    if from < end {
        pieces.push(Piece::Verbatim(from..end));
    }
}

/// `$${` and `%%{`, and how long they are.
fn template_escape(rest: &str) -> Option<(String, usize)> {
    let literal = ["$${", "%%{"].into_iter().find(|escape| rest.starts_with(escape))?;
    Some((literal[1..].to_owned(), literal.len()))
}

/// What a backslash sequence stands for, and how long it is.
fn backslash_escape(rest: &str) -> Option<(String, usize)> {
    let digits = |length: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + length)?, 16).ok()?;
        Some((char::from_u32(code)?.to_string(), 2 + length))
    };
    let simple = match rest.strip_prefix('\\')?.chars().next()? {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' => "\"",
        '\\' => "\\",
        'u' => return digits(4),
        'U' => return digits(8),
        _ => return None,
    };
    Some((simple.to_owned(), 2))
}
