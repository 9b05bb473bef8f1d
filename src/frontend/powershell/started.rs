//! Programs that scripts start through .NET: `[Process]::Start(…)` with a name and
//! words, or with a `ProcessStartInfo` that says both.

use tree_sitter::Node;

use super::command::{self, Word};
use super::datum::Datum;
use super::kind;
use super::script::Script;
use super::value::{Env, innermost};

/// What says how a process is started.
const INFO: &str = "processstartinfo";

/// What is started.
const PROCESS: &str = "process";

/// Parts of the names of lists.
const LISTS: &[&str] = &["generic.list[", "arraylist"];

/// Its method.
const START: &str = "start";

/// Its member that says how, as part of a name in lower case.
const OF_PROCESS: &str = ".startinfo";

/// The command of which the rest knows that it starts a program.
const STARTER: &str = "Start-Process";

/// Members that say which program is started and with which words.
const PROGRAM: &str = "FileName";
const WORDS: [&str; 2] = ["Arguments", "ArgumentList"];

/// Whether a call of a method may start a program.
pub(super) fn may_start(node: Node<'_>, script: &Script<'_>) -> bool {
    let method = node.named_child(1).map_or("", |name| script.slice(name));
    method.eq_ignore_ascii_case(START)
}

/// The list that a call of a method adds something to, and that:
/// `$info.ArgumentList.Add('ecs')`, `$words.AddRange($more)`.
pub(super) fn added<'t>(call: Node<'t>, script: &Script<'t>) -> Option<(&'t str, Node<'t>)> {
    let method = script.slice(call.named_child(1)?);
    let list = script.slice(innermost(call.named_child(0)?));
    let adds = ["Add", "AddRange"].iter().any(|own| method.eq_ignore_ascii_case(own));
    let is_list = list.starts_with('$') && !list.contains(['(', '[']);
    match arguments(call).as_slice() {
        [only] if adds && is_list => Some((list, *only)),
        _ => None,
    }
}

/// The words of the command that stands for a call which starts a program: none for
/// any other call.
pub(super) fn words<'t>(call: Node<'t>, env: &Env<'_, 't>) -> Vec<Word<'t>> {
    let range = call.byte_range();
    let started = program(call, env).filter(|(program, _)| is_ours(program));
    let Some((program, words)) = started else { return Vec::new() };
    let word = |datum: Datum<'t>| Word::of(datum, range.clone());
    let flag = word(Datum::text("-ArgumentList"));
    let words = words.into_iter().flat_map(|words| [flag.clone(), word(words)]);
    [word(Datum::text(STARTER)), word(program)].into_iter().chain(words).collect()
}

/// What the making of an object of .NET gives that says how a process is started, or
/// that is a list, by its type's name and what it is made with.
pub(super) fn made<'t>(type_name: &str, given: Vec<Datum<'t>>) -> Option<Datum<'t>> {
    let name = last_part(type_name);
    if LISTS.iter().any(|list| type_name.to_ascii_lowercase().contains(list)) {
        return Some(Datum::List(given));
    }
    if !name.eq_ignore_ascii_case(INFO) && !name.eq_ignore_ascii_case(PROCESS) {
        return None;
    }
    let mut entries = Vec::new();
    for (item, name) in given.into_iter().zip([PROGRAM, WORDS[0]]) {
        match item {
            Datum::Map(own) => entries.extend(own),
            other => entries.push((name.to_owned(), other)),
        }
    }
    Some(Datum::Map(entries))
}

/// What `New-Object Type words` and `[Type]::new(words)` are given, lists taken apart.
pub(super) fn given<'t>(items: impl Iterator<Item = Datum<'t>>) -> Vec<Datum<'t>> {
    let flat = items.flat_map(Datum::items);
    flat.filter(|item| item.as_text().is_none_or(|text| !text.starts_with('-'))).collect()
}

/// The type that `[Type]::method(…)` is a method of.
pub(super) fn type_of<'s>(call: Node<'_>, script: &Script<'s>) -> Option<&'s str> {
    let owner = innermost(call.named_child(0)?);
    let written = script.slice(owner);
    written.strip_prefix('[')?.strip_suffix(']').map(str::trim)
}

/// The arguments of a call of a method.
pub(super) fn arguments(call: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = call.walk();
    let list = call.named_children(&mut cursor).find(|it| it.kind() == kind::ARGUMENT_LIST);
    let list = list.and_then(|list| list.child_by_field_name("argument_expression_list"));
    let Some(list) = list else { return Vec::new() };
    let mut cursor = list.walk();
    list.named_children(&mut cursor).collect()
}

/// The program that a call starts, and its words.
fn program<'t>(call: Node<'t>, env: &Env<'_, 't>) -> Option<(Datum<'t>, Vec<Datum<'t>>)> {
    let Some(type_name) = type_of(call, env.script) else {
        let owner = env.script.slice(innermost(call.named_child(0)?));
        return info(&format!("{owner}{OF_PROCESS}"), &Datum::unknown(owner), env);
    };
    if !last_part(type_name).eq_ignore_ascii_case(PROCESS) {
        return None;
    }
    match arguments(call).as_slice() {
        [only] => {
            let node = innermost(*only);
            let value = env.eval(node);
            match value {
                Datum::Text { .. } => Some((value, Vec::new())),
                value => info(env.script.slice(node), &value, env),
            }
        }
        [program, words, ..] => Some((env.eval(*program), vec![env.eval(*words)])),
        [] => None,
    }
}

/// What a variable that says how a process is started says: what is assigned to its
/// members, else what it was made with.
fn info<'t>(
    variable: &str,
    value: &Datum<'t>,
    env: &Env<'_, 't>,
) -> Option<(Datum<'t>, Vec<Datum<'t>>)> {
    // `$process.StartInfo = $info`
    let other = env.assigned(variable).map(|(written, value)| (written.to_owned(), value));
    let (variable, value) = match &other {
        Some((written, value)) if written.starts_with('$') => (written.as_str(), value),
        Some((_, value)) => (variable, value),
        None => (variable, value),
    };
    let member = |name: &str| {
        let assigned = env.assigned(&format!("{variable}.{name}")).map(|(_, value)| value);
        assigned.or_else(|| value.entry(name).cloned())
    };
    Some((member(PROGRAM)?, WORDS.iter().filter_map(|name| member(name)).collect()))
}

fn is_ours(program: &Datum<'_>) -> bool {
    match program {
        Datum::OneOf { items, .. } => items.iter().any(is_ours),
        other => {
            let text = other.written().to_ascii_lowercase();
            command::is_program(&text) || text.contains("aliyun") || command::runs_code(&text)
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
