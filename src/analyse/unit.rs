//! Groups files that are lowered together: those of a folder, with those of the
//! folders that they refer to.

use std::collections::BTreeMap;

use crate::discover::ReadFile;
use crate::frontend::Grouping;

/// The units of files, in the order of their first files.
pub(super) fn group(files: Vec<ReadFile>) -> Vec<Vec<ReadFile>> {
    let mut folders = Folders::default();
    for read in &files {
        let folder = folders.number(read.frontend.name, folder_of(&read.file.path));
        let Grouping::Folders(links) = read.frontend.grouping else { continue };
        for link in links(&read.file.text) {
            let linked = join(folder_of(&read.file.path), &link);
            let linked = folders.number(read.frontend.name, &linked);
            folders.unite(folder, linked);
        }
    }
    let mut units: BTreeMap<usize, Vec<ReadFile>> = BTreeMap::new();
    for read in files {
        let folder = folders.number(read.frontend.name, folder_of(&read.file.path));
        units.entry(folders.root(folder)).or_default().push(read);
    }
    units.into_values().collect()
}

/// The folder of a path, without a `/` at the end.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative path from a folder, with `.` and `..` resolved.
fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// Folders of front ends as disjoint sets.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_resolved() {
        assert_eq!(join("a/b", "../c"), "a/c");
        assert_eq!(join("", "./modules/web/"), "modules/web");
        assert_eq!(join("a", "../../b"), "../b");
        assert_eq!(join("/a", "./b"), "/a/b");
    }
}
