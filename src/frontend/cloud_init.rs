//! User data of instances in files of their own: configurations of cloud-init,
//! messages in MIME that hold some, scripts.

use super::template::{script, user_data};
use super::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "cloud-init",
    reads: "user data: cloud-init configurations, MIME messages, scripts",
    globs: &[
        "*.yml",
        "*.yaml",
        "*.cfg",
        "*.txt",
        "*.cloud-config",
        "*.cloudinit",
        "*.mime",
        "user-data",
        "user_data",
        "userdata",
        "*.user-data",
        "*.userdata",
    ],
    interpreters: &[],
    recognises: Some(recognises),
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

/// What its procedures are called.
const NAME: &str = "user data";

fn recognises(text: &str) -> bool {
    user_data::is_container(text) || is_script(text)
}

fn is_script(text: &str) -> bool {
    let line = text.strip_prefix("#!").and_then(|rest| rest.lines().next());
    line.is_some_and(|line| interpreted_by(line.split_whitespace()).is_ok())
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(script::lower_user_data(source, NAME, FRONTEND.name, context));
    }
    lowered
}
