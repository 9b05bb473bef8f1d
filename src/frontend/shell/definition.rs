//! What gives variables their values in shell.

use tree_sitter::Node;

use crate::frontend::definition;

/// A place that gives a variable a value.
pub(super) type Definition<'t> = definition::Definition<Meaning<'t>>;

/// All definitions of a script.
pub(super) type Definitions<'t> = definition::Definitions<Meaning<'t>>;

/// What a definition gives a variable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning<'t> {
    /// The value of a literal.
    Word(Node<'t>),
    /// The same, unless the environment says otherwise: `${name:=value}`.
    Default(Node<'t>),
    /// The elements of an array.
    Array(Node<'t>),
    /// One element of an array: `name[key]=value`.
    Element(Node<'t>),
    /// One of a loop's items after the other.
    Items(Node<'t>),
    /// The empty text.
    Empty,
    /// Something from outside: `read name`.
    Input,
}
