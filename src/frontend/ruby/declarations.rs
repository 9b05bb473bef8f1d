//! Classes, modules and methods of a Ruby file.

use tree_sitter::Node;

use super::DIALECT;
use super::constants::path;
use super::expressions::{expression, target, unknown_variable};
use super::grammar::{field, kind};
use super::scope::{Scope, assign, end_with, last_part};
use super::statements;
use crate::frontend::program::code::{
    Assign, Class, Expression, Field, Form, Function, Parameter, Statement, Type, Unit, Value,
};
use crate::frontend::program::shape::named;
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;
use crate::source::Source;

/// What the block that a method is called with is called in it.
pub(super) const BLOCK: &str = "&block";

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut scope = Scope::new(root, source);
    let body = statements::block(&mut scope, root);
    scope.shaper.unit.body = body;
    scope.shaper.unit
}

/// Lowers a class or a module. What stands in it besides methods runs where it
/// stands.
pub(super) fn class(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    let written = scope.field_text(node, field::NAME);
    let outer = scope.class;
    scope.nesting.push(written.into());
    let number = class_number(scope, last_part(written).into());
    let base = node.child_by_field_name(field::SUPERCLASS).and_then(|it| it.named_child(0));
    if let Some(base) = base.and_then(|base| path(scope, base)) {
        add_base(scope, number, &base);
    }
    add_library(scope, number);
    scope.class = Some(number);
    let body = node.child_by_field_name(field::BODY);
    let statements = scope
        .body(false, |scope| body.map(|body| statements::block(scope, body)).unwrap_or_default());
    scope.class = outer;
    scope.nesting.pop();
    statements
}

fn class_number(scope: &mut Scope<'_, '_>, name: Name) -> usize {
    if let Some(number) = scope.classes.get(&name) {
        return *number;
    }
    let class = Class {
        name: name.clone(),
        bases: Vec::new(),
        fields: Vec::new(),
        outer: None,
        is_interface: false,
    };
    let classes = &mut scope.shaper.unit.classes;
    classes.push(class);
    let number = classes.len() - 1;
    scope.classes.insert(name, number);
    number
}

/// Notes what a class inherits from or mixes in.
pub(super) fn add_base(scope: &mut Scope<'_, '_>, class: usize, base: &str) {
    let dotted = base.trim_start_matches("::").replace("::", ".");
    let is_library = DIALECT.means(&format!("{dotted}.")).is_some();
    let name = if is_library { dotted } else { last_part(base).to_owned() };
    scope.shaper.unit.classes[class].bases.push(Type::Named(name.into()));
}

