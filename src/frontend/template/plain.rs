//! Values of texts that hold data and nothing else: no references, no functions.

use super::Item;
use crate::procedure::Value;

impl Item<'_> {
    /// Its value as it stands. Recursion goes no deeper than the tree is high.
    pub(in crate::frontend) fn plain_value(self) -> Value {
        if self.is_sequence() {
            return Value::List(self.items().map(Self::plain_value).collect());
        }
        if self.is_mapping() {
            let entries =
                self.entries().map(|entry| (entry.key.render(), entry.value.plain_value()));
            return Value::Map(entries.filter(|(_, value)| *value != Value::Absent).collect());
        }
        self.literal().unwrap_or(Value::Absent)
    }
}
