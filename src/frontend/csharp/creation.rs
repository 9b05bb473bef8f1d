//! Objects, lists and maps that a C# program makes.

use tree_sitter::Node;

use super::expressions::{expression, expression_as, inner, name, subscript};
use super::grammar::{field, kind};
use super::invocation::arguments;
use super::types::{holds_many, is_map, type_of};
use crate::frontend::program::code::{Argument, Expression, Type, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};
use crate::frontend::program::thing::Name;

/// Types whose objects give out what the function they are made with gives.
const LAZY: &[&str] = &["Lazy", "AsyncLazy", "ThreadLocal", "Task"];

/// Texts that are being put together.
const TEXTS: &[&str] = &["StringBuilder"];

/// Types that are as good as what they are made of first.
const WRAPPERS: &[&str] = &["FormUrlEncodedContent", "StringContent", "Uri", "UriBuilder"];

/// A name and a value.
const PAIR: &str = "KeyValuePair";

/// A request of HTTP, which has an address and headers.
const REQUEST: &str = "HttpRequestMessage";

/// What a type's constructor takes, where that can be set by name, too.
const CONSTRUCTORS: &[(&str, &[&str])] = &[("ProcessStartInfo", &["FileName", "Arguments"])];

/// Members that are there before anything sets them: a list, or an object.
const MEMBERS: &[(&str, &str, Option<&str>)] = &[
    ("ProcessStartInfo", "ArgumentList", None),
    ("Process", "StartInfo", Some("ProcessStartInfo")),
];

/// `new X(…) { A = b }`; `new(…)` makes what its place says.
pub(super) fn created(shaper: &mut Shaper<'_>, node: Node<'_>, of: &Type) -> Value {
    let children = named(node, kind::COMMENT);
    let child = |wanted: &str| children.iter().find(|it| it.kind() == wanted).copied();
    let written = node.child_by_field_name(field::TYPE);
    let simple = written.map(|written| simple_name(shaper, written)).unwrap_or_default();
    let given = arguments(shaper, child(kind::ARGUMENT_LIST));
    let initializer = child(kind::INITIALIZER);
    let is_many = holds_many(simple) || written.is_none() && matches!(of, Type::Of(_));
    if is_many {
        return many(shaper, node, given, initializer, is_map(simple));
    }
    if simple == PAIR {
        return Value::List(given.into_iter().map(|it| it.value).collect());
    }
    if LAZY.contains(&simple)
        && let Some(function) = given.into_iter().next()
    {
        return Value::Call(Box::new(function.value), Vec::new());
    }
    if WRAPPERS.contains(&simple)
        && initializer.is_none()
        && let Some(first) = arguments(shaper, child(kind::ARGUMENT_LIST)).into_iter().next()
    {
        return first.value.value;
    }
    if simple == REQUEST {
        let given = arguments(shaper, child(kind::ARGUMENT_LIST));
        let set = initializer.map(|it| initialised(shaper, it));
        return http_request(node, given, set);
    }
    if TEXTS.contains(&simple) {
        let empty = known_text("", node.byte_range());
        let given = arguments(shaper, child(kind::ARGUMENT_LIST)).into_iter().map(|it| it.value);
        return Value::Join(std::iter::once(empty).chain(given).collect());
    }
    let of = match written {
        Some(written) => type_of(shaper, written),
        None => of.clone(),
    };
    let mut given = arguments(shaper, child(kind::ARGUMENT_LIST));
    if let Some((_, parameters)) = CONSTRUCTORS.iter().find(|(known, _)| *known == simple) {
        for (argument, parameter) in given.iter_mut().zip(*parameters) {
            argument.name.get_or_insert_with(|| Name::from(*parameter));
        }
    }
    if let Some(initializer) = initializer {
        given.extend(members(shaper, initializer));
    }
    add_members(simple, node, &mut given);
    Value::New(of, given)
}

/// `new HttpRequestMessage(method, address) { Content = … }`
fn http_request(node: Node<'_>, given: Vec<Argument>, set: Option<Value>) -> Value {
    let here = |value| Expression { at: node.byte_range(), value };
    let key = |name: &str| known_text(name, node.byte_range());
    let mut entries = vec![(key("Headers"), here(Value::Map(Vec::new())))];
    entries.extend(given.into_iter().nth(1).map(|address| (key("url"), address.value)));
    if let Some(Value::Map(set)) = set {
        entries.extend(set);
    }
    Value::Map(entries)
}

/// The last name of a type, without its arguments.
fn simple_name<'s>(shaper: &Shaper<'s>, node: Node<'_>) -> &'s str {
    let last = node.child_by_field_name(field::NAME).unwrap_or(node);
    name(shaper, last)
}

/// What an object of a type has without being given it.
fn add_members(of: &str, node: Node<'_>, given: &mut Vec<Argument>) {
    let members = MEMBERS.iter().filter(|(known, ..)| *known == of);
    for (_, member, kind) in members {
        if given.iter().all(|it| it.name.as_deref() != Some(*member)) {
            let value = match kind {
                None => Value::List(Vec::new()),
                Some(kind) => {
                    let mut inner = Vec::new();
                    add_members(kind, node, &mut inner);
                    Value::New(Type::Named((*kind).into()), inner)
                }
            };
            let value = Expression { at: node.byte_range(), value };
            given.insert(0, Argument { name: Some((*member).into()), value, spreads: false });
        }
    }
}

