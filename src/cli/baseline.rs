//! `baseline`: the file of accepted findings.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::check::name_unreadable;
use super::gate::Gate;
use super::scope::{Given, Scope};
use super::settings::{Origin, Settings};
use super::{CliError, Exit, to_stdout, write};
use crate::analyse::{self, Analysis};
use crate::discover;
use crate::govern::baseline::{Baseline, Entry};
use crate::govern::{self, Policy, Suppressing};
use crate::problem::{Problem, ProblemKind};
use crate::report::{counted, harmless};
use crate::source::Base;

/// Arguments of `baseline`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write all findings there are to a new file
    Write {
        #[command(flatten)]
        common: Common,
        /// Overwrite the file
        #[arg(long)]
        force: bool,
    },
    /// Add what is new to the file and remove what is gone
    ///
    /// Entries of files that this run does not read stay.
    Update {
        #[command(flatten)]
        common: Common,
        /// Only remove what is gone
        #[arg(long)]
        prune: bool,
    },
    /// List the entries whose findings are gone; exit with 1 if there are any
    Check {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(clap::Args)]
struct Common {
    #[command(flatten)]
    scope: Scope,

    /// The file of accepted findings [default: that of the configuration, or
    /// ecs-lock-lint-baseline.json]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// The file, if nobody says another.
const DEFAULT_FILE: &str = "ecs-lock-lint-baseline.json";

impl Common {
    fn settings(&self) -> Result<(Settings, PathBuf), CliError> {
        let gate = Gate { baseline: self.baseline.clone(), ..Gate::default() };
        let settings = Settings::new(&self.scope, &gate)?;
        let path = settings.baseline.value.clone();
        Ok((settings, path.unwrap_or_else(|| PathBuf::from(DEFAULT_FILE))))
    }
}

/// Why a baseline could not be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BaselineFileError {
    /// It is not there.
    #[error("--baseline {0}: there is no such file; `ecs-lock-lint baseline write` writes it")]
    Missing(String),
    /// It is there, and must not be overwritten.
    #[error(
        "--baseline {0}: the file exists; `baseline update` brings it up to date, and --force \
         writes it anew"
    )]
    Exists(String),
    /// The operating system would not give or take it.
    #[error("--baseline {path}: {error}; look at its permissions")]
    Unreadable { path: String, error: io::Error },
    /// Its text is broken.
    #[error("{path}:{line}: {message}; {hint}")]
    Broken { path: String, line: usize, message: String, hint: &'static str },
}

/// Reads a baseline.
#[expect(clippy::disallowed_methods, reason = "a baseline is no input")]
pub(super) fn read(path: &Path) -> Result<Baseline, BaselineFileError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BaselineFileError::Missing(shown.clone()),
        _ => BaselineFileError::Unreadable { path: shown.clone(), error },
    })?;
    Baseline::parse(&text).map_err(|error| BaselineFileError::Broken {
        path: shown,
        line: error.line,
        message: error.message,
        hint: error.hint,
    })
}

fn write(baseline: &Baseline, path: &Path) -> Result<(), CliError> {
    let text = baseline.text().map_err(|error| CliError::Output {
        target: path.display().to_string(),
        error: error.into(),
    })?;
    write::whole_file(path, text.as_bytes())
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    match &args.action {
        Action::Write { common, force } => write_anew(common, *force, out, err),
        Action::Update { common, prune } => update(common, *prune, out, err),
        Action::Check { common } => check(common, out, err),
    }
}

fn write_anew(common: &Common, force: bool, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let (settings, file) = common.settings()?;
    let path = file.display().to_string();
    if file.exists() && !force {
        return Err(BaselineFileError::Exists(path).into());
    }
    let is_configured = matches!(settings.baseline.origin, Origin::File(_));
    let Some(run) = Run::new(&common.scope, settings, err)? else { return Ok(2) };
    write(&run.current, &file)?;
    let count = counted(run.current.entries().len(), "finding");
    let check = if is_configured {
        "ecs-lock-lint check".to_owned()
    } else {
        format!("ecs-lock-lint check --baseline {path}")
    };
    let next = format!("`{check}` fails on new ones only");
    writeln!(out, "{path}: {count} accepted; {next}").map_err(to_stdout)?;
    Ok(0)
}

