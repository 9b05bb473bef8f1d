//! Writes block-style YAML: flow lists and maps where they fit a line.

/// Columns of a line.
const WIDTH: usize = 110;

/// A YAML value; maps keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Yaml {
    Text(String),
    /// Written as it is: `true`.
    Bare(&'static str),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Yaml {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::text(text.as_ref())).collect())
    }

    /// The value on one line.
    fn flow(&self) -> String {
        match self {
            Self::Text(text) => scalar(text),
            Self::Bare(text) => (*text).to_owned(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", scalar(key), value.flow()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// Whether it holds texts only, or texts by name.
    fn is_flat(&self) -> bool {
        let is_text = |value: &Self| matches!(value, Self::Text(_));
        match self {
            Self::Text(_) | Self::Bare(_) => true,
            Self::List(items) => items.iter().all(is_text),
            Self::Map(entries) => entries.iter().all(|(_, value)| is_text(value)),
        }
    }
}

/// A document whose root is a map.
pub(crate) fn document(entries: &[(String, Yaml)]) -> String {
    let mut written = String::new();
    write_map(&mut written, entries, 0);
    written
}

fn write_map(written: &mut String, entries: &[(String, Yaml)], indent: usize) {
    for (place, (key, value)) in entries.iter().enumerate() {
        if place > 0 || indent == 0 {
            written.push_str(&" ".repeat(indent));
        }
        written.push_str(&scalar(key));
        written.push(':');
        write_value(written, value, indent);
    }
}

/// The value after a key, in the line or below.
fn write_value(written: &mut String, value: &Yaml, indent: usize) {
    let used = written.len() - written.rfind('\n').map_or(0, |end| end + 1);
    let flow = value.flow();
    if value.is_flat() && used + 1 + flow.chars().count() <= WIDTH {
        written.push(' ');
        written.push_str(&flow);
        written.push('\n');
        return;
    }
    match value {
        Yaml::Text(text) => write_folded(written, text, indent + 2),
        Yaml::Bare(text) => {
            written.push(' ');
            written.push_str(text);
            written.push('\n');
        }
        Yaml::List(items) => {
            written.push('\n');
            write_list(written, items, indent + 2);
        }
        Yaml::Map(entries) => {
            written.push('\n');
            written.push_str(&" ".repeat(indent + 2));
            write_map(written, entries, indent + 2);
        }
    }
}

fn write_list(written: &mut String, items: &[Yaml], indent: usize) {
    for item in items {
        written.push_str(&" ".repeat(indent));
        written.push('-');
        match item {
            Yaml::Map(entries) => {
                written.push(' ');
                write_map(written, entries, indent + 2);
            }
            item => write_value(written, item, indent),
        }
    }
}

/// A long text, folded.
fn write_folded(written: &mut String, text: &str, indent: usize) {
    written.push_str(" >-");
    let mut column = WIDTH;
    for word in text.split(' ') {
        if column + 1 + word.chars().count() > WIDTH {
            written.push('\n');
            written.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            written.push(' ');
            column += 1;
        }
        written.push_str(word);
        column += word.chars().count();
    }
    written.push('\n');
}

/// A scalar; in quotes if it could be read as something else.
fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-./$".contains(c);
    let is_phrase = |c: char| is_word(c) || c == ' ' || c == ';' || c == ')' || c == '(';
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| is_phrase(c) || (c == ':' && is_type(text)))
        && !text.ends_with(' ');
    let is_other = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
    );
    let is_date = text.len() == 10 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let is_period = text.len() < 6
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(['s', 'm', 'h']);
    if (plain && !is_other) || is_date || is_period {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A place in a file: `file.go:12`.
fn is_type(text: &str) -> bool {
    !text.contains(": ") && !text.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_and_texts_are_broken() {
        let names: Vec<String> = (0..20).map(|number| format!("attribute_{number}")).collect();
        let text = "a condition that is rather long ".repeat(6);
        let entries = [
            ("names".to_owned(), Yaml::texts(&names)),
            ("text".to_owned(), Yaml::text(text.trim())),
            ("short".to_owned(), Yaml::texts(["true", "10m", "a == \"b\""])),
        ];
        let written = document(&entries);
        assert!(written.lines().all(|line| line.chars().count() <= WIDTH), "{written}");
        assert!(written.contains("names:\n  - attribute_0\n"), "{written}");
        assert!(written.ends_with("short: [\"true\", 10m, \"a == \\\"b\\\"\"]\n"), "{written}");
        let read: serde_yaml::Value = serde_yaml::from_str(&written).unwrap();
        assert_eq!(read["text"].as_str(), Some(text.trim()));
    }
}
