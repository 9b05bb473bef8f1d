//! Patches: the code that results from one, with the places of its lines.

use crate::frontend::reading::code::Code;

/// What is written of a file before its changes.
const HEADS: &[&str] = &["diff ", "index ", "--- ", "+++ ", "@@", "new file", "\\ No newline"];

/// What names the file that results.
const RESULT: &str = "+++ ";

/// The lines that a patch leaves or adds.
pub(super) fn result<'d>(code: &Code<'d>) -> Code<'d> {
    let mut kept = Code::default();
    for line in &code.lines {
        let text = &*line.text;
        let is_head = HEADS.iter().any(|head| text.starts_with(head));
        if !is_head && !text.starts_with('-') {
            let marked = text.starts_with(['+', ' ']);
            kept.lines.push(if marked { line.from(1) } else { line.clone() });
        }
    }
    kept
}

/// How the name of the file ends that results.
pub(super) fn ending(text: &str) -> Option<&str> {
    let name = text.lines().find_map(|line| line.strip_prefix(RESULT))?;
    let name = name.split_whitespace().next()?.rsplit('/').next()?;
    Some(name.rsplit_once('.').map_or(name, |(_, ending)| ending))
}
