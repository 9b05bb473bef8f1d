//! `if`, `case` and loops.

use tree_sitter::Node;

use super::guard::last_of;
use super::handler::Handling;
use super::look::is_negated;
use super::{Lowering, Mode, guard, raises};
use crate::frontend::shell::kind;
use crate::frontend::waiting;
use crate::procedure::{Arm, Attempt, Bound, Node as Step, Repetition};

/// How many conditions with steps of their own are nested into one another; the
/// rest are laid side by side.
pub(super) const MOST_NESTED: usize = 20;

/// What a condition that makes calls leads to: steps, whether they end the
/// procedure, and what they make of errors.
type Way<'t> = (Vec<Step>, bool, Handling<'t>);

/// A condition and what it decides.
pub(super) struct Clause<'t> {
    pub(super) condition: Vec<Node<'t>>,
    pub(super) body: Vec<Node<'t>>,
}

impl<'t> Lowering<'_, 't, '_> {
    pub(super) fn conditional(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let (clauses, otherwise) = clauses_of(node);
        let mut arms: Vec<Arm> = Vec::new();
        let mut leaves = false;
        let mut error = Handling::default();
        if let Some(otherwise) = otherwise {
            error = self.handling(&[otherwise]);
            leaves = self.block_leaves(otherwise);
            let free = self.free.len();
            for clause in &clauses {
                self.free_where(last_of(&clause.condition), false);
            }
            arms.push(Arm { condition: None, body: self.children(otherwise, mode) });
            self.free.truncate(free);
        }
        for (nested, clause) in clauses.into_iter().rev().enumerate() {
            let free = self.free.len();
            self.free_where(last_of(&clause.condition), true);
            let body = self.statements(&clause.body, mode);
            self.free.truncate(free);
            let look = self.sole_look(&clause.condition).filter(|_| nested < MOST_NESTED);
            if let Some(look) = look {
                let mut steps = self.statements(&clause.condition, mode.masked());
                steps.extend(look.decides(body, branch(std::mem::take(&mut arms))));
                arms.push(Arm { condition: None, body: steps });
                (leaves, error) = (false, Handling::default());
                continue;
            }
            let condition = self.tried(&clause.condition, mode);
            let text_of = self.condition_text(&clause.condition);
            let Some(text) =
                text_of.clone().filter(|_| condition.is_empty() || nested >= MOST_NESTED)
            else {
                let had_else = !arms.is_empty();
                let rest = branch(std::mem::take(&mut arms));
                let error_found = last_of(&clause.condition).filter(|it| self.finds_error(*it));
                let catches = match error_found.and(text_of.clone()) {
                    Some(text) => self.searched_for(text, &clause.body),
                    None => self.handling(&clause.body),
                };
                let then = (body, self.any_leaves(&clause.body), catches);
                let otherwise = had_else.then_some((rest, leaves, std::mem::take(&mut error)));
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
        then: Way<'t>,
        otherwise: Option<Way<'t>>,
    ) -> Vec<Step> {
        let text = self.condition_text(nodes);
        let denies = |node| is_negated(node) != self.finds_error(node);
        let negated = last_of(nodes).is_some_and(denies);
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
        let handler = |(body, leaves, handling): Way<'t>| handling.handler(leaves, body);
        let handlers = fails.map(handler).into_iter().collect();
        vec![Step::Attempt(Attempt { body, handlers, finally: Vec::new() })]
    }

    /// The steps of a condition. Where a pipeline searches for the error of a call,
    /// that fails if it is found.
    fn tried(&mut self, nodes: &[Node<'t>], mode: Mode) -> Vec<Step> {
        let pipeline = last_of(nodes).filter(|node| self.finds_error(*node));
        let Some(pipeline) = pipeline else { return self.statements(nodes, mode.watched()) };
        let mut steps = Vec::new();
        for part in guard::statements_in(pipeline) {
            steps.extend(self.statement(part, mode.watched()));
        }
        steps
    }

    /// Whether a condition is a pipeline that holds if it finds the code of an error.
    fn finds_error(&self, node: Node<'t>) -> bool {
        let last = node.named_child_count().checked_sub(1);
        let last = last.and_then(|last| node.named_child(u32::try_from(last).ok()?));
        let finds = |last| self.script.slice(last).contains("grep") && self.searches(last);
        node.kind() == kind::PIPELINE && last.is_some_and(finds)
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
        let look = self.sole_look(&conditions);
        let unseen = if look.is_some() { mode.masked() } else { mode.watched() };
        let mut body = self.statements(&conditions, unseen);
        let until = node.child(0).is_some_and(|word| word.kind() == "until");
        let negated = last_of(&conditions).is_some_and(is_negated);
        let retries = raises(&body) && until != negated;
        if raises(&body) {
            let group = node.child_by_field_name("body");
            let handling = self.handling(&group.map(guard::statements_in).unwrap_or_default());
            let known = handling.tells_apart().then(|| handling.handler(false, Vec::new()));
            let handlers = known.into_iter().collect();
            body = vec![Step::Attempt(Attempt { body, handlers, finally: Vec::new() })];
        }
        if let Some(group) = node.child_by_field_name("body") {
            body.extend(self.children(group, mode));
        }
        let condition = self.condition_text(&conditions).unwrap_or_default();
        let reads = condition.split_whitespace().any(|word| matches!(word, "read" | "getopts"));
        let ends = reads || waiting::is_bounded(self.script.slice(node));
        let bound = if ends { Bound::Ends } else { Bound::Unseen };
        let mut steps = repetition(Repetition {
            condition,
            conditional: true,
            retries,
            bound,
            body,
            ..Repetition::default()
        });
        let breaks =
            self.script.slice(node).split_whitespace().any(|word| word.starts_with("break"));
        steps.extend(look.filter(|_| !breaks).and_then(|look| look.bars(until)));
        steps
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
        let mut body = self.children(group, mode);
        if let Some(chosen) = heads.iter().find(|head| self.looks().chooses_unlocked(**head)) {
            body = self.chosen(*chosen, body);
        }
        steps.extend(repetition(Repetition { condition, body, ..Repetition::default() }));
        steps
    }

    pub(super) fn case(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut items = Vec::new();
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            if child.kind() == kind::CASE_ITEM {
                items.push(child);
            } else {
                steps.extend(self.substitutions(child, mode.masked()));
            }
        }
        let looks = self.told_items(node);
        let mut arms: Vec<Arm> = Vec::new();
        for (nested, (item, look)) in items.into_iter().zip(looks).rev().enumerate() {
            let arm = self.case_item(item, mode);
            let Some(look) = look.filter(|_| nested < MOST_NESTED) else {
                arms.push(arm);
                continue;
            };
            let rest = branch(std::mem::take(&mut arms));
            arms.push(Arm { condition: None, body: look.decides(arm.body, rest) });
        }
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
}

/// The clauses of an `if`, and its `else`.
pub(super) fn clauses_of(node: Node<'_>) -> (Vec<Clause<'_>>, Option<Node<'_>>) {
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
