//! Statements: control flow becomes branches, loops and attempts.

use tree_sitter::Node as Syntax;

use super::machine::Machine;
use super::outline;
use super::state::{Changes, Place};
use super::thing::{Thing, join};
use crate::frontend::syntax::MAX_DEPTH;
use crate::procedure::{Arm, Attempt, Handler, Node, Repetition};

/// Where control is after a statement.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Flow {
    /// At the next statement.
    Falls,
    /// Elsewhere in the procedure: at the loop's start or end.
    Jumps,
    /// Out of the procedure: it returned, raised or exited.
    Leaves,
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
            "if_statement" => return self.if_statement(node),
            "for_statement" => return self.for_statement(node),
            "while_statement" => return self.while_statement(node),
            "try_statement" => return self.try_statement(node),
            "with_statement" => return self.with_statement(node),
            "match_statement" => return self.match_statement(node),
            "function_definition" | "class_definition" => self.definition(node),
            "decorated_definition" => self.decorated(node),
            "import_statement" | "import_from_statement" => self.import(node),
            "global_statement" => self.global(node),
            "break_statement" | "continue_statement" => return Flow::Jumps,
            "return_statement" => {
                let thing = node.named_child(0).map_or(Thing::Absent, |value| self.eval(value));
                let before = self.run.returns.take();
                self.run.returns = Some(before.map_or(thing.clone(), |known| join(known, thing)));
                return Flow::Leaves;
            }
            "raise_statement" => {
                self.children(node);
                return Flow::Leaves;
            }
            "expression_statement" => {
                self.children(node);
                if self.exits(node) {
                    return Flow::Leaves;
                }
            }
            "block" => return self.block(node),
            "comment" | "pass_statement" | "future_import_statement" | "nonlocal_statement" => {}
            _ => self.children(node),
        }
        Flow::Falls
    }

    /// Whether a statement ends the process.
    fn exits(&self, statement: Syntax<'_>) -> bool {
        let call = statement.named_child(0).filter(|child| child.kind() == "call");
        let Some(function) = call.and_then(|call| call.child_by_field_name("function")) else {
            return false;
        };
        matches!(self.text(function), "sys.exit" | "exit" | "quit" | "os._exit" | "os.abort")
    }

    /// Reads one alternative and takes back what it did.
    fn alternative(
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
        if let Some(condition) = node.child_by_field_name("condition") {
            self.eval(condition);
        }
        let mut cursor = node.walk();
        let clauses = node.children_by_field_name("alternative", &mut cursor);
        for clause in std::iter::once(node).chain(clauses) {
            let condition = clause.child_by_field_name("condition");
            has_else |= condition.is_none();
            let body = clause.child_by_field_name("consequence");
            let body = body.or_else(|| clause.child_by_field_name("body"));
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

    fn for_statement(&mut self, node: Syntax<'t>) -> Flow {
        let (Some(left), Some(right)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return Flow::Falls;
        };
        let over = self.eval(right);
        let body = node.child_by_field_name("body");
        self.forget_assigned(body);
        let (_, body, changes) = self.alternative(|machine| {
            let item = machine.item_of(&over, left);
            machine.assign(left, item, None);
            body.map_or(Flow::Falls, |body| machine.block(body))
        });
        self.state.merge(changes.as_slice(), true);
        let condition = format!("for {} in {}", self.shown(left), self.shown(right));
        self.out.push(Node::Loop(Repetition { condition, conditional: false, body }));
        self.loop_else(node);
        Flow::Falls
    }

    fn while_statement(&mut self, node: Syntax<'t>) -> Flow {
        let Some(condition) = node.child_by_field_name("condition") else { return Flow::Falls };
        let body = node.child_by_field_name("body");
        self.forget_assigned(body);
        let (_, body, changes) = self.alternative(|machine| {
            machine.eval(condition);
            body.map_or(Flow::Falls, |body| machine.block(body))
        });
        self.state.merge(changes.as_slice(), true);
        let condition = self.shown(condition).to_string();
        self.out.push(Node::Loop(Repetition { condition, conditional: true, body }));
        self.loop_else(node);
        Flow::Falls
    }

    fn loop_else(&mut self, node: Syntax<'t>) {
        let clause = node.child_by_field_name("alternative");
        if let Some(body) = clause.and_then(|clause| clause.child_by_field_name("body")) {
            self.block(body);
        }
    }

    /// Variables with a known text that a loop assigns anew are not known at
    /// its start.
    fn forget_assigned(&mut self, body: Option<Syntax<'t>>) {
        let Some(body) = body else { return };
        let mut assigned = Vec::new();
        crate::frontend::syntax::walk(body, |node| {
            if matches!(node.kind(), "assignment" | "augmented_assignment") {
                let left = node.child_by_field_name("left").filter(|it| it.kind() == "identifier");
                assigned.extend(left.map(|left| (left, node.child_by_field_name("right"))));
            }
            !matches!(node.kind(), "function_definition" | "class_definition" | "lambda")
        });
        for (left, right) in assigned {
            let name = self.text(left).to_owned();
            let known = self.local(&name);
            if !known.as_ref().is_some_and(|thing| {
                thing.alternatives().iter().any(|thing| thing.as_text().is_some())
            }) {
                continue;
            }
            let literal = right.filter(|right| right.kind() == "string");
            let other = match literal {
                Some(literal) => self.eval(literal),
                None => Thing::unknown(name.as_str()),
            };
            let thing = known.map_or(other.clone(), |known| join(known, other)).named(&name);
            self.bind(&name, thing);
        }
    }

    fn try_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut cursor = node.walk();
        let clauses: Vec<Syntax<'t>> = node.named_children(&mut cursor).collect();
        let part = |kind: &str| clauses.iter().find(|clause| clause.kind() == kind).copied();
        let mark = self.state.mark();
        let body = node.child_by_field_name("body");
        let (mut flow, body) =
            self.apart(|machine| body.map_or(Flow::Falls, |body| machine.block(body)));
        let (after, otherwise) = self.apart(|machine| {
            let clause = part("else_clause").and_then(|it| it.child_by_field_name("body"));
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
            let clause = part("finally_clause");
            let block = clause.and_then(|it| it.named_children(&mut it.walk()).last());
            block.map_or(Flow::Falls, |block| machine.block(block))
        });
        self.push_attempt(body, handlers, otherwise, finally);
        flows.into_iter().min().unwrap_or(Flow::Falls).max(last)
    }

    fn handler(&mut self, clause: Syntax<'t>) -> (Handler, Flow, Option<Changes>) {
        let value = clause.child_by_field_name("value");
        let value = value.map(|value| match value.kind() {
            "as_pattern" => value.named_child(0).unwrap_or(value),
            _ => value,
        });
        let catches = value.map(|value| self.shown(value).to_string());
        let mut cursor = clause.walk();
        let block = clause.named_children(&mut cursor).find(|child| child.kind() == "block");
        let (flow, body, changes) =
            self.alternative(|machine| block.map_or(Flow::Falls, |block| machine.block(block)));
        (Handler { catches, leaves: flow == Flow::Leaves, body }, flow, changes)
    }

    /// Adds a `try` with its parts. An `else` runs only if nothing failed, and
    /// its own failures are not handled.
    fn push_attempt(
        &mut self,
        body: Vec<Node>,
        handlers: Vec<Handler>,
        otherwise: Vec<Node>,
        finally: Vec<Node>,
    ) {
        let rethrows = Handler { catches: None, leaves: true, body: Vec::new() };
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

    fn with_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut suppressed = None;
        let clause = node.named_child(0).filter(|child| child.kind() == "with_clause");
        let mut cursor = node.walk();
        let items: Vec<Syntax<'t>> =
            clause.map_or_else(Vec::new, |clause| clause.named_children(&mut cursor).collect());
        for item in items {
            let Some(value) = item.child_by_field_name("value") else { continue };
            suppressed = suppressed.or(self.suppresses(value));
            self.eval(value);
        }
        let body = node.child_by_field_name("body");
        let (flow, body) =
            self.apart(|machine| body.map_or(Flow::Falls, |body| machine.block(body)));
        match suppressed {
            Some(catches) => {
                let handler = Handler { catches: Some(catches), leaves: false, body: Vec::new() };
                let attempt = Attempt { body, handlers: vec![handler], finally: Vec::new() };
                self.out.push(Node::Attempt(attempt));
                Flow::Falls
            }
            None => {
                self.out.extend(body);
                flow
            }
        }
    }

    /// The exceptions that a context manager swallows.
    fn suppresses(&self, value: Syntax<'_>) -> Option<String> {
        let function = value.child_by_field_name("function")?;
        let name = self.text(function).rsplit('.').next().unwrap_or_default();
        let arguments = value.child_by_field_name("arguments")?;
        let shown = self.shown(arguments);
        let inner = shown.trim_start_matches('(').trim_end_matches(')').trim();
        matches!(name, "suppress" | "raises" | "assertRaises").then(|| inner.to_owned())
    }

    fn match_statement(&mut self, node: Syntax<'t>) -> Flow {
        let mut cursor = node.walk();
        for subject in node.children_by_field_name("subject", &mut cursor) {
            self.eval(subject);
        }
        let Some(body) = node.child_by_field_name("body") else { return Flow::Falls };
        let mut arms = Vec::new();
        let mut changes = Vec::new();
        let mut flows = Vec::new();
        let mut has_else = false;
        for case in body.named_children(&mut cursor).filter(|it| it.kind() == "case_clause") {
            let consequence = case.child_by_field_name("consequence");
            let end = consequence.map_or(case.end_byte(), |block| block.start_byte());
            let head = super::machine::shown(&self.source.text[case.start_byte()..end]);
            let condition = head.trim_end_matches([' ', ':']).to_owned();
            let is_else = condition == "case _";
            has_else |= is_else;
            let guard = case.child_by_field_name("guard");
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
                "decorator" => self.children(child),
                _ => self.definition(child),
            }
        }
    }

    fn definition(&mut self, node: Syntax<'t>) {
        let name = outline::field_text(node, "name", self.source).to_owned();
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
            if let Some(body) = node.child_by_field_name("body") {
                self.block(body);
            }
            self.state.pop();
        } else {
            self.children(node);
        }
    }

    fn import(&mut self, node: Syntax<'t>) {
        for (name, path) in outline::imported_names(node, self.source) {
            let is_package = node.kind() == "import_statement"
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
