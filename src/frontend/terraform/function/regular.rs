//! Regular expressions. The syntax is that of the library: both follow RE2.

use regex::{Captures, Regex, RegexBuilder};

use super::super::datum::{Datum, MAX_TEXT};
use super::{Function, known};

pub(super) const FUNCTIONS: &[Function] = &[
    known("regex", |arguments| {
        let (pattern, text) = read(arguments)?;
        captured(&pattern, &pattern.captures(&text)?)
    }),
    known("regexall", |arguments| {
        let (pattern, text) = read(arguments)?;
        let all = pattern.captures_iter(&text).take(MAX_MATCHES);
        Datum::list(all.map(|captures| captured(&pattern, &captures)).collect::<Option<_>>()?)
    }),
];

/// How large a compiled pattern may be, in bytes.
const MAX_PATTERN: usize = 1 << 20;

/// How many matches are looked for.
const MAX_MATCHES: usize = 10_000;

fn read(arguments: &[Datum]) -> Option<(Regex, std::rc::Rc<str>)> {
    let [pattern, text] = arguments else { return None };
    Some((compile(&pattern.as_text()?)?, text.as_text()?))
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build().ok()
}

/// What a match gives: its text, or what its groups caught, by name if they have
/// any.
fn captured(pattern: &Regex, captures: &Captures<'_>) -> Option<Datum> {
    let text = |group: Option<regex::Match<'_>>| {
        group.map_or(Datum::Null, |group| Datum::text(group.as_str()))
    };
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    if names.is_empty() {
        return Some(text(captures.get(0)));
    }
    if names.iter().any(Option::is_some) {
        let entry = |name: Option<&str>| Some((name?.into(), text(captures.name(name?))));
        return Datum::map(names.into_iter().map(entry).collect::<Option<_>>()?);
    }
    Datum::list((1..captures.len()).map(|group| text(captures.get(group))).collect())
}

/// Replaces what a pattern matches; `$1` and `${name}` stand for groups.
pub(super) fn replace(text: &str, pattern: &str, new: &str) -> Option<Datum> {
    let replaced = compile(pattern)?.replace_all(text, new);
    (replaced.len() <= MAX_TEXT).then(|| Datum::text(replaced.into_owned()))
}
