//! Says what a list of words runs: the `aliyun` command line directly, behind
//! other commands, or in a string that another shell reads.

use std::ops::Range;

use super::program::{
    ITEMS, LINE_RUNNERS, PREFIXES, PRINTERS, QUEUES, SCHEDULER, SHELLS, SSH_VALUES, STRING_RUNNERS,
    WITH_OPERAND, awk_program, executes, interpreter, is_elsewhere, is_image, is_passed_over,
    may_run, prints, program, runs_its_words, runs_lines, wraps_cli,
};
use super::script::Script;
use super::word::{Word, written};
use crate::catalogue::Catalogue;
use crate::frontend::aliyun_cli::{self, Reading};
use crate::frontend::rpc::{self, Request};
use crate::procedure::{Action, Arguments, Value};

/// The longest text that is taken for one command line, in bytes.
const LONGEST_LINE: usize = 1 << 14;

/// What a list of words runs.
#[derive(Debug)]
pub(super) enum Runs {
    /// Nothing of interest.
    Nothing,
    /// The command line tool with the words from one on.
    Cli { from: usize, reading: Reading },
    /// A signed request.
    Request(Request),
    /// A request that what callers give may make one.
    Undecided,
    /// Code of a language in words.
    Code(&'static str, Range<usize>),
    /// A command line in a word, which something from elsewhere may run.
    Perhaps(usize),
    /// A function of the script with the words from one on.
    Function { scope: usize, from: usize },
    /// An alias: the word, and what to put in its place.
    Alias(String),
    /// What the word of this index is decides.
    Blocked(usize),
}

/// What to ask about words.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r, 't> {
    pub(super) script: &'r Script<'t>,
    pub(super) catalogue: &'r Catalogue,
}

