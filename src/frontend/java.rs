//! Java: both generations of the SDK and the asynchronous one, generic requests,
//! and the command line run from a program.

use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::source::Source;

mod declarations;
mod dialect;
mod enums;
mod expressions;
mod grammar;
mod literals;
mod statements;
mod types;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "java",
    reads: "Java programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.java", "*.jsh"],
    interpreters: &["java", "jshell"],
    recognises: None,
    words: &[
        &["aliyun", "Aliyun", "alibaba", "Alibaba", "alicloud", "Alicloud", "2014-05-26"],
        &[
            "aliyuncs.ecs",
            "ecs20140526",
            "2014-05-26",
            "\"ecs\"",
            "\"Ecs\"",
            "\"ECS\"",
            "aliyun ecs ",
            " ecs ",
            "ecs.aliyuncs.com",
            "ECSClient",
            "EcsClient",
            "ecsClient",
            "com.aliyun.ros.cdk",
            "com.pulumi.alicloud",
            "imports.alicloud",
            "providers.alicloud",
        ],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let grammar = tree_sitter_java::LANGUAGE.into();
    program::lower(&dialect::DIALECT, &grammar, declarations::unit, sources, context)
}
