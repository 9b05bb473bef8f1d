//! What a JavaScript file declares: imports, classes, functions, variables.

use tree_sitter::Node;

use super::expressions::{expression, module, named_value};
use super::grammar::{field, kind};
use super::patterns::{holder, is_pattern, taken_apart};
use super::statements::{block, declared, name, statement};
use super::types::field_type;
use crate::frontend::program::code::{
    Class, Expression, Field, Function, Import, Parameter, Statement, Type, Unit, Value,
};
use crate::frontend::program::shape::{Shaper, known_text, named};
use crate::frontend::program::thing::Name;
use crate::source::Source;

/// Helpers that compilers put around `require`.
const INTEROP: &[&str] =
    &["__importDefault", "__importStar", "_interopRequireDefault", "_interopRequireWildcard"];

/// The object of a method.
const THIS: &str = "this";

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    let children = named(root, kind::COMMENT);
    for node in children.iter().filter(|it| it.kind() == kind::IMPORT_STATEMENT) {
        imports(&mut shaper, *node);
    }
    let mut body = Vec::new();
    for node in children {
        body.extend(statement(&mut shaper, node));
    }
    shaper.unit.body = body;
    shaper.unit
}

fn add_import(shaper: &mut Shaper<'_>, name: &str, path: String) {
    let import = Import { name: Some(name.into()), path: path.into() };
    shaper.unit.imports.push(import);
}

/// The name of a module without what says where it comes from.
fn module_name(path: &str) -> &str {
    path.strip_prefix("node:").or_else(|| path.strip_prefix("npm:")).unwrap_or(path)
}

/// `import a, * as b, { c as d } from "module"`, `import a = require("module")`.
fn imports(shaper: &mut Shaper<'_>, node: Node<'_>) {
    let children = named(node, kind::COMMENT);
    let required = children.iter().find(|it| it.kind() == kind::IMPORT_REQUIRE);
    let source = required.unwrap_or(&node).child_by_field_name(field::SOURCE);
    let Some(source) = source else { return };
    let path = module_name(shaper.text(source).trim_matches(['"', '\'']));
    if let Some(required) = required {
        let name = required.named_child(0).map_or("", |name| shaper.text(name));
        return add_import(shaper, name, path.to_owned());
    }
    let clauses = children.iter().filter(|it| it.kind() == kind::IMPORT_CLAUSE);
    for part in clauses.flat_map(|clause| named(*clause, kind::COMMENT)) {
        match part.kind() {
            kind::IDENTIFIER => add_import(shaper, shaper.text(part), format!("{path}.default")),
            kind::NAMESPACE_IMPORT => {
                let name = part.named_child(0).map_or("", |name| shaper.text(name));
                add_import(shaper, name, path.to_owned());
            }
            kind::NAMED_IMPORTS => {
                let specifiers = named(part, kind::COMMENT);
                let specifiers = specifiers.iter().filter(|it| it.kind() == kind::IMPORT_SPECIFIER);
                for specifier in specifiers {
                    let own = shaper.field_text(*specifier, field::NAME);
                    let alias = shaper.field_text(*specifier, field::ALIAS);
                    let alias = if alias.is_empty() { own } else { alias };
                    add_import(shaper, alias, format!("{path}.{own}"));
                }
            }
            _ => {}
        }
    }
}

/// A name for what `require("module")` gives, which no program can use itself.
pub(super) fn required(shaper: &mut Shaper<'_>, path: &str) -> Name {
    let name = format!("\"{path}\"");
    add_import(shaper, &name, module_name(path).to_owned());
    name.into()
}

/// Lowers a declaration of variables.
pub(super) fn variables(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for declarator in named(node, kind::COMMENT) {
        if declarator.kind() == kind::VARIABLE_DECLARATOR {
            statements.extend(variable(shaper, declarator));
        }
    }
    statements
}

