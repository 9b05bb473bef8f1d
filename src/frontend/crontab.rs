//! Timetables of cron: each line is a job of its own, in a shell of its own.

use std::ops::Range;

use super::host::{self, Piece, settings::Settings};
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "crontab",
    reads: "timetables of cron: the command of each line",
    globs: &[
        "crontab",
        "*.cron",
        "*.crontab",
        "crontab.*",
        "*-crontab",
        "crontabs",
        "cron.d/*",
        "crontabs/*",
        "spool/cron/*",
    ],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

/// How many fields say when.
const TIME_FIELDS: usize = 5;

/// Where the system's timetables are, in which a user follows the time.
const SYSTEM_FOLDER: &str = "cron.d/";

/// The system's own timetable.
const SYSTEM_FILE: &str = "etc/crontab";

/// The user that most lines of such timetables name.
const ROOT: &str = "root";

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        read(source, context, &mut lowered);
    }
    lowered
}

fn read(source: &Source<'_>, context: Context<'_>, out: &mut Lowered) {
    let of_system = source.path.contains(SYSTEM_FOLDER) || source.path.ends_with(SYSTEM_FILE);
    let mut settings = Settings::default();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let entry = line.trim_end();
        if entry.trim_start().starts_with('#') {
            continue;
        }
        if let Some((name, value)) = assignment(entry) {
            settings.set_literal(name, value);
        } else if let Some(when) = when(entry) {
            let when_end = when.end;
            let mut from = when.end;
            let command = entry[from..].trim_start();
            let user = command.split_whitespace().next().unwrap_or_default();
            if of_system || user == ROOT {
                from = entry.len() - command.len() + user.len();
            }
            let code = command_of(source, start + from..start + entry.len(), &settings);
            let piece = Piece { language: "shell", source: &code, failure: Failure::Raises };
            let body: Vec<_> = host::run(piece, context, out).into_iter().collect();
            if has_calls(&body) {
                out.procedures.push(Procedure {
                    name: entry[when.start..when_end].trim().to_owned(),
                    span: source.span(start + when.start..start + entry.len()),
                    frontend: FRONTEND.name,
                    parameters: Vec::new(),
                    body,
                });
            }
        }
    }
}

/// `NAME = value`, with or without quotes.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let named = !name.is_empty() && name.chars().all(is_name);
    named.then(|| (name, value.trim().trim_matches(['"', '\''])))
}

/// Where the fields of a line are that say when; none if they do not.
fn when(line: &str) -> Option<Range<usize>> {
    let start = line.len() - line.trim_start().len();
    let fields = if line[start..].starts_with('@') { 1 } else { TIME_FIELDS };
    let mut rest = line;
    for _ in 0..fields {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace)?;
        let is_time = |letter: char| letter.is_alphanumeric() || "*/,-@?#~".contains(letter);
        if !rest[..end].chars().all(is_time) {
            return None;
        }
        rest = &rest[end..];
    }
    Some(start..line.len() - rest.len())
}

/// The command of a line: a `%` ends it, and what follows is its input.
fn command_of(source: &Source<'_>, range: Range<usize>, settings: &Settings) -> Source<'static> {
    let text = &source.text[range.clone()];
    let mut code = source.embed();
    code.replace(&settings.prelude(text), range.start..range.start);
    let mut from = 0;
    for (at, _) in text.match_indices('%') {
        if text[..at].ends_with('\\') {
            code.copy(range.start + from..range.start + at - 1);
            from = at;
        } else {
            code.copy(range.start + from..range.start + at);
            return code.finish();
        }
    }
    code.copy(range.start + from..range.end);
    code.finish()
}
