//! Statements: control flow becomes branches, loops and attempts.

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::outline;
use crate::frontend::program::joining::join;
use crate::frontend::program::state::{Changes, Place};
use crate::frontend::program::thing::Thing;
use crate::frontend::syntax::MAX_DEPTH;
use crate::procedure::{Arm, Node};

/// Where control is after a statement.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Flow {
    /// At the next statement.
    Falls,
    /// Elsewhere in the procedure: at the loop's start or end.
    Jumps,
    /// At the caller.
    Returns,
    /// Wherever a failure goes: it raised or exited.
    Raises,
}

impl<'t> Machine<'t, '_> {
    /// Reads the statements of a block.
    pub(super) fn block(&mut self, block: Syntax<'t>) -> Flow {
        if self.depth >= MAX_DEPTH {
            self.too_deep(block);
            return Flow::Falls;
        }
        self.depth += 1;
        let mut cursor = block.walk();
        let mut flow = Flow::Falls;
        for statement in block.named_children(&mut cursor) {
            let after = self.statement(statement);
            // What follows a `return` is read all the same: it may be there for
            // a reason that cannot be seen.
            flow = if flow == Flow::Falls { after } else { flow };
        }
        self.depth -= 1;
        flow
    }

    fn statement(&mut self, node: Syntax<'t>) -> Flow {
        match node.kind() {
            kind::IF_STATEMENT => return self.if_statement(node),
            kind::FOR_STATEMENT => return self.for_statement(node),
            kind::WHILE_STATEMENT => return self.while_statement(node),
            kind::TRY_STATEMENT => return self.try_statement(node),
            kind::WITH_STATEMENT => return self.with_statement(node),
            kind::MATCH_STATEMENT => return self.match_statement(node),
            kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION => self.definition(node),
            kind::DECORATED_DEFINITION => self.decorated(node),
            kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => self.import(node),
            kind::GLOBAL_STATEMENT => self.global(node),
            kind::BREAK_STATEMENT | kind::CONTINUE_STATEMENT => return Flow::Jumps,
            kind::RETURN_STATEMENT => {
                let thing = node.named_child(0).map_or(Thing::Absent, |value| self.eval(value));
                let before = self.run.returns.take();
                self.run.returns = Some(before.map_or(thing.clone(), |known| join(known, thing)));
                return Flow::Returns;
            }
            kind::RAISE_STATEMENT => {
                self.children(node);
                return Flow::Raises;
            }
            kind::EXPRESSION_STATEMENT => {
                self.children(node);
                if self.exits(node) {
                    return Flow::Raises;
                }
            }
            kind::BLOCK => return self.block(node),
            kind::COMMENT
            | kind::PASS_STATEMENT
            | kind::FUTURE_IMPORT_STATEMENT
            | kind::NONLOCAL_STATEMENT => {}
            _ => self.children(node),
        }
        Flow::Falls
    }

    /// Whether a statement ends the process.
    fn exits(&self, statement: Syntax<'_>) -> bool {
        let call = statement.named_child(0).filter(|child| child.kind() == kind::CALL);
        let Some(function) = call.and_then(|call| call.child_by_field_name(field::FUNCTION)) else {
            return false;
        };
        matches!(self.text(function), "sys.exit" | "exit" | "quit" | "os._exit" | "os.abort")
    }

    /// Reads one alternative and takes back what it did.
    pub(super) fn alternative(
        &mut self,
        read: impl FnOnce(&mut Self) -> Flow,
    ) -> (Flow, Vec<Node>, Option<Changes>) {
        let mark = self.state.mark();
        let (flow, nodes) = self.apart(read);
        let changes = self.state.take_back(mark);
        (flow, nodes, (flow == Flow::Falls).then_some(changes))
    }

    fn if_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut arms = Vec::new();
        let mut changes = Vec::new();
        let mut flows = Vec::new();
        let mut has_else = false;
        if let Some(condition) = node.child_by_field_name(field::CONDITION) {
            self.eval(condition);
        }
        let mut cursor = node.walk();
        let clauses = node.children_by_field_name(field::ALTERNATIVE, &mut cursor);
        for clause in std::iter::once(node).chain(clauses) {
            let condition = clause.child_by_field_name(field::CONDITION);
            has_else |= condition.is_none();
            let body = clause.child_by_field_name(field::CONSEQUENCE);
            let body = body.or_else(|| clause.child_by_field_name(field::BODY));
            let (flow, body, change) = self.alternative(|machine| {
                if clause != node
                    && let Some(condition) = condition
                {
                    machine.eval(condition);
                }
                body.map_or(Flow::Falls, |body| machine.block(body))
            });
            let condition = condition.map(|condition| self.shown(condition).to_string());
            arms.push(Arm { condition, body });
            changes.extend(change);
            flows.push(flow);
        }
        self.state.merge(&changes, !has_else);
        self.out.push(Node::Branch(arms));
        if has_else { flows.into_iter().min().unwrap_or(Flow::Falls) } else { Flow::Falls }
    }

    fn match_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut cursor = node.walk();
        for subject in node.children_by_field_name(field::SUBJECT, &mut cursor) {
            self.eval(subject);
        }
        let Some(body) = node.child_by_field_name(field::BODY) else { return Flow::Falls };
        let mut arms = Vec::new();
        let mut changes = Vec::new();
        let mut flows = Vec::new();
        let mut has_else = false;
        for case in body.named_children(&mut cursor).filter(|it| it.kind() == kind::CASE_CLAUSE) {
            let consequence = case.child_by_field_name(field::CONSEQUENCE);
            let end = consequence.map_or(case.end_byte(), |block| block.start_byte());
            let head = crate::frontend::program::shown(&self.source.text[case.start_byte()..end]);
            let condition = head.trim_end_matches([' ', ':']).to_owned();
            let is_else = condition == "case _";
            has_else |= is_else;
            let guard = case.child_by_field_name(field::GUARD);
            let (flow, body, change) = self.alternative(|machine| {
                if let Some(guard) = guard {
                    machine.children(guard);
                }
                consequence.map_or(Flow::Falls, |block| machine.block(block))
            });
            arms.push(Arm { condition: (!is_else).then_some(condition), body });
            changes.extend(change);
            flows.push(flow);
        }
        self.state.merge(&changes, !has_else);
        self.out.push(Node::Branch(arms));
        if has_else { flows.into_iter().min().unwrap_or(Flow::Falls) } else { Flow::Falls }
    }

    fn decorated(&mut self, node: Syntax<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                kind::DECORATOR => self.children(child),
                _ => self.definition(child),
            }
        }
    }

    fn definition(&mut self, node: Syntax<'t>) {
        let name = outline::field_text(node, field::NAME, self.source).to_owned();
        if let Some(number) = self.outline.function_of.get(&node.id()) {
            for parameter in &self.outline.functions[*number].parameters {
                if let Some(default) = parameter.default {
                    self.eval(default);
                }
            }
            self.bind(&name, Thing::Function(*number, None));
        } else if let Some(number) = self.outline.class_of.get(&node.id()) {
            self.bind(&name, Thing::Class(*number));
            self.state.push(Place::Class(*number));
            if let Some(body) = node.child_by_field_name(field::BODY) {
                self.block(body);
            }
            self.state.pop();
        } else {
            self.children(node);
        }
    }

    fn import(&mut self, node: Syntax<'t>) {
        for (name, path) in outline::imported_names(node, self.source) {
            let is_package = node.kind() == kind::IMPORT_STATEMENT
                && path.strip_prefix(&*name).is_some_and(|rest| rest.starts_with('.'));
            let path = if is_package { name.clone() } else { path.into() };
            self.bind(&name, Thing::Imported(path));
        }
    }

    fn global(&mut self, node: Syntax<'t>) {
        let mut cursor = node.walk();
        for name in node.named_children(&mut cursor) {
            let name = self.text(name).into();
            if let Some(frame) = self.state.top() {
                frame.globals.insert(name);
            }
        }
    }
}
