//! The native syntax: from the grammar's trees to [`tree`](super::tree).

use std::rc::Rc;

use tree_sitter::Node;

use crate::frontend::syntax;
use crate::problem::Problem;
use crate::source::Source;

use super::kind;
use super::tree::{Attribute, Block, Item, Sources};

mod build;
mod expression;
mod recovery;
mod string;

use build::Builder;

/// What a file holds at its top level.
#[derive(Default)]
pub(super) struct File {
    /// Its blocks, in source order.
    pub(super) blocks: Vec<Block>,
    /// Its attributes: values of variables.
    pub(super) attributes: Vec<Attribute>,
}

/// How deep blocks are read; providers nest them a few levels.
const MAX_BLOCKS: usize = 32;

/// Reads a file.
pub(super) fn read<'a>(
    source: &Source<'a>,
    sources: &mut Sources<'a>,
    problems: &mut Vec<Problem>,
) -> File {
    let mut file = File::default();
    for parsed in recovery::parse(source, problems) {
        let number = sources.add(parsed.source);
        let text = &sources.source(number).text;
        let reader = Reader { builder: Builder { source: number, text } };
        reader.top_level(parsed.tree.root_node(), &mut file);
    }
    file
}

/// Reads a string that is a template, all of it: what JSON has for expressions.
pub(super) fn template<'a>(
    source: &Source<'a>,
    sources: &mut Sources<'a>,
) -> Option<super::tree::Expression> {
    let mut quoted = source.embed();
    quoted.replace("v = <<JSON_STRING\n", 0..0);
    let start = "v = <<JSON_STRING\n".len();
    quoted.copy(0..source.text.len());
    quoted.replace("\nJSON_STRING\n", source.text.len()..source.text.len());
    let quoted = quoted.finish();
    let tree = syntax::parse(&tree_sitter_hcl::LANGUAGE.into(), &quoted).ok()?;
    let end = start + source.text.len();
    let number = sources.add(quoted);
    let text = &sources.source(number).text;
    let builder = Builder { source: number, text };
    (!tree.root_node().has_error()).then(|| builder.bare_template(tree.root_node(), start..end))
}

/// Reads the blocks of a tree.
struct Reader<'s> {
    builder: Builder<'s>,
}

impl Reader<'_> {
    /// The blocks at the top level of a file, and in broken text those that the
    /// parser put inside a block that is not closed.
    fn top_level(&self, root: Node<'_>, file: &mut File) {
        let mut end = 0;
        syntax::walk(root, |node| {
            if node.kind() == kind::ATTRIBUTE && node.start_byte() >= end {
                file.attributes.extend(self.attribute(node));
                return false;
            }
            if node.kind() != kind::BLOCK {
                return node == root || is_frame(node);
            }
            let block = self.block(node, 0);
            let is_nested = end >= node.end_byte() && !block.is_top_level();
            if !is_nested {
                end = node.end_byte();
                file.blocks.push(block);
            }
            node.has_error()
        });
    }

    /// Reads a block's first word, its labels and what it holds.
    fn block(&self, node: Node<'_>, depth: usize) -> Block {
        let place = self.builder.place(node.byte_range());
        let mut block = Block { place, ..Block::default() };
        let mut opened = false;
        syntax::walk(node, |inner| {
            let word = || self.builder.slice(inner).trim_matches('"').into();
            match inner.kind() {
                kind::BLOCK_START => opened = true,
                // Words that the parser could make nothing of.
                kind::IDENTIFIER | kind::STRING if opened => {}
                kind::IDENTIFIER if block.name.is_empty() => block.name = word(),
                kind::IDENTIFIER | kind::STRING => block.labels.push(word()),
                kind::ATTRIBUTE => {
                    block.items.extend(self.attribute(inner).map(Item::Attribute));
                }
                kind::BLOCK if inner != node => {
                    if depth < MAX_BLOCKS {
                        block.items.push(Item::Block(self.block(inner, depth + 1)));
                    }
                }
                _ => return inner == node || is_frame(inner),
            }
            false
        });
        block
    }

    fn attribute(&self, node: Node<'_>) -> Option<Attribute> {
        let mut cursor = node.walk();
        let mut children = node.children(&mut cursor);
        let name = children.find(|child| child.kind() == kind::IDENTIFIER)?;
        let value = children.find(|child| child.kind() == kind::EXPRESSION)?;
        let name: Rc<str> = self.builder.slice(name).into();
        let value = if node.has_error() {
            self.builder.broken(value.byte_range())
        } else {
            self.builder.expression(value, 0)
        };
        Some(Attribute { name, value, place: self.builder.place(node.byte_range()) })
    }
}

/// Whether a node only holds blocks and attributes together.
fn is_frame(node: Node<'_>) -> bool {
    node.is_error() || matches!(node.kind(), kind::CONFIG_FILE | kind::BODY)
}
