//! What a C# file declares: imports, types, their members, and statements
//! outside of them.

use std::collections::HashMap;

use tree_sitter::Node;

use super::expressions::{expression_as, inner, name};
use super::grammar::{field, kind};
use super::invocation::arguments;
use super::statements::{block, declared_value, plain, several};
use super::types::{field_type, parameters, path, type_of};
use crate::frontend::program::code::{
    Assign, Class, Expression, Field, Form, Function, Import, Statement, Type, Unit, Value,
};
use crate::frontend::program::shape::{Shaper, known_text, named};
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;
use crate::source::Source;

/// The object of a method.
const THIS: &str = "this";

/// What the compiler puts before the name of a property whose value is asked for.
const GETTER: &str = "get_";

/// What declarations are lowered into.
#[derive(Default)]
struct Found {
    classes: HashMap<Name, usize>,
    /// Statements outside of types.
    loose: Vec<Statement>,
}

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    imports(&mut shaper, root);
    let mut found = Found::default();
    members(&mut shaper, root, None, &mut found);
    shaper.unit.body = found.loose;
    shaper.unit
}

/// Directives, those in namespaces too. A namespace sees what those around it
/// hold.
fn imports(shaper: &mut Shaper<'_>, root: Node<'_>) {
    let (mut directives, mut namespaces) = (Vec::new(), Vec::new());
    syntax::walk(root, |node| {
        match node.kind() {
            kind::USING_DIRECTIVE => directives.push(node),
            kind::NAMESPACE | kind::FILE_NAMESPACE => namespaces.push(node),
            _ => {}
        }
        !node.kind().ends_with("_statement") && node.kind() != kind::CLASS
    });
    for directive in directives {
        let alias = directive.child_by_field_name(field::NAME);
        let parts = named(directive, kind::COMMENT);
        let Some(of) = parts.into_iter().find(|it| Some(*it) != alias) else { continue };
        let path = match type_of(shaper, of) {
            Type::Named(path) => path,
            _ => path(shaper, of),
        };
        let name = alias.map(|alias| Name::from(name(shaper, alias)));
        shaper.unit.imports.push(Import { name, path });
    }
    for namespace in namespaces {
        let Some(own) = namespace.child_by_field_name(field::NAME) else { continue };
        let own = path(shaper, own);
        let ends = own.match_indices('.').map(|(at, _)| at).chain([own.len()]);
        for end in ends {
            let import = Import { name: None, path: own[..end].into() };
            shaper.unit.imports.push(import);
        }
        shaper.unit.package.get_or_insert(own);
    }
}

/// Lowers what stands in a file, a namespace or a type.
fn members(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>, found: &mut Found) {
    let children = named(node, kind::COMMENT);
    let (statements, declarations): (Vec<Node<'_>>, Vec<Node<'_>>) =
        children.into_iter().partition(|it| is_statement(*it));
    for declaration in declarations {
        shaper.deeper(declaration, |shaper| member(shaper, declaration, class, found));
    }
    let statements = statements.into_iter().filter_map(|it| match it.kind() {
        kind::GLOBAL_STATEMENT => it.named_child(0),
        _ => Some(it),
    });
    found.loose.extend(several(shaper, statements.collect()));
}

/// Whether something stands outside of functions that belongs in one: a
/// statement of a script, or a piece of a file that is broken.
fn is_statement(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind == kind::GLOBAL_STATEMENT
        || kind.ends_with("_statement")
        || kind.ends_with("_expression")
        || kind == kind::BLOCK
}

fn member(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>, found: &mut Found) {
    match node.kind() {
        kind::NAMESPACE => {
            if let Some(body) = node.child_by_field_name(field::BODY) {
                members(shaper, body, class, found);
            }
        }
        kind::CLASS | kind::STRUCT | kind::RECORD | kind::INTERFACE => {
            type_declaration(shaper, node, class, found);
        }
        kind::ENUM => names(shaper, node, found),
        kind::METHOD
        | kind::CONSTRUCTOR
        | kind::DESTRUCTOR
        | kind::OPERATOR
        | kind::CONVERSION_OPERATOR => {
            method(shaper, node, class);
        }
        kind::PROPERTY | kind::INDEXER | kind::EVENT => property(shaper, node, class),
        kind::FIELD => fields(shaper, node, class),
        kind::PREPROC_IF | kind::PREPROC_ELIF | kind::PREPROC_ELSE => {
            members(shaper, node, class, found);
        }
        _ if node.is_error() => members(shaper, node, class, found),
        _ => {}
    }
}

