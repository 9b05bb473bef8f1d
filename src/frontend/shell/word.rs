//! A word of a command as far as its value is known.

use std::ops::Range;

use tree_sitter::Node;

use super::script::Script;
use crate::procedure::Value;

/// The longest text that a word may expand to, in bytes.
const LONGEST: usize = 1 << 16;

/// The most values that a word is tried with.
pub(super) const MOST_CHOICES: usize = 64;

/// Around a part that is not known, in a text of which the rest is known: as
/// that part is written. Private characters, so that no script has them.
const OPENS: char = '\u{e000}';
const CLOSES: char = '\u{e001}';

/// What fields of a request have between them.
const FIELDS: char = '&';

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
    /// Its text where only parts of it are not known.
    pub(super) partial: Option<String>,
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

    /// A part of a text of which only is known how it is written.
    pub(super) fn hole(self, written: &str) -> Self {
        if self.known.is_some() || self.choices.is_some() {
            return self;
        }
        let written = if written.contains(char::is_whitespace) { "$(…)" } else { written };
        let texts = vec![format!("{OPENS}{written}{CLOSES}")];
        Self { choices: Some(Choices { texts, each: false, split: false }), ..self }
    }

    /// Without what it may be where that is not wholly known and no line of
    /// words or fields, which alone say something.
    pub(super) fn lines(mut self) -> Self {
        let says = |text: &String| {
            !has_hole(text) || text.contains(char::is_whitespace) || text.contains(FIELDS)
        };
        self.retain(says);
        self
    }

    fn retain(&mut self, wanted: impl Fn(&String) -> bool) {
        if let Some(choices) = &mut self.choices {
            choices.texts.retain(wanted);
        }
        self.choices.take_if(|choices| choices.texts.is_empty());
    }

    /// The text if there is but one that it can be, parts that are not known as
    /// they are written.
    pub(super) fn into_line(self) -> Option<String> {
        let only = self.choices.filter(|choices| choices.texts.len() == 1);
        let only = only.and_then(|choices| choices.texts.into_iter().next());
        self.known.or_else(|| only.filter(|text| has_hole(text)).map(|text| written(&text)))
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
            (Self { choices: Some(left), .. }, Self { choices: Some(right), .. }) => {
                Self { choices: left.product(right), ..joined }
            }
            _ => joined,
        }
    }
}

impl Choices {
    fn map(self, each: impl Fn(&str) -> String) -> Self {
        let texts = self.texts.iter().map(|text| each(text));
        Self { texts: texts.filter(|text| text.len() <= LONGEST).collect(), ..self }
    }

    /// Each text of one with the only one of the other behind or before it.
    fn product(self, right: Self) -> Option<Self> {
        match (self.texts.as_slice(), right.texts.as_slice()) {
            ([left], _) => {
                let left = left.clone();
                Some(right.map(|text| left.clone() + text))
            }
            (_, [right]) => Some(self.clone().map(|text| text.to_owned() + right)),
            _ => None,
        }
    }
}

/// Whether a part of a text is not known.
pub(super) fn has_hole(text: &str) -> bool {
    text.contains(OPENS)
}

/// A text with parts that are not known as they are written.
pub(super) fn written(text: &str) -> String {
    text.replace([OPENS, CLOSES], "")
}

impl<'t> Word<'t> {
    /// A word of known text that is not written out where it is used. A part of
    /// it may not be known.
    pub(super) fn of_text(text: &str, range: Range<usize>) -> Self {
        let value = if has_hole(text) {
            Value::unknown(written(text))
        } else {
            Value::Text(text.to_owned())
        };
        let partial = None;
        Self { range, value, choices: None, node: None, several: false, positional: false, partial }
    }

    /// Leaves out what it may be where that is not wholly known.
    pub(super) fn forget_parts(&mut self) {
        if let Some(choices) = &mut self.choices {
            choices.texts.retain(|text| !has_hole(text));
        }
        self.choices.take_if(|choices| choices.texts.is_empty());
    }

    /// What it may be where parts of it are not known, for whoever is given it.
    pub(super) fn partly_known(&self) -> Option<Choices> {
        let text = self.partial.clone().filter(|_| self.text().is_none())?;
        Some(Choices { texts: vec![text], each: false, split: false })
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
        let partial = text.choices.as_ref().filter(|choices| choices.texts.len() == 1);
        let partial = partial.map(|choices| choices.texts[0].clone());
        Self {
            range: node.byte_range(),
            value,
            partial,
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
