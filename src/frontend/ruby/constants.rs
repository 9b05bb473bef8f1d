//! Constants: classes and modules of the file or of a library, and values.

use tree_sitter::Node;

use super::DIALECT;
use super::grammar::{field, kind};
use super::scope::{Scope, last_part};
use crate::frontend::program::code::{Expression, Value};

/// Lowers a constant. One of a library is what it is by its path: nothing in a
/// file says which library has brought it.
pub(super) fn constant(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let Some(path) = path(scope, node) else {
        return Value::Other(super::expressions::children(scope, node));
    };
    if let Some(known) = library(scope, &path) {
        return Value::Import(known.into());
    }
    let (first, rest) = path.split_once("::").map_or((&*path, None), |(it, rest)| (it, Some(rest)));
    if scope.is_constant(first) {
        let value = Value::Name(first.into());
        let parts = rest.into_iter().flat_map(|rest| rest.split("::"));
        return parts.fold(value, |object, name| {
            let object = Expression { at: node.byte_range(), value: object };
            Value::Member(Box::new(object), name.into())
        });
    }
    let last = last_part(&path);
    if scope.is_class(last) && (rest.is_none() || scope.is_class(first)) || scope.is_constant(last)
    {
        return Value::Name(last.into());
    }
    Value::Import(path.replace("::", ".").into())
}

/// The path of a library that a path stands for, by itself or in a module that
/// is mixed in.
fn library(scope: &Scope<'_, '_>, path: &str) -> Option<String> {
    let dotted = path.trim_start_matches("::").replace("::", ".");
    let is_own = !path.contains("::") && scope.is_class(path);
    let included = scope.included.iter().map(|outer| format!("{outer}.{dotted}"));
    let around = (1..=scope.nesting.len()).rev().map(|count| {
        let outer = scope.nesting[..count].join(".").replace("::", ".");
        format!("{outer}.{dotted}")
    });
    // By what is around it a path may be anything: only a client counts.
    let leads_to_client = |path: &String| {
        let known = DIALECT.clients.iter().filter_map(|(known, _)| known.strip_prefix(&**path));
        known.into_iter().any(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let around = around.filter(|path| !is_own && leads_to_client(path));
    let mut candidates = included.chain(around).chain((!is_own).then(|| dotted.clone()));
    candidates.find(|path| DIALECT.means(&format!("{path}.")).is_some())
}

/// The path of a constant, as it is written.
pub(super) fn path(scope: &Scope<'_, '_>, node: Node<'_>) -> Option<String> {
    const MOST: usize = 12;
    let mut parts = Vec::new();
    let mut current = node;
    while parts.len() < MOST {
        match current.kind() {
            kind::CONSTANT => {
                parts.push(scope.text(current));
                break;
            }
            kind::SCOPE => {
                parts.push(scope.field_text(current, field::NAME));
                match current.child_by_field_name(field::SCOPE) {
                    Some(outer) => current = outer,
                    None => break,
                }
            }
            _ => return None,
        }
    }
    parts.reverse();
    Some(parts.join("::"))
}
