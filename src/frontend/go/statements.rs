//! Go's statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::declarations::variables;
use super::expressions::{expression, expressions};
use super::grammar::{field, kind};
use super::types::type_of;
use crate::frontend::program::code::{
    Argument, Assign, Case, Expression, If, Loop, Statement, Switch, Type, Value,
};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;

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

/// Lowers a statement, which may come to several.
pub(super) fn statement(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::STATEMENT_LIST => block(shaper, node),
        kind::BLOCK => vec![Statement::Block(block(shaper, node))],
        kind::SHORT_VAR | kind::ASSIGNMENT => vec![assignment(shaper, node)],
        kind::VAR_DECLARATION | kind::CONST_DECLARATION => variables(shaper, node),
        kind::IF => branch(shaper, node),
        kind::FOR => repetition(shaper, node),
        kind::EXPRESSION_SWITCH | kind::TYPE_SWITCH | kind::SELECT => switch(shaper, node),
        kind::RETURN => vec![returns(shaper, node)],
        kind::DEFER => plain(shaper, node)
            .into_iter()
            .map(|statement| match statement {
                Statement::Plain(expression) => Statement::Defer(expression),
                other => other,
            })
            .collect(),
        kind::CONTINUE if node.named_child_count() == 0 => vec![Statement::Continue],
        kind::BREAK if node.named_child_count() == 0 && !leaves_switch(node) => {
            vec![Statement::Break]
        }
        kind::BREAK | kind::CONTINUE => vec![Statement::Jump],
        kind::LABELED => {
            let inner = named(node, kind::COMMENT).into_iter().skip(1);
            inner.flat_map(|inner| statement(shaper, inner)).collect()
        }
        _ => plain(shaper, node),
    });
    lowered.unwrap_or_default()
}

/// Whether a `break` leaves a switch rather than a loop.
fn leaves_switch(node: Node<'_>) -> bool {
    let around = std::iter::successors(node.parent(), Node::parent);
    let around = around.map(|node| node.kind()).find(|kind| {
        matches!(*kind, kind::FOR | kind::EXPRESSION_SWITCH | kind::TYPE_SWITCH | kind::SELECT)
    });
    around != Some(kind::FOR)
}

fn plain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let parts = named(node, kind::COMMENT);
    parts.into_iter().map(|part| Statement::Plain(expression(shaper, part))).collect()
}

fn assignment(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let side = |shaper: &mut Shaper<'_>, name: &str| {
        node.child_by_field_name(name).map(|it| expressions(shaper, it)).unwrap_or_default()
    };
    let targets = side(shaper, field::LEFT).into_iter().map(target).collect();
    let values = side(shaper, field::RIGHT);
    let operator = shaper.field_text(node, field::OPERATOR);
    Statement::Assign(Assign {
        targets,
        kind: Type::Unknown,
        values,
        declares: node.kind() == kind::SHORT_VAR,
        adds: operator == "+=",
    })
}

/// A target; the blank one throws its value away.
fn target(target: Expression) -> Expression {
    match &target.value {
        Value::Name(name) if &**name == "_" => Expression { at: target.at, value: Value::Nothing },
        _ => target,
    }
}

fn branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let before = node.child_by_field_name(field::INITIALIZER);
    let mut statements = before.map(|it| statement(shaper, it)).unwrap_or_default();
    let Some(condition) = node.child_by_field_name(field::CONDITION) else { return statements };
    let condition = expression(shaper, condition);
    let then = node.child_by_field_name(field::CONSEQUENCE);
    let then = then.map(|then| block(shaper, then)).unwrap_or_default();
    let otherwise = node.child_by_field_name(field::ALTERNATIVE);
    let otherwise = otherwise.map(|otherwise| match otherwise.kind() {
        kind::BLOCK => block(shaper, otherwise),
        _ => statement(shaper, otherwise),
    });
    statements.push(Statement::If(If { condition, then, otherwise }));
    statements
}

fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let body = node.child_by_field_name(field::BODY);
    let head = named(node, kind::COMMENT).into_iter().find(|it| Some(*it) != body);
    let mut each = None;
    let mut before = Vec::new();
    let mut conditional = true;
    let mut keys = Vec::new();
    match head {
        Some(head) if head.kind() == kind::RANGE_CLAUSE => {
            conditional = false;
            let names = head.child_by_field_name(field::LEFT);
            let names = names.map(|names| named(names, kind::COMMENT)).unwrap_or_default();
            let name = names.get(1).filter(|name| name.kind() == kind::IDENTIFIER);
            let mut name: Option<Name> = name.map(|name| shaper.text(*name).into());
            let over = head.child_by_field_name(field::RIGHT);
            if let (Some(key), Some(over)) = (names.first(), over)
                && let Some(key) = key_of(shaper, *key, over)
            {
                name = name.or_else(|| Some(ITEM.into()));
                keys.push(key);
            }
            each = over.map(|over| (name, expression(shaper, over)));
        }
        Some(head) if head.kind() == kind::FOR_CLAUSE => {
            conditional = false;
            for part in named(head, kind::COMMENT) {
                let is_condition = Some(part) == head.child_by_field_name(field::CONDITION);
                let part = if is_condition {
                    vec![Statement::Plain(expression(shaper, part))]
                } else {
                    statement(shaper, part)
                };
                before.extend(part);
            }
        }
        Some(head) => before.push(Statement::Plain(expression(shaper, head))),
        None => {}
    }
    let head = head.map_or(node.start_byte()..node.start_byte() + 3, |it| it.byte_range());
    let mut inner = keys;
    inner.extend(body.map(|body| block(shaper, body)).unwrap_or_default());
    let body = inner;
    vec![Statement::Loop(Loop { head, conditional, before, each, body })]
}

