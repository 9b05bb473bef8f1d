//! What a terminal shows: prompts, the commands behind them, and output, which
//! is no code.

use crate::frontend::reading::code::{Code, Line};

/// Signs that end a prompt.
const SIGNS: &[char] = &['$', '#', '%', '❯', '➜', '>'];

/// The prompt of a command that goes on, and those of Python.
const MORE: &str = "> ";
const PYTHON: [&str; 2] = [">>> ", "... "];

/// The longest prompt, in bytes.
const LONGEST: usize = 80;

/// What a terminal says in front of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Prompt {
    /// `$ `, `user@host:~$ `: nothing else looks like that.
    Certain(usize),
    /// `# `: a prompt of root, or a comment.
    Root(usize),
}

/// Whether the first thing that a text says is a prompt.
pub(super) fn is_prompted(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.find(|line| !matches!(prompt(line), Some(Prompt::Root(_))));
    first.is_some_and(|line| matches!(prompt(line), Some(Prompt::Certain(_))))
}

/// The commands of a session, without prompts and output. One without prompts is
/// all commands.
pub(super) fn commands<'d>(code: &Code<'d>) -> Code<'d> {
    let prompts: Vec<Option<Prompt>> = code.lines.iter().map(|line| prompt(&line.text)).collect();
    let certain = prompts.iter().flatten().any(|one| matches!(one, Prompt::Certain(_)));
    let length = |prompt: &Option<Prompt>| match prompt {
        Some(Prompt::Certain(length)) => Some(*length),
        Some(Prompt::Root(length)) if !certain => Some(*length),
        _ => None,
    };
    let mut kept = Code::default();
    let mut typed = Typed::default();
    for (line, prompt) in code.lines.iter().zip(&prompts) {
        let start = if typed.goes_on() {
            let text = &*line.text;
            Some(if text.starts_with(MORE) && !typed.in_document() { MORE.len() } else { 0 })
        } else {
            length(prompt)
        };
        if let Some(start) = start {
            let line = line.from(start);
            typed.line(&line.text);
            kept.lines.push(line);
        }
    }
    let none = kept.lines.is_empty() && !prompts.iter().any(Option::is_some);
    if none { code.clone() } else { kept }
}

/// The lines behind Python's prompts; nothing if there are none.
pub(super) fn python<'d>(code: &Code<'d>) -> Code<'d> {
    let behind = |line: &Line<'d>| {
        let prompt = PYTHON.iter().find(|prompt| line.text.starts_with(**prompt))?;
        Some(line.from(prompt.len()))
    };
    Code { lines: code.lines.iter().filter_map(behind).collect() }
}

/// Commands without the tables that they print: with `--output cols=…` the tool
/// draws them with `+`, `|` and `-`.
pub(super) fn without_tables(mut code: Code<'_>) -> Code<'_> {
    let mut goes_on = false;
    code.lines.retain(|line| {
        let text = line.text.trim();
        let is_rule =
            |sign| text.len() >= SHORTEST_RULE && text.trim_matches(['+', sign]).is_empty();
        let is_drawn = text.starts_with("| ") || text.starts_with('|') && text.ends_with('|');
        let is_table = !goes_on && (is_drawn || is_rule('-') || is_rule('='));
        goes_on = text.ends_with(['\\', '|']) && !is_table;
        !is_table
    });
    code
}

/// The shortest line that is a part of a table, in bytes.
const SHORTEST_RULE: usize = 4;

/// The lines of a text that are commands of the command line tool, with those
/// that they go on in.
pub(super) fn command_lines<'d>(code: &Code<'d>, goes_on: char) -> Code<'d> {
    let mut kept = Code::default();
    let mut open = false;
    for line in &code.lines {
        let start = prompt_length(&line.text);
        let line = line.from(start);
        let text = line.text.trim();
        if !open && !text.starts_with("aliyun ") {
            continue;
        }
        open = text.ends_with(goes_on);
        kept.lines.push(if open && goes_on != '\\' {
            line.saying(format!("{}\\\n", text.trim_end_matches(goes_on)))
        } else {
            line
        });
    }
    kept
}

