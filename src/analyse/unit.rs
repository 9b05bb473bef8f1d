//! Groups files that are lowered together: those of a folder, with those of the
//! folders that they refer to, or files that refer to each other.

use std::collections::BTreeMap;

use crate::discover::ReadFile;
use crate::frontend::Grouping;
use crate::source::folder_of;

/// The units of files of which any can matter, in the order of their first files.
pub(super) fn group(files: Vec<ReadFile>) -> Vec<Vec<ReadFile>> {
    let mut folders = Folders::default();
    for read in &files {
        let folder = folders.number(read.frontend.name, place_of(read));
        let alone = matches!(read.frontend.grouping, Grouping::Linked(_));
        for link in &read.links {
            let place = if alone { link.path() } else { link.folder() };
            let linked = folders.number(read.frontend.name, place);
            folders.unite(folder, linked);
        }
    }
    let mut units: BTreeMap<usize, Vec<ReadFile>> = BTreeMap::new();
    for read in files {
        let folder = folders.number(read.frontend.name, place_of(&read));
        units.entry(folders.root(folder)).or_default().push(read);
    }
    units.into_values().filter(|unit| unit.iter().any(ReadFile::matters)).collect()
}

/// What decides with which files one is grouped: its folder, or itself.
fn place_of(read: &ReadFile) -> &str {
    match read.frontend.grouping {
        Grouping::Linked(_) => &read.file.path,
        Grouping::Folders(_) | Grouping::File => folder_of(&read.file.path),
    }
}

/// Folders, or files, of front ends as disjoint sets.
#[derive(Default)]
struct Folders {
    numbers: BTreeMap<(&'static str, String), usize>,
    parents: Vec<usize>,
}

impl Folders {
    fn number(&mut self, frontend: &'static str, folder: &str) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry((frontend, folder.to_owned())).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }

    fn root(&mut self, mut folder: usize) -> usize {
        while self.parents[folder] != folder {
            let grandparent = self.parents[self.parents[folder]];
            self.parents[folder] = grandparent;
            folder = grandparent;
        }
        folder
    }

    fn unite(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right)] = left.min(right);
    }
}
