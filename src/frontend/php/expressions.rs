//! PHP's expressions.

use tree_sitter::Node;

use super::calls::{function_call, member_call, new, scoped_call};
use super::classes::property_name;
use super::declarations::{Placed, function};
use super::grammar::{field, kind};
use super::names::{class_name, path};
use super::strings::parts;
use crate::frontend::program::code::{Assign, Expression, Type, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};
use crate::frontend::program::thing::Name;

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        // What only wraps an expression gives way to it.
        match node.kind() {
            kind::PARENTHESIZED | kind::SILENCED | kind::CLONE | kind::BY_REF => {
                return named(node, kind::COMMENT).first().map(|it| expression(shaper, *it));
            }
            kind::CAST => {
                let operand = node.child_by_field_name(field::VALUE);
                return operand.map(|operand| expression(shaper, operand));
            }
            _ => {}
        }
        Some(Expression { at: at.clone(), value: value(shaper, node) })
    });
    lowered.flatten().unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::VARIABLE => Value::Name(shaper.text(node).into()),
        kind::NAME | kind::QUALIFIED_NAME | kind::RELATIVE_NAME => constant(shaper, node),
        kind::RELATIVE_SCOPE => Value::Name(class_name(shaper, shaper.text(node))),
        kind::NULL => Value::Nothing,
        kind::INTEGER | kind::FLOAT => Value::Literal(shaper.text(node).into()),
        kind::BOOLEAN => Value::Literal(shaper.text(node).to_ascii_lowercase().into()),
        kind::STRING | kind::ENCAPSED_STRING | kind::HEREDOC | kind::NOWDOC => {
            Value::Text(parts(shaper, node))
        }
        kind::SHELL => Value::Shell(parts(shaper, node)),
        kind::ARRAY => array(shaper, node),
        kind::LIST => {
            let targets = named(node, kind::COMMENT);
            Value::List(targets.into_iter().map(|it| expression(shaper, it)).collect())
        }
        kind::MEMBER | kind::NULLSAFE_MEMBER => member(shaper, node),
        kind::SCOPED_PROPERTY => scoped(shaper, node),
        kind::CLASS_CONSTANT => class_constant(shaper, node),
        kind::SUBSCRIPT => subscript(shaper, node),
        kind::CALL => function_call(shaper, node),
        kind::MEMBER_CALL | kind::NULLSAFE_CALL => member_call(shaper, node),
        kind::SCOPED_CALL => scoped_call(shaper, node),
        kind::NEW => new(shaper, node),
        kind::ANONYMOUS_FUNCTION | kind::ARROW_FUNCTION => {
            Value::Lambda(function(shaper, node, &Placed::default()))
        }
        kind::ASSIGNMENT | kind::REFERENCE_ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
            Value::Assign(Box::new(assign(shaper, node)))
        }
        kind::BINARY => binary(shaper, node),
        kind::CONDITIONAL => conditional(shaper, node),
        kind::MATCH => alternatives(shaper, node),
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

/// Options of curl, under the words that other libraries have for them.
const CURL_OPTIONS: &[(&str, &str)] =
    &[("CURLOPT_URL", "url"), ("CURLOPT_POSTFIELDS", "body"), ("CURLOPT_HTTPHEADER", "headers")];

/// A constant by its name.
fn constant(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let text = shaper.text(node);
    if text.starts_with("CURLOPT_") {
        let option = CURL_OPTIONS.iter().find(|(name, _)| *name == text);
        let name = option.map_or(text, |(_, word)| word);
        return known_text(name, node.byte_range()).value;
    }
    Value::Name(path(text))
}

/// `$object->property`; `Case::Start->value` is what the case stands for.
fn member(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let object = part(shaper, node, field::OBJECT);
    let Some(name) = node.child_by_field_name(field::NAME) else {
        return Value::Other(vec![object]);
    };
    let is_case = node
        .child_by_field_name(field::OBJECT)
        .is_some_and(|object| object.kind() == kind::CLASS_CONSTANT);
    if is_case && shaper.text(name) == "value" {
        return object.value;
    }
    of(shaper, object, name)
}

/// A member by its name, or by a value that is its name.
pub(super) fn of(shaper: &mut Shaper<'_>, object: Expression, name: Node<'_>) -> Value {
    if name.kind() == kind::NAME {
        return Value::Member(Box::new(object), shaper.text(name).into());
    }
    let key = expression(shaper, name);
    Value::Index(Box::new(object), Box::new(key))
}

/// The class, or the object, on which something static is used.
pub(super) fn scope(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.kind() {
        kind::NAME | kind::QUALIFIED_NAME | kind::RELATIVE_NAME | kind::RELATIVE_SCOPE => {
            let name = class_name(shaper, shaper.text(node));
            Expression { at: node.byte_range(), value: Value::Name(name) }
        }
        _ => expression(shaper, node),
    }
}

fn scoped(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let Some(of) = node.child_by_field_name(field::SCOPE) else { return Value::Other(Vec::new()) };
    let object = Box::new(scope(shaper, of));
    Value::Member(object, property_name(shaper.field_text(node, field::NAME)))
}

/// `X::NAME`; `X::class` is the class itself.
fn class_constant(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let [of, name] = named(node, kind::COMMENT)[..] else { return Value::Other(Vec::new()) };
    let object = scope(shaper, of);
    match shaper.text(name) {
        "class" => object.value,
        name => Value::Member(Box::new(object), Name::from(name)),
    }
}

fn subscript(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut parts = named(node, kind::COMMENT).into_iter();
    let Some(object) = parts.next() else { return Value::Other(Vec::new()) };
    let object = expression(shaper, object);
    match parts.next() {
        Some(key) => Value::Index(Box::new(object), Box::new(expression(shaper, key))),
        None => Value::Other(vec![object]),
    }
}

