//! The source line of a finding, cut to what fits and made harmless, as miette
//! takes it. miette itself would read the file from its start for each finding,
//! pass control characters through, and fail on very long lines.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::report::harmless;
use crate::source::{SourceFile, Span};

/// One line of a file, and where on it a finding is.
#[derive(Debug)]
pub(super) struct Snippet {
    name: String,
    text: String,
    line: usize,
    label_start: usize,
    label_len: usize,
}

/// How many characters of the line are shown before and after the start of the
/// finding.
const BEFORE: usize = 60;
const AFTER: usize = 140;

impl Snippet {
    /// The line on which a span starts.
    pub(super) fn new(file: &SourceFile, span: Span) -> Self {
        let start = file.position(span.start);
        let line = file.line(start.line);
        let column = start.column as usize - 1;
        let letters: Vec<char> = file.text[line.clone()].chars().collect();
        let line_end = u32::try_from(line.end).unwrap_or(span.end);
        let on_line = Span { end: span.end.min(line_end), ..span };
        let marked = file.slice(on_line).chars().count();

        let from = column.saturating_sub(BEFORE);
        let to = letters.len().min(column + AFTER);
        let shown = |range: std::ops::Range<usize>| {
            harmless(&letters.get(range).unwrap_or_default().iter().collect::<String>())
        };
        let head = if from > 0 { format!("…{}", shown(from..column)) } else { shown(0..column) };
        let body = shown(column..to.min(column + marked));
        let tail = shown(to.min(column + marked)..to);
        let cut = if to < letters.len() { "…" } else { "" };
        Self {
            name: format!("{}:{}:{}", harmless(&file.path), start.line, start.column),
            label_start: head.len(),
            label_len: body.len(),
            text: format!("{head}{body}{tail}{cut}"),
            line: start.line as usize - 1,
        }
    }

    /// The label that marks the finding.
    pub(super) fn label(&self, text: String) -> LabeledSpan {
        LabeledSpan::new(Some(text), self.label_start, self.label_len)
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from((0, self.text.len()));
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            whole,
            self.line,
            0,
            1,
        );
        Ok(Box::new(contents))
    }
}
