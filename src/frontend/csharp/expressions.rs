//! C#'s expressions.

use tree_sitter::Node;

use super::creation::{array, collection, created, initialised, nameless};
use super::declarations::lambda;
use super::grammar::{field, kind};
use super::invocation::{arguments, call};
use super::strings::parts;
use super::types::{path, type_of};
use crate::frontend::program::code::{Assign, Expression, Type, Value};
use crate::frontend::program::shape::{Shaper, cast, named};

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    expression_as(shaper, node, &Type::Unknown)
}

/// Lowers an expression of which the place says the type: `Client client = new(…)`.
pub(super) fn expression_as(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        if let Some((inner, as_type)) = cast_parts(node) {
            let as_type = as_type.map(|it| type_of(shaper, it)).unwrap_or_default();
            let value = expression_as(shaper, inner, &as_type);
            return cast(as_type, value);
        }
        if let Some(inner) = wrapped(node) {
            return expression_as(shaper, inner, of);
        }
        Expression { at: at.clone(), value: value(shaper, node, of) }
    });
    lowered.unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

/// What an expression gives way to that only wraps it.
fn wrapped(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        kind::PARENTHESIZED | kind::AWAIT | kind::CHECKED | kind::REF | kind::POSTFIX => {
            inner(node)
        }
        _ => None,
    }
}

/// What is said to be of a type, and the type.
fn cast_parts(node: Node<'_>) -> Option<(Node<'_>, Option<Node<'_>>)> {
    let (value, of) = match node.kind() {
        kind::CAST => (field::VALUE, field::TYPE),
        kind::AS => (field::LEFT, field::RIGHT),
        _ => return None,
    };
    Some((node.child_by_field_name(value)?, node.child_by_field_name(of)))
}

/// The expression in a node. The object itself is no named node.
pub(super) fn inner(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    let is_expression = |child: &Node<'_>| {
        child.is_named() && child.kind() != kind::COMMENT
            || matches!(child.kind(), kind::THIS | kind::BASE)
    };
    node.children(&mut cursor).find(is_expression)
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Value {
    match node.kind() {
        kind::IDENTIFIER | kind::THIS | kind::BASE | kind::GENERIC_NAME => {
            Value::Name(name(shaper, node).into())
        }
        kind::ALIAS_QUALIFIED | kind::DECLARATION_EXPRESSION => {
            Value::Name(shaper.field_text(node, field::NAME).into())
        }
        kind::QUALIFIED_NAME => dotted(shaper, node),
        kind::NULL => Value::Nothing,
        kind::BOOLEAN | kind::INTEGER | kind::REAL => Value::Literal(shaper.text(node).into()),
        kind::STRING
        | kind::VERBATIM_STRING
        | kind::RAW_STRING
        | kind::INTERPOLATED
        | kind::CHARACTER => Value::Text(parts(shaper, node)),
        kind::MEMBER_ACCESS => {
            let name = member_name(shaper, node);
            Value::Member(Box::new(part(shaper, node, field::EXPRESSION)), name.into())
        }
        kind::CONDITIONAL_ACCESS => conditional_access(shaper, node),
        kind::ELEMENT_ACCESS => {
            let object = Box::new(part(shaper, node, field::EXPRESSION));
            Value::Index(object, Box::new(subscript(shaper, node)))
        }
        kind::INVOCATION => call(shaper, node),
        kind::LAMBDA | kind::ANONYMOUS_METHOD => Value::Lambda(lambda(shaper, node)),
        kind::OBJECT_CREATION | kind::IMPLICIT_CREATION => created(shaper, node, of),
        kind::ARRAY_CREATION | kind::IMPLICIT_ARRAY => array(shaper, node),
        kind::COLLECTION => collection(shaper, node),
        kind::INITIALIZER => initialised(shaper, node),
        kind::ANONYMOUS_OBJECT => nameless(shaper, node),
        kind::TUPLE => {
            Value::List(arguments(shaper, Some(node)).into_iter().map(|it| it.value).collect())
        }
        kind::TUPLE_PATTERN => {
            let names = named(node, kind::COMMENT).into_iter();
            Value::List(names.map(|it| target(shaper, it)).collect())
        }
        kind::TYPEOF => match node.child_by_field_name(field::TYPE) {
            Some(of) => dotted(shaper, of),
            None => Value::Other(Vec::new()),
        },
        _ => composed(shaper, node, of),
    }
}

