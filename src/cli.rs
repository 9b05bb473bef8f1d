//! The command line: arguments are checked once, here, and become what the
//! stages take.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};

use crate::govern::Day;

mod baseline;
mod check;
mod completions;
mod config;
mod explain;
mod gate;
mod list_frontends;
mod man;
mod output;
mod progress;
mod rules;
mod scope;
mod settings;
mod write;

/// What a command gives back: the exit code, or an error for the user.
type Exit = Result<u8, CliError>;

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// A mistake in a rule file.
    #[error("ruleset: {0}")]
    Ruleset(#[from] crate::ruleset::RulesetError),
    /// Inputs that could not be told.
    #[error(transparent)]
    Discover(#[from] crate::discover::DiscoverError),
    /// A mistake in the configuration.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigError),
    /// A baseline that cannot be read or written.
    #[error(transparent)]
    Baseline(#[from] baseline::BaselineFileError),
    /// A name that is not known.
    #[error("{0}")]
    Unknown(String),
    /// An output that cannot be written.
    #[error("{target}: {error}")]
    Output { target: String, error: io::Error },
}

#[derive(Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Report the calls that fail, or silently do nothing, on a locked instance
    ///
    /// Exit code: 0 nothing at or above --fail-on, 1 findings, 2 could not run,
    /// 3 with --strict: something could not be resolved or parsed.
    Check(check::Args),
    /// Show every procedure step by step with its verdicts, besides the findings
    Audit(check::Args),
    /// Keep a file of accepted findings, so that only new ones fail
    ///
    /// Exit code: 0 done, or nothing to remove, 1 `check` found entries to remove,
    /// 2 could not run.
    Baseline(baseline::Args),
    /// Print a script that completes the command line in a shell
    Completions(completions::Args),
    /// Show the configuration, or what it may hold
    Config(config::Args),
    /// Explain a rule, an action or an error code
    Explain(explain::Args),
    /// List the input formats, and how files are told
    ListFrontends(list_frontends::Args),
    /// Print the manual page
    Man(man::Args),
    /// List the lock table and the finding rules
    Rules(rules::Args),
}

/// Runs the command line and gives the exit code. Reports go to `out`, errors of
/// the run itself to `err`.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let exit = match Cli::try_parse_from(args) {
        Ok(cli) => cli.command.run(out, err),
        Err(error) => return usage(&error, out, err),
    };
    exit.unwrap_or_else(|error| {
        if let CliError::Output { error, .. } = &error
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return 0;
        }
        // There is nowhere left to report to if this fails.
        let _ = writeln!(err, "ecs-lock-lint: error: {error}");
        2
    })
}

/// Shows help or a mistake in the arguments.
fn usage(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let text = error.render();
    // There is nowhere left to report to if writing fails.
    if error.use_stderr() {
        let _ = write!(err, "{text}");
        return 2;
    }
    let _ = write!(out, "{text}");
    0
}

impl Command {
    fn run(self, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
        match self {
            Self::Check(args) => check::run(&args, false, out, err),
            Self::Audit(args) => check::run(&args, true, out, err),
            Self::Baseline(args) => baseline::run(&args, out, err),
            Self::Completions(args) => completions::run(&args, out),
            Self::Config(args) => config::run(&args, out),
            Self::Explain(args) => explain::run(&args, out),
            Self::ListFrontends(args) => list_frontends::run(&args, out),
            Self::Man(args) => man::run(&args, out),
            Self::Rules(args) => rules::run(&args, out),
        }
    }
}

/// The day of the run.
fn today() -> Day {
    Day::of(std::time::SystemTime::now())
}

/// Wraps an error of writing to the standard output.
fn to_stdout(error: io::Error) -> CliError {
    CliError::Output { target: "standard output".to_owned(), error }
}
