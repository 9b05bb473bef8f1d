//! Which files are read, and by which front end: the names that front ends know,
//! and what the user says besides.

use std::path::{Component, Path};

use crate::frontend::{self, FRONTENDS, Frontend};
use crate::source::Patterns;

/// What the user says of the choice of files.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// What is left out.
    pub exclude: Vec<Patterns>,
    /// The front ends that read no files of their own.
    pub off: Vec<&'static Frontend>,
    /// Names of files that a front end reads, whatever else is known of them.
    pub names: Vec<(Patterns, &'static Frontend)>,
}

/// The front ends that may read a file.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) frontends: Vec<&'static Frontend>,
    /// Whether the user said which one reads it.
    pub(super) chosen: bool,
}

impl Candidates {
    pub(super) fn only(frontend: &'static Frontend) -> Self {
        Self { frontends: vec![frontend], chosen: true }
    }

    pub(super) fn are_none(&self) -> bool {
        self.frontends.is_empty()
    }
}

impl Selection {
    /// Whether a file or folder is left out by itself.
    pub(super) fn leaves_out(&self, path: &Path, is_folder: bool) -> bool {
        let shown = shown(path);
        self.exclude.iter().any(|patterns| patterns.fit(&shown, is_folder))
    }

    /// Whether a file is left out, or a folder that it is in.
    pub(super) fn leaves_out_below(&self, path: &Path) -> bool {
        let shown = shown(path);
        self.exclude.iter().any(|patterns| patterns.cover(&shown))
    }

    /// The front ends that may read a file of this name. A name without an
    /// extension may be a script's.
    pub(super) fn candidates(&self, path: &Path) -> Candidates {
        let shown = shown(path);
        let mut named = self.names.iter().filter(|(patterns, _)| patterns.cover(&shown));
        if let Some((_, frontend)) = named.next_back() {
            return Candidates::only(frontend);
        }
        let mut frontends = frontend::named_for(&shown);
        if frontends.is_empty() && path.extension().is_none() {
            let interprets = |one: &&'static Frontend| !one.interpreters.is_empty();
            frontends = FRONTENDS.iter().copied().filter(interprets).collect();
        }
        frontends.retain(|frontend| self.is_on(frontend));
        Candidates { frontends, chosen: false }
    }

    /// The front ends that may read a text without a name.
    pub(super) fn all(&self) -> Candidates {
        let frontends = FRONTENDS.iter().copied().filter(|frontend| self.is_on(frontend));
        Candidates { frontends: frontends.collect(), chosen: false }
    }

    fn is_on(&self, frontend: &'static Frontend) -> bool {
        !self.off.iter().any(|off| std::ptr::eq(*off, frontend))
    }
}

/// A path as it is shown: `/`-separated, without `.` at its start.
pub(super) fn shown(path: &Path) -> String {
    let path = match path.components().next() {
        Some(Component::CurDir) => path.strip_prefix(".").unwrap_or(path),
        _ => path,
    };
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}
