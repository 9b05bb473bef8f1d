//! Texts of code as sources of their own, each byte with its place in the
//! configuration.

use std::ops::Range;

use tree_sitter::Node;

use crate::procedure::{Unknown, Value};
use crate::source::{Embedding, Source};

use super::evaluate::{Evaluated, Evaluator};
use super::expression::{Expression, only_child};
use super::scope::Scope;
use super::standin::Standins;
use super::string::{Piece, is_string, pieces};
use super::text::{Join, Text};

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

impl<'t> Text<'_, 't> {
    /// The text as code in its place, and what stands in for interpolations.
    pub(super) fn embed(
        &self,
        evaluator: &Evaluator<'_, 't>,
        marking: Marking,
    ) -> (Source<'static>, Standins) {
        let source = evaluator.configuration.source(self.scope.file);
        let mut writer = Writer {
            evaluator,
            scope: &self.scope,
            marking,
            code: source.embed(),
            standins: Standins::default(),
            arguments: self.arguments.iter(),
        };
        for (place, part) in self.parts.iter().enumerate() {
            match &self.join {
                Join::With(separator) => {
                    if place > 0 {
                        writer.code.replace(separator, part.start_byte()..part.start_byte());
                    }
                    writer.part(*part);
                }
                Join::Words => writer.word(*part),
            }
        }
        (writer.code.finish(), writer.standins)
    }
}

/// Writes the parts of a text.
struct Writer<'w, 'c, 't> {
    evaluator: &'w Evaluator<'c, 't>,
    scope: &'w Scope<'w, 't>,
    marking: Marking,
    code: Embedding<'w, 't>,
    standins: Standins,
    arguments: std::slice::Iter<'w, Node<'t>>,
}

impl<'t> Writer<'_, '_, 't> {
    fn part(&mut self, expression: Node<'t>) {
        let string = string_of(expression);
        let Some(string) = string else {
            let value = self.evaluator.evaluate(expression, self.scope);
            return self.value(value, expression.byte_range(), false);
        };
        let text = self.evaluator.configuration.text(self.scope.file);
        let formats = self.arguments.len() > 0;
        let mut pieces = pieces(string, text).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Verbatim(range) if formats => self.formatted(range, text),
                Piece::Verbatim(range) => self.code.copy(range),
                Piece::Escape(decoded, range) => self.code.replace(&decoded, range),
                Piece::Directive => {}
                Piece::Interpolation(node) => {
                    let joins = matches!(pieces.peek(), Some(Piece::Verbatim(next))
                        if text[next.start..].starts_with(is_word));
                    let value = self.evaluator.interpolation(node, self.scope);
                    self.value(value, node.byte_range(), joins);
                }
            }
        }
    }

    /// Writes a value: its text if it is known, or else a name that stands for
    /// it. `joins` says that a letter follows.
    fn value(&mut self, value: Evaluated, range: Range<usize>, joins: bool) {
        match value.value {
            Value::Text(text) if text.len() <= MAX_KNOWN => self.code.replace(&text, range),
            Value::Unknown(unknown) => self.standin(&unknown, range, joins),
            Value::Absent => {}
            Value::Text(_) | Value::List(_) | Value::Map(_) => {
                let text = self.evaluator.unknown(range.clone(), self.scope.file, value.origin);
                if let Value::Unknown(unknown) = text.value {
                    self.standin(&unknown, range, joins);
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
    fn formatted(&mut self, range: Range<usize>, text: &str) {
        let (mut at, end) = (range.start, range.end);
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
            let value = self.evaluator.evaluate(*argument, self.scope);
            self.value(value, start..stop, text[stop..].starts_with(is_word));
        }
        self.code.copy(at..end);
    }

    /// Writes a word of a command.
    fn word(&mut self, expression: Node<'t>) {
        let range = expression.byte_range();
        let (start, end) = (range.start..range.start, range.end..range.end);
        let known = self.evaluator.evaluate(expression, self.scope).value;
        let plain = known.as_text().is_none_or(|word| !word.contains([' ', '\t', '\n', '"', ';']));
        if plain {
            self.part(expression);
        } else {
            self.code.replace("'", start);
            self.part(expression);
            self.code.replace("'", end.clone());
        }
        self.code.replace(" ", end);
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The string that an expression is.
fn string_of(expression: Node<'_>) -> Option<Node<'_>> {
    let term = Expression::read(expression).and_then(Expression::term)?;
    only_child(term.head).filter(|string| term.steps.is_empty() && is_string(*string))
}
