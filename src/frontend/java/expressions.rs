//! Java's expressions.

use tree_sitter::Node;

use super::declarations::{anonymous_class, lambda};
use super::grammar::{children, field, kind};
use super::literals;
use super::statements;
use super::types::type_of;
use crate::frontend::program::code::{
    Argument, Assign, Expression, Form, Function, Statement, Type, Value,
};
use crate::frontend::program::shape::{Shaper, cast};

/// Lowers the expressions of a list.
pub(super) fn list(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    children(node).into_iter().map(|it| expression(shaper, it)).collect()
}

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        // What only wraps an expression gives way to it.
        match node.kind() {
            kind::PARENTHESIZED => {
                return children(node).into_iter().next().map(|it| expression(shaper, it));
            }
            kind::CAST => {
                let of = node.child_by_field_name(field::TYPE);
                let of = of.map(|of| type_of(shaper, of)).unwrap_or_default();
                let inner = node.child_by_field_name(field::VALUE);
                return inner.map(|inner| cast(of, expression(shaper, inner)));
            }
            kind::NEW => {
                if let Some(inner) = literals::wrapped(shaper, node) {
                    let inner = expression(shaper, inner);
                    // What is added to it is not added to what it was made of.
                    if literals::grows(shaper, node) {
                        return Some(Expression {
                            at: at.clone(),
                            value: Value::Join(vec![inner]),
                        });
                    }
                    return Some(inner);
                }
            }
            _ => {}
        }
        Some(Expression { at: at.clone(), value: value(shaper, node) })
    });
    lowered.flatten().unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::IDENTIFIER | kind::THIS | kind::SUPER | kind::TYPE_IDENTIFIER => {
            Value::Name(shaper.text(node).into())
        }
        kind::SCOPED_TYPE | kind::SCOPED_IDENTIFIER => path(shaper.text(node), node),
        kind::NULL => Value::Nothing,
        kind::DECIMAL | kind::FLOAT | kind::TRUE | kind::FALSE => {
            Value::Literal(shaper.text(node).trim_end_matches(['L', 'l']).into())
        }
        kind::STRING | kind::CHARACTER => Value::Text(literals::parts(shaper, node)),
        kind::FIELD_ACCESS => {
            let name = shaper.field_text(node, field::FIELD).into();
            Value::Member(Box::new(part(shaper, node, field::OBJECT)), name)
        }
        kind::ARRAY_ACCESS => Value::Index(
            Box::new(part(shaper, node, field::ARRAY)),
            Box::new(part(shaper, node, field::INDEX)),
        ),
        kind::METHOD_CALL => call(shaper, node),
        kind::METHOD_REFERENCE => reference(shaper, node),
        kind::LAMBDA => Value::Lambda(lambda(shaper, node)),
        kind::NEW => creation(shaper, node),
        kind::ARRAY_CREATION => match node.child_by_field_name(field::VALUE) {
            Some(items) => Value::List(list(shaper, items)),
            None => Value::Other(Vec::new()),
        },
        kind::ARRAY_INITIALIZER => Value::List(list(shaper, node)),
        // `X.class` names the class.
        kind::CLASS_LITERAL => match node.named_child(0) {
            Some(of) => path(shaper.text(of), of),
            None => Value::Other(Vec::new()),
        },
        kind::BINARY => binary(shaper, node),
        kind::TERNARY => {
            let condition = part(shaper, node, field::CONDITION);
            let items = [field::CONSEQUENCE, field::ALTERNATIVE];
            let items = items.map(|name| part(shaper, node, name));
            Value::Either(Some(Box::new(condition)), items.into())
        }
        kind::SWITCH => switch(shaper, node),
        kind::ASSIGNMENT => match assignment(shaper, node) {
            Some(assign) => Value::Assign(Box::new(assign)),
            None => Value::Other(list(shaper, node)),
        },
        _ => Value::Other(list(shaper, node)),
    }
}

/// Names with dots between them.
fn path(text: &str, node: Node<'_>) -> Value {
    let mut names = text.split('.').map(str::trim);
    let mut value = Value::Name(names.next().unwrap_or_default().into());
    for name in names {
        let object = Expression { at: node.byte_range(), value };
        value = Value::Member(Box::new(object), name.into());
    }
    value
}

