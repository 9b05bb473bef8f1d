//! Resource and data source blocks as declarations.

use std::rc::Rc;

use crate::procedure::{Declaration, Property, Value};

use super::FRONTEND;
use super::datum::{Datum, Origin};
use super::evaluate::{Evaluator, entries};
use super::scope::Scope;
use super::tree::{Attribute, Block, Item, Kind, Place};

/// What the types of this cloud's provider begin with.
const PROVIDER: &str = "alicloud_";

/// How deep blocks are read; the provider nests them four levels.
const MAX_BLOCKS: usize = 16;

/// The properties of one declaration; more are one that stands for all.
const MAX_PROPERTIES: usize = 10_000;

/// The declaration that an occurrence of a block is, if it is one of this
/// cloud's.
pub(super) fn declaration<'p>(
    block: &'p Block,
    evaluator: &Evaluator<'p>,
    scope: Scope<'_, 'p>,
) -> Option<Declaration> {
    let ([kind, _], "resource" | "data") = (block.labels.as_slice(), &*block.name) else {
        return None;
    };
    if !kind.starts_with(PROVIDER) {
        return None;
    }
    let mut reader = Reader { evaluator, properties: Vec::new() };
    reader.contents(block, &Path { prefix: String::new(), depth: 0 }, scope);
    let suffix = scope.occurrence.map_or("", |occurrence| &occurrence.suffix);
    Some(Declaration {
        address: format!("{}{}{suffix}", scope.instance.prefix, block.address()?),
        kind: if &*block.name == "data" { format!("data.{kind}") } else { kind.to_string() },
        span: evaluator.project.sources.span(block.place),
        frontend: FRONTEND.name,
        properties: reader.properties,
    })
}

/// Collects the properties of a block.
struct Reader<'e, 'p> {
    evaluator: &'e Evaluator<'p>,
    properties: Vec<Property>,
}

/// Where in a resource a block stands.
struct Path {
    prefix: String,
    depth: usize,
}

impl Path {
    fn of(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn inside(&self, name: &str) -> Self {
        Self { prefix: format!("{}{name}.", self.prefix), depth: self.depth + 1 }
    }
}

impl<'p> Reader<'_, 'p> {
    /// Adds what a block holds to the properties, and gives it as a map's entries.
    fn contents(
        &mut self,
        block: &'p Block,
        path: &Path,
        scope: Scope<'_, 'p>,
    ) -> Vec<(String, Value)> {
        let mut entries = Vec::new();
        for item in &block.items {
            match item {
                Item::Attribute(attribute) if path.depth == 0 && is_meta(&attribute.name) => {}
                Item::Attribute(attribute) => {
                    let value = self.evaluator.value(&attribute.value, scope);
                    entries.push((attribute.name.to_string(), value.clone()));
                    self.push(path.of(&attribute.name), value, attribute.place);
                }
                Item::Block(nested) => entries.extend(self.nested(nested, path, scope)),
            }
        }
        entries
    }

    fn push(&mut self, name: String, value: Value, place: Place) {
        let span = self.evaluator.project.sources.span(place);
        self.properties.push(Property { name, value, span });
    }

    fn nested(
        &mut self,
        block: &'p Block,
        path: &Path,
        scope: Scope<'_, 'p>,
    ) -> Vec<(String, Value)> {
        match &*block.name {
            "lifecycle" if path.depth == 0 => {
                self.lifecycle(block, scope);
                Vec::new()
            }
            "provisioner" | "connection" if path.depth == 0 => Vec::new(),
            "dynamic" => self.dynamic(block, path, scope).unwrap_or_default(),
            // The parser puts what follows an unclosed block inside it.
            _ if block.is_top_level() => Vec::new(),
            name => vec![self.one(name, block, block.place, path, scope)],
        }
    }

    /// A block as one property, and what it holds as others.
    fn one(
        &mut self,
        name: &str,
        block: &'p Block,
        place: Place,
        path: &Path,
        scope: Scope<'_, 'p>,
    ) -> (String, Value) {
        let number = self.properties.len();
        self.push(path.of(name), Value::Absent, place);
        let value = if path.depth < MAX_BLOCKS && number < MAX_PROPERTIES {
            Value::Map(self.contents(block, &path.inside(name), scope))
        } else {
            Value::unknown(name)
        };
        self.properties[number].value = value.clone();
        (name.to_owned(), value)
    }

    /// Blocks that are generated.
    fn dynamic(
        &mut self,
        block: &'p Block,
        path: &Path,
        scope: Scope<'_, 'p>,
    ) -> Option<Vec<(String, Value)>> {
        let name = block.labels.first()?;
        let over = block.attribute("for_each")?;
        let datum = self.evaluator.evaluate(&over.value, scope);
        let iterator = block.attribute("iterator").map_or_else(
            || name.to_string(),
            |iterator| self.evaluator.written(iterator.value.place).trim_matches('"').to_owned(),
        );
        let content = block.blocks("content").next();
        if let (Some(entries), Some(content)) = (entries(&datum), content) {
            let mut made = Vec::new();
            for (key, value) in entries {
                let pair = vec![("key".into(), key), ("value".into(), value)];
                let bound = scope.bind(&iterator, Datum::map(pair)?);
                made.push(self.one(name, content, block.place, path, scope.with(&bound)));
            }
            return Some(made);
        }
        if !self.evaluator.value_of(&datum, over.value.place).is_given() {
            return None;
        }
        Some(vec![self.some(name, &iterator, block, (&datum, over), path, scope)])
    }

    /// Blocks of which it is unknown how many there are.
    fn some(
        &mut self,
        name: &Rc<str>,
        iterator: &str,
        block: &'p Block,
        (datum, over): (&Datum, &'p Attribute),
        path: &Path,
        scope: Scope<'_, 'p>,
    ) -> (String, Value) {
        let value = self.evaluator.value_of(datum, over.value.place);
        self.push(path.of(name), value.clone(), block.place);
        let key = Datum::unknown(format!("{iterator}.key"), Origin::Nowhere);
        let item = match datum {
            Datum::Each(each) => {
                Datum::map(vec![("key".into(), key), ("value".into(), (**each).clone())])
            }
            _ => None,
        };
        let item = item.unwrap_or_else(|| Datum::unknown(iterator, datum.origin()));
        let bound = scope.bind(iterator, item);
        for content in block.blocks("content").filter(|_| path.depth < MAX_BLOCKS) {
            self.contents(content, &path.inside(name), scope.with(&bound));
        }
        (name.to_string(), value)
    }

    fn lifecycle(&mut self, block: &'p Block, scope: Scope<'_, 'p>) {
        for attribute in block.attributes() {
            let value = match &*attribute.name {
                "ignore_changes" => self.names(attribute),
                "prevent_destroy" => self.evaluator.value(&attribute.value, scope),
                _ => continue,
            };
            let name = format!("lifecycle.{}", attribute.name);
            self.push(name, value, attribute.place);
        }
    }

    /// The attributes that `ignore_changes` lists; `all` is a list of itself.
    fn names(&self, attribute: &'p Attribute) -> Value {
        let names = match &attribute.value.kind {
            Kind::Tuple(names) => names.as_slice(),
            _ => std::slice::from_ref(&attribute.value),
        };
        let written = |place| self.evaluator.written(place).trim_matches('"').to_owned();
        Value::List(names.iter().map(|name| Value::Text(written(name.place))).collect())
    }
}

/// Whether an attribute is the language's own rather than the resource's.
fn is_meta(name: &str) -> bool {
    matches!(name, "count" | "for_each" | "depends_on" | "provider")
}
