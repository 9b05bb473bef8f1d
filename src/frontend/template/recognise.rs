//! Finds a top-level key without parsing: the lines of YAML that are indented
//! like its first one, or the keys of JSON's outermost braces.

/// The raw value, up to the end of its line, of a key at the top level of one of
/// a text's documents.
pub(in crate::frontend) fn top_level_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    memchr::memmem::find(text.as_bytes(), key.as_bytes())?;
    let mut indentation = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if line == "---" || line == "..." || line.starts_with("--- ") {
            indentation = None;
        }
        let content = line.trim_start_matches("---").trim_start_matches([' ', '\t']);
        let is_action = content.starts_with("{{");
        let is_comment = content.starts_with(['#', '%']);
        if content.is_empty() || is_comment || is_action || line.starts_with("...") {
            continue;
        }
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
    while let Some(next) = memchr_structure(bytes, at) {
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

fn memchr_structure(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| b"{}[],\"'".contains(byte)).map(|index| from + index)
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
