//! Commands and statements that lead elsewhere: to a function of the script, out of
//! a loop or a function, to the end.

use tree_sitter::Node;

use super::{Lowering, Mode};
use crate::frontend::powershell::command::{self, Word};
use crate::frontend::powershell::datum::Datum;
use crate::frontend::powershell::kind;
use crate::procedure::{Failure, Invocation, Leave, Node as Step, Value};

/// Cmdlets whose blocks run somewhere else, or as a process of their own.
const ELSEWHERE: &[&str] = &["invoke-command", "icm", "start-job", "start-threadjob"];

impl<'t> Lowering<'_, 't, '_> {
    /// `return`, `throw`, `exit`, `break`, `continue`, and what runs before.
    pub(super) fn flow(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut steps = self.children(node, mode);
        steps.extend(self.leave(node).map(Step::Leave));
        steps
    }

    /// Where a statement or a command leads by its first word.
    pub(super) fn leave(&self, node: Node<'t>) -> Option<Leave> {
        let mut words = self.script.slice(node).split(|letter: char| !is_part(letter));
        let head = words.next()?.to_ascii_lowercase();
        let status = words.find(|word| !word.is_empty());
        Some(match head.as_str() {
            "exit" if status.is_none_or(|status| status == "0") => Leave::Procedure,
            "exit" => Leave::Failing,
            "return" => Leave::Function,
            "throw" => Leave::Raise,
            "break" => Leave::Loop,
            "continue" => Leave::Turn,
            _ => return None,
        })
    }

    /// The function of the script that a command calls.
    pub(super) fn invoked(&self, words: &[Word<'t>]) -> Option<Step> {
        let scope = self.script.function(words.first()?.text()?)?;
        Some(Step::Invoke(Invocation {
            procedure: self.place_of(scope),
            given: self.given(scope, &words[1..]),
            // What is thrown in it goes on here.
            failure: Failure::Raises,
            process: false,
            body: Vec::new(),
        }))
    }

    /// What a function calls its parameters.
    pub(super) fn parameters(&self, scope: usize) -> Vec<String> {
        let parameters = self.script.scopes[scope].parameters.iter();
        parameters.flat_map(|parameter| forms(&parameter.written)).collect()
    }

    /// The values of a function's parameters in a call, by what it calls them.
    fn given(&self, scope: usize, words: &[Word<'t>]) -> Vec<(String, Value)> {
        let bound = self.resolver.bind(scope, words);
        let value = |name: &str| match bound.get(name)? {
            Datum::Text { text, .. } if text.is_empty() => None,
            datum => Some(datum.value()),
        };
        let parameters = self.script.scopes[scope].parameters.iter();
        let known = parameters.filter_map(|own| Some((&own.written, value(&own.name)?)));
        known.flat_map(|(name, value)| forms(name).map(|form| (form, value.clone()))).collect()
    }

    /// The steps of a block that a command is given.
    pub(super) fn block(&self, name: &str, node: Node<'t>, mut steps: Vec<Step>) -> Vec<Step> {
        if node.kind() != kind::SCRIPT_BLOCK || !leads_out(&steps) {
            return steps;
        }
        let process = ELSEWHERE.contains(&name.to_ascii_lowercase().as_str());
        let failure = if process { Failure::Continues } else { Failure::Raises };
        let procedure = self.source.span(node.byte_range());
        let given = Vec::new();
        let body = std::mem::take(&mut steps);
        vec![Step::Invoke(Invocation { procedure, given, failure, process, body })]
    }

    /// Whether a command or the preferences of the script throw away what cmdlets say
    /// of their failure.
    pub(super) fn is_silent(&self, words: &[Word<'t>], at: usize) -> bool {
        let preference = || self.preference("erroractionpreference", at);
        let action = error_action(words).map(str::to_ascii_lowercase).or_else(preference);
        action.is_some_and(|action| matches!(action.as_str(), "silentlycontinue" | "ignore"))
    }

    /// Whether cmdlets raise when they fail.
    pub(super) fn stops(&self, words: &[Word<'t>], at: usize) -> bool {
        let preference = || self.preference("erroractionpreference", at);
        let action = error_action(words).map(str::to_ascii_lowercase).or_else(preference);
        action.as_deref() == Some("stop")
    }

    /// The value of a preference at a place, in lower case and without signs.
    pub(super) fn preference(&self, name: &str, at: usize) -> Option<String> {
        let reaching = self.script.variables.reaching(name, self.scope, at, false);
        let last = reaching.first()?;
        let super::Meaning::Value(value) = last.meaning else { return None };
        let text = self.script.slice(value).trim().to_ascii_lowercase();
        let text = text.rsplit("::").next().unwrap_or(&text);
        Some(text.trim_matches(['"', '\'', '$', '[', ']']).to_owned())
    }
}

/// The value of `-ErrorAction` among the words of a command.
fn error_action<'w>(words: &'w [Word<'_>]) -> Option<&'w str> {
    let is_flag = |word: &Word<'_>| {
        let flag = word.flag().map(str::to_ascii_lowercase);
        flag.is_some_and(|flag| flag == "ea" || flag == "erroraction")
    };
    let at = words.iter().position(is_flag)?;
    words.get(at + 1)?.text()
}

/// Whether a command is a cmdlet that sends requests, not a program of such a name.
pub(super) fn is_requester(words: &[Word<'_>]) -> bool {
    let head = words.first().and_then(Word::text).unwrap_or_default().to_ascii_lowercase();
    command::REQUESTERS.contains(&head.as_str()) && !head.contains('.')
}

/// Whether steps lead out of the function or the script.
fn leads_out(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Leave(leave) => !matches!(leave, Leave::Turn | Leave::Loop),
        Step::Invoke(invocation) if invocation.process => false,
        other => other.bodies().into_iter().any(leads_out),
    })
}

/// Makes the end of a block that is run for each item the end of one turn.
pub(super) fn turn(steps: &mut [Step]) {
    for step in steps {
        match step {
            Step::Leave(leave @ Leave::Function) => *leave = Leave::Turn,
            Step::Invoke(_) => {}
            other => other.bodies_mut().into_iter().for_each(|body| turn(body)),
        }
    }
}

/// Takes out what leaves a `switch`, which is not the loop around it.
pub(super) fn stay(steps: &mut Vec<Step>) {
    steps.retain_mut(|step| {
        if !matches!(step, Step::Loop(_) | Step::Invoke(_)) {
            step.bodies_mut().into_iter().for_each(stay);
        }
        !matches!(step, Step::Leave(Leave::Loop | Leave::Turn))
    });
}

/// The ways to write a variable.
fn forms(written: &str) -> [String; 2] {
    let bare = written.trim_start_matches('$');
    [format!("${bare}"), format!("${{{bare}}}")]
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
