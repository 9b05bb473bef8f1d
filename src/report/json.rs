//! The JSON contract. Its structs are its own, so that inner types can change
//! without it; fields are added, never renamed or dropped, within a
//! `schema_version`.

use std::io;

use serde::Serialize;

use super::{Report, Reporter, Style};
use crate::finding::{Finding, Label};
use crate::judge::JudgedProcedure;
use crate::procedure::{Action, Binding, Setting};
use crate::source::{Position, Span};
use crate::verdict::{Remains, Step};

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "json", summary: "everything, for programs", write };

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    ruleset: RulesetId<'a>,
    findings: Vec<FindingEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    procedures: Option<Vec<ProcedureEntry<'a>>>,
    problems: Vec<ProblemEntry<'a>>,
    summary: SummaryEntry,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct RulesetId<'a> {
    lock: &'a str,
    as_of: &'a str,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    severity: &'static str,
    message: &'a str,
    help: &'a str,
    path: &'a str,
    start: Place,
    end: Place,
    action: Option<&'a str>,
    verdict: &'static str,
    error_code: Option<&'a str>,
    evidence: &'static str,
    target: Option<&'a str>,
    binding: Option<BindingEntry<'a>>,
    handled: Option<&'a str>,
    related: Vec<RelatedEntry<'a>>,
    fingerprint: &'a str,
    suppressed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<&'static str>,
    baselined: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry>,
}

/// What goes away, and what comes in its place.
#[derive(Serialize)]
struct FixEntry {
    start: Place,
    end: Place,
    text: String,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct BindingEntry<'a> {
    resource: &'a str,
    r#type: &'a str,
    lifecycle: &'static str,
    attributes: Vec<&'a str>,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    path: &'a str,
    start: Place,
    end: Place,
    message: &'a str,
}

#[derive(Serialize)]
struct ProcedureEntry<'a> {
    name: &'a str,
    path: &'a str,
    frontend: &'a str,
    after: &'a [String],
    steps: Vec<StepEntry<'a>>,
    left: Vec<RemainsEntry<'a>>,
}

#[derive(Serialize)]
struct RemainsEntry<'a> {
    state: &'static str,
    target: Option<&'a str>,
    start: Place,
}

#[derive(Serialize)]
struct StepEntry<'a> {
    action: Option<&'a str>,
    verdict: &'static str,
    error_code: Option<&'a str>,
    evidence: &'static str,
    path: &'a str,
    start: Place,
    end: Place,
    target: Option<&'a str>,
    binding: Option<BindingEntry<'a>>,
    handled: Option<&'a str>,
    reached: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartEntry<'a>>,
}

/// Where in a document a step is.
#[derive(Serialize)]
struct PartEntry<'a> {
    title: Option<&'a str>,
    number: Option<&'a str>,
    note: Option<&'a str>,
    cell: Option<u32>,
    cell_line: Option<u32>,
}

#[derive(Serialize)]
struct ProblemEntry<'a> {
    path: &'a str,
    kind: &'static str,
    message: &'a str,
    line: Option<u32>,
}

#[derive(Serialize)]
struct SummaryEntry {
    files: usize,
    operations: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    baselined: usize,
    unresolved: usize,
}

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let procedures = || report.procedures().iter().map(|judged| procedure(report, judged));
    let summary = report.summary();
    let findings = report.analysis.all_findings();
    let document = Document {
        schema_version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        ruleset: RulesetId { lock: &report.ruleset.lock.lock, as_of: &report.ruleset.lock.as_of },
        findings: findings.iter().map(|one| finding(report, one)).collect(),
        procedures: report.audit.then(|| procedures().collect()),
        problems: problems(report),
        summary: SummaryEntry {
            files: summary.files,
            operations: summary.operations,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            unresolved: summary.unresolved,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn finding<'a>(report: &'a Report<'_>, of: &'a Finding<'_>) -> FindingEntry<'a> {
    let span = of.label.span;
    FindingEntry {
        rule: &of.rule.id,
        severity: of.severity.name(),
        message: &of.message,
        help: &of.help,
        path: &report.file(span).path,
        start: report.start(span).into(),
        end: report.end(span).into(),
        action: of.action.as_deref(),
        verdict: of.verdict.name(),
        error_code: of.error_code.as_deref(),
        evidence: of.evidence.name(),
        target: of.target.as_deref(),
        binding: of.binding.as_ref().map(binding),
        handled: of.handled,
        related: of.related.iter().map(|label| related(report, label)).collect(),
        fingerprint: &of.fingerprint,
        suppressed: of.suppressed.as_ref().map(|by| by.reason.as_str()),
        suppressed_by: of
            .suppressed
            .as_ref()
            .map(|by| if by.by_waiver { "waiver" } else { "comment" }),
        baselined: of.is_baselined(),
        fix: of.fix.as_ref().map(|fix| FixEntry {
            start: report.start(fix.span).into(),
            end: report.end(fix.span).into(),
            text: fix.text.clone(),
        }),
    }
}

fn related<'a>(report: &'a Report<'_>, label: &'a Label) -> RelatedEntry<'a> {
    RelatedEntry {
        path: &report.file(label.span).path,
        start: report.start(label.span).into(),
        end: report.end(label.span).into(),
        message: &label.message,
    }
}

fn binding(of: &Binding) -> BindingEntry<'_> {
    BindingEntry {
        resource: &of.resource,
        r#type: &of.kind,
        lifecycle: of.lifecycle.name(),
        attributes: of.attributes.iter().map(|attribute| attribute.name.as_str()).collect(),
    }
}

fn procedure<'a>(report: &'a Report<'_>, judged: &'a JudgedProcedure) -> ProcedureEntry<'a> {
    ProcedureEntry {
        name: &judged.name,
        path: &report.file(judged.span).path,
        frontend: judged.frontend,
        after: &judged.after,
        steps: judged.steps.iter().map(|one| step(report, one)).collect(),
        left: judged.remains.iter().map(|one| remains(report, one)).collect(),
    }
}

fn step<'a>(report: &'a Report<'_>, of: &'a Step) -> StepEntry<'a> {
    let operation = &of.operation;
    let span: Span = operation.span;
    let action = match &operation.action {
        Action::Named(name) => Some(name.as_str()),
        Action::Unresolved(_) => None,
    };
    StepEntry {
        action,
        verdict: of.judgement.verdict.name(),
        error_code: of.judgement.error_code.as_deref(),
        evidence: operation.evidence.name(),
        path: &report.file(span).path,
        start: report.start(span).into(),
        end: report.end(span).into(),
        target: operation.target.name(),
        binding: operation.binding.as_ref().map(binding),
        handled: of.handled,
        reached: of.course.is_reached(),
        part: report.setting(span).map(part),
    }
}

fn part(of: &Setting) -> PartEntry<'_> {
    PartEntry {
        title: of.title.as_deref(),
        number: of.number.as_deref(),
        note: of.note.as_deref(),
        cell: of.cell.map(|(cell, _)| cell),
        cell_line: of.cell.map(|(_, line)| line),
    }
}

fn remains<'a>(report: &Report<'_>, of: &'a Remains) -> RemainsEntry<'a> {
    RemainsEntry {
        state: of.state.name(),
        target: of.target.as_deref(),
        start: report.start(of.span).into(),
    }
}

fn problems<'a>(report: &'a Report<'_>) -> Vec<ProblemEntry<'a>> {
    let entries = report.problems().iter().map(|(path, problem)| ProblemEntry {
        path,
        kind: problem.kind.name(),
        message: &problem.message,
        line: problem.span.map(|span| report.start(span).line),
    });
    entries.collect()
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column }
    }
}
