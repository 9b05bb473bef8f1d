//! `if`, `case`, loops, and the lists of `&&` and `||`.

use tree_sitter::Node;

use super::{Lowering, Mode, leave, raises};
use crate::frontend::shell::kind;
use crate::frontend::{error_code, waiting};
use crate::procedure::{Arm, Attempt, Bound, Handler, Node as Step, Repetition};

/// How many conditions with steps of their own are nested into one another; the
/// rest are laid side by side.
const MOST_NESTED: usize = 20;

/// What a condition that makes calls leads to: steps, whether they end the
/// procedure, and the error that they ask for.
type Way = (Vec<Step>, bool, Option<String>);

/// A condition and what it decides.
struct Clause<'t> {
    condition: Vec<Node<'t>>,
    body: Vec<Node<'t>>,
}

impl<'t> Lowering<'_, 't, '_> {
    pub(super) fn conditional(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let (clauses, otherwise) = clauses_of(node);
        let mut arms: Vec<Arm> = Vec::new();
        let mut leaves = false;
        let mut error = None;
        if let Some(otherwise) = otherwise {
            error = self.catches(&[otherwise]);
            leaves = self.block_leaves(otherwise);
            arms.push(Arm { condition: None, body: self.children(otherwise, mode) });
        }
        for (nested, clause) in clauses.into_iter().rev().enumerate() {
            let condition = self.statements(&clause.condition, mode.watched());
            let look = condition_of(&clause.condition)
                .and_then(|node| Some((node, self.says_locked(node)?)));
            let mut body = self.statements(&clause.body, mode);
            match look {
                Some((node, false)) => body = self.guarded(node, body),
                Some((node, true)) if !arms.is_empty() => {
                    let rest = self.guarded(node, branch(std::mem::take(&mut arms)));
                    arms.push(Arm { condition: None, body: rest });
                }
                _ => {}
            }
            let text = self.condition_text(&clause.condition);
            let Some(text) = text.filter(|_| condition.is_empty() || nested >= MOST_NESTED) else {
                let had_else = !arms.is_empty();
                let rest = branch(std::mem::take(&mut arms));
                let catches = self.catches(&clause.body);
                let then = (body, self.any_leaves(&clause.body), catches);
                let otherwise = had_else.then_some((rest, leaves, error.take()));
                let steps = self.decided(&clause.condition, condition, then, otherwise);
                arms.push(Arm { condition: None, body: steps });
                leaves = false;
                continue;
            };
            let mut all = condition;
            all.extend(body);
            arms.push(Arm { condition: Some(text), body: all });
            leaves = false;
        }
        branch(arms)
    }

