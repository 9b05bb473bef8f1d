//! The text of a step's code: its lines, with what is known of the variables and
//! expressions in it, and with stand-ins for the rest.

use std::fmt::Write as _;
use std::ops::Range;

use super::Sink;
use super::look::{self, Look};
use super::values::{Known, Values};
use crate::frontend::host::{self, Piece};
use crate::frontend::interpreted_by;
use crate::frontend::template::{Aligned, Item};
use crate::procedure::{Failure, Node};
use crate::source::{Embedding, Source};

use restore::Restored;

mod restore;

/// How a format refers to values inside of code.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Syntax {
    /// How a reference begins.
    pub(in crate::frontend) open: &'static str,
    /// How it ends.
    pub(in crate::frontend) close: &'static str,
    /// Whether what stands between is one.
    pub(in crate::frontend) is_reference: fn(&str) -> bool,
    /// Whether a shell cannot read it as a word.
    pub(in crate::frontend) breaks_shells: bool,
}

/// `${{ expression }}`.
pub(in crate::frontend) const EXPRESSION: Syntax =
    Syntax { open: "${{", close: "}}", is_reference: |_| true, breaks_shells: false };

/// `{{ expression }}`.
pub(in crate::frontend) const BRACES: Syntax =
    Syntax { open: "{{", close: "}}", is_reference: |_| true, breaks_shells: false };

/// A `$` that is written twice.
pub(in crate::frontend) const DOUBLED: Syntax =
    Syntax { open: "$$", close: "", is_reference: |_| true, breaks_shells: false };

/// How the parts of code are put together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::frontend) enum Join {
    /// Each is a line, or several.
    #[default]
    Lines,
    /// Each is a word of one command.
    Words,
    /// Each is some of the words of one command.
    Parts,
}

/// Code in its place.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Code<'c, 't> {
    /// Its lines, or its whole text.
    pub(in crate::frontend) lines: Vec<Item<'t>>,
    /// How they are put together.
    pub(in crate::frontend) join: Join,
    /// Name of the front end of its language.
    pub(in crate::frontend) language: &'c str,
    /// Settings of the shell that runs it: `set -e`.
    pub(in crate::frontend) settings: &'c str,
    /// What stands before its first word that is not written: the program that is
    /// given the words.
    pub(in crate::frontend) given_to: &'c str,
    /// How it refers to values.
    pub(in crate::frontend) syntax: &'c [Syntax],
    /// What is known of them.
    pub(in crate::frontend) values: &'c Values,
    /// What its failure does.
    pub(in crate::frontend) failure: Failure,
}

/// The front end of shells.
pub(in crate::frontend) const SHELL: &str = "shell";

/// Settings of a shell that stops at the first failure.
pub(in crate::frontend) const ERREXIT: &str = "set -e\n";

/// The same, for any command of a pipeline.
pub(in crate::frontend) const PIPEFAIL: &str = "set -eo pipefail\n";

/// The language that the first line of a script says it is in.
pub(in crate::frontend) fn language_of<'c>(text: &str, otherwise: &'c str) -> &'c str {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let Some(command) = first.strip_prefix("#!") else { return otherwise };
    interpreted_by(command.split_whitespace()).unwrap_or("")
}

/// What the run of code comes to.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Ran {
    /// Its node, if it does anything.
    pub(in crate::frontend) nodes: Vec<Node>,
    /// The look at the lock state without whose success it fails.
    pub(in crate::frontend) look: Option<Look>,
}

/// Lowers code.
pub(in crate::frontend) fn run(code: &Code<'_, '_>, sink: &mut Sink<'_>) -> Ran {
    let mut ran = Ran::default();
    let stops = code.failure == Failure::Raises && code.language == SHELL;
    if stops && look::turns_back(code.lines.iter().filter_map(|line| line.text())) {
        let mut aside = Sink::new(sink.context);
        ran.look = look::at_end(&lower(code, look::AFTER, &mut aside));
    }
    ran.nodes = lower(code, "", sink);
    ran
}

fn lower(code: &Code<'_, '_>, after: &str, sink: &mut Sink<'_>) -> Vec<Node> {
    let Some((source, restored)) = assemble(code, after) else { return Vec::new() };
    let before = sink.out.procedures.len();
    let piece = Piece { language: code.language, source: &source, failure: code.failure };
    let mut nodes: Vec<Node> = host::run(piece, sink.context, &mut sink.out).into_iter().collect();
    if !restored.is_empty() {
        for procedure in &mut sink.out.procedures[before..] {
            restored.nodes(&mut procedure.body);
        }
        restored.nodes(&mut nodes);
    }
    nodes
}

