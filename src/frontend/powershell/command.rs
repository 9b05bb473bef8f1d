//! Takes commands apart into words, and knows programs and cmdlets by name.

use std::ops::Range;

use tree_sitter::Node;

use super::datum::Datum;
use super::value::{Env, fields, innermost};
use super::{kind, started};
use crate::frontend::aliyun_cli;

/// Cmdlets and functions that only print or look what follows them up.
const PRINTERS: &[&str] = &[
    "write-host",
    "write-output",
    "write-verbose",
    "write-warning",
    "write-error",
    "write-information",
    "write-debug",
    "write-progress",
    "echo",
    "out-file",
    "set-content",
    "add-content",
    "get-command",
    "gcm",
    "throw",
    "get-help",
    "read-host",
    "select-string",
    "new-object",
    "set-alias",
    "new-alias",
    "get-content",
    "test-path",
    "remove-item",
    "copy-item",
    "import-module",
    "winget",
    "choco",
    "scoop",
];

/// Beginnings of names that functions defined elsewhere have if they print.
const PRINTER_VERBS: &[&str] = &["write-", "log", "show-", "assert-", "test-", "out-", "format-"];

/// Cmdlets that run a text as a script.
pub(super) const EVALUATORS: &[&str] = &["invoke-expression", "iex"];

/// Cmdlets that start a program given by name and a list of arguments.
pub(super) const STARTERS: &[&str] = &["start-process", "saps", "start"];

/// Cmdlets that send web requests.
pub(super) const REQUESTERS: &[&str] = &[
    "invoke-restmethod",
    "invoke-webrequest",
    "irm",
    "iwr",
    "curl",
    "curl.exe",
    "wget",
    "wget.exe",
];

/// Programs that run PowerShell.
pub(super) const POWERSHELLS: &[&str] = &["powershell", "powershell.exe", "pwsh", "pwsh.exe"];

/// Programs whose words are a command line of another shell, or for one.
pub(super) const POSIX: &[&str] = &[
    "bash",
    "sh",
    "zsh",
    "ssh",
    "wsl",
    "docker",
    "podman",
    "kubectl",
    "sudo",
    "env",
    "timeout",
    "xargs",
    "nohup",
    "watch",
    "time",
    "bash.exe",
    "ssh.exe",
    "wsl.exe",
    "docker.exe",
];

/// The command line of Windows.
pub(super) const CMD: &[&str] = &["cmd", "cmd.exe"];

/// Parameters of cmdlets and functions that name the product, and the action.
pub(super) const PRODUCTS: &[&str] = &["product", "service", "productcode"];
pub(super) const ACTIONS: &[&str] =
    &["action", "api", "apiname", "operation", "command", "actionname"];

/// A word of a command.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// What it comes to.
    pub(super) datum: Datum<'t>,
    /// The literal that it is written as.
    pub(super) node: Option<Node<'t>>,
    /// Whether it is spread over several words: `@arguments`.
    pub(super) splat: bool,
}

impl<'t> Word<'t> {
    /// A word that comes out of a value.
    pub(super) fn of(datum: Datum<'t>, range: Range<usize>) -> Self {
        Self { range, datum, node: None, splat: false }
    }

    /// Its text, if it is known.
    pub(super) fn text(&self) -> Option<&str> {
        self.datum.as_text()
    }

    /// The name of the parameter that it gives: `-Name`.
    pub(super) fn flag(&self) -> Option<&str> {
        let name = self.text()?.strip_prefix('-')?;
        name.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(name)
    }
}

/// Whether a text names the command line tool.
pub(super) fn is_program(text: &str) -> bool {
    aliyun_cli::is_program(text.trim())
}

/// Whether a program runs code that its words are.
pub(super) fn runs_code(lower: &str) -> bool {
    let name = lower.rsplit(['/', '\\']).next().unwrap_or(lower);
    [POWERSHELLS, POSIX, CMD].iter().any(|programs| programs.contains(&name))
}

/// Whether a command only prints its words.
pub(super) fn prints(lower: &str) -> bool {
    PRINTERS.contains(&lower) || PRINTER_VERBS.iter().any(|verb| lower.starts_with(verb))
}

