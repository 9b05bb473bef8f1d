//! Requests of HTTP that a program makes before it sends them.

use super::calls::Call;
use super::code::{Expression, Value};
use super::given::{Argument, Given};
use super::machine::Machine;
use super::thing::{Name, Rest, Thing};
use crate::procedure::{Evidence, Failure};

/// Methods of requests that are made already.
const REQUESTS: &[&str] = &[
    "execute",
    "executeAsync",
    "executeAsString",
    "asString",
    "asJson",
    "retrieve",
    "exchange",
    "getResponse",
    "getResponseAsync",
    "getString",
    "getJson",
    "getStringAsync",
    "getJsonAsync",
    "getAsync",
    "postAsync",
    "getStream",
    "getStreamAsync",
    "getInputStream",
];

/// Methods that give a request on its way parameters.
const CARRIES: &[&str] = &["SetQueryParam", "SetQueryParams", "SetFormData"];

/// Methods that send what they are called on to the address they are given.
const SENDS: &[&str] = &["Get", "Post"];

/// Methods that give a request its body.
pub(super) const POSTS: &[&str] = &["post", "POST", "body"];

impl<'c> Machine<'c> {
    /// `http.NewRequest("GET", url, body)`: what its sender is given says it all.
    pub(super) fn http_request(&self, call: &Call<'c>) -> Option<Thing> {
        let path = if let Thing::Imported(path) = &call.callee { path } else { &call.written };
        let made = self.http_request_at(path, &call.given);
        made.or_else(|| self.http_request_at(&call.written, &call.given))
    }

    /// The same by the path of what makes it.
    pub(super) fn http_request_at(&self, path: &str, given: &Given) -> Option<Thing> {
        let known = self.dialect.http_requests.iter().find(|(known, ..)| *known == path);
        let (_, address, body) = known?;
        let entry = |name: &str, at: usize| {
            let thing = given.positional.get(at)?.thing.clone();
            Some((Name::from(name), thing))
        };
        let entries = [entry("URL", *address), entry("body", *body)];
        Some(Thing::map(entries.into_iter().flatten().collect(), Rest::Open))
    }

    /// `request.Header.Set("x-acs-action", action)`: kept with the request.
    fn give_header(
        &mut self,
        request: &'c Expression,
        key: &Thing,
        value: &Thing,
    ) -> Option<Thing> {
        let key = key.as_text().filter(|key| key.to_ascii_lowercase().starts_with("x-acs-"))?;
        let Value::Name(_) = &request.value else { return None };
        let Thing::Map(map) = self.eval(request) else { return None };
        let entry = (key.into(), value.clone());
        let entries = map.entries.iter().cloned().chain([entry]).collect();
        self.replace(request, Thing::map(entries, map.rest));
        Some(Thing::Absent)
    }

    /// `request.set_form_data(…)`, `request.body = …`: what its address is asked with.
    pub(super) fn with_body(&mut self, owner: &Thing, object: &'c Expression, body: &Thing) {
        let is_address = |thing: &Thing| thing.prefix().is_some_and(|it| it.contains("://"));
        let is_body = matches!(body, Thing::Map(_) | Thing::Text(_) | Thing::List(_));
        if !is_body || !is_address(owner) {
            return;
        }
        let entries = vec![(Name::from("URL"), owner.clone()), (Name::from("body"), body.clone())];
        self.replace(object, Thing::map(entries, Rest::Open));
    }

    /// `client.R().SetQueryParam("Action", action)`: a request of which only the
    /// parameters are known.
    pub(super) fn carried_query(call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        if !CARRIES.contains(&&*call.name) || !matches!(owner, Thing::Unknown(_) | Thing::Map(_)) {
            return None;
        }
        let mut entries = match owner {
            Thing::Map(map) => map.entries.clone(),
            _ => Vec::new(),
        };
        match call.given.positional.as_slice() {
            [Argument { thing: Thing::Map(map), .. }] => {
                entries.extend(map.entries.iter().cloned());
            }
            [key, value] => entries.push((key.thing.as_text()?.into(), value.thing.clone())),
            _ => return None,
        }
        Some(Thing::map(entries, Rest::Open))
    }

    /// `builder.post(body)`: the address of what is requested with its body.
    pub(super) fn posted(call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        let body = &call.given.positional.last()?.thing;
        let is_address = owner.prefix().is_some_and(|text| text.contains("://"));
        let is_body = matches!(body, Thing::Map(_) | Thing::List(_) | Thing::Text(_));
        if !is_address || !is_body || !POSTS.contains(&&*call.name) {
            return None;
        }
        let entries = vec![(Name::from("URL"), owner.clone()), (Name::from("body"), body.clone())];
        Some(Thing::map(entries, Rest::Open))
    }

    /// A method that requests the address, or sends the parameters, that it is called
    /// on: `HttpRequest.get(url).execute()`.
    pub(super) fn offer_object(&mut self, call: &Call<'c>) -> bool {
        let Some((object @ (Thing::Text(_) | Thing::Map(_)), written)) = &call.object else {
            return false;
        };
        let sends = SENDS.contains(&&*call.name)
            && call.given.all().any(|it| it.thing.prefix().is_some_and(|it| it.contains("://")));
        let requests = REQUESTS.contains(&&*call.plain_name) || REQUESTS.contains(&&*call.name);
        if !sends && !requests {
            return false;
        }
        let object = Argument { thing: object.clone(), at: written.at.clone() };
        let positional = std::iter::once(object).chain(call.given.positional.iter().cloned());
        let given = Given { positional: positional.collect(), ..call.given.clone() };
        let Some(named) = self.naming().named_by_arguments(&given) else { return false };
        self.operate(call, &named.action, &named.arguments, Evidence::Certain, Failure::Raises);
        true
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
        let [key, value] = call.given.positional.as_slice() else { return None };
        if let Value::Member(request, _) = &object.value {
            return self.give_header(request, &key.thing, &value.thing);
        }
        // In a chain it is handed on.
        let is_chain = matches!(object.value, Value::Call(..) | Value::Text(_) | Value::Join(_));
        let is_chain = is_chain && matches!(owner, Thing::Text(_));
        if !is_chain && !matches!(object.value, Value::Name(_)) {
            return None;
        }
        let key = key.thing.as_text().filter(|key| matches!(*key, "Action" | "Version"))?;
        let begun = Thing::map(vec![(key.into(), value.thing.clone())], rest);
        self.replace(object, begun.clone());
        Some(begun)
    }
}
