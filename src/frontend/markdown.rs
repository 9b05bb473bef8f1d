//! Markdown: the code in a document, which is one procedure in reading order.
//!
//! `document` finds the code, `info` and `sniff` say in which language it is,
//! `session` tells commands from what they print. A reader types the commands into one shell, so that what one block
//! defines holds in the next, and stops where one fails.

use crate::frontend::reading::assemble::{self, AtFailure, Piece, Standing};
use crate::frontend::reading::code::Code;
use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::procedure::{Part, Procedure};
use crate::source::Source;

mod document;
mod html;
mod info;
mod remark;
mod session;
mod sniff;

use document::{Block, Mark};
use info::Reads;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "markdown",
    reads: "code blocks of Markdown documents, in reading order",
    globs: &["*.md", "*.markdown", "*.mdown", "*.mkd", "*.mdx", "*.qmd", "*.rmd"],
    interpreters: &[],
    recognises: None,
    words: &[&["ecs", "Ecs", "ECS", "alicloud", "aliyun", "2014-05-26", "OOS-", "ROSTemplate"]],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

/// What a document without a heading is called.
const UNTITLED: &str = "document";

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_document(source, context));
    }
    lowered
}

fn lower_document(source: &Source<'_>, context: Context<'_>) -> Lowered {
    let document = document::read(&source.text);
    let mut lowered = Lowered::default();
    let mut pieces = Vec::new();
    for block in document.blocks {
        let span = source.span(block.code.range());
        let setting = block.setting.clone();
        if let Some(piece) = piece(&block) {
            lowered.parts.push(Part { span, setting });
            pieces.push(piece);
        }
    }
    let body = assemble::steps(&pieces, source, AtFailure::Stops, context, &mut lowered);
    if !body.is_empty() {
        let procedure = Procedure {
            name: document.title.filter(|title| !title.is_empty()).unwrap_or(UNTITLED.into()),
            span: source.span(0..source.text.len()),
            frontend: FRONTEND.name,
            parameters: Vec::new(),
            body,
        };
        lowered.procedures.insert(0, procedure);
    }
    lowered
}

/// What a block comes to for a reader, if it is code.
fn piece<'d>(block: &Block<'d>) -> Option<Piece<'d>> {
    let code = block.code.clone();
    let text = code.text();
    let reads = match &block.mark {
        Mark::Inline => return inline(code, &text),
        Mark::Indented => Reads::Sniffed,
        Mark::Fenced(info) => info::reads(info),
    };
    let reads = if reads == Reads::Sniffed { sniff::reads(&text)? } else { reads };
    let shell = |code: Code<'d>| Piece { language: "shell", standing: typed(&code), code };
    match reads {
        Reads::As("shell") if session::is_prompted(&text) => Some(shell(session::commands(&code))),
        Reads::As("shell") => Some(shell(code)),
        Reads::As("python") => Some(Piece { language: "python", code, standing: Standing::Typed }),
        Reads::As(language) => Some(Piece { language, code, standing: Standing::Alone }),
        Reads::Console => Some(shell(session::commands(&code))),
        Reads::Prompted => {
            let code = session::python(&code);
            Some(Piece { language: "python", code, standing: Standing::Typed })
        }
        Reads::Batch => Some(shell(session::command_lines(&code, '^'))),
        Reads::Data => {
            let language = sniff::template(&text)?;
            Some(Piece { language, code, standing: Standing::Alone })
        }
        Reads::Text => {
            let code = session::command_lines(&code, '\\');
            let standing = Standing::Possible;
            Some(Piece { language: "shell", code, standing })
        }
        Reads::Sniffed | Reads::Not => None,
    }
    .filter(|piece| !piece.code.lines.is_empty())
}

/// Code in a line of text that is a whole command: one with arguments.
fn inline<'d>(code: Code<'d>, text: &str) -> Option<Piece<'d>> {
    let is_command = text.starts_with("aliyun ") && text.contains(" --");
    is_command.then_some(Piece { language: "shell", code, standing: Standing::Possible })
}

/// Whether shell code is typed, or a script of its own: one that says what runs
/// it, or that ends its shell in any case.
fn typed(code: &Code<'_>) -> Standing {
    let first = code.lines.first().map_or("", |line| &line.text);
    let last = code.lines.iter().rev().find(|line| !line.text.trim().is_empty());
    let exits = last.is_some_and(|line| line.text == "exit" || line.text.starts_with("exit "));
    if first.starts_with("#!") || exits { Standing::Alone } else { Standing::Typed }
}
