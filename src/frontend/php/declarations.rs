//! What a PHP file declares: imports, classes, functions.

use tree_sitter::Node;

use super::classes::{class, class_constants};
use super::expressions::expression;
use super::grammar::{field, kind};
use super::names::{documented, parameters, path, type_of};
use super::statements;
use crate::frontend::program::code::{
    Expression, Form, Function, Import, Parameter, Statement, Type, Unit, Value,
};
use crate::frontend::program::shape::{Shaper, named};
use crate::frontend::program::thing::Name;
use crate::source::Source;

/// Lowers a file.
pub(super) fn unit(root: Node<'_>, source: &Source<'_>) -> Unit {
    let mut shaper = Shaper::new(source);
    let body = statements::statements(&mut shaper, &children(root));
    shaper.unit.body.extend(body);
    let known = elsewhere(&shaper);
    shaper.unit.imports.extend(known);
    shaper.unit
}

/// What the SDK's classes are called by in pieces of code whose imports are in
/// another file: what follows the name leaves no doubt.
const ELSEWHERE: &[(&str, &str, &[&str])] = &[
    (
        "AlibabaCloud",
        "AlibabaCloud.Client.AlibabaCloud",
        &["AlibabaCloud::ecs(", "AlibabaCloud::Ecs(", "AlibabaCloud::rpc"],
    ),
    ("Ecs", "AlibabaCloud.Ecs.Ecs", &["Ecs::v20140526("]),
];

fn elsewhere(shaper: &Shaper<'_>) -> Vec<Import> {
    let is_own = |name: &str| {
        shaper.unit.imports.iter().any(|it| it.name.as_deref() == Some(name))
            || shaper.unit.classes.iter().any(|it| &*it.name == name)
    };
    let found = ELSEWHERE.iter().filter(|(name, _, written)| {
        !is_own(name) && written.iter().any(|it| shaper.source.text.contains(it))
    });
    let found =
        found.map(|(name, path, _)| Import { name: Some((*name).into()), path: (*path).into() });
    found.collect()
}

/// The children of a node, comments among them: they say more of what follows.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// Lowers what declares something; none if the node does not.
pub(super) fn declaration(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    comment: &str,
) -> Option<Vec<Statement>> {
    match node.kind() {
        kind::USE => imports(shaper, node),
        kind::NAMESPACE => return Some(namespace(shaper, node)),
        kind::FUNCTION => {
            function(shaper, node, &Placed { comment, ..Placed::default() });
        }
        kind::CLASS | kind::INTERFACE | kind::TRAIT | kind::ENUM => {
            class(shaper, node, None);
        }
        kind::CONST_DECLARATION => return Some(constants(shaper, node)),
        _ => return None,
    }
    Some(Vec::new())
}

fn namespace(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    if let Some(name) = node.child_by_field_name(field::NAME) {
        shaper.unit.package = Some(path(shaper.text(name)));
    }
    let body = node.child_by_field_name(field::BODY);
    body.map(|body| statements::statements(shaper, &children(body))).unwrap_or_default()
}

fn imports(shaper: &mut Shaper<'_>, node: Node<'_>) {
    let parts = named(node, kind::COMMENT);
    let prefix = parts.iter().find(|it| it.kind() == kind::NAMESPACE_NAME);
    let prefix = prefix.map(|it| shaper.text(*it).to_owned());
    let group = parts.iter().find(|it| it.kind() == kind::USE_GROUP);
    let clauses = group.map_or(parts.clone(), |group| named(*group, kind::COMMENT));
    for clause in clauses.into_iter().filter(|it| it.kind() == kind::USE_CLAUSE) {
        import(shaper, clause, prefix.as_deref());
    }
}

fn import(shaper: &mut Shaper<'_>, clause: Node<'_>, prefix: Option<&str>) {
    let is_name = |node: &Node<'_>| matches!(node.kind(), kind::NAME | kind::QUALIFIED_NAME);
    let Some(name) = named(clause, kind::COMMENT).into_iter().find(is_name) else { return };
    let written = shaper.text(name);
    let full = prefix.map_or_else(|| written.to_owned(), |prefix| format!("{prefix}\\{written}"));
    let path = path(full.trim_start_matches('\\'));
    let alias = match shaper.field_text(clause, field::ALIAS) {
        "" => path.rsplit('.').next().unwrap_or(&path).into(),
        alias => Name::from(alias),
    };
    shaper.unit.imports.push(Import { name: Some(alias), path });
}

