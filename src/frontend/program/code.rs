//! The small syntax that programs of every language are lowered to before they
//! are read: what calls, values and control flow come to, and where they stand.
//!
//! It keeps what can matter for a call of the API and forgets the rest. A
//! lowering never makes it deeper than [`crate::frontend::syntax::MAX_DEPTH`], so
//! that reading it may recurse.

use std::ops::Range;

use super::thing::Name;

/// A file.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Unit {
    /// The package that it says it is of, with dots between the names.
    pub(in crate::frontend) package: Option<Name>,
    /// What it imports.
    pub(in crate::frontend) imports: Vec<Import>,
    /// Its classes, structs and interfaces, nested ones too.
    pub(in crate::frontend) classes: Vec<Class>,
    /// Its functions, methods and lambdas. [`Value::Lambda`] has an index in it.
    pub(in crate::frontend) functions: Vec<Function>,
    /// What stands outside of functions: a script's statements, and variables
    /// and constants with their values.
    pub(in crate::frontend) body: Vec<Statement>,
    /// Where the code that was left out because of its depth starts.
    pub(in crate::frontend) too_deep: Option<Range<usize>>,
}

/// Something imported.
#[derive(Debug)]
pub(in crate::frontend) struct Import {
    /// The name that it has in the file; none if every name of a package is
    /// brought in.
    pub(in crate::frontend) name: Option<Name>,
    /// Its full path, with a dot between a package and a name in it.
    pub(in crate::frontend) path: Name,
}

/// A class, a struct or an interface.
#[derive(Debug)]
pub(in crate::frontend) struct Class {
    pub(in crate::frontend) name: Name,
    /// What it extends, implements or embeds.
    pub(in crate::frontend) bases: Vec<Type>,
    pub(in crate::frontend) fields: Vec<Field>,
    /// The class that it stands in.
    pub(in crate::frontend) outer: Option<usize>,
    /// Whether it only says what others have to be like.
    pub(in crate::frontend) is_interface: bool,
}

/// A field of a class.
#[derive(Debug)]
pub(in crate::frontend) struct Field {
    pub(in crate::frontend) name: Name,
    pub(in crate::frontend) kind: Type,
    pub(in crate::frontend) value: Option<Expression>,
}

/// A function, a method or a lambda.
#[derive(Debug)]
pub(in crate::frontend) struct Function {
    /// Its own name; empty for a lambda.
    pub(in crate::frontend) name: Name,
    /// The class whose method it is.
    pub(in crate::frontend) class: Option<usize>,
    /// What it calls the object that it is called on, unless it has none.
    pub(in crate::frontend) receiver: Option<Name>,
    /// Whether it makes an object of its class.
    pub(in crate::frontend) is_constructor: bool,
    /// The function that it stands in.
    pub(in crate::frontend) parent: Option<usize>,
    pub(in crate::frontend) parameters: Vec<Parameter>,
    /// The types of what it returns; several where a language has that.
    pub(in crate::frontend) returns: Vec<Type>,
    pub(in crate::frontend) body: Vec<Statement>,
    /// Whether it has a body at all.
    pub(in crate::frontend) is_declared_only: bool,
    pub(in crate::frontend) at: Range<usize>,
}

/// A parameter.
#[derive(Debug)]
pub(in crate::frontend) struct Parameter {
    pub(in crate::frontend) name: Name,
    pub(in crate::frontend) kind: Type,
    pub(in crate::frontend) default: Option<Expression>,
    /// Whether it takes all that is left.
    pub(in crate::frontend) is_rest: bool,
}

/// A type, as far as it matters.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::frontend) enum Type {
    /// Not written, or of no interest.
    #[default]
    Unknown,
    /// By its name, without pointers and type arguments: `ecs.Client`.
    Named(Name),
    /// A list of something, or a map to it.
    Of(Box<Self>),
}

