//! Objects that a client gives out: what its methods return stands for a resource,
//! and has methods that act on it.

use super::super::calls::Call;
use super::super::machine::Machine;
use super::super::thing::{Method, Product, Rest, Thing};

/// A kind of such objects.
#[derive(Debug, Eq, PartialEq)]
pub(in crate::frontend) struct Held {
    /// The actions that are answered with a list of them.
    pub(in crate::frontend) listed_by: &'static [&'static str],
    /// The actions that are answered with one.
    pub(in crate::frontend) made_by: &'static [&'static str],
    /// Their methods, and the action that each is.
    pub(in crate::frontend) methods: &'static [(&'static str, &'static str)],
}

impl Held {
    /// The action that a method is.
    pub(in crate::frontend) fn action(&self, method: &str) -> Option<&'static str> {
        self.methods.iter().find(|(name, _)| *name == method).map(|(_, action)| *action)
    }
}

impl<'c> Machine<'c> {
    /// What a client's method gives out.
    pub(in crate::frontend::program) fn given_out(
        &self,
        call: &Call<'c>,
        method: &Method,
    ) -> Option<Thing> {
        let (Thing::Client(Product::Footmark), _) = call.object.as_ref()? else { return None };
        let action = method.action.as_text()?;
        let of = |held: &'static Held| Thing::Client(Product::Held(held));
        let listed = self.dialect.held.iter().find(|it| it.listed_by.contains(&action));
        let made = self.dialect.held.iter().find(|it| it.made_by.contains(&action));
        listed.map(|held| Thing::list(vec![of(held)], Rest::Open)).or_else(|| made.map(of))
    }

    /// A connection that a helper makes of the module that it is given:
    /// `connect_to_acs(footmark.ecs, region)`.
    pub(in crate::frontend::program) fn connected(&self, call: &Call<'c>) -> Option<Thing> {
        if !call.name.to_ascii_lowercase().contains("connect") {
            return None;
        }
        let mut modules =
            call.given.positional.iter().filter_map(|argument| match &argument.thing {
                Thing::Imported(path) => Some(path),
                _ => None,
            });
        modules.find_map(|path| {
            let maker = |(known, _): &&(&str, Product)| {
                known.rsplit_once('.').is_some_and(|(module, _)| *module == **path)
            };
            self.dialect.clients.iter().find(maker).map(|(_, product)| Thing::Client(*product))
        })
    }
}
