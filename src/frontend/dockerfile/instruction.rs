//! Splits a Dockerfile into instructions: continued lines, the comments between
//! them, here-documents.

use std::ops::Range;

use crate::source::{Embedding, Source};

/// Instructions that may have here-documents.
const WITH_HEREDOCS: [&str; 3] = ["RUN", "COPY", "ADD"];

/// How many here-documents one instruction may have.
const MOST_HEREDOCS: usize = 16;

/// One instruction.
#[derive(Debug)]
pub(super) struct Instruction {
    /// Its name, in capitals.
    pub(super) name: String,
    /// What stands behind the name, without what continues a line.
    pub(super) text: String,
    /// Where the pieces of that text stand.
    pieces: Vec<Range<usize>>,
    /// The texts of its here-documents.
    pub(super) heredocs: Vec<Range<usize>>,
    /// All of it.
    pub(super) range: Range<usize>,
}

impl Instruction {
    /// Its text from a byte on, with what stands in front of it, and with the
    /// here-documents if they belong to it.
    pub(super) fn code(
        &self,
        source: &Source<'_>,
        from: usize,
        prelude: &str,
        with_heredocs: bool,
    ) -> Source<'static> {
        let mut code = source.embed();
        let start = self.pieces.first().map_or(self.range.start, |piece| piece.start);
        code.replace(prelude, start..start);
        self.copy(from..self.text.len(), &mut code);
        if with_heredocs && !self.heredocs.is_empty() {
            let end = self.pieces.last().map_or(start, |piece| piece.end);
            code.copy(end..self.range.end);
        }
        code.finish()
    }

    /// A command behind the sign of its here-document with the two turned round,
    /// as they mostly stand.
    pub(super) fn turned(&self, source: &Source<'_>, from: usize) -> Option<Source<'static>> {
        let text = &self.text[from..];
        let start = from + text.len() - text.trim_start().len();
        let sign = self.text[start..].strip_prefix("<<")?;
        let length = sign.find(char::is_whitespace)?;
        let sign = start..start + "<<".len() + length;
        let mut code = source.embed();
        self.copy(sign.end..self.text.len(), &mut code);
        code.replace(" ", self.range.start..self.range.start);
        self.copy(sign, &mut code);
        let end = self.pieces.last().map_or(start, |piece| piece.end);
        code.copy(end..self.range.end);
        Some(code.finish())
    }

    /// Appends a range of its text to code that is being put together.
    pub(super) fn copy(&self, range: Range<usize>, code: &mut Embedding<'_, '_>) {
        let mut at = 0;
        for piece in &self.pieces {
            let from = range.start.clamp(at, at + piece.len());
            let to = range.end.clamp(at, at + piece.len());
            code.copy(piece.start + from - at..piece.start + to - at);
            at += piece.len();
        }
    }
}

/// The instructions of a text.
pub(super) fn split(text: &str) -> Vec<Instruction> {
    let escape = escape(text);
    let mut lines = Lines { text, at: 0 };
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let content = text[line.clone()].trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        found.push(instruction(text, line, escape, &mut lines));
    }
    found
}

/// The letter that continues a line, which a directive at the top may name.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    let named = directives.filter_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("escape").then(|| value.trim().chars().next())?
    });
    named.take(1).next().unwrap_or('\\')
}

fn instruction(
    text: &str,
    first: Range<usize>,
    escape: char,
    lines: &mut Lines<'_>,
) -> Instruction {
    let line = &text[first.clone()];
    let indented = line.len() - line.trim_start().len();
    let start = first.start + indented;
    let word = line.trim_start().split([' ', '\t']).next().unwrap_or_default();
    let name = word.trim_end_matches(escape);
    let mut piece = start + name.len()..first.end;
    let mut pieces = Vec::new();
    loop {
        let content = text[piece.clone()].trim_end();
        let continued = content.strip_suffix(escape);
        let end = piece.start + continued.unwrap_or(content).len();
        pieces.push(piece.start..end);
        let next = continued.and_then(|_| lines.find(|line| !is_passed_over(&text[line.clone()])));
        let Some(next) = next else { break };
        piece = next;
    }
    let end = pieces.last().map_or(first.end, |piece| piece.end);
    let joined: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
    let mut instruction = Instruction {
        name: name.to_ascii_uppercase(),
        text: joined,
        pieces,
        heredocs: Vec::new(),
        range: start..end,
    };
    let nested = instruction.name == "ONBUILD";
    if nested || WITH_HEREDOCS.contains(&instruction.name.as_str()) {
        for (delimiter, strips) in delimiters(&instruction.text) {
            let (body, end) = heredoc(text, &delimiter, strips, lines);
            instruction.heredocs.push(body);
            instruction.range.end = end;
        }
    }
    instruction
}

/// Whether a line between continued ones does not count.
fn is_passed_over(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// The delimiters of the here-documents that a text starts, and whether tabs at
/// the starts of their lines go away.
fn delimiters(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices("<<") {
        let rest = &text[at + sign.len()..];
        let strips = rest.starts_with('-');
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['"', '\'']);
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        let is_string = text[..at].ends_with('<') || text[at + sign.len()..].starts_with('<');
        let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if is_name && !is_string && found.len() < MOST_HEREDOCS {
            found.push((name.to_owned(), strips));
        }
    }
    found
}

/// Where the text of a here-document is, and where the line that ends it does.
fn heredoc(
    text: &str,
    delimiter: &str,
    strips: bool,
    lines: &mut Lines<'_>,
) -> (Range<usize>, usize) {
    let start = lines.at;
    for line in lines.by_ref() {
        let content = text[line.clone()].trim_end_matches('\r');
        let content = if strips { content.trim_start_matches('\t') } else { content };
        if content == delimiter {
            return (start..line.start, line.end);
        }
    }
    (start.min(text.len())..text.len(), text.len())
}

/// The lines of a text, without their breaks.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let start = self.at;
        self.at = (start + length + 1).min(self.text.len());
        Some(start..start + length)
    }
}
