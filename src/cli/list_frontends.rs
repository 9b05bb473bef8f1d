//! `list-frontends`: every input format, by what files are recognised.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, to_stdout};
use crate::frontend::{FRONTENDS, Frontend};

/// Arguments of `list-frontends`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// How to list them
    #[arg(long, visible_alias = "output", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    /// A page of the documentation
    Markdown,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    reads: &'static str,
    globs: &'static [&'static str],
    interpreters: &'static [&'static str],
    by_content: bool,
}

/// Lists the front ends.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    let written = match args.format {
        Format::Table => FRONTENDS.iter().try_for_each(|frontend| write_row(frontend, out)),
        Format::Markdown => write_page(out),
        Format::Json => {
            let entries: Vec<Entry> = FRONTENDS.iter().map(|frontend| entry(frontend)).collect();
            serde_json::to_writer_pretty(&mut *out, &entries)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out))
        }
    };
    written.map_err(to_stdout)?;
    Ok(0)
}

fn entry(frontend: &Frontend) -> Entry {
    Entry {
        name: frontend.name,
        reads: frontend.reads,
        globs: frontend.globs,
        interpreters: frontend.interpreters,
        by_content: frontend.recognises.is_some(),
    }
}

fn write_row(frontend: &Frontend, out: &mut dyn Write) -> io::Result<()> {
    let Entry { name, reads, globs, interpreters, by_content } = entry(frontend);
    writeln!(out, "{name:<16} {reads}")?;
    let content = if by_content { ", told by content" } else { "" };
    writeln!(out, "{:<16} {}{content}", "", globs.join(" "))?;
    if interpreters.is_empty() {
        return Ok(());
    }
    writeln!(out, "{:<16} #! {}", "", interpreters.join(" "))
}

fn write_page(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Inputs\n")?;
    writeln!(out, "`--frontend NAME` reads every named file as one of them.\n")?;
    writeln!(out, "| front end | reads | names | `#!` lines | by content |")?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for Entry { name, reads, globs, interpreters, by_content } in
        FRONTENDS.iter().map(|one| entry(one))
    {
        let content = if by_content { "yes" } else { "" };
        let (globs, interpreters) = (code(globs), code(interpreters));
        writeln!(out, "| `{name}` | {reads} | {globs} | {interpreters} | {content} |")?;
    }
    Ok(())
}

/// Words as code, side by side.
fn code(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}
