//! Java's enumerations: each constant is an object of a class of its own, whose
//! fields are what its constructor is given.

use tree_sitter::Node;

use super::declarations::members;
use super::expressions::expression;
use super::grammar::{children, children_of, field, kind};
use crate::frontend::program::code::{
    Argument, Class, Expression, Field, Form, Function, Statement, Type, Value,
};
use crate::frontend::program::shape::{Shaper, known_text};
use crate::frontend::program::thing::Name;

/// How many constants are looked at one by one.
const MOST: usize = 256;

/// A field and the argument of the constructor that it is given.
type Given = (Name, usize);

/// Lowers the constants of an enumeration whose members were lowered.
pub(super) fn constants(shaper: &mut Shaper<'_>, body: Node<'_>, class: usize) {
    let constants = children_of(body, kind::ENUM_CONSTANT);
    if constants.is_empty() {
        return;
    }
    let fields = given_fields(shaper, class);
    for constant in constants.iter().take(MOST) {
        self::constant(shaper, *constant, class, &fields);
    }
    for (name, argument) in &fields {
        let values = constants.iter().map(|it| literal(shaper, *it, *argument));
        let values: Option<Vec<Expression>> = values.collect();
        let field = shaper.unit.classes[class].fields.iter_mut().find(|it| it.name == *name);
        if let (Some(values), Some(field)) = (values, field) {
            field.value = Some(one_of(body, values));
            forget_given(shaper, class, name);
        }
        getter(shaper, body, class, name);
    }
    let names = constants.iter().take(MOST).map(|it| own_name(shaper, *it)).collect();
    named(shaper, body, class, one_of(body, names));
}

/// A constant is an object of a class that extends the enumeration.
fn constant(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize, fields: &[Given]) {
    let name: Name = shaper.field_text(node, field::NAME).into();
    let of = shaper.unit.classes[class].name.clone();
    let number = shaper.unit.classes.len();
    let own: Name = format!("{of}${name}").into();
    shaper.unit.classes.push(Class {
        name: own.clone(),
        bases: vec![Type::Named(of)],
        fields: Vec::new(),
        is_interface: false,
        outer: Some(class),
    });
    for (name, argument) in fields {
        let value = literal(shaper, node, *argument);
        let field = Field { name: name.clone(), kind: Type::Unknown, value };
        shaper.unit.classes[number].fields.push(field);
    }
    if let Some(body) = node.child_by_field_name(field::BODY) {
        members(shaper, body, number);
    }
    let written = own_name(shaper, node);
    named(shaper, node, number, written);
    let given = arguments(node).into_iter().map(|it| expression(shaper, it));
    let given = given.map(|value| Argument { name: None, value, spreads: false }).collect();
    let value = Expression { at: node.byte_range(), value: Value::New(Type::Named(own), given) };
    let field = Field { name, kind: Type::Unknown, value: Some(value) };
    shaper.unit.classes[class].fields.push(field);
}

fn arguments(node: Node<'_>) -> Vec<Node<'_>> {
    node.child_by_field_name(field::ARGUMENTS).map(children).unwrap_or_default()
}

/// The argument of a constant, if it is written out.
fn literal(shaper: &mut Shaper<'_>, node: Node<'_>, argument: usize) -> Option<Expression> {
    let argument = arguments(node).get(argument).copied()?;
    (argument.kind() == kind::STRING).then(|| expression(shaper, argument))
}

/// One of several, under the name of the enumeration.
fn one_of(body: Node<'_>, values: Vec<Expression>) -> Expression {
    let name = body.parent().and_then(|it| it.child_by_field_name(field::NAME)).unwrap_or(body);
    Expression { at: name.byte_range(), value: Value::Either(None, values) }
}

/// What the constructor does with what it is given: `this.action = action`.
fn given_fields(shaper: &Shaper<'_>, class: usize) -> Vec<Given> {
    let constructor = constructor(shaper, class).and_then(|it| shaper.unit.functions.get(it));
    let Some(constructor) = constructor else { return Vec::new() };
    let fields = constructor.body.iter().filter_map(|statement| {
        let (name, given) = given_field(statement)?;
        let index = constructor.parameters.iter().position(|it| it.name == *given)?;
        Some((name.clone(), index))
    });
    fields.collect()
}

fn constructor(shaper: &Shaper<'_>, class: usize) -> Option<usize> {
    let mut functions = shaper.unit.functions.iter();
    functions.position(|it| it.is_constructor && it.class == Some(class))
}

/// The field that a statement gives a plain name, and that name.
fn given_field(statement: &Statement) -> Option<(&Name, &Name)> {
    let Statement::Assign(assign) = statement else { return None };
    let ([target], [value]) = (assign.targets.as_slice(), assign.values.as_slice()) else {
        return None;
    };
    match (&target.value, &value.value) {
        (Value::Member(_, name) | Value::Name(name), Value::Name(given)) => Some((name, given)),
        _ => None,
    }
}

/// Leaves out of the constructor what it gives a field whose values are all known.
fn forget_given(shaper: &mut Shaper<'_>, class: usize, field: &str) {
    if let Some(constructor) = constructor(shaper, class) {
        let is_kept = |it: &Statement| given_field(it).is_none_or(|(name, _)| **name != *field);
        shaper.unit.functions[constructor].body.retain(is_kept);
    }
}

/// A method that gives out a field, where an annotation makes one.
fn getter(shaper: &mut Shaper<'_>, body: Node<'_>, class: usize, field: &str) {
    let mut letters = field.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    let name: String = "get".chars().chain(first).chain(letters).collect();
    let value = Expression { at: at(body), value: Value::Name("this".into()) };
    let value = Expression { at: at(body), value: Value::Member(Box::new(value), field.into()) };
    method(shaper, body, class, &name, value);
}

/// The methods that give out the name of a constant. Those of an action have small
/// letters in them.
fn named(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize, name: Expression) {
    let names: Vec<&Expression> = match &name.value {
        Value::Either(_, names) => names.iter().collect(),
        _ => vec![&name],
    };
    let has_small = |it: &&Expression| {
        shaper.source.text[it.at.clone()].contains(|letter: char| letter.is_ascii_lowercase())
    };
    if names.iter().any(has_small) {
        method(shaper, node, class, "name", name);
    }
}

fn own_name(shaper: &Shaper<'_>, node: Node<'_>) -> Expression {
    let written = node.child_by_field_name(field::NAME).unwrap_or(node);
    known_text(shaper.text(written), written.byte_range())
}

fn at(node: Node<'_>) -> std::ops::Range<usize> {
    node.start_byte()..node.start_byte() + 1
}

/// Adds a method without parameters, unless there is one of its name.
fn method(shaper: &mut Shaper<'_>, node: Node<'_>, class: usize, name: &str, value: Expression) {
    let is_same = |it: &Function| it.class == Some(class) && *it.name == *name;
    if shaper.unit.functions.iter().any(is_same) {
        return;
    }
    let function = Function {
        name: name.into(),
        class: Some(class),
        receiver: Some("this".into()),
        form: Form::Plain,
        is_constructor: false,
        parent: None,
        parameters: Vec::new(),
        returns: Vec::new(),
        body: Vec::new(),
        is_declared_only: false,
        at: at(node),
    };
    shaper.add_function(function, |_| vec![Statement::Return(vec![value])]);
}
