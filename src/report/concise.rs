//! One line a finding, for editors, `grep` and people in a hurry.

use std::io;

use super::{Report, Reporter, Style, harmless};
use crate::verdict::Step;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "concise", summary: "one line a finding", write };

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.findings() {
        let place = place(report, finding.label.span);
        let severity = finding.severity.name();
        let message = harmless(&finding.message);
        writeln!(out, "{place}: {severity}[{}] {message}", finding.rule.id)?;
    }
    for judged in report.procedures() {
        for step in &judged.steps {
            write_step(report, &judged.name, step, out)?;
        }
    }
    for (path, problem) in report.problems() {
        let place = problem.span.map_or_else(|| harmless(path), |span| place(report, span));
        let message = harmless(&problem.message);
        writeln!(out, "{place}: problem[{}] {message}", problem.kind.name())?;
    }
    Ok(())
}

fn write_step(
    report: &Report<'_>,
    procedure: &str,
    step: &Step,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let place = place(report, step.operation.span);
    let action = super::action_text(&step.operation.action);
    let verdict = step.judgement.verdict.name();
    let code = step.judgement.error_code.as_deref().unwrap_or("-");
    let (procedure, action) = (harmless(procedure), harmless(action));
    writeln!(out, "{place}: step[{verdict}] {action} {code} ({procedure})")
}

fn place(report: &Report<'_>, span: crate::source::Span) -> String {
    let start = report.start(span);
    format!("{}:{}:{}", harmless(&report.file(span).path), start.line, start.column)
}