    /// A condition that makes calls, and its two ways out.
    fn decided(
        &self,
        nodes: &[Node<'t>],
        condition: Vec<Step>,
        then: Way,
        otherwise: Option<Way>,
    ) -> Vec<Step> {
        let text = self.condition_text(nodes);
        let negated = condition_of(nodes).is_some_and(|node| node.kind() == kind::NEGATED);
        if !raises(&condition) {
            let mut steps = condition;
            let last = otherwise.map(|(body, ..)| Arm { condition: None, body });
            let first = Arm { condition: text, body: then.0 };
            steps.extend(branch(last.into_iter().chain([first]).collect()));
            return steps;
        }
        let (works, fails) =
            if negated { (otherwise, Some(then)) } else { (Some(then), otherwise) };
        let mut body = condition;
        body.extend(works.map(|(steps, ..)| steps).unwrap_or_default());
        let handler =
            |(body, leaves, catches)| Handler { catches, leaves, body, ..Handler::default() };
        let handlers = fails.map(handler).into_iter().collect();
        vec![Step::Attempt(Attempt { body, handlers, finally: Vec::new() })]
    }

    fn condition_text(&self, nodes: &[Node<'t>]) -> Option<String> {
        let mut named = nodes.iter().filter(|node| node.is_named());
        let first = named.next()?;
        let last = named.next_back().unwrap_or(first);
        Some(self.quote(first.start_byte(), last.end_byte()))
    }

    pub(super) fn repeated(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let conditions: Vec<Node<'t>> =
            node.children_by_field_name("condition", &mut cursor).filter(Node::is_named).collect();
        let mut body = self.statements(&conditions, mode.watched());
        let until = node.child(0).is_some_and(|word| word.kind() == "until");
        let negated = condition_of(&conditions).is_some_and(|it| it.kind() == kind::NEGATED);
        let retries = raises(&body) && until != negated;
        if raises(&body) {
            body = vec![Step::Attempt(Attempt { body, handlers: Vec::new(), finally: Vec::new() })];
        }
        if let Some(group) = node.child_by_field_name("body") {
            body.extend(self.children(group, mode));
        }
        let condition = self.condition_text(&conditions).unwrap_or_default();
        let reads = condition.split_whitespace().any(|word| matches!(word, "read" | "getopts"));
        let ends = reads || waiting::is_bounded(self.script.slice(node));
        let bound = if ends { Bound::Ends } else { Bound::Unseen };
        repetition(Repetition { condition, conditional: true, retries, bound, body })
    }

    pub(super) fn each(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let Some(group) = node.child_by_field_name("body") else { return Vec::new() };
        let mut steps = Vec::new();
        let mut cursor = node.walk();
        let heads: Vec<Node<'t>> =
            node.named_children(&mut cursor).filter(|child| *child != group).collect();
        for head in &heads {
            steps.extend(self.substitutions(*head, mode.masked()));
        }
        let start = heads.first().map_or(node.start_byte(), Node::start_byte);
        let end = heads.last().map_or(start, Node::end_byte);
        let condition = self.quote(start, end);
        let body = self.children(group, mode);
        steps.extend(repetition(Repetition { condition, body, ..Repetition::default() }));
        steps
    }

    pub(super) fn case(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut arms = Vec::new();
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            if child.kind() == kind::CASE_ITEM {
                arms.push(self.case_item(child, mode));
            } else {
                steps.extend(self.substitutions(child, mode.masked()));
            }
        }
        arms.reverse();
        steps.extend(branch(arms));
        steps
    }

    fn case_item(&mut self, item: Node<'t>, mode: Mode) -> Arm {
        let mut cursor = item.walk();
        let patterns: Vec<Node<'t>> = item.children_by_field_name("value", &mut cursor).collect();
        let mut cursor = item.walk();
        let body: Vec<Node<'t>> =
            item.named_children(&mut cursor).filter(|child| !patterns.contains(child)).collect();
        let condition = self.condition_text(&patterns).filter(|pattern| pattern != "*");
        Arm { condition, body: self.statements(&body, mode) }
    }

    /// `a && b || c`, from left to right.
    pub(super) fn list(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let (first, rest) = operands(node);
        let mut chain =
            Chain { steps: self.statement(first, mode.watched()), attempt: false, alternatives: 0 };
        let mut end = first.end_byte();
        for (index, (and, operand)) in rest.iter().enumerate() {
            let last = index + 1 == rest.len();
            let watched = !last || (*and && raises(&chain.steps));
            let mode = if watched { mode.watched() } else { mode };
            let mut body = if *and {
                self.statement(*operand, mode)
            } else {
                self.after_failure(std::slice::from_ref(operand), mode)
            };
            if index == 0 && self.says_locked(first) == Some(!*and) {
                body = self.guarded(first, body);
            }
            let condition = self.quote(first.start_byte(), end);
            if *and {
                chain.and(condition, body);
            } else {
                let handler = Handler {
                    catches: self.catches(&[*operand]),
                    codes: error_code::named(self.script.slice(*operand)),
                    silent: matches!(self.script.slice(*operand).trim(), "true" | ":"),
                    leaves: self.leaves(*operand),
                    body,
                    ..Handler::default()
                };
                chain.or(&condition, handler);
            }
            end = operand.end_byte();
        }
        chain.finish()
    }

    /// Whether a statement ends the script or the function.
    pub(super) fn leaves(&self, node: Node<'t>) -> bool {
        match node.kind() {
            kind::COMMAND => {
                let name = node.child_by_field_name("name");
                let name = name.map_or("", |name| self.script.slice(name));
                leave::ends(name) || self.function_exits(name)
            }
            kind::COMPOUND => self.block_leaves(node),
            kind::REDIRECTED => node.child_by_field_name("body").is_some_and(|body| {
                body.kind() == kind::COMMAND && self.leaves(body)
                    || body.kind() == kind::COMPOUND && self.block_leaves(body)
            }),
            kind::LIST => operands(node)
                .1
                .last()
                .is_some_and(|(_, last)| last.kind() == kind::COMMAND && self.leaves(*last)),
            _ => false,
        }
    }

    pub(super) fn any_leaves(&self, nodes: &[Node<'t>]) -> bool {
        nodes.iter().any(|node| {
            matches!(node.kind(), kind::COMMAND | kind::REDIRECTED) && self.leaves(*node)
        })
    }

    fn block_leaves(&self, block: Node<'t>) -> bool {
        let mut cursor = block.walk();
        let nodes: Vec<Node<'t>> = block.named_children(&mut cursor).collect();
        self.any_leaves(&nodes)
    }

    /// Whether a function of the script exits at its end or on the way.
    fn function_exits(&self, name: &str) -> bool {
        let Some(scope) = self.script.function(name) else { return false };
        let body = self.script.scopes[scope].node.child_by_field_name("body");
        let Some(body) = body else { return false };
        let mut cursor = body.walk();
        body.named_children(&mut cursor).any(|node| {
            let name = node.child_by_field_name("name");
            name.is_some_and(|name| self.script.slice(name) == "exit")
        })
    }
}

/// The steps of a list so far.
struct Chain {
    steps: Vec<Step>,
    /// Whether they are the body of an attempt that is not closed yet.
    attempt: bool,
    /// How many `||` there were.
    alternatives: usize,
}

impl Chain {
    fn and(&mut self, condition: String, body: Vec<Step>) {
        if raises(&self.steps) {
            self.attempt = true;
            self.steps.extend(body);
        } else if !body.is_empty() {
            self.steps.push(Step::Branch(vec![Arm { condition: Some(condition), body }]));
        }
    }

    fn or(&mut self, condition: &str, handler: Handler) {
        self.alternatives += 1;
        if self.alternatives > MOST_NESTED
            && let Some(Step::Attempt(attempt)) = self.steps.last_mut()
            && let Some(last) = attempt.handlers.last_mut()
        {
            last.body.extend(handler.body);
            last.leaves |= handler.leaves;
        } else if raises(&self.steps) {
            let steps = std::mem::take(&mut self.steps);
            let handlers = vec![handler];
            self.attempt = false;
            let attempt = Attempt { body: steps, handlers, finally: Vec::new() };
            self.steps.push(Step::Attempt(attempt));
        } else if handler.body.is_empty() {
        } else if let Some(Step::Branch(arms)) = self.steps.last_mut() {
            arms.push(Arm { condition: None, body: handler.body });
        } else {
            let condition = Some(format!("! {condition}"));
            self.steps.push(Step::Branch(vec![Arm { condition, body: handler.body }]));
        }
    }

    fn finish(self) -> Vec<Step> {
        if !self.attempt {
            return self.steps;
        }
        let (handlers, finally) = (Vec::new(), Vec::new());
        vec![Step::Attempt(Attempt { body: self.steps, handlers, finally })]
    }
}

/// The first operand of a list, and each further one with whether `&&` stands
/// before it. Lists nest to the left, as deep as they are long.
fn operands(list: Node<'_>) -> (Node<'_>, Vec<(bool, Node<'_>)>) {
    let mut rest = Vec::new();
    let mut node = list;
    while node.kind() == kind::LIST {
        let mut cursor = node.walk();
        let parts: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut cursor = node.walk();
        let and = node.children(&mut cursor).any(|token| token.kind() == "&&");
        let [left, .., right] = parts.as_slice() else { break };
        rest.push((and, *right));
        node = *left;
    }
    rest.reverse();
    (node, rest)
}

/// The command whose status decides a condition.
fn condition_of<'t>(nodes: &[Node<'t>]) -> Option<Node<'t>> {
    nodes.iter().rev().find(|node| node.is_named()).copied()
}

