//! Helpers of other files that send an action by its name: `self.ecsRequest(
//! "StopInstance", params)`. Only their names say that they are for ECS, so the
//! calls are possible ones.

use super::calls::Call;
use super::code::{Expression, Type, Value};
use super::given::Given;
use super::hints::Likelihood;
use super::literal::names_other;
use super::machine::Machine;
use super::thing::Thing;
use crate::procedure::{Arguments, Evidence, Failure};

/// Words in names that say that a helper is for another cloud.
const OTHERS: &[&str] = &["aws", "amazon", "volc", "huawei", "tencent", "ksyun", "swas", "ens"];

impl<'c> Machine<'c> {
    /// A call of something that is named after ECS and sends, with the name of an
    /// action or the API's own parameters.
    pub(super) fn offer_elsewhere(&mut self, call: &Call<'c>, likelihood: Likelihood) -> bool {
        if likelihood != Likelihood::Yes {
            return false;
        }
        let by_type = || call.object.as_ref().is_some_and(|(_, object)| self.is_of_ecs(object));
        if !is_named_after_ecs(call) && !by_type() && !self.is_in_named(call) {
            return false;
        }
        let named = self.naming().named_for_ecs(&call.given);
        let (action, arguments) = if let Some(named) = named {
            (named.action, named.arguments)
        } else {
            let Some(action) = self.only_action(&call.given) else { return false };
            let map = call.given.all().find(|it| matches!(it.thing, Thing::Map(_)));
            let open = || Arguments { given: Vec::new(), open: true };
            (action, map.map_or_else(open, |map| map.api_arguments(self.source)))
        };
        self.operate(call, &action, &arguments, Evidence::Possible, Failure::Raises);
        true
    }

    /// Whether the function around a call that is given the API's own parameters says
    /// that it is for ECS.
    fn is_in_named(&self, call: &Call<'c>) -> bool {
        let function = self.run.function.and_then(|number| self.unit.functions.get(number));
        let is_named = function.is_some_and(|function| says_ecs(&function.name));
        is_named
            && self.naming().named_for_ecs(&call.given).is_some()
            && !names_other_cloud(&call.written.to_ascii_lowercase())
    }

    /// Whether a field is declared with a type that is named after ECS.
    fn is_of_ecs(&self, object: &Expression) -> bool {
        let (Value::Name(name) | Value::Member(_, name)) = &object.value else { return false };
        let class = self.current_class();
        let field = class.and_then(|class| self.facts.field(self.unit, class, name));
        match field.map(|field| &field.kind) {
            Some(Type::Named(kind)) => says_ecs(kind.rsplit('.').next().unwrap_or(kind)),
            _ => false,
        }
    }

    /// The one argument that is exactly the name of an action.
    fn only_action(&self, given: &Given) -> Option<Thing> {
        if given.all().any(|it| names_other(&it.thing)) {
            return None;
        }
        let is_action = |thing: &Thing| {
            thing.as_text().is_some_and(|name| self.context.catalogue.get(name).is_some())
        };
        let mut actions = given.all().filter(|it| it.thing.alternatives().iter().all(is_action));
        let action = actions.next()?;
        actions.next().is_none().then(|| action.thing.clone())
    }
}

/// Whether a call says that it is for ECS, and for no other product.
fn is_named_after_ecs(call: &Call<'_>) -> bool {
    if names_other_cloud(&call.written.to_ascii_lowercase()) {
        return false;
    }
    let object = call.object.as_ref().is_some_and(|(_, object)| names_ecs(object));
    object || says_ecs(&call.name) || call.arguments.iter().any(|it| names_ecs(&it.value))
}

/// Whether a word of a name, in small letters, says that it is for another cloud.
pub(super) fn names_other_cloud(written: &str) -> bool {
    let mut words = written.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| OTHERS.iter().any(|other| word.starts_with(other)))
}

/// Whether the last name of an expression says that it is for ECS.
fn names_ecs(expression: &Expression) -> bool {
    match &expression.value {
        Value::Name(name) | Value::Member(_, name) => says_ecs(name),
        _ => false,
    }
}

/// Whether one of the words of a name is ECS.
fn says_ecs(name: &str) -> bool {
    let starts = |rest: &str| {
        let next = rest.get(3..).and_then(|rest| rest.chars().next());
        next.is_none_or(|next| !next.is_ascii_lowercase())
    };
    let plain = name.strip_prefix('_').unwrap_or(name);
    let first = plain.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("ecs")) && starts(plain);
    first
        || name.match_indices("_ecs").any(|(at, _)| starts(&name[at + 1..]))
        || name.match_indices("Ecs").any(|(at, _)| starts(&name[at..]))
        || name.contains("ECS")
}
