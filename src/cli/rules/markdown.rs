//! The rules and the lock table as a page of the documentation.

use std::io::{self, Write};

use crate::ruleset::{Example, Rule, Ruleset};

/// Writes the page.
pub(super) fn write(ruleset: &Ruleset, out: &mut dyn Write) -> io::Result<()> {
    let lock = &ruleset.lock;
    writeln!(out, "# Rules, one by one\n")?;
    writeln!(out, "What the built-in rules report under a {} lock.\n", lock.lock)?;
    writeln!(out, "| rule | severity | what it reports |\n| --- | --- | --- |")?;
    for rule in &ruleset.rules {
        let (id, severity) = (&rule.id, rule.severity.name());
        writeln!(out, "| [`{id}`](#{id}) | {severity} | {} |", cell(&rule.summary))?;
    }
    for rule in &ruleset.rules {
        write_rule(rule, out)?;
    }
    write_table(ruleset, out)
}

fn write_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## {}\n\n**{}**: {}\n", rule.id, rule.severity.name(), rule.summary)?;
    writeln!(out, "{}", rule.explanation.trim_end())?;
    write_examples("Is reported", &rule.examples.bad, out)?;
    write_examples("Is not", &rule.examples.good, out)
}

fn write_examples(title: &str, examples: &[Example], out: &mut dyn Write) -> io::Result<()> {
    for Example { file, text, .. } in examples {
        // A document among the examples has fences of three.
        writeln!(out, "\n{title}, in `{file}`:\n\n````text\n{}\n````", text.trim_end())?;
    }
    Ok(())
}

fn write_table(ruleset: &Ruleset, out: &mut dyn Write) -> io::Result<()> {
    let lock = &ruleset.lock;
    writeln!(out, "\n## The lock table\n\n[{}]({}), as of {}.", lock.source, lock.url, lock.as_of)?;
    writeln!(out, "An action that is not in it is {}.\n", lock.default.name())?;
    writeln!(out, "| action | while locked | error code |\n| --- | --- | --- |")?;
    for row in &lock.actions {
        let code = row.error_code.as_deref().map_or_else(String::new, |code| format!("`{code}`"));
        writeln!(out, "| `{}` | {} | {code} |", row.action, row.impact.name())?;
    }
    Ok(())
}

/// A text within a row of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
