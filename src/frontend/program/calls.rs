//! Calls: what is called, and what comes of it.

use std::ops::Range;
use std::rc::Rc;

use super::code::{Argument as Passed, Expression, Value};
use super::dialect::{Constructed, Says, Start};
use super::given::{Argument, Given};
use super::hints::Hint;
use super::joining::join;
use super::literal::{is_version, names_other};
use super::machine::Machine;
use super::members::CONSTRUCTOR;
use super::nodes::weakened;
use super::request::{Kind, Request, VERSION, is_ecs_host};
use super::thing::{Method, Name, Product, Rest, Thing};
use crate::procedure::{Arm, Evidence, Node};

/// A call whose function and arguments were read.
pub(super) struct Call<'c> {
    pub(super) at: Range<usize>,
    /// The last part of what is called.
    pub(super) name: Name,
    /// The same as a language would spell it whose functions have small letters.
    pub(super) plain_name: Name,
    /// What the method is called on, for one.
    pub(super) object: Option<(Thing, &'c Expression)>,
    pub(super) callee: Thing,
    /// How what is called is written.
    pub(super) written: Name,
    pub(super) given: Given,
    /// What it is given, as it is written.
    pub(super) arguments: &'c [Passed],
}

/// What a method is called on, its name, and what is known of it.
type Callee<'c> = (Option<(Thing, &'c Expression)>, Name, Thing);

impl Call<'_> {
    /// What its name and its arguments say of it.
    pub(super) fn hint(&self) -> Hint<'_> {
        Hint { name: &self.plain_name, given: &self.given, is_method: self.object.is_some() }
    }
}

impl<'c> Machine<'c> {
    /// Reads a call.
    pub(super) fn call(
        &mut self,
        at: &Range<usize>,
        callee: &'c Expression,
        arguments: &'c [Passed],
    ) -> Thing {
        if let Value::Name(name) = &callee.value
            && self.makes_further(at, name, arguments)
        {
            return Thing::Absent;
        }
        if let Value::Member(object, name) = &callee.value
            && self.makes_base(at, object, name, arguments)
        {
            return Thing::Absent;
        }
        if self.is_stubbed(callee) {
            return self.stubbed(at, callee, arguments);
        }
        if let Some(thing) = self.chained(at, callee, arguments) {
            return thing;
        }
        let (object, name, thing) = self.callee(callee);
        let visits = self.offer_items(object.as_ref(), &name, arguments);
        let written = self.shown(&callee.at);
        let (given, callbacks) = if self.dialect.settles.contains(&&*written) {
            self.settled(arguments)
        } else {
            self.given(arguments)
        };
        let plain_name = self.plain_name(&name);
        let call = Call {
            at: at.clone(),
            name,
            plain_name,
            object,
            callee: thing,
            written,
            given,
            arguments,
        };
        let (mut thing, own) = self.apart(|machine| machine.called(&call, callee));
        if super::nodes::operations(&own).is_empty()
            && let Some(query) = self.query_by(&call, &thing)
        {
            thing = query;
        }
        if matches!(thing, Thing::Unknown(_))
            && let Some(same) = escaped(&call)
        {
            thing = same;
        }
        self.push_with_callbacks(&call, own, callbacks, visits);
        let thing = self.answered(at, thing);
        if self.statement == (at.start, at.end) {
            let waited = Self::waited(&call.name, &call.given);
            self.run.decided.extend(waited);
        }
        self.lock_call(&call, thing)
    }

    /// The name of a function without what a language adds to every one.
    pub(super) fn plain_name(&self, name: &Name) -> Name {
        if self.dialect.functions == Start::Small {
            return name.clone();
        }
        let stem = self.dialect.suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
        let stem = stem.filter(|stem| !stem.is_empty()).unwrap_or(name);
        let first = stem.chars().next().map(|first| first.to_ascii_lowercase());
        first.into_iter().chain(stem.chars().skip(1)).collect::<String>().into()
    }

