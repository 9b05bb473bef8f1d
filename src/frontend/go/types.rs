//! Go's types, as far as they matter.

use tree_sitter::Node;

use super::grammar::{field, kind};
use crate::frontend::program::code::{Parameter, Type};
use crate::frontend::program::shape::{Shaper, named};

/// A type without its pointers.
pub(super) fn type_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let inner = |shaper: &mut Shaper<'_>, node: Option<Node<'_>>| {
        let node = node?;
        shaper.deeper(node, |shaper| type_of(shaper, node))
    };
    let lowered = match node.kind() {
        kind::TYPE_IDENTIFIER | kind::QUALIFIED_TYPE => Some(Type::Named(shaper.text(node).into())),
        kind::POINTER_TYPE | kind::TYPE_ELEMENT => inner(shaper, node.named_child(0)),
        kind::GENERIC_TYPE => inner(shaper, node.child_by_field_name(field::TYPE)),
        kind::SLICE_TYPE | kind::ARRAY_TYPE | kind::IMPLICIT_ARRAY_TYPE => {
            inner(shaper, node.child_by_field_name(field::ELEMENT)).map(list_of)
        }
        kind::MAP_TYPE => inner(shaper, node.child_by_field_name(field::VALUE)).map(list_of),
        _ => None,
    };
    lowered.unwrap_or_default()
}

fn list_of(inner: Type) -> Type {
    match inner {
        Type::Unknown => Type::Unknown,
        known => Type::Of(Box::new(known)),
    }
}

/// The parameters of a function.
pub(super) fn parameters(shaper: &mut Shaper<'_>, list: Option<Node<'_>>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for node in list.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        if !matches!(node.kind(), kind::PARAMETER | kind::VARIADIC_PARAMETER) {
            continue;
        }
        let declared = node.child_by_field_name(field::TYPE);
        let declared = declared.map(|it| type_of(shaper, it)).unwrap_or_default();
        let mut cursor = node.walk();
        let names: Vec<Node<'_>> = node.children_by_field_name(field::NAME, &mut cursor).collect();
        let names: Vec<&str> = names.iter().map(|name| shaper.text(*name)).collect();
        let names = if names.is_empty() { vec!["_"] } else { names };
        parameters.extend(names.into_iter().map(|name| Parameter {
            name: name.into(),
            kind: declared.clone(),
            default: None,
            is_rest: node.kind() == kind::VARIADIC_PARAMETER,
            is_options: false,
        }));
    }
    parameters
}

/// The types of a function's results.
pub(super) fn results(shaper: &mut Shaper<'_>, result: Option<Node<'_>>) -> Vec<Type> {
    match result {
        None => Vec::new(),
        Some(list) if list.kind() == kind::PARAMETER_LIST => {
            parameters(shaper, Some(list)).into_iter().map(|parameter| parameter.kind).collect()
        }
        Some(single) => vec![type_of(shaper, single)],
    }
}
