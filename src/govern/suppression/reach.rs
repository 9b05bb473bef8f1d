//! Which places of a file a suppression comment speaks of: its line, the next
//! statement, the block that starts there, or what the comment stands in.

use std::collections::HashMap;
use std::ops::Range;

use crate::directive::{Directive, is_comment_only};
use crate::source::SourceFile;

/// What a comment speaks of, in bytes of its file.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    /// The line of code that it is at; empty if none follows.
    pub(super) line: Range<u32>,
    /// What starts on this line, as far as the indentation goes.
    pub(super) block: Range<u32>,
    /// The start of what has to be in something that the comment is within.
    pub(super) at: u32,
    /// The statement whose closing bracket starts the line; empty if none does.
    pub(super) closed: Range<u32>,
    /// Whether what it stands within comes before the block.
    pub(super) trails: bool,
}

/// Words that a line starts with that goes on with the block before it.
const GO_ON: [&str; 11] =
    ["{", "then", "do", "else", "elif", "elsif", "except", "catch", "finally", "rescue", "ensure"];

/// How many lines a statement is followed back to its start.
const MOST_LINES: u32 = 200;

/// The reaches of comments in a file, given in their order.
pub(super) fn reaches(file: &SourceFile, directives: &[&Directive]) -> Vec<Reach> {
    let mut next_code = HashMap::new();
    let mut ends = HashMap::new();
    let mut reaches = Vec::new();
    // From the last on, so that each line is looked at once.
    for directive in directives.iter().rev() {
        let own = file.position(directive.span.start).line;
        let last = file.position(directive.span.end).line;
        let line = if directive.alone { code_after(file, last, &next_code) } else { Some(own) };
        if directive.alone {
            next_code.insert(own, line);
        }
        let place = |range: Range<usize>| offset(range.start)..offset(range.end);
        let nothing = directive.span.end..directive.span.end;
        reaches.push(Reach {
            line: line.map_or(nothing.clone(), |line| place(file.line(line))),
            block: line.map_or(nothing.clone(), |line| {
                let end = *ends.entry(line).or_insert_with(|| block_end(file, line));
                offset(file.line(line).start)..end
            }),
            at: if directive.alone { directive.span.start } else { offset(file.line(own).start) },
            closed: line.filter(|_| !directive.alone).map_or(nothing.clone(), |line| {
                offset(file.line(closed_from(file, line)).start)..offset(file.line(line).end)
            }),
            trails: !directive.alone,
        });
    }
    reaches.reverse();
    reaches
}

fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The first line with code after one.
fn code_after(file: &SourceFile, line: u32, known: &HashMap<u32, Option<u32>>) -> Option<u32> {
    for line in line + 1..=file.line_count() {
        if let Some(known) = known.get(&line) {
            return *known;
        }
        if !is_comment_only(&file.text[file.line(line)]) {
            return Some(line);
        }
    }
    None
}

/// The end of what starts on a line: a fence of Markdown, or the lines that are
/// indented more.
fn block_end(file: &SourceFile, first: u32) -> u32 {
    let head = &file.text[file.line(first)];
    let is_fence =
        |line: &str| ["```", "~~~"].iter().any(|fence| unquoted(line).starts_with(fence));
    let fenced = is_fence(head);
    let indent = indentation(head);
    let mut last = first;
    for line in first + 1..=file.line_count() {
        let text = &file.text[file.line(line)];
        if fenced {
            last = line;
            if is_fence(text) {
                break;
            }
            continue;
        }
        if text.trim().is_empty() {
            continue;
        }
        if indentation(text) < indent || indentation(text) == indent && !goes_on(text) {
            break;
        }
        last = line;
    }
    offset(file.line(last).end)
}

/// The line that opens the bracket which a line starts with closing: the nearest
/// before that is indented no more. The line itself if it closes none.
fn closed_from(file: &SourceFile, last: u32) -> u32 {
    let tail = &file.text[file.line(last)];
    if !tail.trim_start().starts_with([')', ']', '}']) {
        return last;
    }
    let opens = |line: &u32| {
        let text = &file.text[file.line(*line)];
        !text.trim().is_empty() && indentation(text) <= indentation(tail)
    };
    let first = last.saturating_sub(MOST_LINES).max(1);
    (first..last).rev().find(opens).unwrap_or(last)
}

fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>'])
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn goes_on(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix('}').map_or(line, str::trim_start);
    GO_ON.iter().any(|word| {
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    })
}
