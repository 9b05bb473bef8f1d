//! `if`, `switch`, loops, `try`, and looks at the status of what ran before.

use tree_sitter::Node;

use super::{Lowering, Mode, leave};
use crate::frontend::powershell::kind;
use crate::frontend::{error_code, syntax, waiting};
use crate::procedure::{Arm, Attempt, Bound, Failure, Handler, Node as Step, Repetition};

impl<'t> Lowering<'_, 't, '_> {
    /// Whether an `if` asks for the status of what ran before, and whether its
    /// first arm is for failures.
    pub(super) fn status_check(&self, node: Node<'t>) -> Option<(bool, Node<'t>)> {
        let condition =
            node.child_by_field_name("condition").filter(|_| node.kind() == kind::IF)?;
        let text: String = self.script.slice(condition).to_ascii_lowercase();
        let code = text.contains("$lastexitcode");
        if !code && !text.contains("$?") {
            return None;
        }
        let works = if code { text.contains("-eq") } else { !text.contains(['!', 'n']) };
        Some((!works, node))
    }

    /// Steps whose status an `if` looks at.
    pub(super) fn checked(
        &mut self,
        steps: Vec<Step>,
        fails: bool,
        check: Node<'t>,
        mode: Mode,
    ) -> Step {
        let (then, otherwise) = arms_of(check);
        let then = then.map(|block| (self.statement(block, mode), self.leaves(block)));
        let otherwise = otherwise.map(|block| (self.statement(block, mode), self.leaves(block)));
        let (works, failure) = if fails { (otherwise, then) } else { (then, otherwise) };
        let mut body = steps;
        body.extend(works.map(|(steps, _)| steps).unwrap_or_default());
        let codes = error_code::named(self.script.slice(check));
        let handler =
            |(body, leaves)| Handler { codes: codes.clone(), leaves, body, ..Handler::default() };
        let handlers = failure.map(handler).into_iter().collect();
        Step::Attempt(Attempt { body, handlers, finally: Vec::new() })
    }

    pub(super) fn conditional(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut arms = Vec::new();
        let mut before = Vec::new();
        for (condition, body) in clauses_of(node) {
            let Some(condition) = condition else {
                arms.push(Arm { condition: None, body: self.statement(body, mode) });
                continue;
            };
            before.extend(self.statement(condition, mode));
            let mut steps = self.statement(body, mode);
            if self.says_locked(condition) == Some(false) {
                steps = self.guarded(condition, steps);
            }
            let text = Some(self.quote(condition));
            arms.push(Arm { condition: text, body: steps });
        }
        if let Some((Some(condition), _)) = clauses_of(node).first().copied()
            && self.says_locked(condition) == Some(true)
        {
            for arm in arms.iter_mut().skip(1) {
                arm.body = self.guarded(condition, std::mem::take(&mut arm.body));
            }
        }
        before.extend(branch(arms));
        before
    }

    pub(super) fn switch(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut arms = Vec::new();
        let mut clauses = Vec::new();
        let mut rest = Vec::new();
        syntax::walk(node, |inner| {
            match inner.kind() {
                kind::SWITCH_CLAUSE => clauses.push(inner),
                kind::STATEMENT_BLOCK | "switch_condition" => rest.push(inner),
                _ => return true,
            }
            false
        });
        for node in rest {
            steps.extend(self.statement(node, mode));
        }
        for clause in clauses {
            let mut cursor = clause.walk();
            let children: Vec<Node<'t>> = clause.named_children(&mut cursor).collect();
            let is_condition = |child: &&Node<'t>| child.kind() == kind::SWITCH_CONDITION;
            let condition = children.iter().find(is_condition).map(|node| self.quote(*node));
            let condition = condition.filter(|text| !text.eq_ignore_ascii_case("default"));
            let body: Vec<Node<'t>> =
                children.into_iter().filter(|child| !is_condition(&child)).collect();
            let mut body = self.statements(&body, mode);
            leave::stay(&mut body);
            arms.push(Arm { condition, body });
        }
        steps.extend(branch(arms));
        steps
    }

    pub(super) fn repeated(&mut self, node: Node<'t>, conditional: bool, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let (blocks, heads): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.kind() == kind::STATEMENT_BLOCK);
        let mut steps = Vec::new();
        let mut body = Vec::new();
        for head in &heads {
            let found = self.statement(*head, mode);
            if conditional { body.extend(found) } else { steps.extend(found) }
        }
        for block in blocks {
            body.extend(self.statement(block, mode));
        }
        if !body.is_empty() {
            let quoted: Vec<String> = heads.iter().map(|head| self.quote(*head)).collect();
            let condition = quoted.join(" ");
            let retries = conditional && asks_status(&condition);
            if retries {
                body = vec![tried(body)];
            }
            let ends = conditional && waiting::is_bounded(self.script.slice(node));
            let bound = if ends { Bound::Ends } else { Bound::Unseen };
            steps.push(Step::Loop(Repetition {
                condition,
                conditional,
                retries,
                bound,
                body,
                ..Repetition::default()
            }));
        }
        steps
    }

