//! Finds a top-level key without parsing: the lines of YAML that are indented
//! like its first one, or the keys of JSON's outermost braces.

use memchr::memmem;

/// The raw value, up to the end of its line, of a key at the top level of one of
/// a text's documents.
pub(in crate::frontend) fn top_level_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let bytes = text.as_bytes();
    memmem::find(bytes, key.as_bytes())?;
    if !documents_are_flush(text) {
        return by_lines(text, key);
    }
    // Most lines need no look: a key at the top stands at the start of its line.
    memmem::find_iter(bytes, key.as_bytes()).find_map(|at| {
        let before = text.get(..at)?;
        let quoted = before.strip_suffix(['"', '\'']);
        let line =
            starts_line(quoted.unwrap_or(before)).then(|| text.get(at..)?.lines().next())??;
        let start = at - usize::from(quoted.is_some());
        value_after(text.get(start..at + line.len())?.trim_end(), key)
    })
}

/// Whether a line starts behind a text, but for the mark of a document.
fn starts_line(before: &str) -> bool {
    let is_start = |text: &str| matches!(text, "" | "\u{feff}") || text.ends_with('\n');
    let bare = before.trim_end_matches([' ', '\t']);
    is_start(before) || bare.strip_suffix("---").is_some_and(is_start)
}

/// Whether the first line with content of each document is not indented, nor the
/// beginning of braces.
fn documents_are_flush(text: &str) -> bool {
    let starts = memmem::find_iter(text.as_bytes(), "\n---").map(|at| at + 1);
    std::iter::once(0).chain(starts).all(|start| {
        let lines = text.get(start..).unwrap_or_default().lines();
        let first =
            lines.map(|line| line.trim_start_matches('\u{feff}')).find(|line| has_content(line));
        first.is_none_or(|line| {
            let content = content_of(line);
            !line.starts_with([' ', '\t']) && !content.starts_with('{')
        })
    })
}

/// What a line says after the mark that begins a document.
fn content_of(line: &str) -> &str {
    line.trim_start_matches('\u{feff}').trim_start_matches("---").trim_start_matches([' ', '\t'])
}

/// Whether a line holds more than marks, comments and the like.
fn has_content(line: &str) -> bool {
    let content = content_of(line);
    let is_aside = content.starts_with(['#', '%']) || content.starts_with("{{");
    !content.trim_end().is_empty() && !is_aside && !line.starts_with("...")
}

/// The same line by line, where documents are indented or in braces.
fn by_lines<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut indentation = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if line == "---" || line == "..." || line.starts_with("--- ") {
            indentation = None;
        }
        if !has_content(line) {
            continue;
        }
        let content = content_of(line);
        let indented = line.len() - content.len();
        if indentation.is_none() && content.starts_with('{') {
            return flow_key(text.get(start..)?, key);
        }
        if *indentation.get_or_insert(indented) != indented {
            continue;
        }
        if let Some(value) = value_after(content, key) {
            return Some(value);
        }
    }
    None
}

/// What follows `key:` or `"key":` at the start of a text.
fn value_after<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '"' | '\''));
    let rest = text.trim_start_matches(['"', '\'']).strip_prefix(key)?;
    let rest = quote.map_or(Some(rest), |quote| rest.strip_prefix(quote))?;
    let value = rest.trim_start().strip_prefix(':')?;
    let separated = quote.is_some() || value.is_empty() || value.starts_with(char::is_whitespace);
    separated.then(|| value.trim())
}

/// Looks through the outermost braces of a text that starts with them.
fn flow_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(next) = find_structure(bytes, at) {
        at = next + 1;
        match bytes[next] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote),
            _ => {}
        }
        if depth == 1
            && matches!(bytes[next], b'{' | b',')
            && let Some(rest) = text.get(at..)
            && let Some(value) = value_after(rest.trim_start(), key)
        {
            return value.lines().next();
        }
    }
    None
}

/// Which bytes make up the structure of braces.
const STRUCTURE: [bool; 256] = {
    let mut marked = [false; 256];
    let signs = b"{}[],\"'";
    let mut index = 0;
    while index < signs.len() {
        marked[signs[index] as usize] = true;
        index += 1;
    }
    marked
};

fn find_structure(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| STRUCTURE[usize::from(*byte)]).map(|index| from + index)
}

/// One past the closing quote of a string whose inside starts at `at`.
fn string_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += if *byte == b'\\' && quote == b'"' { 2 } else { 1 };
        if *byte == quote {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::top_level_key;

    fn version(text: &str) -> Option<&str> {
        top_level_key(text, "FormatVersion")
    }

    #[test]
    fn only_keys_at_the_top_count() {
        assert_eq!(version("# x\n---\nFormatVersion: OOS-1\r\n"), Some("OOS-1"));
        assert_eq!(version("A:\n  FormatVersion: OOS-1\n"), None);
        assert_eq!(version("  A: 1\n  \"FormatVersion\" : OOS-1\n"), Some("OOS-1"));
        assert_eq!(version("A: |\n  FormatVersion: OOS-1\nB: 'FormatVersion: OOS-1'\n"), None);
        assert_eq!(version("FormatVersions: OOS-1\nNotFormatVersion: x\n"), None);
        assert_eq!(version("a: 1\n---\nFormatVersion: x\n"), Some("x"));
    }

    #[test]
    fn the_quick_look_finds_what_the_lines_say() {
        let texts = [
            "a: 1\nFormatVersion: x\n",
            "a:\n  FormatVersion: x\n",
            "---\na: 1\n---\n  FormatVersion: x\n",
            "# c\n\n--- \n'FormatVersion' : x\r\nb: 2",
            "a: 1\n--- FormatVersion: x\n",
            "a: FormatVersion: y\nxFormatVersion: z\nFormatVersion:\n  b: 1\n",
            "a: 1\n---\n{\"FormatVersion\": 1}\n",
            "{{ if x }}\nFormatVersion: x\n{{ end }}\n",
            "\u{feff}FormatVersion: x",
            "...\nFormatVersion: x",
            "",
        ];
        for text in texts {
            assert_eq!(version(text), super::by_lines(text, "FormatVersion"), "{text:?}");
        }
    }

    #[test]
    fn braces_are_looked_through() {
        let minified = r#"{"a":{"FormatVersion":"OOS-0"},"b":"\"FormatVersion\":1","FormatVersion":"OOS-1","c":[]}"#;
        assert_eq!(version(minified), Some(r#""OOS-1","c":[]}"#));
        assert_eq!(version(r#"{"a":[{"FormatVersion":"OOS-0"}]}"#), None);
        assert_eq!(version("--- {a: 1, FormatVersion: x}"), Some("x}"));
        assert_eq!(version("{\n\t\"FormatVersion\"\n:\"x\"\n}"), Some("\"x\""));
    }

    #[test]
    fn hostile_texts_are_scanned_in_linear_time() {
        let nested = format!("{}FormatVersion", "{".repeat(200_000));
        assert_eq!(version(&nested), None);
        let quotes = format!("{{{}FormatVersion", "\"".repeat(200_001));
        assert_eq!(version(&quotes), None);
    }
}
