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
use crate::procedure::{Unknown, Value};
use crate::source::Span;

use super::configuration::{Attribute, Block, Configuration};
use super::expression::{self, Expression, Step, Term, Token, children, named};
use super::string::{Piece, pieces};
use super::{function, kind, operator};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Constants, counters and the like.
    Nowhere,
    /// Resources of the module; the address is that of the first.
    Declared(Rc<str>),
    /// Somewhere else: a variable, another module, a data source.
    Outside,
}

impl Origin {
    /// The origin of a value made of two.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Outside, _) | (_, Self::Outside) => Self::Outside,
            (Self::Nowhere, origin) | (origin, Self::Nowhere) => origin,
            (first @ Self::Declared(_), Self::Declared(_)) => first,
        }
    }

    fn of(value: &Value) -> Self {
        let all = |mut values: Box<dyn Iterator<Item = &Value> + '_>| {
            values.try_fold(Self::Nowhere, |origin, value| match origin.and(Self::of(value)) {
                Self::Outside => None,
                origin => Some(origin),
            })
        };
        match value {
            Value::Text(_) | Value::Absent => Self::Nowhere,
            Value::Unknown(Unknown { declared: Some(address), .. }) => {
                Self::Declared(address.as_str().into())
            }
            Value::Unknown(_) => Self::Outside,
            Value::List(items) => all(Box::new(items.iter())).unwrap_or(Self::Outside),
            Value::Map(entries) => {
                all(Box::new(entries.iter().map(|(_, value)| value))).unwrap_or(Self::Outside)
            }
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Evaluated {
    /// What is known of it.
    pub(super) value: Value,
    /// Where it comes from.
    pub(super) origin: Origin,
}

impl Evaluated {
    fn constant(text: impl Into<String>) -> Self {
        Self { value: Value::Text(text.into()), origin: Origin::Nowhere }
    }
}

/// What names mean where an expression stands.
#[derive(Clone)]
pub(super) struct Scope<'s, 't> {
    /// Number of the file.
    pub(super) file: usize,
    owner: Option<&'s Block<'t>>,
    each: Origin,
    count: Origin,
    bound: Option<Bound<'s, 't>>,
    depth: u16,
}

/// The names that a `for` binds, and those of the `for`s around it.
#[derive(Clone)]
struct Bound<'s, 't> {
    names: &'s [&'t str],
    origin: Origin,
    outer: Option<&'s Bound<'s, 't>>,
}

impl<'s, 't> Scope<'s, 't> {
    /// A scope in which names stand for something of an origin.
    pub(super) fn binding<'n>(&'n self, names: &'n [&'t str], origin: Origin) -> Scope<'n, 't>
    where
        's: 'n,
    {
        let bound = Some(Bound { names, origin, outer: self.bound.as_ref() });
        Scope { bound, ..self.clone() }
    }

    /// Outside every resource.
    pub(super) fn file(file: usize, depth: u16) -> Self {
        let (each, count) = (Origin::Outside, Origin::Outside);
        Self { file, owner: None, each, count, bound: None, depth }
    }

    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }
}

/// How much of locals one reference may copy, and all of a module together. A
/// unit is a value, or 16 bytes of text.
const MAX_COPY: usize = 10_000;
const MAX_COPIES: usize = 4_000_000;

/// The longest text that is kept of an expression, in characters.
const MAX_TEXT: usize = 160;

/// Evaluates expressions of a module.
pub(super) struct Evaluator<'c, 't> {
    /// The module.
    pub(super) configuration: &'c Configuration<'t>,
    /// Values of locals; none while one is being told.
    locals: RefCell<HashMap<&'t str, Option<Rc<Evaluated>>>>,
    copied: Cell<usize>,
    too_deep: Cell<Option<Span>>,
}

impl<'c, 't> Evaluator<'c, 't> {
    pub(super) fn new(configuration: &'c Configuration<'t>) -> Self {
        let locals = RefCell::default();
        Self { configuration, locals, copied: Cell::new(0), too_deep: Cell::new(None) }
    }

    /// What could not be told for the depth of its nesting.
    pub(super) fn problem(&self) -> Option<Problem> {
        let message = format!("nested more than {MAX_DEPTH} levels deep; read as unknown");
        let span = self.too_deep.get()?;
        Some(Problem::at(ProblemKind::TooDeep, span, message))
    }

