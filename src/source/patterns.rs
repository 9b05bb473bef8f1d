//! Patterns of paths in `.gitignore`'s syntax, seen from the folder that they are
//! stated in.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Base, relative_path};

/// Patterns that were stated together, of which the last that fits a path decides.
#[derive(Clone, Debug)]
pub struct Patterns {
    matcher: Gitignore,
    /// The folder that they are seen from, from the root of the file system.
    folder: String,
    /// The working directory, likewise.
    working: String,
    /// Whether those that name no folder fit outside of the folder, too.
    everywhere: bool,
}

/// A pattern that does not parse.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{pattern}: {reason}")]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Patterns {
    /// Patterns of the command line: they are seen from the working directory, and
    /// those that name no folder fit everywhere.
    ///
    /// # Errors
    /// The first that does not parse.
    pub fn given<'p>(
        patterns: impl IntoIterator<Item = &'p str>,
        base: &Base,
    ) -> Result<Self, BadPattern> {
        Ok(Self { everywhere: true, ..Self::stated(patterns, "", base)? })
    }

    /// Patterns of a file in a folder, below which they fit.
    ///
    /// # Errors
    /// The first that does not parse.
    pub fn stated<'p>(
        patterns: impl IntoIterator<Item = &'p str>,
        folder: &str,
        base: &Base,
    ) -> Result<Self, BadPattern> {
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        let mut all = Vec::new();
        for pattern in patterns {
            let bad = |reason: ignore::Error| bad(pattern, &reason);
            builder.add_line(None, pattern).map_err(bad)?;
            all.push(pattern);
        }
        let matcher = builder.build().map_err(|reason| bad(&all.join(" "), &reason))?;
        let (folder, working) = (base.whole(folder), base.whole(""));
        Ok(Self { matcher, folder, working, everywhere: false })
    }

    /// Whether they fit a path by itself.
    #[must_use]
    pub fn fit(&self, path: &str, is_folder: bool) -> bool {
        let whole = self.whole(path);
        let path = match self.below(&whole) {
            Some(below) => below,
            None if self.everywhere => whole.trim_start_matches('/'),
            None => "",
        };
        !path.is_empty() && self.matcher.matched(path, is_folder).is_ignore()
    }

    /// Whether they fit the path of a file, or of a folder that it is in below the
    /// one that they are stated in.
    #[must_use]
    pub fn cover(&self, path: &str) -> bool {
        let whole = self.whole(path);
        let Some(below) = self.below(&whole) else { return self.fit(path, false) };
        let found = self.matcher.matched_path_or_any_parents(below, false);
        !below.is_empty() && found.is_ignore()
    }

    fn whole(&self, path: &str) -> String {
        let from = if path.starts_with('/') { "/" } else { &self.working };
        relative_path(from, path)
    }

    fn below<'p>(&self, whole: &'p str) -> Option<&'p str> {
        super::base::below(whole, &self.folder)
    }
}

fn bad(pattern: &str, reason: &ignore::Error) -> BadPattern {
    let reason = match reason {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    BadPattern { pattern: pattern.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base { folder: "/r".to_owned(), working: "a".to_owned(), others: Vec::new() }
    }

    #[test]
    fn stated_patterns_are_seen_from_their_folder() {
        let fits = |pattern: &str, path: &str| {
            Patterns::stated([pattern], "..", &base()).unwrap().cover(path)
        };
        for (pattern, path) in [
            ("a/x.sh", "x.sh"),
            ("/a", "x.sh"),
            ("x.sh", "/r/b/c/x.sh"),
            ("vendor/", "../vendor/a/x.sh"),
            ("a/**", "b/x.sh"),
        ] {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("x.sh", "/x.sh"), ("/x.sh", "x.sh"), ("r", "x.sh"), ("x.sh/", "x.sh")]
        {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn given_patterns_fit_everywhere_by_their_names() {
        let given = |pattern: &str| Patterns::given([pattern], &base()).unwrap();
        assert!(given("x.sh").cover("/elsewhere/x.sh"));
        assert!(!given("elsewhere").cover("/elsewhere/x.sh"));
        assert!(given("b/").cover("b/x.sh"));
        assert!(!given("a").cover("."));
        assert!(Patterns::given(["a["], &base()).is_err());
    }
}
