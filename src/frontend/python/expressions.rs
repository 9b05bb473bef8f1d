//! Python's expressions.

use tree_sitter::Node;

use super::grammar::{field, kind};
use super::parameters::parameters;
use super::statements::assignment;
use super::strings;
use crate::frontend::program::code::{
    Argument, Assign, Each, Expression, Form, Function, Statement, Type, Value,
};
use crate::frontend::program::shape::{Shaper, known_text, named};

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        // What only wraps an expression gives way to it.
        match node.kind() {
            kind::PARENTHESIZED_EXPRESSION | kind::AWAIT | kind::TYPE => {
                let inner = parts(node).into_iter().next();
                return inner.map(|inner| expression(shaper, inner));
            }
            kind::CALL if is_cast(shaper, node) => {
                let arguments = node.child_by_field_name(field::ARGUMENTS);
                let value = arguments.and_then(|it| parts(it).into_iter().nth(1));
                return value.map(|value| expression(shaper, value));
            }
            _ => {}
        }
        Some(Expression { at: at.clone(), value: value(shaper, node) })
    });
    lowered.flatten().unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

/// Lowers the target of an assignment.
pub(super) fn target(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.kind() {
        kind::PATTERN_LIST
        | kind::TUPLE_PATTERN
        | kind::LIST_PATTERN
        | kind::TUPLE
        | kind::EXPRESSION_LIST => {
            let at = node.byte_range();
            let items = shaper.deeper(node, |shaper| {
                parts(node).into_iter().map(|part| target(shaper, part)).collect()
            });
            Expression { at, value: Value::List(items.unwrap_or_default()) }
        }
        _ => expression(shaper, node),
    }
}

/// The children of a node that have a meaning.
fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let children = named(node, kind::COMMENT).into_iter();
    children.filter(|child| child.kind() != kind::LINE_CONTINUATION).collect()
}

fn is_cast(shaper: &Shaper<'_>, node: Node<'_>) -> bool {
    matches!(shaper.field_text(node, field::FUNCTION), "cast" | "typing.cast")
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::IDENTIFIER => Value::Name(shaper.text(node).into()),
        kind::NONE => Value::Nothing,
        kind::INTEGER | kind::FLOAT => Value::Literal(shaper.text(node).into()),
        kind::TRUE => Value::Literal("true".into()),
        kind::FALSE => Value::Literal("false".into()),
        kind::STRING => Value::Text(strings::parts(shaper, node)),
        kind::CONCATENATED_STRING => {
            let strings = parts(node).into_iter().filter(|part| part.kind() == kind::STRING);
            Value::Text(strings.flat_map(|part| strings::parts(shaper, part)).collect())
        }
        kind::ATTRIBUTE => {
            let name = shaper.field_text(node, field::ATTRIBUTE).into();
            Value::Member(Box::new(part(shaper, node, field::OBJECT)), name)
        }
        kind::SUBSCRIPT => Value::Index(
            Box::new(part(shaper, node, field::VALUE)),
            Box::new(part(shaper, node, field::SUBSCRIPT)),
        ),
        kind::CALL => call(shaper, node),
        kind::LIST | kind::TUPLE | kind::SET | kind::EXPRESSION_LIST => {
            Value::List(all(shaper, node))
        }
        kind::DICTIONARY => Value::Map(entries(shaper, node)),
        kind::LIST_SPLAT | kind::DICTIONARY_SPLAT => match node.named_child(0) {
            Some(inner) => Value::Spread(Box::new(expression(shaper, inner))),
            None => Value::Other(Vec::new()),
        },
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
            Value::Assign(Box::new(assignment(shaper, node)))
        }
        kind::NAMED_EXPRESSION => Value::Assign(Box::new(Assign {
            targets: vec![part(shaper, node, field::NAME)],
            kind: Type::Unknown,
            values: vec![part(shaper, node, field::VALUE)],
            declares: true,
            adds: false,
        })),
        kind::CONDITIONAL_EXPRESSION => conditional(shaper, node),
        kind::BOOLEAN_OPERATOR => {
            let operands = operands(node, kind::BOOLEAN_OPERATOR).into_iter();
            Value::Either(None, operands.map(|(it, _)| expression(shaper, it)).collect())
        }
        kind::BINARY_OPERATOR => binary(shaper, node),
        kind::COMPARISON => comparison(shaper, node),
        kind::LAMBDA => Value::Lambda(lambda(shaper, node)),
        kind::LIST_COMPREHENSION
        | kind::SET_COMPREHENSION
        | kind::DICTIONARY_COMPREHENSION
        | kind::GENERATOR_EXPRESSION => comprehension(shaper, node),
        _ => Value::Other(all(shaper, node)),
    }
}

fn all(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    parts(node).into_iter().map(|part| expression(shaper, part)).collect()
}

