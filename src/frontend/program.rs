//! What front ends of programming languages share: a small syntax that each is
//! lowered to, and one machine that reads it.
//!
//! # Adding a language
//! A file `src/frontend/<language>.rs` (and a folder if it grows) with
//! - a [`Dialect`](dialect::Dialect): what its SDKs, methods and helpers are
//!   called, as data. The machine never asks for the language; what is missing
//!   from the table becomes a field of it; what a language leaves out is as in
//!   [`Dialect::PLAIN`](dialect::Dialect::PLAIN);
//! - a lowering from the grammar's tree to a [`Unit`](code::Unit), with the
//!   grammar's node names as constants at the top. It counts its depth and stops
//!   at [`MAX_DEPTH`](crate::frontend::syntax::MAX_DEPTH), where it notes
//!   `too_deep`; the tools for that are in [`shape`];
//! - the registration, whose `lower` calls [`lower`] with the three;
//! - a line in the table of front ends, fixtures, and a row in
//!   `tests/sdk_names.rs`.
//!
//! What a lowering has to know:
//! - paths of imports and types have dots between packages and names, whatever
//!   the language writes. `Import::name` is none where a whole package is
//!   brought in; the machine then tries the package's name for a type;
//! - a struct literal and an object initialiser are a `New` with named
//!   arguments; a dictionary is a `Map` whose plain keys are texts;
//! - `await`, casts, parentheses, `&`, `*` and `!` (not null) vanish: the
//!   expression in them stands in their place, with its own position. The
//!   position of a `Call` is that of the whole call;
//! - every lambda is a `Function` with an empty name, which is read where it
//!   stands; one that is given a name is read for itself, like a function.
//!   Methods have their class, and the name that they call their object;
//! - an object that a program makes of a type of [`Dialect::declares`] is a
//!   resource; nothing is to be done for that but to lower its arguments;
//! - `if x = f(); cond` is the statement and then the `if`.

use std::collections::{HashMap, HashSet};

use tree_sitter::Language;

use crate::frontend::{Context, Lowered, syntax};
use crate::problem::{Problem, ProblemKind};
use crate::source::Source;
use code::Unit;
use dialect::Dialect;

mod answers;
mod argv;
mod asked;
mod bound;
mod builders;
mod by_code;
mod by_text;
mod callbacks;
mod calls;
pub(super) mod code;
mod commands;
mod composites;
mod containers;
mod decided;
mod declared;
mod described;
mod disks;
mod elsewhere;
mod entries;
pub(super) mod dialect;
mod expected;
mod expressions;
mod facts;
mod failures;
mod given;
mod handling;
mod hints;
mod http;
mod indexed;
mod inlining;
mod joining;
mod literal;
mod locks;
mod looked;
mod loops;
mod machine;
mod makes;
mod members;
mod names;
mod nodes;
mod objects;
mod origin;
mod parameters;
mod receivers;
pub(super) mod repeated;
mod request;
mod requested;
mod script;
mod sending;
mod sequences;
mod setters;
pub(super) mod shape;
mod state;
mod statements;
mod strings;
mod statuses;
mod stubs;
pub(super) mod thing;
mod types;
mod values;

/// Reads the files of a unit: parses each, lowers it with `shape` and reads what
/// comes out.
pub(super) fn lower(
    dialect: &Dialect,
    grammar: &Language,
    shape: fn(tree_sitter::Node<'_>, &Source<'_>) -> Unit,
    sources: &[Source<'_>],
    context: Context<'_>,
) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let tree = match syntax::parse(grammar, source) {
            Ok(tree) => tree,
            Err(problem) => {
                lowered.problems.push(problem);
                continue;
            }
        };
        let unit = shape(tree.root_node(), source);
        if !is_sdk(dialect, &unit, context) {
            lowered.extend(machine::lower(dialect, &unit, source, context));
            lowered.problems.extend(unit.too_deep.map(|at| {
                let message = format!(
                    "not read in full: code is nested more than {} levels deep; split it up",
                    syntax::MAX_DEPTH
                );
                Problem::at(ProblemKind::TooDeep, source.span(at), message)
            }));
        }
        let problem = syntax::syntax_problem(&tree, source);
        lowered.problems.extend(problem.filter(|problem| !is_newer(dialect, problem, source)));
    }
    lowered
}