/// A statement.
#[derive(Debug)]
pub(in crate::frontend) enum Statement {
    /// An expression for its effect.
    Plain(Expression),
    /// Targets get values, one each, or several from one call. A target that
    /// throws its value away is [`Value::Nothing`].
    Assign(Assign),
    /// `if`. What runs before its condition stands in front of it.
    If(If),
    /// `switch`, `match`, `select`.
    Switch(Switch),
    /// Any loop.
    Loop(Loop),
    /// `try`.
    Try(Try),
    /// What runs when the function ends.
    Defer(Expression),
    /// `return`, with one value or several.
    Return(Vec<Expression>),
    /// Raises an exception, or ends the process.
    Raise(Option<Expression>),
    /// `break` out of a loop.
    Break,
    /// `continue` with the next turn of a loop.
    Continue,
    /// A jump to anywhere else: out of a switch, to a label.
    Jump,
    /// Statements in a block of their own.
    Block(Vec<Self>),
}

/// An assignment or a declaration of variables.
#[derive(Debug)]
pub(in crate::frontend) struct Assign {
    pub(in crate::frontend) targets: Vec<Expression>,
    /// The declared type.
    pub(in crate::frontend) kind: Type,
    /// None for a variable without a value.
    pub(in crate::frontend) values: Vec<Expression>,
    /// Whether it makes new variables.
    pub(in crate::frontend) declares: bool,
    /// Whether it adds to what the target is: `+=`.
    pub(in crate::frontend) adds: bool,
}

/// An `if`.
#[derive(Debug)]
pub(in crate::frontend) struct If {
    pub(in crate::frontend) condition: Expression,
    pub(in crate::frontend) then: Vec<Statement>,
    pub(in crate::frontend) otherwise: Option<Vec<Statement>>,
}

/// A `switch`.
#[derive(Debug)]
pub(in crate::frontend) struct Switch {
    pub(in crate::frontend) subject: Option<Expression>,
    pub(in crate::frontend) cases: Vec<Case>,
}

/// A case of a `switch`.
#[derive(Debug)]
pub(in crate::frontend) struct Case {
    /// What it is taken for; nothing for the last resort.
    pub(in crate::frontend) values: Vec<Expression>,
    pub(in crate::frontend) body: Vec<Statement>,
}

/// A loop.
#[derive(Debug)]
pub(in crate::frontend) struct Loop {
    /// How its head is written.
    pub(in crate::frontend) head: Range<usize>,
    /// Whether it goes round until something comes true.
    pub(in crate::frontend) conditional: bool,
    /// What it runs before and evaluates in its head.
    pub(in crate::frontend) before: Vec<Statement>,
    /// The variable that takes each item in turn, and what it goes over.
    pub(in crate::frontend) each: Option<(Option<Name>, Expression)>,
    pub(in crate::frontend) body: Vec<Statement>,
}

/// A `try`.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Try {
    pub(in crate::frontend) body: Vec<Statement>,
    pub(in crate::frontend) catches: Vec<Catch>,
    /// What runs if nothing failed.
    pub(in crate::frontend) otherwise: Vec<Statement>,
    pub(in crate::frontend) finally: Vec<Statement>,
}

/// A handler of a `try`.
#[derive(Debug)]
pub(in crate::frontend) struct Catch {
    /// How what it takes is written; none takes all.
    pub(in crate::frontend) takes: Option<String>,
    pub(in crate::frontend) body: Vec<Statement>,
}

/// From the first expression in statements to the last.
pub(in crate::frontend) fn extent(block: &[Statement]) -> Option<Range<usize>> {
    let join =
        |one: Range<usize>, other: Range<usize>| one.start.min(other.start)..one.end.max(other.end);
    block.iter().filter_map(Statement::extent).reduce(join)
}

