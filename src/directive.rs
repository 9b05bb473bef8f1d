//! Comments that are addressed to the linter: where they stand in a text, by the
//! comment syntax of any language. What they say is read by who acts on it.
//!
//! The text is not parsed, so that a comment in embedded code is found as well as
//! one in its host. What stands before the marker on its line has to open a
//! comment outside quotes.

use crate::source::{FileId, Span};

/// What such a comment starts with.
pub const MARKER: &str = "ecs-lock-lint:";

/// A comment that is addressed to the linter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Directive {
    /// The comment, with what opens and closes it.
    pub span: Span,
    /// What it says after the marker.
    pub words: String,
    /// Whether no code stands on its line.
    pub alone: bool,
}

/// How far from the start of its line a marker is looked at. Nobody reads a
/// comment beyond.
const MOST_COLUMNS: usize = 2_000;

/// What opens a comment that has an end, and the end.
const BLOCKS: [(&str, &str); 5] =
    [("<!--", "-->"), ("/*", "*/"), ("<#", "#>"), ("{#", "#}"), ("(*", "*)")];

/// What opens a comment that goes on to the end of the line.
const LINES: [&str; 5] = ["#", "//", "--", ";", "::"];

/// The first words by which an attempt is told from prose.
const ATTEMPTS: [&str; 7] =
    ["allow", "allow-file", "ignore", "disable", "suppress", "skip", "noqa"];

/// The comments of a text that are addressed to the linter, in their order.
#[must_use]
pub fn scan(file: FileId, text: &str) -> Vec<Directive> {
    let starts = memchr::memmem::find_iter(text.as_bytes(), MARKER);
    starts.filter_map(|at| directive(file, text, at)).collect()
}

/// Whether a line holds nothing but a comment, or nothing.
#[must_use]
pub fn is_comment_only(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>', '@']).trim_end();
    let word = line.split_whitespace().next().unwrap_or_default();
    let dashes = word.len() >= 2 && word.bytes().all(|byte| byte == b'-');
    let opens = ["#", "//", "/*", "*/", "<!--", "-->", ";", "::", "{#", "(*"];
    word.is_empty()
        || word == "*"
        || dashes && word != line
        || word.eq_ignore_ascii_case("rem")
        || opens.iter().any(|open| word.starts_with(open))
}

fn directive(file: FileId, text: &str, at: usize) -> Option<Directive> {
    let line_start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |end| end + 1);
    if at - line_start > MOST_COLUMNS {
        return None;
    }
    let rest = &text[at + MARKER.len()..];
    let rest = rest.split('\n').next().unwrap_or_default().trim_end();
    let (before, close) = opener(text[line_start..at].trim_end())?;
    if !is_attempt(rest) {
        return None;
    }
    let (words, after) = close.and_then(|close| rest.split_once(close)).unwrap_or((rest, ""));
    let closed = rest.len() - after.len();
    let end = at + MARKER.len() + closed;
    let is_code = |letter: char| letter.is_alphanumeric() || "\"'`}])".contains(letter);
    let offset = |byte: usize| u32::try_from(byte).ok();
    Some(Directive {
        span: Span { file, start: offset(line_start + before.len())?, end: offset(end)? },
        words: words.trim().to_owned(),
        alone: !before.contains(is_code) && !after.contains(char::is_alphanumeric),
    })
}

/// What stands before the comment that a text ends in the opening of, and what
/// would close the comment.
fn opener(line: &str) -> Option<(&str, Option<&'static str>)> {
    for (open, close) in BLOCKS {
        // `/**` opens a comment as well as `/*`.
        let shortest = if open == "/*" { line.trim_end_matches('*') } else { line };
        let before = match open {
            "/*" if shortest.len() < line.len() => shortest.strip_suffix('/'),
            _ => line.strip_suffix(open),
        };
        if let Some(before) = before {
            return (open == "<!--" || !in_quotes(before)).then_some((before, Some(close)));
        }
    }
    if let Some(before) = line.strip_suffix('*') {
        return before.trim().is_empty().then_some((before, Some("*/")));
    }
    let before = LINES.iter().find_map(|open| {
        let letter = open.chars().next()?;
        line.ends_with(open).then(|| line.trim_end_matches(letter))
    });
    let remark = || {
        let start = line.len().checked_sub(3)?;
        let word = line.get(start..)?;
        word.eq_ignore_ascii_case("rem").then(|| &line[..start])
    };
    let before = before.or_else(remark)?;
    let apart = |letter: char| letter.is_whitespace() || ";,)}]{(@&".contains(letter);
    let is_apart = before.chars().next_back().is_none_or(apart);
    (is_apart && !in_quotes(before)).then_some((before, None))
}

/// Whether a piece of a line ends within a string. An apostrophe between letters
/// is none of its quotes.
fn in_quotes(text: &str) -> bool {
    let mut quote = None;
    let mut last = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_within = |next: &char| last.is_alphanumeric() && next.is_alphanumeric();
        match letter {
            '\\' => drop(letters.next()),
            '\'' if quote.is_none() && letters.peek().is_some_and(is_within) => {}
            '"' | '\'' | '`' if quote.is_none() => quote = Some(letter),
            _ if quote == Some(letter) => quote = None,
            _ => {}
        }
        last = letter;
    }
    quote.is_some()
}

/// Whether what follows a marker is meant for the linter, or prose about it.
fn is_attempt(words: &str) -> bool {
    let words = words.trim_start();
    let end = words.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let (word, rest) = words.split_at(end.unwrap_or(words.len()));
    let is_known = ATTEMPTS.iter().any(|known| word.eq_ignore_ascii_case(known));
    !word.is_empty() && (is_known || rest.trim_start().starts_with(['[', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, bool)> {
        scan(FileId(0), text).into_iter().map(|one| (one.words, one.alone)).collect()
    }

    #[test]
    fn comments_of_every_syntax_are_found() {
        for (open, close) in [
            ("# ", ""),
            ("## ", ""),
            ("// ", ""),
            ("/// ", ""),
            ("-- ", ""),
            ("; ", ""),
            ("REM ", ""),
            (":: ", ""),
            ("/* ", " */"),
            ("/** ", " */"),
            (" * ", ""),
            ("{{- /* ", " */ -}}"),
            ("<!-- ", " -->"),
            ("<# ", " #>"),
            ("{# ", " #}"),
        ] {
            let text = format!("  {open}ecs-lock-lint: allow[a]{close}\r\ncode");
            assert_eq!(words(&text), [("allow[a]".to_owned(), true)], "{text}");
        }
        assert_eq!(words("x()  # ecs-lock-lint: allow[a]"), [("allow[a]".to_owned(), false)]);
        assert_eq!(words("/* ecs-lock-lint: allow[a] */ x()"), [("allow[a]".to_owned(), false)]);
    }

    #[test]
    fn what_is_no_comment_is_left() {
        for text in [
            "echo \"# ecs-lock-lint: allow[a]\"",
            "echo \"see # ecs-lock-lint: allow[a]\"",
            "x = 'it is # ecs-lock-lint: allow[a]'",
            "curl http://ecs-lock-lint: allow[a]",
            "id: ecs-lock-lint: allow[a]",
            "# ecs-lock-lint: the linter of locks",
            "Write `# ecs-lock-lint: allow[a]` above it",
        ] {
            assert_eq!(words(text), [], "{text}");
        }
        assert_eq!(words("echo don't # ecs-lock-lint: allow[a]").len(), 1);
    }
}