/// A list or a map with what it is made with.
fn many(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    given: Vec<Argument>,
    initializer: Option<Node<'_>>,
    is_map: bool,
) -> Value {
    if let Some(initializer) = initializer {
        return match initialised(shaper, initializer) {
            Value::List(items) if is_map && items.is_empty() => Value::Map(Vec::new()),
            Value::Map(entries) => Value::Map(copied(given).chain(entries).collect()),
            other => other,
        };
    }
    let copied = given.into_iter().next().filter(|it| !matches!(it.value.value, Value::Literal(_)));
    match copied {
        Some(copied) => Value::Either(None, vec![copied.value]),
        None if is_map || shaper.text(node).contains("Dictionary") => Value::Map(Vec::new()),
        None => Value::List(Vec::new()),
    }
}

/// The maps that a map is a copy of, to which others come.
fn copied(given: Vec<Argument>) -> impl Iterator<Item = (Expression, Expression)> {
    let is_map = |it: &Argument| matches!(it.value.value, Value::Name(_) | Value::Member(..));
    given.into_iter().filter(is_map).map(|it| {
        let nothing = Expression { at: it.value.at.clone(), value: Value::Nothing };
        (nothing, it.value)
    })
}

/// What stands in braces: a map's entries, an object's members, a list's items.
pub(super) fn initialised(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let children = named(node, kind::COMMENT);
    let is_entry = |it: &Node<'_>| match it.kind() {
        kind::ASSIGNMENT => true,
        kind::INITIALIZER => named(*it, kind::COMMENT).len() == 2,
        _ => false,
    };
    if children.is_empty() || !children.iter().all(is_entry) {
        let items = children.into_iter().map(|it| expression(shaper, it));
        return Value::List(items.collect());
    }
    let entries = children.into_iter().filter_map(|child| entry(shaper, child));
    Value::Map(entries.collect())
}

/// `["key"] = value`, `{ "key", value }`, `Key = value`.
fn entry(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<(Expression, Expression)> {
    if node.kind() == kind::INITIALIZER {
        let mut parts = named(node, kind::COMMENT).into_iter().map(|it| expression(shaper, it));
        return Some((parts.next()?, parts.next()?));
    }
    let key = node.child_by_field_name(field::LEFT)?;
    let value = node.child_by_field_name(field::RIGHT)?;
    let key = match key.kind() {
        kind::ELEMENT_BINDING => {
            arguments(shaper, Some(key)).into_iter().next().map(|it| it.value)?
        }
        kind::ELEMENT_ACCESS => subscript(shaper, key),
        _ => known_text(name(shaper, key), key.byte_range()),
    };
    Some((key, expression(shaper, value)))
}

/// What an object's initialiser sets.
fn members(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Argument> {
    let children = named(node, kind::COMMENT).into_iter();
    let members = children.map(|child| {
        let left = child.child_by_field_name(field::LEFT);
        let left = left.filter(|it| child.kind() == kind::ASSIGNMENT && it.is_named());
        let member = left.and_then(|left| match left.kind() {
            kind::IDENTIFIER => Some(name(shaper, left)),
            kind::ELEMENT_BINDING => Some(shaper.text(left).trim_matches(['[', ']', ' ', '"'])),
            _ => None,
        });
        let value = child.child_by_field_name(field::RIGHT).filter(|_| member.is_some());
        let value = expression(shaper, value.unwrap_or(child));
        Argument { name: member.map(Name::from), value, spreads: false }
    });
    members.collect()
}

/// `new[] { … }`, `new string[] { … }`
pub(super) fn array(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let children = named(node, kind::COMMENT);
    let Some(items) = children.iter().find(|it| it.kind() == kind::INITIALIZER) else {
        return Value::Other(Vec::new());
    };
    let of = node.child_by_field_name(field::TYPE).map(|of| type_of(shaper, of));
    let of = match of {
        Some(Type::Of(inner)) => *inner,
        _ => Type::Unknown,
    };
    let items = named(*items, kind::COMMENT);
    Value::List(items.into_iter().map(|it| expression_as(shaper, it, &of)).collect())
}

/// `[a, .. others]`
pub(super) fn collection(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut lists = Vec::new();
    let mut items = Vec::new();
    for element in named(node, kind::COMMENT) {
        let Some(element) = element.named_child(0) else { continue };
        let Some(value) = inner(element) else { continue };
        let value = expression(shaper, value);
        if element.kind() == kind::SPREAD {
            let at = node.byte_range();
            lists.push(Expression { at, value: Value::List(std::mem::take(&mut items)) });
            lists.push(value);
        } else {
            items.push(value);
        }
    }
    if lists.is_empty() {
        return Value::List(items);
    }
    lists.push(Expression { at: node.byte_range(), value: Value::List(items) });
    Value::Join(lists)
}

/// `new { Action = action, id }`, whose members may take the names of their
/// values.
pub(super) fn nameless(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let mut entries = Vec::new();
    let mut cursor = node.walk();
    let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
    let mut member = None;
    for (index, child) in children.iter().enumerate() {
        let names = children.get(index + 1).is_some_and(|next| next.kind() == "=");
        if !child.is_named() || child.kind() == kind::COMMENT {
            continue;
        }
        if names {
            member = Some(known_text(name(shaper, *child), child.byte_range()));
            continue;
        }
        let written = shaper.text(*child);
        let own = written.rsplit('.').next().unwrap_or(written);
        let key = member.take().unwrap_or_else(|| known_text(own, child.byte_range()));
        entries.push((key, expression(shaper, *child)));
    }
    Value::Map(entries)
}
