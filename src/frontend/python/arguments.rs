//! The arguments of a call, as they are written and as the API takes them.

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::sequences::{openness, spread};
use super::thing::{Name, Rest, Thing};
use crate::procedure::{Arguments, Value};

/// What a call is given.
#[derive(Clone, Debug)]
pub(super) struct Given<'t> {
    pub(super) positional: Vec<Argument<'t>>,
    pub(super) keywords: Vec<(Name, Argument<'t>)>,
    /// Whether there may be more, from `*` or `**`.
    pub(super) rest: Rest,
}

/// One argument.
#[derive(Clone, Debug)]
pub(super) struct Argument<'t> {
    pub(super) thing: Thing,
    pub(super) node: Syntax<'t>,
}

impl Default for Given<'_> {
    fn default() -> Self {
        Self { positional: Vec::new(), keywords: Vec::new(), rest: Rest::Closed }
    }
}

impl<'t> Given<'t> {
    /// Every argument, positional ones first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Argument<'t>> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, argument)| argument))
    }

    /// A keyword argument.
    pub(super) fn keyword(&self, name: &str) -> Option<&Argument<'t>> {
        self.keywords.iter().find(|(keyword, _)| **keyword == *name).map(|(_, argument)| argument)
    }

    /// A positional argument, or the keyword of that name.
    pub(super) fn nth(&self, index: usize, name: &str) -> Option<&Argument<'t>> {
        self.positional.get(index).or_else(|| self.keyword(name))
    }

    /// Whether there is no argument at all.
    pub(super) fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.keywords.is_empty() && self.rest == Rest::Closed
    }

    /// Whether a keyword argument is known to be true.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.keyword(name).is_some_and(|argument| argument.thing.as_text() == Some("true"))
    }
}

impl<'t> Machine<'t, '_> {
    /// Reads the arguments of a call.
    pub(super) fn arguments(&mut self, call: Syntax<'t>) -> Given<'t> {
        let mut given = Given::default();
        let Some(list) = call.child_by_field_name(field::ARGUMENTS) else { return given };
        if list.kind() != kind::ARGUMENT_LIST {
            let thing = self.eval(list);
            given.positional.push(Argument { thing, node: list });
            return given;
        }
        let mut cursor = list.walk();
        for node in list.named_children(&mut cursor) {
            match node.kind() {
                kind::COMMENT => {}
                kind::KEYWORD_ARGUMENT => {
                    let thing = self.eval(node);
                    let value = node.child_by_field_name(field::VALUE).unwrap_or(node);
                    let name = super::outline::field_text(node, field::NAME, self.source).into();
                    given.keywords.push((name, Argument { thing, node: value }));
                }
                kind::LIST_SPLAT => {
                    let inner = node.named_child(0).map(|inner| self.eval(inner));
                    let mut items = Vec::new();
                    given.rest = given.rest.max(spread(inner.as_ref(), &mut items));
                    let items = items.into_iter().map(|thing| Argument { thing, node });
                    given.positional.extend(items);
                }
                kind::DICTIONARY_SPLAT => match node.named_child(0).map(|inner| self.eval(inner)) {
                    Some(Thing::Map(map)) => {
                        let entries = map.entries.iter().cloned();
                        given
                            .keywords
                            .extend(entries.map(|(name, thing)| (name, Argument { thing, node })));
                        given.rest = given.rest.max(map.rest);
                    }
                    other => given.rest = given.rest.max(openness(other.as_ref())),
                },
                _ => {
                    let thing = self.eval(node);
                    given.positional.push(Argument { thing, node });
                }
            }
        }
        given
    }

    /// The value of an argument of the API.
    pub(super) fn value_of(&self, argument: &Argument<'_>) -> Value {
        argument.thing.value(&self.shown(argument.node))
    }

    /// API arguments from a dictionary whose keys are the API's names, or
    /// spell them in another way.
    pub(super) fn arguments_from(&self, argument: &Argument<'_>) -> Arguments {
        let Thing::Map(map) = &argument.thing else {
            return Arguments { given: Vec::new(), open: true };
        };
        let written = self.shown(argument.node);
        let given = map.entries.iter().map(|(name, thing)| (api_name(name), thing.value(&written)));
        Arguments { given: given.collect(), open: map.rest != Rest::Closed }
    }
}

/// The API's name of a parameter: `instance_id`, `instance-id`, `InstanceId`.
pub(super) fn api_name(name: &str) -> String {
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
pub(super) fn only_checks(arguments: &Arguments) -> bool {
    arguments.get("DryRun").as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
