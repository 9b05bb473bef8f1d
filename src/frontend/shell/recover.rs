//! What follows a mistake in a script, which the grammar may take for a part of
//! it: a text for the parser in which the lines at fault are left out, so that
//! all others stand for what they are.
//!
//! The text is cut where a line starts at the margin. A piece that is right as it
//! stands, alone or with pieces behind it, stays. Of any other the lines that are
//! wrong by themselves go, then those that hold its blocks together.

use std::collections::HashSet;
use std::ops::Range;

use super::stand_in::heredoc::Ends;
use crate::frontend::{Lowered, syntax};
use crate::procedure::{Node as Step, Procedure};
use crate::source::Span;

/// How many lines or pieces are tried together.
const MOST_TOGETHER: usize = 24;

/// How many times the length of the text is parsed at most, and how many bytes.
const MOST_TIMES: usize = 100;
const MOST_BYTES: usize = 4 << 20;

/// Words and signs that hold blocks together.
const STRUCTURE: &[&str] = &[
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "function", "select", "{", "}", "(", ")", ";;", "&&", "||",
];

/// Ends of blocks, with which no piece starts.
const CLOSERS: &[&str] = &["}", ")", "fi", "done", "esac", "then", "do", "else", "elif", "in"];

/// The text without the lines at fault, as long as before.
pub(super) fn without_faults(text: &str) -> String {
    let mut recovery =
        Recovery { text, left: MOST_BYTES.min(text.len().saturating_mul(MOST_TIMES)) };
    let units = units(text);
    let pieces = pieces(text, &units);
    let mut faults = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if let Some(length) = recovery.sound_run(&pieces[at..]) {
            at += length;
            continue;
        }
        let first = units.partition_point(|unit| unit.start < piece.start);
        let last = units.partition_point(|unit| unit.start < piece.end);
        recovery.faults_in(&units[first..last], piece, &mut faults);
        at += 1;
    }
    blanked(text, &faults)
}

/// Adds to what was lowered the calls that were found only without the faults, at
/// the end of the top level.
pub(super) fn add_missed(lowered: &mut Lowered, recovered: Lowered, whole: Span) {
    let mut known = HashSet::new();
    lowered.procedures.iter().for_each(|procedure| spans(&procedure.body, &mut known));
    let mut found = HashSet::new();
    recovered.procedures.iter().for_each(|procedure| spans(&procedure.body, &mut found));
    if known.is_subset(&found) {
        lowered.procedures = recovered.procedures;
        return;
    }
    let mut missed = Vec::new();
    for procedure in recovered.procedures {
        calls(procedure.body, &known, &mut missed);
    }
    if missed.is_empty() {
        return;
    }
    match lowered.procedures.iter_mut().find(|procedure| procedure.span == whole) {
        Some(main) => main.body.append(&mut missed),
        None => lowered.procedures.push(Procedure {
            name: super::structure::MAIN.to_owned(),
            span: whole,
            frontend: super::FRONTEND.name,
            parameters: Vec::new(),
            body: missed,
        }),
    }
}

fn spans(nodes: &[Step], found: &mut HashSet<Span>) {
    for node in nodes {
        if let Step::Call(operation) = node {
            found.insert(operation.span);
        }
        node.bodies().into_iter().for_each(|body| spans(body, found));
    }
}

fn calls(nodes: Vec<Step>, known: &HashSet<Span>, found: &mut Vec<Step>) {
    for mut node in nodes {
        for body in node.bodies_mut() {
            calls(std::mem::take(body), known, found);
        }
        if let Step::Call(operation) = &node
            && !known.contains(&operation.span)
        {
            found.push(node);
        }
    }
}

/// A search for lines at fault.
struct Recovery<'a> {
    text: &'a str,
    /// How many bytes may still be parsed.
    left: usize,
}

