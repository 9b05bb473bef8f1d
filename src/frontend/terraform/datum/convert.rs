//! Types of variables, and what values become that are given to them.

use std::rc::Rc;

use super::super::tree::{Expression, Key, Kind, Template};
use super::{Datum, collection};

/// A type constraint.
#[derive(Clone, Debug)]
pub(in super::super) enum Type {
    /// `any`, or one that is not understood.
    Any,
    /// `string`
    Text,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(…)`
    List(Box<Self>),
    /// `set(…)`
    Set(Box<Self>),
    /// `map(…)`
    Map(Box<Self>),
    /// `tuple([…])`
    Tuple(Vec<Self>),
    /// `object({…})`
    Object(Vec<(Rc<str>, Field)>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(in super::super) struct Field {
    kind: Type,
    /// Whether it may be left out.
    is_optional: bool,
    /// What stands in for it then.
    default: Option<Expression>,
}

impl Type {
    /// Reads a type constraint.
    pub(in super::super) fn read(expression: &Expression) -> Self {
        match &expression.kind {
            Kind::Name(name) => Self::named(name, None),
            // Before version 0.12, types stood in quotes.
            Kind::Template(Template { parts, .. }) if parts.len() == 1 => Self::Any,
            Kind::Call(call) => Self::named(&call.name, call.arguments.first()),
            _ => Self::Any,
        }
    }

    fn named(name: &str, inner: Option<&Expression>) -> Self {
        let boxed = || Box::new(inner.map_or(Self::Any, Self::read));
        match (name, inner.map(|inner| &inner.kind)) {
            ("string", _) => Self::Text,
            ("number", _) => Self::Number,
            ("bool", _) => Self::Bool,
            ("list", _) => Self::List(boxed()),
            ("set", _) => Self::Set(boxed()),
            ("map", _) => Self::Map(boxed()),
            ("tuple", Some(Kind::Tuple(items))) => {
                Self::Tuple(items.iter().map(Self::read).collect())
            }
            ("object", Some(Kind::Object(fields))) => {
                Self::Object(fields.iter().filter_map(Field::read).collect())
            }
            _ => Self::Any,
        }
    }

    /// What a value becomes; itself if it is unknown, none if it does not fit.
    /// `evaluate` gives the values of defaults.
    pub(in super::super) fn convert<'e>(
        &'e self,
        datum: &Datum,
        evaluate: &dyn Fn(&'e Expression) -> Datum,
    ) -> Option<Datum> {
        let each = |inner: &'e Self, items: &[Datum]| -> Option<Vec<Datum>> {
            items.iter().map(|item| inner.convert(item, evaluate)).collect()
        };
        match (self, datum) {
            (_, Datum::Null | Datum::Unknown(_) | Datum::Each(_)) | (Self::Any, _) => {
                Some(datum.clone())
            }
            (_, Datum::Resource(_) | Datum::Module(_)) => Some(datum.clone()),
            (Self::Text, _) => datum.as_text().map(Datum::Text),
            (Self::Number, _) => datum.as_number().map(Datum::Number),
            (Self::Bool, _) => datum.as_bool().map(Datum::Bool),
            (Self::List(inner), Datum::List(list)) => Datum::list(each(inner, &list.items)?),
            (Self::Set(inner), Datum::List(list)) => {
                let items = each(inner, &list.items)?;
                if list.measure.is_known { collection::set(items) } else { Datum::list(items) }
            }
            (Self::Tuple(types), Datum::List(list)) => {
                let items = types.iter().zip(&list.items);
                let items = items.map(|(inner, item)| inner.convert(item, evaluate));
                Datum::list(items.collect::<Option<_>>()?)
            }
            (Self::Map(inner), Datum::Map(map)) => {
                let entries = map.entries().iter();
                let entries = entries
                    .map(|(key, value)| Some((Rc::clone(key), inner.convert(value, evaluate)?)));
                let entries = entries.collect::<Option<_>>()?;
                if map.is_closed { Datum::map(entries) } else { Datum::open_map(entries) }
            }
            (Self::Object(fields), Datum::Map(map)) => {
                let field = |(name, field): &'e (Rc<str>, Field)| {
                    Some((Rc::clone(name), field.convert(map.get(name), map.is_closed, evaluate)?))
                };
                Datum::map(fields.iter().map(field).collect::<Option<_>>()?)
            }
            _ => None,
        }
    }
}

impl Field {
    fn read((key, kind): &(Key, Expression)) -> Option<(Rc<str>, Self)> {
        let Key::Word(name) = key else { return None };
        let field = match &kind.kind {
            Kind::Call(call) if &*call.name == "optional" => Self {
                kind: call.arguments.first().map_or(Type::Any, Type::read),
                is_optional: true,
                default: call.arguments.get(1).cloned(),
            },
            _ => Self { kind: Type::read(kind), is_optional: false, default: None },
        };
        Some((Rc::clone(name), field))
    }

    fn convert<'e>(
        &'e self,
        given: Option<&Datum>,
        is_closed: bool,
        evaluate: &dyn Fn(&'e Expression) -> Datum,
    ) -> Option<Datum> {
        let default = || match &self.default {
            Some(default) => self.kind.convert(&evaluate(default), evaluate),
            None => self.is_optional.then_some(Datum::Null),
        };
        match given {
            Some(Datum::Null) if self.default.is_some() => default(),
            Some(given) => self.kind.convert(given, evaluate),
            None if is_closed => default(),
            None => None,
        }
    }
}
