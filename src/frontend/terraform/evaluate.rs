//! The evaluator: what an expression's value is, as far as the module tells.
//!
//! Nothing from outside is assumed: variables have defaults, but a caller may
//! set them, so their values are unknown. Along with a value goes its [`Origin`]:
//! a value that cannot be told may still be known to come from a resource of the
//! module. Depth and copying are bounded, so no module makes this run away.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use tree_sitter::Node;

use crate::frontend::syntax::MAX_DEPTH;
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Value;
use crate::source::Span;

use super::configuration::{Attribute, Block, Configuration};
use super::expression::{self, Call, Expression, Term, Token, children, named};
use super::scope::{Origin, Scope};
use super::string::{Piece, pieces};
use super::{function, kind, operator};

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Evaluated {
    /// What is known of it.
    pub(super) value: Value,
    /// Where it comes from.
    pub(super) origin: Origin,
}

impl Evaluated {
    pub(super) fn constant(text: impl Into<String>) -> Self {
        Self { value: Value::Text(text.into()), origin: Origin::Nowhere }
    }
}

/// The longest text that is kept of an expression, in characters.
const MAX_TEXT: usize = 160;

/// Evaluates expressions of a module.
pub(super) struct Evaluator<'c, 't> {
    /// The module.
    pub(super) configuration: &'c Configuration<'t>,
    /// Values of locals; none while one is being told.
    pub(super) locals: RefCell<HashMap<&'t str, Option<Rc<Evaluated>>>>,
    /// How much work references caused.
    pub(super) spent: Cell<usize>,
    too_deep: Cell<Option<Span>>,
}

impl<'c, 't> Evaluator<'c, 't> {
    pub(super) fn new(configuration: &'c Configuration<'t>) -> Self {
        let locals = RefCell::default();
        Self { configuration, locals, spent: Cell::new(0), too_deep: Cell::new(None) }
    }

    /// What could not be told for the depth of its nesting.
    pub(super) fn problem(&self) -> Option<Problem> {
        let message = format!("nested more than {MAX_DEPTH} levels deep; read as unknown");
        let span = self.too_deep.get()?;
        Some(Problem::at(ProblemKind::TooDeep, span, message))
    }

