//! Loads `rules/`: the API catalogue, the lock table, the bindings and the
//! finding rules. All are data; a mistake in them is an error that names file,
//! line and remedy.

use std::path::Path;

use serde::Deserialize;

use crate::catalogue::{ApiAction, Catalogue};

mod binding;
mod condition;
mod file;
mod lock;
mod rule;

pub use binding::{Bindings, BoundCall, ResourceType};
pub use condition::{
    Condition, Direction, Facts, Relation, Route, Subject, TargetRelation, Trait, Traits,
};
pub use file::{RuleFile, RuleText, RulesetError};
pub use lock::{Impact, LockRow, LockTable, RowCondition};
pub use rule::{Persona, Rule, Scope, Severity};

/// Everything that the linter knows.
#[derive(Debug)]
pub struct Ruleset {
    /// The actions of the API.
    pub catalogue: Catalogue,
    /// What the lock does to them.
    pub lock: LockTable,
    /// What declared resources call.
    pub bindings: Bindings,
    /// What is reported, in the order of the ids.
    pub rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiFile {
    #[expect(dead_code, reason = "stated for readers of the file")]
    product: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    version: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    source: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    as_of: String,
    /// The verbs with which names of actions start that only read.
    reading: Vec<String>,
    actions: Vec<ApiAction>,
}

impl Ruleset {
    /// Loads the built-in rules, with the files of folders laid over them: a file
    /// with the path of a built-in one replaces it.
    ///
    /// # Errors
    /// The first mistake in a file: bad YAML, unknown keys, duplicates, unknown
    /// actions; or a folder that cannot be read.
    pub fn load<P: AsRef<Path>>(folders: &[P]) -> Result<Self, RulesetError> {
        let mut files = file::built_in();
        for folder in folders {
            file::overlay(&mut files, folder.as_ref())?;
        }
        Self::from_files(&files)
    }

    /// Builds a ruleset from the texts of its files.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_files(files: &[RuleFile]) -> Result<Self, RulesetError> {
        let catalogue = load_catalogue(files)?;
        let lock = load_lock(files, &catalogue)?;
        let mut bindings = Bindings::default();
        for file in in_folder(files, "bindings") {
            bindings.load(file, &catalogue)?;
        }
        let rules = in_folder(files, "findings").map(Rule::load).collect::<Result<_, _>>()?;
        Ok(Self { catalogue, lock, bindings, rules })
    }

    /// The rule of an id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

fn in_folder<'a>(files: &'a [RuleFile], folder: &'a str) -> impl Iterator<Item = &'a RuleFile> {
    files.iter().filter(move |file| {
        file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    })
}

fn load_catalogue(files: &[RuleFile]) -> Result<Catalogue, RulesetError> {
    let mut actions = Vec::new();
    for file in in_folder(files, "apis") {
        let ApiFile { reading, actions: own, .. } = file.parse::<ApiFile>()?;
        let reads = |name: &str| reading.iter().any(|verb| name.starts_with(verb.as_str()));
        actions.extend(own.into_iter().map(|one| ApiAction { reads: reads(&one.name), ..one }));
    }
    Catalogue::new(actions).map_err(|name| {
        let stated = in_folder(files, "apis").last().expect("the action came from a file");
        let message = format!("action `{name}` is listed twice");
        stated.error_at(("name", &name), 1, message, "delete one")
    })
}

fn load_lock(files: &[RuleFile], catalogue: &Catalogue) -> Result<LockTable, RulesetError> {
    let file = in_folder(files, "locks").next().expect("the built-in table is always there");
    LockTable::load(file, catalogue)
}

fn unknown_action(file: &RuleFile, catalogue: &Catalogue, action: &str) -> RulesetError {
    let hint = match catalogue.nearest(action) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "add it to rules/apis if the API has it".to_owned(),
    };
    file.error_at(("action", action), 0, format!("`{action}` is not a known action"), hint)
}

/// The catalogue that is built in.
///
/// # Panics
/// Never: a test loads the built-in rules.
#[must_use]
pub fn built_in_catalogue() -> Catalogue {
    load_catalogue(&file::built_in()).expect("a test loads the built-in rules")
}
