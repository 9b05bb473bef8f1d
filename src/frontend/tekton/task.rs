//! Reads the steps of a task.

use super::SYNTAX;
use crate::frontend::kubernetes::container;
use crate::frontend::pipeline::code::{ERREXIT, Ran};
use crate::frontend::pipeline::{self, Look, Looks, Runs, Sink, Step, Values, steps as order};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

/// The parameter that tasks take a script by.
const SCRIPT: &str = "script";

/// The steps of a task in their order, and the look that all of their success
/// takes.
pub(super) fn steps(
    spec: Item<'_>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    let items = spec.get("steps").into_iter().flat_map(Item::items);
    let found: Vec<Step> = items.map(|item| step(item, looks, sink)).collect();
    let look = found.iter().rev().find_map(|step| step.look.clone());
    (order::in_order(found), look)
}

/// One step.
pub(super) fn step(item: Item<'_>, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    let tolerant = item.get_text("onError") == Some("continue");
    let failure = if tolerant { Failure::Discarded } else { Failure::Raises };
    let values = Values::default();
    let Ran { mut nodes, look } = match item.get("script") {
        Some(script) => container::script(item, script, (SYNTAX, ERREXIT), &values, failure, sink),
        None => container::run(item, SYNTAX, &values, failure, sink),
    };
    looks.add(item.get_text("script").unwrap_or_default(), &nodes);
    if item.get("timeout").is_some() {
        pipeline::limit(&mut nodes);
    }
    Step { nodes, runs: Runs::OnSuccess, look }
}

/// What a task from elsewhere runs of what it is given: a script.
pub(super) fn given(item: Item<'_>, sink: &mut Sink<'_>) -> Vec<Node> {
    let named = item.get("taskRef").and_then(|_| item.get("params"));
    let is_script = |param: &Item<'_>| {
        param.get_text("name").is_some_and(|name| name.eq_ignore_ascii_case(SCRIPT))
    };
    let mut scripts = named.into_iter().flat_map(Item::items).filter(is_script);
    let script = scripts.next().and_then(|param| param.get("value"));
    let Some(script) = script.filter(|script| script.text().is_some()) else { return Vec::new() };
    let (values, how) = (Values::default(), (SYNTAX, ""));
    container::script(item, script, how, &values, Failure::Raises, sink).nodes
}
