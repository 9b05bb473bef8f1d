//! Command lines that a program runs: lists of words, and shell code.

use std::ops::Range;

use super::argv::{self, Command};
use super::calls::Call;
use super::described;
use super::given::Given;
use super::hints::Likelihood;
use super::machine::Machine;
use super::script;
use super::thing::{Name, Rest, Thing};
use crate::procedure::{Evidence, Failure};

impl<'c> Machine<'c> {
    /// Whether making something of a type starts a process.
    pub(super) fn is_process(&self, path: &str) -> bool {
        self.dialect.processes.iter().any(|process| process.name == path)
    }

    /// `new Process(…)`
    pub(super) fn start_process(&mut self, at: &Range<usize>, path: &Name, given: Given) -> Thing {
        let name: Name = path.rsplit('.').next().unwrap_or(path).into();
        let call = Call {
            at: at.clone(),
            plain_name: name.clone(),
            name,
            arguments: &[],
            object: None,
            callee: Thing::Imported(path.clone()),
            written: path.clone(),
            given,
        };
        self.call_process(&call);
        Thing::unknown(self.shown(at))
    }

    /// A call that starts a process. False if it is none.
    pub(super) fn call_process(&mut self, call: &Call<'c>) -> bool {
        let path = if let Thing::Imported(path) = &call.callee { path } else { &call.written };
        let process = self.dialect.processes.iter().find(|process| match process.name {
            name if name.starts_with('.') => path.ends_with(name) || *call.name == name[1..],
            name => **path == *name,
        });
        let Some(process) = process else { return self.start_described(call) };
        if let Some(described) = self.described(call) {
            self.run_described(call, &described, process.failure);
            return true;
        }
        let (mut words, rest) = Self::words(call);
        // `wrap("aliyun").with_arguments(…)`
        if let Some((program @ Thing::Text(_), _)) = &call.object {
            words.insert(0, program.clone());
        }
        self.run_words(call, &words, rest, process.failure);
        true
    }

    /// Runs a command line that is given as words, behind a context, a flag or the
    /// like.
    pub(super) fn run_words(
        &mut self,
        call: &Call<'c>,
        words: &[Thing],
        rest: Rest,
        failure: Failure,
    ) {
        if let [program, line, ..] = words
            && let Some(line) = described::line(program, line, &call.at)
        {
            self.run_code(&call.at, &line, failure);
            return;
        }
        for first in 0..words.len().min(3) {
            let words = &words[first..];
            if let Some(code) = argv::code(words).filter(|text| script::mentions_cli(text)) {
                self.run_script(&call.at, code, failure);
                return;
            }
            match argv::command(words, rest, self.context.catalogue) {
                Some(Command::Sends { action, arguments, certain }) => {
                    let evidence = if certain { Evidence::Certain } else { Evidence::Possible };
                    self.operate(call, &action, &arguments, evidence, failure);
                    return;
                }
                Some(Command::Tainted) => self.run.parametric = true,
                Some(Command::Other) => return,
                None => {}
            }
        }
        for argument in call.given.all() {
            self.run_code(&call.at, &argument.thing, failure);
        }
    }

    /// A text that a shell runs.
    pub(super) fn run_code(&mut self, at: &Range<usize>, thing: &Thing, failure: Failure) -> bool {
        let Thing::Text(text) = thing else {
            self.run.parametric |= thing.is_tainted();
            return false;
        };
        if !script::mentions_cli(text) {
            self.run.parametric |= thing.is_tainted();
            return false;
        }
        self.run_script(at, text, failure)
    }

    fn run_script(
        &mut self,
        at: &Range<usize>,
        text: &super::thing::Text,
        failure: Failure,
    ) -> bool {
        let script = script::script(self.source, self.context, text, failure);
        let found = !script.nodes.is_empty();
        if script.tainted {
            self.emit_deferred(script.nodes);
        } else {
            self.emit(at, script.nodes);
        }
        found
    }

    /// A command line among the arguments of a function that is not known.
    pub(super) fn offer_command(&mut self, call: &Call<'c>) -> bool {
        if call.hint().only_looks() {
            return false;
        }
        let likelihood = call.hint().likelihood();
        for argument in call.given.all() {
            match &argument.thing {
                Thing::Text(text) if script::is_command_line(text) => {
                    let runs = call.hint().runs_text();
                    if runs != Likelihood::No {
                        return self.run_script(&call.at, text, Failure::Raises);
                    }
                }
                Thing::List(list) if argv::starts_program(&list.items) => {
                    let command = argv::command(&list.items, list.rest, self.context.catalogue);
                    if let Some(Command::Sends { action, arguments, .. }) = command {
                        let evidence = Evidence::Certain;
                        self.operate(call, &action, &arguments, evidence, Failure::Raises);
                    }
                    return true;
                }
                _ => {}
            }
        }
        if likelihood == Likelihood::No {
            return false;
        }
        let (words, rest) = Self::words(call);
        if !argv::starts_program(&words) && likelihood != Likelihood::Yes {
            return false;
        }
        if let [program, line, ..] = words.as_slice()
            && let Some(line) = described::line(program, line, &call.at)
        {
            return self.run_code(&call.at, &line, Failure::Raises);
        }
        match argv::command(&words, rest, self.context.catalogue) {
            Some(Command::Sends { action, arguments, .. }) => {
                let evidence = match likelihood {
                    Likelihood::Yes => Evidence::Certain,
                    _ => Evidence::Possible,
                };
                self.operate(call, &action, &arguments, evidence, Failure::Raises);
                true
            }
            Some(Command::Tainted) => {
                self.run.parametric = true;
                false
            }
            Some(Command::Other) => argv::starts_program(&words),
            None => false,
        }
    }

    /// What words a call gives, from its arguments or a list among them.
    fn words(call: &Call<'_>) -> (Vec<Thing>, Rest) {
        let mut words = Vec::new();
        let mut rest = call.given.rest;
        for argument in &call.given.positional {
            match &argument.thing {
                Thing::List(list) => {
                    words.extend(list.items.iter().cloned());
                    rest = rest.max(list.rest);
                }
                // Options of the function, and what it calls in the end.
                Thing::Map(_) | Thing::Function(..) => {}
                other => words.push(other.clone()),
            }
        }
        (words, rest)
    }
}
