//! Conditions: what each says of attributes, and what it leaves open.

use std::rc::Rc;

use super::expression::{unknown, written};
use super::statement::names_error;
use super::{Machine, Mode};
use crate::formula::{ALWAYS, Formula, NEVER};
use crate::go::Code;
use crate::value::{Atom, AttributeValue, Scope, Value};

impl<'p> Machine<'_, 'p> {
    pub(super) fn condition(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Formula {
        let value = self.value(code, scope);
        self.truth(value, code)
    }

    fn truth(&mut self, value: Value<'p>, code: Code<'p>) -> Formula {
        self.each(value, |machine, value| match value {
            Value::Truth(formula) => formula,
            Value::Attribute(AttributeValue { name, old: false }) => machine.is_true(&name),
            other => {
                let text = written(&other, code);
                machine.unclear(&text)
            }
        })
    }

    /// The condition of a comparison.
    pub(super) fn compare(
        &mut self,
        left: Value<'p>,
        operator: &str,
        right: &Value<'p>,
        code: Code<'p>,
    ) -> Formula {
        if let (Value::Length(_) | Value::Attribute(_), Value::Text(number)) = (&left, right)
            && let Some(formula) = self.compare_with_zero(&left, operator, number)
        {
            return formula;
        }
        match operator {
            "==" => self.equal(left, right, code),
            "!=" => {
                let equal = self.equal(left, right, code);
                self.logic.not(equal)
            }
            _ => {
                let text = comparison(&left, operator, right, code);
                self.unclear(&text)
            }
        }
    }

    /// `> 0`, `< 1` and the like of lengths and numbers.
    fn compare_with_zero(
        &mut self,
        left: &Value<'p>,
        operator: &str,
        number: &str,
    ) -> Option<Formula> {
        let positive = match (operator, number) {
            (">" | "!=", "0") | (">=", "1") => true,
            ("<=" | "==", "0") | ("<", "1") => false,
            _ => return None,
        };
        let filled = match left {
            Value::Length(filled) => *filled,
            Value::Attribute(attribute) if attribute.old => {
                let text = format!("old {} > 0", attribute.name);
                match self.mode {
                    Mode::Create => NEVER,
                    _ => self.unclear_attribute(text),
                }
            }
            Value::Attribute(attribute) => self.is_set(&attribute.name, false),
            _ => return None,
        };
        Some(if positive { filled } else { self.logic.not(filled) })
    }

    /// The condition under which two values are equal.
    pub(super) fn equal(&mut self, left: Value<'p>, right: &Value<'p>, code: Code<'p>) -> Formula {
        self.each(left, |machine, left| {
            machine
                .each(right.clone(), |machine, right| machine.equal_to(left.clone(), right, code))
        })
    }

    fn equal_to(&mut self, left: Value<'p>, right: Value<'p>, code: Code<'p>) -> Formula {
        match (left, right) {
            (left, Value::Nil) | (Value::Nil, left) => self.is_nil(&left, code),
            (Value::Text(left), Value::Text(right)) => decided(left == right),
            (Value::Truth(left), Value::Truth(right)) => {
                let not_right = self.logic.not(right);
                self.logic.choose(left, right, not_right)
            }
            (Value::Attribute(attribute), Value::Text(text))
            | (Value::Text(text), Value::Attribute(attribute)) => self.has_value(&attribute, &text),
            (Value::Attribute(attribute), Value::Truth(truth))
            | (Value::Truth(truth), Value::Attribute(attribute))
                if !attribute.old =>
            {
                let is_true = self.is_true(&attribute.name);
                let not_true = self.logic.not(is_true);
                self.logic.choose(truth, is_true, not_true)
            }
            (left, right) => {
                let text = comparison(&left, "==", &right, code);
                self.unclear(&text)
            }
        }
    }

    fn is_nil(&mut self, value: &Value<'p>, code: Code<'p>) -> Formula {
        match value {
            Value::Nil => ALWAYS,
            value if value.may_fail() => {
                let fails = self.fails();
                self.logic.not(fails)
            }
            // What the plugin SDK gives for an attribute is never nil either.
            Value::Attribute(_)
            | Value::Closure(_)
            | Value::Object(_)
            | Value::Text(_)
            | Value::ResourceData => NEVER,
            // An answer of the API in its type.
            Value::Unknown(text) if text.contains(".(*") => NEVER,
            value => {
                let left = code.field("left").unwrap_or(code);
                if names_error(left.text()) {
                    let fails = self.fails();
                    return self.logic.not(fails);
                }
                let text = format!("{} == nil", written(value, left));
                self.unclear(&text)
            }
        }
    }

    /// Whether a boolean attribute is true.
    pub(super) fn is_true(&mut self, name: &str) -> Formula {
        match self.registration.attribute(name) {
            Some(known) if known.removed => NEVER,
            Some(known) if !known.is_settable() => self.state(format!("{name} == true")),
            Some(_) => self.atom(Atom::Equals(name.to_owned(), "true".to_owned())),
            None => NEVER,
        }
    }

    fn has_value(&mut self, attribute: &AttributeValue, text: &str) -> Formula {
        let name = &attribute.name;
        if attribute.old && self.mode == Mode::Create {
            return decided(text.is_empty());
        }
        if text.is_empty() {
            let set = if attribute.old {
                self.unclear_attribute(format!("old {name} is set"))
            } else {
                self.is_set(name, false)
            };
            return self.logic.not(set);
        }
        match self.registration.attribute(name) {
            Some(known) if known.removed => NEVER,
            Some(known) if !known.is_settable() => self.state(format!("{name} == \"{text}\"")),
            Some(known) if attribute.old && self.mode == Mode::Update => {
                let has_two = known.values.len() == 2;
                self.had_value(name, text, has_two)
            }
            Some(_) => self.atom(Atom::Equals(name.clone(), text.to_owned())),
            None => NEVER,
        }
    }

    /// Whether an attribute had a value before: the one that it has if it stays,
    /// and of two possible ones the other if it changes.
    fn had_value(&mut self, name: &str, text: &str, has_two: bool) -> Formula {
        let has = self.atom(Atom::Equals(name.to_owned(), text.to_owned()));
        let changed = self.is_changed(name);
        let had = if has_two {
            self.logic.not(has)
        } else {
            self.unclear_attribute(format!("old {name} == \"{text}\""))
        };
        self.logic.choose(changed, had, has)
    }

    /// Whether an attribute has a value; `zero_counts` if also a zero value is one.
    pub(super) fn is_set(&mut self, name: &str, zero_counts: bool) -> Formula {
        let Some(known) = self.registration.attribute(name) else { return NEVER };
        if known.removed {
            return NEVER;
        }
        if !known.is_settable() {
            return self.state(format!("{name} is known"));
        }
        match known.kind == "Bool" && !zero_counts {
            true => self.is_true(name),
            false if known.required || known.has_default() => ALWAYS,
            false => self.atom(Atom::Set(name.to_owned())),
        }
    }

    /// A condition on an attribute that nobody can set.
    fn state(&mut self, text: String) -> Formula {
        match self.mode {
            Mode::Create | Mode::Read => NEVER,
            Mode::Update | Mode::Delete => self.unclear_attribute(text),
        }
    }

    /// Whether an attribute changes. What is created changes if it is set.
    pub(super) fn is_changed(&mut self, name: &str) -> Formula {
        let Value::Attribute(AttributeValue { name, .. }) = self.attribute(name, false) else {
            return NEVER;
        };
        let Some(known) = self.registration.attribute(&name) else { return NEVER };
        match self.mode {
            Mode::Create => self.is_set(&name, false),
            Mode::Update if known.can_change() => self.atom(Atom::Changed(name)),
            Mode::Read | Mode::Update | Mode::Delete => NEVER,
        }
    }

    /// When a list has an entry; none if that cannot be told.
    pub(super) fn filled(&mut self, value: &Value<'p>) -> Option<Formula> {
        match value {
            Value::List(filled) => Some(*filled),
            Value::Items(items) => Some(decided(!items.is_empty())),
            Value::Attribute(attribute) if !attribute.old => {
                Some(self.is_set(&attribute.name, false))
            }
            Value::Attribute(_) if self.mode == Mode::Create => Some(NEVER),
            Value::Attribute(attribute) => {
                Some(self.unclear_attribute(format!("old {} is set", attribute.name)))
            }
            Value::Choice(values) => {
                let mut any = NEVER;
                for (when, value) in values {
                    let filled = self.filled(value)?;
                    let filled = self.logic.and(*when, filled);
                    any = self.logic.or(any, filled);
                }
                Some(any)
            }
            Value::Nil => Some(NEVER),
            _ => None,
        }
    }

    /// The entries of one list that another has not.
    pub(super) fn difference(
        &mut self,
        left: &Value<'p>,
        right: &Value<'p>,
        code: Code<'p>,
    ) -> Value<'p> {
        match (left, right) {
            (Value::Attribute(left), Value::Attribute(right)) if left.old != right.old => {
                Value::List(match (self.mode, left.old) {
                    (Mode::Create, true) => NEVER,
                    (Mode::Create, false) => self.is_set(&left.name.clone(), false),
                    (_, true) => self.unclear_attribute(format!("{} loses an entry", left.name)),
                    (_, false) => self.unclear_attribute(format!("{} gains an entry", left.name)),
                })
            }
            (Value::List(NEVER), _) => Value::List(NEVER),
            (Value::List(filled), Value::Attribute(right)) => {
                let lost = self.unclear_attribute(format!("{} loses an entry", right.name));
                Value::List(self.logic.and(*filled, lost))
            }
            _ => unknown(code),
        }
    }
}

fn decided(holds: bool) -> Formula {
    if holds { ALWAYS } else { NEVER }
}

/// The text of a comparison; with `==` for `!=`, so that both are one atom.
fn comparison(left: &Value<'_>, operator: &str, right: &Value<'_>, code: Code<'_>) -> String {
    let side = |name| code.field(name).unwrap_or(code);
    let left = written(left, side("left"));
    format!("{left} {operator} {}", written(right, side("right")))
}
