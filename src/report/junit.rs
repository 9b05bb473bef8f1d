//! `JUnit`'s XML: a test suite for each file, in which findings are failures.

use std::collections::BTreeMap;
use std::io;

use super::xml::Xml;
use super::{Report, Reporter, Style};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::ruleset::Severity;

/// Its registration.
pub(super) static REPORTER: Reporter =
    Reporter { name: "junit", summary: "JUnit XML; notes are skipped tests", write };

/// What is said of one file.
#[derive(Default)]
struct Suite<'a> {
    findings: Vec<&'a Finding<'a>>,
    problems: Vec<&'a Problem>,
}

/// The counts that suites carry, as attributes.
struct Counts([(&'static str, String); 4]);

impl Counts {
    fn of(suites: &[&Suite<'_>]) -> Self {
        let findings = || suites.iter().flat_map(|suite| &suite.findings);
        let errors: usize = suites.iter().map(|suite| suite.problems.len()).sum();
        let all = findings().count();
        let skipped = findings().filter(|finding| finding.severity == Severity::Note).count();
        let counts = [all + errors, all - skipped, errors, skipped].map(|count| count.to_string());
        let [tests, failures, errors, skipped] = counts;
        Self([("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)])
    }

    fn attributes<'c>(&'c self, name: &'c str) -> Vec<(&'c str, &'c str)> {
        let counts = self.0.iter().map(|(key, count)| (*key, count.as_str()));
        std::iter::once(("name", name)).chain(counts).collect()
    }
}

fn write(report: &Report<'_>, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let suites = suites(report);
    let counts = Counts::of(&suites.values().collect::<Vec<_>>());
    let mut xml = Xml::new(out)?;
    xml.element("testsuites", &counts.attributes(env!("CARGO_PKG_NAME")), |xml| {
        suites.iter().try_for_each(|(path, suite)| write_suite(report, path, suite, xml))
    })?;
    xml.finish()
}

fn suites<'a>(report: &'a Report<'a>) -> BTreeMap<String, Suite<'a>> {
    let mut suites: BTreeMap<String, Suite<'_>> = BTreeMap::new();
    for finding in report.findings() {
        let suite = suites.entry(report.path(finding.label.span)).or_default();
        suite.findings.push(finding);
    }
    for (path, problem) in report.problems() {
        suites.entry(report.base.seen(path)).or_default().problems.push(problem);
    }
    suites
}

fn write_suite(
    report: &Report<'_>,
    path: &str,
    suite: &Suite<'_>,
    xml: &mut Xml<'_>,
) -> io::Result<()> {
    let counts = Counts::of(&[suite]);
    xml.element("testsuite", &counts.attributes(path), |xml| {
        suite.findings.iter().try_for_each(|finding| write_finding(report, path, finding, xml))?;
        suite.problems.iter().try_for_each(|problem| write_problem(path, problem, xml))
    })
}

fn write_finding(
    report: &Report<'_>,
    path: &str,
    finding: &Finding<'_>,
    xml: &mut Xml<'_>,
) -> io::Result<()> {
    let start = report.start(finding.label.span);
    let name = format!("{} at {}:{}", finding.rule.id, start.line, start.column);
    xml.element("testcase", &[("name", &name), ("classname", path)], |xml| {
        if finding.severity == Severity::Note {
            return xml.empty("skipped", &[("message", &finding.message)]);
        }
        let attributes = [("message", finding.message.as_str()), ("type", finding.severity.name())];
        let place = format!("{path}:{}:{}", start.line, start.column);
        xml.element("failure", &attributes, |xml| xml.text(&format!("{place}: {}", finding.help)))
    })
}

fn write_problem(path: &str, problem: &Problem, xml: &mut Xml<'_>) -> io::Result<()> {
    xml.element("testcase", &[("name", problem.kind.name()), ("classname", path)], |xml| {
        let attributes = [("message", problem.message.as_str()), ("type", problem.kind.name())];
        xml.empty("error", &attributes)
    })
}
