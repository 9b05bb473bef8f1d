//! User data that is no script itself and holds some: cloud-init configurations
//! and messages in MIME.

use super::Item;
use crate::frontend::encoding;
use crate::source::{Embedding, Source};

mod message;

/// How a cloud-init configuration begins.
const CLOUD_CONFIG: &str = "#cloud-config";

/// How the line begins that may come before that.
const JINJA: &str = "## template:";

/// Lists of commands in the order in which they run.
const COMMANDS: [&str; 2] = ["bootcmd", "runcmd"];

/// Endings of names that scripts for a shell have.
const SHELL_ENDINGS: [&str; 3] = ["sh", "bash", "ksh"];

/// The scripts that user data holds; none if it is itself the script.
pub(in crate::frontend) fn scripts(source: &Source<'_>) -> Option<Vec<Source<'static>>> {
    if !source.may_embed() {
        return None;
    }
    if is_configuration(&source.text) {
        return Some(configured(source));
    }
    message::is_message(&source.text).then(|| message::scripts(source))
}

/// Whether a text is user data that holds scripts, and none itself.
pub(in crate::frontend) fn is_container(text: &str) -> bool {
    is_configuration(text) || message::is_message(text)
}

fn is_configuration(text: &str) -> bool {
    let mut lines = text.trim_start().lines();
    let first = lines.find(|line| !line.starts_with(JINJA)).unwrap_or_default();
    first.starts_with(CLOUD_CONFIG)
}

/// The scripts in a cloud-init configuration: its lists of commands, and the files
/// that it writes. One that is broken is taken line by line.
fn configured(source: &Source<'_>) -> Vec<Source<'static>> {
    let tree = super::parse(source);
    let Some(top) = tree.documents().next().filter(|_| tree.problems.is_empty()) else {
        return vec![encoding::commands(source)];
    };
    let lists = COMMANDS.iter().filter_map(|key| top.get(key)).map(commands);
    let files = top.get("write_files").into_iter().flat_map(Item::items);
    lists.chain(files.filter_map(written)).collect()
}

/// The words of a call as a line for a shell, which splits them again as they are.
pub(in crate::frontend) fn call(words: Item<'_>) -> Source<'static> {
    let mut line = words.source().embed();
    command(words, &mut line);
    line.finish()
}

/// A list of commands as a script.
fn commands(list: Item<'_>) -> Source<'static> {
    let mut script = list.source().embed();
    if list.text().is_some() {
        command(list, &mut script);
    }
    list.items().for_each(|item| command(item, &mut script));
    script.finish()
}

/// A line for a shell, or the words of a call.
fn command(item: Item<'_>, script: &mut Embedding<'_, '_>) {
    if let Some(aligned) = item.aligned() {
        aligned.append(0..aligned.text.len(), script);
    }
    for (index, argument) in item.items().enumerate() {
        if index > 0 {
            let start = argument.range().start;
            script.replace(" ", start..start);
        }
        word(argument, script);
    }
    let end = item.range().end;
    script.replace("\n", end..end);
}

/// A word of a call in quotes if it needs some; what stands in it for a value
/// still does.
fn word(argument: Item<'_>, script: &mut Embedding<'_, '_>) {
    let Some(aligned) = argument.aligned() else { return };
    let text = aligned.text;
    let is_bare = |letter: char| letter.is_alphanumeric() || "_./:=,@%+-".contains(letter);
    if !text.is_empty() && text.chars().all(is_bare) {
        return aligned.append(0..text.len(), script);
    }
    // A single quote has no escape between single quotes.
    let quote = if text.contains("${") || text.contains('\'') { "\"" } else { "'" };
    let range = argument.range();
    script.replace(quote, range.start..range.start);
    let mut at = 0;
    for (found, letter) in text.match_indices(['"', '\\', '`']).filter(|_| quote == "\"") {
        aligned.append(at..found, script);
        at = found + letter.len();
        script.replace(&format!("\\{letter}"), aligned.raw(found..at));
    }
    aligned.append(at..text.len(), script);
    script.replace(quote, range.end..range.end);
}

/// A file that is written, if it looks like a script.
fn written(file: Item<'_>) -> Option<Source<'static>> {
    let content = file.get("content")?;
    let aligned = content.aligned()?;
    let is_encoded = matches!(file.get_text("encoding"), Some("b64" | "base64"));
    let source = if is_encoded {
        super::code::decode(content)?
    } else {
        let mut embedding = content.source().embed();
        aligned.append(0..aligned.text.len(), &mut embedding);
        embedding.finish()
    };
    let name = file.get_text("path").unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let is_script = source.text.starts_with("#!")
        || name.rsplit_once('.').is_none_or(|(_, ending)| SHELL_ENDINGS.contains(&ending));
    is_script.then_some(source)
}
