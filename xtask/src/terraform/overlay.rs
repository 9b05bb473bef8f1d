//! What the source does not state, written down by hand, each with its reason.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bound::{BoundStep, BoundType};
use crate::Failure;
use crate::formula::{ALWAYS, Formula, NEVER};
use crate::keys::negated;
use crate::machine::{Mode, Run, Step};
use crate::overlay::Used;
use crate::schema::Registration;
use crate::value::Atom;

/// The overlay file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    /// The day on which the source was read and what is open was decided.
    pub(super) as_of: String,
    #[serde(default)]
    conditions: Vec<ConditionEntry>,
    #[serde(default)]
    types: Vec<TypeEntry>,
    #[serde(default)]
    steps: Vec<StepEntry>,
    /// Types of which nothing is known but that they call the API.
    #[serde(default)]
    pub(super) unbound: Vec<String>,
    /// How the language rules over lifecycles, as the bindings tell it.
    #[serde(default)]
    pub(super) lifecycle: BTreeMap<String, serde_yaml::Value>,
    /// The conditions that were asked.
    #[serde(skip)]
    used: Used,
}

/// What a condition of the source means that attributes alone do not decide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionEntry {
    /// The condition's text.
    text: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    lifecycle: Option<String>,
    /// Only for the calls of these actions.
    #[serde(default)]
    actions: Vec<String>,
    #[serde(with = "serde_yaml::with::singleton_map")]
    means: Meaning,
    #[expect(dead_code, reason = "stated for readers of the file")]
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Meaning {
    Always,
    Never,
    /// The attribute changes; of something new, that it is set.
    Changed(String),
    Set(String),
    Unset(String),
    Equals(String, String),
    /// The attribute, of which two values matter, had this one before.
    Had(String, String),
    /// The attribute had a value before.
    HadAny(String),
}

/// Knowledge of a type as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeEntry {
    types: Vec<String>,
    #[serde(default)]
    creates: Vec<String>,
    #[serde(default)]
    note: Option<String>,
    /// What the service gives attributes that nobody sets.
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    #[expect(dead_code, reason = "stated for readers of the file")]
    reason: String,
}

/// Knowledge of the calls of some actions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepEntry {
    types: Vec<String>,
    lifecycle: String,
    actions: Vec<String>,
    /// Only the calls that are made when one of these changes.
    #[serde(default)]
    changed: Vec<String>,
    #[serde(default)]
    disk_in_use: bool,
    #[serde(default)]
    arguments: BTreeMap<String, String>,
    #[serde(default)]
    given: Vec<String>,
    #[expect(dead_code, reason = "stated for readers of the file")]
    reason: String,
}

impl Overlay {
    /// A condition with the overlay's answers in place of what the source leaves open.
    pub(super) fn answered(
        &mut self,
        registration: &Registration<'_>,
        mode: Mode,
        run: &mut Run,
        step: &Step,
    ) -> Formula {
        let mut condition = step.condition;
        for number in run.logic.support(condition) {
            let Atom::Unclear { text, .. } = run.atoms[number].clone() else { continue };
            let opposite = negated(&text);
            let place = self.conditions.iter().position(|entry| {
                (entry.text == text || entry.text == opposite)
                    && entry.fits(&registration.name, mode, &step.action)
            });
            let Some(place) = place else { continue };
            self.used.mark(place);
            let entry = &self.conditions[place];
            let mut meaning = formula(run, mode, entry.means.clone());
            if entry.text == opposite {
                meaning = run.logic.not(meaning);
            }
            condition = run.logic.compose(condition, number, meaning);
        }
        condition
    }