fn constants(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Statement> {
    let constants = class_constants(shaper, node);
    let assigned = constants.into_iter().filter_map(|constant| {
        let value = constant.value?;
        let at = value.at.clone();
        let target = Expression { at, value: Value::Name(constant.name) };
        Some(statements::assigned(target, value))
    });
    assigned.collect()
}

/// Where a function stands, and what is said of it there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Placed<'t> {
    /// The class whose method it is.
    pub(super) class: Option<usize>,
    /// Whether it has no object.
    pub(super) is_static: bool,
    /// The comment in front of it.
    pub(super) comment: &'t str,
}

/// Lowers a function, a method or a lambda.
pub(super) fn function(shaper: &mut Shaper<'_>, node: Node<'_>, placed: &Placed<'_>) -> usize {
    let name = shaper.field_text(node, field::NAME);
    let parameters =
        parameters(shaper, node.child_by_field_name(field::PARAMETERS), placed.comment);
    let declared = match type_of(shaper, node.child_by_field_name(field::RETURN_TYPE)) {
        Type::Unknown => documented(shaper, placed.comment, "@return", ""),
        known => known,
    };
    let body = node.child_by_field_name(field::BODY);
    let is_method = placed.class.is_some();
    let function = Function {
        name: name.into(),
        class: placed.class,
        receiver: (is_method && !placed.is_static).then(|| "$this".into()),
        form: Form::Plain,
        is_constructor: is_method && name.eq_ignore_ascii_case("__construct"),
        parent: shaper.enclosing.last().copied(),
        parameters,
        returns: if declared == Type::Unknown { Vec::new() } else { vec![declared] },
        body: Vec::new(),
        is_declared_only: is_method && body.is_none(),
        at: node.byte_range(),
    };
    let given = promoted(shaper, node, &function.parameters);
    let shares = std::mem::replace(&mut shaper.shares, shares_variables(node));
    let number = shaper.add_function(function, |shaper| {
        let mut statements = given;
        statements.extend(body.map(|body| function_body(shaper, body)).unwrap_or_default());
        statements
    });
    shaper.shares = shares;
    number
}

fn function_body(shaper: &mut Shaper<'_>, body: Node<'_>) -> Vec<Statement> {
    if body.kind() == kind::BLOCK {
        return statements::statements(shaper, &children(body));
    }
    vec![Statement::Return(vec![expression(shaper, body)])]
}

/// Whether a lambda may change the variables around it.
fn shares_variables(node: Node<'_>) -> bool {
    let clause = named(node, kind::COMMENT).into_iter().find(|it| it.kind() == kind::USE_VARIABLES);
    clause.is_some_and(|it| named(it, kind::COMMENT).iter().any(|it| it.kind() == kind::BY_REF))
}

/// What a constructor does with parameters that are properties as well.
fn promoted(shaper: &Shaper<'_>, node: Node<'_>, parameters: &[Parameter]) -> Vec<Statement> {
    let list = node.child_by_field_name(field::PARAMETERS);
    let list = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    let promoted = list.into_iter().filter(|it| it.kind() == kind::PROMOTED_PARAMETER);
    let own = promoted.filter_map(|node| {
        let name = shaper.field_text(node, field::NAME).trim_start_matches('&');
        parameters.iter().find(|it| &*it.name == name).map(|it| (node.byte_range(), &it.name))
    });
    own.map(|(at, name)| {
        let expression = |value| Expression { at: at.clone(), value };
        let this = Box::new(expression(Value::Name("$this".into())));
        let property = name.trim_start_matches('$').into();
        let target = expression(Value::Member(this, property));
        statements::assigned(target, expression(Value::Name(name.clone())))
    })
    .collect()
}
