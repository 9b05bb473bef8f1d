//! `rules`: every row of the lock table and every finding rule, and what those who
//! write rules of their own need.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::settings::ConfigArgs;
use super::{Exit, to_stdout};
use crate::ruleset::{self, Ruleset};

mod markdown;
mod test;

/// Arguments of `rules`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// How to list them
    #[arg(long, visible_alias = "output", default_value = "table")]
    format: Format,

    /// Folder of rules laid over the built-in ones; may be repeated
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,

    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Report every mistake in folders of rules
    Check {
        /// Folders that are laid over the built-in rules, the last one on top
        #[arg(required = true, value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
    /// Run the examples of the rules in folders, or of the built-in ones
    Test {
        /// Folders that are laid over the built-in rules, the last one on top
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
    /// Print the JSON Schema of a kind of rule file
    Schema {
        /// The folder that the kind of file is in
        kind: ruleset::Kind,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    /// A page of the documentation
    Markdown,
}

#[derive(Serialize)]
struct Document<'a> {
    lock: &'a str,
    as_of: &'a str,
    source: &'a str,
    default: &'a str,
    actions: Vec<ActionEntry<'a>>,
    rules: Vec<RuleEntry<'a>>,
}

#[derive(Serialize)]
struct ActionEntry<'a> {
    action: &'a str,
    impact: &'a str,
    error_code: Option<&'a str>,
    condition: Option<&'a str>,
    summary: &'a str,
    conflict: Option<String>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: &'a str,
    severity: &'a str,
    summary: &'a str,
}

/// Runs the command, which by itself lists the rules.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    match &args.command {
        Some(Command::Check { folders }) => check(folders, out),
        Some(Command::Test { folders }) => test::run(folders, out),
        Some(Command::Schema { kind }) => {
            write_json(&ruleset::schema(*kind), out).map_err(to_stdout)?;
            Ok(0)
        }
        None => list(args, out),
    }
}

fn list(args: &Args, out: &mut dyn Write) -> Exit {
    let ruleset = Ruleset::load(&args.config.rule_folders(&args.rules)?)?;
    let document = document(&ruleset);
    match args.format {
        Format::Table => write_table(&document, out),
        Format::Json => write_json(&document, out),
        Format::Markdown => markdown::write(&ruleset, out),
    }
    .map_err(to_stdout)?;
    Ok(0)
}

fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Lists the mistakes in folders of rules, one a line.
fn check(folders: &[PathBuf], out: &mut dyn Write) -> Exit {
    let mistakes = Ruleset::mistakes(folders)?;
    let list = |out: &mut dyn Write| {
        for mistake in &mistakes {
            writeln!(out, "{mistake}")?;
        }
        match mistakes.len() {
            0 => writeln!(out, "No mistakes"),
            1 => writeln!(out, "1 mistake"),
            count => writeln!(out, "{count} mistakes"),
        }
    };
    list(out).map_err(to_stdout)?;
    Ok(u8::from(!mistakes.is_empty()))
}

fn document(ruleset: &Ruleset) -> Document<'_> {
    let lock = &ruleset.lock;
    let actions = lock.actions.iter().map(|row| ActionEntry {
        action: &row.action,
        impact: row.impact.name(),
        error_code: row.error_code.as_deref(),
        condition: row.condition.map(crate::ruleset::RowCondition::name),
        summary: row.summary.trim(),
        conflict: row.conflict.as_ref().map(|other| format!("{}: {}", other.page, other.says)),
    });
    let rules = ruleset.rules.iter().map(|rule| RuleEntry {
        id: &rule.id,
        severity: rule.severity.name(),
        summary: &rule.summary,
    });
    Document {
        lock: &lock.lock,
        as_of: &lock.as_of,
        source: &lock.source,
        default: lock.default.name(),
        actions: actions.collect(),
        rules: rules.collect(),
    }
}

fn write_table(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} lock, as of {}: {}\n", document.lock, document.as_of, document.source)?;
    for row in &document.actions {
        let code = row.error_code.unwrap_or("-");
        let condition = row.condition.unwrap_or("-");
        writeln!(out, "{:<38} {:<21} {code:<26} {condition}", row.action, row.impact)?;
    }
    writeln!(out, "{:<38} {}\n", "(any other action)", document.default)?;
    for rule in &document.rules {
        writeln!(out, "{:<24} {:<8} {}", rule.id, rule.severity, rule.summary)?;
    }
    Ok(())
}
