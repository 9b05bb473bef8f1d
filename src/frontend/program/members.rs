//! Members of a class that are named without saying whose they are, and which of
//! several methods of one name is called.

use std::collections::HashMap;
use std::rc::Rc;

use super::code::{Form, Function, Type, Unit};
use super::given::Given;
use super::machine::Machine;
use super::state::Place;
use super::thing::{Name, Thing};

/// How many classes a class may stand in.
const MAX_OUTER: usize = 16;

/// The name under which a class has its first constructor, beside its own.
pub(super) const CONSTRUCTOR: &str = "(…)";

/// The methods of each class by name; the last one of a name.
pub(super) fn members(unit: &Unit) -> HashMap<(usize, Name), usize> {
    let mut members = HashMap::new();
    for (number, function) in unit.functions.iter().enumerate() {
        if let Some(class) = function.class {
            members.insert((class, function.name.clone()), number);
            if function.is_constructor {
                members.entry((class, CONSTRUCTOR.into())).or_insert(number);
            }
        }
    }
    members
}

/// The methods, or constructors, of one name, for each of those that share it.
pub(super) fn overloads(unit: &Unit) -> HashMap<usize, Rc<[usize]>> {
    let mut groups: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
    for (number, function) in unit.functions.iter().enumerate() {
        if let Some(class) = function.class.filter(|_| !function.name.is_empty()) {
            groups.entry((class, &function.name)).or_default().push(number);
        }
    }
    let mut overloads = HashMap::new();
    for function in &unit.functions {
        let Some(class) = function.class else { continue };
        let Some(group) = groups.remove(&(class, &*function.name)) else { continue };
        if group.len() > 1 {
            let group: Rc<[usize]> = group.into();
            overloads.extend(group.iter().map(|number| (*number, Rc::clone(&group))));
        }
    }
    overloads
}

impl Machine<'_> {
    /// Which of the methods that share a name a call means.
    pub(super) fn overload(&self, number: usize, given: &Given) -> usize {
        const MOST: usize = 64;
        let Some(group) = self.overloads.get(&number) else { return number };
        let fit = |number: usize| {
            let function = &self.unit.functions[number];
            // One that hands on to another of its name does not call itself.
            let is_other = self.run.function != Some(number);
            (takes(function, given), is_other, resemblance(function, given))
        };
        let best = group.iter().copied().take(MOST).max_by_key(|number| fit(*number));
        best.unwrap_or(number)
    }

    /// The class whose member is being read.
    pub(super) fn current_class(&self) -> Option<usize> {
        if let Some(Place::Class(class)) = self.state.frames().last().map(|frame| frame.place) {
            return Some(class);
        }
        let mut function = self.current();
        while let Some(number) = function {
            let function_ = self.unit.functions.get(number)?;
            if function_.class.is_some() {
                return function_.class;
            }
            function = function_.parent;
        }
        None
    }

    /// A member of the class that is being read, or of one around it.
    pub(super) fn implicit_member(&mut self, name: &str) -> Option<Thing> {
        let class = self.current_class().filter(|_| self.dialect.implicit_receiver);
        let mut class = class.map(|class| self.bound_class(class));
        let name = Name::from(name);
        for _ in 0..MAX_OUTER {
            let number = class?;
            let object = Thing::Instance(number);
            let member = self.class_member(number, &object, &name, &(0..0));
            if let Some(thing) = member.or_else(|| self.own_member(number, &name)) {
                return Some(thing);
            }
            class = self.unit.classes.get(number)?.outer;
        }
        None
    }

    /// The class of the object that a method of a class is called on, which may be
    /// one that extends it.
    fn bound_class(&self, class: usize) -> usize {
        let function = self.current().and_then(|number| self.unit.functions.get(number));
        let receiver = function.and_then(|it| it.receiver.as_ref());
        let frame = receiver.and_then(|receiver| self.holder(receiver));
        let own = frame
            .zip(receiver)
            .and_then(|(frame, receiver)| self.state.frames()[frame].vars.get(receiver));
        match own {
            Some(Thing::Instance(own))
                if *own != class && self.ancestry(*own).own.contains(&class) =>
            {
                *own
            }
            _ => class,
        }
    }

    /// The class, of those around what is being read, that has a field.
    pub(super) fn owner_of(&self, name: &str) -> Option<usize> {
        let mut class = self.current_class().filter(|_| self.dialect.implicit_receiver);
        let name = Name::from(name);
        for _ in 0..MAX_OUTER {
            let number = class?;
            if self.facts.field(self.unit, number, &name).is_some() {
                return Some(number);
            }
            class = self.unit.classes.get(number)?.outer;
        }
        None
    }

    /// Whether a name, of a variable of the innermost body or of none, is that of
    /// a field.
    pub(super) fn stands_for_member(&self, name: &str, holder: Option<usize>) -> bool {
        let known = || self.state.frames().last().is_some_and(|it| it.members.contains(name));
        if holder.is_some() { known() } else { self.owner_of(name).is_some() }
    }

    /// Gives a field that is named without its object a value.
    pub(super) fn give_own_member(&mut self, name: &Name, thing: Thing) {
        if let Some(class) = self.owner_of(name).filter(|_| !self.run.inlined) {
            self.remember_field(class, name, &thing);
        }
        if let Some(frame) = self.state.top() {
            frame.members.insert(name.clone());
        }
        self.state.set(name.clone(), thing);
    }

    /// The object as one of what its class inherits from.
    pub(super) fn as_base(&mut self, name: &str) -> Option<Thing> {
        if self.dialect.base_word != Some(name) {
            return None;
        }
        if let Some(request) = self.own_request() {
            return Some(request);
        }
        let class = self.current_class()?;
        let base = self.unit.classes.get(class)?.bases.first()?.clone();
        self.of_type(&base, name, true)
    }
}

/// Whether a function takes as many arguments as a call gives.
fn takes(function: &Function, given: &Given) -> bool {
    let most = function.parameters.len();
    let count = given.all().count();
    let has_rest = function.parameters.last().is_some_and(|last| last.is_rest);
    let needed = function.parameters.iter().filter(|it| it.default.is_none() && !it.is_rest);
    count >= needed.count() && (has_rest || count <= most)
}

/// How many arguments are sure to be of the types that a function declares.
fn resemblance(function: &Function, given: &Given) -> i32 {
    let pairs = function.parameters.iter().zip(&given.positional);
    let points = pairs.map(|(parameter, argument)| {
        let is_text = match &parameter.kind {
            Type::Named(name) => matches!(&**name, "String" | "string" | "str" | "CharSequence"),
            _ => false,
        };
        let is_list = matches!(parameter.kind, Type::Of(_)) || parameter.is_rest;
        match (&argument.thing, &parameter.kind) {
            (Thing::Unknown(_) | Thing::Absent, _) | (_, Type::Unknown) => 0,
            (Thing::Text(_), _) => i32::from(is_text) - i32::from(!is_text),
            (Thing::List(_) | Thing::Map(_), _) => i32::from(is_list) - i32::from(is_text),
            _ => -i32::from(is_text || is_list),
        }
    });
    points.sum()
}

/// What a method is called on, as far as it is known whoever calls.
pub(super) fn receiver_of(function: &Function) -> Thing {
    match function.class {
        Some(class) if function.form == Form::OfClass => Thing::Class(class),
        Some(class) => Thing::Instance(class),
        None => Thing::Absent,
    }
}
