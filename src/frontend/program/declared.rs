//! Programs that declare infrastructure: an object of a known package's type is
//! a resource, and what it is given are its properties.
//!
//! The dialect says which packages these are and whose types they take over; the
//! rest is the same in every language. A property is what stands in a map, an
//! object initialiser or a keyword argument, in any spelling of its name.

use std::ops::Range;

use super::code::{Argument as Passed, Expression, Part as Piece, Value as Written};
use super::dialect::{Declares, Tool};
use super::given::{Argument, Given};
use super::machine::Machine;
use super::makes::{Made, fits, made, of_builder};
use super::thing::{Name, Thing};
use crate::frontend::provider::{pascal_case, snake_case};
use crate::procedure::{Declaration, Property, Value};

/// Options of Pulumi, and what the Terraform bindings call the same.
const OPTIONS: &[(&str, &str)] = &[
    ("protect", "lifecycle.prevent_destroy"),
    ("retain_on_delete", "lifecycle.prevent_destroy"),
    ("ignore_changes", "lifecycle.ignore_changes"),
];

/// How many resources a file may declare.
const MOST: usize = 10_000;

/// How deep in a resource its properties are told apart.
const DEEPEST: usize = 8;

/// The properties of a resource, as they are found.
struct Properties<'m, 'c> {
    machine: &'m Machine<'c>,
    tool: Tool,
    found: Vec<Property>,
}

/// A value that a resource is given.
struct Part<'w> {
    written: &'w Expression,
    thing: &'w Thing,
    /// Where it stands, its name too.
    at: Range<usize>,
    depth: usize,
}

impl<'c> Machine<'c> {
    /// The resource that a call or the making of an object declares; none if it
    /// declares nothing.
    pub(super) fn declare(
        &mut self,
        at: &Range<usize>,
        path: &str,
        given: &Given,
        arguments: &'c [Passed],
    ) -> Option<Thing> {
        let (own, is_begun) = of_builder(path.trim_start_matches(['.', '/']));
        let (declares, rest) = self.declares(own)?;
        let kind = match made(declares, rest)? {
            Made::Carrier => return Some(carried(given)),
            Made::List => {
                let items = given.positional.iter().map(|it| it.thing.clone());
                return Some(Thing::list(items.collect(), given.rest));
            }
            Made::Resource(_) if self.is_guessed(own) && !fits(declares.tool, given) => {
                return None;
            }
            Made::Resource(kind) => kind,
        };
        let name = own.rsplit('.').next().unwrap_or(own);
        let name = name.strip_prefix(declares.maker).unwrap_or(name);
        let is_lookup = kind.starts_with("data.") && declares.tool == Tool::Pulumi;
        let address = match self.name_of(given, declares.tool) {
            Some(own) if !is_lookup => Name::from(format!("{name}.{own}")),
            _ => name.into(),
        };
        let span = self.span(at);
        let is_known = self.declared.contains(&span);
        if !is_known && !self.run.inlined && self.declarations.len() < MOST {
            let tool = declares.tool;
            let mut properties = Properties { machine: self, tool, found: Vec::new() };
            properties.given(given, arguments);
            let properties = properties.found;
            self.declared.insert(span);
            self.declarations.push(Declaration {
                address: address.to_string(),
                kind,
                span,
                frontend: self.dialect.name,
                properties,
            });
        }
        if is_begun && !self.run.inlined {
            self.begin(&address, span);
        }
        Some(Thing::Declared(address))
    }

    /// Whether a type is only thought to be of a package of which all is imported.
    fn is_guessed(&self, path: &str) -> bool {
        self.unit.imports.iter().any(|import| {
            import.name.is_none()
                && path.strip_prefix(&*import.path).is_some_and(|it| it.starts_with('.'))
        }) && !self.unit.imports.iter().any(|it| it.name.is_some() && path.starts_with(&*it.path))
    }

    /// Whether the name of a type is that of a resource, or of what one is given.
    pub(super) fn is_declarable(&self, path: &str) -> bool {
        self.declares(path).is_some_and(|(it, rest)| made(it, rest).is_some())
    }

    /// The package that a path leads into, and what follows it there.
    fn declares<'p>(&self, path: &'p str) -> Option<(&'c Declares, &'p str)> {
        let found = self.dialect.declares.iter().find_map(|it| Some((it, it.rest(path)?)));
        found.filter(|(it, rest)| it.may_hold(rest))
    }

    /// A property that a method of a builder sets, for a resource of such a type.
    pub(super) fn property(
        &self,
        (kind, name): (&str, &str),
        argument: &Argument,
        written: &'c Expression,
        at: Range<usize>,
    ) -> Vec<Property> {
        let tool = if kind.contains("::") { Tool::RosCdk } else { Tool::Cdktf };
        let mut properties = Properties { machine: self, tool, found: Vec::new() };
        properties.add("", name, &Part { written, thing: &argument.thing, at, depth: 0 });
        properties.found
    }

    /// What a resource is called: the first text that it is given, or what is
    /// written where it should be.
    fn name_of(&self, given: &Given, tool: Tool) -> Option<String> {
        let is_text = |it: &&Argument| matches!(it.thing, Thing::Text(_));
        let first = usize::from(tool != Tool::Pulumi);
        let argument = given.positional.iter().find(is_text);
        let argument = argument.or_else(|| given.positional.get(first));
        let argument = argument.filter(|it| !matches!(it.thing, Thing::Map(_)))?;
        let text = argument.thing.as_text();
        let shown = || self.shown(&argument.at).trim_matches(['`', '"', '\'']).to_owned();
        Some(text.map_or_else(shown, str::to_owned))
    }
}