fn variable(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let Some(target) = node.child_by_field_name(field::NAME) else { return Vec::new() };
    let value = node.child_by_field_name(field::VALUE);
    if let Some(path) =
        value.filter(|_| shaper.enclosing.is_empty()).and_then(|it| path(shaper, it))
        && imported(shaper, target, &path)
    {
        return Vec::new();
    }
    let kind = field_type(shaper, node, field::TYPE);
    if is_pattern(target) {
        let from = Expression { at: target.byte_range(), value: Value::Name(holder(target)) };
        let value = value.map(|value| expression(shaper, value));
        let mut statements = vec![declared(from, kind, value)];
        statements.extend(taken_apart(shaper, target, true));
        return statements;
    }
    let written = shaper.text(target);
    if let Some(value) = value.filter(|it| it.kind() == kind::CLASS) {
        class(shaper, value, written);
        return Vec::new();
    }
    let value = value.map(|value| named_value(shaper, value, written));
    vec![declared(name(shaper, target), kind, value)]
}

/// The path of what `require("module").a.b` gives, compilers' helpers around it
/// or not.
fn path(shaper: &Shaper<'_>, node: Node<'_>) -> Option<String> {
    let mut members = Vec::new();
    let mut node = node;
    loop {
        if let Some(module) = module(shaper, node) {
            members.push(module_name(module));
            members.reverse();
            return Some(members.join("."));
        }
        match node.kind() {
            kind::MEMBER => {
                members.push(shaper.field_text(node, field::PROPERTY));
                node = node.child_by_field_name(field::OBJECT)?;
            }
            kind::AWAIT | kind::PARENTHESIZED | kind::AS | kind::NON_NULL => {
                node = node.named_child(0)?;
            }
            kind::CALL => {
                let callee = shaper.field_text(node, field::FUNCTION);
                let helper = callee.rsplit('.').next().unwrap_or(callee);
                let is_interop = INTEROP.contains(&helper);
                let arguments = node.child_by_field_name(field::ARGUMENTS);
                node = arguments.filter(|_| is_interop)?.named_child(0)?;
            }
            _ => return None,
        }
    }
}

/// Imports what names of a declaration are given. False if there is more to it.
fn imported(shaper: &mut Shaper<'_>, target: Node<'_>, path: &str) -> bool {
    if target.kind() == kind::IDENTIFIER {
        add_import(shaper, shaper.text(target), path.to_owned());
        return true;
    }
    let parts = named(target, kind::COMMENT);
    let names: Option<Vec<(&str, &str)>> = parts
        .iter()
        .map(|part| match part.kind() {
            kind::SHORTHAND_PATTERN => Some((shaper.text(*part), shaper.text(*part))),
            kind::PAIR_PATTERN => {
                let alias = part.child_by_field_name(field::VALUE)?;
                let own = shaper.field_text(*part, field::KEY);
                (alias.kind() == kind::IDENTIFIER).then(|| (shaper.text(alias), own))
            }
            _ => None,
        })
        .collect();
    let Some(names) = names.filter(|_| target.kind() == kind::OBJECT_PATTERN) else { return false };
    for (alias, own) in names {
        add_import(shaper, alias, format!("{path}.{own}"));
    }
    true
}

/// `export …`: what it declares, or the value that the module is.
pub(super) fn exported(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for child in named(node, kind::COMMENT) {
        match child.kind() {
            "export_clause" | "namespace_export" | "decorator" | kind::STRING => {}
            kind::CLASS => {
                let name = nameless(shaper, child);
                class(shaper, child, &name);
            }
            _ if Some(child) == node.child_by_field_name(field::VALUE) => {
                let value = named_value(shaper, child, "default");
                statements.push(Statement::Plain(value));
            }
            _ => statements.extend(statement(shaper, child)),
        }
    }
    statements
}

/// Lowers a declared function. Where it stands in another one, that one has a
/// variable for it.
pub(super) fn function(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let own = shaper.field_text(node, field::NAME);
    let is_inner = !shaper.enclosing.is_empty();
    let number = lambda(shaper, node, own);
    let Some(target) = node.child_by_field_name(field::NAME).filter(|_| is_inner) else {
        return Vec::new();
    };
    let value = Expression { at: node.byte_range(), value: Value::Lambda(number) };
    vec![declared(name(shaper, target), Type::Unknown, Some(value))]
}

