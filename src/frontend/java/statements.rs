//! Java's statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::declarations::local_class;
use super::expressions::{assignment, expression, list};
use super::grammar::{children, children_of, field, kind};
use super::types::declared;
use crate::frontend::program::code::{
    Argument, Assign, Case, Catch, Expression, If, Loop, Statement, Switch, Try, Value,
};
use crate::frontend::program::shape::{Shaper, jump};

/// Lowers the statements of a block.
pub(super) fn block(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| {
        children(node).into_iter().flat_map(|child| statement(shaper, child)).collect()
    });
    lowered.unwrap_or_default()
}

/// Lowers a statement, which may come to several.
pub(super) fn statement(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::BLOCK => vec![Statement::Block(block(shaper, node))],
        kind::LOCAL_VARIABLE => variables(shaper, node),
        kind::EXPRESSION_STATEMENT => plain(shaper, node),
        kind::IF => branch(shaper, node),
        kind::FOR | kind::FOR_EACH | kind::WHILE | kind::DO => vec![repetition(shaper, node)],
        kind::SWITCH => vec![Statement::Switch(switch(shaper, node, false))],
        kind::TRY | kind::TRY_WITH_RESOURCES => vec![attempt(shaper, node)],
        kind::RETURN | kind::YIELD => {
            let values = children(node).into_iter().map(|it| expression(shaper, it));
            vec![Statement::Return(values.collect())]
        }
        kind::THROW => {
            vec![Statement::Raise(node.named_child(0).map(|it| expression(shaper, it)))]
        }
        kind::BREAK | kind::CONTINUE => {
            let loops = [kind::FOR, kind::FOR_EACH, kind::WHILE, kind::DO];
            vec![jump(node, (node.kind() == kind::BREAK, &loops, &[kind::SWITCH]))]
        }
        kind::SYNCHRONIZED => {
            let parts = children(node).into_iter();
            parts.flat_map(|part| statement(shaper, part)).collect()
        }
        kind::LABELED => {
            let inner = children(node).into_iter().skip(1);
            inner.flat_map(|inner| statement(shaper, inner)).collect()
        }
        kind::CLASS | kind::INTERFACE | kind::ENUM | kind::RECORD => {
            local_class(shaper, node);
            Vec::new()
        }
        kind::CONSTRUCTOR_CALL => vec![Statement::Plain(constructor_call(shaper, node))],
        _ => vec![Statement::Plain(expression(shaper, node))],
    });
    lowered.unwrap_or_default()
}

/// `super(…)`, `this(…)`
fn constructor_call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let given = node.child_by_field_name(field::ARGUMENTS);
    let given = given.map(|given| list(shaper, given)).unwrap_or_default().into_iter();
    let given = given.map(|value| Argument { name: None, value, spreads: false }).collect();
    let word = node.child_by_field_name(field::CONSTRUCTOR).unwrap_or(node);
    let callee = Expression { at: word.byte_range(), value: Value::Name(shaper.text(word).into()) };
    Expression { at: node.byte_range(), value: Value::Call(Box::new(callee), given) }
}

fn plain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let Some(inner) = children(node).into_iter().next() else { return Vec::new() };
    match inner.kind() {
        kind::ASSIGNMENT => match assignment(shaper, inner) {
            Some(assign) => vec![Statement::Assign(assign)],
            None => vec![Statement::Plain(expression(shaper, inner))],
        },
        kind::SWITCH => statement(shaper, inner),
        _ => vec![Statement::Plain(expression(shaper, inner))],
    }
}

/// Lowers a declaration of variables.
pub(super) fn variables(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let declared = declared(shaper, node);
    let declarators = children_of(node, kind::VARIABLE).into_iter();
    let assigns = declarators.map(|declarator| variable(shaper, declarator, declared.clone()));
    assigns.map(Statement::Assign).collect()
}

/// A variable and what it is at first.
fn variable(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    kind: crate::frontend::program::code::Type,
) -> Assign {
    let name = node.child_by_field_name(field::NAME).unwrap_or(node);
    let target = Expression { at: name.byte_range(), value: Value::Name(shaper.text(name).into()) };
    let value = node.child_by_field_name(field::VALUE).map(|it| expression(shaper, it));
    Assign {
        targets: vec![target],
        kind,
        values: value.into_iter().collect(),
        declares: true,
        adds: false,
    }
}

fn condition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.child_by_field_name(field::CONDITION) {
        Some(condition) => expression(shaper, condition),
        None => Expression { at: node.start_byte()..node.start_byte(), value: Value::Nothing },
    }
}

/// The statements that a field of a node holds, in braces or without.
fn body(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Vec<Statement> {
    match node.child_by_field_name(name) {
        Some(body) if body.kind() == kind::BLOCK => block(shaper, body),
        Some(body) => statement(shaper, body),
        None => Vec::new(),
    }
}

/// An `if` with all that follow it behind `else`: they stand in one another, but
/// there may be more of them than any depth allows.
fn branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut links = Vec::new();
    let mut current = node;
    let last = loop {
        let condition = condition(shaper, current);
        links.push((condition, body(shaper, current, field::CONSEQUENCE)));
        match current.child_by_field_name(field::ALTERNATIVE) {
            Some(next) if next.kind() == kind::IF => current = next,
            Some(_) => break Some(body(shaper, current, field::ALTERNATIVE)),
            None => break None,
        }
    };
    chain(shaper, node, links, last)
}

