//! JavaScript and TypeScript: both generations of the SDK, pop-core and other
//! generic clients, signed requests, and the command line run from a program.

use tree_sitter::Language;

use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::problem::{Problem, ProblemKind};
use crate::source::Source;

mod declarations;
mod dialect;
mod expressions;
mod grammar;
mod patterns;
mod statements;
mod strings;
mod types;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "javascript",
    reads: "JavaScript and TypeScript programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.js", "*.mjs", "*.cjs", "*.jsx", "*.ts", "*.mts", "*.cts", "*.tsx"],
    interpreters: &["node", "nodejs", "deno", "bun", "zx", "ts-node", "tsx"],
    recognises: None,
    words: &[
        &["aliyun", "Aliyun", "ALIYUN", "alibaba", "Alibaba", "alicloud", "Alicloud", "2014-05-26"],
        &[
            "ecs",
            "Ecs",
            "ECS",
            "2014-05-26",
            "@pulumi/alicloud",
            "provider-alicloud",
            "providers/alicloud",
            "ros-cdk-",
        ],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

/// Endings of files in which `<T>value` is a cast and not an element.
const WITHOUT_ELEMENTS: &[&str] = &[".ts", ".mts", ".cts"];

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        if let Some(problem) = minified(source) {
            lowered.problems.push(problem);
            continue;
        }
        let sources = std::slice::from_ref(source);
        let grammar = grammar_of(&source.path);
        let shape = declarations::unit;
        lowered.extend(program::lower(&dialect::DIALECT, &grammar, shape, sources, context));
    }
    lowered
}

fn grammar_of(path: &str) -> Language {
    if WITHOUT_ELEMENTS.iter().any(|ending| path.ends_with(ending)) {
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()
    } else {
        tree_sitter_typescript::LANGUAGE_TSX.into()
    }
}

/// A problem if a text is what a bundler has made of a program: lines that
/// nobody has written.
fn minified(source: &Source<'_>) -> Option<Problem> {
    const LONGEST: usize = 20_000;
    const LONG: usize = 2_000;
    const SHARE: usize = 2;
    let lengths = || source.text.lines().map(str::len);
    let longest = lengths().max().unwrap_or_default();
    let in_long: usize = lengths().filter(|length| *length >= LONG).sum();
    if longest < LONGEST || in_long < source.text.len() / SHARE {
        return None;
    }
    let message = "not read: minified; check what it was made from, or exclude it";
    Some(Problem::at(ProblemKind::Unrecognised, source.span(0..0), message))
}
