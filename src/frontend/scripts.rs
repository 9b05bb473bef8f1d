//! Scripts in perl, awk, lua and expect: the command lines that they run.
//!
//! They are only searched for these; `shell::foreign` knows how each language runs
//! one.

use super::host::{self, Piece};
use super::shell::{self, foreign};
use super::{Context, Frontend, Grouping, Lowered};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "scripts",
    reads: "perl, awk, lua and expect scripts that run the aliyun command line",
    globs: &["*.pl", "*.pm", "*.awk", "*.lua", "*.exp"],
    interpreters: &["perl", "awk", "gawk", "mawk", "lua", "luajit", "expect"],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 4 << 20,
    lower,
};

/// Languages by what the names of their files end with.
const ENDINGS: &[(&str, &str)] =
    &[(".pl", "perl"), (".pm", "perl"), (".awk", "awk"), (".lua", "lua"), (".exp", "expect")];

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let Some(language) = language(source) else { continue };
        let mut body = Vec::new();
        for line in foreign::lines(language, source) {
            let failure = Failure::Continues;
            body.extend(host::run(
                Piece { language: shell::FRONTEND.name, source: &line, failure },
                context,
                &mut lowered,
            ));
        }
        if has_calls(&body) {
            lowered.procedures.push(Procedure {
                name: "main".to_owned(),
                span: source.span(0..source.text.len()),
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body,
            });
        }
    }
    lowered
}

/// What a script is written in, by its name or its first line.
fn language(source: &Source<'_>) -> Option<&'static str> {
    let lower = source.path.to_ascii_lowercase();
    let by_name = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending));
    let first = source.text.lines().next().filter(|line| line.starts_with("#!"));
    let by_line = || ENDINGS.iter().find(|(_, name)| first.is_some_and(|it| it.contains(name)));
    by_name.or_else(by_line).map(|(_, name)| *name)
}
