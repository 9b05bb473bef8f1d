//! Annotations of GitHub Actions: commands on the standard output of a job.

use std::io;

use super::{Companion, Report, Reporter, Style, counted, markdown};
use crate::finding::Finding;
use crate::ruleset::Severity;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "github", summary: "annotations of GitHub Actions", write };

/// What the page of a run shows; GitHub refuses more than 1 MiB of a step.
pub(super) static JOB_SUMMARY: Companion = Companion {
    beside: &REPORTER,
    variable: "GITHUB_STEP_SUMMARY",
    most_bytes: 1 << 20,
    reporter: &markdown::REPORTER,
};

/// How many annotations of a kind GitHub shows of one step.
const MOST_SHOWN: usize = 10;

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let of_it = |finding: &&Finding<'_>| finding.severity == severity;
        let findings: Vec<&Finding<'_>> = report.findings().filter(of_it).collect();
        let fit = if findings.len() > MOST_SHOWN { MOST_SHOWN - 1 } else { findings.len() };
        for finding in &findings[..fit] {
            annotate(report, finding, out)?;
        }
        if let Some(rest) = findings.len().checked_sub(fit).filter(|rest| *rest > 0) {
            let message = format!(
                "and {} more; the log and the job summary list all",
                counted(rest, severity.name())
            );
            writeln!(out, "::{} title=ecs-lock-lint::{}", command(severity), data(&message))?;
        }
    }
    for (path, problem) in report.problems() {
        let file = property(&report.base.seen(path));
        let line = problem.span.map_or(1, |span| report.start(span).line);
        let (title, message) = (problem.kind.name(), data(&problem.message));
        writeln!(out, "::warning file={file},line={line},title={title}::{message}")?;
    }
    Ok(())
}

fn annotate(report: &Report<'_>, finding: &Finding<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let span = finding.label.span;
    let (start, end) = (report.start(span), report.end(span));
    let file = property(&report.path(span));
    write!(out, "::{} file={file},line={}", command(finding.severity), start.line)?;
    if start.line == end.line {
        // GitHub drops annotations that have columns and several lines.
        write!(out, ",col={},endColumn={}", start.column, end.column)?;
    }
    let title = property(&finding.rule.id);
    write!(out, ",endLine={},title={title}::", end.line)?;
    let related = finding.related.iter().map(|label| {
        let (path, line) = (report.path(label.span), report.start(label.span).line);
        format!("{path}:{line}: {}", label.message)
    });
    let lines: Vec<String> = std::iter::once(Report::advice(finding)).chain(related).collect();
    writeln!(out, "{}", data(&lines.join("\n")))
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// A message as a workflow command takes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property as a workflow command takes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
