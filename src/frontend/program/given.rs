//! The arguments of a call, as they are written and as the API takes them.

use std::ops::Range;

use super::shown;
use super::thing::{Choice, Name, Rest, Thing};
use crate::procedure::{Arguments, Value};
use crate::source::Source;

/// What a call is given.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Given {
    pub(in crate::frontend) positional: Vec<Argument>,
    pub(in crate::frontend) keywords: Vec<(Name, Argument)>,
    /// Whether there may be more, from `*` or `**`.
    pub(in crate::frontend) rest: Rest,
}

/// One argument.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Argument {
    pub(in crate::frontend) thing: Thing,
    /// Where it stands.
    pub(in crate::frontend) at: Range<usize>,
}

impl Default for Given {
    fn default() -> Self {
        Self { positional: Vec::new(), keywords: Vec::new(), rest: Rest::Closed }
    }
}

impl Given {
    /// Every argument, positional ones first.
    pub(in crate::frontend) fn all(&self) -> impl Iterator<Item = &Argument> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, argument)| argument))
    }

    /// A keyword argument.
    pub(in crate::frontend) fn keyword(&self, name: &str) -> Option<&Argument> {
        self.keywords.iter().find(|(keyword, _)| **keyword == *name).map(|(_, argument)| argument)
    }

    /// A positional argument, or the keyword of that name.
    pub(in crate::frontend) fn nth(&self, index: usize, name: &str) -> Option<&Argument> {
        self.positional.get(index).or_else(|| self.keyword(name))
    }

    /// Makes the arguments with names one more without: a map.
    pub(in crate::frontend) fn gather_keywords(&mut self) {
        let named = self.keywords.iter().filter(|(name, _)| !name.starts_with('&'));
        let entries: Vec<_> = named.map(|(name, it)| (name.clone(), it.thing.clone())).collect();
        let first = self.keywords.first().map(|(_, it)| it.at.start);
        let last = self.keywords.last().map(|(_, it)| it.at.end);
        if let (false, Some(start), Some(end)) = (entries.is_empty(), first, last) {
            let thing = Thing::map(entries, self.rest);
            self.positional.push(Argument { thing, at: start..end.max(start) });
        }
    }

    /// The same with one of several things in the place of them all.
    pub(in crate::frontend) fn with(&self, several: &Choice, one: &Thing) -> Self {
        let mut given = self.clone();
        let named = given.keywords.iter_mut().map(|(_, argument)| argument);
        for argument in given.positional.iter_mut().chain(named) {
            if matches!(&argument.thing, Thing::OneOf(choice) if **choice == *several) {
                argument.thing = one.clone();
            }
        }
        given
    }

    /// Whether there is no argument at all.
    pub(in crate::frontend) fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.keywords.is_empty() && self.rest == Rest::Closed
    }

    /// Whether a keyword argument is known to be true.
    pub(in crate::frontend) fn is_true(&self, name: &str) -> bool {
        self.keyword(name).is_some_and(|argument| argument.thing.as_text() == Some("true"))
    }
}

impl Argument {
    /// As a value of an argument of the API.
    pub(in crate::frontend) fn value(&self, source: &Source<'_>) -> Value {
        self.thing.value(&shown(&source.text[self.at.clone()]))
    }

    /// API arguments from a dictionary whose keys are the API's names, or
    /// spell them in another way.
    pub(in crate::frontend) fn api_arguments(&self, source: &Source<'_>) -> Arguments {
        let Thing::Map(map) = &self.thing else {
            return Arguments { given: Vec::new(), open: true };
        };
        let written = shown(&source.text[self.at.clone()]);
        let given = map.entries.iter().map(|(name, thing)| (api_name(name), thing.value(&written)));
        Arguments { given: given.collect(), open: map.rest != Rest::Closed }
    }
}

/// The API's name of a parameter: `instance_id`, `instance-id`, `InstanceId`.
pub(in crate::frontend) fn api_name(name: &str) -> String {
    if !name.contains(['_', '-']) && name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let name = name.strip_prefix("biz-").filter(|rest| *rest == "region-id").unwrap_or(name);
    let words = name.split(['_', '-']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// Whether a call with these arguments is known to change nothing.
pub(in crate::frontend) fn only_checks(arguments: &Arguments) -> bool {
    arguments.get("DryRun").as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