/// An expression made of others.
fn composed(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Value {
    match node.kind() {
        kind::BINARY => binary(shaper, node, of),
        kind::PREFIX => prefix(shaper, node),
        kind::CONDITIONAL => {
            let condition = part(shaper, node, field::CONDITION);
            let arms = [field::CONSEQUENCE, field::ALTERNATIVE];
            let arms: Vec<_> =
                arms.iter().filter_map(|arm| node.child_by_field_name(arm)).collect();
            either(shaper, Some(condition), arms, of)
        }
        kind::SWITCH_EXPRESSION => switch(shaper, node, of),
        kind::ASSIGNMENT => Value::Assign(Box::new(assignment(shaper, node))),
        kind::IS_PATTERN => is_pattern(shaper, node),
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

/// A name without its type arguments.
pub(super) fn name<'s>(shaper: &Shaper<'s>, node: Node<'_>) -> &'s str {
    let node =
        if node.kind() == kind::GENERIC_NAME { node.named_child(0).unwrap_or(node) } else { node };
    shaper.text(node).trim_start_matches('@')
}

fn member_name<'s>(shaper: &Shaper<'s>, node: Node<'_>) -> &'s str {
    node.child_by_field_name(field::NAME).map_or("", |it| name(shaper, it))
}

/// The name of a type as a chain of members.
fn dotted(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let path = match type_of(shaper, node) {
        Type::Named(path) => path,
        _ => path(shaper, node),
    };
    let at = node.byte_range();
    let mut names = path.split('.');
    let first = Value::Name(names.next().unwrap_or_default().into());
    names.fold(first, |object, name| {
        let object = Expression { at: at.clone(), value: object };
        Value::Member(Box::new(object), name.into())
    })
}

/// `client?.StopInstance`, `list?[0]`
fn conditional_access(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let object = Box::new(part(shaper, node, field::CONDITION));
    let binding = named(node, kind::COMMENT).into_iter().next_back();
    match binding {
        Some(binding) if binding.kind() == kind::MEMBER_BINDING => {
            Value::Member(object, member_name(shaper, binding).into())
        }
        Some(binding) if binding.kind() == kind::ELEMENT_BINDING => {
            let key = arguments(shaper, Some(binding)).into_iter().next();
            let at = binding.byte_range();
            let key = key.map(|key| key.value);
            let key = key.unwrap_or(Expression { at, value: Value::Other(Vec::new()) });
            Value::Index(object, Box::new(key))
        }
        _ => Value::Other(vec![*object]),
    }
}

/// What stands in the brackets behind an expression.
pub(super) fn subscript(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let list = node.child_by_field_name(field::SUBSCRIPT);
    let key = arguments(shaper, list).into_iter().next().map(|key| key.value);
    key.unwrap_or(Expression { at: node.byte_range(), value: Value::Other(Vec::new()) })
}

fn binary(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Value {
    match shaper.field_text(node, field::OPERATOR) {
        "+" => Value::Join(terms(shaper, node)),
        "??" => {
            let sides = [field::LEFT, field::RIGHT];
            let sides = sides.iter().filter_map(|side| node.child_by_field_name(side)).collect();
            either(shaper, None, sides, of)
        }
        operator => {
            let left = part(shaper, node, field::LEFT);
            let right = part(shaper, node, field::RIGHT);
            match operator {
                "==" => Value::Same(true, Box::new(left), Box::new(right)),
                "!=" => Value::Same(false, Box::new(left), Box::new(right)),
                _ => Value::Other(vec![left, right]),
            }
        }
    }
}

/// The terms of a sum, which may be longer than any depth allows.
fn terms(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    let mut terms = Vec::new();
    let mut current = node;
    loop {
        let is_sum =
            current.kind() == kind::BINARY && shaper.field_text(current, field::OPERATOR) == "+";
        if !is_sum {
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

/// One or the other; what only raises an exception is no value.
fn either(
    shaper: &mut Shaper<'_>,
    condition: Option<Expression>,
    arms: Vec<Node<'_>>,
    of: &Type,
) -> Value {
    let arms = arms.into_iter().filter(|arm| arm.kind() != kind::THROW_EXPRESSION);
    let arms = arms.map(|arm| expression_as(shaper, arm, of)).collect();
    Value::Either(condition.map(Box::new), arms)
}

fn prefix(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let Some(operand) = inner(node) else { return Value::Other(Vec::new()) };
    let is_number = matches!(operand.kind(), kind::INTEGER | kind::REAL);
    match shaper.text(node).chars().next() {
        Some('-') if is_number => Value::Literal(shaper.text(node).into()),
        Some('!') => {
            let nothing = Expression { at: node.byte_range(), value: Value::Nothing };
            let operand = expression(shaper, operand);
            Value::Same(true, Box::new(operand), Box::new(nothing))
        }
        _ => Value::Other(vec![expression(shaper, operand)]),
    }
}

/// `action switch { "start" => …, _ => … }`
fn switch(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Value {
    let mut children = named(node, kind::COMMENT).into_iter();
    let subject = children.next().map(|subject| expression(shaper, subject));
    let arms = children.filter(|it| it.kind() == kind::SWITCH_ARM);
    let values = arms.filter_map(|arm| named(arm, kind::COMMENT).into_iter().next_back());
    either(shaper, subject, values.collect(), of)
}

/// `value is Client client`, which is a declaration, too.
fn is_pattern(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let subject = part(shaper, node, field::EXPRESSION);
    let pattern = node.child_by_field_name(field::PATTERN);
    let Some(pattern) = pattern.filter(|it| it.kind() == kind::DECLARATION_PATTERN) else {
        return Value::Other(vec![subject]);
    };
    let (Some(name), Some(of)) =
        (pattern.child_by_field_name(field::NAME), pattern.child_by_field_name(field::TYPE))
    else {
        return Value::Other(vec![subject]);
    };
    Value::Assign(Box::new(Assign {
        targets: vec![target(shaper, name)],
        kind: type_of(shaper, of),
        values: vec![subject],
        declares: true,
        adds: false,
    }))
}

/// Lowers an assignment.
pub(super) fn assignment(shaper: &mut Shaper<'_>, node: Node<'_>) -> Assign {
    let left = node.child_by_field_name(field::LEFT);
    let declares = left.is_some_and(|left| {
        left.kind() == kind::TUPLE
            && named(left, kind::COMMENT)
                .iter()
                .any(|it| inner(*it).is_some_and(|it| it.kind() == kind::DECLARATION_EXPRESSION))
    });
    let targets = left.map(|left| target(shaper, left)).into_iter().collect();
    let operator = shaper.field_text(node, field::OPERATOR);
    let value = part(shaper, node, field::RIGHT);
    let value = match operator {
        "=" | "+=" | "??=" => value,
        _ => Expression { at: value.at.clone(), value: Value::Other(vec![value]) },
    };
    Assign { targets, kind: Type::Unknown, values: vec![value], declares, adds: operator == "+=" }
}

/// A target of an assignment; `_` throws its value away.
pub(super) fn target(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    if shaper.text(node) == "_" {
        return Expression { at: node.byte_range(), value: Value::Nothing };
    }
    expression(shaper, node)
}
