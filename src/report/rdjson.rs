//! The diagnostics of reviewdog, which puts them into pull requests.

use std::io;

use serde::Serialize;

use super::{Report, Reporter, Style};
use crate::finding::{Finding, Fix};
use crate::ruleset::Severity;
use crate::source::Span;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "rdjson", summary: "reviewdog's diagnostics", write };

#[derive(Serialize)]
struct Document<'a> {
    source: Source<'a>,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    name: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
}

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        source: Source { name: env!("CARGO_PKG_NAME"), url: &report.ruleset.lock.url },
        diagnostics: report.findings().map(|one| diagnostic(report, one)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic<'a>(report: &'a Report<'_>, finding: &'a Finding<'_>) -> Diagnostic<'a> {
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note => "INFO",
    };
    let related = finding
        .related
        .iter()
        .map(|label| Related { message: &label.message, location: location(report, label.span) });
    Diagnostic {
        message: Report::advice(finding),
        location: location(report, finding.label.span),
        severity,
        code: Code { value: &finding.rule.id, url: &report.ruleset.lock.url },
        related_locations: related.collect(),
        suggestions: finding.fix.iter().map(|fix| suggestion(report, fix)).collect(),
    }
}

fn suggestion<'a>(report: &Report<'_>, fix: &'a Fix) -> Suggestion<'a> {
    Suggestion { range: range(report, fix.span), text: &fix.text }
}

fn location(report: &Report<'_>, span: Span) -> Location {
    Location { path: report.path(span), range: range(report, span) }
}

fn range(report: &Report<'_>, span: Span) -> Range {
    Range { start: place(report, span, span.start), end: place(report, span, span.end) }
}

/// The place of a byte; reviewdog counts columns in bytes.
fn place(report: &Report<'_>, span: Span, byte: u32) -> Place {
    let file = report.file(span);
    let line = file.position(byte).line;
    let start = file.line(line).start;
    let column = (byte as usize).min(file.text.len()).saturating_sub(start) + 1;
    Place { line, column: u32::try_from(column).unwrap_or(u32::MAX) }
}
