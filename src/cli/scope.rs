//! The arguments that say what is read and by which rules: those of `check`,
//! `audit` and `baseline`.

use std::path::{Path, PathBuf};

use super::CliError;
use super::settings::ConfigArgs;
use crate::discover;
use crate::frontend::{self, FRONTENDS, Frontend};
use crate::ruleset::{Persona, Severity};
use crate::source::Base;

/// What is read, and by which rules.
#[derive(clap::Args)]
pub(super) struct Scope {
    /// Files and folders to read; - is the standard input
    ///
    /// Without any, and without --files-from, it is the working directory.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Read the files and folders too that this file lists, a line each or with a zero
    /// byte after each; - is the standard input
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    files_from: Option<PathBuf>,

    #[command(flatten)]
    pub(super) config: ConfigArgs,

    /// Show no finding below this severity [default: note]
    #[arg(long, value_name = "SEVERITY", help_heading = "Policy")]
    pub(super) min_severity: Option<Severity>,

    /// How much to show [default: regular]
    #[arg(long, help_heading = "Policy")]
    pub(super) persona: Option<Persona>,

    /// Folder of rules laid over the built-in ones; may be repeated
    #[arg(long, value_name = "DIR", help_heading = "Policy")]
    pub(super) rules: Vec<PathBuf>,

    /// Leave out what matches this pattern of .gitignore's syntax; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Input")]
    pub(super) exclude: Vec<String>,

    /// Read the named files and the standard input with this front end
    #[arg(long, value_name = "NAME", value_parser = parse_frontend, help_heading = "Input")]
    pub(super) frontend: Option<&'static Frontend>,

    /// Name of the standard input, to tell its format and for the report
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    pub(super) stdin_filename: Option<String>,

    /// Terraform state, which tells identifiers and attached disks; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) state: Vec<PathBuf>,

    /// Values of Terraform variables (.tfvars, .tfvars.json) for the root modules, the
    /// last file counting most; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) var_file: Vec<PathBuf>,

    /// Number of threads; 0 is one for each processor
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Input")]
    pub(super) jobs: usize,
}

/// What the user gave to read.
#[derive(Default)]
pub(super) struct Given {
    /// What is named on the command line.
    pub(super) paths: Vec<PathBuf>,
    /// What a list names.
    pub(super) listed: Vec<PathBuf>,
}

impl Scope {
    /// What is to be read.
    pub(super) fn given(&self) -> Result<Given, CliError> {
        let mut paths = self.paths.clone();
        let Some(list) = &self.files_from else {
            if paths.is_empty() {
                paths.push(PathBuf::from("."));
            }
            return Ok(Given { paths, listed: Vec::new() });
        };
        let is_stdin = |path: &Path| path.as_os_str() == "-";
        if is_stdin(list) && paths.iter().any(|path| is_stdin(path)) {
            let text = "the standard input cannot be both an input and the list of --files-from";
            return Err(CliError::Unknown(text.to_owned()));
        }
        Ok(Given { paths, listed: discover::read_list(list)? })
    }

    /// The top of the repository that the working directory is in, and those of
    /// the others that paths are named in.
    pub(super) fn base(given: &Given) -> Base {
        let Ok(working) = std::env::current_dir() else { return Base::default() };
        let top = top(&working).unwrap_or(&working);
        let below = working.strip_prefix(top).map(slashed).unwrap_or_default();
        let mut base = Base { folder: slashed(top), working: below, others: Vec::new() };
        for path in given.paths.iter().chain(&given.listed) {
            let whole = base.whole(&slashed(path));
            let other = self::top(Path::new(&whole)).map(slashed);
            base.others.extend(other.filter(|other| *other != base.folder));
        }
        base
    }
}

/// The top of the repository that a path is in.
fn top(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join(".git").exists())
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn parse_frontend(name: &str) -> Result<&'static Frontend, String> {
    let known = || FRONTENDS.iter().map(|frontend| frontend.name).collect::<Vec<_>>().join(", ");
    frontend::named(name).ok_or_else(|| format!("unknown front end; known ones: {}", known()))
}
