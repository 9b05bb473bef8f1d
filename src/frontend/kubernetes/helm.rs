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
const BLOCK_STARTS: [&str; 6] = ["|", "|-", "|+", ">", ">-", ">+"];

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
    let line = text[..action.start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..action.start].trim();
    let after = text[action.end..].lines().next().unwrap_or_default().trim();
    if before.is_empty() && after.is_empty() {
        let above = text[..line].trim_end().lines().next_back().unwrap_or_default();
        let begins = above.split_whitespace().next_back();
        return (!begins.is_some_and(|end| BLOCK_STARTS.contains(&end))).then_some(b' ');
    }
    let begins_value = before.is_empty() || before.ends_with([':', '-', '[', ',']);
    begins_value.then_some(b'_')
}

#[cfg(test)]
mod tests {
    use super::without_actions;

    #[test]
    fn actions_are_replaced_where_yaml_cannot_hold_them() {
        let text = "{{- if a }}\nb: {{ .c }}\nd: |\n  {{ e }}\n  f {{ g }}\n";
        let readable = "           \nb: ___c___\nd: |\n  {{ e }}\n  f {{ g }}\n";
        assert_eq!(without_actions(text).as_deref(), Some(readable));
        assert_eq!(without_actions("a: b\n"), None);
        assert_eq!(without_actions("a: {{ é }}").as_deref(), Some("a: ________"));
    }
}
