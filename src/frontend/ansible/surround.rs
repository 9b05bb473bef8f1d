//! What the keywords of a task make of what it runs: its retries, its loop, its
//! failures, its condition.

use std::collections::HashSet;
use std::rc::Rc;

use super::action::Action;
use super::run::Run;
use super::scope::{Frame, Over};
use super::task::{is_false, is_true};
use super::value::MOST_ITEMS;
use crate::frontend::error_code;
use crate::frontend::template::Item;
use crate::procedure::{Arm, Attempt, Bound, Failure, Handler, Leave, Node, Repetition, Value};

/// What follows the name of an answer where somebody looks at its failure.
const CHECKS: &[&str] = &[
    ".rc",
    ".failed",
    ".stderr",
    ".msg",
    ".success",
    ".succeeded",
    ".exception",
    " is failed",
    " is not failed",
    " is failure",
    " is success",
    " is succeeded",
    " is not success",
    " is not succeeded",
    " is changed",
    "|failed",
    " | failed",
    "|success",
    " | success",
    "|succeeded",
    " | succeeded",
];

/// The keywords of loops whose items are a list.
const LISTS: &[&str] = &["loop", "with_items", "with_list", "with_flattened", "with_dict"];

/// Whether a task is a loop.
pub(super) fn loops(task: Item<'_>) -> bool {
    over(task).is_some()
}

/// The keyword of a task's loop, and what that goes over.
fn over(task: Item<'_>) -> Option<(&str, Item<'_>)> {
    let mut entries = task.entries().filter_map(|entry| Some((entry.key.text()?, entry.value)));
    entries.find(|(key, _)| *key == "loop" || key.starts_with("with_"))
}

impl<'t> Run<'_, 't> {
    /// The frame inside of a task's loop.
    pub(super) fn looping(&mut self, task: Item<'t>, frame: &Rc<Frame<'t>>) -> Rc<Frame<'t>> {
        let Some((keyword, items)) = over(task) else { return Rc::clone(frame) };
        let control = task.get("loop_control");
        let name = control.and_then(|control| control.get_text("loop_var")).unwrap_or("item");
        let known =
            if LISTS.contains(&keyword) { self.items(keyword, items, frame) } else { Vec::new() };
        let text = items.text().map_or_else(|| items.render(), str::to_owned);
        Frame::looping(frame, name.to_owned(), Over { items: known, text })
    }

    /// The items of a loop, if they are known and not too many.
    fn items(&self, keyword: &str, items: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Value> {
        let items = match self.value(items, frame) {
            Value::List(items) if keyword == "loop" || keyword == "with_list" => items,
            Value::List(items) => items.into_iter().flat_map(flattened).collect(),
            Value::Map(entries) if keyword == "with_dict" => {
                entries.into_iter().map(pair).collect()
            }
            Value::Text(text) if keyword == "with_items" => vec![Value::Text(text)],
            _ => Vec::new(),
        };
        if items.len() > MOST_ITEMS { Vec::new() } else { items }
    }

    /// A task's own steps with all that its keywords say around them.
    pub(super) fn surrounded(
        &mut self,
        task: Item<'t>,
        action: &Action<'t>,
        mut nodes: Vec<Node>,
        frame: &Rc<Frame<'t>>,
    ) -> Vec<Node> {
        let is_block = action.name == "block";
        let tolerated = if is_block { None } else { self.tolerated(task, frame) };
        let repeats = task.get("until").is_some() || task.get("retries").is_some();
        let when = task.get("when");
        if nodes.is_empty() {
            return nodes;
        }
        if repeats {
            nodes = retried(task, nodes);
        }
        if let Some((_, items)) = over(task) {
            let condition = items.text().map_or_else(|| items.render(), str::to_owned);
            nodes = each(condition, nodes);
        }
        if let Some(tolerance) = tolerated {
            nodes = passed_over(nodes, &tolerance);
        }
        if let Some(when) = when {
            nodes = self.conditional(when, nodes, frame);
        }
        nodes
    }

    /// Steps that only run under a condition.
    pub(super) fn conditional(
        &self,
        when: Item<'t>,
        nodes: Vec<Node>,
        frame: &Rc<Frame<'t>>,
    ) -> Vec<Node> {
        let is_looked_at = self.assurance(when, frame).unlocked_if_true;
        let mut body = nodes;
        if is_looked_at {
            body = vec![self.guarded(when, body)];
        }
        vec![Node::Branch(vec![Arm { condition: Some(when.render()), body }])]
    }

    /// How a task's failure is passed over, if it is.
    fn tolerated(&mut self, task: Item<'t>, frame: &Rc<Frame<'t>>) -> Option<Tolerance> {
        let failed_when = task.get("failed_when");
        let ignored = task.get("ignore_errors");
        let is_ignored = is_true(ignored) || ignored.is_none() && frame.rules.ignores_errors;
        if is_ignored || is_false(failed_when) {
            let register = task.get_text("register");
            let is_checked = register.is_some_and(|name| self.is_checked(name));
            return Some(Tolerance { silent: !is_checked, ..Tolerance::default() });
        }
        // What runs beside the play fails beside it.
        if is_false(task.get("poll")) && task.get("async").is_some() {
            return Some(Tolerance::default());
        }
        let written = failed_when?.render();
        let codes = error_code::named(&written);
        let excepts = written.contains("not in") || written.contains("!=");
        (excepts && !codes.is_empty()).then_some(Tolerance {
            silent: true,
            codes,
            catches: Some(written),
        })
    }

    /// Whether the text of the file looks at the failure of an answer.
    fn is_checked(&mut self, name: &str) -> bool {
        let text = self.files.text(self.file);
        self.checked.entry(self.file).or_insert_with(|| checked(text)).contains(name)
    }
}

