//! Reads the arguments of the `aliyun` command line: which API action they
//! call, with which parameters, and whether anything is sent at all.
//!
//! It follows the parser of the CLI itself, so it knows words, not shells: any
//! front end that has a command as a list of words can ask it.

mod ecctl;

use crate::catalogue::Catalogue;
use crate::procedure::{Action, Arguments, Value};

pub(super) use ecctl::Composed;

/// File names of the command line tool.
const PROGRAMS: &[&str] = &["aliyun", "aliyuncli"];

/// Flags of the tool itself that take no value.
const FLAGS_WITHOUT_VALUE: &[&str] = &[
    "--secure",
    "--insecure",
    "--force",
    "--dryrun",
    "--cli-dry-run",
    "--cli-dry-run-json",
    "--estimate-cost",
    "--quiet",
    "--yes",
    "--cli-ai-mode",
    "--no-cli-ai-mode",
    "--skip-secure-verify",
    "--help",
    "-q",
    "-y",
    "-h",
];

/// Flags of the tool that take every word up to the next flag.
const FLAGS_WITH_MANY_VALUES: &[&str] =
    &["--pager", "--waiter", "--output", "--header", "--estimate-cost-context", "-o"];

/// Flags of the tool that take one value. `--RegionId` is one too, but it is
/// also a parameter of every action.
const FLAGS_WITH_ONE_VALUE: &[&str] = &[
    "--profile",
    "-p",
    "--mode",
    "--access-key-id",
    "--access-key-secret",
    "--sts-token",
    "--sts-region",
    "--ram-role-name",
    "--ram-role-arn",
    "--role-session-name",
    "--external-id",
    "--source-profile",
    "--private-key",
    "--key-pair-name",
    "--region",
    "--language",
    "--read-timeout",
    "--connect-timeout",
    "--retry-count",
    "--config-path",
    "--expired-seconds",
    "--process-command",
    "--oidc-provider-arn",
    "--oidc-token-file",
    "--endpoint",
    "-e",
    "--endpoint-type",
    "--bearer-token",
    "--version",
    "--method",
    "--body",
    "--body-file",
    "--accept",
    "--roa",
    "--log-level",
    "--cli-query",
    "--user-agent",
];

/// Names of the tool's flags that are parameters in a plug-in's spelling.
const KEBAB_PARAMETERS: &[&str] = &["--key-pair-name", "--private-key", "--version"];

/// The plug-in's region flags: the first two fill the parameter `RegionId`, the
/// last one chooses the endpoint.
const KEBAB_REGION: &[&str] = &["biz-region-id", "ecs-region-id", "region-id"];

/// Flags with which nothing is sent.
const NOT_SENT: &[&str] =
    &["--dryrun", "--cli-dry-run", "--cli-dry-run-json", "--estimate-cost", "--help", "-h"];

/// First words that ask for no call whatever follows.
const NO_CALL: &[&str] = &["help", "mock"];

/// Second words with which the tool makes a path-style call.
const PATH_STYLE: &[&str] = &["get", "post", "put", "delete", "help"];

/// The product's word on the command line, in any case.
const PRODUCT: &str = "ecs";

/// A parameter `Name-FILE` takes its value from a file.
const FROM_FILE: &str = "-FILE";

/// What a command line comes to.
#[derive(Debug)]
pub(super) enum Reading {
    /// It calls no ECS action.
    Nothing,
    /// It calls this action.
    Call(Call),
    /// It runs a command that bindings turn into calls.
    Composed(Composed),
    /// It cannot be told before the word of this index is known.
    Blocked {
        /// Index of the word.
        word: usize,
        /// Whether the product is known to be ECS, so that only the action is
        /// missing.
        product: bool,
    },
}

impl Reading {
    /// The same, of words that stand behind as many others.
    fn behind(self, count: usize) -> Self {
        match self {
            Self::Call(call) => Self::Call(Call { word: call.word + count, ..call }),
            Self::Blocked { word, product } => Self::Blocked { word: word + count, product },
            other => other,
        }
    }
}

/// A call that a command line makes.
#[derive(Debug)]
pub(super) struct Call {
    /// The action.
    pub(super) action: Action,
    /// Index of the word that names it.
    pub(super) word: usize,
    /// What it is called with.
    pub(super) arguments: Arguments,
}

/// Whether a program's name or path is that of the command line tool.
pub(super) fn is_program(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    PROGRAMS.contains(&name.strip_suffix(".exe").unwrap_or(name))
}

