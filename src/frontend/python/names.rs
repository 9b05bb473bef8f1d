//! Names: where they are kept, what they stand for, and what a type annotation
//! says of them.

use crate::frontend::program::joining::remember;
use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::modules::{self, Constructed};
use super::outline::{Parameter, ParameterKind};
use crate::frontend::program::request::{Kind, Request};
use crate::frontend::program::sequences::openness;
use crate::frontend::program::state::Place;
use crate::frontend::program::thing::{Name, Product, Rest, Thing};

impl<'t> Machine<'t, '_> {
    /// Gives a variable of the innermost body a value.
    pub(super) fn bind(&mut self, name: &str, thing: Thing) {
        let name = Name::from(name);
        let Some(frame) = self.state.top() else { return };
        let (place, global) = (frame.place, frame.globals.contains(&name));
        let memory = &mut self.memory;
        let news = match place {
            Place::Module => remember(&mut memory.module, &name, &thing),
            Place::Function(_) if global => remember(&mut memory.module, &name, &thing),
            Place::Function(number) => {
                remember(memory.locals.entry(number).or_default(), &name, &thing)
            }
            Place::Class(class) => {
                remember(memory.attributes.entry(class).or_default(), &name, &thing)
            }
            Place::Inlined(_) => false,
        };
        self.memory.news |= news;
        self.state.set(name, thing);
    }

    fn remember_attribute(&mut self, class: usize, name: &Name, thing: &Thing) {
        let attributes = self.memory.attributes.entry(class).or_default();
        self.memory.news |= remember(attributes, name, thing);
    }

    /// The value that a dotted name has in the innermost body.
    pub(super) fn local(&self, name: &str) -> Option<Thing> {
        self.state.frames().last()?.vars.get(name).cloned()
    }

    /// What a name stands for.
    pub(super) fn lookup(&self, name: &str) -> Thing {
        self.known_name(name).unwrap_or_else(|| Thing::unknown(name))
    }

    pub(super) fn known_name(&self, name: &str) -> Option<Thing> {
        let frames = self.state.frames();
        for frame in frames.iter().rev() {
            if let Some(thing) = frame.vars.get(name) {
                return Some(thing.clone());
            }
            // Only a class's body sees the names of what it stands in directly.
            match frame.place {
                Place::Class(_) => {}
                Place::Function(number) | Place::Inlined(number) => {
                    return self.enclosing_name(number, name);
                }
                Place::Module => break,
            }
        }
        self.module_name(name)
    }

    fn enclosing_name(&self, function: usize, name: &str) -> Option<Thing> {
        let mut number = function;
        while let Some(parent) = self.outline.functions.get(number).and_then(|it| it.parent) {
            if let Some(thing) = self.memory.locals.get(&parent).and_then(|vars| vars.get(name)) {
                return Some(thing.clone());
            }
            number = parent;
        }
        self.module_name(name)
    }

    fn module_name(&self, name: &str) -> Option<Thing> {
        self.memory.module.get(name).cloned().or_else(|| self.wildcard_name(name))
    }

    /// A name that only `from … import *` can have brought.
    fn wildcard_name(&self, name: &str) -> Option<Thing> {
        let path = self.outline.wildcards.iter().map(|module| format!("{module}.{name}"));
        path.into_iter()
            .find(|path| match modules::constructed(path) {
                Constructed::Client(Product::Ecs) => name == "Client",
                Constructed::Request(action) | Constructed::OldRequest(action) => {
                    self.context.catalogue.get(action).is_some()
                }
                Constructed::CommonRequest | Constructed::Params => true,
                _ => false,
            })
            .map(|path| Thing::Imported(path.into()))
    }

    /// A dotted name as it is written, if it is nothing else.
    pub(super) fn dotted(&self, node: Syntax<'_>) -> Option<String> {
        const MOST: usize = 12;
        let mut current = node;
        let mut parts = 0;
        while matches!(current.kind(), kind::ATTRIBUTE | kind::SUBSCRIPT) {
            parts += 1;
            if parts > MOST {
                return None;
            }
            if current.kind() == kind::SUBSCRIPT {
                let key = current.child_by_field_name(field::SUBSCRIPT)?;
                if !matches!(key.kind(), kind::STRING | kind::INTEGER) {
                    return None;
                }
            }
            let field =
                if current.kind() == kind::ATTRIBUTE { field::OBJECT } else { field::VALUE };
            current = current.child_by_field_name(field)?;
        }
        (current.kind() == kind::IDENTIFIER).then(|| self.text(node).to_owned())
    }

    /// Gives the target of an assignment a value. `from` is the expression that
    /// it was written as.
    pub(super) fn assign(&mut self, target: Syntax<'t>, thing: Thing, from: Option<Syntax<'t>>) {
        match target.kind() {
            kind::IDENTIFIER => {
                let name = self.text(target).to_owned();
                let thing = if is_name(from) { thing } else { thing.named(&name) };
                self.bind(&name, thing);
            }
            kind::ATTRIBUTE => self.assign_attribute(target, thing, from),
            kind::SUBSCRIPT => self.assign_element(target, thing),
            kind::PATTERN_LIST
            | kind::TUPLE_PATTERN
            | kind::LIST_PATTERN
            | kind::TUPLE
            | kind::EXPRESSION_LIST => {
                let mut cursor = target.walk();
                for (index, part) in target.named_children(&mut cursor).enumerate() {
                    let item = match &thing {
                        Thing::List(list) => list.items.get(index).cloned(),
                        _ => None,
                    };
                    if let (Some(item), kind::IDENTIFIER) = (&item, part.kind()) {
                        let name = self.text(part).to_owned();
                        self.bind(&name, item.clone());
                        continue;
                    }
                    let text = self.shown(part);
                    let item = item.unwrap_or_else(|| Thing::derived(text, [&thing]));
                    self.assign(part, item, None);
                }
            }
            _ => {}
        }
    }

    fn assign_attribute(&mut self, target: Syntax<'t>, thing: Thing, from: Option<Syntax<'t>>) {
        let Some(object) = target.child_by_field_name(field::OBJECT) else { return };
        let owner = self.eval(object);
        let attribute =
            super::outline::field_text(target, field::ATTRIBUTE, self.source).to_owned();
        for owner in owner.alternatives() {
            match owner {
                Thing::Request(slot) => {
                    let written =
                        from.map_or_else(|| attribute.as_str().into(), |it| self.shown(it));
                    self.set_attribute(*slot, &attribute, &thing, &written);
                }
                Thing::Instance(class) | Thing::Class(class) => {
                    let inlined = self.run.inlined;
                    if !inlined {
                        self.remember_attribute(*class, &attribute.as_str().into(), &thing);
                    }
                }
                _ => {}
            }
        }
        if let Some(path) = self.dotted(target) {
            let thing = if is_name(from) { thing } else { thing.named(&path) };
            self.state.set(path.into(), thing);
        }
    }

    fn assign_element(&mut self, target: Syntax<'t>, thing: Thing) {
        let (Some(value), Some(key)) = (
            target.child_by_field_name(field::VALUE),
            target.child_by_field_name(field::SUBSCRIPT),
        ) else {
            return;
        };
        let owner = self.eval(value);
        let key = self.eval(key);
        if let Thing::Map(map) = &owner {
            let mut entries = map.entries.clone();
            let mut rest = map.rest;
            match key.as_text() {
                Some(key) => entries.push((key.into(), thing)),
                None => rest = rest.max(openness(Some(&key))),
            }
            self.replace(value, Thing::map(entries, rest));
        } else if let Some(path) = self.dotted(target) {
            self.state.set(path.into(), thing);
        }
    }

    /// Gives the variable that an expression names another value, as a method
    /// that changes its object does.
    pub(super) fn replace(&mut self, object: Syntax<'t>, thing: Thing) {
        if object.kind() == kind::IDENTIFIER {
            let name = self.text(object).to_owned();
            self.bind(&name, thing);
        } else if let Some(path) = self.dotted(object) {
            self.state.set(path.into(), thing);
        }
    }

    /// Gives the parameters of a function what is known of them whoever calls.
    pub(super) fn bind_unknown(&mut self, number: usize) {
        let outline = self.outline;
        let Some(function) = outline.functions.get(number) else { return };
        let receiver = self.receiver(number);
        for (index, parameter) in function.parameters.iter().enumerate() {
            let annotated = parameter.annotation.and_then(|annotation| self.annotated(annotation));
            let seen = self.memory.parameters.get(&(number, index)).cloned();
            let receiver = receiver.clone().filter(|_| index == 0);
            let seen = seen.or_else(|| self.model_parameter(number, index, parameter));
            let thing = receiver.or(annotated).or(seen).unwrap_or_else(|| match parameter.kind {
                ParameterKind::Rest => Thing::list(Vec::new(), Rest::Tainted),
                ParameterKind::Keywords => Thing::map(Vec::new(), Rest::Tainted),
                _ => Thing::tainted(parameter.name.clone()),
            });
            self.bind(&parameter.name, thing);
        }
    }

    /// A request that callers make.
    fn model_parameter(
        &mut self,
        number: usize,
        index: usize,
        parameter: &Parameter<'t>,
    ) -> Option<Thing> {
        if !self.memory.models.contains(&(number, index)) {
            return None;
        }
        let mut request = Request::new(Kind::Model, Thing::tainted(parameter.name.clone()));
        request.arguments.open = true;
        Some(self.state.new_request(request))
    }

    /// What the first parameter of a method is.
    fn receiver(&self, number: usize) -> Option<Thing> {
        let function = self.outline.functions.get(number)?;
        let class = function.class?;
        if function.is("staticmethod") {
            None
        } else if function.is("classmethod") {
            Some(Thing::Class(class))
        } else {
            Some(Thing::Instance(class))
        }
    }
}

/// Whether a value is written as a plain name, which it then keeps.
fn is_name(from: Option<Syntax<'_>>) -> bool {
    from.is_some_and(|from| matches!(from.kind(), kind::IDENTIFIER | kind::ATTRIBUTE))
}
