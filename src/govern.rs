//! Decides which findings are shown, and what they mean for the exit code.

use crate::analyse::Analysis;
use crate::finding::Finding;
use crate::ruleset::{Persona, Ruleset, Severity};
use crate::source::Base;
use crate::verdict::Verdict;

pub mod baseline;
mod day;
mod level;
mod suppression;
mod waiver;

use baseline::Baseline;
pub use day::Day;
pub use level::Level;
pub use suppression::{Suppressing, suppress};
pub use waiver::{Seen, Waiver, Waivers};

/// What the user wants to see, and what is to fail the run.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    /// Findings below this severity are dropped.
    pub min_severity: Severity,
    /// The severity from which on findings fail the run; none never do.
    pub fail_on: Option<Severity>,
    /// Who is looking.
    pub persona: Persona,
    /// Whether what could not be resolved or parsed fails the run.
    pub strict: bool,
    /// How suppression comments and waivers are honoured; without it they are not
    /// read.
    pub suppressing: Option<Suppressing<'p>>,
    /// Severities that the configuration gives, of which the last that fits counts.
    pub levels: &'p [Level],
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Nothing at or above the threshold.
    Clean,
    /// Findings at or above the threshold.
    Findings,
    /// Something could not run.
    Failed,
    /// Something could not be resolved or parsed, and the policy is strict.
    Unresolved,
}

impl Outcome {
    /// The process's exit code, the same whatever the output format.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Unresolved => 3,
        }
    }
}

/// Sets the suppressed findings apart, gives the others the severities of the
/// configuration, marks those that the baseline knows, drops
/// those that the policy does not ask for and says how the run ended. What the
/// outcome rests on is judged before anything is dropped, and fingerprints count
/// equal findings before, so that they do not depend on the policy.
pub fn govern<'r>(
    analysis: &mut Analysis<'r>,
    policy: Policy<'_>,
    ruleset: &'r Ruleset,
    base: &Base,
    baseline: Option<&Baseline>,
) -> Outcome {
    if let Some(how) = policy.suppressing {
        suppress(analysis, ruleset, how);
    }
    analysis.fingerprint(base);
    level::apply(analysis, policy.levels);
    let is_asked_for = |finding: &Finding<'_>| finding.rule.persona <= policy.persona;
    analysis.findings.retain(is_asked_for);
    if let Some(baseline) = baseline {
        baseline.mark(&mut analysis.findings);
    }
    let outcome = outcome(analysis, policy);
    let is_shown = |finding: &Finding<'_>| finding.severity >= policy.min_severity;
    analysis.findings.retain(is_shown);
    analysis.suppressed.retain(|finding| is_asked_for(finding) && is_shown(finding));
    outcome
}

fn outcome(analysis: &Analysis<'_>, policy: Policy<'_>) -> Outcome {
    let fails = |severity| policy.fail_on.is_some_and(|threshold| severity >= threshold);
    if analysis.named_unreadable {
        return Outcome::Failed;
    }
    let mut open = analysis.findings.iter().filter(|finding| !finding.is_baselined());
    if open.any(|finding| fails(finding.severity)) {
        return Outcome::Findings;
    }
    let mut steps = analysis.procedures.iter().flat_map(|judged| &judged.steps);
    let unclear = !analysis.problems.is_empty()
        || steps.any(|step| step.judgement.verdict == Verdict::Unresolved);
    if policy.strict && unclear { Outcome::Unresolved } else { Outcome::Clean }
}