/// As many levels as a chain may have; the first ones are those that are read.
const MAX_LINKS: usize = 60;

fn chain(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    mut links: Vec<(Expression, Vec<Statement>)>,
    last: Option<Vec<Statement>>,
) -> Vec<Statement> {
    let mut otherwise = last;
    if links.len() > MAX_LINKS {
        shaper.unit.too_deep.get_or_insert(node.byte_range());
        // What is behind is read as if it came one after the other.
        let rest = links.split_off(MAX_LINKS);
        let bodies = rest.into_iter().map(|(_, body)| Statement::Block(body));
        otherwise = Some(bodies.chain(otherwise.map(Statement::Block)).collect());
    }
    while let Some((condition, then)) = links.pop() {
        otherwise = Some(vec![Statement::If(If { condition, then, otherwise })]);
    }
    otherwise.unwrap_or_default()
}

fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut before = Vec::new();
    let mut each = None;
    let mut head = node.start_byte()..node.start_byte() + node.kind().find('_').unwrap_or(0);
    match node.kind() {
        kind::FOR_EACH => {
            let name = shaper.field_text(node, field::NAME).into();
            if let Some(over) = node.child_by_field_name(field::VALUE) {
                let start = node.child_by_field_name(field::TYPE).unwrap_or(over).start_byte();
                head = start..over.end_byte();
                each = Some((Some(name), expression(shaper, over)));
            }
        }
        kind::FOR => {
            for (name, is_head) in
                [(field::INIT, false), (field::CONDITION, true), (field::UPDATE, false)]
            {
                let mut cursor = node.walk();
                let parts: Vec<Node<'_>> = node.children_by_field_name(name, &mut cursor).collect();
                for part in parts {
                    if is_head {
                        head = part.byte_range();
                    }
                    before.extend(head_part(shaper, part));
                }
            }
        }
        _ => {
            if let Some(condition) = node.child_by_field_name(field::CONDITION) {
                let condition = expression(shaper, condition);
                head = condition.at.clone();
                before.push(Statement::Plain(condition));
            }
        }
    }
    let conditional = matches!(node.kind(), kind::WHILE | kind::DO);
    let body = body(shaper, node, field::BODY);
    Statement::Loop(Loop { head, conditional, before, each, body })
}

fn head_part(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    match node.kind() {
        kind::LOCAL_VARIABLE => variables(shaper, node),
        kind::ASSIGNMENT => assignment(shaper, node).map(Statement::Assign).into_iter().collect(),
        _ => vec![Statement::Plain(expression(shaper, node))],
    }
}

/// A `switch`; the cases of one that is a value return theirs.
pub(super) fn switch(shaper: &mut Shaper<'_>, node: Node<'_>, is_value: bool) -> Switch {
    let subject = node.child_by_field_name(field::CONDITION).map(|it| expression(shaper, it));
    let groups = node.child_by_field_name(field::BODY).map(children).unwrap_or_default();
    let mut cases = Vec::new();
    // Cases without statements of their own share those of the next.
    let mut pending = Vec::new();
    let mut is_last_resort = false;
    for group in groups {
        if !matches!(group.kind(), kind::SWITCH_GROUP | kind::SWITCH_RULE) {
            continue;
        }
        let mut body = Vec::new();
        let mut has_statements = false;
        for part in children(group) {
            if part.kind() == kind::SWITCH_LABEL {
                let values = list(shaper, part);
                is_last_resort |= values.is_empty() || shaper.text(part).starts_with("default");
                pending.extend(values);
                continue;
            }
            has_statements = true;
            if is_value && part.kind() == kind::EXPRESSION_STATEMENT {
                let value = part.named_child(0).map(|it| expression(shaper, it));
                body.push(Statement::Return(value.into_iter().collect()));
            } else {
                body.extend(statement(shaper, part));
            }
        }
        if has_statements || group.kind() == kind::SWITCH_RULE {
            let values = std::mem::take(&mut pending);
            let values = if is_last_resort { Vec::new() } else { values };
            is_last_resort = false;
            cases.push(Case { values, body });
        }
    }
    Switch { subject, cases }
}

fn attempt(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut attempt = Try::default();
    for resource in node.child_by_field_name(field::RESOURCES).map(children).unwrap_or_default() {
        if resource.kind() != kind::RESOURCE {
            continue;
        }
        if resource.child_by_field_name(field::NAME).is_some() {
            let declared = declared(shaper, resource);
            attempt.body.push(Statement::Assign(variable(shaper, resource, declared)));
        }
    }
    attempt.body.extend(body(shaper, node, field::BODY));
    for part in children(node) {
        match part.kind() {
            kind::CATCH => {
                let parameter = children_of(part, kind::CATCH_PARAMETER).into_iter().next();
                let takes = parameter.and_then(|it| children_of(it, kind::CATCH_TYPE).pop());
                let takes = takes.map(|takes| shaper.text(takes).to_owned());
                attempt.catches.push(Catch { takes, body: body(shaper, part, field::BODY) });
            }
            kind::FINALLY => {
                attempt.finally =
                    children(part).into_iter().flat_map(|it| block(shaper, it)).collect();
            }
            _ => {}
        }
    }
    Statement::Try(attempt)
}
