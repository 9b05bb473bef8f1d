//! The blocks of a module: what it declares, and where its locals are.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use crate::frontend::syntax;
use crate::source::{Source, Span};

use super::evaluate::Evaluator;
use super::kind;
use super::recovery::Parsed;

/// A module: the blocks of all its files.
pub(super) struct Configuration<'t> {
    parsed: &'t [Parsed<'t>],
    /// Its top-level blocks, in source order.
    pub(super) blocks: Vec<Block<'t>>,
    locals: HashMap<&'t str, Attribute<'t>>,
    resources: HashSet<(&'t str, &'t str)>,
    absent: HashSet<(&'t str, &'t str)>,
}

/// A block: `resource "alicloud_instance" "web" { … }`.
pub(super) struct Block<'t> {
    /// Number of its file.
    pub(super) file: usize,
    /// The whole of it.
    pub(super) node: Node<'t>,
    /// Its first word.
    pub(super) name: &'t str,
    /// What stands between the first word and the brace, without quotes.
    pub(super) labels: Vec<&'t str>,
    /// What it holds, in source order.
    pub(super) items: Vec<Item<'t>>,
}

/// A piece of a block.
pub(super) enum Item<'t> {
    /// `name = value`
    Attribute(Attribute<'t>),
    /// A nested block, not read yet.
    Block(Node<'t>),
}

/// `name = value`
#[derive(Clone, Copy)]
pub(super) struct Attribute<'t> {
    /// Number of its file.
    pub(super) file: usize,
    /// The whole of it.
    pub(super) node: Node<'t>,
    /// Its name.
    pub(super) name: &'t str,
    /// The expression.
    pub(super) value: Node<'t>,
}

impl<'t> Configuration<'t> {
    /// Reads the blocks of all files.
    pub(super) fn read(parsed: &'t [Parsed<'t>]) -> Self {
        let mut configuration = Self {
            parsed,
            blocks: Vec::new(),
            locals: HashMap::new(),
            resources: HashSet::new(),
            absent: HashSet::new(),
        };
        for (file, Parsed { source, tree }) in parsed.iter().enumerate() {
            configuration.blocks.extend(top_level(tree.root_node(), file, &source.text));
        }
        configuration.index();
        configuration.absent = absent(&configuration);
        configuration
    }

    fn index(&mut self) {
        for block in &self.blocks {
            match (block.name, block.labels.as_slice()) {
                ("resource", &[kind, name]) => {
                    self.resources.insert((kind, name));
                }
                ("locals", []) => {
                    self.locals.extend(block.attributes().map(|local| (local.name, local)));
                }
                _ => {}
            }
        }
    }

    /// A file.
    pub(super) fn source(&self, file: usize) -> &'t Source<'t> {
        &self.parsed[file].source
    }

    /// The text of a file.
    pub(super) fn text(&self, file: usize) -> &'t str {
        &self.source(file).text
    }

    /// The text of a node.
    pub(super) fn slice(&self, file: usize, node: Node<'_>) -> &'t str {
        self.text(file).get(node.byte_range()).unwrap_or_default()
    }

    /// The span of a node.
    pub(super) fn span(&self, file: usize, node: Node<'_>) -> Span {
        self.source(file).span(node.byte_range())
    }

    /// The definition of a local value.
    pub(super) fn local(&self, name: &str) -> Option<Attribute<'t>> {
        self.locals.get(name).copied()
    }

    /// Whether a resource is declared; `None` if it is, but with a count of
    /// nothing.
    pub(super) fn declares(&self, kind: &'t str, name: &'t str) -> Option<bool> {
        let resource = (kind, name);
        (!self.absent.contains(&resource)).then(|| self.resources.contains(&resource))
    }

    /// The blocks that may come into being.
    pub(super) fn present(&self) -> impl Iterator<Item = &Block<'t>> {
        self.blocks.iter().filter(|block| {
            block.name != "resource"
                || !matches!(*block.labels, [kind, name] if self.absent.contains(&(kind, name)))
        })
    }
}

