//! The text of a command, with Jinja in it replaced: by what it comes to where
//! that is known, else by a variable of the language that stands for it.

use std::collections::HashMap;
use std::ops::Range;

use super::jinja::{self, Part};
use super::quotes::{Quoted, Quotes};
use super::run::Run;
use super::scope::{Frame, Named};
use crate::frontend::template::{Aligned, Item};
use crate::procedure::{Action, Node, Operation, Target, Unknown, Value};
use crate::source::{Embedding, Source};

/// The front end for whose quotes stand-ins are written.
const SHELL: &str = "shell";

/// Code, and what the variables in it stand for.
pub(super) struct Code {
    pub(super) source: Source<'static>,
    /// What the loop over known values goes over that is written around it.
    pub(super) looped: Option<Looped>,
    /// By the name of a variable, what it stands for.
    stand_ins: HashMap<String, Unknown>,
}

/// A loop over known values.
pub(super) struct Looped {
    /// The expression on the item of the task's loop.
    expression: String,
    /// What it comes to, one item after another.
    words: Vec<String>,
}

/// Where a command is written.
pub(super) enum Text<'t> {
    /// A part of a scalar.
    Scalar(Item<'t>, Range<usize>),
    /// A list of words.
    Words(Item<'t>),
}

impl<'t> Run<'_, 't> {
    /// The code of a command; none if it may not be gone into.
    pub(super) fn code(&self, text: Text<'t>, language: &str, frame: &Frame<'t>) -> Option<Code> {
        let (Text::Scalar(item, _) | Text::Words(item)) = &text;
        let host = item.source();
        if !host.may_embed() {
            return None;
        }
        let mut writing = Writing {
            embedding: host.embed(),
            quotes: Quotes::default(),
            stand_ins: HashMap::new(),
            is_shell: language == SHELL,
            looped: None,
        };
        match text {
            Text::Scalar(item, range) => {
                let aligned = item.aligned()?;
                let looped = self.loop_over(&aligned.text[range.clone()], frame);
                writing.enter(looped, item);
                self.write(&aligned, range, frame, &mut writing);
                writing.leave(item);
            }
            Text::Words(words) => {
                for word in words.items() {
                    writing.word(word, |writing, aligned| {
                        self.write(aligned, 0..aligned.text.len(), frame, writing);
                    });
                }
            }
        }
        let Writing { embedding, stand_ins, looped, .. } = writing;
        Some(Code { source: embedding.finish(), looped, stand_ins })
    }

    /// Writes a part of a scalar.
    fn write(
        &self,
        aligned: &Aligned<'_>,
        range: Range<usize>,
        frame: &Frame<'t>,
        writing: &mut Writing<'_, '_>,
    ) {
        let text = &aligned.text[range.clone()];
        for part in jinja::parts(text) {
            match part {
                Part::Plain(inside) => {
                    writing.quotes.read(&text[inside.clone()]);
                    let inside = range.start + inside.start..range.start + inside.end;
                    aligned.append(inside, &mut writing.embedding);
                }
                Part::Expression(whole, inner) => {
                    let whole = range.start + whole.start..range.start + whole.end;
                    let value = self.expression_value(&text[inner.clone()], frame);
                    writing.expression(&text[inner], &value, aligned.raw(whole));
                }
                Part::Silent(_) => {}
            }
        }
    }

    /// The one expression on the item of a loop that a text has, and its values,
    /// if they differ.
    fn loop_over(&self, text: &str, frame: &Frame<'t>) -> Option<Looped> {
        let mut found: Option<&str> = None;
        for part in jinja::parts(text) {
            let Part::Expression(_, inner) = part else { continue };
            let expression = &text[inner];
            let root = jinja::root(expression).unwrap_or_default();
            if !matches!(frame.named(root), Some(Named::Over(_))) {
                continue;
            }
            if found.is_some_and(|known| known != expression) {
                return None;
            }
            found = Some(expression);
        }
        let expression = found?;
        let Value::List(items) = self.expression_value(expression, frame) else { return None };
        let plain = |text: &&str| !text.contains(['\'', '\n']);
        let words: Option<Vec<String>> =
            items.iter().map(|item| item.as_text().filter(plain).map(str::to_owned)).collect();
        let words = words.filter(|words| words.len() > 1)?;
        Some(Looped { expression: expression.to_owned(), words })
    }
}

/// Code that is being written.
struct Writing<'h, 'a> {
    embedding: Embedding<'h, 'a>,
    quotes: Quotes,
    stand_ins: HashMap<String, Unknown>,
    is_shell: bool,
    looped: Option<Looped>,
}

impl Writing<'_, '_> {
    /// Opens a loop over known values.
    fn enter(&mut self, looped: Option<Looped>, item: Item<'_>) {
        let Some(looped) = looped.filter(|_| self.is_shell) else { return };
        let words: Vec<String> = looped.words.iter().map(|word| format!("'{word}'")).collect();
        let head = format!("for {} in {}; do\n", identifier(&looped.expression), words.join(" "));
        let start = item.range().start;
        self.embedding.replace(&head, start..start);
        self.looped = Some(looped);
    }

    fn leave(&mut self, item: Item<'_>) {
        if self.looped.is_some() {
            let end = item.range().end;
            self.embedding.replace("\ndone\n", end..end);
        }
    }