/// Whether the grammar stumbled over something that is newer than itself, and
/// that is read all the same.
fn is_newer(dialect: &Dialect, problem: &Problem, source: &Source<'_>) -> bool {
    let at = problem.span.map_or(0, |span| span.start as usize);
    let Some((before, after)) = source.text.split_at_checked(at) else { return false };
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = at + after.find('\n').unwrap_or(after.len());
    dialect.newer.iter().any(|spelling| source.text[start..end].contains(spelling))
}

/// How many methods named after actions are more than a program writes itself.
const MANY: usize = 20;

/// Whether a file is part of an ECS SDK itself: a class whose methods are named
/// after actions and take the action's request, a type that nobody imports, or
/// one that makes methods for many actions out of a client for any product.
fn is_sdk(dialect: &Dialect, unit: &Unit, context: Context<'_>) -> bool {
    // The package says it, where a language has that.
    if unit
        .package
        .as_ref()
        .is_some_and(|package| dialect.means(&format!("{package}.")) == Some(dialect::Means::Ecs))
    {
        return true;
    }
    let shared: HashSet<&str> = unit
        .imports
        .iter()
        .filter(|import| dialect.imports(import) == Some(dialect::Means::Shared))
        .filter_map(|import| import.name.as_deref())
        .collect();
    let mut actions: HashMap<usize, usize> = HashMap::new();
    for function in &unit.functions {
        if let Some(class) = function.class
            && dialect.action(&function.name, context.catalogue).is_some()
        {
            *actions.entry(class).or_default() += 1;
        }
    }
    let generated = unit.classes.iter().enumerate().any(|(number, class)| {
        let extends = |base: &code::Type| match base {
            code::Type::Named(name) => shared.contains(name.split('.').next().unwrap_or(name)),
            _ => false,
        };
        actions.get(&number).is_some_and(|count| *count >= MANY) && class.bases.iter().any(extends)
    });
    // What imports the clients under a name uses them.
    let uses = unit.imports.iter().any(|import| {
        let means = dialect.imports(import);
        import.name.is_some()
            && matches!(means, Some(dialect::Means::Ecs | dialect::Means::Positional))
            && dialect.functions == dialect::Start::Capital
    });
    generated
        || is_client(dialect, unit, context)
        || unit.functions.iter().filter(|function| !function.is_declared_only).any(|function| {
            let action = dialect.action(&function.name, context.catalogue);
            let Some(action) = action.filter(|_| function.class.is_some() && !uses) else {
                return false;
            };
            let base =
                unit.imports.iter().any(|it| dialect.imports(it) == Some(dialect::Means::Shared));
            base && function.parameters.iter().any(|parameter| match &parameter.kind {
                code::Type::Named(name) => {
                    !name.contains('.')
                        && dialect.request(name, false, context.catalogue).as_deref()
                            == Some(action)
                        && unit.imports.iter().all(|it| match &it.name {
                            Some(imported) => imported != name,
                            None => dialect.imports(it) != Some(dialect::Means::Ecs),
                        })
                }
                _ => false,
            })
        })
}

/// Whether a file has a client class like that of an SDK, with a method for an
/// action and another for the same with options, over and over.
fn is_client(dialect: &Dialect, unit: &Unit, context: Context<'_>) -> bool {
    const ENOUGH: usize = 5;
    let sends = |function: &&code::Function| {
        let has_options = function.name.to_ascii_lowercase().ends_with("options");
        has_options && dialect.action(&function.name, context.catalogue).is_some()
    };
    let is_client = |number: usize| {
        let bases = unit.classes.get(number).map(|class| class.bases.as_slice());
        bases
            .unwrap_or_default()
            .iter()
            .any(|base| matches!(base, code::Type::Named(name) if name.ends_with("Client")))
    };
    let mut counts = vec![0; unit.classes.len()];
    for function in unit.functions.iter().filter(sends) {
        if let Some(count) = function.class.and_then(|class| counts.get_mut(class)) {
            *count += 1;
        }
    }
    counts.iter().enumerate().any(|(class, count)| *count >= ENOUGH && is_client(class))
}

/// Text on one line, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    const MOST: usize = 1000;
    let mut line = String::new();
    for word in text[..text.floor_char_boundary(MOST)].split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST {
            line.truncate(line.floor_char_boundary(LONGEST));
            line.push('…');
            break;
        }
    }
    line
}
