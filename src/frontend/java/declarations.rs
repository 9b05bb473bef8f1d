//! What stands at the top of a Java file: imports, classes and what is in them.

use tree_sitter::Node;

use super::enums::constants;
use super::expressions::expression;
use super::grammar::{children, children_of, field, kind};
use super::statements;
use super::types::{bases, declared, parameters, type_of};
use crate::frontend::program::code::{Class, Field, Form, Function, Import, Statement, Type, Unit};
use crate::frontend::program::shape::Shaper;
use crate::frontend::program::thing::Name;
use crate::source::Source;

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    let mut body = Vec::new();
    for node in children(root) {
        match node.kind() {
            kind::IMPORT => import(&mut shaper, node),
            kind::PACKAGE => {
                let name = children(node).pop().map(|name| Name::from(shaper.text(name)));
                shaper.unit.package = name;
            }
            // A piece of a file may start with what belongs in a class.
            kind::METHOD => {
                method(&mut shaper, node, None);
            }
            _ => body.extend(statements::statement(&mut shaper, node)),
        }
    }
    shaper.unit.body = body;
    shaper.unit
}

fn import(shaper: &mut Shaper<'_>, node: Node<'_>) {
    let parts = children(node);
    let Some(path) = parts.iter().find(|part| part.kind() != kind::ASTERISK) else { return };
    let path: String = shaper.text(*path).split_whitespace().collect();
    let brings_all = parts.iter().any(|part| part.kind() == kind::ASTERISK);
    let name = path.rsplit('.').next().filter(|_| !brings_all).map(Name::from);
    shaper.unit.imports.push(Import { name, path: path.into() });
}

/// Lowers a class that stands in a function, or at the top.
pub(super) fn local_class(shaper: &mut Shaper<'_>, node: Node<'_>) {
    class(shaper, node, None);
}

/// Lowers the class of an object that is made with a body; answers the name that
/// it is given.
pub(super) fn anonymous_class(shaper: &mut Shaper<'_>, body: Node<'_>, base: Type) -> Name {
    let number = shaper.unit.classes.len();
    let of = match &base {
        Type::Named(name) => name.rsplit('.').next().unwrap_or(name),
        _ => "",
    };
    let name: Name = format!("{of}${number}").into();
    shaper.unit.classes.push(Class {
        name: name.clone(),
        bases: vec![base],
        fields: Vec::new(),
        is_interface: false,
        outer: shaper.enclosing_class(),
    });
    members(shaper, body, number);
    name
}

fn class(shaper: &mut Shaper<'_>, node: Node<'_>, outer: Option<usize>) {
    let class = Class {
        name: shaper.field_text(node, field::NAME).into(),
        bases: bases(shaper, node),
        fields: Vec::new(),
        is_interface: node.kind() == kind::INTERFACE,
        outer: outer.or_else(|| shaper.enclosing_class()),
    };
    let number = shaper.unit.classes.len();
    shaper.unit.classes.push(class);
    // What makes up a record are its fields, and what makes it.
    for parameter in parameters(shaper, node.child_by_field_name(field::PARAMETERS)) {
        let field = Field { name: parameter.name, kind: parameter.kind, value: None };
        shaper.unit.classes[number].fields.push(field);
    }
    if let Some(body) = node.child_by_field_name(field::BODY) {
        members(shaper, body, number);
        constants(shaper, body, number);
    }
}

/// Lowers what stands in the body of a class.
pub(super) fn members(shaper: &mut Shaper<'_>, body: Node<'_>, class_number: usize) {
    let lowered = shaper.deeper(body, |shaper| {
        for member in children(body) {
            match member.kind() {
                kind::FIELD | kind::CONSTANT => fields(shaper, member, class_number),
                kind::METHOD | kind::CONSTRUCTOR | kind::COMPACT_CONSTRUCTOR => {
                    method(shaper, member, Some(class_number));
                }
                kind::CLASS | kind::INTERFACE | kind::ENUM | kind::RECORD => {
                    class(shaper, member, Some(class_number));
                }
                kind::STATIC_INITIALIZER => {
                    for block in children_of(member, kind::BLOCK) {
                        initializer(shaper, block, class_number, "static");
                    }
                }
                kind::BLOCK => initializer(shaper, member, class_number, "init"),
                kind::ENUM_MEMBERS => members(shaper, member, class_number),
                _ => {}
            }
        }
    });
    lowered.unwrap_or_default();
}

fn fields(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize) {
    let declared = declared(shaper, node);
    for declarator in children_of(node, kind::VARIABLE) {
        let name = shaper.field_text(declarator, field::NAME).into();
        let value = declarator.child_by_field_name(field::VALUE);
        let value = value.map(|value| shaper.in_class(class, |shaper| expression(shaper, value)));
        let field = Field { name, kind: declared.clone(), value };
        shaper.unit.classes[class].fields.push(field);
    }
}

/// Code that runs when the class is loaded, or an object of it is made.
fn initializer(shaper: &mut Shaper<'_>, block: Node<'_>, class: usize, name: &str) {
    let function = Function {
        name: name.into(),
        class: Some(class),
        receiver: Some("this".into()),
        form: Form::Plain,
        is_constructor: false,
        parent: shaper.enclosing.last().copied(),
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: block.byte_range(),
    };
    shaper.add_function(function, |shaper| statements::block(shaper, block));
}

fn method(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>) {
    let body = node.child_by_field_name(field::BODY);
    let returns = node.child_by_field_name(field::TYPE);
    let returns = returns.map(|returns| type_of(shaper, returns));
    let function = Function {
        name: shaper.field_text(node, field::NAME).into(),
        class,
        receiver: class.map(|_| "this".into()),
        form: Form::Plain,
        is_constructor: node.kind() != kind::METHOD,
        parent: shaper.enclosing.last().copied(),
        parameters: parameters(shaper, node.child_by_field_name(field::PARAMETERS)),
        returns: returns.into_iter().collect(),
        body: Vec::new(),
        is_declared_only: body.is_none(),
        at: node.byte_range(),
    };
    shaper.add_function(function, |shaper| {
        body.map(|body| statements::block(shaper, body)).unwrap_or_default()
    });
}

/// Lowers a lambda. One that stands in no function belongs to its class.
pub(super) fn lambda(shaper: &mut Shaper<'_>, node: Node<'_>) -> usize {
    let parent = shaper.enclosing.last().copied();
    let class = shaper.enclosing_class().filter(|_| parent.is_none());
    let function = Function {
        name: "".into(),
        class,
        receiver: class.map(|_| "this".into()),
        form: Form::Plain,
        is_constructor: false,
        parent,
        parameters: parameters(shaper, node.child_by_field_name(field::PARAMETERS)),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    };
    let body = node.child_by_field_name(field::BODY);
    shaper.add_function(function, |shaper| match body {
        Some(body) if body.kind() == kind::BLOCK => statements::block(shaper, body),
        Some(body) => vec![Statement::Return(vec![expression(shaper, body)])],
        None => Vec::new(),
    })
}