fn class_number(shaper: &mut Shaper<'_>, name: &str, found: &mut Found) -> usize {
    if let Some(number) = found.classes.get(name) {
        return *number;
    }
    let class = Class {
        name: name.into(),
        bases: Vec::new(),
        fields: Vec::new(),
        outer: None,
        is_interface: false,
    };
    shaper.unit.classes.push(class);
    let number = shaper.unit.classes.len() - 1;
    found.classes.insert(name.into(), number);
    number
}

/// A class, of which a file may hold several parts.
fn type_declaration(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    outer: Option<usize>,
    found: &mut Found,
) {
    let number = class_number(shaper, shaper.field_text(node, field::NAME), found);
    let class = &mut shaper.unit.classes[number];
    class.outer = class.outer.or(outer.filter(|outer| *outer != number));
    class.is_interface = node.kind() == kind::INTERFACE;
    for part in named(node, kind::COMMENT) {
        match part.kind() {
            kind::BASE_LIST => bases(shaper, part, number),
            // What the constructor takes is there in every member.
            kind::PARAMETER_LIST => {
                for parameter in parameters(shaper, Some(part)) {
                    let field = Field { name: parameter.name, kind: parameter.kind, value: None };
                    shaper.unit.classes[number].fields.push(field);
                }
            }
            _ => {}
        }
    }
    if let Some(body) = node.child_by_field_name(field::BODY) {
        members(shaper, body, Some(number), found);
    }
}

fn bases(shaper: &mut Shaper<'_>, node: Node<'_>, number: usize) {
    for base in named(node, kind::COMMENT) {
        let base = match base.kind() {
            kind::ARGUMENT_LIST => continue,
            kind::PRIMARY_BASE => field_type(shaper, base, field::TYPE),
            _ => type_of(shaper, base),
        };
        shaper.unit.classes[number].bases.push(base);
    }
}

/// The names of an enumeration, which are written as they are.
fn names(shaper: &mut Shaper<'_>, node: Node<'_>, found: &mut Found) {
    let number = class_number(shaper, shaper.field_text(node, field::NAME), found);
    let body = node.child_by_field_name(field::BODY);
    for member in body.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
        if member.kind() == kind::ENUM_MEMBER {
            let name = shaper.field_text(member, field::NAME);
            let value = Some(known_text(name, member.byte_range()));
            let field = Field { name: name.into(), kind: Type::Unknown, value };
            shaper.unit.classes[number].fields.push(field);
        }
    }
}

fn fields(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>) {
    let Some(number) = class else { return };
    let parts = named(node, kind::COMMENT).into_iter();
    for declaration in parts.filter(|it| it.kind() == kind::VARIABLE_DECLARATION) {
        let declared = field_type(shaper, declaration, field::TYPE);
        for declarator in named(declaration, kind::COMMENT) {
            if declarator.kind() != kind::VARIABLE_DECLARATOR {
                continue;
            }
            let name = declarator.child_by_field_name(field::NAME);
            let name = name.map_or("", |it| self::name(shaper, it)).into();
            let value = shaper.in_class(number, |shaper| {
                declared_value(declarator).map(|value| expression_as(shaper, value, &declared))
            });
            let field = Field { name, kind: declared.clone(), value };
            shaper.unit.classes[number].fields.push(field);
        }
    }
}

/// A property is a field; what is run for it are functions.
fn property(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>) {
    let Some(number) = class else { return };
    let name = match node.kind() {
        kind::INDEXER => THIS,
        _ => shaper.field_text(node, field::NAME),
    };
    let declared = field_type(shaper, node, field::TYPE);
    let mut value = None;
    if let Some(given) = node.child_by_field_name(field::VALUE) {
        if given.kind() == kind::ARROW {
            value = Some(getter(shaper, node, name, given, number, &declared));
        } else {
            let lowered = |shaper: &mut Shaper<'_>| expression_as(shaper, given, &declared);
            value = Some(shaper.in_class(number, lowered));
        }
    }
    let accessors = node.child_by_field_name(field::ACCESSORS);
    for accessor in accessors.map(|list| named(list, kind::COMMENT)).unwrap_or_default() {
        let Some(body) = accessor.child_by_field_name(field::BODY) else { continue };
        let word = shaper.field_text(accessor, field::NAME);
        if word == "get" {
            value = Some(getter(shaper, accessor, name, body, number, &declared));
        } else {
            let function = Function {
                name: format!("{word}_{name}").into(),
                class: Some(number),
                receiver: Some(THIS.into()),
                ..empty(shaper, accessor)
            };
            shaper.add_function(function, |shaper| function_body(shaper, body));
        }
    }
    let field = Field { name: name.into(), kind: declared, value };
    shaper.unit.classes[number].fields.push(field);
}

