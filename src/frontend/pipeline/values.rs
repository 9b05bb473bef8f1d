//! What is known of the variables and expressions that the code of a pipeline
//! refers to.

use std::collections::BTreeMap;

use crate::frontend::template::Item;

/// The longest value that is put into code, in bytes.
const LONGEST: usize = 4096;

/// How many values one expression may have.
const MOST: usize = 32;

/// What an expression comes to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Known {
    /// This.
    One(String),
    /// Each of these, in runs of their own.
    Each(Vec<String>),
    /// One of these.
    OneOf(Vec<String>),
}

/// What is known where a piece of code stands.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend) struct Values {
    /// The environment: names and what is written as their values.
    pub(in crate::frontend) variables: BTreeMap<String, String>,
    /// Expressions and what they come to: `matrix.action`.
    pub(in crate::frontend) expressions: BTreeMap<String, Known>,
}

impl Values {
    /// Adds the variables of a mapping; inner ones hide outer ones. Expressions
    /// of such a prefix stand for them, if there is one: `env.NAME`.
    pub(in crate::frontend) fn add_variables(&mut self, given: Option<Item<'_>>, prefix: &str) {
        for entry in given.into_iter().flat_map(Item::entries) {
            let value = entry.value.get("value").unwrap_or(entry.value);
            if let (Some(name), Some(value)) = (entry.key.text(), value.text()) {
                self.add_variable(name, value, prefix);
            }
        }
    }

    /// Adds one variable.
    pub(in crate::frontend) fn add_variable(&mut self, name: &str, value: &str, prefix: &str) {
        if value.len() > LONGEST || value.contains('\n') {
            self.variables.remove(name);
            return;
        }
        let expression = format!("{prefix}{name}");
        if is_plain(value) {
            self.expressions.insert(expression, Known::One(value.to_owned()));
        } else {
            self.expressions.remove(&expression);
        }
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Adds that an expression comes to each, or to one, of the scalars of a list.
    pub(in crate::frontend) fn add_list(&mut self, name: String, list: Item<'_>, each: bool) {
        let texts = list.items().map(|item| item.text().filter(|text| is_plain(text)));
        if let Some(texts) = texts.map(|text| text.map(str::to_owned)).collect() {
            self.add_texts(name, texts, each);
        }
    }

    /// The same for texts.
    pub(in crate::frontend) fn add_texts(&mut self, name: String, texts: Vec<String>, each: bool) {
        let known = match <[String; 1]>::try_from(texts) {
            Ok([text]) => Known::One(text),
            Err(texts) if texts.is_empty() || texts.len() > MOST => return,
            Err(texts) if each => Known::Each(texts),
            Err(texts) => Known::OneOf(texts),
        };
        self.expressions.insert(name, known);
    }
}

/// Whether a value is what is written.
fn is_plain(text: &str) -> bool {
    !text.contains(['$', '{', '`', '\n']) && text.len() <= LONGEST
}