/// Lowers a function under a name; none for one that is read where it stands.
pub(super) fn lambda(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> usize {
    method_function(shaper, node, None, name)
}

/// Lowers a function, or a method of a class.
pub(super) fn method_function(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    class: Option<usize>,
    name: &str,
) -> usize {
    let (parameters, mut before) = parameters(shaper, node);
    let body = node.child_by_field_name(field::BODY);
    let function = Function {
        name: name.into(),
        class,
        receiver: class.map(|_| THIS.into()),
        is_constructor: class.is_some() && name == "constructor",
        parent: shaper.enclosing.last().copied(),
        parameters,
        returns: match field_type(shaper, node, field::RETURN_TYPE) {
            Type::Unknown => Vec::new(),
            known => vec![known],
        },
        body: Vec::new(),
        is_declared_only: body.is_none(),
        at: node.byte_range(),
    };
    shaper.add_function(function, |shaper| {
        let body = body.map(|body| match body.kind() {
            kind::BLOCK => block(shaper, body),
            _ => vec![Statement::Return(vec![expression(shaper, body)])],
        });
        before.extend(body.unwrap_or_default());
        before
    })
}

/// The parameters of a function, and what takes those apart that are patterns.
fn parameters(shaper: &mut Shaper<'_>, node: Node<'_>) -> (Vec<Parameter>, Vec<Statement>) {
    let list = node.child_by_field_name(field::PARAMETERS);
    let mut parameters = Vec::new();
    let mut taken = Vec::new();
    if let Some(single) = node.child_by_field_name(field::PARAMETER) {
        parameters.push(parameter(shaper.text(single).into(), Type::Unknown));
    }
    for node in list.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        if !matches!(node.kind(), kind::REQUIRED_PARAMETER | kind::OPTIONAL_PARAMETER) {
            continue;
        }
        let Some(pattern) = node.child_by_field_name(field::PATTERN) else { continue };
        let kind = field_type(shaper, node, field::TYPE);
        let is_rest = pattern.kind() == kind::REST;
        let target = pattern.named_child(0).filter(|_| is_rest).unwrap_or(pattern);
        let name = if is_pattern(target) { holder(target) } else { shaper.text(target).into() };
        if is_pattern(target) {
            taken.extend(taken_apart(shaper, target, true));
        }
        let default = node.child_by_field_name(field::VALUE);
        let default = default.map(|default| expression(shaper, default));
        parameters.push(Parameter { default, is_rest, ..parameter(name, kind) });
    }
    (parameters, taken)
}

fn parameter(name: Name, kind: Type) -> Parameter {
    Parameter { name, kind, default: None, is_rest: false }
}

/// A name for a class that has none.
pub(super) fn nameless(shaper: &Shaper<'_>, node: Node<'_>) -> Name {
    match shaper.field_text(node, field::NAME) {
        "" => format!("class@{}", node.start_byte()).into(),
        name => name.into(),
    }
}

/// Lowers a class.
pub(super) fn class(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) {
    let bases = bases(shaper, node);
    let class = Class { name: name.into(), bases, fields: Vec::new(), is_interface: false };
    shaper.unit.classes.push(class);
    let number = shaper.unit.classes.len() - 1;
    let members = node.child_by_field_name(field::BODY);
    for member in members.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        let lowered = shaper.deeper(member, |shaper| match member.kind() {
            kind::METHOD => method(shaper, member, number),
            kind::FIELD_DEFINITION => field_definition(shaper, member, number),
            kind::ABSTRACT_METHOD | kind::METHOD_SIGNATURE => {
                let name = shaper.field_text(member, field::NAME).to_owned();
                method_function(shaper, member, Some(number), &name);
            }
            kind::STATIC_BLOCK => {
                let name = format!("{}.static", shaper.unit.classes[number].name);
                method_function(shaper, member, None, &name);
            }
            _ => {}
        });
        if lowered.is_none() {
            break;
        }
    }
}