/// The words of a command, its name first, without redirections.
pub(super) fn words<'t>(command: Node<'t>, env: &Env<'_, 't>) -> Vec<Word<'t>> {
    if command.kind() == kind::INVOCATION {
        return started::words(command, env);
    }
    let Some(name) = command.child_by_field_name("command_name") else { return Vec::new() };
    let mut words = vec![word(&[innermost(name)], env)];
    let Some(elements) = command.child_by_field_name("command_elements") else { return words };
    let mut group: Vec<Node<'t>> = Vec::new();
    let mut cursor = elements.walk();
    for child in elements.named_children(&mut cursor) {
        match child.kind() {
            kind::COMMAND_SEPARATOR => close(&mut group, &mut words, env),
            kind::STOP_PARSING => {
                close(&mut group, &mut words, env);
                let text = env.script.slice(child).trim_start_matches("--%");
                let range = child.byte_range();
                let raw = text.split_whitespace();
                words.extend(raw.map(|raw| Word::of(Datum::text(raw), range.clone())));
            }
            kind::REDIRECTION | kind::COMMENT => {}
            _ => group.push(child),
        }
    }
    close(&mut group, &mut words, env);
    words
}

/// The redirections of a command, as they are written.
pub(super) fn redirections<'s>(command: Node<'_>, env: &Env<'_, 's>) -> Vec<&'s str> {
    let Some(elements) = command.child_by_field_name("command_elements") else {
        return Vec::new();
    };
    let mut cursor = elements.walk();
    let words = elements.named_children(&mut cursor).map(|child| env.script.slice(child));
    words.filter(|text| is_redirection(text)).collect()
}

fn close<'t>(group: &mut Vec<Node<'t>>, words: &mut Vec<Word<'t>>, env: &Env<'_, 't>) {
    let nodes = std::mem::take(group);
    let Some(first) = nodes.first() else { return };
    if is_redirection(env.script.slice(*first)) {
        return;
    }
    words.push(word(&nodes, env));
}

/// `2>&1`, `*>$null`, `> file`.
fn is_redirection(text: &str) -> bool {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '*');
    rest.starts_with('>')
}

/// The word that nodes without a blank between them make.
fn word<'t>(nodes: &[Node<'t>], env: &Env<'_, 't>) -> Word<'t> {
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else {
        return Word::of(Datum::unknown(String::new()), 0..0);
    };
    let range = first.start_byte()..last.end_byte();
    let written = env.script.text.get(range.clone()).unwrap_or_default();
    let node = innermost(*first);
    let splat = nodes.len() == 1 && written.starts_with('@') && node.kind() == kind::VARIABLE;
    let pieces = split_variable(written).and_then(|name| fields(env.variable(name)));
    let datum = match nodes {
        _ if let Some(words) = pieces => words,
        [_] => part(node, env),
        _ if nodes.iter().any(|node| node.kind() == kind::SCRIPT_BLOCK) => {
            env.interpolate(written, false)
        }
        several => {
            let parts = several.iter().map(|node| part(innermost(*node), env));
            parts.fold(Datum::text(String::new()), Datum::join)
        }
    };
    Word { range, datum, node: Some(node), splat }
}

/// The variable in `$words.Split(' ')`, which the grammar takes for several words.
fn split_variable(written: &str) -> Option<&str> {
    let (name, rest) = written.split_once('.')?;
    let is_name = |name: &str| name.strip_prefix('$').is_some_and(|it| !it.contains(['(', '$']));
    let splits = rest.get(..6).is_some_and(|method| method.eq_ignore_ascii_case("split("));
    (splits && is_name(name)).then_some(name)
}

fn part<'t>(node: Node<'t>, env: &Env<'_, 't>) -> Datum<'t> {
    let text = env.script.slice(node);
    match node.kind() {
        "generic_token" | "command_parameter" | "command_name" | "path_command_name" => {
            let bare: String =
                text.chars().filter(|letter| !matches!(letter, '"' | '\'')).collect();
            env.interpolate(&bare, false)
        }
        _ => env.eval(node),
    }
}
