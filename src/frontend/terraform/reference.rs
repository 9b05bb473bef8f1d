//! References: what a name and the picks after it stand for.

use std::rc::Rc;

use tree_sitter::Node;

use crate::frontend::syntax::MAX_DEPTH;
use crate::procedure::Value;

use super::evaluate::{Evaluated, Evaluator};
use super::expression::{Step, Term};
use super::kind;
use super::scope::{Origin, Scope};

/// How much one reference to a local may copy. A unit is a value, or 16 bytes of
/// text.
const MAX_COPY: usize = 10_000;

/// How much all references of a module may copy and search.
const MAX_WORK: usize = 4_000_000;

impl<'t> Evaluator<'_, 't> {
    /// The value that a name and the picks after it refer to.
    pub(super) fn reference(&self, term: &Term<'t>, scope: &Scope<'_, 't>) -> Evaluated {
        let name = self.configuration.slice(scope.file, term.head);
        let first = term.steps.first().and_then(|step| match step {
            Step::Attribute(node) => Some(self.configuration.slice(scope.file, *node)),
            _ => None,
        });
        let rest = term.steps.get(1..).unwrap_or_default();
        if let Some(origin) = scope.bound(name) {
            return self.unknown(term.range.clone(), scope.file, origin);
        }
        let origin = match (name, first) {
            ("local", Some(local)) => match self.local(local, scope.depth) {
                Some(value) => return self.pick(&value, rest, term, scope),
                None => Origin::Outside,
            },
            ("self", Some(attribute)) => return self.own(attribute, rest, term, scope),
            ("each", _) => scope.each.clone(),
            ("count", _) => scope.count.clone(),
            ("path" | "terraform", _) => Origin::Nowhere,
            ("var" | "data" | "module", _) | (_, None) => Origin::Outside,
            (kind, Some(name)) => self.resource(kind, name),
        };
        self.unknown(term.range.clone(), scope.file, origin)
    }

    fn resource(&self, kind: &'t str, name: &'t str) -> Origin {
        match self.configuration.declares(kind, name) {
            Some(true) => Origin::Declared(format!("{kind}.{name}").into()),
            Some(false) => Origin::Outside,
            None => Origin::Nowhere,
        }
    }

    /// The expression that a reference to a local stands for, and its file.
    pub(super) fn definition(
        &self,
        term: &Term<'t>,
        scope: &Scope<'_, 't>,
    ) -> Option<(Node<'t>, usize)> {
        let name = |node| self.configuration.slice(scope.file, node);
        let [Step::Attribute(local)] = *term.steps else { return None };
        if term.head.kind() != kind::VARIABLE || name(term.head) != "local" {
            return None;
        }
        let definition = self.configuration.local(name(local))?;
        Some((definition.value, definition.file))
    }

    /// The value of a local; nothing for one that is not defined or that is
    /// defined by itself.
    fn local(&self, name: &'t str, depth: u16) -> Option<Rc<Evaluated>> {
        if let Some(known) = self.locals.borrow().get(name) {
            return known.clone();
        }
        let definition = self.configuration.local(name)?;
        self.locals.borrow_mut().insert(definition.name, None);
        let value = self.attribute(definition, &Scope::file(definition.file, depth));
        let value = Rc::new(value);
        self.locals.borrow_mut().insert(definition.name, Some(Rc::clone(&value)));
        Some(value)
    }

    /// A value of the resource around a provisioner: what its block says, or else
    /// something it gets.
    fn own(
        &self,
        name: &str,
        rest: &[Step<'t>],
        term: &Term<'t>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        let Some(owner) = scope.owner else {
            return self.unknown(term.range.clone(), scope.file, Origin::Outside);
        };
        if let Some(attribute) = owner.attribute(name) {
            // `self` has no meaning in there, so that this goes one level only.
            let value = self.attribute(attribute, &scope.without_owner());
            return self.pick(&value, rest, term, scope);
        }
        let address = owner.address().unwrap_or_default();
        self.unknown(term.range.clone(), scope.file, Origin::Declared(address.into()))
    }

    /// What picks from a value give. A choice that cannot be told may be any part
    /// of it, so the origin is that of the whole.
    pub(super) fn pick(
        &self,
        from: &Evaluated,
        steps: &[Step<'t>],
        term: &Term<'t>,
        scope: &Scope<'_, 't>,
    ) -> Evaluated {
        let mut value = &from.value;
        for step in steps {
            let Some(part) = self.part(value, *step, scope) else {
                return self.unknown(term.range.clone(), scope.file, Origin::of(value));
            };
            value = part;
        }
        match self.copy(value, scope.depth) {
            Some(value) => Evaluated { origin: Origin::of(&value), value },
            None => self.unknown(term.range.clone(), scope.file, from.origin.clone()),
        }
    }

    fn part<'v>(
        &self,
        value: &'v Value,
        step: Step<'t>,
        scope: &Scope<'_, 't>,
    ) -> Option<&'v Value> {
        let slice = |node| self.configuration.slice(scope.file, node).to_owned();
        let key = match step {
            Step::Attribute(node) => slice(node),
            Step::Index(node) => self.evaluate(node, scope).value.as_text()?.to_owned(),
            Step::LegacyIndex(node) => slice(node).trim_start_matches('.').to_owned(),
            Step::Splat | Step::Broken => return None,
        };
        match value {
            Value::List(items) => items.get(key.parse::<usize>().ok()?),
            Value::Map(entries) => {
                self.charge(entries.len() / 64)?;
                entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Counts work against what a module may cause; `None` once it is used up.
    fn charge(&self, units: usize) -> Option<()> {
        self.spent.set(self.spent.get().saturating_add(units));
        (self.spent.get() <= MAX_WORK).then_some(())
    }

    /// A copy of a value, if it is not too large and not too deep to stand here.
    fn copy(&self, value: &Value, depth: u16) -> Option<Value> {
        let mut budget = MAX_COPY;
        let fits = fits(value, MAX_DEPTH.saturating_sub(depth), &mut budget);
        self.charge(MAX_COPY - budget)?;
        fits.then(|| value.clone())
    }
}

/// Whether a value is no deeper and no larger than allowed; takes its size off
/// the budget.
fn fits(value: &Value, depth: u16, budget: &mut usize) -> bool {
    let size = 1 + match value {
        Value::Text(text) => text.len() / 16,
        _ => 0,
    };
    let (Some(rest), Some(depth)) = (budget.checked_sub(size), depth.checked_sub(1)) else {
        return false;
    };
    *budget = rest;
    match value {
        Value::List(items) => items.iter().all(|item| fits(item, depth, budget)),
        Value::Map(entries) => entries.iter().all(|(_, entry)| fits(entry, depth, budget)),
        Value::Text(_) | Value::Unknown(_) | Value::Absent => true,
    }
}
