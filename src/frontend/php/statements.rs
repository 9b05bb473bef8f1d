//! PHP's statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::declarations::declaration;
use super::expressions::{assign, expression};
use super::grammar::{field, kind};
use crate::frontend::program::code::{
    Argument, Assign, Case, Catch, Expression, If, Loop, Statement, Switch, Try, Type, Value,
};
use crate::frontend::program::shape::{Shaper, named};

/// How many `elseif`s are taken for one branch in another.
const LONGEST_CHAIN: usize = 32;

/// Lowers statements in order; comments among them say more of functions.
pub(super) fn statements(shaper: &mut Shaper<'_>, nodes: &[Node<'_>]) -> Vec<Statement> {
    let mut lowered = Vec::new();
    let mut comment = "";
    for node in nodes {
        if node.kind() == kind::COMMENT {
            comment = shaper.text(*node);
            continue;
        }
        lowered.extend(statement(shaper, *node, comment));
        comment = "";
    }
    lowered
}

/// An assignment of one value.
pub(super) fn assigned(target: Expression, value: Expression) -> Statement {
    Statement::Assign(Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares: true,
        adds: false,
    })
}

/// The statements of a block, or the one that stands in its place.
fn block(shaper: &mut Shaper<'_>, node: Option<Node<'_>>) -> Vec<Statement> {
    let Some(node) = node else { return Vec::new() };
    if !matches!(node.kind(), kind::BLOCK | kind::COLON_BLOCK) {
        return statement(shaper, node, "");
    }
    let mut cursor = node.walk();
    let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    shaper.deeper(node, |shaper| statements(shaper, &children)).unwrap_or_default()
}

/// Lowers a statement, which may come to several.
fn statement(shaper: &mut Shaper<'_>, node: Node<'_>, comment: &str) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| {
        if let Some(declared) = declaration(shaper, node, comment) {
            return declared;
        }
        match node.kind() {
            kind::TEXT | kind::TEXT_INTERPOLATION | "php_tag" | kind::GLOBAL => Vec::new(),
            kind::BLOCK | kind::COLON_BLOCK => vec![Statement::Block(block(shaper, Some(node)))],
            kind::EXPRESSION_STATEMENT => {
                let inner = node.named_child(0);
                inner.map(|inner| effect(shaper, inner)).into_iter().collect()
            }
            kind::IF => vec![branch(shaper, node)],
            kind::SWITCH => vec![switch(shaper, node)],
            kind::WHILE | kind::DO => vec![repetition(shaper, node)],
            kind::FOR => vec![counted(shaper, node)],
            kind::FOREACH => vec![each(shaper, node)],
            kind::TRY => vec![attempt(shaper, node)],
            kind::RETURN => {
                let values = named(node, kind::COMMENT);
                vec![Statement::Return(values.iter().map(|it| expression(shaper, *it)).collect())]
            }
            // `break 2` leaves more than one.
            kind::BREAK | kind::CONTINUE if node.named_child_count() > 0 => vec![Statement::Jump],
            kind::BREAK => vec![Statement::Break],
            kind::CONTINUE => vec![Statement::Continue],
            kind::EXIT => {
                let value = named(node, kind::COMMENT).first().map(|it| expression(shaper, *it));
                vec![Statement::Raise(value)]
            }
            kind::STATIC_VARIABLES => static_variables(shaper, node),
            kind::DECLARE => {
                let parts = named(node, kind::COMMENT);
                parts.into_iter().skip(1).flat_map(|it| statement(shaper, it, "")).collect()
            }
            _ => {
                let parts = named(node, kind::COMMENT);
                parts.iter().map(|part| Statement::Plain(expression(shaper, *part))).collect()
            }
        }
    });
    lowered.unwrap_or_default()
}

/// An expression that stands for its effect.
fn effect(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    match node.kind() {
        kind::THROW => {
            Statement::Raise(node.named_child(0).map(|thrown| expression(shaper, thrown)))
        }
        kind::MATCH => Statement::Switch(alternatives(shaper, node)),
        kind::ASSIGNMENT | kind::REFERENCE_ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
            Statement::Assign(assign(shaper, node))
        }
        _ => Statement::Plain(expression(shaper, node)),
    }
}