impl Properties<'_, '_> {
    /// What a resource is given: by name, or in a map, behind which Pulumi has a
    /// map of options.
    fn given(&mut self, given: &Given, arguments: &[Passed]) {
        let mut positional = given.positional.iter();
        let mut has_map = false;
        for argument in arguments {
            let written = &argument.value;
            let at = written.at.clone();
            let thing = match &argument.name {
                Some(name) => given.keyword(name).map(|it| &it.thing),
                None => positional.next().map(|it| &it.thing),
            };
            let Some(thing) = thing else { continue };
            let part = Part { written, thing, at, depth: 0 };
            match &argument.name {
                Some(name) => self.add("", name, &part),
                None if !matches!(thing, Thing::Map(_)) => {}
                None if has_map => self.options(&part),
                None => {
                    self.entries("", &part);
                    has_map = true;
                }
            }
        }
    }

    fn options(&mut self, part: &Part<'_>) {
        let Thing::Map(map) = part.thing else { return };
        for (name, thing) in map.entries.iter().filter(|_| self.tool == Tool::Pulumi) {
            let name = snake_case(name);
            let option = OPTIONS.iter().find(|(own, _)| *own == name);
            let Some((_, name)) = option else { continue };
            let value = match thing.value(name) {
                Value::List(items) => Value::List(items.into_iter().map(in_snake_case).collect()),
                other => other,
            };
            let span = self.machine.span(&part.at);
            self.found.push(Property { name: (*name).to_owned(), value, span });
        }
    }

    /// The entries of a map as properties, where they stand if that can be seen.
    fn entries(&mut self, within: &str, part: &Part<'_>) {
        let Thing::Map(map) = part.thing else { return };
        let places = places(part.written);
        for (name, thing) in &map.entries {
            let place = places.iter().rev().find(|(own, ..)| *own == &**name);
            let (written, at) = match place {
                Some((_, written, at)) => (*written, at.clone()),
                None => (part.written, part.at.clone()),
            };
            self.add(within, name, &Part { written, thing, at, depth: part.depth });
        }
    }

    /// A property, and those in it.
    fn add(&mut self, within: &str, name: &str, part: &Part<'_>) {
        if matches!(part.thing, Thing::Absent) || part.depth > DEEPEST {
            return;
        }
        let name = format!("{within}{}", self.spelt(name));
        let written = self.machine.shown(&part.written.at);
        let value = self.renamed(part.thing.value(&written));
        let span = self.machine.span(&part.at);
        self.found.push(Property { name: name.clone(), value, span });
        let within = format!("{name}.");
        let depth = part.depth + 1;
        match part.thing {
            Thing::Map(_) => self.entries(&within, &Part { at: part.at.clone(), depth, ..*part }),
            Thing::List(list) => {
                let items: Vec<&Expression> = match &part.written.value {
                    Written::List(items) => items.iter().collect(),
                    Written::New(_, items) => items.iter().map(|item| &item.value).collect(),
                    _ => Vec::new(),
                };
                let items = if items.len() == list.items.len() { items } else { Vec::new() };
                for (index, thing) in list.items.iter().enumerate() {
                    let written = items.get(index).copied().unwrap_or(part.written);
                    let at = written.at.clone();
                    self.entries(&within, &Part { written, thing, at, depth });
                }
            }
            _ => {}
        }
    }

    /// The name of a property as the type's own tool spells it.
    fn spelt(&self, name: &str) -> String {
        if self.tool == Tool::RosCdk { pascal_case(name) } else { snake_case(name) }
    }

    /// A value with the keys of its maps so spelt.
    fn renamed(&self, value: Value) -> Value {
        match value {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.renamed(item)).collect())
            }
            Value::Map(entries) => {
                let entry = |(key, value): (String, Value)| (self.spelt(&key), self.renamed(value));
                Value::Map(entries.into_iter().map(entry).collect())
            }
            other => other,
        }
    }
}

/// A name, what it is given, and where both stand.
pub(super) type Place<'w> = (&'w str, &'w Expression, Range<usize>);

fn in_snake_case(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(snake_case(&text)),
        other => other,
    }
}

/// The entries of a map, as they are written.
fn places(written: &Expression) -> Vec<Place<'_>> {
    match &written.value {
        Written::Map(entries) => {
            let plain = entries.iter().filter_map(|(key, value)| {
                let Written::Text(parts) = &key.value else { return None };
                let [Piece::Known { text, .. }] = parts.as_slice() else { return None };
                Some((&**text, value, key.at.start..value.at.end))
            });
            plain.collect()
        }
        Written::New(_, arguments) => by_name(arguments),
        Written::Call(_, arguments) => {
            let map = arguments.iter().find(|it| matches!(it.value.value, Written::Map(_)));
            match map {
                Some(map) => places(&map.value),
                None => super::builders::places(written).unwrap_or_else(|| by_name(arguments)),
            }
        }
        _ => Vec::new(),
    }
}

fn by_name(arguments: &[Passed]) -> Vec<Place<'_>> {
    let named = arguments.iter().filter_map(|argument| {
        let name = argument.name.as_deref()?;
        Some((name, &argument.value, argument.value.at.clone()))
    });
    named.collect()
}

/// What carries properties: a map of them.
fn carried(given: &Given) -> Thing {
    let named = given.keywords.iter().map(|(name, it)| (name.clone(), it.thing.clone()));
    let mut entries: Vec<(Name, Thing)> = named.collect();
    for argument in &given.positional {
        if let Thing::Map(map) = &argument.thing {
            entries.extend(map.entries.iter().cloned());
        }
    }
    Thing::map(entries, given.rest)
}
