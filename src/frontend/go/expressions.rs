//! Go's expressions.

use tree_sitter::Node;

use super::declarations::function;
use super::grammar::{field, kind};
use super::types::type_of;
use crate::frontend::program::code::{Argument, Expression, Part, Type, Value};
use crate::frontend::program::shape::{Shaper, cast, known_text, named};
use crate::frontend::program::thing::Name;

/// Lowers the expressions of a list, or a single one.
pub(super) fn expressions(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    if node.kind() != kind::EXPRESSION_LIST {
        return vec![expression(shaper, node)];
    }
    named(node, kind::COMMENT).into_iter().map(|it| expression(shaper, it)).collect()
}

/// Lowers an expression.
pub(super) fn expression(shaper: &mut Shaper<'_>, node: Node<'_>) -> Expression {
    let at = node.byte_range();
    let lowered = shaper.deeper(node, |shaper| {
        // What only wraps an expression gives way to it.
        match node.kind() {
            kind::PARENTHESIZED | kind::LITERAL_ELEMENT => {
                return node.named_child(0).map(|it| expression(shaper, it));
            }
            kind::TYPE_ASSERTION => {
                let of = node.child_by_field_name(field::TYPE);
                let of = of.map(|of| type_of(shaper, of)).unwrap_or_default();
                let operand = node.child_by_field_name(field::OPERAND);
                return operand.map(|operand| cast(of, expression(shaper, operand)));
            }
            kind::TYPE_CONVERSION => {
                let operand = node.child_by_field_name(field::OPERAND);
                return operand.map(|operand| expression(shaper, operand));
            }
            kind::UNARY if matches!(shaper.field_text(node, field::OPERATOR), "&" | "*") => {
                let operand = node.child_by_field_name(field::OPERAND);
                return operand.map(|operand| expression(shaper, operand));
            }
            _ => {}
        }
        Some(Expression { at: at.clone(), value: value(shaper, node) })
    });
    lowered.flatten().unwrap_or(Expression { at, value: Value::Other(Vec::new()) })
}

fn value(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    match node.kind() {
        kind::IDENTIFIER => Value::Name(shaper.text(node).into()),
        kind::NIL => Value::Nothing,
        kind::INT | kind::FLOAT | kind::TRUE | kind::FALSE => {
            Value::Literal(shaper.text(node).into())
        }
        kind::INTERPRETED_STRING | kind::RAW_STRING => Value::Text(parts(shaper, node)),
        kind::SELECTOR => {
            let name = shaper.field_text(node, field::FIELD).into();
            Value::Member(Box::new(part(shaper, node, field::OPERAND)), name)
        }
        kind::INDEX => Value::Index(
            Box::new(part(shaper, node, field::OPERAND)),
            Box::new(part(shaper, node, field::INDEX)),
        ),
        kind::CALL => call(shaper, node),
        kind::FUNC_LITERAL => Value::Lambda(function(shaper, node, None)),
        kind::COMPOSITE => composite(shaper, node),
        kind::LITERAL_VALUE => elements(shaper, node, &Type::Unknown),
        kind::BINARY => binary(shaper, node),
        _ => {
            let children = named(node, kind::COMMENT);
            Value::Other(children.into_iter().map(|it| expression(shaper, it)).collect())
        }
    }
}

/// A field of a node as an expression.
fn part(shaper: &mut Shaper<'_>, node: Node<'_>, name: &str) -> Expression {
    match node.child_by_field_name(name) {
        Some(child) => expression(shaper, child),
        None => Expression { at: node.byte_range(), value: Value::Other(Vec::new()) },
    }
}

fn call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let arguments = node.child_by_field_name(field::ARGUMENTS);
    let arguments = arguments.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    // `new(T)` is an empty T, `new("x")` a pointer to a text.
    if shaper.field_text(node, field::FUNCTION) == "new"
        && let [of] = arguments.as_slice()
    {
        if matches!(of.kind(), kind::INTERPRETED_STRING | kind::RAW_STRING | kind::INT | kind::CALL)
        {
            return value(shaper, *of);
        }
        if of.kind() == kind::MAP_TYPE || shaper.text(*of) == QUERY {
            return Value::Map(Vec::new());
        }
        let of = match of.kind() {
            // The grammar takes a type's name for a variable's.
            kind::IDENTIFIER | kind::SELECTOR => Type::Named(shaper.text(*of).into()),
            _ => type_of(shaper, *of),
        };
        return Value::New(of, Vec::new());
    }
    if shaper.field_text(node, field::FUNCTION) == "make"
        && let Some(made) = made(shaper, &arguments)
    {
        return made;
    }
    let callee = Box::new(part(shaper, node, field::FUNCTION));
    let arguments = arguments.into_iter().map(|argument| {
        let spreads = argument.kind() == kind::VARIADIC_ARGUMENT;
        let inner = if spreads { argument.named_child(0).unwrap_or(argument) } else { argument };
        Argument { name: None, value: expression(shaper, inner), spreads }
    });
    Value::Call(callee, arguments.collect())
}

