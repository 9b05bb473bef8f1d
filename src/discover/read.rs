//! Files that were read, by the front end that is to lower them. The text of one
//! that cannot matter by itself is put aside until a file that it belongs to does.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::directive;
use crate::frontend::{Frontend, Link};
use crate::source::{FileId, SourceFile, folder_of};

use super::input::{Age, InputFile, Role};

/// A file that was read, and by whom it is to be lowered.
#[derive(Debug)]
pub struct ReadFile {
    /// Its number.
    pub id: FileId,
    /// The front end.
    pub frontend: &'static Frontend,
    /// The file; without its text while that is put aside.
    pub file: SourceFile,
    /// Whether the user named it, rather than a folder that it is in.
    pub named: bool,
    /// Why it is read, and by whom.
    pub role: Role,
    /// How it stands to the earlier version of the inputs.
    pub age: Age,
    /// What it refers to, by paths like its own.
    pub links: Vec<Link>,
    /// Where the text is to be read again, if it is put aside: it holds nothing that
    /// could matter, but files that it belongs to may.
    aside: Option<PathBuf>,
}

impl ReadFile {
    /// A file with its text at hand.
    pub(super) fn with_text(input: &InputFile, frontend: &'static Frontend, text: String) -> Self {
        let links = links(input, frontend, &text);
        Self::new(input, frontend, text, links, None)
    }

    /// A file from its text, which is kept only if it matters.
    pub(super) fn from_text(
        input: &InputFile,
        frontend: &'static Frontend,
        text: Cow<'_, str>,
    ) -> Self {
        let speaks = || memchr::memmem::find(text.as_bytes(), directive::MARKER.as_bytes());
        let may_matter =
            input.age != Age::Same || frontend.matters(text.as_bytes()) || speaks().is_some();
        if may_matter {
            return Self::with_text(input, frontend, text.into_owned());
        }
        let links = links(input, frontend, &text);
        Self::new(input, frontend, String::new(), links, Some(input.path.clone()))
    }

    /// A file that matters to nobody, of which no more is known than its name tells.
    pub(super) fn immaterial(input: &InputFile, frontend: &'static Frontend) -> Self {
        Self::new(input, frontend, String::new(), Vec::new(), Some(input.path.clone()))
    }

    fn new(
        input: &InputFile,
        frontend: &'static Frontend,
        text: String,
        links: Vec<Link>,
        aside: Option<PathBuf>,
    ) -> Self {
        let file = SourceFile::new(input.shown.clone(), text);
        let InputFile { id, named, role, ref age, .. } = *input;
        Self { id, frontend, file, named, role, age: age.clone(), links, aside }
    }

    /// Whether it can matter by itself.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.aside.is_none()
    }

    /// Takes the text to hand again. What cannot be read any more is left empty: it
    /// held nothing that matters.
    #[must_use]
    pub fn at_hand(mut self) -> Self {
        if let Some(path) = self.aside.take() {
            #[expect(clippy::disallowed_methods, reason = "inputs are read here")]
            let bytes = std::fs::read(path).unwrap_or_default();
            self.file = SourceFile::new(self.file.path, decode(&bytes).0.into_owned());
        }
        self
    }
}

fn links(input: &InputFile, frontend: &Frontend, text: &str) -> Vec<Link> {
    let folder = folder_of(&input.shown);
    frontend.links(text).into_iter().map(|link| link.seen_from(folder)).collect()
}

/// The text of a file without a byte order mark, and whether all of it was UTF-8;
/// if not, the line from which on it is not.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Result<(), usize>) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Ok(())),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = memchr::memchr_iter(b'\n', good).count() + 1;
            (String::from_utf8_lossy(bytes), Err(line))
        }
    }
}

/// The same of bytes that are needed no more.
pub(super) fn decode_whole(bytes: Vec<u8>) -> (Cow<'static, str>, Result<(), usize>) {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            (Cow::Owned(text), Ok(()))
        }
        Err(error) => {
            let (text, valid) = decode(error.as_bytes());
            (Cow::Owned(text.into_owned()), valid)
        }
    }
}
