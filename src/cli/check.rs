//! `check` and `audit`: the whole pipeline.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::output::OutputArgs;
use super::progress::Progress;
use super::scope::Scope;
use super::{Exit, baseline};
use crate::analyse::{self, Analysis};
use crate::discover;
use crate::govern::{self, Policy, Suppressing};
use crate::report::{self, Report};
use crate::ruleset::{Ruleset, Severity};

/// Arguments of `check` and `audit`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scope: Scope,

    #[command(flatten)]
    output: OutputArgs,

    /// Exit with 1 from this severity on
    #[arg(long, default_value = "warning", value_name = "SEVERITY", help_heading = "Policy")]
    fail_on: FailOn,

    /// Exit with 3 if something could not be resolved or parsed
    #[arg(long, help_heading = "Policy")]
    strict: bool,

    /// Report what comments suppress as if they were not there
    #[arg(long, help_heading = "Policy")]
    no_suppressions: bool,

    /// Accept the findings that this file lists; `baseline write` writes it
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    baseline: Option<PathBuf>,

    /// Report only what differs from this git revision: for declared resources, the
    /// calls that their changes imply
    #[arg(long, value_name = "REV", help_heading = "Input")]
    since: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

/// Runs the pipeline.
pub(super) fn run(args: &Args, audit: bool, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let scope = &args.scope;
    let baseline = args.baseline.as_deref().map(baseline::read).transpose()?;
    let ruleset = Ruleset::load(&scope.rules)?;
    let given = scope.given()?;
    let base = Scope::base(&given);
    let discovery = discover::discover(&scope.inputs(&given, &base, args.since.clone())?)?;
    let progress =
        Progress::new(!args.output.quiet && !args.output.no_progress, discovery.files.len());
    let watch = || progress.advance();
    let mut analysis = analyse::analyse_watched(&discovery, &ruleset, scope.jobs, &watch);
    let policy = Policy {
        min_severity: scope.min_severity,
        fail_on: args.fail_on.severity(),
        persona: scope.persona,
        strict: args.strict,
        suppressing: (!args.no_suppressions)
            .then(|| Suppressing { today: super::today(), complete: !discovery.compares }),
    };
    let outcome = govern::govern(&mut analysis, policy, &ruleset, &base, baseline.as_ref());
    let report = Report { analysis: &analysis, ruleset: &ruleset, audit, base: &base };
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
