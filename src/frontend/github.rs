//! GitHub Actions: workflows, whose jobs are put in the order in which they need
//! each other, and composite actions.
//!
//! `job` reads a job and its steps, `step` one step, `shell` says what runs a
//! step's code, `uses` what an action runs that a step uses.

use crate::frontend::pipeline::code::EXPRESSION;
use crate::frontend::pipeline::{self, Sink, Syntax, Values, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::Procedure;
use crate::source::{Source, Span};
use template::Item;

mod job;
mod shell;
mod step;
mod uses;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "GitHub Actions workflows and composite actions",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::Linked(uses::links),
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "github-actions";

const SYNTAX: &[Syntax] = &[EXPRESSION];

// Keys of workflows and actions.
const ON: &str = "on";
const TRIGGERS: &str = "triggers";
const JOBS: &str = "jobs";
const RUNS: &str = "runs";
const USING: &str = "using";
const STEPS: &str = "steps";
const ENV: &str = "env";
const INPUTS: &str = "inputs";

fn recognises(text: &str) -> bool {
    let has = |key| template::top_level_key(text, key).is_some();
    // AoneCI writes the same and calls what starts it otherwise.
    let is_workflow = has(JOBS) && (has(ON) || has(TRIGGERS) || text.contains("runs-on"));
    is_workflow || has(RUNS) && text.contains(USING)
}

/// Something that other files can use: the file and the procedures it has.
struct Unit<'u> {
    path: &'u str,
    procedures: Vec<(Span, Vec<String>)>,
}

/// What is the same for all of a file.
struct File<'f> {
    units: &'f [Unit<'f>],
    values: Values,
    /// What runs steps that do not say it.
    shell: Option<&'f str>,
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    let trees: Vec<_> = sources.iter().map(|source| (source, template::parse(source))).collect();
    let units: Vec<Unit<'_>> = trees
        .iter()
        .map(|(source, tree)| {
            let procedures = tree.documents().flat_map(usable).collect();
            Unit { path: &source.path, procedures }
        })
        .collect();
    for (_, tree) in &trees {
        sink.out.problems.extend(tree.problems.iter().cloned());
        for document in tree.documents() {
            if document.get(JOBS).is_some() {
                workflow(document, &units, &mut sink);
            } else if is_composite(document) {
                action(document, &units, &mut sink);
            } else {
                part(document, &units, &mut sink);
            }
        }
    }
    sink.finish()
}

/// Where the procedures of a document are that others can run, and what these
/// call what they are given.
fn usable(document: Item<'_>) -> Vec<(Span, Vec<String>)> {
    if is_composite(document) {
        return vec![(document.span(), parameters(document.get(INPUTS)))];
    }
    let call = document.get(ON).and_then(|on| on.get("workflow_call"));
    let given = parameters(call.and_then(|call| call.get(INPUTS)));
    let jobs = document.get(JOBS).into_iter().flat_map(Item::entries);
    let spans = jobs.map(|job| job.value.span()).chain([document.span()]);
    spans.map(|span| (span, given.clone())).collect()
}

/// How inputs are written where they are used.
fn parameters(inputs: Option<Item<'_>>) -> Vec<String> {
    let names = inputs.into_iter().flat_map(Item::entries).filter_map(|entry| entry.key.text());
    names
        .flat_map(|name| [format!("${{{{ inputs.{name} }}}}"), format!("${{{{inputs.{name}}}}}")])
        .collect()
}

fn is_composite(document: Item<'_>) -> bool {
    let runs = document.get(RUNS);
    runs.and_then(|runs| runs.get_text(USING)).is_some_and(|using| using == "composite")
}

fn workflow(document: Item<'_>, units: &[Unit<'_>], sink: &mut Sink<'_>) {
    let mut values = Values::default();
    chosen(document, &mut values);
    values.add_variables(document.get(ENV), "env.");
    let shell = shell::default_of(document);
    let file = File { units, values, shell };
    let jobs = job::all(document, &file, sink);
    let parameters = usable(document).into_iter().next().map(|(_, given)| given);
    let mut procedures = jobs::procedures(jobs, document.span(), NAME);
    for procedure in &mut procedures {
        procedure.parameters = parameters.clone().unwrap_or_default();
    }
    sink.out.procedures.extend(procedures);
}

/// What those who start a workflow by hand can choose between.
fn chosen(document: Item<'_>, values: &mut Values) {
    let dispatch = document.get(ON).and_then(|on| on.get("workflow_dispatch"));
    let inputs = dispatch.and_then(|dispatch| dispatch.get(INPUTS));
    for input in inputs.into_iter().flat_map(Item::entries) {
        if let (Some(name), Some(options)) = (input.key.text(), input.value.get("options")) {
            values.add_list(format!("inputs.{name}"), options, false);
            values.add_list(format!("github.event.inputs.{name}"), options, false);
        }
    }
}

/// Steps without the rest of a workflow, as documents show them.
fn part(document: Item<'_>, units: &[Unit<'_>], sink: &mut Sink<'_>) {
    let file = File { units, values: Values::default(), shell: None };
    let steps = document.get(STEPS).unwrap_or(document);
    let body = step::all(steps.items(), &file, sink).0;
    if !body.is_empty() {
        let (name, span) = (STEPS.to_owned(), document.span());
        let parameters = Vec::new();
        sink.out.procedures.push(Procedure { name, span, frontend: NAME, parameters, body });
    }
}

fn action(document: Item<'_>, units: &[Unit<'_>], sink: &mut Sink<'_>) {
    let file = File { units, values: Values::default(), shell: None };
    let steps = document.get(RUNS).and_then(|runs| runs.get(STEPS));
    let steps = steps.into_iter().flat_map(Item::items);
    let body = step::all(steps, &file, sink).0;
    let name = document.get_text("name").unwrap_or("action").to_owned();
    let parameters = parameters(document.get(INPUTS));
    let span = document.span();
    sink.out.procedures.push(Procedure { name, span, frontend: NAME, parameters, body });
}