    fn callee(&mut self, callee: &'c Expression) -> Callee<'c> {
        match &callee.value {
            Value::Member(object, name) => {
                let owner = self.eval(object);
                let thing = self.member(&owner, name, &callee.at);
                (Some((owner, &**object)), name.clone(), thing)
            }
            Value::Name(name) => {
                let thing = self.eval(callee);
                let owner = self.own_request().filter(|_| matches!(thing, Thing::Unknown(_)));
                (owner.map(|owner| (owner, callee)), name.clone(), thing)
            }
            Value::Call(inner, arguments) => self.adapted(callee, inner, arguments),
            _ => (None, "".into(), self.eval(callee)),
        }
    }

    /// `throttled(client.AttachDisk)`, of which the result is called: what it was
    /// given under another guise.
    fn adapted(
        &mut self,
        callee: &'c Expression,
        inner: &'c Expression,
        arguments: &'c [Passed],
    ) -> Callee<'c> {
        let catalogue = self.context.catalogue;
        let method = arguments.iter().find(|argument| match &argument.value.value {
            Value::Member(_, name) => self.dialect.action(name, catalogue).is_some(),
            _ => false,
        });
        if let Some(method) = method
            && matches!(inner.value, Value::Name(_) | Value::Member(..))
            && matches!(self.callee(inner).2, Thing::Unknown(_) | Thing::Imported(_))
        {
            return self.callee(&method.value);
        }
        (None, "".into(), self.eval(callee))
    }

    pub(super) fn called(&mut self, call: &Call<'c>, callee: &'c Expression) -> Thing {
        if let Some(thing) = self.plain(call, callee).or_else(|| self.value_method(call)) {
            return thing;
        }
        if let Some(thing) = self.object_method(call) {
            return thing;
        }
        match call.callee.clone() {
            Thing::Method(method) => self.call_method(call, &method),
            Thing::OneOf(choice) => self.call_one_of(call, &choice.things),
            Thing::Function(number, bound) => {
                self.invoke(&call.at, number, bound.as_deref(), &call.given)
            }
            Thing::Class(class) => self.instantiate(&call.at, class, &call.given),
            Thing::Imported(path) => self.call_imported(call, &path),
            // A function of which only the type of what it makes is known.
            client @ Thing::Client(_) => client,
            Thing::Text(text) => match self.call_text(call, &text) {
                Some(thing) => thing,
                None => self.call_unknown(call),
            },
            Thing::Unknown(_) => self.call_unknown(call),
            field if self.dialect.bare_calls && call.given.is_empty() => field,
            _ => self.call_unknown(call),
        }
    }

    /// Functions that every program of the language knows.
    fn plain(&mut self, call: &Call<'c>, callee: &'c Expression) -> Option<Thing> {
        let dialect = self.dialect;
        let path = if let Thing::Imported(path) = &call.callee { path } else { &call.written };
        let named = |list: &[&str]| {
            list.iter().any(|it| {
                **it == *call.written
                    || **it == **path
                    || it.strip_prefix('.').is_some_and(|it| it == &*call.name)
            })
        };
        if named(dialect.wrappers) {
            return call.given.positional.first().map(|argument| argument.thing.clone());
        }
        if named(dialect.formats) {
            return Some(self.formatted(call));
        }
        if let Some(thing) = self.known_function(call) {
            return Some(thing);
        }
        if named(dialect.mergers) {
            return Some(Self::merged(call));
        }
        if named(dialect.queries)
            && let Some(query) = self.query(call)
        {
            return Some(query);
        }
        if let Thing::Imported(path) = &call.callee
            && dialect.openers.iter().any(|it| it.eq_ignore_ascii_case(&call.name))
            && dialect.means(&format!("{path}.")) == Some(super::dialect::Means::Ecs)
        {
            return Some(call.callee.clone());
        }
        if let Some(thing) = self.part_of_query(call).or_else(|| self.made_by_text(call)) {
            return Some(thing);
        }
        let (owner, object) = call.object.as_ref()?;
        self.built(call, owner, callee);
        let held = self.changed_list(call, owner, object);
        if let Some(thing) = held.or_else(|| self.contained(call, owner, object)) {
            return Some(thing);
        }
        if dialect.splitters.contains(&&*call.name)
            && let Thing::Text(text) = owner
        {
            return Some(self.split(call, text));
        }
        if dialect.passes.contains(&&*call.name) || matches!(owner, Thing::Declared(_)) {
            return Some(owner.clone());
        }
        if dialect.by_name.contains(&&*call.name) {
            let key = call.given.positional.first()?.thing.clone();
            let made = match owner {
                Thing::Imported(path) => self.made(path, false, &call.name, true),
                _ => None,
            };
            return Some(self.named_method(made.as_ref().unwrap_or(owner), &key, &callee.at));
        }
        self.called_by_method(call, owner).or_else(|| self.setter(call, owner, object))
    }

