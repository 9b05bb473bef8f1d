//! Evaluates expressions as far as the script tells their values.

use std::cell::Cell;
use std::collections::HashMap;

use tree_sitter::Node;

use super::datum::Datum;
use super::line::split_words;
use super::repair::is_ternary;
use super::script::{Meaning, Parameter, Script, variable_name};
use super::{command, kind, started};
use crate::frontend::definition::Definition;
use crate::frontend::syntax;

/// How deep variables and expressions are followed.
const DEEPEST: u8 = 24;

/// How many variables of an expression are asked for what decides it.
const MOST_NAMES: usize = 8;

/// Where and with which parameters expressions are evaluated.
#[derive(Clone, Copy)]
pub(super) struct Env<'e, 't> {
    /// The script.
    pub(super) script: &'e Script<'t>,
    /// The function the expression is in; 0 is the top level.
    pub(super) scope: usize,
    /// The place of the statement.
    pub(super) at: usize,
    /// The parameters of the function, if they are known.
    pub(super) parameters: Option<&'e HashMap<String, Datum<'t>>>,
    /// How many evaluations are left.
    pub(super) fuel: &'e Cell<u32>,
    /// How deep this one is.
    pub(super) depth: u8,
}

impl<'t> Env<'_, 't> {
    /// What an expression comes to.
    pub(super) fn eval(&self, node: Node<'t>) -> Datum<'t> {
        let node = innermost(node);
        let unknown =
            || Datum::Unknown { text: self.short(node), parameter: self.uses_parameter(node) };
        if self.depth >= DEEPEST || self.fuel.get() == 0 {
            return unknown();
        }
        self.fuel.set(self.fuel.get() - 1);
        let env = Self { depth: self.depth + 1, ..*self };
        env.evaluate(node).unwrap_or_else(unknown)
    }

    fn evaluate(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let text = self.script.slice(node);
        Some(match node.kind() {
            kind::VERBATIM_STRING => Datum::text(text.get(1..text.len() - 1)?.replace("''", "'")),
            kind::STRING => self.interpolate(text.get(1..text.len() - 1)?, true),
            kind::HERE_STRING => self.interpolate(here_string(text)?, false),
            kind::VERBATIM_HERE_STRING => Datum::text(here_string(text)?),
            kind::VARIABLE | kind::BRACED_VARIABLE => self.variable(text),
            kind::ARRAY_LITERAL if is_ternary(node, self.script.text) => {
                Datum::one_of(self.all(node).split_off(1))
            }
            kind::ARRAY_LITERAL => Datum::List(self.all(node)),
            kind::ARRAY => {
                let all = self.all(node).into_iter().flat_map(Datum::items);
                Datum::List(all.collect())
            }
            kind::STATEMENTS => {
                let mut all = self.all(node);
                if all.len() == 1 { all.remove(0) } else { Datum::List(all) }
            }
            kind::HASH => self.hash(node),
            kind::PARENTHESES | kind::SUBEXPRESSION | kind::STATEMENT_BLOCK => {
                self.eval(node.named_child(0)?)
            }
            kind::ADDITION => self.sum(node)?,
            kind::FORMAT => self.format(node)?,
            kind::COMPARISON => self.joined(node)?,
            kind::MEMBER => self.member(node)?,
            kind::ELEMENT => self.element(node)?,
            kind::SCRIPT_BLOCK => Datum::Block(node),
            kind::COMMAND => self.of_command(node)?,
            kind::INVOCATION => self.of_method(node)?,
            kind::IF | kind::SWITCH => self.alternatives(node)?,
            "expression_with_unary_operator" => {
                let last = node.named_child(u32::try_from(node.named_child_count()).ok()? - 1)?;
                if text.starts_with(',') {
                    Datum::List(vec![self.eval(last)])
                } else {
                    return None;
                }
            }
            "cast_expression" => {
                let last = node.named_child(u32::try_from(node.named_child_count()).ok()? - 1)?;
                self.eval(last)
            }
            kind if kind.ends_with("integer_literal") || kind == "generic_token" => {
                Datum::text(text)
            }
            _ => return None,
        })
    }

    /// Whether callers decide a variable in a node.
    fn uses_parameter(&self, node: Node<'t>) -> bool {
        let mut names = Vec::new();
        syntax::walk(node, |inner| {
            if inner.kind() == kind::VARIABLE && names.len() < MOST_NAMES {
                names.push(self.script.slice(inner));
            }
            inner.kind() != kind::SCRIPT_BLOCK
        });
        let can = self.depth < DEEPEST && self.fuel.get() > 0;
        can && names.into_iter().any(|name| self.variable(name).is_parameter())
    }

    /// The text of a node if it is a word, a sign otherwise.
    fn short(&self, node: Node<'t>) -> String {
        let text = self.script.slice(node);
        if text.contains(char::is_whitespace) { "$(…)".to_owned() } else { text.to_owned() }
    }

    fn all(&self, node: Node<'t>) -> Vec<Datum<'t>> {
        let mut cursor = node.walk();
        let children = node.named_children(&mut cursor);
        children
            .filter(|child| !matches!(child.kind(), kind::COMMENT | "empty_statement"))
            .map(|child| self.eval(child))
            .collect()
    }

    /// The value of a variable.
    pub(super) fn variable(&self, written: &str) -> Datum<'t> {
        let name = variable_name(written);
        let own = self.script.parameter(self.scope, &name);
        let mut reaching = self.script.variables.reaching(&name, self.scope, self.at, true);
        if own.is_some() {
            // A parameter hides what the script calls by the same name.
            reaching.retain(|definition| definition.scope == self.scope);
        }
        let written = written.replacen('@', "$", 1);
        if self.depth >= DEEPEST {
            return Datum::unknown(written);
        }
        let given = self.parameters.and_then(|given| given.get(&name));
        let (added, set): (Vec<_>, Vec<_>) =
            reaching.into_iter().partition(|definition| definition.append);
        let mut values: Vec<Datum<'t>> =
            set.iter().rev().map(|definition| self.defined(definition)).collect();
        let certain = set.iter().any(|one| one.block.range.contains(&self.at));
        if !certain || values.is_empty() {
            match (given, own) {
                (Some(given), _) => values.push(given.clone()),
                (None, Some(own)) => values.push(self.undecided(own, &written)),
                (None, None) if name == "args" && self.scope > 0 => {
                    values.push(Datum::Unknown { text: written.clone(), parameter: true });
                }
                (None, None) => {}
            }
        }
        if values.is_empty() && name.contains('.') && !added.is_empty() {
            values.push(Datum::List(Vec::new()));
        }
        if values.is_empty() {
            return Datum::unknown(written);
        }
        let base = Datum::one_of(values);
        match added.iter().rev().fold(base, |base, more| add(base, self.defined(more))) {
            Datum::Unknown { parameter, .. } => Datum::Unknown { text: written, parameter },
            value => value,
        }
    }

    /// A parameter that no caller is known of: its default, or what it says it
    /// may be.
    fn undecided(&self, own: &Parameter<'t>, written: &str) -> Datum<'t> {
        let parameter = Datum::Unknown { text: written.to_owned(), parameter: true };
        let valid = own.attributes.map(|node| valid_values(self.script.slice(node)));
        if let Some(valid) = valid.filter(|valid| !valid.is_empty()) {
            return Datum::one_of(valid.into_iter().map(Datum::text).collect());
        }
        match own.default.map(|node| self.eval(node)) {
            Some(default) if self.scope == 0 => default,
            _ => parameter,
        }
    }

    fn defined(&self, definition: &Definition<Meaning<'t>>) -> Datum<'t> {
        let own = definition.scope == self.scope;
        let env = |at| Self {
            scope: definition.scope,
            at,
            parameters: self.parameters.filter(|_| own),
            depth: self.depth + 1,
            ..*self
        };
        match definition.meaning {
            Meaning::Value(node) => env(node.start_byte()).eval(node),
            Meaning::Given(node) => Datum::unknown(self.script.slice(node)),
            Meaning::Items(node) => match env(node.start_byte()).eval(node) {
                Datum::List(items) if !items.is_empty() => {
                    let every = items.iter().all(|item| item.as_text().is_some());
                    match Datum::one_of(items) {
                        Datum::OneOf { items, .. } => Datum::OneOf { items, each: every },
                        one => one,
                    }
                }
                other if other.is_parameter() => other,
                text @ Datum::Text { .. } => text,
                _ => Datum::unknown(self.short(node)),
            },
        }
    }

    fn hash(&self, node: Node<'t>) -> Datum<'t> {
        let mut entries = Vec::new();
        syntax::walk(node, |inner| {
            if inner.kind() == kind::HASH_ENTRY {
                let key = inner.named_child(0).map_or("", |key| self.script.slice(key));
                let key = key.trim_matches(['"', '\'']).to_owned();
                let value = inner.named_child(1).map(|value| self.eval(value));
                entries.extend(value.map(|value| (key, value)));
            }
            inner.kind() != kind::HASH_ENTRY
        });
        Datum::Map(entries)
    }

    fn sum(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let (left, right) = (node.named_child(0)?, node.named_child(1)?);
        let between = self.script.text.get(left.end_byte()..right.start_byte())?;
        between.contains('+').then(|| add(self.eval(left), self.eval(right)))
    }

    /// `"{0} {1}" -f a, b`.
    fn format(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node
            .named_children(&mut cursor)
            .filter(|part| part.kind() != "format_operator")
            .collect();
        let [pattern, items @ ..] = parts.as_slice() else { return None };
        let pattern = self.eval(*pattern);
        let mut text = pattern.as_text()?.to_owned();
        let items: Vec<Datum<'t>> =
            items.iter().flat_map(|item| self.eval(*item).items()).collect();
        let whole = items.iter().all(|item| item.as_text().is_some());
        let parameter = items.iter().any(Datum::is_parameter);
        for (index, item) in items.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), &item.written());
        }
        Some(Datum::Text { text, whole, parameter })
    }

    /// `a -join b`, `a -split b`.
    fn joined(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let operator = node.named_child(1).filter(|sign| sign.kind() == "comparison_operator")?;
        let operator = self.script.slice(operator).to_ascii_lowercase();
        if operator == "-split" {
            return fields(self.eval(node.named_child(0)?));
        }
        if operator != "-join" {
            return None;
        }
        let (items, between) = (self.eval(node.named_child(0)?), self.eval(node.named_child(2)?));
        let Datum::List(items) = items else { return None };
        let mut text = Datum::text(String::new());
        for (index, item) in items.into_iter().enumerate() {
            let item = match item {
                item @ (Datum::Text { .. } | Datum::OneOf { .. }) => item,
                other => {
                    let parameter = other.is_parameter();
                    Datum::Text { text: other.written(), whole: false, parameter }
                }
            };
            text = if index == 0 { item } else { text.join(between.clone()).join(item) };
        }
        Some(text)
    }

    /// `$map.Key`, and `(Get-Command program).Source`.
    fn member(&self, node: Node<'t>) -> Option<Datum<'t>> {
        if let Some((_, value)) = self.assigned(self.script.slice(node)) {
            return Some(value);
        }
        let value = self.eval(node.named_child(0)?);
        let name = self.script.slice(node.named_child(1)?).trim_matches(['"', '\'']);
        if let Datum::Map(_) = value {
            return value.entry(name).cloned();
        }
        let is_path = ["Source", "Path", "Definition", "Name", "FullName"].contains(&name);
        value.as_text().is_some_and(command::is_program).then_some(value).filter(|_| is_path)
    }

    /// `$map['key']`, `$list[0]`, `$list[1..9]`.
    fn element(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let index = innermost(node.named_child(1)?);
        match self.eval(node.named_child(0)?) {
            map @ Datum::Map(_) => {
                let key = self.eval(index);
                match (key.as_text().map(|key| map.entry(key).cloned()), map) {
                    (Some(found), _) => found,
                    (None, Datum::Map(entries)) => {
                        Some(Datum::one_of(entries.into_iter().map(|(_, value)| value).collect()))
                    }
                    (None, _) => None,
                }
            }
            Datum::List(items) if index.kind() == kind::RANGE => {
                let from = self.eval(index.named_child(0)?);
                let from: usize = from.as_text()?.parse().ok()?;
                Some(Datum::List(items.into_iter().skip(from).collect()))
            }
            Datum::List(mut items) => match self.eval(index).as_text() {
                Some(number) => {
                    let number: usize = number.parse().ok()?;
                    (number < items.len()).then(|| items.swap_remove(number))
                }
                None => Some(Datum::one_of(items)),
            },
            _ => None,
        }
    }

    /// What a command gives that finds a program: `Get-Command aliyun`,
    /// `Join-Path $x 'aliyun.exe'`.
    fn of_command(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let words = command::words(node, self);
        let head = words.first()?.datum.as_text()?.to_ascii_lowercase();
        if head == "new-object" {
            let given = started::given(words.into_iter().skip(1).map(|word| word.datum));
            let (name, given) = given.split_first()?;
            return started::made(name.as_text()?, given.to_vec());
        }
        let finds = ["get-command", "gcm", "join-path", "resolve-path", "which", "where.exe"];
        if !finds.contains(&head.as_str()) {
            return None;
        }
        let mut texts = words.iter().skip(1).map(|word| &word.datum);
        texts.find(|text| text.as_text().is_some_and(command::is_program)).cloned()
    }

    /// What `[Type]::new(…)` and `$text.Split(' ')` give.
    fn of_method(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let name = self.script.slice(node.named_child(1)?);
        if name.eq_ignore_ascii_case("Split") {
            return fields(self.eval(node.named_child(0)?));
        }
        let of =
            started::type_of(node, self.script).filter(|_| name.eq_ignore_ascii_case("new"))?;
        let given = started::arguments(node).into_iter().map(|it| self.eval(it));
        started::made(of, started::given(given))
    }

    /// What is assigned to a member of a variable, and how that is written.
    pub(super) fn assigned(&self, written: &str) -> Option<(&'t str, Datum<'t>)> {
        let name = variable_name(written);
        let reaching = self.script.variables.reaching(&name, self.scope, self.at, true);
        let Meaning::Value(node) = reaching.first()?.meaning else { return None };
        Some((self.script.slice(node), self.variable(written)))
    }

    /// The values of an `if` or a `switch`.
    fn alternatives(&self, node: Node<'t>) -> Option<Datum<'t>> {
        let mut values = Vec::new();
        syntax::walk(node, |inner| {
            let is_block = inner.kind() == kind::STATEMENT_BLOCK;
            if is_block {
                values.push(self.eval(inner));
            }
            !is_block
        });
        (!values.is_empty()).then(|| Datum::one_of(values))
    }
}

/// The words of a text.
pub(super) fn fields(text: Datum<'_>) -> Option<Datum<'_>> {
    let is_text = matches!(text, Datum::Text { .. });
    let words = split_words(&command::Word::of(text, 0..0));
    is_text.then(|| Datum::List(words.into_iter().map(|word| word.datum).collect()))
}

/// A list with more items, a text with more text.
fn add<'t>(left: Datum<'t>, right: Datum<'t>) -> Datum<'t> {
    match left {
        Datum::List(mut items) => {
            items.extend(right.items());
            Datum::List(items)
        }
        Datum::Map(mut entries) => {
            if let Datum::Map(more) = right {
                entries.extend(more);
            }
            Datum::Map(entries)
        }
        left => left.join(right),
    }
}

/// The node that a chain of nodes around it says nothing of.
pub(super) fn innermost(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while node.named_child_count() == 1
        && let Some(child) = node.named_child(0)
        && child.byte_range() == node.byte_range()
    {
        node = child;
    }
    node
}

/// The text between the signs of a here-string.
fn here_string(text: &str) -> Option<&str> {
    let inner = text.get(2..text.len().checked_sub(2)?)?;
    let inner = inner.trim_start_matches([' ', '\t', '\r']);
    let inner = inner.strip_prefix('\n').unwrap_or(inner);
    Some(inner.strip_suffix('\n').map_or(inner, |inner| inner.trim_end_matches('\r')))
}

/// The values in `[ValidateSet('a', 'b')]`.
fn valid_values(attributes: &str) -> Vec<String> {
    let lower = attributes.to_ascii_lowercase();
    let Some(at) = lower.find("validateset(") else { return Vec::new() };
    let rest = &attributes[at + "validateset(".len()..];
    let inside = rest.split(')').next().unwrap_or_default();
    let values = inside.split(',').map(|value| value.trim().trim_matches(['"', '\'']).to_owned());
    values.filter(|value| !value.is_empty() && !value.contains('=')).collect()
}
