//! Scripts that a script reads into itself: `. ./lib.ps1`, `Import-Module`. What they
//! define holds in it, too.

use super::{kind, read, read_with, repair};
use crate::frontend::shell::included::{self, Borrowed};
use crate::frontend::{Context, Link, Lowered};
use crate::source::Source;

/// What lines begin with that read in a script.
const READERS: &[&str] = &[". ", "import-module ", "ipmo ", "using module "];

/// Endings of scripts.
const ENDINGS: &[&str] = &[".psm1", ".ps1"];

/// The paths that the lines of a script may mean, relative to its folder. A variable
/// in front mostly is the script's folder.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for path in text.lines().filter_map(sourced) {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        links.extend([format!("../{path}"), name, path].map(Link::File));
    }
    links
}

/// The path that a line reads in.
fn sourced(line: &str) -> Option<String> {
    let line = line.trim_start();
    let is_reader =
        |word: &&str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    READERS.iter().find(|word| is_reader(word))?;
    let end = ENDINGS.iter().find_map(|ending| Some(line.find(ending)? + ending.len()))?;
    let start = line[..end].rfind([' ', '"', '\'', '(']).map_or(0, |sign| sign + 1);
    let path = line[start..end].replace('\\', "/");
    let path = match path.strip_prefix(['$', '{']) {
        Some(rest) => rest.split_once('/')?.1,
        None => &path,
    };
    let path = path.trim_start_matches("./").trim_start_matches('/');
    (!path.contains('$')).then(|| path.to_owned())
}

/// Lowers a script with those that it reads in, whose texts stand behind its
/// parameters.
pub(super) fn lower(
    source: &Source<'_>,
    texts: &[&str],
    context: Context<'_>,
    borrowed: &Borrowed,
) -> Lowered {
    if texts.is_empty() {
        return read(source, context, 0);
    }
    let at = repair::parse(source).map_or(0, |tree| {
        let mut cursor = tree.walk();
        let mut parts = tree.root_node().named_children(&mut cursor);
        parts.find(|part| part.kind() == kind::PARAMETERS).map_or(0, |part| part.end_byte())
    });
    let whole = included::with(source, at, texts);
    let mut found = read_with(&whole, (context, 0), borrowed);
    included::without(&mut found, source.span(at..at));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_script() {
        let cases = [
            (". ./lib.ps1", "lib.ps1"),
            (". .\\lib\\ecs.ps1", "lib/ecs.ps1"),
            (". \"$PSScriptRoot/lib.ps1\"", "lib.ps1"),
            (". (Join-Path $PSScriptRoot 'lib.ps1')", "lib.ps1"),
            ("Import-Module \"$PSScriptRoot\\Ecs.psm1\" -Force", "Ecs.psm1"),
        ];
        for (line, path) in cases {
            assert_eq!(sourced(line).as_deref(), Some(path), "{line}");
        }
        assert_eq!(sourced("./lib.ps1"), None);
        assert_eq!(sourced("Import-Module Az"), None);
    }
}
