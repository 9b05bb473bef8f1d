//! Commands that tasks run to get a value: `lookup('pipe', '…')` in any text of
//! theirs, and `with_lines`.

use std::ops::Range;
use std::rc::Rc;

use super::code::Text;
use super::jinja::{self, Part};
use super::recognise::short;
use super::run::Run;
use super::scope::{Frame, Named};
use crate::frontend::host::{self, Piece};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

/// The front end of commands.
const SHELL: &str = "shell";

/// What looks something up, and what it is asked for where it runs a command.
const LOOKUPS: [&str; 3] = ["lookup(", "query(", "q("];
const PLUGINS: [&str; 2] = ["pipe", "lines"];

/// Keywords of loops over what commands print.
const LOOPS: [&str; 2] = ["with_pipe", "with_lines"];

/// Keywords under which other tasks stand.
const INNER: [&str; 3] = ["block", "rescue", "always"];

impl<'t> Run<'_, 't> {
    /// The commands that a task runs for values, in the order of its text.
    pub(super) fn looked_up(&mut self, task: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let mut nodes = Vec::new();
        let written = task.source().text.get(task.range()).unwrap_or_default();
        let may = PLUGINS.iter().any(|plugin| written.contains(plugin));
        for entry in task.entries().filter(|_| may) {
            let key = entry.key.text().unwrap_or_default();
            if LOOPS.contains(&key) {
                let commands = entry.value.items().chain([entry.value]);
                for command in commands.filter(|command| command.text().is_some()) {
                    nodes.extend(self.whole(command, frame));
                }
            } else if !INNER.contains(&key) {
                self.within(entry.value, frame, &mut nodes);
            }
        }
        nodes
    }

    /// The commands that run for the values of a play's variables.
    pub(super) fn looked_up_by(
        &mut self,
        vars: Option<Item<'t>>,
        frame: &Rc<Frame<'t>>,
    ) -> Vec<Node> {
        let mut nodes = Vec::new();
        if let Some(vars) = vars {
            self.within(vars, frame, &mut nodes);
        }
        nodes
    }

    /// Recursion goes no deeper than the tree is high.
    fn within(&mut self, item: Item<'t>, frame: &Rc<Frame<'t>>, nodes: &mut Vec<Node>) {
        item.items().for_each(|inner| self.within(inner, frame, nodes));
        item.entries().for_each(|entry| self.within(entry.value, frame, nodes));
        let Some(text) = item.text().filter(|text| LOOKUPS.iter().any(|it| text.contains(it)))
        else {
            return;
        };
        for part in jinja::parts(text) {
            let Part::Expression(_, inner) = part else { continue };
            for asked in asked(text, inner) {
                match asked {
                    Asked::Written(range) => nodes.extend(self.run(item, range, frame)),
                    Asked::Named(name) => {
                        let named = frame.named(name);
                        if let Some(Named::Item(command)) = named {
                            nodes.extend(self.whole(command, frame));
                        }
                    }
                }
            }
        }
    }

    fn whole(&mut self, command: Item<'t>, frame: &Rc<Frame<'t>>) -> Option<Node> {
        let length = command.text()?.len();
        self.run(command, 0..length, frame)
    }

    fn run(&mut self, item: Item<'t>, range: Range<usize>, frame: &Rc<Frame<'t>>) -> Option<Node> {
        let code = self.code(Text::Scalar(item, range), SHELL, frame)?;
        let piece = Piece { language: SHELL, source: &code.source, failure: Failure::Raises };
        let mut nodes = vec![host::run(piece, self.context, &mut self.embedded)?];
        code.name_values(&mut nodes);
        nodes.pop()
    }
}

/// A command that a lookup is given.
enum Asked<'t> {
    /// It is written there.
    Written(Range<usize>),
    /// A variable holds it.
    Named(&'t str),
}

/// The commands that the lookups of an expression run.
fn asked(text: &str, expression: Range<usize>) -> Vec<Asked<'_>> {
    let mut found = Vec::new();
    let mut at = expression.start;
    while let Some(rest) = text.get(at..expression.end) {
        let next = LOOKUPS.iter().filter_map(|name| Some(rest.find(name)? + name.len())).min();
        let Some(next) = next else { break };
        at += next;
        let Some((plugin, after)) = quoted(text, at, expression.end) else { continue };
        if !PLUGINS.contains(&short(&text[plugin])) {
            continue;
        }
        let rest = text[after..expression.end].trim_start();
        let Some(rest) = rest.strip_prefix(',').map(str::trim_start) else { continue };
        let start = text.len() - text[expression.end..].len() - rest.len();
        if let Some((command, after)) = quoted(text, start, expression.end) {
            found.push(Asked::Written(command));
            at = after;
        } else if let Some(name) = jinja::names(rest).next() {
            found.push(Asked::Named(name));
        }
    }
    found
}

/// The string that starts at a place, without its quotes, and what follows it.
fn quoted(text: &str, from: usize, end: usize) -> Option<(Range<usize>, usize)> {
    let rest = text.get(from..end)?;
    let inner = rest.trim_start();
    let quote = inner.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    let start = from + rest.len() - inner.len() + quote.len_utf8();
    let length = text[start..end].find(quote)?;
    Some((start..start + length, start + length + quote.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_lookups_are_found() {
        let commands = |text: &'static str| -> Vec<&'static str> {
            let all = asked(text, 0..text.len()).into_iter();
            let all = all.map(|asked| match asked {
                Asked::Written(range) => &text[range],
                Asked::Named(name) => name,
            });
            all.collect()
        };
        assert_eq!(commands("lookup('pipe', 'a b') ~ q( \"lines\" , \"c\" )"), ["a b", "c"]);
        assert_eq!(commands("query('ansible.builtin.pipe', command) | first"), ["command"]);
        assert_eq!(commands("lookup('file', 'a') + lookup('pipe'"), [] as [&str; 0]);
        assert_eq!(commands("lookup('pipe', 'é"), [] as [&str; 0]);
    }
}
