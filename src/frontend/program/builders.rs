//! Resources that a builder is told of one property at a time:
//! `Disk.Builder.create(this, "data").size(40).build()`.

use super::calls::Call;
use super::code::{Expression, Value};
use super::declared::Place;
use super::machine::Machine;
use super::thing::{Name, Thing};
use crate::source::Span;

/// The method with which a builder ends.
const ENDS: &str = "build";

/// How many methods behind each other are looked through for the first.
const MOST: usize = 256;

impl<'c> Machine<'c> {
    /// A builder begins the resource that stands at a place.
    pub(super) fn begin(&mut self, address: &Name, span: Span) {
        if let Some(index) = self.declarations.iter().rposition(|it| it.span == span) {
            self.building.insert(address.clone(), index);
        }
    }

    /// A method of a resource: while it is being built, it sets a property.
    pub(super) fn built(&mut self, call: &Call<'c>, owner: &Thing, callee: &'c Expression) {
        let Thing::Declared(address) = owner else { return };
        let Some(index) = self.building.get(address).copied().filter(|_| !self.run.inlined) else {
            return;
        };
        if &*call.name == ENDS {
            self.building.remove(address);
        }
        let Some(kind) = self.declarations.get(index).map(|it| &it.kind) else { return };
        let name = callee.at.end.saturating_sub(call.name.len());
        let found = match (call.given.positional.as_slice(), call.arguments) {
            ([value], [written]) => {
                let own = (kind.as_str(), &*call.name);
                self.property(own, value, &written.value, name..call.at.end)
            }
            _ => Vec::new(),
        };
        let span = self.span(&call.at);
        let Some(declaration) = self.declarations.get_mut(index) else { return };
        // The resource is there when it is built.
        if span.start == declaration.span.start {
            declaration.span.end = declaration.span.end.max(span.end);
        }
        for property in found {
            let known = &mut declaration.properties;
            known.retain(|it| it.name != property.name || it.span == property.span);
            known.push(property);
        }
    }

    /// Whether a value is a carrier of parameters whose builder is still being told
    /// of them: `InstanceProps.builder().imageId("…")`.
    pub(super) fn is_builder(&self, object: &Expression) -> bool {
        let mut current = object;
        for _ in 0..MOST {
            let Value::Call(callee, _) = &current.value else { return false };
            let Value::Member(inner, name) = &callee.value else { return false };
            if self.dialect.type_makers.contains(&&**name) {
                return true;
            }
            if &**name == ENDS {
                return false;
            }
            current = inner;
        }
        false
    }
}

/// What a chain of a builder's methods sets, and where.
pub(super) fn places(written: &Expression) -> Option<Vec<Place<'_>>> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut current = written;
    for _ in 0..MOST {
        let Value::Call(callee, arguments) = &current.value else { break };
        let Value::Member(inner, name) = &callee.value else { break };
        if let [argument] = arguments.as_slice() {
            let start = callee.at.end.saturating_sub(name.len());
            places.push((&**name, &argument.value, start..current.at.end));
        }
        current = inner;
    }
    places.reverse();
    (!places.is_empty()).then_some(places)
}
