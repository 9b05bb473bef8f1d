//! The steps that run code: `sh '…'`, `sh(script: "…", returnStatus: true)`.

use std::ops::Range;

use super::Pipeline;
use super::scan::Kind;
use crate::frontend::host::{Piece, steps::Steps};
use crate::frontend::interpreted_by;
use crate::procedure::{Failure, Node};
use crate::source::Source;

/// Steps, the languages of their code, and what their shells are told.
const STEPS: [(&str, &str); 4] =
    [("sh", "shell"), ("bat", "shell"), ("powershell", "powershell"), ("pwsh", "powershell")];

/// How many tokens of an argument that begins with a name are looked at.
const MOST_WORDS: usize = 64;

/// What steps may be members of.
const OWNERS: [&str; 6] = ["steps", "script", "this", "ctx", "pipeline", "context"];

impl<'s> Pipeline<'s, '_, '_> {
    /// Reads the step that a name starts, and gives the token behind it.
    pub(super) fn step(
        &mut self,
        at: usize,
        within: &Range<usize>,
        steps: &mut Steps,
    ) -> Option<usize> {
        let name = self.slice(at);
        let (_, language) = STEPS.iter().find(|(step, _)| *step == name)?;
        if self.follows_dot(at) && !(at > 1 && OWNERS.contains(&self.slice(at - 2))) {
            return None;
        }
        let arguments = self.arguments(at, within.end)?;
        let end = arguments.end;
        let is_alone = within.start == at;
        let failure = match (self.asks_status(&arguments), is_alone) {
            (false, _) => Failure::Raises,
            (true, true) => Failure::Discarded,
            (true, false) => Failure::Continues,
        };
        let script = self.script(&arguments)?;
        let (language, source) = self.code(name, language, script)?;
        let piece = Piece { language, source: &source, failure };
        let mut own = Steps::default();
        own.run(piece, self.context, &mut self.out);
        let (mut nodes, looks) = own.finish_with_looks();
        if let Some(variable) = self.assigned_by(within, at) {
            for node in &mut nodes {
                answer(node, variable);
            }
        }
        steps.extend(nodes);
        for look in looks {
            steps.look(look);
        }
        Some(end)
    }

    /// The arguments of a step, without their parentheses.
    fn arguments(&self, at: usize, limit: usize) -> Option<Range<usize>> {
        match self.kind(at + 1)? {
            Kind::Open(b'(') => {
                let close = self.tokens[at + 1].partner.min(limit);
                (at + 2 <= close).then_some(at + 2..close)
            }
            Kind::Text(_) => Some(at + 1..limit),
            Kind::Word if !self.is(at + 1, "in") && at + 1 < limit => {
                Some(at + 1..limit.min(at + MOST_WORDS))
            }
            _ => None,
        }
    }

    fn asks_status(&self, arguments: &Range<usize>) -> bool {
        arguments.clone().any(|at| self.is(at, "returnStatus") && self.is(at + 2, "true"))
    }

    /// The tokens that yield the script.
    fn script(&self, arguments: &Range<usize>) -> Option<Range<usize>> {
        let named = arguments.clone().find(|at| self.is(*at, "script") && self.is(at + 1, ":"));
        let start = match named {
            Some(at) => at + 2,
            None if self.is(arguments.start + 1, ":") => return None,
            None => arguments.start,
        };
        let mut end = start;
        while end < arguments.end && !self.is(end, ",") {
            end = match self.kind(end) {
                Some(Kind::Open(_)) => self.tokens[end].partner.saturating_add(1),
                _ => end + 1,
            };
        }
        Some(start..end.min(arguments.end))
    }

    /// The code of a step, with what it is told before it.
    fn code(
        &self,
        step: &str,
        language: &'static str,
        script: Range<usize>,
    ) -> Option<(&'static str, Source<'static>)> {
        let bytes = self.bytes(&script);
        let mut bare = self.source.embed();
        if !self.texts(script.clone(), &mut bare) {
            return None;
        }
        let bare = bare.finish();
        if language != "shell" {
            return Some((language, bare));
        }
        let used = if step == "bat" { bare.text.replace('%', "$") } else { bare.text.to_string() };
        let mut prelude = self.settings.prelude(&used);
        let mut language = language;
        if let Some(line) = bare.text.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
            language = interpreted_by(line.split_whitespace()).ok()?;
            if line.split(' ').skip(1).any(|word| word.starts_with('-') && word.contains('e')) {
                prelude.push_str("set -e\n");
            }
        } else if step == "sh" {
            prelude.push_str("set -e\n");
        }
        if language != "shell" || prelude.is_empty() && step == "sh" {
            return Some((language, bare));
        }
        let mut code = self.source.embed();
        code.replace(&prelude, bytes.start..bytes.start);
        self.texts(script, &mut code);
        let code = code.finish();
        Some((language, if step == "bat" { batch(&code) } else { code }))
    }

    /// The variable that a statement gives what a step in it answers.
    fn assigned_by(&self, within: &Range<usize>, step: usize) -> Option<&'s str> {
        let sign = (within.start..step).find(|at| self.is(*at, "="))?;
        let name = sign.checked_sub(1).filter(|name| *name >= within.start)?;
        (self.kind(name) == Some(Kind::Word)).then(|| self.slice(name))
    }

    /// The variable that a statement gives the status of a step.
    pub(super) fn status_variable(&self, tokens: Range<usize>) -> Option<&'s str> {
        let step = tokens.clone().find(|at| self.is(*at, "returnStatus"))?;
        self.assigned_by(&tokens, step)
    }
}

/// Names the answer of the last call of a step.
fn answer(node: &mut Node, variable: &str) {
    if let Node::Call(operation) = node {
        operation.answer = Some(variable.to_owned());
        return;
    }
    if let Some(last) = node.bodies_mut().into_iter().next_back().and_then(|body| body.last_mut()) {
        answer(last, variable);
    }
}

/// Lines of a batch file as lines of a shell: `%NAME%` is a variable, and `^`
/// continues a line.
fn batch(source: &Source<'_>) -> Source<'static> {
    let text = &*source.text;
    let mut code = source.embed();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['%', '^', '@']) {
        let start = at + found;
        let rest = &text[start..];
        let starts_line = text[..start].trim_end_matches([' ', '\t']).ends_with('\n') || start == 0;
        let (stands_for, length) = match rest.as_bytes()[0] {
            b'%' => match rest[1..].split_once('%') {
                Some((name, _)) if is_name(name) => (format!("${{{name}}}"), name.len() + 2),
                _ => (String::new(), 0),
            },
            b'^' if rest[1..].starts_with('\n') => ("\\".to_owned(), 1),
            b'^' if rest[1..].starts_with("\r\n") => ("\\".to_owned(), 2),
            b'@' if starts_line => (" ".to_owned(), 1),
            _ => (String::new(), 0),
        };
        if length == 0 {
            at = start + 1;
            continue;
        }
        code.copy(from..start);
        at = start + length;
        code.replace(&stands_for, start..at);
        from = at;
    }
    code.copy(from..text.len());
    code.finish()
}

fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !name.is_empty() && name.len() < 64 && name.chars().all(is_part)
}
