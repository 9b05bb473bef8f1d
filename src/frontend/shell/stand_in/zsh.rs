//! Forms that only zsh knows: `${(f)"$(command)"}`, `${${name}}`, `=(command)`,
//! `for name ($list) command`, `name() { command }`.

use std::ops::Range;

/// The longest form that is looked for the end of, in bytes.
const LONGEST: usize = 500;

/// How deep commands in forms are looked into.
const DEEPEST: usize = 8;

/// Makes such forms in a text parsable.
pub(super) fn plain(bytes: &mut [u8], text: &str) -> bool {
    let mut changed = expansions(bytes, text, 0..text.len(), 0);
    for at in memchr::memmem::find_iter(text.as_bytes(), b" =(") {
        // The file that a command writes to, either way.
        bytes[at + 1] = b'<';
        changed = true;
    }
    for at in memchr::memmem::find_iter(text.as_bytes(), b"$+") {
        changed |= is_set(bytes, text, at);
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(head) = short_loop(line) {
            bytes[start + head.start..start + head.end].fill(b' ');
            changed = true;
        }
        changed |= braces(&mut bytes[start..start + line.len()], line);
        start += line.len();
    }
    changed
}

/// Makes a word of `$+commands[name]`, which asks whether there is one.
fn is_set(bytes: &mut [u8], text: &str, at: usize) -> bool {
    let rest = &text[at + 2..];
    let name = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(0);
    let Some(end) = rest[name..].find(']').filter(|end| *end < LONGEST) else { return false };
    let asks = name > 0 && rest[name..].starts_with('[') && !rest[..name + end].contains('\n');
    if asks {
        cover(&mut bytes[at..=at + 2 + name + end]);
    }
    asks
}

/// Ends the commands that a bracket closes although they do not end, and parts the
/// conditions and bodies of `if … { … } else { … }`, which become statements in a row.
fn braces(bytes: &mut [u8], line: &str) -> bool {
    let mut changed = false;
    let bare = line.trim_start();
    let start = line.len() - bare.len();
    let branches = HEADS.iter().find(|head| bare.starts_with(**head));
    let is_head = branches.is_some() && !line.contains("; then") && !line.contains("; do");
    let mut quote = None;
    let mut open = 0_usize;
    for (at, byte) in line.bytes().enumerate() {
        let blank_before = at == 0 || matches!(line.as_bytes()[at - 1], b' ' | b'\t');
        match byte {
            b'\'' | b'"' if quote == Some(byte) => quote = None,
            b'\'' | b'"' if quote.is_none() => quote = Some(byte),
            _ if quote.is_some() => {}
            b'#' if blank_before => break,
            b'{' if blank_before && followed_by_blank(line, at) => {
                open += 1;
                let command = line[..at].trim_end();
                if command.ends_with("]]") || command.ends_with("))") {
                    changed |= is_head && part(bytes, command.len(), at);
                } else if let Some(word) = LINKS.iter().find(|word| command.ends_with(**word)) {
                    let from = command.len() - word.len();
                    if line[..from].trim_end().ends_with('}') {
                        bytes[from..command.len()].fill(b' ');
                        changed |= part(bytes, from.saturating_sub(1), at);
                    }
                }
            }
            b'}' if blank_before && open > 0 && followed_by_end(line, at) => {
                open -= 1;
                let command = line[..at].trim_end();
                if !command.ends_with([';', '&', '}', '|', '{', '\\']) && command.len() < at {
                    changed |= part(bytes, command.len(), at);
                }
            }
            _ => {}
        }
    }
    if changed && is_head && line.contains('{') {
        let word = branches.map_or(0, |head| head.len());
        bytes[start..start + word].fill(b' ');
    }
    changed
}

/// What begins a statement whose body may stand in brackets.
const HEADS: &[&str] = &["if ", "while ", "until "];

/// What stands between two bodies in brackets.
const LINKS: &[&str] = &["else", "always"];

/// Puts a sign that ends a command into the blanks before a bracket.
fn part(bytes: &mut [u8], from: usize, to: usize) -> bool {
    let blank = bytes.get_mut(from..to).and_then(|blanks| blanks.first_mut());
    let Some(blank) = blank.filter(|blank| **blank == b' ') else { return false };
    *blank = b';';
    true
}

fn followed_by_blank(line: &str, at: usize) -> bool {
    line[at + 1..].starts_with([' ', '\t', '\n'])
}

fn followed_by_end(line: &str, at: usize) -> bool {
    let rest = &line[at + 1..];
    rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r', ';', ')', '&', '|'])
}

/// Whether a word is an expansion that only zsh knows.
pub(super) fn is_expansion(text: &str) -> bool {
    let rest = text.strip_prefix("${");
    rest.is_some_and(|rest| rest.starts_with(['(', '"']) || nests(rest))
}

fn nests(rest: &str) -> bool {
    rest.starts_with("${") || rest.starts_with("$(")
}

/// Makes expansions in a range words, all but the commands in them.
fn expansions(bytes: &mut [u8], text: &str, range: Range<usize>, depth: usize) -> bool {
    let mut changed = false;
    let mut at = range.start;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[at..range.end], b"${") {
        let start = at + found;
        at = start + 2;
        if !is_expansion(&text[start..range.end]) || depth > DEEPEST {
            continue;
        }
        let Some(end) = end_of(text, start + 1).filter(|end| *end <= range.end) else { continue };
        let mut from = start;
        while from < end {
            let sign = text.as_bytes()[from..end].windows(2).position(|two| two == b"$(");
            let command = sign.map(|sign| from + sign);
            let close = command.and_then(|at| end_of(text, at + 1)).filter(|close| *close <= end);
            let until = command.filter(|_| close.is_some()).unwrap_or(end);
            cover(&mut bytes[from..until]);
            if let (Some(at), Some(close)) = (command, close) {
                expansions(bytes, text, at + 2..close, depth + 1);
            }
            from = close.filter(|_| command.is_some()).unwrap_or(end);
        }
        changed = true;
        at = end;
    }
    changed
}

fn cover(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b'_';
    }
}

/// The end of what a bracket of the text opens, itself included.
fn end_of(text: &str, open: usize) -> Option<usize> {
    let window = &text.as_bytes()[open..text.len().min(open + LONGEST)];
    let mut closers = Vec::new();
    let mut quoted = false;
    for (index, byte) in window.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            _ if quoted => {}
            b'{' => closers.push(b'}'),
            b'(' => closers.push(b')'),
            b'}' | b')' => {
                if closers.pop() != Some(*byte) {
                    return None;
                }
                if closers.is_empty() {
                    return Some(open + index + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The head of a loop over a list in brackets, if a command follows it.
fn short_loop(line: &str) -> Option<Range<usize>> {
    let start = line.len() - line.trim_start().len();
    let rest = line[start..].strip_prefix("for ")?;
    let name = rest.split(' ').next().filter(|name| !name.is_empty())?;
    let plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let list = start + "for ".len() + name.len() + 1;
    let behind = line.get(list..).filter(|_| plain)?;
    if let Some(words) = behind.strip_prefix("in ") {
        let (list_words, body) = words.split_once(';')?;
        let is_short = !body.trim().is_empty() && !body.trim_start().starts_with("do");
        let end = list + "in ".len() + list_words.len() + 1;
        return (is_short && !list_words.contains(['(', '`', '"', '\''])).then_some(start..end);
    }
    if !behind.starts_with('(') || behind.starts_with("((") {
        return None;
    }
    let end = end_of(line, list)?;
    let body = line[end..].trim();
    (!body.is_empty() && !body.starts_with([';', '#'])).then_some(start..end)
}
