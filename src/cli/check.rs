//! `check` and `audit`: the whole pipeline.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::scope::Scope;
use super::{CliError, Exit, baseline, to_stdout};
use crate::analyse::{self, Analysis};
use crate::discover;
use crate::govern::{self, Policy, Suppressing};
use crate::report::{self, REPORTERS, Report, Reporter, Style};
use crate::ruleset::{Ruleset, Severity};

/// Arguments of `check` and `audit`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scope: Scope,

    /// Output format, to the standard output or to a file; may be repeated
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT[=FILE]",
        default_value = "terminal",
        value_parser = parse_output,
        help_heading = "Output"
    )]
    output: Vec<Output>,

    /// When to use colours
    #[arg(long, default_value = "auto", help_heading = "Output")]
    color: When,

    /// No summary
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,

    /// List all notes and problems on the terminal, not only the first ten
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,

    /// For scripts: progress is never shown
    #[arg(long, hide = true)]
    no_progress: bool,

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

impl Args {
    fn style(&self, color: bool, width: usize) -> Style {
        Style { color, width, quiet: self.quiet, verbose: self.verbose }
    }
}

/// Where a report goes.
#[derive(Clone, Debug)]
struct Output {
    reporter: &'static Reporter,
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
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

fn parse_output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = || REPORTERS.iter().map(|reporter| reporter.name).collect::<Vec<_>>().join(", ");
    let reporter =
        report::named(name).ok_or_else(|| format!("unknown format; known ones: {}", known()))?;
    Ok(Output { reporter, file })
}

/// Runs the pipeline.
pub(super) fn run(args: &Args, audit: bool, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let scope = &args.scope;
    let baseline = args.baseline.as_deref().map(baseline::read).transpose()?;
    let ruleset = Ruleset::load(&scope.rules)?;
    let discovery = discover::discover(&scope.inputs(args.since.clone()))?;
    let mut analysis = analyse::analyse(&discovery, &ruleset, scope.jobs);
    let policy = Policy {
        min_severity: scope.min_severity,
        fail_on: args.fail_on.severity(),
        persona: scope.persona,
        strict: args.strict,
        suppressing: (!args.no_suppressions)
            .then(|| Suppressing { today: super::today(), complete: !discovery.compares }),
    };
    let base = scope.base();
    let outcome = govern::govern(&mut analysis, policy, &ruleset, &base, baseline.as_ref());
    let report = Report { analysis: &analysis, ruleset: &ruleset, audit, base: &base };
    for output in &args.output {
        write_output(&report, output, args, out)?;
    }
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

fn write_output(
    report: &Report<'_>,
    output: &Output,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let write = output.reporter.write;
    match &output.file {
        None => {
            let style = args.style(colored(args.color), width());
            let mut buffered = io::BufWriter::new(out);
            write(report, style, &mut buffered).and_then(|()| buffered.flush()).map_err(to_stdout)
        }
        Some(path) => {
            let style = args.style(matches!(args.color, When::Always), DEFAULT_WIDTH);
            let mut bytes = Vec::new();
            write(report, style, &mut bytes)
                .and_then(|()| std::fs::write(path, bytes))
                .map_err(|error| CliError::Output { target: path.display().to_string(), error })
        }
    }
}

const DEFAULT_WIDTH: usize = 100;

/// The width of the terminal, within what is pleasant to read.
fn width() -> usize {
    terminal_size::terminal_size()
        .map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0).clamp(60, 140))
}

/// Whether to use colours on the standard output, by the conventions of
/// no-color.org and its like.
fn colored(when: When) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if set("CLICOLOR_FORCE") || set("FORCE_COLOR") => true,
        When::Auto => {
            io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}
