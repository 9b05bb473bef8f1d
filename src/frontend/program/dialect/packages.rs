//! What the paths of packages mean to a language.

use super::super::code::Import;
use super::{Dialect, Means, Package};

impl Dialect {
    /// What the package of a path means.
    pub(in crate::frontend) fn means(&self, path: &str) -> Option<Means> {
        let path = path.trim_start_matches(['.', '\\', '/']);
        let fits = |package: &&Package| path.starts_with(package.path);
        let known = self.packages.iter().find(fits).or_else(|| self.copied(path));
        known.map(|package| package.means).or_else(|| self.means_own(path))
    }

    /// An SDK that others than its maker publish: its clients take what the API
    /// takes one by one.
    fn means_own(&self, path: &str) -> Option<Means> {
        let fits = |(word, rest): &(&str, &str)| {
            path.split_once(rest).is_some_and(|(before, _)| before.contains(word))
        };
        self.own_sdks.iter().any(fits).then_some(Means::Positional)
    }

    /// A copy of an SDK in a program's own folders.
    fn copied(&self, path: &str) -> Option<&Package> {
        // Short names are words like others.
        const SHORTEST: usize = 8;
        let parts = path.match_indices(['.', '/', '\\']).map(|(at, _)| &path[at + 1..]);
        let parts: Vec<&str> = parts.filter(|part| part.len() >= SHORTEST).collect();
        self.packages.iter().filter(|package| package.path.len() >= SHORTEST).find(|package| {
            // Most paths have few parts; a search of each package in all of it costs more.
            parts.iter().any(|part| part.starts_with(package.path))
        })
    }

    /// What the package of an import means.
    pub(in crate::frontend) fn imports(&self, import: &Import) -> Option<Means> {
        self.means(&format!("{}.", import.path))
    }
}
