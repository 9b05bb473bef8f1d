//! Blocks and the statements in them.

use std::ops::Range;

use super::Pipeline;
use super::scan::Kind;
use crate::frontend::host::steps::Steps;
use crate::frontend::waiting;
use crate::problem::{Problem, ProblemKind};
use crate::procedure::{Bound, Failure, Invocation, Leave, Node, Repetition, Value};

/// Members that run a closure for each of some things.
const EACH: [&str; 6] = ["each", "eachWithIndex", "times", "collect", "forEach", "every"];

/// Signs with which a line ends that goes on in the next one.
const GOES_ON: [&str; 12] = ["+", "-", "=", ",", ".", "&", "|", "?", ":", ">", "<", "*"];

/// Words that go on with a statement behind its block.
const FOLLOWERS: [&str; 3] = ["else", "catch", "finally"];

impl<'s> Pipeline<'s, '_, '_> {
    /// The steps of a block.
    pub(super) fn block(&mut self, tokens: Range<usize>) -> Steps {
        let mut steps = Steps::default();
        if self.depth >= super::DEEPEST {
            self.refuse(&tokens);
            return steps;
        }
        self.depth += 1;
        let mut status: Option<&'s str> = None;
        let mut at = tokens.start;
        while at < tokens.end {
            if matches!(self.kind(at), Some(Kind::Break | Kind::Close)) {
                at += 1;
                continue;
            }
            let end = self.statement_end(at, tokens.end).max(at + 1);
            let asked = status.take();
            self.statement(at..end, asked, &mut steps);
            status = self.status_variable(at..end);
            at = end;
        }
        self.depth -= 1;
        steps
    }

    fn refuse(&mut self, tokens: &Range<usize>) {
        if !std::mem::replace(&mut self.too_deep, true) {
            let message =
                format!("nested more than {} deep; what is below is not read", super::DEEPEST);
            let at = self.bytes(tokens).start;
            let span = self.source.span(at..at);
            self.out.problems.push(Problem::at(ProblemKind::TooDeep, span, message));
        }
    }

    /// Where the statement at a token ends.
    pub(super) fn statement_end(&self, start: usize, limit: usize) -> usize {
        let mut at = start;
        while at < limit {
            match self.kind(at) {
                Some(Kind::Open(_)) => at = self.tokens[at].partner.max(at),
                Some(Kind::Close) => return at,
                Some(Kind::Break) => match self.goes_on(start, at, limit) {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => return at,
                },
                _ => {}
            }
            at = at.saturating_add(1);
        }
        limit
    }

    /// Where a statement goes on behind the end of a line, if it does.
    fn goes_on(&self, start: usize, at: usize, limit: usize) -> Option<usize> {
        if self.slice(at) == ";" {
            return None;
        }
        let number = (at + 1..limit).find(|next| self.kind(*next) != Some(Kind::Break))?;
        let next = self.slice(number);
        if FOLLOWERS.contains(&next) || matches!(next, "." | "?" | "&" | "|") {
            return Some(number);
        }
        let last = at - usize::from(at > start);
        let is_sign = self.kind(last) == Some(Kind::Sign);
        // `if (…)` and its like may have their block on the next line.
        let is_head = self.kind(last) == Some(Kind::Close)
            && matches!(self.slice(start), "if" | "for" | "while" | "else")
            && next == "{";
        let is_open = is_sign && GOES_ON.contains(&self.slice(last));
        (is_head || is_open || self.is(last, "else")).then_some(number)
    }

    fn statement(&mut self, tokens: Range<usize>, asked: Option<&str>, steps: &mut Steps) {
        if let Some(function) = self.function_with(tokens.start) {
            if function.end < tokens.end {
                self.expression(function.end..tokens.end, steps);
            }
            return;
        }
        match self.slice(tokens.start) {
            "if" => self.decision(tokens, asked, steps),
            "try" => self.attempt(tokens, steps),
            "switch" => self.switch(tokens, steps),
            "for" | "while" => self.repetition(tokens, steps),
            "throw" => {
                self.expression(tokens, steps);
                steps.extend([Node::Leave(Leave::Raise)]);
            }
            _ => self.expression(tokens, steps),
        }
    }

    /// The tokens of a function that is defined at a token.
    fn function_with(&self, start: usize) -> Option<Range<usize>> {
        // Words like `static` may stand before the type.
        let function = (start + 1..start + 6).find_map(|at| {
            let function = self.functions.get(self.slice(at))?;
            let is_here = function.tokens.start + 1 == at
                && (start..at).all(|word| self.kind(word) == Some(Kind::Word));
            is_here.then_some(function)
        })?;
        Some(function.tokens.clone())
    }

    /// The steps that an expression runs, in the order in which it names them.
    pub(super) fn expression(&mut self, tokens: Range<usize>, steps: &mut Steps) {
        let mut at = tokens.start;
        while at < tokens.end {
            let next = match self.kind(at) {
                Some(Kind::Word) => self.word(at, &tokens, steps),
                Some(Kind::Open(b'{')) => {
                    let close = self.tokens[at].partner.min(tokens.end);
                    self.closure(at, close, &tokens, steps);
                    Some(close + 1)
                }
                _ => None,
            };
            at = next.map_or(at + 1, |next| next.max(at + 1));
        }
    }

