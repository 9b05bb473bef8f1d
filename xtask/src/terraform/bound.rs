//! The steps of a lifecycle operation as the bindings tell them.

use std::collections::{BTreeMap, BTreeSet};

use super::overlay::Overlay;
use crate::formula::NEVER;
use crate::keys::{Keys, keys};
use crate::machine::{Mode, Run, Step};
use crate::schema::Registration;
use crate::value::Atom;

/// Actions that read and still tell whether an instance can be reached; other
/// reads are left out but of data sources.
const TELLING_READS: [&str; 3] =
    ["DescribeInstanceVncUrl", "GetInstanceScreenshot", "GetInstanceConsoleOutput"];

/// A type and its calls.
#[derive(Debug)]
pub(super) struct BoundType {
    pub(super) name: String,
    pub(super) creates: Vec<String>,
    pub(super) note: Option<String>,
    /// Values of attributes that nobody sets, as far as steps ask for them.
    pub(super) defaults: BTreeMap<String, String>,
    /// Attributes that have a value though nobody sets them, likewise.
    pub(super) computed: BTreeSet<String>,
    pub(super) steps: BTreeMap<Mode, Vec<BoundStep>>,
    pub(super) replace: Vec<String>,
    /// Whether nothing but reads was found.
    pub(super) only_reads: bool,
}

/// A call and when it is made.
#[derive(Clone, Debug)]
pub(super) struct BoundStep {
    pub(super) action: String,
    pub(super) keys: Keys,
    pub(super) disk_in_use: bool,
    pub(super) arguments: BTreeMap<String, String>,
    pub(super) given: Vec<String>,
    pub(super) source: String,
    pub(super) retries: BTreeSet<String>,
    pub(super) timeout: Option<String>,
    pub(super) swallows: BTreeSet<String>,
}

impl BoundType {
    pub(super) fn new(registration: &Registration<'_>) -> Self {
        Self {
            name: registration.name.clone(),
            creates: Vec::new(),
            note: None,
            defaults: BTreeMap::new(),
            computed: BTreeSet::new(),
            steps: BTreeMap::new(),
            replace: if registration.is_data { Vec::new() } else { registration.replaced() },
            only_reads: false,
        }
    }

    /// Keeps what the schema says of the attributes that the steps ask for.
    pub(super) fn keep_schema(&mut self, registration: &Registration<'_>) {
        for step in self.steps.values().flatten() {
            let keys = &step.keys;
            let valued = keys.equals.keys().chain(keys.not_equals.keys());
            for name in valued.clone() {
                let known = registration.attribute(name);
                if let Some(default) = known.and_then(|attribute| attribute.default.clone()) {
                    self.defaults.insert(name.clone(), default);
                }
            }
            for name in valued.chain(&keys.set).chain(&keys.unset) {
                let known = registration.attribute(name);
                if known.is_some_and(|attribute| attribute.optional && attribute.computed) {
                    self.computed.insert(name.clone());
                }
            }
        }
    }
}

/// The steps of a walk, in order, without those that never come or only read.
pub(super) fn bound_steps(
    registration: &Registration<'_>,
    mode: Mode,
    mut run: Run,
    overlay: &mut Overlay,
) -> Vec<BoundStep> {
    let steps = std::mem::take(&mut run.steps);
    let mut steps: Vec<Step> =
        steps.into_iter().filter(|step| registration.is_data || is_told(&step.action)).collect();
    for step in &mut steps {
        step.condition = overlay.answered(registration, mode, &mut run, step);
    }
    steps.retain(|step| step.condition != NEVER);
    let steps = joined(steps, &mut run);
    let mut bound = Vec::new();
    for step in steps {
        for mut keys in keys(&mut run.logic, &run.atoms, registration, step.condition) {
            if mode == Mode::Update && keys.changed.is_empty() {
                keys.changed = registration.updated();
            }
            bound.push(BoundStep {
                action: step.action.clone(),
                keys,
                disk_in_use: false,
                arguments: BTreeMap::new(),
                given: Vec::new(),
                source: step.source.clone(),
                retries: step.retries.clone(),
                timeout: step.timeout.clone().filter(|_| !step.retries.is_empty()),
                swallows: step.swallows.clone(),
            });
        }
    }
    bound
}

fn is_told(action: &str) -> bool {
    let reads = ["Describe", "List"].iter().any(|start| action.starts_with(start));
    !reads || TELLING_READS.contains(&action)
}

/// Calls written twice, for the two sides of a condition that does not matter
/// or after each other, are one.
fn joined(steps: Vec<Step>, run: &mut Run) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        if let Some(last) = joined.last_mut()
            && last.action == step.action
        {
            let either = run.logic.or(last.condition, step.condition);
            let unclear = |run: &Run, condition| {
                let support = run.logic.support(condition);
                support
                    .iter()
                    .filter(|atom| matches!(run.atoms[**atom], Atom::Unclear { .. }))
                    .count()
            };
            let before = unclear(run, last.condition).min(unclear(run, step.condition));
            if either == last.condition || unclear(run, either) < before {
                last.condition = either;
                last.retries.extend(step.retries);
                last.swallows.extend(step.swallows);
                continue;
            }
        }
        if !is_repeated(&joined, &step, run) {
            joined.push(step);
        }
    }
    joined
}

/// Whether the same call is made before under the same condition, and no other
/// between them.
fn is_repeated(before: &[Step], step: &Step, run: &mut Run) -> bool {
    for earlier in before.iter().rev() {
        if earlier.action == step.action && earlier.condition == step.condition {
            return true;
        }
        if run.logic.and(earlier.condition, step.condition) != NEVER {
            return false;
        }
    }
    false
}
