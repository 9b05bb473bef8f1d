//! What handlers do about the failures that they take: which error codes they name,
//! which of these they only pass over, and with which alone a run goes on.

use super::by_code::End;
use super::code::{Catch, Expression, Statement, Switch, Value, extent};
use super::machine::Machine;
use super::thing::Thing;
use crate::procedure::Handler;

/// How many types a handler may take, of which each is looked at.
const MOST_TYPES: usize = 16;

/// What statements do about failures, by error codes.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The codes that they name and do something about.
    pub(super) codes: Vec<String>,
    /// Those that they name only to do nothing about them, without a trace.
    pub(super) ignores: Vec<String>,
    /// Those with which alone they go on; others lead out.
    pub(super) only: Vec<String>,
}

/// A handler with what it does about codes.
pub(super) fn with_codes(handler: Handler, told: Told) -> Handler {
    let Told { codes, ignores, only } = told;
    Handler { codes, ignores, only, ..handler }
}

impl Machine<'_> {
    /// What the statements of a handler do about error codes.
    pub(super) fn told_by(&mut self, block: &[Statement]) -> Told {
        let mut told = Told::default();
        let Some(at) = extent(block) else { return told };
        let text = self.source.text[at.clone()].to_owned();
        told.codes = self.codes_in(&text);
        let line = self.source.text[..at.start].rfind('\n').map_or(0, |end| end + 1);
        let whole = self.source.text.get(line..at.end).unwrap_or_default().to_owned();
        let around = std::mem::replace(&mut self.handler, whole);
        let mut passing = Passing::default();
        self.passing(block, true, &mut passing);
        told.codes.retain(|code| !passing.idle.contains(code) && !passing.silent.contains(code));
        told.ignores = passing.silent;
        let mut going = Vec::new();
        if self.end(block, &mut going) == End::Fails {
            told.only = going;
        }
        self.handler = around;
        told
    }

    /// What a handler does about error codes. What it takes may name those alone that
    /// it is for.
    pub(super) fn told_by_catch(&mut self, catch: &Catch) -> Told {
        let body = self.own_body(catch);
        let mut told = self.told_by(body);
        let Some((_, filter)) = catch.takes.as_deref().and_then(|it| it.split_once(" when "))
        else {
            return told;
        };
        let codes = self.codes_in(filter);
        if codes.is_empty() || filter.contains('!') {
            return told;
        }
        if self.passes_over(body) {
            told.codes.clear();
            told.ignores.clone_from(&codes);
        } else {
            told.codes.extend(codes.iter().cloned());
        }
        told.only = codes;
        told
    }

    /// The statements of a handler without those that say what it takes.
    pub(super) fn own_body<'b>(&self, catch: &'b Catch) -> &'b [Statement] {
        let takes = catch.takes.as_deref().unwrap_or_default();
        let says = |statement: &Statement| match statement {
            Statement::Assign(assign) => assign.values.is_empty(),
            Statement::Plain(filter) => {
                let text = self.source.text.get(filter.at.clone()).unwrap_or_default();
                takes.contains(" when ") && takes.contains(text)
            }
            _ => false,
        };
        let first = catch.body.iter().position(|statement| !says(statement));
        first.and_then(|first| catch.body.get(first..)).unwrap_or_default()
    }

    /// Whether a handler takes none of the failures that the API answers with.
    pub(super) fn takes_other(&mut self, catch: &Catch) -> bool {
        let Some(takes) = catch.takes.as_deref().filter(|_| !self.dialect.other_errors.is_empty())
        else {
            return false;
        };
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '\\');
        let names = takes.split(|letter: char| !is_part(letter));
        let starts_upper = |name: &&str| {
            let last = name.rsplit(['.', '\\']).next().unwrap_or_default();
            last.starts_with(|first: char| first.is_ascii_uppercase())
        };
        let mut types = names.filter(starts_upper).take(MOST_TYPES).peekable();
        types.peek().is_some()
            && types.all(|name| match self.lookup(name) {
                Thing::Imported(path) => self.dialect.other_errors.contains(&&*path),
                Thing::Unknown(_) => self.dialect.other_errors.contains(&name),
                _ => false,
            })
    }

    /// Finds the codes for which statements do nothing, or only try again.
    fn passing(&mut self, block: &[Statement], is_end: bool, found: &mut Passing) {
        for (number, statement) in block.iter().enumerate() {
            let rest = &block[number + 1..];
            let falls_out = is_end && is_silent(rest);
            match statement {
                Statement::If(branch) => {
                    let otherwise = branch.otherwise.as_deref().unwrap_or_default();
                    let next = is_end.then_some(rest);
                    self.passing_arm(&branch.condition, &branch.then, (otherwise, next), found);
                    self.passing(otherwise, falls_out, found);
                }
                Statement::Chain(arms) => {
                    for (index, (condition, body)) in arms.iter().enumerate() {
                        let others = arms.get(index + 1).map_or(&[][..], |(_, body)| body);
                        match condition {
                            Some(condition) => {
                                let next = is_end.then_some(rest);
                                self.passing_arm(condition, body, (others, next), found);
                            }
                            None => self.passing(body, falls_out, found),
                        }
                    }
                }
                Statement::Switch(switch) => self.passing_switch(switch, found),
                Statement::Block(block) => self.passing(block, falls_out, found),
                _ => {}
            }
        }
    }

    fn passing_arm(
        &mut self,
        condition: &Expression,
        body: &[Statement],
        (otherwise, rest): (&[Statement], Option<&[Statement]>),
        found: &mut Passing,
    ) {
        if let Some(test) = self.test(condition) {
            // What is done about this code, and what comes after that.
            let own = if test.is_other { otherwise } else { body };
            let leaves = own.last().is_some_and(jumps);
            let after = |does: &dyn Fn(&[Statement]) -> bool| leaves || rest.is_some_and(does);
            if self.passes_over(own) && after(&|rest| self.passes_over(rest)) {
                found.silent.extend(test.codes);
            } else if is_idle(own) && (!test.is_other || after(&|rest| is_idle(rest))) {
                found.idle.extend(test.codes);
            }
        }
        self.passing(body, false, found);
    }

    fn passing_switch(&mut self, switch: &Switch, found: &mut Passing) {
        for (number, case) in switch.cases.iter().enumerate() {
            // A case without statements shares those of the next.
            let shared = switch.cases[number..].iter().find(|it| !it.body.is_empty());
            let body = shared.map_or(&[][..], |it| without_jump(&it.body));
            let codes: Vec<String> =
                case.values.iter().flat_map(|value| self.codes_of(value)).collect();
            if self.passes_over(body) {
                found.silent.extend(codes);
            } else if is_idle(body) {
                found.idle.extend(codes);
            }
        }
    }

    /// Whether statements do nothing about a failure, and leave nothing that tells of
    /// it to anybody who looks.
    pub(super) fn passes_over(&self, block: &[Statement]) -> bool {
        block.iter().all(|statement| match statement {
            Statement::Return(values) => self.hides(values),
            Statement::Block(block) => self.passes_over(block),
            other => is_silent(std::slice::from_ref(other)),
        })
    }

    /// Whether what a function returns where something failed is no more than what
    /// it returns where all is well, or goes to callers of which none looks at it.
    fn hides(&self, values: &[Expression]) -> bool {
        let Some(number) = self.current() else { return false };
        if self.returns_error() {
            return values.last().is_some_and(|last| matches!(last.value, Value::Nothing));
        }
        if !values.iter().all(is_plain) {
            return false;
        }
        let is_nothing = values.iter().all(|value| matches!(value.value, Value::Nothing));
        let claims = |it: &Expression| matches!(&it.value, Value::Literal(text) if matches!(&**text, "true" | "True" | "TRUE"));
        let looked = &self.facts.looked;
        is_nothing && !looked.gives(number)
            || matches!(values, [only] if claims(only))
            || looked.is_ignored(number)
    }

    /// Whether the last value that the current function returns is an error.
    pub(super) fn returns_error(&self) -> bool {
        let last =
            self.current().and_then(|number| self.unit.functions.get(number)?.returns.last());
        matches!(last, Some(super::code::Type::Named(name)) if &**name == "error")
    }
}