impl Statement {
    fn extent(&self) -> Option<Range<usize>> {
        let (expressions, blocks): (Vec<&Expression>, Vec<&[Self]>) = match self {
            Self::Plain(one) | Self::Defer(one) => (vec![one], vec![]),
            Self::Assign(assign) => (assign.values.iter().collect(), vec![]),
            Self::Return(values) => (values.iter().collect(), vec![]),
            Self::Raise(value) => (value.iter().collect(), vec![]),
            Self::If(branch) => {
                let otherwise = branch.otherwise.iter().map(|block| &**block);
                (vec![&branch.condition], std::iter::once(&*branch.then).chain(otherwise).collect())
            }
            Self::Switch(switch) => {
                let values = switch.cases.iter().flat_map(|case| &case.values);
                let blocks = switch.cases.iter().map(|case| &*case.body).collect();
                (switch.subject.iter().chain(values).collect(), blocks)
            }
            Self::Loop(repetition) => (vec![], vec![&repetition.body]),
            Self::Try(attempt) => (vec![], vec![&attempt.body]),
            Self::Block(block) => (vec![], vec![block]),
            Self::Break | Self::Continue | Self::Jump => (vec![], vec![]),
        };
        let ranges = expressions.iter().map(|expression| expression.at.clone());
        let ranges = ranges.chain(blocks.into_iter().filter_map(extent));
        ranges.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
    }
}

/// An expression and where it stands.
#[derive(Debug)]
pub(in crate::frontend) struct Expression {
    pub(in crate::frontend) at: Range<usize>,
    pub(in crate::frontend) value: Value,
}

/// What an expression is.
#[derive(Debug)]
pub(in crate::frontend) enum Value {
    /// A variable, a constant, a package.
    Name(Name),
    /// A string.
    Text(Vec<Part>),
    /// A number or a truth value, as text.
    Literal(Name),
    /// No value: `nil`, `null`; a target that throws its value away.
    Nothing,
    List(Vec<Expression>),
    /// Keys and values. A key that is a plain word is a [`Value::Text`]; one that
    /// is [`Value::Nothing`] has a map as its value whose entries are taken over.
    Map(Vec<(Expression, Expression)>),
    /// `new X(…)`, `X{a: b}`: arguments in order or by the names of fields.
    New(Type, Vec<Argument>),
    Member(Box<Expression>, Name),
    Index(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Vec<Argument>),
    /// A function as a value; an index in [`Unit::functions`].
    Lambda(usize),
    /// Something imported, by its full path.
    Import(Name),
    /// One or the other: `a ? b : c`, `a ?? b`, `a || b`. The condition first,
    /// if it has one of its own.
    Either(Option<Box<Expression>>, Vec<Expression>),
    /// Whether two values are the same, or are not.
    Same(bool, Box<Expression>, Box<Expression>),
    /// Texts joined, or lists, or maps.
    Join(Vec<Expression>),
    /// An assignment that has a value.
    Assign(Box<Assign>),
    /// A command line run by a shell: backticks.
    Shell(Vec<Part>),
    /// Anything else, with the expressions in it.
    Other(Vec<Expression>),
}

/// A piece of a string.
#[derive(Debug)]
pub(in crate::frontend) enum Part {
    /// Known text, and where it stands; verbatim if the file has the same bytes
    /// there.
    Known { text: Name, at: Range<usize>, verbatim: bool },
    /// An expression in it.
    Hole(Expression),
}

/// An argument of a call.
#[derive(Debug)]
pub(in crate::frontend) struct Argument {
    /// The name it is given by, if it is.
    pub(in crate::frontend) name: Option<Name>,
    pub(in crate::frontend) value: Expression,
    /// Whether it is a list of which each item is an argument.
    pub(in crate::frontend) spreads: bool,
}

impl Expression {
    /// The names of a chain of members, `a.b.c`, with dots between; none if it
    /// is anything else.
    pub(in crate::frontend) fn path(&self) -> Option<String> {
        const MOST: usize = 12;
        let mut parts: Vec<&str> = Vec::new();
        let mut current = self;
        loop {
            match &current.value {
                Value::Name(name) => {
                    parts.push(name);
                    parts.reverse();
                    return Some(parts.join("."));
                }
                Value::Member(object, name) if parts.len() < MOST => {
                    parts.push(name);
                    current = object;
                }
                _ => return None,
            }
        }
    }
}
