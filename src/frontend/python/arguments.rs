//! Reads the arguments of a call.

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use crate::frontend::program::given::{Argument, Given};
use crate::frontend::program::sequences::{openness, spread};
use crate::frontend::program::thing::Thing;

impl<'t> Machine<'t, '_> {
    /// Reads the arguments of a call.
    pub(super) fn arguments(&mut self, call: Syntax<'t>) -> Given {
        let mut given = Given::default();
        let Some(list) = call.child_by_field_name(field::ARGUMENTS) else { return given };
        if list.kind() != kind::ARGUMENT_LIST {
            let thing = self.eval(list);
            given.positional.push(Argument { thing, at: list.byte_range() });
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
                    given.keywords.push((name, Argument { thing, at: value.byte_range() }));
                }
                kind::LIST_SPLAT => {
                    let inner = node.named_child(0).map(|inner| self.eval(inner));
                    let mut items = Vec::new();
                    given.rest = given.rest.max(spread(inner.as_ref(), &mut items));
                    let items =
                        items.into_iter().map(|thing| Argument { thing, at: node.byte_range() });
                    given.positional.extend(items);
                }
                kind::DICTIONARY_SPLAT => match node.named_child(0).map(|inner| self.eval(inner)) {
                    Some(Thing::Map(map)) => {
                        let entries = map.entries.iter().cloned();
                        given.keywords.extend(entries.map(|(name, thing)| {
                            (name, Argument { thing, at: node.byte_range() })
                        }));
                        given.rest = given.rest.max(map.rest);
                    }
                    other => given.rest = given.rest.max(openness(other.as_ref())),
                },
                _ => {
                    let thing = self.eval(node);
                    given.positional.push(Argument { thing, at: node.byte_range() });
                }
            }
        }
        given
    }
}
