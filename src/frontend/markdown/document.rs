//! The code in a document, in reading order, with the headings, numbers and
//! remarks around it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::html;
use super::remark;
use crate::frontend::reading::code::Code;
use crate::procedure::Setting;

/// A document.
#[derive(Debug, Default)]
pub(super) struct Document<'d> {
    /// What its metadata or its first heading calls it.
    pub(super) title: Option<String>,
    /// Its code.
    pub(super) blocks: Vec<Block<'d>>,
}

/// A block of code, or code in a line of text.
#[derive(Debug)]
pub(super) struct Block<'d> {
    /// How it is marked as code.
    pub(super) mark: Mark,
    /// The code.
    pub(super) code: Code<'d>,
    /// What is around it.
    pub(super) setting: Setting,
}

/// How code is marked as such.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Mark {
    /// By a fence, or a tag, that says this of it.
    Fenced(String),
    /// By its indentation.
    Indented,
    /// By backticks in a line.
    Inline,
}

/// How deep items are numbered.
const DEEPEST: usize = 8;

/// Reads a document.
pub(super) fn read(text: &str) -> Document<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut reading = Reading { text, ..Reading::default() };
    let metadata = metadata(text);
    reading.document.title = title(&text[metadata.clone()]);
    let start = metadata.end;
    for (event, range) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        reading.event(event, range.start + start..range.end + start);
    }
    reading.document
}

#[derive(Default)]
struct Reading<'d> {
    text: &'d str,
    document: Document<'d>,
    /// The heading that is being read, and the last one that was.
    heading: Option<String>,
    under: Option<String>,
    /// The numbers of the items around the current place; none in lists of bullets.
    items: Vec<Option<u64>>,
    /// The number of an item that a block behind its list belongs to.
    before: Option<String>,
    /// How many items the list that was left last had.
    counted: u64,
    /// What was said last.
    said: String,
    /// The code that is being read.
    open: Option<(Mark, Code<'d>)>,
    html: Option<Code<'d>>,
    /// Whether the text that follows is in a `<code>`.
    coded: bool,
}

