//! Names: what they stand for, and how they come to.

use crate::frontend::program::joining::remember;
use std::collections::HashMap;

use super::code::{Argument as Passed, Assign, Expression, Type, Unit, Value};
use super::dialect::Errors;
use super::machine::Machine;
use super::sequences::{openness, sum};
use super::state::Place;
use super::thing::{Choice, MAX_ITEMS, Name, Product, Rest, Thing};

/// The names that a file's imports, classes and functions have all over it.
pub(super) fn names(unit: &Unit) -> HashMap<Name, Thing> {
    let mut names = HashMap::new();
    for import in &unit.imports {
        if let Some(name) = &import.name {
            names.insert(name.clone(), Thing::Imported(import.path.clone()));
        }
    }
    for (number, class) in unit.classes.iter().enumerate() {
        names.insert(class.name.clone(), Thing::Class(number));
    }
    for (number, function) in unit.functions.iter().enumerate() {
        if function.class.is_none() && function.parent.is_none() && !function.name.is_empty() {
            names.insert(function.name.clone(), Thing::Function(number, None));
        }
    }
    names
}

impl<'c> Machine<'c> {
    /// Gives a new variable of the innermost body a value.
    pub(super) fn bind(&mut self, name: &Name, thing: Thing) {
        if &**name == "_" {
            return;
        }
        let frame = self.state.frames().last();
        let is_global = frame.is_some_and(|frame| frame.globals.contains(name));
        match frame.map(|frame| frame.place) {
            Some(Place::Function(_)) if is_global => {
                let news = remember(&mut self.memory.module, name, &thing);
                self.memory.news |= news && !thing.holds_request();
            }
            Some(Place::Module) => {
                let news = remember(&mut self.memory.module, name, &thing);
                self.memory.news |= news && !thing.holds_request();
            }
            Some(Place::Function(number)) => {
                let locals = self.memory.locals.entry(number).or_default();
                remember(locals, name, &thing);
            }
            _ => {}
        }
        self.state.set(name.clone(), thing);
    }

    /// Gives a variable a value where it is.
    fn rebind(&mut self, name: &Name, thing: Thing) {
        match self.holder(name) {
            Some(index) if index + 1 < self.state.frames().len() => {
                self.state.set_in(index, name.clone(), thing);
            }
            held if self.stands_for_member(name, held) => self.give_own_member(name, thing),
            _ if self.is_module_variable(name) => {
                let news = remember(&mut self.memory.module, name, &thing);
                self.memory.news |= news && !thing.holds_request();
                self.state.set(name.clone(), thing);
            }
            _ => self.bind(name, thing),
        }
    }

    fn is_module_variable(&self, name: &Name) -> bool {
        self.holder(name).is_none() && self.memory.module.contains_key(name)
    }

    /// The body among those being read that has a variable.
    pub(super) fn holder(&self, name: &str) -> Option<usize> {
        let frames = self.state.frames();
        let mut wanted = None;
        for (index, frame) in frames.iter().enumerate().rev() {
            let number = match frame.place {
                Place::Function(number) | Place::Inlined(number) => Some(number),
                Place::Module | Place::Class(_) => None,
            };
            if wanted.is_some() && wanted != number {
                continue;
            }
            if frame.vars.contains_key(name) {
                return (frame.place != Place::Module || index + 1 == frames.len())
                    .then_some(index);
            }
            wanted = Some(self.unit.functions.get(number?)?.parent?);
        }
        None
    }

    /// What a name stands for.
    pub(super) fn lookup(&mut self, name: &str) -> Thing {
        let known = self.known_name(name);
        let path = |machine: &Self| name.contains('.').then(|| machine.path_of(name)).flatten();
        known.or_else(|| path(self)).unwrap_or_else(|| Thing::unknown(name))
    }

    /// What a name stands for, if it is known at all.
    pub(super) fn known_name(&mut self, name: &str) -> Option<Thing> {
        if let Some(thing) = self.holder(name).and_then(|it| self.state.frames()[it].vars.get(name))
        {
            return Some(thing.clone());
        }
        let mut function = self.current();
        while let Some(number) = function {
            let parent = self.unit.functions.get(number).and_then(|it| it.parent);
            let locals = parent.and_then(|it| self.memory.locals.get(&it));
            if let Some(thing) = locals.and_then(|locals| locals.get(name)) {
                return Some(thing.clone());
            }
            function = parent;
        }
        // A member hides what the file calls by the same name.
        let member = self.implicit_member(name);
        member
            .or_else(|| self.memory.module.get(name).cloned())
            .or_else(|| self.names.get(name).cloned())
            .or_else(|| self.as_base(name))
            .or_else(|| self.wildcard(name))
    }

