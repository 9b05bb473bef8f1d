//! C#'s statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::declarations::local_function;
use super::expressions::{assignment, expression, expression_as, inner, part, target};
use super::grammar::{field, kind};
use super::types::{field_type, type_of};
use crate::frontend::program::code::{
    Assign, Case, Catch, Expression, If, Loop, Statement, Switch, Try, Type, Value,
};
use crate::frontend::program::shape::{Shaper, jump, named};
use crate::frontend::program::thing::Name;

/// Lowers the statements of a block.
pub(super) fn block(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| several(shaper, named(node, kind::COMMENT)));
    lowered.unwrap_or_default()
}

/// Lowers statements in order. Functions among them are known before the place
/// where they stand.
pub(super) fn several(shaper: &mut Shaper<'_>, nodes: Vec<Node<'_>>) -> Vec<Statement> {
    let (functions, others): (Vec<Node<'_>>, Vec<Node<'_>>) =
        nodes.into_iter().partition(|it| it.kind() == kind::LOCAL_FUNCTION);
    let mut statements = Vec::new();
    for node in functions.into_iter().chain(others) {
        statements.extend(statement(shaper, node));
    }
    statements
}

/// Lowers a statement, which may come to several.
pub(super) fn statement(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::BLOCK => vec![Statement::Block(block(shaper, node))],
        kind::EXPRESSION_STATEMENT => inner(node).map(|it| plain(shaper, it)).into_iter().collect(),
        kind::LOCAL_DECLARATION | kind::VARIABLE_DECLARATION => variables(shaper, node),
        kind::LOCAL_FUNCTION => vec![local_function(shaper, node)],
        kind::IF => vec![branch(shaper, node)],
        kind::PREPROC_IF => vec![compiled(shaper, node)],
        kind::FOREACH => vec![each(shaper, node)],
        kind::FOR | kind::WHILE | kind::DO => repetition(shaper, node),
        kind::SWITCH => vec![switch(shaper, node)],
        kind::TRY => vec![attempt(shaper, node)],
        kind::RETURN => {
            let value = inner(node).map(|it| expression(shaper, it));
            vec![Statement::Return(value.into_iter().collect())]
        }
        kind::THROW => {
            vec![Statement::Raise(inner(node).map(|it| expression(shaper, it)))]
        }
        kind::BREAK | kind::CONTINUE => {
            let loops = [kind::FOR, kind::FOREACH, kind::WHILE, kind::DO];
            vec![jump(node, (node.kind() == kind::BREAK, &loops, &[kind::SWITCH]))]
        }
        kind::GOTO => vec![Statement::Jump],
        kind::LABELED => {
            let inner = named(node, kind::COMMENT).into_iter().skip(1);
            inner.flat_map(|inner| statement(shaper, inner)).collect()
        }
        kind::YIELD => {
            inner(node).map(|it| Statement::Plain(expression(shaper, it))).into_iter().collect()
        }
        kind::WHEN => Vec::new(),
        // `using`, `lock`, `fixed`, `checked`, `unsafe`: what they take, then
        // what they hold.
        _ if node.kind().ends_with("_statement") => {
            let parts = named(node, kind::COMMENT);
            parts.into_iter().flat_map(|part| statement(shaper, part)).collect()
        }
        _ => vec![plain(shaper, node)],
    });
    lowered.unwrap_or_default()
}

/// An expression for its effect.
pub(super) fn plain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    match node.kind() {
        kind::ASSIGNMENT => Statement::Assign(assignment(shaper, node)),
        kind::THROW_EXPRESSION => Statement::Raise(inner(node).map(|it| expression(shaper, it))),
        _ => Statement::Plain(expression(shaper, node)),
    }
}

/// Lowers a declaration of variables.
fn variables(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    if node.kind() == kind::LOCAL_DECLARATION {
        let children = named(node, kind::COMMENT).into_iter();
        let inner = children.filter(|it| it.kind() == kind::VARIABLE_DECLARATION);
        return inner.flat_map(|inner| variables(shaper, inner)).collect();
    }
    let declared = field_type(shaper, node, field::TYPE);
    let declarators = named(node, kind::COMMENT).into_iter();
    let declarators = declarators.filter(|it| it.kind() == kind::VARIABLE_DECLARATOR);
    declarators.map(|it| Statement::Assign(variable(shaper, it, &declared))).collect()
}

