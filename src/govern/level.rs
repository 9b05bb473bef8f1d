//! Severities that the configuration gives to findings.

use crate::analyse::Analysis;
use crate::finding::Finding;
use crate::ruleset::Severity;
use crate::source::Patterns;

/// A severity of some rules in some files.
#[derive(Clone, Debug)]
pub struct Level {
    /// The files; none for all.
    pub paths: Option<Patterns>,
    /// The ids of the rules; empty for all.
    pub rules: Vec<String>,
    /// The severity; none if the findings are dropped.
    pub severity: Option<Severity>,
}

/// Gives findings the severity of the last level that fits them, and drops those that
/// are not to be reported.
pub(super) fn apply(analysis: &mut Analysis<'_>, levels: &[Level]) {
    if levels.is_empty() {
        return;
    }
    let Analysis { files, findings, suppressed, .. } = analysis;
    let path = |finding: &Finding<'_>| files[&finding.label.span.file].path.as_str();
    let mut keep = |finding: &mut Finding<'_>| {
        let Some(level) = levels.iter().rev().find(|level| level.fits(finding, path(finding)))
        else {
            return true;
        };
        let Some(severity) = level.severity else { return false };
        finding.severity = raised(finding, severity);
        true
    };
    findings.retain_mut(&mut keep);
    suppressed.retain_mut(&mut keep);
}

/// The severity that a level gives: one that was lowered for its evidence is raised
/// no more.
fn raised(finding: &Finding<'_>, severity: Severity) -> Severity {
    if finding.severity < finding.rule.severity { severity.min(finding.severity) } else { severity }
}

impl Level {
    fn fits(&self, finding: &Finding<'_>, path: &str) -> bool {
        (self.rules.is_empty() || self.rules.contains(&finding.rule.id))
            && self.paths.as_ref().is_none_or(|paths| paths.cover(path))
    }
}
