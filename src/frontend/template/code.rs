//! Code that a template carries: user data, commands, templates in templates.
//!
//! The code is put together from the scalars and functions that yield it, so
//! that what another front end finds in it has its place in the template. Where
//! a value goes in that only the run can tell, a name stands for it.

use std::ops::Range;

use super::{Aligned, Item};
use crate::frontend::encoding;
use crate::source::{Embedding, Source};

/// How a template refers to values inside a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum References {
    /// Not at all, except under `Fn::Sub`: `${Name}`.
    Dollar,
    /// Anywhere: `{{ name }}`.
    Braces,
}

/// How a value that only the run can tell is written in the code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum StandIn {
    /// `${Name}`, for a shell.
    Variable,
    /// `Name`, which most languages can read in most places.
    Name,
}

/// Puts together the text that a value yields; none if it yields none.
pub(in crate::frontend) fn assemble(
    item: Item<'_>,
    references: References,
) -> Option<Source<'static>> {
    put_together(item, references, StandIn::Name)
}

/// Puts together the shell script that a value yields.
pub(in crate::frontend) fn assemble_script(
    item: Item<'_>,
    references: References,
) -> Option<Source<'static>> {
    put_together(item, references, StandIn::Variable)
}

fn put_together(
    item: Item<'_>,
    references: References,
    stand_in: StandIn,
) -> Option<Source<'static>> {
    let yields_text = item.text().is_some() || item.function().is_some();
    yields_text.then(|| {
        let embedding = item.source().embed();
        let mut assembly = Assembly { embedding, references, stand_in, separators: 0 };
        assembly.add(item);
        assembly.embedding.finish()
    })
}

/// Decodes a scalar whose text is base64.
pub(in crate::frontend) fn decode(item: Item<'_>) -> Option<Source<'static>> {
    let aligned = item.aligned()?;
    let letters: String = aligned.text.split_whitespace().collect();
    let bytes = encoding::base64(&letters)?;
    let mut embedding = item.source().embed();
    embedding.replace(&String::from_utf8(bytes).ok()?, aligned.raw(0..aligned.text.len()));
    Some(embedding.finish())
}

struct Assembly<'h, 'a> {
    embedding: Embedding<'h, 'a>,
    references: References,
    stand_in: StandIn,
    /// Bytes that separators of joined pieces have taken.
    separators: usize,
}

/// How long the separators in one text may get, which the template has once.
const LONGEST: usize = 1 << 20;

impl Assembly<'_, '_> {
    /// Recursion goes no deeper than the tree is high.
    fn add(&mut self, item: Item<'_>) {
        let Some((name, given)) = item.function() else { return self.add_scalar(item) };
        let mut parts = given.items();
        match name {
            "Sub" => self.substitute(parts.next().unwrap_or(given)),
            "Join" => self.join(given),
            "Base64" | "Base64Encode" | "Str" => self.add(parts.next().unwrap_or(given)),
            "Replace" => {
                if let Some(text) = parts.nth(1) {
                    self.add(text);
                }
            }
            "If" => {
                for part in parts.skip(1) {
                    self.add(part);
                    self.embedding.replace("\n", part.range());
                }
            }
            _ => self.stand_in(item),
        }
    }

    fn add_scalar(&mut self, item: Item<'_>) {
        let Some(aligned) = item.aligned() else { return };
        match self.references {
            References::Dollar => aligned.append(0..aligned.text.len(), &mut self.embedding),
            References::Braces => self.fill(&aligned, "{{", "}}"),
        }
    }

    fn substitute(&mut self, item: Item<'_>) {
        match item.aligned() {
            Some(aligned) => self.fill(&aligned, "${", "}"),
            None => self.stand_in(item),
        }
    }

    /// Appends a text with names for the references in it.
    fn fill(&mut self, aligned: &Aligned<'_>, open: &str, close: &str) {
        let text = aligned.text;
        let mut at = 0;
        while let Some(found) = text[at..].find(open) {
            let start = at + found;
            let Some(length) = text[start..].find(close) else { break };
            let end = start + length + close.len();
            aligned.append(at..start, &mut self.embedding);
            self.reference(aligned, start..end, start + open.len()..end - close.len());
            at = end;
        }
        aligned.append(at..text.len(), &mut self.embedding);
    }

    fn reference(&mut self, aligned: &Aligned<'_>, whole: Range<usize>, inner: Range<usize>) {
        let name = &aligned.text[inner.clone()];
        let open = &aligned.text[whole.start..inner.start];
        let is_variable = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if open == "${" && name.starts_with('!') {
            aligned.append(whole.start..inner.start, &mut self.embedding);
            aligned.append(inner.start + 1..whole.end, &mut self.embedding);
        } else if open == "${"
            && self.stand_in == StandIn::Variable
            && name.chars().all(is_variable)
        {
            aligned.append(whole, &mut self.embedding);
        } else {
            self.replace(name, aligned.raw(whole));
        }
    }

    /// Writes what stands for the value of a name.
    fn replace(&mut self, name: &str, range: Range<usize>) {
        let name = identifier(name);
        match self.stand_in {
            StandIn::Variable => self.embedding.replace(&format!("${{{name}}}"), range),
            StandIn::Name => self.embedding.replace(&name, range),
        }
    }

    fn join(&mut self, given: Item<'_>) {
        let mut parts = given.items();
        let (Some(between), Some(pieces)) = (parts.next(), parts.next()) else { return };
        for (index, piece) in pieces.items().enumerate() {
            if index > 0 {
                self.separators += between.text().map_or(0, str::len);
                if self.separators > LONGEST {
                    return;
                }
                self.embedding.replace(between.text().unwrap_or_default(), between.range());
            }
            self.add(piece);
        }
    }

    /// A name for what a function yields.
    fn stand_in(&mut self, item: Item<'_>) {
        let name = item.render();
        let name = name.strip_prefix("Ref ").or(name.strip_prefix("Fn::GetAtt ")).unwrap_or(&name);
        if name != "ALIYUN::NoValue" {
            self.replace(name, item.range());
        }
    }
}

/// A name made of what a text has in letters and digits.
fn identifier(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "value".into() } else { words.join("_") }
}
