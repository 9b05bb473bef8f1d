//! Tables to paste into a ticket or a pull request.

use std::io;

use super::{Report, Reporter, Style, action_text, besides, counted, harmless, step};
use crate::finding::Finding;
use crate::judge::JudgedProcedure;
use crate::ruleset::Severity;
use crate::source::Span;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "markdown", summary: "tables for a ticket or a pull request", write };

fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for judged in report.procedures() {
        write_procedure(report, judged, out)?;
    }
    write_findings(report, out)?;
    for (path, problem) in report.problems() {
        let place = problem.span.map_or_else(|| code(path), |span| code(&place(report, span)));
        writeln!(out, "- {place}: {}", plain(&problem.message))?;
    }
    if !report.problems().is_empty() {
        writeln!(out)?;
    }
    if style.quiet { Ok(()) } else { write_summary(report, out) }
}

fn write_findings(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if report.findings().next().is_none() {
        return Ok(());
    }
    writeln!(out, "| severity | place | what | rule |")?;
    writeln!(out, "|---|---|---|---|")?;
    for finding in report.findings() {
        let Finding { severity, label, message, rule, .. } = finding;
        let sign = match severity {
            Severity::Error => "❌ error",
            Severity::Warning => "⚠️ warning",
            Severity::Note => "ℹ️ note",
        };
        let place = code(&place(report, label.span));
        writeln!(out, "| {sign} | {place} | {} | `{}` |", plain(message), rule.id)?;
    }
    writeln!(out)
}

fn write_procedure(
    report: &Report<'_>,
    judged: &JudgedProcedure,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let name = plain(&judged.name);
    let at = code(&place(report, judged.span));
    if step::is_later(judged) {
        return writeln!(out, "**{name}** ({at}): {}\n", step::folded(judged));
    }
    writeln!(out, "### {name}\n\n{at}\n")?;
    let settings: Vec<_> =
        judged.steps.iter().map(|step| report.setting(step.operation.span)).collect();
    let in_document = settings.iter().any(Option::is_some);
    let part = if in_document { " part |" } else { "" };
    let rule = if in_document { "---|" } else { "" };
    writeln!(out, "| # |{part} line | action | target | while locked | error code |")?;
    writeln!(out, "|---|{rule}---|---|---|---|---|")?;
    let mut notes = Vec::new();
    for ((number, step), setting) in (1..).zip(&judged.steps).zip(settings) {
        let part = setting.map(step::place_in_document).map_or_else(String::new, |it| plain(&it));
        let part = if in_document { format!(" {part} |") } else { String::new() };
        let line = report.start(step.operation.span).line;
        let action = code(action_text(&step.operation.action));
        let target = step.operation.target.name().map_or_else(String::new, code);
        let verdict = step::verdict(step);
        let error = step.judgement.error_code.as_deref().map_or_else(String::new, code);
        writeln!(out, "| {number} |{part} {line} | {action} | {target} | {verdict} | {error} |")?;
        if let Some(note) = setting.and_then(|setting| setting.note.as_deref()) {
            notes.push((number, note));
        }
    }
    writeln!(out)?;
    for (number, note) in notes {
        writeln!(out, "- Before step {number} it says: {}", plain(note))?;
    }
    if let Some(remains) = step::remains(judged) {
        writeln!(out, "- Left behind: {}", plain(&remains))?;
    }
    writeln!(out)
}

fn write_summary(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = report.summary();
    writeln!(
        out,
        "{}, {}, {} in {} with {}{} ({} lock, as of {})",
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.notes, "note"),
        counted(summary.files, "file"),
        counted(summary.operations, "ECS operation"),
        besides(&summary),
        report.ruleset.lock.lock,
        report.ruleset.lock.as_of
    )
}

fn place(report: &Report<'_>, span: Span) -> String {
    format!("{}:{}", report.file(span).path, report.start(span).line)
}

/// Text on one line of a table. What stands in backticks in it stays as it is.
fn plain(text: &str) -> String {
    let line = harmless(text).replace(['\n', '\r', '\t'], " ");
    let mut escaped = String::with_capacity(line.len());
    let mut in_code = false;
    for letter in line.chars() {
        in_code ^= letter == '`';
        if letter == '|' || !in_code && "<>*[]\\".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Text as code in a table.
fn code(text: &str) -> String {
    let line = harmless(text).replace(['\n', '\r', '\t'], " ").replace('|', "\\|");
    if line.contains('`') { format!("`` {line} ``") } else { format!("`{line}`") }
}
