//! Front end.

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "python",
    reads: "",
    globs: &["*.py", "*.pyw"],
    interpreters: &["python", "python3"],
    recognises: None,
    words: &["ecs20140526", "aliyunsdk", "2014-05-26", "aliyun"],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(_sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    Lowered::default()
}
