//! Checkstyle's XML, which most review tools and Jenkins read.

use std::collections::BTreeMap;
use std::io;

use super::xml::Xml;
use super::{Report, Reporter, Style};
use crate::finding::Finding;
use crate::ruleset::Severity;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "checkstyle", summary: "Checkstyle XML", write };

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut by_path: BTreeMap<String, Vec<&Finding<'_>>> = BTreeMap::new();
    for finding in report.findings() {
        by_path.entry(report.path(finding.label.span)).or_default().push(finding);
    }
    for (path, _) in report.problems() {
        by_path.entry(report.base.seen(path)).or_default();
    }
    let mut xml = Xml::new(out)?;
    xml.element("checkstyle", &[("version", "4.3")], |xml| {
        for (path, findings) in &by_path {
            xml.element("file", &[("name", path)], |xml| {
                findings.iter().try_for_each(|finding| error(report, finding, xml))?;
                problems(report, path, xml)
            })?;
        }
        Ok(())
    })?;
    xml.finish()
}

fn error(report: &Report<'_>, finding: &Finding<'_>, xml: &mut Xml<'_>) -> io::Result<()> {
    let start = report.start(finding.label.span);
    let (line, column) = (start.line.to_string(), start.column.to_string());
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "info",
    };
    let source = format!("ecs-lock-lint.{}", finding.rule.id);
    let message = Report::advice(finding);
    xml.empty(
        "error",
        &[
            ("line", &line),
            ("column", &column),
            ("severity", severity),
            ("message", &message),
            ("source", &source),
        ],
    )
}

/// What could not be read of a file.
fn problems(report: &Report<'_>, of: &str, xml: &mut Xml<'_>) -> io::Result<()> {
    for (path, problem) in report.problems() {
        if report.base.seen(path) != of {
            continue;
        }
        let line = problem.span.map_or(1, |span| report.start(span).line).to_string();
        let source = format!("ecs-lock-lint.problem.{}", problem.kind.name());
        let rest = [("severity", "warning"), ("message", &problem.message), ("source", &source)];
        let attributes: Vec<_> = std::iter::once(("line", line.as_str())).chain(rest).collect();
        xml.empty("error", &attributes)?;
    }
    Ok(())
}
