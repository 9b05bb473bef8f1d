//! JavaScript's expressions.

use tree_sitter::Node;

use super::declarations::{class, lambda, method_function, nameless, required};
use super::grammar::{field, kind};
use super::strings::parts;
use crate::frontend::program::code::{Argument, Assign, Expression, Type, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};

/// Tags of templates that run what the template says.
const SHELLS: &[&str] = &["$", "$$", "execa", "execaCommand", "$.sync", "zx.$", "exec", "sh"];

/// What such a tag is another name for.
const RUNS: &str = "execaCommand";

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        if let Some(inner) = wrapped(shaper, node) {
            return expression(shaper, inner);
        }
        Expression { at: at.clone(), value: value(shaper, node) }
    });
    lowered.unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

/// What an expression gives way to that only wraps it.
fn wrapped<'t>(shaper: &Shaper<'_>, node: Node<'t>) -> Option<Node<'t>> {
    match node.kind() {
        kind::PARENTHESIZED
        | kind::AWAIT
        | kind::YIELD
        | kind::AS
        | kind::SATISFIES
        | kind::NON_NULL
        | kind::INSTANTIATION => first(node),
        kind::TYPE_ASSERTION => named(node, kind::COMMENT).into_iter().next_back(),
        kind::UNARY if shaper.field_text(node, field::OPERATOR) == "void" => {
            node.child_by_field_name(field::ARGUMENT)
        }
        _ => None,
    }
}

fn first(node: Node<'_>) -> Option<Node<'_>> {
    named(node, kind::COMMENT).into_iter().next()
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::IDENTIFIER | kind::THIS | kind::SUPER | kind::TYPE_IDENTIFIER => {
            Value::Name(shaper.text(node).into())
        }
        kind::NULL | kind::UNDEFINED => Value::Nothing,
        kind::NUMBER | kind::TRUE | kind::FALSE => Value::Literal(shaper.text(node).into()),
        kind::STRING | kind::TEMPLATE => Value::Text(parts(shaper, node)),
        kind::MEMBER => {
            let name = shaper.field_text(node, field::PROPERTY).into();
            Value::Member(Box::new(part(shaper, node, field::OBJECT)), name)
        }
        kind::SUBSCRIPT => Value::Index(
            Box::new(part(shaper, node, field::OBJECT)),
            Box::new(part(shaper, node, field::INDEX)),
        ),
        kind::CALL => call(shaper, node),
        kind::NEW => {
            let callee = Box::new(part(shaper, node, field::CONSTRUCTOR));
            Value::Call(callee, arguments(shaper, node))
        }
        kind::ARROW_FUNCTION | kind::FUNCTION_EXPRESSION | kind::GENERATOR => {
            Value::Lambda(lambda(shaper, node, ""))
        }
        kind::CLASS => {
            let name = nameless(shaper, node);
            class(shaper, node, &name);
            Value::Name(name)
        }
        kind::OBJECT => object(shaper, node),
        kind::ARRAY => array(shaper, node),
        kind::BINARY => binary(shaper, node),
        kind::TERNARY => {
            let condition = Box::new(part(shaper, node, field::CONDITION));
            let then = part(shaper, node, field::CONSEQUENCE);
            let otherwise = part(shaper, node, field::ALTERNATIVE);
            Value::Either(Some(condition), vec![then, otherwise])
        }
        kind::UNARY if shaper.field_text(node, field::OPERATOR) == "!" => {
            let at = node.byte_range();
            let nothing = Expression { at, value: Value::Nothing };
            let argument = part(shaper, node, field::ARGUMENT);
            Value::Same(true, Box::new(argument), Box::new(nothing))
        }
        kind::ASSIGNMENT | kind::AUGMENTED => Value::Assign(Box::new(assignment(shaper, node))),
        _ => {
            let children = named(node, kind::COMMENT);
            Value::Other(children.into_iter().map(|it| expression(shaper, it)).collect())
        }
    }
}

