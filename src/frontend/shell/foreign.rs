//! Command lines that code of languages without a front end runs: `system("…")` of
//! perl, awk and lua, backticks, `spawn …` of expect.
//!
//! The code is only searched for such calls and for the texts in them; texts,
//! documentation and here-documents around them are passed over.

use std::ops::Range;

use crate::source::{Embedding, Source};

/// How many calls of one piece of code are looked at.
const MOST: usize = 256;

/// How far the end of a call is looked for, in bytes.
const LONGEST: usize = 4096;

/// How far back the value of a variable is looked for, in bytes.
const FARTHEST: usize = 1 << 15;

/// What stands for a part of a command line that is not written out.
const HOLE: &str = "$1";

/// How awk names a shell that runs what it prints.
const SHELLS: &[&str] = &["\"sh\"", "\"bash\"", "\"/bin/sh\"", "\"/bin/bash\""];

/// How a language runs command lines.
struct Language {
    name: &'static str,
    /// What comments begin with.
    comment: &'static str,
    /// Functions that run a text as a command line, or several as its words.
    runners: &'static [&'static str],
    /// Commands that run the words behind them.
    prefixes: &'static [&'static str],
    /// Whether it runs what stands in backticks and behind `qx`.
    backticks: bool,
    /// Whether a text before or behind `|` is run.
    pipes: bool,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "perl",
        comment: "#",
        runners: &["system", "exec", "readpipe", "open", "systemx", "capture", "capturex"],
        prefixes: &[],
        backticks: true,
        pipes: false,
    },
    Language {
        name: "awk",
        comment: "#",
        runners: &["system"],
        prefixes: &[],
        backticks: false,
        pipes: true,
    },
    Language {
        name: "lua",
        comment: "--",
        runners: &["os.execute", "io.popen"],
        prefixes: &[],
        backticks: false,
        pipes: false,
    },
    Language {
        name: "expect",
        comment: "#",
        runners: &["send"],
        prefixes: &["spawn", "exec", "system"],
        backticks: false,
        pipes: false,
    },
];

/// Whether code of a language is searched here.
pub(super) fn is_known(language: &str) -> bool {
    named(language).is_some()
}

/// The command lines that code of a language runs, as far as they are written out.
pub(in crate::frontend) fn lines(language: &str, source: &Source<'_>) -> Vec<Source<'static>> {
    let Some(language) = named(language).filter(|_| source.may_embed()) else { return Vec::new() };
    let search = Search { language, source, text: &source.text };
    search.places().into_iter().filter_map(|place| search.line(place)).collect()
}

fn named(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.name == name)
}

/// Where something is run.
enum Place {
    /// A function with what it is given from here on.
    Given(usize),
    /// Words up to the end of the command.
    Words(usize),
    /// A text as it stands.
    Text(Range<usize>),
}

/// A search in some code.
struct Search<'s, 'a> {
    language: &'static Language,
    source: &'s Source<'a>,
    text: &'s str,
}

