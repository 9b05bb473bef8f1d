//! Packer templates in JSON: what provisioners and post-processors run. As in
//! HCL, the calls of the builder concern an instance of its own.

use super::host::{Piece, settings::Settings, steps::Steps};
use super::template::{self, Item};
use super::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "packer-json",
    reads: "Packer templates in JSON",
    globs: &["*.json"],
    interpreters: &[],
    recognises: Some(recognises),
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

fn recognises(text: &str) -> bool {
    let has = |key| template::top_level_key(text, key).is_some();
    text.trim_start().starts_with('{') && has("builders")
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut tree = template::parse(source);
        lowered.problems.append(&mut tree.problems);
        let Some(top) = tree.documents().next() else { continue };
        let mut steps = Steps::default();
        for key in ["provisioners", "post-processors"] {
            let blocks = top.get(key).into_iter().flat_map(Item::items);
            for block in blocks {
                run(block, context, &mut steps, &mut lowered);
                // Post-processors may stand in chains.
                block.items().for_each(|inner| run(inner, context, &mut steps, &mut lowered));
            }
        }
        let body = steps.finish();
        if has_calls(&body) {
            lowered.procedures.push(Procedure {
                name: "build".to_owned(),
                span: source.span(0..source.text.len()),
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body,
            });
        }
    }
    lowered
}

fn run(block: Item<'_>, context: Context<'_>, steps: &mut Steps, out: &mut Lowered) {
    let kind = block.get_text("type").unwrap_or_default();
    if !matches!(kind, "shell" | "shell-local" | "powershell" | "windows-shell") {
        return;
    }
    let lines_of = block.get("inline").map(|inline| (inline, true));
    let command = block.get("command").map(|command| (command, false));
    for (code, is_inline) in lines_of.into_iter().chain(command) {
        let mut settings = Settings::default();
        for pair in block.get("environment_vars").into_iter().flat_map(Item::items) {
            if let Some((name, value)) = pair.text().and_then(|pair| pair.split_once('=')) {
                settings.set_literal(name, value);
            }
        }
        let shebang = block.get_text("inline_shebang").filter(|_| is_inline);
        let language = match (kind, shebang) {
            ("powershell", _) => Some("powershell"),
            (_, Some(line)) => {
                interpreted_by(line.trim_start_matches("#!").split_whitespace()).ok()
            }
            _ => Some("shell"),
        };
        let Some(language) = language else { continue };
        let told =
            is_inline && kind.starts_with("shell") && shebang.is_none_or(|it| it.contains("-e"));
        let source = lines(code, &settings, if told { "set -e\n" } else { "" }, language);
        steps.run(Piece { language, source: &source, failure: Failure::Raises }, context, out);
    }
}

/// A text, or a list of lines, behind what its shell is told.
fn lines(content: Item<'_>, settings: &Settings, told: &str, language: &str) -> Source<'static> {
    let lines: Vec<Item<'_>> = match content.text() {
        Some(_) => vec![content],
        None => content.items().collect(),
    };
    let mut code = content.source().embed();
    if language == "shell" {
        let text: Vec<&str> = lines.iter().filter_map(|line| line.text()).collect();
        let start = content.range().start;
        code.replace(&(settings.prelude(&text.join("\n")) + told), start..start);
    }
    for line in lines {
        if let Some(aligned) = line.aligned() {
            aligned.append(0..aligned.text.len(), &mut code);
            let end = line.range().end;
            code.replace("\n", end..end);
        }
    }
    code.finish()
}
