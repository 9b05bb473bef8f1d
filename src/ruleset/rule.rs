//! Finding rules: what is reported, how severe it is, and in which words.

use serde::Deserialize;

use super::condition::Condition;
use super::file::{RuleFile, RulesetError};

/// A finding rule, from a file under `rules/findings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Kebab-case name of the fault, the same as the file's name.
    pub id: String,
    /// How severe it is, before the evidence lowers it.
    pub severity: Severity,
    /// What one finding is about.
    #[serde(default)]
    pub scope: Scope,
    /// Who wants to see it.
    #[serde(default)]
    pub persona: Persona,
    /// The fault in a sentence.
    pub summary: String,
    /// The message of a finding, with placeholders.
    pub message: String,
    /// What stands at the place in the source, with placeholders.
    pub label: String,
    /// What to do, with placeholders.
    pub help: String,
    /// What happens, why, and what to do, at length, in Markdown.
    pub explanation: String,
    /// When it applies.
    pub when: Condition,
    /// Rules whose findings on the same steps are shown as parts of this one's.
    #[serde(default)]
    pub takes: Vec<String>,
}

/// How severe a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// It may break.
    Warning,
    /// It breaks.
    Error,
}

impl Severity {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What one finding of a rule is about.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One operation.
    #[default]
    Operation,
    /// One declared resource, with all its operations to which the rule applies.
    Resource,
}

/// How much a reader wants to see. Each sees what those before it see.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    /// What matters to everybody.
    #[default]
    Regular,
    /// Also what is right but doubtful, such as documentation that contradicts
    /// itself.
    Pedantic,
    /// Everything there is.
    Auditor,
}

/// The placeholders that the texts of a rule may hold.
const PLACEHOLDERS: [&str; 15] = [
    "{action}",
    "{attributes}",
    "{code}",
    "{conflict}",
    "{effect}",
    "{left}",
    "{lifecycle}",
    "{origin}",
    "{other}",
    "{reason}",
    "{resource}",
    "{suggestion}",
    "{target}",
    "{text}",
    "{timeout}",
];

impl Rule {
    /// Reads and checks a rule.
    ///
    /// # Errors
    /// Unknown keys, an id that is not kebab-case or not the file's name, an
    /// unknown placeholder.
    pub(super) fn load(file: &RuleFile) -> Result<Self, RulesetError> {
        let rule: Self = file.parse()?;
        let at = ("id", rule.id.as_str());
        let kebab = rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !kebab || file.path != format!("findings/{}.yaml", rule.id) {
            let message = format!("id `{}` is not the file's name in kebab-case", rule.id);
            return Err(file.error_at(at, 0, message, "name both alike, such as `blocked-call`"));
        }
        let relations = rule.when.all_relations();
        let labels = relations.iter().filter_map(|relation| relation.label.as_ref());
        for text in [&rule.message, &rule.label, &rule.help].into_iter().chain(labels) {
            if let Some(unknown) = unknown_placeholder(text) {
                let message = format!("unknown placeholder `{unknown}`");
                let hint = format!("known ones: {}", PLACEHOLDERS.join(" "));
                return Err(file.error_at(at, 0, message, hint));
            }
        }
        Ok(rule)
    }
}

fn unknown_placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open..];
        let end = rest.find('}').map_or(rest.len(), |close| close + 1);
        if !PLACEHOLDERS.contains(&&rest[..end]) {
            return Some(&rest[..end]);
        }
        rest = &rest[end..];
    }
    None
}
