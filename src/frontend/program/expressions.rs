//! Expressions: what is known of their values.

use std::ops::Range;
use std::rc::Rc;

use super::code::{Argument as Passed, Expression, Part, Type, Value};
use super::joining::join;
use super::machine::{Machine, Summary};
use super::nodes::in_function;
use super::state::Place;
use super::statements::Flow;
use super::thing::{Method, Name, Piece, Product, Rest, Thing};
use crate::procedure::{Arm, Failure, Node, has_calls};

impl<'c> Machine<'c> {
    /// What is known of the value of an expression.
    pub(super) fn eval(&mut self, expression: &'c Expression) -> Thing {
        let at = &expression.at;
        match &expression.value {
            Value::Name(name) => self.lookup(name),
            Value::Text(parts) => self.text(parts, at),
            Value::Literal(text) => Thing::known(text.clone(), at.clone()),
            Value::Nothing => Thing::Absent,
            Value::List(items) => {
                let things = items.iter().map(|item| self.eval(item)).collect();
                Thing::list(things, Rest::Closed)
            }
            Value::Map(entries) => self.map(entries),
            Value::New(kind, arguments) => self.create(kind, arguments, at),
            Value::Member(object, name) => self.read_member(expression, object, name),
            Value::Index(object, key) => self.element(object, key, at),
            Value::Call(callee, arguments) => self.call(at, callee, arguments),
            Value::Lambda(number) => self.lambda(*number),
            Value::Import(path) => Thing::Imported(path.clone()),
            Value::Either(condition, items) => self.either(condition.as_deref(), items, at),
            Value::Same(_, left, right) => {
                let things = [self.eval(left), self.eval(right)];
                Thing::derived(self.shown(at), &things)
            }
            Value::Join(items) => self.joined(items, at),
            Value::Assign(assign) => self.assign(assign),
            Value::Shell(parts) => {
                let thing = self.text(parts, at);
                self.run_code(at, &thing, Failure::Continues);
                Thing::derived(self.shown(at), [&thing])
            }
            Value::Other(items) => self.others(items, at),
        }
    }

    fn others(&mut self, items: &'c [Expression], at: &Range<usize>) -> Thing {
        let things: Vec<Thing> = items.iter().map(|item| self.eval(item)).collect();
        Thing::derived(self.shown(at), &things)
    }

    fn text(&mut self, parts: &'c [Part], at: &Range<usize>) -> Thing {
        if let Some(texts) = self.spelt_out(parts, at) {
            return texts;
        }
        let pieces = parts.iter().flat_map(|part| self.part(part)).collect();
        Thing::text(pieces, self.shown(at))
    }

    fn part(&mut self, part: &'c Part) -> Vec<Piece> {
        match part {
            Part::Known { text, at, verbatim } => {
                vec![Piece::Known { text: text.clone(), range: at.clone(), verbatim: *verbatim }]
            }
            Part::Hole(hole) => {
                let thing = self.eval(hole);
                self.pieces(&thing, &hole.at)
            }
        }
    }

    /// A text in which one value is one of several: one of several texts.
    fn spelt_out(&mut self, parts: &'c [Part], at: &Range<usize>) -> Option<Thing> {
        let is_name =
            |part: &Part| matches!(part, Part::Hole(Expression { value: Value::Name(_), .. }));
        let mut holes = parts.iter().filter(|part| is_name(part));
        let choice = holes.find_map(|part| match part {
            Part::Hole(hole) => match self.eval(hole) {
                Thing::OneOf(choice) => Some((hole, choice)),
                _ => None,
            },
            Part::Known { .. } => None,
        });
        let (chosen, choice) = choice?;
        let mut texts = Vec::new();
        for thing in &choice.things {
            thing.as_text()?;
            let mut pieces = Vec::new();
            for part in parts {
                match part {
                    Part::Hole(hole) if hole.at == chosen.at => {
                        pieces.extend(self.pieces(thing, &hole.at));
                    }
                    part => pieces.extend(self.part(part)),
                }
            }
            texts.push(Thing::text(pieces, self.shown(at)));
        }
        Some(alternatives(texts, choice.every, self.shown(at)))
    }