/// The resources that are known to come into being not even once.
fn absent<'t>(configuration: &Configuration<'t>) -> HashSet<(&'t str, &'t str)> {
    let evaluator = Evaluator::new(configuration);
    let resources = configuration.blocks.iter().filter(|block| block.name == "resource");
    resources
        .filter(|block| evaluator.is_empty(block))
        .filter_map(|block| match *block.labels {
            [kind, name] => Some((kind, name)),
            _ => None,
        })
        .collect()
}

/// The blocks at the top level of a file, and in broken text those that the
/// parser put inside a block that is not closed.
fn top_level<'t>(root: Node<'t>, file: usize, text: &'t str) -> Vec<Block<'t>> {
    let mut blocks = Vec::new();
    syntax::walk(root, |node| {
        if node.kind() != kind::BLOCK {
            return node == root || is_frame(node);
        }
        let block = Block::read(node, file, text);
        let nested = blocks.last().is_some_and(|outer: &Block<'_>| {
            outer.node.end_byte() >= node.end_byte() && !block.is_top_level()
        });
        if !nested {
            blocks.push(block);
        }
        node.has_error()
    });
    blocks
}

/// Whether a node only holds blocks and attributes together.
fn is_frame(node: Node<'_>) -> bool {
    node.is_error() || matches!(node.kind(), kind::CONFIG_FILE | kind::BODY)
}

impl<'t> Block<'t> {
    /// Reads a block's first word, its labels and what it holds.
    pub(super) fn read(node: Node<'t>, file: usize, text: &'t str) -> Self {
        let mut block = Self { file, node, name: "", labels: Vec::new(), items: Vec::new() };
        let mut opened = false;
        syntax::walk(node, |inner| {
            let slice = || text.get(inner.byte_range()).unwrap_or_default();
            match inner.kind() {
                kind::BLOCK_START => opened = true,
                // Words that the parser could make nothing of.
                kind::IDENTIFIER | kind::STRING if opened => {}
                kind::IDENTIFIER if block.name.is_empty() => block.name = slice(),
                kind::IDENTIFIER | kind::STRING => block.labels.push(slice().trim_matches('"')),
                kind::ATTRIBUTE => block.items.extend(Attribute::read(inner, file, text)),
                kind::BLOCK if inner != node => block.items.push(Item::Block(inner)),
                _ => return inner == node || is_frame(inner),
            }
            false
        });
        block
    }

    /// Whether it looks like one that stands at the top level and nowhere else.
    pub(super) fn is_top_level(&self) -> bool {
        matches!(self.name, "resource" | "data") && self.labels.len() == 2
    }

    /// Its address: `alicloud_instance.web`, `data.alicloud_instances.all`,
    /// `module.web`; none for blocks that are not referred to.
    pub(super) fn address(&self) -> Option<String> {
        match (self.name, self.labels.as_slice()) {
            ("resource", [kind, name]) => Some(format!("{kind}.{name}")),
            ("data", [kind, name]) => Some(format!("data.{kind}.{name}")),
            ("module", [name]) => Some(format!("module.{name}")),
            _ => None,
        }
    }

    /// Its attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Attribute<'t>> {
        self.items.iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(*attribute),
            Item::Block(_) => None,
        })
    }

    /// An attribute by its name.
    pub(super) fn attribute(&self, name: &str) -> Option<Attribute<'t>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// Its nested blocks of a name.
    pub(super) fn blocks(&self, name: &str, text: &'t str) -> impl Iterator<Item = Self> {
        let nested = self.items.iter().filter_map(|item| match item {
            Item::Block(node) => Some(Self::read(*node, self.file, text)),
            Item::Attribute(_) => None,
        });
        nested.filter(move |block| block.name == name)
    }
}

impl<'t> Attribute<'t> {
    fn read(node: Node<'t>, file: usize, text: &'t str) -> Option<Item<'t>> {
        let mut cursor = node.walk();
        let mut children = node.children(&mut cursor);
        let name = children.find(|child| child.kind() == kind::IDENTIFIER)?;
        let value = children.find(|child| child.kind() == kind::EXPRESSION)?;
        let name = text.get(name.byte_range())?;
        Some(Item::Attribute(Self { file, node, name, value }))
    }
}
