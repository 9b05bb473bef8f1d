//! The scripts of `package.json`: each is a line for a shell, with its `pre` and
//! `post` scripts around it.
//!
//! A script that only chains others, as in `npm run stop && npm run start`, runs
//! them in that order.

use std::collections::HashMap;
use std::ops::Range;

use super::host::{self, Piece, recipes};
use super::template::{self, Aligned, Entry};
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Failure, Node, Procedure};
use crate::source::{Source, Span};

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "package-json",
    reads: "the scripts of package.json",
    globs: &["package.json"],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

/// What runs another script by the name that follows.
const RUNNERS: [&str; 8] =
    ["npm run ", "npm run-script ", "yarn run ", "pnpm run ", "bun run ", "yarn ", "pnpm ", "npm "];

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let tree = template::parse(source);
        let top = tree.documents().next();
        let scripts = top.and_then(|top| top.get("scripts"));
        let entries = scripts.into_iter().flat_map(template::Item::entries);
        let scripts: Vec<Script<'_>> = entries.filter_map(Script::of).collect();
        let names: HashMap<&str, Span> =
            scripts.iter().map(|script| (script.name, script.span)).collect();
        let procedures: Vec<Procedure> =
            scripts.iter().map(|script| script.lower(&names, context, &mut lowered)).collect();
        lowered.procedures.extend(procedures);
        super::invoked::tidy(&mut lowered.procedures);
    }
    lowered
}

struct Script<'t> {
    name: &'t str,
    source: &'t Source<'t>,
    text: Aligned<'t>,
    span: Span,
}

impl<'t> Script<'t> {
    fn of(entry: Entry<'t>) -> Option<Self> {
        Some(Self {
            name: entry.key.text()?,
            source: entry.value.source(),
            text: entry.value.aligned()?,
            span: entry.key.span_to(entry.value),
        })
    }

    fn lower(
        &self,
        all: &HashMap<&str, Span>,
        context: Context<'_>,
        out: &mut Lowered,
    ) -> Procedure {
        let other = |name: &str| {
            let found = all.get(name).filter(|span| **span != self.span);
            found.map(|span| recipes::invoke(*span, Failure::Raises))
        };
        let mut body: Vec<Node> = other(&format!("pre{}", self.name)).into_iter().collect();
        let parts = self.parts();
        let chains = parts.iter().any(|part| called(&self.text.text[part.clone()]).is_some());
        if chains {
            for part in parts {
                let invoked = called(&self.text.text[part.clone()]).and_then(other);
                body.extend(invoked.or_else(|| self.run(part, context, out)));
            }
        } else {
            body.extend(self.run(0..self.text.text.len(), context, out));
        }
        body.extend(other(&format!("post{}", self.name)));
        Procedure {
            name: self.name.to_owned(),
            span: self.span,
            frontend: FRONTEND.name,
            parameters: Vec::new(),
            body,
        }
    }

    /// The commands that `&&` chains, if nothing else does.
    fn parts(&self) -> Vec<Range<usize>> {
        let text = self.text.text;
        if text.contains(['|', ';', '(', '"', '\'', '\n']) {
            return std::iter::once(0..text.len()).collect();
        }
        let mut at = 0;
        let parts = text.split("&&").map(|part| {
            let start = at;
            at += part.len() + "&&".len();
            start..start + part.len()
        });
        parts.collect()
    }

    fn run(&self, range: Range<usize>, context: Context<'_>, out: &mut Lowered) -> Option<Node> {
        let mut code = self.source.embed();
        self.text.append(range, &mut code);
        let code = code.finish();
        let piece = Piece { language: "shell", source: &code, failure: Failure::Raises };
        host::run(piece, context, out)
    }
}

/// The script that a command runs.
fn called(command: &str) -> Option<&str> {
    let command = command.trim();
    let rest = RUNNERS.iter().find_map(|runner| command.strip_prefix(runner))?;
    rest.split_whitespace().find(|word| !word.starts_with('-'))
}