/// The clauses of an `if`, and its `else`.
fn clauses_of(node: Node<'_>) -> (Vec<Clause<'_>>, Option<Node<'_>>) {
    let mut clauses = Vec::new();
    let mut otherwise = None;
    let mut clause = Clause { condition: Vec::new(), body: Vec::new() };
    let mut decided = false;
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "then" => decided = true,
            "if" | "fi" => {}
            kind::ELIF => clauses.push(clause_of(child)),
            kind::ELSE => otherwise = Some(child),
            _ if decided => clause.body.push(child),
            _ => clause.condition.push(child),
        }
    }
    clauses.insert(0, clause);
    (clauses, otherwise)
}

fn clause_of(elif: Node<'_>) -> Clause<'_> {
    let mut clause = Clause { condition: Vec::new(), body: Vec::new() };
    let mut decided = false;
    let mut cursor = elif.walk();
    for child in elif.children(&mut cursor) {
        match child.kind() {
            "then" => decided = true,
            "elif" => {}
            _ if decided => clause.body.push(child),
            _ => clause.condition.push(child),
        }
    }
    clause
}

/// A branch of arms that were collected from the last to the first; the last
/// resort alone is no branch.
fn branch(mut arms: Vec<Arm>) -> Vec<Step> {
    arms.reverse();
    if arms.iter().all(|arm| arm.body.is_empty()) {
        return Vec::new();
    }
    match arms.as_mut_slice() {
        [Arm { condition: None, body }] => std::mem::take(body),
        _ => vec![Step::Branch(arms)],
    }
}

fn repetition(repetition: Repetition) -> Vec<Step> {
    if repetition.body.is_empty() { Vec::new() } else { vec![Step::Loop(repetition)] }
}
