//! Values of arguments, with the variables in them resolved as far as the files
//! tell. Whoever runs a playbook may say otherwise; what it says itself counts.

use super::jinja::{self, Part};
use super::run::Run;
use super::scope::{Frame, Named};
use crate::frontend::template::Item;
use crate::procedure::{Unknown, Value};

/// How many variables are followed one from within the other.
const DEEPEST: u8 = 8;

/// How many values one argument is put together from; variables may refer to each
/// other many times over.
const MOST_VALUES: u32 = 5_000;

/// How many items of a loop are named one by one.
pub(super) const MOST_ITEMS: usize = 16;

impl<'t> Run<'_, 't> {
    /// What a value is known to be.
    pub(super) fn value(&self, item: Item<'t>, frame: &Frame<'t>) -> Value {
        self.values_left.set(MOST_VALUES);
        self.value_of(item, frame, DEEPEST)
    }

    /// What an argument's text is known to be.
    pub(super) fn text_value(&self, text: &str, frame: &Frame<'t>) -> Value {
        self.values_left.set(MOST_VALUES);
        self.filled(text, frame, DEEPEST)
    }

    /// Recursion goes no deeper than the tree is high, and than names are followed.
    fn value_of(&self, item: Item<'t>, frame: &Frame<'t>, depth: u8) -> Value {
        let Some(left) = self.values_left.get().checked_sub(1) else {
            return Value::unknown(item.render());
        };
        self.values_left.set(left);
        if item.is_sequence() {
            let mut items = Vec::new();
            for one in item.items() {
                match self.value_of(one, frame, depth) {
                    // The items of a loop stand for its item together.
                    Value::List(all) if one.text().is_some() => items.extend(all),
                    value => items.push(value),
                }
            }
            return Value::List(items);
        }
        if item.is_mapping() {
            let entry = |key: Item<'t>, value| (key.render(), self.value_of(value, frame, depth));
            let entries = item.entries().map(|one| entry(one.key, one.value));
            return Value::Map(entries.filter(|(_, value)| *value != Value::Absent).collect());
        }
        match item.text() {
            Some(text) if jinja::is_in(text) => self.filled(text, frame, depth),
            Some("yes" | "on" | "Yes" | "On") if item.is_plain() => Value::Text("true".to_owned()),
            Some("no" | "off" | "No" | "Off") if item.is_plain() => Value::Text("false".to_owned()),
            _ => item.literal().unwrap_or(Value::Absent),
        }
    }

    /// A text with its expressions put in.
    fn filled(&self, text: &str, frame: &Frame<'t>, depth: u8) -> Value {
        if let Some(expression) = jinja::sole(text) {
            return self.expression(expression, frame, depth);
        }
        let mut whole = String::new();
        for part in jinja::parts(text) {
            match part {
                Part::Plain(range) => whole.push_str(&text[range]),
                Part::Expression(_, inner) => match self.expression(&text[inner], frame, depth) {
                    Value::Text(known) => whole.push_str(&known),
                    _ => return Value::unknown(one_line(text)),
                },
                Part::Silent(range) if text[range.clone()].starts_with("{#") => {}
                Part::Silent(_) => return Value::unknown(one_line(text)),
            }
        }
        Value::Text(whole)
    }

    /// What an expression comes to.
    pub(super) fn expression_value(&self, expression: &str, frame: &Frame<'t>) -> Value {
        self.values_left.set(MOST_VALUES);
        self.expression(expression, frame, DEEPEST)
    }

    fn expression(&self, expression: &str, frame: &Frame<'t>, depth: u8) -> Value {
        let unknown = || {
            let name = jinja::root(expression).filter(|name| self.answers.contains_key(*name));
            let declared = name.and_then(|name| self.answers[name].declared.clone());
            let answer = name.map(str::to_owned);
            Value::Unknown(Unknown { text: jinja::braced(expression), declared, answer })
        };
        if let Some(literal) = quoted(expression) {
            return Value::Text(literal.to_owned());
        }
        let Some(path) = jinja::path(expression) else { return unknown() };
        let (Some((name, steps)), Some(depth)) = (path.split_first(), depth.checked_sub(1)) else {
            return unknown();
        };
        if self.answers.contains_key(*name) {
            return unknown();
        }
        if let Some(fact) = self.facts.get(*name) {
            return picked(fact.clone(), steps).unwrap_or_else(unknown);
        }
        match frame.named(name) {
            Some(Named::Item(item)) => {
                let item = steps.iter().try_fold(item, |item, step| field(item, step));
                item.map_or_else(unknown, |item| self.value_of(item, frame, depth))
            }
            Some(Named::Over(over)) if !over.items.is_empty() => {
                let picks = over.items.iter().map(|item| picked(item.clone(), steps));
                let items: Option<Vec<Value>> = picks.collect();
                match items.map(|mut items| (items.len(), items.pop(), items)) {
                    Some((1, Some(item), _)) => item,
                    Some((_, Some(last), mut items)) => {
                        items.push(last);
                        Value::List(items)
                    }
                    _ => unknown(),
                }
            }
            Some(Named::Over(over)) => {
                let over = jinja::sole(&over.text).unwrap_or(&over.text);
                let path: Vec<&str> = std::iter::once(over).chain(steps.iter().copied()).collect();
                Value::unknown(jinja::braced(&path.join(".")))
            }
            None => unknown(),
        }
    }
}

/// A part of a value.
fn picked(value: Value, steps: &[&str]) -> Option<Value> {
    steps.iter().try_fold(value, |value, step| match value {
        Value::Map(entries) => {
            entries.into_iter().find(|(key, _)| key == step).map(|(_, value)| value)
        }
        Value::List(items) => items.into_iter().nth(step.parse().ok()?),
        _ => None,
    })
}

fn field<'t>(item: Item<'t>, step: &str) -> Option<Item<'t>> {
    if item.is_sequence() { item.items().nth(step.parse().ok()?) } else { item.get(step) }
}

/// What a literal in an expression says.
fn quoted(expression: &str) -> Option<&str> {
    let quote = expression.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let inner = expression.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