fn prompt_length(line: &str) -> usize {
    match prompt(line) {
        Some(Prompt::Certain(length)) => length,
        _ => line.len() - line.trim_start().len(),
    }
}

/// The prompt that a line starts with.
fn prompt(line: &str) -> Option<Prompt> {
    let blank = line.len() - line.trim_start().len();
    let text = line.trim_start();
    let at = text.find(SIGNS).filter(|at| *at < LONGEST)?;
    let sign = text[at..].chars().next()?;
    let after = &text[at + sign.len_utf8()..];
    let command = after.trim_start_matches([' ', '\t']);
    if command.len() == after.len() || command.trim().is_empty() {
        return None;
    }
    let length = blank + text.len() - command.len();
    let host = &text[..at];
    match (host, sign) {
        ("", '#') => Some(Prompt::Root(length)),
        ("", '>') => None,
        ("", _) => Some(Prompt::Certain(length)),
        _ => is_host(host, sign).then_some(Prompt::Certain(length)),
    }
}

/// Whether a text names where a prompt is: `user@host:~`, `[root@host ~]`,
/// `(env) user@host`, `bash-5.1`, `C:\`.
fn is_host(text: &str, sign: char) -> bool {
    let text = text.trim_end();
    let named = text.contains('@')
        || text.starts_with("sh-")
        || text.starts_with("bash-")
        || (sign == '>' && text.contains(":\\"));
    let plain = |letter: char| letter.is_alphanumeric() || "@:~/.-_[]()\\ *".contains(letter);
    named && text.split_whitespace().count() <= 4 && text.chars().all(plain)
}

/// The command that is being typed.
#[derive(Default)]
struct Typed {
    /// The quote that is open.
    quote: Option<char>,
    /// Whether the last line ends with a backslash.
    escaped: bool,
    /// The word that ends the text that is being typed.
    delimiter: Option<String>,
}

impl Typed {
    fn goes_on(&self) -> bool {
        self.quote.is_some() || self.escaped || self.delimiter.is_some()
    }

    fn in_document(&self) -> bool {
        self.delimiter.is_some()
    }

    fn line(&mut self, line: &str) {
        if let Some(delimiter) = &self.delimiter {
            if line.trim() == delimiter {
                self.delimiter = None;
            }
            return;
        }
        self.escaped = line.trim_end_matches(['\n', '\r']).ends_with('\\');
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match (letter, self.quote) {
                ('\\', quote) if quote != Some('\'') => drop(letters.next()),
                (letter, Some(quote)) if letter == quote => self.quote = None,
                ('\'' | '"', None) => self.quote = Some(letter),
                _ => {}
            }
        }
        if self.quote.is_none() {
            self.delimiter = delimiter(line);
        }
    }
}

/// The word behind `<<`.
fn delimiter(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<").filter(|(_, rest)| !rest.starts_with('<'))?;
    let word = rest.trim_start_matches(['-', ' ', '\'', '"', '\\']);
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = word.find(|letter| !is_word(letter)).unwrap_or(word.len());
    (end > 0).then(|| word[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn typed(text: &str) -> String {
        let mut code = Code::default();
        code.push(Cow::Borrowed(text), 0..text.len(), text);
        commands(&code).text()
    }

    #[test]
    fn output_is_left_out() {
        let cases = [
            ("$ a\nout\n$ b\n", "a\nb\n"),
            ("# a\nout\n", "a\n"),
            ("# say\n$ a\n# out\n", "a\n"),
            ("user@host:~$ a \\\n>   --b\nout\n", "a \\\n  --b\n"),
            ("[root@iZ1 ~]# a 'b\n> c'\nout", "a 'b\nc'\n"),
            ("$ cat <<EOF\n$ no prompt\nEOF\nout\n", "cat <<EOF\n$ no prompt\nEOF\n"),
            ("(env) me@host:/tmp$ a\n{\"a\": 1}\n", "a\n"),
            ("a\nb\n", "a\nb\n"),
            ("sh-4.2# a\nout", "a\n"),
        ];
        for (text, commands) in cases {
            assert_eq!(typed(text), commands, "{text}");
        }
    }
}