/// `make(T)`, `make(T, 0, n)`: an empty map or list.
fn made(shaper: &Shaper<'_>, arguments: &[Node<'_>]) -> Option<Value> {
    let (of, sizes) = arguments.split_first()?;
    let is_empty = sizes.first().is_none_or(|size| shaper.text(*size) == "0");
    match of.kind() {
        kind::MAP_TYPE => Some(Value::Map(Vec::new())),
        _ if shaper.text(*of) == QUERY => Some(Value::Map(Vec::new())),
        kind::SLICE_TYPE if is_empty => Some(Value::List(Vec::new())),
        _ => None,
    }
}

/// The library's type of the query of a URL, which is a map.
const QUERY: &str = "url.Values";

/// `T{…}`: a list, a map, or a struct with its fields.
fn composite(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let Some(body) = node.child_by_field_name(field::BODY) else {
        return Value::Other(Vec::new());
    };
    let Some(of) = node.child_by_field_name(field::TYPE) else {
        return elements(shaper, body, &Type::Unknown);
    };
    match of.kind() {
        kind::MAP_TYPE => {
            let inner = of.child_by_field_name(field::VALUE);
            let inner = inner.map(|it| type_of(shaper, it)).unwrap_or_default();
            match elements(shaper, body, &inner) {
                Value::List(items) if items.is_empty() => Value::Map(Vec::new()),
                other => other,
            }
        }
        kind::SLICE_TYPE | kind::ARRAY_TYPE | kind::IMPLICIT_ARRAY_TYPE => {
            let inner = of.child_by_field_name(field::ELEMENT);
            if let Some(names) = inner.and_then(|it| nameless_fields(shaper, it)) {
                return rows(shaper, body, &names);
            }
            let inner = inner.map(|it| type_of(shaper, it)).unwrap_or_default();
            elements(shaper, body, &inner)
        }
        _ if shaper.text(of) == QUERY => match elements(shaper, body, &Type::Unknown) {
            Value::List(items) if items.is_empty() => Value::Map(Vec::new()),
            other => other,
        },
        _ => {
            let of = type_of(shaper, of);
            structure(shaper, body, of)
        }
    }
}

/// The fields of a struct that has no name, in their order.
fn nameless_fields(shaper: &Shaper<'_>, of: Node<'_>) -> Option<Vec<Name>> {
    let inner = if of.kind() == kind::POINTER_TYPE { of.named_child(0)? } else { of };
    if inner.kind() != kind::STRUCT_TYPE {
        return None;
    }
    let lists = named(inner, kind::COMMENT).into_iter();
    let lists = lists.filter(|it| it.kind() == kind::FIELD_DECLARATION_LIST);
    let mut names: Vec<Name> = Vec::new();
    for declaration in lists.flat_map(|list| named(list, kind::COMMENT)) {
        let mut cursor = declaration.walk();
        let written = declaration.children_by_field_name(field::NAME, &mut cursor);
        names.extend(written.map(|it| Name::from(shaper.text(it))));
    }
    Some(names)
}

/// The items of a list of structs that have no name: what each field holds.
fn rows(shaper: &mut Shaper<'_>, body: Node<'_>, names: &[Name]) -> Value {
    let items = named(body, kind::COMMENT).into_iter().map(|node| {
        let inner = node.named_child(0).filter(|_| node.kind() == kind::LITERAL_ELEMENT);
        let inner = inner.unwrap_or(node);
        if inner.kind() != kind::LITERAL_VALUE {
            return expression(shaper, inner);
        }
        let at = inner.byte_range();
        let row = shaper.deeper(inner, |shaper| row(shaper, inner, names));
        Expression { at, value: row.unwrap_or(Value::Other(Vec::new())) }
    });
    Value::List(items.collect())
}

fn row(shaper: &mut Shaper<'_>, node: Node<'_>, names: &[Name]) -> Value {
    let parts = named(node, kind::COMMENT);
    if parts.iter().any(|it| it.kind() == kind::KEYED_ELEMENT) || parts.len() != names.len() {
        return elements(shaper, node, &Type::Unknown);
    }
    let entries = parts.into_iter().zip(names);
    let entries = entries.map(|(part, name)| {
        let key = known_text(name.clone(), part.byte_range());
        (key, expression(shaper, part))
    });
    Value::Map(entries.collect())
}

/// The fields of a struct.
fn structure(shaper: &mut Shaper<'_>, body: Node<'_>, of: Type) -> Value {
    let mut arguments = Vec::new();
    for element in named(body, kind::COMMENT) {
        let (name, value) = match element.kind() {
            kind::KEYED_ELEMENT => (
                Some(shaper.field_text(element, field::KEY).into()),
                part(shaper, element, field::VALUE),
            ),
            _ => (None, expression(shaper, element)),
        };
        arguments.push(Argument { name, value, spreads: false });
    }
    in_order(shaper, &of, &mut arguments);
    Value::New(of, arguments)
}

