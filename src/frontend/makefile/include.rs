//! Makefiles that others include: what their variables stand for holds there, too.

use std::collections::HashSet;

use super::read::Makefile;
use crate::frontend::Link;
use crate::source::{Source, folder_of, relative_path};

/// How a line begins that includes files.
const DIRECTIVES: [&str; 3] = ["include ", "-include ", "sinclude "];

/// How many files a makefile includes, and those do.
const MOST_INCLUDED: usize = 64;

/// The makefiles of texts, each with the variables of those that it includes.
pub(super) fn with_variables<'s>(sources: &'s [Source<'_>]) -> Vec<Makefile<'s>> {
    let mut makefiles: Vec<Makefile<'s>> = sources.iter().map(Makefile::read).collect();
    let plain: Vec<_> = makefiles.iter().map(|makefile| makefile.variables.clone()).collect();
    for (number, makefile) in makefiles.iter_mut().enumerate() {
        for other in included(number, sources) {
            makefile.variables.take_in(&plain[other]);
        }
    }
    makefiles
}

/// The numbers of the texts that one includes, and those that these do.
fn included(number: usize, sources: &[Source<'_>]) -> Vec<usize> {
    let mut seen = HashSet::from([number]);
    let mut found = Vec::new();
    let mut open = vec![number];
    // Names start from the folder that make runs in, or from that of the file.
    let top = folder_of(&sources[number].path);
    while let Some(at) = open.pop() {
        let folder = folder_of(&sources[at].path);
        for name in names(&sources[at].text) {
            let paths = [relative_path(top, name), relative_path(folder, name)];
            let other =
                sources.iter().position(|source| paths.iter().any(|path| source.path == *path));
            if let Some(other) = other.filter(|_| found.len() < MOST_INCLUDED)
                && seen.insert(other)
            {
                found.push(other);
                open.push(other);
            }
        }
    }
    found
}

/// The files that a text includes.
pub(super) fn links(text: &str) -> Vec<Link> {
    names(text).map(|name| Link::File(name.to_owned())).collect()
}

/// Their names, as far as make does not expand them.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let lists = text
        .lines()
        .map(|line| line.trim_start_matches(' '))
        .filter_map(|line| DIRECTIVES.iter().find_map(|start| line.strip_prefix(start)));
    let words =
        lists.flat_map(|list| list.split('#').next().unwrap_or_default().split_whitespace());
    words.filter(|word| !word.contains(['$', '*', '%', '?'])).take(MOST_INCLUDED)
}
