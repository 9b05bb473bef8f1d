//! Ansible playbooks, roles and task files: a playbook is one procedure of its
//! plays' tasks, in the order in which a host runs them.
//!
//! `recognise` tells such files from other YAML, `files` finds what they refer
//! to, `play` puts the parts of a playbook in order, `task` says what one task
//! does and `surround` what its keywords make of that; `module` and `command`
//! are the tasks that call the API, `scope` and `jinja` say what their values
//! are, and `guard` which conditions look at the lock.

use std::collections::HashSet;

use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Node, Procedure, has_calls};
use crate::source::{Source, Span};

mod action;
mod block;
mod code;
mod command;
mod condition;
mod files;
mod guard;
mod include;
mod jinja;
mod lookup;
mod module;
mod play;
mod quotes;
mod recognise;
mod request;
mod run;
mod scope;
mod stored;
mod surround;
mod task;
mod value;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Ansible playbooks, roles and task files",
    globs: &["*.yaml", "*.yml"],
    interpreters: &["ansible-playbook"],
    recognises: Some(recognise::recognises),
    words: &[&[
        "ali_",
        "alicloud",
        "aliyun",
        "ALIYUN",
        "Aliyun",
        "alibabacloud",
        "ecctl",
        "x-acs-action",
        "2014-05-26",
    ]],
    grouping: Grouping::Linked(files::links),
    max_bytes: 8 << 20,
    lower,
};

const NAME: &str = "ansible";

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut trees: Vec<_> = sources.iter().map(template::parse).collect();
    let mut lowered = Lowered::default();
    for tree in &mut trees {
        lowered.problems.append(&mut tree.problems);
    }
    let files = files::Files::new(sources, &trees);
    let mut seen = Seen::default();
    for file in files.entries() {
        lower_file(file, &files, &mut seen, context, &mut lowered);
    }
    // Files that only refer to each other in a circle.
    for file in 0..sources.len() {
        lower_file(file, &files, &mut seen, context, &mut lowered);
    }
    for (handler, node) in seen.waiting {
        let body = vec![node];
        if seen.called.insert(handler) && has_calls(&body) {
            let (name, parameters) = (HANDLER.to_owned(), Vec::new());
            let procedure = Procedure { name, span: handler, frontend: NAME, parameters, body };
            lowered.procedures.push(procedure);
        }
    }
    lowered
}

/// What a handler is called that no task at hand calls for.
const HANDLER: &str = "handler";

/// What the files have come to so far.
#[derive(Default)]
struct Seen {
    /// The files that have been brought in.
    used: HashSet<usize>,
    /// The handlers that tasks have called for.
    called: HashSet<Span>,
    /// What those do that none has called for yet.
    waiting: Vec<(Span, Node)>,
}

/// Lowers a file that no other one has brought in.
fn lower_file<'t>(
    file: usize,
    files: &'t files::Files<'t>,
    seen: &mut Seen,
    context: Context<'t>,
    lowered: &mut Lowered,
) {
    if !seen.used.insert(file) {
        return;
    }
    let mut run = run::Run::new(files, context, &mut seen.used);
    let (name, body) = run.file(file);
    seen.called.extend(run.called.iter().copied());
    seen.waiting.extend(run.never_notified());
    let embedded = std::mem::take(&mut run.embedded);
    if has_calls(&body) {
        let span = files.whole(file);
        let parameters = Vec::new();
        lowered.procedures.push(Procedure { name, span, frontend: NAME, parameters, body });
    }
    lowered.extend(embedded);
}
