//! Blocks with a name: stages and what surrounds steps.

use std::ops::Range;

use super::Pipeline;
use super::scan::Kind;
use crate::frontend::host::settings::Setting;
use crate::frontend::host::steps::{Steps, in_any_case, retried};
use crate::procedure::{Arm, Attempt, Handler, Leave, Node, Repetition};

/// Blocks that run nothing.
const IDLE: [&str; 8] =
    ["parameters", "triggers", "tools", "agent", "libraries", "options", "properties", "input"];

/// Conditions of `post` under which its block runs whether the rest fails or not.
const ANYWAY: [&str; 3] = ["always", "cleanup", "changed"];

/// Those under which it runs after a failure.
const FAILED: [&str; 5] = ["failure", "unsuccessful", "regression", "aborted", "unstable"];

impl<'s> Pipeline<'s, '_, '_> {
    /// The block that a name starts, and the token behind it.
    pub(super) fn wrapped(
        &mut self,
        at: usize,
        within: &Range<usize>,
        steps: &mut Steps,
    ) -> Option<usize> {
        let (head, open) = self.head(at, within.end)?;
        let close = self.tokens[open].partner.min(within.end);
        let inner = open + 1..close;
        match self.slice(at) {
            name if IDLE.contains(&name) => {}
            "post" | "when" => {}
            "pipeline" | "stage" | "matrix" => self.section(head, inner, steps),
            "environment" => {
                self.environment(&inner);
                self.pass(inner, steps);
            }
            "withEnv" => {
                let outer = self.settings.clone();
                self.pairs(&head);
                self.pass(inner, steps);
                self.settings = outer;
            }
            "retry" | "waitUntil" => {
                self.repeated(self.slice(at) == "retry", at..open, inner, steps);
            }
            "catchError" | "warnError" => self.caught(&head, inner, steps),
            _ => {
                self.expression(head, steps);
                self.pass(inner, steps);
            }
        }
        Some(close + 1)
    }

    /// What stands between a name and its block, and where that opens.
    fn head(&self, at: usize, limit: usize) -> Option<(Range<usize>, usize)> {
        match self.kind(at + 1)? {
            Kind::Open(b'{') if at + 1 < limit => Some((at + 1..at + 1, at + 1)),
            Kind::Open(b'(') => {
                let close = self.tokens[at + 1].partner;
                let open = close.checked_add(1).filter(|open| *open < limit)?;
                (self.kind(open) == Some(Kind::Open(b'{'))).then_some((at + 2..close, open))
            }
            Kind::Text(_) if self.kind(at + 2) == Some(Kind::Open(b'{')) && at + 2 < limit => {
                Some((at + 1..at + 2, at + 2))
            }
            _ => None,
        }
    }

    fn pass(&mut self, inner: Range<usize>, steps: &mut Steps) {
        let inner = self.block(inner);
        steps.append(inner);
    }

