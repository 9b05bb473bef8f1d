//! Compose files: the commands that services run.

use crate::frontend::pipeline::code::{self, Code, DOUBLED};
use crate::frontend::pipeline::{self, Job, Runs, Sink, Step, Syntax, Values, argv, jobs};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Failure, Node};
use crate::source::Source;
use template::Item;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Compose files (docker-compose)",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "compose";

const SYNTAX: &[Syntax] = &[DOUBLED];

// Keys of a file and of a service.
const SERVICES: &str = "services";
const COMMAND: &str = "command";
const ENTRYPOINT: &str = "entrypoint";
const IMAGE: &str = "image";
const HEALTH: &str = "healthcheck";

/// Commands that run when a service has started, or is about to stop.
const HOOKS: [&str; 2] = ["post_start", "pre_stop"];

fn recognises(text: &str) -> bool {
    let has = |key: &str| template::top_level_key(text, key).is_some();
    let is_other = ["apiVersion", "jobs", "stages", "steps"].iter().any(|key| has(key));
    let runs = [COMMAND, ENTRYPOINT, HEALTH].iter().any(|key| text.contains(key));
    !is_other && has(SERVICES) && runs
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    pipeline::documents(sources, context, services)
}

fn services(document: Item<'_>, sink: &mut Sink<'_>) {
    let mut found = Vec::new();
    for service in document.get(SERVICES).into_iter().flat_map(Item::entries) {
        let name = service.key.text().unwrap_or_default();
        service_of(name, service.value, &mut found, sink);
    }
    sink.out.procedures.extend(jobs::procedures(found, document.span(), NAME));
}

/// Adds what a service runs.
fn service_of(name: &str, service: Item<'_>, found: &mut Vec<Job>, sink: &mut Sink<'_>) {
    let mut values = Values::default();
    environment(service, &mut values);
    let mut add = |name: String, needs: Vec<String>, nodes: Vec<Node>| {
        let step = Step { nodes, runs: Runs::OnSuccess, look: None };
        found.push(Job { name, span: service.span(), needs, step });
    };
    let keys = if argv::is_command(service.get(COMMAND)) {
        // Whatever starts it most likely runs it.
        [COMMAND].as_slice()
    } else {
        [ENTRYPOINT, COMMAND].as_slice()
    };
    let words = keys.iter().filter_map(|key| service.get(key)).collect::<Vec<_>>();
    let image = service.get_text(IMAGE).filter(|_| service.get(ENTRYPOINT).is_none());
    let mut nodes = run(&words, image, &values, sink);
    let restart = service.get_text("restart").filter(|restart| restart.starts_with("on-failure"));
    if let Some(restart) = restart {
        nodes = pipeline::retried(format!("restart: {restart}"), nodes);
    }
    add(name.to_owned(), completed(service), nodes);
    for key in HOOKS {
        for hook in service.get(key).into_iter().flat_map(Item::items) {
            let nodes = run(hook.get(COMMAND).as_slice(), None, &values, sink);
            add(format!("{name} {key}"), Vec::new(), nodes);
        }
    }
    if let Some(test) = service.get(HEALTH).and_then(|health| health.get("test")) {
        let is_mark = |item: &Item<'_>| matches!(item.text(), Some("CMD" | "CMD-SHELL" | "NONE"));
        let words: Vec<Item<'_>> = test.items().filter(|item| !is_mark(item)).collect();
        let words = if test.is_sequence() { words } else { vec![test] };
        add(format!("{name} {HEALTH}"), Vec::new(), run(&words, None, &values, sink));
    }
}

fn run(items: &[Item<'_>], image: Option<&str>, values: &Values, sink: &mut Sink<'_>) -> Vec<Node> {
    let Some(command) = argv::read(items, image) else { return Vec::new() };
    let argv::Command { lines, join, language, settings, given_to } = command;
    let (syntax, failure) = (SYNTAX, Failure::Raises);
    let code = Code { lines, join, language, settings, given_to, syntax, values, failure };
    code::run(&code, sink).nodes
}

/// The environment: a mapping, or a list of `NAME=value`.
fn environment(service: Item<'_>, values: &mut Values) {
    let given = service.get("environment");
    values.add_variables(given, "");
    for text in given.into_iter().flat_map(Item::items).filter_map(Item::text) {
        if let Some((name, value)) = text.split_once('=') {
            values.add_variable(name, value, "");
        }
    }
}

/// The services that have to be done before one starts.
fn completed(service: Item<'_>) -> Vec<String> {
    let on = service.get("depends_on").into_iter().flat_map(Item::entries);
    let done = on.filter(|entry| {
        entry.value.get_text("condition") == Some("service_completed_successfully")
    });
    done.filter_map(|entry| entry.key.text().map(str::to_owned)).collect()
}
