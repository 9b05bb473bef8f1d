//! Conditions that tell failures apart by their error codes, and where statements lead
//! for a code that none of these conditions picks out.

use super::code::{Expression, Statement, Switch, Value};
use super::machine::Machine;
use super::thing::Thing;
use crate::frontend::error_code;

/// Words of conditions that ask what a failure is.
const ASKS: &[&str] = &[
    "code",
    "message",
    "msg",
    "err",
    "exc",
    "status",
    "throttl",
    "retry",
    "retriable",
    "transient",
    "(e)",
    "e.",
];

/// How many words of a condition are looked up.
const MOST_WORDS: usize = 32;

/// The shortest text that is taken for an error code.
const SHORTEST: usize = 4;

/// The longest function that is searched for codes, in bytes.
const LONGEST: usize = 4096;

/// Stands for error codes that are not known.
const SOME_CODE: &str = "…";

/// A condition that asks for error codes.
pub(super) struct Test {
    pub(super) codes: Vec<String>,
    /// Whether it holds for the others.
    pub(super) is_other: bool,
}

/// What statements lead to where no condition that asks for a code picks it out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// To what comes next.
    Falls,
    /// Out, with a failure.
    Fails,
    /// Anywhere else.
    Elsewhere,
}

impl Machine<'_> {
    /// The error codes that a text names, itself or by the names of constants.
    pub(super) fn codes_in(&mut self, text: &str) -> Vec<String> {
        let mut codes = error_code::named(text);
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = text.split(|letter: char| !is_part(letter));
        let constants = words.filter(|word| {
            word.len() >= SHORTEST && word.starts_with(|it: char| it.is_ascii_uppercase())
        });
        for word in constants.take(MOST_WORDS) {
            match self.lookup(word) {
                Thing::List(list) => {
                    let texts = list.items.iter().filter_map(Thing::as_text);
                    codes.extend(texts.filter(|it| is_code_like(it)).map(str::to_owned));
                }
                thing => codes.extend(thing.as_text().map(error_code::named).unwrap_or_default()),
            }
        }
        codes
    }

    /// What a condition asks, if it asks for error codes.
    pub(super) fn test(&mut self, condition: &Expression) -> Option<Test> {
        let text = self.source.text.get(condition.at.clone())?.to_owned();
        let mut codes = self.codes_in(&text);
        let lower = text.to_ascii_lowercase();
        if codes.is_empty() && ASKS.iter().any(|word| lower.contains(word)) {
            codes.extend(quoted(&text).map(str::to_owned));
            if codes.is_empty() && asks_for_unknown(&lower) {
                codes.push(SOME_CODE.to_owned());
            }
        }
        if codes.is_empty() {
            codes = self.codes_asked_by(&text);
        }
        let is_other = ["!=", "not in", "not ", "!"].iter().any(|sign| text.contains(sign));
        (!codes.is_empty()).then_some(Test { codes, is_other })
    }

    /// The error codes that the functions of the file name which a condition calls, or
    /// whose answer it looks at.
    fn codes_asked_by(&mut self, condition: &str) -> Vec<String> {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let mut codes = Vec::new();
        for word in condition.split(|letter: char| !is_part(letter)).take(MOST_WORDS) {
            if word.len() < SHORTEST {
                continue;
            }
            let name = called_for(word, &self.handler).unwrap_or(word);
            let function = self.facts.looked.function(name);
            let Some(function) = function.and_then(|number| self.unit.functions.get(number)) else {
                continue;
            };
            let body = self.source.text.get(function.at.clone()).unwrap_or_default();
            let body = body[..body.floor_char_boundary(LONGEST)].to_owned();
            codes.extend(self.codes_in(&body));
            let lower = body.to_ascii_lowercase();
            if codes.is_empty() && asks_for_unknown(&lower) {
                codes.extend(quoted(&body).map(str::to_owned));
            }
        }
        codes
    }

    pub(super) fn codes_of(&mut self, value: &Expression) -> Vec<String> {
        let text = self.source.text.get(value.at.clone()).unwrap_or_default().to_owned();
        let codes = self.codes_in(&text);
        if codes.is_empty() { quoted(&text).map(str::to_owned).collect() } else { codes }
    }

    /// Where statements lead for a code that they do not name, and the codes that
    /// they name and that lead elsewhere.
    pub(super) fn end(&mut self, block: &[Statement], going: &mut Vec<String>) -> End {
        for statement in block {
            let end = match statement {
                Statement::Raise(_) => End::Fails,
                Statement::Return(values) if self.fails_by(values) => End::Fails,
                Statement::Return(_) | Statement::Break | Statement::Continue | Statement::Jump => {
                    End::Elsewhere
                }
                Statement::Block(block) => self.end(block, going),
                Statement::If(branch) => {
                    let otherwise = branch.otherwise.as_deref().unwrap_or_default();
                    self.end_of_arms(
                        &[(Some(&branch.condition), &branch.then), (None, otherwise)],
                        going,
                    )
                }
                Statement::Chain(arms) => {
                    let arms: Vec<_> = arms
                        .iter()
                        .map(|(condition, body)| (condition.as_ref(), &**body))
                        .collect();
                    self.end_of_arms(&arms, going)
                }
                Statement::Switch(switch) => self.end_of_switch(switch, going),
                _ => End::Falls,
            };
            if end != End::Falls {
                return end;
            }
        }
        End::Falls
    }

    fn end_of_arms(
        &mut self,
        arms: &[(Option<&Expression>, &[Statement])],
        going: &mut Vec<String>,
    ) -> End {
        for (condition, body) in arms {
            let Some(condition) = condition else { return self.end(body, going) };
            let Some(test) = self.test(condition) else {
                // What decides here is no code: nothing is sure unless all go the
                // same way.
                let end = self.end(body, going);
                if end == End::Falls {
                    continue;
                }
                return End::Elsewhere;
            };
            let end = self.end(body, going);
            if test.is_other {
                if end == End::Fails {
                    going.extend(test.codes);
                }
                return end;
            }
            if end != End::Fails {
                going.extend(test.codes);
            } else if matches!(test.codes.as_slice(), [code] if code == SOME_CODE) {
                // Some lead out, and the lock's may be among them.
                going.extend(test.codes);
                return End::Fails;
            }
        }
        End::Falls
    }

    fn end_of_switch(&mut self, switch: &Switch, going: &mut Vec<String>) -> End {
        let mut last = End::Falls;
        for (number, case) in switch.cases.iter().enumerate() {
            let shared = switch.cases[number..].iter().find(|it| !it.body.is_empty());
            let end = shared.map_or(End::Falls, |it| self.end(&it.body, &mut Vec::new()));
            if case.values.is_empty() {
                // A jump out of it.
                last = if end == End::Elsewhere { End::Falls } else { end };
            } else if end != End::Fails {
                let codes: Vec<String> =
                    case.values.iter().flat_map(|value| self.codes_of(value)).collect();
                going.extend(codes);
            }
        }
        last
    }

    /// Whether returning this is how a function fails.
    fn fails_by(&self, values: &[Expression]) -> bool {
        self.returns_error()
            && values.last().is_some_and(|last| !matches!(last.value, Value::Nothing))
    }
}