/// The text of code, and what its stand-ins stand for.
fn assemble(code: &Code<'_, '_>, after: &str) -> Option<(Source<'static>, Restored)> {
    let first = code.lines.first()?;
    let pieces: Vec<Aligned<'_>> = code.lines.iter().filter_map(|line| line.aligned()).collect();
    let embedding = first.source().embed();
    let mut assembly =
        Assembly { embedding, code, restored: Restored::default(), in_quotes: false };
    let prelude = assembly.prelude(&pieces);
    if let Some(start) = pieces.first().map(|first| first.raw(0..first.text.len()).start) {
        assembly.embedding.replace(code.given_to, start..start);
    }
    for piece in &pieces {
        match code.join {
            Join::Lines => assembly.line(piece),
            Join::Words => assembly.word(piece),
            Join::Parts => {
                assembly.fill(piece);
                assembly.unwritten(" ", piece);
            }
        }
    }
    assembly.end(&pieces, after);
    let source = assembly.embedding.finish();
    let source = if prelude.is_empty() { source } else { host::with_prelude(&source, &prelude) };
    Some((source, assembly.restored))
}

struct Assembly<'h, 'a, 'c, 't> {
    embedding: Embedding<'h, 'a>,
    code: &'c Code<'c, 't>,
    restored: Restored,
    /// Whether what is written stands between single quotes.
    in_quotes: bool,
}

impl Assembly<'_, '_, '_, '_> {
    fn is_shell(&self) -> bool {
        self.code.language == SHELL
    }

