//! What a file says as a whole, which is found out once.

use std::collections::{HashMap, HashSet};

use super::code::{Field, Function, Import, Unit};
use super::dialect::{Dialect, Means};
use super::literal::names_other;
use super::looked::Looked;
use super::request::{EARLIER, ENDPOINT, VERSION};
use super::thing::{Name, Thing};
use crate::source::{Source, Span};

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
    /// Whether the versions that it quotes are all of the API; none if there is none.
    pub(super) quotes_own: Option<bool>,
    /// Where each class's field of a name stands among its fields.
    fields: HashMap<(usize, Name), usize>,
    /// Where the functions stand that give nothing back.
    pub(super) silent: HashSet<Span>,
    /// What becomes of what its functions return.
    pub(super) looked: Looked,
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
        let silent = unit.functions.iter().filter(|it: &&Function| it.returns.is_empty());
        Self {
            imports_ecs: imported.iter().any(|it| matches!(it, Means::Ecs | Means::Positional)),
            means: imported,
            foreign: foreign.map(|name| name.to_ascii_lowercase()).take(MOST).collect(),
            names_version: memchr::memmem::find(text, VERSION.as_bytes()).is_some(),
            quotes_own: quotes_own(&source.text),
            fields: fields(unit),
            looked: Looked::of(unit, &source.text),
            silent: silent.map(|function| source.span(function.at.clone())).collect(),
        }
    }

    /// A field that a class declares itself.
    pub(super) fn field<'c>(&self, unit: &'c Unit, class: usize, name: &Name) -> Option<&'c Field> {
        let at = *self.fields.get(&(class, name.clone()))?;
        unit.classes.get(class)?.fields.get(at)
    }

    /// Whether it imports something of a package that means this.
    pub(super) fn imports(&self, means: Means) -> bool {
        self.means.contains(&means)
    }
}

/// The fields of each class by name; the first one of a name.
fn fields(unit: &Unit) -> HashMap<(usize, Name), usize> {
    let mut fields = HashMap::new();
    for (number, class) in unit.classes.iter().enumerate() {
        for (at, field) in class.fields.iter().enumerate() {
            fields.entry((number, field.name.clone())).or_insert(at);
        }
    }
    fields
}

fn quotes_own(text: &str) -> Option<bool> {
    let own = versions(text).map(|version| is_own(text, version));
    own.reduce(|all, one| all && one)
}

/// Whether a version is one of the API's; the one before needs its host as well.
fn is_own(text: &str, version: &str) -> bool {
    version == VERSION || version == EARLIER && text.contains(ENDPOINT)
}

/// The versions that are written in quotes.
fn versions(text: &str) -> impl Iterator<Item = &str> {
    let starts = memchr::memmem::find_iter(text.as_bytes(), b"'20")
        .chain(memchr::memmem::find_iter(text.as_bytes(), b"\"20"));
    let quoted = starts.filter_map(|at| {
        let rest = text.get(at + 1 + VERSION.len()..)?;
        // A time of day may follow a date, and makes it no version.
        let ends = rest.starts_with(['\'', '"']);
        text.get(at + 1..at + 1 + VERSION.len()).filter(|_| ends)
    });
    quoted.filter(|it| is_version(it))
}

fn is_version(text: &str) -> bool {
    text == VERSION || text == EARLIER || names_other(&Thing::known(text, 0..0))
}
