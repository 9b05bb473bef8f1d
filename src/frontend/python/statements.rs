//! Python's statements: lowered one by one to those that every language has.

use std::collections::HashSet;
use std::ops::Range;

use tree_sitter::Node;

use super::declarations;
use super::expressions::{expression, target};
use super::grammar::{field, kind};
use super::types::declared;
use crate::frontend::program::code::{
    Assign, Catch, Expression, If, Loop, Statement, Try, Type, Value,
};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::shown;
use crate::frontend::program::thing::Name;

/// Lowers the statements of a block.
pub(super) fn block(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| {
        let mut statements = Vec::new();
        for child in named(node, kind::COMMENT) {
            statements.extend(statement(shaper, child));
        }
        statements
    });
    lowered.unwrap_or_default()
}

/// Lowers a field that is a block, if it is there.
fn body(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Vec<Statement> {
    node.child_by_field_name(name).map(|body| block(shaper, body)).unwrap_or_default()
}

/// Lowers a statement, which may come to several.
pub(super) fn statement(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    match node.kind() {
        kind::IF_STATEMENT => vec![chain(shaper, node)],
        kind::FOR_STATEMENT => each(shaper, node),
        kind::WHILE_STATEMENT => repetition(shaper, node),
        kind::TRY_STATEMENT => vec![attempt(shaper, node)],
        kind::WITH_STATEMENT => with(shaper, node),
        kind::MATCH_STATEMENT => selection(shaper, node),
        kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION => {
            declarations::define(shaper, node, &[], None)
        }
        kind::DECORATED_DEFINITION => declarations::decorated(shaper, node, None),
        kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => declarations::import(shaper, node),
        kind::GLOBAL_STATEMENT => {
            let names = named(node, kind::COMMENT).into_iter();
            vec![Statement::Global(names.map(|name| shaper.text(name).into()).collect())]
        }
        kind::BREAK_STATEMENT => vec![Statement::Break],
        kind::CONTINUE_STATEMENT => vec![Statement::Continue],
        kind::RETURN_STATEMENT => {
            let value = node.named_child(0).map(|value| expression(shaper, value));
            vec![Statement::Return(value.into_iter().collect())]
        }
        kind::RAISE_STATEMENT => {
            let value = node.named_child(0).map(|value| expression(shaper, value));
            vec![Statement::Raise(value)]
        }
        kind::ASSERT => assertion(shaper, node).into_iter().collect(),
        kind::BLOCK => block(shaper, node),
        kind::PASS_STATEMENT | kind::FUTURE_IMPORT_STATEMENT | kind::NONLOCAL_STATEMENT => {
            Vec::new()
        }
        _ => {
            let parts = named(node, kind::COMMENT).into_iter();
            parts.map(|part| plain(shaper, part)).collect()
        }
    }
}

fn plain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    match node.kind() {
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
            Statement::Assign(assignment(shaper, node))
        }
        kind::BLOCK => Statement::Block(block(shaper, node)),
        _ => Statement::Plain(expression(shaper, node)),
    }
}

/// `assert x`: raises unless it holds.
fn assertion(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<Statement> {
    let condition = expression(shaper, named(node, kind::COMMENT).into_iter().next()?);
    let otherwise = Some(vec![Statement::Raise(None)]);
    Some(Statement::If(If { condition, then: Vec::new(), otherwise }))
}

/// An assignment, of several values one by one if they are written so.
pub(super) fn assignment(shaper: &mut Shaper<'_>, node: Node<'_>) -> Assign {
    let left = node.child_by_field_name(field::LEFT);
    let right = node.child_by_field_name(field::RIGHT);
    let mut targets: Vec<Expression> = left.map(|left| target(shaper, left)).into_iter().collect();
    let mut values: Vec<Expression> =
        right.map(|right| expression(shaper, right)).into_iter().collect();
    if let ([Expression { value: Value::List(names), .. }], [value]) =
        (targets.as_mut_slice(), values.as_mut_slice())
        && let Value::List(items) = &mut value.value
        && names.len() == items.len()
        && !items.iter().chain(&*names).any(|it| matches!(it.value, Value::Spread(_)))
    {
        (targets, values) = (std::mem::take(names), std::mem::take(items));
    }
    let operator = shaper.field_text(node, field::OPERATOR);
    let adds = matches!(operator, "+=" | "|=");
    let is_augmented = node.kind() == kind::AUGMENTED_ASSIGNMENT;
    if is_augmented && !adds {
        // What comes of it is not followed.
        let at = node.byte_range();
        values = vec![Expression { at, value: Value::Other(values) }];
    }
    let kind = declared(shaper, node);
    Assign { targets, kind, values, declares: true, adds }
}

fn chain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut cursor = node.walk();
    let clauses: Vec<Node<'_>> =
        node.children_by_field_name(field::ALTERNATIVE, &mut cursor).collect();
    let arms = std::iter::once(node).chain(clauses).map(|clause| {
        let condition = clause.child_by_field_name(field::CONDITION);
        let condition = condition.map(|condition| expression(shaper, condition));
        let body = clause
            .child_by_field_name(field::CONSEQUENCE)
            .or_else(|| clause.child_by_field_name(field::BODY));
        (condition, body.map(|body| block(shaper, body)).unwrap_or_default())
    });
    Statement::Chain(arms.collect())
}

