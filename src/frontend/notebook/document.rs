//! The cells of a notebook: their lines, each in its place in the JSON, and the
//! headings above them.

use std::borrow::Cow;

use crate::frontend::reading::code::Code;
use crate::frontend::{named, template};
use crate::procedure::{Part, Setting};
use crate::source::Source;
use template::Item;

/// A notebook.
pub(super) struct Notebook<'t> {
    /// Its first heading.
    pub(super) title: Option<String>,
    /// The front end of the language of its cells.
    pub(super) language: &'static str,
    /// Its cells of code.
    pub(super) cells: Vec<Cell<'t>>,
}

/// A cell of code.
pub(super) struct Cell<'t> {
    /// Its number among all cells, from 1.
    number: u32,
    /// The heading above it.
    title: Option<String>,
    /// Its lines, with their line breaks.
    pub(super) lines: Vec<Code<'t>>,
}

/// Where the language of a notebook's cells is told, and what it is without.
const LANGUAGES: [(&str, &str); 2] = [("kernelspec", "language"), ("language_info", "name")];
const PYTHON: &str = "python";

/// Names of kernels that are no names of front ends.
const KERNELS: [(&str, &str); 6] = [
    ("bash", "shell"),
    ("sh", "shell"),
    ("typescript", "javascript"),
    ("c#", "csharp"),
    ("pwsh", "powershell"),
    ("python3", PYTHON),
];

/// Reads a notebook.
pub(super) fn read(root: Item<'_>) -> Notebook<'_> {
    let mut notebook = Notebook { title: None, language: language(root), cells: Vec::new() };
    let sheets = root.get("worksheets").into_iter().flat_map(Item::items);
    let cells = sheets.chain([root]).filter_map(|sheet| sheet.get("cells"));
    let mut heading = None;
    for (number, cell) in (1..).zip(cells.flat_map(Item::items)) {
        let Some(source) = cell.get("source").or_else(|| cell.get("input")) else { continue };
        match cell.get_text("cell_type") {
            Some("markdown") => heading = last_heading(source).or(heading),
            Some("code") => {
                let title = heading.clone();
                notebook.cells.push(Cell { number, title, lines: lines(source) });
            }
            _ => {}
        }
        if notebook.title.is_none() {
            notebook.title.clone_from(&heading);
        }
    }
    notebook
}

fn language(root: Item<'_>) -> &'static str {
    let metadata = root.get("metadata");
    let told = LANGUAGES.iter().find_map(|(key, name)| metadata?.get(key)?.get_text(name));
    let told = told.unwrap_or(PYTHON).to_lowercase();
    let kernel = KERNELS.iter().find(|(kernel, _)| *kernel == told);
    // What no front end reads gives nothing.
    kernel.map(|(_, name)| *name).or_else(|| Some(named(&told)?.name)).unwrap_or("")
}

/// The texts of a source, which is one text or a list of lines.
fn texts(source: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    source.items().chain(source.text().map(|_| source))
}

fn last_heading(source: Item<'_>) -> Option<String> {
    let lines = texts(source).filter_map(Item::text).flat_map(str::lines);
    let headings = lines.filter(|line| line.starts_with('#'));
    let heading = headings.last()?.trim_start_matches('#').trim();
    (!heading.is_empty()).then(|| heading.to_owned())
}

/// The lines of a source.
fn lines(source: Item<'_>) -> Vec<Code<'_>> {
    let mut lines = vec![Code::default()];
    for item in texts(source) {
        let Some(aligned) = item.aligned() else { continue };
        let document = &item.source().text;
        let text = aligned.text;
        let mut at = 0;
        while at < text.len() {
            let end = at + run(&text[at..]);
            let line = lines.last_mut().expect("there is a first line");
            line.push(Cow::Borrowed(&text[at..end]), aligned.raw(at..end), document);
            if &text[at..end] == "\n" {
                lines.push(Code::default());
            }
            at = end;
        }
    }
    lines.retain(|line| !line.lines.is_empty());
    lines
}

/// How many bytes of a text JSON writes as they stand, or how many the one
/// character has that it may not.
fn run(text: &str) -> usize {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\"\\/".contains(&byte);
    let length = text.bytes().position(|byte| !plain(byte)).unwrap_or(text.len());
    if length > 0 { length } else { text.chars().next().map_or(1, char::len_utf8) }
}

impl Cell<'_> {
    /// The lines as parts of the document.
    pub(super) fn parts(&self, source: &Source<'_>) -> Vec<Part> {
        let part = |(line, code): (u32, &Code<'_>)| Part {
            span: source.span(code.range()),
            setting: Setting {
                title: self.title.clone(),
                cell: Some((self.number, line)),
                ..Setting::default()
            },
        };
        (1..).zip(&self.lines).map(part).collect()
    }
}
