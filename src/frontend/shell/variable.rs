//! Values of variables and parameters.

use tree_sitter::Node;

use super::command::command_text;
use super::definition::{Definition, Meaning};
use super::expand::{DEEPEST, Env};
use super::word::{Choices, MOST_CHOICES, Text, Word, choices, either, with_default};

impl<'t> Env<'_, 't> {
    /// `$name`, `${name}`, `${name:-default}` and the like.
    pub(super) fn expansion(&self, source: &str) -> Text {
        let inner = match source.strip_prefix("${") {
            Some(inner) => inner.strip_suffix('}').unwrap_or(inner),
            None => source.strip_prefix('$').unwrap_or(source),
        };
        let end = inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len());
        let (name, operation) = inner.split_at(end);
        if name.is_empty() {
            if matches!(inner, "*" | "@") {
                return self.all_parameters();
            }
            let positional = inner.starts_with(['@', '*', '#', '!']);
            return Text { positional: positional && self.parameters.is_none(), ..Text::default() };
        }
        if operation.starts_with('[') {
            return self.element(name, operation);
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

    /// `${name[index]}`: the element of that key or number, any of them if it is
    /// not known.
    fn element(&self, name: &str, index: &str) -> Text {
        if self.depth >= DEEPEST || !self.burn() {
            return Text::default();
        }
        let index = index.trim_matches(['[', ']', '"', '\'']);
        let mut texts = Vec::new();
        for definition in self.script.variables.reaching(name, self.scope, self.at, true) {
            let (Meaning::Array(node) | Meaning::Element(node)) = definition.meaning else {
                return Text::default();
            };
            let mut cursor = node.walk();
            let items: Vec<_> = node.named_children(&mut cursor).collect();
            let nodes = if definition.append { vec![node] } else { items };
            for (number, node) in nodes.into_iter().enumerate() {
                let source = self.script.slice(node);
                let pair = source.trim_start_matches(name).strip_prefix('[');
                let (key, value) = match pair.and_then(|rest| rest.split_once("]=")) {
                    Some((key, value)) => (key.trim_matches(['"', '\'']).to_owned(), value),
                    None => (number.to_string(), source),
                };
                let value = value.trim_matches(['"', '\'']);
                if value.contains(['$', '`']) || texts.len() >= MOST_CHOICES {
                    return Text::default();
                }
                if key == index {
                    return Text::known(value);
                }
                texts.push(value.to_owned());
            }
        }
        let known = index.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
        let choices = Choices { texts, each: false, split: false };
        let choices = Some(choices).filter(|choices| !known && !choices.texts.is_empty());
        Text { choices, ..Text::default() }
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
        all.fold(first, either).lines()
    }

    /// `"$*"`: the parameters with blanks between them.
    fn all_parameters(&self) -> Text {
        let unknown = Text { positional: self.parameters.is_none(), ..Text::default() };
        let (Some(parameters), Some(shifted)) =
            (self.parameters, self.script.shifted(self.scope, self.at))
        else {
            return unknown;
        };
        if parameters.len() > MOST_CHOICES || parameters.iter().any(|word| word.several) {
            return unknown;
        }
        let mut all = Text::known("");
        for (index, word) in parameters.iter().skip(shifted).enumerate() {
            let text = given(word).hole(command_text(word));
            let blank = if index > 0 { " " } else { "" };
            all = all.join(Text::known(blank)).join(text);
        }
        all
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
            Some(word) => given(word),
        }
    }

    /// What a definition gives a variable.
    fn defined(&self, name: &str, definition: &Definition<'t>) -> Text {
        let text = self.given(name, definition);
        // The parameters of another function are not those of this one.
        let positional = text.positional && definition.scope == self.scope;
        Text { positional, ..text }
    }

    fn given(&self, name: &str, definition: &Definition<'t>) -> Text {
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
            Meaning::Array(_) | Meaning::Element(_) | Meaning::Input => Text::default(),
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

/// What is known of the text of a parameter.
fn given(word: &Word<'_>) -> Text {
    Text {
        known: word.text().map(str::to_owned),
        choices: word.choices.clone().or_else(|| word.partly_known()),
        positional: word.positional,
        written: Some(word.value.clone()),
    }
}
