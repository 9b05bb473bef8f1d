//! JSON and YAML, to and from values.

use std::fmt::Write as _;
use std::rc::Rc;

use crate::frontend::template;
use crate::source::{FileId, Source};

use super::super::datum::{Datum, MAX_TEXT, Number};
use super::{Function, known};

pub(super) const FUNCTIONS: &[Function] = &[
    known("jsondecode", |arguments| {
        let [text] = arguments else { return None };
        let value: serde_json::Value = serde_json::from_str(&text.as_text()?).ok()?;
        decode(value)
    }),
    known("jsonencode", |arguments| {
        let [value] = arguments else { return None };
        encode(value).map(Datum::text)
    }),
    known("yamldecode", |arguments| {
        let [text] = arguments else { return None };
        read_yaml(&text.as_text()?)
    }),
    known("yamlencode", |arguments| {
        let [value] = arguments else { return None };
        let mut written = String::new();
        write_yaml(value, 0, &mut written)?;
        Some(Datum::text(written))
    }),
];

/// A value as JSON, as the language writes it.
pub(super) fn encode(datum: &Datum) -> Option<String> {
    let mut written = String::new();
    write(datum, &mut written)?;
    Some(written)
}

fn write(datum: &Datum, written: &mut String) -> Option<()> {
    match datum {
        Datum::Null => written.push_str("null"),
        Datum::Bool(_) | Datum::Number(_) => written.push_str(&datum.as_text()?),
        Datum::Text(text) => quote(text, written),
        Datum::List(list) => {
            written.push('[');
            for (place, item) in list.items.iter().enumerate() {
                written.push_str(if place > 0 { "," } else { "" });
                write(item, written)?;
            }
            written.push(']');
        }
        Datum::Map(map) => {
            written.push('{');
            for (place, (key, value)) in map.sorted().enumerate() {
                written.push_str(if place > 0 { "," } else { "" });
                quote(key, written);
                written.push(':');
                write(value, written)?;
            }
            written.push('}');
        }
        Datum::Resource(_) | Datum::Module(_) | Datum::Each(_) | Datum::Unknown(_) => return None,
    }
    (written.len() <= MAX_TEXT).then_some(())
}

fn quote(text: &str, written: &mut String) {
    written.push('"');
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(written, "\\u{:04x}", u32::from(letter));
            }
            letter => written.push(letter),
        }
    }
    written.push('"');
}

fn decode(value: serde_json::Value) -> Option<Datum> {
    use serde_json::Value;
    Some(match value {
        Value::Null => Datum::Null,
        Value::Bool(flag) => Datum::Bool(flag),
        Value::Number(number) => Datum::Number(Number::parse(&number.to_string())?),
        Value::String(text) => Datum::text(text),
        Value::Array(items) => Datum::list(items.into_iter().map(decode).collect::<Option<_>>()?)?,
        Value::Object(entries) => {
            let entry = |(key, value): (String, Value)| Some((key.into(), decode(value)?));
            Datum::map(entries.into_iter().map(entry).collect::<Option<_>>()?)?
        }
    })
}

fn read_yaml(text: &str) -> Option<Datum> {
    let source = Source::file(FileId(0), "", text);
    let tree = template::parse(&source);
    let mut documents = tree.documents();
    let (only, other) = (documents.next(), documents.next());
    if !tree.problems.is_empty() || other.is_some() {
        return None;
    }
    only.map_or(Some(Datum::Null), yaml)
}

/// A node of YAML; the tree's depth and size are bounded.
fn yaml(item: template::Item<'_>) -> Option<Datum> {
    if item.is_mapping() {
        let entry =
            |entry: template::Entry<'_>| Some((yaml(entry.key)?.as_text()?, yaml(entry.value)?));
        return Datum::map(item.entries().map(entry).collect::<Option<_>>()?);
    }
    if item.is_sequence() {
        return Datum::list(item.items().map(yaml).collect::<Option<_>>()?);
    }
    let text: Rc<str> = item.text()?.into();
    if item.tag().is_some() {
        return None;
    }
    if item.is_null() {
        return Some(Datum::Null);
    }
    Some(if item.is_plain() { plain(text) } else { Datum::Text(text) })
}

/// What is written without quotes, by the rules of the older YAML 1.1.
fn plain(text: Rc<str>) -> Datum {
    match &*text.to_ascii_lowercase() {
        "true" | "yes" | "on" | "y" => return Datum::Bool(true),
        "false" | "no" | "off" | "n" => return Datum::Bool(false),
        _ => {}
    }
    if let Some(number) = plain_number(&text) {
        return Datum::Number(number);
    }
    let fits = |(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => u8::is_ascii_digit(&byte),
    };
    let is_date = text.len() == 10 && text.bytes().enumerate().all(fits);
    if is_date { Datum::text(format!("{text}T00:00:00Z")) } else { Datum::Text(text) }
}

fn plain_number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if let Some(digits) = digits.strip_prefix("0x") {
        return i128::from_str_radix(digits, 16).ok().map(Number::whole);
    }
    if let Some(digits) = digits.strip_prefix("0o") {
        return i128::from_str_radix(digits, 8).ok().map(Number::whole);
    }
    Number::parse(digits)
}

/// YAML as the language writes it: text in quotes, two spaces a level.
fn write_yaml(datum: &Datum, level: usize, written: &mut String) -> Option<()> {
    let indent = "  ".repeat(level);
    match datum {
        Datum::List(list) if !list.items.is_empty() => {
            for item in &list.items {
                written.push_str(&indent);
                written.push('-');
                let nested = level + 1;
                match item {
                    Datum::Map(map) if map.len() > 0 => nest(item, nested, written)?,
                    Datum::List(list) if !list.items.is_empty() => nest(item, nested, written)?,
                    scalar => {
                        written.push(' ');
                        write_yaml(scalar, 0, written)?;
                    }
                }
            }
        }
        Datum::Map(map) if map.len() > 0 => {
            for (key, value) in map.sorted() {
                written.push_str(&indent);
                quote(key, written);
                written.push(':');
                match value {
                    Datum::Map(map) if map.len() > 0 => {
                        written.push('\n');
                        write_yaml(value, level + 1, written)?;
                    }
                    Datum::List(list) if !list.items.is_empty() => {
                        written.push('\n');
                        write_yaml(value, level, written)?;
                    }
                    scalar => {
                        written.push(' ');
                        write_yaml(scalar, 0, written)?;
                    }
                }
            }
        }
        Datum::Text(text) if text.contains('\n') => return None,
        scalar => {
            write(scalar, written)?;
            written.push('\n');
        }
    }
    (written.len() <= MAX_TEXT).then_some(())
}

/// A collection in a list: its first line stands after the dash.
fn nest(datum: &Datum, level: usize, written: &mut String) -> Option<()> {
    let start = written.len();
    write_yaml(datum, level, written)?;
    let dashed = written.get(start..)?.trim_start().to_owned();
    written.truncate(start);
    written.push(' ');
    written.push_str(&dashed);
    Some(())
}
