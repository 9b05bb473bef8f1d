//! Code in HTML and in other things that the parser of the document takes as a
//! whole: fences right behind a tag, and `<pre>`.

use crate::frontend::reading::code::{Code, Line};

/// What a block is said to be, and its code.
type Marked<'d> = (String, Code<'d>);

/// Characters that HTML writes in another way.
const ENTITIES: &[(&str, &str)] = &[
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// The blocks in lines of HTML.
pub(super) fn blocks<'d>(html: &Code<'d>) -> Vec<Marked<'d>> {
    let html = without_comments(html);
    let mut found = fences(&html);
    if found.is_empty() {
        found = preformatted(&html);
    }
    found
}

/// What begins and ends a comment.
const COMMENT: (&str, &str) = ("<!--", "-->");

/// The lines outside of comments.
fn without_comments<'d>(html: &Code<'d>) -> Code<'d> {
    let (opens, closes) = COMMENT;
    let mut kept = Code::default();
    let mut open = false;
    for line in &html.lines {
        let was_open = open;
        if let Some(at) = line.text.rfind(opens) {
            open = !line.text[at..].contains(closes);
        } else if line.text.contains(closes) {
            open = false;
        }
        if !was_open && !line.text.trim_start().starts_with(opens) {
            kept.lines.push(line.clone());
        }
    }
    kept
}

/// The fenced blocks in lines that the parser has not looked into.
pub(super) fn fences<'d>(code: &Code<'d>) -> Vec<Marked<'d>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize, Marked<'d>)> = None;
    for line in &code.lines {
        let bare = line.text.trim();
        let indented = line.text.len() - line.text.trim_start().len();
        match &mut open {
            Some((fence, _, _))
                if bare.starts_with(&**fence) && bare.trim_matches(['`', '~']).is_empty() =>
            {
                found.extend(open.take().map(|(_, _, block)| block));
            }
            Some((_, before, (_, block))) => {
                block.lines.push(line.from(indented.min(*before)));
            }
            None => {
                let fence = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence));
                let Some(fence) = fence else { continue };
                let info = bare.trim_start_matches(['`', '~']);
                if !info.contains('`') {
                    open = Some((fence, indented, (info.trim().to_owned(), Code::default())));
                }
            }
        }
    }
    found
}

/// The texts of `<pre>` tags.
fn preformatted<'d>(html: &Code<'d>) -> Vec<Marked<'d>> {
    let mut found = Vec::new();
    let mut open: Option<Marked<'d>> = None;
    for line in &html.lines {
        let mut rest = line.clone();
        if open.is_none() {
            let Some(at) = rest.text.find("<pre") else { continue };
            let tag = rest.from(at);
            let (info, length) = opening(&tag);
            open = Some((info, Code::default()));
            rest = tag.from(length);
        }
        let end = rest.text.find("</pre");
        if let Some((_, code)) = &mut open {
            code.lines.extend(plain(&rest, end));
        }
        if end.is_some() {
            found.extend(open.take());
        }
    }
    found
}

/// What the class of a `<pre>` or of the `<code>` in it says, and how long its
/// tags are.
fn opening(tag: &Line<'_>) -> (String, usize) {
    let text = &*tag.text;
    let mut length = text.find('>').map_or(text.len(), |at| at + 1);
    if text[length..].starts_with("<code") {
        length = text[length..].find('>').map_or(text.len(), |at| length + at + 1);
    }
    let tags = &text[..length];
    let attribute = ["class=", "lang=", "language="].iter().find_map(|name| tags.split_once(name));
    let info = attribute.map_or("", |(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'', '{']);
        rest.split(['"', '\'', '>', '}', ' ']).next().unwrap_or_default()
    });
    (info.to_owned(), length)
}

/// A line of a `<pre>` up to an end, without tags around it and with what
/// entities stand for.
fn plain<'d>(line: &Line<'d>, end: Option<usize>) -> Option<Line<'d>> {
    let mut line = end.map_or_else(|| line.clone(), |end| line.to(end));
    if let Some(at) = line.text.find("</code>") {
        line = line.to(at);
    }
    if line.text.trim().is_empty() {
        return None;
    }
    if !line.text.contains(['&', '<']) && line.text.ends_with('\n') {
        return Some(line);
    }
    let mut text = without_tags(line.text.trim_end());
    for (entity, letter) in ENTITIES {
        if text.contains(entity) {
            text = text.replace(entity, letter);
        }
    }
    Some(line.saying(text + "\n"))
}

/// Tags that mark words of code.
const MARKS: [&str; 8] = ["span", "b", "strong", "i", "em", "mark", "a", "font"];

/// A text without the tags that mark its words.
fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tag = rest[at + 1..].trim_start_matches('/');
        let name = tag.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let end = rest[at..].find('>').filter(|_| MARKS.contains(&&tag[..name]));
        let after = end.map_or(at + 1, |length| at + length + 1);
        kept.push_str(&rest[..if end.is_some() { at } else { after }]);
        rest = &rest[after..];
    }
    kept + rest
}
