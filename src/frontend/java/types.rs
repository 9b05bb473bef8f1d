//! Java's types, as far as they matter.

use tree_sitter::Node;

use super::grammar::{children, children_of, field, kind};
use crate::frontend::program::code::{Parameter, Type};
use crate::frontend::program::shape::Shaper;

/// Types that hold one value, which a method of theirs gives out.
const HOLDERS: &[&str] = &[
    "Optional",
    "Supplier",
    "Callable",
    "Future",
    "CompletableFuture",
    "AtomicReference",
    "ThreadLocal",
    "Provider",
    "ObjectProvider",
    "ObjectFactory",
    "Lazy",
    "Mono",
];

/// Types that hold several: lists, and maps to them.
const CONTAINERS: &[&str] = &[
    "List",
    "ArrayList",
    "LinkedList",
    "Set",
    "HashSet",
    "LinkedHashSet",
    "Collection",
    "Iterable",
    "Iterator",
    "Queue",
    "Deque",
    "Stream",
    "Map",
    "HashMap",
    "LinkedHashMap",
    "TreeMap",
    "ConcurrentMap",
    "ConcurrentHashMap",
    "ImmutableList",
    "ImmutableMap",
];

/// A type without its type arguments, unless it only holds others.
pub(super) fn type_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::TYPE_IDENTIFIER | kind::SCOPED_TYPE => named_type(shaper.text(node)),
        kind::GENERIC_TYPE => generic(shaper, node),
        kind::ARRAY_TYPE => match node.child_by_field_name(field::ELEMENT) {
            Some(element) => list_of(type_of(shaper, element)),
            None => Type::Unknown,
        },
        // With annotations.
        "annotated_type" => match children(node).pop() {
            Some(inner) => type_of(shaper, inner),
            None => Type::Unknown,
        },
        _ => Type::Unknown,
    });
    lowered.unwrap_or_default()
}

fn named_type(text: &str) -> Type {
    match text {
        "var" => Type::Unknown,
        // The name may be written over several lines.
        _ if text.contains(char::is_whitespace) => {
            Type::Named(text.split_whitespace().collect::<String>().into())
        }
        _ => Type::Named(text.into()),
    }
}

fn generic(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let Some(of) = node.named_child(0) else { return Type::Unknown };
    let name = shaper.text(of).rsplit('.').next().unwrap_or_default();
    let holds_one = HOLDERS.contains(&name);
    if !holds_one && !CONTAINERS.contains(&name) {
        return type_of(shaper, of);
    }
    let arguments = children_of(node, kind::TYPE_ARGUMENTS);
    let last = arguments.first().and_then(|list| children(*list).pop());
    let inner = last.map(|last| type_of(shaper, last)).unwrap_or_default();
    if holds_one { inner } else { list_of(inner) }
}

fn list_of(inner: Type) -> Type {
    match inner {
        Type::Unknown => Type::Unknown,
        known => Type::Of(Box::new(known)),
    }
}

/// The type that a node declares.
pub(super) fn declared(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    node.child_by_field_name(field::TYPE).map(|it| type_of(shaper, it)).unwrap_or_default()
}

/// The parameters of a function or a lambda.
pub(super) fn parameters(shaper: &mut Shaper<'_>, list: Option<Node<'_>>) -> Vec<Parameter> {
    let Some(list) = list else { return Vec::new() };
    // `x -> …`
    if list.kind() == kind::IDENTIFIER {
        return vec![parameter(shaper.text(list), Type::Unknown, false)];
    }
    let parameters = children(list).into_iter().filter_map(|node| match node.kind() {
        kind::IDENTIFIER => Some(parameter(shaper.text(node), Type::Unknown, false)),
        kind::FORMAL_PARAMETER => {
            let declared = declared(shaper, node);
            Some(parameter(shaper.field_text(node, field::NAME), declared, false))
        }
        kind::SPREAD_PARAMETER => {
            let name = children_of(node, kind::VARIABLE).into_iter().next()?;
            Some(parameter(shaper.field_text(name, field::NAME), Type::Unknown, true))
        }
        _ => None,
    });
    parameters.collect()
}

fn parameter(name: &str, kind: Type, is_rest: bool) -> Parameter {
    Parameter { name: name.into(), kind, default: None, is_rest, is_options: false }
}

/// What a class or an interface extends and implements.
pub(super) fn bases(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Type> {
    let mut bases = Vec::new();
    for part in children(node) {
        match part.kind() {
            kind::SUPERCLASS => bases.extend(children(part)),
            kind::SUPER_INTERFACES | kind::EXTENDS_INTERFACES => {
                let lists = children_of(part, kind::TYPE_LIST);
                bases.extend(lists.into_iter().flat_map(children));
            }
            _ => {}
        }
    }
    bases.into_iter().map(|base| type_of(shaper, base)).collect()
}
