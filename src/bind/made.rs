//! Whether a bound call is made, as far as the properties of a declaration tell.

use super::resource::BoundResource;
use crate::procedure::{Attribute, Lifecycle, Value};
use crate::ruleset::BoundCall;

impl BoundResource<'_> {
    /// Whether the properties say that the call is made; none if they can't tell.
    /// What they say of an attribute that is changing says nothing.
    pub(super) fn is_made(self, call: &BoundCall, changing: Option<&str>) -> Option<bool> {
        let known = |name: &String| changing != Some(name.as_str());
        let set = |name: &String| known(name).then(|| self.is_set(name)).flatten();
        let equal = |(name, value): (&String, &String)| {
            known(name).then(|| self.has_value(name, value)).flatten()
        };
        let not = |answer: Option<bool>| answer.map(|holds| !holds);
        let unclear = (!call.unclear.is_empty()).then_some(None);
        // Without a plan, one attribute is thought to change at a time.
        let changes = |name: &String| Some(self.plan.is_some_and(|plan| plan.changes(name)));
        let stays = |name: &String| not(changes(name));
        let any_set = (!call.set.is_empty()).then(|| any(call.set.iter().map(set)));
        let answers = unclear.into_iter().chain(any_set);
        let answers = answers.chain(call.changed_too.iter().map(changes));
        let answers = answers.chain(call.unchanged.iter().map(stays));
        let answers = answers.chain(call.unset.iter().map(|name| not(set(name))));
        let answers = answers.chain(call.equals.iter().map(equal));
        all(answers.chain(call.not_equals.iter().map(|pair| not(equal(pair)))))
    }

    /// Whether a property has a value; none if the service may have given it one.
    fn is_set(self, name: &str) -> Option<bool> {
        if self.is_given(name) || self.resource.defaults.contains_key(name) {
            return Some(true);
        }
        (!self.is_computed(name)).then_some(false)
    }

    fn is_given(self, name: &str) -> bool {
        let property = self.declaration.property(name);
        property.is_some_and(|property| property.value.is_given() && !is_zero(&property.value))
    }

    pub(super) fn has_value(self, name: &str, wanted: &str) -> Option<bool> {
        match self.declaration.property(name).map_or(&Value::Absent, |property| &property.value) {
            Value::Text(text) => Some(text.eq_ignore_ascii_case(wanted)),
            Value::Unknown(_) => None,
            Value::Absent => match self.resource.defaults.get(name) {
                Some(default) => Some(default.eq_ignore_ascii_case(wanted)),
                None => (!self.is_computed(name)).then_some(false),
            },
            Value::List(_) | Value::Map(_) => Some(false),
        }
    }

    /// Whether the service may have given a property a value that the declaration
    /// does not show. A plan shows it.
    fn is_computed(self, name: &str) -> bool {
        let exists = matches!(self.lifecycle, Lifecycle::Update | Lifecycle::Delete);
        let is_shown = self.plan.is_some_and(|plan| plan.id.is_some());
        exists && !is_shown && self.resource.computed.iter().any(|computed| computed == name)
    }

    /// The attributes whose change makes the call, without those whose changes
    /// the configuration ignores, and whether it is sure to.
    pub(super) fn changes(self, call: &BoundCall) -> (Option<bool>, Vec<Attribute>) {
        let changes = |attribute: &str| self.plan.is_none_or(|plan| plan.changes(attribute));
        let kept = call.changed.iter().filter(|attribute| self.may_differ(attribute));
        let kept = kept.filter(|attribute| !self.ignores(attribute) && changes(attribute));
        // A plan shows what an attribute changes to.
        let changing = |name: &'_ String| self.plan.is_none().then(|| name.clone());
        let answers = kept.map(|name| (self.is_made(call, changing(name).as_deref()), name));
        let answers: Vec<_> = answers.filter(|(made, _)| *made != Some(false)).collect();
        let made = any(answers.iter().map(|(made, _)| *made));
        let attribute = |name: &String| Attribute { name: name.clone(), span: self.place(name) };
        (made, answers.into_iter().map(|(_, name)| attribute(name)).collect())
    }

    /// Whether the declaration says anything of an attribute, where only that counts.
    fn may_differ(self, attribute: &str) -> bool {
        let has_default = || self.resource.defaults.contains_key(attribute);
        let is_written = || self.declaration.property(attribute).is_some();
        !self.resource.lifecycle.only_given || is_written() || has_default()
    }

    fn ignores(self, attribute: &str) -> bool {
        let ignored = self.resource.lifecycle.ignored.as_deref();
        let ignored = ignored.and_then(|name| self.declaration.property(name));
        // A block that is ignored is so with all that is in it.
        let inside =
            |name: &str| attribute.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let covers = |name: &str| name == attribute || name == "all" || inside(name);
        match ignored.map(|property| &property.value) {
            Some(Value::List(names)) => names.iter().filter_map(Value::as_text).any(covers),
            Some(Value::Text(name)) => covers(name),
            _ => false,
        }
    }
}

/// Whether a value counts as none: nothing is told from what is left out.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Text(text) => matches!(text.as_str(), "" | "0"),
        Value::Map(entries) => entries.is_empty(),
        Value::Absent | Value::List(_) | Value::Unknown(_) => false,
    }
}

/// Whether one holds at least; none if that hangs on one that can't be told.
pub(super) fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(answers.map(|answer| answer.map(|holds| !holds))).map(|none| !none)
}

/// Whether all hold; none if that hangs on one that can't be told.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut told = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            None => told = None,
            Some(true) => {}
        }
    }
    told
}
