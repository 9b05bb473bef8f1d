//! Conditions as Jinja writes them, down to what is neither `and`, `or` nor
//! `not`.

/// How deep conditions are taken apart.
const DEEPEST: u8 = 16;

/// A condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Condition<'t> {
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    /// What is no combination of others.
    Atom(&'t str),
}

/// Takes a condition apart.
pub(super) fn parse(text: &str) -> Condition<'_> {
    part(text, DEEPEST)
}

/// Recursion goes no deeper than `depth`.
fn part(text: &str, depth: u8) -> Condition<'_> {
    let text = bare(text);
    let Some(depth) = depth.checked_sub(1) else { return Condition::Atom(text) };
    let parts = split(text, "or");
    if parts.len() > 1 {
        return Condition::Any(parts.into_iter().map(|one| part(one, depth)).collect());
    }
    let parts = split(text, "and");
    if parts.len() > 1 {
        return Condition::All(parts.into_iter().map(|one| part(one, depth)).collect());
    }
    let negated = text.strip_prefix("not").filter(|rest| rest.starts_with([' ', '(', '\n']));
    match negated {
        Some(rest) => Condition::Not(Box::new(part(rest, depth))),
        None => Condition::Atom(text),
    }
}

/// A text without white space and parentheses around all of it.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
        && is_balanced(inner)
    {
        text = inner.trim();
    }
    text
}

/// Whether no parenthesis is closed before it is opened.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut lowest = 0;
    outside_quotes(text, |_, letter| {
        depth += nesting(letter);
        lowest = lowest.min(depth);
    });
    depth == 0 && lowest >= 0
}

fn nesting(letter: char) -> i32 {
    match letter {
        '(' | '[' | '{' => 1,
        ')' | ']' | '}' => -1,
        _ => 0,
    }
}

/// The parts of a text between words that stand outside of everything.
fn split<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let mut ends = Vec::new();
    let mut depth = 0_i32;
    outside_quotes(text, |at, letter| {
        depth += nesting(letter);
        let stands_alone = || {
            let after = text[at..].strip_prefix(word).and_then(|rest| rest.chars().next());
            let before = text[..at].chars().next_back();
            let is_edge = |one: char| one.is_whitespace() || "()".contains(one);
            before.is_some_and(is_edge) && after.is_some_and(is_edge)
        };
        if depth == 0 && stands_alone() {
            ends.push(at);
        }
    });
    let mut parts = Vec::new();
    let mut from = 0;
    for end in ends {
        parts.push(&text[from..end]);
        from = end + word.len();
    }
    parts.push(&text[from..]);
    parts
}

/// Goes through the letters of a text that are not quoted.
pub(super) fn outside_quotes(text: &str, mut each: impl FnMut(usize, char)) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None => each(at, letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_taken_apart_outside_of_quotes_and_parentheses() {
        let Condition::Any(parts) = parse("(a and not b) or c == 'x or y'") else {
            panic!("not taken apart")
        };
        let Condition::All(inner) = &parts[0] else { panic!("not taken apart") };
        assert_eq!(inner[1], Condition::Not(Box::new(Condition::Atom("b"))));
        assert_eq!(parts[1], Condition::Atom("c == 'x or y'"));
        assert_eq!(parse("(a) == (b)"), Condition::Atom("(a) == (b)"));
        assert_eq!(parse("notes"), Condition::Atom("notes"));
    }
}
