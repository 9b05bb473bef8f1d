//! Request objects in a program: made, filled in.

use super::calls::Call;
use super::machine::Machine;
use crate::frontend::program::given::{Argument, Given, api_name};
use crate::frontend::program::request::{Kind, Request};
use crate::frontend::program::shown;
use crate::frontend::program::thing::{Rest, Thing};
use crate::procedure::Arguments;

impl<'t> Machine<'t, '_> {
    /// `StartInstanceRequest(instance_id=…)`.
    pub(super) fn construct(&mut self, call: &Call<'t>, kind: Kind, action: &str) -> Thing {
        let action = Thing::known(action, call.node.byte_range());
        let mut request = Request::new(kind, action);
        for (name, argument) in &call.given.keywords {
            request.set(&api_name(name), argument.value(self.source));
        }
        request.arguments.open = call.given.rest != Rest::Closed;
        self.state.new_request(request)
    }

    /// `CommonRequest(…)`, `RpcRequest(product, version, action)` and
    /// `Params(action=…, version=…)`.
    pub(super) fn construct_common(&mut self, call: &Call<'t>) -> Thing {
        let mut request = Request::new(Kind::Common, Thing::Absent);
        let order: &[&str] = match call.name.as_str() {
            "RpcRequest" => &["product", "version", "action_name"],
            "CommonRequest" => &["domain", "version", "action_name"],
            _ => &["action", "version"],
        };
        let positional = order.iter().copied().zip(&call.given.positional);
        let keywords = call.given.keywords.iter().map(|(name, argument)| (&**name, argument));
        for (name, argument) in positional.chain(keywords) {
            set_common(&mut request, name, &argument.thing);
        }
        if call.given.rest == Rest::Tainted && request.action == Thing::Absent {
            request.action = Thing::tainted(self.shown(call.node));
        }
        self.state.new_request(request)
    }

    /// `request.instance_id = …`.
    pub(super) fn set_attribute(&mut self, slot: usize, name: &str, thing: &Thing, written: &str) {
        let Some(request) = self.state.request(slot) else { return };
        let mut changed = request.clone();
        if request.kind != Kind::Common || !set_common(&mut changed, name, thing) {
            changed.set(&api_name(name), thing.value(written));
        }
        self.state.change(slot, |request| *request = changed);
    }

    /// `setattr(request, name, value)`.
    pub(super) fn set_by_name(&mut self, given: &Given) {
        let [object, name, value] = given.positional.as_slice() else { return };
        let Thing::Request(slot) = object.thing else { return };
        match name.thing.as_text() {
            Some(name) => {
                let shown = shown(&self.source.text[value.at.clone()]);
                self.set_attribute(slot, name, &value.thing, &shown);
            }
            None => self.state.change(slot, |request| request.arguments.open = true),
        }
    }

    /// A method of a request object. None if it is not one that fills it in.
    pub(super) fn request_method(&mut self, call: &Call<'t>, slot: usize) -> Option<Thing> {
        let first = call
            .given
            .positional
            .first()
            .or_else(|| call.given.keywords.first().map(|(_, argument)| argument));
        let itself = Thing::Request(slot);
        match call.name.as_str() {
            "add_query_param" | "add_body_params" | "add_body_param" | "add_param" => {
                self.add_parameter(slot, call.given.nth(0, "k"), call.given.nth(1, "v"));
            }
            "set_query_params" | "set_body_params" | "from_map" | "set_content_params" => {
                let added = first.map(|argument| argument.api_arguments(self.source));
                self.add_parameters(slot, added);
            }
            name if name.starts_with("set_") => {
                let name = name.trim_start_matches("set_");
                let argument = first?;
                self.set_by_method(slot, name, argument);
            }
            "validate" | "to_map" | "get_query_params" | "add_header" | "set_headers" => {}
            _ => return None,
        }
        Some(itself)
    }

    fn add_parameter(&mut self, slot: usize, key: Option<&Argument>, value: Option<&Argument>) {
        let key = key.and_then(|key| key.thing.as_text());
        let value = value.map(|value| value.value(self.source));
        self.state.change(slot, |request| match (key, value) {
            (Some(key), Some(value)) => request.set(key, value),
            _ => request.arguments.open = true,
        });
    }

    fn add_parameters(&mut self, slot: usize, added: Option<Arguments>) {
        self.state.change(slot, |request| {
            let Some(added) = added else {
                request.arguments.open = true;
                return;
            };
            request.arguments.open |= added.open;
            for (name, value) in added.given {
                request.set(&name, value);
            }
        });
    }

    fn set_by_method(&mut self, slot: usize, name: &str, argument: &Argument) {
        let is_parameter = name.starts_with(|first: char| first.is_ascii_uppercase());
        let Some(request) = self.state.request(slot) else { return };
        let mut changed = request.clone();
        // An old request knows its product, which `set_product` only repeats.
        let says = request.kind == Kind::Common && set_common(&mut changed, name, &argument.thing);
        if !says && is_parameter {
            changed.set(name, argument.value(self.source));
        }
        self.state.change(slot, |request| *request = changed);
    }
}

/// Sets what a request says of itself. False if it is a parameter.
fn set_common(request: &mut Request, name: &str, thing: &Thing) -> bool {
    let field = match name {
        "action" | "action_name" | "ActionName" => &mut request.action,
        "product" => &mut request.product,
        "version" => &mut request.version,
        "domain" | "endpoint" => &mut request.domain,
        _ => return false,
    };
    field.clone_from(thing);
    true
}
