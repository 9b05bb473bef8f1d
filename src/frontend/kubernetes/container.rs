//! Containers: what they run.

use crate::frontend::pipeline::code::{self, Code, Join, Ran, SHELL};
use crate::frontend::pipeline::{Sink, Syntax, Values, argv};
use crate::frontend::template::Item;
use crate::procedure::Failure;

// Keys of a container.
const COMMAND: &str = "command";
const ARGS: &str = "args";
const ENV: &str = "env";
const IMAGE: &str = "image";

/// What a container's `command` and `args` run.
pub(in crate::frontend) fn run(
    container: Item<'_>,
    syntax: &[Syntax],
    values: &Values,
    failure: Failure,
    sink: &mut Sink<'_>,
) -> Ran {
    let items: Vec<Item<'_>> =
        [COMMAND, ARGS].iter().filter_map(|key| container.get(key)).collect();
    let image = container.get_text(IMAGE).filter(|_| container.get(COMMAND).is_none());
    let Some(command) = argv::read(&items, image) else { return Ran::default() };
    let values = &with_environment(container, values);
    let argv::Command { lines, join, language, settings, given_to } = command;
    let code = Code { lines, join, language, settings, given_to, syntax, values, failure };
    code::run(&code, sink)
}

/// What a script runs that a container holds, with the program that runs it.
pub(in crate::frontend) fn script(
    container: Item<'_>,
    script: Item<'_>,
    (syntax, settings): (&[Syntax], &str),
    values: &Values,
    failure: Failure,
    sink: &mut Sink<'_>,
) -> Ran {
    let values = &with_environment(container, values);
    let program = container.get(COMMAND).and_then(|command| {
        let words: Vec<&str> = command.items().filter_map(Item::text).collect();
        let first = words.first()?;
        crate::frontend::interpreted_by(std::iter::once(*first)).ok()
    });
    let text = script.text().unwrap_or_default();
    let language = code::language_of(text, program.unwrap_or(SHELL));
    // A script that names its shell sets its options itself.
    let is_set = text.trim_start().starts_with("#!") || language != SHELL;
    let settings = if is_set { "" } else { settings };
    let (lines, join, given_to) = (vec![script], Join::Lines, "");
    let code = Code { lines, join, language, settings, given_to, syntax, values, failure };
    code::run(&code, sink)
}

fn with_environment(container: Item<'_>, values: &Values) -> Values {
    let mut values = values.clone();
    for variable in container.get(ENV).into_iter().flat_map(Item::items) {
        if let (Some(name), Some(value)) = (variable.get_text("name"), variable.get_text("value")) {
            values.add_variable(name, value, "");
        }
    }
    values
}
