//! What make puts in the places of its references before a shell sees a line.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use super::read::{Line, canned_lines};
use super::variables::Variables;
use crate::frontend::host::settings::{Setting, Settings};
use crate::source::{Embedding, Source};

/// How deep values may refer to values.
const DEEPEST: usize = 16;

/// The longest text that a reference stands for.
const LONGEST: usize = 4096;

/// How many calls of functions are expanded in one file.
const MOST_CALLS: usize = 20_000;

/// Functions that only say something, or give nothing to a shell.
const SILENT: [&str; 4] = ["info", "warning", "error", "eval"];

/// Names for what make knows in a recipe and the file does not tell.
const AUTOMATIC: [(&str, &str); 4] =
    [("@", "target"), ("*", "stem"), ("<", "prerequisite"), ("^", "prerequisites")];

/// What the words of a line may refer to besides variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    /// `$@`
    pub(super) target: String,
    /// `$<`
    pub(super) first_need: Option<String>,
    /// `$(1)` and so on.
    pub(super) given: Vec<String>,
}

/// Expands references in one file.
pub(super) struct Expander<'s, 'a> {
    source: &'s Source<'a>,
    variables: &'s Variables<'s>,
    /// What variables come to; none for one that is being told.
    known: RefCell<HashMap<String, Option<Told>>>,
    /// How many calls of functions are still expanded.
    left: Cell<usize>,
}

/// What a variable comes to.
#[derive(Clone, Debug)]
enum Told {
    Text(String),
    OneOf(Vec<String>),
    Unknown,
}

