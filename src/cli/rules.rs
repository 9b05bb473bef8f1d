//! `rules`: every row of the lock table and every finding rule.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, to_stdout};
use crate::ruleset::Ruleset;

/// Arguments of `rules`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// How to list them
    #[arg(long, visible_alias = "output", default_value = "table")]
    format: Format,

    /// Folder of rules laid over the built-in ones; may be repeated
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
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

/// Lists the rules.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    let ruleset = Ruleset::load(&args.rules)?;
    let document = document(&ruleset);
    match args.format {
        Format::Table => write_table(&document, out),
        Format::Json => serde_json::to_writer_pretty(&mut *out, &document)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out)),
    }
    .map_err(to_stdout)?;
    Ok(0)
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
