//! Python's annotations, as far as they matter.

use tree_sitter::Node;

use super::grammar::{field, kind};
use crate::frontend::program::code::Type;
use crate::frontend::program::shape::{Shaper, named};

/// Generic types whose values are those of the type in their brackets.
const TRANSPARENT: &[&str] = &["Optional", "Union", "Annotated", "ClassVar", "Final", "Awaitable"];

/// Types that say nothing of interest.
const PLAIN: &[&str] = &[
    "None", "Any", "object", "str", "bytes", "int", "float", "bool", "dict", "list", "Dict", "List",
];

/// What an annotation names.
pub(super) fn type_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    shaper.deeper(node, |shaper| read(shaper, node)).unwrap_or_default()
}

fn read(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    match node.kind() {
        kind::IDENTIFIER | kind::ATTRIBUTE | kind::MEMBER_TYPE => plain(shaper.text(node)),
        kind::STRING => plain(shaper.text(node).trim_matches(['"', '\''])),
        kind::GENERIC_TYPE | kind::SUBSCRIPT => generic(shaper, node),
        _ => first(shaper, named(node, kind::COMMENT)),
    }
}

/// `a | None`, `type` and other nodes around a type.
fn first(shaper: &mut Shaper<'_>, nodes: Vec<Node<'_>>) -> Type {
    let types = nodes.into_iter().map(|node| type_of(shaper, node));
    types.into_iter().find(|found| *found != Type::Unknown).unwrap_or_default()
}

fn generic(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let Some((outer, rest)) =
        named(node, kind::COMMENT).split_first().map(|(it, rest)| (*it, rest.to_vec()))
    else {
        return Type::Unknown;
    };
    let outer = shaper.text(outer).rsplit('.').next().unwrap_or_default();
    let mut inner = match rest.as_slice() {
        [only] if node.kind() == kind::GENERIC_TYPE => named(*only, kind::COMMENT),
        _ => rest,
    };
    if TRANSPARENT.contains(&outer) {
        return first(shaper, inner);
    }
    // The value of a map is what its type says last.
    inner.reverse();
    match first(shaper, inner) {
        Type::Unknown => plain(outer),
        inner => Type::Of(Box::new(inner)),
    }
}

/// A dotted name; of a type in a text that is more than that, the name in it.
fn plain(text: &str) -> Type {
    let inner = text.split(['[', '|']).map(|part| part.trim().trim_end_matches(']'));
    let names = inner.filter(|part| !TRANSPARENT.contains(part) && !PLAIN.contains(part));
    let is_name = |part: &&str| {
        !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '.')
    };
    names.into_iter().find(is_name).map_or(Type::Unknown, |name| Type::Named(name.into()))
}

/// The parts of a node that are a field's.
pub(super) fn declared(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let declared = node.child_by_field_name(field::TYPE);
    declared.map(|it| type_of(shaper, it)).unwrap_or_default()
}
