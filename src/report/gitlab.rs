//! GitLab's code quality report: a subset of Code Climate's format.

use std::io;

use serde::Serialize;

use super::{Report, Reporter, Style};
use crate::finding::Finding;
use crate::ruleset::Severity;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "gitlab", summary: "GitLab code quality JSON", write };

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let entries: Vec<Entry<'_>> = report.findings().map(|finding| entry(report, finding)).collect();
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    writeln!(out)
}

fn entry<'a>(report: &Report<'_>, finding: &'a Finding<'_>) -> Entry<'a> {
    let span = finding.label.span;
    let severity = match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    };
    let lines = Lines { begin: report.start(span).line, end: report.end(span).line };
    Entry {
        description: Report::advice(finding),
        check_name: &finding.rule.id,
        fingerprint: &finding.fingerprint,
        severity,
        location: Location { path: report.path(span), lines },
    }
}
