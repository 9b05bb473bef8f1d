//! Messages in MIME, each part of which may be a script or hold some.

use std::ops::Range;

use crate::frontend::encoding;
use crate::source::Source;

const CONTENT_TYPE: &str = "content-type";

/// Whether a text begins like a message.
pub(super) fn is_message(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let name = first.split_once(':').map(|(name, _)| name.trim().to_ascii_lowercase());
    name.is_some_and(|name| name == CONTENT_TYPE || name == "mime-version")
}

/// The scripts in a message. How deep messages lie in each other is bounded as
/// for all code in code.
pub(super) fn scripts(source: &Source<'_>) -> Vec<Source<'static>> {
    let text = &*source.text;
    let start = text.len() - text.trim_start().len();
    let message = Message::read(text, start..text.len());
    let kind = message.header(CONTENT_TYPE).unwrap_or_default();
    match boundary(&kind) {
        Some(boundary) => {
            let parts = parts(text, message.body, &boundary);
            parts.into_iter().flat_map(|part| part_scripts(source, part)).collect()
        }
        None => message.scripts(source),
    }
}

/// The headers of a message or of a part of one, and what they are about.
struct Message {
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: Range<usize>,
}

impl Message {
    fn read(text: &str, range: Range<usize>) -> Self {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut at = range.start;
        for line in text[range.clone()].split_inclusive('\n') {
            at += line.len();
            if line.trim().is_empty() {
                break;
            }
            if line.starts_with([' ', '\t'])
                && let Some((_, value)) = headers.last_mut()
            {
                value.push_str(line.trim_end());
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self { headers, body: at..range.end }
    }

    fn header(&self, name: &str) -> Option<String> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.clone())
    }

    /// What the body is, or holds.
    fn scripts(self, source: &Source<'_>) -> Vec<Source<'static>> {
        let kind = self.header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        let encoding = self.header("content-transfer-encoding").unwrap_or_default();
        let body = if encoding.eq_ignore_ascii_case("base64") {
            let Some(decoded) = decoded(source, self.body) else { return Vec::new() };
            decoded
        } else {
            source.embed_range(self.body)
        };
        if !body.may_embed() {
            return Vec::new();
        }
        if kind.starts_with("text/cloud-config") {
            return super::configured(&body);
        }
        if let Some(inner) = super::scripts(&body) {
            return inner;
        }
        let is_script = kind.starts_with("text/x-shellscript")
            || kind.starts_with("text/cloud-boothook")
            || body.text.starts_with("#!");
        if is_script { vec![body] } else { Vec::new() }
    }
}

/// What a part of a message is, or holds.
fn part_scripts(source: &Source<'_>, part: Range<usize>) -> Vec<Source<'static>> {
    let message = Message::read(&source.text, part.clone());
    let kind = message.header(CONTENT_TYPE).unwrap_or_default();
    if boundary(&kind).is_none() {
        return message.scripts(source);
    }
    let inner = source.embed_range(part);
    if inner.may_embed() { scripts(&inner) } else { Vec::new() }
}

/// What separates the parts, if there are several.
fn boundary(kind: &str) -> Option<String> {
    let mut words = kind.split(';');
    words.next()?.trim().to_ascii_lowercase().starts_with("multipart/").then_some(())?;
    let value = words.find_map(|word| {
        let (name, value) = word.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Where the parts are between lines of a boundary.
fn parts(text: &str, body: Range<usize>, boundary: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    let mut at = body.start;
    for line in text[body].split_inclusive('\n') {
        let mark = line.trim_end().strip_prefix("--").and_then(|it| it.strip_prefix(boundary));
        if let Some(rest @ ("" | "--")) = mark {
            found.extend(start.map(|start| start..at));
            start = rest.is_empty().then_some(at + line.len());
        }
        at += line.len();
    }
    found.extend(start.map(|start| start..at));
    found
}

fn decoded(source: &Source<'_>, range: Range<usize>) -> Option<Source<'static>> {
    let encoded = source.text[range.clone()].trim();
    let start = range.end - source.text[range].trim_start().len();
    let letters: String = encoded.split_whitespace().collect();
    let text = String::from_utf8(encoding::base64(&letters)?).ok()?;
    let mut embedding = source.embed();
    embedding.replace(&text, start..start + encoded.len());
    Some(embedding.finish())
}
