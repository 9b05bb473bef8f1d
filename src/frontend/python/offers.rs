//! Calls of functions that are not known: what they are given may make them
//! operations.

use super::calls::Call;
use super::machine::{Machine, Tentative};
use crate::frontend::program::hints::Likelihood;
use crate::frontend::program::literal::could_be_named;
use crate::frontend::program::request::Kind;
use crate::frontend::program::thing::Thing;
use crate::procedure::{Evidence, Failure};

impl<'t> Machine<'t, '_> {
    /// A call of a function that is not known: does what it is given make it
    /// an operation?
    pub(super) fn offer(&mut self, call: &Call<'t>) {
        if call.hint().is_silent() {
            return;
        }
        let methods = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Method(method) => Some(method.clone()),
            _ => None,
        });
        if let Some(method) = methods {
            let request = call.given.all().find(|it| matches!(it.thing, Thing::Request(_)));
            let request = method.request.clone().or_else(|| request.map(|it| it.thing.clone()));
            let arguments = self.request_arguments(request.as_ref());
            self.operate(call, &method.action, &arguments, Evidence::Certain, Failure::Raises);
        } else if !self.offer_command(call) && !self.offer_request(call) {
            self.offer_named(call);
        }
    }

    /// A request among the arguments: whoever takes it may send it.
    fn offer_request(&mut self, call: &Call<'t>) -> bool {
        let request = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Request(slot) => Some(*slot),
            _ => None,
        });
        let Some(slot) = request else { return false };
        let Some(request) = self.state.request(slot).cloned() else { return false };
        match request.kind {
            Kind::Foreign => return true,
            Kind::Model => {
                let named = call.given.all().filter_map(|it| it.thing.as_text()).any(|text| {
                    self.action_of(text)
                        .is_some_and(|action| Some(&*action) == request.action.as_text())
                });
                let evidence = if named { Evidence::Certain } else { Evidence::Possible };
                let (action, arguments) = (request.action.clone(), request.arguments);
                self.operate(call, &action, &arguments, evidence, Failure::Raises);
            }
            Kind::Old | Kind::Common => self.send_one(call, slot, None, Failure::Raises),
        }
        let hinted = call.hint().is_hinted();
        self.run.tentative.push(Tentative { span: self.span(call.node), slot, hinted });
        true
    }

    /// Arguments that name ECS and an action.
    pub(super) fn offer_named(&mut self, call: &Call<'t>) -> bool {
        let likelihood = call.hint().likelihood();
        if likelihood == Likelihood::No {
            return false;
        }
        let Some(named) = self.naming().named_by_arguments(&call.given) else {
            self.run.parametric |= could_be_named(&call.given, likelihood == Likelihood::Yes);
            return false;
        };
        let sure = likelihood == Likelihood::Yes;
        let evidence = if sure { Evidence::Certain } else { Evidence::Possible };
        self.operate(call, &named.action, &named.arguments, evidence, Failure::Raises);
        true
    }
}
