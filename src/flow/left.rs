//! What an update that fails half way leaves behind.

use std::collections::BTreeMap;

use crate::catalogue::InstanceState;
use crate::judge::JudgedProcedure;
use crate::procedure::{Attribute, Evidence, Lifecycle};
use crate::ruleset::Ruleset;
use crate::source::Span;
use crate::verdict::{Step, Verdict};

use super::{attributes, named};

/// For each declared resource, by its span, the attributes whose change stops an
/// instance and then fails before it is started again.
pub(super) fn stopped(
    procedures: &[JudgedProcedure],
    ruleset: &Ruleset,
) -> BTreeMap<Span, Vec<Attribute>> {
    let mut found: BTreeMap<Span, Vec<Attribute>> = BTreeMap::new();
    for judged in procedures {
        let updates: Vec<&Step> = judged.steps.iter().filter(|step| is_update(step)).collect();
        if !updates.iter().any(|step| leaves(step, ruleset) == Some(InstanceState::Stopped)) {
            continue;
        }
        let mut all = attributes(&updates);
        all.retain(|attribute| stays_down(&updates, attribute, ruleset));
        let known = found.entry(judged.span).or_default();
        all.retain(|attribute| !known.contains(attribute));
        known.extend(all);
    }
    found
}

fn is_update(step: &Step) -> bool {
    let lifecycle = step.operation.binding.as_ref().map(|binding| binding.lifecycle);
    lifecycle == Some(Lifecycle::Update) && step.operation.evidence == Evidence::Latent
}

fn leaves(step: &Step, ruleset: &Ruleset) -> Option<InstanceState> {
    ruleset.catalogue.get(named(step)?)?.leaves
}

/// Whether changing an attribute stops the instance and fails before it runs
/// again: the provider gives up at the first call that fails.
fn stays_down(updates: &[&Step], attribute: &Attribute, ruleset: &Ruleset) -> bool {
    let changes = |step: &&&Step| {
        let binding = step.operation.binding.as_ref();
        binding.is_some_and(|binding| binding.attributes.contains(attribute))
    };
    let mut down = false;
    for step in updates.iter().filter(changes) {
        if step.judgement.verdict == Verdict::Fails {
            return down;
        }
        match leaves(step, ruleset) {
            Some(InstanceState::Stopped) => down = true,
            Some(InstanceState::Running) => down = false,
            None => {}
        }
    }
    false
}
