//! Code inside the words and here-documents of a script: texts for other
//! shells, scripts that are written to files, Python fed to an interpreter.

use std::ops::Range;

use tree_sitter::Node;

use super::expand::document_of;
use super::program::SCHEDULER;
use super::resolve::Resolver;
use super::word::Word;
use super::{foreign, kind};
use crate::frontend::host::{self, Piece, with_prelude};
use crate::frontend::{Context, Lowered, lower_embedded, named_for};
use crate::procedure::{Evidence, Failure, Node as Step, Value};
use crate::source::{Embedding, Source};

/// Patterns of `sed` that stand for a whole line, or for nothing before it.
const WHOLE_LINES: &[&str] = &["", ".*", "\\(.*\\)", "(.*)"];

/// The front end of documents, which tell rather than run.
const DOCUMENTS: &str = "markdown";

/// The language whose code on a command line lacks the tag before it.
const PHP: &str = "php";

/// That tag.
const PHP_OPENS: &str = "<?php ";

/// What stands for the output of a command inside code: it says nothing.
const OUTPUT: &str = "$(…)";

/// Endings of files that are scripts, and the front ends that read them.
const WRITTEN: &[(&str, &str)] = &[
    (".sh", "shell"),
    (".bash", "shell"),
    (".zsh", "shell"),
    (".py", "python"),
    (".tf", "terraform"),
];

/// How many fields of a timetable's line say when.
const TIME_FIELDS: usize = 5;

/// Where the system's timetables are, in which a user follows the time.
const TIMETABLES: &str = "/cron";

/// The name of that format.
const SYSTEM_TIMETABLE: &str = "system timetable";

/// Where texts are cut out of.
pub(super) struct Cutter<'r, 't, 's> {
    pub(super) resolver: &'r Resolver<'r, 't>,
    pub(super) source: &'r Source<'s>,
    pub(super) scope: usize,
}

