//! Turns what was found into bytes. Only here are there lines, columns, colours
//! and serialised formats.

use std::io;

use crate::analyse::Analysis;
use crate::finding::Finding;
use crate::judge::JudgedProcedure;
use crate::problem::Problem;
use crate::procedure::{Action, Setting, part_at};
use crate::ruleset::{Ruleset, Severity};
use crate::source::{Base, Position, SourceFile, Span};
use crate::verdict::Verdict;

mod checkstyle;
mod concise;
mod csv;
mod github;
mod gitlab;
mod json;
mod junit;
mod line_hash;
mod rdjson;
mod sarif;
mod markdown;
mod step;
mod terminal;
mod xml;

/// What is reported.
#[derive(Debug)]
pub struct Report<'a> {
    /// What was found.
    pub analysis: &'a Analysis<'a>,
    /// What it was judged by.
    pub ruleset: &'a Ruleset,
    /// Whether the procedures are reported as well.
    pub audit: bool,
    /// The folder that other programs take paths from.
    pub base: &'a Base,
}

/// How a report looks where it has looks.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Whether the terminal knows links.
    pub links: bool,
    /// Width of the terminal in columns.
    pub width: usize,
    /// Whether only findings are wanted, without summary.
    pub quiet: bool,
    /// Whether long lists are shown whole.
    pub verbose: bool,
}

/// One output format, as data. Adding one is a file with such a record in it and
/// a line in [`REPORTERS`].
#[derive(Debug)]
pub struct Reporter {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub summary: &'static str,
    /// Writes a report.
    pub write: fn(&Report<'_>, Style, &mut dyn io::Write) -> io::Result<()>,
}

/// Every output format. The first is the default.
pub static REPORTERS: &[&Reporter] = &[
    &terminal::REPORTER,
    &concise::REPORTER,
    &json::REPORTER,
    &markdown::REPORTER,
    &sarif::REPORTER,
    &github::REPORTER,
    &gitlab::REPORTER,
    &junit::REPORTER,
    &checkstyle::REPORTER,
    &rdjson::REPORTER,
    &csv::REPORTER,
];

/// A report that goes along with those of another format, to the end of a file
/// that an environment variable names.
#[derive(Debug)]
pub struct Companion {
    /// The format that it goes along with.
    pub beside: &'static Reporter,
    /// The variable.
    pub variable: &'static str,
    /// How large the file may become, in bytes.
    pub most_bytes: usize,
    /// Its own format.
    pub reporter: &'static Reporter,
}

/// Every report that goes along with another one.
pub static COMPANIONS: &[&Companion] = &[&github::JOB_SUMMARY];

/// The output format of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Reporter> {
    REPORTERS.iter().copied().find(|reporter| reporter.name == name)
}

/// Counts over a report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Summary {
    files: usize,
    operations: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    baselined: usize,
    unresolved: usize,
}

impl Report<'_> {
    fn file(&self, span: Span) -> &SourceFile {
        &self.analysis.files[&span.file]
    }

    fn start(&self, span: Span) -> Position {
        self.file(span).position(span.start)
    }

    fn end(&self, span: Span) -> Position {
        self.file(span).position(span.end)
    }

    /// The path of the file of a span, as other programs know it.
    fn path(&self, span: Span) -> String {
        self.base.seen(&self.file(span).path)
    }

    /// The message of a finding and what to do.
    fn advice(finding: &Finding<'_>) -> String {
        match finding.help.as_str() {
            "" => finding.message.clone(),
            help => format!("{}. {help}", finding.message),
        }
    }

    /// Where in a document a piece of code is.
    fn setting(&self, span: Span) -> Option<&Setting> {
        part_at(&self.analysis.parts, span).map(|part| &part.setting)
    }

    /// The findings to be seen to.
    fn findings(&self) -> impl Iterator<Item = &Finding<'_>> {
        self.analysis.findings.iter().filter(|finding| !finding.is_baselined())
    }

    fn procedures(&self) -> &[JudgedProcedure] {
        if self.audit { &self.analysis.procedures } else { &[] }
    }

    fn problems(&self) -> &[(String, Problem)] {
        &self.analysis.problems
    }

    fn summary(&self) -> Summary {
        let count =
            |severity| self.findings().filter(|finding| finding.severity == severity).count();
        let steps = || self.analysis.procedures.iter().flat_map(|judged| &judged.steps);
        let unresolved = steps().filter(|step| step.judgement.verdict == Verdict::Unresolved);
        Summary {
            files: self.analysis.file_count,
            operations: steps().count(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            suppressed: self.analysis.suppressed.len(),
            baselined: self.analysis.findings.len() - self.findings().count(),
            unresolved: unresolved.count(),
        }
    }
}

/// Text with control characters and direction overrides made visible, so that a
/// file cannot drive the terminal. Tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(harmless_char).collect()
}

fn harmless_char(letter: char) -> char {
    match letter {
        '\t' | '\n' => letter,
        // The pictures of the control characters stand in their order.
        '\0'..='\x1f' => char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => letter,
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// `; 1 suppressed; 3 baselined; 2 unresolved`, as far as there are any.
pub(crate) fn besides(summary: &Summary) -> String {
    let counts = [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "baselined"),
        (summary.unresolved, "unresolved"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, what)| format!("; {count} {what}")).collect::<Vec<_>>().concat()
}

/// How an action is shown: its name, or the source text of what could not be
/// told.
pub(crate) fn action_text(action: &Action) -> &str {
    match action {
        Action::Named(name) => name,
        Action::Unresolved(text) => text,
    }
}
