//! Looks at the lock state of an instance: tasks that go on only without a lock,
//! and conditions on outputs that tell of it.

use super::graph::{Jump, OnError, Task};
use super::value::{refers, text, value};
use crate::frontend::lock_state::{self, Assurance};
use crate::frontend::template::Item;
use crate::procedure::{Guard, Node, Target, Value};

/// Atomic actions that look at a property.
const LOOKING: [&str; 2] = ["ACS::CheckFor", "ACS::WaitFor"];

// Keys of a task and of its properties.
const PROPERTIES: &str = "Properties";
const PARAMETERS: &str = "Parameters";
const SELECTOR: &str = "PropertySelector";
const WANTED: &str = "DesiredValues";
const UNWANTED: &str = "NotDesiredValues";
const OUTPUTS: &str = "Outputs";
const LOOP: &str = "Loop";
const ITEMS: &str = "Items";
const VALUE_SELECTOR: &str = "ValueSelector";
/// Parameters that name the instance that is looked at.
const INSTANCES: [&str; 2] = ["InstanceIds", "InstanceId"];

/// What a field of the lock state is, and an output with it, if there is no lock.
const NOTHING: [&str; 8] = ["", "[]", "{}", "0", "null", "none", "false", "[[]]"];

/// Other reasons for which an instance can be locked; a look for these alone does
/// not see the security lock.
const OTHER_REASONS: [&str; 4] = ["financial", "recycling", "dedicatedhostfinancial", "refunded"];

/// The reason that is ours.
const SECURITY: &str = "security";

/// How many outputs that tell of a lock one template has.
const MOST_OUTPUTS: usize = 100;

/// What the tasks of a template find out of the lock state.
#[derive(Debug, Default)]
pub(super) struct Looks<'t> {
    outputs: Vec<Output<'t>>,
}

/// An output that tells of a lock.
#[derive(Clone, Debug)]
struct Output<'t> {
    task: &'t str,
    name: &'t str,
    /// Whether it is true if there is none.
    denies: bool,
    target: Target,
}

impl<'t> Looks<'t> {
    /// Takes the outputs of tasks that tell of a lock.
    pub(super) fn of(tasks: &[Task<'t>], over: Option<Item<'t>>) -> Self {
        let mut outputs = Vec::new();
        for task in tasks {
            for entry in task.item.get(OUTPUTS).into_iter().flat_map(Item::entries) {
                let selector = entry.value.get(VALUE_SELECTOR).unwrap_or(entry.value).text();
                let selector = selector.filter(|text| sees_security(text));
                if let (Some(selector), Some(name)) = (selector, entry.key.text())
                    && outputs.len() < MOST_OUTPUTS
                {
                    let (denies, target) = (denies(selector), looked_at(task.item, over));
                    outputs.push(Output { task: task.name, name, denies, target });
                }
            }
        }
        Self { outputs }
    }

    /// With those of the tasks around these.
    pub(super) fn beside(mut self, outer: &Self) -> Self {
        let room = MOST_OUTPUTS.saturating_sub(self.outputs.len());
        self.outputs.extend(outer.outputs.iter().take(room).cloned());
        self
    }

    /// Puts the steps of a task under the look that its condition takes.
    pub(super) fn guarded(&self, when: Item<'_>, nodes: Vec<Node>) -> Vec<Node> {
        if !self.assurance(when).unlocked_if_true {
            return nodes;
        }
        vec![self.guard(when, nodes)]
    }

    /// Puts each arm of a choice under the looks that lead to it.
    pub(super) fn guarded_arm(&self, jumps: &[Jump<'_>], at: usize, body: Vec<Node>) -> Vec<Node> {
        let holds = |when: &Item<'_>| self.assurance(*when).unlocked_if_true;
        let fails = |when: &Item<'_>| self.assurance(*when).unlocked_if_false;
        let own = &jumps[at].whens;
        let earlier = || jumps[..at].iter().flat_map(|jump| &jump.whens);
        let (last, otherwise) = (jumps.len() - 1, earlier().find(|when| fails(when)));
        let when = match otherwise {
            // What leads to the default in either way must be sure in both.
            Some(when) if at < last || own.iter().all(holds) => Some(when),
            _ => own.first().filter(|_| own.iter().all(holds) && at < last),
        };
        match when {
            Some(when) if !body.is_empty() => vec![self.guard(*when, body)],
            _ => body,
        }
    }

    fn guard(&self, when: Item<'_>, body: Vec<Node>) -> Node {
        let written = text(when);
        let asked = self.outputs.iter().find(|output| output.is_asked(&written));
        let target = asked.map_or(Target::Unknown, |output| output.target.clone());
        Node::Guard(Guard { span: when.span(), target, body, locked: Vec::new() })
    }

    /// Recursion goes no deeper than the tree is high.
    fn assurance(&self, condition: Item<'_>) -> Assurance {
        if self.outputs.is_empty() {
            return Assurance::default();
        }
        match condition.function() {
            Some(("Not", given)) => {
                let held = self.assurance(given.items().next().unwrap_or(given));
                held.negated()
            }
            Some(("And", given)) => Assurance::all(given.items().map(|part| self.assurance(part))),
            Some(("Or", given)) => {
                let parts = given.items().map(|part| self.assurance(part).negated());
                Assurance::all(parts).negated()
            }
            Some(("Equals", given)) => self.comparison(given),
            Some(_) => Assurance::default(),
            None => self.asked(condition).map_or_else(Assurance::default, |output| {
                if output.denies { Assurance::UNLOCKED } else { Assurance::LOCKED }
            }),
        }
    }

    /// A comparison of an output with a constant.
    fn comparison(&self, given: Item<'_>) -> Assurance {
        let sides: Vec<Item<'_>> = given.items().collect();
        let [left, right] = sides.as_slice() else { return Assurance::default() };
        let (asked, constant) = match (self.asked(*left), self.asked(*right)) {
            (Some(output), None) if !refers(*right) => (output, *right),
            (None, Some(output)) if !refers(*left) => (output, *left),
            _ => return Assurance::default(),
        };
        match Says::of(constant, asked.denies) {
            Says::Free => Assurance::UNLOCKED,
            Says::Locked => Assurance::LOCKED,
            Says::Other => Assurance::default(),
        }
    }

    /// The output that a value asks for.
    fn asked(&self, value: Item<'_>) -> Option<&Output<'t>> {
        let written = text(value);
        self.outputs.iter().find(|output| output.is_asked(&written))
    }
}

impl Output<'_> {
    /// Whether a text refers to it: `{{ look.locks }}`.
    fn is_asked(&self, text: &str) -> bool {
        text.split("{{").skip(1).any(|reference| {
            let name = reference.trim_start().strip_prefix(self.task);
            let name = name.and_then(|rest| rest.strip_prefix('.'));
            let rest = name.and_then(|rest| rest.strip_prefix(self.name));
            rest.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric()))
        })
    }
}

