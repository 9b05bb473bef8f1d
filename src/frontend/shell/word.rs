//! A word of a command as far as its value is known.

use std::ops::Range;

use tree_sitter::Node;

use super::script::Script;
use crate::procedure::Value;

/// The longest text that a word may expand to, in bytes.
const LONGEST: usize = 1 << 16;

/// The most values that a word is tried with.
const MOST_CHOICES: usize = 64;

/// A word of a command after expansion.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// Its value, or the text as it is written.
    pub(super) value: Value,
    /// What the value may be where it is not known.
    pub(super) choices: Option<Choices>,
    /// The literal it is written as, unless it comes out of a variable.
    pub(super) node: Option<Node<'t>>,
    /// Whether it may stand for any number of words.
    pub(super) several: bool,
    /// Whether it depends on parameters of a function that are not known.
    pub(super) positional: bool,
}

/// The known values that a word may have.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    /// The values.
    pub(super) texts: Vec<String>,
    /// Whether it has each of them in turn, as in a loop.
    pub(super) each: bool,
    /// Whether they are split at blanks.
    pub(super) split: bool,
}

/// What is known of a text that parts make up.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// The text, if it is known for sure.
    pub(super) known: Option<String>,
    /// What it may be otherwise.
    pub(super) choices: Option<Choices>,
    /// Whether it depends on parameters of a function that are not known.
    pub(super) positional: bool,
    /// What a parameter is in the words of the call.
    pub(super) written: Option<Value>,
}

impl Text {
    /// A known text.
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self { known: Some(text.into()), ..Self::default() }
    }

    /// The value if it is known for sure.
    pub(super) fn into_known(self) -> Option<String> {
        self.known
    }

    /// This text with another behind it.
    pub(super) fn join(self, next: Self) -> Self {
        let positional = self.positional || next.positional;
        let joined = Self { positional, ..Self::default() };
        match (self, next) {
            (Self { known: Some(mut left), .. }, Self { known: Some(right), .. }) => {
                left.push_str(&right);
                Self { known: Some(left).filter(|text| text.len() <= LONGEST), ..joined }
            }
            (Self { known: Some(left), .. }, Self { choices: Some(right), .. }) => {
                Self { choices: Some(right.map(|text| left.clone() + text)), ..joined }
            }
            (Self { choices: Some(left), .. }, Self { known: Some(right), .. }) => {
                Self { choices: Some(left.map(|text| text.to_owned() + &right)), ..joined }
            }
            _ => joined,
        }
    }
}

impl Choices {
    fn map(self, each: impl Fn(&str) -> String) -> Self {
        Self { texts: self.texts.iter().map(|text| each(text)).collect(), ..self }
    }
}

impl<'t> Word<'t> {
    /// A word of known text that is not written out where it is used.
    pub(super) fn of_text(text: &str, range: Range<usize>) -> Self {
        Self {
            range,
            value: Value::Text(text.to_owned()),
            choices: None,
            node: None,
            several: false,
            positional: false,
        }
    }

    /// Its text if that is known.
    pub(super) fn text(&self) -> Option<&str> {
        self.value.as_text()
    }

    /// A literal of which so much is known.
    pub(super) fn of(text: Text, node: Node<'t>, script: &Script<'t>) -> Self {
        let written = || Value::unknown(script.slice(node).replace('"', ""));
        let value = match text.known {
            Some(known) => Value::Text(known),
            None => text.written.unwrap_or_else(written),
        };
        Self {
            range: node.byte_range(),
            value,
            choices: text.choices,
            node: Some(node),
            several: false,
            positional: text.positional,
        }
    }
}

/// A variable of which one of two things is true.
pub(super) fn either(left: Text, right: Text) -> Text {
    let positional = left.positional || right.positional;
    if left.known.is_some() && left.known == right.known {
        return left;
    }
    let texts: Vec<Choices> = [left, right].into_iter().filter_map(choices).collect();
    let mut merged: Vec<String> = Vec::new();
    for text in texts.into_iter().flat_map(|choices| choices.texts) {
        if !merged.contains(&text) {
            merged.push(text);
        }
    }
    merged.truncate(MOST_CHOICES);
    let choices =
        (!merged.is_empty()).then_some(Choices { texts: merged, each: false, split: false });
    Text { choices, positional, ..Text::default() }
}

/// What a text may be, known or not.
pub(super) fn choices(text: Text) -> Option<Choices> {
    let known = text.known.map(|text| Choices { texts: vec![text], each: false, split: false });
    known.or(text.choices)
}

/// A value, or a default where there is none. An empty value counts as none.
pub(super) fn with_default(value: Text, default: &str) -> Text {
    if value.known.as_ref().is_some_and(|known| !known.is_empty()) {
        return value;
    }
    let plain = default.trim_matches(['"', '\'']);
    if plain.contains(['$', '`', '"', '\'']) {
        return Text { known: None, ..value };
    }
    if value.known.is_some() {
        return Text::known(plain);
    }
    let default = Text::known(plain);
    let positional = value.positional;
    let known = value.choices.is_some() || value.written.is_some();
    let merged = if known { either(value, default) } else { default };
    Text { known: None, choices: choices(merged), positional, written: None }
}