impl<'t> Reader<'_, 't> {
    /// What words run.
    pub(super) fn interpret(self, words: &[Word<'t>]) -> Runs {
        let Some(first) = words.first() else { return Runs::Nothing };
        let Some(head) = first.text() else { return self.unknown_head(words) };
        if let Some(value) = self.script.alias(head) {
            return Runs::Alias(value.to_owned());
        }
        if let Some(scope) = self.script.function(head) {
            return Runs::Function { scope, from: 1 };
        }
        if let Some(code) = awk_code(words) {
            return Runs::Code("awk", code);
        }
        if prints(head) {
            return Runs::Nothing;
        }
        let wraps = runs_its_words(head);
        let mut direct = true;
        let mut starts = false;
        for (index, word) in words.iter().enumerate() {
            let Some(text) = word.text() else {
                if wraps && direct && word.choices.is_some() {
                    return Runs::Blocked(index);
                }
                continue;
            };
            if wraps && index > 0 && PRINTERS.contains(&text) {
                return Runs::Nothing;
            }
            starts |= direct && executes(text);
            let called = wraps && direct && !starts;
            if let Some(scope) = self.script.function(text).filter(|_| called) {
                return Runs::Function { scope, from: index + 1 };
            }
            if let Some(runs) = self.at_word(words, index, text) {
                return runs;
            }
            direct &= index == 0 || is_passed_over(text) || PREFIXES.contains(&text);
        }
        self.given_line(words)
    }

    /// A command line that is given to a function which nothing is known of: a
    /// call that is known and nothing else.
    fn given_line(self, words: &[Word<'t>]) -> Runs {
        let is_function = words[0].text().is_some_and(may_run);
        let mut lines = words.iter().enumerate().skip(1).filter(|_| is_function);
        lines
            .find(|(_, word)| self.is_call(word))
            .map_or(Runs::Nothing, |(at, _)| Runs::Perhaps(at))
    }

    /// Whether the words in one are a command line that makes a known call.
    fn is_call(self, word: &Word<'t>) -> bool {
        let text = command_text(word);
        let mut words = text.split_whitespace();
        if text.len() > LONGEST_LINE || !words.next().is_some_and(aliyun_cli::is_program) {
            return false;
        }
        let values: Vec<Value> = words.map(|word| Value::Text(word.to_owned())).collect();
        let Reading::Call(call) = aliyun_cli::read(&values, self.catalogue) else { return false };
        // In a sentence words follow that are no option's.
        let rest = &values[call.word + 1..];
        let is_option = |value: &Value| value.as_text().is_some_and(|text| text.starts_with('-'));
        self.is_known(&call.action) && rest.first().is_none_or(is_option)
    }

    /// What the words from one on run if that one is a program's name.
    fn at_word(self, words: &[Word<'t>], index: usize, text: &str) -> Option<Runs> {
        let name = program(text);
        let names_program = |word: &Word<'t>| word.text().is_some_and(aliyun_cli::is_program);
        if index > 0 && names_program(&words[index]) && is_entry_point(words, index) {
            // The container's image stands between.
            let product = words[index..].iter().position(is_product)? + index;
            return Some(self.cli(words, product));
        }
        if aliyun_cli::is_program(text)
            || (index > 0 && is_image(text) && !words[index + 1..].iter().any(names_program))
        {
            // `kubectl run NAME --image=… -- words`
            let rest = &words[index + 1..];
            let dashes = rest.iter().position(|word| word.text() == Some("--"));
            let from = index + 1 + dashes.map_or(0, |dashes| dashes + 1);
            return self.behind(self.cli(words, from), words, index);
        }
        if aliyun_cli::is_ecctl(text) {
            return self.behind(self.cli(words, index), words, index);
        }
        if index == 0 && wraps_cli(name) {
            return self.wrapped(words);
        }
        if STRING_RUNNERS.contains(&name)
            && let Some(code) = string_after_flag(words, index)
        {
            return Some(Runs::Code("shell", code));
        }
        match name {
            "eval" if index == 0 => Some(Runs::Code("shell", 1..words.len())),
            "ssh" => Self::remote(words, index),
            "curl" | "wget" | "http" | "https" => {
                let given = parts(&words[index + 1..]);
                let request = rpc::read(&given, self.catalogue).map(Runs::Request);
                let open = || words.iter().any(|word| word.positional) && rpc::may_call(&given);
                request.or_else(|| open().then_some(Runs::Undecided))
            }
            _ if LINE_RUNNERS.contains(&name) || (index == 0 && runs_lines(name)) => {
                line_argument(words, index).map(|line| Runs::Code("shell", line))
            }
            _ => {
                let (language, flags) = interpreter(name)?;
                code_after_flag(words, index, flags).map(|code| Runs::Code(language, code))
            }
        }
    }

    /// A program or a function from elsewhere that is named like the command line
    /// tool and is given its words.
    fn wrapped(self, words: &[Word<'t>]) -> Option<Runs> {
        let is_product = words.get(1).is_some_and(is_product);
        let runs = self.cli(words, 1);
        let Runs::Cli { reading: Reading::Call(call), .. } = &runs else { return None };
        (is_product && self.is_known(&call.action)).then_some(runs)
    }

    /// The command line tool with the words from one on, up to where
    /// `parallel`'s items begin.
    fn cli(self, words: &[Word<'t>], from: usize) -> Runs {
        let rest = &words[from..];
        let is_items = |word: &Word<'t>| word.text().is_some_and(|text| ITEMS.contains(&text));
        let end = rest.iter().position(is_items).unwrap_or(rest.len());
        let values = values(&rest[..end]);
        Runs::Cli { from, reading: aliyun_cli::read(&values, self.catalogue) }
    }

    /// The command line tool behind other words. There its name may be no more
    /// than a file's or another tool's word, so a product or an action that is not
    /// known does not count unless the words before it run a command.
    fn behind(self, runs: Runs, words: &[Word<'t>], index: usize) -> Option<Runs> {
        let Runs::Cli { from, ref reading } = runs else { return Some(runs) };
        let runs_words = index == 0 || runs_its_words(words[0].text().unwrap_or_default());
        let counts = match reading {
            Reading::Blocked { word, product: false } => {
                let word = &words[from + word];
                let is_placeholder = command_text(word).starts_with('<');
                (runs_words || word.choices.is_some()) && !is_placeholder
            }
            Reading::Call(call) if matches!(call.action, Action::Named(_)) => {
                runs_words || self.is_known(&call.action)
            }
            _ => true,
        };
        counts.then_some(runs)
    }

    /// A command whose own name is not known.
    fn unknown_head(self, words: &[Word<'t>]) -> Runs {
        if words[0].choices.is_some() {
            return Runs::Blocked(0);
        }
        if is_elsewhere(command_text(&words[0])) {
            return Runs::Nothing;
        }
        let later = words.iter().enumerate().skip(1);
        for (index, word) in later {
            let Some(text) = word.text() else { continue };
            if aliyun_cli::is_program(text) {
                return self.cli(words, index + 1);
            }
            if PRINTERS.contains(&text) {
                return Runs::Nothing;
            }
        }
        let values = values(&words[1..]);
        let reading = aliyun_cli::read(&values, self.catalogue);
        match &reading {
            Reading::Call(call) if self.is_known(&call.action) || names_cli(&words[0]) => {
                Runs::Cli { from: 1, reading }
            }
            Reading::Blocked { product: true, .. } if names_cli(&words[0]) => {
                Runs::Cli { from: 1, reading }
            }
            _ if words[0].positional => Runs::Blocked(0),
            _ => Runs::Nothing,
        }
    }

    fn is_known(self, action: &Action) -> bool {
        let Action::Named(name) = action else { return false };
        self.catalogue.get(name).is_some()
    }

    /// A command that ssh runs on another host.
    fn remote(words: &[Word<'t>], index: usize) -> Option<Runs> {
        let from = after_host(words, index)?;
        let rest = words.get(from..).filter(|rest| !rest.is_empty())?;
        if rest.iter().any(is_line) {
            return Some(Runs::Code("shell", from..words.len()));
        }
        // A function's caller says what runs there.
        rest.iter().any(|word| word.positional).then_some(Runs::Undecided)
    }
}

/// A word's text, known or as it is written.
pub(super) fn command_text<'w>(word: &'w Word<'_>) -> &'w str {
    match &word.value {
        Value::Text(text) => text,
        Value::Unknown(unknown) => &unknown.text,
        _ => "",
    }
}

/// The values of words.
pub(super) fn values(words: &[Word<'_>]) -> Vec<Value> {
    words.iter().map(|word| word.value.clone()).collect()
}

/// The values of words, those of which parts are known as far as they are.
fn parts(words: &[Word<'_>]) -> Vec<Value> {
    let part = |word: &Word<'_>| match &word.partial {
        Some(text) if word.text().is_none() => Value::unknown(written(text)),
        _ => word.value.clone(),
    };
    words.iter().map(part).collect()
}

/// The language in which words read code from their input, if they do.
pub(super) fn reads_code(words: &[Word<'_>]) -> Option<&'static str> {
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        let name = program(text);
        if prints(name) && index == 0 {
            return None;
        }
        let rest = &words[index + 1..];
        if SHELLS.contains(&name) {
            return only_flags(rest, "s").then_some("shell");
        }
        if name == SCHEDULER {
            return Some(SCHEDULER);
        }
        if index == 0 && QUEUES.contains(&name) {
            return Some("shell");
        }
        if let Some((language, _)) = interpreter(name) {
            return only_flags(rest, "").then_some(language);
        }
        if name == "ssh"
            && let Some(from) = after_host(words, index)
            && from >= words.len()
        {
            return Some("shell");
        }
    }
    None
}

/// The program of a command of awk that may run other commands.
fn awk_code(words: &[Word<'_>]) -> Option<Range<usize>> {
    let texts: Vec<Option<&str>> = words.iter().map(Word::text).collect();
    let at = awk_program(&texts)?;
    is_line(words.get(at)?).then_some(at..at + 1)
}

/// Whether words are flags only, or name the standard input. After the flag
/// `-s` there may be anything.
fn only_flags(words: &[Word<'_>], input: &str) -> bool {
    for word in words {
        let text = word.text().unwrap_or_default();
        if !input.is_empty() && text == format!("-{input}") {
            return true;
        }
        if !(text.starts_with('-') || text == "/dev/stdin") || text == "-c" {
            return false;
        }
    }
    true
}

/// Index of the first word after the host of an ssh command.
fn after_host(words: &[Word<'_>], index: usize) -> Option<usize> {
    let mut at = index + 1;
    while let Some(flag) = words.get(at)?.text().filter(|text| text.starts_with('-')) {
        let takes = flag.len() == 2 && flag[1..].contains(|letter| SSH_VALUES.contains(letter));
        at += if takes { 2 } else { 1 };
    }
    Some(at + 1)
}

/// The word after a flag `-c`, which may be one of several letters.
fn string_after_flag(words: &[Word<'_>], index: usize) -> Option<Range<usize>> {
    let name = program(words[index].text()?);
    for (at, word) in words.iter().enumerate().skip(index + 1) {
        let text = word.text()?;
        let flag = text == "--command"
            || (text.starts_with('-') && !text.starts_with("--") && text.ends_with('c'));
        if flag && at + 1 < words.len() {
            return Some(at + 1..at + 2);
        }
        if !text.starts_with('-') && !WITH_OPERAND.contains(&name) {
            return None;
        }
    }
    None
}

/// The word after the first flag that code follows, with nothing but flags before.
fn code_after_flag(words: &[Word<'_>], index: usize, flags: &[&str]) -> Option<Range<usize>> {
    for (at, word) in words.iter().enumerate().skip(index + 1) {
        let text = word.text()?;
        if flags.contains(&text) && at + 1 < words.len() {
            return Some(at + 1..at + 2);
        }
        if !text.starts_with('-') {
            return None;
        }
    }
    None
}

/// The argument of a command that runs a line of shell.
fn line_argument(words: &[Word<'_>], index: usize) -> Option<Range<usize>> {
    let at = index + 1 + words[index + 1..].iter().position(is_line)?;
    Some(at..at + 1)
}

/// Whether a word is a line of shell that may matter rather than one word.
fn is_line(word: &Word<'_>) -> bool {
    let text = command_text(word);
    let lower = text.to_ascii_lowercase();
    text.contains([' ', '\n']) && (lower.contains("aliyun") || lower.contains("ecctl"))
}

fn is_product(word: &Word<'_>) -> bool {
    word.text().is_some_and(|text| text.eq_ignore_ascii_case("ecs"))
}

/// Whether the program at a place is what a container is to run.
fn is_entry_point(words: &[Word<'_>], index: usize) -> bool {
    words[index - 1].text() == Some("--entrypoint")
}

/// Whether a variable's name says that it holds the command line tool.
fn names_cli(word: &Word<'_>) -> bool {
    let Value::Unknown(unknown) = &word.value else { return false };
    unknown.text.to_ascii_lowercase().contains("aliyun")
}

/// Arguments that may be more than can be seen.
pub(super) fn opened(mut arguments: Arguments) -> Arguments {
    arguments.open = true;
    arguments
}