impl<'s, 'a> Expander<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>, variables: &'s Variables<'s>) -> Self {
        Self { source, variables, known: RefCell::default(), left: Cell::new(MOST_CALLS) }
    }

    /// A range of the file as the shell gets it.
    pub(super) fn code(
        &self,
        range: Range<usize>,
        arguments: &Arguments,
        options: &str,
    ) -> Source<'static> {
        let mut writer = Writer {
            expander: self,
            arguments,
            code: self.source.embed(),
            settings: Settings::default(),
        };
        let start = range.start;
        writer.text(range, 0);
        let Writer { code, settings, .. } = writer;
        let code = code.finish();
        let prelude = settings.prelude(&code.text) + options;
        if prelude.is_empty() {
            return code;
        }
        // Written again behind its prelude, so that it is not one level deeper.
        let mut whole = self.source.embed();
        whole.replace(&prelude, start..start);
        let mut writer =
            Writer { expander: self, arguments, code: whole, settings: Settings::default() };
        writer.text(start..self.end_of(&code, start), 0);
        writer.code.finish()
    }

    fn end_of(&self, code: &Source<'_>, start: usize) -> usize {
        let origin = self.source.span(0..1).start;
        let end = code.span(0..code.text.len()).end;
        (end.saturating_sub(origin) as usize).clamp(start, self.source.text.len())
    }

    /// The lines of the canned recipe that a line stands for, and what it gives
    /// them.
    pub(super) fn canned(
        &self,
        text: &str,
        arguments: &Arguments,
    ) -> Option<(Vec<Line>, Vec<String>)> {
        let text = text.trim();
        let inner = inner(text).filter(|_| reference_end(text, 0, text.len()) == text.len())?;
        let (name, given) = match inner.strip_prefix("call ") {
            Some(call) => {
                let mut parts = split(call);
                let name = parts.next()?.trim();
                let given = parts.map(|part| self.expanded(part.trim(), arguments, 0));
                (name, given.collect())
            }
            None => (inner, Vec::new()),
        };
        let range = self.variables.canned(name)?;
        Some((canned_lines(&self.source.text, range), given))
    }

    /// The goals of a line that runs make again on the same file.
    pub(super) fn goals(&self, text: &str, arguments: &Arguments) -> Option<Vec<String>> {
        let text = text.trim();
        let starts = ["$(MAKE) ", "${MAKE} ", "make "];
        let rest = starts.iter().find_map(|start| text.strip_prefix(start))?;
        if rest.contains([';', '&', '|', '`', '>', '<']) {
            return None;
        }
        let rest = self.expanded(rest, arguments, 0);
        let mut goals = Vec::new();
        for word in rest.split_whitespace() {
            match word {
                "-C" | "-f" | "--directory" | "--file" => return None,
                _ if word.starts_with("-C") || word.starts_with("-f") => return None,
                _ if word.starts_with('-') || word.contains('=') => {}
                _ => goals.push(word.to_owned()),
            }
        }
        Some(goals)
    }

    /// A text of the file with what its references stand for.
    fn expanded(&self, text: &str, arguments: &Arguments, depth: usize) -> String {
        let mut expanded = String::new();
        let mut at = 0;
        while let Some(found) = text[at..].find('$') {
            let start = at + found;
            expanded.push_str(&text[at..start]);
            let end = reference_end(text, start, text.len());
            expanded.push_str(&self.reference(&text[start..end], arguments, depth));
            at = end;
            if expanded.len() > LONGEST {
                return expanded;
            }
        }
        expanded.push_str(&text[at..]);
        expanded
    }

    /// What a reference inside a value stands for.
    fn reference(&self, reference: &str, arguments: &Arguments, depth: usize) -> String {
        match self.told(reference, arguments, depth) {
            Told::Text(text) => text,
            Told::OneOf(_) | Told::Unknown => stand_in(reference),
        }
    }

    fn told(&self, reference: &str, arguments: &Arguments, depth: usize) -> Told {
        let name = match inner(reference) {
            Some(inner) => inner.trim(),
            None => &reference[1..],
        };
        let text = |text: &str| Told::Text(text.to_owned());
        match name {
            "$" => return text("$"),
            "" => return text(""),
            "@" if !arguments.target.is_empty() && !arguments.target.contains('%') => {
                return text(&arguments.target);
            }
            "<" => return arguments.first_need.as_deref().map_or(Told::Unknown, text),
            _ => {}
        }
        if let Ok(number) = name.parse::<usize>() {
            let given = number.checked_sub(1).and_then(|index| arguments.given.get(index));
            return given.map_or(Told::Unknown, |given| text(given));
        }
        if depth >= DEEPEST || self.left.get() == 0 {
            return Told::Unknown;
        }
        if let Some((function, rest)) = name.split_once([' ', '\t']) {
            return self.function(function, rest, arguments, depth);
        }
        if name.contains([':', '$']) {
            return Told::Unknown;
        }
        self.variable(name, depth)
    }

    fn function(&self, name: &str, rest: &str, arguments: &Arguments, depth: usize) -> Told {
        match name {
            "strip" => Told::Text(self.expanded(rest, arguments, depth + 1).trim().to_owned()),
            "call" => {
                self.left.set(self.left.get() - 1);
                let mut parts = split(rest);
                let callee = parts.next().unwrap_or_default().trim();
                let [value] = self.variables.values(callee) else { return Told::Unknown };
                let given = parts.map(|part| self.expanded(part.trim(), arguments, depth + 1));
                let inner = Arguments { given: given.collect(), ..arguments.clone() };
                let text = self.expanded(&value.text, &inner, depth + 1);
                if text.len() > LONGEST { Told::Unknown } else { Told::Text(text) }
            }
            name if SILENT.contains(&name) => Told::Text(String::new()),
            _ => Told::Unknown,
        }
    }

    fn variable(&self, name: &str, depth: usize) -> Told {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone().unwrap_or(Told::Unknown);
        }
        self.known.borrow_mut().insert(name.to_owned(), None);
        let told = self.tell(name, depth);
        self.known.borrow_mut().insert(name.to_owned(), Some(told.clone()));
        told
    }

    fn tell(&self, name: &str, depth: usize) -> Told {
        let mut texts = Vec::new();
        for value in self.variables.values(name) {
            let prints = value.text.contains("$(shell") || value.text.contains("${shell");
            // An empty value waits for one from outside.
            if value.text.is_empty() || prints || value.lines.is_some() || value.uses_itself() {
                return Told::Unknown;
            }
            let text = self.expanded(&value.text, &Arguments::default(), depth + 1);
            if text.len() > LONGEST {
                return Told::Unknown;
            }
            texts.push(text);
        }
        texts.dedup();
        match texts.len() {
            0 => Told::Unknown,
            1 => Told::Text(texts.remove(0)),
            _ => Told::OneOf(texts),
        }
    }
}

