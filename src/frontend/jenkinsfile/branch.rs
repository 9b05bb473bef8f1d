//! Statements that decide: `if`, `switch`, `try`, and looks at a status or at the
//! lock.

use std::ops::Range;

use super::Pipeline;
use super::scan::Kind;
use crate::frontend::host::steps::{Look, Steps, guarded};
use crate::frontend::{error_code, lock_state};
use crate::procedure::{Arm, Attempt, Failure, Handler, Leave, Node, Target};

/// Signs of a condition that holds when there is nothing.
const NOTHING: [&str; 8] =
    ["isEmpty()", "== ''", "== \"\"", "== null", "== '[]'", "== 0", "== '0'", "== 'null'"];

impl Pipeline<'_, '_, '_> {
    /// `if (…) … else …`
    pub(super) fn decision(
        &mut self,
        tokens: Range<usize>,
        asked: Option<&str>,
        steps: &mut Steps,
    ) {
        let open = tokens.start + 1;
        if self.kind(open) != Some(Kind::Open(b'(')) {
            return;
        }
        let close = self.tokens[open].partner.min(tokens.end);
        let condition = open + 1..close;
        let (then, otherwise) = self.arms(close + 1..tokens.end);
        let text = self.source.text[self.bytes(&condition)].to_owned();
        if let Some(locked) = self.says_locked(&condition, &text) {
            return self.look(condition, locked, (then, otherwise), steps);
        }
        let asks = (condition.clone()).any(|at| self.is(at, "returnStatus"))
            || asked.is_some_and(|name| condition.clone().any(|at| self.is(at, name)));
        if asks && let Some(works) = asks_for_success(&text) {
            return self.status(condition, asked.is_some(), works, (then, otherwise), steps);
        }
        self.expression(condition.clone(), steps);
        let mut arms =
            vec![Arm { condition: Some(self.quoted(condition)), body: self.apart(then) }];
        if let Some(otherwise) = otherwise {
            arms.push(Arm { condition: None, body: self.apart(otherwise) });
        }
        steps.extend([Node::Branch(arms)]);
    }

    /// The arms behind a condition.
    fn arms(&self, tokens: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
        let mut at = tokens.start;
        while at < tokens.end {
            if self.is(at, "else") {
                return (tokens.start..at, Some(at + 1..tokens.end));
            }
            at = match self.kind(at) {
                Some(Kind::Open(_)) => self.tokens[at].partner.saturating_add(1),
                _ => at + 1,
            };
        }
        (tokens, None)
    }

    /// The steps of a block that may not run; what it looks at guards nothing
    /// outside.
    pub(super) fn apart(&mut self, tokens: Range<usize>) -> Vec<Node> {
        let mut steps = Steps::default();
        self.body(tokens, &mut steps);
        steps.finish()
    }

    /// Whether a condition holds for a locked instance, or for one that is not;
    /// none if it does not ask.
    fn says_locked(&self, condition: &Range<usize>, text: &str) -> Option<bool> {
        let uses = condition
            .clone()
            .any(|at| self.kind(at) == Some(Kind::Word) && self.looks.contains_key(self.slice(at)));
        if text.len() > 4096 || !uses && !lock_state::is_mentioned(text) {
            return None;
        }
        let negated = text.trim_start().starts_with('!');
        let for_nothing = NOTHING.iter().any(|sign| text.contains(sign))
            || text.contains("!=") && text.contains("security");
        Some(negated == for_nothing)
    }

    fn look(
        &mut self,
        condition: Range<usize>,
        locked: bool,
        (then, otherwise): (Range<usize>, Option<Range<usize>>),
        steps: &mut Steps,
    ) {
        self.expression(condition.clone(), steps);
        let span = self.source.span(self.bytes(&condition));
        let look = Look { span, target: Target::Unknown };
        let leaves = self.leaves(&then);
        let then_body = self.apart(then);
        let else_body = otherwise.map(|tokens| self.apart(tokens)).unwrap_or_default();
        let (free, bound) = if locked { (else_body, then_body) } else { (then_body, else_body) };
        if !bound.is_empty() {
            let condition = Some(self.quoted(condition));
            steps.extend([Node::Branch(vec![Arm { condition, body: bound }])]);
        }
        steps.extend(guarded(&look, free));
        if locked && leaves {
            steps.look(look);
        }
    }

    /// An `if` that asks whether a step worked.
    fn status(
        &mut self,
        condition: Range<usize>,
        ran_before: bool,
        works: bool,
        (then, otherwise): (Range<usize>, Option<Range<usize>>),
        steps: &mut Steps,
    ) {
        let mut body = Steps::default();
        if ran_before {
            body.extend(steps.take_last());
        } else {
            self.expression(condition, &mut body);
        }
        let mut body = body.finish();
        if let Some(Node::Invoke(invocation)) = body.last_mut() {
            invocation.failure = Failure::Raises;
        }
        let none = then.end..then.end;
        let otherwise = otherwise.unwrap_or(none);
        let (worked, failed) = if works { (then, otherwise) } else { (otherwise, then) };
        let leaves = self.leaves(&failed);
        let text = &self.source.text[self.bytes(&failed)];
        let codes = error_code::named(text);
        body.extend(self.apart(worked));
        let handler = Handler { codes, leaves, body: self.apart(failed), ..Handler::default() };
        let (handlers, finally) = (vec![handler], Vec::new());
        steps.extend([Node::Attempt(Attempt { body, handlers, finally })]);
    }

    /// Whether a block ends the build, or what it is part of.
    fn leaves(&self, tokens: &Range<usize>) -> bool {
        tokens.clone().any(|at| self.is(at, "throw") || self.is(at, "return") || self.is_error(at))
    }

    /// `try {…} catch (…) {…} finally {…}`
    pub(super) fn attempt(&mut self, tokens: Range<usize>, steps: &mut Steps) {
        let parts = self.clauses(tokens.start + 1..tokens.end);
        let (mut body, mut handlers, mut finally) = (Vec::new(), Vec::new(), Vec::new());
        for (word, head, block) in parts {
            match word {
                "catch" => handlers.push(self.handler(head, block)),
                "finally" => finally = self.apart(block),
                _ => body = self.apart(block),
            }
        }
        if handlers.is_empty() {
            handlers.push(Handler {
                leaves: true,
                body: vec![Node::Leave(Leave::Raise)],
                ..Handler::default()
            });
        }
        steps.extend([Node::Attempt(Attempt { body, handlers, finally })]);
    }

    fn handler(&mut self, head: Range<usize>, block: Range<usize>) -> Handler {
        let leaves = block.clone().any(|at| self.is(at, "throw") || self.is_error(at));
        let silent = !block.clone().any(|at| {
            !matches!(self.kind(at), Some(Kind::Open(_) | Kind::Close | Kind::Break) | None)
        });
        let text = &self.source.text[self.bytes(&block)];
        let codes = error_code::named(text);
        let body = self.apart(block);
        let catches = Some(self.quoted(head));
        Handler { catches, codes, silent, leaves, body, ..Handler::default() }
    }

    /// The clauses of a `try`: the word before each, what it takes, its block.
    fn clauses(&self, tokens: Range<usize>) -> Vec<(&'static str, Range<usize>, Range<usize>)> {
        let mut found = Vec::new();
        let (mut word, mut head) = ("try", tokens.start..tokens.start);
        let mut at = tokens.start;
        while at < tokens.end {
            match self.kind(at) {
                Some(Kind::Open(b'{')) => {
                    let close = self.tokens[at].partner.min(tokens.end);
                    found.push((word, head.clone(), at..(close + 1).min(tokens.end)));
                    at = close;
                }
                Some(Kind::Open(_)) => {
                    let close = self.tokens[at].partner.min(tokens.end);
                    head = at + 1..close;
                    at = close;
                }
                _ if self.is(at, "catch") => word = "catch",
                _ if self.is(at, "finally") => word = "finally",
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// `switch (…) { case …: … }`
    pub(super) fn switch(&mut self, tokens: Range<usize>, steps: &mut Steps) {
        let Some(open) = tokens.clone().find(|at| self.kind(*at) == Some(Kind::Open(b'{'))) else {
            return;
        };
        self.expression(tokens.start + 1..open, steps);
        let close = self.tokens[open].partner.min(tokens.end);
        let mut cases: Vec<usize> = Vec::new();
        let mut at = open + 1;
        while at < close {
            if self.is(at, "case") || self.is(at, "default") {
                cases.push(at);
            }
            at = match self.kind(at) {
                Some(Kind::Open(_)) => self.tokens[at].partner.saturating_add(1),
                _ => at + 1,
            };
        }
        let ends = cases.iter().skip(1).copied().chain([close]);
        let mut arms = Vec::new();
        for (start, end) in cases.iter().copied().zip(ends) {
            let colon = (start..end).find(|at| self.is(*at, ":")).unwrap_or(start);
            let condition = self.is(start, "case").then(|| self.quoted(start + 1..colon));
            arms.push(Arm { condition, body: self.block(colon + 1..end).finish() });
        }
        steps.extend([Node::Branch(arms)]);
    }
}

/// Whether a condition about a status holds if the step worked; none if it does
/// not compare.
fn asks_for_success(text: &str) -> Option<bool> {
    let text: String = text.split_whitespace().collect();
    if text.ends_with("==0") {
        return Some(true);
    }
    let fails = ["!=0", ">0", "==1"].iter().any(|sign| text.ends_with(sign));
    fails.then_some(false)
}
