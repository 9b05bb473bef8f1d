//! Code of this and other languages in the words of commands.

use tree_sitter::Node;

use super::{Lowering, MAIN};
use crate::frontend::lower_embedded;
use crate::frontend::powershell::command::Word;
use crate::frontend::powershell::script::{Meaning, variable_name};
use crate::frontend::powershell::value::innermost;
use crate::frontend::powershell::{self, FRONTEND, kind};
use crate::procedure::Node as Step;
use crate::source::Source;

impl<'t> Lowering<'_, 't, '_> {
    /// The code in words: the text of a literal as it stands, with its place,
    /// anything else where the command is.
    pub(super) fn code(
        &self,
        language: &str,
        words: &[Word<'t>],
        command: Node<'t>,
    ) -> Source<'static> {
        let mut code = self.source.embed();
        let single = words.len() == 1;
        for word in words {
            let literal = word.node.filter(|node| node.byte_range() == word.range);
            let literal = literal.and_then(|node| {
                let text = self.text_in(node, command).unwrap_or(node);
                literal_range(text, self.script.text)
            });
            let quote = if single || language == "powershell" { "" } else { "'" };
            match literal {
                Some(range) => {
                    let at = range.start;
                    let whole = self.script.text.get(range.clone()).unwrap_or_default();
                    let quote =
                        if whole.contains(quote) && !quote.is_empty() { "\"" } else { quote };
                    code.replace(quote, at..at);
                    code.copy(range.clone());
                    code.replace(quote, range.end..range.end);
                }
                None if self.script.text.get(word.range.clone()) == word.text() => {
                    code.copy(word.range.clone());
                }
                None => {
                    let text = word.datum.written();
                    let text = if single { text } else { format!("{quote}{text}{quote}") };
                    code.replace(&text, command.byte_range());
                }
            }
            code.replace(" ", word.range.end..word.range.end);
        }
        code.finish()
    }

    /// The here-string that a variable holds at a command. Several lines of code
    /// stand where they are written, one line where it is run.
    fn text_in(&self, node: Node<'t>, command: Node<'t>) -> Option<Node<'t>> {
        if node.kind() != kind::VARIABLE {
            return None;
        }
        let name = variable_name(self.script.slice(node));
        let at = command.start_byte();
        let reaching = self.script.variables.reaching(&name, self.scope, at, false);
        let [definition] = reaching.as_slice() else { return None };
        let Meaning::Value(value) = definition.meaning else { return None };
        let text = innermost(value);
        matches!(text.kind(), kind::HERE_STRING | kind::VERBATIM_HERE_STRING).then_some(text)
    }

    /// The steps of code that runs where a command is.
    pub(super) fn embedded(&mut self, language: &str, source: &Source<'_>) -> Vec<Step> {
        if !source.may_embed() || !FRONTEND.matters(source.text.as_bytes()) {
            return Vec::new();
        }
        let mut lowered = if language == FRONTEND.name {
            powershell::read(source, self.context, self.depth)
        } else {
            lower_embedded(language, source, self.context)
        };
        let mut steps = Vec::new();
        lowered.procedures.retain_mut(|procedure| {
            let inline = procedure.name == MAIN;
            if inline {
                steps.append(&mut procedure.body);
            }
            !inline
        });
        self.out.extend(lowered);
        steps
    }
}

/// The text of a string literal inside its signs.
fn literal_range(node: Node<'_>, text: &str) -> Option<std::ops::Range<usize>> {
    let range = node.byte_range();
    match node.kind() {
        kind::STRING | kind::VERBATIM_STRING => Some(range.start + 1..range.end.checked_sub(1)?),
        kind::HERE_STRING | kind::VERBATIM_HERE_STRING => {
            let first = text.get(range.clone())?.find('\n')? + range.start + 1;
            let last = range.end.checked_sub(2)?;
            (first <= last).then_some(first..last)
        }
        _ => None,
    }
}
