//! OOS templates (Operation Orchestration Service): one procedure of the tasks,
//! in the order that their jumps give.

use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Declaration, Node, Procedure, Value};
use crate::source::Source;
use template::Item;
use template::code::{self, References};

mod created;
mod flow;
mod graph;
mod guard;
mod task;
mod value;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "OOS templates (YAML, JSON)",
    globs: &["*.yaml", "*.yml", "*.json", "*.template"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&["OOS-"]],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

const NAME: &str = "oos";

// Keys of a template.
const FORMAT_VERSION: &str = "FormatVersion";
const TASKS: &str = "Tasks";
const PARAMETERS: &str = "Parameters";

/// What values of [`FORMAT_VERSION`] start with: `OOS-2019-06-01`.
const VERSIONS: &str = "OOS-";

fn recognises(text: &str) -> bool {
    let version = template::top_level_key(text, FORMAT_VERSION);
    version.is_some_and(|version| version.trim_start_matches(['"', '\'']).starts_with(VERSIONS))
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_text(source, "template", context));
    }
    lowered
}

fn lower_text(source: &Source<'_>, name: &str, context: Context<'_>) -> Lowered {
    let mut tree = template::parse(source);
    let problems = std::mem::take(&mut tree.problems);
    let mut lowered = Lowered { problems, ..Lowered::default() };
    for document in tree.documents().filter(|document| is_template(*document)) {
        lowered.extend(lower_template(document, name, context));
    }
    lowered
}

/// Whether a mapping is an OOS template.
pub(super) fn is_template(item: Item<'_>) -> bool {
    item.get_text(FORMAT_VERSION).is_some_and(|version| version.starts_with(VERSIONS))
}

/// Lowers a template, be it a file's or one that stands in another template.
pub(super) fn lower_template(template: Item<'_>, name: &str, context: Context<'_>) -> Lowered {
    let Some(tasks) = template.get(TASKS) else { return Lowered::default() };
    let mut lowered = Lowered::default();
    let graph = graph::Graph::new(tasks.items().filter(|task| task.is_mapping()));
    let looks = guard::Looks::of(&graph.tasks);
    let scope = task::Scope { parameters: template.get(PARAMETERS), looks: &looks, context };
    let mut steps = Vec::new();
    for task in &graph.tasks {
        let mut step = task::lower(task, &scope);
        lowered.extend(step.embedded);
        steps.push(std::mem::take(&mut step.nodes));
    }
    let creators = created::Creators::of(&graph.tasks, context.catalogue);
    for nodes in &mut steps {
        creators.mark(nodes);
    }
    let body = flow::structure(&graph, &looks, steps);
    if !body.is_empty() {
        let name = name.to_owned();
        let procedure =
            Procedure { name, span: template.span(), frontend: NAME, parameters: Vec::new(), body };
        lowered.procedures.insert(0, procedure);
    }
    lowered
}

/// What running a template does of which another template gives the name and the
/// parameters; none if it is read by itself.
pub(super) fn named_template(name: &Value, run: Declaration) -> Option<Node> {
    match name {
        Value::Text(name) if task::published(name) => {
            Some(Node::Expand(Declaration { kind: name.clone(), ..run }))
        }
        Value::Text(name) => Some(task::unread_template(name, run.span)),
        Value::Unknown(unknown) if unknown.declared.is_some() => None,
        Value::Unknown(unknown) => Some(task::unread_template(&unknown.text, run.span)),
        Value::List(_) | Value::Map(_) | Value::Absent => None,
    }
}

/// Lowers what a property holds of a template: a mapping, its text, or either
/// of two by `Fn::If`. Recursion goes no deeper than the tree is high.
pub(super) fn lower_content(held: Item<'_>, name: &str, context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    match held.function() {
        Some(("Str", written)) => return lower_content(written, name, context),
        Some(("If", ways)) => {
            for way in ways.items().skip(1) {
                lowered.extend(lower_content(way, name, context));
            }
            return lowered;
        }
        _ => {}
    }
    if is_template(held) {
        return lower_template(held, name, context);
    }
    match code::assemble(held, References::Dollar) {
        Some(source) if source.may_embed() && recognises(&source.text) => {
            lower_text(&source, name, context)
        }
        _ => lowered,
    }
}
