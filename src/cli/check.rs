//! `check` and `audit`: the whole pipeline.

use super::gate::Gate;
use super::output::OutputArgs;
use super::progress::Progress;
use super::scope::Scope;
use super::settings::Settings;
use super::{Exit, baseline};
use crate::analyse::{self, Analysis};
use crate::discover::{self, Inputs, Since};
use crate::govern::{self, Policy, Suppressing};
use crate::report::{self, Report};
use std::io::Write;

/// Arguments of `check` and `audit`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scope: Scope,

    #[command(flatten)]
    output: OutputArgs,

    #[command(flatten)]
    gate: Gate,

    /// Report what comments and waivers suppress as if they were not there
    #[arg(long, help_heading = "Policy")]
    no_suppressions: bool,

    /// Report only what differs from this git revision: for declared resources, the
    /// calls that their changes imply
    #[arg(long, value_name = "REV", help_heading = "Input")]
    since: Option<String>,

    /// Report only what differs between the last commit and the index, and read files
    /// as the index has them
    #[arg(long, conflicts_with = "since", help_heading = "Input")]
    staged: bool,
}

/// Runs the pipeline.
pub(super) fn run(args: &Args, audit: bool, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let scope = &args.scope;
    let settings = Settings::new(scope, &args.gate)?;
    let baseline = settings.baseline.value.as_deref().map(baseline::read).transpose()?;
    let (ruleset, judgement) = settings.ruleset()?;
    let revision = args.since.clone().map(Since::Revision);
    let since = if args.staged { Some(Since::Staged) } else { revision };
    let inputs = Inputs { since, ..settings.inputs(scope)? };
    let discovery = discover::discover(&inputs)?;
    let progress =
        Progress::new(!args.output.quiet && !args.output.no_progress, discovery.files.len());
    let watch = || progress.advance();
    let mut analysis = analyse::analyse_watched(&discovery, &ruleset, scope.jobs, &watch);
    let waivers = judgement.waivers.with(settings.seen(scope, &discovery));
    let suppressing =
        Suppressing { today: super::today(), complete: !discovery.compares, waivers: &waivers };
    let policy = Policy {
        min_severity: settings.min_severity.value,
        fail_on: settings.fail_on.value.severity(),
        persona: settings.persona.value,
        strict: settings.strict.value,
        suppressing: (!args.no_suppressions).then_some(suppressing),
        levels: &judgement.levels,
    };
    let base = &settings.base;
    let outcome = govern::govern(&mut analysis, policy, &ruleset, base, baseline.as_ref());
    let report = Report { analysis: &analysis, ruleset: &ruleset, audit, base };
    args.output.write(&report, out)?;
    if analysis.named_unreadable {
        name_unreadable(&analysis, err);
    }
    Ok(outcome.code())
}

/// Says on the standard error why the exit code is 2, whatever the format.
pub(super) fn name_unreadable(analysis: &Analysis<'_>, err: &mut dyn Write) {
    for (path, problem) in &analysis.problems {
        if problem.span.is_none() {
            let (path, message) = (report::harmless(path), report::harmless(&problem.message));
            // There is nowhere left to report to if this fails.
            let _ = writeln!(err, "ecs-lock-lint: error: {path}: {message}");
        }
    }
}
