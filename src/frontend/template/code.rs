//! Code that a template carries: user data, commands, templates in templates.
//!
//! The code is put together from the scalars and functions that yield it, so
//! that what another front end finds in it has its place in the template. Where
//! a value goes in that only the run can tell, a name stands for it.

use std::ops::Range;

use super::{Aligned, Item};
use crate::frontend::{self, Context, FRONTENDS, Lowered};
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

/// Puts together the script that a value yields.
pub(in crate::frontend) fn assemble_script(
    item: Item<'_>,
    references: References,
) -> Option<Source<'static>> {
    let script = put_together(item, references, StandIn::Variable)?;
    if language(&script.text) == Some(SHELL) { Some(script) } else { assemble(item, references) }
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
    let bytes = base64(aligned.text)?;
    let mut embedding = item.source().embed();
    embedding.replace(&String::from_utf8(bytes).ok()?, aligned.raw(0..aligned.text.len()));
    Some(embedding.finish())
}

/// Lowers a script with the front end that its first line calls for. What it
/// has outside functions is named after where it stands.
pub(in crate::frontend) fn lower_script(
    source: &Source<'_>,
    name: &str,
    context: Context<'_>,
) -> Lowered {
    let Some(language) = language(&source.text) else { return Lowered::default() };
    lower_file(language, source, name, context)
}

/// Lowers a script with the front end of a name.
pub(in crate::frontend) fn lower_file(
    language: &str,
    source: &Source<'_>,
    name: &str,
    context: Context<'_>,
) -> Lowered {
    let mut lowered = frontend::lower_embedded(language, source, context);
    for procedure in &mut lowered.procedures {
        if procedure.name == "main" {
            name.clone_into(&mut procedure.name);
        }
    }
    lowered
}

/// The front end of what has no first line that says otherwise.
const SHELL: &str = "shell";

/// The front end of a script by its first line: a shell's unless it says
/// otherwise.
fn language(text: &str) -> Option<&'static str> {
    const OTHER_FORMATS: [&str; 6] =
        ["#cloud-config", "#include", "[bat]", "[powershell]", "<powershell>", "Content-Type:"];
    let first = text.trim_start().lines().next().unwrap_or_default();
    let Some(command) = first.strip_prefix("#!") else {
        let other = OTHER_FORMATS.iter().any(|start| first.starts_with(start));
        return (!other).then_some(SHELL);
    };
    let mut words = command.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let interpreter = words.find(|word| *word != "env" && !word.starts_with('-'))?;
    let reads = |frontend: &&&frontend::Frontend| frontend.interpreters.contains(&interpreter);
    FRONTENDS.iter().find(reads).map(|frontend| frontend.name)
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

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u8);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).expect("a byte after the mask"));
        }
    }
    Some(bytes)
}
