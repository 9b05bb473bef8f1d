//! What a procedure leaves behind on a locked instance.

use super::named;
use crate::catalogue::{ApiAction, InstanceState, Thing};
use crate::procedure::Evidence;
use crate::ruleset::Ruleset;
use crate::verdict::{Course, Remains, State, Step, Verdict};

/// How many things are told of one procedure.
const MOST: usize = 50;

/// The state that steps leave their targets in, as far as a run comes to them.
pub(super) fn remains(steps: &[Step], ruleset: &Ruleset) -> Vec<Remains> {
    let mut left: Vec<Remains> = Vec::new();
    for step in steps.iter().filter(|step| matters(step)) {
        let Some(api) = named(step).and_then(|name| ruleset.catalogue.get(name)) else { continue };
        let target = step.operation.target.name().map(str::to_owned);
        let span = step.operation.span;
        if api.leaves == Some(InstanceState::Running) && works(step) {
            left.retain(|it| it.state != State::Stopped || it.target != target);
        }
        let Some(state) = state(api, step) else { continue };
        let is_new = left.iter().all(|it| it.state != state || it.target != target);
        if is_new && left.len() < MOST {
            left.push(Remains { state, target, span });
        }
    }
    left
}

/// Whether a run comes to a step; what only may be a command leaves nothing.
fn matters(step: &Step) -> bool {
    let is_run = matches!(step.operation.evidence, Evidence::Certain | Evidence::Planned);
    step.course == Course::Reached && is_run
}

fn works(step: &Step) -> bool {
    step.judgement.verdict == Verdict::Unaffected
}

fn state(api: &ApiAction, step: &Step) -> Option<State> {
    if step.judgement.verdict == Verdict::SilentNoOp {
        return Some(State::NotRun);
    }
    if !works(step) {
        return None;
    }
    match api.deletes {
        _ if api.leaves == Some(InstanceState::Stopped) => Some(State::Stopped),
        _ if api.detaches == Some(Thing::Disk) => Some(State::Detached),
        Some(Thing::Instance | Thing::Disk | Thing::Image | Thing::Snapshot) => {
            Some(State::Deleted)
        }
        _ => None,
    }
}