    pub(super) fn attempt(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut body = Vec::new();
        let mut handlers = Vec::new();
        let mut finally = Vec::new();
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for part in parts {
            match part.kind() {
                kind::CATCHES => {
                    let mut cursor = part.walk();
                    let clauses: Vec<Node<'t>> = part
                        .named_children(&mut cursor)
                        .filter(|clause| clause.kind() == kind::CATCH)
                        .collect();
                    handlers.extend(clauses.into_iter().map(|clause| self.handler(clause, mode)));
                }
                kind::FINALLY => finally = self.children(part, mode),
                _ => body.extend(self.statement(part, Mode { tried: true, ..mode })),
            }
        }
        let within = handlers.iter().any(|handler| !handler.body.is_empty());
        if body.is_empty() && finally.is_empty() && !within {
            return Vec::new();
        }
        if handlers.is_empty() {
            handlers.push(Handler { leaves: true, ..Handler::default() });
        }
        vec![Step::Attempt(Attempt { body, handlers, finally })]
    }

    fn handler(&mut self, clause: Node<'t>, mode: Mode) -> Handler {
        let mut cursor = clause.walk();
        let parts: Vec<Node<'t>> = clause.named_children(&mut cursor).collect();
        let types = parts.iter().find(|part| part.kind() == kind::CATCH_TYPES);
        let catches = types.map(|types| self.quote(*types));
        let leaves = parts.iter().any(|part| self.leaves(*part));
        let text = self.script.slice(clause);
        let says =
            text.split_once('{').map_or("", |(_, rest)| rest.trim_end().trim_end_matches('}'));
        let silent =
            says.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'));
        let codes = error_code::named(text);
        let body = self.children(clause, mode);
        Handler { catches, codes, silent, leaves, body, ..Handler::default() }
    }

    /// Whether a block or statement ends the script or the function.
    pub(super) fn leaves(&self, node: Node<'t>) -> bool {
        let mut found = false;
        let mut top = true;
        syntax::walk(node, |inner| {
            let word = self.script.slice(inner);
            let word = word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let goes = matches!(word.to_ascii_lowercase().as_str(), "throw" | "exit" | "return");
            found |= goes && matches!(inner.kind(), kind::FLOW | kind::COMMAND);
            let nested = matches!(
                inner.kind(),
                kind::IF | kind::SWITCH | kind::SCRIPT_BLOCK | kind::TRY | kind::FUNCTION
            );
            let deeper = top || !nested;
            top = false;
            deeper && !found
        });
        found
    }

    /// The condition of an `if` whose only arm goes away if it finds a lock.
    pub(super) fn turns_back(&self, node: Node<'t>) -> Option<Node<'t>> {
        let clauses = clauses_of(Some(node).filter(|node| node.kind() == kind::IF)?);
        let [(Some(condition), body)] = clauses.as_slice() else { return None };
        let text = self.script.slice(*body).to_ascii_lowercase();
        let goes = self.leaves(*body) || text.contains("continue") || text.contains("break");
        (goes && self.says_locked(*condition) == Some(true)).then_some(*condition)
    }
}

/// Whether a condition asks for the status of a command.
fn asks_status(condition: &str) -> bool {
    condition.contains("$?") || condition.to_ascii_lowercase().contains("$lastexitcode")
}

/// Steps whose failure is looked at behind them.
fn tried(mut body: Vec<Step>) -> Step {
    for step in &mut body {
        if let Step::Call(operation) = step {
            operation.failure = Failure::Raises;
        }
    }
    Step::Attempt(Attempt { body, handlers: Vec::new(), finally: Vec::new() })
}

/// Each condition of an `if` with its block; the last one may have none.
fn clauses_of(node: Node<'_>) -> Vec<(Option<Node<'_>>, Node<'_>)> {
    let mut clauses = Vec::new();
    let condition = node.child_by_field_name("condition");
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        match child.kind() {
            kind::STATEMENT_BLOCK => clauses.push((condition, child)),
            kind::ELSEIFS => {
                let mut cursor = child.walk();
                let elseifs = child.named_children(&mut cursor);
                for elseif in elseifs.filter(|clause| clause.kind() == kind::ELSEIF) {
                    let mut cursor = elseif.walk();
                    let blocks = elseif.named_children(&mut cursor);
                    let block = blocks.filter(|it| it.kind() == kind::STATEMENT_BLOCK).last();
                    let condition = elseif.child_by_field_name("condition");
                    clauses.extend(block.map(|block| (condition, block)));
                }
            }
            kind::ELSE => clauses.push((None, child)),
            _ => {}
        }
    }
    clauses
}

/// The block of an `if` and that of its `else`.
fn arms_of(node: Node<'_>) -> (Option<Node<'_>>, Option<Node<'_>>) {
    let clauses = clauses_of(node);
    let then = clauses.first().map(|(_, block)| *block);
    let otherwise = clauses.iter().skip(1).map(|(_, block)| *block).next_back();
    (then, otherwise)
}

/// A branch, unless none of its arms does anything.
fn branch(arms: Vec<Arm>) -> Vec<Step> {
    if arms.iter().all(|arm| arm.body.is_empty()) {
        return Vec::new();
    }
    vec![Step::Branch(arms)]
}
