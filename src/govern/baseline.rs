//! Baselines: lists of accepted findings. A known finding is neither shown nor
//! fails a run; a new one does.
//!
//! The file has one finding a line, sorted, so that its changes can be read and
//! merged.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::analyse::Analysis;
use crate::finding::{BaselineState, Finding};
use crate::source::Base;

/// The layout of the file.
const VERSION: u32 = 1;

/// The accepted findings, sorted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// An accepted finding. The fingerprint identifies it; the rest is for people.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Path of its file from the top of the repository.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Its action, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What it acts on, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The line at which it was when it was accepted.
    pub line: u32,
}

/// A mistake in the text of a baseline.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BaselineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    /// The last one, which is none, ends the list.
    findings: Vec<Option<Entry>>,
}

impl Baseline {
    /// The findings of a run.
    #[must_use]
    pub fn of(analysis: &Analysis<'_>, base: &Base) -> Self {
        let entry = |finding: &Finding<'_>| {
            let file = &analysis.files[&finding.label.span.file];
            Entry {
                path: base.lasting(&file.path),
                rule: finding.rule.id.clone(),
                fingerprint: finding.fingerprint.clone(),
                action: finding.action.clone(),
                target: finding.target.clone(),
                line: file.position(finding.label.span.start).line,
            }
        };
        Self::sorted(analysis.findings.iter().map(entry).collect())
    }

    fn sorted(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable();
        entries.dedup_by(|later, earlier| later.fingerprint == earlier.fingerprint);
        Self { entries }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// A text that is not a baseline, or one of a later version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        if let Some(line) = text.lines().position(is_conflict_marker) {
            return Err(BaselineError {
                line: line + 1,
                message: "the file has an unresolved merge conflict".to_owned(),
                hint: "keep the findings of both sides, remove the marker lines, and run \
                       `ecs-lock-lint baseline update`",
            });
        }
        let document: Document =
            serde_json::from_str(text).map_err(|error| BaselineError {
                line: error.line().max(1),
                message: format!("not a baseline: {}", cause(&error)),
                hint: "mend the line, or write the file anew with `ecs-lock-lint baseline write --force`",
            })?;
        if document.version != VERSION {
            let line = text.lines().position(|line| line.contains("\"version\""));
            return Err(BaselineError {
                line: line.unwrap_or_default() + 1,
                message: format!("version {} of the file is not known", document.version),
                hint: "use the version of ecs-lock-lint that wrote it, or write it anew with \
                       `ecs-lock-lint baseline write --force`",
            });
        }
        Ok(Self::sorted(document.findings.into_iter().flatten().collect()))
    }

    /// The text of the file. Each line of a finding ends with a comma, so that none
    /// changes because another one comes or goes; a null ends the list.
    ///
    /// # Errors
    /// None that is known: strings and numbers become JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [\n");
        for entry in &self.entries {
            let line = serde_json::to_string(entry)?;
            text.push_str("    ");
            text.push_str(&line);
            text.push_str(",\n");
        }
        text.push_str("    null\n  ]\n}\n");
        Ok(text)
    }

    /// Says of each finding whether it is known.
    pub fn mark(&self, findings: &mut [Finding<'_>]) {
        let known = self.fingerprints();
        for finding in findings {
            let is_known = known.contains(finding.fingerprint.as_str());
            finding.baseline =
                Some(if is_known { BaselineState::Unchanged } else { BaselineState::New });
        }
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that another baseline does not have.
    #[must_use]
    pub fn without(&self, other: &Self) -> Vec<&Entry> {
        let known = other.fingerprints();
        let is_missing = |entry: &&Entry| !known.contains(entry.fingerprint.as_str());
        self.entries.iter().filter(is_missing).collect()
    }

    /// What stays of it without some entries, and some more. Entries that stay do not
    /// change, so that moved lines make no difference between files.
    #[must_use]
    pub fn updated(&self, gone: &[&Entry], new: &[&Entry]) -> Self {
        let gone: BTreeSet<&Entry> = gone.iter().copied().collect();
        let kept = self.entries.iter().filter(|entry| !gone.contains(entry));
        Self::sorted(kept.chain(new.iter().copied()).cloned().collect())
    }

    fn fingerprints(&self) -> BTreeSet<&str> {
        self.entries.iter().map(|entry| entry.fingerprint.as_str()).collect()
    }
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|marker| line.starts_with(marker))
        || line == "======="
}

/// What is wrong with a text, without the place, which is said before.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(cause, _)| cause.to_owned())
}