    /// The scope inside a block, where `each`, `count` and `self` mean its own.
    pub(super) fn inside<'s>(&self, block: &'s Block<'t>) -> Scope<'s, 't> {
        let origin = |name| {
            let attribute = block.attribute(name)?;
            Some(self.attribute(attribute, &Scope::file(block.file, 0)).origin)
        };
        let each = origin("for_each").unwrap_or(Origin::Outside);
        // A number of copies says nothing of where their arguments come from.
        let count = origin("count").filter(|count| matches!(count, Origin::Declared(_)));
        Scope::inside(block, each, count.unwrap_or(Origin::Nowhere))
    }

    /// Whether a block is known to stand for nothing: `count = 0` or an empty
    /// `for_each`.
    pub(super) fn is_empty(&self, block: &Block<'t>) -> bool {
        let value = |name| {
            let attribute = block.attribute(name)?;
            Some(self.attribute(attribute, &Scope::file(block.file, 0)).value)
        };
        let none = match value("for_each") {
            Some(Value::List(items)) => items.is_empty(),
            Some(Value::Map(entries)) => entries.is_empty(),
            _ => false,
        };
        none || value("count").is_some_and(|count| count.as_text() == Some("0"))
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, attribute: Attribute<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        if attribute.node.has_error() {
            return self.unknown(attribute.value.byte_range(), attribute.file, Origin::Outside);
        }
        self.evaluate(attribute.value, scope)
    }

    /// The value of an `expression` node.
    pub(super) fn evaluate(&self, node: Node<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        if scope.depth >= MAX_DEPTH {
            self.too_deep.set(Some(self.configuration.span(scope.file, node)));
            return self.unknown(node.byte_range(), scope.file, Origin::Outside);
        }
        let scope = scope.deeper();
        match Expression::read(node).filter(|_| !node.has_error()) {
            None => self.unknown(node.byte_range(), scope.file, Origin::Outside),
            Some(Expression::Conditional { choices, otherwise }) => {
                self.conditional(node, &choices, otherwise, &scope)
            }
            Some(Expression::Operation(tokens)) => self.operation(node, tokens, &scope),
        }
    }

    /// A value that cannot be told.
    pub(super) fn unknown(&self, range: Range<usize>, file: usize, origin: Origin) -> Evaluated {
        let text = self.configuration.text(file).get(range).unwrap_or_default();
        let text = collapsed(text);
        let value = match &origin {
            Origin::Declared(address) => Value::declared(text, &**address),
            Origin::Nowhere | Origin::Outside => Value::unknown(text),
        };
        Evaluated { value, origin }
    }

    fn conditional(
        &self,
        node: Node<'t>,
        choices: &[(Node<'t>, Node<'t>)],
        otherwise: Node<'t>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        let mut origin = Origin::Nowhere;
        let mut certain = true;
        for (condition, value) in choices {
            match self.evaluate(*condition, scope).value.as_text() {
                Some("false") => continue,
                Some("true") if certain => return self.evaluate(*value, scope),
                _ => certain = false,
            }
            origin = origin.and(self.evaluate(*value, scope).origin);
        }
        if certain {
            return self.evaluate(otherwise, scope);
        }
        let origin = origin.and(self.evaluate(otherwise, scope).origin);
        self.unknown(node.byte_range(), scope.file, origin)
    }

    fn operation(
        &self,
        node: Node<'t>,
        tokens: Vec<Token<'t>>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        if let [Token::Operand(term)] = tokens.as_slice() {
            return self.term(term, scope);
        }
        let mut origin = Origin::Nowhere;
        let mut pieces = Vec::new();
        for token in tokens {
            pieces.push(match token {
                Token::Operator(operator) => operator::Piece::Operator(operator),
                Token::Operand(term) => {
                    let operand = self.term(&term, scope);
                    origin = std::mem::replace(&mut origin, Origin::Nowhere).and(operand.origin);
                    operator::Piece::Operand(operand.value.as_text().map(str::to_owned))
                }
            });
        }
        match operator::compute(pieces) {
            Some(text) => Evaluated::constant(text),
            None => self.unknown(node.byte_range(), scope.file, origin),
        }
    }

    fn term(&self, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        if term.head.kind() == kind::VARIABLE {
            return self.reference(term, scope);
        }
        let head = self.head(term, scope);
        if term.steps.is_empty() { head } else { self.pick(&head, &term.steps, term, scope) }
    }

    fn head(&self, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let node = term.head;
        let inner = expression::only_child(node);
        match (node.kind(), inner) {
            (kind::EXPRESSION, _) => self.evaluate(node, scope),
            (kind::LITERAL, Some(literal)) => match literal.kind() {
                kind::NULL => Evaluated { value: Value::Absent, origin: Origin::Nowhere },
                kind::STRING => self.string(literal, term, scope),
                _ => Evaluated::constant(self.configuration.slice(scope.file, literal)),
            },
            (kind::TEMPLATE, Some(string)) => self.string(string, term, scope),
            (kind::COLLECTION, Some(collection)) if collection.kind() == kind::TUPLE => {
                self.tuple(collection, scope)
            }
            (kind::COLLECTION, Some(collection)) if collection.kind() == kind::OBJECT => {
                self.object(collection, scope)
            }
            (kind::CALL, _) => self.call(term, scope),
            (kind::FOR, Some(inner)) => self.for_expression(inner, term, scope),
            _ => self.unknown(term.range.clone(), scope.file, Origin::Outside),
        }
    }

    fn string(&self, string: Node<'t>, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let text = self.configuration.text(scope.file);
        let pieces = pieces(string, text);
        if let [Piece::Interpolation(only)] = pieces.as_slice()
            && string.kind() == kind::QUOTED
        {
            return self.interpolation(*only, scope);
        }
        // A line break between quotes means that the quote before it is not closed.
        let heredoc = string.kind() == kind::HEREDOC;
        let fits_line = |text: &&str| heredoc || !text.contains('\n');
        let mut joined = Some(String::new());
        let mut origin = Origin::Nowhere;
        for piece in pieces {
            let part = match piece {
                Piece::Verbatim(range) => text.get(range).filter(fits_line).map(str::to_owned),
                Piece::Escape(decoded, _) => Some(decoded),
                Piece::Directive => None,
                Piece::Interpolation(node) => {
                    let inner = self.interpolation(node, scope);
                    origin = origin.and(inner.origin);
                    let trims = !named(node, kind::STRIP_MARKER).is_empty();
                    inner.value.as_text().filter(|_| !trims).map(str::to_owned)
                }
            };
            joined = joined.zip(part).map(|(joined, part)| joined + &part);
        }
        match joined {
            Some(joined) => Evaluated::constant(joined),
            None => self.unknown(term.range.clone(), scope.file, origin),
        }
    }

    /// The value between `${` and `}`.
    pub(super) fn interpolation(&self, node: Node<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        match named(node, kind::EXPRESSION).pop() {
            Some(expression) => self.evaluate(expression, scope),
            None => self.unknown(node.byte_range(), scope.file, Origin::Outside),
        }
    }

    fn tuple(&self, tuple: Node<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let mut origin = Origin::Nowhere;
        let mut items = Vec::new();
        for item in named(tuple, kind::EXPRESSION) {
            let item = self.evaluate(item, scope);
            origin = origin.and(item.origin);
            items.push(item.value);
        }
        Evaluated { value: Value::List(items), origin }
    }

    fn object(&self, object: Node<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let mut origin = Origin::Nowhere;
        let mut entries = Vec::new();
        for element in named(object, kind::OBJECT_ELEMENT) {
            let [key, value] = *named(element, kind::EXPRESSION) else { continue };
            let value = self.evaluate(value, scope);
            origin = origin.and(value.origin);
            entries.push((self.key(key, scope), value.value));
        }
        Evaluated { value: Value::Map(entries), origin }
    }

    /// The text of an object's key: a bare word stands for itself.
    fn key(&self, key: Node<'t>, scope: &Scope<'_, 't>) -> String {
        let written = || collapsed(self.configuration.slice(scope.file, key));
        if expression::only_child(key).is_some_and(|child| child.kind() == kind::VARIABLE) {
            return written();
        }
        match self.evaluate(key, scope).value {
            Value::Text(text) => text,
            _ => written(),
        }
    }

    fn call(&self, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let Call { name, arguments, spreads } =
            Call::read(term.head, self.configuration.text(scope.file));
        let mut origin = Origin::Nowhere;
        let mut values = Vec::new();
        for argument in arguments {
            let argument = self.evaluate(argument, scope);
            if !function::chooses(name, values.len()) {
                origin = origin.and(argument.origin);
            }
            values.push(argument.value);
        }
        match function::apply(name, &values).filter(|_| !spreads) {
            Some(value) => Evaluated { origin: Origin::of(&value), value },
            None => self.unknown(term.range.clone(), scope.file, origin),
        }
    }

    /// A `for` gives an unknown value that comes from what its body names.
    fn for_expression(&self, node: Node<'t>, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let parts = children(node);
        let intro = parts.iter().find(|part| part.kind() == kind::FOR_INTRO).copied();
        let intro = intro.map(children).unwrap_or_default();
        let names: Vec<&'t str> = intro
            .iter()
            .filter(|part| part.kind() == kind::IDENTIFIER)
            .map(|name| self.configuration.slice(scope.file, *name))
            .collect();
        let over = intro.iter().rfind(|part| part.kind() == kind::EXPRESSION);
        let origin = over.map_or(Origin::Outside, |over| self.evaluate(*over, scope).origin);
        let inner = scope.binding(&names, origin);
        let body = parts.iter().rfind(|part| part.kind() == kind::EXPRESSION);
        let origin = body.map_or(Origin::Outside, |body| self.evaluate(*body, &inner).origin);
        self.unknown(term.range.clone(), scope.file, origin)
    }
}

/// A text with its whitespace collapsed, and cut if it is long.
pub(super) fn collapsed(text: &str) -> String {
    let mut collapsed = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        length += 1 + word.chars().take(MAX_TEXT).count();
        if length > MAX_TEXT + 1 {
            collapsed.push('…');
            return collapsed;
        }
        collapsed.push_str(word);
    }
    collapsed
}