/// Whether a flag keeps the tool from sending anything.
pub(super) fn sends_nothing(flag: &str) -> bool {
    NOT_SENT.contains(&flag)
}

/// Whether a flag of the tool takes no value.
pub(super) fn takes_no_value(flag: &str) -> bool {
    FLAGS_WITHOUT_VALUE.contains(&flag)
}

/// Whether a flag is the tool's own and no parameter of any action.
pub(super) fn is_own(flag: &str) -> bool {
    let valued = FLAGS_WITH_ONE_VALUE.contains(&flag) && flag != "--key-pair-name";
    valued || takes_no_value(flag) || FLAGS_WITH_MANY_VALUES.contains(&flag)
}

/// Whether a program's name or path is that of `ecctl`, which is also a word
/// behind the command line tool's name. [`read`] takes it along with its words.
pub(super) fn is_ecctl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name) == ecctl::PROGRAM
}

/// Reads the words that follow the program's name. A word that stands for any
/// number of words, such as `"$@"`, is an unknown value.
pub(super) fn read(words: &[Value], catalogue: &Catalogue) -> Reading {
    let mut line = Line { words, at: 0, sent: true, arguments: Arguments::default() };
    let Some(product) = line.positional(false) else { return Reading::Nothing };
    let Some(name) = words[product].as_text() else {
        return blocked(words, product, false);
    };
    if is_ecctl(name) {
        return ecctl::read_words(&words[product + 1..], catalogue).behind(product + 1);
    }
    if NO_CALL.contains(&name) || !name.eq_ignore_ascii_case(PRODUCT) {
        return Reading::Nothing;
    }
    let Some(action) = line.positional(false) else { return Reading::Nothing };
    let kebab = match words[action].as_text() {
        Some(name) if PATH_STYLE.contains(&name) || name.contains(' ') => return Reading::Nothing,
        Some(name) => is_kebab(name),
        None => false,
    };
    while line.positional(kebab).is_some_and(|extra| line.extra(extra)) {}
    if !line.sent {
        return Reading::Nothing;
    }
    let Some(name) = words[action].as_text() else {
        return blocked(words, action, true);
    };
    let action_name = if kebab { plugin_action(name, catalogue) } else { name.to_owned() };
    Reading::Call(Call {
        action: Action::Named(action_name),
        word: action,
        arguments: line.arguments,
    })
}

/// Reads a command line whose undecided words in front of the product stand for
/// flags, and whose undecided action has to stay so.
pub(super) fn read_undecided(words: &[Value], catalogue: &Catalogue) -> Option<Call> {
    let mut words = words.to_vec();
    let mut offset = 0;
    loop {
        match read(&words, catalogue) {
            Reading::Nothing | Reading::Composed(_) => return None,
            Reading::Call(call) => return Some(Call { word: call.word + offset, ..call }),
            Reading::Blocked { word, product: false } => {
                words.drain(..=word);
                offset += word + 1;
            }
            Reading::Blocked { word, product: true } => {
                return Some(undecided(&words, word, offset, catalogue));
            }
        }
    }
}

fn undecided(words: &[Value], word: usize, offset: usize, catalogue: &Catalogue) -> Call {
    let text = if let Value::Unknown(unknown) = &words[word] { &unknown.text } else { "" };
    let text = text.to_owned();
    let mut named = words.to_vec();
    named[word] = Value::Text("Undecided".into());
    let mut arguments = match read(&named, catalogue) {
        Reading::Call(call) => call.arguments,
        _ => Arguments::default(),
    };
    arguments.open = true;
    Call { action: Action::Unresolved(text), word: word + offset, arguments }
}

fn blocked(words: &[Value], word: usize, product: bool) -> Reading {
    let not_sent = |value: &Value| value.as_text().is_some_and(|text| NOT_SENT.contains(&text));
    if words.iter().any(not_sent) { Reading::Nothing } else { Reading::Blocked { word, product } }
}

/// Whether an action is in the plug-in's spelling.
fn is_kebab(name: &str) -> bool {
    name.bytes().all(|byte| !byte.is_ascii_uppercase()) && name.is_ascii()
}

/// The API's name of a plug-in's action; a name that it does not know is kept.
fn plugin_action(name: &str, catalogue: &Catalogue) -> String {
    catalogue.folded(name).map_or_else(|| name.to_owned(), |action| action.name.clone())
}

/// A command line while it is read.
struct Line<'w> {
    words: &'w [Value],
    at: usize,
    sent: bool,
    arguments: Arguments,
}

