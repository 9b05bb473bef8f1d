//! Classes of a program that extend a request's: objects of them are requests, which
//! their constructors fill in.

use std::ops::Range;

use super::code::{Argument as Passed, Expression, Value};
use super::dialect::Says;
use super::given::Given;
use super::inlining::matched;
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

    /// An object of a class whose constructor is told an action and a version: a
    /// request that the program signs itself.
    pub(super) fn request_by_constructor(&mut self, class: usize, given: &Given) -> Option<Thing> {
        const SAYS: [(&str, Says); 7] = [
            ("action", Says::Action),
            ("xacsaction", Says::Action),
            ("apiname", Says::Action),
            ("version", Says::Version),
            ("xacsversion", Says::Version),
            ("host", Says::Domain),
            ("endpoint", Says::Domain),
        ];
        let function = self.unit.functions.get(self.constructor_of(class)?)?;
        let says = |name: &str| {
            let name = name.replace(['_', '$'], "").to_ascii_lowercase();
            SAYS.iter().find(|(known, _)| *known == name).map(|(_, says)| *says)
        };
        let told: Vec<_> = function.parameters.iter().map(|it| says(&it.name)).collect();
        if !(told.contains(&Some(Says::Action)) && told.contains(&Some(Says::Version))) {
            return None;
        }
        let mut request = Request::new(Kind::Common, Thing::Absent);
        for (index, thing) in matched(function, given) {
            match told.get(index)? {
                Some(Says::Action) => request.action = thing,
                Some(Says::Version) => request.version = thing,
                Some(Says::Domain) => request.domain = thing,
                _ => {}
            }
        }
        request.arguments.open = true;
        request.class = Some(class);
        Some(self.state.new_request(request))
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

    /// `super().__init__(…)` or `Base.__init__(self, …)` in a constructor: what makes the
    /// rest of a request, and what else an object is made with.
    pub(super) fn makes_base(
        &mut self,
        at: &Range<usize>,
        object: &'c Expression,
        name: &Name,
        arguments: &'c [Passed],
    ) -> bool {
        let unit = self.unit;
        let function = self.current().and_then(|number| unit.functions.get(number));
        let Some(function) = function.filter(|it| it.is_constructor && it.name == *name) else {
            return false;
        };
        let base = function.class.and_then(|class| self.ancestry(class).own.get(1).copied());
        let constructor = base.and_then(|class| self.constructor_of(class));
        let (mut given, callbacks) = self.given(arguments);
        if !matches!(object.value, Value::Call(..)) && !given.positional.is_empty() {
            given.positional.remove(0);
        }
        let Some(request @ Thing::Request(slot)) = self.own_request() else {
            if let (Some(class), Some(constructor)) = (function.class, constructor) {
                self.learn_made(class, constructor, &given);
            }
            return false;
        };
        self.out.extend(callbacks);
        if let Some(constructor) = constructor {
            self.invoke(at, constructor, Some(&request), &given);
            return true;
        }
        for (name, argument) in &given.keywords {
            let written = self.shown(&argument.at);
            self.set_on_request(slot, name, &argument.thing, &written);
        }
        self.fill_in_order(slot, &given.positional);
        true
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
                if let Some(own) = function.class.filter(|_| is_base) {
                    self.learn_made(own, constructor, &given);
                }
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
