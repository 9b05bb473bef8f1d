//! Requests whose body is not among the words of the command: it comes from the
//! input, or from a file that the script has written.

use tree_sitter::Node;

use super::{Lowering, Mode};
use crate::frontend::rpc;
use crate::frontend::shell::command;
use crate::frontend::shell::program::program;
use crate::frontend::shell::word::Word;
use crate::procedure::{Node as Step, Operation, Value};

/// Programs that send what they read.
const SENDERS: &[&str] = &["curl", "wget", "http", "https"];

/// Options behind which the body of a request stands, as `@file` for curl.
const BODIES: &[&str] = &[
    "-d",
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-urlencode",
    "--post-file",
    "--body-file",
    "-T",
    "--upload-file",
];

/// Those among them that name a file without a sign before it.
const NAMES_FILE: &[&str] = &["--post-file", "--body-file", "-T", "--upload-file"];

/// What a text must say to be the body of a request that names an action.
const NAMES_ACTION: &str = "Action=";

/// How many such texts are kept of one script.
const MOST: usize = 64;

/// The input, as a file is called.
const INPUTS: &[&str] = &["-", "/dev/stdin"];

impl<'t> Lowering<'_, 't, '_> {
    /// Keeps a text that is written to a file, if it may be sent later.
    pub(super) fn keep_body(&mut self, path: &str, text: &str) {
        if text.contains(NAMES_ACTION) && self.bodies.len() < MOST {
            self.bodies.push((bare(path), text.to_owned()));
        }
    }

    /// The call that a command makes by sending a file that was written before.
    pub(super) fn sends_file(
        &self,
        words: &[Word<'t>],
        node: Node<'t>,
        mode: Mode,
    ) -> Option<Step> {
        let file = bare(&self.body_of(words)?);
        let (_, text) = self.bodies.iter().rev().find(|(path, _)| *path == file)?;
        self.sent(words, text, node, mode)
    }

    /// The call that a command makes by sending its input.
    pub(super) fn sends_input(
        &self,
        words: &[Word<'t>],
        text: &str,
        node: Node<'t>,
        mode: Mode,
    ) -> Option<Step> {
        let body = self.body_of(words);
        let head = words.first()?.text()?;
        // `http` sends its input unasked.
        let sends = match body {
            Some(body) => INPUTS.contains(&body.as_str()),
            None => head.starts_with("http"),
        };
        sends.then(|| self.sent(words, text, node, mode)).flatten()
    }

    fn sent(&self, words: &[Word<'t>], text: &str, node: Node<'t>, mode: Mode) -> Option<Step> {
        let lines = text.lines().map(|line| line.trim().trim_end_matches('\\'));
        let is_open = |line: &str| line.contains(['$', '`']);
        let field = |line: &str| {
            if is_open(line) { Value::unknown(line) } else { Value::Text(line.to_owned()) }
        };
        let mut values = command::values(words.get(1..)?);
        values.extend(lines.map(field));
        let request = rpc::read(&values, self.context.catalogue)?;
        let span = self.source.span(node.byte_range());
        let mut operation = Operation::direct(request.action, span, request.arguments);
        operation.evidence = request.evidence;
        operation.failure = self.failure(node.start_byte(), mode);
        Some(Step::Call(operation))
    }

    /// The file that holds the body of a request, as it is written.
    fn body_of(&self, words: &[Word<'t>]) -> Option<String> {
        let head = words.first()?.text()?;
        if !SENDERS.contains(&program(head)) {
            return None;
        }
        let mut words = words[1..].iter();
        while let Some(word) = words.next() {
            let written = self.script.text.get(word.range.clone()).unwrap_or_default();
            let (flag, joined) = match written.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(value)),
                _ if written.starts_with("-d@") => ("-d", written.get(2..)),
                _ => (written, None),
            };
            if !BODIES.contains(&flag) {
                continue;
            }
            let value = match joined {
                Some(value) => value,
                None => self.script.text.get(words.next()?.range.clone())?,
            };
            let value = value.trim_start_matches(['"', '\'']);
            let file = value.strip_prefix('@').or(NAMES_FILE.contains(&flag).then_some(value));
            if let Some(file) = file {
                return Some(file.trim_end_matches(['"', '\'']).to_owned());
            }
        }
        None
    }
}

/// A path without the signs that it may be written with or without.
fn bare(path: &str) -> String {
    path.chars().filter(|letter| !"\"'{}".contains(*letter)).collect()
}
