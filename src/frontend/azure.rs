//! Azure Pipelines: stages of jobs of steps, and templates of these.
//!
//! `job` reads stages and jobs, `step` one step.

use crate::frontend::pipeline::code::EXPRESSION;
use crate::frontend::pipeline::{self, Looks, Sink, Syntax, Values, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::Procedure;
use crate::source::Source;
use template::Item;

mod insertion;
mod job;
mod step;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Azure Pipelines and their templates",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "azure-pipelines";

const SYNTAX: &[Syntax] = &[EXPRESSION, MACRO];

/// `$(variable)`.
const MACRO: Syntax =
    Syntax { open: "$(", close: ")", is_reference: is_variable, breaks_shells: false };

// Keys of a pipeline.
const STAGES: &str = "stages";
const JOBS: &str = "jobs";
const STEPS: &str = "steps";
const VARIABLES: &str = "variables";
const PARAMETERS: &str = "parameters";

/// What steps begin with.
const STEP_KINDS: [&str; 6] =
    ["- script:", "- bash:", "- pwsh:", "- powershell:", "- task:", "- template:"];

/// Keys of stages, of jobs, and of steps.
const STAGE_KEYS: [&str; 1] = ["stage"];
const JOB_KEYS: [&str; 2] = ["job", "deployment"];
const STEP_KEYS: [&str; 6] = ["script", "bash", "pwsh", "powershell", "task", "template"];

/// What a pipeline is made from, and what that is given.
const EXTENDS: &str = "extends";

fn is_variable(text: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !text.is_empty() && text.chars().all(is_name)
}

fn recognises(text: &str) -> bool {
    let has = |key: &&str| template::top_level_key(text, key).is_some();
    let is_other = ["apiVersion", "on", "version", "kind", "runs"].iter().any(has);
    !is_other
        && [STAGES, JOBS, STEPS, EXTENDS].iter().any(has)
        && STEP_KINDS.iter().any(|kind| text.contains(kind))
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    pipeline::documents(sources, context, pipeline)
}

fn pipeline(top: Item<'_>, sink: &mut Sink<'_>) {
    let mut values = Values::default();
    variables(top.get(VARIABLES), &mut values);
    chosen(top, &mut values);
    let mut looks = Looks::default();
    let mut found = Vec::new();
    let extended = top.get(EXTENDS);
    let given = |keys| extended.map(|from| insertion::given(from, keys)).unwrap_or_default();
    for stages in insertion::get(top, STAGES).into_iter().chain(given(&STAGE_KEYS)) {
        found.extend(job::stages(stages, &values, &mut looks, sink));
    }
    for jobs in insertion::get(top, JOBS).into_iter().chain(given(&JOB_KEYS)) {
        found.extend(job::all(jobs, "", &[], &values, &mut looks, sink));
    }
    let procedures = jobs::procedures(found, top.span(), NAME);
    sink.out.procedures.extend(procedures);
    // A document may show steps without the rest.
    let shown = insertion::get(top, STEPS).or_else(|| Some(top).filter(|top| top.is_sequence()));
    for steps in shown.into_iter().chain(given(&STEP_KEYS)) {
        let body = step::all(steps, &values, &mut looks, sink).0;
        let (name, span) = (STEPS.to_owned(), top.span());
        let procedure = Procedure { name, span, frontend: NAME, parameters: Vec::new(), body };
        sink.out.procedures.push(procedure);
    }
}

/// Adds variables: a mapping, or a list of names and values.
fn variables(given: Option<Item<'_>>, values: &mut Values) {
    let Some(given) = given else { return };
    let listed =
        given.items().filter_map(|one| Some((one.get_text("name")?, one.get_text("value")?)));
    let mapped = given.entries().filter_map(|one| Some((one.key.text()?, one.value.text()?)));
    for (name, value) in listed.chain(mapped) {
        values.add_variable(name, value, "");
        values.add_variable(name, value, "variables.");
        let environment = name.to_ascii_uppercase().replace(['.', '-'], "_");
        values.variables.remove(name);
        values.variables.insert(environment, value.to_owned());
    }
}

/// Parameters that have one of a list of values.
fn chosen(top: Item<'_>, values: &mut Values) {
    for parameter in top.get(PARAMETERS).into_iter().flat_map(Item::items) {
        if let (Some(name), Some(list)) = (parameter.get_text("name"), parameter.get("values")) {
            values.add_list(format!("parameters.{name}"), list, false);
        }
    }
}
