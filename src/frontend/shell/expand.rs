//! Expands the words of commands as far as the script tells their values.

use std::cell::Cell;
use std::ops::Range;

use tree_sitter::Node;

use super::definition::{Definition, Meaning};
use super::script::Script;
use super::word::{Text, Word};
use super::{kind, stand_in};
use crate::procedure::Value;

/// How deep variables are followed into variables.
pub(super) const DEEPEST: u8 = 8;

/// The most words that a command may expand to.
const MOST_WORDS: usize = 4096;

/// What `xargs`, `find` and `parallel` put their items in the place of.
const REPLACED: &str = "{}";

/// Where and with which parameters words are expanded.
#[derive(Clone, Copy)]
pub(super) struct Env<'e, 't> {
    /// The script.
    pub(super) script: &'e Script<'t>,
    /// The function the words are in; 0 is the top level.
    pub(super) scope: usize,
    /// The place of the command.
    pub(super) at: usize,
    /// The parameters of the function, if they are known.
    pub(super) parameters: Option<&'e [Word<'t>]>,
    /// How many expansions are left.
    pub(super) fuel: &'e Cell<u32>,
    /// How many variables have been followed.
    pub(super) depth: u8,
}

impl<'t> Env<'_, 't> {
    /// Expands literals one after the other.
    pub(super) fn words(&self, nodes: &[Node<'t>]) -> Vec<Word<'t>> {
        let mut words = Vec::new();
        // What stands without a blank between is one word, which the grammar does
        // not always see: `[\"$id\"]`.
        for group in nodes.chunk_by(|left, right| left.end_byte() == right.start_byte()) {
            if words.len() > MOST_WORDS {
                break;
            }
            match group {
                [first, .., last] => words.push(self.together(*first, *last)),
                single => single.iter().for_each(|node| self.expand(*node, &mut words)),
            }
        }
        words
    }

    /// The word that literals make together; nothing is known of its value.
    fn together(&self, first: Node<'t>, last: Node<'t>) -> Word<'t> {
        let mut word = Word::of(Text::default(), first, self.script);
        word.range = first.start_byte()..last.end_byte();
        let written = self.script.text.get(word.range.clone()).unwrap_or_default();
        word.value = Value::unknown(written.replace(['"', '\\'], ""));
        word.node = None;
        word
    }

    /// Expands a literal to the words it makes.
    fn expand(&self, node: Node<'t>, words: &mut Vec<Word<'t>>) {
        match node.kind() {
            kind::SIMPLE_EXPANSION | kind::EXPANSION => self.unquoted(node, words),
            kind::STRING if let Some(fields) = self.quoted_fields(node) => words.extend(fields),
            kind::COMMAND_SUBSTITUTION => {
                let mut word = Word::of(self.text(node), node, self.script);
                word.several = word.text().is_none();
                words.push(word);
            }
            kind::STRING if is_one_expansion(node) => {
                words.push(Word::of(self.text(node), node, self.script));
            }
            _ => {
                let text = self.text(node);
                let mut word = Word::of(text, node, self.script);
                word.forget_parts();
                words.push(word);
            }
        }
    }

    /// An expansion outside quotes: its value is split at blanks.
    fn unquoted(&self, node: Node<'t>, words: &mut Vec<Word<'t>>) {
        if let Some(fields) = self.fields(node) {
            words.extend(fields);
            return;
        }
        let mut word = Word::of(self.text(node), node, self.script);
        if let Some(text) = word.text() {
            let fields = text.split_whitespace();
            words.extend(fields.map(|field| Word::of_text(field, node.byte_range())));
            return;
        }
        word.several = true;
        if let Some(choices) = &mut word.choices {
            choices.split = true;
        }
        words.push(word);
    }

    /// The words of `"$@"` and `"${array[@]}"`.
    fn quoted_fields(&self, string: Node<'t>) -> Option<Vec<Word<'t>>> {
        let only = string.named_child(0).filter(|_| string.named_child_count() == 1)?;
        let whole = only.byte_range().len() + 2 == string.byte_range().len();
        if whole { self.fields(only) } else { None }
    }

    /// The words of an expansion that stands for a list.
    fn fields(&self, node: Node<'t>) -> Option<Vec<Word<'t>>> {
        let text = self.script.slice(node);
        let inner = text.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}');
        if let Some(skipped) = inner.strip_prefix(['@', '*']) {
            let from = skipped.trim_start_matches(':').trim().parse().unwrap_or(1);
            return Some(self.parameters_from(from, node));
        }
        let name = inner.strip_suffix("[@]").or_else(|| inner.strip_suffix("[*]"))?;
        Some(self.elements(name).unwrap_or_else(|| vec![self.some_words(node, false)]))
    }

    fn some_words(&self, node: Node<'t>, positional: bool) -> Word<'t> {
        let unknown = Text { positional, ..Text::default() };
        Word { several: true, ..Word::of(unknown, node, self.script) }
    }

    /// The positional parameters from one on.
    fn parameters_from(&self, from: usize, node: Node<'t>) -> Vec<Word<'t>> {
        let Some(parameters) = self.parameters else { return vec![self.some_words(node, true)] };
        let Some(shifted) = self.script.shifted(self.scope, self.at) else {
            return vec![self.some_words(node, true)];
        };
        let skip = from.saturating_sub(1).saturating_add(shifted);
        parameters.iter().skip(skip).cloned().collect()
    }

    /// The elements of an array, if every part of it is written in the script.
    fn elements(&self, name: &str) -> Option<Vec<Word<'t>>> {
        if !self.burn() || self.depth >= DEEPEST {
            return None;
        }
        let reaching = self.script.variables.reaching(name, self.scope, self.at, true);
        let (base, additions): (Vec<_>, Vec<_>) =
            reaching.into_iter().partition(|definition| !definition.append);
        let [base] = base.as_slice() else { return None };
        let mut words = Vec::new();
        for definition in std::iter::once(base).chain(additions.iter().rev()) {
            let Meaning::Array(array) = definition.meaning else { return None };
            let mut cursor = array.walk();
            let items: Vec<Node<'t>> = array.named_children(&mut cursor).collect();
            words.extend(self.inside(definition, array.start_byte()).words(&items));
            if words.len() > MOST_WORDS {
                return None;
            }
        }
        Some(words)
    }

    /// The environment of a definition's value.
    pub(super) fn inside(&self, definition: &Definition<'t>, at: usize) -> Self {
        let own = definition.scope == self.scope;
        Self {
            scope: definition.scope,
            at,
            parameters: self.parameters.filter(|_| own),
            depth: self.depth + 1,
            ..*self
        }
    }

    /// Takes note of one more expansion; no if that was one too many.
    pub(super) fn burn(&self) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(1));
        left > 0
    }

    /// What is known of a literal's text, without splitting.
    pub(super) fn text(&self, node: Node<'t>) -> Text {
        if !self.burn() {
            return Text::default();
        }
        let source = self.script.slice(node);
        if source == REPLACED {
            return Text::default();
        }
        match node.kind() {
            kind::WORD | kind::NUMBER | kind::STRING_CONTENT => literal(source),
            kind::RAW_STRING => quoted(strip(source, 1)),
            kind::ANSI_C_STRING => Text::known(unescape(strip(&source[1..], 1), |_| true)),
            kind::SIMPLE_EXPANSION | kind::EXPANSION => self.expansion(source),
            kind::STRING => self.string(node),
            kind::TRANSLATED_STRING => {
                node.named_child(0).map_or_else(Text::default, |string| self.text(string))
            }
            kind::CONCATENATION => self.concatenation(node),
            kind::COMMAND_SUBSTITUTION => {
                self.document(node).unwrap_or_else(|| self.program_path(node))
            }
            _ => Text::default(),
        }
    }

    fn concatenation(&self, node: Node<'t>) -> Text {
        if stand_in::is_placeholder(self.script.slice(node)) {
            return Text::default();
        }
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        parts.into_iter().fold(Text::known(""), |text, part| text.join(self.part(part)))
    }

    /// A string in double quotes. The grammar leaves blanks at the ends of its
    /// parts out of the tree, so the text between expansions is taken from the
    /// source.
    fn string(&self, node: Node<'t>) -> Text {
        let source = self.script.slice(node);
        if stand_in::is_placeholder(strip(source, 1)) {
            return Text::default();
        }
        if is_one_expansion(node)
            && let Some(only) = node.named_child(0)
        {
            return self.text(only);
        }
        let start = node.start_byte() + 1;
        self.interpolated(node, start..node.end_byte().saturating_sub(1).max(start))
    }

    /// The text in a range of a node, with what is expanded in it.
    fn interpolated(&self, node: Node<'t>, range: Range<usize>) -> Text {
        let mut cursor = node.walk();
        let plain = [kind::STRING_CONTENT, "heredoc_content"];
        let parts = node.named_children(&mut cursor).filter(|part| !plain.contains(&part.kind()));
        let mut text = Text::known("");
        let mut at = range.start;
        for part in parts {
            text = text.join(self.plain(at..part.start_byte())).join(self.part(part));
            at = part.end_byte();
        }
        text.join(self.plain(at..range.end))
    }

    /// A part of a longer text.
    fn part(&self, node: Node<'t>) -> Text {
        self.text(node).hole(self.script.slice(node))
    }

    fn plain(&self, range: Range<usize>) -> Text {
        let source = self.script.text.get(range).unwrap_or_default();
        Text::known(unescape(source, |escaped| "\"$`\\\n".contains(escaped)))
    }

    /// `$(cat <<EOF …)` is the text of the here-document.
    fn document(&self, node: Node<'t>) -> Option<Text> {
        let (text, raw) = document_of(node, self.script)?;
        if raw {
            return Some(Text::known(self.script.slice(text).trim_end_matches('\n')));
        }
        Some(self.interpolated(text, text.byte_range()))
    }

    /// `$(which aliyun)` and `$(command -v aliyun)` are the program.
    fn program_path(&self, node: Node<'t>) -> Text {
        let source = self.script.slice(node).trim_matches(['$', '(', ')', '`', ' ']);
        let words: Vec<&str> = source.split_whitespace().collect();
        match words.as_slice() {
            ["which", program] | ["command", "-v", program] | ["type", "-p" | "-P", program] => {
                Text::known(*program)
            }
            ["which", program, "2>/dev/null", ..]
            | ["command", "-v", program, "2>/dev/null", ..] => Text::known(*program),
            _ => Text::default(),
        }
    }
}

