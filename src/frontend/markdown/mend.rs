//! What keeps a fragment in a document from being code as it stands: entities,
//! `...` for what is left out, `<name>` for what is to be filled in, blocks of HCL
//! without those around them.

use std::borrow::Cow;
use std::ops::Range;

use crate::frontend::reading::code::{Code, Line};

/// What is written in fragments, and what it stands for.
const ENTITIES: &[(&str, &str)] = &[("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];

/// An operator that translators take apart, and languages in which it is none.
const TAKEN_APART: (&str, &str) = ("! =", "!=");
const WHOLE_IN: &[&str] = &["python", "java", "javascript", "csharp", "go", "php"];

/// Lines that stand for what is left out.
const LEFT_OUT: &[&str] = &["...", "…", "......", "...,"];

/// Languages in which those lines are code, or do no harm.
const WITH_DOTS: &[&str] = &["python", "shell", "powershell"];

/// The longest `<name>`, in bytes.
const LONGEST: usize = 80;

/// Blocks of HCL that stand in others: what their lines start with, what the others
/// start with, and whose they are. The first that fits counts.
const INNER_BLOCKS: &[(&str, &str, &str)] = &[
    ("provisioner \"local-exec\"", "resource \"null_resource\" \"example\" {\n", "terraform"),
    ("provisioner \"remote-exec\"", "resource \"null_resource\" \"example\" {\n", "terraform"),
    ("provisioner \"file\"", "resource \"null_resource\" \"example\" {\n", "terraform"),
    ("provisioner \"", "build {\n", "packer"),
    ("post-processor \"", "build {\n", "packer"),
    ("before_hook \"", "terraform {\n", "terraform"),
    ("after_hook \"", "terraform {\n", "terraform"),
    ("error_hook \"", "terraform {\n", "terraform"),
    ("build {", "", "packer"),
];

/// Code of HCL in the blocks that it belongs in, and the front end for it.
pub(super) fn in_blocks<'d>(
    mut code: Code<'d>,
    language: &'static str,
) -> (Code<'d>, &'static str) {
    if language != "terraform" {
        return (code, language);
    }
    let text = code.text();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let fits = |line: &str| INNER_BLOCKS.iter().find(|(start, ..)| line.starts_with(start));
    let is_packer = |(_, outer, _): &&(&str, &str, &str)| outer.is_empty();
    let first = lines.next().and_then(|line| fits(line.trim_start()));
    let Some((_, outer, language)) = first.or_else(|| lines.find_map(fits).filter(is_packer))
    else {
        return (code, language);
    };
    if !outer.is_empty() {
        let range = code.range();
        let opens = Line { text: Cow::Borrowed(*outer), range: range.start..range.start };
        code.lines.insert(0, opens);
        code.insert("\n}\n", range.end);
    }
    (code, language)
}

/// Code of a language as its front end can read it.
pub(super) fn mended<'d>(code: Code<'d>, language: &str) -> Code<'d> {
    let mut mended = Code::default();
    for line in code.lines {
        if !WITH_DOTS.contains(&language) && LEFT_OUT.contains(&line.text.trim()) {
            mended.lines.push(line.saying("\n".to_owned()));
            continue;
        }
        let mut changes = entities(&line.text);
        if language == "shell" {
            changes.extend(foreign_names(&line.text));
        }
        if language == "terraform" {
            changes.extend(names(&line.text));
        }
        if WHOLE_IN.contains(&language) {
            let (apart, whole) = TAKEN_APART;
            let found = line.text.match_indices(apart);
            changes.extend(found.map(|(at, _)| (at..at + apart.len(), Cow::Borrowed(whole))));
        }
        changes.sort_by_key(|(range, _)| range.start);
        change(line, &changes, &mut mended);
    }
    mended
}

type Change = (Range<usize>, Cow<'static, str>);

fn change<'d>(line: Line<'d>, changes: &[Change], out: &mut Code<'d>) {
    let mut done = 0;
    for (range, text) in changes {
        if range.start > done {
            out.lines.push(part(&line, done..range.start));
        }
        out.lines.push(Line { text: text.clone(), range: part(&line, range.clone()).range });
        done = range.end;
    }
    match done {
        0 => out.lines.push(line),
        done if done < line.text.len() => out.lines.push(part(&line, done..line.text.len())),
        _ => {}
    }
}

fn part<'d>(line: &Line<'d>, range: Range<usize>) -> Line<'d> {
    let whole = line.range.len() == line.text.len();
    let start = line.range.start;
    let place = if whole { start + range.start..start + range.end } else { line.range.clone() };
    Line { text: Cow::Owned(line.text[range].to_owned()), range: place }
}

fn entities(line: &str) -> Vec<Change> {
    let found = line.match_indices('&').filter_map(|(at, _)| {
        let (entity, letter) =
            ENTITIES.iter().find(|(entity, _)| line[at..].starts_with(entity))?;
        Some((at..at + entity.len(), Cow::Borrowed(*letter)))
    });
    found.collect()
}

/// `${name}` with a name that no shell has, which is to be filled in as `<name>` is.
fn foreign_names(line: &str) -> Vec<Change> {
    let found = line.match_indices("${").filter_map(|(at, open)| {
        let name = &line[at + open.len()..];
        let length = name.find('}').filter(|length| *length < LONGEST)?;
        let is_foreign = !name[..length].is_ascii()
            && name[..length]
                .chars()
                .all(|letter| letter.is_alphanumeric() || "_- ".contains(letter));
        is_foreign.then_some((at, at + open.len() + length))
    });
    let changes = found.flat_map(|(start, end)| {
        [(start..start + 2, Cow::Borrowed("<")), (end..end + 1, Cow::Borrowed(">"))]
    });
    changes.collect()
}

/// `<name>` in names of HCL, outside of quotes.
fn names(line: &str) -> Vec<Change> {
    let mut found = Vec::new();
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '#' if !quoted => break,
            '<' if !quoted && line[..at].ends_with(is_part) => {
                let mut letters = line.as_bytes()[at..].iter().take(LONGEST);
                let Some(length) = letters.position(|letter| *letter == b'>') else { continue };
                let name = &line[at + 1..at + length];
                if !name.is_empty() && name.chars().all(is_part) {
                    let text = format!("_{}_", name.replace('.', "_"));
                    found.push((at..at + length + 1, Cow::Owned(text)));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._-".contains(letter)
}