    /// The function whose variables come first.
    pub(super) fn current(&self) -> Option<usize> {
        self.state.frames().iter().rev().find_map(|frame| match frame.place {
            Place::Function(number) | Place::Inlined(number) => Some(number),
            Place::Module | Place::Class(_) => None,
        })
    }

    /// What is known of a field of a class.
    pub(super) fn field(&self, class: usize, name: &str) -> Option<Thing> {
        self.memory.fields.get(&class)?.get(name).cloned()
    }

    /// An assignment or a declaration.
    pub(super) fn assign(&mut self, assign: &'c Assign) -> Thing {
        let targets = &assign.targets;
        if assign.values.is_empty() {
            for target in targets {
                let shown = self.shown(&target.at);
                let thing = self.of_type(&assign.kind, &shown, false);
                let thing = thing.unwrap_or(Thing::Absent);
                self.give(target, thing, assign.declares, None);
            }
            return Thing::Absent;
        }
        if let ([target], [value]) = (targets.as_slice(), assign.values.as_slice()) {
            let kind = Some(&assign.kind).filter(|kind| **kind != Type::Unknown);
            let thing = self.expecting(kind, |machine| machine.handed_on(target, value));
            let thing = if assign.adds { thing } else { self.under_look(thing, false) };
            let thing = if assign.adds { self.added(target, &thing) } else { thing };
            let thing = self.typed(thing, &assign.kind, target);
            // `client = new(…)`: another of what the variable is declared as.
            let thing = match value.value {
                Value::New(Type::Unknown, _) if !assign.declares => match self.eval(target) {
                    declared @ Thing::Client(_) => declared,
                    _ => thing,
                },
                _ => thing,
            };
            self.give(target, thing.clone(), assign.declares, Some(value));
            return thing;
        }
        if let [value] = assign.values.as_slice() {
            let thing = self.eval(value);
            self.spread(targets, &thing, assign.declares, false);
            return thing;
        }
        let things: Vec<Thing> = assign.values.iter().map(|value| self.eval(value)).collect();
        for ((target, thing), value) in targets.iter().zip(things).zip(&assign.values) {
            let thing = self.typed(thing, &assign.kind, target);
            self.give(target, thing, assign.declares, Some(value));
        }
        Thing::Absent
    }

    /// A value for a target. `request = prepared(request)` takes the request, or a
    /// command line in its place, to be handed on.
    fn handed_on(&mut self, target: &'c Expression, value: &'c Expression) -> Thing {
        let (Value::Name(name), Value::Call(_, arguments)) = (&target.value, &value.value) else {
            return self.eval(value);
        };
        let is_given =
            |passed: &Passed| matches!(&passed.value.value, Value::Name(it) if it == name);
        let frame = self.state.frames().last();
        let known = frame.and_then(|frame| frame.vars.get(name)).cloned();
        let known = known
            .filter(|thing| matches!(thing, Thing::Request(_) | Thing::List(_)))
            .filter(|_| arguments.iter().any(is_given));
        let (thing, nodes) = self.apart(|machine| machine.eval(value));
        let known = known.filter(|_| matches!(thing, Thing::Unknown(_)));
        // A command line that is only made into another is not run there.
        if !matches!(known, Some(Thing::List(_))) {
            self.out.extend(nodes);
        }
        known.unwrap_or(thing)
    }

    /// The declared type, where the value says less.
    pub(super) fn typed(&mut self, thing: Thing, kind: &Type, target: &Expression) -> Thing {
        let name = self.shown(&target.at);
        self.typed_as(thing, kind, &name)
    }

    /// The same of what has a name.
    pub(super) fn typed_as(&mut self, thing: Thing, kind: &Type, name: &str) -> Thing {
        match &thing {
            Thing::Unknown(unknown) => self.of_type(kind, name, unknown.tainted).unwrap_or(thing),
            // What another product's factory makes may be ours all the same, and what
            // is only called a client for ECS is what it is declared as.
            Thing::Client(product @ (Product::Foreign | Product::Likely)) => {
                match self.of_type(kind, "", false) {
                    Some(declared @ Thing::Client(Product::Ecs)) => declared,
                    Some(declared @ Thing::Client(_)) if *product == Product::Likely => declared,
                    _ => thing,
                }
            }
            _ => self.holding(thing, kind),
        }
    }

