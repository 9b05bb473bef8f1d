//! One task: the API that it calls, or the cloud product action that it uses.

use super::graph::Task;
use super::guard::Looks;
use super::value::{entries, reference, refers, text, value};
use crate::frontend::template::Item;
use crate::frontend::template::code::References;
use crate::frontend::template::script::{self, Script};
use crate::frontend::{Context, Lowered};
use crate::procedure::{
    Action, Arguments, Arm, Declaration, Evidence, Failure, Node, Operation, Property, Repetition,
};
use crate::source::Span;

// Keys of a task and of its properties.
const PROPERTIES: &str = "Properties";
const PARAMETERS: &str = "Parameters";
const SERVICE: &str = "Service";
const API: &str = "API";
const TEMPLATE_NAME: &str = "TemplateName";
const TEMPLATE_CONTENT: &str = "TemplateContent";
const LOOP: &str = "Loop";
const ITEMS: &str = "Items";
const WHEN: &str = "When";

/// Atomic actions that call the API which their properties name.
const CALLING: [&str; 3] = ["ACS::ExecuteAPI", "ACS::WaitFor", "ACS::CheckFor"];
/// The atomic action that runs another template.
const EMBEDDING: &str = "ACS::Template";
/// What the names of published templates start with.
const PUBLIC: &str = "ACS-";
/// Our product, in the spelling of the documentation.
const PRODUCT: &str = "ECS";

/// What a task's values may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'t> {
    /// The template's parameters.
    pub(super) parameters: Option<Item<'t>>,
    /// What the tasks find out of the lock state.
    pub(super) looks: &'t Looks<'t>,
    /// What the front end may ask.
    pub(super) context: Context<'t>,
}

/// What came out of a task.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// What it runs, with its loop and condition around it.
    pub(super) nodes: Vec<Node>,
    /// What was found in code that it carries.
    pub(super) embedded: Lowered,
}

/// Lowers a task by itself; jumps are left to the flow.
pub(super) fn lower(task: &Task<'_>, scope: &Scope<'_>) -> Step {
    let mut step = Step::default();
    let Some(properties) = task.item.get(PROPERTIES) else {
        if is_product_action(task.action) {
            step.nodes = surrounded(task.item, vec![expand(task, task.action, None)], scope);
        }
        return step;
    };
    if CALLING.iter().any(|action| action.eq_ignore_ascii_case(task.action)) {
        step.nodes = calls(task, properties, scope);
        if let Some(parameters) = properties.get(PARAMETERS).filter(|_| !step.nodes.is_empty()) {
            step.embedded = command(task, parameters, scope);
        }
    } else if EMBEDDING.eq_ignore_ascii_case(task.action) {
        step = template(task, properties, scope);
    } else if is_product_action(task.action) {
        step.nodes.push(expand(task, task.action, Some(properties)));
        step.embedded = command(task, properties, scope);
    }
    if !step.nodes.is_empty() {
        step.nodes = surrounded(task.item, step.nodes, scope);
    }
    step
}

/// Whether it is a cloud product action: `ACS::ECS::RebootInstance`.
fn is_product_action(action: &str) -> bool {
    let mut parts = action.split("::");
    parts.next().is_some_and(|first| first.eq_ignore_ascii_case("ACS")) && parts.count() >= 2
}

fn expand(task: &Task<'_>, kind: &str, properties: Option<Item<'_>>) -> Node {
    let entries = properties.into_iter().flat_map(Item::entries);
    let properties = entries.map(|entry| Property {
        name: entry.key.render(),
        value: value(entry.value),
        span: entry.key.span_to(entry.value),
    });
    Node::Expand(Declaration {
        address: task.name.to_owned(),
        kind: kind.to_owned(),
        span: task.item.span(),
        frontend: super::NAME,
        properties: properties.collect(),
    })
}

/// The template that a task runs: one written out, or one of a name.
fn template(task: &Task<'_>, properties: Item<'_>, scope: &Scope<'_>) -> Step {
    if let Some(content) = properties.get(TEMPLATE_CONTENT) {
        return inline(task, content, scope);
    }
    let run = |name: &str| {
        if published(name) {
            expand(task, name, properties.get(PARAMETERS))
        } else {
            unread_template(name, task.item.span())
        }
    };
    let nodes = match Choice::of(properties.get(TEMPLATE_NAME), scope) {
        Choice::Known(name) => vec![run(name)],
        Choice::OneOf(names) => {
            let runs = names.into_iter().map(|name| (name, run(name))).collect();
            alternatives(runs, properties.get(TEMPLATE_NAME))
        }
        Choice::Unknown(name) => vec![unread_template(&name, task.item.span())],
    };
    Step { nodes, embedded: Lowered::default() }
}

/// Whether a template is published with the service, so that bindings may know
/// it: a cloud product action, or `ACS-ECS-BulkyStartInstances`.
pub(super) fn published(name: &str) -> bool {
    is_product_action(name) || name.starts_with(PUBLIC)
}

/// What stands for a template of which only the name is known, or not even that.
pub(super) fn unread_template(name: &str, span: Span) -> Node {
    let text = match name {
        "" => "the template that this runs is not told".to_owned(),
        name => format!("the template `{name}` is not among what is read"),
    };
    let mut operation = Operation::direct(Action::Unresolved(text), span, Arguments::default());
    operation.evidence = Evidence::Possible;
    Node::Call(operation)
}

fn inline(task: &Task<'_>, content: Item<'_>, scope: &Scope<'_>) -> Step {
    let mut embedded = super::lower_content(content, task.name, scope.context);
    let mut nodes = Vec::new();
    if !embedded.procedures.is_empty() {
        nodes = embedded.procedures.remove(0).body;
    }
    Step { nodes, embedded }
}