/// A field of a node as an expression.
pub(super) fn part(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Expression {
    match node.child_by_field_name(name) {
        Some(child) => expression(shaper, child),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

fn call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let list = node.child_by_field_name(field::ARGUMENTS);
    if let Some(template) = list.filter(|list| list.kind() == kind::TEMPLATE) {
        let tag = shaper.field_text(node, field::FUNCTION);
        // `$({ quiet: true })` gives a tag, too.
        let tag = tag.split('(').next().unwrap_or(tag);
        let at = template.byte_range();
        let text = Value::Text(parts(shaper, template));
        if !SHELLS.contains(&tag) {
            return text;
        }
        let runs = Expression { at: node.byte_range(), value: Value::Name(RUNS.into()) };
        let text = Argument { name: None, value: Expression { at, value: text }, spreads: false };
        return Value::Call(Box::new(runs), vec![text]);
    }
    if let Some(module) = module(shaper, node) {
        return Value::Name(required(shaper, module));
    }
    let callee = Box::new(part(shaper, node, field::FUNCTION));
    Value::Call(callee, arguments(shaper, node))
}

/// The module that `require("module")` or `import("module")` gives.
pub(super) fn module<'s>(shaper: &Shaper<'s>, node: Node<'_>) -> Option<&'s str> {
    let callee = node.child_by_field_name(field::FUNCTION).filter(|_| node.kind() == kind::CALL)?;
    if callee.kind() != kind::IMPORT && shaper.text(callee) != "require" {
        return None;
    }
    let arguments = node.child_by_field_name(field::ARGUMENTS)?;
    let path = first(arguments).filter(|it| matches!(it.kind(), kind::STRING | kind::TEMPLATE))?;
    Some(shaper.text(path).trim_matches(['"', '\'', '`']))
}

fn arguments(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Argument> {
    let list = node.child_by_field_name(field::ARGUMENTS);
    let list = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    let arguments = list.into_iter().map(|argument| {
        let spreads = argument.kind() == kind::SPREAD;
        let inner = if spreads { first(argument).unwrap_or(argument) } else { argument };
        Argument { name: None, value: expression(shaper, inner), spreads }
    });
    arguments.collect()
}

/// An object with its properties.
fn object(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut entries = Vec::new();
    for entry in named(node, kind::COMMENT) {
        let at = entry.byte_range();
        match entry.kind() {
            kind::PAIR => {
                let Some(name) = entry.child_by_field_name(field::KEY) else { continue };
                let written = shaper.text(name).trim_matches(['"', '\'']);
                let value = entry.child_by_field_name(field::VALUE);
                let value = value.map(|value| named_value(shaper, value, written));
                entries.extend(value.map(|value| (key(shaper, name), value)));
            }
            kind::SHORTHAND => {
                let name = shaper.text(entry);
                let value = Expression { at: at.clone(), value: Value::Name(name.into()) };
                entries.push((known_text(name, at), value));
            }
            kind::METHOD => {
                let name = shaper.field_text(entry, field::NAME);
                let number = method_function(shaper, entry, None, name);
                let value = Expression { at: at.clone(), value: Value::Lambda(number) };
                entries.push((known_text(name, at), value));
            }
            kind::SPREAD => {
                let nothing = Expression { at, value: Value::Nothing };
                let inner = first(entry).map(|inner| expression(shaper, inner));
                entries.extend(inner.map(|inner| (nothing, inner)));
            }
            _ => {}
        }
    }
    Value::Map(entries)
}

/// A value that a name is given: a function gets the name, and is read for
/// itself.
pub(super) fn named_value(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Expression {
    match node.kind() {
        kind::ARROW_FUNCTION | kind::FUNCTION_EXPRESSION | kind::GENERATOR => {
            let number = lambda(shaper, node, name);
            Expression { at: node.byte_range(), value: Value::Lambda(number) }
        }
        _ => expression(shaper, node),
    }
}

/// The name of a property.
pub(super) fn key(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.kind() {
        kind::COMPUTED_NAME => first(node).map_or_else(
            || Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
            |inner| expression(shaper, inner),
        ),
        kind::STRING => expression(shaper, node),
        _ => known_text(shaper.text(node), node.byte_range()),
    }
}

/// A list; one with others spread out in it is these joined.
fn array(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut joined: Vec<Expression> = Vec::new();
    let mut items = Vec::new();
    let at = node.byte_range();
    let list = |items: Vec<Expression>| Expression { at: at.clone(), value: Value::List(items) };
    for child in named(node, kind::COMMENT) {
        if child.kind() == kind::SPREAD {
            joined.push(list(std::mem::take(&mut items)));
            joined.extend(first(child).map(|inner| expression(shaper, inner)));
        } else {
            items.push(expression(shaper, child));
        }
    }
    if joined.is_empty() {
        return Value::List(items);
    }
    joined.push(list(items));
    Value::Join(joined)
}

fn binary(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let operator = shaper.field_text(node, field::OPERATOR);
    if operator == "+" {
        return Value::Join(terms(shaper, node, operator));
    }
    if matches!(operator, "||" | "??") {
        return Value::Either(None, terms(shaper, node, operator));
    }
    let left = Box::new(part(shaper, node, field::LEFT));
    let right = part(shaper, node, field::RIGHT);
    match operator {
        "==" | "===" => Value::Same(true, left, Box::new(right)),
        "!=" | "!==" => Value::Same(false, left, Box::new(right)),
        "&&" => Value::Either(Some(left), vec![right]),
        _ => Value::Other(vec![*left, right]),
    }
}

/// The terms of a sum or the like, which may be longer than any depth allows.
fn terms(shaper: &mut Shaper<'_>, node: Node<'_>, operator: &str) -> Vec<Expression> {
    let mut terms = Vec::new();
    let mut current = node;
    loop {
        let is_one = current.kind() == kind::BINARY
            && shaper.field_text(current, field::OPERATOR) == operator;
        if !is_one {
            terms.push(expression(shaper, current));
            break;
        }
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            terms.push(expression(shaper, right));
        }
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        current = left;
    }
    terms.reverse();
    terms
}

/// An assignment. A pattern as its target takes the value apart elsewhere.
pub(super) fn assignment(shaper: &mut Shaper<'_>, node: Node<'_>) -> Assign {
    let target = match node.child_by_field_name(field::LEFT) {
        Some(left) if super::patterns::is_pattern(left) => {
            let name = Value::Name(super::patterns::holder(left));
            Expression { at: left.byte_range(), value: name }
        }
        _ => part(shaper, node, field::LEFT),
    };
    let name = match &target.value {
        Value::Name(name) | Value::Member(_, name) => name.clone(),
        _ => "".into(),
    };
    let right = node.child_by_field_name(field::RIGHT);
    let value = right.map_or_else(
        || Expression { at: node.byte_range(), value: Value::Nothing },
        |right| named_value(shaper, right, &name),
    );
    Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares: false,
        adds: shaper.field_text(node, field::OPERATOR) == "+=",
    }
}
