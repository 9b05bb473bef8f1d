//! Destructuring: `const { a, b: c = 1, ...rest } = value` and the same of
//! parameters, as one assignment a name.

use tree_sitter::Node;

use super::expressions::{expression, key};
use super::grammar::{field, kind};
use crate::frontend::program::code::{Assign, Expression, Statement, Type, Value};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;

/// Whether a node takes a value apart.
pub(super) fn is_pattern(node: Node<'_>) -> bool {
    matches!(node.kind(), kind::OBJECT_PATTERN | kind::ARRAY_PATTERN)
}

/// The variable that holds a value until a pattern has taken it apart. No
/// program can call one of its own so.
pub(super) fn holder(pattern: Node<'_>) -> Name {
    format!("{{{}}}", pattern.start_byte()).into()
}

/// What gives the names of a pattern their parts of the value that the
/// pattern's holder has.
pub(super) fn taken_apart(
    shaper: &mut Shaper<'_>,
    pattern: Node<'_>,
    declares: bool,
) -> Vec<Statement> {
    let from = holder(pattern);
    let lowered = shaper.deeper(pattern, |shaper| {
        let mut statements = Vec::new();
        for (index, part) in named(pattern, kind::COMMENT).into_iter().enumerate() {
            let at = part.byte_range();
            let object = Expression { at: at.clone(), value: Value::Name(from.clone()) };
            let (target, default) = with_default(part);
            let whole = match pattern.kind() {
                _ if target.kind() == kind::REST => object.value,
                kind::ARRAY_PATTERN => {
                    let index = Value::Literal(index.to_string().into());
                    let index = Expression { at: at.clone(), value: index };
                    Value::Index(Box::new(object), Box::new(index))
                }
                _ => member(shaper, object, target),
            };
            let whole = Expression { at: at.clone(), value: whole };
            let target = inner(target);
            statements.extend(give(shaper, target, whole, default, declares));
        }
        statements
    });
    lowered.unwrap_or_default()
}

/// The part of an object that a name of a pattern stands for.
fn member(shaper: &mut Shaper<'_>, object: Expression, part: Node<'_>) -> Value {
    let named = match part.kind() {
        kind::PAIR_PATTERN => part.child_by_field_name(field::KEY),
        _ => Some(part),
    };
    match named {
        Some(name) if name.kind() == kind::COMPUTED_NAME => {
            Value::Index(Box::new(object), Box::new(key(shaper, name)))
        }
        Some(name) => {
            let name = shaper.text(name).trim_matches(['"', '\'']);
            Value::Member(Box::new(object), name.into())
        }
        None => object.value,
    }
}

/// A part of a pattern without its default.
fn with_default(part: Node<'_>) -> (Node<'_>, Option<Node<'_>>) {
    match part.kind() {
        kind::OBJECT_ASSIGNMENT | kind::ASSIGNMENT_PATTERN => {
            let left = part.child_by_field_name(field::LEFT).unwrap_or(part);
            (left, part.child_by_field_name(field::RIGHT))
        }
        _ => (part, None),
    }
}

/// What a part of a pattern gives a value to.
fn inner(part: Node<'_>) -> Node<'_> {
    match part.kind() {
        kind::PAIR_PATTERN => part.child_by_field_name(field::VALUE).unwrap_or(part),
        kind::REST => part.named_child(0).unwrap_or(part),
        _ => part,
    }
}

fn give(
    shaper: &mut Shaper<'_>,
    target: Node<'_>,
    value: Expression,
    default: Option<Node<'_>>,
    declares: bool,
) -> Vec<Statement> {
    let (target, own) = with_default(target);
    let at = value.at.clone();
    let value = match own.or(default) {
        Some(default) => {
            let default = expression(shaper, default);
            Expression { at, value: Value::Either(None, vec![value, default]) }
        }
        None => value,
    };
    let name = match target.kind() {
        _ if is_pattern(target) => Value::Name(holder(target)),
        kind::IDENTIFIER | kind::SHORTHAND_PATTERN => Value::Name(shaper.text(target).into()),
        _ => expression(shaper, target).value,
    };
    let name = Expression { at: target.byte_range(), value: name };
    let mut statements = vec![assign(name, Type::Unknown, value, declares)];
    if is_pattern(target) {
        statements.extend(taken_apart(shaper, target, declares));
    }
    statements
}

/// An assignment of one value to one target.
pub(super) fn assign(
    target: Expression,
    kind: Type,
    value: Expression,
    declares: bool,
) -> Statement {
    Statement::Assign(Assign {
        targets: vec![target],
        kind,
        values: vec![value],
        declares,
        adds: false,
    })
}
