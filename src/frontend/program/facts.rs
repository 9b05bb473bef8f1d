//! What a file says as a whole, which is found out once.

use super::code::{Import, Unit};
use super::dialect::{Dialect, Means};
use super::literal::names_other;
use super::request::VERSION;
use super::thing::Thing;
use crate::source::Source;

/// How many SDKs of other products are told apart by name.
const MOST: usize = 256;

/// What a file says.
#[derive(Debug)]
pub(super) struct Facts {
    /// What the packages mean that it imports.
    means: Vec<Means>,
    /// Whether it imports an SDK for ECS whose clients have a method an action.
    pub(super) imports_ecs: bool,
    /// What it calls the SDKs of other products, in lower case.
    pub(super) foreign: Vec<String>,
    /// Whether it names the version of the API.
    pub(super) names_version: bool,
    /// Whether it names no other version besides.
    pub(super) names_only_version: bool,
}

impl Facts {
    pub(super) fn of(dialect: &Dialect, unit: &Unit, source: &Source<'_>) -> Self {
        let means = |import: &Import| dialect.imports(import);
        let mut imported = Vec::new();
        for found in unit.imports.iter().filter_map(means) {
            if !imported.contains(&found) {
                imported.push(found);
            }
        }
        let foreign = unit.imports.iter().filter(|import| means(import) == Some(Means::Foreign));
        let foreign = foreign.filter_map(|import| import.name.as_ref());
        let text = source.text.as_bytes();
        Self {
            imports_ecs: imported.iter().any(|it| matches!(it, Means::Ecs | Means::Positional)),
            means: imported,
            foreign: foreign.map(|name| name.to_ascii_lowercase()).take(MOST).collect(),
            names_version: memchr::memmem::find(text, VERSION.as_bytes()).is_some(),
            names_only_version: names_only_version(&source.text),
        }
    }

    /// Whether it imports something of a package that means this.
    pub(super) fn imports(&self, means: Means) -> bool {
        self.means.contains(&means)
    }
}

fn names_only_version(text: &str) -> bool {
    let starts = memchr::memmem::find_iter(text.as_bytes(), b"'20")
        .chain(memchr::memmem::find_iter(text.as_bytes(), b"\"20"));
    let quoted = starts.filter_map(|at| text.get(at + 1..at + 1 + VERSION.len()));
    let mut versions = quoted.filter(|it| is_version(it));
    let first = versions.next();
    first.is_some_and(|first| first == VERSION && versions.all(|it| it == VERSION))
}

fn is_version(text: &str) -> bool {
    text == VERSION || names_other(&Thing::known(text, 0..0))
}
