//! The syntax tree of a configuration, whichever syntax it is written in.

use std::ops::Range;
use std::rc::Rc;

use crate::source::{Source, Span};

use super::datum::Number;

/// The texts that trees point into: files, pieces of broken ones, and strings of
/// JSON files.
#[derive(Default)]
pub(super) struct Sources<'a>(Vec<Source<'a>>);

/// A range of one of the [`Sources`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Number of the source.
    pub(super) source: u32,
    start: u32,
    end: u32,
}

impl Place {
    /// A range of a source.
    pub(super) fn new(source: u32, range: Range<usize>) -> Self {
        let short = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Self { source, start: short(range.start), end: short(range.end) }
    }

    /// The range.
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The place from the start of this to the end of another.
    pub(super) fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.start), ..self }
    }
}

impl<'a> Sources<'a> {
    /// Takes a source in and gives its number.
    pub(super) fn add(&mut self, source: Source<'a>) -> u32 {
        self.0.push(source);
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    /// The source that a place is in.
    pub(super) fn source(&self, number: u32) -> &Source<'a> {
        &self.0[number as usize]
    }

    /// The text of a place.
    pub(super) fn text(&self, place: Place) -> &str {
        self.source(place.source).text.get(place.range()).unwrap_or_default()
    }

    /// The span of a place.
    pub(super) fn span(&self, place: Place) -> Span {
        self.source(place.source).span(place.range())
    }
}

/// A block: `resource "alicloud_instance" "web" { … }`.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Its first word.
    pub(super) name: Rc<str>,
    /// What stands between the first word and the brace, without quotes.
    pub(super) labels: Vec<Rc<str>>,
    /// What it holds, in source order.
    pub(super) items: Vec<Item>,
    /// The whole of it.
    pub(super) place: Place,
    /// Whether it may as well be a map: JSON writes both alike.
    pub(super) is_mapping: bool,
}

/// A piece of a block.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// `name = value`
    Attribute(Attribute),
    /// A nested block.
    Block(Block),
}

/// `name = value`
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    /// Its name.
    pub(super) name: Rc<str>,
    /// The expression.
    pub(super) value: Expression,
    /// The whole of it.
    pub(super) place: Place,
}

impl Default for Place {
    fn default() -> Self {
        Self::new(0, 0..0)
    }
}

impl Block {
    /// Its address in its module: `alicloud_instance.web`,
    /// `data.alicloud_instances.all`, `module.web`; none for blocks that are not
    /// referred to.
    pub(super) fn address(&self) -> Option<String> {
        match (&*self.name, self.labels.as_slice()) {
            ("resource", [kind, name]) => Some(format!("{kind}.{name}")),
            ("data", [kind, name]) => Some(format!("data.{kind}.{name}")),
            ("module", [name]) => Some(format!("module.{name}")),
            _ => None,
        }
    }

    /// Its attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items.iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    /// An attribute by its name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes().find(|attribute| &*attribute.name == name)
    }

    /// Its nested blocks of a name.
    pub(super) fn blocks<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b Self> {
        let nested = self.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Attribute(_) => None,
        });
        nested.filter(move |block| &*block.name == name)
    }

    /// Whether it looks like one that stands at the top level and nowhere else.
    pub(super) fn is_top_level(&self) -> bool {
        matches!(&*self.name, "resource" | "data") && self.labels.len() == 2
    }
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    /// What it is.
    pub(super) kind: Kind,
    /// All of it, parentheses included.
    pub(super) place: Place,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Text that the parser could make nothing of.
    Broken,
    /// It is nested too deep to be read.
    TooDeep,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `40`
    Number(Number),
    /// A quoted string or a heredoc.
    Template(Template),
    /// `local`, `alicloud_instance`
    Name(Rc<str>),
    /// `[a, b]`
    Tuple(Vec<Expression>),
    /// `{ a = b }`
    Object(Vec<(Key, Expression)>),
    /// `[for …]`, `{for …}`
    For(Box<For>),
    /// `f(a, b)`
    Call(Call),
    /// `condition ? value : …`
    Conditional(Box<Conditional>),
    /// Operands and the operators before and between them.
    Operation(Vec<Token>),
    /// A value and what is picked from it: `local.disks[0].size`.
    Pick(Box<Expression>, Vec<Step>),
}

/// The key of an object's entry.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// A bare word, which stands for itself.
    Word(Rc<str>),
    /// Anything else.
    Computed(Expression),
}

/// A chain of conditions.
#[derive(Clone, Debug)]
pub(super) struct Conditional {
    /// Conditions and the values they choose.
    pub(super) choices: Vec<(Expression, Expression)>,
    /// What is left if none is true.
    pub(super) otherwise: Expression,
}

/// A piece of an operation.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// `+`, `!`, `&&`
    Operator(&'static str),
    /// A value.
    Operand(Expression),
}

/// One pick.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// `.name`
    Attribute(Rc<str>),
    /// `[expression]`, `.0`
    Index(Expression),
    /// `[*]`, or `.*` after which an index picks from the list that it gives.
    Splat {
        /// Whether it is `[*]`.
        full: bool,
    },
    /// Something the parser could make nothing of.
    Broken,
}

/// `f(a, b)`
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Its name.
    pub(super) name: Rc<str>,
    /// What it is called with.
    pub(super) arguments: Vec<Expression>,
    /// Whether the last argument is a list of arguments: `f(list...)`.
    pub(super) spreads: bool,
}

/// `[for key, value in collection : body if condition]`
#[derive(Clone, Debug)]
pub(super) struct For {
    /// One name for the values, or two for keys and values.
    pub(super) names: Vec<Rc<str>>,
    /// What it goes over.
    pub(super) over: Expression,
    /// The key of an object's entry.
    pub(super) key: Option<Expression>,
    /// The value of an entry or item.
    pub(super) body: Expression,
    /// `if …`
    pub(super) condition: Option<Expression>,
    /// Whether values of equal keys are put together: `…` after the body.
    pub(super) groups: bool,
}

/// A string in pieces.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// Its pieces, in order.
    pub(super) parts: Vec<Part>,
    /// How it is written.
    pub(super) form: Form,
}

/// How a string is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Between quotes.
    Quoted,
    /// As a heredoc.
    Heredoc,
    /// As a string of JSON, or as a file of its own.
    Bare,
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Text that stands as it is.
    Verbatim(Place),
    /// Text that an escape stands for.
    Escape(Rc<str>, Place),
    /// `${…}`
    Interpolation(Marked<Expression>),
    /// `%{ … }`
    Directive(Marked<Directive>),
}

/// Something between `${` or `%{` and `}`.
#[derive(Clone, Debug)]
pub(super) struct Marked<T> {
    /// What stands there.
    pub(super) inner: T,
    /// Whether white space before it goes away: `${~`.
    pub(super) trims_before: bool,
    /// Whether white space after it goes away: `~}`.
    pub(super) trims_after: bool,
    /// All of it.
    pub(super) place: Place,
}

/// What steers a template.
#[derive(Clone, Debug)]
pub(super) enum Directive {
    /// `%{ if condition }`
    If(Expression),
    /// `%{ else }`
    Else,
    /// `%{ for names in collection }`
    For(Vec<Rc<str>>, Expression),
    /// `%{ endif }`, `%{ endfor }`
    End,
}

impl Template {
    /// What a string that only interpolates interpolates.
    pub(super) fn sole(&self) -> Option<&Expression> {
        match self.parts.as_slice() {
            [Part::Interpolation(only)] if self.form != Form::Heredoc => Some(&only.inner),
            _ => None,
        }
    }
}