impl<'d> Reading<'d> {
    fn event(&mut self, event: Event<'d>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.coded => self.inline(&text, range),
            Event::Text(text) => self.words(Cow::from(text), range),
            Event::Code(text) => self.inline(&text, range),
            Event::InlineHtml(tag) => self.coded = tag.starts_with("<code"),
            Event::Html(text) => {
                if let Some(html) = &mut self.html {
                    html.push(Cow::from(text), range, self.text);
                }
            }
            Event::SoftBreak | Event::HardBreak => self.say(" "),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'d>) {
        match tag {
            Tag::Heading { .. } => self.heading = Some(String::new()),
            Tag::Paragraph => {
                self.said.clear();
                if self.items.is_empty() && self.counted > 1 {
                    self.before = None;
                }
            }
            Tag::List(first) => {
                self.items.truncate(DEEPEST);
                self.items.push(first.map(|first| first.wrapping_sub(1)));
                self.counted = 0;
            }
            Tag::Item => {
                self.said.clear();
                self.counted += 1;
                if let Some(Some(number)) = self.items.last_mut() {
                    *number = number.wrapping_add(1);
                }
            }
            Tag::CodeBlock(kind) => {
                let mark = match kind {
                    CodeBlockKind::Indented => Mark::Indented,
                    CodeBlockKind::Fenced(info) => Mark::Fenced(info.into_string()),
                };
                self.open = Some((mark, Code::default()));
            }
            Tag::HtmlBlock => self.html = Some(Code::default()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::List(_) => {
                self.before = self.number();
                self.items.pop();
            }
            TagEnd::CodeBlock => {
                if let Some((mark, code)) = self.open.take() {
                    self.close(mark, code);
                }
            }
            TagEnd::HtmlBlock => {
                for (info, code) in self.html.take().iter().flat_map(html::blocks) {
                    self.block(Mark::Fenced(info), code);
                }
            }
            _ => {}
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let Some(heading) = self.heading.take() else { return };
        let heading = heading.trim().to_owned();
        if self.document.title.is_none() && level == HeadingLevel::H1 {
            self.document.title = Some(heading.clone());
        }
        self.under = Some(heading);
        self.before = None;
        self.said.clear();
    }

    /// Takes a block; an indented one may hold fences, as where tags are indented.
    fn close(&mut self, mark: Mark, code: Code<'d>) {
        if mark == Mark::Indented {
            let inner = html::fences(&code);
            if !inner.is_empty() {
                for (info, code) in inner {
                    self.block(Mark::Fenced(info), code);
                }
                return;
            }
        }
        self.block(mark, code);
    }

    fn block(&mut self, mark: Mark, code: Code<'d>) {
        let setting = Setting {
            title: self.under.clone(),
            number: self.number().or_else(|| self.before.clone()),
            note: remark::of(&self.said),
            cell: None,
        };
        self.document.blocks.push(Block { mark, code, setting });
    }

    /// The numbers of the items around the current place.
    fn number(&self) -> Option<String> {
        let numbers: Vec<String> = self.items.iter().flatten().map(u64::to_string).collect();
        (!numbers.is_empty()).then(|| numbers.join("."))
    }

    fn words(&mut self, text: Cow<'d, str>, range: Range<usize>) {
        match &mut self.open {
            Some((_, code)) => code.push(text, range, self.text),
            None => self.say(&text),
        }
    }

    fn say(&mut self, text: &str) {
        self.heading.as_mut().unwrap_or(&mut self.said).push_str(text);
    }

    fn inline(&mut self, text: &str, range: Range<usize>) {
        let in_heading = self.heading.is_some();
        if !in_heading && let Some(at) = self.text[range.clone()].find(text) {
            let start = range.start + at;
            let mut code = Code::default();
            let end = start + text.len();
            code.push(Cow::Borrowed(&self.text[start..end]), start..end, self.text);
            self.block(Mark::Inline, code);
        }
        self.say(text);
    }
}

/// What metadata stands between, and what each of its lines has, or the first.
const METADATA: [(&str, char); 2] = [("---", ':'), ("+++", '=')];

/// The metadata that a text begins with. Lines like those around it are rules
/// anywhere else.
fn metadata(text: &str) -> Range<usize> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let mark = first.trim_start_matches('\u{feff}').trim_end();
    let Some((mark, sign)) = METADATA.iter().find(|(known, _)| *known == mark) else {
        return 0..0;
    };
    let mut end = first.len();
    let mut says = false;
    for line in lines {
        let bare = line.trim_end();
        end += line.len();
        if says && (bare == *mark || bare == "...") {
            return 0..end;
        }
        says |= line.contains(*sign);
        if !says && !line.starts_with('#') {
            break;
        }
    }
    0..0
}

/// The title that metadata gives: `title: "…"`, `title = "…"`.
fn title(metadata: &str) -> Option<String> {
    let mut values = metadata.lines().filter_map(|line| {
        let rest = line.strip_prefix("title")?.trim_start();
        rest.strip_prefix([':', '='])
    });
    let title = values.next()?.trim().trim_matches(['"', '\'']).trim();
    (!title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_text_begins_with_is_metadata() {
        for (text, length) in [
            ("---\na: b\n---\nc\n", 13),
            ("+++\n# x\na = 1\n+++\n", 18),
            ("---\n## a\nb: c\n\n---\nd\n", 19),
            ("---\n\na: b\n---\n", 0),
            ("---\na: b\n", 0),
            ("a\n\n---\nb: c\n---\n", 0),
        ] {
            assert_eq!(metadata(text), 0..length, "{text}");
        }
    }

    #[test]
    fn lines_keep_their_carriage_returns() {
        let document = read("~~~console\r\n$ a \\\r\n> b\r\nout\r\n~~~\r\n");
        let lines = document.blocks[0].code.lines.iter().map(|line| &*line.text);
        assert_eq!(lines.collect::<Vec<_>>(), ["$ a \\\r\n", "> b\r\n", "out\r\n"]);
    }
}
