//! The functions of the language that give the same for the same arguments.
//!
//! Left out, and so unknown: what reads files or the clock, is random, encrypts,
//! or digests.

use super::datum::Datum;

mod collection;
mod conversion;
mod encoding;
mod format;
mod json;
mod network;
mod numeric;
mod regular;
mod set;
mod string;

/// One function.
pub(super) struct Function {
    name: &'static str,
    /// Whether it gives something only if all arguments are known throughout.
    needs_all: bool,
    /// What it gives; none for an error, or where something unknown matters.
    apply: fn(&[Datum]) -> Option<Datum>,
}

/// A function of known arguments.
const fn known(name: &'static str, apply: fn(&[Datum]) -> Option<Datum>) -> Function {
    Function { name, needs_all: true, apply }
}

/// A function that copes with arguments that are not known throughout.
const fn partial(name: &'static str, apply: fn(&[Datum]) -> Option<Datum>) -> Function {
    Function { name, needs_all: false, apply }
}

static FAMILIES: &[&[Function]] = &[
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    encoding::FUNCTIONS,
    format::FUNCTIONS,
    json::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    regular::FUNCTIONS,
    set::FUNCTIONS,
    string::FUNCTIONS,
];

/// Why a call gives no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trouble {
    /// It is an error.
    Error,
    /// It gives something, but what cannot be told.
    Unknown,
}

/// What a function gives for evaluated arguments.
pub(super) fn apply(name: &str, arguments: &[Datum]) -> Result<Datum, Trouble> {
    if let Some(datum) = of_unknown_number(name, arguments) {
        return Ok(datum);
    }
    let function = FAMILIES.iter().copied().flatten().find(|function| function.name == name);
    let function = function.ok_or(Trouble::Unknown)?;
    let are_known = arguments.iter().all(Datum::is_known);
    if function.needs_all && !are_known {
        return Err(Trouble::Unknown);
    }
    let trouble = if are_known { Trouble::Error } else { Trouble::Unknown };
    (function.apply)(arguments).ok_or(trouble)
}

/// What goes through a function although it is unknown how many there are.
fn of_unknown_number(name: &str, arguments: &[Datum]) -> Option<Datum> {
    let each = |datum: &Datum| matches!(datum, Datum::Each(_));
    match (name, arguments) {
        (
            "compact" | "distinct" | "flatten" | "nonsensitive" | "reverse" | "sensitive" | "slice"
            | "sort" | "tolist" | "toset" | "values",
            [first @ Datum::Each(_), ..],
        ) => Some(first.clone()),
        ("element" | "one", [Datum::Each(each), ..]) => Some((**each).clone()),
        ("concat", lists) => {
            let is_empty =
                |list: &Datum| matches!(list, Datum::List(list) if list.items.is_empty());
            let mut filled = lists.iter().filter(|list| !is_empty(list));
            let only = filled.next().filter(|only| each(only));
            only.filter(|_| filled.next().is_none()).cloned()
        }
        _ => None,
    }
}

/// The arguments that only choose among others, and give nothing of their own to
/// the result.
pub(super) fn chooses(name: &str, argument: usize) -> bool {
    match name {
        "element" | "lookup" => argument == 1,
        "slice" => argument > 0,
        "join" | "format" | "formatlist" => argument == 0,
        _ => false,
    }
}

/// The items of a list, tuple or set.
fn items(datum: &Datum) -> Option<&[Datum]> {
    if let Datum::List(list) = datum { Some(&list.items) } else { None }
}

/// The items of a list or tuple; a set has no places to pick from.
fn ordered(datum: &Datum) -> Option<&[Datum]> {
    if let Datum::List(list) = datum { (!list.is_set).then_some(&list.items) } else { None }
}

/// The texts of a list's items.
fn texts(datum: &Datum) -> Option<Vec<std::rc::Rc<str>>> {
    items(datum)?.iter().map(Datum::as_text).collect()
}

/// A list of texts.
fn text_list(texts: impl IntoIterator<Item = impl Into<std::rc::Rc<str>>>) -> Option<Datum> {
    Datum::list(texts.into_iter().map(Datum::text).collect())
}
