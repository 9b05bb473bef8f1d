//! Procfiles: each line names a kind of process and what it runs.

use super::host::{self, Piece};
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "procfile",
    reads: "Procfiles: the command of each process",
    globs: &["Procfile", "Procfile.*", "*.procfile"],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut at = 0;
        for line in source.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let Some((name, command)) = line.trim_end().split_once(':') else { continue };
            let is_name = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
            if name.is_empty() || !name.chars().all(is_name) {
                continue;
            }
            let code = source.embed_range(start + name.len() + 1..start + line.trim_end().len());
            let piece = Piece { language: "shell", source: &code, failure: Failure::Raises };
            let body: Vec<_> = host::run(piece, context, &mut lowered).into_iter().collect();
            if has_calls(&body) && !command.is_empty() {
                lowered.procedures.push(Procedure {
                    name: name.to_owned(),
                    span: source.span(start..start + line.trim_end().len()),
                    frontend: FRONTEND.name,
                    parameters: Vec::new(),
                    body,
                });
            }
        }
    }
    lowered
}
