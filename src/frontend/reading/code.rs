//! The lines of a block of code, each with its place in the document: what
//! quotes and lists put before them is not part of them.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::{Embedding, Source};

/// A line, or a part of one.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Line<'d> {
    /// What it says.
    pub(in crate::frontend) text: Cow<'d, str>,
    /// Where that is written.
    pub(in crate::frontend) range: Range<usize>,
}

/// The lines of a block.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend) struct Code<'d> {
    /// The lines, in order.
    pub(in crate::frontend) lines: Vec<Line<'d>>,
}

impl<'d> Code<'d> {
    /// Appends a text that the document has in a range, with escapes decoded.
    pub(in crate::frontend) fn push(
        &mut self,
        text: Cow<'d, str>,
        range: Range<usize>,
        document: &str,
    ) {
        let (mut text, mut range) = (text, range);
        // The parser leaves out carriage returns in front of line breaks.
        if text.starts_with('\n') && document[..range.start].ends_with('\r') {
            text.to_mut().insert(0, '\r');
            range.start -= 1;
        }
        if document.get(range.clone()) != Some(&*text) {
            self.lines.push(Line { text, range });
            return;
        }
        let mut at = range.start;
        while at < range.end {
            let length = memchr::memchr(b'\n', &document.as_bytes()[at..range.end]);
            let end = length.map_or(range.end, |length| at + length + 1);
            let from = at - range.start..end - range.start;
            let piece = match &text {
                Cow::Borrowed(text) => Cow::Borrowed(&text[from]),
                Cow::Owned(text) => Cow::Owned(text[from].to_owned()),
            };
            match self.lines.last_mut() {
                // The parser may cut a line where it has dealt with a tab.
                Some(last) if !last.text.ends_with('\n') && last.range.end == at => {
                    last.text.to_mut().push_str(&piece);
                    last.range.end = end;
                }
                _ => self.lines.push(Line { text: piece, range: at..end }),
            }
            at = end;
        }
    }

    /// Appends a text that stands at a place, where the document has none.
    pub(in crate::frontend) fn insert(&mut self, text: &str, at: usize) {
        self.lines.push(Line { text: Cow::Owned(text.to_owned()), range: at..at });
    }

    /// The whole text.
    pub(in crate::frontend) fn text(&self) -> String {
        self.lines.iter().map(|line| &*line.text).collect()
    }

    /// From its first to its last byte in the document.
    pub(in crate::frontend) fn range(&self) -> Range<usize> {
        let start = self.lines.first().map_or(0, |line| line.range.start);
        start..self.lines.last().map_or(start, |line| line.range.end).max(start)
    }

    /// Appends the lines to code that is put together in the document.
    pub(in crate::frontend) fn append(&self, code: &mut Embedding<'_, '_>, document: &str) {
        for line in &self.lines {
            if document.get(line.range.clone()) == Some(&*line.text) {
                code.copy(line.range.clone());
            } else {
                code.replace(&line.text, line.range.clone());
            }
        }
    }

    /// The code by itself.
    pub(in crate::frontend) fn source(&self, document: &Source<'_>) -> Source<'static> {
        let mut code = document.embed();
        self.append(&mut code, &document.text);
        code.finish()
    }
}

impl Line<'_> {
    /// The line without so many bytes at its start.
    pub(in crate::frontend) fn from(&self, at: usize) -> Self {
        let whole = self.range.len() == self.text.len();
        let start = if whole { self.range.start + at } else { self.range.start };
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[at..]),
            Cow::Owned(text) => Cow::Owned(text[at..].to_owned()),
        };
        Self { text, range: start..self.range.end }
    }

    /// The first so many bytes of the line.
    pub(in crate::frontend) fn to(&self, end: usize) -> Self {
        let whole = self.range.len() == self.text.len();
        let stop = if whole { self.range.start + end } else { self.range.end };
        Self { text: Cow::Owned(self.text[..end].to_owned()), range: self.range.start..stop }
    }

    /// The line with another text, which stands for all of it.
    pub(in crate::frontend) fn saying(&self, text: String) -> Self {
        Self { text: Cow::Owned(text), range: self.range.clone() }
    }
}
