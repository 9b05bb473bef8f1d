//! What stands at the top of a Go file: imports, types, functions, variables.

use std::collections::HashMap;

use tree_sitter::Node;

use super::expressions::expressions;
use super::grammar::{field, kind};
use super::statements;
use super::types::{parameters, results, type_of};
use crate::frontend::program::code::{
    Assign, Class, Expression, Field, Form, Function, Import, Statement, Type, Unit, Value,
};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;
use crate::source::Source;

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    let declarations = named(root, kind::COMMENT);
    let mut classes: HashMap<Name, usize> = HashMap::new();
    // Methods may stand before their type.
    for node in declarations.iter().filter(|it| it.kind() == kind::TYPE_DECLARATION) {
        types(&mut shaper, *node, &mut classes);
    }
    let mut body = Vec::new();
    for node in declarations {
        match node.kind() {
            kind::FUNCTION => {
                function(&mut shaper, node, None);
            }
            kind::METHOD => method(&mut shaper, node, &mut classes),
            kind::CONST_DECLARATION | kind::VAR_DECLARATION => {
                body.extend(variables(&mut shaper, node));
            }
            kind::TYPE_DECLARATION => {}
            _ => {
                imports(&mut shaper, node);
                // A file that is broken, or a piece of one.
                if node.kind() != "import_declaration" && node.kind() != "package_clause" {
                    body.extend(statements::statement(&mut shaper, node));
                }
            }
        }
    }
    shaper.unit.body = body;
    shaper.unit
}

fn imports(shaper: &mut Shaper<'_>, node: Node<'_>) {
    let mut specs = Vec::new();
    syntax::walk(node, |node| {
        if node.kind() == kind::IMPORT_SPEC {
            specs.push(node);
        }
        node.kind() != kind::IMPORT_SPEC && node.kind() != kind::BLOCK
    });
    for spec in specs {
        let path = shaper.field_text(spec, field::PATH).trim_matches(['"', '`']);
        let name = match shaper.field_text(spec, field::NAME) {
            "" => Some(package_name(path)),
            "." => None,
            alias => Some(alias.to_owned()),
        };
        let import = Import { name: name.map(Name::from), path: path.into() };
        shaper.unit.imports.push(import);
    }
}

/// The name of a package by its path, where no alias is given.
fn package_name(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let is_version = last
        .strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()));
    let name = if is_version { parts.next().unwrap_or(last) } else { last };
    // No name has a dash; that of `swas-open` is `swas_open`.
    name.split('.').next().unwrap_or(name).replace('-', "_")
}

/// Lowers a declaration of types.
pub(super) fn types(shaper: &mut Shaper<'_>, node: Node<'_>, classes: &mut HashMap<Name, usize>) {
    for spec in named(node, kind::COMMENT) {
        if !matches!(spec.kind(), kind::TYPE_SPEC | kind::TYPE_ALIAS) {
            continue;
        }
        let name: Name = shaper.field_text(spec, field::NAME).into();
        let Some(of) = spec.child_by_field_name(field::TYPE) else { continue };
        let number = class(shaper, &name, classes);
        match of.kind() {
            kind::STRUCT_TYPE => fields(shaper, of, number),
            kind::INTERFACE_TYPE => interface(shaper, of, number),
            _ => {
                let base = type_of(shaper, of);
                shaper.unit.classes[number].bases.push(base);
            }
        }
    }
}

fn class(shaper: &mut Shaper<'_>, name: &Name, classes: &mut HashMap<Name, usize>) -> usize {
    if let Some(number) = classes.get(name) {
        return *number;
    }
    let class = Class {
        name: name.clone(),
        bases: Vec::new(),
        fields: Vec::new(),
        outer: None,
        is_interface: false,
    };
    shaper.unit.classes.push(class);
    let number = shaper.unit.classes.len() - 1;
    classes.insert(name.clone(), number);
    number
}