/// How a failure is passed over.
#[derive(Clone, Debug, Default)]
struct Tolerance {
    /// Whether nobody learns of it.
    silent: bool,
    /// The error codes that it is about; all if there are none.
    codes: Vec<String>,
    catches: Option<String>,
}

/// The names whose failure a text looks at.
fn checked(text: &str) -> HashSet<&str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut names = HashSet::new();
    for check in CHECKS {
        for at in memchr::memmem::find_iter(text.as_bytes(), check.as_bytes()) {
            let start = text[..at].rfind(|letter| !is_part(letter)).map_or(0, |end| end + 1);
            // What comes before is one byte long or the start of a letter.
            names.extend(text.get(start..at));
        }
    }
    names
}

/// Steps that are tried again until they work, or until something is so.
fn retried(task: Item<'_>, nodes: Vec<Node>) -> Vec<Node> {
    if let Some(until) = task.get("until").map(Item::render)
        && ends_at_code(&until)
    {
        return given_up(until, nodes);
    }
    let again = Handler { leaves: false, ..Handler::default() };
    let body =
        vec![Node::Attempt(Attempt { body: nodes, handlers: vec![again], finally: Vec::new() })];
    let condition = task.get("until").map_or_else(|| "it succeeds".to_owned(), Item::render);
    vec![Node::Loop(Repetition {
        condition,
        conditional: true,
        retries: true,
        bound: Bound::Fails,
        body,
        ..Repetition::default()
    })]
}

/// Whether the tries end where an answer names an error code.
fn ends_at_code(until: &str) -> bool {
    let excepts = until.contains("not in") || until.contains("!=") || until.contains("not ");
    !excepts && !error_code::named(until).is_empty()
}

/// Steps that are tried again but for these errors, with which the task fails.
fn given_up(until: String, nodes: Vec<Node>) -> Vec<Node> {
    let told = Handler {
        codes: error_code::named(&until),
        catches: Some(until),
        leaves: true,
        body: vec![Node::Leave(Leave::Raise)],
        ..Handler::default()
    };
    vec![Node::Attempt(Attempt { body: nodes, handlers: vec![told], finally: Vec::new() })]
}

/// Steps that run for each item. What is one such loop already stays so.
fn each(condition: String, nodes: Vec<Node>) -> Vec<Node> {
    vec![Node::Loop(Repetition { condition, body: nodes, ..Repetition::default() })]
}

/// Steps whose failure leads to what follows them.
fn passed_over(mut nodes: Vec<Node>, tolerance: &Tolerance) -> Vec<Node> {
    let failure = if tolerance.silent { Failure::Discarded } else { Failure::Continues };
    if let [Node::Invoke(invocation)] = nodes.as_mut_slice()
        && tolerance.codes.is_empty()
    {
        invocation.failure = failure;
        return nodes;
    }
    if nodes.is_empty() {
        return nodes;
    }
    let named = Handler {
        catches: tolerance.catches.clone(),
        codes: tolerance.codes.clone(),
        silent: tolerance.silent,
        ..Handler::default()
    };
    let mut handlers = vec![named];
    if tolerance.catches.is_some() {
        let body = vec![Node::Leave(Leave::Raise)];
        handlers.push(Handler { leaves: true, body, ..Handler::default() });
    }
    vec![Node::Attempt(Attempt { body: nodes, handlers, finally: Vec::new() })]
}

/// The items of an item of `with_items`, which takes lists apart.
fn flattened(value: Value) -> Vec<Value> {
    match value {
        Value::List(items) => items,
        other => vec![other],
    }
}

/// An item of `with_dict`.
fn pair((key, value): (String, Value)) -> Value {
    Value::Map(vec![("key".to_owned(), Value::Text(key)), ("value".to_owned(), value)])
}
