//! JavaScript's statements: lowered one by one to those that every language has.

use tree_sitter::Node;

use super::declarations::{class, enumeration, exported, function, interface, variables};
use super::expressions::{assignment, expression, part};
use super::grammar::{field, kind};
use super::patterns::{holder, is_pattern, taken_apart};
use crate::frontend::program::code::{
    Case, Catch, Expression, If, Loop, Statement, Switch, Try, Type, Value,
};
use crate::frontend::program::shape::{Shaper, jump, named};

/// Loops of every kind.
const LOOPS: &[&str] = &[kind::FOR, kind::FOR_IN, kind::WHILE, kind::DO];

/// How long `for` is, which stands for a loop whose head says nothing.
const KEYWORD: usize = 3;

/// Lowers the statements of a block. Functions that it declares are known all
/// over it.
pub(super) fn block(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| {
        let children = named(node, kind::COMMENT);
        let is_function =
            |it: &Node<'_>| matches!(it.kind(), kind::FUNCTION | kind::GENERATOR_DECLARATION);
        let (functions, others): (Vec<_>, Vec<_>) = children.into_iter().partition(is_function);
        let mut statements = Vec::new();
        for child in functions.into_iter().chain(others) {
            statements.extend(statement(shaper, child));
        }
        statements
    });
    lowered.unwrap_or_default()
}

/// Lowers what may be a block or a single statement.
fn body(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Vec<Statement> {
    match node.child_by_field_name(name) {
        Some(body) if body.kind() == kind::BLOCK => block(shaper, body),
        Some(body) => statement(shaper, body),
        None => Vec::new(),
    }
}

/// Lowers a statement, which may come to several.
pub(super) fn statement(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::BLOCK => vec![Statement::Block(block(shaper, node))],
        kind::EXPRESSION_STATEMENT => effects(shaper, node),
        kind::LEXICAL | kind::VARIABLE => variables(shaper, node),
        kind::FUNCTION | kind::GENERATOR_DECLARATION => function(shaper, node),
        kind::CLASS_DECLARATION | kind::ABSTRACT_CLASS => {
            let name = shaper.field_text(node, field::NAME);
            class(shaper, node, name);
            Vec::new()
        }
        kind::INTERFACE => {
            interface(shaper, node);
            Vec::new()
        }
        kind::ENUM => enumeration(shaper, node),
        kind::EXPORT => exported(shaper, node),
        kind::INTERNAL_MODULE | kind::MODULE | kind::LABELED => body(shaper, node, field::BODY),
        kind::AMBIENT | kind::TYPE_ALIAS | kind::IMPORT_STATEMENT => Vec::new(),
        kind::IF => vec![branch(shaper, node)],
        name if LOOPS.contains(&name) => vec![repetition(shaper, node)],
        kind::SWITCH => vec![switch(shaper, node)],
        kind::TRY => vec![attempt(shaper, node)],
        kind::RETURN => vec![Statement::Return(plain(shaper, node))],
        kind::THROW => vec![Statement::Raise(plain(shaper, node).into_iter().next())],
        kind::CONTINUE if node.named_child_count() == 0 => vec![Statement::Continue],
        kind::BREAK if node.named_child_count() == 0 && leaves_loop(node) => {
            vec![Statement::Break]
        }
        kind::BREAK | kind::CONTINUE => {
            let loops = [kind::FOR, kind::FOR_IN, kind::WHILE, kind::DO];
            vec![jump(node, (node.kind() == kind::BREAK, &loops, &[kind::SWITCH]))]
        }
        _ => plain(shaper, node).into_iter().map(Statement::Plain).collect(),
    });
    lowered.unwrap_or_default()
}

/// Whether a `break` ends a loop, and not a `switch`.
fn leaves_loop(node: Node<'_>) -> bool {
    let is_around = |it: &Node<'_>| LOOPS.contains(&it.kind()) || it.kind() == kind::SWITCH;
    let mut around = std::iter::successors(node.parent(), Node::parent);
    around.find(is_around).is_some_and(|it| it.kind() != kind::SWITCH)
}

/// The expressions of a statement.
fn plain(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    named(node, kind::COMMENT).into_iter().map(|it| expression(shaper, it)).collect()
}

/// An expression for its effect, which may be an assignment.
fn effects(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for inner in named(node, kind::COMMENT) {
        match inner.kind() {
            kind::ASSIGNMENT | kind::AUGMENTED => {
                statements.push(Statement::Assign(assignment(shaper, inner)));
                let left = inner.child_by_field_name(field::LEFT).filter(|it| is_pattern(*it));
                statements.extend(left.into_iter().flat_map(|it| taken_apart(shaper, it, false)));
            }
            kind::INTERNAL_MODULE => statements.extend(statement(shaper, inner)),
            _ => statements.push(Statement::Plain(expression(shaper, inner))),
        }
    }
    statements
}

