//! Text under analysis and where it stands: files, spans, and pieces of code
//! embedded in other files.
//!
//! Everything inside the pipeline counts bytes of the outer file; lines and
//! columns exist only in reports ([`SourceFile::position`]).

use std::borrow::Cow;
use std::ops::Range;

mod base;
mod patterns;

pub use base::Base;
pub use patterns::{BadPattern, Patterns};

/// Number of a file in a run, in the order of its path.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// The file that the range is in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Place of a character: both numbers start at 1, columns count Unicode scalar
/// values.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values.
    pub column: u32,
}

/// A file's text with an index of its lines.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as the user named it, `/`-separated.
    pub path: String,
    /// The text without a byte order mark; bytes that are not UTF-8 are
    /// replaced.
    pub text: String,
    line_starts: Vec<u32>,
    /// How many characters start before each stretch of [`STRETCH`] bytes, so that a
    /// place in a text of one long line is told without counting all before it.
    characters: Vec<u32>,
}

/// How many bytes of a text are counted at a time.
const STRETCH: usize = 4096;

impl SourceFile {
    /// Takes a file's text and indexes its lines.
    #[must_use]
    pub fn new(path: String, text: String) -> Self {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let line_starts = std::iter::once(0).chain(newlines.map(|at| offset(at + 1))).collect();
        let counts = text.as_bytes().chunks(STRETCH).map(character_starts);
        let sums = counts.scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        let characters = std::iter::once(0).chain(sums).collect();
        Self { path, text, line_starts, characters }
    }

    /// Line and column of a byte; a byte past the end is the end.
    #[must_use]
    pub fn position(&self, byte: u32) -> Position {
        let byte = self.floor_char_boundary(byte);
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let start = self.line_starts[line - 1];
        let column = self.characters_before(byte) - self.characters_before(start);
        Position { line: offset(line), column: column + 1 }
    }

    /// How many characters start before a byte.
    fn characters_before(&self, byte: u32) -> u32 {
        let byte = byte as usize;
        let stretch = byte / STRETCH;
        self.characters[stretch] + character_starts(&self.text.as_bytes()[stretch * STRETCH..byte])
    }

    /// The bytes of a line without its line break; lines count from 1.
    #[must_use]
    pub fn line(&self, line: u32) -> Range<usize> {
        let index = line as usize;
        let start = self.line_starts[index - 1] as usize;
        let end = self.line_starts.get(index).map_or(self.text.len(), |next| *next as usize);
        let body = self.text[start..end].trim_end_matches(['\n', '\r']);
        start..start + body.len()
    }

    /// How many lines the file has.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        offset(self.line_starts.len())
    }

    /// The text of a span of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor_char_boundary(span.start);
        let end = self.floor_char_boundary(span.end.max(span.start));
        &self.text[start as usize..end as usize]
    }

    fn floor_char_boundary(&self, byte: u32) -> u32 {
        offset(self.text.floor_char_boundary(byte as usize))
    }
}

/// How many characters start in bytes of a text.
fn character_starts(bytes: &[u8]) -> u32 {
    // All others of a character's bytes are 10xxxxxx.
    offset(bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count())
}

/// A text as a front end sees it: a whole file, or code embedded in one.
///
/// Every front end reads a `Source`, so what it does with a file it also does
/// with a `user_data` block or a heredoc, and [`Source::span`] always answers in
/// bytes of the outer file.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The text to read, with escapes of the outer language already decoded.
    pub text: Cow<'a, str>,
    /// Path of the file that it stands in.
    pub path: Cow<'a, str>,
    file: FileId,
    segments: Vec<Segment>,
    depth: u8,
}

/// A run of embedded text and the outer bytes it came from.
#[derive(Clone, Copy, Debug)]
struct Segment {
    inner: u32,
    outer: u32,
    outer_len: u32,
    verbatim: bool,
}

/// How deep code may be embedded in code before it is left unread.
const MAX_DEPTH: u8 = 8;

impl<'a> Source<'a> {
    /// A whole file.
    #[must_use]
    pub fn file(file: FileId, path: &'a str, text: &'a str) -> Self {
        let whole = Segment { inner: 0, outer: 0, outer_len: offset(text.len()), verbatim: true };
        Self {
            text: Cow::Borrowed(text),
            path: Cow::Borrowed(path),
            file,
            segments: vec![whole],
            depth: 0,
        }
    }

    /// The span in the outer file of a range of this text.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.outer_start(offset(range.start));
        let end = if range.end > range.start { self.outer_end(offset(range.end)) } else { start };
        Span { file: self.file, start, end: end.max(start) }
    }

    /// The file this text stands in.
    #[must_use]
    pub fn file_id(&self) -> FileId {
        self.file
    }

    /// Whether code inside this text may still be handed on.
    #[must_use]
    pub fn may_embed(&self) -> bool {
        self.depth < MAX_DEPTH
    }

    /// Starts a text embedded in this one.
    #[must_use]
    pub fn embed(&self) -> Embedding<'_, 'a> {
        Embedding { host: self, text: String::new(), segments: Vec::new() }
    }

    /// A text embedded in this one without any change, such as a heredoc.
    #[must_use]
    pub fn embed_range(&self, range: Range<usize>) -> Source<'static> {
        let mut embedding = self.embed();
        embedding.copy(range);
        embedding.finish()
    }

    fn segment_at(&self, inner: u32) -> Option<Segment> {
        let next = self.segments.partition_point(|segment| segment.inner <= inner);
        self.segments.get(next.checked_sub(1)?).copied()
    }

    fn outer_start(&self, inner: u32) -> u32 {
        match self.segment_at(inner) {
            Some(segment) if segment.verbatim => segment.outer + (inner - segment.inner),
            Some(segment) => segment.outer,
            None => self.segments.first().map_or(0, |segment| segment.outer),
        }
    }

    fn outer_end(&self, inner: u32) -> u32 {
        match self.segment_at(inner - 1) {
            Some(segment) if segment.verbatim => segment.outer + (inner - segment.inner),
            Some(segment) => segment.outer + segment.outer_len,
            None => self.outer_start(inner),
        }
    }
}

