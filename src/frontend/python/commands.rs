//! Command lines among the arguments of a call: lists of words, shell code.

use super::calls::Call;
use super::grammar::field;
use super::machine::Machine;
use crate::frontend::program::argv::{self, Command};
use crate::frontend::program::hints::Likelihood;
use crate::frontend::program::nodes::{operations, weakened};
use crate::frontend::program::script;
use crate::frontend::program::thing::{Piece, Rest, Text, Thing};
use crate::procedure::{Arm, Evidence, Failure, Node};

impl<'t> Machine<'t, '_> {
    /// A list of words or a piece of shell code among the arguments.
    pub(super) fn offer_command(&mut self, call: &Call<'t>) -> bool {
        if call.hint().only_looks() {
            return false;
        }
        let failure = self.process_failure(call);
        let keywords = call.given.keywords.iter().filter(|(name, _)| COMMANDS.contains(&&**name));
        let texts = call.given.positional.iter().chain(keywords.map(|(_, argument)| argument));
        for argument in texts {
            if self.offer_texts(call, &argument.thing, failure) {
                return true;
            }
        }
        if self.offer_alternatives(call, failure) {
            return true;
        }
        for (words, rest, evidence) in self.word_lists(call) {
            match argv::command(&words, rest, self.context.catalogue) {
                Some(Command::Sends { action, arguments, certain }) => {
                    let evidence = if certain { evidence } else { Evidence::Possible };
                    self.operate(call, &action, &arguments, evidence, failure);
                    return true;
                }
                Some(Command::Tainted) => self.run.parametric = true,
                Some(Command::Other) => return true,
                None => {}
            }
            self.run.parametric |= rest == Rest::Tainted
                && words.first().is_none_or(|word| word.as_text() == Some("ecs"));
        }
        self.run.parametric |= self.is_process(call)
            && call.given.positional.iter().any(|argument| is_tainted_command(&argument.thing));
        false
    }

    /// A piece of shell code, one or each of several, or one in a list of words.
    fn offer_texts(&mut self, call: &Call<'t>, thing: &Thing, failure: Failure) -> bool {
        if let Thing::List(list) = thing {
            let code = argv::code(&list.items).filter(|text| script::mentions_cli(text));
            return code.is_some_and(|text| self.offer_script(call, text, failure));
        }
        let several = matches!(thing, Thing::OneOf(choice) if !choice.every);
        let mut arms = Vec::new();
        let mut found = false;
        let mut seen = Vec::new();
        for thing in thing.alternatives() {
            let Thing::Text(text) = thing else { continue };
            if !script::mentions_cli(text) {
                continue;
            }
            let (is_one, body) = self.apart(|machine| machine.offer_script(call, text, failure));
            found |= is_one;
            // Texts that differ in values only are one call.
            let calls = operations(&body).into_iter();
            let calls: Vec<_> = calls.map(|it| (it.span, it.action.clone())).collect();
            if seen.contains(&calls) {
                continue;
            }
            seen.push(calls);
            if several {
                let body = weakened(body, Evidence::Possible);
                let condition = Some(text.shown.to_string());
                arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            } else {
                self.out.extend(body);
            }
        }
        self.out.extend((!arms.is_empty()).then_some(Node::Branch(arms)));
        found
    }

    /// One of several command lines.
    fn offer_alternatives(&mut self, call: &Call<'t>, failure: Failure) -> bool {
        let choices = call.given.all().filter_map(|argument| match &argument.thing {
            Thing::OneOf(choice) => Some(choice.clone()),
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
                self.emit(call.node, vec![Node::Branch(arms)]);
                return true;
            }
        }
        false
    }

    /// What of a call's arguments may be a command line, and how sure it is
    /// that it is run.
    fn word_lists(&self, call: &Call<'t>) -> Vec<(Vec<Thing>, Rest, Evidence)> {
        let likelihood =
            if self.is_process(call) { Likelihood::Yes } else { call.hint().likelihood() };
        let mut found = Vec::new();
        for argument in call.given.all() {
            let Thing::List(list) = &argument.thing else { continue };
            if argv::starts_program(&list.items) || likelihood != Likelihood::No {
                found.push((list.items.clone(), list.rest, Evidence::Certain));
            }
        }
        // The arguments themselves are words. With a dictionary of parameters
        // among them they are read as a whole (`literal`).
        let words: Vec<Thing> = call.given.positional.iter().map(|it| it.thing.clone()).collect();
        let has_map = words.iter().any(|word| matches!(word, Thing::Map(_)));
        let evidence = match likelihood {
            Likelihood::Yes => Evidence::Certain,
            Likelihood::Maybe => Evidence::Possible,
            Likelihood::No => return found,
        };
        if !has_map {
            found.push((words, call.given.rest, evidence));
        }
        found
    }

    fn offer_script(&mut self, call: &Call<'t>, text: &Text, failure: Failure) -> bool {
        let is_line = script::is_command_line(text);
        let likelihood = if self.is_process(call) {
            Likelihood::Yes
        } else if is_line {
            call.hint().runs_text()
        } else {
            Likelihood::No
        };
        if likelihood == Likelihood::No {
            return false;
        }
        let script = script::script(self.source, self.context, text, failure);
        let nodes = match likelihood {
            Likelihood::Yes => script.nodes,
            _ => weakened(script.nodes, Evidence::Possible),
        };
        let found = !nodes.is_empty();
        if script.tainted {
            self.emit_deferred(nodes);
        } else {
            self.emit(call.node, nodes);
        }
        found
    }

    /// Whether a call starts a process.
    fn is_process(&self, call: &Call<'t>) -> bool {
        let function = call.node.child_by_field_name(field::FUNCTION);
        let written = function.map_or("", |function| self.text(function));
        let path = if let Thing::Imported(path) = &call.callee { path } else { written };
        path.starts_with("subprocess.")
            || path.starts_with("commands.get")
            || path.starts_with("asyncio.create_subprocess")
            || matches!(
                path,
                "os.system" | "os.popen" | "system" | "Popen" | "check_output" | "check_call"
            )
    }

    fn process_failure(&self, call: &Call<'t>) -> Failure {
        let unchecked = UNCHECKED.contains(&call.name.as_str()) && !call.given.is_true("check");
        if self.is_process(call) && unchecked { Failure::Continues } else { Failure::Raises }
    }
}

/// Keywords that are given a command line.
const COMMANDS: &[&str] =
    &["cmd", "command", "args", "cmdline", "shell_cmd", "shell_command", "script"];

/// Functions that start a process without an exception when it fails.
const UNCHECKED: &[&str] = &[
    "run",
    "call",
    "Popen",
    "system",
    "popen",
    "getoutput",
    "getstatusoutput",
    "create_subprocess_exec",
    "create_subprocess_shell",
];

/// Whether callers decide what program a process runs.
fn is_tainted_command(thing: &Thing) -> bool {
    match thing {
        Thing::List(list) => {
            list.items.first().map_or(list.rest == Rest::Tainted, Thing::is_tainted)
        }
        Thing::Text(text) => match text.pieces.first() {
            Some(Piece::Hole { tainted, .. }) => *tainted,
            _ => thing.is_tainted() && script::mentions_cli(text),
        },
        other => other.is_tainted(),
    }
}