fn selection(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut cursor = node.walk();
    let subjects: Vec<Node<'_>> =
        node.children_by_field_name(field::SUBJECT, &mut cursor).collect();
    let mut statements: Vec<Statement> =
        subjects.into_iter().map(|subject| Statement::Plain(expression(shaper, subject))).collect();
    let cases = node.child_by_field_name(field::BODY).map(|it| named(it, kind::COMMENT));
    let cases = cases.unwrap_or_default().into_iter().filter(|it| it.kind() == kind::CASE_CLAUSE);
    let arms = cases.map(|case| {
        let consequence = case.child_by_field_name(field::CONSEQUENCE);
        let end = consequence.map_or(case.end_byte(), |block| block.start_byte());
        let head = shaper.source.text[case.start_byte()..end].trim_end();
        let head = head.strip_suffix(':').unwrap_or(head).trim_end();
        let at = case.start_byte()..case.start_byte() + head.len();
        let guard = case.child_by_field_name(field::GUARD);
        let guard = guard.map(|guard| expression(shaper, guard));
        let condition = Expression { at, value: Value::Other(guard.into_iter().collect()) };
        let body = consequence.map(|block| self::block(shaper, block)).unwrap_or_default();
        ((head != "case _").then_some(condition), body)
    });
    let arms: Vec<_> = arms.collect();
    statements.push(Statement::Chain(arms));
    statements
}

fn each(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let (Some(left), Some(right)) =
        (node.child_by_field_name(field::LEFT), node.child_by_field_name(field::RIGHT))
    else {
        return Vec::new();
    };
    let over = expression(shaper, right);
    let variable = target(shaper, left);
    let mut body = body(shaper, node, field::BODY);
    // Several variables share what one of a name that no variable has is given.
    let name = shaper.text(left).into();
    if !matches!(variable.value, Value::Name(_)) {
        let item =
            Expression { at: left.byte_range(), value: Value::Name(shaper.text(left).into()) };
        let shares = Assign {
            targets: vec![variable],
            kind: Type::Unknown,
            values: vec![item],
            declares: true,
            adds: false,
        };
        body.insert(0, Statement::Assign(shares));
    }
    let mut cursor = node.walk();
    let start = node.children(&mut cursor).find(|child| child.kind() == "for");
    let start = start.map_or(node.start_byte(), |it| it.start_byte());
    let head = start..right.end_byte();
    let each = Some((Some(name), over));
    let repetition = Loop { head, conditional: false, before: Vec::new(), each, body };
    with_else(shaper, node, repetition)
}

fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let Some(condition) = node.child_by_field_name(field::CONDITION) else { return Vec::new() };
    let head = condition.byte_range();
    let before = vec![Statement::Plain(expression(shaper, condition))];
    let body = body(shaper, node, field::BODY);
    let repetition = Loop { head, conditional: true, before, each: None, body };
    with_else(shaper, node, repetition)
}

/// A loop, and what runs when it has come to its end.
fn with_else(shaper: &mut Shaper<'_>, node: Node<'_>, repetition: Loop) -> Vec<Statement> {
    let mut statements = vec![Statement::Loop(repetition)];
    if let Some(clause) = node.child_by_field_name(field::ALTERNATIVE) {
        statements.extend(body(shaper, clause, field::BODY));
    }
    statements
}

fn attempt(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let clauses = named(node, kind::COMMENT);
    let mut attempt = Try { body: body(shaper, node, field::BODY), ..Try::default() };
    for clause in clauses {
        match clause.kind() {
            kind::ELSE_CLAUSE => attempt.otherwise = body(shaper, clause, field::BODY),
            kind::FINALLY_CLAUSE => attempt.finally = own_block(shaper, clause),
            kind if kind.starts_with("except") => {
                let value = clause.child_by_field_name(field::VALUE);
                let value = value.map(|value| match value.kind() {
                    kind::AS_PATTERN => value.named_child(0).unwrap_or(value),
                    _ => value,
                });
                let takes = value.map(|value| shown(shaper.text(value)));
                attempt.catches.push(Catch { takes, body: own_block(shaper, clause) });
            }
            _ => {}
        }
    }
    Statement::Try(attempt)
}