    /// `method.invoke(…)`: a function that a method of it calls.
    fn called_by_method(&mut self, call: &Call<'c>, owner: &Thing) -> Option<Thing> {
        if !self.dialect.call_methods.contains(&&*call.name) {
            return None;
        }
        match owner {
            Thing::Method(method) => Some(self.call_method(call, method)),
            Thing::Function(number, bound) => {
                Some(self.invoke(&call.at, *number, bound.as_deref(), &call.given))
            }
            _ => None,
        }
    }

    /// One of several is called: each possibly.
    fn call_one_of(&mut self, call: &Call<'c>, things: &[Thing]) -> Thing {
        let mut arms = Vec::new();
        let mut result: Option<Thing> = None;
        for callee in things {
            let (thing, body) = self.apart(|machine| match callee {
                Thing::Method(method) => machine.call_method(call, method),
                Thing::Function(number, bound) => {
                    machine.invoke(&call.at, *number, bound.as_deref(), &call.given)
                }
                Thing::Class(class) => machine.instantiate(&call.at, *class, &call.given),
                Thing::Imported(path) => machine.call_imported(call, path),
                Thing::Text(text) => machine
                    .call_text(call, text)
                    .unwrap_or_else(|| Thing::unknown(machine.shown(&call.at))),
                _ => Thing::unknown(machine.shown(&call.at)),
            });
            let body = weakened(body, Evidence::Possible);
            let condition = Some(call.written.to_string());
            arms.extend((!body.is_empty()).then_some(Arm { condition, body }));
            result = Some(result.map_or(thing.clone(), |known| join(known, thing)));
        }
        if !arms.is_empty() {
            self.out.push(Node::Branch(arms));
        }
        result.unwrap_or_else(|| Thing::unknown(self.shown(&call.at)))
    }

    /// An object of a class of the file is made.
    pub(super) fn instantiate(&mut self, at: &Range<usize>, class: usize, given: &Given) -> Thing {
        for (name, argument) in &given.keywords {
            if !self.run.inlined {
                self.remember_field(class, name, &argument.thing);
            }
        }
        if let Some(request) = self.request_by_constructor(class, given) {
            return request;
        }
        let object = self.request_of_class(class).unwrap_or(Thing::Instance(class));
        if let Some(constructor) = self.constructor_of(class) {
            self.learn_made(class, constructor, given);
            self.invoke(at, constructor, Some(&object), given);
        }
        object
    }

    /// The constructor of a class of the file, or of one that it extends.
    pub(super) fn constructor_of(&self, class: usize) -> Option<usize> {
        let of = |class: usize| self.members.get(&(class, CONSTRUCTOR.into())).copied();
        self.ancestry(class).own.into_iter().find_map(of)
    }

    fn call_imported(&mut self, call: &Call<'c>, path: &str) -> Thing {
        if let Some(thing) = self.declare(&call.at, path, &call.given, call.arguments) {
            return thing;
        }
        // `StopInstanceRequest.builder()` makes what the type in front is.
        let maker = path.rsplit_once('.').filter(|(_, it)| self.dialect.type_makers.contains(it));
        if let Some((of, _)) = maker {
            return self.construct(&call.at, of, false, &call.given);
        }
        match self.dialect.constructed(path, true, self.context.catalogue) {
            Constructed::Other if self.dialect.common_requests.contains(&&*call.name) => {
                self.common(call)
            }
            Constructed::Other => self.call_unknown(call),
            Constructed::Foreign if self.is_foreign(path) && call.object.is_none() => {
                Thing::Client(Product::Foreign)
            }
            _ => self.construct(&call.at, path, true, &call.given),
        }
    }

    /// A helper with the name of one that makes a request which names its action
    /// itself: the product or its version may be among its arguments.
    pub(super) fn common(&mut self, call: &Call<'c>) -> Thing {
        let mut request = Request::new(Kind::Common, Thing::Absent);
        for argument in call.given.all() {
            if argument.thing.as_text() == Some(VERSION) || names_other(&argument.thing) {
                request.version = argument.thing.clone();
            }
        }
        self.state.new_request(request)
    }