/// The script that a command carries.
fn command(task: &Task<'_>, properties: Item<'_>, scope: &Scope<'_>) -> Lowered {
    let property = |wanted: &str| {
        properties
            .entries()
            .find(|entry| entry.key.text().is_some_and(|key| key.eq_ignore_ascii_case(wanted)))
    };
    let text_of = |wanted| property(wanted).and_then(|entry| entry.value.text());
    let Some(content) = property("CommandContent") else { return Lowered::default() };
    let script = Script {
        content: content.value,
        is_encoded: text_of("ContentEncoding") == Some("Base64"),
        kind: text_of("Type").or_else(|| text_of("CommandType")),
        launcher: text_of("Launcher"),
        references: References::Braces,
        frontend: super::NAME,
    };
    let name = format!("{} of {}", content.key.render(), task.name);
    script::lower(script, &name, scope.context)
}

/// The calls that a task makes or may make.
fn calls(task: &Task<'_>, properties: Item<'_>, scope: &Scope<'_>) -> Vec<Node> {
    let service = Choice::of(properties.get(SERVICE), scope);
    let ours = |name: &&str| name.trim().eq_ignore_ascii_case(PRODUCT);
    let certain = match &service {
        Choice::Known(name) if ours(name) => true,
        Choice::OneOf(names) if names.iter().any(ours) => false,
        Choice::Unknown(_) => false,
        Choice::Known(_) | Choice::OneOf(_) => return Vec::new(),
    };
    let known = |name: &&str| certain || scope.context.catalogue.folded(name).is_some();
    let call = |action, certain| {
        let arguments = arguments(properties.get(PARAMETERS));
        let mut operation = Operation::direct(action, task.item.span(), arguments);
        operation.evidence = if certain { Evidence::Certain } else { Evidence::Possible };
        if task.ignores_errors() {
            operation.failure = Failure::Discarded;
        }
        Node::Call(operation)
    };
    match Choice::of(properties.get(API), scope) {
        Choice::Known(name) if known(&name) => vec![call(named(name, scope), certain)],
        Choice::Known(_) => Vec::new(),
        Choice::Unknown(text) => vec![call(Action::Unresolved(text), false)],
        Choice::OneOf(names) => {
            let possible = names.into_iter().filter(known);
            let calls = possible.map(|name| (name, call(named(name, scope), false)));
            alternatives(calls.collect(), properties.get(API))
        }
    }
}

/// Calls of which one is made.
fn alternatives(calls: Vec<(&str, Node)>, choice: Option<Item<'_>>) -> Vec<Node> {
    if calls.len() < 2 {
        return calls.into_iter().map(|(_, call)| call).collect();
    }
    let written = choice.map(text).unwrap_or_default();
    let arms = calls.into_iter().map(|(name, call)| Arm {
        condition: Some(format!("{written} is {name}")),
        body: vec![call],
    });
    vec![Node::Branch(arms.collect())]
}

/// The action by its name in the API, which OOS takes in any case.
fn named(name: &str, scope: &Scope<'_>) -> Action {
    let known = scope.context.catalogue.folded(name);
    Action::Named(known.map_or_else(|| name.to_owned(), |action| action.name.clone()))
}

fn arguments(parameters: Option<Item<'_>>) -> Arguments {
    let Some(parameters) = parameters else { return Arguments::default() };
    let unseen = parameters.function().is_some() || refers(parameters);
    let given = if unseen { Vec::new() } else { entries(parameters) };
    Arguments { given, open: unseen }
}

/// What a name may be.
enum Choice<'t> {
    Known(&'t str),
    OneOf(Vec<&'t str>),
    Unknown(String),
}

impl<'t> Choice<'t> {
    fn of(item: Option<Item<'t>>, scope: &Scope<'t>) -> Self {
        let Some(item) = item else { return Self::Unknown(String::new()) };
        if let Some(known) = constant(item) {
            return Self::Known(known);
        }
        if let Some(("If", ways)) = item.function() {
            let ways: Option<Vec<&str>> = ways.items().skip(1).map(constant).collect();
            return ways.map_or_else(|| Self::Unknown(text(item)), Self::OneOf);
        }
        let parameter = reference(item).and_then(|name| scope.parameters?.get(name));
        let values = parameter.map(possible_values).unwrap_or_default();
        if values.is_empty() { Self::Unknown(text(item)) } else { Self::OneOf(values) }
    }
}

fn constant(item: Item<'_>) -> Option<&str> {
    item.text().filter(|_| !refers(item) && item.function().is_none())
}

/// The values that a parameter's declaration names.
fn possible_values(parameter: Item<'_>) -> Vec<&str> {
    let allowed = parameter.get("AllowedValues").into_iter().flat_map(Item::items);
    let allowed: Vec<&str> = allowed.filter_map(Item::text).collect();
    if !allowed.is_empty() {
        return allowed;
    }
    let default = parameter.get("Default").filter(|default| !refers(*default));
    default.and_then(Item::text).filter(|text| !text.is_empty()).into_iter().collect()
}

/// A task's nodes inside its loop and its condition.
fn surrounded(task: Item<'_>, mut nodes: Vec<Node>, scope: &Scope<'_>) -> Vec<Node> {
    if let Some(repeats) = task.get(LOOP) {
        let condition = text(repeats.get(ITEMS).unwrap_or(repeats));
        nodes = vec![Node::Loop(Repetition {
            condition,
            conditional: false,
            body: nodes,
            ..Repetition::default()
        })];
    }
    if let Some(when) = task.get(WHEN) {
        let body = scope.looks.guarded(when, nodes);
        nodes = vec![Node::Branch(vec![Arm { condition: Some(text(when)), body }])];
    }
    nodes
}