/// The block of a clause that has no field for it.
fn own_block(shaper: &mut Shaper<'_>, clause: Node<'_>) -> Vec<Statement> {
    let children = named(clause, kind::COMMENT);
    let found = children.into_iter().rev().find(|child| child.kind() == kind::BLOCK);
    found.map(|found| block(shaper, found)).unwrap_or_default()
}

fn with(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let clause = named(node, kind::COMMENT).into_iter().find(|it| it.kind() == kind::WITH_CLAUSE);
    let items = clause.map(|clause| named(clause, kind::COMMENT)).unwrap_or_default();
    let mut statements = Vec::new();
    let mut suppressed = None;
    let mut finally: Vec<Statement> = Vec::new();
    for item in items {
        let Some(value) = item.child_by_field_name(field::VALUE) else { continue };
        let (value, alias) = match value.kind() {
            kind::AS_PATTERN => {
                let alias = value.child_by_field_name(field::ALIAS);
                (value.named_child(0).unwrap_or(value), alias.and_then(|it| it.named_child(0)))
            }
            _ => (value, None),
        };
        suppressed = suppressed.or(suppresses(shaper, value));
        let value = expression(shaper, value);
        let manager = is_own_manager(shaper, &value).then(|| alias.map_or(item, |alias| alias));
        let alias = alias.map(|alias| target(shaper, alias));
        let asks = |name: &str, at: Node<'_>| {
            let manager = || alias.as_ref().map_or(HELD.into(), |_| shaper.text(at).into());
            method_call(manager(), name, at.byte_range())
        };
        if let Some(at) = manager {
            finally.insert(0, asks("__exit__", at));
        }
        let enters = manager.map(|at| asks("__enter__", at));
        let held = || Expression { at: item.byte_range(), value: Value::Name(HELD.into()) };
        let target = if enters.is_some() { Some(alias.unwrap_or_else(held)) } else { alias };
        statements.push(match target {
            Some(target) => Statement::Assign(Assign {
                targets: vec![target],
                kind: Type::Unknown,
                values: vec![value],
                declares: true,
                adds: false,
            }),
            None => Statement::Plain(value),
        });
        statements.extend(enters);
    }
    let mut body = body(shaper, node, field::BODY);
    if !finally.is_empty() {
        body = vec![Statement::Try(Try { body, finally, ..Try::default() })];
    }
    match suppressed {
        Some(takes) => {
            let catch = Catch { takes: Some(takes), body: Vec::new() };
            statements.push(Statement::Try(Try { body, catches: vec![catch], ..Try::default() }));
        }
        None => statements.extend(body),
    }
    statements
}

/// Stands for a context manager that has no name.
const HELD: &str = "with";

/// Whether a value is an object of a class of this file that is a context manager.
fn is_own_manager(shaper: &Shaper<'_>, value: &Expression) -> bool {
    let Value::Call(callee, _) = &value.value else { return false };
    let Value::Name(name) = &callee.value else { return false };
    shaper.managers.get_or_init(|| managers(&shaper.source.text)).contains(&**name)
}

fn managers(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut class = "";
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("class ") {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            class = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        }
        if line.starts_with("def __exit__(") {
            found.insert(class.to_owned());
        }
    }
    found
}

fn method_call(object: Name, method: &str, at: Range<usize>) -> Statement {
    let object = Expression { at: at.clone(), value: Value::Name(object) };
    let callee = Value::Member(Box::new(object), method.into());
    let callee = Expression { at: at.clone(), value: callee };
    Statement::Plain(Expression { at, value: Value::Call(Box::new(callee), Vec::new()) })
}

/// The exceptions that a context manager swallows.
fn suppresses(shaper: &Shaper<'_>, value: Node<'_>) -> Option<String> {
    let function = value.child_by_field_name(field::FUNCTION)?;
    let name = shaper.text(function).rsplit('.').next().unwrap_or_default();
    let arguments = value.child_by_field_name(field::ARGUMENTS)?;
    let written = shown(shaper.text(arguments));
    let inner = written.trim_start_matches('(').trim_end_matches(')').trim();
    matches!(name, "suppress" | "raises" | "assertRaises").then(|| inner.to_owned())
}
