//! Units of systemd: what a service runs when it starts, reloads and stops.
//!
//! A line is a command and its words; no shell looks at it unless it names one.
//! `Restart=` runs the start again after a failure.

use std::ops::Range;

use super::host::steps::{Steps, retried};
use super::host::{Piece, settings::Settings};
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "systemd",
    reads: "units of systemd: the Exec lines of services",
    globs: &["*.service", "*.service.in", "*.service.j2", "*.service.d/*.conf"],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

/// The procedures of a service, and the lines that they are made of in the order
/// in which they run.
const RUNS: [(&str, &[&str]); 3] = [
    ("start", &["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost"]),
    ("reload", &["ExecReload"]),
    ("stop", &["ExecStop", "ExecStopPost"]),
];

/// Values of `Restart=` with which a failed start runs again.
const RESTARTS: [&str; 3] = ["always", "on-failure", "on-abnormal"];

/// How many Exec lines of a unit are read.
const MOST_LINES: usize = 1000;

/// What may stand before a command and says how it is run.
const PREFIXES: [char; 6] = ['@', '-', ':', '+', '!', '|'];

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        Unit::read(source).lower(context, &mut lowered);
    }
    lowered
}

/// A unit's lines.
struct Unit<'s, 'a> {
    source: &'s Source<'a>,
    settings: Settings,
    restart: Option<String>,
    /// Names and values, in the order of the file.
    lines: Vec<(&'s str, Vec<Range<usize>>)>,
}

impl<'s, 'a> Unit<'s, 'a> {
    fn read(source: &'s Source<'a>) -> Self {
        let (settings, lines) = (Settings::default(), Vec::new());
        let mut unit = Self { source, settings, restart: None, lines };
        let text = &*source.text;
        let mut lines = logical_lines(text).into_iter();
        for pieces in &mut lines {
            let Some(first) = pieces.first().cloned() else { continue };
            let Some((name, _)) = text[first.clone()].split_once('=') else { continue };
            let mut pieces = pieces;
            pieces[0] = first.start + name.len() + 1..first.end;
            let value: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
            unit.line(name.trim(), value.trim(), pieces);
        }
        unit
    }

    fn line(&mut self, name: &'s str, value: &str, pieces: Vec<Range<usize>>) {
        match name {
            "Environment" => {
                for pair in words(value) {
                    if let Some((name, value)) = pair.split_once('=') {
                        self.settings.set_literal(name, value);
                    }
                }
            }
            "Restart" => self.restart = Some(value.to_owned()),
            // An empty value takes back what was before it.
            _ if value.is_empty() => self.lines.retain(|(known, _)| *known != name),
            _ if name.starts_with("Exec") && self.lines.len() < MOST_LINES => {
                self.lines.push((name, pieces));
            }
            _ => {}
        }
    }

    fn lower(&self, context: Context<'_>, out: &mut Lowered) {
        for (run, names) in RUNS {
            let mut steps = Steps::default();
            for name in names {
                for (_, pieces) in self.lines.iter().filter(|(known, _)| known == name) {
                    self.command(pieces, context, &mut steps, out);
                }
            }
            let mut body = steps.finish();
            if !has_calls(&body) {
                continue;
            }
            let restart = self.restart.as_deref().unwrap_or_default();
            if run == "start" && RESTARTS.contains(&restart) {
                body = vec![retried(format!("Restart={restart}"), body)];
            }
            let of_run = self.lines.iter().filter(|(name, _)| names.contains(name));
            let places: Vec<&Range<usize>> = of_run.flat_map(|(_, pieces)| pieces).collect();
            let start = places.iter().map(|place| place.start).min().unwrap_or(0);
            let end = places.iter().map(|place| place.end).max().unwrap_or(0);
            out.procedures.push(Procedure {
                name: run.to_owned(),
                span: self.source.span(start..end.max(start)),
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body,
            });
        }
    }

