//! Parameters of functions: what is known of them whoever calls.

use super::given::Given;
use super::inlining::matched;
use super::joining::{join, remember};
use super::machine::Machine;
use super::members::receiver_of;
use super::thing::{Rest, Thing};

impl Machine<'_> {
    /// Gives the parameters of a function what is known of them whoever calls.
    pub(super) fn bind_unknown(&mut self, number: usize) {
        let unit = self.unit;
        let Some(function) = unit.functions.get(number) else { return };
        if let Some(receiver) = &function.receiver {
            self.bind(receiver, receiver_of(function));
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            let declared = self.of_type(&parameter.kind, &parameter.name, true);
            let seen = self.memory.parameters.get(&(number, index)).cloned();
            let thing = match (declared, seen) {
                (Some(declared), Some(seen)) if is_vague(self, &declared) => seen,
                (Some(declared), _) => declared,
                (None, Some(seen)) => seen,
                (None, None) if parameter.is_rest => Thing::list(Vec::new(), Rest::Tainted),
                (None, None) if parameter.is_options => Thing::map(Vec::new(), Rest::Tainted),
                (None, None) => Thing::tainted(parameter.name.clone()),
            };
            self.bind(&parameter.name, thing);
        }
    }

    /// Keeps what an object of a class is made with.
    pub(super) fn learn_made(&mut self, class: usize, constructor: usize, given: &Given) {
        if self.run.inlined {
            return;
        }
        let unit = self.unit;
        let Some(function) = unit.functions.get(self.overload(constructor, given)) else { return };
        for (index, thing) in matched(function, given) {
            let name = &function.parameters[index].name;
            let made = self.memory.made.entry(class).or_default();
            self.memory.news |= remember(made, name, &thing);
        }
    }

    /// The text that all objects of a class were made with, for a field that a parameter
    /// of the constructor decides.
    pub(super) fn made_with(&self, class: usize, field: &str, thing: Thing) -> Thing {
        let made = self.memory.made.get(&class).and_then(|made| made.get(field));
        let is_text = |made: &&Thing| made.alternatives().iter().all(|it| it.as_text().is_some());
        match made.filter(is_text) {
            // Read for itself, a method is that of objects of other classes, too.
            Some(made) if thing.is_tainted() && (self.run.inlined || !self.is_extended(class)) => {
                made.clone()
            }
            _ => thing,
        }
    }

    /// Whether another class of the file extends one.
    fn is_extended(&self, class: usize) -> bool {
        let others = (0..self.unit.classes.len()).filter(|other| *other != class);
        others.into_iter().any(|other| self.ancestry(other).own.contains(&class))
    }

    /// Keeps what callers give for parameters, where it says what type they are.
    pub(super) fn learn_parameter(&mut self, number: usize, index: usize, thing: Thing) {
        let typed = matches!(
            thing,
            Thing::Client(_) | Thing::Imported(_) | Thing::Class(_) | Thing::Instance(_)
        );
        if !typed {
            return;
        }
        let known = self.memory.parameters.get(&(number, index)).cloned();
        let joined = known.clone().map_or(thing.clone(), |known| join(known, thing));
        if known.as_ref() != Some(&joined) {
            self.memory.news = true;
            self.memory.parameters.insert((number, index), joined);
        }
    }
}

/// Whether an object of a declared type may be of any class: an interface.
fn is_vague(machine: &Machine<'_>, thing: &Thing) -> bool {
    let Thing::Instance(class) = thing else { return false };
    machine.unit.classes.get(*class).is_some_and(|class| class.is_interface)
}
