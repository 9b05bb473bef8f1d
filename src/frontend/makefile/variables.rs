//! Variables of a makefile: what their assignments come to.

use std::collections::HashMap;
use std::ops::Range;

/// How many values of one variable are kept.
const MOST_VALUES: usize = 8;

/// The variables of a file, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables<'s>(HashMap<&'s str, Vec<Value<'s>>>);

/// A value, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Value<'s> {
    /// The text, with the pieces of a continued line joined.
    pub(super) text: String,
    /// Where a canned recipe's lines are.
    pub(super) lines: Option<Range<usize>>,
    name: &'s str,
}

/// How an assignment changes what is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Assign {
    /// `=`, `:=`
    Set,
    /// `?=`
    Default,
    /// `+=`
    Append,
}

impl<'s> Variables<'s> {
    /// Takes an assignment in; one under a condition does not hide the others.
    pub(super) fn assign(
        &mut self,
        name: &'s str,
        text: String,
        lines: Option<Range<usize>>,
        (assign, conditional): (Assign, bool),
    ) {
        let values = self.0.entry(name).or_default();
        let value = Value { text, lines, name };
        match assign {
            Assign::Set if !conditional => *values = vec![value],
            Assign::Default if !values.is_empty() && !conditional => {}
            Assign::Append if !values.is_empty() => {
                for known in values {
                    known.text.push(' ');
                    known.text.push_str(&value.text);
                }
            }
            _ if values.len() < MOST_VALUES => values.push(value),
            _ => {}
        }
    }

    /// Takes in what the variables of an included file stand for, but for those
    /// that are known, and canned recipes.
    pub(super) fn take_in(&mut self, others: &Self) {
        let is_plain = |values: &[Value<'_>]| values.iter().all(|value| value.lines.is_none());
        others.0.iter().filter(|(_, values)| is_plain(values)).for_each(|(name, values)| {
            self.0.entry(name).or_insert_with(|| values.clone());
        });
    }

    /// The values that a variable may have.
    pub(super) fn values(&self, name: &str) -> &[Value<'s>] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The text of a variable that has one value.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.values(name) {
            [only] => Some(only.text.clone()),
            _ => None,
        }
    }

    /// The lines of a canned recipe.
    pub(super) fn canned(&self, name: &str) -> Option<Range<usize>> {
        self.values(name).iter().find_map(|value| value.lines.clone())
    }
}

impl Value<'_> {
    /// Whether the value uses the variable that it is one of.
    pub(super) fn uses_itself(&self) -> bool {
        [format!("$({}", self.name), format!("${{{}", self.name)]
            .iter()
            .any(|use_| self.text.contains(use_.as_str()))
    }
}
