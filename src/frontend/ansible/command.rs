//! Tasks that run commands: `command`, `shell` and the like.

use super::action::{Action, Given};
use super::code::{Code, Text};
use super::run::Run;
use super::scope::Frame;
use crate::frontend::host::{self, Piece};
use crate::frontend::interpreted_by;
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

const SHELL: &str = "shell";

const POWERSHELL: &str = "powershell";

/// Modules that run commands, and the front ends of their languages.
const MODULES: [(&str, &str); 8] = [
    ("command", SHELL),
    ("shell", SHELL),
    ("raw", SHELL),
    ("expect", SHELL),
    ("win_shell", POWERSHELL),
    ("win_command", POWERSHELL),
    ("win_powershell", POWERSHELL),
    ("ansible.windows.win_shell", POWERSHELL),
];

/// Arguments that hold a command.
const COMMANDS: [&str; 4] = ["cmd", "_raw_params", "command", "script"];

impl<'t> Run<'_, 't> {
    /// What a task with a command runs.
    pub(super) fn command(
        &mut self,
        action: &Action<'t>,
        task: Item<'t>,
        frame: &Frame<'t>,
    ) -> Vec<Node> {
        let Some((_, language)) = MODULES.iter().find(|(name, _)| *name == action.name) else {
            return Vec::new();
        };
        let program = action.argument("executable").and_then(Item::text).unwrap_or_default();
        let language = match interpreted_by(program.split_whitespace()) {
            Ok(spoken) => spoken,
            Err(None) => language,
            Err(Some(_)) => return Vec::new(),
        };
        let Some(mut code) = self.written(action, language, frame) else { return Vec::new() };
        if language == SHELL {
            self.set_environment(task, frame, &mut code);
        }
        let piece = Piece { language, source: &code.source, failure: Failure::Raises };
        let node = host::run(piece, self.context, &mut self.embedded);
        let mut nodes: Vec<Node> = node.into_iter().collect();
        if code.looped.is_some() {
            without_loop(&mut nodes);
        }
        code.name_values(&mut nodes);
        let name = task.get_text("register");
        if let Some(name) = name {
            name_answers(&mut nodes, name);
        }
        nodes
    }

    /// Puts the variables in front of a command that its environment sets.
    fn set_environment(&self, task: Item<'t>, frame: &Frame<'t>, code: &mut Code) {
        let own = task.get("environment");
        let mut prelude = String::new();
        for entry in frame.rules.environment.iter().copied().chain(own).flat_map(Item::entries) {
            let Some(name) = entry.key.text().filter(|name| is_variable(name)) else { continue };
            let value = self.value(entry.value, frame);
            if let Some(written) = code.assigned(name, value) {
                prelude.push_str(&written);
            }
        }
        if !prelude.is_empty() {
            code.source = host::with_prelude(&code.source, &prelude);
        }
    }

    /// The text of a command.
    fn written(&self, action: &Action<'t>, language: &str, frame: &Frame<'t>) -> Option<Code> {
        if let Given::Free(item, range) = &action.given {
            return self.code(Text::Scalar(*item, range.clone()), language, frame);
        }
        if let Some(words) = action.argument("argv").filter(|argv| argv.is_sequence()) {
            return self.code(Text::Words(words), language, frame);
        }
        let item = COMMANDS.iter().find_map(|name| action.argument(name))?;
        let length = item.text()?.len();
        self.code(Text::Scalar(item, 0..length), language, frame)
    }
}

fn is_variable(name: &str) -> bool {
    name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

/// Takes away the loop that was written around a command, since the task's own
/// loop stands around it; it fails if the command does.
fn without_loop(nodes: &mut [Node]) {
    let [Node::Invoke(invocation)] = nodes else { return };
    if let [Node::Loop(_)] = invocation.body.as_slice()
        && let Some(Node::Loop(repetition)) = invocation.body.pop()
    {
        invocation.body = repetition.body;
        if let Some(Node::Call(operation)) = invocation.body.last_mut()
            && operation.failure == Failure::Continues
        {
            operation.failure = Failure::Raises;
        }
    }
}

/// Gives the answer of the one call that a command makes the name that the task
/// registers it under.
fn name_answers(nodes: &mut [Node], name: &str) {
    for node in nodes {
        if let Node::Call(operation) = node {
            operation.answer.get_or_insert_with(|| name.to_owned());
        }
        node.bodies_mut().into_iter().for_each(|body| name_answers(body, name));
    }
}
