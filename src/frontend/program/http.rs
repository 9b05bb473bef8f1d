//! Requests of HTTP that a program makes before it sends them.

use super::calls::Call;
use super::code::{Expression, Value};
use super::machine::Machine;
use super::thing::{Name, Rest, Thing};

/// Under which name a request holds its form, as options of HTTP libraries do.
const FORM: &str = "form";

impl<'c> Machine<'c> {
    /// `http.NewRequest("GET", url, body)`: what its sender is given says it all.
    pub(super) fn http_request(&self, call: &Call<'c>) -> Option<Thing> {
        let path = if let Thing::Imported(path) = &call.callee { path } else { &call.written };
        let made = |it: &&(&str, usize, usize)| *it.0 == **path || *it.0 == *call.written;
        let (_, address, body) = self.dialect.http_requests.iter().find(made)?;
        let entry = |name: &str, at: usize| {
            let thing = call.given.positional.get(at)?.thing.clone();
            Some((Name::from(name), thing))
        };
        let entries = [entry("URL", *address), entry("body", *body)];
        Some(Thing::map(entries.into_iter().flatten().collect(), Rest::Open))
    }

    /// A request is given its form.
    pub(super) fn set_form(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let Thing::Map(map) = owner else { return None };
        if !self.dialect.form_setters.contains(&&*call.name) {
            return None;
        }
        let mut given = call.given.clone();
        given.gather_keywords();
        let form = given.positional.iter().find(|it| matches!(it.thing, Thing::Map(_)))?;
        let entries = map.entries.iter().cloned().chain([(FORM.into(), form.thing.clone())]);
        let changed = Thing::map(entries.collect(), map.rest);
        self.replace(object, changed.clone());
        Some(changed)
    }

    /// What is given the action or the version as an entry is a map of parameters.
    pub(super) fn begin_map(
        &mut self,
        call: &Call<'c>,
        owner: &Thing,
        object: &'c Expression,
    ) -> Option<Thing> {
        let rest = match owner {
            Thing::Unknown(unknown) if unknown.tainted => Rest::Tainted,
            Thing::Unknown(_) => Rest::Open,
            // The query of an address.
            Thing::Text(_) if owner.prefix().is_some_and(|it| it.contains("://")) => Rest::Open,
            _ => return None,
        };
        let Value::Name(_) = &object.value else { return None };
        let [key, value] = call.given.positional.as_slice() else { return None };
        let key = key.thing.as_text().filter(|key| matches!(*key, "Action" | "Version"))?;
        let begun = Thing::map(vec![(key.into(), value.thing.clone())], rest);
        self.replace(object, begun.clone());
        Some(begun)
    }
}
