//! `man`: the manual pages, made from the command line's own definition.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Cli, CliError, Exit, to_stdout};

/// Arguments of `man`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Write a page for each command into this folder, instead of one page to the
    /// standard output
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Prints the page of the program, or writes the pages of all commands.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    match &args.directory {
        None => Man::new(Cli::command()).render(out).map_err(to_stdout)?,
        Some(folder) => write_pages(folder)
            .map_err(|error| CliError::Output { target: folder.display().to_string(), error })?,
    }
    Ok(0)
}

fn write_pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)
}
