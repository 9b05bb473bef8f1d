//! Markdown: the code in a document, which is one procedure in reading order.
//!
//! `document` finds the code, `info` and `sniff` say in which language it is,
//! `session` tells commands from what they print, `patch` makes code of
//! patches, `mend` and `imports` of fragments. A reader types the commands into one shell, so that what one block
//! defines holds in the next, and stops where one fails.

use crate::frontend::reading::assemble::{self, AtFailure, Piece, Standing};
use crate::frontend::reading::code::Code;
use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::procedure::{Part, Procedure};
use crate::source::Source;

mod document;
mod html;
mod imports;
mod info;
mod mend;
mod nested;
mod patch;
mod remark;
mod session;
mod shortcode;
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

/// Programs that a command in a line of text runs.
const COMMANDS: [&str; 3] = ["aliyun", "aliyuncli", "ecctl"];

/// What a document without a heading is called.
const UNTITLED: &str = "document";

/// Whether a text has fences at the start of lines, which nothing else has that is
/// recognised by its content.
pub(super) fn has_fences(text: &str) -> bool {
    let is_fence = |line: &&str| line.starts_with("```") || line.starts_with("~~~");
    !text.starts_with("#!") && text.lines().filter(is_fence).nth(1).is_some()
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_document(source, context));
    }
    lowered
}

fn lower_document(source: &Source<'_>, context: Context<'_>) -> Lowered {
    let text = shortcode::fenced(&source.text);
    let text = nested::opened(&text);
    let document = document::read(&text);
    let is_on_sdk = imports::is_on_sdk(&source.text);
    let mut lowered = Lowered::default();
    let mut pieces = Vec::new();
    for block in document.blocks {
        let span = source.span(block.code.range());
        let setting = block.setting.clone();
        if let Some(mut piece) = piece(&block) {
            piece.code = mend::mended(piece.code, piece.language);
            (piece.code, piece.language) = mend::in_blocks(piece.code, piece.language);
            if is_on_sdk {
                piece.code = imports::added(piece.code, piece.language, context.catalogue);
            }
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
    match &block.mark {
        Mark::Inline => inline(code),
        Mark::Indented => read_as(Reads::Sniffed, code),
        Mark::Fenced(info) => read_as(info::reads(info), code),
    }
    .filter(|piece| !piece.code.lines.is_empty())
}

/// What code comes to that is said to be something.
fn read_as<'d>(said: Reads, code: Code<'d>) -> Option<Piece<'d>> {
    let text = code.text();
    let piece = |language, code: Code<'d>, standing| Some(Piece { language, code, standing });
    let shell = |code: Code<'d>| piece("shell", code.clone(), typed(&code));
    match sniff::despite(said, &text)? {
        Reads::As("shell") if session::is_prompted(&text) => shell(session::commands(&code)),
        Reads::As("shell") => shell(session::without_tables(code)),
        Reads::As("powershell") if session::is_prompted(&text) => {
            piece("powershell", session::commands(&code), Standing::Alone)
        }
        Reads::As("python") => piece("python", code, Standing::Typed),
        Reads::As(language) => piece(language, code, Standing::Alone),
        Reads::Console => shell(session::commands(&code)),
        Reads::Prompted => piece("python", session::python(&code), Standing::Typed),
        Reads::Batch => shell(session::command_lines(&code, '^')),
        Reads::Data => match sniff::template(&text) {
            Some(language) => piece(language, code, Standing::Alone),
            // Steps that are written down for people.
            None if !text.trim_start().starts_with(['{', '[']) => Some(possible(&code)),
            None => None,
        },
        Reads::Text => Some(possible(&code)),
        Reads::Patch => {
            let said = patch::ending(&text).map_or(Reads::Sniffed, info::reads);
            read_as(if said == Reads::Patch { Reads::Not } else { said }, patch::result(&code))
        }
        Reads::Sniffed | Reads::Not => None,
    }
}

/// The lines of a text that are commands.
fn possible<'d>(code: &Code<'d>) -> Piece<'d> {
    let code = session::command_lines(code, '\\');
    Piece { language: "shell", code, standing: Standing::Possible }
}

/// Code in a line of text that is a whole command: one with arguments.
fn inline(code: Code<'_>) -> Option<Piece<'_>> {
    let code = if session::is_prompted(&code.text()) { session::commands(&code) } else { code };
    let text = code.text();
    let is_before = |word: &&str| *word == "sudo" || word.contains('=');
    let program = text.split_whitespace().find(|word| !is_before(word))?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_command = COMMANDS.contains(&name) && text.contains(" --");
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