impl Line<'_> {
    /// The index of the next word that is neither a flag nor a flag's value;
    /// reads the flags before it.
    fn positional(&mut self, kebab: bool) -> Option<usize> {
        while let Some(word) = self.words.get(self.at) {
            self.at += 1;
            match word.as_text() {
                Some(text) if is_flag(text) => self.flag(text, kebab),
                _ if flag_name_of(word).is_some() => {
                    let text = flag_name_of(word).unwrap_or_default().to_owned();
                    self.flag(&text, kebab);
                }
                _ => return Some(self.at - 1),
            }
        }
        None
    }

    /// Takes a word that is no flag's value. It may hide arguments if it is not
    /// known.
    fn extra(&mut self, word: usize) -> bool {
        self.arguments.open |= self.words[word].as_text().is_none();
        true
    }

    fn flag(&mut self, text: &str, kebab: bool) {
        let (name, inline) = split_flag(text);
        self.sent &= !NOT_SENT.contains(&name);
        if FLAGS_WITHOUT_VALUE.contains(&name) {
            if !(kebab && inline.is_none() && self.value_follows()) {
                return;
            }
        } else if FLAGS_WITH_MANY_VALUES.contains(&name) {
            while self.value_follows() {
                self.at += 1;
            }
            return;
        }
        let value = match inline {
            Some(value) => self.inline_value(value),
            None => self.value(kebab),
        };
        let of_the_tool =
            FLAGS_WITH_ONE_VALUE.contains(&name) && !(kebab && KEBAB_PARAMETERS.contains(&name));
        if !of_the_tool {
            self.parameter(name, value, kebab);
        }
    }

    /// The part of a flag after `=`, which is not known if the word is not.
    fn inline_value(&self, text: &str) -> Value {
        let whole_known = self.words[self.at - 1].as_text().is_some();
        if whole_known { Value::Text(text.to_owned()) } else { Value::unknown(text) }
    }

    /// The next word, or several for a plug-in's list, unless it is a flag.
    fn value(&mut self, kebab: bool) -> Value {
        let first = self.at;
        while self.value_follows() && (kebab || self.at == first) {
            self.at += 1;
        }
        match &self.words[first..self.at] {
            [] => Value::Absent,
            [value] => value.clone(),
            values => Value::List(values.to_vec()),
        }
    }

    fn value_follows(&self) -> bool {
        self.words.get(self.at).is_some_and(|word| match word.as_text() {
            Some(text) => !is_flag(text),
            None => flag_name_of(word).is_none(),
        })
    }

    fn parameter(&mut self, name: &str, value: Value, kebab: bool) {
        let bare = name.trim_start_matches('-');
        let (name, value) = match bare.strip_suffix(FROM_FILE) {
            Some(stem) => (stem.to_owned(), from_file(&value)),
            None if !kebab => (bare.to_owned(), value),
            None if KEBAB_REGION.contains(&bare) => {
                if bare == KEBAB_REGION[2] {
                    return;
                }
                ("RegionId".to_owned(), value)
            }
            None => (pascal(bare), value),
        };
        if value != Value::Absent && !name.is_empty() {
            self.arguments.given.push((name, value));
        }
    }
}

fn from_file(path: &Value) -> Value {
    match path {
        Value::Text(path) => Value::unknown(format!("contents of {path}")),
        other => other.clone(),
    }
}

/// Whether a word is a flag. A word of three dashes is a value, as is a negative
/// number.
fn is_flag(word: &str) -> bool {
    if let Some(name) = word.strip_prefix("--") {
        return name.starts_with(|first: char| first.is_ascii_alphanumeric());
    }
    let short = word.strip_prefix('-').unwrap_or_default();
    short.len() == 1 && short.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The text of a word that is a flag although its value is not known:
/// `--InstanceId=$ID`.
fn flag_name_of(word: &Value) -> Option<&str> {
    let Value::Unknown(unknown) = word else { return None };
    let (name, inline) = split_flag(&unknown.text);
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    (is_flag(name) && inline.is_some() && name.chars().all(plain)).then_some(unknown.text.as_str())
}

/// A flag's name and the value in the same word, after `=` or `:`.
fn split_flag(word: &str) -> (&str, Option<&str>) {
    match word.find(['=', ':']) {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    }
}

/// A plug-in's parameter in the API's spelling: `instance-id` is `InstanceId`.
fn pascal(kebab: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_ascii_uppercase().to_string() + letters.as_str()
        })
    };
    kebab.split('-').map(capital).collect()
}
