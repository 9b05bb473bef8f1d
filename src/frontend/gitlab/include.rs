//! Files that a file includes from its repository: what they say counts in it.

use crate::frontend::Link;
use crate::frontend::template::{self, Item, Tree};
use crate::source::{FileId, Source};

/// The key that names files, and the one for those of the same repository.
const INCLUDE: &str = "include";
const LOCAL: &str = "local";

/// How far up the top of the repository is looked for.
const ABOVE: [&str; 4] = ["", "../", "../../", "../../../"];

/// The longest text whose includes are followed, in bytes.
const LONGEST: usize = 1 << 20;

/// How many files are read with one.
const MOST: usize = 64;

/// The files that a text may include: their paths start at the top of the
/// repository, which is some folders up.
pub(super) fn links(text: &str) -> Vec<Link> {
    if text.len() > LONGEST || template::top_level_key(text, INCLUDE).is_none() {
        return Vec::new();
    }
    let source = Source::file(FileId(0), "", text);
    let tree = template::parse(&source);
    tree.documents().flat_map(paths).map(Link::File).collect()
}

fn paths(top: Item<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let include = top.get(INCLUDE);
    let listed = include.into_iter().flat_map(Item::items);
    for one in listed.chain(include.filter(|include| !include.is_sequence())) {
        let local = one.get(LOCAL).unwrap_or(one);
        let texts = local.items().chain([local]).filter_map(Item::text);
        let is_path = |text: &&str| !text.contains(['*', '$', ':']) && !text.is_empty();
        for text in texts.filter(is_path) {
            let path = text.trim_start_matches('/');
            found.extend(ABOVE.iter().map(|above| format!("{above}{path}")));
        }
    }
    found
}

/// The tops of the files that one is read with: those that it includes, and those
/// that include it or another of them.
pub(super) fn with<'t>(number: usize, trees: &'t [Tree<'t>]) -> Vec<Item<'t>> {
    let others = (0..trees.len()).filter(|other| *other != number).take(MOST);
    others.flat_map(|other| trees[other].documents()).collect()
}
