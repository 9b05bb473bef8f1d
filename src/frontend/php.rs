//! PHP: the three generations of the SDK, signed requests, and the command line
//! run from a program.

use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::source::Source;

mod builtins;
mod calls;
mod classes;
mod declarations;
mod dialect;
mod expressions;
mod grammar;
mod names;
mod statements;
mod strings;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "php",
    reads: "PHP programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.php", "*.phtml", "*.inc", "*.php5", "*.php7", "*.phps"],
    interpreters: &["php"],
    recognises: None,
    words: &[
        &[
            "aliyun",
            "Aliyun",
            "ALIYUN",
            "alibaba",
            "Alibaba",
            "alicloud",
            "Alicloud",
            "2014-05-26",
            // The first SDK names the cloud nowhere.
            "Ecs\\Request\\V20140526",
        ],
        &["<?"],
        &["ecs", "Ecs", "ECS", "2014-05-26", "20140526"],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let grammar = tree_sitter_php::LANGUAGE_PHP.into();
    program::lower(&dialect::DIALECT, &grammar, declarations::unit, sources, context)
}
