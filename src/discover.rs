//! Finds the files to read, tells which front end reads each, and reads them.
//! The only stage that touches inputs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use crate::frontend::{self, FRONTENDS, Frontend};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Declaration;
use crate::source::{FileId, SourceFile};

mod history;
mod input;
mod linked;
mod tracked;

pub use history::BadRevision;
pub use input::{Age, InputFile, ReadFile};
pub use linked::Follower;

use input::{decode, describe, unrecognised};

/// What to look through.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Files and folders, as the user named them; `-` is the standard input.
    pub paths: Vec<PathBuf>,
    /// Patterns, in `.gitignore`'s syntax, of what to leave out.
    pub exclude: Vec<String>,
    /// The front end to use for files named directly and for the standard input,
    /// whatever their names.
    pub frontend: Option<&'static Frontend>,
    /// The name under which the standard input is known.
    pub stdin_name: Option<String>,
    /// Files with Terraform states.
    pub states: Vec<PathBuf>,
    /// Files with values of Terraform variables, later ones counting more.
    pub var_files: Vec<PathBuf>,
    /// The git revision since which changes are of interest; none for all there is.
    pub since: Option<String>,
}

/// What was found.
#[derive(Debug)]
pub struct Discovery {
    /// The files, sorted by path.
    pub files: Vec<InputFile>,
    /// Problems of single paths.
    pub problems: Vec<(String, Problem)>,
    /// Whether a path that the user named is among the problems.
    pub named_unreadable: bool,
    /// Whether the inputs are compared with an earlier version.
    pub compares: bool,
    /// The resources that the given states say exist.
    pub existing: Vec<Declaration>,
    /// The given files with values of variables, in the order in which they count.
    pub values: Vec<(FileId, SourceFile)>,
    excludes: Override,
    since: Option<String>,
}

impl Discovery {
    fn new(excludes: Override, since: Option<String>) -> Self {
        Self {
            files: Vec::new(),
            problems: Vec::new(),
            named_unreadable: false,
            compares: false,
            existing: Vec::new(),
            values: Vec::new(),
            excludes,
            since,
        }
    }
}

/// Why the inputs could not be told.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// An exclude pattern that does not parse.
    #[error(transparent)]
    Pattern(#[from] BadPattern),
    /// A revision that cannot be compared with.
    #[error(transparent)]
    Revision(#[from] BadRevision),
    /// A state that cannot be read.
    #[error(
        "--state {path}: {reason}; give terraform.tfstate, or what `terraform show -json` prints"
    )]
    State {
        /// Its path.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A file with values of variables that cannot be read.
    #[error("--var-file {path}: {reason}")]
    Values {
        /// Its path.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

/// A pattern of `--exclude` that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("--exclude {pattern}: {reason}")]
pub struct BadPattern {
    pattern: String,
    reason: String,
}

/// Walks the inputs.
///
/// # Errors
/// An exclude pattern that does not parse; a revision that git does not know.
pub fn discover(inputs: &Inputs) -> Result<Discovery, DiscoverError> {
    let excludes = overrides(&inputs.exclude)?;
    let discovery = Discovery::new(excludes.clone(), inputs.since.clone());
    let mut found = Found { discovery, files: BTreeMap::new() };
    for path in &inputs.paths {
        if path.as_os_str() == "-" {
            found.add_stdin(inputs);
        } else {
            found.add_path(path, inputs, &excludes);
        }
    }
    if let Some(revision) = &inputs.since {
        found.discovery.compares = true;
        for path in inputs.paths.iter().filter(|path| path.exists()) {
            found.compare(path, revision, &excludes)?;
        }
    }
    for path in &inputs.states {
        found.discovery.existing.extend(read_state(path)?);
    }
    let mut discovery = found.finish();
    for (number, path) in (linked::file_number(discovery.files.len())..).zip(&inputs.var_files) {
        discovery.values.push((FileId(number), read_values(path)?));
    }
    Ok(discovery)
}

/// A text as the only input, under the name of a file that need not be there.
#[must_use]
pub fn given(name: &str, text: &str) -> Discovery {
    let file = InputFile {
        id: FileId(0),
        shown: name.to_owned(),
        named: true,
        path: PathBuf::from(name),
        candidates: candidates(Path::new(name)),
        forced: false,
        age: Age::Same,
        given: Some(text.to_owned()),
    };
    let mut discovery = Discovery::new(Override::empty(), None);
    discovery.files.push(file);
    discovery
}

fn read_state(path: &Path) -> Result<Vec<Declaration>, DiscoverError> {
    let bad = |reason| DiscoverError::State { path: path.display().to_string(), reason };
    let text = read_text(path).map_err(bad)?;
    frontend::existing_resources(&text).map_err(bad)
}

fn read_values(path: &Path) -> Result<SourceFile, DiscoverError> {
    let bad = |reason| DiscoverError::Values { path: path.display().to_string(), reason };
    Ok(SourceFile::new(shown(path), read_text(path).map_err(bad)?))
}

fn read_text(path: &Path) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "inputs are read here")]
    let text = std::fs::read_to_string(path);
    text.map_err(|error| describe(&error))
}

