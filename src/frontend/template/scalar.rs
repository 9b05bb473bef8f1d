//! Where each part of a scalar's decoded text stands in the source.
//!
//! The text that the parser decoded is laid beside what is written, line by line
//! and escape by escape. Where the two cannot be brought together the whole text
//! stands for the whole scalar, so that a position is coarse rather than wrong.

use std::ops::Range;

use super::Style;
use crate::source::Embedding;

/// A scalar's text and where each part of it stands.
#[derive(Debug)]
pub(in crate::frontend) struct Aligned<'t> {
    /// The decoded text.
    pub(in crate::frontend) text: &'t str,
    pieces: Vec<Piece>,
}

impl Aligned<'_> {
    /// Appends a range of the text to code that is being put together in the
    /// same source.
    pub(in crate::frontend) fn append(
        &self,
        range: Range<usize>,
        embedding: &mut Embedding<'_, '_>,
    ) {
        let first = self.pieces.partition_point(|piece| piece.text.end <= range.start);
        for piece in &self.pieces[first..] {
            if piece.text.start >= range.end {
                return;
            }
            let start = piece.text.start.max(range.start);
            let end = piece.text.end.min(range.end);
            if piece.verbatim {
                let offset = piece.raw.start;
                embedding.copy(offset + start - piece.text.start..offset + end - piece.text.start);
            } else {
                embedding.replace(&self.text[start..end], piece.raw.clone());
            }
        }
    }

    /// The bytes of the source that a range of the text comes from.
    pub(in crate::frontend) fn raw(&self, range: Range<usize>) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.text.end <= range.start);
        let last = self.pieces.partition_point(|piece| piece.text.start < range.end);
        let start = self.pieces.get(first).map_or(0, |piece| piece.raw_at(range.start));
        let end = last.checked_sub(1).and_then(|index| self.pieces.get(index));
        start..end.map_or(start, |piece| piece.raw_end(range.end)).max(start)
    }
}

/// A run of decoded text and the bytes it comes from.
#[derive(Debug)]
struct Piece {
    /// Range of the decoded text.
    text: Range<usize>,
    /// Range of the source.
    raw: Range<usize>,
    /// Whether the two are the same bytes.
    verbatim: bool,
}

impl Piece {
    fn raw_at(&self, at: usize) -> usize {
        let inside = at.saturating_sub(self.text.start);
        if self.verbatim { self.raw.start + inside } else { self.raw.start }
    }

    fn raw_end(&self, end: usize) -> usize {
        let inside = end.saturating_sub(self.text.start).min(self.text.len());
        if self.verbatim { self.raw.start + inside } else { self.raw.end }
    }
}

/// Lays a scalar's text beside its source.
pub(super) fn align<'t>(
    source: &str,
    range: Range<usize>,
    text: &'t str,
    style: Style,
) -> Aligned<'t> {
    let whole = range.clone();
    let aligned = match style {
        Style::Block => Aligner::new(source, range, text).and_then(Aligner::block),
        Style::Plain => Aligner::new(source, range, text).and_then(|plain| plain.flow(None)),
        Style::Single | Style::Double => {
            let mark = if style == Style::Single { '\'' } else { '\\' };
            let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
            Aligner::new(source, inner, text).and_then(|quoted| quoted.flow(Some(mark)))
        }
    };
    let coarse = || vec![Piece { text: 0..text.len(), raw: whole, verbatim: false }];
    Aligned { text, pieces: aligned.unwrap_or_else(coarse) }
}

struct Aligner<'t> {
    raw: &'t str,
    base: usize,
    text: &'t str,
    /// How much of `raw` is accounted for.
    at: usize,
    /// How much of `text` is.
    done: usize,
    pieces: Vec<Piece>,
}

impl<'t> Aligner<'t> {
    fn new(source: &'t str, range: Range<usize>, text: &'t str) -> Option<Self> {
        let raw = source.get(range.clone())?;
        Some(Self { raw, base: range.start, text, at: 0, done: 0, pieces: Vec::new() })
    }

    /// Takes the next bytes of the source as they are.
    fn copy(&mut self, length: usize) -> Option<()> {
        let run = self.raw.get(self.at..self.at + length)?;
        self.text.get(self.done..)?.starts_with(run).then_some(())?;
        self.push(length, length, true);
        Some(())
    }

