//! C#: both generations of the SDK, generic requests, and the command line run
//! from a program.

use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::source::Source;

mod creation;
mod declarations;
mod dialect;
mod expressions;
mod grammar;
mod invocation;
mod statements;
mod strings;
mod types;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "csharp",
    reads: "C# programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.cs", "*.csx", "*.cake"],
    interpreters: &["dotnet-script"],
    recognises: None,
    words: &[
        &[
            "aliyun",
            "Aliyun",
            "alibaba",
            "Alibaba",
            "alicloud",
            "Alicloud",
            "AliCloud",
            "2014-05-26",
        ],
        &[
            "Acs.Ecs",
            "Ecs20140526",
            "ECS20140526",
            "2014-05-26",
            "\"ecs\"",
            "\"Ecs\"",
            "\"ECS\"",
            "\"ecs ",
            "aliyun ecs ",
            " ecs ",
            "ecs.aliyuncs.com",
            "ECSClient",
            "EcsClient",
            "ecsClient",
            "Pulumi.AliCloud",
            "SDK.ROS.CDK",
        ],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let grammar = tree_sitter_c_sharp::LANGUAGE.into();
    program::lower(&dialect::DIALECT, &grammar, declarations::unit, sources, context)
}