/// `[a, b]`, `[k => v]`, `array(…)`. One that is empty may become either; a map
/// becomes a list when something is put behind it.
fn array(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let elements = named(node, kind::COMMENT);
    let has_keys = elements.iter().any(|element| named(*element, kind::COMMENT).len() > 1);
    if has_keys || elements.is_empty() {
        return Value::Map(entries(shaper, &elements));
    }
    let mut runs: Vec<Expression> = Vec::new();
    let mut items = Vec::new();
    for element in elements {
        let Some(item) = element.named_child(0) else { continue };
        if item.kind() == kind::VARIADIC_UNPACKING {
            runs.push(list(node, std::mem::take(&mut items)));
            runs.extend(item.named_child(0).map(|it| expression(shaper, it)));
        } else {
            items.push(expression(shaper, item));
        }
    }
    if runs.is_empty() {
        return Value::List(items);
    }
    runs.push(list(node, items));
    Value::Join(runs)
}

fn list(node: Node<'_>, items: Vec<Expression>) -> Expression {
    Expression { at: node.byte_range(), value: Value::List(items) }
}

fn entries(shaper: &mut Shaper<'_>, elements: &[Node<'_>]) -> Vec<(Expression, Expression)> {
    let mut entries = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let at = element.byte_range();
        match named(*element, kind::COMMENT)[..] {
            [key, value] => entries.push((expression(shaper, key), expression(shaper, value))),
            [spread] if spread.kind() == kind::VARIADIC_UNPACKING => {
                let key = Expression { at, value: Value::Nothing };
                let inner = spread.named_child(0).unwrap_or(spread);
                entries.push((key, expression(shaper, inner)));
            }
            [value] => {
                entries.push((known_text(index.to_string(), at), expression(shaper, value)));
            }
            _ => {}
        }
    }
    entries
}

/// Lowers an assignment.
pub(super) fn assign(shaper: &mut Shaper<'_>, node: Node<'_>) -> Assign {
    let operator = shaper.field_text(node, field::OPERATOR);
    let left = node.child_by_field_name(field::LEFT);
    let mut adds = matches!(operator, ".=" | "+=");
    let mut value = part(shaper, node, field::RIGHT);
    let target = match left {
        // `$list[] = …`
        Some(left) if left.kind() == kind::SUBSCRIPT && named(left, kind::COMMENT).len() == 1 => {
            adds = true;
            value = Expression { at: value.at.clone(), value: Value::List(vec![value]) };
            named(left, kind::COMMENT).first().map(|it| expression(shaper, *it))
        }
        left => left.map(|left| expression(shaper, left)),
    };
    let at = node.byte_range();
    let target = target.unwrap_or(Expression { at: at.clone(), value: Value::Nothing });
    if operator == "??=" {
        let before = part(shaper, node, field::LEFT);
        value = Expression { at, value: Value::Either(None, vec![before, value]) };
    } else if !matches!(operator, "" | "=" | ".=" | "+=") {
        value = Expression { at, value: Value::Other(vec![value]) };
    }
    Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares: !shaper.shares,
        adds,
    }
}

fn binary(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let operator = shaper.field_text(node, field::OPERATOR).to_ascii_lowercase();
    if operator == "." || operator == "+" && adds_arrays(node) {
        return Value::Join(terms(shaper, node));
    }
    let left = part(shaper, node, field::LEFT);
    if operator == "instanceof" {
        return Value::Other(vec![left]);
    }
    let right = part(shaper, node, field::RIGHT);
    let boxed = |one, other| (Box::new(one), Box::new(other));
    match operator.as_str() {
        "==" | "===" => {
            let (left, right) = boxed(left, right);
            Value::Same(true, left, right)
        }
        "!=" | "!==" | "<>" => {
            let (left, right) = boxed(left, right);
            Value::Same(false, left, right)
        }
        "??" | "||" | "or" => Value::Either(None, vec![left, right]),
        "&&" | "and" => {
            let nothing = Expression { at: right.at.clone(), value: Value::Nothing };
            Value::Either(Some(Box::new(left)), vec![right, nothing])
        }
        _ => Value::Other(vec![left, right]),
    }
}

fn adds_arrays(node: Node<'_>) -> bool {
    let is_array = |name| node.child_by_field_name(name).is_some_and(|it| it.kind() == kind::ARRAY);
    is_array(field::LEFT) || is_array(field::RIGHT)
}

/// The terms of a sum, which may be longer than any depth allows.
fn terms(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    let operator = shaper.field_text(node, field::OPERATOR);
    let mut terms = Vec::new();
    let mut current = node;
    loop {
        let is_sum = current.kind() == kind::BINARY
            && shaper.field_text(current, field::OPERATOR) == operator;
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

fn conditional(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let condition = part(shaper, node, field::CONDITION);
    let otherwise = part(shaper, node, field::ALTERNATIVE);
    match node.child_by_field_name(field::BODY) {
        Some(then) => {
            let then = expression(shaper, then);
            Value::Either(Some(Box::new(condition)), vec![then, otherwise])
        }
        None => Value::Either(None, vec![condition, otherwise]),
    }
}

/// A `match` as a value.
fn alternatives(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let condition = part(shaper, node, field::CONDITION);
    let body = node.child_by_field_name(field::BODY);
    let arms = body.map(|body| named(body, kind::COMMENT)).unwrap_or_default();
    let results = arms.into_iter().filter(|arm| {
        arm.child_by_field_name(field::RETURN_EXPRESSION).is_some_and(|it| it.kind() != kind::THROW)
    });
    let results: Vec<Expression> =
        results.map(|arm| part(shaper, arm, field::RETURN_EXPRESSION)).collect();
    Value::Either(Some(Box::new(condition)), results)
}
