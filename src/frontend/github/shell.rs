//! What runs the code of a step.

use crate::frontend::interpreted_by;
use crate::frontend::pipeline::argv;
use crate::frontend::pipeline::code::{ERREXIT, PIPEFAIL, SHELL};
use crate::frontend::template::Item;

/// A language and the settings of its shell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    pub(super) language: &'static str,
    pub(super) settings: &'static str,
}

/// The shell that `defaults` of a workflow or a job names.
pub(super) fn default_of(item: Item<'_>) -> Option<&str> {
    item.get("defaults")?.get("run")?.get_text("shell")
}

/// What a runner's system runs if nothing else is said.
pub(super) fn of_runner(job: Item<'_>) -> Option<&'static str> {
    let runner = job.get_text("runs-on")?;
    runner.to_ascii_lowercase().starts_with("windows").then_some("pwsh")
}

/// Reads a `shell`: a name, or a command line with `{0}` for the script.
pub(super) fn read(shell: Option<&str>) -> Shell {
    let Some(shell) = shell else { return Shell { language: SHELL, settings: ERREXIT } };
    let mut words = shell.split_whitespace();
    let language = words.next().and_then(|name| interpreted_by(std::iter::once(name)).ok());
    let is_command = shell.contains("{0}");
    let settings = match (language, is_command) {
        (Some(SHELL), false) if shell.trim() == "bash" => PIPEFAIL,
        (Some(SHELL), false) => ERREXIT,
        (Some(SHELL), true) => argv::settings(words),
        _ => "",
    };
    Shell { language: language.unwrap_or(""), settings }
}
