//! The report for people at a terminal: each error and warning with its source
//! line, notes in a line each, what was not understood, and a count.

use std::io;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::{Report, Reporter, Style, Summary, besides, counted, harmless};
use crate::finding::Finding;
use crate::ruleset::Severity;

mod audit;
mod snippet;

use snippet::Snippet;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "terminal", summary: "for people, with source lines", write };

/// How many notes and problems are listed before the rest is only counted.
const MAX_LISTED: usize = 10;

fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    audit::write(report, style, out)?;
    let handler = handler(style);
    let is_note = |finding: &&Finding<'_>| finding.severity == Severity::Note;
    for finding in report.findings().filter(|finding| !is_note(finding)) {
        write_finding(report, finding, (&handler, style), out)?;
    }
    let notes: Vec<&Finding<'_>> = report.findings().filter(is_note).collect();
    let most = if style.verbose { usize::MAX } else { MAX_LISTED };
    write_notes(report, &notes, most, out)?;
    write_problems(report, most, out)?;
    if style.quiet { Ok(()) } else { write_summary(report, &report.summary(), out) }
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme =
        if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(style.links)
        .with_link_display_text("")
        .with_context_lines(0)
        .without_primary_span_start()
        .without_syntax_highlighting()
}

fn write_finding(
    report: &Report<'_>,
    finding: &Finding<'_>,
    (handler, style): (&GraphicalReportHandler, Style),
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let snippet = Snippet::new(report.file(finding.label.span), finding.label.span);
    let url = style.links.then_some(report.ruleset.lock.url.as_str());
    let shown = Shown { finding, snippet, url };
    let mut text = String::new();
    handler.render_report(&mut text, &shown).map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_matches('\n'))?;
    write_related(report, finding, out)?;
    writeln!(out)
}

/// The other places that belong to a finding, a line each.
fn write_related(
    report: &Report<'_>,
    finding: &Finding<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for label in &finding.related {
        let start = report.start(label.span);
        let path = harmless(&report.file(label.span).path);
        let message = harmless(&label.message);
        writeln!(out, "  with: {path}:{}:{}: {message}", start.line, start.column)?;
    }
    Ok(())
}

fn write_notes(
    report: &Report<'_>,
    notes: &[&Finding<'_>],
    most: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for finding in notes.iter().take(most) {
        let start = report.start(finding.label.span);
        let path = harmless(&report.file(finding.label.span).path);
        let message = harmless(&finding.message);
        let id = &finding.rule.id;
        writeln!(out, "note[{id}] {path}:{}:{}: {message}", start.line, start.column)?;
    }
    if notes.len() > most {
        let rest = counted(notes.len() - most, "more note");
        writeln!(out, "… and {rest}; --verbose lists all, as every other format does")?;
    }
    if notes.is_empty() { Ok(()) } else { writeln!(out) }
}

fn write_problems(report: &Report<'_>, most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    for (path, problem) in report.problems().iter().take(most) {
        let place = problem.span.map_or_else(String::new, |span| {
            let start = report.start(span);
            format!(":{}:{}", start.line, start.column)
        });
        let (path, message) = (harmless(path), harmless(&problem.message));
        writeln!(out, "problem[{}] {path}{place}: {message}", problem.kind.name())?;
    }
    let count = report.problems().len();
    if count > most {
        let rest = counted(count - most, "more problem");
        writeln!(out, "… and {rest}; --verbose lists all, as every other format does")?;
    }
    if count == 0 { Ok(()) } else { writeln!(out) }
}

fn write_summary(
    report: &Report<'_>,
    summary: &Summary,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let found = if report.findings().next().is_none() {
        "No findings".to_owned()
    } else {
        let (errors, warnings) =
            (counted(summary.errors, "error"), counted(summary.warnings, "warning"));
        format!("{errors}, {warnings}, {}", counted(summary.notes, "note"))
    };
    let (files, operations) =
        (counted(summary.files, "file"), counted(summary.operations, "ECS operation"));
    write!(out, "{found} in {files} with {operations}")?;
    write!(out, "{}", besides(summary))?;
    if !report.problems().is_empty() {
        write!(out, "; {}", counted(report.problems().len(), "problem"))?;
    }
    let lock = &report.ruleset.lock;
    writeln!(out, " ({} lock, as of {})", lock.lock, lock.as_of)?;
    match next_step(report, summary) {
        Some(next) => writeln!(out, "{next}"),
        None => Ok(()),
    }
}

/// How many findings are too many to see to before anything else.
const MANY: usize = 20;

/// What to do now, where that is not plain.
fn next_step(report: &Report<'_>, summary: &Summary) -> Option<&'static str> {
    if summary.files == 0 && report.problems().is_empty() {
        return Some(
            "Nothing was read: no file here is of a format that `ecs-lock-lint list-frontends` lists",
        );
    }
    let has_baseline = report.analysis.findings.iter().any(|finding| finding.baseline.is_some());
    let is_noisy = summary.errors + summary.warnings > MANY && !has_baseline;
    is_noisy.then_some(
        "To see to these later and fail on new ones only: `ecs-lock-lint baseline write`",
    )
}

/// A finding in the form that miette renders.
#[derive(Debug)]
struct Shown<'a> {
    finding: &'a Finding<'a>,
    snippet: Snippet,
    /// Where to read on.
    url: Option<&'a str>,
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&harmless(&self.finding.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        let (severity, id) = (self.finding.severity.name(), &self.finding.rule.id);
        Some(Box::new(format!("{severity}[{id}]")))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn url<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        self.url.map(|url| Box::new(url) as Box<dyn std::fmt::Display>)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        let topic = self.finding.action.as_deref().unwrap_or(&self.finding.rule.id);
        let help = harmless(&self.finding.help);
        Some(Box::new(format!("{help}\nmore: ecs-lock-lint explain {}", harmless(topic))))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = harmless(&self.finding.label.message);
        Some(Box::new(std::iter::once(self.snippet.label(label))))
    }
}
