//! What the texts of templates do not state, written down by hand, each with its
//! reason.

use serde::Deserialize;

use super::steps::{Step, Template};
use crate::Failure;
use crate::overlay::Used;

/// The overlay file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overlay {
    /// The day on which the templates were read and what is open was decided.
    pub(super) as_of: String,
    #[serde(default)]
    types: Vec<TypeEntry>,
    #[serde(default)]
    calls: Vec<CallEntry>,
    /// Templates that call the API in ways that are not known.
    #[serde(default)]
    pub(super) unbound: Vec<String>,
    /// The entries that fitted something.
    #[serde(skip)]
    used_types: Used,
    #[serde(skip)]
    used_calls: Used,
}

/// Knowledge of templates as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeEntry {
    types: Vec<String>,
    #[serde(default)]
    creates: Vec<String>,
    #[serde(default)]
    note: Option<String>,
    #[expect(dead_code, reason = "stated for readers of the file")]
    reason: String,
}

/// Knowledge of calls in the texts of templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallEntry {
    /// Where they are made; none stands for every template.
    #[serde(default)]
    types: Vec<String>,
    actions: Vec<String>,
    #[serde(default)]
    disk_in_use: bool,
    #[serde(default)]
    given: Vec<String>,
    #[expect(dead_code, reason = "stated for readers of the file")]
    reason: String,
}

impl Overlay {
    /// Adds to a template what is known of it as a whole.
    pub(super) fn describe(&mut self, template: &mut Template) {
        for (number, entry) in self.types.iter().enumerate() {
            if entry.types.contains(&template.name) {
                template.creates.extend(entry.creates.iter().cloned());
                template.note = entry.note.clone().or(template.note.take());
                self.used_types.mark(number);
            }
        }
    }

    /// Adds to the calls of a template, its own and those of templates that it
    /// runs, what is known of them.
    pub(super) fn mark_calls(&mut self, template: &mut Template) {
        for (number, entry) in self.calls.iter().enumerate() {
            if !entry.types.is_empty() && !entry.types.contains(&template.name) {
                continue;
            }
            for step in &mut template.steps {
                if let Step::Call(call) = step
                    && entry.actions.contains(&call.action)
                {
                    call.disk_in_use |= entry.disk_in_use;
                    let new = entry.given.iter().filter(|name| !call.given.contains(name));
                    let new: Vec<String> = new.cloned().collect();
                    call.given.extend(new);
                    self.used_calls.mark(number);
                }
            }
        }
    }

    /// An entry that fits nothing is a mistake.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        let types = self.used_types.unused(&self.types).map(|entry| &entry.types);
        match types.or_else(|| self.used_calls.unused(&self.calls).map(|entry| &entry.actions)) {
            Some(names) => Err(format!("the overlay fits nothing: {}", names.join(", ")).into()),
            None => Ok(()),
        }
    }
}
