//! Front end.

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "shell",
    reads: "",
    globs: &["*.sh", "*.bash", "*.zsh", "*.ksh"],
    interpreters: &["sh", "bash", "zsh", "dash", "ksh"],
    recognises: None,
    words: &["aliyun"],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(_sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    Lowered::default()
}
