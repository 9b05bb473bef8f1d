//! What keeps a fragment in a document from being code as it stands: entities,
//! `...` for what is left out, `<name>` for what is to be filled in, and imports
//! that another fragment has.

use std::borrow::Cow;
use std::ops::Range;

use crate::catalogue::Catalogue;
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

/// What a document on the SDKs of this cloud names.
const CLOUD: &[&str] = &["aliyun", "Aliyun", "alibaba", "Alibaba", "AcsClient", "阿里云"];

/// What it names of this product.
const PRODUCT: &[&str] = &["ecs", "ECS", "Ecs"];

/// How the names of an SDK's modules begin, and how those go on that belong to
/// this product or to all.
const MODULES: &[&str] = &["aliyunsdk", "com.aliyuncs."];
const OWN_MODULES: &[&str] =
    &["core", "ecs", "profile", "exceptions", "auth", "http", "utils", "regions", "reader"];

/// What one on those of another cloud names, some of whose requests are called
/// the same.
const OTHER_CLOUDS: &[&str] = &["amazonaws", "boto3", "tencentcloud", "huaweicloud"];

/// The longest `<name>`, in bytes.
const LONGEST: usize = 80;

/// How the names of requests end.
const REQUEST: &str = "Request";

/// Code of a language as its front end can read it.
pub(super) fn mended<'d>(code: Code<'d>, language: &str) -> Code<'d> {
    let mut mended = Code::default();
    for line in code.lines {
        if !WITH_DOTS.contains(&language) && LEFT_OUT.contains(&line.text.trim()) {
            mended.lines.push(line.saying("\n".to_owned()));
            continue;
        }
        let mut changes = entities(&line.text);
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

/// Whether a document is on this product's SDKs, and on no other's.
pub(super) fn is_on_sdk(document: &str) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| document.contains(word));
    names(PRODUCT) && names(CLOUD) && !names(OTHER_CLOUDS) && !imports_others(document)
}

/// Whether a document imports something of the SDK of another product, which may
/// call its requests the same.
fn imports_others(document: &str) -> bool {
    let is_other = |(at, module): (usize, &str)| {
        let rest = &document[at + module.len()..];
        let is_module = rest.starts_with(|first: char| first.is_ascii_lowercase());
        is_module && !OWN_MODULES.iter().any(|known| rest.starts_with(known))
    };
    MODULES.iter().any(|module| document.match_indices(module).any(is_other))
}

/// Puts the imports before a fragment that it uses and another has: those of
/// requests that are called like actions.
pub(super) fn with_imports<'d>(code: Code<'d>, language: &str, catalogue: &Catalogue) -> Code<'d> {
    if !matches!(language, "python" | "java") {
        return code;
    }
    let text = code.text();
    let imported = |line: &str| {
        let line = line.trim_start();
        line.starts_with("import ") && line.contains("aliyun")
            || line.starts_with("from ") && line.contains(REQUEST)
            || line.starts_with("package ")
    };
    if text.lines().any(imported) {
        return code;
    }
    let import = |name: &str| match language {
        "java" => format!("import com.aliyuncs.ecs.model.v20140526.{name};"),
        _ if text.contains(&format!("{name}.{name}")) => {
            format!("from aliyunsdkecs.request.v20140526 import {name};")
        }
        _ => format!("from aliyunsdkecs.request.v20140526.{name} import {name};"),
    };
    let imports: Vec<String> = requests(&text, catalogue).into_iter().map(import).collect();
    if imports.is_empty() {
        return code;
    }
    let mut whole = Code::default();
    whole.insert(&(imports.join(" ") + "\n"), code.range().start);
    whole.lines.extend(code.lines);
    whole
}

/// The requests that a text makes, each once.
fn requests<'t>(text: &'t str, catalogue: &Catalogue) -> Vec<&'t str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let known = |word: &&str| {
        word.strip_suffix(REQUEST).is_some_and(|action| catalogue.get(action).is_some())
    };
    let made: std::collections::BTreeSet<&str> = words.filter(known).collect();
    made.into_iter().collect()
}
