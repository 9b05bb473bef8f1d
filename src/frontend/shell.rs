//! Shell scripts (bash, sh, zsh) and the calls of the `aliyun` command line in
//! them.
//!
//! `stand_in` makes pasted code parsable; `recover` finds what follows a mistake;
//! `script` collects what a script
//! defines: variables, functions, aliases; `included` brings those of scripts
//! that it reads in; `word` expands words; `command` says
//! what a list of words runs; `structure` lowers statements; `code` finds shell
//! and other code in strings and here-documents, `foreign` command lines in that
//! of languages that have no front end.

mod code;
mod collect;
mod command;
mod definition;
mod expand;
pub(super) mod foreign;
pub(super) mod included;
mod program;
mod recover;
mod resolve;
mod script;
mod stand_in;
mod structure;
mod variable;
mod word;

use std::borrow::Cow;

use tree_sitter::Tree;

use crate::frontend::{Context, Frontend, Grouping, Lowered, syntax};
use crate::problem::Problem;
use crate::source::Source;

use included::Borrowed;

/// Node kinds of tree-sitter-bash, version 0.25.
mod kind {
    /// `name=(a b)`.
    pub(super) const ARRAY: &str = "array";
    /// `$'a\n'`.
    pub(super) const ANSI_C_STRING: &str = "ansi_c_string";
    /// `for ((…; …; …))`.
    pub(super) const C_STYLE_FOR: &str = "c_style_for_statement";
    /// `case … esac`.
    pub(super) const CASE: &str = "case_statement";
    /// `pattern) …;;`.
    pub(super) const CASE_ITEM: &str = "case_item";
    /// `FOO=1 name arguments`.
    pub(super) const COMMAND: &str = "command";
    /// The first word of a command.
    pub(super) const COMMAND_NAME: &str = "command_name";
    /// `$(…)` and backticks.
    pub(super) const COMMAND_SUBSTITUTION: &str = "command_substitution";
    /// `# …`.
    pub(super) const COMMENT: &str = "comment";
    /// `{ …; }`.
    pub(super) const COMPOUND: &str = "compound_statement";
    /// Several literals without a blank between.
    pub(super) const CONCATENATION: &str = "concatenation";
    /// `local`, `export`, `declare` …
    pub(super) const DECLARATION: &str = "declaration_command";
    /// `do … done`.
    pub(super) const DO_GROUP: &str = "do_group";
    /// `elif …`.
    pub(super) const ELIF: &str = "elif_clause";
    /// `else …`.
    pub(super) const ELSE: &str = "else_clause";
    /// `${name…}`.
    pub(super) const EXPANSION: &str = "expansion";
    /// `> file`.
    pub(super) const FILE_REDIRECT: &str = "file_redirect";
    /// `for name in …` and `select`.
    pub(super) const FOR: &str = "for_statement";
    /// `name() …`.
    pub(super) const FUNCTION: &str = "function_definition";
    /// The text of a here-document.
    pub(super) const HEREDOC_BODY: &str = "heredoc_body";
    /// `<<EOF` to the end of its text.
    pub(super) const HEREDOC_REDIRECT: &str = "heredoc_redirect";
    /// The delimiter after `<<`.
    pub(super) const HEREDOC_START: &str = "heredoc_start";
    /// `<<< word`.
    pub(super) const HERESTRING: &str = "herestring_redirect";
    /// `if … fi`.
    pub(super) const IF: &str = "if_statement";
    /// `a && b`, `a || b`.
    pub(super) const LIST: &str = "list";
    /// `! a`.
    pub(super) const NEGATED: &str = "negated_command";
    /// Digits.
    pub(super) const NUMBER: &str = "number";
    /// `a | b`.
    pub(super) const PIPELINE: &str = "pipeline";
    /// `<(…)`, `>(…)`.
    pub(super) const PROCESS_SUBSTITUTION: &str = "process_substitution";
    /// `'…'`.
    pub(super) const RAW_STRING: &str = "raw_string";
    /// A statement and its redirections.
    pub(super) const REDIRECTED: &str = "redirected_statement";
    /// `$name`.
    pub(super) const SIMPLE_EXPANSION: &str = "simple_expansion";
    /// `"…"`.
    pub(super) const STRING: &str = "string";
    /// The plain text in a string.
    pub(super) const STRING_CONTENT: &str = "string_content";
    /// `( … )`.
    pub(super) const SUBSHELL: &str = "subshell";
    /// `[ … ]`, `[[ … ]]`.
    pub(super) const TEST: &str = "test_command";
    /// `$"…"`.
    pub(super) const TRANSLATED_STRING: &str = "translated_string";
    /// `name=value`.
    pub(super) const ASSIGNMENT: &str = "variable_assignment";
    /// Several of them.
    pub(super) const ASSIGNMENTS: &str = "variable_assignments";
    /// A variable's name.
    pub(super) const VARIABLE_NAME: &str = "variable_name";
    /// `while … done`, `until … done`.
    pub(super) const WHILE: &str = "while_statement";
    /// A bare word.
    pub(super) const WORD: &str = "word";
}