    /// A collection of which no item is known: clients that its type says it holds
    /// are or come to be there.
    fn holding(&mut self, thing: Thing, kind: &Type) -> Thing {
        let is_empty = match &thing {
            Thing::List(list) => list.items.iter().all(|it| matches!(it, Thing::Unknown(_))),
            Thing::Map(map) => map.entries.is_empty(),
            _ => false,
        };
        if !is_empty || !matches!(kind, Type::Of(_)) {
            return thing;
        }
        match self.of_type(kind, "", false) {
            Some(Thing::List(list)) if matches!(*list.items, [Thing::Client(_)]) => {
                Thing::List(list)
            }
            _ => thing,
        }
    }

    /// Several results of one call, or the items of a list, which keep the names
    /// that they have.
    fn spread(
        &mut self,
        targets: &'c [Expression],
        thing: &Thing,
        declares: bool,
        keeps_names: bool,
    ) {
        for (index, target) in targets.iter().enumerate() {
            let item = match thing {
                Thing::List(list) if list.items.len() == targets.len() => list.items[index].clone(),
                Thing::OneOf(choice) => nth(choice, index, targets.len())
                    .unwrap_or_else(|| Thing::derived(self.shown(&target.at), [thing])),
                // An address beside an error, or beside headers.
                Thing::Text(_) if index == 0 => thing.clone(),
                Thing::Unknown(_) | Thing::List(_) | Thing::Text(_) => {
                    Thing::derived(self.shown(&target.at), [thing])
                }
                other if index == 0 => other.clone(),
                _ => Thing::unknown(self.shown(&target.at)),
            };
            let is_item = keeps_names && matches!(thing, Thing::List(_));
            // The failure is no part of the answer.
            let is_failure = self.dialect.errors == Errors::Returned
                && index > 0
                && !matches!(thing, Thing::List(_))
                && index + 1 == targets.len();
            let item = if is_failure { item.without_origin() } else { item };
            self.give(target, item, declares, Some(target).filter(|_| is_item));
        }
    }

    fn added(&mut self, target: &'c Expression, thing: &Thing) -> Thing {
        let shown = self.shown(&target.at);
        let before = self.eval(target);
        match (&before, thing) {
            // A request that its parameters are added to, as to a URL.
            (Thing::Request(_), _) => return before,
            (Thing::List(left), added) if !matches!(added, Thing::List(_)) => {
                let items = left.items.iter().chain([added]).cloned().collect();
                return Thing::list(items, left.rest);
            }
            _ => {}
        }
        sum(&before, thing, shown.clone())
            .unwrap_or_else(|| Thing::derived(shown, [&before, thing]))
    }

    /// Gives the target of an assignment a value. `from` is the expression that
    /// it was written as.
    pub(super) fn give(
        &mut self,
        target: &'c Expression,
        thing: Thing,
        declares: bool,
        from: Option<&'c Expression>,
    ) {
        let is_name = from.is_some_and(is_name);
        match &target.value {
            Value::Name(name) => {
                let thing = if is_name { thing } else { thing.named(name) };
                if declares {
                    self.bind(name, thing);
                } else {
                    self.rebind(name, thing);
                }
            }
            Value::Member(object, name) => self.give_member(target, object, name, thing, from),
            Value::Index(object, key) => self.give_element(target, object, key, thing),
            // Through a pointer.
            Value::Other(inner) => {
                if let [inner] = inner.as_slice() {
                    self.give(inner, thing, false, from);
                }
            }
            Value::List(targets) => self.spread(targets, &thing, declares, true),
            _ => {}
        }
    }

    fn give_member(
        &mut self,
        target: &'c Expression,
        object: &'c Expression,
        name: &Name,
        thing: Thing,
        from: Option<&'c Expression>,
    ) {
        let owner = self.eval(object);
        // What a field holds, other methods may look at.
        if !matches!(owner, Thing::Request(_) | Thing::Map(_)) {
            self.fates.hand_on(&thing);
        }
        let written = from.map_or_else(|| name.clone(), |from| self.shown(&from.at));
        for owner in owner.alternatives() {
            match owner {
                Thing::Request(slot) => self.set_on_request(*slot, name, &thing, &written),
                Thing::Instance(class) | Thing::Class(class) if !self.run.inlined => {
                    self.remember_field(*class, name, &thing);
                }
                Thing::Map(map) => {
                    let mut entries = map.entries.clone();
                    entries.push((name.clone(), thing.clone()));
                    let changed = Thing::map(entries, map.rest);
                    self.replace(object, changed);
                }
                _ => {}
            }
        }
        if self.dialect.bodies.contains(&&**name) {
            self.with_body(&owner, object, &thing);
        }
        if self.dialect.query_members.contains(&&**name) {
            self.give_query(target, object, &owner, &thing);
        }
        if let Some(path) = target.path() {
            let is_name = from.is_some_and(is_name);
            let thing = if is_name { thing } else { thing.named(&path) };
            self.state.set(path.into(), thing);
        }
    }

