//! `try`, and context managers that swallow exceptions.

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::statements::Flow;
use crate::frontend::error_code;
use crate::frontend::program::state::Changes;
use crate::procedure::{Arm, Attempt, Handler, Node};

impl<'t> Machine<'t, '_> {
    pub(super) fn try_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut cursor = node.walk();
        let clauses: Vec<Syntax<'t>> = node.named_children(&mut cursor).collect();
        let part = |kind: &str| clauses.iter().find(|clause| clause.kind() == kind).copied();
        let mark = self.state.mark();
        let body = node.child_by_field_name(field::BODY);
        let (mut flow, body) =
            self.apart(|machine| body.map_or(Flow::Falls, |body| machine.block(body)));
        let (after, otherwise) = self.apart(|machine| {
            let clause = part(kind::ELSE_CLAUSE).and_then(|it| it.child_by_field_name(field::BODY));
            clause.map_or(Flow::Falls, |body| machine.block(body))
        });
        flow = flow.max(after);
        let tried = self.state.take_back(mark);
        // A handler starts from anywhere in the body: what it has set counts as
        // a possibility.
        self.state.merge(std::slice::from_ref(&tried), true);
        let mut handlers = Vec::new();
        let mut changes = Vec::new();
        let mut flows = vec![flow];
        for clause in clauses.iter().filter(|it| it.kind().starts_with("except")) {
            let (handler, flow, change) = self.handler(*clause);
            handlers.push(handler);
            changes.extend(change);
            flows.push(flow);
        }
        if flow == Flow::Falls {
            changes.push(tried);
        }
        self.state.merge(&changes, false);
        let (last, finally) = self.apart(|machine| {
            let clause = part(kind::FINALLY_CLAUSE);
            let block = clause.and_then(|it| it.named_children(&mut it.walk()).last());
            block.map_or(Flow::Falls, |block| machine.block(block))
        });
        self.push_attempt(body, handlers, otherwise, finally);
        flows.into_iter().min().unwrap_or(Flow::Falls).max(last)
    }

    pub(super) fn handler(&mut self, clause: Syntax<'t>) -> (Handler, Flow, Option<Changes>) {
        let value = clause.child_by_field_name(field::VALUE);
        let value = value.map(|value| match value.kind() {
            kind::AS_PATTERN => value.named_child(0).unwrap_or(value),
            _ => value,
        });
        let catches = value.map(|value| self.shown(value).to_string());
        let mut cursor = clause.walk();
        let block = clause.named_children(&mut cursor).find(|child| child.kind() == kind::BLOCK);
        let (flow, body, changes) =
            self.alternative(|machine| block.map_or(Flow::Falls, |block| machine.block(block)));
        // A helper's `return` hides the failure from the caller it is read for.
        let leaves = flow == Flow::Raises || flow == Flow::Returns && !self.run.inlined;
        let codes = error_code::named(self.text(clause));
        let silent = block.is_some_and(|block| {
            let mut cursor = block.walk();
            block
                .named_children(&mut cursor)
                .all(|it| matches!(it.kind(), "pass_statement" | "continue_statement" | "comment"))
        });
        (Handler { catches, codes, silent, leaves, body }, flow, changes)
    }

    /// Adds a `try` with its parts. An `else` runs only if nothing failed, and
    /// its own failures are not handled.
    pub(super) fn push_attempt(
        &mut self,
        body: Vec<Node>,
        handlers: Vec<Handler>,
        otherwise: Vec<Node>,
        finally: Vec<Node>,
    ) {
        let rethrows =
            Handler { catches: None, leaves: true, body: Vec::new(), ..Handler::default() };
        let mut nodes = Vec::new();
        if handlers.is_empty() {
            nodes.extend(body);
            nodes.extend(otherwise);
        } else {
            let leave = handlers.iter().all(|handler| handler.leaves);
            nodes.push(Node::Attempt(Attempt { body, handlers, finally: Vec::new() }));
            if leave {
                nodes.extend(otherwise);
            } else if !otherwise.is_empty() {
                let condition = Some("no exception".to_owned());
                nodes.push(Node::Branch(vec![Arm { condition, body: otherwise }]));
            }
        }
        if finally.is_empty() {
            self.out.extend(nodes);
        } else if let [Node::Attempt(attempt)] = nodes.as_mut_slice() {
            attempt.finally = finally;
            self.out.extend(nodes);
        } else {
            self.out.push(Node::Attempt(Attempt {
                body: nodes,
                handlers: vec![rethrows],
                finally,
            }));
        }
    }

    pub(super) fn with_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut suppressed = None;
        let clause = node.named_child(0).filter(|child| child.kind() == kind::WITH_CLAUSE);
        let mut cursor = node.walk();
        let items: Vec<Syntax<'t>> =
            clause.map_or_else(Vec::new, |clause| clause.named_children(&mut cursor).collect());
        for item in items {
            let Some(value) = item.child_by_field_name(field::VALUE) else { continue };
            suppressed = suppressed.or(self.suppresses(value));
            self.eval(value);
        }
        let body = node.child_by_field_name(field::BODY);
        let (flow, body) =
            self.apart(|machine| body.map_or(Flow::Falls, |body| machine.block(body)));
        if suppressed.is_none() {
            self.out.extend(body);
            return flow;
        }
        let handler = Handler { catches: suppressed, silent: true, ..Handler::default() };
        let attempt = Attempt { body, handlers: vec![handler], finally: Vec::new() };
        self.out.push(Node::Attempt(attempt));
        Flow::Falls
    }

    /// The exceptions that a context manager swallows.
    pub(super) fn suppresses(&self, value: Syntax<'_>) -> Option<String> {
        let function = value.child_by_field_name(field::FUNCTION)?;
        let name = self.text(function).rsplit('.').next().unwrap_or_default();
        let arguments = value.child_by_field_name(field::ARGUMENTS)?;
        let shown = self.shown(arguments);
        let inner = shown.trim_start_matches('(').trim_end_matches(')').trim();
        matches!(name, "suppress" | "raises" | "assertRaises").then(|| inner.to_owned())
    }
}
