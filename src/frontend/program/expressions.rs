//! Expressions: what is known of their values.

use std::ops::Range;
use std::rc::Rc;

use super::code::{Argument as Passed, Expression, Field, Part, Type, Value};
use super::given::Given;
use super::joining::join;
use super::locks::{lock_member, lock_same};
use super::machine::{Machine, Summary};
use super::nodes::{filtered, in_function};
use super::state::Place;
use super::statements::Flow;
use super::thing::{Choice, Method, Name, Piece, Product, Rest, Thing};
use crate::procedure::{Action, Failure};

impl<'c> Machine<'c> {
    /// What is known of the value of an expression.
    pub(super) fn eval(&mut self, expression: &'c Expression) -> Thing {
        let at = &expression.at;
        self.inlined_steps += usize::from(self.run.inlined);
        match &expression.value {
            Value::Name(name) => self.lookup(name),
            Value::Text(parts) => self.text(parts, at),
            Value::Literal(text) => Thing::known(text.clone(), at.clone()),
            Value::Nothing => Thing::Absent,
            Value::List(items) => self.list(items),
            Value::Map(entries) => self.map(entries),
            Value::New(kind, arguments) => self.create(kind, arguments, at),
            Value::Member(object, name) => self.read_member(expression, object, name),
            Value::Index(object, key) => match self.kept(expression) {
                Some(thing) => thing,
                None => self.element(object, key, at),
            },
            Value::Call(callee, arguments) => self.call(at, callee, arguments),
            Value::Lambda(number) => self.lambda(*number),
            Value::Import(path) => Thing::Imported(path.clone()),
            Value::Spread(inner) => self.eval(inner),
            Value::Each(each) => self.comprehension(each, at),
            Value::Format(template, values) => self.percent(template, values, at),
            Value::Either(Some(condition), items) => self.conditional(condition, items, at),
            Value::Either(None, items) => self.either(items, at),
            Value::Same(same, left, right) => {
                let things = [self.eval(left), self.eval(right)];
                let thing = Thing::derived(self.shown(at), &things);
                lock_same(*same, &things[0], &things[1], thing)
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
        let thing = Thing::derived(self.shown(at), &things);
        self.lock_operator(items, &things, at, thing)
    }

    fn text(&mut self, parts: &'c [Part], at: &Range<usize>) -> Thing {
        let mut pieces = Vec::new();
        let mut chosen = None;
        for part in parts {
            match part {
                Part::Known { text, at, verbatim } => pieces.push(Piece::Known {
                    text: text.clone(),
                    range: at.clone(),
                    verbatim: *verbatim,
                }),
                Part::Hole(hole) => {
                    let thing = self.eval(hole);
                    if let Thing::OneOf(choice) = &thing
                        && chosen.is_none()
                        && choice.things.iter().all(|it| it.as_text().is_some())
                    {
                        chosen = Some((pieces.len(), Rc::clone(choice)));
                    }
                    let written = match &hole.value {
                        Value::Spread(inner) => &inner.at,
                        _ => &hole.at,
                    };
                    pieces.extend(self.pieces(&thing, &hole.at, written));
                }
            }
        }
        let shown = self.shown(at);
        match chosen {
            Some((at, choice)) => expanded(&pieces, at, &choice, &shown),
            None => Thing::text(pieces, shown),
        }
    }

    /// A value as pieces of a text, at a place in it; `written` is where the value
    /// stands.
    pub(super) fn pieces(
        &self,
        thing: &Thing,
        at: &Range<usize>,
        written: &Range<usize>,
    ) -> Vec<Piece> {
        match thing {
            Thing::Text(text) => text
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Known { text, .. } => {
                        Piece::Known { text: text.clone(), range: at.clone(), verbatim: false }
                    }
                    Piece::Hole { text, tainted, origin, .. } => Piece::Hole {
                        text: text.clone(),
                        range: at.clone(),
                        tainted: *tainted,
                        origin: origin.clone(),
                    },
                })
                .collect(),
            Thing::Unknown(unknown) => vec![Piece::Hole {
                text: unknown.text.clone(),
                range: at.clone(),
                tainted: unknown.tainted,
                origin: unknown.origin.clone(),
            }],
            other => vec![Piece::Hole {
                text: self.shown(written),
                range: at.clone(),
                tainted: other.is_tainted(),
                origin: other.origin(),
            }],
        }
    }