impl Recovery<'_> {
    fn is_sound(&mut self, text: &str) -> bool {
        let Some(left) = self.left.checked_sub(text.len()) else { return false };
        self.left = left;
        syntax::is_sound(&tree_sitter_bash::LANGUAGE.into(), text, "\n: next\n")
    }

    /// How many parts from the first on are right together.
    fn sound_run(&mut self, parts: &[Range<usize>]) -> Option<usize> {
        let start = parts.first()?.start;
        let mut ends = parts.iter().take(MOST_TOGETHER).map(|part| part.end);
        let text = self.text;
        ends.position(|end| self.is_sound(&text[start..end])).map(|index| index + 1)
    }

    /// The lines of a piece that are to go.
    fn faults_in(
        &mut self,
        units: &[Range<usize>],
        piece: &Range<usize>,
        faults: &mut Vec<Range<usize>>,
    ) {
        let mut wrong = Vec::new();
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let run = self.sound_run(&units[at..]);
            if run.is_none() {
                wrong.push(unit.clone());
            }
            at += run.unwrap_or(1);
        }
        faults.extend(self.enough(&wrong, piece).unwrap_or(wrong));
    }

    /// As few of the wrong lines of a piece as it is right without: one, or those
    /// that hold no block together.
    fn enough(
        &mut self,
        wrong: &[Range<usize>],
        piece: &Range<usize>,
    ) -> Option<Vec<Range<usize>>> {
        let text = self.text;
        let single = wrong.iter().take(MOST_TOGETHER).map(|unit| vec![unit.clone()]);
        let is_loose = |unit: &&Range<usize>| !is_structure(&text[(*unit).clone()]);
        let loose: Vec<Range<usize>> = wrong.iter().filter(is_loose).cloned().collect();
        let mut tries = single.chain([loose]);
        tries.find(|faults| {
            let inside: Vec<Range<usize>> =
                faults.iter().map(|it| it.start - piece.start..it.end - piece.start).collect();
            self.is_sound(&blanked(&text[piece.clone()], &inside))
        })
    }
}

/// Whether a line holds a block together.
fn is_structure(line: &str) -> bool {
    line.split(|letter: char| letter.is_whitespace() || letter == ';')
        .any(|word| STRUCTURE.contains(&word) || word.ends_with("()") || word.ends_with(";;"))
        || line.trim_end().ends_with([')', '{'])
}

/// The lines of a text, each with those that continue it and with the
/// here-documents that it opens.
fn units(text: &str) -> Vec<Range<usize>> {
    let ends = Ends::of(text);
    let mut units = Vec::new();
    let mut start = 0;
    let mut until: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let bare = line.trim_end();
        let goes_on = if let Some(delimiter) = until {
            until = until.filter(|_| bare.trim_start_matches('\t') != delimiter);
            until.is_some()
        } else {
            until = delimiter(bare).filter(|word| ends.behind(at, word).is_some());
            until.is_some() || bare.ends_with('\\')
        };
        if !goes_on {
            units.push(start..at);
            start = at;
        }
    }
    if start < text.len() {
        units.push(start..text.len());
    }
    units
}

/// The delimiter of the here-document that a line opens.
fn delimiter(line: &str) -> Option<&str> {
    let at = line.find("<<")?;
    let rest = line[at + 2..].trim_start_matches(['-', ' ', '\'', '"', '\\']);
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let word = &rest[..end.unwrap_or(rest.len())];
    (!word.is_empty() && !line[at + 2..].starts_with('<')).then_some(word)
}

/// Lines put together, of which only the first starts at the margin.
fn pieces(text: &str, units: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for unit in units {
        let line = &text[unit.clone()];
        let first = line.split(|letter: char| letter.is_whitespace() || letter == ';').next();
        let first = first.unwrap_or_default();
        let starts = !first.is_empty() && !CLOSERS.contains(&first);
        match pieces.last_mut().filter(|_| !starts) {
            Some(piece) => piece.end = unit.end,
            None => pieces.push(unit.clone()),
        }
    }
    pieces
}

/// A text with blanks in the place of what is at fault.
fn blanked(text: &str, faults: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in faults {
        for byte in bytes[range.clone()].iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }
    String::from_utf8(bytes).expect("whole lines are whole characters")
}
