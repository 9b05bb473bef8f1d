//! Finding rules: what is reported, how severe it is, and in which words.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::condition::Condition;
use super::file::{RuleFile, RulesetError};
use crate::catalogue::Catalogue;

/// A finding rule, from a file under `rules/findings`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
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
    /// When it applies. A rule about suppressions has none.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Rules whose findings on the same steps are shown as parts of this one's.
    #[serde(default)]
    pub takes: Vec<String>,
    /// Inputs on which it fires, and such on which it does not.
    #[serde(default)]
    pub examples: Examples,
    /// Whether the configuration turns it off.
    #[serde(skip)]
    pub off: bool,
    /// Whether the configuration lets nothing suppress its findings.
    #[serde(skip)]
    pub unsuppressible: bool,
}

/// The examples of a rule, which are its tests as well.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Examples {
    /// It fires on each line with `expect: <its id>` in a comment, and on no other.
    pub bad: Vec<Example>,
    /// It does not fire.
    pub good: Vec<Example>,
}

/// An input.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// A file name, which says the format: `resize.sh`, `main.tf`.
    pub file: String,
    /// What is in it.
    pub text: String,
    /// Rule files that are laid over the others for it alone, by their paths:
    /// `bindings/made-up.yaml`.
    #[serde(default)]
    pub rules: BTreeMap<String, String>,
}

/// How severe a finding is.
#[derive(
    Clone,
    Copy,
    Debug,
    Deserialize,
    Eq,
    Ord,
    PartialEq,
    PartialOrd,
    clap::ValueEnum,
    schemars::JsonSchema,
)]
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
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One operation.
    #[default]
    Operation,
    /// One declared resource, with all its operations to which the rule applies.
    Resource,
    /// One suppression comment. Which of them are reported is built in, by the
    /// rule's name.
    Suppression,
}

/// How much a reader wants to see. Each sees what those before it see.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Deserialize,
    Eq,
    Ord,
    PartialEq,
    PartialOrd,
    clap::ValueEnum,
    schemars::JsonSchema,
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
pub const PLACEHOLDERS: [&str; 15] = [
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

impl Persona {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Pedantic => "pedantic",
            Self::Auditor => "auditor",
        }
    }
}

impl Rule {
    /// Reads and checks a rule.
    ///
    /// # Errors
    /// Unknown keys, an id that is not kebab-case or not the file's name, an
    /// unknown placeholder or action, an example that says too little.
    pub(super) fn load(file: &RuleFile, catalogue: &Catalogue) -> Result<Self, RulesetError> {
        let rule: Self = file.parse()?;
        let at = ("id", rule.id.as_str());
        let kebab = rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !kebab || !rule.is_from(file) {
            let message = format!("id `{}` is not the file's name in kebab-case", rule.id);
            return Err(file.error_at(at, 0, message, "name both alike, such as `blocked-call`"));
        }
        if rule.when.is_some() == (rule.scope == Scope::Suppression) {
            let message = "a rule about operations or resources says when it applies, and one \
                           about suppressions does not";
            return Err(file.error_at(at, 0, message.to_owned(), "add or delete `when`"));
        }
        let relations = rule.when.iter().flat_map(Condition::all_relations);
        let relations: Vec<_> = relations.collect();
        let labels = relations.iter().filter_map(|relation| relation.label.as_ref());
        for text in [&rule.message, &rule.label, &rule.help].into_iter().chain(labels) {
            if let Some(unknown) = unknown_placeholder(text) {
                let message = format!("unknown placeholder `{unknown}`");
                let hint = format!("known ones: {}", PLACEHOLDERS.join(" "));
                return Err(file.error_at(at, 0, message, hint));
            }
        }
        let mut actions = rule.when.iter().flat_map(Condition::actions);
        let unknown = actions.find(|name| catalogue.get(name).is_none());
        if let Some(unknown) = unknown {
            return Err(super::unknown_action(file, catalogue, unknown));
        }
        rule.check_examples(file)?;
        Ok(rule)
    }

    /// Whether it is the rule of a file.
    pub(super) fn is_from(&self, file: &RuleFile) -> bool {
        file.path.strip_prefix("findings/").and_then(|name| name.strip_suffix(".yaml"))
            == Some(&self.id)
    }

    /// A mark says on which line of a bad example the rule fires.
    fn check_examples(&self, file: &RuleFile) -> Result<(), RulesetError> {
        let mark = self.mark();
        let marked = |example: &&Example| example.text.contains(&mark);
        let Examples { bad, good } = &self.examples;
        let wrong = match (bad.iter().find(|one| !marked(one)), good.iter().find(marked)) {
            (Some(bad), _) => format!("the bad example `{}` has no mark", bad.file),
            (_, Some(good)) => format!("the good example `{}` has a mark", good.file),
            _ => return Ok(()),
        };
        let hint = format!("write `{mark}` in a comment on each line that is to be reported");
        Err(file.error_at(("id", &self.id), 0, wrong, hint))
    }

    /// What marks a line of an example on which the rule fires.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("expect: {}", self.id)
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
