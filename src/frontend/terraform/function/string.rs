//! Functions of strings.

use super::super::datum::{Datum, MAX_TEXT};
use super::{Function, known, text_list, texts};

pub(super) const FUNCTIONS: &[Function] = &[
    known("basename", |arguments| one(arguments, |path| base(path).to_owned())),
    known("chomp", |arguments| one(arguments, |text| text.trim_end_matches(['\n', '\r']).into())),
    known("dirname", |arguments| one(arguments, folder)),
    known("endswith", |arguments| tests(arguments, |text, end| text.ends_with(end))),
    known("indent", indent),
    known("join", join),
    known("lower", |arguments| one(arguments, str::to_lowercase)),
    known("replace", replace),
    known("split", split),
    known("startswith", |arguments| tests(arguments, |text, start| text.starts_with(start))),
    known("strcontains", |arguments| tests(arguments, |text, part| text.contains(part))),
    known("strrev", |arguments| one(arguments, |text| text.chars().rev().collect())),
    known("substr", substring),
    known("title", |arguments| one(arguments, title)),
    known("trim", |arguments| {
        two(arguments, |text, cut| text.trim_matches(|c| cut.contains(c)).to_owned())
    }),
    known("trimprefix", |arguments| {
        two(arguments, |text, start| text.strip_prefix(start).unwrap_or(text).to_owned())
    }),
    known("trimspace", |arguments| one(arguments, |text| text.trim().to_owned())),
    known("trimsuffix", |arguments| {
        two(arguments, |text, end| text.strip_suffix(end).unwrap_or(text).to_owned())
    }),
    known("upper", |arguments| one(arguments, str::to_uppercase)),
];

fn one(arguments: &[Datum], change: impl Fn(&str) -> String) -> Option<Datum> {
    let [text] = arguments else { return None };
    Some(Datum::text(change(&text.as_text()?)))
}

fn two(arguments: &[Datum], change: impl Fn(&str, &str) -> String) -> Option<Datum> {
    let [text, other] = arguments else { return None };
    Some(Datum::text(change(&text.as_text()?, &other.as_text()?)))
}

fn tests(arguments: &[Datum], holds: impl Fn(&str, &str) -> bool) -> Option<Datum> {
    let [text, part] = arguments else { return None };
    Some(Datum::Bool(holds(&text.as_text()?, &part.as_text()?)))
}

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

/// What comes before the last `/`, in its shortest form.
fn folder(path: &str) -> String {
    let Some((folder, _)) = path.rsplit_once('/') else { return ".".to_owned() };
    let mut parts: Vec<&str> = Vec::new();
    let is_rooted = folder.starts_with('/') || folder.is_empty();
    for part in folder.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    match (is_rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn indent(arguments: &[Datum]) -> Option<Datum> {
    let [spaces, text] = arguments else { return None };
    let (spaces, text) = (spaces.as_index()?, text.as_text()?);
    let lines = text.matches('\n').count();
    if spaces.saturating_mul(lines) > MAX_TEXT {
        return None;
    }
    Some(Datum::text(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn join(arguments: &[Datum]) -> Option<Datum> {
    let (separator, lists) = arguments.split_first()?;
    let separator = separator.as_text()?;
    let mut all = Vec::new();
    for list in lists {
        all.extend(texts(list)?);
    }
    let length: usize = all.iter().map(|text| text.len() + separator.len()).sum();
    (length <= MAX_TEXT && !lists.is_empty()).then(|| Datum::text(all.join(&separator)))
}

fn replace(arguments: &[Datum]) -> Option<Datum> {
    let [text, old, new] = arguments else { return None };
    let (text, old, new) = (text.as_text()?, old.as_text()?, new.as_text()?);
    let is_pattern = old.len() > 1 && old.starts_with('/') && old.ends_with('/');
    if is_pattern {
        return super::regular::replace(&text, &old[1..old.len() - 1], &new);
    }
    if text.matches(&*old).count().saturating_mul(new.len()) > MAX_TEXT {
        return None;
    }
    Some(Datum::text(text.replace(&*old, &new)))
}

fn split(arguments: &[Datum]) -> Option<Datum> {
    let [separator, text] = arguments else { return None };
    let (separator, text) = (separator.as_text()?, text.as_text()?);
    if separator.is_empty() {
        return text_list(text.chars().map(String::from));
    }
    text_list(text.split(&*separator))
}

fn substring(arguments: &[Datum]) -> Option<Datum> {
    let [text, offset, length] = arguments else { return None };
    let text: Vec<char> = text.as_text()?.chars().collect();
    let (offset, length) = (offset.as_number()?.as_whole()?, length.as_number()?.as_whole()?);
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => text.len().saturating_sub(usize::try_from(offset.unsigned_abs()).ok()?),
    };
    let rest = text.get(start..).unwrap_or_default();
    let length = usize::try_from(length).map_or(rest.len(), |length| length.min(rest.len()));
    Some(Datum::text(rest[..length].iter().collect::<String>()))
}

fn title(text: &str) -> String {
    let mut titled = String::new();
    let mut is_start = true;
    for letter in text.chars() {
        if is_start {
            titled.extend(letter.to_uppercase());
        } else {
            titled.push(letter);
        }
        let is_word = letter.is_ascii_alphanumeric() || letter == '_';
        is_start = if letter.is_ascii() { !is_word } else { letter.is_whitespace() };
    }
    titled
}