/// A field of a node as an expression.
fn part(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Expression {
    match node.child_by_field_name(name) {
        Some(child) => expression(shaper, child),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

fn call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let function = shaper.field_text(node, field::FUNCTION);
    let list = node.child_by_field_name(field::ARGUMENTS);
    let arguments = match list {
        Some(list) if list.kind() == kind::ARGUMENT_LIST => parts(list),
        other => other.into_iter().collect(),
    };
    let arguments = arguments.into_iter().map(|node| argument(shaper, node)).collect();
    if function == "dict" {
        return dictionary(arguments);
    }
    Value::Call(Box::new(part(shaper, node, field::FUNCTION)), arguments)
}

fn argument(shaper: &mut Shaper<'_>, node: Node<'_>) -> Argument {
    let spreads = matches!(node.kind(), kind::LIST_SPLAT | kind::DICTIONARY_SPLAT);
    if node.kind() == kind::KEYWORD_ARGUMENT {
        let name = shaper.field_text(node, field::NAME).into();
        return Argument { name: Some(name), value: part(shaper, node, field::VALUE), spreads };
    }
    let inner = node.named_child(0).filter(|_| spreads).unwrap_or(node);
    Argument { name: None, value: expression(shaper, inner), spreads }
}

/// `dict(other, name=value)`.
fn dictionary(arguments: Vec<Argument>) -> Value {
    let entries = arguments.into_iter().map(|argument| {
        let at = argument.value.at.clone();
        match argument.name {
            Some(name) => (known_text(name, at), argument.value),
            None => spread(argument.value),
        }
    });
    Value::Map(entries.collect())
}

/// The entries of another map as one of a map's.
fn spread(other: Expression) -> (Expression, Expression) {
    (Expression { at: other.at.clone(), value: Value::Nothing }, other)
}

fn entries(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<(Expression, Expression)> {
    let entries = parts(node).into_iter().filter_map(|child| match child.kind() {
        kind::PAIR => Some((part(shaper, child, field::KEY), part(shaper, child, field::VALUE))),
        kind::DICTIONARY_SPLAT => {
            let inner = child.named_child(0)?;
            Some(spread(expression(shaper, inner)))
        }
        _ => None,
    });
    entries.collect()
}

fn conditional(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let parts = parts(node);
    let [then, condition, otherwise] = parts.as_slice() else {
        return Value::Other(all(shaper, node));
    };
    let condition = expression(shaper, *condition);
    let values = vec![expression(shaper, *then), expression(shaper, *otherwise)];
    Value::Either(Some(Box::new(condition)), values)
}

/// `a + b % c`, from the left, whatever their number.
fn binary(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut so_far: Option<Expression> = None;
    for (operand, operator) in operands(node, kind::BINARY_OPERATOR) {
        let next = expression(shaper, operand);
        let operator = operator.map_or("", |operator| shaper.text(operator));
        let at = node.start_byte()..operand.end_byte();
        so_far = Some(match so_far {
            None => next,
            Some(left) => Expression { at, value: combined(left, operator, next) },
        });
    }
    so_far.map_or(Value::Other(Vec::new()), |whole| whole.value)
}

fn combined(left: Expression, operator: &str, right: Expression) -> Value {
    match (operator, left.value) {
        // `|` joins maps.
        ("+" | "|", Value::Join(mut items)) => {
            items.push(right);
            Value::Join(items)
        }
        ("+" | "|", value) => Value::Join(vec![Expression { at: left.at, value }, right]),
        ("%", value) => Value::Format(Box::new(Expression { at: left.at, value }), Box::new(right)),
        (_, Value::Other(mut items)) => {
            items.push(right);
            Value::Other(items)
        }
        (_, value) => Value::Other(vec![Expression { at: left.at, value }, right]),
    }
}

/// The operands of a chain of left-associative operators, from the left, each
/// with the operator before it.
fn operands<'t>(node: Node<'t>, kind: &str) -> Vec<(Node<'t>, Option<Node<'t>>)> {
    let mut found = Vec::new();
    let mut current = node;
    while current.kind() == kind {
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            found.push((right, current.child_by_field_name(field::OPERATOR)));
        }
        current = left;
    }
    found.push((current, None));
    found.reverse();
    found
}

fn comparison(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let operators = node.child_by_field_name(field::OPERATORS).map(|it| shaper.text(it));
    let mut operands = all(shaper, node);
    let same = match operators {
        Some("==" | "is") => true,
        Some("!=" | "is not" | "<>") => false,
        _ => return Value::Other(operands),
    };
    match (operands.pop(), operands.pop()) {
        (Some(right), Some(left)) if operands.is_empty() => {
            Value::Same(same, Box::new(left), Box::new(right))
        }
        (last, before) => Value::Other(operands.into_iter().chain(before).chain(last).collect()),
    }
}

fn lambda(shaper: &mut Shaper<'_>, node: Node<'_>) -> usize {
    let parameters = parameters(shaper, node.child_by_field_name(field::PARAMETERS));
    let function = Function {
        name: "".into(),
        class: None,
        receiver: None,
        form: Form::Plain,
        is_constructor: false,
        parent: shaper.enclosing.last().copied(),
        parameters,
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    };
    let body = node.child_by_field_name(field::BODY);
    shaper.add_function(function, |shaper| {
        let value = body.map(|body| expression(shaper, body));
        value.into_iter().map(|value| Statement::Return(vec![value])).collect()
    })
}

fn comprehension(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let parts = parts(node);
    let Some((item, rest)) = parts.split_first() else { return Value::Other(Vec::new()) };
    let head = rest.first().map_or(node.byte_range(), Node::byte_range);
    let clauses = rest.iter().map(|clause| {
        let left = clause.child_by_field_name(field::LEFT).map(|left| target(shaper, left));
        let over = match clause.child_by_field_name(field::RIGHT) {
            Some(right) => expression(shaper, right),
            None => {
                Expression { at: clause.byte_range(), value: Value::Other(all(shaper, *clause)) }
            }
        };
        (left, over)
    });
    let clauses = clauses.collect();
    let is_list = node.kind() != kind::DICTIONARY_COMPREHENSION;
    let item = expression(shaper, *item);
    Value::Each(Box::new(Each { head, clauses, item, is_list }))
}
