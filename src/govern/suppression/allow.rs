//! What a suppression comment says: `allow[rule-id] reason="…" until=2027-01-31
//! owner=team`.

use crate::catalogue::nearest;
use crate::govern::Day;
use crate::ruleset::{Ruleset, Scope};

/// A suppression.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Allow {
    /// The rules whose findings it suppresses.
    pub(super) rules: Vec<String>,
    /// Whether it is for the whole file.
    pub(super) whole_file: bool,
    /// Why.
    pub(super) reason: String,
    /// The last day on which it counts.
    pub(super) until: Option<Day>,
    /// Who is to look after it.
    pub(super) owner: Option<String>,
}

/// What is wrong with a suppression comment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::govern) struct Mistake {
    pub(in crate::govern) text: String,
    pub(in crate::govern) suggestion: String,
}

const EXAMPLE: &str = "`allow[rule-id] reason=\"…\"`";

/// What ends a comment, or starts another one in it.
const ENDS: [&str; 6] = ["#", "//", "--", "*/", "<!--", ";"];

/// Reads what stands after the marker. Rules that there are not go to `mistakes`
/// and leave the others.
pub(super) fn read(
    words: &str,
    ruleset: &Ruleset,
    mistakes: &mut Vec<Mistake>,
) -> Result<Allow, Mistake> {
    let (verb, rest) = words.split_at(words.find(['[', '(', ' ', '=']).unwrap_or(words.len()));
    let whole_file = match verb {
        "allow" => false,
        "allow-file" => true,
        _ => return Err(mistake(format!("`{verb}` is not known"), format!("Write {EXAMPLE}"))),
    };
    let list = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((list, rest)) = list else {
        let text = "it names no rules in brackets".to_owned();
        return Err(mistake(text, format!("Write {EXAMPLE}")));
    };
    let mut allow = Allow { whole_file, ..Allow::default() };
    let ids = list.split(',').map(str::trim).filter(|id| !id.is_empty());
    for id in ids.clone() {
        match unknown(id, ruleset) {
            Some(mistake) => mistakes.push(mistake),
            None if allow.rules.iter().any(|known| known == id) => {}
            None => allow.rules.push(id.to_owned()),
        }
    }
    if ids.count() == 0 {
        return Err(mistake("it names no rule".to_owned(), format!("Write {EXAMPLE}")));
    }
    read_fields(rest, &mut allow)?;
    if allow.reason.is_empty() {
        let suggestion = "Add `reason=\"…\"`: why the finding may stay".to_owned();
        return Err(mistake("it gives no reason".to_owned(), suggestion));
    }
    Ok(allow)
}

fn mistake(text: String, suggestion: String) -> Mistake {
    Mistake { text, suggestion }
}

/// What is wrong with the name of a rule.
fn unknown(id: &str, ruleset: &Ruleset) -> Option<Mistake> {
    match ruleset.rule(id) {
        Some(rule) if rule.scope == Scope::Suppression => {
            let suggestion = "Repair or delete the comment that is reported".to_owned();
            Some(mistake(format!("`{id}` cannot be suppressed"), suggestion))
        }
        Some(rule) if rule.unsuppressible => Some(fixed(id)),
        Some(_) => None,
        None => {
            let known = nearest(id, ruleset.rules.iter().map(|rule| rule.id.as_str()));
            let suggestion = known.map_or_else(
                || "Name a rule: `ecs-lock-lint rules` lists them".to_owned(),
                |nearest| format!("Did you mean `{nearest}`?"),
            );
            Some(mistake(format!("`{id}` is no rule"), suggestion))
        }
    }
}

/// What to say of a rule that nothing may suppress.
pub(in crate::govern) fn fixed(id: &str) -> Mistake {
    let suggestion = "Repair what it reports: the configuration lets nothing suppress it";
    mistake(format!("`{id}` cannot be suppressed here"), suggestion.to_owned())
}

/// Reads `key=value` and `key="value"`, up to what ends the comment.
fn read_fields(text: &str, allow: &mut Allow) -> Result<(), Mistake> {
    let mut rest = text.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() && !ENDS.iter().any(|end| rest.starts_with(end)) {
        let Some((key, value)) = rest.split_once('=') else { return Err(stray(rest)) };
        let Some((value, after)) = quoted(value) else {
            let text = format!("the value of `{key}` has no closing quote");
            return Err(mistake(text, "Close it on the same line".to_owned()));
        };
        match key {
            "reason" => value.trim().clone_into(&mut allow.reason),
            "owner" => allow.owner = Some(value.to_owned()),
            "until" => allow.until = Some(Day::parse(value).ok_or_else(|| no_day(value))?),
            _ => return Err(stray(rest)),
        }
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    Ok(())
}

/// A value, and what stands after it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let Some(quote) = text.chars().next().filter(|letter| "\"'".contains(*letter)) else {
        return Some(text.split_at(text.find([' ', '\t', ',']).unwrap_or(text.len())));
    };
    text[1..].split_once(quote)
}

fn stray(rest: &str) -> Mistake {
    let word = rest.split_whitespace().next().unwrap_or_default();
    let suggestion = "Write `reason=\"…\"` in quotes, then `until=YYYY-MM-DD` and `owner=…` if \
                      they are wanted";
    mistake(format!("`{word}` is not understood"), suggestion.to_owned())
}

fn no_day(value: &str) -> Mistake {
    mistake(format!("`{value}` is no day"), "Write it as `until=2027-01-31`".to_owned())
}
