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
];

/// What comes before a command in a line of a shell.
const BEFORE: &[&str] = &[
    "", "sudo ", "$(", "`", "| ", "&& ", "|| ", "; ", "then ", "do ", "else ", "! ", "if ", "time ",
];

/// Programs that call the API.
const PROGRAMS: &[&str] = &["aliyun ", "ecctl ", "aliyuncli ", "curl "];

/// How many lines decide.
const MOST_LINES: usize = 400;

/// How a text looks as if it were to be read; none if it looks like no code.
pub(super) fn reads(text: &str) -> Option<Reads> {
    if let Some(line) = text.trim_start().strip_prefix("#!") {
        let words = line.lines().next().unwrap_or_default().split_whitespace();
        return interpreted_by(words).ok().map(Reads::As);
    }
    if template(text).is_some() {
        return Some(Reads::Data);
    }
    if text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    if session::is_prompted(text) {
        return Some(Reads::Console);
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
    found.map(|frontend| frontend.name)
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
