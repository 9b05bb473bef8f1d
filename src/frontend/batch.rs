//! Batch files of Windows: each line's commands, as a shell would write them.
//!
//! The text becomes one of a shell line by line, so that what is known of command
//! lines there holds here; jumps and blocks of `if` and `for` are not followed.

use std::ops::Range;

use super::shell;
use super::{Context, Frontend, Grouping, Lowered};
use crate::source::{Embedding, Source};

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "batch",
    reads: "batch files of Windows that use the aliyun command line",
    globs: &["*.bat", "*.cmd"],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 2 << 20,
    lower,
};

/// What a line begins with that is a remark, a label or a jump.
const REMARKS: &[&str] = &["rem", "::", ":", "goto", "title", "echo", "pause", "endlocal"];

/// Programs that are looked for behind `if` and `for`.
const PROGRAMS: &[&str] = &["aliyun", "ecctl"];

/// Words before a command that say how it is run.
const BEFORE: &[&str] = &["call", "start", "cmd", "cmd.exe", "else", "do", "then"];

/// Options of these words.
const OPTIONS: &[&str] = &["/c", "/k", "/b", "/wait", "/min", "/i", "/d", "\"\""];

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut found = super::lower_embedded(shell::FRONTEND.name, &as_shell(source), context);
        for procedure in &mut found.procedures {
            procedure.frontend = FRONTEND.name;
        }
        // What is no shell code is no mistake here.
        found.problems.clear();
        lowered.extend(found);
    }
    lowered
}

/// A batch file as a shell script of which only commands are left.
fn as_shell(source: &Source<'_>) -> Source<'static> {
    let mut code = source.embed();
    let mut at = 0;
    let mut goes_on = false;
    for line in source.text.split_inclusive('\n') {
        let bare = line.trim_end();
        let continued = bare.ends_with('^');
        let end = at + bare.len() - usize::from(continued);
        if goes_on {
            words(source, at..end, &mut code);
        } else {
            command(source, at..end, &mut code);
        }
        let rest = end..at + line.len();
        code.replace(if continued { "\\\n" } else { "\n" }, rest);
        goes_on = continued;
        at += line.len();
    }
    code.finish()
}

/// The command of a line, or the variable that it sets.
fn command(source: &Source<'_>, line: Range<usize>, code: &mut Embedding<'_, '_>) {
    let text = &source.text[line.clone()];
    let lower = text.to_ascii_lowercase();
    let mut from = text.len() - text.trim_start_matches([' ', '\t', '@', '(', ')']).len();
    let mut end = text.len();
    if ["for ", "if "].iter().any(|head| lower[from..].starts_with(head)) {
        // What these run, and the command whose answers `for /f` goes through.
        let program = PROGRAMS.iter().filter_map(|it| lower[from..].find(it)).min();
        let Some(program) = program else { return };
        from += program;
        end = text[from..].find("')").map_or(end, |close| from + close);
    }
    let head = from;
    while let Some(word) = lower[from..end].split_whitespace().next() {
        if !BEFORE.contains(&word) && !OPTIONS.contains(&word) {
            break;
        }
        from += lower[from..end].find(word).unwrap_or(0) + word.len();
    }
    from += text[from..end].len() - text[from..end].trim_start_matches([' ', '\t', '(']).len();
    if let Some(inner) = text[from..end].strip_prefix('"').filter(|_| from > head)
        && inner.find('"').is_some_and(|close| close + 1 == inner.trim_end().len())
    {
        (from, end) = (from + 1, from + inner.trim_end().len());
    }
    let rest = &lower[from..end];
    let first = rest.split([' ', '\t', '.', '=']).next().unwrap_or_default();
    if REMARKS.contains(&first) || rest.starts_with(':') || rest.is_empty() {
        return;
    }
    if rest.matches('"').count() % 2 == 1 {
        end = from + rest.rfind('"').unwrap_or(rest.len());
    }
    match first {
        "set" => variable(source, line.start + from + "set".len()..line.start + end, code),
        _ => words(source, line.start + from..line.start + end, code),
    }
}

/// `set NAME=value` as an assignment.
fn variable(source: &Source<'_>, rest: Range<usize>, code: &mut Embedding<'_, '_>) {
    let text = &source.text[rest.clone()];
    let own = text.trim().trim_matches('"');
    let Some((name, value)) = own.split_once('=') else { return };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || !name.chars().all(is_name) || value.contains(['\'', '%']) {
        return;
    }
    code.replace(&format!("{name}='{value}'"), rest);
}

/// Words, in which `%NAME%` is `$NAME`, and a folder ends with `/`.
fn words(source: &Source<'_>, range: Range<usize>, code: &mut Embedding<'_, '_>) {
    let text = &source.text[range.clone()];
    let end = text.trim_end_matches([')', ' ', '\t']).len();
    let (mut at, mut from) = (0, 0);
    while let Some(found) = text[at..end].find(['%', '!', '\\']) {
        let open = at + found;
        at = open + 1;
        if let Some((length, instead)) = instead(&text[open..end]) {
            code.copy(range.start + from..range.start + open);
            code.replace(&instead, range.start + open..range.start + open + length);
            (at, from) = (open + length, open + length);
        }
    }
    code.copy(range.start + from..range.start + end);
}

/// What stands for a variable, or a folder's sign, that a text begins with, and how
/// long that is.
fn instead(text: &str) -> Option<(usize, String)> {
    let sign = text.get(..1)?;
    let rest = &text[1..];
    if sign == "\\" {
        return rest.starts_with(char::is_alphanumeric).then(|| (1, "/".to_owned()));
    }
    if let Some(letter) = rest.strip_prefix('%').and_then(|rest| rest.chars().next()) {
        return letter.is_ascii_alphabetic().then(|| (3, format!("${letter}")));
    }
    let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    let closes = length > 0 && rest[length..].starts_with(sign);
    closes.then(|| (length + 2, format!("${{{}}}", &rest[..length])))
}
