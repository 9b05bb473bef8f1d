//! Shell code in strings: handed on to the shell front end, with holes as
//! variables.

use super::nodes::{changed, operations};
use super::thing::{Piece, Text};
use crate::frontend::{Context, lower_embedded};
use crate::procedure::{Action, Failure, Node, Operation, Value};
use crate::source::Source;

/// What a piece of shell code does.
pub(in crate::frontend) struct Script {
    pub(in crate::frontend) nodes: Vec<Node>,
    /// Whether callers decide some of it that matters.
    pub(in crate::frontend) tainted: bool,
}

/// Whether a text can be a command line of the CLI or a script with one.
pub(in crate::frontend) fn mentions_cli(text: &Text) -> bool {
    text.pieces.iter().filter_map(Piece::known).any(|piece| piece.contains("aliyun"))
}

/// What may stand before the CLI's program in a command line.
const PREFIXES: &[&str] = &["sudo", "env", "timeout", "nohup", "time"];

/// Whether a text is a command line of the CLI and nothing else.
pub(in crate::frontend) fn is_command_line(text: &Text) -> bool {
    let first = text.pieces.iter().find_map(Piece::known).unwrap_or_default();
    let mut words = first.split_whitespace().skip_while(|word| {
        PREFIXES.contains(word)
            || word.starts_with('-')
            || word.contains('=')
            || word.bytes().all(|byte| byte.is_ascii_digit())
    });
    words.next().is_some_and(|word| word.rsplit('/').next() == Some("aliyun"))
}

/// Reads a text as shell code.
pub(in crate::frontend) fn script(
    source: &Source<'_>,
    context: Context<'_>,
    text: &Text,
    failure: Failure,
) -> Script {
    let embedded = embedded(source, text);
    let lowered = lower_embedded("shell", &embedded, context);
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
    let is_unresolved = |it: &&Operation| matches!(it.action, Action::Unresolved(_));
    let tainted = holes && operations(&nodes).iter().any(is_unresolved);
    let names = stand_ins(text);
    let nodes = changed(nodes, &|operation| name_holes(operation, &names));
    Script { nodes, tainted }
}

/// The variables that stand for holes, with the expressions in these.
fn stand_ins(text: &Text) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    for piece in &text.pieces {
        if let Piece::Hole { text, .. } = piece {
            for braced in [false, true] {
                let name = variable(text, braced);
                if found.iter().all(|(known, _)| *known != name) {
                    found.push((name, text));
                }
            }
        }
    }
    // `$disk_id` before `$disk`, which it starts with.
    found.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    found
}

/// Says of an operation what the program says where the shell code has the
/// variable in its place. A shell takes one in single quotes as it stands, but
/// the program has filled it in before.
fn name_holes(operation: &mut Operation, names: &[(String, &str)]) {
    if let Action::Unresolved(text) = &mut operation.action
        && let Some(expression) = expression(text, names)
    {
        *text = expression;
    }
    for (_, value) in &mut operation.arguments.given {
        name_hole(value, names);
    }
}

fn name_hole(value: &mut Value, names: &[(String, &str)]) {
    match value {
        Value::Text(text) => {
            if let Some(expression) = expression(text, names) {
                *value = Value::unknown(expression);
            }
        }
        Value::Unknown(unknown) => {
            if let Some(expression) = expression(&unknown.text, names) {
                unknown.text = expression;
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| name_hole(item, names)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, entry)| name_hole(entry, names)),
        Value::Absent => {}
    }
}

/// A text with expressions for their stand-ins; none if it has no stand-in.
fn expression(text: &str, names: &[(String, &str)]) -> Option<String> {
    if let Some((_, whole)) = names.iter().find(|(name, _)| name == text) {
        return Some((*whole).to_owned());
    }
    let mut result = text.to_owned();
    for (name, expression) in names {
        if result.contains(name.as_str()) {
            result = result.replace(name.as_str(), &format!("{{{expression}}}"));
        }
    }
    (result != text).then_some(result)
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