    /// A value as pieces of a text that stands somewhere else.
    pub(super) fn pieces(&self, thing: &Thing, at: &Range<usize>) -> Vec<Piece> {
        match thing {
            Thing::Text(text) => text
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Known { text, .. } => {
                        Piece::Known { text: text.clone(), range: at.clone(), verbatim: false }
                    }
                    Piece::Hole { text, tainted, .. } => {
                        Piece::Hole { text: text.clone(), range: at.clone(), tainted: *tainted }
                    }
                })
                .collect(),
            other => vec![Piece::Hole {
                text: self.shown(at),
                range: at.clone(),
                tainted: other.is_tainted(),
            }],
        }
    }

    fn joined(&mut self, items: &'c [Expression], at: &Range<usize>) -> Thing {
        let mut pieces = Vec::new();
        let mut has_text = false;
        let mut things = Vec::new();
        for item in items {
            let thing = self.eval(item);
            has_text |= matches!(thing, Thing::Text(_));
            pieces.extend(self.pieces(&thing, &item.at));
            things.push(thing);
        }
        if let Some(texts) = self.chosen_text(items, &things, at) {
            texts
        } else if let Some(list) = joined_lists(&things).or_else(|| joined_maps(&things)) {
            list
        } else if has_text {
            Thing::text(pieces, self.shown(at))
        } else {
            Thing::derived(self.shown(at), &things)
        }
    }

    fn map(&mut self, entries: &'c [(Expression, Expression)]) -> Thing {
        let mut given = Vec::new();
        let mut rest = Rest::Closed;
        for (key, value) in entries {
            let key = self.eval(key);
            let value = self.eval(value);
            match (key.as_text(), value) {
                (Some(key), value) => given.push((Name::from(key), value)),
                (None, Thing::Map(map)) if matches!(key, Thing::Absent) => {
                    given.extend(map.entries.iter().cloned());
                    rest = rest.max(map.rest);
                }
                (None, value) if value.is_tainted() => rest = Rest::Tainted,
                (None, _) => rest = rest.max(Rest::Open),
            }
        }
        Thing::map(given, rest)
    }

    fn either(
        &mut self,
        condition: Option<&'c Expression>,
        items: &'c [Expression],
        at: &Range<usize>,
    ) -> Thing {
        if let Some(condition) = condition {
            self.eval(condition);
        }
        let written = condition.map(|condition| self.shown(&condition.at).to_string());
        let mut things = Vec::new();
        let mut arms = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let (thing, body) = self.apart(|machine| machine.eval(item));
            things.push(thing);
            if index == 0 && condition.is_none() {
                // What comes first is looked at in any case.
                self.out.extend(body);
            } else if has_calls(&body) {
                arms.push(Arm { condition: written.clone().filter(|_| index == 0), body });
            }
        }
        self.out.extend((!arms.is_empty()).then_some(Node::Branch(arms)));
        things.into_iter().reduce(join).unwrap_or_else(|| Thing::unknown(self.shown(at)))
    }

    fn read_member(
        &mut self,
        expression: &'c Expression,
        object: &'c Expression,
        name: &Name,
    ) -> Thing {
        if let Some(path) = expression.path()
            && let Some(thing) = self.state.frames().last().and_then(|it| it.vars.get(&*path))
        {
            return thing.clone();
        }
        if let Some(path) = expression.path().filter(|path| self.dialect.means(path).is_some())
            && path.split('.').next().is_some_and(|first| self.known_name(first).is_none())
        {
            return Thing::Imported(path.into());
        }
        let owner = self.eval(object);
        match &owner {
            // A field may have the name of a method.
            Thing::Class(class) | Thing::Instance(class) => self
                .class_field(*class, name)
                .unwrap_or_else(|| self.member(&owner, name, &expression.at)),
            _ => self.member(&owner, name, &expression.at),
        }
    }

    /// A member of a value.
    pub(super) fn member(&mut self, object: &Thing, name: &Name, at: &Range<usize>) -> Thing {
        let unknown = |machine: &Self| Thing::derived(machine.shown(at), [object]);
        match object {
            Thing::Imported(path) => match version_of(name) {
                Some(version) => Thing::known(version, at.clone()),
                None => Thing::Imported(format!("{path}.{name}").into()),
            },
            Thing::Declared(_) => object.clone(),
            Thing::Class(class) | Thing::Instance(class) => {
                self.class_member(*class, object, name).unwrap_or_else(|| unknown(self))
            }
            Thing::Client(product) => {
                let method = self.client_member(*product, name, at);
                method.or_else(|| self.passed(object, name)).unwrap_or_else(|| unknown(self))
            }
            Thing::Map(map) => {
                let entry = map.entries.iter().find(|(key, _)| key == name);
                let entry = entry.map(|entry| entry.1.clone());
                entry.or_else(|| self.passed(object, name)).unwrap_or_else(|| unknown(self))
            }
            Thing::OneOf(choice) => {
                let members = choice.things.iter().map(|thing| self.member(thing, name, at));
                let members: Vec<Thing> = members.collect();
                if choice.every {
                    return Thing::one_of(members, true, self.shown(at));
                }
                members.into_iter().reduce(join).unwrap_or_else(|| unknown(self))
            }
            _ => self.passed(object, name).unwrap_or_else(|| unknown(self)),
        }
    }

    /// What holds one value, as the value that a member of it is.
    fn passed(&self, object: &Thing, name: &str) -> Option<Thing> {
        self.dialect.passes.contains(&name).then(|| object.clone())
    }

    /// A method of a client, if it is an action.
    pub(super) fn client_member(
        &self,
        product: Product,
        name: &str,
        at: &Range<usize>,
    ) -> Option<Thing> {
        if product != Product::Ecs {
            return None;
        }
        let renamed = self.dialect.renamed.iter().find(|(known, _)| *known == name);
        let action = match renamed {
            Some((_, action)) => action,
            None => self.dialect.action(name, self.context.catalogue)?,
        };
        let action = Thing::known(action, at.clone());
        Some(Thing::Method(Rc::new(Method { action, request: None })))
    }

    fn element(&mut self, object: &'c Expression, key: &'c Expression, at: &Range<usize>) -> Thing {
        let owner = self.eval(object);
        let key = self.eval(key);
        let derived = |machine: &Self| Thing::derived(machine.shown(at), [&owner, &key]);
        match (&owner, key.as_text()) {
            (Thing::Map(map), Some(key)) => {
                let entry = map.entries.iter().find(|(name, _)| **name == *key);
                entry.map_or_else(|| derived(self), |entry| entry.1.clone())
            }
            (Thing::Map(map), None) if map.rest == Rest::Closed && !map.entries.is_empty() => {
                let things = map.entries.iter().map(|entry| entry.1.clone()).collect();
                alternatives(things, false, self.shown(at))
            }
            (Thing::List(list), Some(index)) => {
                let index: Option<usize> = index.parse().ok();
                let item = index.and_then(|index| list.items.get(index)).cloned();
                item.unwrap_or_else(|| match list.items.as_slice() {
                    // Whatever the key: a declared type says what all of them are.
                    [only] if list.rest != Rest::Closed => only.clone(),
                    _ => derived(self),
                })
            }
            (Thing::List(list), None) if !list.items.is_empty() => {
                alternatives(list.items.clone(), false, self.shown(at))
            }
            (Thing::Imported(path), Some(key)) if self.chosen_by_key(path, key).is_some() => {
                self.chosen_by_key(path, key).unwrap_or_else(|| derived(self))
            }
            (Thing::Client(_) | Thing::Instance(_) | Thing::Class(_) | Thing::Imported(_), _) => {
                self.named_method(&owner, &key, at)
            }
            _ => derived(self),
        }
    }

    /// A method of an object by the text of its name.
    pub(super) fn named_method(&mut self, owner: &Thing, key: &Thing, at: &Range<usize>) -> Thing {
        let Thing::Client(Product::Ecs) = owner else {
            return self.member_by_text(owner, key, at);
        };
        let named = |machine: &Self, thing: &Thing| {
            let name = thing.as_text()?;
            let action = machine.dialect.action(name, machine.context.catalogue)?;
            Some(Thing::known(action, at.clone()))
        };
        let action = match key {
            Thing::OneOf(choice) => {
                let things = choice.things.iter().filter_map(|thing| named(self, thing)).collect();
                Thing::one_of(things, choice.every, choice.text.clone())
            }
            Thing::Text(text) if text.whole.is_some() => match named(self, key) {
                Some(action) => action,
                None => return Thing::derived(self.shown(at), [owner]),
            },
            other => other.clone(),
        };
        Thing::Method(Rc::new(Method { action, request: None }))
    }

    /// `new X(…)`, `X{…}`.
    fn create(&mut self, kind: &'c Type, arguments: &'c [Passed], at: &Range<usize>) -> Thing {
        let (given, callbacks) = self.given(arguments);
        self.out.extend(callbacks);
        let made = match kind {
            Type::Named(name) => self.path_of(name),
            _ => None,
        };
        match made {
            Some(Thing::Class(class)) => self.instantiate(at, class, &given),
            Some(Thing::Imported(path)) if self.is_process(&path) => {
                self.start_process(at, &path, given)
            }
            Some(Thing::Imported(path)) => self
                .declare(at, &path, &given, arguments)
                .unwrap_or_else(|| self.construct(at, &path, false, &given)),
            _ => {
                let all: Vec<&Thing> = given.all().map(|argument| &argument.thing).collect();
                if given.keywords.is_empty() {
                    return Thing::derived(self.shown(at), all);
                }
                let entries = given.keywords.iter();
                let entries = entries.map(|(name, it)| (name.clone(), it.thing.clone()));
                Thing::map(entries.collect(), Rest::Open)
            }
        }
    }

    /// A function as a value. One without a name is read where it stands.
    fn lambda(&mut self, number: usize) -> Thing {
        if self.unit.functions[number].name.is_empty() {
            self.read_lambda(number);
        }
        Thing::Function(number, None)
    }

    /// Reads a function without a name.
    pub(super) fn read_lambda(&mut self, number: usize) -> Flow {
        let unit = self.unit;
        let returns = self.run.returns.take();
        let at_end = std::mem::take(&mut self.run.at_end);
        let before = std::mem::take(&mut self.run.closed);
        self.state.push(Place::Function(number));
        self.bind_unknown(number);
        self.bind_offered(number);
        let (flow, nodes) = self.apart(|machine| machine.body_of(number));
        self.out.extend(in_function(nodes, self.span(&unit.functions[number].at)));
        self.state.pop();
        self.run.at_end = at_end;
        let seen = std::mem::replace(&mut self.run.returns, returns);
        let summary = Summary {
            returns: self.returned(&unit.functions[number], seen),
            parametric: false,
            closed: std::mem::replace(&mut self.run.closed, before),
        };
        self.run.closed.extend(&summary.closed);
        self.memory.summaries.insert(number, summary);
        flow
    }
}

