//! One template: what it calls and which other templates it runs, in the order
//! of its tasks, all branches included.

use std::collections::BTreeMap;
use std::path::Path;

use ecs_lock_lint::catalogue::Catalogue;
use ecs_lock_lint::frontend::{Context, named};
use ecs_lock_lint::procedure::{Action, Declaration, Evidence, Node, Operation, Value};
use ecs_lock_lint::ruleset::built_in_catalogue;
use ecs_lock_lint::source::{FileId, Source};

use crate::Failure;

/// The name that the front end gives to the template itself.
const OWN: &str = "template";

/// A published template.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    /// Its name, which is its file's.
    pub(super) name: String,
    /// What it creates, by the overlay.
    pub(super) creates: Vec<String>,
    /// A remark, by the overlay.
    pub(super) note: Option<String>,
    /// What it runs.
    pub(super) steps: Vec<Step>,
    /// Whether it calls something that its text does not tell.
    pub(super) is_open: bool,
}

/// One thing that a template does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// A call.
    Call(Call),
    /// Another template: its name, and which parameter of it has the value of
    /// which of ours.
    Run(String, BTreeMap<String, String>),
    /// A call that the text does not tell.
    Open,
}

/// A call of the API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Call {
    /// The action.
    pub(super) action: String,
    /// Parameters of the API and the template's parameters whose values they have.
    pub(super) arguments: BTreeMap<String, String>,
    /// Whether the disk is attached, by the overlay.
    pub(super) disk_in_use: bool,
    /// Parameters that are given in any case, by the overlay.
    pub(super) given: Vec<String>,
    /// Whether it may be another call.
    pub(super) is_possible: bool,
}

impl Template {
    /// Reads a template.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = crate::read(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let frontend = named("oos").ok_or("no front end reads OOS templates")?;
        let catalogue = built_in_catalogue();
        let source = Source::file(FileId(0), &name, &text);
        let lowered = (frontend.lower)(&[source], Context { catalogue: &catalogue, values: &[] });
        if let Some(problem) = lowered.problems.first() {
            return Err(format!("{}: {}", path.display(), problem.message).into());
        }
        let mut steps = Vec::new();
        let own = lowered.procedures.iter().find(|procedure| procedure.name == OWN);
        collect(own.map_or(&[][..], |procedure| &procedure.body), &catalogue, &mut steps);
        Ok(Self { name, steps, ..Self::default() })
    }
}

/// Collects the steps of nodes in order.
fn collect(nodes: &[Node], catalogue: &Catalogue, steps: &mut Vec<Step>) {
    for node in nodes {
        match node {
            Node::Call(operation) => {
                steps.push(call(operation, catalogue).map_or(Step::Open, Step::Call));
            }
            Node::Expand(declaration) => steps.push(run(declaration)),
            other => {
                for body in other.bodies() {
                    collect(body, catalogue, steps);
                }
            }
        }
    }
}

/// A call whose action is known; the arguments are those that name something.
fn call(operation: &Operation, catalogue: &Catalogue) -> Option<Call> {
    let Action::Named(action) = &operation.action else { return None };
    let api = catalogue.get(action)?;
    let named = operation.arguments.given.iter().filter(|(name, _)| api.names_by(name));
    let arguments = named.filter_map(|(name, value)| Some((name.clone(), parameter(value)?)));
    Some(Call {
        action: action.clone(),
        arguments: arguments.collect(),
        disk_in_use: false,
        given: Vec::new(),
        is_possible: operation.evidence == Evidence::Possible,
    })
}

fn run(declaration: &Declaration) -> Step {
    let properties = declaration.properties.iter();
    let given = properties.filter_map(|one| Some((one.name.clone(), parameter(&one.value)?)));
    Step::Run(declaration.kind.clone(), given.collect())
}

/// The template's parameter that a value is, alone or in a list.
fn parameter(value: &Value) -> Option<String> {
    match value {
        Value::Unknown(unknown) => {
            let text = unknown.text.trim_matches(['[', ']', '"', '\'', ' ']);
            let name = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            name.chars().all(is_name).then(|| name.to_owned())
        }
        Value::List(items) if items.len() == 1 => parameter(items.first()?),
        _ => None,
    }
}
