//! Variables that a host gives the code that it runs, as a prelude of that code.

use std::collections::HashSet;
use std::fmt::Write as _;

/// How many variables of one host are kept.
const MOST: usize = 1000;

/// How long a prelude may get, in bytes.
const LONGEST: usize = 1 << 16;

/// The variables of a host, in the order in which they get their values.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend) struct Settings(Vec<(String, Setting)>);

/// What a variable holds.
#[derive(Clone, Debug)]
pub(in crate::frontend) enum Setting {
    /// This text.
    Literal(String),
    /// This text, in which `$name` stands for what another variable holds.
    Expanded(String),
    /// One of these texts.
    OneOf(Vec<String>),
    /// Nobody can tell.
    Unknown,
}

impl Settings {
    /// Gives a variable a value, which hides those before it.
    pub(in crate::frontend) fn set(&mut self, name: &str, setting: Setting) {
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if is_name && self.0.len() < MOST {
            self.0.push((name.to_owned(), setting));
        }
    }

    /// Gives a variable the text of a literal.
    pub(in crate::frontend) fn set_literal(&mut self, name: &str, text: &str) {
        self.set(name, Setting::Literal(text.to_owned()));
    }

    /// What a variable holds in the end, if it is one text as it stands.
    pub(in crate::frontend) fn literal(&self, name: &str) -> Option<&str> {
        let (_, setting) = self.0.iter().rev().find(|(known, _)| known == name)?;
        if let Setting::Literal(text) = setting { Some(text) } else { None }
    }

    /// Assignments, in a shell's words, of the variables that some code uses.
    pub(in crate::frontend) fn prelude(&self, code: &str) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut wanted: HashSet<&str> = used(code).collect();
        let mut needed = Vec::new();
        // What a value uses was there before it.
        for (name, setting) in self.0.iter().rev() {
            if wanted.contains(name.as_str()) {
                if let Setting::Expanded(text) = setting {
                    wanted.extend(used(text));
                }
                needed.push((name, setting));
            }
        }
        let mut prelude = String::new();
        for (name, setting) in needed.into_iter().rev() {
            if prelude.len() < LONGEST {
                assign(name, setting, &mut prelude);
            }
        }
        prelude
    }
}

/// The names of variables that a text uses.
fn used(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        Some(&rest[..end.unwrap_or(rest.len())]).filter(|name| !name.is_empty())
    })
}

fn assign(name: &str, setting: &Setting, prelude: &mut String) {
    match setting {
        Setting::Literal(text) => {
            let _ = writeln!(prelude, "{name}={}", quoted(text));
        }
        Setting::Expanded(text) => {
            let _ = writeln!(prelude, "{name}={}", expanded(text));
        }
        Setting::OneOf(texts) => {
            let mut word = "if";
            for text in texts {
                let _ = writeln!(prelude, "{word} x; then {name}={}", quoted(text));
                word = "elif";
            }
            if !texts.is_empty() {
                prelude.push_str("fi\n");
            }
        }
        Setting::Unknown => {
            let _ = writeln!(prelude, "read {name}");
        }
    }
}

/// A text as one word of a shell.
pub(in crate::frontend) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as one word of a shell, in which variables still stand for their values.
fn expanded(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    word.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts_command = letter == '$' && letters.peek() == Some(&'(');
        if matches!(letter, '"' | '`' | '\\') || starts_command {
            word.push('\\');
        }
        word.push(letter);
    }
    word.push('"');
    word
}
