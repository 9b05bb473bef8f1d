//! Actions that a step uses: those that run code that they are given, those of
//! the same repository, and those that bindings know.

use super::{File, NAME, SYNTAX};
use crate::frontend::Link;
use crate::frontend::pipeline::code::{self, Code, Join, SHELL};
use crate::frontend::pipeline::{self, Sink, Values, argv};
use crate::frontend::template::Item;
use crate::procedure::{Declaration, Failure, Invocation, Node, Property, Value};

/// The input that most actions take code by.
pub(super) const SCRIPT: &str = "script";

/// An action that runs code that it is given.
struct Runner {
    action: &'static str,
    /// The input with the code.
    code: &'static str,
    language: &'static str,
    /// What stands before it that is not written.
    given_to: &'static str,
    /// The input with the number of tries, if it tries again.
    tries: Option<&'static str>,
}

const RUNNERS: &[Runner] = &[
    Runner { given_to: GIVEN, ..Runner::new("actions/github-script", SCRIPT, "javascript") },
    Runner::new("appleboy/ssh-action", SCRIPT, SHELL),
    Runner::retrying("nick-fields/retry", "command", "max_attempts"),
    Runner::retrying("nick-invision/retry", "command", "max_attempts"),
    Runner::retrying("wandalen/wretry.action", "command", "attempt_limit"),
];

/// What scripts of `actions/github-script` find there.
const GIVEN: &str = "const exec = require('@actions/exec');\n";

impl Runner {
    const fn new(action: &'static str, code: &'static str, language: &'static str) -> Self {
        Self { action, code, language, given_to: "", tries: None }
    }

    const fn retrying(action: &'static str, code: &'static str, tries: &'static str) -> Self {
        Self { action, code, language: SHELL, given_to: "", tries: Some(tries) }
    }
}

/// What using an action does.
pub(super) fn run(
    used: &str,
    step: Item<'_>,
    file: &File<'_>,
    values: &Values,
    sink: &mut Sink<'_>,
) -> Vec<Node> {
    let with = step.get("with");
    if used.starts_with("./") {
        return local(used, with, file);
    }
    let name = name_of(used);
    if let Some(image) = used.strip_prefix("docker://")
        && let Some(with) = with
    {
        let nodes = container(image, with, values, sink);
        if !nodes.is_empty() {
            return nodes;
        }
    }
    let runner = RUNNERS.iter().find(|runner| runner.action == name);
    let Some(runner) = runner else { return bound(&name, step) };
    let Some(line) = with.and_then(|with| with.get(runner.code)) else { return Vec::new() };
    let code = Code {
        lines: vec![line],
        join: Join::Lines,
        language: runner.language,
        settings: "",
        given_to: runner.given_to,
        syntax: SYNTAX,
        values,
        failure: Failure::Raises,
    };
    let nodes = code::run(&code, sink).nodes;
    match runner.tries {
        Some(tries) => {
            let given = with.and_then(|with| with.get_text(tries)).unwrap_or("several");
            pipeline::retried(format!("{tries}: {given}"), nodes)
        }
        None => nodes,
    }
}

/// What a container runs that is a step.
fn container(image: &str, with: Item<'_>, values: &Values, sink: &mut Sink<'_>) -> Vec<Node> {
    let own = with.get("entrypoint");
    let items: Vec<Item<'_>> = own.into_iter().chain(with.get("args")).collect();
    let image = Some(image).filter(|_| own.is_none());
    let Some(command) = argv::read(&items, image) else { return Vec::new() };
    let argv::Command { lines, join, language, settings, given_to } = command;
    let (syntax, failure) = (SYNTAX, Failure::Raises);
    let code = Code { lines, join, language, settings, given_to, syntax, values, failure };
    code::run(&code, sink).nodes
}

/// The name of an action without its version, and without where its image is.
fn name_of(used: &str) -> String {
    let image = used.strip_prefix("docker://");
    let name = used.split('@').next().unwrap_or(used).to_ascii_lowercase();
    let Some(image) = image else { return name };
    let image = image.split('@').next().unwrap_or(image).to_ascii_lowercase();
    let (path, last) = image.rsplit_once('/').unwrap_or(("", &image));
    let last = last.split(':').next().unwrap_or(last);
    format!("{}/{last}", path.rsplit('/').next().unwrap_or(path))
}

/// A use of an action of which bindings may know what it calls.
fn bound(name: &str, step: Item<'_>) -> Vec<Node> {
    if !BOUND.contains(&name) {
        return Vec::new();
    }
    let given = ["with", "env"].into_iter().filter_map(|key| step.get(key));
    let properties = given.flat_map(Item::entries).filter_map(|entry| {
        let name = entry.key.text()?.to_owned();
        let text = entry.value.text()?;
        let value =
            if text.contains("${{") { Value::unknown(text) } else { Value::Text(text.to_owned()) };
        Some(Property { name, value, span: entry.value.span() })
    });
    let declaration = Declaration {
        address: step.get_text("name").unwrap_or(name).to_owned(),
        kind: name.to_owned(),
        span: step.span(),
        frontend: NAME,
        properties: properties.collect(),
    };
    vec![Node::Expand(declaration)]
}

/// Actions that bindings know.
const BOUND: [&str; 1] = ["hongfs/ecs-command-actions"];

/// A run of an action or a workflow of the same repository, if it is at hand.
pub(super) fn local(used: &str, with: Option<Item<'_>>, file: &File<'_>) -> Vec<Node> {
    let Some(path) = used.strip_prefix("./") else { return Vec::new() };
    let path = path.trim_end_matches('/');
    let is_it = |known: &str| {
        let stem = known.strip_suffix("/action.yml").or_else(|| known.strip_suffix("/action.yaml"));
        let named = stem.unwrap_or(known);
        named == path || named.strip_suffix(path).is_some_and(|before| before.ends_with('/'))
    };
    let Some(unit) = file.units.iter().find(|unit| is_it(unit.path)) else { return Vec::new() };
    let given = given(with);
    let run = |(span, _): &(crate::source::Span, Vec<String>)| {
        let (procedure, failure) = (*span, Failure::Raises);
        let given = given.clone();
        Node::Invoke(Invocation { procedure, given, failure, process: false, body: Vec::new() })
    };
    unit.procedures.iter().map(run).collect()
}

/// What inputs are given, under the names by which the code refers to them.
fn given(with: Option<Item<'_>>) -> Vec<(String, Value)> {
    let entries = with.into_iter().flat_map(Item::entries);
    let inputs = entries.filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)));
    let named = inputs.flat_map(|(name, text)| {
        let value =
            if text.contains("${{") { Value::unknown(text) } else { Value::Text(text.to_owned()) };
        let spaced = format!("${{{{ inputs.{name} }}}}");
        let tight = format!("${{{{inputs.{name}}}}}");
        [(spaced, value.clone()), (tight, value)]
    });
    named.collect()
}

/// The files that a text may use: paths from the top of the repository, which is
/// some folders up.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches([' ', '-', '\t']);
        let Some(used) = line.strip_prefix("uses:") else { continue };
        let used = used.trim().trim_matches(['"', '\'']);
        let used = used.split([' ', '"', '\'']).next().unwrap_or_default();
        let Some(path) = used.strip_prefix("./") else { continue };
        let path = path.trim_end_matches('/');
        let is_file = path.contains(".yml") || path.contains(".yaml");
        let names: &[&str] = if is_file { &[""] } else { &["/action.yml", "/action.yaml"] };
        for up in ["", "../../", "../../../"] {
            links.extend(names.iter().map(|name| Link::File(format!("{up}{path}{name}"))));
        }
    }
    links
}
