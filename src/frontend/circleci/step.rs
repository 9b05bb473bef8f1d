//! Steps of a job or of a command.

use super::{COMMANDS, ENVIRONMENT, STEPS, SYNTAX, chosen};
use crate::frontend::interpreted_by;
use crate::frontend::pipeline::code::{self, Code, Join, PIPEFAIL, Ran, SHELL};
use crate::frontend::pipeline::{Look, Looks, Runs, Sink, Step, Values, argv, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

/// How deep commands that use commands are followed.
const DEEPEST: usize = 8;

/// What is known where steps stand.
pub(super) struct Scope<'t> {
    pub(super) top: Item<'t>,
    pub(super) values: Values,
    pub(super) shell: Option<&'t str>,
    pub(super) depth: usize,
}

/// Steps in their order, and the look that all of their success takes.
pub(super) fn all<'t>(
    items: Option<Item<'t>>,
    scope: &Scope<'t>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    let items = items.into_iter().flat_map(Item::items);
    let found: Vec<Step> = items.map(|item| one(item, scope, looks, sink)).collect();
    let look = found.iter().rev().find_map(|step| step.look.clone());
    (steps::in_order(found), look)
}

fn one<'t>(item: Item<'t>, scope: &Scope<'t>, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    if let Some(name) = item.text() {
        return command(name, None, scope, looks, sink);
    }
    let Some(entry) = item.sole_entry() else { return Step::default() };
    match entry.key.text() {
        Some("run") => run(entry.value, scope, looks, sink),
        Some(word @ ("when" | "unless")) => {
            let (nodes, look) = all(entry.value.get(STEPS), scope, looks, sink);
            let condition = entry.value.get("condition").map(Item::render).unwrap_or_default();
            let shown = if word == "when" { condition } else { format!("not {condition}") };
            Step { nodes: steps::on_condition(&shown, nodes), runs: Runs::OnSuccess, look }
        }
        Some(name) => command(name, Some(entry.value), scope, looks, sink),
        None => Step::default(),
    }
}

/// A command that is defined in the configuration, in the place of its use.
fn command<'t>(
    name: &str,
    given: Option<Item<'t>>,
    scope: &Scope<'t>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> Step {
    let defined = scope.top.get(COMMANDS).and_then(|commands| commands.get(name));
    let Some(defined) = defined.filter(|_| scope.depth < DEEPEST) else { return Step::default() };
    let mut values = scope.values.clone();
    // The parameters of a command are its own.
    values.expressions.retain(|name, _| !name.starts_with("parameters."));
    chosen(defined, Some(given.unwrap_or(defined)), &mut values);
    let scope = Scope { top: scope.top, values, shell: scope.shell, depth: scope.depth + 1 };
    let (nodes, look) = all(defined.get(STEPS), &scope, looks, sink);
    Step { nodes, runs: Runs::OnSuccess, look }
}

fn run(item: Item<'_>, scope: &Scope<'_>, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    let Some(line) = item.get("command").or(Some(item)).filter(|line| line.text().is_some()) else {
        return Step::default();
    };
    let mut values = scope.values.clone();
    values.add_variables(item.get(ENVIRONMENT), "");
    let (language, settings) = shell(item.get_text("shell").or(scope.shell));
    let code = Code {
        lines: vec![line],
        join: Join::Lines,
        language: code::language_of(line.text().unwrap_or_default(), language),
        settings,
        given_to: "",
        syntax: SYNTAX,
        values: &values,
        failure: Failure::Raises,
    };
    let Ran { nodes, look } = code::run(&code, sink);
    looks.add(line.text().unwrap_or_default(), &nodes);
    let runs = match item.get_text("when") {
        Some("always") => Runs::Always,
        Some("on_fail") => Runs::OnFailure,
        _ => Runs::OnSuccess,
    };
    Step { nodes, runs, look: look.filter(|_| runs == Runs::OnSuccess) }
}

/// The language and the settings of a shell's command line.
fn shell(shell: Option<&str>) -> (&'static str, &'static str) {
    let Some(shell) = shell else { return (SHELL, PIPEFAIL) };
    let mut words = shell.split_whitespace();
    let language = words.next().and_then(|name| interpreted_by(std::iter::once(name)).ok());
    (language.unwrap_or(""), argv::settings(words))
}
