//! Conditions on what a function of the file has just answered: what runs is decided
//! by the way on which the function was left.

use std::ops::Range;

use super::code::{Assign, Expression, Value};
use super::locks::is_nothing;
use super::looked::called;
use super::machine::Machine;
use super::origin::Lock;
use super::thing::{Name, Thing};
use crate::procedure::{Arm, Ask, Leave, Node};
use crate::source::Span;

/// How many signs around a question are looked through.
const MOST_SIGNS: usize = 8;

/// A variable that holds what a function has answered, the call of which was the last
/// thing that happened.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    variable: Name,
    function: Span,
}

/// A call whose answer a condition is about.
pub(super) struct Question {
    call: Node,
    /// Whether the condition holds if the answer counts as true.
    straight: bool,
}

/// What a condition is about, by its syntax.
pub(super) enum About<'e> {
    /// What a call gives.
    Call(&'e Expression),
    /// What a variable holds.
    Variable(&'e Name),
}

impl Machine<'_> {
    /// How a function is left that returns these values: where the file asks for its
    /// answer, with that.
    pub(super) fn answering(&self, things: &[Thing]) -> Leave {
        let looked = &self.facts.looked;
        let is_asked = self.current().is_some_and(|number| looked.is_asked(number));
        let truth = || match things {
            [] => Some(false),
            [only] => truth(only),
            _ => None,
        };
        if !is_asked || !self.run.decided.is_empty() {
            return Leave::Function;
        }
        truth().map_or(Leave::Function, Leave::Answer)
    }

    /// Takes note of a variable that holds what a function has answered.
    pub(super) fn note_question(&mut self, assign: &Assign) {
        let variable = match assign.targets.as_slice() {
            [target] => match &target.value {
                Value::Name(name) if !assign.adds => name.clone(),
                _ => return,
            },
            _ => return,
        };
        if let Some(Node::Invoke(invocation)) = self.out.last() {
            let function = invocation.procedure;
            self.run.answered = Some(Answered { variable, function });
        }
    }

    /// The call that a condition is about, if that was the last thing that happened:
    /// it is taken from what has been read.
    pub(super) fn question(
        &mut self,
        condition: &Expression,
        lock: Option<&Lock>,
    ) -> Option<Question> {
        let answered = self.run.answered.take();
        let Some(Node::Invoke(invocation)) = self.out.last().filter(|_| lock.is_none()) else {
            return None;
        };
        let (about, straight) = about(condition, &self.source.text)?;
        let fits = match about {
            About::Call(call) => {
                let name = called(call);
                name.is_some_and(|name| self.facts.looked.function(&name).is_some())
            }
            About::Variable(name) => answered.is_some_and(|known| {
                known.variable == *name && known.function == invocation.procedure
            }),
        };
        let call = fits.then(|| self.out.pop()).flatten()?;
        Some(Question { call, straight })
    }

    /// Alternatives, of which the first may be chosen by what a function answers.
    pub(super) fn by_answer(
        &self,
        question: Option<Question>,
        mut arms: Vec<(Option<Lock>, Range<usize>, Arm)>,
    ) -> Vec<Node> {
        let Some(Question { call, straight }) = question else { return self.chosen(arms) };
        if arms.is_empty() {
            return vec![call];
        }
        let (_, _, first) = arms.remove(0);
        let rest = self.chosen(arms);
        let (holds, otherwise) = if straight { (first.body, rest) } else { (rest, first.body) };
        let condition = first.condition.unwrap_or_default();
        vec![Node::Ask(Ask { condition, question: vec![call], holds, otherwise })]
    }
}

/// What a condition is about, and whether it holds where that counts as true.
pub(super) fn about<'e>(condition: &'e Expression, text: &str) -> Option<(About<'e>, bool)> {
    let mut straight = true;
    let mut current = condition;
    for _ in 0..MOST_SIGNS {
        match &current.value {
            Value::Call(..) => return Some((About::Call(current), straight)),
            Value::Name(name) => return Some((About::Variable(name), straight)),
            Value::Other(items) => {
                let [only] = items.as_slice() else { return None };
                let sign = text.get(current.at.start..only.at.start)?.trim_matches(['(', ' ']);
                match sign {
                    "!" | "not" => straight = !straight,
                    "" | "await" => {}
                    _ => return None,
                }
                current = only;
            }
            Value::Same(same, left, right) => {
                let truth = constant(right)?;
                straight = straight == (truth == *same);
                current = left;
            }
            _ => return None,
        }
    }
    None
}

/// Whether a constant counts as true.
fn constant(expression: &Expression) -> Option<bool> {
    match &expression.value {
        Value::Nothing => Some(false),
        Value::Literal(text) => match &**text {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" | "None" | "null" | "nil" => Some(false),
            _ => None,
        },
        Value::Text(parts) => parts.is_empty().then_some(false),
        _ => None,
    }
}

/// Whether a value counts as true, if that is known.
fn truth(thing: &Thing) -> Option<bool> {
    match thing {
        Thing::Map(map) if !map.entries.is_empty() => Some(true),
        _ if is_nothing(thing) => Some(false),
        Thing::Text(_) if thing.as_text().is_some() => Some(true),
        // What is answered to a call that works is there.
        Thing::Unknown(unknown) => {
            let origin = unknown.origin.as_ref()?;
            (origin.answer.is_some() && origin.lock.is_none()).then_some(true)
        }
        _ => None,
    }
}
