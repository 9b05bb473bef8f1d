//! Stand-ins for clients: calls in a test that only say what is to be called.

use std::ops::Range;

use super::code::{Argument as Passed, Expression, Value};
use super::machine::Machine;
use super::thing::Thing;

/// How many calls of a chain are looked at.
const MOST: usize = 8;

/// Words in the names of libraries that stand in for clients.
const STAND_INS: &[&str] = &["mock", "moq", "nsubstitute", "fakeiteasy"];

impl<'c> Machine<'c> {
    /// Whether a call is one of `when(client.stopInstance(any())).thenReturn(…)`,
    /// or of `verify(client).stopInstance(any())`.
    pub(super) fn is_stubbed(&self, callee: &Expression) -> bool {
        let mut current = callee;
        for _ in 0..MOST {
            let (Value::Member(_, name) | Value::Name(name)) = &current.value else {
                return false;
            };
            if self.dialect.stubs.contains(&&**name) {
                return self.has_stand_ins();
            }
            let Value::Member(object, _) = &current.value else { return false };
            let Value::Call(inner, _) = &object.value else { return false };
            current = inner;
        }
        false
    }

    fn has_stand_ins(&self) -> bool {
        self.unit.imports.iter().any(|import| {
            let path = import.path.to_ascii_lowercase();
            STAND_INS.iter().any(|word| path.contains(word))
        })
    }

    /// Reads a call that only says what is to be called.
    pub(super) fn stubbed(
        &mut self,
        at: &Range<usize>,
        callee: &'c Expression,
        arguments: &'c [Passed],
    ) -> Thing {
        self.apart(|machine| {
            if let Value::Member(object, _) = &callee.value {
                machine.eval(object);
            }
            machine.given(arguments);
        });
        Thing::unknown(self.shown(at))
    }
}
