//! Ruby's statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::calls;
use super::declarations;
use super::expressions::{entry, expression, known, operator_assignment, target};
use super::grammar::{field, kind};
use super::scope::{Scope, assign};
use crate::frontend::program::code::{
    Argument, Assign, Case, Catch, Expression, If, Loop, Statement, Switch, Try, Type, Value,
};
use crate::frontend::program::shape::named;
use crate::frontend::syntax;

/// Lowers the statements in a node.
pub(super) fn block(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = scope.deeper(node, |scope| {
        let parts = named(node, kind::COMMENT);
        if parts.iter().any(|part| matches!(part.kind(), kind::RESCUE | kind::ENSURE)) {
            return attempt(scope, node, parts);
        }
        parts.into_iter().flat_map(|part| statement(scope, part)).collect()
    });
    lowered.unwrap_or_default()
}

fn field_block(scope: &mut Scope<'_, '_>, node: Node<'_>, name: &str) -> Vec<Statement> {
    node.child_by_field_name(name).map(|it| block(scope, it)).unwrap_or_default()
}

/// Lowers a statement, which may come to several.
pub(super) fn statement(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let outer = std::mem::take(&mut scope.before);
    let lowered = scope.deeper(node, |scope| single(scope, node)).unwrap_or_default();
    let mut statements = std::mem::replace(&mut scope.before, outer);
    statements.extend(lowered);
    statements
}

fn single(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    match node.kind() {
        kind::PARENTHESES | kind::BEGIN | kind::THEN | kind::ELSE | kind::DO => block(scope, node),
        kind::BODY_STATEMENT | kind::BLOCK_BODY | kind::BEGIN_BLOCK | kind::END_BLOCK => {
            block(scope, node)
        }
        kind::METHOD | kind::SINGLETON_METHOD => {
            declarations::method(scope, node);
            Vec::new()
        }
        kind::CLASS | kind::MODULE => declarations::class(scope, node),
        kind::SINGLETON_CLASS => field_block(scope, node, field::BODY),
        kind::ASSIGNMENT => {
            let provisioned = provisioned(scope, node);
            provisioned.into_iter().chain([assignment(scope, node)]).collect()
        }
        kind::OPERATOR_ASSIGNMENT => vec![Statement::Assign(operator_assignment(scope, node))],
        kind::IF | kind::ELSIF | kind::UNLESS | kind::CONDITIONAL => branch(scope, node),
        kind::IF_MODIFIER | kind::UNLESS_MODIFIER => modified(scope, node),
        kind::CASE | kind::CASE_MATCH => switch(scope, node),
        kind::WHILE | kind::UNTIL | kind::WHILE_MODIFIER | kind::UNTIL_MODIFIER => {
            vec![repetition(scope, node)]
        }
        kind::FOR => each(scope, node),
        kind::RESCUE_MODIFIER => rescued(scope, node),
        kind::RETURN => vec![Statement::Return(values(scope, node))],
        kind::BREAK | kind::NEXT | kind::REDO | kind::RETRY => {
            let values = values(scope, node);
            let jump = match node.kind() {
                kind::BREAK => Statement::Break,
                // The loop around what is retried turns anew.
                kind::NEXT | kind::RETRY => Statement::Continue,
                _ => Statement::Jump,
            };
            values.into_iter().map(Statement::Plain).chain([jump]).collect()
        }
        kind::BINARY if is_control(scope, node) => either(scope, node),
        kind::CALL | kind::IDENTIFIER if raises(scope, node) => vec![raised(scope, node)],
        kind::CALL => calls::statement(scope, node),
        kind::UNINTERPRETED | kind::HEREDOC_BODY => Vec::new(),
        _ => vec![Statement::Plain(expression(scope, node))],
    }
}

/// Whether a statement raises an exception: `raise`, `raise Stopped, 'why'`.
fn raises(scope: &Scope<'_, '_>, node: Node<'_>) -> bool {
    let name = if node.kind() == kind::CALL {
        scope.field_text(node, field::METHOD)
    } else {
        scope.text(node)
    };
    node.child_by_field_name(field::RECEIVER).is_none() && matches!(name, "raise" | "fail")
}

