//! What the interpreter knows of a Go value, and the variables that hold them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::formula::Formula;
use crate::go::Code;

/// A value as far as it is known.
#[derive(Clone)]
pub(crate) enum Value<'p> {
    /// Nothing but the text that it comes from.
    Unknown(String),
    Nil,
    /// An error, perhaps, of the steps with these numbers.
    Failure(Range<usize>),
    Truth(Formula),
    Text(String),
    /// An attribute of the resource.
    Attribute(AttributeValue),
    /// A list or map and when it has an entry.
    List(Formula),
    /// The length of a list, and when it is more than zero.
    Length(Formula),
    /// A list whose entries are written out.
    Items(Vec<Self>),
    /// A struct of this type: a service, or `ecs.Client`.
    Object(String),
    Closure(Rc<Closure<'p>>),
    Tuple(Vec<Self>),
    ResourceData,
    /// Different values, each with its condition; the conditions exclude each other.
    Choice(Vec<(Formula, Self)>),
}

/// An attribute in the state before or after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeValue {
    pub(crate) name: String,
    pub(crate) old: bool,
}

/// A function literal and the variables around it.
pub(crate) struct Closure<'p> {
    pub(crate) code: Code<'p>,
    pub(crate) scope: Rc<Scope<'p>>,
}

/// The variables of a block, and of those around it.
pub(crate) struct Scope<'p> {
    variables: RefCell<HashMap<String, Value<'p>>>,
    parent: Option<Rc<Self>>,
}

/// What a condition can hang on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    /// An attribute changes.
    Changed(String),
    /// An attribute is set.
    Set(String),
    /// An attribute has a value.
    Equals(String, String),
    /// Something that the source alone does not decide, as text, with the
    /// function in which it stands.
    Unclear { text: String, function: String },
    /// A call fails.
    Fails(usize),
}

impl Value<'_> {
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown(left), Self::Unknown(right)) | (Self::Text(left), Self::Text(right)) => {
                left == right
            }
            (Self::Object(left), Self::Object(right)) => left == right,
            (Self::Attribute(left), Self::Attribute(right)) => left == right,
            (Self::Truth(left), Self::Truth(right)) | (Self::List(left), Self::List(right)) => {
                left == right
            }
            (Self::Nil, Self::Nil) | (Self::ResourceData, Self::ResourceData) => true,
            _ => false,
        }
    }

    /// Whether it is an error on one path at least.
    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Self::Failure(_) => true,
            Self::Choice(values) => values.iter().any(|(_, value)| value.may_fail()),
            _ => false,
        }
    }

    /// The error of any of these steps.
    pub(crate) fn failure_of(steps: &[Range<usize>]) -> Self {
        let made = steps.iter().filter(|range| !range.is_empty());
        let first = made.clone().map(|range| range.start).min().unwrap_or_default();
        let end = made.map(|range| range.end).max().unwrap_or_default();
        Self::Failure(first..end)
    }

    /// The steps whose failure it may be.
    pub(crate) fn failed_steps(&self) -> Vec<Range<usize>> {
        match self {
            Self::Failure(range) => vec![range.clone()],
            Self::Choice(values) => {
                values.iter().flat_map(|(_, value)| value.failed_steps()).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl<'p> Scope<'p> {
    pub(crate) fn inside(parent: Option<&Rc<Self>>) -> Rc<Self> {
        Rc::new(Self { variables: RefCell::default(), parent: parent.cloned() })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value<'p>> {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if let Some(value) = current.variables.borrow().get(name) {
                return Some(value.clone());
            }
            scope = current.parent.as_deref();
        }
        None
    }

    pub(crate) fn declare(&self, name: &str, value: Value<'p>) {
        if name != "_" {
            self.variables.borrow_mut().insert(name.to_owned(), value);
        }
    }

    /// Declares a variable where another one was declared.
    pub(crate) fn declare_beside(&self, other: &str, name: &str, value: Value<'p>) {
        match &self.parent {
            Some(parent) if !self.has_own(other) => parent.declare_beside(other, name, value),
            _ => self.declare(name, value),
        }
    }

    pub(crate) fn has_own(&self, name: &str) -> bool {
        self.variables.borrow().contains_key(name)
    }

    /// Sets the variable where it was declared.
    pub(crate) fn set(&self, name: &str, value: Value<'p>) {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if let Some(held) = current.variables.borrow_mut().get_mut(name) {
                *held = value;
                return;
            }
            scope = current.parent.as_deref();
        }
    }
}
