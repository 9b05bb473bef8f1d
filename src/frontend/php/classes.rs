//! PHP's classes, interfaces, traits and enumerations.

use tree_sitter::Node;

use super::declarations::{Placed, function};
use super::expressions::expression;
use super::grammar::{field, kind};
use super::names::{class_name, documented, path, type_of};
use crate::frontend::program::code::{Class, Field, Type};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;

/// Lowers a class. One that has no name is given one.
pub(super) fn class(shaper: &mut Shaper<'_>, node: Node<'_>, name: Option<Name>) -> usize {
    let name = name.unwrap_or_else(|| shaper.field_text(node, field::NAME).into());
    let class = Class {
        name,
        bases: bases(shaper, node),
        fields: Vec::new(),
        outer: None,
        is_interface: node.kind() == kind::INTERFACE,
    };
    let number = shaper.unit.classes.len();
    shaper.unit.classes.push(class);
    if let Some(body) = node.child_by_field_name(field::BODY) {
        shaper.deeper(body, |shaper| shaper.in_class(number, |it| members(it, body, number)));
    }
    number
}

/// What a class extends and implements.
fn bases(shaper: &Shaper<'_>, node: Node<'_>) -> Vec<Type> {
    let clauses = named(node, kind::COMMENT);
    let clauses = clauses
        .into_iter()
        .filter(|it| matches!(it.kind(), kind::BASE_CLAUSE | "class_interface_clause"));
    let names = clauses.flat_map(|clause| named(clause, kind::COMMENT));
    names.map(|name| Type::Named(path(shaper.text(name)))).collect()
}

fn members(shaper: &mut Shaper<'_>, body: Node<'_>, number: usize) {
    let mut comment = "";
    let mut cursor = body.walk();
    let children: Vec<Node<'_>> = body.named_children(&mut cursor).collect();
    for member in children {
        match member.kind() {
            kind::COMMENT => {
                comment = shaper.text(member);
                continue;
            }
            kind::METHOD => method(shaper, member, number, comment),
            kind::PROPERTY => properties(shaper, member, number, comment),
            kind::CONST_DECLARATION => {
                let constants = class_constants(shaper, member);
                shaper.unit.classes[number].fields.extend(constants);
            }
            kind::ENUM_CASE => enum_case(shaper, member, number),
            kind::USE_TRAIT => {
                let used = named(member, kind::COMMENT).into_iter();
                let used = used.filter(|it| matches!(it.kind(), kind::NAME | kind::QUALIFIED_NAME));
                let used = used.map(|it| Type::Named(path(shaper.text(it)))).collect::<Vec<_>>();
                shaper.unit.classes[number].bases.extend(used);
            }
            _ => {}
        }
        comment = "";
    }
}

fn method(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize, comment: &str) {
    let is_static = named(node, kind::COMMENT).iter().any(|it| it.kind() == kind::STATIC_MODIFIER);
    promoted_properties(shaper, node, number);
    function(shaper, node, &Placed { class: Some(number), is_static, comment });
}

/// Properties that a constructor declares among its parameters.
fn promoted_properties(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize) {
    let list = node.child_by_field_name(field::PARAMETERS);
    for node in list.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        if node.kind() == kind::PROMOTED_PARAMETER {
            let name = property_name(shaper.field_text(node, field::NAME));
            let declared = type_of(shaper, node.child_by_field_name(field::TYPE));
            let field = Field { name, kind: declared, value: None };
            shaper.unit.classes[number].fields.push(field);
        }
    }
}

fn properties(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize, comment: &str) {
    let declared = match type_of(shaper, node.child_by_field_name(field::TYPE)) {
        Type::Unknown => documented(shaper, comment, "@var", ""),
        known => known,
    };
    let elements = named(node, kind::COMMENT).into_iter();
    for element in elements.filter(|it| it.kind() == kind::PROPERTY_ELEMENT) {
        let name = property_name(shaper.field_text(element, field::NAME));
        let value = element.child_by_field_name(field::DEFAULT_VALUE);
        let value = value.filter(|it| it.kind() != kind::NULL).map(|it| expression(shaper, it));
        let field = Field { name, kind: declared.clone(), value };
        shaper.unit.classes[number].fields.push(field);
    }
}

/// A property's name without the sign that only its declaration has.
pub(super) fn property_name(written: &str) -> Name {
    written.trim_start_matches(['&', '$']).into()
}

/// The constants of a declaration of them.
pub(super) fn class_constants(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Field> {
    let elements = named(node, kind::COMMENT).into_iter();
    let elements = elements.filter(|it| it.kind() == kind::CONST_ELEMENT);
    let constants = elements.filter_map(|element| {
        let [name, value] = named(element, kind::COMMENT)[..] else { return None };
        let value = expression(shaper, value);
        Some(Field { name: shaper.text(name).into(), kind: Type::Unknown, value: Some(value) })
    });
    constants.collect()
}

fn enum_case(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize) {
    let name = class_name(shaper, shaper.field_text(node, field::NAME));
    let value = node.child_by_field_name(field::VALUE).map(|it| expression(shaper, it));
    let field = Field { name, kind: Type::Unknown, value };
    shaper.unit.classes[number].fields.push(field);
}
