//! Texts of code as sources of their own, each byte with its place in the
//! configuration.

use std::ops::Range;

use crate::procedure::{Unknown, Value};
use crate::source::{Embedding, Source};

use super::datum::Datum;
use super::evaluate::Evaluator;
use super::scope::Scope;
use super::standin::Standins;
use super::text::{Join, Text};
use super::tree::{Expression, Kind, Part, Place};

/// The longest known value that is put in place of an interpolation.
const MAX_KNOWN: usize = 4096;

/// How a language marks a stand-in.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Marking {
    /// `$name`
    Dollar,
    /// `name`
    Bare,
}

impl<'p> Text<'_, 'p> {
    /// The text as code in its place, and what stands in for interpolations; none
    /// if there is nothing.
    pub(super) fn embed(
        &self,
        evaluator: &Evaluator<'p>,
        marking: Marking,
    ) -> Option<(Source<'static>, Standins)> {
        let number = self.parts.first()?.place.source;
        let source = evaluator.project.sources.source(number);
        let bound = self.scope.bind_all(&self.variables);
        let mut writer = Writer {
            evaluator,
            scope: self.scope.with(&bound),
            marking,
            code: source.embed(),
            standins: Standins::default(),
            arguments: self.arguments.iter(),
        };
        for (place, part) in self.parts.iter().enumerate() {
            let start = part.place.range().start;
            match &self.join {
                _ if part.place.source != number => {}
                Join::With(separator) => {
                    if place > 0 {
                        writer.code.replace(separator, start..start);
                    }
                    writer.part(part);
                }
                Join::Words => writer.word(part),
            }
        }
        Some((writer.code.finish(), writer.standins))
    }
}

/// Writes the parts of a text.
struct Writer<'w, 'p> {
    evaluator: &'w Evaluator<'p>,
    scope: Scope<'w, 'p>,
    marking: Marking,
    code: Embedding<'w, 'p>,
    standins: Standins,
    arguments: std::slice::Iter<'w, &'p Expression>,
}

impl<'p> Writer<'_, 'p> {
    fn part(&mut self, expression: &'p Expression) {
        let Kind::Template(template) = &expression.kind else {
            let value = self.evaluator.evaluate(expression, self.scope);
            return self.value(&value, expression.place, false);
        };
        let sources = &self.evaluator.project.sources;
        let formats = self.arguments.len() > 0;
        let mut parts = template.parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Verbatim(place) if formats => self.formatted(*place),
                Part::Verbatim(place) => self.code.copy(place.range()),
                Part::Escape(decoded, place) => self.code.replace(decoded, place.range()),
                Part::Directive(_) => {}
                Part::Interpolation(marked) => {
                    let joins = matches!(parts.peek(), Some(Part::Verbatim(next))
                        if sources.text(*next).starts_with(is_word));
                    let value = self.evaluator.evaluate(&marked.inner, self.scope);
                    self.value(&value, marked.place, joins);
                }
            }
        }
    }

    /// Writes a value: its text if it is known, or else a name that stands for
    /// it. `joins` says that a letter follows.
    fn value(&mut self, datum: &Datum, place: Place, joins: bool) {
        match self.evaluator.value_of(datum, place) {
            Value::Text(text) if text.len() <= MAX_KNOWN => self.code.replace(&text, place.range()),
            Value::Unknown(unknown) => self.standin(&unknown, place.range(), joins),
            Value::Absent => {}
            Value::Text(_) | Value::List(_) | Value::Map(_) => {
                let unknown = self.evaluator.unknown(place, datum.origin());
                if let Value::Unknown(unknown) = self.evaluator.value_of(&unknown, place) {
                    self.standin(&unknown, place.range(), joins);
                }
            }
        }
    }

    fn standin(&mut self, unknown: &Unknown, range: Range<usize>, joins: bool) {
        let name = self.standins.name(unknown);
        let marked = match self.marking {
            Marking::Bare => name,
            Marking::Dollar if joins => format!("${{{name}}}"),
            Marking::Dollar => format!("${name}"),
        };
        self.code.replace(&marked, range);
    }

    /// Writes a piece of a format string with what its verbs stand for.
    fn formatted(&mut self, place: Place) {
        let text = &*self.evaluator.project.sources.source(place.source).text;
        let Range { start: mut at, end } = place.range();
        while let Some(found) = text[at..end].find('%') {
            let start = at + found;
            let verb = text[start + 1..end].find(|c: char| c.is_ascii_alphabetic() || c == '%');
            let Some(stop) = verb.map(|verb| start + verb + 2) else { break };
            self.code.copy(at..start);
            at = stop;
            if text[..stop].ends_with('%') {
                self.code.copy(start..start + 1);
                continue;
            }
            let Some(argument) = self.arguments.next() else {
                self.code.copy(start..stop);
                continue;
            };
            let value = self.evaluator.evaluate(argument, self.scope);
            let place = Place::new(place.source, start..stop);
            self.value(&value, place, text[stop..].starts_with(is_word));
        }
        self.code.copy(at..end);
    }

    /// The quotes that what is written out of a string needs.
    fn quote_around(&self, expression: &Expression) -> &'static str {
        let Kind::Template(template) = &expression.kind else { return "" };
        let sources = &self.evaluator.project.sources;
        let written = |part: &Part| match part {
            Part::Verbatim(place) => sources.text(*place).to_owned(),
            Part::Escape(text, _) => text.to_string(),
            Part::Interpolation(_) | Part::Directive(_) => String::new(),
        };
        let written: String = template.parts.iter().map(written).collect();
        match () {
            () if !written.contains(SEPARATING) => "",
            // The shell that is given the word puts the variables in.
            () if written.contains('"') => "'",
            () => "\"",
        }
    }

    /// Writes a word of a command.
    fn word(&mut self, expression: &'p Expression) {
        let Range { start, end } = expression.place.range();
        let known = self.evaluator.evaluate(expression, self.scope).as_text();
        let quote = match known {
            Some(word) if word.contains(SEPARATING) => "'",
            // What stands for the rest is a variable of the shell.
            None => self.quote_around(expression),
            Some(_) => "",
        };
        self.code.replace(quote, start..start);
        self.part(expression);
        self.code.replace(quote, end..end);
        self.code.replace(" ", end..end);
    }
}

/// Letters that a word of a shell has in quotes only.
const SEPARATING: [char; 5] = [' ', '\t', '\n', '"', ';'];

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
