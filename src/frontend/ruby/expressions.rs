//! Ruby's expressions.

use tree_sitter::Node;

use super::calls;
use super::constants::constant;
use super::declarations;
use super::grammar::{field, kind};
use super::scope::{Scope, assign};
use super::statements;
use super::strings;
use crate::frontend::program::code::{Assign, Expression, If, Part, Statement, Type, Value};
use crate::frontend::program::shape::{known_text, named};

/// Lowers an expression.
pub(super) fn expression(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = scope.deeper(node, |scope| {
        // What only wraps an expression gives way to it.
        match node.kind() {
            kind::PARENTHESES | kind::THEN | kind::ELSE if node.named_child_count() == 1 => {
                return node.named_child(0).map(|it| expression(scope, it));
            }
            kind::UNARY if matches!(scope.field_text(node, field::OPERATOR), "&" | "*") => {
                let operand = node.child_by_field_name(field::OPERAND);
                return operand.map(|operand| expression(scope, operand));
            }
            _ => {}
        }
        Some(Expression { at: at.clone(), value: value(scope, node) })
    });
    lowered.flatten().unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

fn value(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::IDENTIFIER => name(scope, node),
        kind::CONSTANT | kind::SCOPE => constant(scope, node),
        kind::SELF => Value::Name("self".into()),
        kind::INSTANCE_VARIABLE | kind::CLASS_VARIABLE => field_of_self(scope, node),
        kind::GLOBAL_VARIABLE => Value::Name(scope.text(node).into()),
        kind::NIL => Value::Nothing,
        kind::INTEGER | kind::FLOAT | kind::TRUE | kind::FALSE => {
            Value::Literal(scope.text(node).into())
        }
        kind::STRING | kind::BARE_STRING | kind::CHAINED_STRING | kind::HEREDOC_BEGINNING => {
            strings::text(scope, node)
        }
        kind::SIMPLE_SYMBOL | kind::DELIMITED_SYMBOL | kind::BARE_SYMBOL | kind::HASH_KEY => {
            strings::symbol(scope, node)
        }
        kind::SUBSHELL => Value::Shell(strings::parts(scope, node)),
        kind::ARRAY | kind::STRING_ARRAY | kind::SYMBOL_ARRAY | kind::RIGHT_LIST => {
            Value::List(children(scope, node))
        }
        kind::HASH => map(scope, node),
        kind::PAIR => Value::Map(entry(scope, node).into_iter().collect()),
        kind::SPLAT | kind::HASH_SPLAT | kind::BLOCK_ARGUMENT => match node.named_child(0) {
            Some(inner) => expression(scope, inner).value,
            None => Value::Nothing,
        },
        kind::ELEMENT => element(scope, node),
        kind::CALL => calls::value(scope, node),
        kind::YIELD => calls::yielded(scope, node),
        kind::LAMBDA => Value::Lambda(declarations::lambda(scope, node)),
        kind::BINARY => binary(scope, node),
        kind::CONDITIONAL => conditional(scope, node),
        kind::ASSIGNMENT | kind::OPERATOR_ASSIGNMENT => {
            match statements::statement(scope, node).pop() {
                Some(Statement::Assign(assign)) => Value::Assign(Box::new(assign)),
                _ => Value::Other(Vec::new()),
            }
        }
        kind::METHOD | kind::SINGLETON_METHOD => {
            let name = scope.field_text(node, field::NAME);
            declarations::method(scope, node);
            known_text(name, node.byte_range()).value
        }
        _ if is_statement(node) => hoisted(scope, node),
        _ => Value::Other(children(scope, node)),
    }
}

