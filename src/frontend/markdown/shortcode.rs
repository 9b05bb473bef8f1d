//! What makers of sites write around code instead of fences, and in front of
//! notes: put into fences, and out of the way.
//!
//! Every byte keeps its place, so the positions stay those of the document.

use std::borrow::Cow;
use std::ops::Range;

/// What tags of templates begin and end with: Jekyll's and Hexo's, and Hugo's.
const TAGS: [(&str, &str); 3] = [("{%", "%}"), ("{{<", ">}}"), ("{{%", "%}}")];

/// Tags around code, and those that end it.
const AROUND: [(&str, [&str; 2]); 3] = [
    ("highlight", ["endhighlight", "/highlight"]),
    ("codeblock", ["endcodeblock", "/codeblock"]),
    ("prism", ["endprism", "/prism"]),
];

/// The fence that is put in the place of tags.
const FENCE: &str = "~~~~";

/// What notes and tabs begin with whose text is indented.
const NOTES: [&str; 4] = ["!!! ", "??? ", "???+ ", "=== \""];

/// A text with fences in the places of such tags, and without the heads of notes.
pub(super) fn fenced(text: &str) -> Cow<'_, str> {
    let tagged = TAGS.iter().any(|(open, _)| text.contains(open));
    if !tagged && !NOTES.iter().any(|start| text.contains(start)) {
        return Cow::Borrowed(text);
    }
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut open: Option<(Range<usize>, &str, [&str; 2])> = None;
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let place = content(line, at);
        let indented = place.start - at;
        at += line.len();
        let bare = &text[place.clone()];
        match (&open, tag(bare)) {
            (Some((start, info, ends)), Some((name, _))) if ends.contains(&name) => {
                changes.push((start.clone(), format!("{FENCE}{info}")));
                changes.push((place, FENCE.to_owned()));
                open = None;
            }
            (Some(_), _) => {}
            (None, Some((name, given))) => {
                let around = AROUND.iter().find(|(around, _)| *around == name);
                open = around.map(|(_, ends)| (place, language(given), *ends));
            }
            (None, None) => {
                let is_note = NOTES.iter().any(|start| bare.starts_with(start));
                let below = lines.peek().map_or(0, |next| next.len() - next.trim_start().len());
                if is_note && below >= indented + INDENTATION {
                    changes.push((place, String::new()));
                }
            }
        }
    }
    if changes.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(changed(text, &changes)) }
}

/// How far the text of a note is indented, below its head.
const INDENTATION: usize = 4;

/// Where the words of a line are that starts at a place.
fn content(line: &str, at: usize) -> Range<usize> {
    let start = at + line.len() - line.trim_start().len();
    start..(at + line.trim_end().len()).max(start)
}

/// The name of the tag that a line is, and what it is given.
fn tag(line: &str) -> Option<(&str, &str)> {
    let inner = TAGS.iter().find_map(|(open, close)| {
        let inner = line.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains(close)).then(|| inner.trim_matches(['-', ' ']))
    })?;
    Some(inner.split_once(char::is_whitespace).unwrap_or((inner, "")))
}

/// The language of code: the first word, or what `lang:` says.
fn language(given: &str) -> &str {
    let mut words = given.split_whitespace();
    let named = words.clone().find_map(|word| word.strip_prefix("lang:"));
    named.or_else(|| words.next()).unwrap_or_default().trim_matches(['"', '\''])
}

/// A text with parts changed, each filled up with blanks.
fn changed(text: &str, changes: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in changes {
        let new = if new.len() > range.len() { "" } else { new };
        out.push_str(&text[done..range.start]);
        out.push_str(new);
        out.extend(std::iter::repeat_n(' ', range.len() - new.len()));
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::fenced;

    #[test]
    fn tags_become_fences_and_heads_of_notes_blanks() {
        let cases = [
            (
                "{% highlight sh linenos %}\na\n{% endhighlight %}\n",
                "~~~~sh                    \na\n~~~~              \n",
            ),
            (
                "{{< highlight bash \"x\" >}}\na\n{{< /highlight >}}\n",
                "~~~~bash                  \na\n~~~~              \n",
            ),
            (
                "{% codeblock é lang:sh %}\na\n{% endcodeblock %}",
                "~~~~sh                    \na\n~~~~              ",
            ),
            ("!!! note\n    a\n", "        \n    a\n"),
            ("!!! note\na\n", "!!! note\na\n"),
            ("{% highlight sh %}\na\n", "{% highlight sh %}\na\n"),
            ("{% raw %}\na\n{% endraw %}\n", "{% raw %}\na\n{% endraw %}\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(fenced(text), expected, "{text}");
        }
    }
}