    fn command(
        &self,
        pieces: &[Range<usize>],
        context: Context<'_>,
        steps: &mut Steps,
        out: &mut Lowered,
    ) {
        let text = &*self.source.text;
        let mut pieces = pieces.to_vec();
        let mut failure = Failure::Raises;
        let mut names_itself = false;
        let first = pieces.iter_mut().find(|piece| !text[(*piece).clone()].trim().is_empty());
        let Some(first) = first else { return };
        loop {
            let rest = &text[first.clone()];
            let trimmed = rest.trim_start();
            let prefix = trimmed.chars().next().filter(|letter| PREFIXES.contains(letter));
            match prefix {
                Some('-') => failure = Failure::Discarded,
                Some('@') => names_itself = true,
                Some(_) => {}
                None => break,
            }
            first.start += rest.len() - trimmed.len() + 1;
        }
        let code = self.code(&pieces, names_itself);
        let piece = Piece { language: "shell", source: &code, failure };
        steps.run(piece, context, out);
    }

    /// The words of a command as a line for a shell.
    fn code(&self, pieces: &[Range<usize>], names_itself: bool) -> Source<'static> {
        let text = &*self.source.text;
        let whole: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
        let mut code = self.source.embed();
        let start = pieces.first().map_or(0, |piece| piece.start);
        code.replace(&self.settings.prelude(&whole), start..start);
        let mut writer = Writer { code, quote: None, words: 0, names_itself };
        for piece in pieces {
            writer.piece(text, piece.clone());
            writer.code.replace(" ", piece.end..piece.end);
        }
        writer.code.finish()
    }
}

/// Writes words so that a shell takes them as systemd does.
struct Writer<'h, 'a> {
    code: crate::source::Embedding<'h, 'a>,
    quote: Option<char>,
    /// How many words have ended.
    words: usize,
    /// Whether the second word is the name that the program is told it has.
    names_itself: bool,
}

impl Writer<'_, '_> {
    fn piece(&mut self, text: &str, range: Range<usize>) {
        let mut from = range.start;
        let mut letters = text[range.clone()].char_indices().peekable();
        while let Some((offset, letter)) = letters.next() {
            let at = range.start + offset;
            let next = letters.peek().map(|(_, next)| *next);
            let is_hidden = self.names_itself && self.words == 1;
            if self.quote.is_none() && letter.is_whitespace() && next.is_none_or(|it| it != letter)
            {
                self.words += usize::from(offset > 0);
            }
            let (stands_for, length) = match (letter, next) {
                ('"' | '\'', _) if self.quote.is_none_or(|open| open == letter) => {
                    self.quote = if self.quote.is_some() { None } else { Some(letter) };
                    continue;
                }
                ('\\', Some(_)) => {
                    letters.next();
                    continue;
                }
                ('%', Some('%')) => ("%".to_owned(), 2),
                ('%', Some(specifier)) if specifier.is_ascii_alphabetic() => {
                    (format!("${{unit_{specifier}}}"), 2)
                }
                ('$', Some('$')) => ("\\$".to_owned(), 2),
                ('|' | '&' | '<' | '>' | '(' | ')' | '*' | '?' | '#' | '`', _)
                    if self.quote.is_none() =>
                {
                    (format!("\\{letter}"), 1)
                }
                _ if is_hidden && !letter.is_whitespace() => (String::new(), letter.len_utf8()),
                _ => continue,
            };
            self.code.copy(from..at);
            self.code.replace(&stands_for, at..at + length);
            from = at + length;
            if length == 2 {
                letters.next();
            }
        }
        self.code.copy(from..range.end);
    }
}

/// The lines of a text: where the pieces of each stand, without what continues
/// it, and without comments.
fn logical_lines(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        if content.trim_start().starts_with(['#', ';']) {
            continue;
        }
        let continued = content.strip_suffix('\\');
        open.push(start..start + continued.unwrap_or(content).len());
        if continued.is_none() {
            lines.push(std::mem::take(&mut open));
        }
    }
    lines.push(open);
    lines
}

/// The words of a value, without their quotes.
fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in value.chars() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(letter),
            _ if quote.is_none() && letter.is_whitespace() => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words
}
