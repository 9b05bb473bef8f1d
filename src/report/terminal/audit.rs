//! The procedures of an audit as tables of steps.

use std::io;

use crate::judge::JudgedProcedure;
use crate::procedure::Setting;
use crate::report::{Report, Style, action_text, harmless, step};
use crate::verdict::{Step, Verdict};

/// Writes a table for each procedure; the latent ones of a resource, which only
/// a later change would run, fold into a line.
pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for judged in report.procedures() {
        let start = report.start(judged.span);
        let path = harmless(&report.file(judged.span).path);
        let name = harmless(&judged.name);
        let title = format!("{path}:{}: {name}", start.line);
        if step::is_later(judged) {
            writeln!(out, "{title}: {}", step::folded(judged))?;
        } else {
            writeln!(out, "{}", bold(&title, style))?;
            write_steps(report, judged, style, out)?;
            if let Some(remains) = step::remains(judged) {
                writeln!(out, "  left behind: {remains}")?;
            }
        }
    }
    if report.procedures().is_empty() { Ok(()) } else { writeln!(out) }
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
    let mut part = None;
    for (row, step) in rows.iter().zip(&judged.steps) {
        let setting = report.setting(step.operation.span);
        let place = setting.map(step::place_in_document);
        if place.is_some() && place != part {
            write_part(setting, place.as_deref().unwrap_or_default(), out)?;
        }
        part = place;
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

/// Writes where in a document the steps that follow are, and what it says there.
fn write_part(setting: Option<&Setting>, place: &str, out: &mut dyn io::Write) -> io::Result<()> {
    if !place.is_empty() {
        writeln!(out, " {place}")?;
    }
    match setting.and_then(|setting| setting.note.as_deref()) {
        Some(note) => writeln!(out, "  it says: {}", harmless(note)),
        None => Ok(()),
    }
}

fn row(report: &Report<'_>, step: &Step) -> Row {
    let start = report.start(step.operation.span);
    [
        format!("{}:{}", start.line, start.column),
        harmless(action_text(&step.operation.action)),
        step::verdict(step),
        step.judgement.error_code.clone().unwrap_or_default(),
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
