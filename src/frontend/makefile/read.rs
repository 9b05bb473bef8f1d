//! Reads the lines of a makefile: variables, rules, recipes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::variables::{Assign, Variables};
use crate::procedure::Failure;
use crate::source::Source;

/// What a makefile says.
#[derive(Debug, Default)]
pub(super) struct Makefile<'s> {
    pub(super) variables: Variables<'s>,
    pub(super) rules: Vec<Rule>,
    /// The commands of `$(shell …)` and `!=` in variables.
    pub(super) commands: Vec<Range<usize>>,
    /// Whether the lines of a recipe share a shell.
    pub(super) one_shell: bool,
    /// The targets whose failures make ignores; none named are all.
    ignored: Option<Vec<String>>,
    by_target: HashMap<String, usize>,
}

/// A rule with its recipe.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) targets: Vec<String>,
    /// What is made before.
    pub(super) needs: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// All of it.
    pub(super) range: Range<usize>,
}

/// A line of a recipe, with the lines that continue it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What the shell gets.
    pub(super) range: Range<usize>,
    /// What its failure does.
    pub(super) failure: Failure,
}

/// Operators of assignments, the longer ones first.
const OPERATORS: [(&str, Assign); 6] = [
    (":::=", Assign::Set),
    ("::=", Assign::Set),
    (":=", Assign::Set),
    ("?=", Assign::Default),
    ("+=", Assign::Append),
    ("=", Assign::Set),
];

/// Words in front of an assignment.
const MODIFIERS: [&str; 4] = ["export ", "override ", "private ", "unexport "];

/// The operator whose value is what a command prints.
const SHELL_OPERATOR: &str = "!=";

impl<'s> Makefile<'s> {
    /// Reads a text.
    pub(super) fn read(source: &'s Source<'_>) -> Self {
        let mut makefile = Self::default();
        let mut reader = Reader { text: &source.text, conditions: 0, prefix: '\t', open: None };
        let mut at = 0;
        while let Some(line) = logical_line(reader.text, at) {
            at = next_line(reader.text, line.end);
            at = reader.line(line, at, &mut makefile);
        }
        reader.close(&mut makefile);
        makefile.ignore();
        makefile
    }

    /// Lets the failures of targets pass that `.IGNORE` names.
    fn ignore(&mut self) {
        let Some(ignored) = &self.ignored else { return };
        let names: HashSet<&String> = ignored.iter().collect();
        for rule in &mut self.rules {
            if names.is_empty() || rule.targets.iter().any(|target| names.contains(target)) {
                rule.lines.iter_mut().for_each(|line| line.failure = Failure::Discarded);
            }
        }
    }

    /// The rule of a target.
    pub(super) fn rule_of(&self, target: &str) -> Option<&Rule> {
        self.rules.get(*self.by_target.get(target)?)
    }

    fn add(&mut self, rule: Rule) {
        for target in &rule.targets {
            // A rule without a recipe only says what is needed.
            if !rule.lines.is_empty() || !self.by_target.contains_key(target) {
                self.by_target.insert(target.clone(), self.rules.len());
            }
        }
        self.rules.push(rule);
    }
}

struct Reader<'s> {
    text: &'s str,
    /// How many conditionals are open.
    conditions: usize,
    /// What recipe lines begin with.
    prefix: char,
    /// The rule whose recipe may go on.
    open: Option<Rule>,
}

impl<'s> Reader<'s> {
    /// Takes a line in, and gives where the next one starts.
    fn line(&mut self, line: Range<usize>, next: usize, makefile: &mut Makefile<'s>) -> usize {
        let text = &self.text[line.clone()];
        if text.starts_with(self.prefix)
            && let Some(rule) = &mut self.open
        {
            rule.range.end = line.end;
            rule.lines.push(recipe_line(self.text, line.start + 1..line.end));
            return next;
        }
        let content = text.trim_start();
        if content.is_empty() || content.starts_with('#') || self.is_conditional(content) {
            return next;
        }
        self.close(makefile);
        let start = line.end - content.len();
        if let Some(rest) = content.strip_prefix("define").filter(|it| it.starts_with(' ')) {
            let name = rest.trim_start().split([' ', '=', ':', '\t']).next().unwrap_or_default();
            return self.define(name, next, makefile);
        }
        if !self.assignment(start..line.end, makefile) {
            self.rule(start..line.end, makefile);
        }
        next
    }

    fn is_conditional(&mut self, content: &str) -> bool {
        match content.split([' ', '\t', '(']).next().unwrap_or_default() {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.conditions += 1,
            "endif" => self.conditions = self.conditions.saturating_sub(1),
            "else" => {}
            _ => return false,
        }
        true
    }

    fn close(&mut self, makefile: &mut Makefile<'s>) {
        if let Some(rule) = self.open.take() {
            makefile.add(rule);
        }
    }

    /// Reads a canned recipe, and gives where the line after it starts.
    fn define(&mut self, name: &'s str, from: usize, makefile: &mut Makefile<'s>) -> usize {
        let mut at = from;
        let mut open = 1;
        while at < self.text.len() {
            let end = line_end(self.text, at);
            let word = self.text[at..end].split_whitespace().next();
            open += usize::from(word == Some("define"));
            open -= usize::from(word == Some("endef"));
            if open == 0 {
                break;
            }
            at = next_line(self.text, end);
        }
        let at = at.min(self.text.len());
        let body = self.text[from.min(at)..at].to_owned();
        let how = (Assign::Set, self.conditions > 0);
        makefile.variables.assign(name, body, Some(from.min(at)..at), how);
        next_line(self.text, line_end(self.text, at))
    }

