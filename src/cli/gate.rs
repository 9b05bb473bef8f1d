//! The arguments that say what fails a run.

use std::path::PathBuf;

use crate::config::FailOn;

/// What fails a run.
#[derive(clap::Args, Default)]
pub(super) struct Gate {
    /// Exit with 1 from this severity on [default: warning]
    #[arg(long, value_name = "SEVERITY", help_heading = "Policy")]
    pub(super) fail_on: Option<FailOn>,

    /// Exit with 3 if something could not be resolved or parsed
    #[arg(long, help_heading = "Policy")]
    pub(super) strict: bool,

    /// Accept the findings that this file lists; `baseline write` writes it
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    pub(super) baseline: Option<PathBuf>,
}