/// Names what is given in the order of the fields of a struct of the file.
fn in_order(shaper: &Shaper<'_>, of: &Type, arguments: &mut [Argument]) {
    let Type::Named(of) = of else { return };
    let class = shaper.unit.classes.iter().find(|class| class.name == *of);
    let Some(class) = class.filter(|class| class.fields.len() == arguments.len()) else { return };
    if arguments.iter().all(|argument| argument.name.is_none()) {
        for (argument, field) in arguments.iter_mut().zip(&class.fields) {
            argument.name = Some(field.name.clone());
        }
    }
}

/// What stands in the braces of a list or a map, whose items may leave out their
/// type.
fn elements(shaper: &mut Shaper<'_>, body: Node<'_>, of: &Type) -> Value {
    let children = named(body, kind::COMMENT);
    if children.first().is_some_and(|it| it.kind() == kind::KEYED_ELEMENT) {
        let entries = children.into_iter().filter(|it| it.kind() == kind::KEYED_ELEMENT);
        let entries = entries.map(|entry| {
            let key = key(shaper, entry, is_inner(body));
            let value = match entry.child_by_field_name(field::VALUE) {
                Some(value) => element(shaper, value, of),
                None => part(shaper, entry, field::VALUE),
            };
            (key, value)
        });
        return Value::Map(entries.collect());
    }
    Value::List(children.into_iter().map(|it| element(shaper, it, of)).collect())
}

/// A key; in an item whose type is not known a plain word names a field.
fn key(shaper: &mut Shaper<'_>, entry: Node<'_>, names_field: bool) -> Expression {
    let Some(key) = entry.child_by_field_name(field::KEY) else {
        return part(shaper, entry, field::KEY);
    };
    let inner = key.named_child(0).unwrap_or(key);
    if inner.kind() == kind::IDENTIFIER && names_field {
        return known_text(shaper.text(inner), inner.byte_range());
    }
    expression(shaper, key)
}

/// Whether the braces are those of an item that leaves out its type.
fn is_inner(body: Node<'_>) -> bool {
    body.parent().is_some_and(|parent| parent.kind() == kind::LITERAL_ELEMENT)
}

fn element(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Expression {
    let inner = node.named_child(0).filter(|_| node.kind() == kind::LITERAL_ELEMENT);
    let inner = inner.unwrap_or(node);
    if inner.kind() == kind::LITERAL_VALUE
        && let Type::Named(_) = of
    {
        let at = inner.byte_range();
        let value = shaper.deeper(inner, |shaper| structure(shaper, inner, of.clone()));
        return Expression { at, value: value.unwrap_or(Value::Other(Vec::new())) };
    }
    expression(shaper, inner)
}

fn binary(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let operator = shaper.field_text(node, field::OPERATOR);
    if operator == "+" {
        return Value::Join(terms(shaper, node));
    }
    let left = part(shaper, node, field::LEFT);
    let right = part(shaper, node, field::RIGHT);
    match operator {
        "==" => Value::Same(true, Box::new(left), Box::new(right)),
        "!=" => Value::Same(false, Box::new(left), Box::new(right)),
        _ => Value::Other(vec![left, right]),
    }
}

/// The terms of a sum, which may be longer than any depth allows.
fn terms(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Expression> {
    let mut terms = Vec::new();
    let mut current = node;
    loop {
        let is_sum =
            current.kind() == kind::BINARY && shaper.field_text(current, field::OPERATOR) == "+";
        if !is_sum {
            terms.push(expression(shaper, current));
            break;
        }
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            terms.push(expression(shaper, right));
        }
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        current = left;
    }
    terms.reverse();
    terms
}

fn parts(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for child in named(node, kind::COMMENT) {
        let at = child.byte_range();
        let text = shaper.text(child);
        match child.kind() {
            kind::STRING_CONTENT | kind::RAW_CONTENT => {
                parts.push(Part::Known { text: text.into(), at, verbatim: true });
            }
            kind::ESCAPE => {
                parts.push(Part::Known { text: unescaped(text).into(), at, verbatim: false });
            }
            _ => {}
        }
    }
    parts
}

/// What an escape sequence stands for.
fn unescaped(text: &str) -> String {
    let code = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    let rest = text.get(1..).unwrap_or_default();
    let letter = rest.chars().next().unwrap_or('\\');
    let simple = match letter {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'a' | 'b' | 'f' | 'v' => " ",
        'x' | 'u' | 'U' => return code(&rest[1..], 16).unwrap_or_default(),
        '0'..='7' => return code(rest, 8).unwrap_or_default(),
        _ => return letter.to_string(),
    };
    simple.to_owned()
}