/// Whether a condition asks a function, or a list from elsewhere, what to do about a
/// failure.
pub(super) fn asks_for_unknown(lower: &str) -> bool {
    const SIGNS: &[&str] = &["code", "throttl", "retryable", "retriable", "transient", "status"];
    const COUNTS: &[&str] = &["attempt", "tries", "retries", "count"];
    SIGNS.iter().any(|sign| lower.contains(sign)) && !COUNTS.iter().any(|it| lower.contains(it))
}

/// The function whose answer a variable is given in the text of a handler.
fn called_for<'t>(variable: &str, handler: &'t str) -> Option<&'t str> {
    const LONGEST: usize = 4096;
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let handler = &handler[..handler.floor_char_boundary(LONGEST)];
    handler.match_indices(variable).find_map(|(at, _)| {
        let is_start = !handler.get(..at)?.ends_with(is_part);
        let rest = handler.get(at + variable.len()..)?.trim_start();
        let value = rest.strip_prefix(":=").or_else(|| rest.strip_prefix('='))?;
        let (callee, _) = value.split_once('(').filter(|_| is_start)?;
        let start = callee.rfind(|letter| !is_part(letter)).map_or(0, |at| at + 1);
        callee.get(start..).filter(|name| !name.is_empty() && !callee.contains('\n'))
    })
}

fn is_code_like(text: &str) -> bool {
    text.len() >= SHORTEST && !text.contains(char::is_whitespace)
}

/// The texts between quotes that may be error codes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['"', '\'']);
    parts.skip(1).step_by(2).filter(|part| is_code_like(part))
}
