//! Paths that do not depend on where the tool runs: as seen from the top of the
//! repository.

use super::relative_path;

/// The folder that the readers of a report take its paths from: the top of the
/// repository, or the working directory where there is none.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Its path; empty if it is not known.
    pub folder: String,
    /// The working directory as seen from it: `infra/prod`, or empty.
    pub working: String,
    /// The tops of other repositories that the user named paths in.
    pub others: Vec<String>,
}

impl Base {
    /// A path of a report as seen from the folder.
    #[must_use]
    pub fn seen(&self, path: &str) -> String {
        if let Some(below) = below(&self.whole(path), &self.folder) {
            return below.to_owned();
        }
        if path.starts_with('/') { path.to_owned() } else { relative_path(&self.working, path) }
    }

    /// A path as seen from the top of the repository that it is in, which is the
    /// same from wherever the tool runs.
    #[must_use]
    pub fn lasting(&self, path: &str) -> String {
        let seen = self.seen(path);
        let is_outside = seen.starts_with('/') || seen == ".." || seen.starts_with("../");
        if !is_outside {
            return seen;
        }
        let whole = self.whole(path);
        let others = self.others.iter().filter_map(|top| below(&whole, top));
        others.min_by_key(|below| below.len()).map_or(seen, str::to_owned)
    }

    /// A path from the root of the file system, if the folder is known.
    #[must_use]
    pub fn whole(&self, path: &str) -> String {
        if path.starts_with('/') {
            return relative_path("/", path);
        }
        let working = relative_path(&self.folder, &self.working);
        relative_path(&working, path)
    }
}

/// A path as seen from a folder that it is in.
pub(super) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return None;
    }
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_however_it_is_given() {
        let from = |working: &str| Base {
            folder: "/r".to_owned(),
            working: working.to_owned(),
            others: Vec::new(),
        };
        for path in ["a.sh", "./a.sh", "../r/a.sh", "/r/a.sh", "/r/./a.sh", "b/../a.sh"] {
            assert_eq!(from("").lasting(path), "a.sh", "{path}");
        }
        for path in ["../a.sh", "/r/a.sh", ".././a.sh"] {
            assert_eq!(from("b").lasting(path), "a.sh", "{path}");
        }
        assert_eq!(from("b").lasting("../../c"), "../c");
        assert_eq!(from("").lasting("/rest/a.sh"), "/rest/a.sh");
        assert_eq!(from("b").lasting(".."), "");
    }

    #[test]
    fn a_path_in_another_repository_is_seen_from_its_top() {
        let others = vec!["/x/r".to_owned()];
        let base = Base { folder: "/x/w".to_owned(), working: String::new(), others };
        for path in ["../r/a.sh", "/x/r/a.sh"] {
            assert_eq!(base.lasting(path), "a.sh", "{path}");
        }
        assert_eq!(base.seen("../r/a.sh"), "../r/a.sh");
    }

    #[test]
    fn without_a_folder_paths_stay_as_they_are() {
        assert_eq!(Base::default().lasting("./a/b.sh"), "a/b.sh");
        assert_eq!(Base::default().lasting("/a/b.sh"), "/a/b.sh");
    }
}
