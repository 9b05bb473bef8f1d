//! Scripts that a template carries: in which language they are, and what is in
//! them. One in a language that no front end reads is named, not misread.

use super::Item;
use super::code::{self, References};
use super::user_data;
use crate::frontend::{self, Context, Lowered, encoding, interpreted_by};
use crate::procedure::{Action, Arguments, Evidence, Node, Operation, Procedure};
use crate::source::Source;

/// A script in its place, and what stands beside it.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Script<'t> {
    /// What yields its text.
    pub(in crate::frontend) content: Item<'t>,
    /// Whether its text is said to be Base64.
    pub(in crate::frontend) is_encoded: bool,
    /// The type of the command, which says its language.
    pub(in crate::frontend) kind: Option<&'t str>,
    /// The program that runs it.
    pub(in crate::frontend) launcher: Option<&'t str>,
    /// How the template refers to values.
    pub(in crate::frontend) references: References,
    /// The front end of the template.
    pub(in crate::frontend) frontend: &'static str,
}

/// Command types that no shell runs.
const KINDS: [(&str, &str); 2] = [("RunBatScript", "batch"), ("RunPowerShellScript", "powershell")];

/// First lines that say the language, of user data.
const FIRST_LINES: [(&str, &str); 4] = [
    ("[bat]", "batch"),
    ("[powershell]", "powershell"),
    ("<powershell>", "powershell"),
    ("#include", "cloud-init include"),
];

/// The front end of what says nothing else.
const SHELL: &str = "shell";

/// Lowers a script. What it has outside functions is named after where it stands.
pub(in crate::frontend) fn lower(script: Script<'_>, name: &str, context: Context<'_>) -> Lowered {
    let Some((mut source, is_decoded)) = source_of(script) else { return Lowered::default() };
    let kind = spoken(script);
    if kind.is_none()
        && let Some(lowered) = lower_parts(&source, name, script.frontend, context)
    {
        return lowered;
    }
    let language = kind.unwrap_or_else(|| first_line(&source.text));
    if language != SHELL && !is_decoded {
        // A reference that a shell can read is none in other languages.
        source = code::assemble(script.content, script.references).unwrap_or(source);
    }
    lower_text(&source, &language, name, script.frontend, context)
}

/// Lowers the scripts in user data that is no script itself; none if it is one.
fn lower_parts(
    source: &Source<'_>,
    name: &str,
    frontend: &'static str,
    context: Context<'_>,
) -> Option<Lowered> {
    let mut lowered = Lowered::default();
    for part in &user_data::scripts(source)? {
        let language = first_line(&part.text);
        lowered.extend(lower_text(part, &language, name, frontend, context));
    }
    Some(lowered)
}

/// Lowers user data that stands alone.
pub(in crate::frontend) fn lower_user_data(
    source: &Source<'_>,
    name: &str,
    frontend: &'static str,
    context: Context<'_>,
) -> Lowered {
    lower_parts(source, name, frontend, context)
        .unwrap_or_else(|| lower_text(source, &first_line(&source.text), name, frontend, context))
}

/// Lowers the text of a script in a language.
fn lower_text(
    source: &Source<'_>,
    language: &str,
    name: &str,
    frontend: &'static str,
    context: Context<'_>,
) -> Lowered {
    if frontend::named(language).is_none() {
        return unread(source, language, name, frontend);
    }
    lower_file(language, source, name, context)
}

/// Lowers a script with the front end of a name.
pub(in crate::frontend) fn lower_file(
    language: &str,
    source: &Source<'_>,
    name: &str,
    context: Context<'_>,
) -> Lowered {
    let mut lowered = frontend::lower_embedded(language, source, context);
    for procedure in &mut lowered.procedures {
        if procedure.name == "main" {
            name.clone_into(&mut procedure.name);
        }
    }
    lowered
}

/// The text of a script, and whether it was encoded.
fn source_of(script: Script<'_>) -> Option<(Source<'static>, bool)> {
    let is_plain = script.content.text().is_some() && script.content.function().is_none();
    if is_plain && script.is_encoded {
        return code::decode(script.content).map(|decoded| (decoded, true));
    }
    let source = code::assemble_script(script.content, script.references)?;
    match encoding::decoded(&source).filter(|_| is_plain) {
        Some(decoded) => Some((decoded, true)),
        None => Some((source, false)),
    }
}

/// The language that what stands beside a script says it is in: the name of its
/// front end, if it has one.
fn spoken(script: Script<'_>) -> Option<String> {
    let kind = script.kind.and_then(|kind| KINDS.iter().find(|(name, _)| *name == kind));
    if let Some((_, language)) = kind {
        return Some((*language).to_owned());
    }
    script.launcher.filter(|launcher| !launcher.trim().is_empty()).map(run_by)
}

/// The language that the first line of a script says it is in.
fn first_line(text: &str) -> String {
    let first = text.trim_start().lines().next().unwrap_or_default();
    if let Some(command) = first.strip_prefix("#!") {
        return run_by(command);
    }
    let marked = FIRST_LINES.iter().find(|(start, _)| first.starts_with(start));
    marked.map_or(SHELL, |(_, language)| language).to_owned()
}

/// The language of what a command runs.
fn run_by(command: &str) -> String {
    interpreted_by(command.split_whitespace())
        .map_or_else(|program| program.unwrap_or(SHELL).to_owned(), str::to_owned)
}

/// What stands for a script that is not read and may call the API.
fn unread(source: &Source<'_>, language: &str, name: &str, frontend: &'static str) -> Lowered {
    let mut lowered = Lowered::default();
    let names_api = frontend::named(SHELL).is_some_and(|it| it.matters(source.text.as_bytes()));
    if names_api {
        let span = source.span(0..source.text.len());
        let action = Action::Unresolved(format!("{language} code in {name}, which is not read"));
        let mut operation = Operation::direct(action, span, Arguments::default());
        operation.evidence = Evidence::Possible;
        let (name, body) = (name.to_owned(), vec![Node::Call(operation)]);
        lowered.procedures.push(Procedure { name, span, frontend, parameters: Vec::new(), body });
    }
    lowered
}
