//! Finds the files to read, tells which front end reads each, and reads them.
//! The only stage that touches inputs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::{WalkBuilder, WalkState};

use crate::frontend::{self, Frontend};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Declaration;
use crate::source::{FileId, SourceFile};

mod history;
mod input;
mod linked;
mod listed;
mod read;
mod selection;
mod tracked;

pub use history::{BadRevision, Since};
pub use input::{Age, InputFile, Role};
pub use linked::Follower;
pub use listed::read_list;
pub use read::ReadFile;
pub use selection::Selection;

use input::{describe, unrecognised};
use read::decode;
use selection::{Candidates, shown};

/// What to look through.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Files and folders, as the user named them; `-` is the standard input.
    pub paths: Vec<PathBuf>,
    /// Files and folders that a list names. Those of no known format are passed over.
    pub listed: Vec<PathBuf>,
    /// Which files are read, and by which front ends.
    pub selection: Selection,
    /// The front end to use for files named directly and for the standard input,
    /// whatever their names.
    pub frontend: Option<&'static Frontend>,
    /// The name under which the standard input is known.
    pub stdin_name: Option<String>,
    /// Files with Terraform states.
    pub states: Vec<PathBuf>,
    /// Values of Terraform variables, later ones counting more.
    pub values: Vec<Values>,
    /// What changes are of interest; none for all there is.
    pub since: Option<Since>,
}

/// Values of Terraform variables.
#[derive(Clone, Debug)]
pub enum Values {
    /// Those of a file.
    File(PathBuf),
    /// Those of a text.
    Given(SourceFile),
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
    selection: Selection,
    since: Option<Since>,
}

impl Discovery {
    fn new(selection: Selection, since: Option<Since>) -> Self {
        Self {
            files: Vec::new(),
            problems: Vec::new(),
            named_unreadable: false,
            compares: false,
            existing: Vec::new(),
            values: Vec::new(),
            selection,
            since,
        }
    }
}