    /// Adds what is told of types and calls.
    ///
    /// # Errors
    /// An entry that fits nothing.
    pub(super) fn finish(&mut self, types: &mut [BoundType]) -> Result<(), Failure> {
        for entry in &self.types {
            for name in &entry.types {
                let Some(bound) = types.iter_mut().find(|bound| bound.name == *name) else {
                    return Err(format!("overlay: there is no type `{name}`").into());
                };
                bound.creates.extend(entry.creates.iter().cloned());
                for (attribute, value) in &entry.defaults {
                    if !bound.computed.remove(attribute) {
                        let message = format!("`{name}` does not hang on `{attribute}`");
                        return Err(format!("overlay: {message}").into());
                    }
                    bound.defaults.insert(attribute.clone(), value.clone());
                }
                bound.note = entry.note.clone().or(bound.note.take());
            }
        }
        for entry in &self.steps {
            apply(entry, types)?;
        }
        match self.used.unused(&self.conditions) {
            Some(ConditionEntry { text, .. }) => {
                Err(format!("overlay: the condition `{text}` is not asked anywhere").into())
            }
            None => Ok(()),
        }
    }
}

fn apply(entry: &StepEntry, types: &mut [BoundType]) -> Result<(), Failure> {
    for name in &entry.types {
        for action in &entry.actions {
            let bound = types.iter_mut().find(|bound| bound.name == *name);
            let steps = bound.and_then(|bound| {
                let mut steps = bound.steps.iter_mut();
                steps.find(|(mode, _)| mode.key() == entry.lifecycle).map(|(_, steps)| steps)
            });
            let mut fits = 0;
            for step in steps.into_iter().flatten() {
                if step.action == *action && entry.fits(step) {
                    step.disk_in_use |= entry.disk_in_use;
                    step.arguments.extend(entry.arguments.clone());
                    step.given.extend(entry.given.iter().cloned());
                    fits += 1;
                }
            }
            if fits == 0 {
                let lifecycle = &entry.lifecycle;
                let message = format!("overlay: `{name}` does not call {action} on {lifecycle}");
                return Err(message.into());
            }
        }
    }
    Ok(())
}

impl ConditionEntry {
    fn fits(&self, name: &str, mode: Mode, action: &str) -> bool {
        let is_among = |names: &[String], name: &str| {
            names.is_empty() || names.iter().any(|known| known == name)
        };
        is_among(&self.types, name)
            && is_among(&self.actions, action)
            && self.lifecycle.as_deref().is_none_or(|of| of == mode.key())
    }
}

impl StepEntry {
    fn fits(&self, step: &BoundStep) -> bool {
        self.changed.is_empty() || self.changed.iter().any(|name| step.keys.changed.contains(name))
    }
}

fn formula(run: &mut Run, mode: Mode, meaning: Meaning) -> Formula {
    match meaning {
        Meaning::Always => ALWAYS,
        Meaning::Never => NEVER,
        Meaning::Changed(name) => changed(run, mode, name),
        Meaning::Set(name) => atom(run, Atom::Set(name)),
        Meaning::Unset(name) => {
            let set = atom(run, Atom::Set(name));
            run.logic.not(set)
        }
        Meaning::Equals(name, value) => atom(run, Atom::Equals(name, value)),
        Meaning::Had(name, value) => {
            let changed = changed(run, mode, name.clone());
            let has = atom(run, Atom::Equals(name, value));
            let has_not = run.logic.not(has);
            run.logic.choose(changed, has_not, has)
        }
        Meaning::HadAny(name) => {
            let text = format!("old {name} is set");
            atom(run, Atom::Unclear { text, function: String::new() })
        }
    }
}

fn changed(run: &mut Run, mode: Mode, name: String) -> Formula {
    match mode {
        Mode::Update => atom(run, Atom::Changed(name)),
        _ => atom(run, Atom::Set(name)),
    }
}

fn atom(run: &mut Run, atom: Atom) -> Formula {
    let number = run.atoms.iter().position(|known| *known == atom).unwrap_or_else(|| {
        run.atoms.push(atom);
        run.atoms.len() - 1
    });
    run.logic.atom(number)
}
