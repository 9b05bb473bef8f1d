//! C#'s types, as far as they matter.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::{field, kind};
use crate::frontend::program::code::{Parameter, Type};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;

/// Types that hold one value of their argument, which is found in its place.
const HOLDERS: &[&str] =
    &["Task", "ValueTask", "Lazy", "AsyncLazy", "IOptions", "ThreadLocal", "AsyncLocal", "Func"];

/// A type without what only wraps it.
pub(super) fn type_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let lowered = shaper.deeper(node, |shaper| match node.kind() {
        kind::IDENTIFIER | kind::QUALIFIED_NAME | kind::ALIAS_QUALIFIED => named_type(shaper, node),
        kind::GENERIC_NAME => generic(shaper, node),
        kind::NULLABLE_TYPE | kind::REF_TYPE | kind::SCOPED_TYPE => {
            field_type(shaper, node, field::TYPE)
        }
        kind::ARRAY_TYPE => list_of(field_type(shaper, node, field::TYPE)),
        _ => Type::Unknown,
    });
    lowered.unwrap_or_default()
}

/// The type that a field of a node says.
pub(super) fn field_type(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Type {
    node.child_by_field_name(name).map(|it| type_of(shaper, it)).unwrap_or_default()
}

fn named_type(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    // `System.Threading.Tasks.Task<Client>`
    let last = node.child_by_field_name(field::NAME);
    match last.filter(|last| last.kind() == kind::GENERIC_NAME) {
        Some(last) => generic(shaper, last),
        None => Type::Named(path(shaper, node)),
    }
}

/// The name of a type, or of a namespace, with dots between.
pub(super) fn path(shaper: &Shaper<'_>, node: Node<'_>) -> Name {
    let text = shaper.text(node);
    let text = text.strip_prefix("global::").unwrap_or(text);
    if text.contains(|it: char| it.is_whitespace() || it == ':' || it == '@') {
        let words: String = text.split_whitespace().collect();
        return words.replace("::", ".").replace('@', "").into();
    }
    text.into()
}

fn generic(shaper: &mut Shaper<'_>, node: Node<'_>) -> Type {
    let children = named(node, kind::COMMENT);
    let name = children.first().map_or("", |name| shaper.text(*name));
    let arguments = children.iter().find(|it| it.kind() == kind::TYPE_ARGUMENTS);
    let last = arguments.and_then(|list| named(*list, kind::COMMENT).into_iter().next_back());
    let inner = last.map(|last| type_of(shaper, last)).unwrap_or_default();
    if HOLDERS.contains(&name) {
        inner
    } else if holds_many(name) {
        list_of(inner)
    } else {
        Type::Named(name.into())
    }
}

/// Whether a generic type is that of a collection.
pub(super) fn holds_many(name: &str) -> bool {
    is_map(name)
        || ["List", "Enumerable", "Collection", "Set", "Queue", "Stack", "Array", "Bag", "Span"]
            .iter()
            .any(|ending| name.ends_with(ending))
}

/// Whether a type is that of a map.
pub(super) fn is_map(name: &str) -> bool {
    ["Dictionary", "NameValueCollection", "Hashtable", "SortedList", "JObject"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn list_of(inner: Type) -> Type {
    match inner {
        Type::Unknown => Type::Unknown,
        known => Type::Of(Box::new(known)),
    }
}

/// The parameters of a function.
pub(super) fn parameters(shaper: &mut Shaper<'_>, list: Option<Node<'_>>) -> Vec<Parameter> {
    let Some(list) = list else { return Vec::new() };
    if list.kind() == kind::IMPLICIT_PARAMETER || list.kind() == kind::IDENTIFIER {
        return vec![parameter(shaper.text(list), Type::Unknown)];
    }
    let nodes = named(list, kind::COMMENT);
    let nodes = nodes.into_iter().filter(|it| it.kind() == kind::PARAMETER);
    let mut parameters = Vec::new();
    for node in nodes {
        let kind = field_type(shaper, node, field::TYPE);
        let name = node.child_by_field_name(field::NAME);
        let default = node.child_by_field_name(field::NAME).and_then(|name| {
            let after = |it: &Node<'_>| it.start_byte() >= name.end_byte();
            named(node, kind::COMMENT).into_iter().find(after)
        });
        parameters.push(Parameter {
            default: default.map(|default| expression(shaper, default)),
            ..parameter(name.map_or("_", |name| shaper.text(name)), kind)
        });
    }
    // The grammar keeps the last one's name and type outside of a parameter.
    if let Some(name) = list.child_by_field_name(field::NAME) {
        let kind = field_type(shaper, list, field::TYPE);
        parameters.push(Parameter { is_rest: true, ..parameter(shaper.text(name), kind) });
    }
    parameters
}

fn parameter(name: &str, kind: Type) -> Parameter {
    Parameter {
        name: name.trim_start_matches('@').into(),
        kind,
        default: None,
        is_rest: false,
        is_options: false,
    }
}