    /// A closure that no known block takes.
    fn closure(&mut self, open: usize, close: usize, within: &Range<usize>, steps: &mut Steps) {
        let inner = self.block(open + 1..close);
        let before = open.checked_sub(1).filter(|before| *before >= within.start);
        let repeats = before
            .is_some_and(|before| EACH.contains(&self.slice(before)) && self.follows_dot(before));
        if !repeats {
            return steps.append(inner);
        }
        let condition = self.quoted(within.start..open);
        let body = inner.finish();
        steps.extend([Node::Loop(Repetition { condition, body, ..Repetition::default() })]);
    }

    /// What a name starts; where it has dealt with what follows, the token behind
    /// that.
    fn word(&mut self, at: usize, within: &Range<usize>, steps: &mut Steps) -> Option<usize> {
        if let Some(end) = self.step(at, within, steps) {
            return Some(end);
        }
        if self.is_error(at) {
            steps.extend([Node::Leave(Leave::Raise)]);
            return None;
        }
        if let Some(node) = self.call(at, within.end) {
            steps.extend([node]);
            return None;
        }
        if self.follows_dot(at) {
            return None;
        }
        self.wrapped(at, within, steps)
    }

    /// Whether a name is the step that fails the build.
    pub(super) fn is_error(&self, at: usize) -> bool {
        self.is(at, "error")
            && !self.follows_dot(at)
            && matches!(self.kind(at + 1), Some(Kind::Text(_) | Kind::Open(b'(')))
    }

    /// A call of a function of the file.
    fn call(&self, at: usize, limit: usize) -> Option<Node> {
        let function = self.functions.get(self.slice(at))?;
        if function.tokens.contains(&at) && at < function.body.start {
            return None;
        }
        let arguments = match self.kind(at + 1) {
            Some(Kind::Open(b'(')) => at + 2..self.tokens[at + 1].partner.min(limit),
            Some(Kind::Text(_)) => at + 1..limit,
            _ => return None,
        };
        let mut given = Vec::new();
        let words = self.tokens[arguments.clone()]
            .iter()
            .zip(arguments)
            .filter(|(token, _)| matches!(token.kind, Kind::Text(_) | Kind::Word));
        for ((_, number), name) in words.zip(&function.parameters) {
            let value = self.value(number);
            given.push((format!("${name}"), value.clone()));
            given.push((format!("${{{name}}}"), value));
        }
        Some(Node::Invoke(Invocation {
            procedure: function.span,
            given,
            failure: Failure::Raises,
            process: false,
            body: Vec::new(),
        }))
    }

    fn value(&self, number: usize) -> Value {
        let text = self.slice(number);
        match self.kind(number) {
            Some(Kind::Text(quote)) if !text.contains(['$', '\\']) => {
                let length = quote.length();
                let inner = text.get(length..text.len().saturating_sub(length));
                Value::Text(inner.unwrap_or_default().to_owned())
            }
            Some(Kind::Word) => match self.plain(text) {
                Some(known) => Value::Text(known.to_owned()),
                None => Value::unknown(text),
            },
            _ => Value::unknown(text.trim_matches(['"', '\''])),
        }
    }

    fn repetition(&mut self, tokens: Range<usize>, steps: &mut Steps) {
        let open = tokens.start + 1;
        if self.kind(open) != Some(Kind::Open(b'(')) {
            return;
        }
        let close = self.tokens[open].partner.min(tokens.end);
        let condition = self.quoted(open + 1..close);
        let is_conditional = self.is(tokens.start, "while");
        let mut body = Steps::default();
        self.expression(open + 1..close, &mut body);
        self.body(close + 1..tokens.end, &mut body);
        let text = &self.source.text[self.bytes(&tokens)];
        let bounded = is_conditional && waiting::is_bounded(text);
        steps.extend([Node::Loop(Repetition {
            condition,
            conditional: is_conditional,
            retries: false,
            bound: if bounded { Bound::Ends } else { Bound::Unseen },
            body: body.finish(),
            ..Repetition::default()
        })]);
    }

    /// A block in braces, or one statement.
    pub(super) fn body(&mut self, tokens: Range<usize>, steps: &mut Steps) {
        let start = (tokens.start..tokens.end).find(|at| self.kind(*at) != Some(Kind::Break));
        let Some(start) = start else { return };
        let inner = if self.kind(start) == Some(Kind::Open(b'{')) {
            start + 1..self.tokens[start].partner.min(tokens.end)
        } else {
            start..tokens.end
        };
        let inner = self.block(inner);
        steps.append(inner);
    }

    /// The text of tokens, on one line and not too long.
    pub(super) fn quoted(&self, tokens: Range<usize>) -> String {
        let text = &self.source.text[self.bytes(&tokens)];
        let text = &text[..text.floor_char_boundary(400)];
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").chars().take(120).collect()
    }
}
