//! Looks at the lock state of an instance: conditions on answers and facts that
//! tell of it.

use std::collections::HashMap;

use super::condition::{self, Condition, outside_quotes};
use super::jinja;
use super::run::Run;
use super::scope::{Frame, Named};
use crate::frontend::lock_state::{self, Assurance};
use crate::frontend::template::Item;
use crate::procedure::{Guard, Leave, Node, Target};

/// How many variables are followed to what they ask for.
const DEEPEST: u8 = 4;

/// The reason for a lock that is ours.
const SECURITY: &str = "security";

/// Other reasons; a look for these alone does not see the security lock.
const OTHER_REASONS: [&str; 4] = ["financial", "recycling", "dedicatedhostfinancial", "refunded"];

/// What the lock state is if there is no lock.
const NOTHING: [&str; 8] = ["", "[]", "{}", "0", "none", "null", "false", "omit"];

/// How comparisons are written, the longer ones first.
const SIGNS: [&str; 6] = ["==", "!=", ">=", "<=", ">", "<"];

/// Names that tell of a lock.
#[derive(Debug, Default)]
pub(super) struct Looks {
    names: HashMap<String, Look>,
}

/// What a name tells.
#[derive(Clone, Debug)]
struct Look {
    target: Target,
    /// What is sure where the name itself is true.
    truth: Option<Assurance>,
}

impl Looks {
    /// Takes note of the name of an answer that tells of a lock.
    pub(super) fn answer(&mut self, name: &str, target: Target) {
        self.names.insert(name.to_owned(), Look { target, truth: None });
    }

    /// Takes note of a fact that tells of a lock.
    fn fact(&mut self, name: &str, target: Target, truth: Assurance) {
        self.names.insert(name.to_owned(), Look { target, truth: Some(truth) });
    }

    /// Takes note that a name tells of something else.
    pub(super) fn forget(&mut self, name: &str) {
        self.names.remove(name);
    }

    /// The look that an expression asks for.
    fn asked(&self, expression: &str) -> Option<&Look> {
        if self.names.is_empty() {
            return None;
        }
        jinja::names(expression).find_map(|name| self.names.get(name))
    }
}

impl<'t> Run<'_, 't> {
    /// Takes note of what a fact tells of a lock.
    pub(super) fn note_fact(&mut self, name: &str, written: &str, frame: &Frame<'t>) {
        let expression = jinja::sole(written).unwrap_or(written);
        let truth = self.assured(expression, frame, DEEPEST);
        let target = self.looked_at(expression);
        if truth == Assurance::default() {
            if lock_state::is_mentioned(expression) && sees_security(expression) {
                self.looks.answer(name, target);
            } else {
                self.looks.forget(name);
            }
        } else {
            self.looks.fact(name, target, truth);
        }
    }

    /// What conditions that must all hold say of the lock: a text, or a list.
    pub(super) fn assurance(&self, conditions: Item<'t>, frame: &Frame<'t>) -> Assurance {
        let texts = conditions.items().filter_map(Item::text).chain(conditions.text());
        let of = |text| {
            let expression = jinja::sole(text).unwrap_or(text);
            self.assured(expression, frame, DEEPEST)
        };
        let parts: Vec<Assurance> = texts.map(of).collect();
        if parts.is_empty() { Assurance::default() } else { Assurance::all(parts.into_iter()) }
    }

    /// The look that conditions take, and what runs only if there is no lock.
    pub(super) fn guarded(&self, conditions: Item<'t>, body: Vec<Node>) -> Node {
        Node::Guard(Guard { body, ..self.guard(conditions) })
    }

    /// The look that conditions take, with which a run ends if there is a lock.
    pub(super) fn look(&self, conditions: Item<'t>, leave: Leave) -> Node {
        Node::Guard(Guard { locked: vec![Node::Leave(leave)], ..self.guard(conditions) })
    }

    fn guard(&self, conditions: Item<'t>) -> Guard {
        let mut texts = conditions.items().filter_map(Item::text).chain(conditions.text());
        let target = texts.find_map(|text| match self.looked_at(text) {
            Target::Unknown => None,
            target => Some(target),
        });
        let target = target.unwrap_or(Target::Unknown);
        Guard { span: conditions.span(), target, body: Vec::new(), locked: Vec::new() }
    }

    /// The instance whose lock an expression asks for.
    fn looked_at(&self, expression: &str) -> Target {
        if let Some(look) = self.looks.asked(expression) {
            return look.target.clone();
        }
        let answer = jinja::names(expression).find_map(|name| self.answers.get(name));
        answer.map_or(Target::Unknown, |answer| answer.target.clone())
    }

    fn assured(&self, expression: &str, frame: &Frame<'t>, depth: u8) -> Assurance {
        self.weighed(&condition::parse(expression), frame, depth)
    }

    /// Recursion goes no deeper than the condition was taken apart.
    fn weighed(&self, condition: &Condition<'_>, frame: &Frame<'t>, depth: u8) -> Assurance {
        match condition {
            Condition::Not(inner) => self.weighed(inner, frame, depth).negated(),
            Condition::All(parts) => {
                Assurance::all(parts.iter().map(|part| self.weighed(part, frame, depth)))
            }
            Condition::Any(parts) => {
                let parts = parts.iter().map(|part| self.weighed(part, frame, depth).negated());
                Assurance::all(parts).negated()
            }
            Condition::Atom(text) => self.atom(text, frame, depth),
        }
    }

    fn atom(&self, text: &str, frame: &Frame<'t>, depth: u8) -> Assurance {
        let plain = text.split('|').next().unwrap_or(text).trim();
        if let Some(look) = self.looks.names.get(plain)
            && let Some(truth) = look.truth
            && text.split('|').skip(1).all(|filter| filter.trim() == "bool")
        {
            return truth;
        }
        if let Some(Named::Item(item)) = frame.named(plain)
            && let Some(expression) = item.text().and_then(jinja::sole)
            && let Some(depth) = depth.checked_sub(1)
        {
            return self.assured(expression, frame, depth);
        }
        if !self.tells(text) || !sees_security(text) {
            return Assurance::default();
        }
        self.comparison(text)
    }

    /// What a comparison with the lock state says.
    fn comparison(&self, text: &str) -> Assurance {
        let names_lock = |side: &str| {
            side.to_ascii_lowercase().contains(SECURITY) || lock_state::is_mentioned(side)
        };
        let looks_for = |what: &str, answer: &str| {
            let is_answer = || jinja::names(answer).any(|name| self.answers.contains_key(name));
            names_lock(what)
                && (self.tells(answer) || lock_state::is_mentioned(what) && is_answer())
        };
        if let Some((left, right)) = cut(text, " not in ") {
            let looks = looks_for(left, right);
            return if looks { Assurance::UNLOCKED } else { Assurance::default() };
        }
        if let Some((left, right)) = cut(text, " in ") {
            let looks = looks_for(left, right);
            return if looks { Assurance::LOCKED } else { Assurance::default() };
        }
        if let Some((_, test)) = cut(text, " is ") {
            return test_of(test, names_lock(test));
        }
        for sign in SIGNS {
            if let Some((left, right)) = cut(text, sign) {
                let (asked, other) = if self.tells(left) { (left, right) } else { (right, left) };
                let swapped = std::ptr::eq(asked, right);
                return compared(asked, sign, other.trim(), swapped);
            }
        }
        // An answer as a whole is true whatever it tells.
        let is_whole = jinja::path(text).is_some_and(|path| path.len() == 1);
        if is_whole && !lock_state::is_mentioned(text) {
            return Assurance::default();
        }
        Assurance::LOCKED
    }

    /// Whether an expression asks for the lock state.
    fn tells(&self, expression: &str) -> bool {
        if lock_state::is_mentioned(expression) {
            return true;
        }
        let Some(look) = self.looks.asked(expression) else { return false };
        let parts = [".stdout", ".json", "['stdout", "from_json", SECURITY];
        look.truth.is_some()
            || parts.iter().any(|part| expression.contains(part))
            || is_fact(expression)
    }
}

