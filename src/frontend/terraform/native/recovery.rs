//! Parsing that survives broken text: where a file does not parse, each of its
//! top-level blocks is parsed alone, so that an unclosed quote spoils one block
//! and not the rest of the file.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Tree;

use crate::frontend::syntax;
use crate::problem::Problem;
use crate::source::Source;

/// A text and its tree.
pub(super) struct Parsed<'a> {
    /// A file, or a piece of a broken one.
    pub(super) source: Source<'a>,
    /// Its tree.
    pub(super) tree: Tree,
}

/// The words that begin a block at the top level.
const BLOCKS: &[&str] = &[
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

/// Parses a file, in pieces if it is broken.
pub(super) fn parse<'a>(source: &Source<'a>, problems: &mut Vec<Problem>) -> Vec<Parsed<'a>> {
    let tree = match syntax::parse(&tree_sitter_hcl::LANGUAGE.into(), source) {
        Ok(tree) => tree,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let Some(problem) = syntax::syntax_problem(&tree, source) else {
        return vec![Parsed { source: source.clone(), tree }];
    };
    let ranges = blocks(&source.text);
    if ranges.len() < 2 || !source.may_embed() {
        problems.push(problem);
        return vec![Parsed { source: source.clone(), tree }];
    }
    let (mut found, mut parsed) = (None, Vec::new());
    for range in ranges {
        let piece = source.embed_range(range);
        let Ok(tree) = syntax::parse(&tree_sitter_hcl::LANGUAGE.into(), &piece) else { continue };
        found = found.or_else(|| syntax::syntax_problem(&tree, &piece));
        parsed.push(Parsed { source: piece, tree });
    }
    problems.push(found.unwrap_or(problem));
    parsed
}

/// The text cut before each line that begins a block, at its first column and
/// outside heredocs and comments.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    let mut skip_to = 0;
    let words = lone_words(text);
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        if at >= skip_to {
            if at > 0 && begins_block(line) {
                starts.push(at);
            }
            skip_to = inert(line, next, text, &words);
        }
        at = next;
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn begins_block(line: &str) -> bool {
    let end = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    BLOCKS.contains(&word) && rest.trim_start().starts_with(['"', '{'])
}

/// Where the heredoc or comment that a line opens ends; the next line if it opens
/// none, or one that nothing closes.
fn inert(line: &str, next: usize, text: &str, words: &HashMap<&str, usize>) -> usize {
    if line.trim_start().starts_with("/*") && !line.contains("*/") {
        return text[next..].find("*/").map_or(text.len(), |end| next + end);
    }
    let opened = line.trim_end().rsplit_once("<<").map(|(_, word)| word.trim_start_matches('-'));
    let Some(word) = opened.filter(|word| words.get(word).is_some_and(|last| *last >= next)) else {
        return next;
    };
    let mut at = next;
    for line in text[next..].split_inclusive('\n') {
        at += line.len();
        if line.trim() == word {
            break;
        }
    }
    at
}

/// The lines that hold one word only, and where each last stands.
fn lone_words(text: &str) -> HashMap<&str, usize> {
    let mut at = 0;
    let mut words = HashMap::new();
    for line in text.split_inclusive('\n') {
        let word = line.trim();
        if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            words.insert(word, at);
        }
        at += line.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_blocks_outside_heredocs_and_comments() {
        let text = "broken\nresource \"a\" \"b\" {\n  c = <<-E\nlocals {\n  E\n}\n\
                    /*\ndata \"a\" \"b\" {\n*/\nlocals {\nd = <<F\nmodule \"m\" {}\n";
        let starts: Vec<&str> = blocks(text).into_iter().map(|range| &text[range][..6]).collect();
        assert_eq!(starts, ["broken", "resour", "locals", "module"]);
    }
}
