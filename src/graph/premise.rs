//! What is so wherever a step runs, as far as the conditions around it say plainly
//! that something is, or is not, a certain value. Steps whose premises contradict
//! each other are alternatives, though one stands after the other.

/// The longest condition that is looked at, in bytes.
const MOST_BYTES: usize = 400;

/// Words and signs by which conditions are joined.
const ALL_OF: &[&str] = &["&&", " and ", " AND ", " -a ", " -and "];
const ANY_OF: &[&str] = &["||", " or ", " OR ", " -o ", " -or "];

/// What compares two values, and whether it holds if they are the same.
const COMPARISONS: &[(&str, bool)] = &[
    ("===", true),
    ("!==", false),
    ("==", true),
    ("!=", false),
    (" -eq ", true),
    (" -ne ", false),
    (" -ceq ", true),
    (" not in ", false),
    (" in ", true),
    (" = ", true),
];

/// What stands around a condition without a meaning of its own.
const AROUND: &[(&str, &str)] = &[
    ("${{", "}}"),
    ("{{", "}}"),
    ("[[ ", " ]]"),
    ("[ ", " ]"),
    ("test ", ""),
    ("if ", ""),
    ("(", ")"),
];

/// What makes words of another case or form of a value, at the end of its text.
const FORMS: &[&str] =
    &[".lower()", ".upper()", ".strip()", ".trim()", ".toLowerCase()", ".toUpperCase()"];

/// Something of which the value is known where a step runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Premise {
    /// In which run of a function it is so: names are those of the function.
    pub scope: usize,
    /// Source text of what has the value, without quotes and braces.
    pub subject: String,
    /// What it may be; any value that counts as true if there are none.
    pub values: Vec<String>,
    /// Whether it is one of these, rather than none.
    pub holds: bool,
    /// Whether a loop stands around the condition.
    pub repeated: bool,
}

impl Premise {
    /// Whether both cannot be so.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        if self.scope != other.scope || self.subject != other.subject {
            return false;
        }
        match (self.holds, other.holds) {
            (true, true) if self.values.is_empty() || other.values.is_empty() => false,
            (true, true) => !self.values.iter().any(|value| has(&other.values, value)),
            (true, false) => covers(&other.values, &self.values),
            (false, true) => covers(&self.values, &other.values),
            (false, false) => false,
        }
    }

    /// What is so where it is not.
    pub(super) fn reversed(&self) -> Self {
        Self { holds: !self.holds, ..self.clone() }
    }
}

fn has(values: &[String], value: &str) -> bool {
    values.iter().any(|known| known.eq_ignore_ascii_case(value))
}

/// Whether all that one may be is excluded; truth is not one value among others.
fn covers(excluded: &[String], values: &[String]) -> bool {
    excluded.is_empty() == values.is_empty() && values.iter().all(|value| has(excluded, value))
}

/// The premises that a condition puts in front of what hangs on it.
pub(super) fn premises(condition: &str) -> Vec<Premise> {
    if condition.len() > MOST_BYTES {
        return Vec::new();
    }
    let condition = bare(condition);
    let all = ["Fn::And", "and"].iter().find_map(|name| function(condition, name));
    // A list of conditions, all of which must hold.
    let is_list = |text: &&str| !text.starts_with([' ', '[']);
    let list = || condition.strip_prefix('[')?.strip_suffix(']').filter(is_list);
    let all = all.or_else(list);
    if let Some(listed) = all {
        return items(listed).into_iter().filter_map(one).collect();
    }
    if is_joined(condition, ANY_OF) {
        return any_of(&parts(condition, ANY_OF)).into_iter().collect();
    }
    parts(condition, ALL_OF).into_iter().filter_map(one).collect()
}

/// One that says that something is this or that.
fn any_of(parts: &[&str]) -> Option<Premise> {
    let mut all = parts.iter().map(|part| one(part));
    let mut first = all.next()??;
    for other in all {
        let other = other?;
        let fits = other.subject == first.subject && !other.values.is_empty() && other.holds;
        if !fits {
            return None;
        }
        first.values.extend(other.values);
    }
    (first.holds && !first.values.is_empty()).then_some(first)
}

