//! A table of the findings, for spreadsheets and scripts.

use std::io;

use super::{Report, Reporter, Style};
use crate::finding::Finding;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "csv", summary: "a table of the findings", write };

const COLUMNS: [&str; 18] = [
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "severity",
    "rule",
    "action",
    "verdict",
    "error_code",
    "evidence",
    "target",
    "resource",
    "lifecycle",
    "handled",
    "message",
    "help",
    "fingerprint",
];

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for finding in report.findings() {
        table.write_record(row(report, finding))?;
    }
    table.flush()
}

fn row(report: &Report<'_>, finding: &Finding<'_>) -> [String; COLUMNS.len()] {
    let span = finding.label.span;
    let (start, end) = (report.start(span), report.end(span));
    let binding = finding.binding.as_ref();
    let optional = |text: Option<&str>| plain(text.unwrap_or_default());
    [
        plain(&report.path(span)),
        start.line.to_string(),
        start.column.to_string(),
        end.line.to_string(),
        end.column.to_string(),
        finding.severity.name().to_owned(),
        finding.rule.id.clone(),
        optional(finding.action.as_deref()),
        finding.verdict.name().to_owned(),
        optional(finding.error_code.as_deref()),
        finding.evidence.name().to_owned(),
        optional(finding.target.as_deref()),
        optional(binding.map(|binding| binding.resource.as_str())),
        optional(binding.map(|binding| binding.lifecycle.name())),
        optional(finding.handled),
        plain(&finding.message),
        plain(&finding.help),
        finding.fingerprint.clone(),
    ]
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before one
/// that starts like it.
fn plain(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}