/// The children of a node as expressions.
pub(super) fn children(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Expression> {
    named(node, kind::COMMENT).into_iter().map(|it| expression(scope, it)).collect()
}

/// A field of a node as an expression.
pub(super) fn part(scope: &mut Scope<'_, '_>, node: Node<'_>, name: &str) -> Expression {
    match node.child_by_field_name(name) {
        Some(child) => expression(scope, child),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

/// What is a statement in other languages.
fn is_statement(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        kind::IF
            | kind::UNLESS
            | kind::IF_MODIFIER
            | kind::UNLESS_MODIFIER
            | kind::CASE
            | kind::CASE_MATCH
            | kind::BEGIN
            | kind::PARENTHESES
            | kind::RESCUE_MODIFIER
            | kind::WHILE
            | kind::UNTIL
            | kind::WHILE_MODIFIER
            | kind::UNTIL_MODIFIER
            | kind::FOR
            | kind::RETURN
            | kind::BREAK
            | kind::NEXT
            | kind::RETRY
            | kind::CLASS
            | kind::MODULE
    )
}

fn hoisted(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let statements = statements::statement(scope, node);
    scope.hoist(statements, node.byte_range())
}

/// A name by itself: a variable, or a call.
fn name(scope: &Scope<'_, '_>, node: Node<'_>) -> Value {
    let name = scope.text(node);
    let bare = Value::Name(name.into());
    if scope.is_variable(name) || node.is_missing() {
        return bare;
    }
    Value::Call(Box::new(Expression { at: node.byte_range(), value: bare }), Vec::new())
}

/// `@client`.
fn field_of_self(scope: &Scope<'_, '_>, node: Node<'_>) -> Value {
    let at = node.byte_range();
    let own = Expression { at, value: Value::Name("self".into()) };
    Value::Member(Box::new(own), scope.text(node).trim_start_matches('@').into())
}

fn map(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let mut entries = Vec::new();
    for child in named(node, kind::COMMENT) {
        match child.kind() {
            kind::PAIR => entries.extend(entry(scope, child)),
            kind::HASH_SPLAT => {
                let inner = expression(scope, child);
                let key = Expression { at: inner.at.clone(), value: Value::Nothing };
                entries.push((key, inner));
            }
            _ => {}
        }
    }
    Value::Map(entries)
}

/// A key and its value; `{ id: }` is `{ id: id }`.
pub(super) fn entry(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Option<(Expression, Expression)> {
    let key = node.child_by_field_name(field::KEY)?;
    let lowered = expression(scope, key);
    let value = match node.child_by_field_name(field::VALUE) {
        Some(value) => expression(scope, value),
        None => Expression { at: key.byte_range(), value: name(scope, key) },
    };
    Some((lowered, value))
}

/// `a[b]`.
fn element(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let object = part(scope, node, field::OBJECT);
    let object_node = node.child_by_field_name(field::OBJECT);
    let keys = named(node, kind::COMMENT).into_iter().filter(|it| Some(*it) != object_node);
    let mut keys: Vec<Expression> = keys.map(|it| expression(scope, it)).collect();
    if keys.len() == 1
        && let Some(key) = keys.pop()
    {
        return Value::Index(Box::new(object), Box::new(key));
    }
    keys.insert(0, object);
    Value::Other(keys)
}

fn binary(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let operator = scope.field_text(node, field::OPERATOR);
    if operator == "+" {
        return Value::Join(terms(scope, node));
    }
    let left = part(scope, node, field::LEFT);
    if matches!(operator, "&&" | "and" | "||" | "or") {
        return choice(scope, node, left, operator);
    }
    let right = part(scope, node, field::RIGHT);
    match operator {
        "==" | "===" => Value::Same(true, Box::new(left), Box::new(right)),
        "!=" => Value::Same(false, Box::new(left), Box::new(right)),
        "<<" => appended(scope, left, right),
        "%" => calls::formatted(left, right),
        _ => Value::Other(vec![left, right]),
    }
}

/// `list << item`, which may go on.
fn appended(scope: &mut Scope<'_, '_>, left: Expression, right: Expression) -> Value {
    let Value::Assign(before) = left.value else {
        return Value::Assign(Box::new(Assign { adds: true, ..assign(left, right, false) }));
    };
    let name = before.targets.first().and_then(Expression::path);
    let at = left.at;
    scope.before.push(Statement::Assign(*before));
    let Some(name) = name else { return Value::Other(vec![right]) };
    let mut parts = name.split('.');
    let first = Value::Name(parts.next().unwrap_or_default().into());
    let target = parts.fold(Expression { at: at.clone(), value: first }, |object, name| {
        let value = Value::Member(Box::new(object), name.into());
        Expression { at: at.clone(), value }
    });
    Value::Assign(Box::new(Assign { adds: true, ..assign(target, right, false) }))
}

/// `a && b`, `a || b`. What has to run before `b` runs only if `a` says so.
fn choice(scope: &mut Scope<'_, '_>, node: Node<'_>, left: Expression, operator: &str) -> Value {
    let is_and = matches!(operator, "&&" | "and");
    let outer = std::mem::take(&mut scope.before);
    let right = part(scope, node, field::RIGHT);
    let hoisted = std::mem::replace(&mut scope.before, outer);
    if hoisted.is_empty() {
        return if is_and {
            Value::Either(Some(Box::new(left)), vec![right])
        } else {
            Value::Either(None, vec![left, right])
        };
    }
    let name = scope.make_variable();
    let at = left.at.clone();
    let variable = || Expression { at: at.clone(), value: Value::Name(name.clone()) };
    scope.before.push(Statement::Assign(assign(variable(), left, true)));
    let mut then = hoisted;
    then.push(Statement::Assign(assign(variable(), right, false)));
    let (then, otherwise) = if is_and { (then, None) } else { (Vec::new(), Some(then)) };
    let branch = If { condition: variable(), then, otherwise };
    scope.before.push(Statement::If(branch));
    Value::Name(name)
}

/// `a ? b : c`.
fn conditional(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let condition = part(scope, node, field::CONDITION);
    let outer = std::mem::take(&mut scope.before);
    let then = part(scope, node, field::CONSEQUENCE);
    let otherwise = part(scope, node, field::ALTERNATIVE);
    let hoisted = std::mem::replace(&mut scope.before, outer);
    if hoisted.is_empty() {
        return Value::Either(Some(Box::new(condition)), vec![then, otherwise]);
    }
    // What either side needs to have run first.
    let branch = If { condition, then: hoisted, otherwise: None };
    scope.before.push(Statement::If(branch));
    Value::Either(None, vec![then, otherwise])
}

/// The terms of a sum, which may be longer than any depth allows.
fn terms(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Expression> {
    let mut terms = Vec::new();
    let mut current = node;
    loop {
        let is_sum =
            current.kind() == kind::BINARY && scope.field_text(current, field::OPERATOR) == "+";
        if !is_sum {
            terms.push(expression(scope, current));
            break;
        }
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            terms.push(expression(scope, right));
        }
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        current = left;
    }
    terms.reverse();
    terms
}

/// Lowers what is assigned to. Notes it if it is a variable, and whether it is a
/// new one.
pub(super) fn target(scope: &mut Scope<'_, '_>, node: Node<'_>, declares: &mut bool) -> Expression {
    let at = node.byte_range();
    let value = match node.kind() {
        kind::IDENTIFIER => {
            *declares |= scope.declare(scope.text(node));
            Value::Name(scope.text(node).into())
        }
        kind::CONSTANT => Value::Name(scope.text(node).into()),
        kind::LEFT_LIST | kind::DESTRUCTURED_ASSIGNMENT => {
            let targets = named(node, kind::COMMENT);
            Value::List(targets.into_iter().map(|it| target(scope, it, declares)).collect())
        }
        kind::REST_ASSIGNMENT => {
            if let Some(inner) = node.named_child(0) {
                target(scope, inner, declares);
            }
            Value::Nothing
        }
        // `object.field = value`
        kind::CALL if node.child_by_field_name(field::RECEIVER).is_some() => {
            let object = part(scope, node, field::RECEIVER);
            Value::Member(Box::new(object), scope.field_text(node, field::METHOD).into())
        }
        _ => return expression(scope, node),
    };
    Expression { at, value }
}

/// `a += b`, `a ||= b`.
pub(super) fn operator_assignment(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Assign {
    let operator = scope.field_text(node, field::OPERATOR);
    let value = part(scope, node, field::RIGHT);
    let mut declares = false;
    let left = node.child_by_field_name(field::LEFT).unwrap_or(node);
    let to = target(scope, left, &mut declares);
    match operator {
        "+=" | "<<=" => Assign { adds: true, ..assign(to, value, declares) },
        // What is kept for the next time is what it is made to be the first time.
        "||=" if left.kind() == kind::INSTANCE_VARIABLE => assign(to, value, false),
        "||=" | "&&=" if !declares => {
            let mut ignored = false;
            let before = target(scope, left, &mut ignored);
            let at = node.byte_range();
            let either = Expression { at, value: Value::Either(None, vec![before, value]) };
            assign(to, either, false)
        }
        "||=" => assign(to, value, declares),
        _ => {
            let at = node.byte_range();
            assign(to, Expression { at, value: Value::Other(vec![value]) }, declares)
        }
    }
}

/// A text of one known piece, if an expression is one.
pub(super) fn known(expression: &Expression) -> Option<&str> {
    match &expression.value {
        Value::Text(parts) => match parts.as_slice() {
            [Part::Known { text, .. }] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// A declaration of a variable that may be anything.
pub(super) fn unknown_variable(target: Expression) -> Assign {
    let at = target.at.clone();
    let value = Expression { at, value: Value::Other(Vec::new()) };
    Assign { kind: Type::Unknown, ..assign(target, value, true) }
}
