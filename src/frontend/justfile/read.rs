//! Reads the lines of a justfile: variables, recipes, what they need.

use std::collections::HashMap;
use std::ops::Range;

use super::Values;
use crate::procedure::Failure;

/// What a justfile says.
#[derive(Debug, Default)]
pub(super) struct Justfile<'s> {
    /// Values of variables that are one literal.
    pub(super) values: Values<'s>,
    /// Variables that the commands see, too.
    pub(super) exported: Vec<&'s str>,
    /// The words of `set shell`.
    pub(super) shell: Option<String>,
    /// Commands whose output variables hold.
    pub(super) asked: Vec<Range<usize>>,
    pub(super) recipes: Vec<Written>,
}

/// A recipe as it is written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) needs: Vec<String>,
    pub(super) then: Vec<String>,
    /// Commands whose output parameters hold if nothing else is given.
    pub(super) asked: Vec<Range<usize>>,
    pub(super) lines: Vec<Line>,
    pub(super) range: Range<usize>,
}

/// A line of a recipe, with the lines that continue it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What runs.
    pub(super) range: Range<usize>,
    /// What its failure does.
    pub(super) failure: Failure,
}

impl<'s> Justfile<'s> {
    /// Reads a text.
    pub(super) fn read(text: &'s str) -> Self {
        let mut justfile = Self { values: HashMap::new(), ..Self::default() };
        let mut open: Option<Written> = None;
        let mut at = 0;
        let mut continued = false;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if start < justfile.asked.last().map_or(0, |asked| asked.end) {
                continue;
            }
            let content = line.trim_end();
            if line.starts_with([' ', '\t'])
                && let Some(recipe) = &mut open
            {
                if content.is_empty() {
                    continue;
                }
                let end = start + content.len();
                recipe.range.end = end;
                match recipe.lines.last_mut().filter(|_| continued) {
                    Some(last) => last.range.end = end,
                    None => recipe.lines.push(recipe_line(text, start..end)),
                }
                continued = content.ends_with('\\');
                continue;
            }
            continued = false;
            if content.is_empty() || content.starts_with(['#', '[']) {
                continue;
            }
            justfile.recipes.extend(open.take());
            if justfile.setting(content) {
                justfile.asked.extend(in_backticks(text, start..start + content.len()));
            } else {
                open = header(text, start..start + content.len());
            }
        }
        justfile.recipes.extend(open);
        justfile
    }

    /// Takes in an assignment or a setting.
    fn setting(&mut self, line: &'s str) -> bool {
        if let Some(rest) = line.strip_prefix("set ") {
            let value = rest.split_once(":=").map_or("", |(_, value)| value);
            if rest.starts_with("shell") {
                let words = value.split(['[', ']', ',', '"', '\'']);
                let words: Vec<&str> =
                    words.map(str::trim).filter(|word| !word.is_empty()).collect();
                self.shell = Some(words.join(" "));
            }
            return true;
        }
        let (exported, rest) = match line.strip_prefix("export ") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let Some((name, value)) = rest.split_once(":=") else {
            return line.starts_with("alias ") || line.starts_with("import ");
        };
        let name = name.trim();
        let value = value.trim();
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let literal = quote.and_then(|quote| value[1..].strip_suffix(quote));
        if let Some(literal) = literal.filter(|it| !it.contains(['"', '\'', '\\'])) {
            self.values.insert(name, literal.to_owned());
            if exported {
                self.exported.push(name);
            }
        }
        true
    }
}

/// `name parameters: needs && what follows`.
fn header(text: &str, range: Range<usize>) -> Option<Written> {
    let line = text[range.clone()].strip_prefix('@').unwrap_or(&text[range.clone()]);
    let colon = colon(line)?;
    let asked = in_backticks(text, range.end - line.len()..range.end - line.len() + colon);
    let name = line[..colon].split_whitespace().next()?;
    let (needs, then) = match line[colon + 1..].split_once("&&") {
        Some((needs, then)) => (needs, then),
        None => (&line[colon + 1..], ""),
    };
    Some(Written {
        name: name.to_owned(),
        needs: names(needs),
        then: names(then),
        asked,
        lines: Vec::new(),
        range,
    })
}

/// The commands between the backticks that begin in a part of a text, one or three
/// of them. Three may reach beyond that.
pub(super) fn in_backticks(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut at = range.start;
    while let Some(letter) = text.get(at..range.end).and_then(|rest| rest.chars().next()) {
        let next = at + letter.len_utf8();
        match letter {
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(letter),
            '#' => break,
            '`' => {
                let fence = if text[at..].starts_with(BACKTICKS) { BACKTICKS } else { "`" };
                let start = at + fence.len();
                let within = if fence.len() > 1 { &text[start..] } else { &text[start..range.end] };
                let Some(length) = within.find(fence) else { break };
                found.push(start..start + length);
                at = start + length + fence.len();
                continue;
            }
            _ => {}
        }
        at = next;
    }
    found
}

/// What stands around a command of several lines.
const BACKTICKS: &str = "```";

/// Where the colon behind the parameters is, which may hold some in quotes.
fn colon(line: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in line.char_indices() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            '"' | '\'' | '`' if quote.is_none() => quote = Some(letter),
            ':' if quote.is_none() => return Some(at),
            _ => {}
        }
    }
    None
}

/// The recipes that a list names: `a (b "argument") c`.
fn names(list: &str) -> Vec<String> {
    let list = list.split(" #").next().unwrap_or(list);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for word in list.split_whitespace() {
        let bare = word.trim_start_matches('(').trim_end_matches(')');
        if !bare.is_empty() && (depth == 0) {
            found.push(bare.to_owned());
        }
        depth += word.matches('(').count();
        depth = depth.saturating_sub(word.matches(')').count());
    }
    found
}

fn recipe_line(text: &str, range: Range<usize>) -> Line {
    let line = &text[range.clone()];
    let content = line.trim_start();
    let rest = content.trim_start_matches(['-', '@', '?']);
    let prefix = &content[..content.len() - rest.len()];
    let failure = if prefix.contains('-') { Failure::Discarded } else { Failure::Raises };
    Line { range: range.end - rest.len()..range.end, failure }
}
