//! Reads the steps of a job.

use super::{STEP_KEYS, SYNTAX, insertion};
use crate::frontend::pipeline::code::{self, Code, Join, Ran, SHELL};
use crate::frontend::pipeline::{self, Look, Looks, Runs, Sink, Step, Values, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

/// Steps that are code, and its language.
const CODE: [(&str, &str); 4] =
    [("script", SHELL), ("bash", SHELL), ("pwsh", "powershell"), ("powershell", "powershell")];

/// Tasks that run code: what their names begin with, the inputs that may hold it,
/// and its language.
const TASKS: [(&str, &[&str], &str); 7] = [
    ("bash@", &["script"], SHELL),
    ("cmdline@", &["script"], SHELL),
    ("azurecli@", &["inlinescript"], SHELL),
    ("ssh@", &["inline", "commands"], SHELL),
    ("powershell@", &["script"], "powershell"),
    ("azurepowershell@", &["inline"], "powershell"),
    ("pythonscript@", &["script"], "python"),
];

/// The longest condition that is quoted, in characters.
const LONGEST: usize = 120;

/// Steps in their order, and the look that all of their success takes.
pub(super) fn all(
    items: Item<'_>,
    values: &Values,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    let mut found = Vec::new();
    for item in items.items() {
        collect(item, values, looks, sink, &mut found);
    }
    let look = found.iter().rev().find_map(|step| step.look.clone());
    (steps::in_order(found), look)
}

/// Adds a step, or those that an expression puts in: `- ${{ if … }}: […]`.
fn collect(
    item: Item<'_>,
    values: &Values,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
    found: &mut Vec<Step>,
) {
    let inserted = item.sole_entry().filter(|entry| entry.value.is_sequence());
    let expression = inserted.and_then(|entry| Some((entry.key.text()?, entry.value)));
    if let Some((condition, inner)) = expression.filter(|(key, _)| key.starts_with("${{")) {
        let (nodes, look) = all(inner, values, looks, sink);
        let nodes = steps::on_condition(&shown(condition), nodes);
        return found.push(Step { nodes, runs: Runs::OnSuccess, look });
    }
    found.push(one(item, values, looks, sink));
    for given in insertion::given(item, &STEP_KEYS) {
        let (nodes, look) = all(given, values, looks, sink);
        found.push(Step { nodes, runs: Runs::OnSuccess, look });
    }
}

fn one(item: Item<'_>, values: &Values, looks: &mut Looks, sink: &mut Sink<'_>) -> Step {
    let Some((line, language)) = code_of(item) else { return Step::default() };
    let mut values = values.clone();
    values.add_variables(item.get("env"), "");
    let failure = pipeline::tolerated(item.get("continueOnError"));
    let code = Code {
        lines: vec![line],
        join: Join::Lines,
        language,
        settings: "",
        given_to: "",
        syntax: SYNTAX,
        values: &values,
        failure: Failure::Raises,
    };
    let Ran { mut nodes, look } = code::run(&code, sink);
    looks.add(line.text().unwrap_or_default(), &nodes);
    if item.get("timeoutInMinutes").is_some() {
        pipeline::limit(&mut nodes);
    }
    let tries = item.get_text("retryCountOnTaskFailure").filter(|tries| *tries != "0");
    if let Some(tries) = tries {
        nodes = pipeline::retried(format!("retryCountOnTaskFailure: {tries}"), nodes);
    }
    nodes = pipeline::failing(item.span(), failure, nodes);
    if item.get("enabled").and_then(Item::as_bool) == Some(false) {
        nodes = steps::on_condition("enabled", nodes);
    }
    let (nodes, runs) = conditional(item.get("condition"), nodes, looks);
    let look = look.filter(|_| runs == Runs::OnSuccess && failure == Failure::Raises);
    Step { nodes, runs, look }
}

/// The code of a step and its language.
fn code_of(item: Item<'_>) -> Option<(Item<'_>, &'static str)> {
    if let Some(found) = CODE.iter().find_map(|(key, language)| Some((item.get(key)?, *language))) {
        return Some(found);
    }
    let task = item.get_text("task")?.to_ascii_lowercase();
    let (_, inputs, language) = TASKS.iter().find(|(name, ..)| task.starts_with(name))?;
    let given = item.get("inputs")?;
    let is_code = |key: &str| inputs.iter().any(|input| key.eq_ignore_ascii_case(input));
    let line = given.entries().find(|entry| entry.key.text().is_some_and(is_code))?.value;
    // An Azure CLI task says in which shell its script is.
    let kind = given.get_text("scriptType").unwrap_or_default();
    let language = match kind {
        "ps" | "pscore" => "powershell",
        "batch" => return None,
        _ => language,
    };
    Some((line, language))
}

/// Puts nodes under a condition, and says when they run.
pub(super) fn conditional(
    condition: Option<Item<'_>>,
    nodes: Vec<Node>,
    looks: &Looks,
) -> (Vec<Node>, Runs) {
    let Some((item, text)) = condition.and_then(|item| Some((item, item.text()?))) else {
        return (nodes, Runs::OnSuccess);
    };
    let plain: String = text.split_whitespace().collect();
    let runs = match plain.as_str() {
        plain if plain.contains("always()") || plain.contains("succeededOrFailed()") => {
            Runs::Always
        }
        plain if plain.contains("failed()") => Runs::OnFailure,
        _ => Runs::OnSuccess,
    };
    if let Some(look) = looks.of(text, item.span()) {
        return (steps::guarded(&look, nodes), runs);
    }
    let is_status = plain.ends_with("()") || plain.eq_ignore_ascii_case("true");
    if is_status {
        return (nodes, runs);
    }
    (steps::on_condition(&shown(text), nodes), runs)
}

fn shown(condition: &str) -> String {
    condition.trim().chars().take(LONGEST).collect()
}
