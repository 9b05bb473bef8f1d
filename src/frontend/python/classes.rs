//! Classes of the file: their attributes and ancestors, and what a type
//! annotation says.

use tree_sitter::Node as Syntax;

use super::grammar::kind;
use super::machine::Machine;
use super::modules::{self, Constructed};
use crate::frontend::program::given::Given;
use crate::frontend::program::thing::{Product, Thing};
use crate::frontend::syntax;

impl<'t> Machine<'t, '_> {
    /// An attribute of a class of this file, or of its objects.
    pub(super) fn class_member(
        &mut self,
        class: usize,
        owner: &Thing,
        name: &str,
        node: Syntax<'t>,
    ) -> Option<Thing> {
        let ancestry = self.ancestry(class);
        for ancestor in &ancestry.own {
            if let Some(thing) = self.memory.attributes.get(ancestor).and_then(|it| it.get(name))
                && !matches!(thing, Thing::Function(..))
            {
                return Some(thing.clone());
            }
            let outline = self.outline;
            let Some(number) = outline.classes[*ancestor].methods.get(name).copied() else {
                continue;
            };
            let function = &outline.functions[number];
            if function.is("property")
                || function.decorators.iter().any(|it| it.ends_with("cached_property"))
            {
                let nothing = Given::default();
                return Some(self.invoke(node, number, Some(owner), &nothing));
            }
            let bound = match owner {
                _ if function.is("staticmethod") => None,
                _ if function.is("classmethod") => Some(Thing::Class(class)),
                Thing::Instance(_) => Some(owner.clone()),
                _ => None,
            };
            return Some(Thing::Function(number, bound.map(Into::into)));
        }
        let client = ancestry.client?;
        Some(self.member(&Thing::Client(client), node))
    }

    /// The classes that a class inherits from.
    pub(super) fn ancestry(&mut self, class: usize) -> Ancestry {
        let mut ancestry = Ancestry { own: vec![class], client: None, is_whole: true };
        let mut next = 0;
        while let Some(class) = ancestry.own.get(next).copied()
            && next < MAX_ANCESTORS
        {
            next += 1;
            let outline = self.outline;
            for base in &outline.classes[class].bases {
                if base.kind() == kind::KEYWORD_ARGUMENT {
                    continue;
                }
                match self.type_of(*base) {
                    Some(Thing::Instance(base)) if !ancestry.own.contains(&base) => {
                        ancestry.own.push(base);
                    }
                    Some(Thing::Instance(_)) => {}
                    Some(Thing::Client(product)) => ancestry.client = Some(product),
                    _ => {
                        ancestry.is_whole &=
                            matches!(self.text(*base), "object" | "ABC" | "Protocol");
                    }
                }
            }
        }
        ancestry
    }

    /// What a value annotated with a type is, if it matters.
    pub(super) fn annotated(&mut self, annotation: Syntax<'t>) -> Option<Thing> {
        let mut found = None;
        syntax::walk(annotation, |node| {
            if found.is_none()
                && matches!(node.kind(), kind::IDENTIFIER | kind::ATTRIBUTE | kind::STRING)
            {
                found = self.type_of(node);
            }
            found.is_none() && node.kind() != kind::ATTRIBUTE
        });
        found
    }

    /// What an object of a named type is.
    pub(super) fn type_of(&self, name: Syntax<'_>) -> Option<Thing> {
        let text = self.text(name).trim_matches(['"', '\'']);
        let mut parts = text.split('.');
        let first = self.known_name(parts.next()?)?;
        let thing = parts.fold(first, |thing, part| match thing {
            Thing::Imported(path) => Thing::Imported(format!("{path}.{part}").into()),
            other => other,
        });
        match thing {
            Thing::Class(class) => Some(Thing::Instance(class)),
            Thing::Imported(path) => match modules::constructed(&path) {
                Constructed::Client(product) => Some(Thing::Client(product)),
                Constructed::Foreign => Some(Thing::Client(Product::Foreign)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How many classes up an attribute is looked for.
const MAX_ANCESTORS: usize = 16;

/// What a class inherits from.
#[derive(Debug)]
pub(super) struct Ancestry {
    /// Classes of this file, itself first.
    pub(super) own: Vec<usize>,
    /// The SDK's client class that it extends.
    pub(super) client: Option<Product>,
    /// Whether there is no ancestor that could not be seen.
    pub(super) is_whole: bool,
}
