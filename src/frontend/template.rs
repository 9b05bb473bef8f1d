//! YAML and JSON templates as one tree with positions.
//!
//! JSON goes through the YAML parser: YAML 1.2 holds all of it, its escapes and
//! surrogate pairs too. The tree is an arena: nothing here recurses, no tree is
//! higher than [`syntax::MAX_DEPTH`](super::syntax::MAX_DEPTH), and one that
//! aliases would blow up is cut, so that whoever walks it by recursion is safe.
//!
//! Where a key occurs twice the last one counts, as in the parsers that the
//! cloud products use, and a problem says so.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::problem::Problem;
use crate::procedure::Value;
use crate::source::{Source, Span};

mod build;
pub(super) mod code;
mod plain;
mod recognise;
mod render;
mod scalar;
pub(super) mod script;
#[cfg(test)]
mod tests;
pub(super) mod user_data;

pub(super) use recognise::top_level_key;
pub(super) use scalar::Aligned;

/// The documents of a text.
#[derive(Debug)]
pub(super) struct Tree<'s> {
    source: &'s Source<'s>,
    nodes: Vec<Node<'s>>,
    roots: Vec<u32>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
}

#[derive(Debug)]
struct Node<'s> {
    kind: Kind<'s>,
    range: Range<usize>,
    tag: Option<Box<str>>,
    /// Nodes below and including it, aliases followed, long texts counted several
    /// times; zero while it is open.
    size: u32,
    height: u16,
}

#[derive(Debug)]
enum Kind<'s> {
    Scalar(Cow<'s, str>, Style),
    Sequence(Vec<u32>),
    Mapping(Vec<(u32, u32)>, HashMap<Box<str>, u32>),
    Alias(u32),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
    Block,
}

/// Reads a text.
pub(super) fn parse<'s>(source: &'s Source<'s>) -> Tree<'s> {
    build::build(source)
}

impl Tree<'_> {
    /// The top of each document.
    pub(super) fn documents(&self) -> impl Iterator<Item = Item<'_>> {
        self.roots.iter().map(|root| Item::new(self, *root))
    }
}

/// A place in a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'t> {
    tree: &'t Tree<'t>,
    /// Where it is written; an alias or the node itself.
    at: u32,
    /// What is there.
    node: u32,
    /// Whether its tag has been dealt with.
    bare: bool,
}

/// A key of a mapping and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t> {
    /// The key.
    pub(super) key: Item<'t>,
    /// The value.
    pub(super) value: Item<'t>,
}

impl<'t> Item<'t> {
    fn new(tree: &'t Tree<'t>, at: u32) -> Self {
        let node = match tree.nodes[at as usize].kind {
            Kind::Alias(target) => target,
            _ => at,
        };
        Self { tree, at, node, bare: false }
    }

    fn node(self) -> &'t Node<'t> {
        &self.tree.nodes[self.node as usize]
    }

    /// The decoded text of a scalar, whatever its tag; a null's is empty.
    pub(super) fn text(self) -> Option<&'t str> {
        if let Kind::Scalar(text, _) = &self.node().kind { Some(text) } else { None }
    }

    /// The name in a local tag: `Ref` for `!Ref`.
    pub(super) fn tag(self) -> Option<&'t str> {
        let tag = self.node().tag.as_deref();
        tag.filter(|_| !self.bare)
    }

    /// The same without its tag.
    pub(super) fn untagged(self) -> Self {
        Self { bare: true, ..self }
    }

    /// Whether it is null by the core schema.
    pub(super) fn is_null(self) -> bool {
        self.is_plain() && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value of a boolean by the core schema.
    pub(super) fn as_bool(self) -> Option<bool> {
        match self.text().filter(|_| self.is_plain())? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// What a scalar says: nothing for null, booleans in one spelling.
    pub(super) fn literal(self) -> Option<Value> {
        let text = self.text()?;
        if self.is_null() {
            return Some(Value::Absent);
        }
        let known = self.as_bool().map_or_else(|| text.to_owned(), |known| known.to_string());
        Some(Value::Text(known))
    }

    /// Whether it is written without quotes, so that it may be a number.
    pub(super) fn is_plain(self) -> bool {
        matches!(self.node().kind, Kind::Scalar(_, Style::Plain)) && self.tag().is_none()
    }

    /// Whether it is a mapping.
    pub(super) fn is_mapping(self) -> bool {
        matches!(self.node().kind, Kind::Mapping(..))
    }

    /// Whether it is a sequence.
    pub(super) fn is_sequence(self) -> bool {
        matches!(self.node().kind, Kind::Sequence(_))
    }

    /// The entries of a mapping in source order, merged ones last; none if it
    /// is something else.
    pub(super) fn entries(self) -> impl DoubleEndedIterator<Item = Entry<'t>> {
        let entries = match &self.node().kind {
            Kind::Mapping(entries, _) => entries.as_slice(),
            _ => &[],
        };
        let tree = self.tree;
        entries.iter().map(move |(key, value)| Entry {
            key: Self::new(tree, *key),
            value: Self::new(tree, *value),
        })
    }

    /// The items of a sequence; none if it is something else.
    pub(super) fn items(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let items = match &self.node().kind {
            Kind::Sequence(items) => items.as_slice(),
            _ => &[],
        };
        let tree = self.tree;
        items.iter().map(move |item| Self::new(tree, *item))
    }

    /// The value of a mapping's key.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let Kind::Mapping(_, index) = &self.node().kind else { return None };
        index.get(key).map(|value| Self::new(self.tree, *value))
    }

    /// The text under a mapping's key.
    pub(super) fn get_text(self, key: &str) -> Option<&'t str> {
        self.get(key)?.text()
    }

    /// The only entry of a mapping that has one.
    pub(super) fn sole_entry(self) -> Option<Entry<'t>> {
        let mut entries = self.entries();
        entries.next().filter(|_| entries.next().is_none())
    }

    /// How much there is of it, aliases followed: its nodes, and its text.
    pub(super) fn size(self) -> u32 {
        self.node().size
    }

    /// Where it is written.
    pub(super) fn span(self) -> Span {
        self.tree.source.span(self.range())
    }

    /// The span from the start of this to the end of another.
    pub(super) fn span_to(self, other: Self) -> Span {
        let start = self.range().start;
        self.tree.source.span(start..other.range().end.max(start))
    }

    /// The bytes of the source where it is written.
    pub(super) fn range(self) -> Range<usize> {
        self.tree.nodes[self.at as usize].range.clone()
    }

    /// The text of the tree that it is in.
    pub(super) fn source(self) -> &'t Source<'t> {
        self.tree.source
    }

    /// Which bytes of the source make up which of a scalar's text.
    pub(super) fn aligned(self) -> Option<Aligned<'t>> {
        let Kind::Scalar(text, style) = &self.node().kind else { return None };
        let range = self.node().range.clone();
        Some(scalar::align(&self.tree.source.text, range, text, *style))
    }

    /// The function that it calls, as `Fn::Join: [...]`, `!Join [...]` or
    /// `Ref: X`, by its short name, and what it is given.
    pub(super) fn function(self) -> Option<(&'t str, Self)> {
        if let Some(tag) = self.tag() {
            return Some((tag.strip_prefix("Fn::").unwrap_or(tag), self.untagged()));
        }
        let entry = self.sole_entry()?;
        Some((function_name(entry.key.text()?)?, entry.value))
    }
}

/// The short name in the key of a function: `Join` for `Fn::Join`.
fn function_name(key: &str) -> Option<&str> {
    if key == "Ref" { Some(key) } else { key.strip_prefix("Fn::") }
}
