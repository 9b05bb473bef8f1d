//! Files to read: what they are, how they are read, and which front end claims
//! them.

use std::cell::RefCell;
use std::io::Read;
use std::path::PathBuf;

use crate::frontend::{self, FRONTENDS, Frontend, Grouping, of_document};
use crate::problem::{Problem, ProblemKind};
use crate::source::FileId;

use super::read::{ReadFile, decode, decode_whole};

/// A file that some front end may read.
#[derive(Debug)]
pub struct InputFile {
    /// Its number: files are numbered in the order of their paths.
    pub id: FileId,
    /// Path as it is shown.
    pub shown: String,
    /// Whether the user named it, rather than a folder that it is in.
    pub named: bool,
    /// Where it is; `-` for the standard input.
    pub(super) path: PathBuf,
    /// The front ends whose names or interpreters fit.
    pub(super) candidates: Vec<&'static Frontend>,
    /// Why it is read, and by whom.
    pub role: Role,
    /// How it stands to an earlier version of the inputs.
    pub(super) age: Age,
    /// Its text, if it is not to be read from anywhere.
    pub(super) given: Option<String>,
}

/// Why a file is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// It is an input, and its name and content say which front end reads it.
    Input,
    /// It is an input, and the user said which front end reads it.
    Chosen,
    /// Another file refers to it, and that one's front end reads it.
    Linked,
    /// The same, but it is not reported on.
    Context,
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

impl InputFile {
    /// Whether it can matter when only what changed does: it changed, or it is
    /// read together with files that may have.
    #[must_use]
    pub fn may_have_changed(&self) -> bool {
        self.age != Age::Same || !self.stands_alone()
    }