fn branch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let condition = part(shaper, node, field::CONDITION);
    let then = body(shaper, node, field::CONSEQUENCE);
    let otherwise = node.child_by_field_name(field::ALTERNATIVE);
    let otherwise = otherwise.map(|otherwise| {
        let inner = named(otherwise, kind::COMMENT).into_iter();
        let lower = |it: Node<'_>, shaper: &mut Shaper<'_>| match it.kind() {
            kind::BLOCK => block(shaper, it),
            _ => statement(shaper, it),
        };
        inner.flat_map(|it| lower(it, shaper)).collect()
    });
    Statement::If(If { condition, then, otherwise })
}

fn repetition(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let mut each = None;
    let mut before = Vec::new();
    let mut taken = Vec::new();
    let mut head = node.start_byte()..node.start_byte() + KEYWORD;
    for name in [field::INITIALIZER, field::CONDITION, field::INCREMENT] {
        let Some(part) = node.child_by_field_name(name) else { continue };
        let lowered = statement(shaper, part);
        if name == field::CONDITION && part.is_named() && !lowered.is_empty() {
            head = part.byte_range();
        }
        before.extend(lowered);
    }
    if node.kind() == kind::FOR_IN
        && let (Some(left), Some(right)) =
            (node.child_by_field_name(field::LEFT), node.child_by_field_name(field::RIGHT))
    {
        head = right.byte_range();
        let name = if is_pattern(left) { holder(left) } else { shaper.text(left).into() };
        let goes_over_values = shaper.field_text(node, field::OPERATOR) == "of";
        each = Some((goes_over_values.then_some(name), expression(shaper, right)));
        if is_pattern(left) {
            taken = taken_apart(shaper, left, true);
        }
    }
    let conditional = matches!(node.kind(), kind::WHILE | kind::DO);
    taken.extend(body(shaper, node, field::BODY));
    Statement::Loop(Loop { head, conditional, before, each, body: taken })
}

fn switch(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let subject = Some(part(shaper, node, field::VALUE));
    let cases = node.child_by_field_name(field::BODY);
    let cases = cases.map(|cases| named(cases, kind::COMMENT)).unwrap_or_default();
    let mut lowered: Vec<Case> = Vec::new();
    let mut shared: Vec<Expression> = Vec::new();
    for case in cases {
        let is_default = case.kind() == kind::SWITCH_DEFAULT;
        if !is_default && case.kind() != kind::SWITCH_CASE {
            continue;
        }
        let value = case.child_by_field_name(field::VALUE);
        let body: Vec<Node<'_>> =
            named(case, kind::COMMENT).into_iter().filter(|it| Some(*it) != value).collect();
        shared.extend(value.map(|value| expression(shaper, value)));
        // `case 1: case 2: …` is one.
        if body.is_empty() && !is_default {
            continue;
        }
        let statements = body.into_iter().flat_map(|it| statement(shaper, it)).collect();
        let values = std::mem::take(&mut shared);
        let values = if is_default { Vec::new() } else { values };
        lowered.push(Case { values, body: statements });
    }
    Statement::Switch(Switch { subject, cases: lowered })
}

fn attempt(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let tried = body(shaper, node, field::BODY);
    let handler = node.child_by_field_name(field::HANDLER);
    let catches =
        handler.map(|handler| Catch { takes: None, body: body(shaper, handler, field::BODY) });
    let finalizer = node.child_by_field_name(field::FINALIZER);
    let finally = finalizer.map(|it| body(shaper, it, field::BODY)).unwrap_or_default();
    Statement::Try(Try {
        body: tried,
        catches: catches.into_iter().collect(),
        otherwise: Vec::new(),
        finally,
    })
}

/// An assignment that declares a variable.
pub(super) fn declared(target: Expression, kind: Type, value: Option<Expression>) -> Statement {
    Statement::Assign(crate::frontend::program::code::Assign {
        targets: vec![target],
        kind,
        values: value.into_iter().collect(),
        declares: true,
        adds: false,
    })
}

/// A name as an expression.
pub(super) fn name(shaper: &Shaper<'_>, node: Node<'_>) -> Expression {
    Expression { at: node.byte_range(), value: Value::Name(shaper.text(node).into()) }
}
