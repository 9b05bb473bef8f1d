//! GitLab CI: jobs with scripts in stages.
//!
//! `job` reads a job with what it inherits, `script` its scripts, `order` says
//! which jobs wait for which, and `include` which files are read with one.

use crate::frontend::pipeline::{self, Looks, Sink, Values, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;
use template::Item;

mod include;
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
    grouping: Grouping::Linked(include::links),
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
    let is_other = OTHERS.iter().any(has);
    !is_other && (has_job(text) || has(&BEFORE) && has(&STAGES))
}

/// Whether a key at the top has a script right below it, as jobs do.
fn has_job(text: &str) -> bool {
    // How far in the keys are that the last key at the top has, if it has some.
    let mut level = None;
    let mut is_open = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let inner = line.trim_start();
        let depth = line.len() - inner.len();
        if inner.is_empty() {
            continue;
        }
        if depth == 0 {
            (is_open, level) = (!inner.starts_with('-'), None);
            continue;
        }
        let is_key = *level.get_or_insert(depth) == depth && !inner.starts_with('-');
        let is_script =
            |key: &&str| inner.strip_prefix(*key).is_some_and(|rest| rest.starts_with(':'));
        if is_open && is_key && [SCRIPT, BEFORE, AFTER].iter().any(is_script) {
            return true;
        }
    }
    false
}

/// What is the same for all of a file.
struct File<'t> {
    top: Item<'t>,
    /// The tops of the files that it is read with.
    others: Vec<Item<'t>>,
    values: Values,
}

impl<'t> File<'t> {
    /// Its own top, and then those of the files that it is read with.
    fn tops(&self) -> impl Iterator<Item = Item<'t>> {
        std::iter::once(self.top).chain(self.others.iter().copied())
    }

    /// What a key at the top stands for, here or elsewhere.
    fn named(&self, name: &str) -> Option<Item<'t>> {
        self.tops().find_map(|top| top.get(name))
    }
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    let mut trees: Vec<_> = sources.iter().map(template::parse).collect();
    for tree in &mut trees {
        sink.out.problems.append(&mut tree.problems);
    }
    for (number, tree) in trees.iter().enumerate() {
        let others = include::with(number, &trees);
        for document in tree.documents() {
            pipeline(document, others.clone(), &mut sink);
        }
    }
    sink.finish()
}

fn pipeline<'t>(top: Item<'t>, others: Vec<Item<'t>>, sink: &mut Sink<'_>) {
    let mut values = Values::default();
    for other in others.iter().rev().chain([&top]) {
        values.add_variables(other.get(VARIABLES), "");
    }
    let file = File { top, others, values };
    let mut looks = Looks::default();
    let mut found = Vec::new();
    let mut order = order::Order::of(top);
    for entry in top.entries() {
        let Some(name) = entry.key.text().filter(|name| !GLOBAL.contains(name)) else { continue };
        let Some(job) = job::read(name, entry.value, &file) else { continue };
        order.add(name, &job);
        // What begins with a dot is there for others to inherit.
        if !name.starts_with('.') || job::is_alone(name, &file) {
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