    /// The expressions with several values that occur, by their names.
    fn several(&self, pieces: &[Aligned<'_>]) -> Vec<(&str, &Known)> {
        let values = self.code.values;
        let is_used = |name: &str| {
            let within = |text: &str| text.contains(name);
            pieces.iter().any(|piece| within(piece.text))
                || used_variables(values, pieces).any(|(_, value)| within(value))
        };
        let several = values.expressions.iter();
        let several = several.filter(|(_, known)| !matches!(known, Known::One(_)));
        several
            .map(|(name, known)| (name.as_str(), known))
            .filter(|(name, _)| is_used(name))
            .collect()
    }

    /// What comes before the code: settings, values of expressions, variables.
    fn prelude(&self, pieces: &[Aligned<'_>]) -> String {
        if !self.is_shell() {
            return String::new();
        }
        let mut text = self.code.settings.to_owned();
        for (name, known) in self.several(pieces) {
            let variable = variable(name);
            match known {
                Known::One(_) => {}
                Known::Each(values) => {
                    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                    let _ = writeln!(text, "for {variable} in {}; do", values.join(" "));
                }
                Known::OneOf(values) => {
                    let _ = write!(text, "case $0 in");
                    for (number, value) in values.iter().enumerate() {
                        let _ = write!(text, " {number}) {variable}={};;", quoted(value));
                    }
                    text.push_str(" esac\n");
                }
            }
        }
        for (name, value) in used_variables(self.code.values, pieces) {
            if let Some(value) = self.resolved(value) {
                let _ = writeln!(text, "export {name}={value}");
            }
        }
        text
    }

    fn line(&mut self, piece: &Aligned<'_>) {
        self.fill(piece);
        self.unwritten("\n", piece);
    }

    /// Appends text that is written nowhere, behind a piece.
    fn unwritten(&mut self, text: &str, piece: &Aligned<'_>) {
        let end = piece.raw(0..piece.text.len()).end;
        self.embedding.replace(text, end..end);
    }

    /// Appends a text as one word.
    fn word(&mut self, piece: &Aligned<'_>) {
        let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+".contains(letter);
        let text = piece.text;
        if !text.is_empty() && (text.chars().all(is_plain) || text.starts_with("$(")) {
            self.fill(piece);
        } else {
            let start = piece.raw(0..piece.text.len()).start;
            self.embedding.replace("'", start..start);
            self.in_quotes = true;
            self.fill(piece);
            self.in_quotes = false;
            self.unwritten("'", piece);
        }
        self.unwritten(" ", piece);
    }

    fn end(&mut self, pieces: &[Aligned<'_>], after: &str) {
        let Some(last) = pieces.last() else { return };
        self.unwritten(after, last);
        if self.is_shell() {
            let is_each = |(_, known): &(&str, &Known)| matches!(known, Known::Each(_));
            let loops = self.several(pieces).into_iter().filter(is_each).count();
            self.unwritten(&"done\n".repeat(loops), last);
        }
    }

    /// A variable's value as a word of shell.
    fn resolved(&self, value: &str) -> Option<String> {
        let Some((whole, inner, _)) = next_reference(value, 0, self.code.syntax) else {
            return Some(quoted(value));
        };
        if value.contains(['"', '\\', '`'])
            || next_reference(value, whole.end, self.code.syntax).is_some()
        {
            return None;
        }
        let (before, after) = (&value[..whole.start], &value[whole.end..]);
        let written = match self.code.values.expressions.get(value[inner].trim()) {
            Some(Known::One(known)) if !known.contains('"') => known.clone(),
            Some(Known::One(_)) => return None,
            Some(_) => format!("${{{}}}", variable(value_name(value, self.code.syntax))),
            None => value[whole.clone()].to_owned(),
        };
        Some(format!("\"{before}{written}{after}\""))
    }

    /// Appends a part of a text as it is.
    fn copy(&mut self, aligned: &Aligned<'_>, range: Range<usize>) {
        let mut at = range.start;
        while self.in_quotes
            && let Some(length) = aligned.text[at..range.end].find('\'')
        {
            aligned.append(at..at + length, &mut self.embedding);
            let quote = at + length..at + length + 1;
            self.embedding.replace(r"'\''", aligned.raw(quote));
            at += length + 1;
        }
        aligned.append(at..range.end, &mut self.embedding);
    }

    /// Appends a text with what its references stand for.
    fn fill(&mut self, aligned: &Aligned<'_>) {
        let mut at = 0;
        // One that never occurs would be looked for again behind each reference.
        let occurs = |one: &&Syntax| aligned.text.contains(one.open);
        let syntax: Vec<Syntax> = self.code.syntax.iter().filter(occurs).copied().collect();
        while let Some((whole, inner, syntax)) = next_reference(aligned.text, at, &syntax) {
            self.copy(aligned, at..whole.start);
            let written = &aligned.text[whole.clone()];
            let name = aligned.text[inner].trim();
            let raw = aligned.raw(whole.clone());
            match self.code.values.expressions.get(name) {
                _ if syntax.close.is_empty() => self.embedding.replace("$", raw),
                Some(Known::One(value)) => self.embedding.replace(value, raw),
                Some(_) if self.is_shell() => {
                    let variable = format!("${{{}}}", variable(name));
                    self.embedding.replace(&variable, raw);
                    self.restored.remember(variable, written);
                }
                _ if self.is_shell() && !syntax.breaks_shells => {
                    self.copy(aligned, whole.clone());
                }
                _ => {
                    let stand_in = self.restored.stand_in(written, name, self.is_shell());
                    self.embedding.replace(&stand_in, raw);
                }
            }
            at = whole.end;
        }
        self.copy(aligned, at..aligned.text.len());
    }
}

/// The variables that occur.
fn used_variables<'v>(
    values: &'v Values,
    pieces: &[Aligned<'_>],
) -> impl Iterator<Item = (&'v str, &'v str)> {
    let is_put_in = |name: &str| {
        let mut known = values.expressions.values();
        known.any(|known| matches!(known, Known::One(text) if text.starts_with('$') && text.contains(name)))
    };
    let is_used =
        |name: &str| pieces.iter().any(|piece| piece.text.contains(name)) || is_put_in(name);
    let is_name = |name: &str| {
        name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
    };
    let used = values.variables.iter().filter(move |(name, _)| is_name(name) && is_used(name));
    used.map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>().into_iter()
}

fn value_name<'v>(value: &'v str, syntax: &[Syntax]) -> &'v str {
    next_reference(value, 0, syntax).map_or("", |(_, inner, _)| value[inner].trim())
}

/// The next reference from a place on: all of it, and what stands between.
fn next_reference(
    text: &str,
    from: usize,
    syntax: &[Syntax],
) -> Option<(Range<usize>, Range<usize>, Syntax)> {
    let found = syntax.iter().filter_map(|one| {
        let mut at = from;
        loop {
            let start = at + text.get(at..)?.find(one.open)?;
            let inner = start + one.open.len();
            let length = text[inner..].find(one.close)?;
            if (one.is_reference)(&text[inner..inner + length]) {
                let end = inner + length + one.close.len();
                return Some((start..end, inner..inner + length, *one));
            }
            at = inner;
        }
    });
    found.min_by_key(|(whole, ..)| whole.start)
}

/// The name of the variable that an expression's value is put into.
fn variable(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// A text as one word of shell.
fn quoted(text: &str) -> String {
    if text.contains('$') && !text.contains(['"', '`', '\\']) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