/// A look that a task takes.
#[derive(Debug)]
pub(super) struct Look {
    /// The guard that it is, still without a body.
    pub(super) guard: Guard,
    /// Whether there is no lock when the task succeeds, rather than when it fails.
    pub(super) is_free_on_success: bool,
}

/// The look that a task takes, if the lock decides whether it succeeds.
pub(super) fn look(task: &Task<'_>, over: Option<Item<'_>>) -> Option<Look> {
    let looks = LOOKING.iter().any(|action| action.eq_ignore_ascii_case(task.action));
    if !looks || task.on_error == OnError::Ignore {
        return None;
    }
    let properties = task.item.get(PROPERTIES)?;
    let selector = properties.get_text(SELECTOR).filter(|text| sees_security(text))?;
    let says = |key: &str| {
        let values = properties.get(key).into_iter().flat_map(list);
        values.map(|value| Says::of(value, denies(selector))).collect::<Vec<_>>()
    };
    let (wanted, unwanted) = (says(WANTED), says(UNWANTED));
    let names_lock = |says: &[Says]| says.contains(&Says::Locked) && !says.contains(&Says::Free);
    let is_free = |says: &[Says]| !says.is_empty() && says.iter().all(|one| *one == Says::Free);
    let is_free_on_success = is_free(&wanted) || names_lock(&unwanted);
    let is_free_on_failure = is_free(&unwanted) || names_lock(&wanted);
    if is_free_on_success == is_free_on_failure {
        return None;
    }
    let guard = Guard {
        span: task.item.span(),
        target: looked_at(task.item, over),
        body: Vec::new(),
        locked: Vec::new(),
    };
    Some(Look { guard, is_free_on_success })
}

/// What it says of the security lock that a selected field has a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Says {
    Free,
    Locked,
    /// There is a lock, but another one.
    Other,
}

impl Says {
    fn of(value: Item<'_>, denies: bool) -> Self {
        let is_other = |text: &str| OTHER_REASONS.iter().any(|one| one.eq_ignore_ascii_case(text));
        match value.text() {
            _ if is_nothing(value) != denies => Self::Free,
            Some(text) if is_other(text) => Self::Other,
            _ => Self::Locked,
        }
    }
}

/// Whether a selector asks for the lock state, and not for other locks alone.
fn sees_security(selector: &str) -> bool {
    let selector = selector.to_ascii_lowercase();
    lock_state::is_mentioned(&selector)
        && (selector.contains(SECURITY) || !OTHER_REASONS.iter().any(|one| selector.contains(one)))
}

/// The items of a sequence, or the one value that is none.
fn list(item: Item<'_>) -> Vec<Item<'_>> {
    if item.is_sequence() { item.items().collect() } else { vec![item] }
}

/// Whether a selector compares the lock state with nothing, so that it is true
/// if there is no lock.
fn denies(selector: &str) -> bool {
    let Some((_, compared)) = selector.rsplit_once("==") else {
        return false;
    };
    let compared = compared.trim_matches(|letter: char| " `'\"()".contains(letter));
    NOTHING.contains(&compared.to_ascii_lowercase().as_str())
}

fn is_nothing(value: Item<'_>) -> bool {
    if value.is_sequence() || value.is_mapping() {
        return value.items().len() == 0 && value.entries().next().is_none();
    }
    value.is_null()
        || value.text().is_some_and(|text| NOTHING.contains(&text.to_ascii_lowercase().as_str()))
}

/// The instance whose lock state a task looks at.
fn looked_at(task: Item<'_>, over: Option<Item<'_>>) -> Target {
    let over = task.get(LOOP).map(|repeats| repeats.get(ITEMS).unwrap_or(repeats)).or(over);
    let parameters = task.get(PROPERTIES).and_then(|properties| properties.get(PARAMETERS));
    let named = INSTANCES.iter().find_map(|name| parameters?.get(name));
    named.map_or(Target::Unknown, |named| target(&value(named, over)))
}

fn target(value: &Value) -> Target {
    match value {
        Value::Text(text) => Target::Known(bare(text)),
        Value::Unknown(unknown) => Target::Symbol(bare(&unknown.text)),
        Value::List(items) if items.len() == 1 => target(&items[0]),
        Value::List(_) | Value::Map(_) | Value::Absent => Target::Unknown,
    }
}

/// The one name in a list that is written as JSON.
fn bare(text: &str) -> String {
    text.trim_matches(['[', ']', '"', '\'', ' ']).to_owned()
}
