//! Jupyter notebooks: the code cells in order, one program over all of them.
//!
//! `document` finds the cells, `cell` turns their lines into a program: what
//! `IPython` hands to a shell becomes a call that does the same.

use crate::frontend::reading::assemble::{self, AtFailure, Piece, Standing};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::Procedure;
use crate::source::Source;

mod cell;
mod document;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "notebook",
    reads: "code cells of Jupyter notebooks, and the shell commands in them",
    globs: &["*.ipynb"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[
        &["aliyun", "Aliyun", "ALIYUN", "alibaba", "Alibaba", "alicloud", "2014-05-26"],
        &["ecs", "Ecs", "ECS", "2014-05-26"],
    ],
    grouping: Grouping::File,
    max_bytes: 32 << 20,
    lower,
};

/// The key that every notebook has at its top.
const FORMAT: &str = "nbformat";

/// What a notebook's procedure is called if no heading names it.
const UNTITLED: &str = "notebook";

fn recognises(text: &str) -> bool {
    text.trim_start().starts_with('{') && template::top_level_key(text, FORMAT).is_some()
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_notebook(source, context));
    }
    lowered
}

fn lower_notebook(source: &Source<'_>, context: Context<'_>) -> Lowered {
    let mut tree = template::parse(source);
    let problems = std::mem::take(&mut tree.problems);
    let mut lowered = Lowered { problems, ..Lowered::default() };
    let Some(notebook) = tree.documents().next().map(document::read) else { return lowered };
    let mut pieces = Vec::new();
    for cell in &notebook.cells {
        let Some((language, code)) = cell::program(&cell.lines, notebook.language) else {
            continue;
        };
        lowered.parts.extend(cell.parts(source));
        let typed = matches!(language, "python" | "shell");
        let standing = if typed { Standing::Typed } else { Standing::Alone };
        pieces.push(Piece { language, code, standing });
    }
    let body = assemble::steps(&pieces, source, AtFailure::AsWritten, context, &mut lowered);
    if !body.is_empty() {
        let procedure = Procedure {
            name: notebook.title.unwrap_or_else(|| UNTITLED.to_owned()),
            span: source.span(0..source.text.len()),
            frontend: FRONTEND.name,
            parameters: Vec::new(),
            body,
        };
        lowered.procedures.insert(0, procedure);
    }
    lowered
}
