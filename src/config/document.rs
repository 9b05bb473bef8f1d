//! What the file holds, as its types. The JSON Schema is made from them, with what
//! is said of them here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::place::{At, OneOrMany};
use crate::frontend::FRONTENDS;
use crate::ruleset::{Persona, Severity};

type Texts = At<Vec<At<String>>>;

/// The configuration of ecs-lock-lint. Paths and patterns are seen from the folder
/// of the file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "ecs-lock-lint.toml")]
pub struct Document {
    /// The versions of ecs-lock-lint that may read the file, such as `>=0.1, <0.3`.
    pub required_version: Option<At<String>>,
    /// Patterns, in `.gitignore`'s syntax, of what is not read.
    pub exclude: Option<Texts>,
    /// The severity from which on findings fail the run.
    pub fail_on: Option<At<FailOn>>,
    /// The severity below which findings are not shown.
    pub min_severity: Option<At<Severity>>,
    /// How much is shown.
    pub persona: Option<At<Persona>>,
    /// Whether the run fails if something cannot be resolved or parsed.
    pub strict: Option<At<bool>>,
    /// Folders of rules that are laid over the built-in ones, the last on top.
    pub rule_folders: Option<Texts>,
    /// The file of accepted findings.
    pub baseline: Option<At<String>>,
    /// The input formats, by their names, which `ecs-lock-lint list-frontends` lists.
    #[schemars(transform = known_frontends)]
    pub frontends: BTreeMap<At<String>, FrontendTable>,
    /// The rules, by their ids.
    pub rules: BTreeMap<At<String>, RuleTable>,
    /// Severities of rules in some files. The last that fits a finding counts.
    pub overrides: Vec<OverrideTable>,
    /// Findings that may stay.
    pub waivers: Vec<At<WaiverTable>>,
    /// What is known of Terraform.
    pub terraform: TerraformTable,
}

/// An input format.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontendTable {
    /// Whether files of this format are read. Code of its language that is embedded
    /// in other files is read nevertheless.
    pub enabled: Option<At<bool>>,
    /// Patterns, in `.gitignore`'s syntax, of more files that are of this format.
    pub globs: Option<Texts>,
}

/// A rule.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleTable {
    /// The severity of its findings. Those that are less severe than the rule, since
    /// the call is only possible or is taken care of, get no more severe than they are.
    pub severity: Option<At<Weight>>,
    /// Whether comments and waivers may suppress its findings.
    pub suppressible: Option<At<bool>>,
}

/// A severity of rules in some files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverrideTable {
    /// Patterns, in `.gitignore`'s syntax, of the files.
    pub paths: At<OneOrMany>,
    /// The ids of the rules; without it all.
    pub rules: Option<At<OneOrMany>>,
    /// The severity.
    pub severity: At<Weight>,
}

/// Findings that may stay: those that fit all that is stated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WaiverTable {
    /// Patterns, in `.gitignore`'s syntax, of their files.
    pub path: Option<At<OneOrMany>>,
    /// Their rules.
    pub rule: Option<At<OneOrMany>>,
    /// Their actions.
    pub action: Option<At<OneOrMany>>,
    /// What their calls act on, or the address of the resource; `*` stands for anything.
    pub target: Option<At<OneOrMany>>,
    /// Why they may stay.
    pub reason: At<String>,
    /// The last day on which the waiver counts, by the clock in UTC: `2027-01-31`.
    #[schemars(with = "Option<String>")]
    pub until: Option<At<toml::Value>>,
    /// Who looks after it.
    pub owner: Option<At<String>>,
}

/// What is known of Terraform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TerraformTable {
    /// Files with values of variables for the root modules, the last counting most.
    pub var_files: Option<Texts>,
    /// Values of variables for the root modules, which count more than those files.
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub variables: Option<At<toml::Table>>,
    /// Files with states, which tell identifiers and attached disks.
    pub states: Option<Texts>,
}

/// The severity from which on findings fail the run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors do.
    Error,
    /// Errors and warnings do.
    Warning,
    /// All do.
    Note,
    /// None does.
    Never,
}

/// A severity, or none.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// It may break.
    Warning,
    /// It breaks.
    Error,
    /// It is not reported.
    Off,
}

impl FailOn {
    /// The least severity that fails the run; none if nothing does.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.severity().map_or("never", Severity::name)
    }
}

impl Weight {
    /// The severity; none if it is not reported.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
            Self::Off => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.severity().map_or("off", Severity::name)
    }
}

/// Lets only the names of front ends be keys.
fn known_frontends(schema: &mut schemars::Schema) {
    let names: Vec<&str> = FRONTENDS.iter().map(|frontend| frontend.name).collect();
    schema.insert("propertyNames".to_owned(), serde_json::json!({ "enum": names }));
}
