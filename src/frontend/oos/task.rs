//! One task: the API that it calls, or the other tasks that it runs.

use super::graph::Task;
use super::guard::Looks;
use super::kind::{Kind, published};
use super::repeat::{max_errors, over_items, surrounded};
use super::value::{entries, reference, refers, text, value};
use super::{LOOP_TASKS, PRODUCT, TEMPLATE_CONTENT, TEMPLATE_NAME};
use crate::frontend::template::Item;
use crate::frontend::template::code::References;
use crate::frontend::template::script::{self, Script};
use crate::frontend::{Context, Lowered, rpc};
use crate::procedure::{
    Action, Arguments, Arm, Declaration, Evidence, Node, Operation, Property, Value,
};
use crate::source::Span;

// Keys of a task and of its properties.
const PROPERTIES: &str = "Properties";
const PARAMETERS: &str = "Parameters";
const SERVICE: &str = "Service";
const API: &str = "API";
const LOOP: &str = "Loop";
const ITEMS: &str = "Items";
const LOOP_ITEMS: &str = "LoopItems";
const LOOP_RATE: &str = "LoopRateControl";

/// What opens a variable in a request.
const VARIABLE: &str = "${";

/// What a task's values may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'t> {
    /// The template's parameters.
    pub(super) parameters: Option<Item<'t>>,
    /// What the tasks find out of the lock state.
    pub(super) looks: &'t Looks<'t>,
    /// What the loop around them goes over.
    pub(super) over: Option<Item<'t>>,
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

/// Lowers a task by itself; jumps are left to the flow. Recursion goes no deeper
/// than the tree is high.
pub(super) fn lower(task: &Task<'_>, scope: &Scope<'_>) -> Step {
    let own_items = task.item.get(LOOP).map(|repeats| repeats.get(ITEMS).unwrap_or(repeats));
    let inside = Scope { over: own_items.or(scope.over), ..*scope };
    let mut step = own_step(task, &inside);
    if !step.nodes.is_empty() {
        step.nodes = surrounded(task, step.nodes, scope);
    }
    step
}

fn own_step(task: &Task<'_>, scope: &Scope<'_>) -> Step {
    let Some(properties) = task.item.get(PROPERTIES) else {
        let is_product_action = Kind::of(task.action) == Kind::Composed;
        let nodes = is_product_action.then(|| expand(task, task.action, None, scope));
        return Step { nodes: nodes.into_iter().collect(), ..Step::default() };
    };
    match Kind::of(task.action) {
        Kind::Calls => {
            let nodes = calls(task, properties, scope);
            let parameters = properties.get(PARAMETERS).filter(|_| !nodes.is_empty());
            let embedded = parameters.map(|given| command(task, given, scope)).unwrap_or_default();
            Step { nodes, embedded }
        }
        Kind::Requests => Step { nodes: request(task, properties, scope), ..Step::default() },
        Kind::Loops => repeated(properties, scope),
        Kind::Embeds => template(task, properties, scope),
        Kind::Composed => Step {
            nodes: vec![expand(task, task.action, Some(properties), scope)],
            embedded: command(task, properties, scope),
        },
        Kind::Silent => Step::default(),
        Kind::Unknown => {
            let text = format!("which calls `{}` makes is not known", task.action);
            Step { nodes: vec![untold(text, task.item.span())], ..Step::default() }
        }
    }
}

