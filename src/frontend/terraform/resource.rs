//! Resource and data source blocks as declarations.

use tree_sitter::Node;

use crate::procedure::{Declaration, Property, Value};

use super::configuration::{Attribute, Block, Item};
use super::evaluate::{Evaluated, Evaluator, collapsed};
use super::expression::{Expression, named, only_child};
use super::scope::Scope;
use super::{FRONTEND, kind};

/// What the types of this cloud's provider begin with.
const PROVIDER: &str = "alicloud_";

/// How deep blocks are read; the provider nests them four levels.
const MAX_BLOCKS: usize = 16;

/// The declaration that a block is, if it is one of this cloud's.
pub(super) fn declaration<'t>(
    block: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
) -> Option<Declaration> {
    let (&[kind, _], "resource" | "data") = (&*block.labels, block.name) else { return None };
    if !kind.starts_with(PROVIDER) {
        return None;
    }
    let mut reader = Reader { evaluator, properties: Vec::new() };
    reader.contents(block, &Path { prefix: String::new(), depth: 0 }, &evaluator.inside(block));
    Some(Declaration {
        address: block.address()?,
        kind: if block.name == "data" { format!("data.{kind}") } else { kind.to_owned() },
        span: evaluator.configuration.span(block.file, block.node),
        frontend: FRONTEND.name,
        properties: reader.properties,
    })
}

/// Collects the properties of a block.
struct Reader<'e, 'c, 't> {
    evaluator: &'e Evaluator<'c, 't>,
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

impl<'t> Reader<'_, '_, 't> {
    /// Adds what a block holds to the properties, and gives it as a map's entries.
    fn contents(
        &mut self,
        block: &Block<'t>,
        path: &Path,
        scope: &Scope<'_, 't>,
    ) -> Vec<(String, Value)> {
        let mut entries = Vec::new();
        for item in &block.items {
            match item {
                Item::Attribute(attribute) if path.depth == 0 && is_meta(attribute.name) => {}
                Item::Attribute(attribute) => {
                    let value = self.evaluator.attribute(*attribute, scope).value;
                    entries.push((attribute.name.to_owned(), value.clone()));
                    self.push(path.of(attribute.name), value, scope.file, attribute.node);
                }
                Item::Block(node) => {
                    let text = self.evaluator.configuration.text(block.file);
                    let nested = Block::read(*node, block.file, text);
                    entries.extend(self.nested(&nested, path, scope));
                }
            }
        }
        entries
    }

    fn push(&mut self, name: String, value: Value, file: usize, node: Node<'_>) {
        let span = self.evaluator.configuration.span(file, node);
        self.properties.push(Property { name, value, span });
    }

    fn nested(
        &mut self,
        block: &Block<'t>,
        path: &Path,
        scope: &Scope<'_, 't>,
    ) -> Option<(String, Value)> {
        match block.name {
            "lifecycle" if path.depth == 0 => {
                self.lifecycle(block, scope);
                None
            }
            "provisioner" | "connection" if path.depth == 0 => None,
            "dynamic" => self.dynamic(block, path, scope),
            // The parser puts what follows an unclosed block inside it.
            _ if block.is_top_level() => None,
            name => {
                let place = self.properties.len();
                self.push(path.of(name), Value::Absent, block.file, block.node);
                let value = if path.depth < MAX_BLOCKS {
                    Value::Map(self.contents(block, &path.inside(name), scope))
                } else {
                    Value::unknown(name)
                };
                self.properties[place].value = value.clone();
                Some((name.to_owned(), value))
            }
        }
    }

    /// A block that is generated: there is one, but how often is unknown.
    fn dynamic(
        &mut self,
        block: &Block<'t>,
        path: &Path,
        scope: &Scope<'_, 't>,
    ) -> Option<(String, Value)> {
        let name = *block.labels.first()?;
        let over = block.attribute("for_each")?;
        let Evaluated { value, origin } = self.evaluator.attribute(over, scope);
        if self.evaluator.is_empty(block) || !value.is_given() {
            return None;
        }
        let iterator = block.attribute("iterator").map_or(name, |iterator| {
            self.evaluator.configuration.slice(block.file, iterator.value)
        });
        let names = [iterator];
        let inner = scope.binding(&names, origin.clone());
        let range = over.value.byte_range();
        let value = self.evaluator.unknown(range, block.file, origin).value;
        self.push(path.of(name), value.clone(), block.file, block.node);
        let text = self.evaluator.configuration.text(block.file);
        for content in block.blocks("content", text).filter(|_| path.depth < MAX_BLOCKS) {
            self.contents(&content, &path.inside(name), &inner);
        }
        Some((name.to_owned(), value))
    }

    fn lifecycle(&mut self, block: &Block<'t>, scope: &Scope<'_, 't>) {
        for attribute in block.attributes() {
            let value = match attribute.name {
                "ignore_changes" => self.names(&attribute),
                "prevent_destroy" => self.evaluator.attribute(attribute, scope).value,
                _ => continue,
            };
            let name = format!("lifecycle.{}", attribute.name);
            self.push(name, value, block.file, attribute.node);
        }
    }

    /// The attributes that `ignore_changes` lists; `all` is a list of itself.
    fn names(&self, attribute: &Attribute<'t>) -> Value {
        let list = Expression::read(attribute.value)
            .and_then(Expression::term)
            .filter(|term| term.head.kind() == kind::COLLECTION)
            .and_then(|term| only_child(term.head));
        let names = match list {
            Some(list) => named(list, kind::EXPRESSION),
            None => vec![attribute.value],
        };
        let written = |name| collapsed(self.evaluator.configuration.slice(attribute.file, name));
        let name = |node| Value::Text(written(node).trim_matches('"').to_owned());
        Value::List(names.into_iter().map(name).collect())
    }
}

/// Whether an attribute is the language's own rather than the resource's.
fn is_meta(name: &str) -> bool {
    matches!(name, "count" | "for_each" | "depends_on" | "provider")
}
