//! Calls on things whose type is not known: what they are called, and what they
//! are given, may still make them operations.

use super::calls::{Call, method_of};
use super::code::{Argument as Passed, Expression, Type, Value};
use super::dialect::Means;
use super::given::{Argument, api_name};
use super::machine::Machine;
use super::request::Kind;
use super::thing::{Product, Thing};
use crate::procedure::Evidence;

/// Parts of the names of things that only stand in for a client.
const STAND_INS: &[&str] = &["mock", "fake", "stub", "expect()", "dummy"];

impl<'c> Machine<'c> {
    /// A method named like an action on something whose type is not known.
    pub(super) fn call_unknown_receiver(&mut self, call: &Call<'c>) -> bool {
        let Some((object, written)) = &call.object else { return false };
        let Some(action) = self.dialect.action(&call.name, self.context.catalogue) else {
            return false;
        };
        let receiver = self.source.text[written.at.clone()].to_ascii_lowercase();
        let stands_in = STAND_INS.iter().any(|word| receiver.contains(word))
            || matches!(object, Thing::Instance(class) | Thing::Class(class) if self.is_stand_in(*class));
        if stands_in {
            return true;
        }
        let sent = call.given.all().find_map(|it| match it.thing {
            Thing::Request(slot) => self.state.request(slot).map(|it| (it.kind, it.action.clone())),
            _ => None,
        });
        let evidence = match sent {
            Some((Kind::Old, own)) => (own.as_text() == Some(action)).then_some(Evidence::Certain),
            Some(_) => None,
            None if self.takes_its_arguments(call, action) => Some(Evidence::Certain),
            None if self.is_declared(object, written) => None,
            None => self.likely_evidence(call, object, &receiver),
        };
        let Some(evidence) = evidence else { return false };
        let method = method_of(Thing::known(action, 0..0));
        self.call_action(call, &method, evidence);
        true
    }

    /// How sure it is that a method named like an action, on something whose
    /// type is not known, with a request of which nothing is known, is one.
    fn likely_evidence(&self, call: &Call<'c>, object: &Thing, receiver: &str) -> Option<Evidence> {
        let is_foreign = match object {
            Thing::Client(product) => *product != Product::Likely,
            Thing::Imported(path) => self.is_foreign(path),
            Thing::Instance(_) | Thing::Class(_) => true,
            _ => false,
        };
        let is_client = names_client(receiver.rsplit('.').next().unwrap_or(receiver));
        if is_client && matches!(object, Thing::Unknown(_)) && self.facts.imports(Means::Positional)
        {
            return Some(Evidence::Certain);
        }
        let own = call.given.all().filter(|it| self.names_its_parameters(&call.name, it)).count();
        let requests = call.given.all().filter(|it| self.is_request_like(it)).count() + own;
        if is_foreign || requests != 1 {
            return None;
        }
        let is_likely = *object == Thing::Client(Product::Likely) || is_client;
        let is_named = receiver.contains("ecs") || is_likely;
        let names_other = self.facts.foreign.iter().any(|name| receiver.contains(name));
        match (is_named, self.facts.imports_ecs) {
            _ if names_other => None,
            (true, false) if is_likely => Some(Evidence::Certain),
            (false, true)
                if self.facts.imports(Means::Foreign) || !matches!(object, Thing::Unknown(_)) =>
            {
                Some(Evidence::Possible)
            }
            (_, true) => Some(Evidence::Certain),
            (_, false) => None,
        }
    }

    /// Whether an argument is the object that an SDK whose methods take what the API
    /// takes has for the action.
    fn takes_its_arguments(&self, call: &Call<'c>, action: &str) -> bool {
        let is_own = |argument: &Passed| match &argument.value.value {
            Value::New(Type::Named(kind), _) => {
                kind.rsplit('.').next().and_then(|kind| kind.strip_suffix("Args")) == Some(action)
            }
            _ => false,
        };
        self.facts.imports(Means::Positional) && call.arguments.iter().any(is_own)
    }

    /// Whether the type of what a method is called on was declared, and is none of
    /// the SDKs: it would be known then.
    fn is_declared(&self, object: &Thing, written: &Expression) -> bool {
        if !self.dialect.declares_types {
            return false;
        }
        let name = match &written.value {
            Value::Name(name) => name,
            Value::Member(owner, name) if matches!(owner.value, Value::Name(_)) => name,
            _ => return false,
        };
        let is_type = matches!(object, Thing::Imported(_))
            || name.starts_with(|first: char| first.is_ascii_uppercase());
        is_type || self.holder(name).is_some() || self.owner_of(name).is_some()
    }

    /// Whether an argument is written like a request, and nothing says that it
    /// is none.
    fn is_request_like(&self, argument: &Argument) -> bool {
        let written = self.source.text[argument.at.clone()].to_ascii_lowercase();
        let words = ["req", "request", "args", "input", "params", "opts", "options"];
        matches!(argument.thing, Thing::Unknown(_))
            && words.iter().any(|word| written.ends_with(word))
    }

    /// Whether an argument is a map with a parameter of the action that a method is
    /// named after, by which the API names what it acts on.
    fn names_its_parameters(&self, method: &str, argument: &Argument) -> bool {
        let Thing::Map(map) = &argument.thing else { return false };
        let catalogue = self.context.catalogue;
        let action = self.dialect.action(method, catalogue).and_then(|it| catalogue.get(it));
        let targets =
            action.map(crate::catalogue::ApiAction::target_parameters).unwrap_or_default();
        map.entries.iter().any(|(name, _)| {
            let name = api_name(name);
            name == "RegionId" || targets.contains(&name)
        })
    }

    fn is_stand_in(&self, class: usize) -> bool {
        let name = self.unit.classes.get(class).map(|class| class.name.to_ascii_lowercase());
        name.is_some_and(|name| STAND_INS.iter().any(|word| name.contains(word)))
    }
}

/// Whether the name of a function says that it gives a client for ECS.
pub(super) fn names_client(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("ecs") && name.ends_with("client") && !name.starts_with("with")
}
