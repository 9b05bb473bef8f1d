//! The parameters of Python's functions.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::{field, kind};
use super::types::declared;
use crate::frontend::program::code::Parameter;
use crate::frontend::program::shape::{Shaper, named};

/// The parameters of a function or a lambda.
pub(super) fn parameters(shaper: &mut Shaper<'_>, list: Option<Node<'_>>) -> Vec<Parameter> {
    let nodes = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    nodes.into_iter().filter_map(|node| parameter(shaper, node)).collect()
}

fn parameter(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<Parameter> {
    let name = match node.kind() {
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
            node.child_by_field_name(field::NAME)?
        }
        kind::TYPED_PARAMETER => node.named_child(0)?,
        kind::IDENTIFIER | kind::LIST_SPLAT_PATTERN | kind::DICTIONARY_SPLAT_PATTERN => node,
        _ => return None,
    };
    let default = node.child_by_field_name(field::VALUE);
    Some(Parameter {
        name: shaper.text(name).trim_start_matches('*').trim().into(),
        kind: declared(shaper, node),
        default: default.map(|default| expression(shaper, default)),
        is_rest: name.kind() == kind::LIST_SPLAT_PATTERN,
        is_options: name.kind() == kind::DICTIONARY_SPLAT_PATTERN,
    })
}
