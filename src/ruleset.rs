//! Loads `rules/`: the API catalogue, the lock table, the bindings and the
//! finding rules. All are data; a mistake in them is an error that names file,
//! line and remedy.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalogue::{ApiAction, Catalogue, nearest};

mod binding;
mod condition;
mod file;
mod lock;
mod rule;
mod schema;

pub use binding::{Bindings, BoundCall, ResourceType};
pub use condition::{
    Condition, Direction, Facts, Relation, Route, Subject, TargetRelation, Trait, Traits,
};
pub use file::{RuleFile, RuleText, RulesetError};
pub use lock::{Impact, LockRow, LockTable, RowCondition};
pub use rule::{Example, Examples, PLACEHOLDERS, Persona, Rule, Scope, Severity};
pub use schema::{Kind, schema};

/// Everything that the linter knows.
#[derive(Debug)]
pub struct Ruleset {
    /// The actions of the API.
    pub catalogue: Catalogue,
    /// What the lock does to them.
    pub lock: LockTable,
    /// What declared resources call; the built-in ones are read when the first
    /// resource asks, since most inputs declare none.
    bindings: OnceLock<Bindings>,
    /// What is reported, in the order of the ids.
    pub rules: Vec<Rule>,
}

#[derive(Deserialize, schemars::JsonSchema)]
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
        Self::load_with(folders, &BTreeMap::new())
    }

    /// The same, with the files of these paths and texts laid over them all.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_with<P: AsRef<Path>>(
        folders: &[P],
        texts: &BTreeMap<String, String>,
    ) -> Result<Self, RulesetError> {
        let mut files = file::built_in();
        for folder in folders {
            file::overlay(&mut files, folder.as_ref())?;
        }
        file::overlay_texts(&mut files, texts);
        Self::from_files(&files)
    }

    /// Builds a ruleset from the texts of its files.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_files(files: &[RuleFile]) -> Result<Self, RulesetError> {
        let mut mistakes = Vec::new();
        let ruleset = read(files, &mut mistakes);
        match mistakes.into_iter().next() {
            Some(first) => Err(first),
            None => ruleset,
        }
    }

    /// Every mistake that can be told at once in the files of folders, laid over
    /// the built-in rules.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn mistakes<P: AsRef<Path>>(folders: &[P]) -> Result<Vec<RulesetError>, RulesetError> {
        let mut files = file::built_in();
        for folder in folders {
            file::overlay(&mut files, folder.as_ref())?;
        }
        let mut mistakes = Vec::new();
        let last = read(&files, &mut mistakes).err();
        mistakes.extend(last);
        Ok(mistakes)
    }

    /// The ids of the finding rules that folders hold.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn rules_in<P: AsRef<Path>>(folders: &[P]) -> Result<Vec<String>, RulesetError> {
        let mut files = Vec::new();
        for folder in folders {
            file::overlay(&mut files, folder.as_ref())?;
        }
        let id = |file: &RuleFile| {
            Some(file.path.strip_prefix("findings/")?.strip_suffix(".yaml")?.to_owned())
        };
        Ok(files.iter().filter_map(id).collect())
    }

    /// What declared resources call.
    ///
    /// # Panics
    /// Never: a test loads the built-in bindings.
    #[must_use]
    pub fn bindings(&self) -> &Bindings {
        self.bindings.get_or_init(|| {
            let (bindings, mistakes) = load_bindings(&file::built_in(), &self.catalogue);
            assert!(mistakes.is_empty(), "a test loads the built-in bindings");
            bindings
        })
    }

    /// The rule of an id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// The folders below a rule folder, one for each kind of file.
const FOLDERS: [&str; 4] = ["apis", "bindings", "findings", "locks"];

/// Reads the files. What is wrong in a file that the others do without goes to
/// `mistakes`.
fn read(files: &[RuleFile], mistakes: &mut Vec<RulesetError>) -> Result<Ruleset, RulesetError> {
    let is_stray = |file: &&RuleFile| !FOLDERS.iter().any(|folder| file.is_in(folder));
    mistakes.extend(files.iter().filter(is_stray).map(stray));
    let catalogue = load_catalogue(files)?;
    let lock = load_lock(files, &catalogue)?;
    let bindings = OnceLock::new();
    if !in_folder(files, "bindings").all(RuleFile::is_built_in) {
        let (read, wrong) = load_bindings(files, &catalogue);
        mistakes.extend(wrong);
        bindings.get_or_init(|| read);
    }
    let mut rules = Vec::new();
    for file in in_folder(files, "findings") {
        match Rule::load(file, &catalogue) {
            Ok(rule) => rules.push(rule),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let ruleset = Ruleset { catalogue, lock, bindings, rules };
    if mistakes.is_empty() {
        mistakes.extend(files.iter().filter_map(|file| unknown_taken(file, &ruleset)));
    }
    Ok(ruleset)
}

fn stray(file: &RuleFile) -> RulesetError {
    let hint = format!("put it into one of {}", FOLDERS.join(", "));
    file.error_at(("", ""), 0, "the folder says what kind of rule file it is".to_owned(), hint)
}

/// A rule that takes findings of one that there is not.
fn unknown_taken(file: &RuleFile, ruleset: &Ruleset) -> Option<RulesetError> {
    let rule = ruleset.rules.iter().find(|rule| rule.is_from(file))?;
    let unknown = rule.takes.iter().find(|taken| ruleset.rule(taken).is_none())?;
    let message = format!("takes findings of `{unknown}`, which is no rule");
    let known = nearest(unknown, ruleset.rules.iter().map(|rule| rule.id.as_str()));
    let hint = known.map_or_else(
        || "`ecs-lock-lint rules` lists the rules".to_owned(),
        |nearest| format!("did you mean `{nearest}`?"),
    );
    Some(file.error_at(("id", &rule.id), 0, message, hint))
}

fn in_folder<'a>(files: &'a [RuleFile], folder: &'a str) -> impl Iterator<Item = &'a RuleFile> {
    files.iter().filter(move |file| file.is_in(folder))
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

/// The bindings, and what is wrong with them.
fn load_bindings(files: &[RuleFile], catalogue: &Catalogue) -> (Bindings, Vec<RulesetError>) {
    let mut bindings = Bindings::default();
    let mut load = |file| bindings.load(file, catalogue).err();
    let mistakes = in_folder(files, "bindings").filter_map(&mut load).collect();
    (bindings, mistakes)
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