    /// A client, a request or what carries parameters is made.
    pub(super) fn construct(
        &mut self,
        at: &Range<usize>,
        path: &str,
        is_call: bool,
        given: &Given,
    ) -> Thing {
        let shown = self.shown(at);
        let Some(made) = self.made(path, is_call, &shown, false) else {
            if super::bound::is_told_client(path, given) {
                return Thing::Client(Product::Ecs);
            }
            return Thing::derived(shown, given.all().map(|argument| &argument.thing));
        };
        match &made {
            Thing::Request(slot) => {
                for (name, argument) in &given.keywords {
                    let written = self.shown(&argument.at);
                    self.set_on_request(*slot, name, &argument.thing, &written);
                }
                if given.rest != Rest::Closed {
                    self.open(*slot, given.rest);
                }
                self.fill_in_order(*slot, &given.positional);
            }
            Thing::Map(_) => {
                let entries = given.keywords.iter();
                let mut entries: Vec<(Name, Thing)> =
                    entries.map(|(name, it)| (name.clone(), it.thing.clone())).collect();
                for argument in &given.positional {
                    if let Thing::Map(map) = &argument.thing {
                        entries.extend(map.entries.iter().cloned());
                    }
                }
                return Thing::map(entries, given.rest);
            }
            Thing::Client(Product::Rpc) => return self.bound_client(at, given),
            _ => {}
        }
        made
    }

    /// There may be more than what is known of a request.
    fn open(&mut self, slot: usize, rest: Rest) {
        self.state.change(slot, |request| {
            request.arguments.open = true;
            if request.action == Thing::Absent && rest == Rest::Tainted {
                request.action = Thing::tainted("…");
            }
        });
    }

    /// Fills a request from what it is made of: a map, or, where it names its
    /// action, the product, the version and the action in some order.
    pub(super) fn fill_in_order(&mut self, slot: usize, given: &[Argument]) {
        let kind = self.state.request(slot).map(|request| request.kind);
        for argument in given {
            let thing = &argument.thing;
            let says = match thing.as_text() {
                _ if kind != Some(Kind::Common) => None,
                Some(text) if is_version(text) => Some(Says::Version),
                Some(text) if self.context.catalogue.get(text).is_some() => Some(Says::Action),
                Some(text) if is_ecs_host(text) || text.contains('.') => Some(Says::Domain),
                Some(_) => Some(Says::Product),
                None if matches!(thing, Thing::Map(_) | Thing::Absent) => None,
                None => Some(Says::Action),
            };
            let thing = thing.clone();
            match says {
                Some(Says::Version) => self.state.change(slot, |it| it.version = thing),
                Some(Says::Action) => self.state.change(slot, |it| {
                    if it.action.as_text().is_none() {
                        it.action = thing;
                    }
                }),
                Some(Says::Domain) => self.state.change(slot, |it| it.domain = thing),
                Some(_) => self.state.change(slot, |it| {
                    if it.product == Thing::Absent {
                        it.product = thing;
                    }
                }),
                None => self.fill(slot, &thing),
            }
        }
    }

    /// Fills a request from a map that it is made of.
    fn fill(&mut self, slot: usize, thing: &Thing) {
        match thing {
            Thing::Map(map) => {
                for (name, value) in &map.entries {
                    self.set_on_request(slot, name, value, name);
                }
                if map.rest != Rest::Closed {
                    self.state.change(slot, |request| request.arguments.open = true);
                }
            }
            Thing::Unknown(_) => {
                self.state.change(slot, |request| request.arguments.open = true);
            }
            _ => {}
        }
    }

    /// A call of a method of an ECS client.
    pub(super) fn call_method(&mut self, call: &Call<'c>, method: &Method) -> Thing {
        self.call_action(call, method, Evidence::Certain);
        if let Some(held) = self.given_out(call, method) {
            return held;
        }
        Thing::derived(self.shown(&call.at), call.given.all().map(|argument| &argument.thing))
    }
}

/// What a function that escapes a text makes of one in which there is nothing to
/// escape.
fn escaped(call: &Call<'_>) -> Option<Thing> {
    const WORDS: &[&str] = &["quote", "escape", "encode"];
    let name = call.name.to_ascii_lowercase();
    let first =
        call.given.positional.first().filter(|_| call.object.is_none() || !is_text(call))?;
    let is_plain = first.thing.as_text().is_some_and(|text| {
        text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
    });
    (is_plain && WORDS.iter().any(|word| name.contains(word))).then(|| first.thing.clone())
}

/// Whether a method is called on a text.
fn is_text(call: &Call<'_>) -> bool {
    matches!(call.object, Some((Thing::Text(_), _)))
}

/// A method that is called with a request already.
pub(super) fn method_of(action: Thing) -> Rc<Method> {
    Rc::new(Method { action, request: None })
}
