//! The lock table: what a lock does to each action of the API.

use std::collections::HashMap;

use serde::Deserialize;

use super::file::{RuleFile, RulesetError};
use crate::catalogue::Catalogue;

/// The effects of one lock reason, from a file under `rules/locks`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockTable {
    /// The lock reason as the API names it: `security`.
    pub lock: String,
    /// Its name in prose.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// The document the rows come from.
    pub source: String,
    /// Where the document is.
    pub url: String,
    /// The document's date, `YYYY-MM-DD`.
    pub as_of: String,
    /// The impact on actions without a row.
    pub default: Impact,
    /// How to see whether an instance is locked.
    pub detect: String,
    /// What to do about it.
    pub remedy: String,
    /// The error codes that occur in the rows.
    pub error_codes: Vec<ErrorCode>,
    /// The rows, in the document's order.
    pub actions: Vec<LockRow>,
    /// Actions without a row whose own documentation disagrees with `default`.
    #[serde(default)]
    pub unlisted_conflicts: Vec<UnlistedConflict>,
    #[serde(skip)]
    by_action: HashMap<String, usize>,
}

/// What the lock does to one action.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockRow {
    /// The action's name.
    pub action: String,
    /// What happens to it.
    pub impact: Impact,
    /// The code that the failing call answers with, where the table names one.
    pub error_code: Option<String>,
    /// What must hold for the impact, beyond the lock.
    pub condition: Option<RowCondition>,
    /// What happens, in a sentence.
    pub summary: String,
    /// What goes wrong although the call works.
    pub caution: Option<String>,
    /// Other documentation that says otherwise. The table decides.
    pub conflict: Option<Conflict>,
}

/// What happens to an action on a locked instance.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// It works.
    Unaffected,
    /// It fails.
    Fails,
    /// It fails if the disk is attached to the locked instance.
    FailsIfDiskInUse,
    /// It is accepted, answers without an error, and does nothing.
    SilentNoOp,
}

impl Impact {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unaffected => "unaffected",
            Self::Fails => "fails",
            Self::FailsIfDiskInUse => "fails-if-disk-in-use",
            Self::SilentNoOp => "silent-no-op",
        }
    }
}

/// What a row's impact depends on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowCondition {
    /// The disk is attached (`In_use`).
    DiskInUse,
    /// What is made is made from the instance, not from a snapshot or a mapping
    /// of disks.
    SourceIsInstance,
}

impl RowCondition {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DiskInUse => "disk-in-use",
            Self::SourceIsInstance => "source-is-instance",
        }
    }
}

/// A document that disagrees with the table.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Which document.
    pub page: String,
    /// What it says.
    pub says: String,
}

/// A conflict about an action that the table does not list.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlistedConflict {
    /// The action's name.
    pub action: String,
    /// Which document.
    pub page: String,
    /// What it says.
    pub says: String,
}

/// An error code and what it means.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// The code: `InstanceLockedForSecurity`.
    pub code: String,
    /// What it means.
    pub meaning: String,
}

impl LockTable {
    /// The row of an action; none if the table does not list it.
    #[must_use]
    pub fn row(&self, action: &str) -> Option<&LockRow> {
        self.by_action.get(action).map(|index| &self.actions[*index])
    }

    /// What other documentation says against the verdict on an action: the
    /// document and its statement.
    #[must_use]
    pub fn conflict(&self, action: &str) -> Option<(&str, &str)> {
        let listed = self.row(action).and_then(|row| row.conflict.as_ref());
        let unlisted = self.unlisted_conflicts.iter().find(|conflict| conflict.action == action);
        listed
            .map(|conflict| (conflict.page.as_str(), conflict.says.as_str()))
            .or(unlisted.map(|conflict| (conflict.page.as_str(), conflict.says.as_str())))
    }

    /// Reads and checks a lock table.
    ///
    /// # Errors
    /// Unknown keys, an action twice or not in the catalogue, a row whose
    /// condition does not fit its impact, an error code that is not explained.
    pub(super) fn load(file: &RuleFile, catalogue: &Catalogue) -> Result<Self, RulesetError> {
        let mut table: Self = file.parse()?;
        for (index, row) in table.actions.iter().enumerate() {
            check_row(file, catalogue, &table.error_codes, row)?;
            if table.by_action.insert(row.action.clone(), index).is_some() {
                let message = format!("`{}` has two rows", row.action);
                return Err(file.error_at(("action", &row.action), 1, message, "delete one"));
            }
        }
        Ok(table)
    }
}

fn check_row(
    file: &RuleFile,
    catalogue: &Catalogue,
    codes: &[ErrorCode],
    row: &LockRow,
) -> Result<(), RulesetError> {
    let at = ("action", row.action.as_str());
    if catalogue.get(&row.action).is_none() {
        return Err(super::unknown_action(file, catalogue, &row.action));
    }
    let on_disk = row.condition == Some(RowCondition::DiskInUse);
    if on_disk != (row.impact == Impact::FailsIfDiskInUse) {
        let message = format!("`{}`: condition and impact do not fit", row.action);
        let hint = "`condition: disk-in-use` goes with `impact: fails-if-disk-in-use`";
        return Err(file.error_at(at, 0, message, hint));
    }
    match &row.error_code {
        Some(code) if !codes.iter().any(|known| known.code == *code) => {
            let message = format!("error code `{code}` is not explained");
            Err(file.error_at(at, 0, message, "add it to `error_codes`"))
        }
        _ => Ok(()),
    }
}
