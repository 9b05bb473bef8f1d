//! Documents in documents: a block that is said to be Markdown and holds blocks of
//! its own is read as a part of the document around it.

use std::borrow::Cow;
use std::ops::Range;

/// What such a block is said to be.
const LANGUAGES: [&str; 2] = ["markdown", "md"];

/// The letters of fences, and how many of them there are at least.
const LETTERS: [char; 2] = ['`', '~'];
const FEWEST: usize = 3;

/// A line that opens or closes a block.
#[derive(Clone, Debug)]
struct Fence<'t> {
    letter: char,
    count: usize,
    info: &'t str,
    range: Range<usize>,
}

/// A text without the fences around such blocks; blanks stand in their places.
pub(super) fn opened(text: &str) -> Cow<'_, str> {
    let fences = fences(text);
    let mut blank: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(fence) = fences.get(at) {
        let rest = &fences[at + 1..];
        if LANGUAGES.iter().any(|name| fence.info.eq_ignore_ascii_case(name)) {
            match end_of_document(fence, rest) {
                Some((end, true)) => {
                    blank.extend([fence.range.clone(), rest[end].range.clone()]);
                    at += end + 2;
                    continue;
                }
                Some((_, false)) => {}
                // Where one stays open, the rest is in doubt.
                None => break,
            }
        }
        let Some(end) = rest.iter().position(|other| fence.is_closed_by(other)) else { break };
        at += end + 2;
    }
    if blank.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for range in blank {
        bytes[range].fill(b' ');
    }
    // Whole lines are blank now, so that no letter has been taken apart.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Which fence closes a document, and whether there are blocks in it.
fn end_of_document(document: &Fence<'_>, rest: &[Fence<'_>]) -> Option<(usize, bool)> {
    let mut has_blocks = false;
    let mut open: Option<&Fence<'_>> = None;
    for (number, fence) in rest.iter().enumerate() {
        match open {
            Some(block) if block.is_closed_by(fence) => open = None,
            Some(_) => {}
            None if document.is_closed_by(fence) => return Some((number, has_blocks)),
            None => {
                has_blocks = true;
                open = Some(fence);
            }
        }
    }
    None
}

impl Fence<'_> {
    fn is_closed_by(&self, other: &Self) -> bool {
        other.info.is_empty() && other.letter == self.letter && other.count >= self.count
    }
}

/// The lines of a text that are fences.
fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        let inner = content.trim_start();
        let Some(letter) = inner.chars().next().filter(|first| LETTERS.contains(first)) else {
            continue;
        };
        let info = inner.trim_start_matches(letter);
        let count = inner.len() - info.len();
        if count >= FEWEST && !(letter == '`' && info.contains('`')) {
            let range = start..start + content.len();
            found.push(Fence { letter, count, info: info.trim(), range });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_around_blocks_are_taken_away() {
        let cases = [
            ("```md\n# a\n```sh\nb\n```\n```\nc\n", "     \n# a\n```sh\nb\n```\n   \nc\n"),
            ("````markdown\n```\nb\n```\n````\n", "            \n```\nb\n```\n    \n"),
            ("```md\n# a\n```\n```sh\nb\n```\n", "```md\n# a\n```\n```sh\nb\n```\n"),
            ("```md\n```sh\nb\n", "```md\n```sh\nb\n"),
            ("```sh\n```md\n```\n", "```sh\n```md\n```\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(opened(text), expected, "{text}");
        }
    }
}