/// Builds the text of an embedded [`Source`] piece by piece.
#[derive(Debug)]
pub struct Embedding<'h, 'a> {
    host: &'h Source<'a>,
    text: String,
    segments: Vec<Segment>,
}

impl Embedding<'_, '_> {
    /// Appends a range of the host's text as it stands.
    pub fn copy(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let piece = self.host.verbatim_run(at, range.end);
            self.push(&self.host.text[at..piece.0], piece.1);
            at = piece.0;
        }
    }

    /// Appends text that stands for a range of the host's text: a decoded
    /// escape, or a stand-in for an interpolation.
    pub fn replace(&mut self, text: &str, range: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let span = self.host.span(range);
        let replaced = Segment {
            inner: 0,
            outer: span.start,
            outer_len: span.end - span.start,
            verbatim: false,
        };
        self.push(text, replaced);
    }

    /// The embedded text, one level deeper than its host.
    #[must_use]
    pub fn finish(self) -> Source<'static> {
        Source {
            text: Cow::Owned(self.text),
            path: Cow::Owned(self.host.path.clone().into_owned()),
            file: self.host.file,
            segments: self.segments,
            depth: self.host.depth + 1,
        }
    }

    fn push(&mut self, text: &str, mut segment: Segment) {
        segment.inner = offset(self.text.len());
        self.segments.push(segment);
        self.text.push_str(text);
    }
}

impl Source<'_> {
    /// The end of the run from `at` that one segment covers, cut at `end`, and
    /// the segment that describes it.
    fn verbatim_run(&self, at: usize, end: usize) -> (usize, Segment) {
        let index = self.segments.partition_point(|segment| segment.inner as usize <= at);
        let next = self.segments.get(index).map_or(end, |segment| segment.inner as usize);
        let stop = next.min(end);
        let outer = self.outer_start(offset(at));
        let outer_end = self.outer_end(offset(stop));
        let verbatim = self.segment_at(offset(at)).is_some_and(|segment| segment.verbatim);
        (stop, Segment { inner: 0, outer, outer_len: outer_end - outer, verbatim })
    }
}

/// The folder of a path, without a `/` at the end.
#[must_use]
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative path from a folder, with `.` and `..` resolved.
#[must_use]
pub fn relative_path(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// A byte offset or count as the spans keep it. Files of 4 GiB and more are
/// refused before they are read, so the conversion cannot fail.
fn offset(value: usize) -> u32 {
    u32::try_from(value).expect("files of 4 GiB and more are refused when read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::new("a".into(), "é x\n日本 y\r\nz".into());
        assert_eq!(file.position(3), Position { line: 1, column: 3 });
        assert_eq!(file.position(12), Position { line: 2, column: 4 });
        assert_eq!(&file.text[file.line(2)], "日本 y");
        assert_eq!(file.position(999), Position { line: 3, column: 2 });
    }

    #[test]
    fn columns_of_a_long_line_count_characters() {
        let text = "é日x".repeat(STRETCH / 3);
        let file = SourceFile::new("a".into(), text.clone());
        for (column, (byte, _)) in text.char_indices().enumerate() {
            let column = offset(column + 1);
            assert_eq!(file.position(offset(byte)), Position { line: 1, column });
        }
        let end = offset(text.chars().count() + 1);
        assert_eq!(file.position(u32::MAX), Position { line: 1, column: end });
    }

    #[test]
    fn relative_paths_are_resolved() {
        assert_eq!(relative_path("a/b", "../c"), "a/c");
        assert_eq!(relative_path("", "./modules/web/"), "modules/web");
        assert_eq!(relative_path("a", "../../b"), "../b");
        assert_eq!(relative_path("/a", "./b"), "/a/b");
    }

    #[test]
    fn embedded_text_keeps_outer_positions() {
        let outer = Source::file(FileId(0), "a", r#"key: "ab\ncd" end"#);
        let mut embedding = outer.embed();
        embedding.copy(6..8);
        embedding.replace("\n", 8..10);
        embedding.copy(10..12);
        let inner = embedding.finish();
        assert_eq!(inner.text, "ab\ncd");
        assert_eq!(inner.span(3..5), outer.span(10..12));
        assert_eq!(inner.span(2..3), outer.span(8..10));
        let innermost = inner.embed_range(1..4);
        assert_eq!(innermost.text, "b\nc");
        assert_eq!(innermost.span(0..3), outer.span(7..11));
    }
}
