//! PHP's calls: of functions, of methods, and of what a value names.

use tree_sitter::Node;

use super::classes::class;
use super::expressions::{expression, of, part, scope};
use super::grammar::{field, kind};
use super::names::{class_name, path};
use crate::frontend::program::code::{Argument, Assign, Expression, Type, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};

/// Functions that call the function they are given first, and whether the other
/// arguments are in a list.
const CALLERS: &[(&str, bool)] = &[
    ("call_user_func", false),
    ("call_user_func_array", true),
    ("forward_static_call", false),
    ("forward_static_call_array", true),
];

/// Functions of containers that give an object of the class they are given.
const CONTAINERS: &[&str] = &["app", "resolve", "make", "get", "getInstance"];

pub(super) fn function_call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    if let Some(object) = contained(shaper, node, field::FUNCTION) {
        return object;
    }
    let arguments = arguments(shaper, node);
    let Some(function) = node.child_by_field_name(field::FUNCTION) else {
        return Value::Other(arguments.into_iter().map(|it| it.value).collect());
    };
    if !matches!(function.kind(), kind::NAME | kind::QUALIFIED_NAME) {
        let callee = callable(expression(shaper, function));
        return Value::Call(Box::new(callee), arguments);
    }
    let name = path(shaper.text(function));
    if let Some((_, listed)) = CALLERS.iter().find(|(known, _)| **known == *name) {
        return call_of_first(arguments, *listed);
    }
    let at = function.byte_range();
    match (&*name, arguments.len()) {
        ("array_merge" | "array_replace" | "array_merge_recursive", _) => {
            Value::Join(arguments.into_iter().map(|it| it.value).collect())
        }
        ("curl_init", 0 | 1) => {
            let url = arguments.into_iter().map(|it| (known_text("url", at.clone()), it.value));
            Value::Map(url.collect())
        }
        ("curl_setopt" | "curl_setopt_array" | "define", _) => changed(&name, node, arguments),
        ("array_map", 2..) => visited(node, arguments, 1),
        ("array_walk" | "array_filter", 2..) => visited(node, arguments, 0),
        _ => {
            let callee = Expression { at, value: Value::Name(name) };
            Value::Call(Box::new(callee), arguments)
        }
    }
}

/// `call_user_func([$client, 'startInstance'], $request)`
fn call_of_first(mut arguments: Vec<Argument>, listed: bool) -> Value {
    if arguments.is_empty() {
        return Value::Other(Vec::new());
    }
    let callee = callable(arguments.remove(0).value);
    if listed {
        for argument in &mut arguments {
            argument.spreads = true;
        }
    }
    Value::Call(Box::new(callee), arguments)
}

/// What is called by a value: an object and the name of its method in a list.
fn callable(value: Expression) -> Expression {
    let at = value.at.clone();
    match value.value {
        Value::List(items) if items.len() == 2 => match <[Expression; 2]>::try_from(items) {
            Ok([object, name]) => {
                let value = match plain_text(&name) {
                    Some(text) => Value::Member(Box::new(object), text.into()),
                    None => Value::Index(Box::new(object), Box::new(name)),
                };
                Expression { at, value }
            }
            Err(items) => Expression { at, value: Value::List(items) },
        },
        value => Expression { at, value },
    }
}

