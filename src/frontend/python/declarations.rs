//! What a Python file declares: imports, classes, functions.

use tree_sitter::Node;

use super::expressions::expression;
use super::grammar::{field, kind};
use super::parameters::parameters;
use super::statements;
use super::types::type_of;
use crate::frontend::program::code::{
    Assign, Catch, Class, Expression, Field, Form, Function, Import, Loop, Statement, Try, Type,
    Unit, Value,
};
use crate::frontend::program::repeated::tells;
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;
use crate::source::Source;

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    let body = statements::block(&mut shaper, root);
    shaper.unit.body = body;
    shaper.unit
}

/// An import: the names that it binds, where it stands.
pub(super) fn import(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (name, path) in imported_names(shaper, node) {
        let import = Import { name: name.clone(), path: path.clone() };
        shaper.unit.imports.push(import);
        shaper.unit.imports.extend(whole(shaper.text(node)));
        let Some(name) = name else { continue };
        let at = node.byte_range();
        let imported = Expression { at: at.clone(), value: Value::Import(path) };
        statements.push(defined(name, at, imported));
    }
    statements
}

/// `import a.b` brings all of `a.b`, though it binds `a`.
fn whole(statement: &str) -> Option<Import> {
    let path = statement.strip_prefix("import ")?.trim();
    let is_path = path.contains('.') && !path.contains([' ', ',']);
    is_path.then(|| Import { name: Some(path.into()), path: path.into() })
}

/// A name that a statement gives a value.
fn defined(name: Name, at: std::ops::Range<usize>, value: Expression) -> Statement {
    Statement::Assign(Assign {
        targets: vec![Expression { at, value: Value::Name(name) }],
        kind: Type::Unknown,
        values: vec![value],
        declares: true,
        adds: false,
    })
}

/// The names that an import binds and the paths that they stand for; no name for
/// every name of a module.
fn imported_names(shaper: &Shaper<'_>, node: Node<'_>) -> Vec<(Option<Name>, Name)> {
    let text = |node: Node<'_>| without_spaces(shaper.text(node));
    let module = node.child_by_field_name(field::MODULE_NAME);
    let from = module.map(text);
    let within = |name: String| match &from {
        Some(module) => Name::from(format!("{module}.{name}")),
        None => name.into(),
    };
    let mut names = Vec::new();
    for child in named(node, kind::COMMENT) {
        match child.kind() {
            kind::WILDCARD_IMPORT => {
                names.extend(from.as_deref().map(|module| (None, Name::from(module))));
            }
            kind::ALIASED_IMPORT => {
                let name = child.child_by_field_name(field::NAME).map(text).unwrap_or_default();
                names.push((Some(shaper.field_text(child, field::ALIAS).into()), within(name)));
            }
            kind::DOTTED_NAME if Some(child) != module => {
                let name = text(child);
                // `import a.b` binds `a`; what follows it in the text names the rest.
                let bound = match &from {
                    Some(_) => name,
                    None => name.split('.').next().unwrap_or_default().to_owned(),
                };
                names.push((Some(bound.as_str().into()), within(bound)));
            }
            _ => {}
        }
    }
    names
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\\').collect()
}

/// A definition with its decorators, which run where it stands.
pub(super) fn decorated(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    class: Option<usize>,
) -> Vec<Statement> {
    let children = named(node, kind::COMMENT);
    let decorators: Vec<Node<'_>> = children
        .iter()
        .filter(|child| child.kind() == kind::DECORATOR)
        .filter_map(|child| child.named_child(0))
        .collect();
    let mut statements: Vec<Statement> = decorators
        .iter()
        .filter(|decorator| decorator.kind() == kind::CALL)
        .map(|decorator| Statement::Plain(expression(shaper, *decorator)))
        .collect();
    if let Some(definition) = node.child_by_field_name(field::DEFINITION) {
        statements.extend(define(shaper, definition, &decorators, class));
    }
    statements
}

