//! Text for the parser in which things that people write into shell code but
//! that are no shell stand as plain words: `<instance-id>`, `{{ jinja }}`,
//! `${{ expression }}`, `{% tag %}`, the prompt `$ ` and the
//! backslash of `\aliyun`; and shell code in forms that the grammar does not know.
//!
//! Every stand-in is as long as what it stands for, so that a place in the one
//! text is the same place in the other.

pub(super) mod heredoc;
pub(super) mod joined;
mod zsh;

/// The longest placeholder, in bytes.
const LONGEST: usize = 400;

/// The text to parse; none if it is the original.
pub(super) fn parsable(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut changed = zsh::plain(&mut bytes, text);
    changed |= heredoc::shorten(&mut bytes, text);
    let mut at = 0;
    let mut line_start = true;
    while let Some(byte) = text.as_bytes().get(at) {
        let end = match byte {
            b'<' => placeholder_end(text, at),
            b'{' => template_end(text, at),
            b'$' if line_start && text.as_bytes().get(at + 1) == Some(&b' ') => Some(at + 1),
            // The grammar takes a line that begins with a backslash for the rest
            // of the one before.
            b'\\' if line_start && letter_follows(text, at) => Some(at + 1),
            _ => None,
        };
        if let Some(end) = end {
            let from = if *byte == b'{' && dollar_before(text, at) { at - 1 } else { at };
            cover(&mut bytes[from..end], text, from);
            changed = true;
            at = end;
            line_start = false;
            continue;
        }
        line_start = match byte {
            b'\n' => true,
            b' ' | b'\t' => line_start,
            _ => false,
        };
        at += 1;
    }
    changed.then(|| String::from_utf8(bytes).expect("only whole characters are covered"))
}

/// Whether a word of the original holds something that stands for a value
/// nobody knows yet.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.contains("{{")
        || zsh::is_expansion(text)
        || whole_placeholder(text)
        || is_between(text, '{', '}')
        || is_between(text, '%', '%')
}

/// Whether a text is one name between signs that a shell takes as they stand:
/// `{instance_id}`, `%INSTANCE_ID%`.
fn is_between(text: &str, open: char, close: char) -> bool {
    let name = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let plain = |letter: char| letter.is_alphanumeric() || "_- ".contains(letter);
    name.is_some_and(|name| name.starts_with(char::is_alphabetic) && name.chars().all(plain))
}

/// Whether a text is one placeholder: `<instance-id>`.
fn whole_placeholder(text: &str) -> bool {
    text.starts_with('<') && inner_end(text, 0).is_some_and(|end| end == text.len())
}

fn letter_follows(text: &str, at: usize) -> bool {
    text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic)
}

fn dollar_before(text: &str, at: usize) -> bool {
    at > 0 && text.as_bytes()[at - 1] == b'$'
}

/// Overwrites the bytes of what starts at `from`: a prompt and a template's tag
/// with blanks, anything else with a word.
fn cover(bytes: &mut [u8], text: &str, from: usize) {
    let rest = &text[from..];
    let blank = ["$ ", "{%", "{#", "\\"].iter().any(|sign| rest.starts_with(sign));
    for byte in bytes {
        *byte = if blank { b' ' } else { b'_' };
    }
}

/// The end of a placeholder that starts at a `<`, unless it is a redirection.
fn placeholder_end(text: &str, at: usize) -> Option<usize> {
    if at > 0 && matches!(text.as_bytes()[at - 1], b'<' | b'>' | b'&') {
        return None;
    }
    let end = inner_end(text, at)?;
    let next = text[end..].chars().next();
    next.is_none_or(|next| !next.is_alphanumeric() && !"/<>&$_.~".contains(next)).then_some(end)
}

/// The end of `<words>` that start at a byte, both brackets included.
fn inner_end(text: &str, at: usize) -> Option<usize> {
    let window = &text.as_bytes()[at + 1..text.len().min(at + LONGEST)];
    let length = window.iter().position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    let inner = text.get(at + 1..at + 1 + length)?;
    let named = inner.starts_with(char::is_alphanumeric) && !inner.ends_with(' ');
    let plain = |letter: char| letter.is_alphanumeric() || "_- .:/|,'()".contains(letter);
    (window[length] == b'>' && named && inner.chars().all(plain)).then_some(at + length + 2)
}

/// The end of a `{{ … }}`, `{% … %}` or `{# … #}` that starts at a brace.
fn template_end(text: &str, at: usize) -> Option<usize> {
    let close = match text.as_bytes().get(at + 1)? {
        b'{' => "}}",
        b'%' => "%}",
        b'#' if at == 0 || text.as_bytes()[at - 1] != b'$' => "#}",
        _ => return None,
    };
    let window = &text.as_bytes()[at + 2..text.len().min(at + LONGEST)];
    let line = memchr::memchr(b'\n', window).map_or(window, |end| &window[..end]);
    let length = memchr::memmem::find(line, close.as_bytes())?;
    Some(at + 2 + length + close.len())
}
