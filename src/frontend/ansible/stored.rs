//! Tasks that put code where something else runs it: `cron` with a command, `copy`
//! with the text of a script. None of it runs with the play, so that each is a
//! procedure of its own.

use super::action::Action;
use super::code::Text;
use super::run::Run;
use super::scope::Frame;
use super::task::is_true;
use crate::frontend::interpreted_by;
use crate::frontend::template::{Item, script};

const SHELL: &str = "shell";

/// The front end of the timetables that some files are.
const CRONTAB: &str = "crontab";

/// What the names of folders with timetables have.
const TIMETABLES: [&str; 2] = ["/cron.d/", "/crontab"];

impl<'t> Run<'_, 't> {
    /// Reads the code that a task stores.
    pub(super) fn store(&mut self, action: &Action<'t>, frame: &Frame<'t>) {
        let found = match action.name {
            "cron" => scheduled(action),
            _ => copied(action),
        };
        let Some((content, language, name)) = found else { return };
        let Some(length) = content.text().map(str::len) else { return };
        let Some(code) = self.code(Text::Scalar(content, 0..length), language, frame) else {
            return;
        };
        let mut lowered = script::lower_file(language, &code.source, name, self.context);
        for procedure in &mut lowered.procedures {
            code.name_values(&mut procedure.body);
        }
        self.embedded.extend(lowered);
    }
}

/// The command of an entry of a timetable, its language and its name.
fn scheduled<'t>(action: &Action<'t>) -> Option<(Item<'t>, &'static str, &'t str)> {
    let is_off = action.argument("state").and_then(Item::text) == Some("absent");
    let is_other = ["env", "disabled"].iter().any(|name| is_true(action.argument(name)));
    let job = action.argument("job").filter(|_| !is_off && !is_other)?;
    let name = action.argument("name").and_then(Item::text);
    Some((job, SHELL, name.unwrap_or("cron")))
}

/// The text of a file that something may run, its language and its name.
fn copied<'t>(action: &Action<'t>) -> Option<(Item<'t>, &'static str, &'t str)> {
    let content = action.argument("content")?;
    let path = action.argument("dest").and_then(Item::text)?;
    let text = content.text()?;
    let language = match text.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
        Some(line) => interpreted_by(line.split_whitespace()).ok()?,
        None if TIMETABLES.iter().any(|folder| path.contains(folder)) => CRONTAB,
        None if path.rsplit_once('.').is_some_and(|(_, ending)| ending == "sh") => SHELL,
        None => return None,
    };
    Some((content, language, path))
}
