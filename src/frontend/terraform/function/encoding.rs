//! Functions that encode and decode, other than JSON.

use std::fmt::Write as _;

use super::super::datum::{Datum, MAX_TEXT};
use super::{Function, known};
use crate::frontend::encoding::{base64, to_base64};

pub(super) const FUNCTIONS: &[Function] = &[
    known("base64decode", |arguments| {
        let [text] = arguments else { return None };
        let text = text.as_text()?;
        let bytes = base64(&text).filter(|_| text.len() % 4 == 0)?;
        String::from_utf8(bytes).ok().map(Datum::text)
    }),
    known("base64encode", |arguments| {
        let [text] = arguments else { return None };
        Some(Datum::text(to_base64(text.as_text()?.as_bytes())))
    }),
    known("csvdecode", |arguments| {
        let [text] = arguments else { return None };
        table(&text.as_text()?)
    }),
    known("textdecodebase64", |arguments| {
        let [text, encoding] = arguments else { return None };
        let bytes = base64(&text.as_text()?)?;
        match &*encoding.as_text()?.to_ascii_uppercase() {
            "UTF-8" => String::from_utf8(bytes).ok().map(Datum::text),
            "UTF-16LE" => {
                let units =
                    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
                String::from_utf16(&units.collect::<Vec<u16>>()).ok().map(Datum::text)
            }
            _ => None,
        }
    }),
    known("textencodebase64", |arguments| {
        let [text, encoding] = arguments else { return None };
        let text = text.as_text()?;
        match &*encoding.as_text()?.to_ascii_uppercase() {
            "UTF-8" => Some(Datum::text(to_base64(text.as_bytes()))),
            "UTF-16LE" => {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                Some(Datum::text(to_base64(&bytes)))
            }
            _ => None,
        }
    }),
    known("urlencode", |arguments| {
        let [text] = arguments else { return None };
        let text = text.as_text()?;
        (text.len() <= MAX_TEXT / 3).then(|| Datum::text(url(&text)))
    }),
];

fn url(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => {
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

/// The rows of a table as maps from the names in its first row.
fn table(text: &str) -> Option<Datum> {
    let mut rows = rows(text)?.into_iter();
    let names = rows.next()?;
    let different: std::collections::HashSet<&str> = names.iter().map(String::as_str).collect();
    if different.len() < names.len() {
        return None;
    }
    let row = |row: Vec<String>| {
        let cells = || names.iter().map(|name| name.as_str().into());
        (row.len() == names.len())
            .then(|| Datum::map(cells().zip(row.into_iter().map(Datum::text)).collect()))?
    };
    Datum::list(rows.map(row).collect::<Option<_>>()?)
}

/// The cells of comma-separated rows; quotes may hold commas and line breaks.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let text = text.replace("\r\n", "\n");
    let mut rows = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('\n') {
            rest = after;
            continue;
        }
        let mut row = Vec::new();
        loop {
            let (cell, after) = cell(rest)?;
            row.push(cell);
            rest = after;
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None => break,
            }
        }
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        rows.push(row);
    }
    Some(rows)
}

fn cell(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (cell, rest) = text.split_at(end);
        return (!cell.contains('"')).then(|| (cell.to_owned(), rest));
    };
    let mut cell = String::new();
    loop {
        let end = rest.find('"')?;
        cell.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                cell.push('"');
                rest = after;
            }
            None => break,
        }
    }
    (rest.is_empty() || rest.starts_with([',', '\n'])).then_some((cell, rest))
}
