//! Calls, and those of them that every C# program knows by name.

use tree_sitter::Node;

use super::expressions::{expression, inner, name, part};
use super::grammar::{field, kind};
use super::strings::parts;
use super::types::field_type;
use crate::frontend::program::code::{Argument, Assign, Expression, Part, Type, Value};
use crate::frontend::program::shape::{Shaper, known_text, named};

/// Functions that put values in the places of their numbers in a text.
const FORMATS: &[&str] = &["string.Format", "String.Format"];

/// Functions that join texts.
const CONCATENATIONS: &[&str] = &["string.Concat", "String.Concat"];

/// Functions that join the texts of a list, with their first argument between.
const JOINS: &[&str] = &["string.Join", "String.Join"];

/// What the core calls the method of a list that does so.
pub(super) const JOIN: &str = "Join";

/// Methods of collections that put an item in their last argument.
const TAKERS: &[&str] =
    &["TryGetValue", "TryGet", "TryDequeue", "TryPop", "TryPeek", "TryTake", "TryRemove"];

/// Lowers a call.
pub(super) fn call(shaper: &mut Shaper<'_>, node: Node<'_>) -> Value {
    let list = node.child_by_field_name(field::ARGUMENTS);
    let callee = shaper.field_text(node, field::FUNCTION);
    if callee == "nameof" {
        return last_name(shaper, list);
    }
    let nodes = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    if FORMATS.contains(&callee)
        && let Some(text) = formatted(shaper, &nodes)
    {
        return Value::Text(text);
    }
    let arguments = arguments(shaper, list);
    if CONCATENATIONS.contains(&callee) {
        return Value::Join(arguments.into_iter().map(|it| it.value).collect());
    }
    if JOINS.contains(&callee) && arguments.len() > 1 {
        return joined(node, arguments);
    }
    let function = part(shaper, node, field::FUNCTION);
    match function.value {
        Value::Member(collection, method) if TAKERS.contains(&&*method) => {
            match taken(shaper, &nodes, *collection, arguments) {
                Ok(assign) => Value::Assign(Box::new(assign)),
                Err((collection, arguments)) => {
                    let value = Value::Member(Box::new(collection), method);
                    Value::Call(Box::new(Expression { value, ..function }), arguments)
                }
            }
        }
        _ => Value::Call(Box::new(function), arguments),
    }
}

/// `clients.TryGetValue(key, out var client)`: the variable gets one of what is
/// in the collection. What is written otherwise comes back.
fn taken(
    shaper: &mut Shaper<'_>,
    nodes: &[Node<'_>],
    collection: Expression,
    mut arguments: Vec<Argument>,
) -> Result<Assign, (Expression, Vec<Argument>)> {
    let is_out = |it: &&Node<'_>| shaper.text(**it).trim_start().starts_with("out ");
    let Some(out) = nodes.last().filter(is_out).and_then(|it| inner(*it)) else {
        return Err((collection, arguments));
    };
    let Some(target) = arguments.pop() else { return Err((collection, arguments)) };
    let declares = out.kind() == kind::DECLARATION_EXPRESSION;
    let of = if declares { field_type(shaper, out, field::TYPE) } else { Type::Unknown };
    let at = collection.at.clone();
    let key = arguments.into_iter().next().map(|key| key.value);
    let key = key.unwrap_or(Expression { at: at.clone(), value: Value::Other(Vec::new()) });
    let value = Value::Index(Box::new(collection), Box::new(key));
    Ok(Assign {
        targets: vec![target.value],
        kind: of,
        values: vec![Expression { at, value }],
        declares,
        adds: false,
    })
}

/// The arguments in a list of them.
pub(super) fn arguments(shaper: &mut Shaper<'_>, list: Option<Node<'_>>) -> Vec<Argument> {
    let nodes = list.map(|list| named(list, kind::COMMENT)).unwrap_or_default();
    nodes.into_iter().map(|node| argument(shaper, node)).collect()
}

fn argument(shaper: &mut Shaper<'_>, node: Node<'_>) -> Argument {
    let own = node.child_by_field_name(field::NAME);
    let name = own.map(|own| name(shaper, own).into());
    let value = match own {
        Some(_) => named(node, kind::COMMENT).into_iter().next_back(),
        None => inner(node),
    };
    // What is broken is no argument node.
    let value = value.filter(|_| node.kind() == kind::ARGUMENT).unwrap_or(node);
    Argument { name, value: expression(shaper, value), spreads: false }
}

/// `nameof(client.StopInstance)`: the last name, as a text.
fn last_name(shaper: &Shaper<'_>, list: Option<Node<'_>>) -> Value {
    let written = list.map_or("", |list| shaper.text(list)).trim_matches(['(', ')', ' ']);
    let own = written.rsplit(['.', ' ']).next().unwrap_or(written);
    known_text(own, list.map_or(0..0, |list| list.byte_range())).value
}

/// `string.Format("… {0} …", value)`, if its text can be seen.
fn formatted(shaper: &mut Shaper<'_>, arguments: &[Node<'_>]) -> Option<Vec<Part>> {
    let texts = [kind::STRING, kind::VERBATIM_STRING, kind::RAW_STRING];
    let mut values = arguments.iter().filter_map(|argument| inner(*argument));
    // What says how numbers are written may stand in front.
    let format = values.by_ref().take(2).find(|it| texts.contains(&it.kind()))?;
    let values: Vec<Node<'_>> = values.collect();
    let mut filled = Vec::new();
    for part in parts(shaper, format) {
        match part {
            Part::Known { text, at, verbatim } => {
                let mut rest = &*text;
                let mut start = at.start;
                while let Some((before, number, after)) = hole(rest) {
                    let end = start + before.len();
                    filled.push(Part::Known { text: before.into(), at: start..end, verbatim });
                    if let Some(value) = values.get(number) {
                        filled.push(Part::Hole(expression(shaper, *value)));
                    }
                    start += rest.len() - after.len();
                    rest = after;
                }
                filled.push(Part::Known { text: rest.into(), at: start..at.end, verbatim });
            }
            hole @ Part::Hole(_) => filled.push(hole),
        }
    }
    Some(filled)
}

/// The first place for a value: what stands before it, its number, what stands
/// behind it.
fn hole(text: &str) -> Option<(&str, usize, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('{')?;
        let inside = &text[open + 1..];
        let digits = inside.find(|it: char| !it.is_ascii_digit()).unwrap_or(inside.len());
        if let Ok(number) = inside[..digits].parse() {
            let close = inside.find('}')?;
            return Some((&text[..open], number, &inside[close + 1..]));
        }
        from = open + 1 + usize::from(inside.starts_with('{'));
    }
}

/// `string.Join(" ", words)` as a method of the list.
fn joined(node: Node<'_>, mut arguments: Vec<Argument>) -> Value {
    let at = node.byte_range();
    let between = arguments.remove(0);
    let list = match <[Argument; 1]>::try_from(arguments) {
        Ok([list]) => list.value,
        Err(words) => {
            let words = words.into_iter().map(|it| it.value).collect();
            Expression { at: at.clone(), value: Value::List(words) }
        }
    };
    let method = Expression { at, value: Value::Member(Box::new(list), JOIN.into()) };
    Value::Call(Box::new(method), vec![between])
}