/// Why the inputs could not be told.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A revision that cannot be compared with.
    #[error(transparent)]
    Revision(#[from] BadRevision),
    /// A list of files that cannot be read.
    #[error("--files-from {path}: {reason}")]
    List {
        /// Its path.
        path: String,
        /// What is wrong.
        reason: String,
    },
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

/// Walks the inputs.
///
/// # Errors
/// A revision that git does not know; a state or values that cannot be read.
pub fn discover(inputs: &Inputs) -> Result<Discovery, DiscoverError> {
    let discovery = Discovery::new(inputs.selection.clone(), inputs.since.clone());
    let mut found = Found { discovery, files: BTreeMap::new() };
    for path in &inputs.paths {
        if path.as_os_str() == "-" {
            found.add_stdin(inputs);
        } else {
            found.add_path(path, true, inputs);
        }
    }
    for path in &inputs.listed {
        found.add_path(path, false, inputs);
    }
    if let Some(since) = &inputs.since {
        found.discovery.compares = true;
        let all = inputs.paths.iter().chain(&inputs.listed);
        for path in all.filter(|path| path.exists()) {
            found.compare(path, since)?;
        }
    }
    for path in &inputs.states {
        found.discovery.existing.extend(read_state(path)?);
    }
    let mut discovery = found.finish();
    for (number, values) in (linked::file_number(discovery.files.len())..).zip(&inputs.values) {
        let file = match values {
            Values::File(path) => read_values(path)?,
            Values::Given(file) => file.clone(),
        };
        discovery.values.push((FileId(number), file));
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
        candidates: Selection::default().candidates(Path::new(name)).frontends,
        role: Role::Input,
        age: Age::Same,
        given: Some(text.to_owned()),
    };
    let mut discovery = Discovery::new(Selection::default(), None);
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

/// The files found so far, by the path shown, so that each is read once.
struct Found {
    discovery: Discovery,
    files: BTreeMap<String, InputFile>,
}

impl Found {
    fn add_stdin(&mut self, inputs: &Inputs) {
        let shown = inputs.stdin_name.clone().unwrap_or_else(|| "-".to_owned());
        let candidates = match inputs.frontend {
            Some(frontend) => Candidates::only(frontend),
            None if inputs.stdin_name.is_some() => inputs.selection.candidates(Path::new(&shown)),
            None => inputs.selection.all(),
        };
        self.add_file(shown, PathBuf::from("-"), true, candidates);
    }

    /// Adds a path that the user gave, by itself or in a list.
    fn add_path(&mut self, root: &Path, by_itself: bool, inputs: &Inputs) {
        let selection = &inputs.selection;
        if selection.leaves_out_below(root) || selection.leaves_out(root, root.is_dir()) {
            return;
        }
        let mut walk = WalkBuilder::new(root);
        // `.github` and its like are read; `.gitignore` counts outside of
        // repositories too.
        walk.hidden(false).require_git(false);
        let excludes = selection.clone();
        walk.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            entry.file_name() != ".git" && !excludes.leaves_out(entry.path(), is_folder)
        });
        for entry in entries(&walk, inputs) {
            match entry {
                Ok((entry, candidates)) => self.add_entry(&entry, by_itself, candidates),
                Err(error) => self.add_problem(root, &error),
            }
        }
        if root.is_dir() {
            self.add_tracked(root, selection);
        }
    }

    /// Adds the files of a folder that git tracks although it would ignore them.
    fn add_tracked(&mut self, root: &Path, selection: &Selection) {
        for path in tracked::although_ignored(root) {
            let left_out = selection.leaves_out_below(&path);
            let candidates = selection.candidates(&path);
            if !left_out && !candidates.are_none() && path.is_file() && !path.is_symlink() {
                self.add_file(shown(&path), path, false, candidates);
            }
        }
    }

    fn add_entry(&mut self, entry: &ignore::DirEntry, by_itself: bool, candidates: Candidates) {
        let named = entry.depth() == 0;
        let is_link_to_file = named && entry.path().is_file();
        if !is_file(entry) && !is_link_to_file {
            self.check_link(entry, named);
            return;
        }
        let shown = shown(entry.path());
        if !candidates.are_none() {
            self.add_file(shown, entry.path().to_owned(), named, candidates);
        } else if named && by_itself {
            self.discovery.problems.push((shown, unrecognised("its name says no known format")));
        }
    }

    /// Marks what differs from a revision below a path, and adds what is no more.
    fn compare(&mut self, root: &Path, since: &Since) -> Result<(), BadRevision> {
        let folder = if root.is_dir() { root } else { root.parent().unwrap_or(root) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for (relative, staged) in history::unstaged(folder, since)? {
            self.stage(&folder.join(relative), root, staged);
        }
        for (relative, earlier) in history::changed_since(folder, since)? {
            let path = folder.join(relative);
            let shown = shown(&path);
            let text = earlier.map(|bytes| decode(&bytes).0.into_owned());
            if let Some(file) = self.files.get_mut(&shown) {
                file.age = text.map_or(Age::New, Age::Changed);
            } else if let Some(text) = text
                && root.is_dir()
                && (!path.exists() || *since == Since::Staged)
                && !self.discovery.selection.leaves_out_below(&path)
            {
                let candidates = self.discovery.selection.candidates(&path);
                self.add_file(shown.clone(), path, false, candidates);
                self.files.entry(shown).and_modify(|file| file.age = Age::Gone(text));
            }
        }
        Ok(())
    }

    /// Lets a file that differs from the index be as the index has it.
    fn stage(&mut self, path: &Path, root: &Path, staged: Option<Vec<u8>>) {
        let shown = shown(path);
        let Some(bytes) = staged else {
            self.files.remove(&shown);
            return;
        };
        let candidates = self.discovery.selection.candidates(path);
        let is_gone = root.is_dir() && !path.exists();
        if is_gone && !candidates.are_none() && !self.discovery.selection.leaves_out_below(path) {
            self.add_file(shown.clone(), path.to_owned(), false, candidates);
        }
        if let Some(file) = self.files.get_mut(&shown) {
            file.given = Some(decode(&bytes).0.into_owned());
        }
    }

    fn add_file(&mut self, shown: String, path: PathBuf, named: bool, candidates: Candidates) {
        let Candidates { frontends, chosen } = candidates;
        let role = if chosen { Role::Chosen } else { Role::Input };
        let file = InputFile {
            id: FileId(0),
            shown: shown.clone(),
            named,
            path,
            candidates: frontends,
            role,
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

/// What a walk found, and the front ends that may read it.
type Entry = Result<(ignore::DirEntry, Candidates), ignore::Error>;

/// All that a walk comes to but files that no front end may read, in no order: the
/// walkers do not wait for each other.
fn entries(walk: &WalkBuilder, inputs: &Inputs) -> Vec<Entry> {
    let (sender, receiver) = std::sync::mpsc::channel();
    walk.build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            let entry = entry.map(|entry| {
                let candidates = inputs.candidates(&entry);
                (entry, candidates)
            });
            if let Ok((entry, candidates)) = &entry
                && is_file(entry)
                && entry.depth() > 0
                && candidates.are_none()
            {
                return WalkState::Continue;
            }
            match sender.send(entry) {
                Ok(()) => WalkState::Continue,
                Err(_) => WalkState::Quit,
            }
        })
    });
    drop(sender);
    receiver.into_iter().collect()
}

fn is_file(entry: &ignore::DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

impl Inputs {
    /// The front ends that may read what a walk found; those that the user chose for
    /// what is named.
    fn candidates(&self, entry: &ignore::DirEntry) -> Candidates {
        match self.frontend.filter(|_| entry.depth() == 0) {
            Some(frontend) => Candidates::only(frontend),
            None => self.selection.candidates(entry.path()),
        }
    }
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
