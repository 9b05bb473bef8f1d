//! Builds expressions from the grammar's nodes. Depth is bounded here, so that
//! whoever descends into an expression by recursion is safe.

use std::ops::Range;

use tree_sitter::Node;

use crate::frontend::syntax::MAX_DEPTH;

use super::super::datum::Number;
use super::super::kind;
use super::super::tree::{
    Call, Conditional, Directive, Expression, For, Form, Key, Kind, Marked, Part, Place, Step,
    Template, Token,
};
use super::expression::{self, Term, children, named, only_child};
use super::string::{self, Piece};

/// Builds expressions of one source.
#[derive(Clone, Copy)]
pub(super) struct Builder<'s> {
    /// Its number.
    pub(super) source: u32,
    /// Its text.
    pub(super) text: &'s str,
}

/// The operators, as they are written.
const OPERATORS: &[&str] =
    &["!", "!=", "%", "&&", "*", "+", "-", "/", "<", "<=", "==", ">", ">=", "||"];

impl Builder<'_> {
    /// A range of the source.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.source, range)
    }

    /// The text of a node.
    pub(super) fn slice(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// An expression that cannot be read.
    pub(super) fn broken(&self, range: Range<usize>) -> Expression {
        Expression { kind: Kind::Broken, place: self.place(range) }
    }

    /// The expression of an `expression` node.
    pub(super) fn expression(&self, node: Node<'_>, depth: u16) -> Expression {
        let place = self.place(node.byte_range());
        if depth >= MAX_DEPTH {
            return Expression { kind: Kind::TooDeep, place };
        }
        if node.has_error() {
            return Expression { kind: Kind::Broken, place };
        }
        let kind = match expression::Expression::read(node) {
            None => Kind::Broken,
            Some(expression::Expression::Conditional { choices, otherwise }) => {
                let each = |(condition, value)| {
                    (self.expression(condition, depth + 1), self.expression(value, depth + 1))
                };
                let choices = choices.into_iter().map(each).collect();
                let otherwise = self.expression(otherwise, depth + 1);
                Kind::Conditional(Box::new(Conditional { choices, otherwise }))
            }
            Some(expression::Expression::Operation(tokens)) => match <[_; 1]>::try_from(tokens) {
                Ok([expression::Token::Operand(term)]) => return self.term(&term, depth),
                Ok([expression::Token::Operator(_)]) => Kind::Broken,
                Err(tokens) => self.operation(tokens, depth),
            },
        };
        Expression { kind, place }
    }

    fn operation(&self, tokens: Vec<expression::Token<'_>>, depth: u16) -> Kind {
        let token = |token| match token {
            expression::Token::Operand(term) => Some(Token::Operand(self.term(&term, depth))),
            expression::Token::Operator(written) => {
                OPERATORS.iter().find(|known| **known == written).copied().map(Token::Operator)
            }
        };
        tokens.into_iter().map(token).collect::<Option<_>>().map_or(Kind::Broken, Kind::Operation)
    }

    fn term(&self, term: &Term<'_>, depth: u16) -> Expression {
        let place = self.place(term.range.clone());
        let mut head = self.head(term.head, depth);
        if term.steps.is_empty() {
            return Expression { kind: head.kind, place };
        }
        if head.place.range().start > term.range.start {
            // A parenthesis opens before it.
            head.place = self.place(term.range.start..head.place.range().end);
        }
        let steps = term.steps.iter().map(|step| self.step(*step, depth)).collect();
        Expression { kind: Kind::Pick(Box::new(head), steps), place }
    }

    fn step(&self, step: expression::Step<'_>, depth: u16) -> Step {
        match step {
            expression::Step::Attribute(node) => Step::Attribute(self.slice(node).into()),
            expression::Step::Index(node) => Step::Index(self.expression(node, depth + 1)),
            expression::Step::LegacyIndex(node) => {
                let digits = self.slice(node).trim_start_matches(['.', ' ']);
                let kind = Number::parse(digits).map_or(Kind::Broken, Kind::Number);
                Step::Index(Expression { kind, place: self.place(node.byte_range()) })
            }
            expression::Step::Splat { full } => Step::Splat { full },
            expression::Step::Broken => Step::Broken,
        }
    }

    fn head(&self, node: Node<'_>, depth: u16) -> Expression {
        let place = self.place(node.byte_range());
        let inner = only_child(node);
        let kind = match (node.kind(), inner) {
            (kind::EXPRESSION, _) => return self.expression(node, depth + 1),
            (kind::LITERAL, Some(literal)) => self.literal(literal, depth),
            (kind::TEMPLATE, Some(string)) => Kind::Template(self.template(string, depth)),
            (kind::COLLECTION, Some(tuple)) if tuple.kind() == kind::TUPLE => {
                let items = named(tuple, kind::EXPRESSION).into_iter();
                Kind::Tuple(items.map(|item| self.expression(item, depth + 1)).collect())
            }
            (kind::COLLECTION, Some(object)) if object.kind() == kind::OBJECT => {
                self.object(object, depth)
            }
            (kind::CALL, _) => self.call(node, depth),
            (kind::FOR, Some(inner)) => {
                self.for_expression(inner, depth).map_or(Kind::Broken, |it| Kind::For(Box::new(it)))
            }
            (kind::VARIABLE, _) => Kind::Name(self.slice(node).into()),
            _ => Kind::Broken,
        };
        Expression { kind, place }
    }

    fn literal(&self, node: Node<'_>, depth: u16) -> Kind {
        match (node.kind(), self.slice(node)) {
            (kind::NULL, _) => Kind::Null,
            (kind::STRING, _) => Kind::Template(self.template(node, depth)),
            (_, "true") => Kind::Bool(true),
            (_, "false") => Kind::Bool(false),
            (_, digits) => Number::parse(digits).map_or(Kind::Broken, Kind::Number),
        }
    }

    fn object(&self, object: Node<'_>, depth: u16) -> Kind {
        let mut entries = Vec::new();
        for element in named(object, kind::OBJECT_ELEMENT) {
            let [key, value] = *named(element, kind::EXPRESSION) else { continue };
            let is_word = only_child(key).is_some_and(|child| child.kind() == kind::VARIABLE);
            let key = if is_word {
                Key::Word(self.slice(key).into())
            } else {
                Key::Computed(self.expression(key, depth + 1))
            };
            entries.push((key, self.expression(value, depth + 1)));
        }
        Kind::Object(entries)
    }

    fn call(&self, node: Node<'_>, depth: u16) -> Kind {
        let parts = children(node);
        let name = parts.first().map_or("", |name| self.slice(*name));
        let arguments = parts.iter().find(|part| part.kind() == kind::CALL_ARGUMENTS);
        let mut arguments = arguments.map(|node| children(*node)).unwrap_or_default();
        let spreads = arguments.iter().any(|argument| argument.kind() == kind::ELLIPSIS);
        arguments.retain(|argument| argument.kind() == kind::EXPRESSION);
        let arguments = arguments.into_iter().map(|node| self.expression(node, depth + 1));
        Kind::Call(Call { name: name.into(), arguments: arguments.collect(), spreads })
    }

    fn for_expression(&self, node: Node<'_>, depth: u16) -> Option<For> {
        let parts = children(node);
        let part = |kind| parts.iter().find(|part| part.kind() == kind).copied();
        let intro = part(kind::FOR_INTRO)?;
        let names = named(intro, kind::IDENTIFIER).into_iter();
        let read = |node: Node<'_>| self.expression(node, depth + 1);
        let mut bodies = named(node, kind::EXPRESSION).into_iter().map(read);
        let (first, second) = (bodies.next()?, bodies.next());
        let (key, body) = match second {
            Some(body) => (Some(first), body),
            None => (None, first),
        };
        let condition = part(kind::FOR_CONDITION);
        Some(For {
            names: names.map(|name| self.slice(name).into()).collect(),
            over: read(named(intro, kind::EXPRESSION).pop()?),
            key,
            body,
            condition: condition.and_then(|node| named(node, kind::EXPRESSION).pop()).map(read),
            groups: part(kind::ELLIPSIS).is_some(),
        })
    }

    fn template(&self, string: Node<'_>, depth: u16) -> Template {
        let is_heredoc = string.kind() == kind::HEREDOC;
        let form = if is_heredoc { Form::Heredoc } else { Form::Quoted };
        Template { parts: self.parts(string::pieces(string, self.text), depth), form }
    }

    /// The template that a heredoc around a range of the source is, as if it
    /// stood there by itself.
    pub(super) fn bare_template(&self, root: Node<'_>, range: Range<usize>) -> Expression {
        let pieces = string::bare_pieces(root, self.text, range.clone());
        let template = Template { parts: self.parts(pieces, 0), form: Form::Bare };
        Expression { kind: Kind::Template(template), place: self.place(range) }
    }

    fn parts(&self, pieces: Vec<Piece<'_>>, depth: u16) -> Vec<Part> {
        let part = |piece| match piece {
            Piece::Verbatim(range) => Part::Verbatim(self.place(range)),
            Piece::Escape(decoded, range) => Part::Escape(decoded.into(), self.place(range)),
            Piece::Interpolation(node) => {
                let inner = named(node, kind::EXPRESSION).pop();
                let inner = inner.map(|inner| self.expression(inner, depth + 1));
                let inner = inner.unwrap_or_else(|| self.broken(node.byte_range()));
                Part::Interpolation(self.marked(node, inner))
            }
            Piece::Directive(node) => {
                let inner = self.directive(node, depth);
                Part::Directive(self.marked(node, inner))
            }
        };
        pieces.into_iter().map(part).collect()
    }

    fn marked<T>(&self, node: Node<'_>, inner: T) -> Marked<T> {
        let parts = children(node);
        let marks =
            |part: Option<&Node<'_>>| part.is_some_and(|part| part.kind() == kind::STRIP_MARKER);
        Marked {
            inner,
            trims_before: marks(parts.get(1)),
            trims_after: parts.len() > 2 && marks(parts.get(parts.len() - 2)),
            place: self.place(node.byte_range()),
        }
    }

    fn directive(&self, node: Node<'_>, depth: u16) -> Directive {
        let over = named(node, kind::EXPRESSION).pop();
        let over = over.map(|over| self.expression(over, depth + 1));
        let over = over.unwrap_or_else(|| self.broken(node.byte_range()));
        match node.kind() {
            kind::IF_TAG => Directive::If(over),
            kind::ELSE_TAG => Directive::Else,
            kind::FOR_TAG => {
                let names = named(node, kind::IDENTIFIER).into_iter();
                Directive::For(names.map(|name| self.slice(name).into()).collect(), over)
            }
            _ => Directive::End,
        }
    }
}
