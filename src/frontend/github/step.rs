//! Steps of a job or of a composite action.

use super::{ENV, File, SYNTAX, shell, uses};
use crate::frontend::pipeline::code::{self, Code, Join, Ran};
use crate::frontend::pipeline::{self, Look, Looks, Runs, Sink, Step, Values, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

// Keys of a step.
const RUN: &str = "run";
const SHELL: &str = "shell";
const IF: &str = "if";
const ID: &str = "id";
const USES: &str = "uses";
const WITH: &str = "with";
const TOLERANT: &str = "continue-on-error";
const TIMEOUT: &str = "timeout-minutes";

/// The longest condition that is quoted, in characters.
const LONGEST: usize = 120;

/// Steps in their order, and the look that all of their success takes.
pub(super) fn all<'t>(
    items: impl Iterator<Item = Item<'t>>,
    file: &File<'_>,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    read(items, file, &mut Looks::default(), sink)
}

/// The same, with what earlier steps have found out of locks.
pub(super) fn read<'t>(
    items: impl Iterator<Item = Item<'t>>,
    file: &File<'_>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    let mut found: Vec<Step> = Vec::new();
    let mut last = None;
    let mut before: Option<&str> = None;
    for item in items {
        let step = one(item, file, looks, sink);
        last = step.look.clone().or(last);
        let asked = before.filter(|id| asks_for_success(item, id));
        match found.last_mut().zip(asked) {
            Some((earlier, _)) if step.runs == Runs::OnSuccess => {
                earlier.nodes =
                    steps::if_successful(std::mem::take(&mut earlier.nodes), step.nodes);
                // Others may ask for the same.
                before = None;
            }
            _ => {
                found.push(step);
                before = item.get_text(ID);
            }
        }
    }
    (steps::in_order(found), last)
}

/// Whether a step runs only if the one of a name has worked, tolerated or not.
fn asks_for_success(item: Item<'_>, id: &str) -> bool {
    let condition = item.get_text(IF).unwrap_or_default();
    let plain: String = condition.split_whitespace().collect();
    let plain = plain.trim_start_matches("${{").trim_end_matches("}}").replace('"', "'");
    let asks = [format!("steps.{id}.outcome=='success'"), format!("steps.{id}.outcome!='failure'")];
    asks.contains(&plain)
}

fn one(item: Item<'_>, file: &File<'_>, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    let mut values = file.values.clone();
    values.add_variables(item.get(ENV), "env.");
    let failure = pipeline::tolerated(item.get(TOLERANT));
    let Ran { mut nodes, look } = match (item.get(RUN), item.get_text(USES)) {
        (Some(run), _) => command(run, item, file, &values, failure, sink),
        (None, Some(used)) => {
            let nodes = uses::run(used, item, file, &values, sink);
            Ran { nodes: pipeline::failing(item.span(), failure, nodes), look: None }
        }
        _ => Ran::default(),
    };
    let text = item.get_text(RUN).or_else(|| item.get(WITH)?.get_text(uses::SCRIPT));
    looks.add(text.unwrap_or_default(), &nodes);
    if item.get(TIMEOUT).is_some() {
        pipeline::limit(&mut nodes);
    }
    let (nodes, runs) = Conditions { looks }.apply(item.get(IF), nodes);
    let look = look.filter(|_| item.get(IF).is_none());
    Step { nodes, runs, look }
}

fn command(
    run: Item<'_>,
    step: Item<'_>,
    file: &File<'_>,
    values: &Values,
    failure: Failure,
    sink: &mut Sink<'_>,
) -> Ran {
    let shell = shell::read(step.get_text(SHELL).or(file.shell));
    let code = Code {
        lines: vec![run],
        join: Join::Lines,
        language: shell.language,
        settings: shell.settings,
        given_to: "",
        syntax: SYNTAX,
        values,
        failure,
    };
    code::run(&code, sink)
}

/// Conditions of steps and jobs.
pub(super) struct Conditions<'l> {
    pub(super) looks: &'l Looks,
}

impl Conditions<'_> {
    /// Puts nodes under a condition, and says when they run.
    pub(super) fn apply(&self, condition: Option<Item<'_>>, nodes: Vec<Node>) -> (Vec<Node>, Runs) {
        let Some((item, text)) = condition.and_then(|item| Some((item, item.text()?))) else {
            return (nodes, Runs::OnSuccess);
        };
        let text = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        let plain: String = text.split_whitespace().collect();
        let either =
            plain.contains("success()||failure()") || plain.contains("failure()||success()");
        let runs = match plain.as_str() {
            _ if either => Runs::Always,
            plain if plain.contains("always()") || plain.contains("!cancelled()") => Runs::Always,
            plain if plain.contains("!failure()") => Runs::OnSuccess,
            plain if plain.contains("failure()") || plain.contains("cancelled()") => {
                Runs::OnFailure
            }
            _ => Runs::OnSuccess,
        };
        if let Some(look) = self.looks.of(text, item.span()) {
            return (steps::guarded(&look, nodes), runs);
        }
        let is_status =
            plain.ends_with("()") && !plain.contains("&&") || either && plain.len() < 24;
        if is_status || plain == "true" {
            return (nodes, runs);
        }
        let shown: String = text.chars().take(LONGEST).collect();
        (steps::on_condition(&shown, nodes), runs)
    }
}
