//! The answers of calls: what they are called, and what becomes of them.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::calls::Call;
use super::code::{Expression, Value};
use super::locks::{asked, asked_disk};
use super::machine::Machine;
use super::origin::Origin;
use super::thing::{Name, Thing};
use crate::procedure::{Arguments, Fate, Node, Procedure};

/// Words in the name of a function that may look at what it is given.
const LOOKS: &[&str] =
    &["wait", "poll", "invocation", "result", "fetch", "monitor", "track", "status", "output"];

/// Functions that only show what they are given, or give it another form.
const SHOWS: &[&str] = &[
    "print",
    "println",
    "printf",
    "log",
    "info",
    "debug",
    "warn",
    "warning",
    "error",
    "echo",
    "puts",
    "writeln",
    "write",
    "fatal",
    "fatalf",
    "infof",
    "errorf",
    "debugf",
    "warnf",
    "dumps",
    "dump",
    "loads",
    "p",
    "pp",
    "pprint",
    "var_dump",
    "print_r",
    "writeline",
    "format",
    "secho",
];

/// What becomes of the answers of a file's calls.
#[derive(Debug, Default)]
pub(super) struct Fates {
    dropped: HashSet<Name>,
    handed_on: HashSet<Name>,
}

impl Fates {
    /// Nobody looks at a value.
    pub(super) fn drop(&mut self, thing: &Thing) {
        thing_answers(thing, &mut self.dropped);
    }

    /// A value goes to code that is not seen.
    pub(super) fn hand_on(&mut self, thing: &Thing) {
        thing_answers(thing, &mut self.handed_on);
    }

    /// Says of the calls what becomes of their answers.
    pub(super) fn tell(&self, procedures: &mut [Procedure]) {
        for procedure in procedures {
            self.tell_nodes(&mut procedure.body);
        }
    }

    fn tell_nodes(&self, nodes: &mut [Node]) {
        for node in nodes {
            if let Node::Call(operation) = node
                && let Some(answer) = &operation.answer
            {
                operation.fate = match answer.as_str() {
                    answer if self.handed_on.contains(answer) => Fate::HandedOn,
                    answer if self.dropped.contains(answer) => Fate::Dropped,
                    _ => operation.fate,
                };
            }
            for body in node.bodies_mut() {
                self.tell_nodes(body);
            }
        }
    }
}

fn thing_answers(thing: &Thing, set: &mut HashSet<Name>) {
    let mut found = Vec::new();
    thing.answers(&mut found);
    set.extend(found);
}

impl<'c> Machine<'c> {
    /// What the answer of a call of an action is called.
    pub(super) fn answer_of(
        &mut self,
        call: &Range<usize>,
        action: &Thing,
        arguments: &Arguments,
    ) -> Name {
        let action = action.as_text().unwrap_or_default();
        let name = Name::from(format!("{action}@{}", call.start));
        let asked =
            if action == "DescribeDisks" { asked_disk(arguments) } else { asked(arguments) };
        self.answers.insert((call.start, call.end), (name.clone(), asked));
        name
    }

    /// What a call gives back: the answer, if it is a call of an action.
    pub(super) fn answered(&mut self, call: &Range<usize>, thing: Thing) -> Thing {
        match self.answers.remove(&(call.start, call.end)) {
            Some((answer, asked)) => {
                let answer = Some(answer);
                thing.coming_from(Rc::new(Origin { answer, asked, ..Origin::default() }))
            }
            None => thing,
        }
    }

    /// A statement that is a mere expression: nobody looks at its value.
    pub(super) fn drop_answer(&mut self, expression: &'c Expression, thing: &Thing) {
        let own = format!("@{}", expression.at.start);
        let is_own = |answer: &Name| answer.ends_with(&own);
        let answer = thing.origin().and_then(|origin| origin.answer.clone());
        if matches!(expression.value, Value::Call(..)) && answer.as_ref().is_some_and(is_own) {
            self.fates.drop(thing);
        }
    }

    /// What is returned goes to callers. If the file has none, they are not seen.
    pub(super) fn return_answers(&mut self, things: &[Thing]) {
        let Some(number) = self.run.function else { return };
        if self.memory.callees.contains(&number) || self.run.inlined {
            return;
        }
        for thing in things {
            self.fates.hand_on(thing);
        }
    }

    /// What is given to a function that is not seen, if it may look at the answer.
    pub(super) fn hand_on_to(&mut self, call: &Call<'c>) {
        let name = call.name.to_ascii_lowercase();
        if SHOWS.contains(&name.as_str())
            || self.answers.contains_key(&(call.at.start, call.at.end))
        {
            return;
        }
        let is_statement = self.statement == (call.at.start, call.at.end);
        if is_statement || LOOKS.iter().any(|word| name.contains(word)) {
            call.given.all().for_each(|argument| self.fates.hand_on(&argument.thing));
        }
    }
}
