//! What a block looks like that does not say which language it is in.

use super::info::Reads;
use super::session;
use crate::frontend::{FRONTENDS, interpreted_by};

/// A start of a line, what stands in the line besides, and its language. The
/// first that fits counts.
const SHAPES: &[(&str, &str, &str)] = &[
    ("<?php", "", "php"),
    ("package ", "", "go"),
    ("func ", "{", "go"),
    ("import com.", ";", "java"),
    ("import java", ";", "java"),
    ("public class ", "", "java"),
    ("public static ", "(", "java"),
    ("public void ", "(", "java"),
    ("using Aliyun", ";", "csharp"),
    ("using AlibabaCloud", ";", "csharp"),
    ("using System", ";", "csharp"),
    ("import ", " from '", "javascript"),
    ("import ", " from \"", "javascript"),
    ("const ", "=", "javascript"),
    ("require '", "", "ruby"),
    ("require \"", "", "ruby"),
    ("resource \"", "{", "terraform"),
    ("provider \"", "{", "terraform"),
    ("module \"", "{", "terraform"),
    ("data \"", "{", "terraform"),
    ("variable \"", "{", "terraform"),
    ("from ", " import ", "python"),
    ("import ", "", "python"),
    ("def ", "):", "python"),
    ("class ", ":", "python"),
    ("RUN ", "aliyun ", "dockerfile"),
];

/// What comes before a command in a line of a shell.
const BEFORE: &[&str] = &[
    "", "sudo ", "$(", "`", "| ", "&& ", "|| ", "; ", "then ", "do ", "else ", "! ", "if ", "time ",
];

/// Programs that call the API.
const PROGRAMS: &[&str] = &["aliyun ", "ecctl ", "aliyuncli ", "curl "];

/// What steps of Azure Pipelines begin with that nothing else has.
const AZURE_STEPS: [&str; 3] = ["- task:", "- script:", "- bash:"];

/// How many fields say when cron runs a command.
const TIME_FIELDS: usize = 5;

/// How many lines decide.
const MOST_LINES: usize = 400;

/// What only programs start with, though they are said to be of a shell.
const PROGRAM_STARTS: &[(&str, &str)] =
    &[("from aliyunsdk", "python"), ("from alibabacloud", "python"), ("import com.aliyun", "java")];

/// How a text is read that is said to be something: as what it looks like, if
/// nothing is said or if what is said is plainly wrong.
pub(super) fn despite(said: Reads, text: &str) -> Option<Reads> {
    if said == Reads::Sniffed {
        return reads(text);
    }
    if said == Reads::As("shell") && is_timetable(text) {
        return Some(Reads::As("crontab"));
    }
    if said == Reads::As("shell") && is_program(text) {
        let start = |line: &str| PROGRAM_STARTS.iter().find(|(start, _)| line.starts_with(start));
        if let Some((_, language)) = text.lines().find_map(start) {
            return Some(Reads::As(language));
        }
    }
    Some(said)
}

/// Whether the first thing in a text that is no comment is an import.
fn is_program(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| line.starts_with("import ") || line.starts_with("from "))
}

/// How a text looks as if it were to be read; none if it looks like no code.
pub(super) fn reads(text: &str) -> Option<Reads> {
    if let Some(line) = text.trim_start().strip_prefix("#!") {
        let words = line.lines().next().unwrap_or_default().split_whitespace();
        return interpreted_by(words).ok().map(Reads::As);
    }
    if template(text).is_some() {
        return Some(Reads::Data);
    }
    if is_unit(text) {
        return Some(Reads::As("systemd"));
    }
    if is_timetable(text) {
        return Some(Reads::As("crontab"));
    }
    // A prompt may begin with a bracket: `[root@host ~]#`.
    if session::is_prompted(text) {
        return Some(Reads::Console);
    }
    if text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let lines = || text.lines().map(str::trim_start).take(MOST_LINES);
    let shaped = |line: &str| {
        let shape = SHAPES.iter().find(|(start, inside, _)| {
            line.strip_prefix(start).is_some_and(|rest| rest.contains(inside))
        });
        shape.map(|(_, _, language)| *language)
    };
    if let Some(language) = lines().find_map(shaped) {
        return Some(Reads::As(language));
    }
    if lines().any(makes_request) {
        return Some(Reads::As("java"));
    }
    lines().any(runs_program).then_some(Reads::As("shell"))
}

