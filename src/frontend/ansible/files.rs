//! The files of a unit and how they refer to each other: playbooks, task files,
//! and the parts of roles.

use std::collections::{HashMap, HashSet};

use super::recognise::short;
use crate::frontend::Link;
use crate::frontend::template::{self, Item, Tree};
use crate::source::{FileId, Source, Span, folder_of, relative_path};

/// What tasks bring other task files in with.
const TASK_FILES: &[&str] = &["include_tasks", "import_tasks", "include"];

/// What tasks bring roles in with.
const ROLES: &[&str] = &["include_role", "import_role"];

/// The roles that run before one, in its `meta`.
pub(super) const DEPENDENCIES: &str = "dependencies";

/// Where roles may be, seen from a playbook and from a role's tasks.
const ROLE_FOLDERS: &[&str] = &["roles", "../roles", "../..", "../../roles"];

/// How the name of a file may end.
const ENDINGS: &[&str] = &["", ".yml", ".yaml"];

/// The longest text whose references are followed, in bytes.
const LONGEST: usize = 1 << 20;

/// Variables of every host, seen from a playbook.
const GROUP_VARS: &[&str] = &["group_vars/all", "group_vars/all.yml", "group_vars/all.yaml"];

/// The files of a unit.
#[derive(Debug)]
pub(super) struct Files<'t> {
    sources: &'t [Source<'t>],
    trees: &'t [Tree<'t>],
    by_path: HashMap<&'t str, usize>,
}

/// A part of a role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Tasks,
    Handlers,
    Defaults,
    Vars,
    Meta,
}

impl Part {
    const ALL: [Self; 5] = [Self::Tasks, Self::Handlers, Self::Defaults, Self::Vars, Self::Meta];

    fn folder(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Handlers => "handlers",
            Self::Defaults => "defaults",
            Self::Vars => "vars",
            Self::Meta => "meta",
        }
    }
}

impl<'t> Files<'t> {
    /// The files of a unit, with their trees.
    pub(super) fn new(sources: &'t [Source<'t>], trees: &'t [Tree<'t>]) -> Self {
        let paths = sources.iter().enumerate().map(|(index, source)| (&*source.path, index));
        Self { sources, trees, by_path: paths.collect() }
    }

    /// The lists and mappings at the top of a file.
    pub(super) fn documents(&self, file: usize) -> impl Iterator<Item = Item<'t>> + use<'t> {
        self.trees[file].documents()
    }

    /// The text of a file.
    pub(super) fn text(&self, file: usize) -> &'t str {
        &self.sources[file].text
    }

    /// The span of a whole file.
    pub(super) fn whole(&self, file: usize) -> Span {
        self.sources[file].span(0..self.sources[file].text.len())
    }

    /// The files that no other one brings in, playbooks first.
    pub(super) fn entries(&self) -> Vec<usize> {
        let mut brought = HashSet::new();
        for file in 0..self.sources.len() {
            for reference in self.documents(file).flat_map(references) {
                brought.extend(self.find(file, &reference).filter(|other| *other != file));
            }
        }
        let is_playbook = |file: &usize| self.documents(*file).any(is_playbook);
        let is_list = |file: &usize| self.documents(*file).any(Item::is_sequence);
        let own = (0..self.sources.len()).filter(|file| !brought.contains(file));
        let (mut playbooks, others): (Vec<_>, Vec<_>) = own.partition(is_playbook);
        playbooks.extend(others.into_iter().filter(is_list));
        playbooks
    }

    /// The file that a reference in another one leads to.
    pub(super) fn find(&self, from: usize, reference: &Reference) -> Option<usize> {
        let folder = folder_of(&self.sources[from].path);
        let mut paths = reference.paths().into_iter();
        paths.find_map(|path| self.by_path.get(&*relative_path(folder, &path)).copied())
    }
}

/// What a text may refer to.
pub(super) fn links(text: &str) -> Vec<Link> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let source = Source::file(FileId(0), "", text);
    let tree = template::parse(&source);
    let mut links: Vec<Link> = Vec::new();
    for document in tree.documents() {
        let paths = references(document).into_iter().flat_map(|one| one.paths());
        links.extend(paths.map(Link::File));
        if is_playbook(document) {
            links.extend(GROUP_VARS.iter().map(|path| Link::File((*path).to_owned())));
        }
    }
    links
}

