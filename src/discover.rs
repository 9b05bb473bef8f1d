//! Finds the files to read, tells which front end reads each, and reads them.
//! The only stage that touches inputs.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use crate::frontend::{FRONTENDS, Frontend, Grouping};
use crate::problem::{Problem, ProblemKind};
use crate::source::{FileId, SourceFile};

mod history;
mod tracked;

pub use history::BadRevision;

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
    /// The git revision since which changes are of interest; none for all there is.
    pub since: Option<String>,
}

/// A file that some front end may read.
#[derive(Debug)]
pub struct InputFile {
    /// Its number: files are numbered in the order of their paths.
    pub id: FileId,
    /// Path as it is shown.
    pub shown: String,
    /// Whether the user named it, rather than a folder that it is in.
    pub named: bool,
    path: PathBuf,
    candidates: Vec<&'static Frontend>,
    /// Whether the user said which front end reads it.
    forced: bool,
    /// How it stands to an earlier version of the inputs.
    age: Age,
}

/// How a file stands to the earlier version of the inputs that they are compared
/// with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Age {
    /// It is the same, or nothing is compared.
    #[default]
    Same,
    /// It is new.
    New,
    /// It had this text.
    Changed(String),
    /// It had this text and is no more.
    Gone(String),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The files, sorted by path.
    pub files: Vec<InputFile>,
    /// Problems of single paths.
    pub problems: Vec<(String, Problem)>,
    /// Whether a path that the user named is among the problems.
    pub named_unreadable: bool,
    /// Whether the inputs are compared with an earlier version.
    pub compares: bool,
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
    let mut found = Found { discovery: Discovery::default(), files: BTreeMap::new() };
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
    Ok(found.finish())
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
            let excluded = is_excluded(&path, excludes);
            let candidates = candidates(&path);
            if !excluded && !candidates.is_empty() && path.is_file() && !path.is_symlink() {
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

fn unrecognised(reason: &str) -> Problem {
    let message = format!("not read: {reason}; say which with --frontend");
    Problem { kind: ProblemKind::Unrecognised, message, span: None }
}

fn unreadable(error: &std::io::Error) -> Problem {
    let message = format!("not read: {}", describe(error));
    Problem { kind: ProblemKind::Unreadable, message, span: None }
}

/// An error of the operating system with a remedy.
fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder; check the path".to_owned(),
        std::io::ErrorKind::PermissionDenied => {
            "permission denied; allow reading it or exclude it".to_owned()
        }
        _ => error.to_string(),
    }
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
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let by_name: Vec<_> = FRONTENDS
        .iter()
        .copied()
        .filter(|frontend| frontend.globs.iter().any(|glob| matches_glob(glob, &name)))
        .collect();
    if by_name.is_empty() && path.extension().is_none() {
        return FRONTENDS.iter().copied().filter(|one| !one.interpreters.is_empty()).collect();
    }
    by_name
}

/// Whether a name matches `*suffix`, or is the pattern, in any case.
fn matches_glob(glob: &str, name: &str) -> bool {
    match glob.strip_prefix('*') {
        Some(suffix) => {
            let at = name.len().checked_sub(suffix.len());
            at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        }
        None => name.eq_ignore_ascii_case(glob),
    }
}

/// A file that was read, and by whom it is to be lowered.
#[derive(Debug)]
pub struct ReadFile {
    /// Its number.
    pub id: FileId,
    /// The front end.
    pub frontend: &'static Frontend,
    /// The file.
    pub file: SourceFile,
    /// Whether it holds a word without which it cannot matter.
    pub matters: bool,
    /// How it stands to the earlier version of the inputs.
    pub age: Age,
}

impl InputFile {
    /// Whether it can matter when only what changed does: it changed, or it is
    /// read together with files that may have.
    #[must_use]
    pub fn may_have_changed(&self) -> bool {
        let alone = |frontend: &&Frontend| matches!(frontend.grouping, Grouping::File);
        self.age != Age::Same || !self.candidates.iter().all(alone)
    }