/// The here-document that a `$(cat <<EOF …)` gives, and whether it is taken as it
/// stands.
pub(super) fn document_of<'t>(node: Node<'t>, script: &Script<'t>) -> Option<(Node<'t>, bool)> {
    let redirected = node.named_child(0).filter(|inner| inner.kind() == kind::REDIRECTED)?;
    let body = redirected.child_by_field_name("body")?;
    let document = redirected.named_child(1).filter(|it| it.kind() == kind::HEREDOC_REDIRECT)?;
    let mut cursor = document.walk();
    let parts: Vec<Node<'t>> = document.named_children(&mut cursor).collect();
    let part = |kind: &str| parts.iter().find(|part| part.kind() == kind).copied();
    let (start, text) = (part(kind::HEREDOC_START)?, part(kind::HEREDOC_BODY)?);
    let is_whole = script.slice(body) == "cat" && redirected.named_child_count() == 2;
    is_whole.then(|| (text, script.slice(start).contains(['\'', '"', '\\'])))
}

/// Whether there is nothing but an expansion in a string.
fn is_one_expansion(string: Node<'_>) -> bool {
    let only = string.named_child(0).filter(|_| string.named_child_count() == 1);
    only.is_some_and(|only| {
        only.kind() != kind::STRING_CONTENT
            && only.byte_range().len() + 2 == string.byte_range().len()
    })
}

/// A bare word.
fn literal(source: &str) -> Text {
    if source.starts_with('<') || stand_in::is_placeholder(source) {
        return Text::default();
    }
    Text::known(unescape(source, |_| true))
}

/// A quoted text.
fn quoted(source: &str) -> Text {
    let stands_in = source == REPLACED || stand_in::is_placeholder(source);
    if stands_in { Text::default() } else { Text::known(source) }
}

/// A text without as many bytes at either end.
fn strip(source: &str, quotes: usize) -> &str {
    source.get(quotes..source.len().saturating_sub(quotes)).unwrap_or_default()
}

/// Takes backslashes away in front of characters that they may escape; a
/// backslash before a line break takes that away, too.
fn unescape(source: &str, is_escape: impl Fn(char) -> bool) -> String {
    let mut text = String::with_capacity(source.len());
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters.peek().copied().filter(|next| letter == '\\' && is_escape(*next));
        match escaped {
            Some('\n') => {}
            Some(next) => text.push(next),
            None => {
                text.push(letter);
                continue;
            }
        }
        letters.next();
    }
    text
}