fn raised(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Statement {
    let list = node.child_by_field_name(field::ARGUMENTS);
    let given = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    let mut given = given.into_iter().map(|value| expression(scope, value)).collect::<Vec<_>>();
    Statement::Raise(match given.len() {
        0 => None,
        1 => given.pop(),
        _ => Some(Expression { at: node.byte_range(), value: Value::Other(given) }),
    })
}

/// The values behind `return`, `break` and the like.
fn values(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Expression> {
    let list = node.named_child(0).filter(|it| it.kind() == kind::ARGUMENT_LIST);
    let values = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    values.into_iter().map(|value| expression(scope, value)).collect()
}

/// `trigger.run = { inline: "…" }`, `shell.inline = "…"`: code that Vagrant runs.
fn provisioned(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Option<Statement> {
    const MEMBERS: &[&str] = &["run", "run_remote", "inline"];
    const INLINE: &str = "inline";
    let left = node.child_by_field_name(field::LEFT).filter(|it| it.kind() == kind::CALL)?;
    let right = node.child_by_field_name(field::RIGHT)?;
    let member = scope.field_text(left, field::METHOD);
    if !MEMBERS.contains(&member) || !scope.is_vagrant {
        return None;
    }
    let receiver = left.child_by_field_name(field::RECEIVER)?;
    let code = if right.kind() == kind::HASH {
        let pairs = named(right, kind::COMMENT).into_iter().filter(|it| it.kind() == kind::PAIR);
        let mut pairs = pairs.filter_map(|pair| entry(scope, pair));
        pairs.find(|(key, _)| known(key) == Some(INLINE))?.1
    } else if member == INLINE {
        expression(scope, right)
    } else {
        return None;
    };
    let at = left.byte_range();
    let object = Box::new(expression(scope, receiver));
    let callee = Expression { at: at.clone(), value: Value::Member(object, "provision".into()) };
    let given = Argument { name: Some(INLINE.into()), value: code, spreads: false };
    let call = Value::Call(Box::new(callee), vec![given]);
    Some(Statement::Plain(Expression { at: node.byte_range(), value: call }))
}

fn assignment(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Statement {
    let right = node.child_by_field_name(field::RIGHT);
    let values: Vec<Expression> = match right {
        Some(list) if list.kind() == kind::RIGHT_LIST => {
            named(list, kind::COMMENT).into_iter().map(|it| expression(scope, it)).collect()
        }
        Some(value) => vec![expression(scope, value)],
        None => Vec::new(),
    };
    let left = node.child_by_field_name(field::LEFT);
    let left: Vec<Node<'_>> = match left {
        Some(list) if list.kind() == kind::LEFT_LIST => named(list, kind::COMMENT),
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let mut declares = false;
    let targets = left.into_iter().map(|it| target(scope, it, &mut declares)).collect();
    Statement::Assign(Assign { targets, kind: Type::Unknown, values, declares, adds: false })
}

fn condition(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Expression {
    match node.child_by_field_name(field::CONDITION) {
        Some(condition) => expression(scope, condition),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

fn branch(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let condition = condition(scope, node);
    let part = |scope: &mut Scope<'_, '_>, name: &str| {
        node.child_by_field_name(name).map(|it| statement(scope, it))
    };
    let then = part(scope, field::CONSEQUENCE).unwrap_or_default();
    let otherwise = part(scope, field::ALTERNATIVE);
    let branch = if node.kind() == kind::UNLESS {
        If { condition, then: otherwise.unwrap_or_default(), otherwise: Some(then) }
    } else {
        If { condition, then, otherwise }
    };
    vec![Statement::If(branch)]
}

/// `statement if condition`.
fn modified(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let condition = condition(scope, node);
    let body = node.child_by_field_name(field::BODY).map(|it| statement(scope, it));
    let body = body.unwrap_or_default();
    let branch = if node.kind() == kind::UNLESS_MODIFIER {
        If { condition, then: Vec::new(), otherwise: Some(body) }
    } else {
        If { condition, then: body, otherwise: None }
    };
    vec![Statement::If(branch)]
}

/// Whether an operator decides whether its right side runs at all.
fn is_control(scope: &Scope<'_, '_>, node: Node<'_>) -> bool {
    matches!(scope.field_text(node, field::OPERATOR), "and" | "or" | "&&" | "||")
}

/// `this and that`, `this or that` for their effects.
fn either(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let condition = match node.child_by_field_name(field::LEFT) {
        Some(left) => expression(scope, left),
        None => return Vec::new(),
    };
    let right = node.child_by_field_name(field::RIGHT).map(|it| statement(scope, it));
    let right = right.unwrap_or_default();
    let branch = if matches!(scope.field_text(node, field::OPERATOR), "and" | "&&") {
        If { condition, then: right, otherwise: None }
    } else {
        If { condition, then: Vec::new(), otherwise: Some(right) }
    };
    vec![Statement::If(branch)]
}

fn switch(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let subject = node.child_by_field_name(field::VALUE).map(|it| expression(scope, it));
    let mut cases = Vec::new();
    for case in named(node, kind::COMMENT) {
        let values = match case.kind() {
            kind::WHEN => {
                let mut cursor = case.walk();
                let patterns: Vec<Node<'_>> =
                    case.children_by_field_name(field::PATTERN, &mut cursor).collect();
                let inner = patterns.into_iter().filter_map(|pattern| pattern.named_child(0));
                inner.map(|it| expression(scope, it)).collect()
            }
            kind::IN_CLAUSE => {
                let pattern = case.child_by_field_name(field::PATTERN).unwrap_or(case);
                declarations::declare_names(scope, pattern);
                vec![Expression { at: pattern.byte_range(), value: Value::Other(Vec::new()) }]
            }
            kind::ELSE => Vec::new(),
            _ => continue,
        };
        let body = match case.kind() {
            kind::ELSE => block(scope, case),
            _ => field_block(scope, case, field::BODY),
        };
        cases.push(Case { values, body });
    }
    vec![Statement::Switch(Switch { subject, cases })]
}

fn repetition(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Statement {
    let outer = std::mem::take(&mut scope.before);
    let condition = condition(scope, node);
    let mut before = std::mem::replace(&mut scope.before, outer);
    let head = condition.at.clone();
    before.push(Statement::Plain(condition));
    let body = node.child_by_field_name(field::BODY).map(|it| statement(scope, it));
    let body = body.unwrap_or_default();
    Statement::Loop(Loop { head, conditional: true, before, each: None, body })
}

fn each(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let over = node.child_by_field_name(field::VALUE).and_then(|it| it.named_child(0));
    let over = match over {
        Some(over) => expression(scope, over),
        None => return field_block(scope, node, field::BODY),
    };
    let name = scope.make_variable();
    let mut body = Vec::new();
    if let Some(pattern) = node.child_by_field_name(field::PATTERN) {
        let mut declares = true;
        let target = target(scope, pattern, &mut declares);
        let value = Expression { at: target.at.clone(), value: Value::Name(name.clone()) };
        body.push(Statement::Assign(assign(target, value, declares)));
    }
    body.extend(field_block(scope, node, field::BODY));
    let head = over.at.clone();
    let each = Some((Some(name), over));
    vec![Statement::Loop(Loop { head, conditional: false, before: Vec::new(), each, body })]
}

/// `statement rescue value`.
fn rescued(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let part = |scope: &mut Scope<'_, '_>, name: &str| {
        node.child_by_field_name(name).map(|it| statement(scope, it)).unwrap_or_default()
    };
    let body = part(scope, field::BODY);
    let handler = part(scope, field::HANDLER);
    let catches = vec![Catch { takes: None, body: handler }];
    vec![Statement::Try(Try { body, catches, ..Try::default() })]
}

/// A body with `rescue`, `else` and `ensure`.
fn attempt(scope: &mut Scope<'_, '_>, node: Node<'_>, parts: Vec<Node<'_>>) -> Vec<Statement> {
    let mut attempt = Try::default();
    let mut retried = None;
    for part in parts {
        match part.kind() {
            kind::RESCUE => {
                retried = retried.or_else(|| find_retry(part));
                attempt.catches.push(catch(scope, part));
            }
            kind::ELSE => attempt.otherwise = block(scope, part),
            kind::ENSURE => attempt.finally = block(scope, part),
            _ => attempt.body.extend(statement(scope, part)),
        }
    }
    let attempt = Statement::Try(attempt);
    let Some(head) = retried.filter(|_| node.start_byte() < node.end_byte()) else {
        return vec![attempt];
    };
    let body = vec![attempt, Statement::Break];
    vec![Statement::Loop(Loop { head, conditional: true, before: Vec::new(), each: None, body })]
}

/// Where a handler has its body run again.
fn find_retry(handler: Node<'_>) -> Option<std::ops::Range<usize>> {
    let mut found = None;
    syntax::walk(handler, |node| {
        if node.kind() == kind::RETRY && node.is_named() {
            found.get_or_insert(node.byte_range());
        }
        !matches!(node.kind(), kind::METHOD | kind::SINGLETON_METHOD | kind::BEGIN)
    });
    found
}

fn catch(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Catch {
    if let Some(variable) = node.child_by_field_name(field::VARIABLE) {
        declarations::declare_names(scope, variable);
    }
    let takes = node.child_by_field_name(field::EXCEPTIONS);
    let takes = takes.map(|it| crate::frontend::program::shown(scope.text(it)));
    Catch { takes, body: field_block(scope, node, field::BODY) }
}
