//! Parameters of functions: what is known of them whoever calls.

use super::joining::join;
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
