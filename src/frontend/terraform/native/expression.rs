//! The grammar's expressions, put right.
//!
//! The grammar reads `a == b.c` as `(a == b).c` and `a ? b : c ? d : e` as
//! `(a ? b : c) ? d : e`. So operations are flattened to operands and operators
//! in source order, which [`Expression`] holds, and conditionals to a chain.

use std::ops::Range;

use tree_sitter::Node;

use super::super::kind;

/// An expression without its parentheses.
pub(super) enum Expression<'t> {
    /// `condition ? value : condition ? value : otherwise`
    Conditional {
        /// Conditions and the values they choose.
        choices: Vec<(Node<'t>, Node<'t>)>,
        /// What is left if none is true.
        otherwise: Node<'t>,
    },
    /// Operands and the operators before and between them.
    Operation(Vec<Token<'t>>),
}

/// A piece of an operation.
pub(super) enum Token<'t> {
    /// `+`, `!`, `&&`
    Operator(&'t str),
    /// A value.
    Operand(Term<'t>),
}

/// A value and what is picked from it: `local.disks[0].size`.
pub(super) struct Term<'t> {
    /// The value; inside parentheses it is an expression.
    pub(super) head: Node<'t>,
    /// What is picked from it, in order.
    pub(super) steps: Vec<Step<'t>>,
    /// All of it, parentheses included.
    pub(super) range: Range<usize>,
}

/// One pick.
#[derive(Clone, Copy)]
pub(super) enum Step<'t> {
    /// `.name`
    Attribute(Node<'t>),
    /// `[expression]`
    Index(Node<'t>),
    /// `.0`
    LegacyIndex(Node<'t>),
    /// `[*]`, or `.*` if it is not full.
    Splat { full: bool },
    /// Something the parser could make nothing of.
    Broken,
}

impl<'t> Expression<'t> {
    /// Reads an `expression` node; nothing for one that is empty or broken.
    pub(super) fn read(node: Node<'t>) -> Option<Self> {
        if let Some(conditional) = only_child(node).filter(|node| node.kind() == kind::CONDITIONAL)
        {
            return chain(conditional);
        }
        let tokens = tokens(node);
        (!tokens.is_empty()).then_some(Self::Operation(tokens))
    }
}

/// A conditional and those that the grammar put into its condition.
fn chain(conditional: Node<'_>) -> Option<Expression<'_>> {
    let (mut condition, mut value, otherwise) = parts(conditional)?;
    let mut choices = Vec::new();
    while let Some(inner) = only_child(condition).filter(|node| node.kind() == kind::CONDITIONAL) {
        let (inner_condition, inner_value, inner_otherwise) = parts(inner)?;
        choices.push((inner_otherwise, value));
        (condition, value) = (inner_condition, inner_value);
    }
    choices.push((condition, value));
    choices.reverse();
    Some(Expression::Conditional { choices, otherwise })
}

fn parts(conditional: Node<'_>) -> Option<(Node<'_>, Node<'_>, Node<'_>)> {
    let mut parts = named(conditional, kind::EXPRESSION).into_iter();
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// The children of one kind.
pub(super) fn named<'t>(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    children(node).into_iter().filter(|child| child.kind() == kind).collect()
}

/// The children without comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| child.kind() != kind::COMMENT).collect()
}

/// The only child of a node.
pub(super) fn only_child(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    let mut children = node.children(&mut cursor).filter(|child| child.kind() != kind::COMMENT);
    let child = children.next()?;
    children.next().is_none().then_some(child)
}

/// The operands and operators below an expression, flattened. Operations nest as
/// deep as they are long, so this does not recurse.
fn tokens(expression: Node<'_>) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut opened = None;
    let mut pending = children(expression);
    pending.reverse();
    while let Some(node) = pending.pop() {
        match node.kind() {
            kind::OPERATION | kind::BINARY | kind::UNARY => {
                pending.extend(children(node).into_iter().rev());
            }
            "(" => opened = Some(node.start_byte()),
            _ => take(node, opened.take(), &mut tokens),
        }
    }
    tokens
}

/// Adds a node to the tokens: as a new one, or to the operand before it.
/// `opened` is where the parenthesis before it stands.
fn take<'t>(node: Node<'t>, opened: Option<usize>, tokens: &mut Vec<Token<'t>>) {
    match (node.kind(), tokens.last_mut()) {
        (")", Some(Token::Operand(term))) => term.range.end = node.end_byte(),
        (kind::GET_ATTRIBUTE | kind::INDEX | kind::SPLAT, Some(Token::Operand(term))) => {
            term.range.end = node.end_byte();
            steps(node, &mut term.steps);
        }
        (operator, _) if !node.is_named() => tokens.push(Token::Operator(operator)),
        _ => {
            let range = opened.unwrap_or(node.start_byte())..node.end_byte();
            tokens.push(Token::Operand(Term { head: node, steps: Vec::new(), range }));
        }
    }
}

/// The picks in a node that follows a value.
fn steps<'t>(node: Node<'t>, steps: &mut Vec<Step<'t>>) {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match node.kind() {
            kind::GET_ATTRIBUTE => steps.push(attribute_step(node)),
            kind::NEW_INDEX => {
                let index = named(node, kind::EXPRESSION).pop();
                steps.push(index.map_or(Step::Broken, Step::Index));
            }
            kind::LEGACY_INDEX => steps.push(Step::LegacyIndex(node)),
            kind::INDEX | kind::SPLAT => pending.extend(children(node)),
            splat @ (kind::ATTRIBUTE_SPLAT | kind::FULL_SPLAT) => {
                steps.push(Step::Splat { full: splat == kind::FULL_SPLAT });
                let picked = children(node).into_iter().filter(Node::is_named);
                pending.extend(picked.collect::<Vec<_>>().into_iter().rev());
            }
            _ => steps.push(Step::Broken),
        }
    }
}

fn attribute_step(node: Node<'_>) -> Step<'_> {
    named(node, kind::IDENTIFIER).pop().map_or(Step::Broken, Step::Attribute)
}
