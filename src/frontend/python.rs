//! Python: the Alibaba Cloud SDKs, generic requests, and the command line run
//! from a program.
//!
//! A file is read with a small interpreter of what matters (`machine`): which
//! variables hold clients and requests, what was set on these, and which calls
//! send them. Its folder has a module for each part; nothing outside of it sees
//! the grammar.

use crate::frontend::{Context, Frontend, Grouping, Lowered, syntax};
use crate::problem::{Problem, ProblemKind};
use crate::source::Source;

mod arguments;
mod attempts;
mod calls;
mod classes;
mod commands;
mod expressions;
mod grammar;
mod inlining;
mod loops;
mod machine;
mod modules;
mod names;
mod offers;
mod operators;
mod outline;
mod requests;
mod sending;
mod statements;
mod strings;
mod values;

const NAME: &str = "python";

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Python programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.py", "*.pyw"],
    interpreters: &["python", "python2", "python3"],
    recognises: None,
    words: &[
        &[
            "aliyun",
            "Aliyun",
            "ALIYUN",
            "alibaba",
            "Alibaba",
            "alicloud",
            "AliCloud",
            "footmark",
            "2014-05-26",
        ],
        &[
            "ecs20140526",
            "aliyunsdkecs",
            "footmark",
            "2014-05-26",
            "\"ecs\"",
            "'ecs'",
            "\"Ecs\"",
            "'Ecs'",
            "\"ECS\"",
            "'ECS'",
            " ecs ",
            " ecs\"",
            " ecs'",
            "ecs.",
            "ecs-",
        ],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

/// The deepest indentation that is given to the grammar's scanner, which ends
/// the process at 511 levels.
const MAX_INDENTATION: usize = 400;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_file(source, context));
    }
    lowered
}

/// What a file names in some way if it has to do with ECS. The words of the
/// registration let in every use of the CLI, of which few are.
const ECS: &[&str] = &["ecs", "Ecs", "ECS", "2014-05-26"];

fn lower_file(source: &Source<'_>, context: Context<'_>) -> Lowered {
    if !ECS.iter().any(|word| source.text.contains(word)) {
        return Lowered::default();
    }
    if let Some(problem) = indentation_problem(source) {
        return Lowered { problems: vec![problem], ..Lowered::default() };
    }
    let tree = match syntax::parse(&tree_sitter_python::LANGUAGE.into(), source) {
        Ok(tree) => tree,
        Err(problem) => return Lowered { problems: vec![problem], ..Lowered::default() },
    };
    let outline = outline::outline(&tree, source);
    if outline.is_sdk(context.catalogue, source) {
        return Lowered::default();
    }
    let mut lowered = machine::lower(tree.root_node(), &outline, source, context);
    lowered.problems.extend(syntax::syntax_problem(&tree, source));
    lowered
}

fn indentation_problem(source: &Source<'_>) -> Option<Problem> {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
        if blank > MAX_INDENTATION {
            let message = format!(
                "not read: a line is indented by more than {MAX_INDENTATION} columns; reformat it"
            );
            let span = source.span(start..start + blank);
            return Some(Problem::at(ProblemKind::TooDeep, span, message));
        }
        start += line.len();
    }
    None
}