/// A field of a node as an expression.
fn part(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Expression {
    match node.child_by_field_name(name) {
        Some(child) => expression(shaper, child),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

/// Lowers an assignment; none if it computes with what was there before.
pub(super) fn assignment(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<Assign> {
    let operator = shaper.field_text(node, field::OPERATOR);
    if !matches!(operator, "=" | "+=") {
        return None;
    }
    let target = part(shaper, node, field::LEFT);
    let value = part(shaper, node, field::RIGHT);
    Some(Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares: false,
        adds: operator == "+=",
    })
}

/// The arguments of a call.
fn arguments(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Argument> {
    let given = node.child_by_field_name(field::ARGUMENTS);
    let given = given.map(|given| list(shaper, given)).unwrap_or_default();
    given.into_iter().map(argument).collect()
}

fn argument(value: Expression) -> Argument {
    Argument { name: None, value, spreads: false }
}

fn call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let name = node.child_by_field_name(field::NAME).unwrap_or(node);
    let text = shaper.text(name);
    let Some(object) = node.child_by_field_name(field::OBJECT) else {
        let callee = Expression { at: name.byte_range(), value: Value::Name(text.into()) };
        return Value::Call(Box::new(callee), arguments(shaper, node));
    };
    if let Some(value) = literals::made_by(shaper, node, object, text) {
        return value;
    }
    let object = expression(shaper, object);
    let at = node.start_byte()..name.end_byte();
    let callee = Expression { at, value: Value::Member(Box::new(object), text.into()) };
    Value::Call(Box::new(callee), arguments(shaper, node))
}

/// `client::stopInstance`; of `Type::new` only the type is kept.
fn reference(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let parts = children(node);
    let Some(first) = parts.first() else { return Value::Other(Vec::new()) };
    let name = parts.last().filter(|it| parts.len() > 1 && it.kind() == kind::IDENTIFIER);
    let object = expression(shaper, *first);
    match name {
        Some(name) => Value::Member(Box::new(object), shaper.text(*name).into()),
        None => object.value,
    }
}

/// `new X(…)`, with a body or without.
fn creation(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    if let Some(collection) = literals::collection(shaper, node) {
        return collection;
    }
    let mut given = arguments(shaper, node);
    let of = node.child_by_field_name(field::TYPE);
    let declared = of.map(|of| type_of(shaper, of)).unwrap_or_default();
    if let Some(body) = children(node).into_iter().find(|it| it.kind() == kind::CLASS_BODY) {
        if literals::is_filled_in(body) {
            given.extend(literals::filled_in(shaper, body));
        } else {
            let name = anonymous_class(shaper, body, declared);
            return Value::New(Type::Named(name), given);
        }
    }
    match of.map(|of| shaper.text(of).rsplit('.').next().unwrap_or_default()) {
        // It is started by a method without arguments, so this is where it is
        // told what to run.
        Some("ProcessBuilder" | "CommandLine") => {
            let at = of.map_or(node.byte_range(), |of| of.byte_range());
            let callee = Expression { value: Value::Name("ProcessBuilder".into()), at };
            Value::Call(Box::new(callee), given)
        }
        _ => Value::New(declared, given),
    }
}

fn binary(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let operator = shaper.field_text(node, field::OPERATOR);
    match operator {
        "+" => return Value::Join(terms(shaper, node, operator)),
        "&&" | "||" => return Value::Other(terms(shaper, node, operator)),
        _ => {}
    }
    let left = part(shaper, node, field::LEFT);
    let right = part(shaper, node, field::RIGHT);
    match operator {
        "==" => Value::Same(true, Box::new(left), Box::new(right)),
        "!=" => Value::Same(false, Box::new(left), Box::new(right)),
        _ => Value::Other(vec![left, right]),
    }
}

/// What stands between operators of one sort, of which there may be more than
/// any depth allows.
fn terms(shaper: &mut Shaper<'_>, node: Node<'_>, operator: &str) -> Vec<Expression> {
    let mut terms = Vec::new();
    let mut current = node;
    while current.kind() == kind::BINARY && shaper.field_text(current, field::OPERATOR) == operator
    {
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            terms.push(expression(shaper, right));
        }
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        current = left;
    }
    terms.push(expression(shaper, current));
    terms.reverse();
    terms
}

/// A `switch` with a value: a function that is called at once and returns the
/// values of its cases.
fn switch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let at = node.byte_range();
    let function = Function {
        name: "".into(),
        class: None,
        receiver: None,
        form: Form::Plain,
        is_constructor: false,
        parent: shaper.enclosing.last().copied(),
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: at.clone(),
    };
    let number = shaper.add_function(function, |shaper| {
        vec![Statement::Switch(statements::switch(shaper, node, true))]
    });
    let callee = Expression { at, value: Value::Lambda(number) };
    Value::Call(Box::new(callee), Vec::new())
}