fn is_joined(condition: &str, by: &[&str]) -> bool {
    by.iter().any(|word| condition.contains(word))
}

fn parts<'c>(condition: &'c str, by: &[&str]) -> Vec<&'c str> {
    let mut parts = vec![condition];
    for word in by {
        parts = parts.into_iter().flat_map(|part| part.split(word)).collect();
    }
    parts
}

/// A condition without what stands around it.
fn bare(mut condition: &str) -> &str {
    loop {
        condition = condition.trim();
        let inner = AROUND.iter().find_map(|(open, close)| {
            let inner = condition.strip_prefix(open)?.strip_suffix(close)?;
            // What is closed in between is another pair.
            (close.is_empty() || !inner.contains(close)).then_some(inner)
        });
        let Some(inner) = inner else { return condition };
        condition = inner;
    }
}

/// The premise of a condition that is no composition of others.
fn one(condition: &str) -> Option<Premise> {
    let (condition, mut holds) = straight(condition);
    let Some((left, right, same)) = compared(condition) else {
        return Some(Premise { holds, ..said(subject(condition)?, Vec::new()) });
    };
    holds = holds == same;
    let (subject, values) = match (literals(left, right), literals(right, left)) {
        (None, Some(values)) => (subject(left)?, values),
        (Some(values), None) => (subject(right)?, values),
        _ => return None,
    };
    Some(truth(Premise { holds, ..said(subject, values) }))
}

fn said(subject: String, values: Vec<String>) -> Premise {
    Premise { scope: 0, subject, values, holds: true, repeated: false }
}

/// A condition without the negations in front of it, and whether it holds as it is.
fn straight(condition: &str) -> (&str, bool) {
    let mut condition = bare(condition);
    let mut holds = true;
    loop {
        let inner = condition.strip_prefix("not ").or(condition.strip_prefix("Fn::Not "));
        let inner = inner.or(condition.strip_prefix('!').filter(|rest| !rest.starts_with('=')));
        let Some(inner) = inner else { return (condition, holds) };
        condition = bare(inner);
        holds = !holds;
    }
}

/// The two sides of a comparison, and whether it holds if they are the same.
fn compared(condition: &str) -> Option<(&str, &str, bool)> {
    for (name, same) in [("Fn::Equals", true), ("eq", true), ("ne", false)] {
        if let Some(listed) = function(condition, name) {
            let [left, right] = items(listed)[..] else { return None };
            return Some((left, right, same));
        }
    }
    if let Some((left, rest)) = condition.split_once(".equals(") {
        return Some((left, rest.strip_suffix(')')?, true));
    }
    let found = COMPARISONS.iter().filter_map(|(sign, same)| {
        Some((condition.find(sign)?, std::cmp::Reverse(sign.len()), *sign, *same))
    });
    let (at, _, sign, same) = found.min()?;
    let (left, right) = (condition.get(..at)?, condition.get(at + sign.len()..)?);
    let is_fit = !sign.ends_with("in ") || listed(right.trim()).is_some();
    is_fit.then_some((left, right, same))
}

/// One that is said of `true` or `false` is said of truth.
fn truth(mut premise: Premise) -> Premise {
    let [value] = premise.values.as_slice() else { return premise };
    if value.eq_ignore_ascii_case("true") {
        premise.values.clear();
    } else if value.eq_ignore_ascii_case("false") {
        premise.values.clear();
        premise.holds = !premise.holds;
    }
    premise
}

/// What a function is given.
fn function<'c>(condition: &'c str, name: &str) -> Option<&'c str> {
    listed(condition.strip_prefix(name)?.trim())
}

