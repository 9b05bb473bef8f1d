//! Ruby's calls: arguments, blocks, and the methods that every program knows.

use tree_sitter::Node;

use super::constants::path;
use super::declarations::{self, BLOCK, add_base};
use super::expressions::{children, entry, expression, known};
use super::grammar::{field, kind};
use super::scope::{Scope, assign};
use super::statements;
use crate::frontend::lock_state;
use crate::frontend::program::code::{Argument, Expression, Import, Loop, Statement, Value};
use crate::frontend::program::shape::named;
use crate::frontend::program::thing::Name;

/// Methods that call their block for each item of their object, and which of the
/// block's parameters takes it.
const VISITORS: &[(&str, usize)] = &[
    ("each", 0),
    ("each_with_index", 0),
    ("each_with_object", 0),
    ("each_pair", 0),
    ("each_value", 0),
    ("each_slice", 0),
    ("each_entry", 0),
    ("reverse_each", 0),
    ("peach", 0),
    ("map", 0),
    ("collect", 0),
    ("flat_map", 0),
    ("filter_map", 0),
    ("each_cons", 0),
    ("select", 0),
    ("filter", 0),
    ("reject", 0),
    ("find", 0),
    ("detect", 0),
    ("find_all", 0),
    ("any?", 0),
    ("all?", 0),
    ("none?", 0),
    ("sum", 0),
    ("cycle", 0),
    ("times", 0),
    ("upto", 0),
    ("downto", 0),
    ("step", 0),
    ("inject", 1),
    ("reduce", 1),
    ("find_each", 0),
];

