//! `completions`: a script that completes the command line in a shell.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, to_stdout};

/// Arguments of `completions`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell to write the script for
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    out.write_all(&script).map_err(to_stdout)?;
    Ok(0)
}
