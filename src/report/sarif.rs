//! SARIF 2.1.0, for GitHub's code scanning and whatever else reads it.
//!
//! GitHub takes at most 5,000 results of a run; the gravest are kept, and a
//! notification says how many were left out.

use std::collections::BTreeMap;
use std::io;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::line_hash::line_hashes;
use super::{Report, Reporter, Style};
use crate::finding::{Acceptance, BaselineState, Finding, Fix, Label};
use crate::ruleset::{Rule, Severity};
use crate::source::{FileId, Span};

mod model;

use model::{
    ArtifactChange, ArtifactLocation, AutomationDetails, CodeFlow, Configuration, Descriptor,
    Driver, Fingerprints, FlowLocation, Help, Invocation, Location, Log, Mending, Message,
    Notification, Outcome, OutcomeProperties, PhysicalLocation, Region, Replacement,
    RuleProperties, Run, Suppression, Text, ThreadFlow, Tool, UriBase, UriBases,
};

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "sarif", summary: "SARIF 2.1.0, for code scanning", write };

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// How many results GitHub shows of one run.
const MOST_RESULTS: usize = 5_000;

/// How many related places GitHub takes of one result.
const MOST_RELATED: usize = 100;

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let all = report.analysis.all_findings();
    let kept = gravest(&all);
    let lock = &report.ruleset.lock;
    let hashes = hashes(report, &kept);
    let rules = report.ruleset.rules.iter().map(|rule| descriptor(rule, &lock.url));
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: &lock.url,
                rules: rules.collect(),
            },
        },
        automation_details: AutomationDetails { id: format!("ecs-lock-lint/{}/", lock.lock) },
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: UriBases {
            root: UriBase { description: Text { text: "The top of the repository" } },
        },
        invocations: [invocation(report, all.len() - kept.len())],
        results: kept.iter().map(|finding| outcome(report, finding, &hashes)).collect(),
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// As many findings as are shown, those that nothing accepts first, in the order of
/// the report.
fn gravest<'a>(findings: &[&'a Finding<'a>]) -> Vec<&'a Finding<'a>> {
    let mut numbered: Vec<(usize, &Finding<'_>)> = findings.iter().copied().enumerate().collect();
    numbered.sort_by_key(|(number, finding)| {
        let is_accepted = finding.suppressed.is_some() || finding.is_baselined();
        (is_accepted, std::cmp::Reverse(finding.severity), *number)
    });
    numbered.truncate(MOST_RESULTS);
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, finding)| finding).collect()
}

/// The hashes of the lines of each file with findings.
fn hashes(report: &Report<'_>, findings: &[&Finding<'_>]) -> BTreeMap<FileId, Vec<String>> {
    let spans = findings.iter().map(|finding| finding.label.span);
    let mut hashes = BTreeMap::new();
    for span in spans {
        hashes.entry(span.file).or_insert_with(|| line_hashes(&report.file(span).text));
    }
    hashes
}

fn descriptor<'a>(rule: &'a Rule, url: &'a str) -> Descriptor<'a> {
    let security_severity = match rule.severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Note => "2.0",
    };
    Descriptor {
        id: &rule.id,
        name: rule.id.split('-').map(capitalised).collect(),
        short_description: Text { text: &rule.summary },
        full_description: Text { text: rule.explanation.trim_end() },
        help: Help { text: rule.explanation.trim_end(), markdown: rule.explanation.trim_end() },
        help_uri: url,
        default_configuration: Configuration { level: rule.severity.name() },
        properties: RuleProperties {
            tags: ["security", "reliability", "alibaba-cloud-ecs"],
            precision: "high",
            problem_severity: match rule.severity {
                Severity::Note => "recommendation",
                other => other.name(),
            },
            security_severity,
        },
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn outcome<'a>(
    report: &Report<'_>,
    finding: &'a Finding<'_>,
    hashes: &BTreeMap<FileId, Vec<String>>,
) -> Outcome<'a> {
    let span = finding.label.span;
    let rules = &report.ruleset.rules;
    let line = report.start(span).line as usize;
    let related = finding.related.iter().take(MOST_RELATED).enumerate();
    Outcome {
        rule_id: &finding.rule.id,
        rule_index: rules.iter().position(|rule| rule.id == finding.rule.id).unwrap_or_default(),
        level: finding.severity.name(),
        baseline_state: finding.baseline.map(BaselineState::name),
        message: Message { text: Report::advice(finding) },
        locations: [location(report, span, None, None)],
        related_locations: related
            .map(|(id, label)| location(report, label.span, Some(id + 1), Some(&label.message)))
            .collect(),
        code_flows: code_flow(report, finding).into_iter().collect(),
        partial_fingerprints: Fingerprints {
            line: hashes.get(&span.file).and_then(|lines| lines.get(line - 1)).cloned(),
            own: &finding.fingerprint,
        },
        properties: OutcomeProperties {
            action: finding.action.as_deref(),
            verdict: finding.verdict.name(),
            error_code: finding.error_code.as_deref(),
            evidence: finding.evidence.name(),
            target: finding.target.as_deref(),
            handled: finding.handled,
        },
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        fixes: finding.fix.iter().map(|fix| mending(report, finding, fix)).collect(),
    }
}

