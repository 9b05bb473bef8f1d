//! Classes of a program that extend a request's: objects of them are requests, which
//! their constructors fill in.

use std::ops::Range;

use super::code::Argument as Passed;
use super::machine::Machine;
use super::request::{Kind, Request};
use super::thing::{Name, Thing};

impl<'c> Machine<'c> {
    /// Whether a program extends the type of a name to make a request of its own.
    pub(super) fn is_request_base(&self, path: &str) -> bool {
        let name = path.rsplit('.').next().unwrap_or(path);
        self.dialect.request_bases.contains(&name)
    }

    /// An object of a class that extends a request's.
    pub(super) fn request_of_class(&mut self, class: usize) -> Option<Thing> {
        let base = self.ancestry(class).request?;
        let made = self.made(&base, false, &base, false);
        let made = match made {
            Some(made @ Thing::Request(_)) => made,
            _ => self.state.new_request(Request::new(Kind::Common, Thing::Absent)),
        };
        if let Thing::Request(slot) = &made {
            self.state.change(*slot, |request| request.class = Some(class));
        }
        Some(made)
    }

    /// A method that the program gives a request of its own.
    pub(super) fn request_method(
        &mut self,
        slot: usize,
        object: &Thing,
        name: &Name,
        at: &Range<usize>,
    ) -> Option<Thing> {
        let class = self.state.request(slot)?.class?;
        let member = self.class_member(class, object, name, at);
        member.filter(|it| matches!(it, Thing::Function(..)))
    }

    /// The request that a constructor, or a method, is called on.
    pub(super) fn own_request(&self) -> Option<Thing> {
        let receiver = self.unit.functions.get(self.current()?)?.receiver.as_ref()?;
        let index = self.holder(receiver)?;
        let own = self.state.frames()[index].vars.get(receiver)?;
        matches!(own, Thing::Request(_)).then(|| own.clone())
    }

    /// `super(…)` or `this(…)` in a constructor: the rest of what makes the object.
    pub(super) fn makes_further(
        &mut self,
        at: &Range<usize>,
        name: &str,
        arguments: &'c [Passed],
    ) -> bool {
        let unit = self.unit;
        let function = self.current().and_then(|number| unit.functions.get(number));
        let Some(function) = function.filter(|it| it.is_constructor) else { return false };
        let is_base = self.dialect.base_word == Some(name);
        if !is_base && function.receiver.as_deref() != Some(name) {
            return false;
        }
        let (given, callbacks) = self.given(arguments);
        self.out.extend(callbacks);
        let Some(class) = function.class else { return true };
        let object = self.own_request().unwrap_or(Thing::Instance(class));
        let own = self.ancestry(class).own;
        let class = if is_base { own.get(1).copied() } else { Some(class) };
        match class.and_then(|class| self.constructor_of(class)) {
            Some(constructor) => {
                self.invoke(at, constructor, Some(&object), &given);
            }
            None => {
                if let Thing::Request(slot) = object {
                    self.fill_in_order(slot, &given.positional);
                }
            }
        }
        true
    }
}