/// Codes about which nothing is done, and those that only start something anew.
#[derive(Debug, Default)]
struct Passing {
    silent: Vec<String>,
    idle: Vec<String>,
}

/// Whether statements do nothing, not even say that something failed.
pub(super) fn is_silent(block: &[Statement]) -> bool {
    block.iter().all(|statement| match statement {
        Statement::Continue | Statement::Global(_) => true,
        // A name alone may be what an older version of a language prints.
        Statement::Plain(expression) => {
            matches!(expression.value, Value::Nothing | Value::Literal(_) | Value::Text(_))
        }
        Statement::Assign(assign) => assign.values.is_empty(),
        Statement::Block(block) => is_silent(block),
        _ => false,
    })
}

/// Whether statements do no more than wait, say something and start a loop's next
/// turn, or nothing at all.
pub(super) fn is_idle(block: &[Statement]) -> bool {
    let turns = block.iter().any(|statement| matches!(statement, Statement::Continue));
    block.iter().all(|statement| match statement {
        Statement::Continue => true,
        Statement::Plain(expression) => turns || waits(expression),
        Statement::Block(block) => is_idle(block),
        _ => false,
    })
}

fn waits(expression: &Expression) -> bool {
    let Value::Call(callee, _) = &expression.value else { return false };
    let name = match &callee.value {
        Value::Member(_, name) | Value::Name(name) => name.to_ascii_lowercase(),
        _ => return false,
    };
    ["sleep", "delay", "wait"].iter().any(|word| name.contains(word))
}

