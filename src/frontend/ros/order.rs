//! What the resources of a template wait for: what `DependsOn` names, and what
//! references lead to, through locals too.

use std::collections::BTreeSet;

use super::scope::Scope;
use crate::frontend::template::{Entry, Item};
use crate::procedure::Dependency;

const DEPENDS_ON: &str = "DependsOn";

/// The dependencies of what has a name in a template. The resources of a nested
/// template stand between the beginning of the stack that it is for, whose
/// address ends in a dot, and the stack.
pub(super) fn dependencies(template: Item<'_>, scope: &Scope<'_>) -> Vec<Dependency> {
    let mut dependencies = Vec::new();
    for section in [super::LOCALS, super::RESOURCES] {
        for entry in template.get(section).into_iter().flat_map(Item::entries) {
            add(entry, scope, &mut dependencies);
        }
    }
    dependencies
}

fn add(entry: Entry<'_>, scope: &Scope<'_>, dependencies: &mut Vec<Dependency>) {
    let Some(name) = entry.key.text() else { return };
    let address = scope.address(name);
    let mut found = Found { scope, names: BTreeSet::new() };
    found.read_resource(entry.value);
    let mut add = |of: &str, on: String| {
        dependencies.push(Dependency { of: of.to_owned(), on });
    };
    let beginning = format!("{address}.");
    for name in found.names.into_iter().filter(|found| *found != name) {
        add(&address, scope.address(name));
        if carries_stack(entry.value) {
            add(&beginning, scope.address(name));
        }
    }
    if !scope.within.is_empty() {
        add(&address, format!("{}.", scope.within));
        add(scope.within, address.clone());
    }
}

fn carries_stack(resource: Item<'_>) -> bool {
    let properties = resource.get(super::resource::PROPERTIES);
    properties.is_some_and(|properties| properties.get(super::resource::TEMPLATE_BODY).is_some())
}

/// Collects the names that a resource or local refers to.
struct Found<'s, 't> {
    scope: &'s Scope<'t>,
    names: BTreeSet<&'t str>,
}

impl<'t> Found<'_, 't> {
    fn read_resource(&mut self, resource: Item<'t>) {
        if let Some(named) = resource.get(DEPENDS_ON) {
            for name in named.items().chain([named]).filter_map(Item::text) {
                self.add(name);
            }
        }
        self.read(resource);
    }

    fn add(&mut self, path: &'t str) {
        self.names.extend(self.scope.named(path));
    }

    /// Recursion goes no deeper than the tree is high.
    fn read(&mut self, item: Item<'t>) {
        match item.function() {
            Some(("Ref", given)) => self.add(given.text().unwrap_or_default()),
            Some(("GetAtt", given)) => self.read_attribute(given),
            Some(("Sub", given)) => self.read_text(given),
            Some((_, given)) => self.read_parts(given),
            None => self.read_parts(item),
        }
    }

    fn read_parts(&mut self, item: Item<'t>) {
        for part in item.items() {
            self.read(part);
        }
        for entry in item.entries() {
            // What a nested template refers to is its own.
            let is_nested = entry.key.text() == Some(super::resource::TEMPLATE_BODY)
                && super::is_template(entry.value);
            if !is_nested {
                self.read(entry.value);
            }
        }
    }

    /// `Web.InstanceId` or `[Web, InstanceId]`.
    fn read_attribute(&mut self, given: Item<'t>) {
        match given.text().or_else(|| given.items().next()?.text()) {
            Some(path) => self.add(path),
            None => self.read_parts(given),
        }
    }

    /// A text with references in it, and the values of names in them.
    fn read_text(&mut self, given: Item<'t>) {
        let text = given.text().or_else(|| given.items().next()?.text()).unwrap_or_default();
        let own = given.items().nth(1);
        let mut rest = text;
        while let Some((_, name, after)) = super::value::next_reference(rest) {
            if own.is_none_or(|own| own.get(name).is_none()) {
                self.add(name);
            }
            rest = after;
        }
        self.read_parts(given);
    }
}