/// What gives a property's value, and a call of it.
fn getter(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    name: &str,
    body: Node<'_>,
    class: usize,
    returns: &Type,
) -> Expression {
    let getter: Name = format!("{GETTER}{name}").into();
    let function = Function {
        name: getter.clone(),
        class: Some(class),
        receiver: Some(THIS.into()),
        returns: vec![returns.clone()],
        ..empty(shaper, node)
    };
    shaper.add_function(function, |shaper| function_body(shaper, body));
    let at = node.byte_range();
    let callee = Expression { at: at.clone(), value: Value::Name(getter) };
    Expression { at, value: Value::Call(Box::new(callee), Vec::new()) }
}

fn empty(shaper: &Shaper<'_>, node: Node<'_>) -> Function {
    Function {
        name: "".into(),
        class: None,
        receiver: None,
        form: Form::Plain,
        is_constructor: false,
        parent: shaper.enclosing.last().copied(),
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    }
}

/// A method, a constructor or the like.
fn method(shaper: &mut Shaper<'_>, node: Node<'_>, class: Option<usize>) {
    let name = match node.kind() {
        kind::OPERATOR | kind::CONVERSION_OPERATOR => "operator",
        _ => shaper.field_text(node, field::NAME),
    };
    let parts = named(node, kind::COMMENT);
    let is_static =
        parts.iter().any(|it| it.kind() == kind::MODIFIER && shaper.text(*it) == "static");
    let body = node.child_by_field_name(field::BODY);
    let returns = field_type(shaper, node, field::RETURNS);
    let function = Function {
        name: name.into(),
        class,
        receiver: (!is_static).then(|| THIS.into()),
        form: Form::Plain,
        is_constructor: node.kind() == kind::CONSTRUCTOR && !is_static,
        parameters: parameters(shaper, node.child_by_field_name(field::PARAMETERS)),
        returns: vec![returns],
        is_declared_only: body.is_none(),
        ..empty(shaper, node)
    };
    let before = parts.into_iter().find(|it| it.kind() == kind::CONSTRUCTOR_INITIALIZER);
    shaper.add_function(function, |shaper| {
        let mut statements = Vec::new();
        if let Some(before) = before {
            statements.push(Statement::Plain(constructed_before(shaper, before)));
        }
        statements.extend(body.map(|body| function_body(shaper, body)).unwrap_or_default());
        statements
    });
}

/// `: base(…)`, `: this(…)`
fn constructed_before(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let mut cursor = node.walk();
    let word = node.children(&mut cursor).find(|it| matches!(it.kind(), kind::THIS | kind::BASE));
    let word = word.unwrap_or(node);
    let callee = Expression { at: word.byte_range(), value: Value::Name(word.kind().into()) };
    let list = named(node, kind::COMMENT).into_iter().find(|it| it.kind() == kind::ARGUMENT_LIST);
    let value = Value::Call(Box::new(callee), arguments(shaper, list));
    Expression { at: node.byte_range(), value }
}

/// A block, or an expression whose value is returned.
fn function_body(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    if node.kind() == kind::BLOCK {
        return block(shaper, node);
    }
    let value = if node.kind() == kind::ARROW { inner(node) } else { Some(node) };
    let Some(value) = value else { return Vec::new() };
    match plain(shaper, value) {
        Statement::Plain(value) => vec![Statement::Return(vec![value])],
        other => vec![other],
    }
}

/// A function in another one, under the name that it has there.
pub(super) fn local_function(shaper: &mut Shaper<'_>, node: Node<'_>) -> Statement {
    let name = shaper.field_text(node, field::NAME);
    let returns = field_type(shaper, node, field::TYPE);
    let function = Function {
        name: name.into(),
        parameters: parameters(shaper, node.child_by_field_name(field::PARAMETERS)),
        returns: vec![returns],
        ..empty(shaper, node)
    };
    let body = node.child_by_field_name(field::BODY);
    let number = shaper.add_function(function, |shaper| {
        body.map(|body| function_body(shaper, body)).unwrap_or_default()
    });
    let at = node.byte_range();
    Statement::Assign(Assign {
        targets: vec![Expression { at: at.clone(), value: Value::Name(name.into()) }],
        kind: Type::Unknown,
        values: vec![Expression { at, value: Value::Lambda(number) }],
        declares: true,
        adds: false,
    })
}

/// `x => …`, `delegate (int x) { … }`
pub(super) fn lambda(shaper: &mut Shaper<'_>, node: Node<'_>) -> usize {
    let list = node.child_by_field_name(field::PARAMETERS);
    let function = Function { parameters: parameters(shaper, list), ..empty(shaper, node) };
    let body = node
        .child_by_field_name(field::BODY)
        .or_else(|| named(node, kind::COMMENT).into_iter().find(|it| it.kind() == kind::BLOCK));
    shaper.add_function(function, |shaper| {
        body.map(|body| function_body(shaper, body)).unwrap_or_default()
    })
}