/// Whether control does not come to the next statement.
fn jumps(statement: &Statement) -> bool {
    match statement {
        Statement::Return(_)
        | Statement::Raise(_)
        | Statement::Break
        | Statement::Continue
        | Statement::Jump => true,
        Statement::Block(block) => block.last().is_some_and(jumps),
        _ => false,
    }
}

/// The statements of a case without the jump behind it.
fn without_jump(body: &[Statement]) -> &[Statement] {
    match body {
        [rest @ .., Statement::Jump] => rest,
        other => other,
    }
}

/// Whether an expression does nothing but say what it is: no call in it but those
/// that give something another form.
fn is_plain(expression: &Expression) -> bool {
    const FORMS: &[&str] = &[
        "str",
        "repr",
        "string",
        "format",
        "sprintf",
        "getmessage",
        "dumps",
        "stringify",
        "errorf",
        "tostring",
        "to_s",
        "json_encode",
        "to_json",
        "of",
        "error",
        "ok",
    ];
    match &expression.value {
        Value::Call(callee, given) => {
            let name = match &callee.value {
                Value::Member(_, name) | Value::Name(name) => name.to_ascii_lowercase(),
                _ => return false,
            };
            FORMS.contains(&name.as_str()) && given.iter().all(|it| is_plain(&it.value))
        }
        Value::Name(_) | Value::Text(_) | Value::Literal(_) | Value::Nothing | Value::Import(_) => {
            true
        }
        Value::List(items) | Value::Join(items) | Value::Other(items) => items.iter().all(is_plain),
        Value::Either(condition, items) => {
            condition.iter().all(|it| is_plain(it)) && items.iter().all(is_plain)
        }
        Value::Map(entries) => entries.iter().all(|(key, it)| is_plain(key) && is_plain(it)),
        Value::New(_, given) => given.iter().all(|it| is_plain(&it.value)),
        Value::Member(object, _) | Value::Spread(object) => is_plain(object),
        Value::Index(object, key) => is_plain(object) && is_plain(key),
        Value::Same(_, left, right) | Value::Format(left, right) => {
            is_plain(left) && is_plain(right)
        }
        Value::Lambda(_) | Value::Each(_) | Value::Assign(_) | Value::Shell(_) => false,
    }
}