/// Lowers a call for its effect.
pub(super) fn statement(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Statement> {
    if !asks_for_lock(scope, node)
        && let Some(statement) = visited(scope, node)
    {
        return vec![statement];
    }
    if node.child_by_field_name(field::RECEIVER).is_none() {
        directive(scope, node);
    }
    vec![Statement::Plain(expression(scope, node))]
}

/// Lowers a call as a value.
pub(super) fn value(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    if !asks_for_lock(scope, node)
        && let Some(statement) = visited(scope, node)
    {
        scope.before.push(statement);
        return Value::Other(Vec::new());
    }
    let receiver = node.child_by_field_name(field::RECEIVER);
    let method = node.child_by_field_name(field::METHOD);
    if let Some(query) = receiver.and_then(|receiver| query(scope, node, receiver)) {
        return query;
    }
    let callee = match (receiver, method) {
        (Some(receiver), Some(method)) => {
            let at = receiver.start_byte()..method.end_byte();
            let object = Box::new(expression(scope, receiver));
            Expression { at, value: Value::Member(object, scope.text(method).into()) }
        }
        (Some(only), None) => expression(scope, only),
        (None, Some(name)) => {
            Expression { at: name.byte_range(), value: Value::Name(scope.text(name).into()) }
        }
        (None, None) => return Value::Other(children(scope, node)),
    };
    // A chain of calls is twice as deep here as it is written.
    let arguments = scope.deeper(node, |scope| arguments(scope, node)).unwrap_or_default();
    Value::Call(Box::new(callee), arguments)
}

/// `locks.any? { |lock| lock['LockReason'] == 'security' }`: what the block tells of
/// an item, the call tells of all.
fn asks_for_lock(scope: &Scope<'_, '_>, node: Node<'_>) -> bool {
    const TELLING: &[&str] =
        &["any?", "all?", "none?", "find", "detect", "select", "filter", "reject", "find_all"];
    TELLING.contains(&scope.field_text(node, field::METHOD))
        && lock_state::is_mentioned(scope.text(node))
}

/// `map.map { |key, value| "#{key}=#{value}" }.join('&')`: the query of a URL.
fn query(scope: &mut Scope<'_, '_>, node: Node<'_>, receiver: Node<'_>) -> Option<Value> {
    let block = receiver.child_by_field_name(field::BLOCK)?;
    let map = receiver.child_by_field_name(field::RECEIVER)?;
    let joins = scope.field_text(node, field::METHOD) == "join"
        && matches!(scope.field_text(receiver, field::METHOD), "map" | "collect")
        && scope.field_text(node, field::ARGUMENTS).contains('&')
        && scope.text(block).contains('=');
    if !joins {
        return None;
    }
    let object = expression(scope, map);
    let at = node.byte_range();
    let value = Value::Member(Box::new(object), "to_query".into());
    Some(Value::Call(Box::new(Expression { at, value }), Vec::new()))
}

/// `yield x`.
pub(super) fn yielded(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Value {
    let list = node.named_child(0).filter(|it| it.kind() == kind::ARGUMENT_LIST);
    let arguments = list.map(|list| listed(scope, list)).unwrap_or_default();
    let at = node.byte_range();
    Value::Call(Box::new(Expression { at, value: Value::Name(BLOCK.into()) }), arguments)
}

/// The arguments of a call, its block last.
fn arguments(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Vec<Argument> {
    let list = node.child_by_field_name(field::ARGUMENTS);
    let mut arguments = list.map(|list| listed(scope, list)).unwrap_or_default();
    if let Some(block) = node.child_by_field_name(field::BLOCK) {
        let value = Value::Lambda(declarations::lambda(scope, block));
        let value = Expression { at: block.byte_range(), value };
        arguments.push(Argument { name: Some(BLOCK.into()), value, spreads: false });
    }
    arguments
}

fn listed(scope: &mut Scope<'_, '_>, list: Node<'_>) -> Vec<Argument> {
    let children = named(list, kind::COMMENT).into_iter();
    children.map(|child| argument(scope, child)).collect()
}

fn argument(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Argument {
    let plain = |value| Argument { name: None, value, spreads: false };
    match node.kind() {
        kind::PAIR => {
            let Some((key, value)) = entry(scope, node) else {
                return plain(expression(scope, node));
            };
            if let Some(name) = known(&key) {
                return Argument { name: Some(name.into()), value, spreads: false };
            }
            let at = node.byte_range();
            plain(Expression { at, value: Value::Map(vec![(key, value)]) })
        }
        kind::SPLAT | kind::HASH_SPLAT => {
            Argument { name: None, value: expression(scope, node), spreads: true }
        }
        kind::BLOCK_ARGUMENT => {
            Argument { name: Some(BLOCK.into()), value: expression(scope, node), spreads: false }
        }
        _ => plain(expression(scope, node)),
    }
}

/// A block that runs for each item, or over and over.
fn visited(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Option<Statement> {
    let block = node.child_by_field_name(field::BLOCK)?;
    let method = scope.field_text(node, field::METHOD);
    let Some(receiver) = node.child_by_field_name(field::RECEIVER) else {
        return (method == "loop").then(|| repeated(scope, node, block));
    };
    let (_, position) = VISITORS.iter().find(|(known, _)| *known == method)?;
    // `Parallel.each(items) { … }` is given what it goes over.
    let given = node.child_by_field_name(field::ARGUMENTS).and_then(|it| it.named_child(0));
    let given = given.filter(|_| matches!(receiver.kind(), kind::CONSTANT | kind::SCOPE));
    let mut over = expression(scope, given.unwrap_or(receiver));
    let parameters = block.child_by_field_name(field::PARAMETERS);
    let parameters = parameters.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    let apart = parameters.len() > 1
        && matches!(method, "each" | "each_pair" | "map" | "collect" | "flat_map");
    if apart {
        over = pairs(over);
    }
    let head = node.start_byte()..block.start_byte();
    let (name, body) = scope.body(true, |scope| {
        let (name, mut body) = taken(scope, &parameters, *position, apart);
        body.extend(block_body(scope, block));
        (name, body)
    });
    let each = Some((Some(name), over));
    Some(Statement::Loop(Loop { head, conditional: false, before: Vec::new(), each, body }))
}

/// What takes an item, and what a block's parameters take of it.
fn taken(
    scope: &mut Scope<'_, '_>,
    parameters: &[Node<'_>],
    position: usize,
    apart: bool,
) -> (Name, Vec<Statement>) {
    if apart {
        let whole = parameters[0].start_byte()..parameters[parameters.len() - 1].end_byte();
        let names = parameters.iter().filter(|it| it.kind() == kind::IDENTIFIER);
        let targets = names.map(|it| variable(scope, *it)).collect();
        let item = scope.make_variable();
        let value = Expression { at: whole.clone(), value: Value::Name(item.clone()) };
        let targets = Expression { at: whole, value: Value::List(targets) };
        return (item, vec![Statement::Assign(assign(targets, value, true))]);
    }
    let mut taken = Vec::new();
    let mut item = None;
    for (index, parameter) in parameters.iter().enumerate() {
        match parameter.kind() {
            kind::IDENTIFIER if index == position => {
                scope.declare(scope.text(*parameter));
                item = Some(scope.text(*parameter).into());
            }
            kind::DESTRUCTURED_PARAMETER if index == position => {
                let whole = scope.make_variable();
                let parts = declarations::taken_apart(scope, *parameter, &whole);
                taken.push(Statement::Assign(parts));
                item = Some(whole);
            }
            _ => declarations::declare_names(scope, *parameter),
        }
    }
    let item = item.unwrap_or_else(|| {
        // `it`, or `_1`, in a block that names nothing.
        scope.declare("it");
        scope.declare("_1");
        let own = |name: &str| Expression { at: 0..0, value: Value::Name(name.into()) };
        taken.push(Statement::Assign(assign(own("_1"), own("it"), true)));
        "it".into()
    });
    (item, taken)
}

/// A variable that a parameter is.
fn variable(scope: &mut Scope<'_, '_>, node: Node<'_>) -> Expression {
    scope.declare(scope.text(node));
    Expression { at: node.byte_range(), value: Value::Name(scope.text(node).into()) }
}

/// What goes over keys with their values.
fn pairs(over: Expression) -> Expression {
    let at = over.at.clone();
    let member = Value::Member(Box::new(over), "each_pair".into());
    let member = Expression { at: at.clone(), value: member };
    Expression { at, value: Value::Call(Box::new(member), Vec::new()) }
}

/// `loop do … end`.
fn repeated(scope: &mut Scope<'_, '_>, node: Node<'_>, block: Node<'_>) -> Statement {
    let body = scope.body(true, |scope| block_body(scope, block));
    let head = node.start_byte()..block.start_byte();
    Statement::Loop(Loop { head, conditional: true, before: Vec::new(), each: None, body })
}

fn block_body(scope: &mut Scope<'_, '_>, block: Node<'_>) -> Vec<Statement> {
    let body = block.child_by_field_name(field::BODY);
    body.map(|body| statements::statement(scope, body)).unwrap_or_default()
}

/// What `require` and `include` say.
fn directive(scope: &mut Scope<'_, '_>, node: Node<'_>) {
    let method = scope.field_text(node, field::METHOD);
    let given = node.child_by_field_name(field::ARGUMENTS).and_then(|it| it.named_child(0));
    let Some(given) = given else { return };
    match method {
        "require" | "require_relative" | "gem" | "load" => {
            let named = expression(scope, given);
            if let Some(path) = known(&named) {
                let import = Import { name: None, path: path.into() };
                scope.shaper.unit.imports.push(import);
            }
        }
        "include" | "extend" | "prepend" => {
            let Some(path) = path(scope, given) else { return };
            scope.included.push(path.trim_start_matches("::").replace("::", "."));
            if let Some(class) = scope.class {
                add_base(scope, class, &path);
            }
        }
        _ => {}
    }
}

/// `"…%s" % values`.
pub(super) fn formatted(format: Expression, values: Expression) -> Value {
    Value::Format(Box::new(format), Box::new(values))
}