    /// Reads the file. Nothing comes back if no front end claims it, or if it
    /// could not be read; then there is a problem.
    pub fn read(&self, problems: &mut Vec<(String, Problem)>) -> Option<ReadFile> {
        let mut report = |kind, message: String| {
            problems.push((self.shown.clone(), Problem { kind, message, span: None }));
        };
        if let Age::Gone(text) = &self.age {
            let frontend = self.frontend_of(text)?;
            let file = SourceFile::new(self.shown.clone(), text.clone());
            return Some(ReadFile {
                id: self.id,
                frontend,
                file,
                matters: true,
                age: self.age.clone(),
            });
        }
        let bytes = match self.bytes() {
            Ok(Bytes::Unclaimed) => return None,
            Ok(Bytes::TooLarge { limit }) => {
                let limit = limit >> 20;
                let message = format!("not read: larger than {limit} MiB; split or exclude it");
                report(ProblemKind::TooLarge, message);
                return None;
            }
            Ok(Bytes::Whole(bytes)) => bytes,
            Err(error) => {
                report(ProblemKind::Unreadable, format!("not read: {}", describe(&error)));
                return None;
            }
        };
        let (text, valid) = decode(bytes);
        let Some(frontend) = self.frontend_of(&text) else {
            if self.path.as_os_str() == "-" {
                problems
                    .push((self.shown.clone(), unrecognised("its content says no known format")));
            }
            return None;
        };
        if let Err(line) = valid {
            let message = format!(
                "not UTF-8 from line {line} on; read with replacement characters; convert it"
            );
            report(ProblemKind::Encoding, message);
        }
        let matters = frontend.matters(text.as_bytes());
        let file = SourceFile::new(self.shown.clone(), text);
        Some(ReadFile { id: self.id, frontend, file, matters, age: self.age.clone() })
    }

    /// The front end that reads a text, among the candidates.
    fn frontend_of(&self, text: &str) -> Option<&'static Frontend> {
        if let [only] = self.candidates.as_slice() {
            let claims = |recognises: fn(&str) -> bool| self.forced || recognises(text);
            return only.recognises.is_none_or(claims).then_some(*only);
        }
        let recognised = self
            .candidates
            .iter()
            .find(|frontend| frontend.recognises.is_some_and(|recognises| recognises(text)));
        recognised.copied().or_else(|| by_interpreter(text, &self.candidates))
    }

    fn bytes(&self) -> std::io::Result<Bytes> {
        let limit = self.candidates.iter().map(|frontend| frontend.max_bytes).max().unwrap_or(0);
        if self.path.as_os_str() == "-" {
            return self.read_up_to(std::io::stdin().lock(), limit);
        }
        #[expect(clippy::disallowed_methods, reason = "inputs are read here")]
        let mut file = std::fs::File::open(&self.path)?;
        if self.needs_shebang() {
            let mut head = [0; 2];
            let starts = file.read(&mut head)? == 2 && &head == b"#!";
            if !starts {
                return Ok(Bytes::Unclaimed);
            }
            return self.read_up_to(head.as_slice().chain(file), limit);
        }
        self.read_up_to(file, limit)
    }

    /// The whole content, if it is not larger than the limit. A larger one that
    /// is claimed by content only, and shows nothing of interest, is nobody's.
    fn read_up_to(&self, from: impl Read, limit: u64) -> std::io::Result<Bytes> {
        let mut bytes = Vec::new();
        from.take(limit + 1).read_to_end(&mut bytes)?;
        let claims =
            |frontend: &&Frontend| frontend.recognises.is_none() || frontend.matters(&bytes);
        Ok(match bytes.len() as u64 > limit {
            false => Bytes::Whole(bytes),
            true if self.candidates.iter().any(claims) => Bytes::TooLarge { limit },
            true => Bytes::Unclaimed,
        })
    }

    /// Whether only a `#!` line can tell what the file is.
    fn needs_shebang(&self) -> bool {
        self.candidates.len() > 1
            && self.path.extension().is_none()
            && self.candidates.iter().all(|frontend| !frontend.interpreters.is_empty())
    }
}

enum Bytes {
    Whole(Vec<u8>),
    TooLarge { limit: u64 },
    Unclaimed,
}

/// The text of a file without a byte order mark, and whether all of it was UTF-8;
/// if not, the line from which on it is not.
fn decode(bytes: Vec<u8>) -> (String, Result<(), usize>) {
    let (mut text, valid) = match String::from_utf8(bytes) {
        Ok(text) => (text, Ok(())),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = memchr::memchr_iter(b'\n', good).count() + 1;
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Err(line))
        }
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    (text, valid)
}

/// The front end of the interpreter that a `#!` line names.
fn by_interpreter(text: &str, candidates: &[&'static Frontend]) -> Option<&'static Frontend> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().filter_map(|word| word.rsplit('/').next());
    let interpreter = words.find(|word| *word != "env" && !word.starts_with('-'))?;
    // python3.11 is python3 as far as the syntax goes.
    let interpreter = interpreter.split('.').next()?;
    candidates.iter().copied().find(|frontend| frontend.interpreters.contains(&interpreter))
}
