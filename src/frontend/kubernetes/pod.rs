//! Pods, in whatever object makes them.

use super::{NAME, container};
use crate::frontend::pipeline::code::BRACES;
use crate::frontend::pipeline::{self, Runs, Sink, Step, Syntax, Values, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node, Procedure};

/// `$(VARIABLE)`, and what Helm fills in.
const SYNTAX: &[Syntax] =
    &[Syntax { open: "$(", close: ")", is_reference: is_variable, breaks_shells: false }, BRACES];

// Keys of a pod and of what makes pods.
const CONTAINERS: &str = "containers";
const FIRST: &str = "initContainers";
const RESTART: &str = "restartPolicy";
const BACKOFF: &str = "backoffLimit";

/// Where the specification of a pod may be in that of an object.
const WITHIN: [&str; 4] = ["template", "jobTemplate", "spec", "podTemplate"];

/// Commands that run beside the container's own: keys of the container, and where
/// below them.
const HOOKS: [(&str, &str); 5] = [
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("startupProbe", ""),
    ("readinessProbe", ""),
    ("livenessProbe", ""),
];

fn is_variable(text: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !text.is_empty() && text.chars().all(is_name)
}

/// Adds the procedures of the pods that an object's specification makes.
pub(super) fn all(name: &str, spec: Item<'_>, sink: &mut Sink<'_>) {
    let mut at = spec;
    let mut tries = None;
    // A pod's specification is a few steps down.
    for _ in 0..8 {
        tries = at.get_text(BACKOFF).or(tries);
        if at.get(CONTAINERS).is_some() || at.get(FIRST).is_some() {
            return pod(name, at, tries, sink);
        }
        let Some(next) = WITHIN.iter().find_map(|key| at.get(key)) else { return };
        at = next;
    }
}

fn pod(name: &str, pod: Item<'_>, tries: Option<&str>, sink: &mut Sink<'_>) {
    let values = Values::default();
    let run = |container, sink: &mut Sink<'_>| {
        let ran = container::run(container, SYNTAX, &values, Failure::Raises, sink);
        Step { nodes: ran.nodes, runs: Runs::OnSuccess, look: ran.look }
    };
    let first = pod.get(FIRST).into_iter().flat_map(Item::items);
    let mut before: Vec<Step> = first.map(|container| run(container, sink)).collect();
    let containers = pod.get(CONTAINERS).into_iter().flat_map(Item::items);
    let mut procedures = Vec::new();
    for container in containers {
        // Containers run at the same time; the first ones run once.
        let mut all = std::mem::take(&mut before);
        all.push(run(container, sink));
        let nodes = retried(pod, tries, steps::in_order(all));
        let suffix =
            if procedures.is_empty() { "" } else { container.get_text("name").unwrap_or("") };
        procedures.push((format!("{name} {suffix}").trim_end().to_owned(), pod, nodes));
        for (key, below) in HOOKS {
            let hook = container
                .get(key)
                .and_then(|hook| if below.is_empty() { Some(hook) } else { hook.get(below) });
            let Some(exec) = hook.and_then(|hook| hook.get("exec")) else { continue };
            let step = run(exec, sink);
            let what = if below.is_empty() { key } else { below };
            procedures.push((format!("{name} {what}"), exec, step.nodes));
        }
    }
    if procedures.is_empty() {
        procedures.push((name.to_owned(), pod, steps::in_order(before)));
    }
    for (name, item, body) in procedures {
        let (span, frontend, parameters) = (item.span(), NAME, Vec::new());
        sink.out.procedures.push(Procedure { name, span, frontend, parameters, body });
    }
}

/// What a job tries again because it says so.
fn retried(pod: Item<'_>, tries: Option<&str>, nodes: Vec<Node>) -> Vec<Node> {
    let restarts = pod.get_text(RESTART) == Some("OnFailure");
    match tries {
        Some("0") => nodes,
        Some(tries) => pipeline::retried(format!("{BACKOFF}: {tries}"), nodes),
        None if restarts => pipeline::retried(format!("{RESTART}: OnFailure"), nodes),
        None => nodes,
    }
}