fn overrides(exclude: &[String]) -> Result<Override, BadPattern> {
    let mut builder = OverrideBuilder::new("");
    for pattern in exclude {
        let bad = |reason: ignore::Error| BadPattern {
            pattern: pattern.clone(),
            reason: reason.to_string(),
        };
        builder.add(&format!("!{pattern}")).map_err(bad)?;
    }
    builder
        .build()
        .map_err(|reason| BadPattern { pattern: exclude.join(" "), reason: reason.to_string() })
}

/// The files found so far, by the path shown, so that each is read once.
struct Found {
    discovery: Discovery,
    files: BTreeMap<String, InputFile>,
}

impl Found {
    fn add_stdin(&mut self, inputs: &Inputs) {
        let shown = inputs.stdin_name.clone().unwrap_or_else(|| "-".to_owned());
        let candidates = match inputs.frontend {
            Some(frontend) => vec![frontend],
            None if inputs.stdin_name.is_some() => candidates(Path::new(&shown)),
            None => FRONTENDS.to_vec(),
        };
        self.add_file(shown, PathBuf::from("-"), true, candidates, inputs);
    }

    fn add_path(&mut self, root: &Path, inputs: &Inputs, excludes: &Override) {
        let mut walk = WalkBuilder::new(root);
        // `.github` and its like are read; `.gitignore` counts outside of
        // repositories too.
        walk.hidden(false).require_git(false).overrides(excludes.clone());
        walk.filter_entry(|entry| entry.file_name() != ".git");
        for entry in walk.build() {
            match entry {
                Ok(entry) => self.add_entry(&entry, inputs, excludes),
                Err(error) => self.add_problem(root, &error),
            }
        }
        if root.is_dir() {
            self.add_tracked(root, inputs, excludes);
        }
    }

    /// Adds the files of a folder that git tracks although it would ignore them.
    fn add_tracked(&mut self, root: &Path, inputs: &Inputs, excludes: &Override) {
        for path in tracked::although_ignored(root) {
            let left_out = is_excluded(&path, excludes);
            let candidates = candidates(&path);
            if !left_out && !candidates.is_empty() && path.is_file() && !path.is_symlink() {
                self.add_file(shown(&path), path, false, candidates, inputs);
            }
        }
    }

    fn add_entry(&mut self, entry: &ignore::DirEntry, inputs: &Inputs, excludes: &Override) {
        let named = entry.depth() == 0;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        let is_link_to_file = named && entry.path().is_file();
        if !is_file && !is_link_to_file {
            self.check_link(entry, named);
            return;
        }
        if named && excludes.matched(entry.path(), false).is_ignore() {
            return;
        }
        let candidates = match inputs.frontend.filter(|_| named) {
            Some(frontend) => vec![frontend],
            None => candidates(entry.path()),
        };
        let shown = shown(entry.path());
        if !candidates.is_empty() {
            self.add_file(shown, entry.path().to_owned(), named, candidates, inputs);
        } else if named {
            self.discovery.problems.push((shown, unrecognised("its name says no known format")));
        }
    }

