//! Shell code in strings: handed on to the shell front end, with holes as
//! variables.

use super::machine::Machine;
use super::thing::{Piece, Text};
use crate::frontend::{Context, lower_embedded};
use crate::procedure::{Action, Failure, Node};
use crate::source::Source;

/// What a piece of shell code does.
pub(super) struct Script {
    pub(super) nodes: Vec<Node>,
    /// Whether callers decide some of it that matters.
    pub(super) tainted: bool,
}

/// Whether a text can be a command line of the CLI or a script with one.
pub(super) fn mentions_cli(text: &Text) -> bool {
    text.pieces.iter().filter_map(Piece::known).any(|piece| piece.contains("aliyun"))
}

/// Whether a text is a command line of the CLI and nothing else.
pub(super) fn is_command_line(text: &Text) -> bool {
    let first = text.pieces.iter().find_map(Piece::known).unwrap_or_default().trim_start();
    let first = first.strip_prefix("sudo ").unwrap_or(first).trim_start();
    first.strip_prefix("aliyun").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

impl Machine<'_, '_> {
    /// Reads a text as shell code.
    pub(super) fn script(&self, text: &Text, failure: Failure) -> Script {
        let embedded = embedded(self.source, text);
        let lowered = lower_embedded("shell", &embedded, Context { ..self.context });
        let bodies = lowered.procedures.into_iter().flat_map(|procedure| procedure.body);
        let mut nodes: Vec<Node> = bodies.collect();
        // The process that ran it fails with the last command of it.
        if let Some(Node::Call(last)) = nodes.last_mut() {
            last.failure = match last.failure {
                Failure::Discarded => Failure::Discarded,
                _ => failure,
            };
        }
        let holes = text.pieces.iter().any(|it| matches!(it, Piece::Hole { tainted: true, .. }));
        let tainted = holes && nodes.iter().any(is_unresolved);
        Script { nodes, tainted }
    }
}

fn is_unresolved(node: &Node) -> bool {
    matches!(node, Node::Call(operation) if matches!(operation.action, Action::Unresolved(_)))
}

/// The text as code embedded in the file.
fn embedded(source: &Source<'_>, text: &Text) -> Source<'static> {
    let mut embedding = source.embed();
    let mut pieces = text.pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Known { range, verbatim: true, .. } => embedding.copy(range.clone()),
            Piece::Known { text, range, .. } => embedding.replace(text, range.clone()),
            Piece::Hole { text, range, .. } => {
                let next = pieces.peek().and_then(|next| next.known()).unwrap_or_default();
                let joined = next.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_');
                embedding.replace(&variable(text, joined), range.clone());
            }
        }
    }
    embedding.finish()
}

/// A shell variable that stands for an expression.
fn variable(expression: &str, braced: bool) -> String {
    let name: String = expression
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    let name = name.trim_matches('_');
    let name =
        if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { "value" };
    if braced { format!("${{{name}}}") } else { format!("${name}") }
}
