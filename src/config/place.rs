//! Values that know where in the file they stand.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use toml::Spanned;

/// A value and its place.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct At<T>(Spanned<T>);

impl<T> At<T> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        self.0.get_ref()
    }

    /// Where it stands, in bytes.
    #[must_use]
    pub fn place(&self) -> Range<usize> {
        self.0.span()
    }
}

/// In the schema the place is not there.
impl<T: JsonSchema> JsonSchema for At<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

/// A text or a list of some.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OneOrMany {
    /// A text.
    One(String),
    /// A list.
    Many(Vec<At<String>>),
}

impl At<OneOrMany> {
    /// The texts with their places.
    pub fn items(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let (one, many) = match self.value() {
            OneOrMany::One(text) => (Some((text.as_str(), self.place())), &[][..]),
            OneOrMany::Many(list) => (None, list.as_slice()),
        };
        one.into_iter().chain(many.iter().map(|item| (item.value().as_str(), item.place())))
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = OneOrMany;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(OneOrMany::Many(list))
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "A text or a list of some",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        })
    }
}