fn fields(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize) {
    let lists = named(node, kind::COMMENT);
    let lists = lists.into_iter().filter(|it| it.kind() == kind::FIELD_DECLARATION_LIST);
    for declaration in lists.flat_map(|list| named(list, kind::COMMENT)) {
        if declaration.kind() != kind::FIELD_DECLARATION {
            continue;
        }
        let declared = declaration.child_by_field_name(field::TYPE);
        let declared = declared.map(|it| type_of(shaper, it)).unwrap_or_default();
        let mut cursor = declaration.walk();
        let names: Vec<Node<'_>> =
            declaration.children_by_field_name(field::NAME, &mut cursor).collect();
        if names.is_empty() {
            embed(shaper, &declared, number);
        }
        for name in names {
            let name = shaper.text(name).into();
            let field = Field { name, kind: declared.clone(), value: None };
            shaper.unit.classes[number].fields.push(field);
        }
    }
}

/// An embedded field gives its methods, and has the name of its type.
fn embed(shaper: &mut Shaper<'_>, declared: &Type, number: usize) {
    let Type::Named(path) = declared else { return };
    let name = path.rsplit('.').next().unwrap_or(path).into();
    let class = &mut shaper.unit.classes[number];
    class.bases.push(declared.clone());
    class.fields.push(Field { name, kind: declared.clone(), value: None });
}

fn interface(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize) {
    shaper.unit.classes[number].is_interface = true;
    for element in named(node, kind::COMMENT) {
        match element.kind() {
            kind::METHOD_ELEMENT => {
                let function = Function {
                    is_declared_only: true,
                    ..signature(shaper, element, Some(number), None)
                };
                shaper.add_function(function, |_| Vec::new());
            }
            kind::TYPE_ELEMENT => {
                let base = type_of(shaper, element);
                shaper.unit.classes[number].bases.push(base);
            }
            _ => {}
        }
    }
}

fn method(shaper: &mut Shaper<'_>, node: Node<'_>, classes: &mut HashMap<Name, usize>) {
    let receiver = parameters(shaper, node.child_by_field_name(field::RECEIVER));
    let Some(receiver) = receiver.into_iter().next() else { return };
    let Type::Named(of) = &receiver.kind else {
        function(shaper, node, None);
        return;
    };
    let number = class(shaper, of, classes);
    function(shaper, node, Some((number, receiver.name)));
}

fn signature(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    class: Option<usize>,
    receiver: Option<Name>,
) -> Function {
    Function {
        name: shaper.field_text(node, field::NAME).into(),
        class,
        receiver,
        form: Form::Plain,
        is_constructor: false,
        parent: shaper.enclosing.last().copied(),
        parameters: parameters(shaper, node.child_by_field_name(field::PARAMETERS)),
        returns: results(shaper, node.child_by_field_name(field::RESULT)),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    }
}

/// Lowers a function, a method or a lambda.
pub(super) fn function(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    of: Option<(usize, Name)>,
) -> usize {
    let (class, receiver) = of.map_or((None, None), |(class, name)| (Some(class), Some(name)));
    let function = signature(shaper, node, class, receiver);
    let body = node.child_by_field_name(field::BODY);
    shaper.add_function(function, |shaper| {
        body.map(|body| statements::block(shaper, body)).unwrap_or_default()
    })
}

/// Lowers a declaration of variables or constants.
pub(super) fn variables(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut specs = Vec::new();
    syntax::walk(node, |node| {
        let is_spec = matches!(node.kind(), kind::VAR_SPEC | kind::CONST_SPEC);
        if is_spec {
            specs.push(node);
        }
        !is_spec
    });
    specs.into_iter().map(|spec| Statement::Assign(variable(shaper, spec))).collect()
}

fn variable(shaper: &mut Shaper<'_>, spec: Node<'_>) -> Assign {
    let mut cursor = spec.walk();
    let names: Vec<Node<'_>> = spec
        .children_by_field_name(field::NAME, &mut cursor)
        .filter(|name| name.kind() == kind::IDENTIFIER)
        .collect();
    let targets = names.into_iter().map(|name| Expression {
        at: name.byte_range(),
        value: Value::Name(shaper.text(name).into()),
    });
    let targets = targets.collect();
    let declared = spec.child_by_field_name(field::TYPE);
    let declared = declared.map(|it| type_of(shaper, it)).unwrap_or_default();
    let values = spec.child_by_field_name(field::VALUE);
    let values = values.map(|values| expressions(shaper, values)).unwrap_or_default();
    Assign { targets, kind: declared, values, declares: true, adds: false }
}