/// The items of a list in one line, outside of inner lists.
fn items(listed: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parted = |letter: char| {
        match letter {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    };
    listed.split(parted).map(str::trim).collect()
}

fn listed(text: &str) -> Option<&str> {
    let pairs = [('[', ']'), ('(', ')')];
    pairs.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// The values that a text stands for as it is, where it is compared with another.
fn literals(text: &str, other: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let values: Option<Vec<_>> = match listed(text) {
        Some(listed) => items(listed).into_iter().map(|item| literal(item, other)).collect(),
        None => Some(vec![literal(text, other)?]),
    };
    values.filter(|values| !values.is_empty())
}

fn literal(text: &str, other: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || "-_.:/ ".contains(letter);
    let quoted = ['"', '\''].iter().find_map(|quote| unquoted(text, *quote));
    let word = quoted.unwrap_or(text);
    if word.is_empty() || !word.chars().all(is_part) {
        return None;
    }
    // Where names have a sign, words stand for themselves; where they have none, the
    // name of a constant does.
    let is_value = quoted.is_some()
        || has_sign(other)
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || ["true", "false"].iter().any(|known| word.eq_ignore_ascii_case(known))
        || is_constant(word) && !is_constant(other.trim());
    is_value.then(|| word.to_owned())
}

fn has_sign(text: &str) -> bool {
    text.contains('$') || text.contains("{{")
}

/// Whether the last part of a name starts like that of a constant.
fn is_constant(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with(|letter: char| letter.is_ascii_uppercase()) && !name.contains(' ')
}

fn unquoted(text: &str, quote: char) -> Option<&str> {
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// What a condition is about: a name, a parameter, or a part of one.
fn subject(text: &str) -> Option<String> {
    let text = text.trim();
    let text = ['"', '\''].iter().find_map(|quote| unquoted(text, *quote)).unwrap_or(text);
    let text = bare(text).trim_start_matches('$');
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    // A default, or a filter.
    let text = text.split('|').next()?.split(":-").next()?.trim();
    let text = FORMS.iter().find_map(|form| text.strip_suffix(form)).unwrap_or(text);
    let is_part = |letter: char| letter.is_alphanumeric() || "_.-[]'\"".contains(letter);
    let is_name = text.chars().all(is_part) && text.contains(char::is_alphanumeric);
    is_name.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::premises;

    fn shown(condition: &str) -> String {
        let all = premises(condition).into_iter().map(|premise| {
            let sign = if premise.holds { "" } else { "not " };
            format!("{sign}{} {}", premise.subject, premise.values.join("|")).trim().to_owned()
        });
        all.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn plain_conditions_are_understood() {
        for (condition, expected) in [
            (r#"[ "$1" = stop ]"#, "1 stop"),
            (r#"[[ "${1:-x}" == "stop" && $2 != y ]]"#, "1 stop, not 2 y"),
            (r#"[ "$1" = stop ] || [ "$1" = restart ]"#, "1 stop|restart"),
            (r#"test "$MODE" != stop"#, "not MODE stop"),
            ("Fn::Equals [stop, {{ order }}]", "order stop"),
            ("Fn::Not Fn::Equals [{{ look.status }}, Running]", "not look.status Running"),
            ("Fn::And [Fn::Equals [a, {{ x }}], {{ y }}]", "x a, y"),
            ("[action == 'stop', not dry_run]", "action stop, not dry_run"),
            ("action | default('stop') == 'stop'", "action stop"),
            ("action in ['stop', \"restart\"]", "action stop|restart"),
            ("args.action == \"stop\"", "args.action stop"),
            ("event['action'] == 'stop'", "event['action'] stop"),
            ("(mode === 'stop')", "mode stop"),
            ("mode == ActionStop", "mode ActionStop"),
            ("\"stop\".equals(mode)", "mode stop"),
            ("${{ inputs.action == 'stop' }}", "inputs.action stop"),
            ("${{ if eq(parameters.action, 'Start') }}", "parameters.action Start"),
            ("$verb -eq 'a'", "verb a"),
            ("always() && github.actor != 'bot'", "not github.actor bot"),
            ("!restart", "not restart"),
            ("restart == false", "not restart"),
        ] {
            assert_eq!(shown(condition), expected, "{condition}");
        }
    }

    #[test]
    fn others_say_nothing() {
        for condition in [
            "[[ $out == *Locked* ]]",
            "$(state) = Running",
            "getStatus() == 'Running'",
            "'stop' in actions",
            "a == 'x' or b == 'y'",
            "Fn::Or [{{ a }}, {{ b }}]",
            "one == other",
            "[ $? -eq 0 ]",
            "[ -z \"$ID\" ]",
            "",
            "==",
            "[",
            "\"",
            "${{",
        ] {
            assert_eq!(shown(condition), "", "{condition}");
        }
    }
}