/// Whether the top of a document is a list of plays.
pub(super) fn is_playbook(document: Item<'_>) -> bool {
    document.items().any(is_play)
}

/// Whether an item of a list is a play or a playbook that is brought in.
pub(super) fn is_play(item: Item<'_>) -> bool {
    item.get("hosts").is_some() || imported_playbook(item).is_some()
}

/// The playbook that an item of a list brings in.
pub(super) fn imported_playbook(item: Item<'_>) -> Option<&str> {
    let mut entries = item.entries();
    let entry = entries.find(|entry| entry.key.text().map(short) == Some("import_playbook"))?;
    entry.value.text()
}

/// What a file refers to.
#[derive(Clone, Debug)]
pub(super) enum Reference {
    /// A file by its path.
    File(String),
    /// A file of a role: the role, the part of it, and the file's name.
    Role(String, Part, String),
    /// A part of the role that a task file belongs to.
    Own(Part),
    /// The variables of all hosts.
    GroupVars,
}

impl Reference {
    /// Where it may lead, seen from the folder of the file that has it.
    fn paths(&self) -> Vec<String> {
        match self {
            Self::File(path) => vec![path.clone(), format!("tasks/{path}"), format!("vars/{path}")],
            Self::Role(role, part, file) => {
                let part = part.folder();
                let folders = ROLE_FOLDERS.iter();
                let stems = folders.map(|folder| format!("{folder}/{role}/{part}/{file}"));
                stems.flat_map(|stem| with_endings(&stem)).collect()
            }
            Self::Own(part) => with_endings(&format!("../{}/main", part.folder())),
            Self::GroupVars => GROUP_VARS.iter().map(|path| (*path).to_owned()).collect(),
        }
    }
}

fn with_endings(stem: &str) -> Vec<String> {
    ENDINGS.iter().map(|ending| format!("{stem}{ending}")).collect()
}

/// Everything that a document refers to.
fn references(document: Item<'_>) -> Vec<Reference> {
    let mut found = Vec::new();
    if document.is_sequence() && !is_playbook(document) {
        found.extend(Part::ALL[1..].iter().map(|part| Reference::Own(*part)));
    }
    collect(document, &mut found);
    found
}

/// Recursion goes no deeper than the tree is high.
fn collect(item: Item<'_>, found: &mut Vec<Reference>) {
    item.items().for_each(|one| collect(one, found));
    for entry in item.entries() {
        let key = entry.key.text().map_or("", short);
        let value = entry.value;
        if key == "import_playbook" || TASK_FILES.contains(&key) {
            found.extend(task_file(value).map(Reference::File));
        } else if ROLES.contains(&key) {
            let file = value.get_text("tasks_from").unwrap_or("main");
            found.extend(value.get_text("name").into_iter().flat_map(|name| role(name, file)));
        } else if key == "roles" || key == DEPENDENCIES {
            let roles = value.items().filter_map(role_name);
            found.extend(roles.flat_map(|name| role(name, "main")));
        } else if key == "vars_files" {
            let files = value.items().filter_map(Item::text);
            found.extend(files.map(|file| Reference::File(file.to_owned())));
        }
        collect(value, found);
    }
}

/// The path that a task brings in: `a.yml`, `a.yml x=1`, `file: a.yml`.
pub(super) fn task_file(value: Item<'_>) -> Option<String> {
    let text = value.text().or_else(|| value.get_text("file"))?;
    let is_known = !text.contains("{{");
    let path = text.split_whitespace().next().filter(|_| is_known)?;
    Some(path.to_owned())
}

/// The name of a role in a list of roles.
pub(super) fn role_name(item: Item<'_>) -> Option<&str> {
    item.text().or_else(|| item.get_text("role")).or_else(|| item.get_text("name"))
}

/// The files of a role; `file` is that of its tasks.
fn role(name: &str, file: &str) -> Vec<Reference> {
    if name.contains("{{") {
        return Vec::new();
    }
    Part::ALL.iter().map(|part| role_part(name, *part, file)).collect()
}

/// A file of a role.
pub(super) fn role_part(name: &str, part: Part, file: &str) -> Reference {
    let file = if part == Part::Tasks { file } else { "main" };
    Reference::Role(name.to_owned(), part, file.to_owned())
}
