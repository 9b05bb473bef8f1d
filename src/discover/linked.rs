//! Files that others refer to and that no walk has found: modules in folders
//! elsewhere, those that `terraform init` has put aside, scripts that a
//! configuration reads.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use crate::frontend::{Frontend, Grouping, Link};
use crate::source::{FileId, folder_of, relative_path};

use super::Discovery;
use super::history::{self, Changed};
use super::input::{Age, InputFile, Role};
use super::read::{ReadFile, decode};

/// How many files are read because others refer to them.
const MAX_LINKED: usize = 10_000;

/// Follows what files refer to, each path once.
#[derive(Debug)]
pub struct Follower<'d> {
    discovery: &'d Discovery,
    /// Paths that a front end has read.
    known: HashSet<String>,
    followed: BTreeSet<Link>,
    next: u32,
    left: usize,
}

impl<'d> Follower<'d> {
    /// Starts with the paths that were read.
    #[must_use]
    pub fn new(discovery: &'d Discovery, known: HashSet<String>) -> Self {
        let next = discovery.values.iter().map(|(id, _)| id.0 + 1).max();
        let next = next.unwrap_or_else(|| file_number(discovery.files.len()));
        Self { discovery, known, followed: BTreeSet::new(), next, left: MAX_LINKED }
    }

    /// The files that some files refer to and that were not read yet.
    pub fn next(&mut self, files: &[ReadFile]) -> Vec<InputFile> {
        let mut found = Vec::new();
        for read in files {
            for link in &read.links {
                if self.followed.insert(link.clone()) {
                    self.add(link, read.frontend, &mut found);
                }
            }
        }
        for read in files {
            found.extend(self.module_of(read));
        }
        found
    }

    /// The other files of the folder of one that the user named, if they are read
    /// together. They are not what was asked for, unless changes are.
    fn module_of(&mut self, read: &ReadFile) -> Vec<InputFile> {
        let path = &read.file.path;
        let together = read.named
            && matches!(read.frontend.grouping, Grouping::Folders(_))
            && read.frontend.fit(path).is_some();
        let folder = Link::Folder(folder_of(path).to_owned());
        let mut found = Vec::new();
        if together && self.followed.insert(folder.clone()) {
            self.add(&folder, read.frontend, &mut found);
        }
        for file in found.iter_mut().filter(|_| !self.discovery.compares) {
            file.role = Role::Context;
        }
        found
    }

    fn add(&mut self, link: &Link, frontend: &'static Frontend, found: &mut Vec<InputFile>) {
        match link {
            Link::File(path) => self.add_file(path, Age::Same, frontend, found),
            Link::Folder(folder) => {
                let changed = self.changed(folder);
                let names = read_names(folder).into_iter().chain(gone(&changed, folder));
                for name in names.collect::<BTreeSet<_>>() {
                    let reads = |one: &&'static Frontend| std::ptr::eq(*one, frontend);
                    let path = relative_path(folder, &name);
                    let candidates = self.discovery.selection.candidates(Path::new(&path));
                    if candidates.frontends.iter().any(reads) {
                        let age = age(&changed, &name, Path::new(folder));
                        self.add_file(&path, age, frontend, found);
                    }
                }
            }
        }
    }

    fn add_file(
        &mut self,
        path: &str,
        age: Age,
        frontend: &'static Frontend,
        found: &mut Vec<InputFile>,
    ) {
        let is_there = Path::new(path).is_file() || matches!(age, Age::Gone(_));
        let is_wanted = is_there && !self.discovery.selection.leaves_out_below(Path::new(path));
        if self.left == 0 || !is_wanted || !self.known.insert(path.to_owned()) {
            return;
        }
        self.left -= 1;
        found.push(InputFile {
            id: FileId(self.next),
            shown: path.to_owned(),
            named: false,
            path: path.into(),
            candidates: vec![frontend],
            role: Role::Linked,
            age,
            given: self.staged(path),
        });
        self.next += 1;
    }

    /// What the index has of a file that differs from it, if that is what counts.
    fn staged(&self, path: &str) -> Option<String> {
        let since = self.discovery.since.as_ref()?;
        let folder = folder_of(path);
        let folder = Path::new(if folder.is_empty() { "." } else { folder });
        let mut unstaged = history::unstaged(folder, since).ok()?;
        Some(decode(&unstaged.remove(path.rsplit('/').next()?)??).0.into_owned())
    }

    /// What differs in a folder from the revision that is compared with.
    fn changed(&self, folder: &str) -> Changed {
        let changed = self.discovery.since.as_ref().and_then(|since| {
            let folder = if folder.is_empty() { "." } else { folder };
            // What lies outside of the repository has not changed in it.
            history::changed_since(Path::new(folder), since).ok()
        });
        changed.unwrap_or_default()
    }
}

fn read_names(folder: &str) -> Vec<String> {
    let folder = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = Path::new(folder).read_dir() else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.collect()
}

/// The names of files that a folder had and has no more.
fn gone(changed: &Changed, folder: &str) -> Vec<String> {
    let is_gone = |name: &&String| !name.contains('/') && !Path::new(folder).join(name).exists();
    changed.keys().filter(is_gone).cloned().collect()
}

fn age(changed: &Changed, name: &str, folder: &Path) -> Age {
    match changed.get(name) {
        None => Age::Same,
        Some(None) => Age::New,
        Some(Some(bytes)) => {
            let text = decode(bytes).0.into_owned();
            if folder.join(name).exists() { Age::Changed(text) } else { Age::Gone(text) }
        }
    }
}

/// The number of the file after so many.
pub(super) fn file_number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