fn bases(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Type> {
    let children = named(node, kind::COMMENT);
    let heritage = children.into_iter().filter(|it| it.kind() == kind::CLASS_HERITAGE);
    let clauses: Vec<Node<'_>> = heritage.flat_map(|it| named(it, kind::COMMENT)).collect();
    let mut bases = Vec::new();
    for clause in clauses {
        let parts = match clause.kind() {
            kind::EXTENDS => clause.child_by_field_name(field::VALUE).into_iter().collect(),
            kind::IMPLEMENTS => named(clause, kind::COMMENT),
            _ => Vec::new(),
        };
        bases.extend(parts.into_iter().map(|part| super::types::type_of(shaper, part)));
    }
    bases
}

fn method(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize) {
    let own = shaper.field_text(node, field::NAME).to_owned();
    if is_getter(shaper, node) {
        return getter(shaper, node, class, &own);
    }
    if own == "constructor" {
        constructor_fields(shaper, node, class);
    }
    method_function(shaper, node, Some(class), &own);
}

fn is_getter(shaper: &Shaper<'_>, node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| !child.is_named() && shaper.text(child) == "get")
}

/// A getter is a field with what it returns.
fn getter(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize, name: &str) {
    let at = node.byte_range();
    let kind = field_type(shaper, node, field::RETURN_TYPE);
    let number = method_function(shaper, node, Some(class), "");
    let callee = Expression { at: at.clone(), value: Value::Lambda(number) };
    let value = Expression { at, value: Value::Call(Box::new(callee), Vec::new()) };
    let field = Field { name: name.into(), kind, value: Some(value) };
    shaper.unit.classes[class].fields.push(field);
}

/// `constructor(private client: Client)` declares a field.
fn constructor_fields(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize) {
    let list = node.child_by_field_name(field::PARAMETERS);
    for parameter in list.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        let mut cursor = parameter.walk();
        let declares = parameter
            .children(&mut cursor)
            .any(|it| it.kind() == "accessibility_modifier" || it.kind() == "readonly");
        let pattern = parameter.child_by_field_name(field::PATTERN);
        let Some(pattern) = pattern.filter(|_| declares) else { continue };
        let kind = field_type(shaper, parameter, field::TYPE);
        let field = Field { name: shaper.text(pattern).into(), kind, value: None };
        shaper.unit.classes[class].fields.push(field);
    }
}

fn field_definition(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize) {
    let own = shaper.field_text(node, field::NAME).to_owned();
    let value = node.child_by_field_name(field::VALUE);
    let is_function = |it: &Node<'_>| {
        matches!(it.kind(), kind::ARROW_FUNCTION | kind::FUNCTION_EXPRESSION | kind::GENERATOR)
    };
    if let Some(function) = value.filter(is_function) {
        method_function(shaper, function, Some(class), &own);
        return;
    }
    let kind = field_type(shaper, node, field::TYPE);
    let value = value.map(|value| expression(shaper, value));
    let field = Field { name: own.into(), kind, value };
    shaper.unit.classes[class].fields.push(field);
}

/// Lowers an interface.
pub(super) fn interface(shaper: &mut Shaper<'_>, node: Node<'_>) {
    let name = shaper.field_text(node, field::NAME).into();
    let class = Class { name, bases: Vec::new(), fields: Vec::new(), is_interface: true };
    shaper.unit.classes.push(class);
    let number = shaper.unit.classes.len() - 1;
    for child in named(node, kind::COMMENT) {
        if child.kind() == kind::EXTENDS_TYPE {
            let bases = named(child, kind::COMMENT);
            let bases: Vec<Type> =
                bases.into_iter().map(|base| super::types::type_of(shaper, base)).collect();
            shaper.unit.classes[number].bases.extend(bases);
        }
    }
    let members = node.child_by_field_name(field::BODY);
    for member in members.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        match member.kind() {
            kind::METHOD_SIGNATURE => {
                let name = shaper.field_text(member, field::NAME).to_owned();
                method_function(shaper, member, Some(number), &name);
            }
            kind::PROPERTY_SIGNATURE => {
                let kind = field_type(shaper, member, field::TYPE);
                let name = shaper.field_text(member, field::NAME).into();
                shaper.unit.classes[number].fields.push(Field { name, kind, value: None });
            }
            _ => {}
        }
    }
}

/// Lowers an enumeration: a map of its members.
pub(super) fn enumeration(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let Some(target) = node.child_by_field_name(field::NAME) else { return Vec::new() };
    let members = node.child_by_field_name(field::BODY);
    let mut entries = Vec::new();
    for member in members.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        if member.kind() != kind::ENUM_ASSIGNMENT {
            continue;
        }
        let key = shaper.field_text(member, field::NAME).trim_matches(['"', '\'']);
        let key = known_text(key, member.byte_range());
        let value = member.child_by_field_name(field::VALUE);
        entries.extend(value.map(|value| (key, expression(shaper, value))));
    }
    let value = Expression { at: node.byte_range(), value: Value::Map(entries) };
    vec![declared(name(shaper, target), Type::Unknown, Some(value))]
}