    /// A stage or the whole pipeline: what it does, and what it does afterwards.
    fn section(&mut self, head: Range<usize>, inner: Range<usize>, steps: &mut Steps) {
        let outer = self.settings.clone();
        self.expression(head, steps);
        let blocks = self.blocks(&inner);
        // What `environment` sets holds in all of the section, wherever it stands.
        for (name, block) in &blocks {
            if *name == "environment" {
                self.environment(block);
            }
        }
        let (nodes, looks) = self.block(inner).finish_with_looks();
        let find = |wanted: &str| {
            let found = blocks.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, block)| block.clone())
        };
        let mut nodes = nodes;
        if let Some(options) = find("options")
            && let Some(retry) = options.clone().find(|at| self.is(*at, "retry"))
        {
            nodes = vec![retried(self.quoted(retry..retry + 4), nodes)];
        }
        if let Some(post) = find("post") {
            nodes = self.afterwards(&post, nodes);
        }
        if let Some(when) = find("when")
            && !nodes.is_empty()
        {
            self.expression(when.clone(), steps);
            let condition = Some(self.quoted(when));
            nodes = vec![Node::Branch(vec![Arm { condition, body: nodes }])];
            steps.extend(nodes);
        } else {
            steps.extend(nodes);
            for look in looks {
                steps.look(look);
            }
        }
        self.settings = outer;
    }

    /// The blocks with a name directly in a block.
    fn blocks(&self, inner: &Range<usize>) -> Vec<(&'s str, Range<usize>)> {
        let mut found = Vec::new();
        let mut at = inner.start;
        while at < inner.end {
            if let Some(Kind::Open(open)) = self.kind(at) {
                let close = self.tokens[at].partner.min(inner.end);
                if open == b'{' && at > inner.start {
                    found.push((self.slice(at - 1), at + 1..close));
                }
                at = close;
            }
            at = at.saturating_add(1);
        }
        found
    }

    /// Puts the blocks of `post` around what they come after.
    fn afterwards(&mut self, post: &Range<usize>, mut body: Vec<Node>) -> Vec<Node> {
        let (mut failed, mut anyway) = (Vec::new(), Vec::new());
        for (name, block) in self.blocks(post) {
            let nodes = self.block(block).finish();
            match name {
                name if ANYWAY.contains(&name) => anyway.extend(nodes),
                name if FAILED.contains(&name) => failed.extend(nodes),
                "success" | "fixed" => body.extend(nodes),
                _ => {}
            }
        }
        if failed.is_empty() {
            return in_any_case(body, anyway);
        }
        failed.push(Node::Leave(Leave::Raise));
        let handlers = vec![Handler { leaves: true, body: failed, ..Handler::default() }];
        vec![Node::Attempt(Attempt { body, handlers, finally: anyway })]
    }

    /// `NAME = 'value'` in `environment`.
    fn environment(&mut self, inner: &Range<usize>) {
        for at in inner.clone() {
            if self.kind(at) == Some(Kind::Word)
                && self.is(at + 1, "=")
                && let Some(Kind::Text(quote)) = self.kind(at + 2)
            {
                let text = self.slice(at + 2);
                let length = quote.length();
                let inner = text.get(length..text.len().saturating_sub(length));
                self.set(at, inner.unwrap_or_default());
            }
        }
    }

    fn set(&mut self, at: usize, text: &str) {
        let name = self.slice(at);
        self.set_text(name, text);
    }

    fn set_text(&mut self, name: &str, text: &str) {
        let setting = if text.contains(['$', '\\']) {
            Setting::Unknown
        } else {
            Setting::Literal(text.to_owned())
        };
        self.settings.set(name, setting);
    }

    /// `"NAME=value"` in the list of `withEnv`.
    fn pairs(&mut self, head: &Range<usize>) {
        for at in head.clone() {
            if let Some(Kind::Text(quote)) = self.kind(at) {
                let text = self.slice(at);
                let length = quote.length();
                let inner = text.get(length..text.len().saturating_sub(length));
                if let Some((name, value)) = inner.and_then(|inner| inner.split_once('=')) {
                    self.set_text(name, value);
                }
            }
        }
    }

    fn repeated(
        &mut self,
        is_retry: bool,
        head: Range<usize>,
        inner: Range<usize>,
        steps: &mut Steps,
    ) {
        let condition = self.quoted(head);
        let body = self.block(inner).finish();
        let repeated = if is_retry {
            retried(condition, body)
        } else {
            Node::Loop(Repetition { condition, conditional: true, body, ..Repetition::default() })
        };
        steps.extend([repeated]);
    }

    /// `catchError {…}`: the build is marked, unless it is told otherwise.
    fn caught(&mut self, head: &Range<usize>, inner: Range<usize>, steps: &mut Steps) {
        let silent = head.clone().any(|at| {
            self.is(at, "buildResult") && self.slice(at + 2).trim_matches(['\'', '"']) == "SUCCESS"
        });
        let body = self.block(inner).finish();
        let handlers = vec![Handler { silent, ..Handler::default() }];
        steps.extend([Node::Attempt(Attempt { body, handlers, finally: Vec::new() })]);
    }
}