    /// Reads the file. Nothing comes back if no front end claims it, or if it
    /// could not be read; then there is a problem.
    pub fn read(&self, problems: &mut Vec<(String, Problem)>) -> Option<ReadFile> {
        let gone = if let Age::Gone(text) = &self.age { Some(text) } else { None };
        if let Some(text) = self.given.as_ref().or(gone) {
            let frontend = self.frontend_of(text)?;
            return Some(ReadFile::with_text(self, frontend, text.clone()));
        }
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            let read = match self.fill(buffer) {
                Ok(Filled::Unclaimed) => None,
                Ok(Filled::TooLarge { limit }) => {
                    let limit = limit >> 20;
                    let message = format!("not read: larger than {limit} MiB; split or exclude it");
                    problems.push(self.problem(ProblemKind::TooLarge, message));
                    None
                }
                Ok(Filled::Whole) => self.claimed(buffer, problems),
                Err(error) => {
                    let message = format!("not read: {}", describe(&error));
                    problems.push(self.problem(ProblemKind::Unreadable, message));
                    None
                }
            };
            if buffer.capacity() > LARGEST_BUFFER {
                *buffer = Vec::new();
            }
            read
        })
    }

    fn problem(&self, kind: ProblemKind, message: String) -> (String, Problem) {
        (self.shown.clone(), Problem { kind, message, span: None })
    }

    /// The file by the front end that claims its content.
    fn claimed(
        &self,
        buffer: &mut Vec<u8>,
        problems: &mut Vec<(String, Problem)>,
    ) -> Option<ReadFile> {
        if !self.is_stdin() && self.stands_alone() && !frontend::may_matter(buffer) {
            return self.immaterial();
        }
        // What is too large for the buffer to be kept need not be copied out of it.
        let (text, valid) = if buffer.capacity() > LARGEST_BUFFER {
            decode_whole(std::mem::take(buffer))
        } else {
            decode(buffer)
        };
        let Some(frontend) = self.frontend_of(&text) else {
            if self.is_stdin() {
                problems
                    .push((self.shown.clone(), unrecognised("its content says no known format")));
            }
            return None;
        };
        if let Err(line) = valid {
            let message = format!(
                "not UTF-8 from line {line} on; read with replacement characters; convert it"
            );
            problems.push(self.problem(ProblemKind::Encoding, message));
        }
        if self.is_stdin() {
            return Some(ReadFile::with_text(self, frontend, text.into_owned()));
        }
        Some(ReadFile::from_text(self, frontend, text))
    }

    /// A file that matters to nobody, of which no more is known than its name tells.
    fn immaterial(&self) -> Option<ReadFile> {
        let [frontend] = self.candidates.as_slice() else { return None };
        let told_by_name = frontend.recognises.is_none() || self.role != Role::Input;
        told_by_name.then(|| ReadFile::immaterial(self, frontend))
    }

    fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Whether what the file holds can matter to no other file.
    fn stands_alone(&self) -> bool {
        let alone = |frontend: &&Frontend| matches!(frontend.grouping, Grouping::File);
        self.candidates.iter().all(alone)
    }

    /// The front end that reads a text, among the candidates.
    fn frontend_of(&self, text: &str) -> Option<&'static Frontend> {
        if let [only] = self.candidates.as_slice() {
            let claims =
                |recognises: fn(&str) -> bool| self.role != Role::Input || recognises(text);
            return only.recognises.is_none_or(claims).then_some(*only);
        }
        let is_nameless = self.candidates.len() == FRONTENDS.len();
        if is_nameless && let Some(frontend) = of_document(text) {
            return Some(frontend);
        }
        let recognised = self
            .candidates
            .iter()
            .find(|frontend| frontend.recognises.is_some_and(|recognises| recognises(text)));
        recognised.copied().or_else(|| by_interpreter(text, &self.candidates))
    }

    fn fill(&self, buffer: &mut Vec<u8>) -> std::io::Result<Filled> {
        if self.is_stdin() {
            return self.fill_from(std::io::stdin().lock(), buffer);
        }
        #[expect(clippy::disallowed_methods, reason = "inputs are read here")]
        let mut file = std::fs::File::open(&self.path)?;
        // Room for all of it at once: a text that grows is copied again and again.
        let size = file.metadata().map_or(0, |about| about.len());
        buffer.reserve(usize::try_from(size.min(self.limit())).unwrap_or_default() + 1);
        if self.needs_shebang() {
            let mut head = [0; 2];
            let starts = file.read(&mut head)? == 2 && &head == b"#!";
            if !starts {
                return Ok(Filled::Unclaimed);
            }
            return self.fill_from(head.as_slice().chain(file), buffer);
        }
        self.fill_from(file, buffer)
    }

    /// The largest that it may be, in bytes.
    fn limit(&self) -> u64 {
        self.candidates.iter().map(|frontend| frontend.max_bytes).max().unwrap_or(0)
    }

    /// Reads the whole content, if it is not larger than the limit. A larger one that
    /// is claimed by content only, and shows nothing of interest, is nobody's.
    fn fill_from(&self, from: impl Read, buffer: &mut Vec<u8>) -> std::io::Result<Filled> {
        let limit = self.limit();
        from.take(limit + 1).read_to_end(buffer)?;
        if buffer.len() as u64 <= limit {
            return Ok(Filled::Whole);
        }
        let claims =
            |frontend: &&Frontend| frontend.recognises.is_none() || frontend.matters(buffer);
        let claimed = self.candidates.iter().any(claims);
        Ok(if claimed { Filled::TooLarge { limit } } else { Filled::Unclaimed })
    }

    /// Whether only a `#!` line can tell what the file is.
    fn needs_shebang(&self) -> bool {
        self.candidates.len() > 1
            && self.path.extension().is_none()
            && self.candidates.iter().all(|frontend| !frontend.interpreters.is_empty())
    }
}

/// What became of reading a file.
enum Filled {
    Whole,
    TooLarge { limit: u64 },
    Unclaimed,
}

thread_local! {
    /// What files are read into: most are looked through once and forgotten.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The largest buffer that a thread keeps, in bytes.
const LARGEST_BUFFER: usize = 4 << 20;

/// The front end of the interpreter that a `#!` line names.
fn by_interpreter(text: &str, candidates: &[&'static Frontend]) -> Option<&'static Frontend> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().filter_map(|word| word.rsplit('/').next());
    let interpreter = words.find(|word| *word != "env" && !word.starts_with('-'))?;
    // python3.11 is python3 as far as the syntax goes.
    let interpreter = interpreter.split('.').next()?;
    candidates.iter().copied().find(|frontend| frontend.interpreters.contains(&interpreter))
}

pub(super) fn unrecognised(reason: &str) -> Problem {
    let message = format!("not read: {reason}; say which with --frontend");
    Problem { kind: ProblemKind::Unrecognised, message, span: None }
}

/// An error of the operating system with a remedy.
pub(super) fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder; check the path".to_owned(),
        std::io::ErrorKind::PermissionDenied => {
            "permission denied; allow reading it or exclude it".to_owned()
        }
        _ => error.to_string(),
    }
}