fn suppression(by: &Acceptance) -> Suppression<'_> {
    let kind = if by.by_waiver { "external" } else { "inSource" };
    Suppression { kind, justification: &by.reason }
}

fn mending<'a>(report: &Report<'_>, finding: &'a Finding<'_>, fix: &'a Fix) -> Mending<'a> {
    let replacement = Replacement {
        deleted_region: region(report, fix.span),
        inserted_content: Text { text: &fix.text },
    };
    let artifact_location = artifact(&report.path(fix.span));
    Mending {
        description: Text { text: &finding.help },
        artifact_changes: [ArtifactChange { artifact_location, replacements: [replacement] }],
    }
}

/// The steps of a finding about several, in the order in which they stand.
fn code_flow(report: &Report<'_>, finding: &Finding<'_>) -> Option<CodeFlow> {
    if finding.related.is_empty() {
        return None;
    }
    let own = std::iter::once(&finding.label);
    let mut labels: Vec<&Label> =
        own.chain(finding.related.iter().take(MOST_RELATED - 1)).collect();
    labels.sort_by_key(|label| label.span);
    let locations = labels.into_iter().map(|label| FlowLocation {
        location: location(report, label.span, None, Some(&label.message)),
    });
    Some(CodeFlow { thread_flows: [ThreadFlow { locations: locations.collect() }] })
}

fn location(report: &Report<'_>, span: Span, id: Option<usize>, message: Option<&str>) -> Location {
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: artifact(&report.path(span)),
            region: Some(region(report, span)),
        },
        message: message.map(|text| Message { text: text.to_owned() }),
    }
}

fn region(report: &Report<'_>, span: Span) -> Region {
    let (start, end) = (report.start(span), report.end(span));
    Region {
        start_line: start.line,
        start_column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
    }
}

/// A file as code scanning knows it: by its path from the top of the repository.
fn artifact(path: &str) -> ArtifactLocation {
    let encoded = utf8_percent_encode(path, PATH).to_string();
    if path.starts_with('/') {
        return ArtifactLocation { uri: format!("file://{encoded}"), uri_base_id: None };
    }
    ArtifactLocation { uri: encoded, uri_base_id: Some("%SRCROOT%") }
}

/// How the run went: what could not be read, and what was left out.
fn invocation(report: &Report<'_>, left_out: usize) -> Invocation {
    let mut notifications: Vec<Notification> = report
        .problems()
        .iter()
        .map(|(path, problem)| {
            let line = problem.span.map(|span| report.start(span).line);
            let region = line.map(|start_line| Region {
                start_line,
                start_column: None,
                end_line: None,
                end_column: None,
            });
            let artifact_location = artifact(&report.base.seen(path));
            let physical_location = PhysicalLocation { artifact_location, region };
            Notification {
                level: "warning",
                message: Message { text: problem.message.clone() },
                locations: vec![Location { id: None, physical_location, message: None }],
            }
        })
        .collect();
    if left_out > 0 {
        let text = format!(
            "{left_out} findings are left out, since code scanning shows {MOST_RESULTS} of a run; \
             the gravest are kept, and every other format has them all"
        );
        let message = Message { text };
        notifications.push(Notification { level: "warning", message, locations: Vec::new() });
    }
    Invocation {
        execution_successful: !report.analysis.named_unreadable,
        tool_execution_notifications: notifications,
    }
}