    fn read_member(
        &mut self,
        expression: &'c Expression,
        object: &'c Expression,
        name: &Name,
    ) -> Thing {
        if let Some(thing) = self.kept(expression) {
            return thing;
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

    /// What a chain of members was given in the body that is being read.
    fn kept(&self, expression: &Expression) -> Option<Thing> {
        let path = expression.path()?;
        self.state.frames().last()?.vars.get(&*path).cloned()
    }

    /// A member of a value.
    pub(super) fn member(&mut self, object: &Thing, name: &Name, at: &Range<usize>) -> Thing {
        let thing = self.member_of(object, name, at);
        lock_member(object, name, thing)
    }

    fn member_of(&mut self, object: &Thing, name: &Name, at: &Range<usize>) -> Thing {
        let unknown = |machine: &Self| Thing::derived(machine.shown(at), [object]);
        match object {
            Thing::Imported(path) => match version_of(name) {
                Some(version) => Thing::known(version, at.clone()),
                None => Thing::Imported(format!("{path}.{name}").into()),
            },
            Thing::Declared(_) => object.clone(),
            Thing::Class(class) | Thing::Instance(class) => {
                self.class_member(*class, object, name, at).unwrap_or_else(|| unknown(self))
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
            Thing::Request(slot) => {
                let method = self.request_method(*slot, object, name, at);
                method.or_else(|| self.passed(object, name)).unwrap_or_else(|| unknown(self))
            }
            Thing::OneOf(choice) => {
                let members = choice.things.iter().map(|thing| self.member(thing, name, at));
                let members: Vec<Thing> = members.collect();
                // Beside another product's client each method is only possible.
                let mixed = choice.things.contains(&Thing::Client(Product::Foreign))
                    && members.iter().any(|it| matches!(it, Thing::Method(_)));
                if choice.every || mixed {
                    return Thing::one_of(members, choice.every, self.shown(at));
                }
                members.into_iter().reduce(join).unwrap_or_else(|| unknown(self))
            }
            _ => self.passed(object, name).unwrap_or_else(|| unknown(self)),
        }
    }

    /// What holds one value, as the value that a member of it is.
    fn passed(&self, object: &Thing, name: &str) -> Option<Thing> {
        let part = Self::entry_part(object, name);
        part.or_else(|| self.dialect.passes.contains(&name).then(|| object.clone()))
    }

    /// A method of a client, if it is an action.
    pub(super) fn client_member(
        &self,
        product: Product,
        name: &str,
        at: &Range<usize>,
    ) -> Option<Thing> {
        let renamed = || self.dialect.renamed.iter().find(|(known, _)| *known == name);
        let action = match product {
            Product::Ecs => {
                let spelt = self.dialect.action(name, self.context.catalogue);
                spelt.or_else(|| renamed().map(|(_, action)| *action))?
            }
            Product::Footmark => {
                let spelt = || self.dialect.action(name, self.context.catalogue);
                renamed().map(|(_, action)| *action).or_else(spelt)?
            }
            Product::Held(held) => held.action(name)?,
            Product::Rpc | Product::Likely | Product::Foreign => return None,
        };
        let action = Thing::known(action, at.clone());
        Some(Thing::Method(Rc::new(Method { action, request: None })))
    }

    fn element(&mut self, object: &'c Expression, key: &'c Expression, at: &Range<usize>) -> Thing {
        let owner = self.eval(object);
        let key = self.eval(key);
        let thing = self.element_of(&owner, &key, at);
        match key.as_text() {
            Some(name) => lock_member(&owner, name, thing),
            None => thing,
        }
    }

    fn element_of(&mut self, owner: &Thing, key: &Thing, at: &Range<usize>) -> Thing {
        let derived = |machine: &Self| Thing::derived(machine.shown(at), [owner, key]);
        match (owner, key.as_text()) {
            (Thing::Map(map), Some(key)) => {
                let entry = map.entries.iter().find(|(name, _)| **name == *key);
                entry.map_or_else(|| derived(self), |entry| entry.1.clone())
            }
            (Thing::Map(_), None) if key.is_tainted() && self.has_callers() => derived(self),
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
            (Thing::Text(text), None) => Self::after_mark(text).unwrap_or_else(|| derived(self)),
            // A package's list, such as that of the program's arguments.
            (Thing::Imported(_), Some(index)) if index.parse::<usize>().is_ok() => derived(self),
            (Thing::Imported(path), Some(key)) if self.chosen_by_key(path, key).is_some() => {
                self.chosen_by_key(path, key).unwrap_or_else(|| derived(self))
            }
            (Thing::Client(_) | Thing::Instance(_) | Thing::Class(_) | Thing::Imported(_), _) => {
                self.named_method(owner, key, at)
            }
            _ => derived(self),
        }
    }

    /// Whether something in the file calls the function that is being read, and so
    /// says what its parameters are.
    fn has_callers(&self) -> bool {
        self.run.function.is_some_and(|number| self.memory.callees.contains(&number))
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
            Some(Thing::Class(class)) if self.is_record(class) => record(&given),
            Some(Thing::Class(class)) => self.instantiate(at, class, &given),
            Some(Thing::Imported(path)) if self.is_process(&path) => {
                self.start_process(at, &path, given)
            }
            Some(Thing::Imported(path)) => self
                .declare(at, &path, &given, arguments)
                .unwrap_or_else(|| self.construct(at, &path, false, &given)),
            _ => {
                if let Type::Named(name) = kind
                    && super::bound::is_told_client(name, &given)
                {
                    return Thing::Client(Product::Ecs);
                }
                let all: Vec<&Thing> = given.all().map(|argument| &argument.thing).collect();
                if given.keywords.is_empty() {
                    return Thing::derived(self.shown(at), all);
                }
                record(&given)
            }
        }
    }

    /// Whether a class is a plain record that names an action, as requests are that
    /// a program declares itself.
    pub(super) fn is_record(&self, class: usize) -> bool {
        let Some(declared) = self.unit.classes.get(class) else { return false };
        let names = |field: &Field| ACTIONS.iter().any(|it| field.name.eq_ignore_ascii_case(it));
        declared.bases.is_empty()
            && declared.fields.iter().any(names)
            && self.unit.functions.iter().all(|function| function.class != Some(class))
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
        let outer = std::mem::take(&mut self.out);
        let at_end = std::mem::take(&mut self.run.at_end);
        let before = std::mem::take(&mut self.run.closed);
        self.state.push(Place::Function(number));
        self.bind_unknown(number);
        self.bind_offered(number);
        let (flow, nodes) = self.apart(|machine| machine.body_of(number));
        self.out.extend(in_function(nodes, self.span(&unit.functions[number].at)));
        self.state.pop();
        let names: Vec<&str> =
            unit.functions[number].parameters.iter().map(|it| &*it.name).collect();
        // What only its callers make known is shown with them.
        let nodes = filtered(
            std::mem::replace(&mut self.out, outer),
            &|operation| match &operation.action {
                Action::Unresolved(text) => !names.contains(&text.as_str()),
                Action::Named(_) => true,
            },
        );
        self.out.extend(nodes);
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

/// A text for each that a piece of it can be.
fn expanded(pieces: &[Piece], at: usize, choice: &Choice, shown: &Name) -> Thing {
    let things = choice.things.iter().filter_map(Thing::as_text).map(|text| {
        let mut pieces = pieces.to_vec();
        if let Some(piece) = pieces.get_mut(at) {
            let (Piece::Hole { range, .. } | Piece::Known { range, .. }) = piece;
            *piece = Piece::Known { text: text.into(), range: range.clone(), verbatim: false };
        }
        Thing::text(pieces, shown.clone())
    });
    Thing::one_of(things.collect(), choice.every, shown.clone())
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
/// What the field of a request is called that names its action.
const ACTIONS: &[&str] = &["action", "actionname", "apiname", "xacsaction"];

/// What an object is given by names.
fn record(given: &Given) -> Thing {
    let entries = given.keywords.iter();
    let entries = entries.map(|(name, it)| (name.clone(), it.thing.clone()));
    Thing::map(entries.collect(), Rest::Open)
}

pub(super) fn alternatives(things: Vec<Thing>, every: bool, text: Name) -> Thing {
    let mut distinct: Vec<Thing> = Vec::new();
    for thing in things {
        if !distinct.contains(&thing) {
            distinct.push(thing);
        }
    }
    Thing::one_of(distinct, every, text)
}