impl<'t> Cutter<'_, 't, '_> {
    /// Words as one line of code, blanks between them.
    pub(super) fn words(&self, words: &[Word<'t>]) -> Source<'static> {
        let mut code = self.source.embed();
        for word in words {
            match word.node {
                Some(node) => self.node(node, &mut code),
                None => code.replace(&text_of(&word.value), word.range.clone()),
            }
            code.replace(" ", word.range.end..word.range.end);
        }
        code.finish()
    }

    /// The text of a here-document. One whose delimiter is quoted is taken as it
    /// stands.
    pub(super) fn heredoc(&self, body: Node<'t>, raw: bool) -> Source<'static> {
        if raw {
            return self.source.embed_range(body.byte_range());
        }
        let mut code = self.source.embed();
        self.interpolated(body, body.byte_range(), &|letter| "$`\\\n".contains(letter), &mut code);
        code.finish()
    }

    /// What a program of `awk` prints for each line: the first text in quotes
    /// behind `print`, with a sign for what follows it.
    pub(super) fn printed_by_awk(&self, words: &[Word<'t>]) -> Option<Source<'static>> {
        let program = words.iter().skip(1).find_map(|word| word.node)?;
        let program = Some(program).filter(|node| node.kind() == kind::RAW_STRING)?;
        let range = inner(program.byte_range(), 1);
        let text = self.source.text.get(range.clone())?;
        let print = text.find("print")?;
        let from = print + text[print..].find('"')? + 1;
        let end = from + text[from..].find(['"', '%'])?;
        let mut code = self.source.embed();
        code.copy(range.start + from..range.start + end);
        code.replace("$1", range.start + end..range.start + end);
        Some(code.finish())
    }

    /// What `sed 's/^/text/'` puts before each line, or `sed 's/.*/text &/'` in its
    /// place, with a sign for that.
    pub(super) fn put_before_by_sed(&self, words: &[Word<'t>]) -> Option<Source<'static>> {
        let programs = words.iter().skip(1).filter_map(|word| word.node);
        let mut programs =
            programs.filter(|it| matches!(it.kind(), kind::RAW_STRING | kind::STRING));
        programs.find_map(|program| {
            let range = inner(program.byte_range(), 1);
            let text = self.source.text.get(range.clone())?.strip_prefix('s')?;
            let sign = text.chars().next().filter(char::is_ascii_punctuation)?;
            let (place, rest) = text[1..].split_once(sign)?;
            let is_line = WHOLE_LINES.contains(&place.trim_matches(['^', '$']));
            let (written, _) = rest.split_once(sign).filter(|_| is_line)?;
            // `&` and `\1` stand for the line.
            let written = written.split(['&', '\\']).next()?;
            let from = range.start + 1 + text.len() - rest.len();
            let end = from + written.len();
            let mut code = self.source.embed();
            code.copy(from..end);
            code.replace("$1", end..end);
            Some(code.finish())
        })
    }

    fn node(&self, node: Node<'t>, code: &mut Embedding<'_, '_>) {
        let range = node.byte_range();
        match node.kind() {
            kind::RAW_STRING => code.copy(inner(range, 1)),
            kind::ANSI_C_STRING => self.decoded(inner(range.start + 1..range.end, 1), code),
            kind::STRING => {
                let escapes = |letter| "\"$`\\\n".contains(letter);
                self.interpolated(node, inner(range, 1), &escapes, code);
            }
            kind::WORD => self.unescaped(range, &|_| true, code),
            kind::CONCATENATION => {
                let mut cursor = node.walk();
                let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
                for part in parts {
                    self.node(part, code);
                }
            }
            kind::SIMPLE_EXPANSION | kind::EXPANSION => self.expansion(node, code),
            kind::COMMAND_SUBSTITUTION => match document_of(node, self.resolver.script) {
                Some((text, true)) => code.copy(text.byte_range()),
                Some((text, false)) => {
                    let escapes = |letter| "$`\\\n".contains(letter);
                    self.interpolated(text, text.byte_range(), &escapes, code);
                }
                None => code.replace(OUTPUT, range),
            },
            _ => code.copy(range),
        }
    }

    /// Text with escapes and expansions: known variables give their values, the
    /// others stay for the inner shell.
    fn interpolated(
        &self,
        node: Node<'t>,
        range: Range<usize>,
        escapes: &dyn Fn(char) -> bool,
        code: &mut Embedding<'_, '_>,
    ) {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node
            .named_children(&mut cursor)
            .filter(|part| {
                matches!(
                    part.kind(),
                    kind::SIMPLE_EXPANSION | kind::EXPANSION | kind::COMMAND_SUBSTITUTION
                )
            })
            .collect();
        let mut at = range.start;
        for part in parts {
            self.unescaped(at..part.start_byte(), escapes, code);
            self.node(part, code);
            at = part.end_byte();
        }
        self.unescaped(at..range.end, escapes, code);
    }

    fn expansion(&self, node: Node<'t>, code: &mut Embedding<'_, '_>) {
        match self.resolver.text(node, self.scope) {
            Some(text) => code.replace(&text, node.byte_range()),
            None => code.copy(node.byte_range()),
        }
    }

    /// Copies text, without the backslashes in front of what they escape.
    fn unescaped(
        &self,
        range: Range<usize>,
        escapes: &dyn Fn(char) -> bool,
        code: &mut Embedding<'_, '_>,
    ) {
        let text = self.source.text.get(range.clone()).unwrap_or_default();
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find('\\') {
            let slash = at + found;
            let Some(letter) = text[slash + 1..].chars().next() else { break };
            at = slash + 1 + letter.len_utf8();
            if escapes(letter) {
                code.copy(range.start + from..range.start + slash);
                from = if letter == '\n' { at } else { slash + 1 };
            }
        }
        code.copy(range.start + from..range.start + text.len());
    }

    /// Copies the text of `$'…'` with line breaks, tabs and quotes for their
    /// escapes.
    fn decoded(&self, range: Range<usize>, code: &mut Embedding<'_, '_>) {
        let text = self.source.text.get(range.clone()).unwrap_or_default();
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find('\\') {
            let slash = at + found;
            let Some(letter) = text[slash + 1..].chars().next() else { break };
            at = slash + 1 + letter.len_utf8();
            let stands_for = match letter {
                'n' => "\n",
                't' => "\t",
                '\'' => "'",
                '"' => "\"",
                '\\' => "\\",
                _ => continue,
            };
            code.copy(range.start + from..range.start + slash);
            code.replace(stands_for, range.start + slash..range.start + at);
            from = at;
        }
        code.copy(range.start + from..range.start + text.len());
    }
}

/// The language of a text that is written to a file.
pub(super) fn written_language(path: &str, text: &str) -> Option<&'static str> {
    let named = WRITTEN.iter().find(|(ending, _)| path.ends_with(ending));
    if let Some((_, language)) = named {
        return Some(language);
    }
    if path.contains(TIMETABLES) {
        return Some(SYSTEM_TIMETABLE);
    }
    if let [only] = named_for(path).as_slice()
        && only.name != DOCUMENTS
        && only.recognises.is_none_or(|recognises| recognises(text))
    {
        return Some(only.name);
    }
    let first = text.trim_start().lines().next().filter(|line| line.starts_with("#!"))?;
    match first {
        _ if first.contains("python") => Some("python"),
        _ if first.contains("sh") => Some("shell"),
        _ => None,
    }
}

/// The commands of a timetable: each line without the five fields, or the word
/// with `@`, that say when, and as many more.
fn scheduled(source: &Source<'_>, more: usize) -> Source<'static> {
    let mut code = source.embed();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let fields = if line.trim_start().starts_with('@') { 1 } else { TIME_FIELDS };
        let is_time = |letter: char| letter.is_alphanumeric() || "*/,-@ \t".contains(letter);
        let mut rest = line;
        for _ in 0..fields + more {
            rest = rest.trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = &rest[end..];
        }
        let when = &line[..line.len() - rest.len()];
        let from = if when.chars().all(is_time) { at + when.len() } else { at };
        code.copy(from..at + line.len());
        at += line.len();
    }
    code.finish()
}

/// Lowers code of a language that is embedded so many statements deep.
fn lower(language: &str, source: &Source<'_>, context: Context<'_>, depth: u16) -> Lowered {
    let shell = &super::FRONTEND;
    if language == SCHEDULER || language == SYSTEM_TIMETABLE {
        let more = usize::from(language == SYSTEM_TIMETABLE);
        return lower(shell.name, &scheduled(source, more), context, depth);
    }
    if language != shell.name {
        return lower_embedded(language, source, context);
    }
    if source.may_embed() && shell.matters(source.text.as_bytes()) {
        super::read(source, context, depth)
    } else {
        Lowered::default()
    }
}

/// Lowers code that runs as part of a command, whose failure does this: its top
/// level becomes steps of the command, the rest goes to `out`.
pub(super) fn steps_of(
    language: &str,
    source: &Source<'_>,
    failure: Failure,
    context: Context<'_>,
    depth: u16,
    out: &mut Lowered,
) -> Vec<Step> {
    if foreign::is_known(language) {
        return foreign_steps(language, source, context, depth, out);
    }
    if language != super::FRONTEND.name && language != SCHEDULER {
        let tagged = (language == PHP && !source.text.contains(PHP_OPENS))
            .then(|| with_prelude(source, PHP_OPENS));
        let source = tagged.as_ref().unwrap_or(source);
        return host::run(Piece { language, source, failure }, context, out).into_iter().collect();
    }
    let mut lowered = lower(language, source, context, depth);
    let mut steps = Vec::new();
    lowered.procedures.retain_mut(|procedure| {
        let inline = procedure.name == super::structure::MAIN && procedure.frontend == "shell";
        if inline {
            steps.append(&mut procedure.body);
        }
        !inline
    });
    out.extend(lowered);
    inherit(&mut steps, failure);
    steps
}

/// The calls that code of a language without a front end may make.
fn foreign_steps(
    language: &str,
    source: &Source<'_>,
    context: Context<'_>,
    depth: u16,
    out: &mut Lowered,
) -> Vec<Step> {
    let shell = super::FRONTEND.name;
    let mut steps = Vec::new();
    for line in foreign::lines(language, source) {
        steps.extend(steps_of(shell, &line, Failure::Continues, context, depth, out));
    }
    weaken(&mut steps);
    steps
}

/// Lowers a script that is written to a file, which the script at hand may run:
/// a procedure of its name.
pub(super) fn written(
    (path, runs): (&str, bool),
    source: &Source<'_>,
    context: Context<'_>,
    depth: u16,
    out: &mut Lowered,
) {
    let language = written_language(path, &source.text);
    let Some(language) = language.or(runs.then_some("shell")) else { return };
    let mut lowered = lower(language, source, context, depth);
    for procedure in &mut lowered.procedures {
        if procedure.name == super::structure::MAIN && !path.is_empty() {
            path.clone_into(&mut procedure.name);
        }
    }
    out.extend(lowered);
}

/// Gives steps the failure of the command whose status theirs becomes: all of it
/// if it throws errors away, the last one otherwise.
fn inherit(steps: &mut [Step], failure: Failure) {
    let count = if failure == Failure::Raises { 1 } else { usize::MAX };
    for step in steps.iter_mut().rev().take(count) {
        if let Step::Call(operation) = step
            && operation.failure == Failure::Continues
        {
            operation.failure = failure;
        }
    }
}

/// Makes the calls of a command line possible ones.
pub(super) fn weaken(steps: &mut [Step]) {
    for step in steps {
        if let Step::Call(operation) = step {
            operation.evidence = Evidence::Possible;
        }
        for body in step.bodies_mut() {
            weaken(body);
        }
    }
}

fn inner(range: Range<usize>, quotes: usize) -> Range<usize> {
    let start = range.start + quotes;
    start..range.end.saturating_sub(quotes).max(start)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Unknown(unknown) => unknown.text.clone(),
        _ => String::new(),
    }
}