/// A function or a class.
pub(super) fn define(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    decorators: &[Node<'_>],
    class: Option<usize>,
) -> Vec<Statement> {
    if node.kind() == kind::CLASS_DEFINITION {
        return self::class(shaper, node);
    }
    let number = shaper.deeper(node, |shaper| function(shaper, node, decorators, class));
    let Some(number) = number.filter(|_| class.is_none()) else { return Vec::new() };
    let name = shaper.unit.functions[number].name.clone();
    let at = node.byte_range();
    let value = Expression { at: at.clone(), value: Value::Lambda(number) };
    vec![defined(name, at, value)]
}

fn function(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    decorators: &[Node<'_>],
    class: Option<usize>,
) -> usize {
    let names: Vec<&str> = decorators.iter().map(|it| shaper.text(*it)).collect();
    let is = |decorator: &str| names.contains(&decorator);
    let mut parameters = parameters(shaper, node.child_by_field_name(field::PARAMETERS));
    let has_receiver = class.is_some() && !is("staticmethod") && !parameters.is_empty();
    let receiver = has_receiver.then(|| parameters.remove(0).name);
    let name: Name = shaper.field_text(node, field::NAME).into();
    let returns = node.child_by_field_name(field::RETURN_TYPE);
    let returns = returns.map(|it| type_of(shaper, it));
    let function = Function {
        class,
        receiver,
        form: form(&names),
        is_constructor: class.is_some() && &*name == "__init__",
        name,
        parent: shaper.enclosing.last().copied(),
        parameters,
        returns: returns.into_iter().filter(|kind| *kind != Type::Unknown).collect(),
        body: Vec::new(),
        is_declared_only: false,
        at: node.byte_range(),
    };
    let body = node.child_by_field_name(field::BODY);
    let retry = decorators.iter().find(|it| retries(shaper.text(**it))).map(Node::byte_range);
    shaper.add_function(function, |shaper| {
        let body = body.map(|body| statements::block(shaper, body)).unwrap_or_default();
        match retry {
            Some(head) => {
                let repeated = Loop {
                    head,
                    conditional: true,
                    before: Vec::new(),
                    each: None,
                    body: again(body),
                };
                vec![Statement::Loop(repeated)]
            }
            None => body,
        }
    })
}

fn form(decorators: &[&str]) -> Form {
    if decorators.contains(&"classmethod") {
        Form::OfClass
    } else if decorators.iter().any(|it| *it == "property" || it.ends_with("cached_property")) {
        Form::Property
    } else {
        Form::Plain
    }
}

/// Whether a decorator calls its function until it works: those of tenacity,
/// retrying, backoff and what is called like them, unless they tell failures apart.
fn retries(decorator: &str) -> bool {
    if tells(decorator) {
        return false;
    }
    let name = decorator.split('(').next().unwrap_or(decorator);
    name.split('.').any(|part| part == "backoff" || part == "retry" || part.ends_with("_retry"))
}

/// A class: its methods and attributes, and what else runs where it stands.
fn class(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let bases = node.child_by_field_name(field::SUPERCLASSES);
    let bases = bases.map(|bases| named(bases, kind::COMMENT)).unwrap_or_default();
    let bases = bases.into_iter().filter(|base| base.kind() != kind::KEYWORD_ARGUMENT);
    let bases = bases.map(|base| type_of(shaper, base)).collect();
    let name = shaper.field_text(node, field::NAME).into();
    let class = Class { name, bases, fields: Vec::new(), outer: None, is_interface: false };
    shaper.unit.classes.push(class);
    let number = shaper.unit.classes.len() - 1;
    let body = node.child_by_field_name(field::BODY);
    let lowered = shaper.deeper(node, |shaper| {
        let mut statements = Vec::new();
        for child in body.map(|body| named(body, kind::COMMENT)).unwrap_or_default() {
            statements.extend(member(shaper, child, number));
        }
        statements
    });
    lowered.unwrap_or_default()
}

/// A statement of a class's body.
fn member(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize) -> Vec<Statement> {
    match node.kind() {
        kind::FUNCTION_DEFINITION => define(shaper, node, &[], Some(class)),
        kind::DECORATED_DEFINITION => decorated(shaper, node, Some(class)),
        kind::CLASS_DEFINITION => self::class(shaper, node),
        kind::EXPRESSION_STATEMENT => {
            let assignment = node.named_child(0).filter(|it| it.kind() == kind::ASSIGNMENT);
            let left = assignment.and_then(|it| it.child_by_field_name(field::LEFT));
            match (assignment, left) {
                (Some(assignment), Some(left)) if left.kind() == kind::IDENTIFIER => {
                    attribute(shaper, assignment, left, class);
                    Vec::new()
                }
                _ => statements::statement(shaper, node),
            }
        }
        _ => statements::statement(shaper, node),
    }
}

fn attribute(shaper: &mut Shaper<'_>, assignment: Node<'_>, left: Node<'_>, class: usize) {
    let declared = assignment.child_by_field_name(field::TYPE);
    let declared = declared.map(|it| type_of(shaper, it)).unwrap_or_default();
    let value = assignment.child_by_field_name(field::RIGHT);
    let value = value.map(|value| expression(shaper, value));
    let field = Field { name: shaper.text(left).into(), kind: declared, value };
    shaper.unit.classes[class].fields.push(field);
}

/// A body that starts anew when it fails.
fn again(mut body: Vec<Statement>) -> Vec<Statement> {
    body.push(Statement::Break);
    // It waits, and so does more than nothing.
    let waits = Expression { at: 0..0, value: Value::Other(Vec::new()) };
    let catch = Catch { takes: None, body: vec![Statement::Plain(waits)] };
    vec![Statement::Try(Try { body, catches: vec![catch], ..Try::default() })]
}
