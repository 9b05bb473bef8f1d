//! Tasks of a pipeline, in the order in which they use each other's results.

use super::{name_of, task};
use crate::frontend::pipeline::{self, Job, Look, Looks, Runs, Sink, Step, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Invocation, Node};

/// How a value names a task whose result it is.
const RESULTS: &str = "$(tasks.";

/// The tasks of a pipeline, and those that run in any case at its end.
pub(super) fn jobs(spec: Item<'_>, all: &[Item<'_>], sink: &mut Sink<'_>) -> Vec<Job> {
    let mut looks = Looks::default();
    let mut found: Vec<Job> = Vec::new();
    for item in spec.get("tasks").into_iter().flat_map(Item::items) {
        found.extend(job(item, all, &mut looks, sink));
    }
    let before: Vec<String> = found.iter().rev().map(|job| job.name.clone()).take(64).collect();
    for item in spec.get("finally").into_iter().flat_map(Item::items) {
        if let Some(mut job) = job(item, all, &mut looks, sink) {
            job.needs.clone_from(&before);
            job.step.runs = Runs::Always;
            found.push(job);
        }
    }
    found
}

fn job(item: Item<'_>, all: &[Item<'_>], looks: &mut Looks, sink: &mut Sink<'_>) -> Option<Job> {
    let name = item.get_text("name")?.to_owned();
    let (mut nodes, look) = run(item, all, looks, sink);
    if let Some(tries) = item.get_text("retries").filter(|tries| *tries != "0") {
        nodes = pipeline::retried(format!("retries: {tries}"), nodes);
    }
    let tolerant = item.get_text("onError") == Some("continue");
    let failure = if tolerant { Failure::Discarded } else { Failure::Raises };
    nodes = pipeline::failing(item.span(), failure, nodes);
    for when in item.get("when").into_iter().flat_map(Item::items) {
        nodes = conditional(when, nodes, looks);
    }
    let mut needs = item.get("runAfter").map(pipeline::texts).unwrap_or_default();
    used(item, &mut needs);
    Some(Job { name, span: item.span(), needs, step: Step { nodes, runs: Runs::OnSuccess, look } })
}

/// What a task does: its own steps, or those of a task in the same file.
fn run(
    item: Item<'_>,
    all: &[Item<'_>],
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    if let Some(spec) = item.get("taskSpec") {
        return task::steps(spec, looks, sink);
    }
    let named = item.get("taskRef").and_then(|named| named.get_text("name"));
    let Some(name) = named else { return (Vec::new(), None) };
    let is_it = |object: &&Item<'_>| {
        name_of(**object) == Some(name)
            && object.get_text("kind").is_some_and(|kind| kind.ends_with("Task"))
    };
    let Some(task) = all.iter().find(is_it) else { return (task::given(item, sink), None) };
    let (procedure, failure) = (task.span(), Failure::Raises);
    let (given, process, body) = (Vec::new(), false, Vec::new());
    (vec![Node::Invoke(Invocation { procedure, given, failure, process, body })], None)
}

/// `when`: an input that is among values, or is not.
fn conditional(when: Item<'_>, nodes: Vec<Node>, looks: &Looks) -> Vec<Node> {
    let input = when.get_text("input").or_else(|| when.get_text("cel")).unwrap_or_default();
    let sign = if when.get_text("operator") == Some("notin") { "!=" } else { "==" };
    let values = when.get("values").map(pipeline::texts).unwrap_or_default();
    let condition = match values.as_slice() {
        [] => input.to_owned(),
        values => format!("{input} {sign} '{}'", values.join("', '")),
    };
    match looks.of(&condition, when.span()) {
        Some(look) => steps::guarded(&look, nodes),
        None => steps::on_condition(&condition, nodes),
    }
}

/// Adds the tasks whose results an item uses.
fn used(item: Item<'_>, needs: &mut Vec<String>) {
    let text = item.source().text.get(item.range()).unwrap_or_default();
    for (at, _) in text.match_indices(RESULTS).take(64) {
        let name = text[at + RESULTS.len()..].split('.').next().unwrap_or_default();
        if !needs.iter().any(|known| known == name) {
            needs.push(name.to_owned());
        }
    }
}
