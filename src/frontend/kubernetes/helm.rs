//! Templates of Helm: their actions put out of the way of the YAML around them.
//!
//! Every byte keeps its place, so the positions stay those of the file. Actions
//! inside of texts are left as they are.

use std::ops::Range;

use crate::source::Source;

// How an action begins and ends.
const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// What a line ends with under which a text stands.
const BLOCK_STARTS: [&[u8]; 6] = [b"|", b"|-", b"|+", b">", b">-", b">+"];

/// How far the ends of a line are looked for, in bytes.
const FARTHEST: usize = 4096;

/// A source that YAML can be read from.
pub(super) fn readable<'a>(source: &Source<'a>) -> Source<'a> {
    let mut readable = source.clone();
    if let Some(text) = without_actions(&source.text) {
        *readable.text.to_mut() = text;
    }
    readable
}

fn without_actions(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(found) = text[at..].find(OPEN) {
        let start = at + found;
        let Some(length) = text[start..].find(CLOSE) else { break };
        let action = start..start + length + CLOSE.len();
        at = action.end;
        if let Some(filler) = filler(text, &action) {
            bytes[action].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| {
                *byte = if byte.is_ascii_alphanumeric() && filler != b' ' { *byte } else { filler };
            });
        }
    }
    // Whole actions were replaced, so whole characters were.
    String::from_utf8(bytes).ok().filter(|_| at > 0)
}

/// What takes the place of an action: nothing for one that has a line to itself,
/// a word for one that a value begins with, none for one inside of a text.
fn filler(text: &str, action: &Range<usize>) -> Option<u8> {
    let (before, after) = text.as_bytes().split_at_checked(action.start)?;
    let after = after.get(action.len()..)?;
    let near = &before[before.len().saturating_sub(FARTHEST)..];
    let line = match memchr::memrchr(b'\n', near) {
        Some(at) => before.len() - near.len() + at + 1,
        None if near.len() < before.len() => return None,
        None => 0,
    };
    let near = &after[..after.len().min(FARTHEST)];
    let end = memchr::memchr(b'\n', near).unwrap_or(near.len());
    let (above, before) = before.split_at(line);
    let before = before.trim_ascii();
    if before.is_empty() && near[..end].trim_ascii().is_empty() {
        return (!starts_block(above)).then_some(b' ');
    }
    let begins_value = before.last().is_none_or(|last| b":-[,".contains(last));
    begins_value.then_some(b'_')
}

/// Whether the last line of a text ends in what a block of text stands under.
fn starts_block(above: &[u8]) -> bool {
    let near = above[above.len().saturating_sub(FARTHEST)..].trim_ascii_end();
    let start = near.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1);
    BLOCK_STARTS.contains(&near[start..].as_ref())
}

#[cfg(test)]
mod tests {
    use super::without_actions;

    #[test]
    fn actions_are_replaced_where_yaml_cannot_hold_them() {
        let text = "{{- if a }}\nb: {{ .c }}\nd: |\n  {{ e }}\n  f {{ g }}\n";
        let readable = "           \nb: ____c___\nd: |\n  {{ e }}\n  f {{ g }}\n";
        assert_eq!(without_actions(text).as_deref(), Some(readable));
        let text = "d: |\n  {{- if e }}\n  f\n";
        assert_eq!(without_actions(text).as_deref(), Some(text));
        assert_eq!(without_actions("a: b\n"), None);
        assert_eq!(without_actions("a: {{ é }}").as_deref(), Some("a: ________"));
    }
}
