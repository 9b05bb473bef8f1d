//! Here-documents whose delimiter the grammar reads too far: `<<EOF>>file`,
//! `<<EOF|sort`, where no blank follows it.
//!
//! The delimiter loses its last letter, in both places: `<<EO >>file` and `EO`.

use std::cell::OnceCell;
use std::collections::HashMap;

/// The lines of a text that may end here-documents: those of one word.
pub(in crate::frontend::shell) struct Ends<'t> {
    /// Where each such line ends, by its word.
    places: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Ends<'t> {
    /// Looks at the lines of a text.
    pub(in crate::frontend::shell) fn of(text: &'t str) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            let word = bare.trim_start_matches('\t');
            if !word.is_empty() && word.bytes().all(is_name) {
                places.entry(word).or_default().push(at + bare.len());
            }
            at += line.len();
        }
        Self { places }
    }

    /// The end of the first line behind a place that is just this word.
    pub(in crate::frontend::shell) fn behind(&self, at: usize, word: &str) -> Option<usize> {
        let places = self.places.get(word)?;
        places.get(places.partition_point(|place| *place <= at)).copied()
    }
}

/// Makes such here-documents in a text parsable.
pub(super) fn shorten(bytes: &mut [u8], text: &str) -> bool {
    let mut changed = false;
    let ends = OnceCell::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"<<") {
        let Some(start) = delimiter_start(text, at) else { continue };
        let rest = &text.as_bytes()[start..];
        let length = rest.iter().take_while(|byte| is_name(**byte)).count();
        let joined = rest.get(length).is_some_and(|next| b"><|;&)".contains(next));
        if length < 2 || !joined {
            continue;
        }
        let line = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let ends = ends.get_or_init(|| Ends::of(text));
        let Some(end) = ends.behind(line, &text[start..start + length]) else { continue };
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

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