/// Whether an expression is a name, with filters or without.
fn is_fact(expression: &str) -> bool {
    let plain = expression.split('|').next().unwrap_or(expression);
    jinja::path(plain).is_some_and(|path| path.len() == 1)
}

/// Whether an expression asks for the lock state, and not for other locks alone.
fn sees_security(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains(SECURITY) || !OTHER_REASONS.iter().any(|one| text.contains(one))
}

/// What a test says: `x is search('security')`, `x is none`.
fn test_of(test: &str, names_lock: bool) -> Assurance {
    let test = test.trim();
    let (test, negated) = match test.strip_prefix("not ") {
        Some(rest) => (rest.trim_start(), true),
        None => (test, false),
    };
    let name = test.split(['(', ' ']).next().unwrap_or(test);
    let holds = match name {
        "search" | "match" | "regex" | "contains" if names_lock => Assurance::LOCKED,
        "none" | "falsy" | "undefined" => Assurance::UNLOCKED,
        "truthy" => Assurance::LOCKED,
        _ => Assurance::default(),
    };
    if negated { holds.negated() } else { holds }
}

/// What it says that the lock state stands so to a constant.
fn compared(asked: &str, sign: &str, constant: &str, swapped: bool) -> Assurance {
    let bare = constant.trim_matches(|letter: char| " `'\"()".contains(letter));
    let bare = bare.to_ascii_lowercase();
    let counts = ["length", "count"].iter().any(|filter| asked.contains(filter));
    let sign = match sign {
        ">" if swapped => "<",
        "<" if swapped => ">",
        ">=" if swapped => "<=",
        "<=" if swapped => ">=",
        sign => sign,
    };
    match (sign, bare.as_str()) {
        ("==" | "<=", "0") | ("<", "1") if counts => Assurance::UNLOCKED,
        ("!=" | ">", "0") | (">=", "1") if counts => Assurance::LOCKED,
        _ if counts => Assurance::default(),
        ("==", text) if NOTHING.contains(&text) => Assurance::UNLOCKED,
        ("!=", text) if NOTHING.contains(&text) => Assurance::LOCKED,
        ("==", text) if text.contains(SECURITY) => Assurance::LOCKED,
        ("!=", text) if text.contains(SECURITY) => Assurance::UNLOCKED,
        ("==", "true") => Assurance::LOCKED,
        _ => Assurance::default(),
    }
}

/// The two sides of a sign that stands outside of quotes and parentheses.
fn cut<'e>(text: &'e str, sign: &str) -> Option<(&'e str, &'e str)> {
    let mut found = None;
    let mut depth = 0_i32;
    outside_quotes(text, |at, letter| {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && found.is_none() && text[at..].starts_with(sign) {
            found = Some(at);
        }
    });
    found.map(|at| (&text[..at], &text[at + sign.len()..]))
}