/// The text of a string without anything filled in.
fn plain_text(expression: &Expression) -> Option<&str> {
    use crate::frontend::program::code::Part;
    match &expression.value {
        Value::Text(parts) => match parts.as_slice() {
            [Part::Known { text, .. }] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Functions that change their first argument, or name a constant.
fn changed(name: &str, node: Node<'_>, arguments: Vec<Argument>) -> Value {
    let at = node.byte_range();
    let mut values: Vec<Expression> = arguments.into_iter().map(|it| it.value).collect();
    let assign = |target, value, adds| {
        Value::Assign(Box::new(Assign {
            targets: vec![target],
            kind: Type::Unknown,
            values: vec![value],
            declares: false,
            adds,
        }))
    };
    match (name, values.len()) {
        ("curl_setopt", 3) => {
            let value = values.remove(2);
            let (handle, option) = (values.remove(0), values.remove(0));
            let target = Value::Index(Box::new(handle), Box::new(option));
            assign(Expression { at, value: target }, value, false)
        }
        ("curl_setopt_array", 2) => {
            let options = values.remove(1);
            assign(values.remove(0), options, true)
        }
        ("define", 2..) => match plain_text(&values[0]).map(Into::into) {
            Some(name) => {
                assign(Expression { at, value: Value::Name(name) }, values.remove(1), false)
            }
            None => Value::Other(values),
        },
        _ => Value::Other(values),
    }
}

/// `array_map($function, $list)`: the function is called for each item.
fn visited(node: Node<'_>, mut arguments: Vec<Argument>, list: usize) -> Value {
    let at = node.byte_range();
    let over = arguments.remove(list).value;
    let callee = Value::Member(Box::new(over), "map".into());
    Value::Call(Box::new(Expression { at, value: callee }), arguments)
}

/// `app(Ecs::class)` is an object of that class.
fn contained(shaper: &Shaper<'_>, node: Node<'_>, name: &str) -> Option<Value> {
    if !CONTAINERS.contains(&shaper.field_text(node, name)) {
        return None;
    }
    let list = node.child_by_field_name(field::ARGUMENTS)?;
    let [only] = named(list, kind::COMMENT)[..] else { return None };
    let class = shaper.text(only).strip_suffix("::class")?;
    Some(Value::New(Type::Named(class_name(shaper, class)), Vec::new()))
}

pub(super) fn member_call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let object = part(shaper, node, field::OBJECT);
    method_call(shaper, node, object)
}

pub(super) fn scoped_call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    if let Some(base) = node.child_by_field_name(field::SCOPE)
        && shaper.text(base).eq_ignore_ascii_case("parent")
        && shaper.field_text(node, field::NAME).eq_ignore_ascii_case("__construct")
    {
        let callee = Expression { at: base.byte_range(), value: Value::Name("parent".into()) };
        return Value::Call(Box::new(callee), arguments(shaper, node));
    }
    let object = match node.child_by_field_name(field::SCOPE) {
        Some(of) => scope(shaper, of),
        None => part(shaper, node, field::SCOPE),
    };
    method_call(shaper, node, object)
}

fn method_call(shaper: &mut Shaper<'_>, node: Node<'_>, object: Expression) -> Value {
    let Some(name) = node.child_by_field_name(field::NAME) else {
        return Value::Other(vec![object]);
    };
    if let Some(object) = contained(shaper, node, field::NAME) {
        return object;
    }
    let at = object.at.start..name.end_byte();
    let callee = of(shaper, object, name);
    if is_reference(node) {
        return callee;
    }
    let arguments = arguments(shaper, node);
    Value::Call(Box::new(Expression { at, value: callee }), arguments)
}

/// Whether a call only names the method: `$client->startInstance(...)`.
fn is_reference(node: Node<'_>) -> bool {
    let list = node.child_by_field_name(field::ARGUMENTS);
    let first = list.and_then(|list| list.named_child(0));
    first.is_some_and(|first| first.kind() == kind::VARIADIC_PLACEHOLDER)
}

pub(super) fn new(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let parts = named(node, kind::COMMENT);
    let Some(of) = parts.first().copied() else { return Value::Other(Vec::new()) };
    if of.kind() == kind::ANONYMOUS_CLASS {
        let name = format!("class@{}", of.start_byte());
        let arguments = arguments_of(shaper, of);
        let number = class(shaper, of, Some(name.into()));
        let name = shaper.unit.classes[number].name.clone();
        return Value::New(Type::Named(name), arguments);
    }
    let arguments = arguments_of(shaper, node);
    match of.kind() {
        kind::NAME | kind::QUALIFIED_NAME | kind::RELATIVE_NAME | kind::RELATIVE_SCOPE => {
            Value::New(Type::Named(class_name(shaper, shaper.text(of))), arguments)
        }
        // The class is named by a value.
        _ => {
            let callee = expression(shaper, of);
            Value::Call(Box::new(callee), arguments)
        }
    }
}

fn arguments(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Argument> {
    let list = node.child_by_field_name(field::ARGUMENTS);
    list.map(|list| listed(shaper, list)).unwrap_or_default()
}

/// The arguments of a node that has no name for them.
fn arguments_of(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Argument> {
    let list = named(node, kind::COMMENT).into_iter().find(|it| it.kind() == kind::ARGUMENTS);
    list.map(|list| listed(shaper, list)).unwrap_or_default()
}

fn listed(shaper: &mut Shaper<'_>, list: Node<'_>) -> Vec<Argument> {
    let arguments = named(list, kind::COMMENT).into_iter();
    let arguments = arguments.filter(|it| it.kind() == kind::ARGUMENT);
    arguments.map(|argument| self::argument(shaper, argument)).collect()
}

fn argument(shaper: &mut Shaper<'_>, node: Node<'_>) -> Argument {
    let name = node.child_by_field_name(field::NAME);
    let inner = named(node, kind::COMMENT);
    let inner = inner.into_iter().rfind(|it| Some(*it) != name).unwrap_or(node);
    // A parameter's name has the sign of a variable.
    let name = name.map(|name| format!("${}", shaper.text(name)).into());
    let spreads = inner.kind() == kind::VARIADIC_UNPACKING;
    let inner = if spreads { inner.named_child(0).unwrap_or(inner) } else { inner };
    let value = if inner == node {
        Expression { at: node.byte_range(), value: Value::Other(Vec::new()) }
    } else {
        method_value(expression(shaper, inner))
    };
    Argument { name, value, spreads }
}

/// A list that is given to a function and that names a method: `[$client,
/// 'startInstance']`. The second word tells it from others by its capitals.
fn method_value(value: Expression) -> Expression {
    let names_method = |text: &str| {
        text.starts_with(|it: char| it.is_ascii_lowercase())
            && text.contains(|it: char| it.is_ascii_uppercase())
            && text.bytes().all(|it| it.is_ascii_alphanumeric())
    };
    let is_method = match &value.value {
        Value::List(items) => match items.as_slice() {
            [object, name] => {
                !matches!(object.value, Value::Text(_))
                    && plain_text(name).is_some_and(names_method)
            }
            _ => false,
        },
        _ => false,
    };
    if is_method { callable(value) } else { value }
}