impl Search<'_, '_> {
    fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        let mut at = 0;
        let mut passed_over = PassedOver::default();
        for line in self.text.split_inclusive('\n') {
            let is_prose = self.language.backticks && passed_over.takes(line, self.text);
            if !is_prose && !line.trim_start().starts_with(self.language.comment) {
                self.places_in(at..at + line.len(), &mut places);
            }
            at += line.len();
            if places.len() > MOST {
                break;
            }
        }
        places.truncate(MOST);
        places
    }

    fn places_in(&self, line: Range<usize>, places: &mut Vec<Place>) {
        let mut at = line.start;
        while at < line.end {
            let rest = &self.text[at..line.end];
            let Some(first) = rest.chars().next() else { break };
            let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            let end = at + length.max(first.len_utf8());
            let word = &self.text[at..end];
            let own = !self.text[..at].ends_with(['$', '@', '%', '>', '\\']);
            match word {
                "\"" | "'" if !self.is_run(at) => {
                    let text = self.delimited(at).filter(|text| text.end < line.end);
                    at = text.map_or(end, |text| text.end + 1);
                    continue;
                }
                "`" if self.language.backticks => {
                    let text = self.delimited(at);
                    at = text.as_ref().map_or(end, |text| text.end + 1);
                    places.extend(text.map(Place::Text));
                    continue;
                }
                "qx" if self.language.backticks => {
                    places.extend(self.delimited(end).map(Place::Text));
                }
                "|" if self.language.pipes => places.extend(self.piped(at)),
                _ if own && self.language.runners.contains(&word) => {
                    places.push(Place::Given(end));
                }
                _ if own && self.language.prefixes.contains(&word) => {
                    places.push(Place::Words(end));
                }
                _ => {}
            }
            at = end;
        }
    }

    /// Whether a text at a place is what awk runs by reading from it.
    fn is_run(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end();
        self.language.pipes && before.ends_with('|')
    }

    /// The text between the sign at a place and the one that closes it.
    fn delimited(&self, at: usize) -> Option<Range<usize>> {
        let sign = self.text[at..].chars().next().filter(|sign| !sign.is_alphanumeric())?;
        let close = match sign {
            '{' => '}',
            '(' => ')',
            '[' => ']',
            sign => sign,
        };
        let from = at + sign.len_utf8();
        let length = self.near(from).find(close)?;
        Some(from..from + length)
    }

    /// What is run on one side of a `|` of awk: `"…" | getline`, `print | "…"`.
    fn piped(&self, at: usize) -> Option<Place> {
        let (before, after) = (self.text[..at].trim_end(), self.text[at + 1..].trim_start());
        if before.ends_with('|') || after.starts_with(['|', '&']) {
            return None;
        }
        let statement = before.rfind(['{', ';', '\n', '(']).map_or(0, |sign| sign + 1);
        let (from, own) = (statement, before.get(statement..)?);
        if after.starts_with("getline") {
            return Some(Place::Given(from));
        }
        let printed = own.trim_start().strip_prefix("print");
        let is_shell = |rest: &str| SHELLS.iter().any(|shell| rest.starts_with(shell));
        if let Some(printed) = printed.filter(|_| is_shell(after)) {
            return Some(Place::Given(before.len() - printed.len()));
        }
        Some(Place::Given(self.text.len() - after.len()))
    }

    fn line(&self, place: Place) -> Option<Source<'static>> {
        let mut code = self.source.embed();
        match place {
            Place::Text(range) => code.copy(range),
            Place::Words(at) => code.copy(self.words(at)),
            Place::Given(at) => {
                let mut given =
                    Given { search: self, code: &mut code, any: false, followed: false };
                given.read(at);
                given.any.then_some(())?;
            }
        }
        Some(code.finish())
    }

    /// The words behind a command, without its options.
    fn words(&self, at: usize) -> Range<usize> {
        let near = self.near(at);
        let mut end = near.len();
        for (sign, _) in near.match_indices(['\n', ';', ']']) {
            if !near[..sign].ends_with('\\') {
                end = sign;
                break;
            }
        }
        let mut from = 0;
        loop {
            let rest = &near[from..end];
            from += rest.len() - rest.trim_start().len();
            if !near[from..end].starts_with('-') {
                break;
            }
            from += near[from..end].find(char::is_whitespace).unwrap_or(end - from);
        }
        at + from..at + end
    }

    /// The text from a place on, as far as a call may reach.
    fn near(&self, at: usize) -> &str {
        let rest = self.text.get(at..).unwrap_or_default();
        &rest[..rest.floor_char_boundary(LONGEST)]
    }

    /// Where the last value is written that a variable got before a place.
    fn assigned(&self, name: &str, before: usize) -> Option<usize> {
        let from = self.text.floor_char_boundary(before.saturating_sub(FARTHEST));
        let text = &self.text[from..before];
        let places = text.rmatch_indices(name).take(MOST);
        let is_value = |(at, _): (usize, &str)| {
            let rest = text[at + name.len()..].trim_start();
            let whole = !text[..at].ends_with(is_name);
            let value = rest.strip_prefix('=').filter(|rest| whole && !rest.starts_with('='))?;
            Some(before - value.len())
        };
        places.into_iter().find_map(is_value)
    }
}

/// What perl does not run: documentation, here-documents, what is behind the end.
#[derive(Default)]
struct PassedOver<'t> {
    /// The line that ends it.
    until: Option<&'t str>,
}