fn variable(shaper: &mut Shaper<'_>, node: Node<'_>, declared: &Type) -> Assign {
    let parts = named(node, kind::COMMENT);
    let written = node.child_by_field_name(field::NAME).or_else(|| parts.first().copied());
    let targets = written.map(|written| target(shaper, written)).into_iter().collect();
    let value = declared_value(node).map(|value| expression_as(shaper, value, declared));
    let kind = declared.clone();
    Assign { targets, kind, values: value.into_iter().collect(), declares: true, adds: false }
}

/// The value that a declarator gives, behind its `=`.
pub(super) fn declared_value(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    let behind = node.children(&mut cursor).skip_while(|it| it.kind() != "=").skip(1);
    let mut behind = behind.filter(|it| it.kind() != kind::COMMENT);
    behind.next()
}

fn branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let condition = part(shaper, node, field::CONDITION);
    let then = node.child_by_field_name(field::CONSEQUENCE);
    let then = then.map(|then| body(shaper, then)).unwrap_or_default();
    let otherwise = node.child_by_field_name(field::ALTERNATIVE).map(|it| body(shaper, it));
    Statement::If(If { condition, then, otherwise })
}

/// The body of a statement: a block, or one statement.
fn body(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    if node.kind() == kind::BLOCK { block(shaper, node) } else { statement(shaper, node) }
}

/// `#if … #else … #endif`: the one or the other is there.
fn compiled(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let condition = node.child_by_field_name(field::CONDITION);
    let alternative = node.child_by_field_name(field::ALTERNATIVE);
    let children = named(node, kind::COMMENT).into_iter();
    let own = children.filter(|it| Some(*it) != condition && Some(*it) != alternative);
    let then = several(shaper, own.collect());
    let at = condition.map_or(node.start_byte()..node.start_byte(), |it| it.byte_range());
    let condition = Expression { at, value: Value::Other(Vec::new()) };
    let otherwise = alternative.map(|alternative| {
        if alternative.kind() == kind::PREPROC_ELIF {
            let lowered = shaper.deeper(alternative, |shaper| compiled(shaper, alternative));
            return lowered.into_iter().collect();
        }
        several(shaper, named(alternative, kind::COMMENT))
    });
    Statement::If(If { condition, then, otherwise })
}

fn each(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let left = node.child_by_field_name(field::LEFT);
    let over = part(shaper, node, field::RIGHT);
    let head = left.map_or(over.at.start, |left| left.start_byte())..over.at.end;
    let names = match left {
        Some(left) if left.kind() == kind::IDENTIFIER => vec![left],
        Some(left) if left.kind() == kind::TUPLE_PATTERN => named(left, kind::COMMENT),
        _ => Vec::new(),
    };
    let block = node.child_by_field_name(field::BODY);
    let mut block = block.map(|it| body(shaper, it)).unwrap_or_default();
    let name: Option<Name> = match names.as_slice() {
        // `var (key, value)`: the parts of an entry.
        [key, value] => {
            let parts = [(*key, "Key"), (*value, "Value")];
            block.splice(0..0, parts.map(|(name, part)| part_of_entry(shaper, name, part)));
            Some(ENTRY.into())
        }
        names => names.last().map(|name| shaper.text(*name).into()),
    };
    let each = Some((name, over));
    Statement::Loop(Loop { head, conditional: false, before: Vec::new(), each, body: block })
}

/// What a loop calls the entry that it takes apart, which no program can name.
const ENTRY: &str = "(entry)";

/// `name = entry.Value`
fn part_of_entry(shaper: &Shaper<'_>, name: Node<'_>, part: &str) -> Statement {
    let at = name.byte_range();
    let here = |value| Expression { at: at.clone(), value };
    let entry = here(Value::Name(ENTRY.into()));
    let value = here(Value::Member(Box::new(entry), part.into()));
    let target = here(Value::Name(shaper.text(name).into()));
    Statement::Assign(Assign {
        targets: vec![target],
        values: vec![value],
        kind: Type::Unknown,
        declares: true,
        adds: false,
    })
}