    /// Writes an expression.
    fn expression(&mut self, expression: &str, value: &Value, range: Range<usize>) {
        let is_looped = self.looped.as_ref().is_some_and(|one| one.expression == expression);
        match value {
            Value::Text(known) if !is_looped => {
                self.quotes.read(known);
                self.embedding.replace(known, range);
            }
            _ => {
                let name = identifier(expression);
                let shown = match value {
                    Value::Unknown(unknown) => unknown.clone(),
                    _ => Unknown { text: jinja::braced(expression), declared: None, answer: None },
                };
                let written = match (self.is_shell, self.quotes.now == Quoted::Single) {
                    (true, true) => format!("'\"${{{name}}}\"'"),
                    (true, false) => format!("${{{name}}}"),
                    (false, _) => format!("${name}"),
                };
                self.stand_ins.insert(name, shown);
                self.embedding.replace(&written, range);
            }
        }
    }

    /// Writes a word of a list in quotes.
    fn word(&mut self, word: Item<'_>, write: impl FnOnce(&mut Self, &Aligned<'_>)) {
        let Some(aligned) = word.aligned() else { return };
        let range = word.range();
        self.embedding.replace("'", range.start..range.start);
        self.quotes.now = Quoted::Single;
        write(self, &aligned);
        self.quotes = Quotes::default();
        self.embedding.replace("' ", range.end..range.end);
    }
}

impl Code {
    /// The assignment of a value to a variable. One that nobody knows is what the
    /// variable itself stands for.
    pub(super) fn assigned(&mut self, name: &str, value: Value) -> Option<String> {
        match value {
            Value::Text(text) if !text.contains(['\'', '\n']) => Some(format!("{name}='{text}'\n")),
            Value::Unknown(unknown) => {
                self.stand_ins.insert(name.to_owned(), unknown);
                None
            }
            _ => None,
        }
    }

    /// Shows the values of variables that stand for expressions as those.
    pub(super) fn name_values(&self, nodes: &mut [Node]) {
        if self.stand_ins.is_empty() {
            return;
        }
        for node in nodes {
            match node {
                Node::Call(operation) => self.name_in(operation),
                Node::Guard(guard) => self.name_target(&mut guard.target),
                _ => {}
            }
            node.bodies_mut().into_iter().for_each(|body| self.name_values(body));
        }
    }

    fn name_in(&self, operation: &mut Operation) {
        self.name_target(&mut operation.target);
        if let Action::Unresolved(text) = &mut operation.action {
            *text = self.named(text);
        }
        for (_, value) in &mut operation.arguments.given {
            self.name_value(value);
        }
    }

    fn name_target(&self, target: &mut Target) {
        if let Target::Symbol(text) = target {
            *text = self.named(text);
        }
    }

    /// Recursion goes no deeper than values are nested.
    fn name_value(&self, value: &mut Value) {
        match value {
            Value::Unknown(unknown) => {
                let replaced = self.replaced(&unknown.text);
                unknown.text = replaced.text;
                unknown.declared = unknown.declared.take().or(replaced.declared);
                unknown.answer = unknown.answer.take().or(replaced.answer);
                if let Some(looped) = &self.looped
                    && unknown.text == jinja::braced(&looped.expression)
                {
                    *value = Value::List(looped.words.iter().cloned().map(Value::Text).collect());
                }
            }
            // In a string of another language a variable is text.
            Value::Text(text) if text.contains('$') => {
                let replaced = self.replaced(text);
                if replaced.text != *text {
                    *value = Value::Unknown(replaced);
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.name_value(item)),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, one)| self.name_value(one)),
            Value::Text(_) | Value::Absent => {}
        }
    }

    fn named(&self, text: &str) -> String {
        self.replaced(text).text
    }

    /// A text with expressions for the variables that stand for them, and what a
    /// single one of them comes from.
    fn replaced(&self, text: &str) -> Unknown {
        let mut named = String::with_capacity(text.len());
        let (mut declared, mut answer) = (None, None);
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            named.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let word = after.strip_prefix('{').unwrap_or(after);
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = word.find(|letter| !is_part(letter)).unwrap_or(word.len());
            let Some(stand_in) = self.stand_ins.get(&word[..end]) else {
                named.push('$');
                rest = after;
                continue;
            };
            named.push_str(&stand_in.text);
            declared.clone_from(&stand_in.declared);
            answer.clone_from(&stand_in.answer);
            let behind = &word[end..];
            let is_braced = after.starts_with('{');
            rest = if is_braced { behind.strip_prefix('}').unwrap_or(behind) } else { behind };
        }
        named.push_str(rest);
        match alone(&named) {
            Some(expression) => Unknown { text: expression.to_owned(), declared, answer },
            None => Unknown { text: named, declared: None, answer },
        }
    }
}

/// The one expression in a text that has quotes and brackets around it at most:
/// `'["{{ id }}"]'`.
fn alone(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|letter: char| "'\"[] ".contains(letter));
    // Braces close the expression.
    jinja::sole(bare).map(|_| bare)
}

/// A name made of what an expression has in letters and digits.
fn identifier(expression: &str) -> String {
    let words = jinja::names(expression).collect::<Vec<_>>().join("_");
    let starts = words.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if starts { words } else { format!("value_{words}") }
}
