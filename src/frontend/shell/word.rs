//! Expands the words of commands as far as the script tells their values.

use std::cell::Cell;
use std::ops::Range;

use tree_sitter::Node;

use super::definition::{Definition, Meaning};
use super::script::Script;
use super::{kind, stand_in};
use crate::procedure::Value;

/// How deep variables are followed into variables.
const DEEPEST: u8 = 8;

/// The longest text that a word may expand to, in bytes.
const LONGEST: usize = 1 << 16;

/// The most words that a command may expand to.
const MOST_WORDS: usize = 4096;

/// What `xargs`, `find` and `parallel` put their items in the place of.
const REPLACED: &str = "{}";

/// A word of a command after expansion.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// Its value, or the text as it is written.
    pub(super) value: Value,
    /// What the value may be where it is not known.
    pub(super) choices: Option<Choices>,
    /// The literal it is written as, unless it comes out of a variable.
    pub(super) node: Option<Node<'t>>,
    /// Whether it may stand for any number of words.
    pub(super) several: bool,
    /// Whether it depends on parameters of a function that are not known.
    pub(super) positional: bool,
}

/// The known values that a word may have.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    /// The values.
    pub(super) texts: Vec<String>,
    /// Whether it has each of them in turn, as in a loop.
    pub(super) each: bool,
    /// Whether they are split at blanks.
    pub(super) split: bool,
}

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

/// What is known of a text that parts make up.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    known: Option<String>,
    choices: Option<Choices>,
    positional: bool,
    written: Option<Value>,
}

impl Text {
    fn known(text: impl Into<String>) -> Self {
        Self { known: Some(text.into()), ..Self::default() }
    }

    /// The value if it is known for sure.
    pub(super) fn into_known(self) -> Option<String> {
        self.known
    }

    fn join(self, next: Self) -> Self {
        let positional = self.positional || next.positional;
        let joined = Self { positional, ..Self::default() };
        match (self, next) {
            (Self { known: Some(mut left), .. }, Self { known: Some(right), .. }) => {
                left.push_str(&right);
                Self { known: Some(left).filter(|text| text.len() <= LONGEST), ..joined }
            }
            (Self { known: Some(left), .. }, Self { choices: Some(right), .. }) => {
                Self { choices: Some(right.map(|text| left.clone() + text)), ..joined }
            }
            (Self { choices: Some(left), .. }, Self { known: Some(right), .. }) => {
                Self { choices: Some(left.map(|text| text.to_owned() + &right)), ..joined }
            }
            _ => joined,
        }
    }
}

impl Choices {
    fn map(self, each: impl Fn(&str) -> String) -> Self {
        Self { texts: self.texts.iter().map(|text| each(text)).collect(), ..self }
    }
}

impl<'t> Word<'t> {
    /// A word of known text that is not written out where it is used.
    pub(super) fn of_text(text: &str, range: Range<usize>) -> Self {
        Self {
            range,
            value: Value::Text(text.to_owned()),
            choices: None,
            node: None,
            several: false,
            positional: false,
        }
    }

    /// Its text if that is known.
    pub(super) fn text(&self) -> Option<&str> {
        self.value.as_text()
    }

    fn of(text: Text, node: Node<'t>, script: &Script<'t>) -> Self {
        let written = || Value::unknown(script.slice(node).replace('"', ""));
        let value = match text.known {
            Some(known) => Value::Text(known),
            None => text.written.unwrap_or_else(written),
        };
        Self {
            range: node.byte_range(),
            value,
            choices: text.choices,
            node: Some(node),
            several: false,
            positional: text.positional,
        }
    }
}