impl<'t> PassedOver<'t> {
    /// Whether a line is part of that.
    fn takes(&mut self, line: &'t str, text: &str) -> bool {
        let bare = line.trim();
        if let Some(until) = self.until {
            if bare == until {
                self.until = None;
            }
            return true;
        }
        let is_markup = |rest: &str| rest.starts_with(|first: char| first.is_ascii_lowercase());
        self.until = match line.strip_prefix('=') {
            Some(rest) if is_markup(rest) => Some("=cut"),
            _ if matches!(bare, "__END__" | "__DATA__") => Some("\0"),
            _ => here_document(line).filter(|end| text.contains(&format!("\n{end}"))),
        };
        matches!(self.until, Some("=cut" | "\0"))
    }
}

/// The line that ends a here-document which begins on a line of perl.
fn here_document(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("<<")?;
    let rest = rest.strip_prefix('~').unwrap_or(rest).trim_start_matches(['"', '\'']);
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_').then_some(name)
}

/// The arguments of a function, as they become a command line.
struct Given<'g, 's, 'a, 'e> {
    search: &'g Search<'s, 'a>,
    code: &'g mut Embedding<'e, 'a>,
    /// Whether a text was found.
    any: bool,
    /// Whether the value of a variable is being read.
    followed: bool,
}

impl Given<'_, '_, '_, '_> {
    fn read(&mut self, from: usize) {
        let near = self.search.near(from);
        let mut at = near.len() - near.trim_start().len();
        let in_brackets = near[at..].starts_with('(');
        at += usize::from(in_brackets);
        while let Some(sign) = near[at..].chars().next() {
            let ends = match sign {
                ')' | ';' | '}' | ']' | '|' => true,
                '\n' => !in_brackets,
                _ => false,
            };
            if ends {
                return;
            }
            at += match sign {
                '"' | '\'' => self.text(from + at, &near[at..]),
                ',' => {
                    let place = from + at;
                    if self.any {
                        self.code.replace(" ", place..place);
                    }
                    1
                }
                _ if is_name(sign) || sign == '$' || sign == '@' => {
                    let length = near[at + 1..].find(|it| !is_name(it)).map_or(1, |end| end + 1);
                    self.operand(from + at, &near[at..at + length.max(sign.len_utf8())]);
                    length.max(sign.len_utf8())
                }
                sign => sign.len_utf8(),
            };
        }
    }

    /// A text in quotes; how long it is with them.
    fn text(&mut self, at: usize, rest: &str) -> usize {
        let quote = &rest[..1];
        let mut escaped = false;
        let is_end = |letter: char| {
            let ends = !escaped && quote.starts_with(letter);
            escaped = !escaped && letter == '\\';
            ends
        };
        let length = rest[1..].find(is_end).unwrap_or(rest.len() - 1);
        let text = &rest[1..=length];
        if self.any || text.contains(char::is_alphabetic) {
            self.any = true;
            // The pipe that a file of perl is opened with.
            let text = text.trim_end().trim_end_matches('|');
            self.unescaped(at + 1, text);
        }
        (length + 2).min(rest.len())
    }

    /// Copies a text without backslashes in front of what they escape.
    fn unescaped(&mut self, at: usize, text: &str) {
        let mut from = 0;
        let mut slashes = text.match_indices('\\').map(|(slash, _)| slash).peekable();
        while let Some(slash) = slashes.next() {
            let Some(letter) = text[slash + 1..].chars().next() else { break };
            if letter == '\\' {
                slashes.next();
            }
            self.code.copy(at + from..at + slash);
            from = slash + 1;
            if matches!(letter, 'n' | 'r' | 't') {
                self.code.replace(" ", at + slash..at + slash + 2);
                from += 1;
            }
        }
        self.code.copy(at + from..at + text.len());
    }

    /// Something that is no text: a variable whose value is written before, or a part
    /// that is not known.
    fn operand(&mut self, at: usize, name: &str) {
        if self.any {
            self.code.replace(HOLE, at..at + name.len());
            return;
        }
        let value = self.search.assigned(name, at).filter(|_| !self.followed);
        if let Some(value) = value {
            self.followed = true;
            self.read(value);
        }
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}
