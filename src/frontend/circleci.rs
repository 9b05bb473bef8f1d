//! `CircleCI`: jobs of steps, commands that jobs share, and workflows of jobs.
//!
//! `step` reads one step.

use crate::frontend::pipeline::{self, Job, Looks, Runs, Sink, Step, Syntax, Values, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;
use template::{Entry, Item};

mod step;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "CircleCI configurations",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "circleci";

/// `<< parameters.name >>`.
const SYNTAX: &[Syntax] =
    &[Syntax { open: "<<", close: ">>", is_reference: is_expression, breaks_shells: true }];

// Keys of a configuration.
const JOBS: &str = "jobs";
const COMMANDS: &str = "commands";
const WORKFLOWS: &str = "workflows";
const STEPS: &str = "steps";
const PARAMETERS: &str = "parameters";
const ENVIRONMENT: &str = "environment";

fn is_expression(text: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._- ".contains(letter);
    text.contains('.') && text.chars().all(is_name)
}

fn recognises(text: &str) -> bool {
    let has = |key: &&str| template::top_level_key(text, key).is_some();
    let is_other = ["apiVersion", "on", "services"].iter().any(has);
    let has_steps = text.contains("- run:") || text.contains("- run\n");
    !is_other && has(&"version") && [JOBS, COMMANDS].iter().any(has) && has_steps
        || !is_other && (has(&COMMANDS) || has(&JOBS)) && has(&"description") && has_steps
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    pipeline::documents(sources, context, configuration)
}

fn configuration(top: Item<'_>, sink: &mut Sink<'_>) {
    let mut used = Vec::new();
    for workflow in top.get(WORKFLOWS).into_iter().flat_map(Item::entries) {
        let listed = workflow.value.get(JOBS).into_iter().flat_map(Item::items);
        let mut looks = Looks::default();
        let mut found = Vec::new();
        for listed in listed {
            let (name, settings) = match listed.sole_entry() {
                Some(entry) => (entry.key.text(), Some(entry.value)),
                None => (listed.text(), None),
            };
            let Some(name) = name else { continue };
            used.push(name);
            let mut own = job(name, settings, top, &mut looks, sink);
            around(name, settings, top, &mut own, sink);
            found.extend(own);
        }
        let procedures = jobs::procedures(found, top.span(), NAME);
        sink.out.procedures.extend(procedures);
    }
    let mut looks = Looks::default();
    let alone = |entry: &Entry<'_>| entry.key.text().is_some_and(|name| !used.contains(&name));
    let names = top.get(JOBS).into_iter().flat_map(Item::entries).filter(alone);
    let names: Vec<&str> = names.filter_map(|entry| entry.key.text()).collect();
    for name in names {
        let found = job(name, None, top, &mut looks, sink).into_iter().collect();
        sink.out.procedures.extend(jobs::procedures(found, top.span(), NAME));
    }
    commands(top, sink);
}

/// Commands that no job here uses are used elsewhere.
fn commands(top: Item<'_>, sink: &mut Sink<'_>) {
    if top.get(JOBS).is_some() {
        return;
    }
    for command in top.get(COMMANDS).into_iter().flat_map(Item::entries) {
        let mut looks = Looks::default();
        let mut values = Values::default();
        chosen(command.value, None, &mut values);
        let scope = step::Scope { top, values, shell: None, depth: 0 };
        let (nodes, look) = step::all(command.value.get(STEPS), &scope, &mut looks, sink);
        let name = command.key.text().unwrap_or_default().to_owned();
        let step = Step { nodes, runs: Runs::OnSuccess, look };
        let job = Job { name, span: command.value.span(), needs: Vec::new(), step };
        sink.out.procedures.extend(jobs::procedures(vec![job], top.span(), NAME));
    }
}

/// A job as a workflow runs it.
fn job(
    name: &str,
    settings: Option<Item<'_>>,
    top: Item<'_>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> Option<Job> {
    let item = top.get(JOBS)?.get(name)?;
    let mut values = Values::default();
    values.add_variables(item.get(ENVIRONMENT), "");
    chosen(item, settings, &mut values);
    let mut runs: Vec<Item<'_>> = settings.into_iter().collect();
    runs.extend(settings.and_then(|settings| settings.get("matrix")?.get(PARAMETERS)));
    for run in runs.iter().skip(1) {
        for axis in run.entries() {
            if let Some(name) = axis.key.text() {
                values.add_list(format!("parameters.{name}"), axis.value, true);
            }
        }
    }
    let shell = item.get_text("shell");
    let scope = step::Scope { top, values, shell, depth: 0 };
    let (nodes, look) = step::all(item.get(STEPS), &scope, looks, sink);
    let needs = settings.and_then(|settings| settings.get("requires"));
    let needs = needs.map(required).unwrap_or_default();
    let name = settings.and_then(|settings| settings.get_text("name")).unwrap_or(name);
    let step = Step { nodes, runs: Runs::OnSuccess, look };
    Some(Job { name: name.to_owned(), span: item.span(), needs, step })
}

/// Puts the steps that a workflow adds around those of a job, which may be one
/// from elsewhere.
fn around(
    name: &str,
    settings: Option<Item<'_>>,
    top: Item<'_>,
    own: &mut Option<Job>,
    sink: &mut Sink<'_>,
) {
    let Some(settings) = settings else { return };
    let scope = step::Scope { top, values: Values::default(), shell: None, depth: 0 };
    let mut looks = Looks::default();
    let mut added =
        |key: &str, sink: &mut Sink<'_>| step::all(settings.get(key), &scope, &mut looks, sink).0;
    let (before, after) = (added("pre-steps", sink), added("post-steps", sink));
    if before.is_empty() && after.is_empty() {
        return;
    }
    let job = own.get_or_insert_with(|| Job {
        name: name.to_owned(),
        span: settings.span(),
        needs: settings.get("requires").map(required).unwrap_or_default(),
        step: Step::default(),
    });
    job.step.nodes.splice(0..0, before);
    job.step.nodes.extend(after);
}

/// The jobs that one requires: names, or names with the status that they must
/// end with.
fn required(list: Item<'_>) -> Vec<String> {
    let name =
        |item: Item<'_>| item.text().or_else(|| item.sole_entry()?.key.text()).map(str::to_owned);
    list.items().filter_map(name).collect()
}

/// Adds what parameters are: what is given, or their default, or one of those
/// that they may be.
fn chosen(item: Item<'_>, given: Option<Item<'_>>, values: &mut Values) {
    for parameter in item.get(PARAMETERS).into_iter().flat_map(Item::entries) {
        let Some(name) = parameter.key.text() else { continue };
        let known = given
            .and_then(|given| given.get(name))
            .or_else(|| parameter.value.get("default").filter(|_| given.is_some()));
        let expression = format!("parameters.{name}");
        match (known.and_then(Item::text), parameter.value.get("enum")) {
            (Some(text), _) if !text.contains("<<") => {
                values.add_texts(expression, vec![text.to_owned()], true);
            }
            (None, Some(list)) => values.add_list(expression, list, false),
            _ => {}
        }
    }
}
