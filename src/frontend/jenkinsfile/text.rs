//! Texts of Groovy as code: escapes are decoded, and what `${…}` puts in stands
//! there by its value, or as a variable of the shell.

use std::ops::Range;

use super::Pipeline;
use super::scan::{Kind, Quote, Token};
use crate::source::Embedding;

/// The longest value that is put in place.
const LONGEST: usize = 4096;

/// Names before a dot that lead to variables of the build.
const SCOPES: [&str; 2] = ["env.", "params."];

impl Pipeline<'_, '_, '_> {
    /// Appends texts that `+` joins; anything else between them stands for itself.
    /// Whether there was a text at all.
    pub(super) fn texts(&self, tokens: Range<usize>, code: &mut Embedding<'_, '_>) -> bool {
        let mut found = false;
        let mut number = tokens.start;
        while number < tokens.end {
            let token = &self.tokens[number];
            match token.kind {
                Kind::Text(quote) => {
                    found = true;
                    self.text(token, quote, code);
                }
                Kind::Word if !self.follows_dot(number) => {
                    let end = self.operand_end(number, tokens.end);
                    let range = token.range.start..self.tokens[end - 1].range.end;
                    found |= self.name(range, code);
                    number = end;
                    continue;
                }
                Kind::Open(_) => {
                    number = token.partner.max(number).saturating_add(1).min(tokens.end);
                    continue;
                }
                _ => {}
            }
            number += 1;
        }
        found
    }

    /// The token behind an operand that begins with a name: `params.ID.trim()`.
    fn operand_end(&self, number: usize, limit: usize) -> usize {
        let mut end = number + 1;
        while end < limit {
            end = match self.tokens[end].kind {
                Kind::Open(b'(' | b'[') => self.tokens[end].partner.saturating_add(1).min(limit),
                Kind::Sign if self.slice(end) == "." => (end + 2).min(limit),
                _ => return end,
            };
        }
        end
    }

    /// A name between texts: the text that it holds, or what stands for it.
    fn name(&self, range: Range<usize>, code: &mut Embedding<'_, '_>) -> bool {
        let name = &self.source.text[range.clone()];
        if let Some(number) = self.held(name)
            && let Kind::Text(quote) = self.tokens[number].kind
        {
            self.text(&self.tokens[number], quote, code);
            return true;
        }
        code.replace(&self.stands_for(name), range);
        false
    }

    fn text(&self, token: &Token, quote: Quote, code: &mut Embedding<'_, '_>) {
        let length = quote.length();
        let range = token.range.start + length
            ..token.range.end.saturating_sub(length).max(token.range.start + length);
        let Some(text) = self.source.text.get(range.clone()) else { return };
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find(['\\', '$']) {
            let start = at + found;
            let rest = &text[start..];
            let (stands_for, length) = if rest.starts_with('\\') {
                escape(rest, quote)
            } else if quote.fills() {
                self.filled(rest)
            } else {
                (None, 1)
            };
            at = (start + length).min(text.len());
            if let Some(stands_for) = stands_for {
                code.copy(range.start + from..range.start + start);
                code.replace(&stands_for, range.start + start..range.start + at);
                from = at;
            }
        }
        code.copy(range.start + from..range.end);
    }

    /// What a `$` at the start of a text puts in, and how long that is.
    fn filled(&self, rest: &str) -> (Option<String>, usize) {
        if let Some(inner) = rest.strip_prefix("${") {
            let mut depth = 1_usize;
            let end = inner.char_indices().take(LONGEST).find(|(_, letter)| {
                depth += usize::from(*letter == '{');
                depth -= usize::from(*letter == '}');
                depth == 0
            });
            let Some((end, _)) = end else { return (None, 1) };
            return (Some(self.stands_for(inner[..end].trim())), end + "${}".len());
        }
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let length = rest[1..].find(|letter: char| !is_part(letter) && letter != '.');
        let name = &rest[1..length.map_or(rest.len(), |length| length + 1)];
        let name = name.trim_end_matches('.');
        if name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            (Some(self.stands_for(name)), name.len() + 1)
        } else {
            (None, 1)
        }
    }

    /// The known text of an expression, or a variable of the shell for it.
    pub(super) fn stands_for(&self, expression: &str) -> String {
        let bare = SCOPES.iter().find_map(|scope| expression.strip_prefix(scope));
        let name = bare.unwrap_or(expression);
        if !expression.starts_with("params.")
            && let Some(text) = self.settings.literal(name).or_else(|| self.plain(name))
            && text.len() <= LONGEST
        {
            return text.to_owned();
        }
        let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(6).collect();
        let joined = words.join("_");
        match joined.chars().next() {
            Some(first) if !first.is_ascii_digit() => format!("${{{}}}", name_of(name, &joined)),
            _ => "${groovy_value}".to_owned(),
        }
    }

    /// The text of a variable that holds a plain one.
    pub(super) fn plain(&self, name: &str) -> Option<&str> {
        let number = self.held(name)?;
        let token = &self.tokens[number];
        let Kind::Text(quote) = token.kind else { return None };
        let length = quote.length();
        let range = token.range.start + length..token.range.end.checked_sub(length)?;
        let text = self.source.text.get(range)?;
        (!text.contains(['\\', '$'])).then_some(text)
    }
}

/// The name as it is written, if a shell can have it.
fn name_of<'n>(name: &'n str, joined: &'n str) -> &'n str {
    let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_name { name } else { joined }
}

/// What an escape at the start of a text stands for, and how long it is.
fn escape(rest: &str, quote: Quote) -> (Option<String>, usize) {
    let Some(letter) = rest[1..].chars().next() else { return (None, 1) };
    let length = 1 + letter.len_utf8();
    let stands_for = match letter {
        '/' if quote == Quote::Slashes => "/",
        _ if quote == Quote::Slashes => return (None, length),
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        '\n' => "",
        // A shell is to take what Groovy writes for a mere `$` for one, too.
        '$' => "$",
        '\\' => "\\",
        '\'' => "'",
        '"' => "\"",
        _ => return (None, length),
    };
    (Some(stands_for.to_owned()), length)
}
