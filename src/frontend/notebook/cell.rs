//! The code of a cell as its kernel runs it: lines that `IPython` reads itself
//! (`!command`, `%magic`) as calls of Python that do the same.

use crate::frontend::interpreted_by;
use crate::frontend::reading::code::{Code, Line};

/// Words after `%%` that time or keep what a cell does, which is Python.
const AROUND: &[&str] = &["time", "timeit", "capture", "prun", "python", "python3", "py"];

/// Words after `%%` with which a cell is a script of a shell.
const SHELLS: &[&str] = &["bash", "sh", "script", "system", "sx", "!"];

/// Words after `%` that hand the rest of the line to a shell.
const SYSTEM: &[&str] = &["sx", "system", "sc"];

/// How a cell calls a shell for a line, and for a whole cell, which fails with it.
const FOR_LINE: &str = "os.system";
const FOR_CELL: &str = "subprocess.check_call";

/// The code of a cell and the front end that reads it; none if it is not run, or
/// nothing reads it.
pub(super) fn program<'t>(
    lines: &[Code<'t>],
    language: &'static str,
) -> Option<(&'static str, Code<'t>)> {
    let first = lines.first()?.text();
    let Some(magic) = first.strip_prefix("%%").filter(|_| language == "python") else {
        let code = if language == "python" { python(lines) } else { joined(lines) };
        return Some((language, code)).filter(|_| !language.is_empty());
    };
    let mut words = magic.split_whitespace();
    let word = words.next()?;
    if AROUND.contains(&word) {
        return Some((language, python(&lines[1..])));
    }
    let is_shell =
        SHELLS.contains(&word) && (word != "script" || interpreted_by(words) == Ok("shell"));
    is_shell.then(|| (language, call(FOR_CELL, &joined(&lines[1..]), lines[0].range().end)))
}

fn joined<'t>(lines: &[Code<'t>]) -> Code<'t> {
    Code { lines: lines.iter().flat_map(|line| line.lines.iter().cloned()).collect() }
}

/// The lines of a cell as Python.
fn python<'t>(lines: &[Code<'t>]) -> Code<'t> {
    let mut code = Code::default();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let text = line.text();
        let Some(length) = command(&text) else {
            code.lines.extend(line.lines.iter().cloned());
            continue;
        };
        let indented = text.len() - text.trim_start().len();
        let target = text[..length].find('=').map_or(indented, |at| at + 1);
        let (before, _) = split(line, target);
        let (_, mut command) = split(line, length);
        let mut last = text;
        while last.trim_end().ends_with('\\') {
            let Some(next) = rest.next() else { break };
            last = next.text();
            command.lines.extend(next.lines.iter().cloned());
        }
        code.lines.extend(before.lines);
        code.lines.extend(call(FOR_LINE, &command, line.range().start).lines);
    }
    code
}

/// How long what is before the command is in a line that `IPython` hands to a
/// shell. A line that it reads itself has an empty command.
fn command(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let mut at = line.len() - text.len();
    if asks_for_help(text) {
        return Some(line.len());
    }
    if !text.starts_with(['!', '%', '?']) {
        let (target, value) = text.split_once('=')?;
        let name = |letter: char| letter.is_alphanumeric() || "_,. ".contains(letter);
        let handed = value.trim_start();
        if !target.chars().all(name) || !handed.starts_with(['!', '%']) || handed.starts_with("!=")
        {
            return None;
        }
        at += text.len() - handed.len();
    }
    let text = &line[at..];
    if text.starts_with('!') {
        return Some(at + text.len() - text.trim_start_matches('!').len());
    }
    let magic = text.strip_prefix('%').unwrap_or_default();
    let end = magic.find(char::is_whitespace).unwrap_or(magic.len());
    if SYSTEM.contains(&&magic[..end]) { Some(at + 1 + end) } else { Some(line.len()) }
}

/// Whether a line asks what a name is: `client?`.
fn asks_for_help(text: &str) -> bool {
    let name = text.trim_end().trim_end_matches('?');
    let is_part = |letter: char| letter.is_alphanumeric() || "_.*%".contains(letter);
    name.len() < text.trim_end().len() && !name.is_empty() && name.chars().all(is_part)
}

/// A line before and from a place.
fn split<'t>(line: &Code<'t>, at: usize) -> (Code<'t>, Code<'t>) {
    let (mut before, mut after) = (Code::default(), Code::default());
    let mut done = 0;
    for piece in &line.lines {
        let end = done + piece.text.len();
        match at {
            at if at >= end => before.lines.push(piece.clone()),
            at if at <= done => after.lines.push(piece.clone()),
            at => {
                before.lines.push(piece.to(at - done));
                after.lines.push(piece.from(at - done));
            }
        }
        done = end;
    }
    (before, after)
}

/// A call that runs shell code, in which names in braces are Python's. An empty
/// one does nothing, at a place.
fn call<'t>(function: &str, command: &Code<'t>, place: usize) -> Code<'t> {
    let text = command.text();
    let mut code = Code::default();
    let quotes = ["'''", "\"\"\""].into_iter().find(|quotes| !text.contains(quotes));
    let Some(quotes) = quotes.filter(|_| !text.trim().is_empty()) else {
        code.insert("pass\n", place);
        return code;
    };
    let filled = if function == FOR_LINE && is_filled(&text) { "rf" } else { "r" };
    code.insert(&format!("{function}({filled}{quotes}"), command.range().start);
    code.lines.extend(command.lines.iter().map(Line::clone));
    let more = if function == FOR_CELL { ", shell=True" } else { "" };
    code.insert(&format!("\n{quotes}{more})\n"), command.range().end);
    code
}

/// Whether braces in a command hold names, which `IPython` fills in, and nothing
/// else.
fn is_filled(text: &str) -> bool {
    let mut parts = text.split('{').skip(1).peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            let name = part.split('}').next().unwrap_or_default();
            let plain = |letter: char| letter.is_alphanumeric() || "_.[]()".contains(letter);
            part.contains('}')
                && name.starts_with(|first: char| first.is_alphabetic() || first == '_')
                && name.chars().all(plain)
        })
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn read(text: &str) -> Option<String> {
        let lines = text.split_inclusive('\n').map(|line| {
            let mut code = Code::default();
            code.push(Cow::Borrowed(line), 0..0, "");
            code
        });
        program(&lines.collect::<Vec<_>>(), "python").map(|(_, code)| code.text())
    }

    #[test]
    fn what_ipython_reads_becomes_python() {
        let cases = [
            ("a = 1\n", "a = 1\n"),
            ("!a {b}\n", "os.system(rf'''a {b}\n\n''')\n"),
            ("if x:\n  !a '{\"b\": 1}'", "if x:\n  os.system(r'''a '{\"b\": 1}'\n''')\n"),
            ("out = !a \\\n  b\n", "out =os.system(r'''a \\\n  b\n\n''')\n"),
            ("%sx a\n", "os.system(r''' a\n\n''')\n"),
            ("%pip install a\nb\n", "pass\nb\n"),
            ("if a != b: pass\n", "if a != b: pass\n"),
            ("client.start_instance?\nb\n", "pass\nb\n"),
            ("%%time\na\n", "a\n"),
            ("%%bash\na\n", "subprocess.check_call(r'''a\n\n''', shell=True)\n"),
        ];
        for (cell, code) in cases {
            assert_eq!(read(cell).as_deref(), Some(code), "{cell}");
        }
        assert_eq!(read("%%html\n<b>\n"), None);
        assert_eq!(read("%%script perl\na\n"), None);
    }
}