fn update(common: &Common, prune: bool, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let (settings, file) = common.settings()?;
    let known = read(&file)?;
    let Some(run) = Run::new(&common.scope, settings, err)? else { return Ok(2) };
    let gone = run.gone(&known);
    let new = if prune { Vec::new() } else { run.current.without(&known) };
    let updated = known.updated(&gone, &new);
    if !gone.is_empty() || !new.is_empty() {
        write(&updated, &file)?;
    }
    list(&gone, '-', out).and_then(|()| list(&new, '+', out)).map_err(to_stdout)?;
    let path = file.display();
    let count = counted(updated.entries().len(), "finding");
    writeln!(out, "{path}: {count} accepted; {} removed, {} added", gone.len(), new.len())
        .map_err(to_stdout)?;
    Ok(0)
}

fn check(common: &Common, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let (settings, file) = common.settings()?;
    let known = read(&file)?;
    let Some(run) = Run::new(&common.scope, settings, err)? else { return Ok(2) };
    let gone = run.gone(&known);
    list(&gone, '-', out).map_err(to_stdout)?;
    let path = file.display();
    let count = counted(known.entries().len(), "finding");
    let (new, removable) = (run.current.without(&known).len(), gone.len());
    write!(out, "{path}: {count} accepted; {removable} gone, {new} new").map_err(to_stdout)?;
    let next = "; `ecs-lock-lint baseline update --prune` removes what is gone";
    writeln!(out, "{}", if gone.is_empty() { "" } else { next }).map_err(to_stdout)?;
    Ok(u8::from(!gone.is_empty()))
}

/// Entries, a line each.
fn list(entries: &[&Entry], sign: char, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        let Entry { path, rule, line, .. } = entry;
        let words = [Some(rule), entry.action.as_ref(), entry.target.as_ref()];
        let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        writeln!(out, "{sign} {}:{line}: {}", harmless(path), harmless(&words.join(" ")))?;
    }
    Ok(())
}

/// What there is now.
struct Run {
    given: Given,
    base: Base,
    current: Baseline,
    /// The files that were read.
    read: BTreeSet<String>,
}

impl Run {
    /// Analyses the inputs. Nothing comes back if a named one could not be read:
    /// what is missing then is not gone.
    fn new(
        scope: &Scope,
        settings: Settings,
        err: &mut dyn Write,
    ) -> Result<Option<Self>, CliError> {
        let (ruleset, judgement) = settings.ruleset()?;
        let discovery = discover::discover(&settings.inputs(scope)?)?;
        let mut analysis = analyse::analyse(&discovery, &ruleset, scope.jobs);
        let waivers = judgement.waivers.with(settings.seen(scope, &discovery));
        let today = super::today();
        let policy = Policy {
            min_severity: settings.min_severity.value,
            fail_on: None,
            persona: settings.persona.value,
            strict: false,
            suppressing: Some(Suppressing { today, complete: true, waivers: &waivers }),
            levels: &judgement.levels,
        };
        let Settings { given, base, .. } = settings;
        govern::govern(&mut analysis, policy, &ruleset, &base, None);
        if analysis.named_unreadable {
            name_unreadable(&analysis, err);
            return Ok(None);
        }
        let current = Baseline::of(&analysis, &base);
        let unread = unread(&analysis);
        let files = discovery.files.iter().map(|file| file.shown.as_str());
        let read = files.filter(|path| !unread.contains(path)).map(|path| base.lasting(path));
        let read = read.collect();
        Ok(Some(Self { given, base, current, read }))
    }

    /// The entries of a baseline whose findings are gone: their files were read, or
    /// are no more.
    fn gone<'k>(&self, known: &'k Baseline) -> Vec<&'k Entry> {
        let missing = known.without(&self.current).into_iter();
        missing.filter(|entry| self.read.contains(&entry.path) || self.is_no_more(entry)).collect()
    }

    /// Whether the file of an entry should be among the inputs and does not exist.
    fn is_no_more(&self, entry: &Entry) -> bool {
        let given = self.given.paths.iter().chain(&self.given.listed);
        let named = given.map(|path| path.to_string_lossy());
        let mut named = named.map(|path| self.base.lasting(&path));
        let is_below = |folder: String| {
            let rest = entry.path.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        let folders = std::iter::once(&self.base.folder).chain(&self.base.others);
        let mut places = folders.map(|folder| Path::new(folder).join(&entry.path));
        named.any(is_below) && !places.any(|place| place.exists())
    }
}

/// The paths that could not be read or analysed whole.
fn unread<'a>(analysis: &'a Analysis<'_>) -> BTreeSet<&'a str> {
    let is_unread =
        |problem: &Problem| problem.span.is_none() && problem.kind != ProblemKind::Encoding;
    let unread = analysis.problems.iter().filter(|(_, problem)| is_unread(problem));
    unread.map(|(path, _)| path.as_str()).collect()
}