    /// Marks what differs from a revision below a path, and adds what is no more.
    fn compare(
        &mut self,
        root: &Path,
        revision: &str,
        excludes: &Override,
    ) -> Result<(), BadRevision> {
        let folder = if root.is_dir() { root } else { root.parent().unwrap_or(root) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for (relative, earlier) in history::changed_since(folder, revision)? {
            let path = folder.join(relative);
            let shown = shown(&path);
            let text = earlier.map(|bytes| decode(bytes).0);
            if let Some(file) = self.files.get_mut(&shown) {
                file.age = text.map_or(Age::New, Age::Changed);
            } else if let Some(text) = text
                && root.is_dir()
                && !path.exists()
                && !is_excluded(&path, excludes)
            {
                let candidates = candidates(&path);
                self.add_file(shown.clone(), path, false, candidates, &Inputs::default());
                self.files.entry(shown).and_modify(|file| file.age = Age::Gone(text));
            }
        }
        Ok(())
    }

    fn add_file(
        &mut self,
        shown: String,
        path: PathBuf,
        named: bool,
        candidates: Vec<&'static Frontend>,
        inputs: &Inputs,
    ) {
        let forced = named && inputs.frontend.is_some();
        let file = InputFile {
            id: FileId(0),
            shown: shown.clone(),
            named,
            path,
            candidates,
            forced,
            age: Age::Same,
            given: None,
        };
        self.files.insert(shown, file);
    }

    /// A link that leads in a circle is a problem; other links are passed over,
    /// since what they lead to is read where it is.
    fn check_link(&mut self, entry: &ignore::DirEntry, named: bool) {
        if entry.path_is_symlink()
            && let Err(error) = entry.path().canonicalize()
            && (named || error.kind() != std::io::ErrorKind::NotFound)
        {
            self.discovery.named_unreadable |= named;
            let problem = unreadable(&error);
            self.discovery.problems.push((shown(entry.path()), problem));
        }
    }

    fn add_problem(&mut self, root: &Path, error: &ignore::Error) {
        let path = problem_path(error).unwrap_or(root);
        let named = path == root;
        self.discovery.named_unreadable |= named;
        let reason = error.io_error().map_or_else(|| error.to_string(), describe);
        let message = format!("not read: {reason}");
        let problem = Problem { kind: ProblemKind::Unreadable, message, span: None };
        self.discovery.problems.push((shown(path), problem));
    }

    fn finish(self) -> Discovery {
        let mut discovery = self.discovery;
        for (number, mut file) in (0..).zip(self.files.into_values()) {
            file.id = FileId(number);
            discovery.files.push(file);
        }
        discovery.problems.sort_by(|left, right| left.0.cmp(&right.0));
        discovery
    }
}

fn is_excluded(path: &Path, excludes: &Override) -> bool {
    path.ancestors().any(|part| excludes.matched(part, part != path).is_ignore())
}

fn problem_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            problem_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn unreadable(error: &std::io::Error) -> Problem {
    let message = format!("not read: {}", describe(error));
    Problem { kind: ProblemKind::Unreadable, message, span: None }
}

/// A path as it is shown: `/`-separated, without a leading `./`.
fn shown(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
    path.strip_prefix("./").map_or_else(|| path.clone(), str::to_owned)
}

/// The front ends that may read a file of this name. A name without an extension
/// may be a script's.
fn candidates(path: &Path) -> Vec<&'static Frontend> {
    let shown = shown(path);
    // The longer pattern says more: `main.tf.json` is Terraform rather than JSON.
    let says = |frontend: &&Frontend| frontend.fit(&shown);
    let most = FRONTENDS.iter().filter_map(says).max();
    let is_best = |frontend: &&'static Frontend| most.is_some() && says(frontend) == most;
    let by_name: Vec<_> = FRONTENDS.iter().copied().filter(is_best).collect();
    if by_name.is_empty() && path.extension().is_none() {
        return FRONTENDS.iter().copied().filter(|one| !one.interpreters.is_empty()).collect();
    }
    by_name
}