/// `for`, `while`, `do … while`.
fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let parts = named(node, kind::COMMENT);
    let block = node.child_by_field_name(field::BODY);
    let condition = node.child_by_field_name(field::CONDITION);
    let mut cursor = node.walk();
    let updates: Vec<Node<'_>> =
        node.children_by_field_name(field::UPDATE, &mut cursor).filter(Node::is_named).collect();
    let is_start =
        |it: &&Node<'_>| Some(**it) != block && Some(**it) != condition && !updates.contains(it);
    let starts: Vec<Node<'_>> = parts.iter().filter(is_start).copied().collect();
    let mut statements = Vec::new();
    for start in starts {
        statements.extend(statement(shaper, start));
    }
    let checked = condition.map(|it| Statement::Plain(expression(shaper, it)));
    let mut inside = block.map(|it| body(shaper, it)).unwrap_or_default();
    let mut before = Vec::new();
    if node.kind() == kind::DO {
        inside.extend(checked);
    } else {
        before.extend(checked);
    }
    for update in updates {
        inside.extend(statement(shaper, update));
    }
    let head = condition.map_or(node.start_byte()..node.start_byte() + 3, |it| it.byte_range());
    let conditional = node.kind() != kind::FOR || condition.is_none();
    statements.push(Statement::Loop(Loop { head, conditional, before, each: None, body: inside }));
    statements
}

fn switch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let subject = node.child_by_field_name(field::VALUE).map(|it| expression(shaper, it));
    let mut cases: Vec<Case> = Vec::new();
    let mut values = Vec::new();
    let block = node.child_by_field_name(field::BODY);
    let sections = block.map(|block| named(block, kind::COMMENT)).unwrap_or_default();
    for section in sections {
        if section.kind() != kind::SWITCH_SECTION {
            continue;
        }
        let is_last_resort = shaper.text(section).starts_with("default");
        let (patterns, body): (Vec<Node<'_>>, Vec<Node<'_>>) =
            named(section, kind::COMMENT).into_iter().partition(|it| is_label(*it));
        for pattern in patterns {
            values.push(label(shaper, pattern));
        }
        // `case "a": case "b":` come as sections without statements.
        if body.is_empty() && !is_last_resort {
            continue;
        }
        let values = std::mem::take(&mut values);
        let values = if is_last_resort { Vec::new() } else { values };
        cases.push(Case { values, body: several(shaper, body) });
    }
    Statement::Switch(Switch { subject, cases })
}

fn is_label(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind.ends_with("_pattern")
        || kind == kind::WHEN
        || !kind.ends_with("_statement") && kind != kind::BLOCK && kind != kind::PREPROC_IF
}

fn label(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.named_child(0).filter(|_| node.named_child_count() == 1) {
        Some(inner) if node.kind().ends_with("_pattern") => expression(shaper, inner),
        _ => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

fn attempt(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let block_of = |shaper: &mut Shaper<'_>, node: Node<'_>| {
        let parts = named(node, kind::COMMENT);
        let body = parts.into_iter().find(|it| it.kind() == kind::BLOCK);
        body.map(|body| block(shaper, body)).unwrap_or_default()
    };
    let mut attempt = Try { body: block_of(shaper, node), ..Try::default() };
    for part in named(node, kind::COMMENT) {
        match part.kind() {
            kind::CATCH => {
                let catch = catch(shaper, part, block_of);
                attempt.catches.push(catch);
            }
            kind::FINALLY => attempt.finally = block_of(shaper, part),
            _ => {}
        }
    }
    Statement::Try(attempt)
}

fn catch<'t>(
    shaper: &mut Shaper<'_>,
    node: Node<'t>,
    block_of: impl Fn(&mut Shaper<'_>, Node<'t>) -> Vec<Statement>,
) -> Catch {
    let parts = named(node, kind::COMMENT);
    let texts = parts
        .iter()
        .filter(|it| matches!(it.kind(), kind::CATCH_DECLARATION | kind::CATCH_FILTER))
        .map(|it| match it.kind() {
            kind::CATCH_DECLARATION => shaper.field_text(*it, field::TYPE),
            _ => shaper.text(*it),
        });
    let takes: Vec<&str> = texts.collect();
    let takes = (!takes.is_empty()).then(|| takes.join(" "));
    let mut body = Vec::new();
    let declared = parts.iter().find(|it| it.kind() == kind::CATCH_DECLARATION);
    if let Some(filter) = parts.iter().find(|it| it.kind() == kind::CATCH_FILTER)
        && let Some(condition) = inner(*filter)
    {
        body.push(Statement::Plain(expression(shaper, condition)));
    }
    if let Some(declared) = declared
        && let Some(name) = declared.child_by_field_name(field::NAME)
    {
        let kind = declared.child_by_field_name(field::TYPE);
        let kind = kind.map(|it| type_of(shaper, it)).unwrap_or_default();
        let targets = vec![target(shaper, name)];
        let assign = Assign { targets, kind, values: Vec::new(), declares: true, adds: false };
        body.insert(0, Statement::Assign(assign));
    }
    body.extend(block_of(shaper, node));
    Catch { takes, body }
}
