//! Tasks that send a request to the endpoint of the API: `uri`.

use super::action::{Action, pairs};
use super::jinja;
use super::run::Run;
use super::scope::Frame;
use crate::frontend::rpc;
use crate::frontend::template::Item;
use crate::procedure::{Node, Operation, Value};

/// What opens a variable in a request.
const VARIABLE: &str = "${";

impl<'t> Run<'_, 't> {
    /// The call that a task with `uri` makes.
    pub(super) fn request(
        &mut self,
        task: Item<'t>,
        action: &Action<'t>,
        frame: &Frame<'t>,
    ) -> Vec<Node> {
        let mut words = Vec::new();
        if let Some(url) = action.argument("url") {
            words.push(word("", &self.value(url, frame)));
        }
        for (field, separator) in [("headers", ": "), ("body", "=")] {
            let Some(parts) = action.argument(field) else { continue };
            if parts.text().is_some() {
                words.push(word("", &self.value(parts, frame)));
            }
            for part in parts.entries() {
                let before = part.key.render() + separator;
                words.push(word(&before, &self.value(part.value, frame)));
            }
        }
        for (name, text) in action.free_text().map(pairs).unwrap_or_default() {
            if matches!(name, "url" | "body") {
                words.push(word("", &self.text_value(text, frame)));
            }
        }
        let call = rpc::read(&words, self.context.catalogue).map(|request| {
            let mut arguments = request.arguments;
            for (_, value) in &mut arguments.given {
                *value = referring(std::mem::replace(value, Value::Absent));
            }
            let mut operation = Operation::direct(request.action, task.span(), arguments);
            operation.answer = task.get_text("register").map(str::to_owned);
            operation.evidence = request.evidence;
            Node::Call(operation)
        });
        call.into_iter().collect()
    }
}

/// A part of a request; what only the run can tell is written as a variable.
fn word(before: &str, value: &Value) -> Value {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Unknown(unknown) => unknown.text.replace("{{", VARIABLE),
        Value::List(_) | Value::Map(_) | Value::Absent => return Value::Absent,
    };
    Value::Text(format!("{before}{text}"))
}

/// A value of a request as the playbook refers to it.
fn referring(value: Value) -> Value {
    match value {
        Value::Unknown(unknown) => {
            let text = unknown.text.replace(VARIABLE, "{{");
            let shown = jinja::sole(&text).map(jinja::braced);
            Value::unknown(shown.unwrap_or(text))
        }
        value => value,
    }
}
