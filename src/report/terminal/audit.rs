//! The procedures of an audit as tables of steps.

use std::io;

use crate::judge::JudgedProcedure;
use crate::procedure::{Binding, Evidence, Lifecycle};
use crate::report::{Report, Style, action_text, counted, harmless};
use crate::verdict::{Course, Remains, State, Step, Verdict};

/// Writes a table for each procedure; the latent ones of a resource, which only
/// a later change would run, fold into a line.
pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for judged in report.procedures() {
        let start = report.start(judged.span);
        let path = harmless(&report.file(judged.span).path);
        let name = harmless(&judged.name);
        let title = format!("{path}:{}: {name}", start.line);
        if is_later(judged) {
            writeln!(out, "{title}: {}", folded(judged))?;
        } else {
            writeln!(out, "{}", bold(&title, style))?;
            write_steps(report, judged, style, out)?;
            write_remains(judged, out)?;
        }
    }
    if report.procedures().is_empty() { Ok(()) } else { writeln!(out) }
}

/// What the procedure leaves behind, in a line.
fn write_remains(judged: &JudgedProcedure, out: &mut dyn io::Write) -> io::Result<()> {
    let says = |it: &Remains| {
        let target = it.target.as_deref().unwrap_or("an unknown target");
        let state = match it.state {
            State::Stopped => "stopped",
            State::Detached => "detached",
            State::Deleted => "deleted",
            State::NotRun => "without the command's effect",
        };
        format!("{} {state}", harmless(target))
    };
    let all: Vec<String> = judged.remains.iter().map(says).collect();
    if all.is_empty() { Ok(()) } else { writeln!(out, "  left behind: {}", all.join(", ")) }
}

/// Whether only a later change would run the procedure.
fn is_later(judged: &JudgedProcedure) -> bool {
    judged.steps.iter().all(|step| {
        let binding = step.operation.binding.as_ref();
        let later = |by: &Binding| matches!(by.lifecycle, Lifecycle::Update | Lifecycle::Delete);
        step.operation.evidence == Evidence::Latent && binding.is_some_and(later)
    })
}

fn folded(judged: &JudgedProcedure) -> String {
    let steps = &judged.steps;
    let blocked = steps.iter().filter(|step| step.judgement.verdict > Verdict::Unresolved);
    let calls = counted(steps.len(), "call");
    format!("{calls}, {} blocked while locked", blocked.count())
}

/// The columns of a step: place, action, verdict, error code, target.
type Row = [String; 5];

fn write_steps(
    report: &Report<'_>,
    judged: &JudgedProcedure,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let rows: Vec<Row> = judged.steps.iter().map(|step| row(report, step)).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    for (row, step) in rows.iter().zip(&judged.steps) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str("  ");
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
        }
        writeln!(out, "{}", tinted(line.trim_end(), step.judgement.verdict, style))?;
    }
    Ok(())
}

fn row(report: &Report<'_>, step: &Step) -> Row {
    let start = report.start(step.operation.span);
    let judgement = &step.judgement;
    let verdict = match judgement.verdict {
        Verdict::Unaffected => "✓ works",
        Verdict::Unresolved => "? unresolved",
        Verdict::MayFail => "! may fail",
        Verdict::Fails => "✗ fails",
        Verdict::SilentNoOp => "∅ does nothing",
    };
    let evidence = match step.operation.evidence {
        Evidence::Certain | Evidence::Planned => "",
        Evidence::Latent => " (latent)",
        Evidence::Possible => " (possible)",
    };
    let handled = step.handled.map_or("", |_| " (handled)");
    let reached = match step.course {
        Course::EndedBy(_) => " (not reached)",
        Course::Reached | Course::TurnedBack | Course::Unseen => "",
    };
    [
        format!("{}:{}", start.line, start.column),
        harmless(action_text(&step.operation.action)),
        format!("{verdict}{evidence}{handled}{reached}"),
        judgement.error_code.clone().unwrap_or_default(),
        harmless(step.operation.target.name().unwrap_or_default()),
    ]
}

fn bold(text: &str, style: Style) -> String {
    if style.color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

fn tinted(text: &str, verdict: Verdict, style: Style) -> String {
    let color = match verdict {
        Verdict::Fails | Verdict::SilentNoOp => 31,
        Verdict::MayFail | Verdict::Unresolved => 33,
        Verdict::Unaffected => return text.to_owned(),
    };
    if style.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
}
