//! What a task repeats and what becomes of its failures: its loop, its retries,
//! its condition.

use super::graph::Task;
use super::task::Scope;
use super::value::{MOST_ITEMS, reference, refers, text};
use crate::frontend::template::Item;
use crate::procedure::{Arm, Attempt, Bound, Failure, Handler, Node, Repetition};

// Keys of a task, of its loop and of its properties.
const PROPERTIES: &str = "Properties";
const LOOP: &str = "Loop";
const ITEMS: &str = "Items";
const RATE: &str = "RateControl";
const MAX_ERRORS: &str = "MaxErrors";
const WHEN: &str = "When";
const RETRIES: &str = "Retries";
const SELECTOR: &str = "PropertySelector";
const WANTED: &str = "DesiredValues";
const UNWANTED: &str = "NotDesiredValues";
const DEFAULT: &str = "Default";

// Actions that look at a property; the first one polls whether its task says so
// or not.
const WAITING: &str = "ACS::WaitFor";
const CHECKING: &str = "ACS::CheckFor";

/// A task's own nodes inside its retries, its loop and its condition.
pub(super) fn surrounded(task: &Task<'_>, nodes: Vec<Node>, scope: &Scope<'_>) -> Vec<Node> {
    let mut nodes = tried(task, nodes);
    if let Some(repeats) = task.item.get(LOOP) {
        let most = repeats.get(RATE).and_then(|rate| max_errors(rate, scope));
        let most = most.or_else(|| repeats.get(MAX_ERRORS));
        nodes = vec![over_items(repeats.get(ITEMS).unwrap_or(repeats), most, nodes, scope)];
    }
    if let Some(when) = task.item.get(WHEN) {
        let body = scope.looks.guarded(when, nodes);
        nodes = vec![Node::Branch(vec![Arm { condition: Some(text(when)), body }])];
    }
    nodes
}

/// What runs once for each item, of which some may fail.
pub(super) fn over_items(
    items: Item<'_>,
    max_errors: Option<Item<'_>>,
    body: Vec<Node>,
    scope: &Scope<'_>,
) -> Node {
    let body = match tolerance(max_errors, items, scope) {
        Some(silent) => passed_over(body, silent),
        None => body,
    };
    let condition = text(items);
    Node::Loop(Repetition {
        condition,
        conditional: false,
        bound: Bound::Unseen,
        body,
        ..Repetition::default()
    })
}

/// How many failures a rate control allows.
pub(super) fn max_errors<'t>(rate: Item<'t>, scope: &Scope<'t>) -> Option<Item<'t>> {
    default_of(rate, scope).get(MAX_ERRORS)
}

/// Steps whose failure leads to what follows them; silently if it was thrown away
/// on purpose.
pub(super) fn passed_over(mut nodes: Vec<Node>, silent: bool) -> Vec<Node> {
    match nodes.as_mut_slice() {
        [Node::Call(operation)] if operation.failure == Failure::Raises => {
            operation.failure = if silent { Failure::Discarded } else { Failure::Continues };
            nodes
        }
        [Node::Branch(arms)] => {
            for arm in arms {
                arm.body = passed_over(std::mem::take(&mut arm.body), silent);
            }
            nodes
        }
        [] => nodes,
        _ => {
            let handler = Handler {
                catches: None,
                leaves: false,
                silent,
                body: Vec::new(),
                ..Handler::default()
            };
            let handlers = vec![handler];
            vec![Node::Attempt(Attempt { body: nodes, handlers, finally: Vec::new() })]
        }
    }
}

/// Whether the failure of items lets the loop pass; true if it is sure to, so
/// that it tells nobody. All items fail that act on a locked instance.
fn tolerance(max_errors: Option<Item<'_>>, items: Item<'_>, scope: &Scope<'_>) -> Option<bool> {
    let written = default_of(max_errors?, scope).text()?.trim();
    if let Some(percentage) = written.strip_suffix('%') {
        return (percentage.trim().parse::<f64>().ok()? >= 100.0).then_some(true);
    }
    let most: usize = written.parse().ok().filter(|most| *most > 0)?;
    match items.items().len() {
        0 if items.is_sequence() => None,
        0 => Some(most >= MOST_ITEMS),
        count => (count <= most).then_some(true),
    }
}

/// What a value is unless somebody who runs the template says otherwise.
fn default_of<'t>(item: Item<'t>, scope: &Scope<'t>) -> Item<'t> {
    let parameter = reference(item).and_then(|name| scope.parameters?.get(name));
    parameter.and_then(|parameter| parameter.get(DEFAULT)).unwrap_or(item)
}

/// What a task tries again: a look until it sees what it is to see, anything else
/// until it works.
fn tried(task: &Task<'_>, nodes: Vec<Node>) -> Vec<Node> {
    let retries = task.item.get(RETRIES);
    let is_retried = retries.is_some_and(|retries| refers(retries) || retries.text() != Some("0"));
    let waits = task.action.eq_ignore_ascii_case(WAITING);
    if nodes.is_empty() || !is_retried && !waits {
        return nodes;
    }
    let looks = waits || task.action.eq_ignore_ascii_case(CHECKING);
    let awaited = task.item.get(PROPERTIES).filter(|_| looks).and_then(awaited);
    let condition = awaited.unwrap_or_else(|| format!("{} succeeds", task.name));
    let body = if looks { nodes } else { again(nodes) };
    let bound = Bound::Fails;
    vec![Node::Loop(Repetition {
        condition,
        conditional: true,
        retries: !looks,
        bound,
        body,
        ..Repetition::default()
    })]
}

/// Steps whose failure leads back to their start.
fn again(nodes: Vec<Node>) -> Vec<Node> {
    let handler = Handler {
        catches: None,
        leaves: false,
        silent: false,
        body: Vec::new(),
        ..Handler::default()
    };
    vec![Node::Attempt(Attempt { body: nodes, handlers: vec![handler], finally: Vec::new() })]
}

/// What a look waits for.
fn awaited(properties: Item<'_>) -> Option<String> {
    let selector = text(properties.get(SELECTOR)?);
    let wanted = properties.get(WANTED).map(|wanted| format!("is one of {}", text(wanted)));
    let unwanted = properties.get(UNWANTED).map(|never| format!("is none of {}", text(never)));
    Some(format!("{selector} {}", wanted.or(unwanted)?))
}
