//! Command lines that a program runs: lists of words, and shell code.

use std::ops::Range;

use super::argv::{self, Command};
use super::calls::Call;
use super::hints::Likelihood;
use super::machine::Machine;
use super::script;
use super::thing::{Rest, Thing};
use crate::procedure::{Evidence, Failure};

impl<'c> Machine<'c> {
    /// A call that starts a process. False if it is none.
    pub(super) fn call_process(&mut self, call: &Call<'c>) -> bool {
        let path = if let Thing::Imported(path) = &call.callee { path } else { &call.written };
        let process = self.dialect.processes.iter().find(|process| match process.name {
            name if name.starts_with('.') => path.ends_with(name) || *call.name == name[1..],
            name => **path == *name,
        });
        let Some(process) = process else { return false };
        let (words, rest) = Self::words(call);
        // Behind a context, a flag or the like.
        for first in 0..words.len().min(3) {
            let words = &words[first..];
            if let Some(code) = argv::code(words).filter(|text| script::mentions_cli(text)) {
                self.run_script(&call.at, code, process.failure);
                return true;
            }
            match argv::command(words, rest, self.context.catalogue) {
                Some(Command::Sends { action, arguments, certain }) => {
                    let evidence = if certain { Evidence::Certain } else { Evidence::Possible };
                    self.operate(call, &action, &arguments, evidence, process.failure);
                    return true;
                }
                Some(Command::Tainted) => self.run.parametric = true,
                Some(Command::Other) => return true,
                None => {}
            }
        }
        for argument in call.given.all() {
            self.run_code(&call.at, &argument.thing, process.failure);
        }
        true
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
                other => words.push(other.clone()),
            }
        }
        (words, rest)
    }
}
