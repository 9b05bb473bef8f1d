//! Functions that are called again when they fail: those with a decorator that says
//! so, and those that a function is given which tries again.

use super::by_code::asks_for_unknown;
use super::calls::Call;
use super::machine::Machine;
use super::thing::Thing;
use crate::frontend::error_code;
use crate::procedure::{Attempt, Bound, Handler, Node, Repetition, has_calls};

/// How far in front of a function its decorators may start.
const FARTHEST: usize = 1024;

/// What says that not every failure is tried again.
const TELLS: &[&str] = &[
    "retry_if_exception(",
    "retry_if_result",
    "retry_on_exception",
    "giveup",
    "RetryIf",
    "NonRetryable",
    "Unrecoverable",
    "Permanent(",
    "StopRetry",
    "noRetryFor",
    "exclude",
];

impl<'c> Machine<'c> {
    /// The nodes of a function, again and again if a decorator says so.
    pub(super) fn retried(&self, number: usize, nodes: Vec<Node>) -> Vec<Node> {
        if self.dialect.retriers.is_empty() || !has_calls(&nodes) {
            return nodes;
        }
        match self.decorator(number) {
            Some(text) if !tells(&text) => {
                vec![again(text.lines().next().unwrap_or_default().trim().to_owned(), nodes)]
            }
            _ => nodes,
        }
    }

    /// The decorator of a function that makes it be called again.
    fn decorator(&self, number: usize) -> Option<String> {
        let at = &self.unit.functions[number].at;
        let text = &self.source.text;
        let from = text.floor_char_boundary(at.start.saturating_sub(FARTHEST));
        let before = text.get(from..at.start)?;
        // What stands in front of it, back to the end of what comes before.
        let own = before.rfind("\n\n").map_or(before, |end| &before[end..]);
        let inside = &text[at.start..text.floor_char_boundary((at.start + FARTHEST).min(at.end))];
        let inside = inside.split('{').next().filter(|head| head.starts_with('@'));
        let is_retrier = |line: &str| {
            let Some(name) = line.trim_start().strip_prefix('@') else { return false };
            let name = name.split(['(', ' ', '\n']).next().unwrap_or_default();
            let last = name.rsplit('.').next().unwrap_or_default();
            self.dialect.retriers.contains(&last)
        };
        for part in inside.into_iter().chain([own]) {
            let mut start = 0;
            for line in part.split_inclusive('\n') {
                if is_retrier(line) {
                    return Some(part[start..].to_owned());
                }
                start += line.len();
            }
        }
        None
    }

    /// What a function does that another calls until it is content.
    pub(super) fn repeats(&self, call: &Call<'c>, body: Vec<Node>) -> Node {
        let condition = call.written.to_string();
        let text = &self.source.text[call.at.clone()];
        let name = call.written.to_ascii_lowercase();
        let tries = ["retry", "backoff", "retri"].iter().any(|word| name.contains(word));
        let retries = !tells(text) && !self.is_choosy(&call.callee);
        if tries && retries {
            return again(condition, body);
        }
        Node::Loop(Repetition {
            condition,
            conditional: true,
            retries,
            body,
            ..Repetition::default()
        })
    }
}

impl Machine<'_> {
    /// Whether a function of the file tells the failures apart of what it calls.
    fn is_choosy(&self, callee: &Thing) -> bool {
        const LONGEST: usize = 4096;
        let Thing::Function(number, _) = callee else { return false };
        let Some(function) = self.unit.functions.get(*number) else { return false };
        let text = self.source.text.get(function.at.clone()).unwrap_or_default();
        let text = &text[..text.floor_char_boundary(LONGEST)];
        tells(text) || asks_for_unknown(&text.to_ascii_lowercase())
    }
}

/// Whether what makes code be tried again tells failures apart.
pub(in crate::frontend) fn tells(text: &str) -> bool {
    TELLS.iter().any(|word| text.contains(word)) || error_code::is_named(text)
}

fn again(condition: String, body: Vec<Node>) -> Node {
    let attempt = Attempt { body, handlers: vec![Handler::default()], finally: Vec::new() };
    Node::Loop(Repetition {
        condition,
        conditional: true,
        retries: true,
        bound: Bound::Fails,
        body: vec![Node::Attempt(attempt)],
        ..Repetition::default()
    })
}