/// Maps, and what may be maps, joined; none if a text or nothing is a map.
pub(super) fn joined_maps(things: &[Thing]) -> Option<Thing> {
    let is_map = |thing: &Thing| matches!(thing, Thing::Map(_));
    if !things.iter().any(is_map) || things.iter().any(|it| matches!(it, Thing::Text(_))) {
        return None;
    }
    let mut entries = Vec::new();
    let mut rest = Rest::Closed;
    for thing in things {
        match thing {
            Thing::Map(map) => {
                entries.extend(map.entries.iter().cloned());
                rest = rest.max(map.rest);
            }
            other if other.is_tainted() => rest = Rest::Tainted,
            _ => rest = rest.max(Rest::Open),
        }
    }
    Some(Thing::map(entries, rest))
}

/// Lists, and what may be lists, joined; none if a text or nothing is a list.
pub(super) fn joined_lists(things: &[Thing]) -> Option<Thing> {
    let is_list = |thing: &Thing| matches!(thing, Thing::List(_));
    if !things.iter().any(is_list) || things.iter().any(|it| matches!(it, Thing::Text(_))) {
        return None;
    }
    let mut items = Vec::new();
    let mut rest = Rest::Closed;
    for thing in things {
        match thing {
            Thing::List(list) => {
                items.extend(list.items.iter().cloned());
                rest = rest.max(list.rest);
            }
            Thing::Map(map) if map.entries.is_empty() => rest = rest.max(map.rest),
            other if other.is_tainted() => rest = Rest::Tainted,
            _ => rest = rest.max(Rest::Open),
        }
    }
    Some(Thing::list(items, rest))
}

/// The version of an API that a constant is named after: `ApiVersion20140526`.
fn version_of(name: &str) -> Option<String> {
    const DIGITS: usize = 8;
    let (word, digits) = name.split_at_checked(name.len().checked_sub(DIGITS)?)?;
    let is_version = word.to_ascii_lowercase().ends_with("version")
        && digits.bytes().all(|it| it.is_ascii_digit());
    is_version.then(|| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]))
}

/// One of several values, of which each may be told apart.
pub(super) fn alternatives(things: Vec<Thing>, every: bool, text: Name) -> Thing {
    let mut distinct: Vec<Thing> = Vec::new();
    for thing in things {
        if !distinct.contains(&thing) {
            distinct.push(thing);
        }
    }
    Thing::one_of(distinct, every, text)
}
