//! What is set on requests, by methods and by assignments to their members.

use super::calls::Call;
use super::code::Expression;
use super::dialect::Says;
use super::given::api_name;
use super::machine::Machine;
use super::request::Kind;
use super::thing::{Name, Thing};

/// What a request is made with that holds its parameters.
const HOLDERS: &[&str] = &["query", "form_params"];

impl<'c> Machine<'c> {
    /// A method that sets something on its object and gives it back.
    pub(super) fn setter(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let slots: Option<Vec<usize>> = owner
            .alternatives()
            .iter()
            .map(|it| if let Thing::Request(slot) = it { Some(*slot) } else { None })
            .collect();
        let Some(slots) = slots else { return self.carry(call, owner, object) };
        // A method of the program's own.
        if matches!(call.callee, Thing::Function(..)) {
            return None;
        }
        let says = self.dialect.common_fields.iter().find(|(name, _)| **name == *call.name);
        if let Some((_, Says::Transport)) = says {
            return Some(owner.clone());
        }
        let says = says.is_some();
        let prefix = self.dialect.setters.iter().find(|it| {
            let rest = call.name.strip_prefix(**it);
            rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_lowercase()))
        });
        let is_named = || self.dialect.names_setters && !is_getter(&call.name);
        let prefix = prefix.or_else(|| is_named().then_some(&""));
        if !says && prefix.is_none() || self.is_sender(&call.name) {
            return None;
        }
        let name: Name = match prefix {
            Some(prefix) if !says => call.name[prefix.len()..].into(),
            _ => call.name.clone(),
        };
        for slot in slots {
            self.set_by_call(call, slot, &name);
        }
        Some(owner.clone())
    }

    fn set_by_call(&mut self, call: &Call<'c>, slot: usize, name: &str) {
        match call.given.positional.as_slice() {
            [value] => {
                let written = self.shown(&value.at);
                self.set_on_request(slot, name, &value.thing, &written);
            }
            // `request.QueryParams.set("InstanceId", id)`, `putQueryParameter(k, v)`
            [key, value] => match key.thing.as_text() {
                Some(key) => {
                    let written = self.shown(&value.at);
                    self.set_parameter(slot, key, &value.thing, &written);
                }
                None => self.state.change(slot, |request| request.arguments.open = true),
            },
            _ => {}
        }
    }

    /// Sets what an assignment to a member of a request says.
    pub(super) fn set_on_request(&mut self, slot: usize, name: &str, thing: &Thing, written: &str) {
        let Some(request) = self.state.request(slot) else { return };
        let says = self.dialect.common_fields.iter().find(|(known, _)| *known == name);
        let is_common = request.kind == Kind::Common;
        let says = match says.map(|(_, says)| *says) {
            Some(says) if is_common || says == Says::Parameters => says,
            None => match thing {
                Thing::Map(map) if HOLDERS.contains(&name) => {
                    return self.state.change(slot, |request| request.set_all(map));
                }
                _ => return self.set_parameter(slot, name, thing, written),
            },
            // A request that has a type knows its action, unless it is told another.
            Some(Says::Action) if request.kind == Kind::Old && is_told(thing) => Says::Action,
            Some(_) => return,
        };
        let thing = thing.clone();
        self.state.change(slot, |request| match says {
            Says::Action => request.action = thing,
            Says::Product => request.product = thing,
            Says::Version => request.version = thing,
            Says::Domain => request.domain = thing,
            Says::Transport => {}
            Says::Parameters => match &thing {
                Thing::Map(map) => request.set_all(map),
                _ => request.arguments.open = true,
            },
        });
    }

    pub(super) fn set_parameter(&mut self, slot: usize, name: &str, thing: &Thing, written: &str) {
        let value = thing.value(written);
        self.state.change(slot, |request| request.set(&api_name(name), value));
    }
}

/// Whether a value is known, or is what a caller decides.
fn is_told(thing: &Thing) -> bool {
    thing.as_text().is_some() || thing.is_tainted()
}

/// Whether a method's name says that it only looks something up.
fn is_getter(name: &str) -> bool {
    let starts = |prefix: &str| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_lowercase()))
    };
    ["get", "is", "to", "has"].into_iter().any(starts)
}
