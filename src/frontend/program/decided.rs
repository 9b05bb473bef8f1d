//! Conditions that a caller decides: where a function is read for what one call
//! gives it, a comparison of a parameter with a text goes one way only.

use super::code::{Case, Expression, If, Statement, Switch, Value};
use super::machine::Machine;
use super::statements::Flow;

/// Methods that compare a text with another.
const COMPARES: &[&str] = &["equals", "Equals"];

/// A condition, and what is done if it holds; none holds if all before it do not.
type Arm = (Option<Expression>, Vec<Statement>);

impl<'c> Machine<'c> {
    /// The one branch of an `if` that is taken, if a caller decides it.
    pub(super) fn taken_branch(&mut self, branch: &'c If) -> Option<&'c [Statement]> {
        let holds = self.decides(&branch.condition)?;
        let otherwise = branch.otherwise.as_deref().unwrap_or_default();
        Some(if holds { &branch.then } else { otherwise })
    }

    /// The one of several that is done, if a caller decides it.
    pub(super) fn taken_arm(&mut self, chain: &'c [Arm]) -> Option<&'c [Statement]> {
        for (condition, block) in chain {
            let holds = condition.as_ref().is_none_or(|it| self.decides(it) == Some(true));
            if holds {
                return Some(block);
            }
            if self.decides(condition.as_ref()?) != Some(false) {
                return None;
            }
        }
        Some(&[])
    }

    /// The one case that is done, if a caller decides it.
    pub(super) fn taken_case(&mut self, switch: &'c Switch) -> Option<&'c [Statement]> {
        let subject = self.given_text(switch.subject.as_ref()?)?;
        let mut otherwise: Option<&'c Case> = None;
        let mut taken = None;
        for case in &switch.cases {
            if case.values.is_empty() {
                otherwise = Some(case);
            }
            for value in &case.values {
                if self.text_of(value)? == subject {
                    taken = taken.or(Some(case));
                }
            }
        }
        // What is empty may go on with the next.
        let body = &taken.or(otherwise)?.body;
        (!body.is_empty()).then_some(body)
    }

    /// Whether a statement of which every branch returns is read for what one call
    /// gives: nothing behind it is for that call.
    pub(super) fn leaves_for(&self, statement: &Statement) -> bool {
        let chooses =
            matches!(statement, Statement::If(_) | Statement::Chain(_) | Statement::Switch(_));
        self.run.inlined && chooses
    }

    /// Reads what is taken of a `switch`.
    pub(super) fn read_case(&mut self, body: &'c [Statement]) -> Flow {
        match self.block(body) {
            Flow::Jumps => Flow::Falls,
            flow => flow,
        }
    }

    /// Whether a condition holds that compares a parameter with a text.
    fn decides(&mut self, condition: &'c Expression) -> Option<bool> {
        let (same, one, other) = match &condition.value {
            Value::Same(same, one, other) => (*same, &**one, &**other),
            Value::Call(callee, arguments) => match (&callee.value, arguments.as_slice()) {
                (Value::Member(one, name), [other]) if COMPARES.contains(&&**name) => {
                    (true, &**one, &other.value)
                }
                _ => return None,
            },
            _ => return None,
        };
        let (given, text) = match self.given_text(one) {
            Some(given) => (given, self.text_of(other)?),
            None => (self.given_text(other)?, self.text_of(one)?),
        };
        Some((given == text) == same)
    }

    /// The text that a caller gives for a parameter.
    fn given_text(&mut self, expression: &'c Expression) -> Option<String> {
        let Value::Name(name) = &expression.value else { return None };
        let function = self.run.function.filter(|_| self.run.inlined)?;
        let parameters = &self.unit.functions.get(function)?.parameters;
        let is_given = parameters.iter().any(|parameter| parameter.name == *name);
        if is_given { self.text_of(expression) } else { None }
    }

    fn text_of(&mut self, expression: &'c Expression) -> Option<String> {
        let plain = matches!(
            expression.value,
            Value::Name(_) | Value::Text(_) | Value::Literal(_) | Value::Member(..)
        );
        let (thing, _) = self.apart(|machine| plain.then(|| machine.eval(expression)));
        thing?.as_text().map(str::to_owned)
    }
}
