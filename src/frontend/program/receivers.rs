//! Calls on things whose type is not known: what they are called, and what they
//! are given, may still make them operations.

use super::calls::{Call, method_of};
use super::code::Import;
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
            Some((Kind::Old | Kind::Model, own)) => {
                (own.as_text() == Some(action)).then_some(Evidence::Certain)
            }
            Some(_) => None,
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
        let own = call.given.all().filter(|it| self.names_its_parameters(&call.name, it)).count();
        let requests = call.given.all().filter(|it| self.is_request_like(it)).count() + own;
        if is_foreign || requests != 1 {
            return None;
        }
        let is_likely = *object == Thing::Client(Product::Likely)
            || names_client(receiver.rsplit('.').next().unwrap_or(receiver));
        let is_named = receiver.contains("ecs") || is_likely;
        let names_other = self.foreign_packages().any(|name| receiver.contains(&name));
        match (is_named, self.imports_ecs()) {
            _ if names_other => None,
            (true, true) => Some(Evidence::Certain),
            (true, false) if is_likely => Some(Evidence::Certain),
            (false, true) => Some(Evidence::Possible),
            (_, false) => None,
        }
    }

    /// The names of the other products whose SDKs the file imports.
    fn foreign_packages(&self) -> impl Iterator<Item = String> {
        let is_foreign = |import: &&Import| self.dialect.imports(import) == Some(Means::Foreign);
        let foreign = self.unit.imports.iter().filter(is_foreign);
        foreign.filter_map(|import| import.name.as_ref()).map(|name| name.to_ascii_lowercase())
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
