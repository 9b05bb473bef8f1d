//! Drone and Woodpecker: pipelines of steps in containers.

use crate::frontend::pipeline::code::{self, Code, DOUBLED, ERREXIT, Join, Ran, SHELL};
use crate::frontend::pipeline::{self, Job, Looks, Runs, Sink, Step, Syntax, Values, jobs, steps};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::Failure;
use crate::source::Source;
use template::Item;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Drone and Woodpecker pipelines",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "drone";

const SYNTAX: &[Syntax] = &[DOUBLED];

/// What holds the steps: the second is the name in older versions.
const STEPS: [&str; 2] = ["steps", "pipeline"];

// Keys of pipelines and steps.
const KIND: &str = "kind";
const COMMANDS: &str = "commands";
const ENVIRONMENT: &str = "environment";
const MATRIX: &str = "matrix";
const DEPENDS: &str = "depends_on";
const WHEN: &str = "when";

fn recognises(text: &str) -> bool {
    let kind = template::top_level_key(text, KIND);
    let is_drone = kind.is_some_and(|kind| kind.trim_matches(['"', '\'']) == "pipeline");
    let has = |key: &str| template::top_level_key(text, key).is_some();
    let is_other = ["apiVersion", "on", "jobs", "stages"].iter().any(|key| has(key));
    is_drone
        || !is_other
            && kind.is_none()
            && STEPS.iter().any(|key| has(key))
            && text.contains("commands:")
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    for source in sources {
        let mut tree = template::parse(source);
        sink.out.problems.append(&mut tree.problems);
        let mut found = Vec::new();
        let mut looks = Looks::default();
        let mut span = None;
        for (number, document) in tree.documents().enumerate() {
            span = span.or_else(|| Some(document.span()));
            found.extend(pipeline(document, number, &mut looks, &mut sink));
        }
        if let Some(span) = span {
            sink.out.procedures.extend(jobs::procedures(found, span, NAME));
        }
    }
    sink.finish()
}

fn pipeline(top: Item<'_>, number: usize, looks: &mut Looks, sink: &mut Sink<'_>) -> Option<Job> {
    let list = STEPS.iter().find_map(|key| top.get(key))?;
    let mut values = Values::default();
    values.add_variables(top.get(ENVIRONMENT), "");
    matrix(top, &mut values);
    let named = list.entries().map(|entry| entry.value);
    let mut found = Vec::new();
    for item in list.items().chain(named) {
        found.push(step(item, &values, looks, sink));
    }
    let look = found.iter().rev().find_map(|step| step.look.clone());
    let runs = runs_on(top.get("trigger").unwrap_or(top));
    let step = Step { nodes: steps::in_order(found), runs, look };
    let needs = top.get(DEPENDS).map(pipeline::texts).unwrap_or_default();
    let name =
        top.get_text("name").map_or_else(|| format!("pipeline {}", number + 1), str::to_owned);
    Some(Job { name, span: top.span(), needs, step })
}

fn step(item: Item<'_>, values: &Values, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    let mut values = values.clone();
    values.add_variables(item.get(ENVIRONMENT), "");
    let remote = || item.get("settings").and_then(|settings| settings.get("script"));
    let (commands, settings) = match (item.get(COMMANDS), remote()) {
        (Some(commands), _) => (commands, ERREXIT),
        // A plug-in that runs it on another machine.
        (None, Some(script)) => (script, ""),
        _ => return Step::default(),
    };
    let alone = Some(commands).filter(|commands| !commands.is_sequence());
    let lines: Vec<Item<'_>> = commands.items().chain(alone).collect();
    let text: String = lines.iter().filter_map(|line| line.text()).collect();
    let ignored = item.get_text("failure") == Some("ignore");
    let failure = if ignored { Failure::Discarded } else { Failure::Raises };
    let (language, join) = (SHELL, Join::Lines);
    let (given_to, syntax, values) = ("", SYNTAX, &values);
    let code = Code { lines, join, language, settings, given_to, syntax, values, failure };
    let Ran { nodes, look } = code::run(&code, sink);
    looks.add(&text, &nodes);
    let runs = runs_on(item);
    Step { nodes, runs, look: look.filter(|_| runs == Runs::OnSuccess) }
}

/// After which statuses something runs.
fn runs_on(item: Item<'_>) -> Runs {
    let when = item.get(WHEN).unwrap_or(item);
    let listed = when.items().chain([when]).filter_map(|one| one.get("status"));
    let statuses: Vec<String> = listed.flat_map(pipeline::texts).collect();
    let has = |status: &str| statuses.iter().any(|one| one == status);
    match (has("success"), has("failure")) {
        (true, true) => Runs::Always,
        (false, true) => Runs::OnFailure,
        _ => Runs::OnSuccess,
    }
}

/// The variables that differ between runs.
fn matrix(top: Item<'_>, values: &mut Values) {
    for axis in top.get(MATRIX).into_iter().flat_map(Item::entries) {
        if let Some(name) = axis.key.text().filter(|name| *name != "include") {
            values.add_list(name.to_owned(), axis.value, true);
        }
    }
}
