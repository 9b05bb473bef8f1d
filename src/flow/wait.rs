//! What a loop waits for, and which calls would bring it.

use crate::catalogue::{ApiAction, Catalogue};
use crate::procedure::mentions;

/// Whether a wait of which a text is all that is known may be one for what an action
/// brings. One that names no state may be for any.
pub(super) fn is_for(awaited: &str, action: &ApiAction, catalogue: &Catalogue) -> bool {
    let awaited = awaited.to_ascii_lowercase();
    let says = |state: &String| mentions(&awaited, &state.to_ascii_lowercase());
    let mut all = catalogue.actions.iter().filter_map(|one| one.brings.as_ref()).flatten();
    let says_any = all.any(says);
    match &action.brings {
        Some(states) if states.is_empty() => false,
        Some(states) => !says_any || states.iter().any(says),
        // It leaves the state of things as it is.
        None => !says_any && !awaited.contains("status"),
    }
}
