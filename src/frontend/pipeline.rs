//! Pipelines: files of jobs whose steps run code. What their formats have in
//! common; the file of a format says where jobs, steps and conditions stand.
//!
//! `code` puts the text of a step together, `values` is what is known of what it
//! refers to, `argv` reads lists of words, `steps` puts steps in order, `jobs`
//! puts jobs in order, and `look` tells which steps look at the lock state.

use super::template::{self, Item};
use super::{Context, Lowered, invoked};
use crate::procedure::{Attempt, Bound, Failure, Handler, Invocation, Leave, Node, Repetition};
use crate::source::{Source, Span};

pub(super) mod argv;
pub(super) mod code;
pub(super) mod jobs;
pub(super) mod look;
pub(super) mod steps;
pub(super) mod values;

pub(super) use code::Syntax;
pub(super) use jobs::Job;
pub(super) use look::{Look, Looks};
pub(super) use steps::{Runs, Step};
pub(super) use values::Values;

pub(super) use super::waiting::limit;

/// Words of files that may run code which calls the API.
pub(super) const WORDS: &[&[&str]] = &[
    &[
        "aliyun",
        "ALIYUN",
        "Aliyun",
        "alibaba",
        "Alibaba",
        "alicloud",
        "AliCloud",
        "ecctl",
        "x-acs-action",
        "2014-05-26",
    ],
    &["ecs", "Ecs", "ECS"],
];

/// The largest file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 8 << 20;

/// What lowers a piece of a pipeline: the context, and where to put what does
/// not run in its place.
pub(super) struct Sink<'c> {
    /// What a front end may ask.
    pub(super) context: Context<'c>,
    /// Functions, resources, problems.
    pub(super) out: Lowered,
}

impl<'c> Sink<'c> {
    /// An empty one.
    pub(super) fn new(context: Context<'c>) -> Self {
        Self { context, out: Lowered::default() }
    }

    /// All that was lowered, without what leads to no call.
    pub(super) fn finish(mut self) -> Lowered {
        invoked::tidy(&mut self.out.procedures);
        self.out
    }
}

/// Lowers each document of texts that stand by themselves.
pub(super) fn documents(
    sources: &[Source<'_>],
    context: Context<'_>,
    read: fn(Item<'_>, &mut Sink<'_>),
) -> Lowered {
    let mut sink = Sink::new(context);
    for source in sources {
        let mut tree = template::parse(source);
        sink.out.problems.append(&mut tree.problems);
        tree.documents().for_each(|document| read(document, &mut sink));
    }
    sink.finish()
}

/// Steps whose failure does something else to what is around them.
pub(super) fn failing(span: Span, failure: Failure, body: Vec<Node>) -> Vec<Node> {
    if failure == Failure::Raises || body.is_empty() {
        return body;
    }
    let given = Vec::new();
    vec![Node::Invoke(Invocation { procedure: span, given, failure, process: true, body })]
}

/// Steps that are tried again when they fail, and fail in the end.
pub(super) fn retried(condition: String, mut body: Vec<Node>) -> Vec<Node> {
    if body.is_empty() {
        return body;
    }
    body.push(Node::Leave(Leave::Loop));
    let handlers = vec![Handler::default()];
    let body = vec![Node::Attempt(Attempt { body, handlers, finally: Vec::new() })];
    let (retries, bound) = (true, Bound::Fails);
    vec![Node::Loop(Repetition {
        condition,
        conditional: true,
        retries,
        bound,
        body,
        ..Repetition::default()
    })]
}

/// The texts of a list, or the only one.
pub(super) fn texts(item: Item<'_>) -> Vec<String> {
    let items = item.items().chain(Some(item).filter(|item| !item.is_sequence()));
    items.filter_map(|item| item.text().map(str::to_owned)).collect()
}

/// What a failure does of which a setting says whether it is tolerated.
pub(super) fn tolerated(setting: Option<Item<'_>>) -> Failure {
    match setting.and_then(Item::as_bool) {
        Some(true) => Failure::Discarded,
        _ => Failure::Raises,
    }
}
