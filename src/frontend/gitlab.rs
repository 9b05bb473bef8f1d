//! GitLab CI: jobs with scripts in stages.
//!
//! `job` reads a job with what it inherits, `script` its scripts, `order` says
//! which jobs wait for which.

use crate::frontend::pipeline::{self, Looks, Sink, Values, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;
use template::Item;

mod inherited;
mod job;
mod order;
mod script;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "GitLab CI files",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "gitlab-ci";

// Keys of a file, and of its defaults.
const STAGES: &str = "stages";
const DEFAULT: &str = "default";
const VARIABLES: &str = "variables";
const BEFORE: &str = "before_script";
const SCRIPT: &str = "script";
const AFTER: &str = "after_script";

/// Keys at the top that are no jobs.
const GLOBAL: &[&str] = &[
    STAGES, DEFAULT, VARIABLES, BEFORE, AFTER, "include", "workflow", "image", "services", "cache",
    "spec",
];

/// What else files with a script below the top are.
const OTHERS: &[&str] =
    &["apiVersion", "jobs", "steps", "runs", "on", "language", "script", "pool"];

fn recognises(text: &str) -> bool {
    let has = |key: &&str| template::top_level_key(text, key).is_some();
    let is_job = |line: &str| {
        let inner = line.trim_start();
        inner.len() < line.len()
            && [SCRIPT, BEFORE, AFTER]
                .iter()
                .any(|key| inner.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    let is_other = OTHERS.iter().any(has);
    !is_other && (text.lines().any(is_job) || has(&BEFORE) && has(&STAGES))
}

/// What is the same for all of a file.
struct File<'t> {
    top: Item<'t>,
    values: Values,
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    for source in sources {
        let mut tree = template::parse(source);
        sink.out.problems.append(&mut tree.problems);
        for document in tree.documents() {
            pipeline(document, &mut sink);
        }
    }
    sink.finish()
}

fn pipeline(top: Item<'_>, sink: &mut Sink<'_>) {
    let mut values = Values::default();
    values.add_variables(top.get(VARIABLES), "");
    let file = File { top, values };
    let mut looks = Looks::default();
    let mut found = Vec::new();
    let mut order = order::Order::of(top);
    for entry in top.entries() {
        let Some(name) = entry.key.text().filter(|name| !GLOBAL.contains(name)) else { continue };
        let Some(job) = job::read(name, entry.value, &file) else { continue };
        order.add(name, &job);
        // What begins with a dot is there for others to inherit.
        if !name.starts_with('.') || job::is_alone(name, top) {
            found.push((name, job::lower(&job, &file, &mut looks, sink), job));
        }
    }
    let jobs = found.into_iter().map(|(name, step, job)| {
        let (name, needs) = (name.to_owned(), order.needs(name));
        pipeline::Job { name, span: job.item.span(), needs, step }
    });
    let procedures = jobs::procedures(jobs.collect(), top.span(), NAME);
    sink.out.procedures.extend(procedures);
}
