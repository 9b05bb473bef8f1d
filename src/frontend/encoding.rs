//! Encodings that code wears inside a configuration: Base64 written out, and
//! cloud-init's lists of commands.

use crate::source::Source;

/// Text shorter than this is not taken for Base64: too many words would be.
const MIN_ENCODED: usize = 16;

/// What a text says that is Base64 throughout; every byte of it stands where the
/// whole text stands.
pub(super) fn decoded(source: &Source<'_>) -> Option<Source<'static>> {
    let encoded = source.text.trim();
    if encoded.len() < MIN_ENCODED || !source.may_embed() {
        return None;
    }
    let text = String::from_utf8(base64(encoded)?).ok()?;
    let mut embedding = source.embed();
    embedding.replace(&text, 0..source.text.len());
    Some(embedding.finish())
}

/// The bytes that Base64 stands for, in either of its alphabets.
pub(super) fn base64(encoded: &str) -> Option<Vec<u8>> {
    let digits = encoded.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for character in digits.bytes() {
        let digit = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

/// Bytes as Base64.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let is_there = place <= chunk.len();
            encoded.push(if is_there { char::from(DIGITS[digit as usize]) } else { '=' });
        }
    }
    encoded
}

/// The commands of a cloud-init configuration that is not valid YAML (`runcmd:`,
/// `bootcmd:`, scripts that it writes) as the lines of a script. Each list item
/// and each line of a block is taken for one; keys and values are none that calls
/// anything.
pub(super) fn commands(source: &Source<'_>) -> Source<'static> {
    let mut script = source.embed();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let range = command(line);
        let list = line[range.clone()].strip_prefix('[').and_then(|list| list.strip_suffix(']'));
        let (start, end) = (at + range.start, at + range.end);
        match list {
            // The words of `[aliyun, ecs, StopInstance]`.
            Some(list) => {
                let mut word = start + 1;
                for item in list.split_inclusive(',') {
                    script.copy(word..word + item.trim_end_matches(',').len());
                    script.replace(" ", word..word + item.len());
                    word += item.len();
                }
            }
            None => script.copy(start..end),
        }
        script.replace("\n", end..end);
        at += line.len();
    }
    script.finish()
}

/// What a line of a configuration may run: nothing of one that opens a list or a
/// block, a list item without its dash and its quotes, or else all of it.
fn command(line: &str) -> std::ops::Range<usize> {
    let end = line.trim_end().len();
    let start = line.len() - line.trim_start_matches([' ', '-', '\t']).len();
    let text = line.get(start..end).unwrap_or_default();
    if text.ends_with([':', '|', '>']) || text.ends_with("|-") || text.ends_with(">-") {
        return start..start;
    }
    let quoted = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') { start + 1..end - 1 } else { start..start + text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn only_text_that_is_base64_throughout_is_decoded() {
        let text = "IyEvYmluL2Jhc2gKYWxpeXVuIGVjcw==";
        let source = Source::file(FileId(0), "", text);
        let inner = decoded(&source).unwrap();
        assert_eq!(inner.text, "#!/bin/bash\naliyun ecs");
        assert_eq!(inner.span(12..13), source.span(0..text.len()));
        assert!(decoded(&Source::file(FileId(0), "", "aliyun ecs StopInstance")).is_none());
    }

    #[test]
    fn cloud_init_lists_become_lines() {
        let text = "#cloud-config\nruncmd:\n  - aliyun ecs a\n  - [aliyun, ecs, \"b\"]\n  - |\n    c d\n  - 'e f'\n";
        let source = Source::file(FileId(0), "", text);
        let inner = commands(&source);
        assert_eq!(inner.text, "#cloud-config\n\naliyun ecs a\naliyun  ecs  \"b\" \n\nc d\ne f\n");
        let at = inner.text.find("c d").unwrap();
        assert_eq!(
            inner.span(at..at + 3),
            source.span(text.find("c d").unwrap()..text.find("c d").unwrap() + 3)
        );
    }
}
