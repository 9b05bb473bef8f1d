//! What is known of a value of a script.

use tree_sitter::Node;

use crate::procedure::Value;

/// The most values that one may have.
pub(super) const MOST_CHOICES: usize = 32;

/// The longest text that is put together, in bytes.
const LONGEST: usize = 1 << 16;

/// A value as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum<'t> {
    /// A text. A part that is not known stands in it as it is written; callers may
    /// decide it.
    Text { text: String, whole: bool, parameter: bool },
    /// A list.
    List(Vec<Self>),
    /// A hash table.
    Map(Vec<(String, Self)>),
    /// A script block.
    Block(Node<'t>),
    /// One of these; all of them in turn if so said.
    OneOf { items: Vec<Self>, each: bool },
    /// Nothing is known but how it is written, and whether callers decide it.
    Unknown { text: String, parameter: bool },
}

impl Datum<'_> {
    /// A known text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), whole: true, parameter: false }
    }

    /// A value of which only is known how it is written.
    pub(super) fn unknown(text: impl Into<String>) -> Self {
        Self::Unknown { text: text.into(), parameter: false }
    }

    /// One of several values; alternatives among them count themselves.
    pub(super) fn one_of(items: Vec<Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut every = true;
        for item in items {
            let (inner, each) = match item {
                Self::OneOf { items, each } => (items, each),
                one => (vec![one], false),
            };
            every &= each;
            for one in inner {
                if !flat.contains(&one) && flat.len() < MOST_CHOICES {
                    flat.push(one);
                }
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::OneOf { items: flat, each: every } }
    }

    /// The text of a value that is one and known as a whole.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, whole: true, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of a value, parts that are not known as they are written.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Text { text, .. } | Self::Unknown { text, .. } => text.clone(),
            Self::List(items) => items.iter().map(Self::written).collect::<Vec<_>>().join(" "),
            Self::OneOf { items, .. } => items.first().map(Self::written).unwrap_or_default(),
            Self::Map(_) | Self::Block(_) => String::new(),
        }
    }

    /// Whether callers decide it.
    pub(super) fn is_parameter(&self) -> bool {
        match self {
            Self::Unknown { parameter, .. } | Self::Text { parameter, .. } => *parameter,
            Self::OneOf { items, .. } | Self::List(items) => items.iter().any(Self::is_parameter),
            Self::Map(_) | Self::Block(_) => false,
        }
    }

    /// The items of a list; a value that is none is its only item.
    pub(super) fn items(self) -> Vec<Self> {
        if let Self::List(items) = self { items } else { vec![self] }
    }

    /// This text with another behind it, for each value that either may have.
    pub(super) fn join(self, next: Self) -> Self {
        match (self, next) {
            (Self::OneOf { items, each }, right) => {
                let joined = items.into_iter().map(|left| left.join(right.clone())).collect();
                Self::spread(joined, each)
            }
            (left, Self::OneOf { items, each }) => {
                let joined = items.into_iter().map(|right| left.clone().join(right)).collect();
                Self::spread(joined, each)
            }
            (left, right) => {
                let whole = left.as_text().is_some() && right.as_text().is_some();
                let parameter = left.is_parameter() || right.is_parameter();
                let text = left.written() + &right.written();
                match text.len() <= LONGEST {
                    false => Self::unknown(String::new()),
                    true if !whole && parameter && !text.contains(' ') => {
                        Self::Unknown { text, parameter }
                    }
                    true => Self::Text { text, whole, parameter },
                }
            }
        }
    }

    fn spread(items: Vec<Self>, each: bool) -> Self {
        match Self::one_of(items) {
            Self::OneOf { items, .. } => Self::OneOf { items, each },
            one => one,
        }
    }

    /// The value of a map's key, in any case.
    pub(super) fn entry(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// It as a value of a call.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Text { text, whole: true, .. } => Value::Text(text.clone()),
            Self::Text { text, .. } | Self::Unknown { text, .. } => Value::unknown(text),
            Self::List(items) => Value::List(items.iter().map(Self::value).collect()),
            Self::Map(entries) => Value::Map(
                entries.iter().map(|(name, value)| (name.clone(), value.value())).collect(),
            ),
            Self::OneOf { .. } | Self::Block(_) => Value::unknown(self.written()),
        }
    }
}
