//! Front end.

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "oos",
    reads: "",
    globs: &["*.yaml", "*.yml", "*.json", "*.template"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &["OOS-"],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn recognises(_text: &str) -> bool {
    false
}

fn lower(_sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    Lowered::default()
}