/// A class that is part of a client's library is such a client itself, and has
/// one as its service.
fn add_library(scope: &mut Scope<'_, '_>, class: usize) {
    const SERVICE: &str = "service";
    let own = format!("{}.", scope.nesting.join(".").replace("::", "."));
    let known = DIALECT.clients.iter().map(|(known, _)| *known);
    let known = known
        .into_iter()
        .find(|known| own.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')));
    let Some(known) = known else { return };
    let kind = Type::Named(known.into());
    let class = &mut scope.shaper.unit.classes[class];
    class.bases.push(kind.clone());
    class.fields.push(Field { name: SERVICE.into(), kind, value: None });
}

/// Lowers a method.
pub(super) fn method(scope: &mut Scope<'_, '_>, node: Node<'_>) {
    let name: Name = scope.field_text(node, field::NAME).into();
    let body = node.child_by_field_name(field::BODY);
    let enclosing = std::mem::take(&mut scope.shaper.enclosing);
    let function = Function {
        form: Form::Plain,
        is_constructor: &*name == "initialize" && scope.class.is_some(),
        name,
        class: scope.class,
        receiver: scope.class.map(|_| "self".into()),
        parent: None,
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    };
    scope.body(false, |scope| add(scope, function, node, body));
    scope.shaper.enclosing = enclosing;
}

/// Lowers a lambda or a block.
pub(super) fn lambda(scope: &mut Scope<'_, '_>, node: Node<'_>) -> usize {
    let parent = scope.shaper.enclosing.last().copied();
    let class = scope.class.filter(|_| parent.is_none());
    let function = Function {
        form: Form::Plain,
        name: "".into(),
        class,
        receiver: class.map(|_| "self".into()),
        is_constructor: false,
        parent,
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    };
    let inner = node.child_by_field_name(field::BODY);
    scope.body(true, |scope| add(scope, function, node, inner))
}

/// Adds a function with what its node says of its parameters and its body.
fn add(
    scope: &mut Scope<'_, '_>,
    function: Function,
    node: Node<'_>,
    body: Option<Node<'_>>,
) -> usize {
    let number = scope.shaper.unit.functions.len();
    scope.shaper.unit.functions.push(function);
    scope.shaper.enclosing.push(number);
    let (mut parameters, mut lowered) = parameters(scope, node);
    if body.is_some_and(yields) && parameters.iter().all(|it| &*it.name != BLOCK) {
        parameters.push(parameter(BLOCK));
    }
    // A lambda's braces are a block of their own.
    let body = match body {
        Some(body) if matches!(body.kind(), kind::BLOCK | kind::DO_BLOCK) => {
            body.child_by_field_name(field::BODY)
        }
        other => other,
    };
    lowered.extend(body.map(|body| statements::statement(scope, body)).unwrap_or_default());
    // A method returns what it ends with.
    end_with(&mut lowered, &|value| Statement::Return(vec![value]));
    scope.shaper.enclosing.pop();
    let function = &mut scope.shaper.unit.functions[number];
    function.parameters = parameters;
    function.body = lowered;
    number
}

fn yields(body: Node<'_>) -> bool {
    let mut yields = false;
    syntax::walk(body, |node| {
        yields |= node.kind() == kind::YIELD && node.is_named();
        !yields && !matches!(node.kind(), kind::METHOD | kind::SINGLETON_METHOD)
    });
    yields
}

fn parameter(name: impl Into<Name>) -> Parameter {
    Parameter {
        name: name.into(),
        kind: Type::Unknown,
        default: None,
        is_rest: false,
        is_options: false,
    }
}

/// The parameters of a function, and what takes them apart.
fn parameters(scope: &mut Scope<'_, '_>, node: Node<'_>) -> (Vec<Parameter>, Vec<Statement>) {
    let list = node.child_by_field_name(field::PARAMETERS);
    let nodes = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    let mut parameters = Vec::new();
    let mut first = Vec::new();
    for node in nodes {
        let name = match node.kind() {
            kind::IDENTIFIER => scope.text(node),
            _ => scope.field_text(node, field::NAME),
        };
        match node.kind() {
            kind::BLOCK_PARAMETER => {
                if !name.is_empty() {
                    first.push(alias(scope, node, name));
                }
                parameters.push(parameter(BLOCK));
                continue;
            }
            kind::DESTRUCTURED_PARAMETER => {
                let whole = scope.make_variable();
                first.push(Statement::Assign(taken_apart(scope, node, &whole)));
                parameters.push(parameter(whole));
                continue;
            }
            _ => {}
        }
        if name.is_empty() {
            continue;
        }
        scope.declare(name);
        let default = match node.kind() {
            kind::OPTIONAL_PARAMETER | kind::KEYWORD_PARAMETER => {
                node.child_by_field_name(field::VALUE).map(|it| expression(scope, it))
            }
            _ => None,
        };
        let is_rest = node.kind() == kind::SPLAT_PARAMETER;
        parameters.push(Parameter { default, is_rest, ..parameter(name) });
    }
    (parameters, first)
}

/// The name that a method gives its block.
fn alias(scope: &mut Scope<'_, '_>, node: Node<'_>, name: &str) -> Statement {
    scope.declare(name);
    let at = node.byte_range();
    let target = Expression { at: at.clone(), value: Value::Name(name.into()) };
    let block = Expression { at, value: Value::Name(BLOCK.into()) };
    Statement::Assign(assign(target, block, true))
}

/// `(key, value)` among parameters.
pub(super) fn taken_apart(scope: &mut Scope<'_, '_>, node: Node<'_>, whole: &Name) -> Assign {
    let targets = named(node, kind::COMMENT).into_iter().filter_map(|part| match part.kind() {
        kind::IDENTIFIER => {
            scope.declare(scope.text(part));
            Some(Expression { at: part.byte_range(), value: Value::Name(scope.text(part).into()) })
        }
        _ => None,
    });
    let targets = targets.collect();
    let value = Expression { at: node.byte_range(), value: Value::Name(whole.clone()) };
    Assign { targets, kind: Type::Unknown, values: vec![value], declares: true, adds: false }
}

/// Notes the names in a pattern as variables that may be anything.
pub(super) fn declare_names(scope: &mut Scope<'_, '_>, pattern: Node<'_>) {
    let mut names = Vec::new();
    syntax::walk(pattern, |node| {
        if node.kind() == kind::IDENTIFIER {
            names.push(node);
        }
        true
    });
    for name in names {
        let mut declares = true;
        let target = target(scope, name, &mut declares);
        scope.before.push(Statement::Assign(unknown_variable(target)));
    }
}
