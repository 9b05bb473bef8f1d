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
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(head) = short_loop(line) {
            bytes[start + head.start..start + head.end].fill(b' ');
            changed = true;
        }
        if let Some(blank) = open_end(line) {
            bytes[start + blank] = b';';
            changed = true;
        }
        start += line.len();
    }
    changed
}

/// The blank before the bracket that closes a function on its line although the
/// command before it does not end.
fn open_end(line: &str) -> Option<usize> {
    let body = line.trim_end().strip_suffix('}')?;
    let command = body.trim_end();
    let (head, rest) = command.split_once('{')?;
    let name = head.trim().trim_start_matches("function ").trim_end();
    let is_function = name.ends_with("()") || head.trim_start().starts_with("function ");
    let is_open = body[command.len()..].starts_with([' ', '\t'])
        && rest.starts_with([' ', '\t'])
        && !rest.trim().is_empty()
        && !command.ends_with([';', '&', '}', '|', '{']);
    (is_function && !name.contains(['#', '$', '"', '\'']) && is_open).then_some(command.len())
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
    if !behind.starts_with('(') || behind.starts_with("((") {
        return None;
    }
    let end = end_of(line, list)?;
    let body = line[end..].trim();
    (!body.is_empty() && !body.starts_with([';', '#'])).then_some(start..end)
}