/// Words of scripts that call the API by the command line or by requests.
pub(super) const WORDS: &[&[&str]] = &[
    &["aliyun", "ALIYUN", "Aliyun", "ecctl", "x-acs-action", "2014-05-26"],
    &["ecs", "Ecs", "ECS"],
];

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "shell",
    reads: "shell scripts (bash, sh, zsh) that use the aliyun command line or curl",
    globs: &[
        "*.sh",
        "*.bash",
        "*.zsh",
        "*.ksh",
        ".profile",
        ".bashrc",
        ".bash_profile",
        ".bash_aliases",
        ".zshrc",
        ".envrc",
        ".husky/*",
    ],
    interpreters: &["sh", "bash", "zsh", "dash", "ksh", "ash"],
    recognises: None,
    words: WORDS,
    grouping: Grouping::Linked(included::links),
    max_bytes: 8 << 20,
    lower,
};

/// How often a text is parsed anew, since one line that is put right may show that
/// the next is wrong.
const MOST_PARSES: usize = 4;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    included::in_order(sources, included::links, |source, texts, borrowed| {
        if texts.is_empty() {
            return read(source, context, 0);
        }
        let whole = included::with(source, 0, texts);
        let mut found = read_with(&whole, (context, 0), borrowed);
        included::without(&mut found, source.span(0..0));
        found
    })
}

/// Reads one script that stands so many statements deep in others.
fn read(source: &Source<'_>, context: Context<'_>, depth: u16) -> Lowered {
    read_with(source, (context, depth), &Borrowed::new())
}

/// The same, of a script with functions that stand in scripts that it reads in.
fn read_with(
    source: &Source<'_>,
    (context, depth): (Context<'_>, u16),
    borrowed: &Borrowed,
) -> Lowered {
    if memchr::memmem::find(source.text.as_bytes(), b"\r\n").is_some() {
        return read_with(&without_carriage_returns(source), (context, depth), borrowed);
    }
    let mut parsable = source.clone();
    if let Some(text) = stand_in::parsable(&source.text) {
        parsable.text = Cow::Owned(text);
    }
    let tree = match parse(&mut parsable) {
        Ok(tree) => tree,
        Err(problem) => return Lowered { problems: vec![problem], ..Lowered::default() },
    };
    let mut lowered = structure::lower(tree.root_node(), source, (context, depth), borrowed);
    if let Some(problem) = syntax::syntax_problem(&tree, source) {
        recover(&mut lowered, &parsable, source, (context, depth, borrowed));
        lowered.problems.push(problem);
    }
    lowered
}

/// Parses a text, in which lines that the grammar takes together get apart.
fn parse(parsable: &mut Source<'_>) -> Result<Tree, Problem> {
    let language = tree_sitter_bash::LANGUAGE.into();
    let mut tree = syntax::parse(&language, parsable)?;
    for _ in 0..MOST_PARSES {
        let Some(text) = stand_in::joined::apart(tree.root_node(), &parsable.text) else { break };
        parsable.text = Cow::Owned(text);
        tree = syntax::parse(&language, parsable)?;
    }
    Ok(tree)
}

/// Adds to what was lowered what a mistake has hidden.
fn recover(
    lowered: &mut Lowered,
    parsable: &Source<'_>,
    source: &Source<'_>,
    (context, depth, borrowed): (Context<'_>, u16, &Borrowed),
) {
    let mut faultless = parsable.clone();
    faultless.text = Cow::Owned(recover::without_faults(&parsable.text));
    if let Ok(tree) = syntax::parse(&tree_sitter_bash::LANGUAGE.into(), &faultless) {
        let found = structure::lower(tree.root_node(), source, (context, depth), borrowed);
        recover::add_missed(lowered, found, source.span(0..source.text.len()));
    }
}

/// Whether a text can be read before another one without changing what that says:
/// it has no mistakes, and leaves nothing open.
pub(super) fn is_sound(text: &str) -> bool {
    let text = stand_in::parsable(text).map_or(Cow::Borrowed(text), Cow::Owned);
    syntax::is_sound(&tree_sitter_bash::LANGUAGE.into(), &text, "\n: next\n")
}

/// A text without the carriage returns of its line breaks, which would become
/// part of words and end no here-document.
fn without_carriage_returns(source: &Source<'_>) -> Source<'static> {
    let mut embedding = source.embed();
    let mut from = 0;
    for at in memchr::memmem::find_iter(source.text.as_bytes(), b"\r\n") {
        embedding.copy(from..at);
        from = at + 1;
    }
    embedding.copy(from..source.text.len());
    embedding.finish()
}
