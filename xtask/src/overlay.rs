//! Overlays: what the source of bindings does not state, written down by hand,
//! each entry with its reason.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::Failure;

/// Reads an overlay.
///
/// # Errors
/// The file cannot be read, or has other keys than it may have.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = crate::read(path)?;
    Ok(serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Which entries of a list fitted something; one that fits nothing is a mistake.
#[derive(Debug, Default)]
pub(crate) struct Used(BTreeSet<usize>);

impl Used {
    /// The entry of a number fitted.
    pub(crate) fn mark(&mut self, number: usize) {
        self.0.insert(number);
    }

    /// The first entry that fitted nothing.
    pub(crate) fn unused<'e, T>(&self, entries: &'e [T]) -> Option<&'e T> {
        let number = (0..entries.len()).find(|number| !self.0.contains(number))?;
        entries.get(number)
    }
}
