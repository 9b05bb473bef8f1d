//! Tools for lowerings: the text of nodes, a depth that is counted, and the
//! functions and classes found on the way.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use tree_sitter::Node;

use super::code::{Assign, Expression, Function, Part, Statement, Type, Unit, Value};
use super::thing::Name;
use crate::frontend::syntax::MAX_DEPTH;
use crate::source::Source;

/// What a lowering carries along.
pub(in crate::frontend) struct Shaper<'s> {
    pub(in crate::frontend) source: &'s Source<'s>,
    pub(in crate::frontend) unit: Unit,
    /// The functions that enclose what is being lowered.
    pub(in crate::frontend) enclosing: Vec<usize>,
    /// The classes of which a member is being lowered that is no function.
    owners: Vec<usize>,
    /// Whether the function being lowered may change the variables around it, in
    /// a language in which others cannot.
    pub(in crate::frontend) shares: bool,
    /// The classes of the file whose objects do something when a block around which
    /// they stand begins and ends, once that is asked for.
    pub(in crate::frontend) managers: OnceCell<HashSet<String>>,
    depth: u16,
}

impl<'s> Shaper<'s> {
    pub(in crate::frontend) fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            unit: Unit::default(),
            enclosing: Vec::new(),
            owners: Vec::new(),
            shares: false,
            managers: OnceCell::new(),
            depth: 0,
        }
    }

    /// The text of a node.
    pub(in crate::frontend) fn text(&self, node: Node<'_>) -> &'s str {
        &self.source.text[node.byte_range()]
    }

    /// The text of a field of a node, or nothing.
    pub(in crate::frontend) fn field_text(&self, node: Node<'_>, field: &str) -> &'s str {
        node.child_by_field_name(field).map_or("", |child| self.text(child))
    }

    /// Lowers something one level down; none where that is too deep.
    pub(in crate::frontend) fn deeper<T>(
        &mut self,
        node: Node<'_>,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if !self.enter(node) {
            return None;
        }
        let lowered = lower(self);
        self.leave();
        Some(lowered)
    }

    /// Lowers what belongs to a class and stands in none of its functions.
    pub(in crate::frontend) fn in_class<T>(
        &mut self,
        class: usize,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.owners.push(class);
        let lowered = lower(self);
        self.owners.pop();
        lowered
    }

    /// The class in which something stands.
    pub(in crate::frontend) fn enclosing_class(&self) -> Option<usize> {
        let mut function = self.enclosing.last().copied();
        while let Some(number) = function {
            let function_ = self.unit.functions.get(number)?;
            if function_.class.is_some() {
                return function_.class;
            }
            function = function_.parent;
        }
        self.owners.last().copied()
    }

    /// Goes one level down, for a lowering that carries more along than this;
    /// false where that is too deep.
    pub(in crate::frontend) fn enter(&mut self, node: Node<'_>) -> bool {
        if self.depth >= MAX_DEPTH {
            self.unit.too_deep.get_or_insert(node.byte_range());
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from a level down.
    pub(in crate::frontend) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Adds a function with an empty body, which `body` gives it: the functions
    /// in it know where they stand.
    pub(in crate::frontend) fn add_function(
        &mut self,
        function: Function,
        body: impl FnOnce(&mut Self) -> Vec<super::code::Statement>,
    ) -> usize {
        let number = self.unit.functions.len();
        self.unit.functions.push(function);
        self.enclosing.push(number);
        let body = body(self);
        self.enclosing.pop();
        self.unit.functions[number].body = body;
        number
    }
}

/// The children of a node that are no comments; `comment` is the grammar's name
/// for those.
pub(in crate::frontend) fn named<'t>(node: Node<'t>, comment: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != comment).collect()
}

/// A string of one known piece.
pub(in crate::frontend) fn known_text(text: impl Into<Name>, at: Range<usize>) -> Expression {
    let part = Part::Known { text: text.into(), at: at.clone(), verbatim: false };
    Expression { at, value: Value::Text(vec![part]) }
}

/// A value that is said to be of a type: one given a name of no interest.
pub(in crate::frontend) fn cast(kind: Type, value: Expression) -> Expression {
    let may_be_any = matches!(
        value.value,
        Value::Name(_) | Value::Member(..) | Value::Index(..) | Value::Call(..)
    );
    if kind == Type::Unknown || !may_be_any {
        return value;
    }
    let at = value.at.clone();
    let nowhere = Expression { at: at.clone(), value: Value::Nothing };
    let assign =
        Assign { targets: vec![nowhere], kind, values: vec![value], declares: true, adds: false };
    Expression { at, value: Value::Assign(Box::new(assign)) }
}

/// A `break` or a `continue`: which of them it is, if it leads to the innermost of
/// the loops and switches around it.
pub(in crate::frontend) fn jump(
    node: Node<'_>,
    (is_break, loops, switches): (bool, &[&str], &[&str]),
) -> Statement {
    let mut around = std::iter::successors(node.parent(), Node::parent).map(|it| it.kind());
    let innermost = around.find(|kind| loops.contains(kind) || is_break && switches.contains(kind));
    match innermost {
        // A label leads elsewhere.
        _ if node.named_child_count() > 0 => Statement::Jump,
        Some(kind) if loops.contains(&kind) && is_break => Statement::Break,
        Some(kind) if loops.contains(&kind) => Statement::Continue,
        _ => Statement::Jump,
    }
}