/// The front end that recognises a YAML or JSON text.
pub(super) fn template(text: &str) -> Option<&'static str> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let ending = if is_json { "*.json" } else { "*.yaml" };
    let found = FRONTENDS.iter().find(|frontend| {
        frontend.globs.contains(&ending)
            && frontend.recognises.is_some_and(|recognises| recognises(text))
    });
    let steps = || {
        let of_azure = AZURE_STEPS.iter().any(|start| text.trim_start().starts_with(start));
        of_azure.then_some("azure-pipelines").or(has_steps(text).then_some("github-actions"))
    };
    let by_keys = || {
        let fits = |(_, keys): &&(&str, &[&str])| keys.iter().all(|key| has_key(text, key));
        BY_KEYS.iter().find(fits).map(|(name, _)| *name)
    };
    let found = found.map(|frontend| frontend.name);
    found.or_else(|| steps().filter(|_| !is_json)).or_else(by_keys)
}

/// Front ends that know their files by name, and keys that all of these have.
const BY_KEYS: &[(&str, &[&str])] = &[("package-json", &["\"scripts\""])];

/// Whether a line of a text begins with a key.
fn has_key(text: &str, key: &str) -> bool {
    let follows = |rest: &str| rest.trim_start().starts_with(':');
    let mut lines = text.lines().map(|line| line.trim_start_matches([' ', '\t', '{']));
    lines.any(|line| line.strip_prefix(key).is_some_and(follows))
}

/// Whether a text is a part of a workflow of GitHub Actions: its jobs, or steps.
fn has_steps(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let is_part = lines.next().is_some_and(|line| {
        line.starts_with("steps:") || line.starts_with("jobs:") || line.starts_with("- ")
    });
    is_part && text.lines().any(|line| line.trim_start_matches([' ', '-']).starts_with("run:"))
}

/// Whether a text has lines of a timetable of cron, and no commands besides.
fn is_timetable(text: &str) -> bool {
    let is_typed = |line: &str| !is_scheduled(line) && runs_program(line);
    text.lines().any(is_scheduled) && !text.lines().map(str::trim_start).any(is_typed)
}

/// Whether a line says when a program runs: `0 22 * * * aliyun …`.
fn is_scheduled(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_time = |word: &str| word.chars().all(|letter| "0123456789*/,-".contains(letter));
    let times = words.by_ref().take(TIME_FIELDS).filter(|word| is_time(word)).count();
    let mut command = words.filter_map(|word| word.rsplit('/').next());
    times == TIME_FIELDS && command.any(|word| PROGRAMS.iter().any(|name| name.trim_end() == word))
}

/// Whether a text is of a unit of systemd.
fn is_unit(text: &str) -> bool {
    text.trim_start().starts_with('[')
        && text.lines().any(|line| line.starts_with("Exec") && line.contains('='))
}

/// Whether a line of Java makes a request.
fn makes_request(line: &str) -> bool {
    line.split_once("Request ").is_some_and(|(class, rest)| {
        let is_name = class.chars().all(|letter| letter.is_ascii_alphanumeric());
        is_name && rest.contains("= new ") && rest.trim_end().ends_with(';')
    })
}

/// Whether a line runs a program that calls the API.
fn runs_program(line: &str) -> bool {
    if line.starts_with('#') {
        return false;
    }
    PROGRAMS.iter().any(|program| {
        line.match_indices(program).any(|(at, _)| {
            let before = &line[..at];
            before.is_empty() || BEFORE[1..].iter().any(|sign| before.ends_with(sign))
        })
    })
}
