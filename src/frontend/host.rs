//! What files that run code of other languages have in common: pipelines,
//! playbooks, runbooks, recipes. Each piece of code becomes a step of the
//! procedure that the host is, in the order in which the host runs them.

use super::{Context, Lowered, lower_embedded};
use crate::procedure::{Failure, Invocation, Node};
use crate::source::Source;

pub(super) mod recipes;
pub(super) mod settings;
pub(super) mod steps;

/// Languages in which the last command decides whether a process fails; programs
/// fail by what they raise.
const SHELLS: [&str; 2] = [super::shell::FRONTEND.name, super::powershell::FRONTEND.name];

/// A piece of code that a host runs as a process of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'p> {
    /// Name of the front end of its language.
    pub(super) language: &'p str,
    /// Its text.
    pub(super) source: &'p Source<'p>,
    /// What its failure does to the host: [`Failure::Raises`] if the host stops
    /// there, [`Failure::Discarded`] if it is told to count it as done.
    pub(super) failure: Failure,
}

/// Lowers a piece of code. Its top level is the node, if it does anything; its
/// functions and resources, and what could not be read, go to `out`.
pub(super) fn run(piece: Piece<'_>, context: Context<'_>, out: &mut Lowered) -> Option<Node> {
    let Piece { language, source, failure } = piece;
    let whole = source.span(0..source.text.len());
    let mut lowered = lower_embedded(language, source, context);
    let top_level = lowered.procedures.iter().position(|procedure| procedure.span == whole);
    let top_level = top_level.map(|index| lowered.procedures.remove(index));
    out.extend(lowered);
    let mut body = top_level?.body;
    if SHELLS.contains(&language) {
        end_with_last(&mut body);
    }
    let procedure = whole;
    Some(Node::Invoke(Invocation { procedure, given: Vec::new(), failure, process: true, body }))
}

/// A text with settings before it: `set -e`, variables.
pub(super) fn with_prelude(source: &Source<'_>, prelude: &str) -> Source<'static> {
    let mut embedding = source.embed();
    embedding.replace(prelude, 0..0);
    embedding.copy(0..source.text.len());
    embedding.finish()
}

/// Makes a process fail with its last command, as a shell does.
pub(super) fn end_with_last(nodes: &mut [Node]) {
    match nodes.last_mut() {
        Some(Node::Call(operation)) if operation.failure == Failure::Continues => {
            operation.failure = Failure::Raises;
        }
        Some(Node::Invoke(call)) if call.failure == Failure::Continues => {
            call.failure = Failure::Raises;
        }
        Some(Node::Sequence(body)) => end_with_last(body),
        Some(Node::Guard(guard)) => end_with_last(&mut guard.body),
        Some(Node::Branch(arms)) => arms.iter_mut().for_each(|arm| end_with_last(&mut arm.body)),
        Some(last @ Node::Attempt(_)) => end_with_attempt(last),
        _ => {}
    }
}

/// The same for `a && b`, with whose failure the process ends, and for `a || b`.
fn end_with_attempt(node: &mut Node) {
    let Node::Attempt(attempt) = node else { return };
    if attempt.handlers.is_empty() && attempt.finally.is_empty() {
        *node = Node::Sequence(std::mem::take(&mut attempt.body));
        return;
    }
    attempt.handlers.iter_mut().for_each(|handler| end_with_last(&mut handler.body));
}
