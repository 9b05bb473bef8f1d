//! Command lines that a program runs: lists of words, and shell code.

use std::ops::Range;
use std::rc::Rc;

use super::argv::{self, Command};
use super::calls::Call;
use super::described;
use super::given::Given;
use super::hints::Likelihood;
use super::machine::Machine;
use super::nodes::{operations, weakened};
use super::script;
use super::thing::{Name, Rest, Thing};
use crate::procedure::{Arm, Evidence, Failure, Node};

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
        let raises = call.given.is_true(self.dialect.checks);
        let failure = if raises { Failure::Raises } else { process.failure };
        if let Some(described) = self.described(call) {
            self.run_described(call, &described, failure);
            return true;
        }
        if self.run_alternatives(call, failure) {
            return true;
        }
        let (mut words, rest) = Self::words(call);
        // `wrap("aliyun").with_arguments(…)`
        if let Some((program @ Thing::Text(_), _)) = &call.object {
            words.insert(0, program.clone());
        }
        self.run_words(call, &words, rest, failure);
        true
    }

    /// Runs a command line that is given as words, behind a context, a flag or the
    /// like, of which nothing is known.
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
        let starts = words.iter().take(2).take_while(|word| word.as_text().is_none()).count();
        for first in 0..=starts.min(words.len().saturating_sub(1)) {
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
            self.run_texts(call, &argument.thing, failure);
        }
    }

    /// A text that a shell runs, one or each of several.
    fn run_texts(&mut self, call: &Call<'c>, thing: &Thing, failure: Failure) -> bool {
        let Thing::OneOf(choice) = thing else { return self.run_code(&call.at, thing, failure) };
        let mut arms = Vec::new();
        let mut found = false;
        let mut seen = Vec::new();
        for thing in &choice.things {
            let (is_one, body) = self.apart(|machine| machine.run_code(&call.at, thing, failure));
            found |= is_one;
            // Texts that differ in values only are one call.
            let calls = operations(&body).into_iter();
            let calls: Vec<_> = calls.map(|it| (it.span, it.action.clone())).collect();
            if body.is_empty() || seen.contains(&calls) {
                continue;
            }
            seen.push(calls);
            if choice.every {
                self.out.extend(body);
            } else {
                let body = weakened(body, Evidence::Possible);
                arms.push(Arm { condition: Some(choice.text.to_string()), body });
            }
        }
        self.out.extend((!arms.is_empty()).then_some(Node::Branch(arms)));
        found
    }

    /// One of several command lines.
    fn run_alternatives(&mut self, call: &Call<'c>, failure: Failure) -> bool {
        let choices = call.given.all().filter_map(|argument| match &argument.thing {
            Thing::OneOf(choice) => Some(Rc::clone(choice)),
            _ => None,
        });
        for choice in choices.collect::<Vec<_>>() {
            let mut arms = Vec::new();
            for thing in &choice.things {
                let Thing::List(list) = thing else { continue };
                if !argv::starts_program(&list.items) {
                    continue;
                }
                let command = argv::command(&list.items, list.rest, self.context.catalogue);
                let Some(Command::Sends { action, arguments, .. }) = command else { continue };
                let ((), body) = self.apart(|machine| {
                    machine.operate(call, &action, &arguments, Evidence::Possible, failure);
                });
                let condition = Some(choice.text.to_string());
                arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            }
            if !arms.is_empty() {
                self.emit(&call.at, vec![Node::Branch(arms)]);
                return true;
            }
        }
        false
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
        if self.run_alternatives(call, Failure::Raises) {
            return true;
        }
        let likelihood = call.hint().likelihood();
        for argument in call.given.all() {
            if argument.thing.alternatives().iter().any(is_command_line) {
                let runs = call.hint().runs_text();
                if runs != Likelihood::No {
                    let (found, nodes) = self
                        .apart(|machine| machine.run_texts(call, &argument.thing, Failure::Raises));
                    self.out.extend(match runs {
                        Likelihood::Yes => nodes,
                        _ => weakened(nodes, Evidence::Possible),
                    });
                    return found;
                }
            }
            if let Some(done) = self.offer_list(call, &argument.thing, likelihood) {
                return done;
            }
        }
        if likelihood == Likelihood::No {
            return false;
        }
        let (words, rest) = Self::words(call);
        // Words with a map of parameters are read as a whole (`literal`).
        let things = || call.given.positional.iter().map(|argument| &argument.thing);
        let has_map = things().any(|thing| matches!(thing, Thing::Map(_)))
            && !things().any(|thing| matches!(thing, Thing::List(_)));
        if !argv::starts_program(&words) && (likelihood != Likelihood::Yes || has_map) {
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

    /// A list of words that is a command line; whether that is so is known if there
    /// is an answer.
    fn offer_list(
        &mut self,
        call: &Call<'c>,
        thing: &Thing,
        likelihood: Likelihood,
    ) -> Option<bool> {
        let Thing::List(list) = thing else { return None };
        let starts = argv::starts_program(&list.items);
        if !starts && likelihood == Likelihood::No {
            return None;
        }
        match argv::command(&list.items, list.rest, self.context.catalogue) {
            Some(Command::Sends { action, arguments, certain }) => {
                let evidence = if certain { Evidence::Certain } else { Evidence::Possible };
                self.operate(call, &action, &arguments, evidence, Failure::Raises);
                Some(true)
            }
            Some(Command::Other) => Some(true),
            Some(Command::Tainted) => {
                self.run.parametric = true;
                starts.then_some(true)
            }
            None => starts.then_some(true),
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

/// Whether a value is a text that is a command line of the CLI.
fn is_command_line(thing: &Thing) -> bool {
    matches!(thing, Thing::Text(text) if script::is_command_line(text))
}