/// What no program can name: the item of a loop over keys, and what gives the key of
/// an item.
const ITEM: &str = "range";
pub(super) const EACH_KEY: &str = "range :=";

/// The variable of a loop that takes the key of an item. What is gone over is looked
/// at once more for it, which does nothing.
fn key_of(shaper: &mut Shaper<'_>, key: Node<'_>, over: Node<'_>) -> Option<Statement> {
    let is_plain = matches!(over.kind(), kind::IDENTIFIER | kind::SELECTOR) || is_literal(over);
    if key.kind() != kind::IDENTIFIER || shaper.text(key) == "_" || !is_plain {
        return None;
    }
    let at = key.byte_range();
    let given = Argument { name: None, value: expression(shaper, over), spreads: false };
    let callee = Expression { at: at.clone(), value: Value::Import(EACH_KEY.into()) };
    let value = Expression { at: at.clone(), value: Value::Call(Box::new(callee), vec![given]) };
    let target = Expression { at, value: Value::Name(shaper.text(key).into()) };
    Some(Statement::Assign(Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares: true,
        adds: false,
    }))
}

/// Whether a composite literal calls nothing and has no functions in it.
fn is_literal(node: Node<'_>) -> bool {
    let mut is_plain = node.kind() == kind::COMPOSITE;
    syntax::walk(node, |node| {
        is_plain &= !matches!(node.kind(), kind::CALL | kind::FUNC_LITERAL);
        is_plain
    });
    is_plain
}

fn switch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let before = node.child_by_field_name(field::INITIALIZER);
    let mut statements = before.map(|it| statement(shaper, it)).unwrap_or_default();
    let subject = node.child_by_field_name(field::VALUE).map(|it| expression(shaper, it));
    let mut cases = Vec::new();
    for case in named(node, kind::COMMENT) {
        let value = match case.kind() {
            kind::EXPRESSION_CASE => case.child_by_field_name(field::VALUE),
            kind::COMMUNICATION_CASE => case.child_by_field_name(field::COMMUNICATION),
            kind::TYPE_CASE => case.child_by_field_name(field::TYPE),
            kind::DEFAULT_CASE => None,
            _ => continue,
        };
        let values = match value {
            Some(value) if case.kind() == kind::EXPRESSION_CASE => expressions(shaper, value),
            Some(value) => {
                vec![Expression { at: value.byte_range(), value: Value::Other(Vec::new()) }]
            }
            None => Vec::new(),
        };
        let mut body = Vec::new();
        body.extend(value.and_then(|of| told_type(shaper, node, case, of)));
        if let Some(value) = value.filter(|_| case.kind() == kind::COMMUNICATION_CASE) {
            body.extend(statement(shaper, value));
        }
        for part in named(case, kind::COMMENT) {
            if Some(part) != value {
                body.extend(statement(shaper, part));
            }
        }
        cases.push(Case { values, body });
    }
    statements.push(Statement::Switch(Switch { subject, cases }));
    statements
}

/// `switch it := value.(type) { case T: … }`: what has another name in a case is of
/// its type.
fn told_type(
    shaper: &mut Shaper<'_>,
    switch: Node<'_>,
    case: Node<'_>,
    of: Node<'_>,
) -> Option<Statement> {
    let alias =
        switch.child_by_field_name(field::ALIAS).filter(|_| case.kind() == kind::TYPE_CASE)?;
    let mut cursor = case.walk();
    if case.children_by_field_name(field::TYPE, &mut cursor).count() != 1 {
        return None;
    }
    let at = alias.byte_range();
    let kind = type_of(shaper, of);
    let name = Value::Name(shaper.text(alias).into());
    let value = switch.child_by_field_name(field::VALUE).map(|it| expression(shaper, it));
    Some(Statement::Assign(Assign {
        targets: vec![Expression { at, value: name }],
        kind,
        values: value.into_iter().collect(),
        declares: true,
        adds: false,
    }))
}

fn returns(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let values = node.named_child(0).map(|list| expressions(shaper, list));
    Statement::Return(values.unwrap_or_default())
}
