//! Front end.

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "terraform",
    reads: "",
    globs: &["*.tf", "*.tofu"],
    interpreters: &[],
    recognises: None,
    words: &["alicloud"],
    grouping: Grouping::Folder,
    max_bytes: 8 << 20,
    lower,
};

fn lower(_sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    Lowered::default()
}
