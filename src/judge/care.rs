//! Which steps take care of the lock: those that a look at it decides about, and
//! those whose failure a handler of its error codes takes.

use super::Ruleset;
use crate::catalogue::Thing;
use crate::graph::{Aftermath, Graph};
use crate::procedure::{Action, Target};
use crate::verdict::{Step, Verdict};

const GUARDED: &str = "it only runs if a look at the lock state finds none";
const GUARDED_PERHAPS: &str = "it only runs if a look at the lock state finds none; that it \
                               looks at the same instance is assumed";
const CAUGHT: &str = "a handler tells the lock's error code from others";

/// Marks the steps that are handled, and how. Only the looks that handle a step stay
/// with it.
pub(super) fn mark(steps: &mut [Step], graph: &mut Graph, ruleset: &Ruleset) {
    graph.refuse(|number, only| {
        let code = steps.get(number).and_then(|step| step.judgement.error_code.as_ref());
        code.is_some_and(|code| !only.iter().any(|own| means(own, code)))
    });
    let looks = &graph.looks;
    for (step, place) in steps.iter_mut().zip(&mut graph.places) {
        let covers = |look: &usize| covers(&looks[*look].target, step, ruleset);
        let guard = place.looks.iter().filter_map(covers).max();
        // What looks at another instance decides, and not about the lock of this one.
        place.looks.retain(|look| covers(look).is_some());
        let ignored = place.ignored.iter().any(|text| names_code(text, step, ruleset));
        if ignored {
            place.failure = Aftermath::Swallowed;
        }
        step.handled = match guard {
            Some(true) => Some(GUARDED),
            Some(false) => Some(GUARDED_PERHAPS),
            None if !ignored
                && place.caught_by.iter().any(|text| names_code(text, step, ruleset)) =>
            {
                Some(CAUGHT)
            }
            None => None,
        };
    }
}

/// Whether a look at a target's lock decides about a step: surely, by assumption
/// (false), or not at all, as it looks at another instance.
fn covers(look: &Target, step: &Step, ruleset: &Ruleset) -> Option<bool> {
    let target = &step.operation.target;
    let on_instance = match &step.operation.action {
        Action::Named(name) => ruleset.catalogue.get(name).and_then(|api| api.acts_on),
        Action::Unresolved(_) => None,
    };
    match (look, target) {
        _ if look == target && *look != Target::Unknown => Some(true),
        _ if on_instance != Some(Thing::Instance) => Some(false),
        (Target::Known(one), Target::Known(other)) => {
            other.split(", ").all(|id| one.split(", ").any(|known| known == id)).then_some(true)
        }
        (Target::Symbol(one), Target::Symbol(other)) if is_plain(one) && is_plain(other) => None,
        _ => Some(false),
    }
}

/// Whether an expression is a mere name, so that another name is another value.
fn is_plain(text: &str) -> bool {
    let name = text.trim_start_matches('$').trim_matches(['{', '}', '"']);
    name.len() > 1
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether what a handler takes names the code that the step fails with, or any
/// that the lock gives where the step's own is not known.
fn names_code(text: &str, step: &Step, ruleset: &Ruleset) -> bool {
    if matches!(step.judgement.verdict, Verdict::Unaffected | Verdict::SilentNoOp) {
        return false;
    }
    match &step.judgement.error_code {
        Some(code) => means(text, code),
        None => ruleset.lock.error_codes.iter().any(|known| means(text, &known.code)),
    }
}

/// Whether a text names an error code, or is a part of it by which the code is told
/// from others: `"InstanceLocked" in str(e)`.
fn means(text: &str, code: &str) -> bool {
    const SHORTEST: usize = 6;
    if text.contains(code) {
        return true;
    }
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let says_more = text.len() >= SHORTEST && !text.eq_ignore_ascii_case("instance");
    is_word && says_more && code.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
}
