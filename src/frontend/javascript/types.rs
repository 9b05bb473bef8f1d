//! TypeScript's types, as far as they matter.

use tree_sitter::Node;

use super::grammar::{field, kind};
use crate::frontend::program::code::Type;
use crate::frontend::program::shape::{Shaper, named};

/// Types that stand for what they are of: a promise is awaited sooner or later.
const TRANSPARENT: &[&str] =
    &["Promise", "PromiseLike", "Awaited", "Readonly", "Partial", "Required"];

/// Types that hold several of what they are of.
const LISTS: &[&str] = &["Array", "ReadonlyArray", "Set", "Record", "Map", "Iterable"];

/// A type.
pub(super) fn type_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::TYPE_IDENTIFIER | kind::NESTED_TYPE | kind::IDENTIFIER | kind::MEMBER => {
            Type::Named(shaper.text(node).into())
        }
        kind::TYPE_ANNOTATION
        | kind::PARENTHESIZED_TYPE
        | kind::READONLY_TYPE
        | kind::TYPE_QUERY => first(shaper, node),
        kind::UNION_TYPE | kind::INTERSECTION_TYPE => {
            let parts = named(node, kind::COMMENT).into_iter().map(|part| type_of(shaper, part));
            parts.into_iter().find(|part| *part != Type::Unknown).unwrap_or_default()
        }
        kind::ARRAY_TYPE => list_of(first(shaper, node)),
        kind::GENERIC_TYPE => generic(shaper, node),
        _ => Type::Unknown,
    });
    lowered.unwrap_or_default()
}

fn first(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    node.named_child(0).map(|inner| type_of(shaper, inner)).unwrap_or_default()
}

fn generic(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let name = shaper.field_text(node, field::NAME);
    let arguments = node.child_by_field_name(field::TYPE_ARGUMENTS);
    let last = arguments.and_then(|it| named(it, kind::COMMENT).into_iter().next_back());
    match last {
        Some(inner) if TRANSPARENT.contains(&name) => type_of(shaper, inner),
        // `InstanceType<typeof Client>`
        Some(inner) if name == "InstanceType" => type_of(shaper, inner),
        Some(inner) if LISTS.contains(&name) => list_of(type_of(shaper, inner)),
        _ => Type::Named(name.into()),
    }
}

fn list_of(inner: Type) -> Type {
    match inner {
        Type::Unknown => Type::Unknown,
        known => Type::Of(Box::new(known)),
    }
}

/// The type in a field of a node.
pub(super) fn field_type(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Type {
    node.child_by_field_name(name).map(|it| type_of(shaper, it)).unwrap_or_default()
}
