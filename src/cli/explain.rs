//! `explain`: what the data says of a rule, an action or an error code.

use std::io::{self, Write};
use std::path::PathBuf;

use super::settings::ConfigArgs;
use super::{CliError, Exit, to_stdout};
use crate::catalogue::{ApiAction, nearest};
use crate::ruleset::{Example, LockRow, LockTable, Rule, Ruleset};

/// Arguments of `explain`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A rule's id, an action's name in any spelling, or an error code
    name: String,

    /// Folder of rules laid over the built-in ones; may be repeated
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,

    #[command(flatten)]
    config: ConfigArgs,
}

/// Explains a name.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    let ruleset = Ruleset::load(&args.config.rule_folders(&args.rules)?)?;
    let lock = &ruleset.lock;
    let name = args.name.as_str();
    let code = lock.error_codes.iter().find(|code| code.code.eq_ignore_ascii_case(name));
    if let Some(rule) = ruleset.rule(name) {
        write_rule(rule, out)
    } else if let Some(action) = ruleset.catalogue.folded(name) {
        write_action(action, lock, out)
    } else if let Some(code) = code {
        write_error_code(&code.code, &code.meaning, lock, out)
    } else {
        return Err(unknown(name, &ruleset));
    }
    .map_err(to_stdout)?;
    Ok(0)
}

fn unknown(name: &str, ruleset: &Ruleset) -> CliError {
    let actions = ruleset.catalogue.actions.iter().map(|action| action.name.as_str());
    let rules = ruleset.rules.iter().map(|rule| rule.id.as_str());
    let codes = ruleset.lock.error_codes.iter().map(|code| code.code.as_str());
    let hint = match nearest(name, actions.chain(rules).chain(codes)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`ecs-lock-lint rules` lists what there is".to_owned(),
    };
    CliError::Unknown(format!("no rule, action or error code is called `{name}`; {hint}"))
}

fn write_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})\n\n{}\n", rule.id, rule.severity.name(), rule.summary)?;
    writeln!(out, "{}", rule.explanation.trim_end())?;
    write_examples("Is reported", &rule.examples.bad, out)?;
    write_examples("Is not", &rule.examples.good, out)
}

fn write_examples(title: &str, examples: &[Example], out: &mut dyn Write) -> io::Result<()> {
    for Example { file, text, .. } in examples {
        writeln!(out, "\n{title}, in {file}:\n")?;
        for line in text.trim_end().lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn write_action(action: &ApiAction, lock: &LockTable, out: &mut dyn Write) -> io::Result<()> {
    let row = lock.row(&action.name);
    let impact = row.map_or(lock.default, |row| row.impact);
    writeln!(out, "{}: {} under a {} lock\n", action.name, impact.name(), lock.lock)?;
    match row {
        Some(row) => write_row(row, out)?,
        None => writeln!(out, "The table does not list it, and what it does not list works.")?,
    }
    if let Some((page, says)) = lock.conflict(&action.name) {
        writeln!(out, "But the {page} says that {says}. The table decides the verdict.")?;
    }
    if let Some(status) = &action.status {
        writeln!(out, "Status:     {status}")?;
    }
    writeln!(out, "\nTo detect:  {}\nTo do:      {}\n", lock.detect.trim(), lock.remedy.trim())?;
    write_source(lock, out)
}

fn write_row(row: &LockRow, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", row.summary.trim())?;
    if let Some(code) = &row.error_code {
        writeln!(out, "Error code: {code}")?;
    }
    if let Some(condition) = row.condition {
        writeln!(out, "Condition:  {}", condition.name())?;
    }
    if let Some(caution) = &row.caution {
        writeln!(out, "Caution:    {}", caution.trim())?;
    }
    Ok(())
}

fn write_error_code(
    code: &str,
    meaning: &str,
    lock: &LockTable,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{code}\n\n{}\n\nActions that fail with it while locked:", meaning.trim())?;
    let rows = lock.actions.iter().filter(|row| row.error_code.as_deref() == Some(code));
    for row in rows {
        let condition = row.condition.map_or_else(String::new, |one| format!(" ({})", one.name()));
        writeln!(out, "  {}{condition}", row.action)?;
    }
    writeln!(out, "\nTo detect:  {}\nTo do:      {}\n", lock.detect.trim(), lock.remedy.trim())?;
    write_source(lock, out)
}

fn write_source(lock: &LockTable, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Source: {}, as of {}\n        {}", lock.source, lock.as_of, lock.url)
}