fn expand(task: &Task<'_>, kind: &str, properties: Option<Item<'_>>, scope: &Scope<'_>) -> Node {
    let entries = properties.into_iter().flat_map(Item::entries);
    let properties = entries.map(|entry| Property {
        name: entry.key.render(),
        value: value(entry.value, scope.over),
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

/// Tasks that run once for each item.
fn repeated(properties: Item<'_>, scope: &Scope<'_>) -> Step {
    let Some(tasks) = properties.get(LOOP_TASKS) else { return Step::default() };
    let items = properties.get(LOOP_ITEMS).unwrap_or(properties);
    let mut step = super::lower_tasks(tasks, &Scope { over: Some(items), ..*scope });
    if !step.nodes.is_empty() {
        let most = properties.get(LOOP_RATE).and_then(|rate| max_errors(rate, scope));
        step.nodes = vec![over_items(items, most, step.nodes, scope)];
    }
    step
}

/// The template that a task runs: one written out, or one of a name.
fn template(task: &Task<'_>, properties: Item<'_>, scope: &Scope<'_>) -> Step {
    if let Some(content) = properties.get(TEMPLATE_CONTENT) {
        return inline(task, content, properties.get(PARAMETERS), scope);
    }
    let run = |name: &str| {
        if published(name) {
            expand(task, name, properties.get(PARAMETERS), scope)
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

/// What stands for a template of which only the name is known, or not even that.
pub(super) fn unread_template(name: &str, span: Span) -> Node {
    let text = match name {
        "" => "the template that this runs is not told".to_owned(),
        name => format!("the template `{name}` is not among what is read"),
    };
    untold(text, span)
}

/// What stands for calls that the text does not tell.
fn untold(text: String, span: Span) -> Node {
    let mut operation = Operation::direct(Action::Unresolved(text), span, Arguments::default());
    operation.evidence = Evidence::Possible;
    Node::Call(operation)
}

fn inline(
    task: &Task<'_>,
    content: Item<'_>,
    parameters: Option<Item<'_>>,
    scope: &Scope<'_>,
) -> Step {
    let mut embedded = super::lower_content(content, task.name, scope.context);
    let mut nodes = Vec::new();
    if !embedded.procedures.is_empty() {
        nodes = embedded.procedures.remove(0).body;
    }
    let given = parameters.map(|given| entries(given, scope.over)).unwrap_or_default();
    super::parameters::fill(&mut nodes, given);
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

/// The call that a request to an endpoint of the cloud is.
fn request(task: &Task<'_>, properties: Item<'_>, scope: &Scope<'_>) -> Vec<Node> {
    let mut words = Vec::new();
    for property in properties.entries() {
        words.push(word("", property.value));
        for (separator, field) in [(": ", "Headers"), ("=", "Query"), ("=", "Body")] {
            let is_field = property.key.text().is_some_and(|key| key.eq_ignore_ascii_case(field));
            let parts = property.value.entries().filter(|_| is_field);
            words.extend(parts.map(|part| word(&(part.key.render() + separator), part.value)));
        }
    }
    let call = rpc::read(&words, scope.context.catalogue).map(|request| {
        let mut arguments = request.arguments;
        for (_, value) in &mut arguments.given {
            *value = referring(std::mem::replace(value, Value::Absent));
        }
        let mut operation = Operation::direct(request.action, task.item.span(), arguments);
        operation.answer = Some(task.name.to_owned());
        operation.evidence = request.evidence;
        Node::Call(operation)
    });
    call.into_iter().collect()
}

/// A part of a request; what only the run can tell is written as a variable.
fn word(before: &str, item: Item<'_>) -> Value {
    let Some(written) = item.text() else { return Value::Absent };
    Value::Text(format!("{before}{}", written.replace("{{", VARIABLE)))
}

/// A value of a request as the template refers to it.
fn referring(value: Value) -> Value {
    match value {
        Value::Unknown(unknown) => Value::unknown(unknown.text.replace(VARIABLE, "{{")),
        value => value,
    }
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
        let arguments = arguments(properties.get(PARAMETERS), scope);
        let mut operation = Operation::direct(action, task.item.span(), arguments);
        operation.answer = Some(task.name.to_owned());
        operation.evidence = if certain { Evidence::Certain } else { Evidence::Possible };
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

fn arguments(parameters: Option<Item<'_>>, scope: &Scope<'_>) -> Arguments {
    let Some(parameters) = parameters else { return Arguments::default() };
    let unseen = parameters.function().is_some() || refers(parameters);
    let given = if unseen { Vec::new() } else { entries(parameters, scope.over) };
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