    /// Takes the next bytes of the source for the next bytes of the text.
    fn push(&mut self, raw_length: usize, text_length: usize, verbatim: bool) {
        let start = self.base + self.at;
        let text = self.done..self.done + text_length;
        if text_length > 0 {
            self.pieces.push(Piece { text, raw: start..start + raw_length, verbatim });
        }
        self.at += raw_length;
        self.done += text_length;
    }

    fn finish(self) -> Option<Vec<Piece>> {
        (self.done == self.text.len()).then_some(self.pieces)
    }

    /// A literal or folded scalar: what stands on each line occurs in the text
    /// as it is; line breaks and indentation between have their own rules, but
    /// are white space on both sides.
    fn block(mut self) -> Option<Vec<Piece>> {
        while self.done < self.text.len() {
            let raw_gap = blank_length(&self.raw[self.at..]);
            let text_gap = blank_length(&self.text[self.done..]);
            self.gap(raw_gap, text_gap);
            let rest = &self.raw[self.at..];
            let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.copy(rest[..line].trim_end_matches([' ', '\t']).len())?;
            if line == 0 && self.done < self.text.len() {
                return None;
            }
        }
        self.finish()
    }

    /// White space between lines. Indentation that belongs to the text is kept
    /// apart, so that it has its own columns.
    fn gap(&mut self, raw_length: usize, text_length: usize) {
        let raw = &self.raw[self.at..self.at + raw_length];
        let text = &self.text[self.done..self.done + text_length];
        let kept = trailing_spaces(text).min(trailing_spaces(raw));
        self.push(raw_length - kept, text_length - kept, false);
        self.push(kept, kept, true);
    }

    /// A plain or quoted scalar; `mark` is the character that escapes.
    fn flow(mut self, mark: Option<char>) -> Option<Vec<Piece>> {
        while self.at < self.raw.len() {
            let rest = &self.raw[self.at..];
            let special = |letter| letter == '\n' || letter == '\r' || Some(letter) == mark;
            let run = rest.find(special).unwrap_or(rest.len());
            let escapes = rest[run..].chars().next() == mark;
            let kept = if escapes || run == rest.len() {
                run
            } else {
                rest[..run].trim_end_matches([' ', '\t']).len()
            };
            self.copy(kept)?;
            if self.at == self.raw.len() {
                break;
            }
            if escapes { self.escape()? } else { self.fold(0)? }
        }
        self.finish()
    }

    /// One line break is a space, or nothing after a backslash; more are all
    /// but the first of them.
    fn fold(&mut self, escape: usize) -> Option<()> {
        let blank = blank_length(&self.raw[self.at + escape..]);
        let gap = &self.raw[self.at + escape..self.at + escape + blank];
        let breaks = line_breaks(gap);
        let folded = if breaks > 1 { breaks - 1 } else { usize::from(escape == 0) };
        let text = self.text.get(self.done..self.done + folded)?;
        let expected = if breaks > 1 { '\n' } else { ' ' };
        text.chars().all(|letter| letter == expected).then_some(())?;
        self.push(escape + blank, folded, false);
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let rest = &self.raw.as_bytes()[self.at..];
        if rest.starts_with(b"'") {
            return self.decoded(2);
        }
        match rest.get(1)? {
            b'\n' | b'\r' => self.fold(1),
            b'x' => self.decoded(4),
            b'u' => self.decoded(if is_high_surrogate(rest) { 12 } else { 6 }),
            b'U' => self.decoded(10),
            _ => self.decoded(1 + self.raw.get(self.at + 1..)?.chars().next()?.len_utf8()),
        }
    }

    /// Takes an escape for the one character that it stands for.
    fn decoded(&mut self, length: usize) -> Option<()> {
        self.raw.get(self.at..self.at + length)?;
        let letter = self.text.get(self.done..)?.chars().next()?;
        self.push(length, letter.len_utf8(), false);
        Some(())
    }
}

fn is_high_surrogate(escape: &[u8]) -> bool {
    escape.get(2).is_some_and(|digit| digit.eq_ignore_ascii_case(&b'd'))
        && escape.get(3).is_some_and(|digit| b"89abAB".contains(digit))
}

fn blank_length(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

fn trailing_spaces(text: &str) -> usize {
    text.len() - text.trim_end_matches(' ').len()
}

/// `\r\n` is one.
fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |index: usize| match bytes[index] {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(|index| ends(*index)).count()
}
