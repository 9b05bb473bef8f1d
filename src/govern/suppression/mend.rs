//! What mends a comment that suppresses nothing.

use crate::directive::Directive;
use crate::finding::Fix;
use crate::source::{SourceFile, Span};

/// Deletes a comment, with its line if it stands alone on that.
pub(super) fn delete(file: &SourceFile, directive: &Directive) -> Fix {
    let span = directive.span;
    let (start, end) = (span.start as usize, span.end as usize);
    let line = file.line(file.position(span.start).line);
    let before = file.text.get(line.start..start).unwrap_or_default();
    let after = file.text.get(end..line.end).unwrap_or_default();
    let is_whole_line = before.trim().is_empty() && after.trim().is_empty();
    let (start, end) = if is_whole_line {
        let rest = file.text.get(line.end..).unwrap_or_default();
        let break_length = rest.find('\n').map_or(0, |at| at + 1);
        (line.start, line.end + break_length)
    } else {
        (line.start + before.trim_end().len(), end)
    };
    Fix { span: between(span, start, end), text: String::new() }
}

/// Deletes rules from the list of a comment.
pub(super) fn shorten(file: &SourceFile, directive: &Directive, idle: &[&str]) -> Option<Fix> {
    let span = directive.span;
    let comment = file.slice(span);
    let (open, close) = (comment.find('[')? + 1, comment.find(']')?);
    let listed = comment.get(open..close)?.split(',').map(str::trim);
    let kept: Vec<&str> = listed.filter(|rule| !idle.contains(rule)).collect();
    let start = span.start as usize;
    Some(Fix { span: between(span, start + open, start + close), text: kept.join(", ") })
}

fn between(span: Span, start: usize, end: usize) -> Span {
    let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end), ..span }
}
