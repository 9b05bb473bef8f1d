//! Loops, and what leaves them.

use std::rc::Rc;

use super::Machine;
use crate::formula::{ALWAYS, Formula, NEVER};
use crate::go::Code;
use crate::value::{Scope, Value};

/// Entries of a written list that a loop is walked for.
const MAX_ENTRIES: usize = 64;

/// When a round is made, and the variable that it sets.
type Round<'p> = (Formula, Option<(String, Value<'p>)>);

impl<'p> Machine<'_, 'p> {
    /// A loop is walked once, or once for each entry of a written list.
    pub(super) fn repeat(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let scope = Scope::inside(Some(scope));
        let Some(body) = code.field("body") else { return };
        let before = self.path;
        let resumed = self.start_resuming();
        self.enter_loop();
        let mut rounds = vec![(ALWAYS, None)];
        for head in code.children() {
            match head.kind() {
                "range_clause" => rounds = self.rounds(head, &scope),
                "for_clause" => {
                    if let Some(initializer) = head.field("initializer") {
                        self.statement(initializer, &scope);
                    }
                }
                _ => {}
            }
        }
        for (condition, entry) in rounds {
            if let Some((name, value)) = entry {
                scope.declare(&name, value);
            }
            let after = self.under(condition, |machine| machine.statement(body, &scope));
            let skipped = self.logic.and_not(before, condition);
            self.path = self.logic.or(after, skipped);
        }
        self.exit_loop();
        self.resume(resumed);
    }

    /// When the rounds of a loop over something are made, and what each takes.
    fn rounds(&mut self, head: Code<'p>, scope: &Rc<Scope<'p>>) -> Vec<Round<'p>> {
        let Some(right) = head.field("right") else { return Vec::new() };
        let subject = self.value(right, scope);
        let names: Vec<&str> = head
            .field("left")
            .map(|left| left.children().into_iter().map(Code::text).collect())
            .unwrap_or_default();
        let entry = names.get(1).copied().unwrap_or("_").to_owned();
        for name in &names {
            scope.declare(name, Value::Unknown((*name).to_owned()));
        }
        match subject {
            Value::Items(items) => {
                let items = items.into_iter().take(MAX_ENTRIES);
                items.map(|item| (ALWAYS, Some((entry.clone(), item)))).collect()
            }
            subject => vec![(self.filled(&subject).unwrap_or(ALWAYS), None)],
        }
    }

    pub(super) fn enter_loop(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.left.push(NEVER);
        }
    }

    pub(super) fn exit_loop(&mut self) {
        let left = self.frames.last_mut().and_then(|frame| frame.left.pop());
        self.path = self.logic.or(self.path, left.unwrap_or(NEVER));
    }

    pub(super) fn leave_loop(&mut self) {
        let path = std::mem::replace(&mut self.path, NEVER);
        if let Some(left) = self.frames.last_mut().and_then(|frame| frame.left.last_mut()) {
            *left = self.logic.or(*left, path);
        }
    }
}
