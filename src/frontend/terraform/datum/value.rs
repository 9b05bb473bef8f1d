//! From the evaluator's values to those of the intermediate representation.

use std::cell::Cell;

use crate::procedure::Value;

use super::{Datum, Origin};

/// How much one value may copy. A unit is a value, or 64 bytes of text.
const MAX_COPY: usize = 10_000;

/// How much all values of a unit may copy.
const MAX_COPIES: usize = 4_000_000;

/// How much may still be copied.
#[derive(Debug)]
pub(in super::super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MAX_COPIES))
    }
}

impl Budget {
    fn allows(&self, size: usize) -> bool {
        let rest = self.0.get().checked_sub(size).filter(|_| size <= MAX_COPY);
        self.0.set(rest.unwrap_or_else(|| self.0.get()));
        rest.is_some()
    }
}

impl Datum {
    /// What is known of it. `text` names what has no better name; it is also what
    /// stays of something that is too large.
    pub(in super::super) fn value(&self, text: &dyn Fn() -> String, budget: &Budget) -> Value {
        match self {
            Self::List(_) | Self::Map(_) | Self::Text(_) if !budget.allows(self.size()) => {
                unknown(text(), &self.origin())
            }
            Self::Resource(_) | Self::Module(_) | Self::Each(_) => unknown(text(), &self.origin()),
            _ => self.copied(),
        }
    }

    fn copied(&self) -> Value {
        match self {
            Self::Null => Value::Absent,
            Self::Bool(_) | Self::Number(_) | Self::Text(_) => match self.as_text() {
                Some(text) => Value::Text(text.to_string()),
                None => Value::unknown("a number without end"),
            },
            Self::List(list) => Value::List(list.items.iter().map(Self::copied).collect()),
            Self::Map(map) => {
                let entries = map.entries().iter();
                Value::Map(entries.map(|(key, value)| (key.to_string(), value.copied())).collect())
            }
            Self::Resource(resource) => unknown(resource.address.clone(), &resource.origin),
            Self::Module(_) => Value::unknown("module"),
            Self::Each(each) => each.copied(),
            Self::Unknown(known) => unknown(known.text.to_string(), &known.origin),
        }
    }
}

fn unknown(text: String, origin: &Origin) -> Value {
    match origin {
        Origin::Declared(address) => Value::declared(text, &**address),
        Origin::Nowhere | Origin::Outside => Value::unknown(text),
    }
}