    /// The scope inside a block, where `each`, `count` and `self` mean its own.
    pub(super) fn inside<'s>(&self, block: &'s Block<'t>) -> Scope<'s, 't> {
        let mut scope = Scope::file(block.file, 0);
        let origin = |name| {
            let attribute = block.attribute(name)?;
            Some(self.attribute(attribute, &Scope::file(block.file, 0)).origin)
        };
        scope.each = origin("for_each").unwrap_or(Origin::Outside);
        // A number of copies says nothing of where their arguments come from.
        scope.count = match origin("count") {
            Some(declared @ Origin::Declared(_)) => declared,
            _ => Origin::Nowhere,
        };
        scope.owner = Some(block);
        scope
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
        let parts = children(term.head);
        let name = parts.first().map_or("", |name| self.configuration.slice(scope.file, *name));
        let arguments = parts.iter().find(|part| part.kind() == kind::CALL_ARGUMENTS);
        let arguments = arguments.map(|node| children(*node)).unwrap_or_default();
        let spreads = arguments.iter().any(|argument| argument.kind() == kind::ELLIPSIS);
        let mut origin = Origin::Nowhere;
        let mut values = Vec::new();
        for argument in arguments.iter().filter(|node| node.kind() == kind::EXPRESSION) {
            let argument = self.evaluate(*argument, scope);
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

    /// The value that a name and the picks after it refer to.
    fn reference(&self, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let name = self.configuration.slice(scope.file, term.head);
        let first = term.steps.first().and_then(|step| match step {
            Step::Attribute(node) => Some(self.configuration.slice(scope.file, *node)),
            _ => None,
        });
        let rest = term.steps.get(1..).unwrap_or_default();
        let bound = std::iter::successors(scope.bound.as_ref(), |bound| bound.outer)
            .find(|bound| bound.names.contains(&name));
        let origin = match (name, first) {
            _ if bound.is_some() => bound.map_or(Origin::Outside, |bound| bound.origin.clone()),
            ("local", Some(local)) => match self.local(local, scope.depth) {
                Some(value) => return self.pick(&value, rest, term, scope),
                None => Origin::Outside,
            },
            ("self", Some(attribute)) => return self.own(attribute, rest, term, scope),
            ("each", _) => scope.each.clone(),
            ("count", _) => scope.count.clone(),
            ("path" | "terraform", _) => Origin::Nowhere,
            ("var" | "data" | "module", _) | (_, None) => Origin::Outside,
            (kind, Some(name)) => self.resource(kind, name),
        };
        self.unknown(term.range.clone(), scope.file, origin)
    }

    fn resource(&self, kind: &'t str, name: &'t str) -> Origin {
        match self.configuration.declares(kind, name) {
            Some(true) => Origin::Declared(format!("{kind}.{name}").into()),
            Some(false) => Origin::Outside,
            None => Origin::Nowhere,
        }
    }

    /// The value of a local; nothing for one that is not defined or that is
    /// defined by itself.
    fn local(&self, name: &'t str, depth: u16) -> Option<Rc<Evaluated>> {
        if let Some(known) = self.locals.borrow().get(name) {
            return known.clone();
        }
        let definition = self.configuration.local(name)?;
        self.locals.borrow_mut().insert(definition.name, None);
        let value = self.attribute(definition, &Scope::file(definition.file, depth));
        let value = Rc::new(value);
        self.locals.borrow_mut().insert(definition.name, Some(Rc::clone(&value)));
        Some(value)
    }

    /// A value of the resource around a provisioner: what its block says, or else
    /// something it gets.
    fn own(
        &self,
        name: &str,
        rest: &[Step<'t>],
        term: &Term<'t>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        let Some(owner) = scope.owner else {
            return self.unknown(term.range.clone(), scope.file, Origin::Outside);
        };
        if let Some(attribute) = owner.attribute(name) {
            // `self` has no meaning in there, so that this goes one level only.
            let value = self.attribute(attribute, &Scope { owner: None, ..scope.clone() });
            return self.pick(&value, rest, term, scope);
        }
        let address = owner.address().unwrap_or_default();
        self.unknown(term.range.clone(), scope.file, Origin::Declared(address.into()))
    }

    /// What picks from a value give. A choice that cannot be told may be any part
    /// of it, so the origin is that of the whole.
    fn pick(
        &self,
        from: &Evaluated,
        steps: &[Step<'t>],
        term: &Term<'t>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        let mut value = &from.value;
        for step in steps {
            match self.part(value, *step, scope) {
                Some(part) => value = part,
                None => {
                    let origin = Origin::of(value);
                    return self.unknown(term.range.clone(), scope.file, origin);
                }
            }
        }
        match self.copy(value, scope.depth) {
            Some(value) => Evaluated { origin: Origin::of(&value), value },
            None => self.unknown(term.range.clone(), scope.file, from.origin.clone()),
        }
    }

    fn part<'v>(
        &self,
        value: &'v Value,
        step: Step<'t>,
        scope: &Scope<'_, 't>,
    ) -> Option<&'v Value> {
        let slice = |node| self.configuration.slice(scope.file, node).to_owned();
        let key = match step {
            Step::Attribute(node) => slice(node),
            Step::Index(node) => self.evaluate(node, scope).value.as_text()?.to_owned(),
            Step::LegacyIndex(node) => slice(node).trim_start_matches('.').to_owned(),
            Step::Splat | Step::Broken => return None,
        };
        match value {
            Value::List(items) => items.get(key.parse::<usize>().ok()?),
            Value::Map(entries) => {
                entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// A copy of a value, if it is not too large and not too deep to stand here.
    fn copy(&self, value: &Value, depth: u16) -> Option<Value> {
        let mut budget = MAX_COPY.min(MAX_COPIES.saturating_sub(self.copied.get()));
        let whole = budget;
        let fits = fits(value, MAX_DEPTH.saturating_sub(depth), &mut budget);
        self.copied.set(self.copied.get() + whole - budget);
        fits.then(|| value.clone())
    }
}

/// Whether a value is no deeper and no larger than allowed; takes its size off
/// the budget.
fn fits(value: &Value, depth: u16, budget: &mut usize) -> bool {
    let size = 1 + match value {
        Value::Text(text) => text.len() / 16,
        _ => 0,
    };
    let (Some(rest), Some(depth)) = (budget.checked_sub(size), depth.checked_sub(1)) else {
        return false;
    };
    *budget = rest;
    match value {
        Value::List(items) => items.iter().all(|item| fits(item, depth, budget)),
        Value::Map(entries) => entries.iter().all(|(_, entry)| fits(entry, depth, budget)),
        Value::Text(_) | Value::Unknown(_) | Value::Absent => true,
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