    /// `address.Query = …`: the address with a query, or with the parameters of one.
    fn give_query(
        &mut self,
        target: &'c Expression,
        object: &'c Expression,
        owner: &Thing,
        query: &Thing,
    ) {
        let shown = self.shown(&target.at);
        let query = match query {
            Thing::Text(query) => query.pieces.clone(),
            Thing::Map(map) => super::entries::query(map, &shown),
            _ => return,
        };
        let Thing::Text(url) = owner else { return };
        let mark = self.pieces(&Thing::known("?", target.at.clone()), &target.at, &target.at);
        let pieces = url.pieces.iter().cloned().chain(mark).chain(query);
        self.replace(object, Thing::text(pieces.collect(), shown));
    }

    /// Keeps what a field of a class was given.
    pub(super) fn remember_field(&mut self, class: usize, name: &Name, thing: &Thing) {
        if matches!(thing, Thing::Request(_)) {
            return;
        }
        let fields = self.memory.fields.entry(class).or_default();
        if fields.len() < MAX_ITEMS || fields.contains_key(name) {
            self.memory.news |= remember(fields, name, thing);
        }
    }

    fn give_element(
        &mut self,
        target: &'c Expression,
        object: &'c Expression,
        key: &'c Expression,
        thing: Thing,
    ) {
        let owner = self.eval(object);
        let key = self.eval(key);
        match &owner {
            Thing::Map(map) => {
                let mut entries = map.entries.clone();
                let mut rest = map.rest;
                match key.as_text() {
                    Some(key) => entries.push((key.into(), thing)),
                    None => rest = rest.max(openness(Some(&key))),
                }
                self.replace(object, Thing::map(entries, rest));
            }
            // What is given entries is a map.
            Thing::Unknown(unknown) if matches!(object.value, Value::Name(_)) => {
                let rest = if unknown.tainted { Rest::Tainted } else { Rest::Open };
                if let Some(key) = key.as_text() {
                    self.replace(object, Thing::map(vec![(key.into(), thing)], rest));
                }
            }
            Thing::Request(slot) => match key.as_text() {
                Some(name) => {
                    let written = self.shown(&object.at);
                    self.set_on_request(*slot, name, &thing, &written);
                }
                None => self.state.change(*slot, |request| request.arguments.open = true),
            },
            _ => {
                if let Some(path) = target.path() {
                    self.state.set(path.into(), thing);
                }
            }
        }
    }

    /// Gives the variable that an expression names another value, as a method
    /// that changes its object does.
    pub(super) fn replace(&mut self, object: &'c Expression, thing: Thing) {
        match &object.value {
            Value::Name(name) => self.rebind(name, thing),
            Value::Member(owner, name) => {
                let owner = self.eval(owner);
                if let Thing::Map(map) = owner
                    && let Value::Member(inner, _) = &object.value
                {
                    let mut entries = map.entries.clone();
                    entries.push((name.clone(), thing.clone()));
                    if matches!(inner.value, Value::Name(_)) {
                        let changed = Thing::map(entries, map.rest);
                        self.replace(inner, changed);
                    }
                }
                if let Some(path) = object.path() {
                    self.state.set(path.into(), thing);
                }
            }
            _ => {}
        }
    }
}

/// Whether a value is written as a plain name, which it then keeps.
fn is_name(from: &Expression) -> bool {
    matches!(from.value, Value::Name(_) | Value::Member(..))
}

/// One of the parts of something that is one of several lists.
fn nth(choice: &Choice, index: usize, count: usize) -> Option<Thing> {
    let parts = choice.things.iter().map(|thing| match thing {
        Thing::List(list) if list.items.len() == count => list.items.get(index).cloned(),
        _ => None,
    });
    Some(super::expressions::alternatives(
        parts.collect::<Option<_>>()?,
        choice.every,
        choice.text.clone(),
    ))
}
