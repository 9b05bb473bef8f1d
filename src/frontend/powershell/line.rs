//! The words that commands are given, taken apart: lists, splatted variables,
//! arguments of `Start-Process`.

use std::ops::Range;

use super::command::Word;
use super::datum::Datum;
use crate::procedure::Value;

/// The words behind the name of a command.
pub(super) fn rest<'w, 't>(words: &'w [Word<'t>]) -> &'w [Word<'t>] {
    let from = 1 + usize::from(words.get(1).is_some_and(|word| word.flag().is_some()));
    words.get(from..).unwrap_or_default()
}

/// The command that `Start-Process -FilePath program -ArgumentList words` runs.
pub(super) fn started<'t>(words: &[Word<'t>]) -> Vec<Word<'t>> {
    let mut program = None;
    let mut arguments = Vec::new();
    let given = words.iter().skip(1).flat_map(spread);
    let given: Vec<Word<'t>> = given.filter(|word| !is_switch_value(word)).collect();
    let mut words = given.iter().peekable();
    while let Some(word) = words.next() {
        let flag = word.flag().map(str::to_ascii_lowercase);
        match flag.as_deref() {
            Some("filepath") => program = words.next().cloned(),
            Some("argumentlist" | "args") => arguments.extend(words.next().map(split_words)),
            Some("nonewwindow" | "wait" | "passthru") => {}
            Some(_) => drop(words.next()),
            None if program.is_none() => program = Some(word.clone()),
            None => arguments.push(split_words(word)),
        }
    }
    program.into_iter().chain(arguments.into_iter().flatten()).collect()
}

/// Whether a word only says whether a switch is on.
fn is_switch_value(word: &Word<'_>) -> bool {
    matches!(word.datum.written().to_ascii_lowercase().as_str(), "$true" | "$false")
}

/// The words that a list of arguments, or a text of them, gives.
pub(super) fn split_words<'t>(word: &Word<'t>) -> Vec<Word<'t>> {
    let items = word.datum.clone().items();
    let split = items.into_iter().flat_map(|item| match item.as_text() {
        Some(text) => text.split_whitespace().map(Datum::text).collect(),
        None => match item {
            Datum::Text { text, .. } => text
                .split_whitespace()
                .map(
                    |part| {
                        if part.contains('$') { Datum::unknown(part) } else { Datum::text(part) }
                    },
                )
                .collect(),
            other => vec![other],
        },
    });
    split.map(|item| Word::of(item, word.range.clone())).collect()
}

/// A word as those that a list in it gives.
pub(super) fn flattened<'t>(word: &Word<'t>) -> Vec<Word<'t>> {
    match &word.datum {
        Datum::List(items) => {
            items.iter().map(|item| Word::of(item.clone(), word.range.clone())).collect()
        }
        _ => vec![word.clone()],
    }
}

/// A word as what a splatted variable in it gives.
pub(super) fn spread<'t>(word: &Word<'t>) -> Vec<Word<'t>> {
    match &word.datum {
        Datum::Map(entries) if word.splat => {
            let pair = |(name, value): &(String, Datum<'t>)| {
                let flag = Word::of(Datum::text(format!("-{name}")), word.range.clone());
                [flag, Word::of(value.clone(), word.range.clone())]
            };
            entries.iter().flat_map(pair).collect()
        }
        Datum::List(_) if word.splat => flattened(word),
        _ => vec![word.clone()],
    }
}

/// The words behind the command line tool, lists taken apart.
pub(super) struct Line<'t> {
    /// What they come to.
    pub(super) data: Vec<Datum<'t>>,
    /// Whether there may be more than can be seen.
    pub(super) open: bool,
}

impl<'t> Line<'t> {
    pub(super) fn new(words: &[Word<'t>]) -> Self {
        let mut line = Self { data: Vec::new(), open: false };
        for word in words {
            match &word.datum {
                Datum::List(items) => line.data.extend(items.iter().cloned()),
                Datum::Map(_) => line.open = true,
                other => line.data.push(other.clone()),
            }
        }
        line
    }

    pub(super) fn values(&self) -> Vec<Value> {
        self.data.iter().map(Datum::value).collect()
    }

    pub(super) fn words(&self, range: Range<usize>) -> impl Iterator<Item = Word<'t>> {
        self.data.iter().map(move |datum| Word::of(datum.clone(), range.clone()))
    }
}
