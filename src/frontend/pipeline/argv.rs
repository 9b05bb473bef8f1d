//! Commands that are written as lists of words: `["sh", "-c", "…"]`.

use super::code::{ERREXIT, Join, PIPEFAIL, SHELL, language_of};
use crate::frontend::interpreted_by;
use crate::frontend::template::Item;

/// Code that a list of words is, or holds.
#[derive(Debug)]
pub(in crate::frontend) struct Command<'t> {
    /// Its lines or words.
    pub(in crate::frontend) lines: Vec<Item<'t>>,
    /// How they are put together.
    pub(in crate::frontend) join: Join,
    /// Name of the front end of its language.
    pub(in crate::frontend) language: &'static str,
    /// Settings of the shell that runs it.
    pub(in crate::frontend) settings: &'static str,
    /// The program of the image, where the words are what it is given.
    pub(in crate::frontend) given_to: &'static str,
}

/// Words before which a command line may stand that runs the rest.
const LAUNCHERS: [&str; 4] = ["env", "exec", "tini", "dumb-init"];

/// Reads a list of words; a text is a line of shell. The image is that whose own
/// program is given the words, if nothing else is.
pub(in crate::frontend) fn read<'t>(
    items: &[Item<'t>],
    image: Option<&str>,
) -> Option<Command<'t>> {
    let mut command = words(items)?;
    let first = command.lines.first()?.text()?.split_whitespace().next();
    if image.is_some_and(is_of_tool) && first.is_some_and(|first| PRODUCTS.contains(&first)) {
        command.given_to = TOOL;
    }
    Some(command)
}

/// The command line tool, and what its words begin with that call ECS.
const TOOL: &str = "aliyun ";
const PRODUCTS: [&str; 2] = ["ecs", "Ecs"];

/// Whether an image is one of the tool, by whomever.
fn is_of_tool(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next();
    name.is_some_and(|name| name == TOOL.trim_end() || name.contains("aliyun-cli"))
}

/// Whether words are a command of the tool that names it.
pub(in crate::frontend) fn is_command(words: Option<Item<'_>>) -> bool {
    let first = words.and_then(|words| words.text().or_else(|| words.items().next()?.text()));
    first.is_some_and(is_tool_first)
}

/// Whether a line starts with the name of a tool that calls the API.
pub(in crate::frontend) fn is_tool_first(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    TOOLS.contains(&first.rsplit('/').next().unwrap_or(first))
}

/// Tools that call the API.
const TOOLS: [&str; 3] = ["aliyun", "aliyuncli", "ecctl"];

fn words<'t>(items: &[Item<'t>]) -> Option<Command<'t>> {
    let words: Vec<Item<'t>> = items.iter().flat_map(|item| words_of(*item)).collect();
    let skipped = words.iter().take_while(|word| is_launcher(word)).count();
    let rest = words.get(skipped..)?;
    let program = rest.first()?.text()?;
    if let [only] = words.as_slice() {
        let (lines, join) = (vec![*only], Join::Lines);
        return Some(Command { lines, join, language: SHELL, settings: "", given_to: "" });
    }
    if let Some(inline) = inline(program, &rest[1..]).or_else(|| launched(program, &rest[1..])) {
        return Some(inline);
    }
    if program.starts_with('-') && program.contains('c') {
        // The image's own program is most likely a shell.
        return inline(SHELL_PROGRAM, rest);
    }
    let join = if items.iter().all(|item| item.is_sequence()) { Join::Words } else { Join::Parts };
    Some(Command { lines: words, join, language: SHELL, settings: "", given_to: "" })
}

/// What an image without a program of its own is taken to run.
const SHELL_PROGRAM: &str = "sh";

/// Code that follows `-c`.
fn inline<'t>(program: &str, arguments: &[Item<'t>]) -> Option<Command<'t>> {
    let language = interpreted_by(std::iter::once(program)).ok()?;
    let is_flag = |item: &&Item<'t>| item.text().is_some_and(|text| takes_code(language, text));
    let at = arguments.iter().position(|item| is_flag(&item))?;
    let code = *arguments.get(at + 1)?;
    let flags = arguments[..=at].iter().filter_map(|item| item.text());
    let settings = if language == SHELL { settings(flags) } else { "" };
    let language = language_of(code.text().unwrap_or_default(), language);
    let language = crate::frontend::named(language)?.name;
    Some(Command { lines: vec![code], join: Join::Lines, language, settings, given_to: "" })
}

/// Code that follows a line which ends in `-c`: `entrypoint: sh -c`.
fn launched<'t>(line: &str, arguments: &[Item<'t>]) -> Option<Command<'t>> {
    let mut words = line.split_whitespace();
    let language = interpreted_by(words.next().into_iter()).ok()?;
    let options: Vec<&str> = words.collect();
    options.last().filter(|last| takes_code(language, last))?;
    let code = *arguments.first()?;
    let settings = if language == SHELL { settings(options.into_iter()) } else { "" };
    let language = language_of(code.text().unwrap_or_default(), language);
    let language = crate::frontend::named(language)?.name;
    Some(Command { lines: vec![code], join: Join::Lines, language, settings, given_to: "" })
}

/// Settings that options give a shell.
pub(in crate::frontend) fn settings<'w>(options: impl Iterator<Item = &'w str>) -> &'static str {
    let (mut errexit, mut pipefail) = (false, false);
    for option in options {
        let is_short = option.starts_with('-') && !option.starts_with("--");
        errexit |= is_short && option.contains('e') || option == "errexit";
        pipefail |= option == "pipefail";
    }
    match (errexit, pipefail) {
        (true, true) => PIPEFAIL,
        (true, false) => ERREXIT,
        (false, _) => "",
    }
}

/// Whether code follows a flag.
fn takes_code(language: &str, flag: &str) -> bool {
    match language {
        SHELL => flag.starts_with('-') && !flag.starts_with("--") && flag.contains('c'),
        "powershell" => flag.eq_ignore_ascii_case("-c") || flag.eq_ignore_ascii_case("-command"),
        "javascript" | "ruby" => flag == "-e",
        _ => flag == "-c",
    }
}

fn is_launcher(item: &Item<'_>) -> bool {
    let name = item.text().and_then(|text| text.rsplit('/').next());
    name.is_some_and(|name| LAUNCHERS.contains(&name) || name == "--")
}

fn words_of(item: Item<'_>) -> Vec<Item<'_>> {
    if item.is_sequence() {
        item.items().filter(|word| word.text().is_some()).collect()
    } else {
        vec![item]
    }
}