/// Writes code for the shell.
struct Writer<'e, 's, 'a> {
    expander: &'e Expander<'s, 'a>,
    arguments: &'e Arguments,
    code: Embedding<'e, 'a>,
    settings: Settings,
}

impl Writer<'_, '_, '_> {
    fn text(&mut self, range: Range<usize>, depth: usize) {
        let expander = self.expander;
        let text = &*expander.source.text;
        let mut at = range.start;
        while let Some(found) = text[at..range.end].find('$') {
            let start = at + found;
            self.code.copy(at..start);
            let end = reference_end(text, start, range.end);
            self.reference(start..end, depth);
            at = end;
        }
        self.code.copy(at..range.end);
    }

    fn reference(&mut self, range: Range<usize>, depth: usize) {
        let expander = self.expander;
        let text = &expander.source.text[range.clone()];
        if let Some(inner) = inner(text)
            && let Some((name, rest)) = inner.split_once([' ', '\t'])
            && depth < DEEPEST
        {
            let from = range.end - 1 - rest.len();
            match name {
                "shell" => {
                    self.code.replace("$(", range.start..from);
                    self.text(from..range.end - 1, depth + 1);
                    return self.code.replace(")", range.end - 1..range.end);
                }
                "foreach" => return self.repeated(from..range.end - 1, depth),
                _ => {}
            }
        }
        match expander.told(text, self.arguments, depth) {
            Told::Text(known) => self.code.replace(&known, range),
            Told::OneOf(texts) => {
                let name = stand_in(text);
                let bare = name.trim_matches(['$', '{', '}']).to_owned();
                self.settings.set(&bare, Setting::OneOf(texts));
                self.code.replace(&name, range);
            }
            Told::Unknown => self.code.replace(&stand_in(text), range),
        }
    }

    /// `$(foreach name,list,text)`: the text once, as a loop if it is a command.
    fn repeated(&mut self, range: Range<usize>, depth: usize) {
        let text = &self.expander.source.text[range.clone()];
        let parts: Vec<&str> = split(text).collect();
        let [name, list, ..] = parts.as_slice() else { return };
        let body = range.start + name.len() + list.len() + 2..range.end;
        let is_command = text.trim_end().ends_with([';', '\n']);
        let start = range.start;
        if is_command {
            let list = self.expander.expanded(list, self.arguments, depth + 1);
            self.code.replace(&format!("for {} in {list}; do ", name.trim()), start..start);
        }
        self.text(body, depth + 1);
        if is_command {
            self.code.replace(" done; ", range.end..range.end);
        }
    }
}

/// The end of the reference that starts at a `$`.
pub(super) fn reference_end(text: &str, start: usize, limit: usize) -> usize {
    let rest = &text[start + 1..limit];
    let Some(open) = rest.chars().next() else { return limit };
    let close = match open {
        '(' => ')',
        '{' => '}',
        other => return start + 1 + other.len_utf8(),
    };
    let mut depth = 0_usize;
    for (at, letter) in rest.char_indices().take(LONGEST) {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return start + 2 + at;
            }
        }
    }
    // One that nothing closes is a `$` and no more.
    start + 1
}

/// What stands between the parentheses of a reference.
fn inner(reference: &str) -> Option<&str> {
    let rest = reference.strip_prefix('$')?;
    let parenthesised = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    parenthesised.or_else(|| rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')))
}

/// The arguments of a function.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |letter| {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
}

/// A variable of the shell that stands for a reference.
fn stand_in(reference: &str) -> String {
    if let Some((_, name)) = AUTOMATIC.iter().find(|(sign, _)| reference[1..].starts_with(sign)) {
        return format!("${{{name}}}");
    }
    let words = reference.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(6).collect();
    let name = words.join("_");
    match name.chars().next() {
        None => "${make}".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("${{make_{name}}}"),
        Some(_) => format!("${{{name}}}"),
    }
}