fn static_variables(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let variables = named(node, kind::COMMENT).into_iter();
    let variables = variables.filter(|it| it.kind() == kind::STATIC_VARIABLE);
    let assigned_to = variables.filter_map(|variable| {
        let value = expression(shaper, variable.child_by_field_name(field::VALUE)?);
        let target = expression(shaper, variable.child_by_field_name(field::NAME)?);
        Some(assigned(target, value))
    });
    assigned_to.collect()
}

fn condition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    match node.child_by_field_name(field::CONDITION) {
        Some(condition) => expression(shaper, condition),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

/// An `if` with its `elseif`s, of which each is the `else` of the one before.
fn branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut cursor = node.walk();
    let others: Vec<Node<'_>> =
        node.children_by_field_name(field::ALTERNATIVE, &mut cursor).collect();
    let first = one_branch(shaper, node);
    let mut rest: Option<Vec<Statement>> = None;
    let mut lowered = Vec::new();
    for other in others {
        if other.kind() == kind::ELSE_IF {
            lowered.push(one_branch(shaper, other));
        } else {
            rest = Some(block(shaper, other.child_by_field_name(field::BODY)));
        }
    }
    if lowered.len() > LONGEST_CHAIN {
        return long_branch(first, lowered, rest);
    }
    for (condition, then) in lowered.into_iter().rev() {
        rest = Some(vec![Statement::If(If { condition, then, otherwise: rest })]);
    }
    let (condition, then) = first;
    Statement::If(If { condition, then, otherwise: rest })
}

/// A chain too long to be taken for one branch in another.
fn long_branch(
    first: (Expression, Vec<Statement>),
    others: Vec<(Expression, Vec<Statement>)>,
    rest: Option<Vec<Statement>>,
) -> Statement {
    let all = std::iter::once(first).chain(others);
    let mut cases: Vec<Case> =
        all.map(|(condition, body)| Case { values: vec![condition], body }).collect();
    cases.extend(rest.map(|body| Case { values: Vec::new(), body }));
    Statement::Switch(Switch { subject: None, cases })
}

fn one_branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> (Expression, Vec<Statement>) {
    let condition = condition(shaper, node);
    (condition, block(shaper, node.child_by_field_name(field::BODY)))
}

fn switch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let subject = Some(condition(shaper, node));
    let body = node.child_by_field_name(field::BODY);
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Vec<Expression> = Vec::new();
    for case in body.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        let value = case.child_by_field_name(field::VALUE).filter(|_| case.kind() == kind::CASE);
        let mut values = std::mem::take(&mut open);
        values.extend(value.map(|value| expression(shaper, value)));
        let rest: Vec<Node<'_>> =
            named(case, kind::COMMENT).into_iter().filter(|it| Some(*it) != value).collect();
        if rest.is_empty() && case.kind() == kind::CASE {
            // `case 'a': case 'b':` share what follows.
            open = values;
            continue;
        }
        if case.kind() == kind::DEFAULT {
            values.clear();
        }
        let body = leaving_switch(statements(shaper, &rest));
        cases.push(Case { values, body });
    }
    Statement::Switch(Switch { subject, cases })
}

/// The statements of a case, whose `break` leaves the `switch` and no loop.
fn leaving_switch(body: Vec<Statement>) -> Vec<Statement> {
    let changed = body.into_iter().map(|statement| match statement {
        Statement::Break => Statement::Jump,
        Statement::Block(body) => Statement::Block(leaving_switch(body)),
        Statement::If(If { condition, then, otherwise }) => Statement::If(If {
            condition,
            then: leaving_switch(then),
            otherwise: otherwise.map(leaving_switch),
        }),
        Statement::Try(attempt) => {
            Statement::Try(Try { body: leaving_switch(attempt.body), ..attempt })
        }
        other => other,
    });
    changed.collect()
}

/// A `match` as a statement.
fn alternatives(shaper: &mut Shaper<'_>, node: Node<'_>) -> Switch {
    let subject = Some(condition(shaper, node));
    let body = node.child_by_field_name(field::BODY);
    let mut cases = Vec::new();
    for arm in body.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        let values = arm.child_by_field_name(field::CONDITIONS);
        let values = values.map(|it| named(it, kind::COMMENT)).unwrap_or_default();
        let values = values.into_iter().map(|it| expression(shaper, it)).collect();
        let result = arm.child_by_field_name(field::RETURN_EXPRESSION);
        let body = result.map(|it| effect(shaper, it)).into_iter().collect();
        cases.push(Case { values, body });
    }
    Switch { subject, cases }
}

fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let head = node.child_by_field_name(field::CONDITION);
    let head = head.map_or(node.start_byte()..node.start_byte(), |it| it.byte_range());
    let tested = Statement::Plain(condition(shaper, node));
    let mut body = block(shaper, node.child_by_field_name(field::BODY));
    let mut before = Vec::new();
    if node.kind() == kind::DO {
        body.push(tested);
    } else {
        before.push(tested);
    }
    Statement::Loop(Loop { head, conditional: true, before, each: None, body })
}

fn counted(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut before = Vec::new();
    for name in [field::INITIALIZE, field::CONDITION, field::UPDATE] {
        if let Some(part) = node.child_by_field_name(name) {
            before.push(effect(shaper, part));
        }
    }
    let mut cursor = node.walk();
    let bodies: Vec<Node<'_>> = node.children_by_field_name(field::BODY, &mut cursor).collect();
    let body = bodies.into_iter().flat_map(|it| block(shaper, Some(it))).collect();
    let first = node.child_by_field_name(field::CONDITION);
    let head = first.map_or(node.start_byte()..node.start_byte() + 3, |it| it.byte_range());
    Statement::Loop(Loop { head, conditional: false, before, each: None, body })
}

/// `foreach ($list as $key => $item)`.
/// A function that gives each key of an array in turn, which no program can name.
pub(super) const EACH_KEY: &str = "foreach =>";

fn each(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let inner = node.child_by_field_name(field::BODY);
    let heads: Vec<Node<'_>> =
        named(node, kind::COMMENT).into_iter().filter(|it| Some(*it) != inner).collect();
    let over = heads.first().map(|over| expression(shaper, *over));
    let item = heads.get(1).copied().and_then(|item| match item.kind() {
        kind::PAIR => named(item, kind::COMMENT).last().copied(),
        _ => Some(item),
    });
    let item = item.map(|item| match item.kind() {
        kind::BY_REF => item.named_child(0).unwrap_or(item),
        _ => item,
    });
    let mut body = Vec::new();
    let pair = heads.get(1).filter(|it| it.kind() == kind::PAIR);
    if let (Some(over), Some(key)) = (heads.first(), pair.and_then(|pair| pair.named_child(0)))
        && matches!(over.kind(), kind::VARIABLE | kind::ARRAY)
    {
        // What it goes over is looked at once more, which does nothing.
        let given = Argument { name: None, value: expression(shaper, *over), spreads: false };
        let at = key.byte_range();
        let callee = Expression { at: at.clone(), value: Value::Import(EACH_KEY.into()) };
        let value = Expression { at, value: Value::Call(Box::new(callee), vec![given]) };
        body.push(assigned(expression(shaper, key), value));
    }
    let name = item.map(|item| {
        if item.kind() == kind::VARIABLE {
            return shaper.text(item).into();
        }
        // What is taken apart is a variable of its own first.
        let whole = Expression { at: item.byte_range(), value: Value::Name("$".into()) };
        body.push(assigned(expression(shaper, item), whole));
        "$".into()
    });
    body.extend(block(shaper, inner));
    let head = heads.first().map_or(node.byte_range(), Node::byte_range);
    let each = over.map(|over| (name, over));
    Statement::Loop(Loop { head, conditional: false, before: Vec::new(), each, body })
}

fn attempt(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut attempt =
        Try { body: block(shaper, node.child_by_field_name(field::BODY)), ..Try::default() };
    for clause in named(node, kind::COMMENT) {
        let body = clause.child_by_field_name(field::BODY);
        match clause.kind() {
            kind::CATCH => {
                let takes = shaper.field_text(clause, field::TYPE);
                let takes = format!("catch ({takes})");
                let body = block(shaper, body);
                attempt.catches.push(Catch { takes: Some(takes), body });
            }
            kind::FINALLY => attempt.finally = block(shaper, body),
            _ => {}
        }
    }
    Statement::Try(attempt)
}
