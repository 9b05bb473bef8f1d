//! Here-documents whose delimiter the grammar reads too far: `<<EOF>>file`,
//! `<<EOF|sort`, where no blank follows it.
//!
//! The delimiter loses its last letter, in both places: `<<EO >>file` and `EO`.

/// Makes such here-documents in a text parsable.
pub(super) fn shorten(bytes: &mut [u8], text: &str) -> bool {
    let mut changed = false;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"<<") {
        let Some(start) = delimiter_start(text, at) else { continue };
        let rest = &text.as_bytes()[start..];
        let length = rest.iter().take_while(|byte| is_name(**byte)).count();
        let joined = rest.get(length).is_some_and(|next| b"><|;&)".contains(next));
        if length < 2 || !joined {
            continue;
        }
        let Some(end) = end_of(text, start, start + length) else { continue };
        bytes[start + length - 1] = b' ';
        bytes[end - 1] = b'\n';
        changed = true;
    }
    changed
}

/// Where the delimiter of a here-document starts whose sign is at a byte.
fn delimiter_start(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if at > 0 && bytes[at - 1] == b'<' || bytes.get(at + 2) == Some(&b'<') {
        return None;
    }
    Some(if bytes.get(at + 2) == Some(&b'-') { at + 3 } else { at + 2 })
}

/// The end of the line that ends a here-document: the delimiter, alone.
fn end_of(text: &str, start: usize, end: usize) -> Option<usize> {
    let delimiter = text.get(start..end)?;
    let mut at = end + text[end..].find('\n')? + 1;
    for line in text[at..].split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare.trim_start_matches('\t') == delimiter {
            return Some(at + bare.len());
        }
        at += line.len();
    }
    None
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
