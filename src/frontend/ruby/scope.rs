//! What a lowering of Ruby carries along besides the tree: the variables in
//! sight, the constants and classes of the file, heredocs' bodies, and the
//! statements that an expression needs to have run before it.
//!
//! A name is a variable only behind an assignment to it; else it is a call. And
//! whatever is a statement elsewhere (`if`, `case`, `begin`, a loop) may be an
//! expression: it is put in front of the statement it stands in, and its value in
//! a variable without a name of its own.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use super::grammar::{field, kind};
use crate::frontend::program::code::{Assign, Expression, Statement, Type, Value};
use crate::frontend::program::shape::Shaper;
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;
use crate::source::Source;

/// A lowering under way.
pub(super) struct Scope<'s, 't> {
    pub(super) shaper: Shaper<'s>,
    /// Statements that run before the one being lowered.
    pub(super) before: Vec<Statement>,
    /// The classes and modules around what is being lowered, outermost first, and
    /// the number of the innermost.
    pub(super) nesting: Vec<Name>,
    pub(super) class: Option<usize>,
    /// Classes of the file by their names.
    pub(super) classes: HashMap<Name, usize>,
    /// Modules that are mixed in, by their paths.
    pub(super) included: Vec<String>,
    /// Constants that the file assigns.
    constants: HashSet<Name>,
    /// Names of classes and modules that the file defines, wherever.
    defined: HashSet<Name>,
    /// The variables of the bodies in sight, and whether each body sees the one
    /// around it.
    variables: Vec<(HashSet<Name>, bool)>,
    /// The body of the heredoc that starts at a place.
    heredocs: HashMap<usize, Node<'t>>,
    /// Whether the file configures Vagrant.
    pub(super) is_vagrant: bool,
    made: usize,
}

impl<'s, 't> Scope<'s, 't> {
    pub(super) fn new(root: Node<'t>, source: &'s Source<'s>) -> Self {
        let mut scope = Self {
            shaper: Shaper::new(source),
            before: Vec::new(),
            nesting: Vec::new(),
            class: None,
            classes: HashMap::new(),
            included: Vec::new(),
            constants: HashSet::new(),
            defined: HashSet::new(),
            variables: vec![(HashSet::new(), false)],
            heredocs: HashMap::new(),
            is_vagrant: source.text.contains("Vagrant.configure"),
            made: 0,
        };
        scope.survey(root);
        scope
    }

    /// Finds what may be used before it stands in the file.
    fn survey(&mut self, root: Node<'t>) {
        let mut beginnings = Vec::new();
        let mut bodies = Vec::new();
        syntax::walk(root, |node| {
            match node.kind() {
                kind::ASSIGNMENT => {
                    let left = node.child_by_field_name(field::LEFT);
                    if let Some(left) = left.filter(|it| it.kind() == kind::CONSTANT) {
                        self.constants.insert(self.shaper.text(left).into());
                    }
                }
                kind::CLASS | kind::MODULE => {
                    let name = self.shaper.field_text(node, field::NAME);
                    self.defined.insert(last_part(name).into());
                }
                kind::HEREDOC_BEGINNING => beginnings.push(node.start_byte()),
                kind::HEREDOC_BODY => bodies.push(node),
                _ => {}
            }
            true
        });
        self.heredocs = beginnings.into_iter().zip(bodies).collect();
    }

    /// The body of the heredoc that starts at a node.
    pub(super) fn heredoc(&self, beginning: Node<'_>) -> Option<Node<'t>> {
        self.heredocs.get(&beginning.start_byte()).copied()
    }

    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.constants.contains(name)
    }

    pub(super) fn is_class(&self, name: &str) -> bool {
        self.defined.contains(name)
    }

    /// Whether a name is that of a variable.
    pub(super) fn is_variable(&self, name: &str) -> bool {
        for (names, sees_outer) in self.variables.iter().rev() {
            if names.contains(name) {
                return true;
            }
            if !sees_outer {
                return false;
            }
        }
        false
    }

    /// Notes a variable. Answers whether it is a new one.
    pub(super) fn declare(&mut self, name: &str) -> bool {
        let is_new = !self.is_variable(name);
        if let Some((names, _)) = self.variables.last_mut().filter(|_| is_new) {
            names.insert(name.into());
        }
        is_new
    }

    /// Lowers a body with variables of its own, which sees those around it or
    /// does not.
    pub(super) fn body<T>(&mut self, sees_outer: bool, lower: impl FnOnce(&mut Self) -> T) -> T {
        self.variables.push((HashSet::new(), sees_outer));
        let before = std::mem::take(&mut self.before);
        let lowered = lower(self);
        self.before = before;
        self.variables.pop();
        lowered
    }

    /// Lowers something one level down; none where that is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        node: Node<'_>,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if !self.shaper.enter(node) {
            return None;
        }
        let lowered = lower(self);
        self.shaper.leave();
        Some(lowered)
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        self.shaper.text(node)
    }

    pub(super) fn field_text(&self, node: Node<'_>, field: &str) -> &'s str {
        self.shaper.field_text(node, field)
    }

    /// A variable without a name in the program.
    pub(super) fn make_variable(&mut self) -> Name {
        self.made += 1;
        format!("value#{}", self.made).into()
    }

    /// Has statements run first, and answers the value that they end with.
    pub(super) fn hoist(&mut self, mut statements: Vec<Statement>, at: Range<usize>) -> Value {
        let name = self.make_variable();
        end_with(&mut statements, &|value| {
            let target = Expression { at: value.at.clone(), value: Value::Name(name.clone()) };
            Statement::Assign(assign(target, value, false))
        });
        let target = Expression { at, value: Value::Name(name.clone()) };
        let declared = Assign {
            targets: vec![target],
            kind: Type::Unknown,
            values: Vec::new(),
            declares: true,
            adds: false,
        };
        self.before.push(Statement::Assign(declared));
        self.before.extend(statements);
        Value::Name(name)
    }
}

/// An assignment of one value.
pub(super) fn assign(target: Expression, value: Expression, declares: bool) -> Assign {
    Assign {
        targets: vec![target],
        kind: Type::Unknown,
        values: vec![value],
        declares,
        adds: false,
    }
}

/// Does something with the value that statements end with, in every branch.
pub(super) fn end_with(statements: &mut Vec<Statement>, change: &dyn Fn(Expression) -> Statement) {
    match statements.last_mut() {
        Some(Statement::Plain(_)) => {
            if let Some(Statement::Plain(value)) = statements.pop() {
                statements.push(change(value));
            }
        }
        Some(Statement::Assign(assign)) if assign.targets.len() == 1 => {
            if let Some(Statement::Assign(assign)) = statements.pop() {
                let start = assign.targets.first().map_or(0, |it| it.at.start);
                let end = assign.values.last().map_or(start, |it| it.at.end);
                let at = start..end.max(start);
                let value = Value::Assign(Box::new(assign));
                statements.push(change(Expression { at, value }));
            }
        }
        Some(Statement::If(branch)) => {
            end_with(&mut branch.then, change);
            if let Some(otherwise) = &mut branch.otherwise {
                end_with(otherwise, change);
            }
        }
        Some(Statement::Switch(switch)) => {
            for case in &mut switch.cases {
                end_with(&mut case.body, change);
            }
        }
        Some(Statement::Try(attempt)) => {
            let last = if attempt.otherwise.is_empty() {
                &mut attempt.body
            } else {
                &mut attempt.otherwise
            };
            end_with(last, change);
        }
        Some(Statement::Block(block)) => end_with(block, change),
        _ => {}
    }
}

/// The last part of the path of a constant.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
