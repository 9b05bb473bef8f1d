//! Names of PHP: paths with dots, types, and what comments say of types.

use tree_sitter::Node;

use super::grammar::{field, kind};
use crate::frontend::program::code::{Parameter, Type};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;

use super::expressions::expression;

/// A name as a path: `Ecs\StopInstanceRequest` is `Ecs.StopInstanceRequest`. One
/// that starts at the root keeps a dot in front, so that no alias is taken for
/// its first part.
pub(super) fn path(text: &str) -> Name {
    let text = text.trim();
    let plain = text.trim_start_matches('\\');
    let plain = plain.strip_prefix("namespace\\").unwrap_or(plain);
    let dotted = plain.replace('\\', ".");
    let is_rooted = text.starts_with('\\') && dotted.contains('.');
    if is_rooted { format!(".{dotted}").into() } else { dotted.into() }
}

/// The type that a name stands for; the words for the own class and its base
/// give theirs.
pub(super) fn class_name(shaper: &Shaper<'_>, text: &str) -> Name {
    let own = || shaper.enclosing_class().and_then(|class| shaper.unit.classes.get(class));
    match text.to_ascii_lowercase().as_str() {
        "self" | "static" => own().map_or_else(|| text.into(), |class| class.name.clone()),
        "parent" => match own().and_then(|class| class.bases.first()) {
            Some(Type::Named(base)) => base.clone(),
            _ => text.into(),
        },
        _ => path(text),
    }
}

/// A declared type: the class in it, if it names one.
pub(super) fn type_of(shaper: &Shaper<'_>, node: Option<Node<'_>>) -> Type {
    const MOST: usize = 8;
    let mut pending: Vec<Node<'_>> = node.into_iter().collect();
    for _ in 0..MOST {
        let Some(node) = pending.pop() else { break };
        if node.kind() == kind::NAMED_TYPE {
            return Type::Named(class_name(shaper, shaper.text(node)));
        }
        pending.extend(named(node, kind::COMMENT).into_iter().rev());
    }
    Type::Unknown
}

/// What a comment says of a type: `@var Ecs`, `@return ?Ecs`, `@param Ecs $client`.
pub(super) fn documented(shaper: &Shaper<'_>, comment: &str, tag: &str, name: &str) -> Type {
    for line in comment.lines() {
        let Some(at) = line.find(tag) else { continue };
        let mut words = line[at + tag.len()..].split_whitespace();
        let first = words.next().unwrap_or_default();
        if !name.is_empty() && words.next() != Some(name) {
            continue;
        }
        let one = first.split('|').find(|it| !it.eq_ignore_ascii_case("null"));
        let one = one.unwrap_or_default().trim_start_matches('?');
        let is_list = one.ends_with("[]");
        let one = one.trim_end_matches("[]").trim_end_matches("*/");
        let is_class = one.trim_start_matches('\\').starts_with(|it: char| it.is_ascii_uppercase());
        if !is_class && !matches!(one, "self" | "static") {
            return Type::Unknown;
        }
        let known = Type::Named(class_name(shaper, one));
        return if is_list { Type::Of(Box::new(known)) } else { known };
    }
    Type::Unknown
}

/// The parameters of a function, whose comment may say more of them.
pub(super) fn parameters(
    shaper: &mut Shaper<'_>,
    list: Option<Node<'_>>,
    comment: &str,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for node in list.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        let is_rest = node.kind() == kind::VARIADIC_PARAMETER;
        let is_one = matches!(node.kind(), kind::SIMPLE_PARAMETER | kind::PROMOTED_PARAMETER);
        if !is_one && !is_rest {
            continue;
        }
        let name: Name = shaper.field_text(node, field::NAME).trim_start_matches('&').into();
        let declared = type_of(shaper, node.child_by_field_name(field::TYPE));
        let declared = match declared {
            Type::Unknown => documented(shaper, comment, "@param", &name),
            known => known,
        };
        let default = node.child_by_field_name(field::DEFAULT_VALUE);
        let default = default.map(|it| expression(shaper, it));
        parameters.push(Parameter { name, kind: declared, default, is_rest, is_options: false });
    }
    parameters
}
