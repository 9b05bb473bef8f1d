//! Processes whose program and command line are given apart: the program and the
//! rest of the line as one text, or an object that says both.

use std::ops::Range;

use super::argv;
use super::calls::Call;
use super::machine::Machine;
use super::thing::{Map, Piece, Thing};
use crate::procedure::Failure;

/// A program, and its command line: as one text, and as a list of words.
pub(super) struct Process {
    program: Thing,
    line: Thing,
    list: Thing,
}

impl<'c> Machine<'c> {
    /// `process.Start()`, where the object says what it starts.
    pub(super) fn start_described(&mut self, call: &Call<'c>) -> bool {
        let Some(described) = &self.dialect.described else { return false };
        let Some((Thing::Map(object), _)) = &call.object else { return false };
        if *call.name != *described.starts {
            return false;
        }
        let Some(process) = self.process_of(object) else { return false };
        self.run_described(call, &process, Failure::Continues);
        true
    }

    /// What an argument of a call says of a process.
    pub(super) fn described(&self, call: &Call<'c>) -> Option<Process> {
        let mut maps = call.given.all().filter_map(|argument| match &argument.thing {
            Thing::Map(map) => Some(map),
            _ => None,
        });
        let first = call.given.positional.first().map(|argument| &argument.thing);
        let program = first.filter(|first| matches!(first, Thing::Text(_)));
        maps.find_map(|map| {
            let process = self.process_of(map)?;
            let named = program.filter(|_| matches!(process.program, Thing::Absent));
            let program = named.cloned().unwrap_or(process.program);
            Some(Process { program, ..process })
        })
    }

    fn process_of(&self, map: &Map) -> Option<Process> {
        let described = self.dialect.described.as_ref()?;
        let member = |name: &str| {
            let entry = map.entries.iter().find(|(key, _)| **key == *name);
            entry.map_or(Thing::Absent, |entry| entry.1.clone())
        };
        if let Thing::Map(inner) = member(described.inner) {
            return self.process_of(&inner);
        }
        let program = member(described.program);
        let (line, list) = (member(described.line), member(described.list));
        let says = [&program, &line, &list].iter().any(|it| !matches!(it, Thing::Absent));
        says.then_some(Process { program, line, list })
    }

    /// Runs what an object says.
    pub(super) fn run_described(&mut self, call: &Call<'c>, process: &Process, failure: Failure) {
        let program = process.program.clone();
        if let Thing::List(list) = &process.list
            && !list.items.is_empty()
        {
            let words: Vec<Thing> = std::iter::once(program).chain(list.items.clone()).collect();
            self.run_words(call, &words, list.rest, failure);
        } else if let Some(line) = line(&program, &process.line, &call.at) {
            self.run_code(&call.at, &line, failure);
        } else {
            self.run.parametric |= program.is_tainted() || process.line.is_tainted();
        }
    }
}

/// A program and the rest of its command line as one text; none if that is no
/// more than a word, or another program's. It is where the call is that runs it.
pub(super) fn line(program: &Thing, rest: &Thing, call: &Range<usize>) -> Option<Thing> {
    let Thing::Text(text) = rest else { return None };
    let mentions_cli = super::script::mentions_cli(text);
    let is_cli = argv::starts_program(std::slice::from_ref(program));
    let has_words = text.pieces.iter().any(|piece| match piece {
        Piece::Known { text, .. } => text.contains(char::is_whitespace),
        Piece::Hole { .. } => false,
    });
    let starts = program.as_text().unwrap_or(if is_cli { "aliyun" } else { "" });
    if !(is_cli || mentions_cli) || !has_words || starts.contains(char::is_whitespace) {
        return None;
    }
    let name = starts.rsplit(['/', '\\']).next().unwrap_or(starts);
    let name = name.strip_suffix(".exe").unwrap_or(name).to_ascii_lowercase();
    let mut pieces: Vec<Piece> = text.pieces.iter().map(|piece| moved(piece, call)).collect();
    match COMMANDS.iter().find(|(shell, _)| *shell == name) {
        Some((_, options)) => drop_option(&mut pieces, options)?,
        None => pieces.insert(0, known(&format!("{starts} "), call)),
    }
    Some(Thing::text(pieces, text.shown.clone()))
}

/// Shells that run what stands behind an option as it is.
const COMMANDS: &[(&str, &[&str])] = &[
    ("cmd", &["/c ", "/C ", "/k ", "/K "]),
    ("powershell", &["-Command ", "-command ", "-c "]),
    ("pwsh", &["-Command ", "-command ", "-c "]),
];

/// Leaves out a text's start up to an option.
fn drop_option(pieces: &mut [Piece], options: &[&str]) -> Option<()> {
    let Piece::Known { text, range, .. } = pieces.first()?.clone() else { return None };
    let at = options.iter().find_map(|option| Some(text.find(option)? + option.len()))?;
    *pieces.first_mut()? = known(&text[at..], &range);
    Some(())
}

fn known(text: &str, range: &Range<usize>) -> Piece {
    Piece::Known { text: text.into(), range: range.clone(), verbatim: false }
}

fn moved(piece: &Piece, to: &Range<usize>) -> Piece {
    match piece {
        Piece::Known { text, .. } => known(text, to),
        Piece::Hole { text, tainted, origin, .. } => Piece::Hole {
            text: text.clone(),
            range: to.clone(),
            tainted: *tainted,
            origin: origin.clone(),
        },
    }
}