    fn assignment(&self, line: Range<usize>, makefile: &mut Makefile<'s>) -> bool {
        let mut start = line.start;
        while let Some(word) = MODIFIERS.iter().find(|it| self.text[start..].starts_with(**it)) {
            start += word.len();
            start += blanks(&self.text[start..line.end]);
        }
        let text = &self.text[start..line.end];
        let Some(sign) = text.find('=') else { return false };
        let (head, assign) = if text[..sign].ends_with('!') {
            (&text[..sign - 1], Assign::Set)
        } else {
            let Some((operator, assign)) =
                OPERATORS.iter().find(|(operator, _)| text[..=sign].ends_with(operator))
            else {
                return false;
            };
            (&text[..=sign - (operator.len() - 1)], *assign)
        };
        let head = head.trim_end_matches(['=', ':', '?', '+']);
        // `target: NAME = value` is a variable of the target.
        let name = match head.rsplit_once(':') {
            Some((_, name)) if !head.contains("$(") => name.trim(),
            _ => head.trim(),
        };
        if name.is_empty() || name.contains([' ', '\t', '#', '(', ')', '%', '/']) {
            return false;
        }
        let value = start + sign + 1..line.end;
        let conditional = self.conditions > 0 || head.contains(':');
        let is_command = text[..sign].ends_with(SHELL_OPERATOR.trim_end_matches('='));
        let written = value_text(&self.text[value.clone()]);
        let text = if is_command { format!("$(shell {written})") } else { written };
        makefile.variables.assign(name, text, None, (assign, conditional));
        if is_command {
            makefile.commands.push(value);
        } else {
            makefile.commands.extend(commands(self.text, value));
        }
        true
    }

    fn rule(&mut self, line: Range<usize>, makefile: &mut Makefile<'s>) {
        let text = &self.text[line.clone()];
        let uncommented = text.split(" #").next().unwrap_or(text);
        let Some(colon) = colon(uncommented) else { return };
        let head = &uncommented[..colon];
        let rest = uncommented[colon..].trim_start_matches([':', '&']);
        let rest_start = colon + uncommented[colon..].len() - rest.len();
        let (needs, recipe) = match rest.split_once(';') {
            Some((needs, recipe)) => (needs, Some(line.end - recipe.len()..line.end)),
            None => (rest, None),
        };
        // The recipe behind a `;` reaches to the end, a comment included.
        let recipe = recipe.map(|_| line.start + rest_start + needs.len() + 1..line.end);
        let targets = names(head);
        match targets.first().map(String::as_str) {
            Some(".ONESHELL") => makefile.one_shell = true,
            Some(".IGNORE") => makefile.ignored.get_or_insert_default().extend(names(needs)),
            Some(special) if is_special(special) => {}
            Some(_) => {
                let lines = recipe.map(|recipe| recipe_line(self.text, recipe));
                self.open = Some(Rule {
                    targets,
                    needs: names(needs),
                    lines: lines.into_iter().collect(),
                    range: line,
                });
            }
            None => {}
        }
    }
}

/// Whether a target has a meaning of its own.
fn is_special(target: &str) -> bool {
    target.strip_prefix('.').is_some_and(|name| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
    })
}

/// The words of a list of targets, without those that make expands.
fn names(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let words = text.split_whitespace().filter(|word| !matches!(*word, "|" | "\\" | ".WAIT"));
    words.map(str::to_owned).collect()
}

/// Where the colon of a rule is.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// A line of a recipe without what tells make how to run it.
fn recipe_line(text: &str, range: Range<usize>) -> Line {
    let line = &text[range.clone()];
    let rest = line.trim_start_matches(['-', '@', '+', ' ', '\t']);
    let prefix = &line[..line.len() - rest.len()];
    let failure = if prefix.contains('-') { Failure::Discarded } else { Failure::Raises };
    Line { range: range.end - rest.len()..range.end, failure }
}

/// The lines of a canned recipe.
pub(super) fn canned_lines(text: &str, range: Range<usize>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = range.start;
    while at < range.end
        && let Some(line) = logical_line(text, at)
    {
        lines.push(recipe_line(text, line.start..line.end.min(range.end)));
        at = next_line(text, line.end);
    }
    lines
}

/// The value of an assignment on one line, without a comment.
fn value_text(text: &str) -> String {
    let text = text.replace("\\\n", " ");
    let comment = text.match_indices('#').find(|(at, _)| !text[..*at].ends_with('\\'));
    let text = comment.map_or(text.as_str(), |(at, _)| &text[..at]);
    text.trim().to_owned()
}

/// The commands of `$(shell …)` in a range.
fn commands(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for call in ["$(shell ", "${shell "] {
        let starts = text[range.clone()].match_indices(call);
        for (at, _) in starts {
            let start = range.start + at;
            let end = super::expand::reference_end(text, start, range.end);
            found.push(start + call.len()..end.saturating_sub(1).max(start + call.len()));
        }
    }
    found
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The line at a byte, with those that continue it, without the last break.
fn logical_line(text: &str, at: usize) -> Option<Range<usize>> {
    if at >= text.len() {
        return None;
    }
    let mut end = line_end(text, at);
    while text[at..end].trim_end_matches('\r').ends_with('\\') && end < text.len() {
        end = line_end(text, end + 1);
    }
    Some(at..end)
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |length| at + length)
}

fn next_line(text: &str, end: usize) -> usize {
    (end + 1).min(text.len())
}