impl<'e, 't> Env<'e, 't> {
    /// Expands literals one after the other.
    pub(super) fn words(&self, nodes: &[Node<'t>]) -> Vec<Word<'t>> {
        let mut words = Vec::new();
        for node in nodes {
            if words.len() > MOST_WORDS {
                break;
            }
            self.expand(*node, &mut words);
        }
        words
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
            _ => words.push(Word::of(self.text(node), node, self.script)),
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
    fn inside(&self, definition: &Definition<'t>, at: usize) -> Self {
        let own = definition.scope == self.scope;
        Self {
            scope: definition.scope,
            at,
            parameters: self.parameters.filter(|_| own),
            depth: self.depth + 1,
            ..*self
        }
    }

    fn burn(&self) -> bool {
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
            kind::COMMAND_SUBSTITUTION => self.program_path(node),
            _ => Text::default(),
        }
    }

    fn concatenation(&self, node: Node<'t>) -> Text {
        if stand_in::is_placeholder(self.script.slice(node)) {
            return Text::default();
        }
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        parts.into_iter().fold(Text::known(""), |text, part| text.join(self.text(part)))
    }

    /// A string in double quotes. The grammar leaves blanks at the ends of its
    /// parts out of the tree, so the text between expansions is taken from the
    /// source.
    fn string(&self, node: Node<'t>) -> Text {
        let source = self.script.slice(node);
        if stand_in::is_placeholder(strip(source, 1)) {
            return Text::default();
        }
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node
            .named_children(&mut cursor)
            .filter(|part| part.kind() != kind::STRING_CONTENT)
            .collect();
        if let [only] = parts.as_slice()
            && only.byte_range().len() + 2 == source.len()
        {
            return self.text(*only);
        }
        let mut text = Text::known("");
        let mut at = node.start_byte() + 1;
        let end = node.end_byte().saturating_sub(1).max(at);
        for part in parts {
            text = text.join(self.plain(at..part.start_byte())).join(self.text(part));
            at = part.end_byte();
        }
        text.join(self.plain(at..end))
    }

    fn plain(&self, range: Range<usize>) -> Text {
        let source = self.script.text.get(range).unwrap_or_default();
        Text::known(unescape(source, |escaped| "\"$`\\\n".contains(escaped)))
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

    /// `$name`, `${name}`, `${name:-default}` and the like.
    fn expansion(&self, source: &str) -> Text {
        let inner = match source.strip_prefix("${") {
            Some(inner) => inner.strip_suffix('}').unwrap_or(inner),
            None => source.strip_prefix('$').unwrap_or(source),
        };
        let end = inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len());
        let (name, operation) = inner.split_at(end);
        if name.is_empty() {
            let positional = inner.starts_with(['@', '*', '#', '!']);
            return Text { positional: positional && self.parameters.is_none(), ..Text::default() };
        }
        let value = self.variable(name);
        let default = operation.strip_prefix(":-").or_else(|| operation.strip_prefix('-'));
        let default = default.or_else(|| operation.strip_prefix(":="));
        match default.or_else(|| operation.strip_prefix('=')) {
            _ if operation.is_empty() || operation.starts_with(":?") => value,
            Some(default) => with_default(value, default),
            None => Text { positional: value.positional, ..Text::default() },
        }
    }

    fn variable(&self, name: &str) -> Text {
        if let Ok(number) = name.parse::<usize>() {
            return self.parameter(number);
        }
        if self.depth >= DEEPEST || !self.burn() {
            return Text::default();
        }
        let reaching = self.script.variables.reaching(name, self.scope, self.at, false);
        let mut all = reaching.iter().rev().map(|definition| self.defined(name, definition));
        let Some(first) = all.next() else { return Text::default() };
        all.fold(first, either)
    }

    fn parameter(&self, number: usize) -> Text {
        let unknown = Text { positional: true, ..Text::default() };
        let (Some(parameters), Some(shifted)) =
            (self.parameters, self.script.shifted(self.scope, self.at))
        else {
            return unknown;
        };
        let Some(index) = number.checked_sub(1).map(|index| index.saturating_add(shifted)) else {
            return Text::default();
        };
        if parameters.iter().take(index).any(|word| word.several) {
            return unknown;
        }
        match parameters.get(index) {
            None => Text::known(""),
            Some(word) => Text {
                known: word.text().map(str::to_owned),
                choices: word.choices.clone(),
                positional: word.positional,
                written: Some(word.value.clone()),
            },
        }
    }

    /// What a definition gives a variable.
    fn defined(&self, name: &str, definition: &Definition<'t>) -> Text {
        match definition.meaning {
            Meaning::Word(node) => {
                let env = self.inside(definition, node.start_byte());
                let value = env.text(node);
                if definition.append { env.variable(name).join(value) } else { value }
            }
            Meaning::Default(node) => {
                let value = self.inside(definition, node.start_byte()).text(node);
                Text { known: None, choices: choices(value), ..Text::default() }
            }
            Meaning::Items(node) => self.inside(definition, node.start_byte()).items(node),
            Meaning::Empty => Text::known(""),
            Meaning::Array(_) | Meaning::Input => Text::default(),
        }
    }

    /// The items that a loop goes through.
    fn items(&self, node: Node<'t>) -> Text {
        let mut cursor = node.walk();
        let items: Vec<Node<'t>> = node.children_by_field_name("value", &mut cursor).collect();
        let words = self.words(&items);
        let positional = items.is_empty() || words.iter().any(|word| word.positional);
        let texts: Vec<String> =
            words.iter().filter_map(|word| word.text().map(str::to_owned)).collect();
        let each = texts.len() == words.len();
        match texts.as_slice() {
            [] => Text { positional, ..Text::default() },
            [only] if each => Text::known(only.clone()),
            _ => {
                let choices = Some(Choices { texts, each, split: false });
                Text { choices, positional, ..Text::default() }
            }
        }
    }
}

/// A variable of which one of two things is true.
fn either(left: Text, right: Text) -> Text {
    let positional = left.positional || right.positional;
    if left.known.is_some() && left.known == right.known {
        return left;
    }
    let texts: Vec<Choices> = [left, right].into_iter().filter_map(choices).collect();
    let mut merged: Vec<String> = Vec::new();
    for text in texts.into_iter().flat_map(|choices| choices.texts) {
        if !merged.contains(&text) {
            merged.push(text);
        }
    }
    merged.truncate(64);
    let choices =
        (!merged.is_empty()).then_some(Choices { texts: merged, each: false, split: false });
    Text { choices, positional, ..Text::default() }
}

/// What a text may be, known or not.
fn choices(text: Text) -> Option<Choices> {
    let known = text.known.map(|text| Choices { texts: vec![text], each: false, split: false });
    known.or(text.choices)
}

/// A value, or a default where there is none. An empty value counts as none.
fn with_default(value: Text, default: &str) -> Text {
    if value.known.as_ref().is_some_and(|known| !known.is_empty()) {
        return value;
    }
    let plain = default.trim_matches(['"', '\'']);
    if plain.contains(['$', '`', '"', '\'']) {
        return Text { known: None, ..value };
    }
    if value.known.is_some() {
        return Text::known(plain);
    }
    let default = Text::known(plain);
    let positional = value.positional;
    let known = value.choices.is_some() || value.written.is_some();
    let merged = if known { either(value, default) } else { default };
    Text { known: None, choices: choices(merged), positional, written: None }
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
fn unescape(source: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut text = String::with_capacity(source.len());
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters.peek().copied().filter(|next| letter == '\\' && escapes(*next));
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
