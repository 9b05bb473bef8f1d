//! Expressions made of several values: sums, lists, maps, choices between
//! values, comprehensions.

use std::ops::Range;

use super::code::{Each, Expression, Value};
use super::joining::join;
use super::locks::lock_choice;
use super::machine::Machine;
use super::sequences::{is_long, openness, spread, sum};
use super::thing::{Map, Name, Rest, Thing};
use crate::procedure::{Arm, Node, Repetition};

impl<'c> Machine<'c> {
    pub(super) fn joined(&mut self, items: &'c [Expression], at: &Range<usize>) -> Thing {
        let shown = self.shown(at);
        let mut things: Vec<Thing> = Vec::with_capacity(items.len());
        for item in items {
            let thing = self.eval(item);
            let query = things.last().and_then(|before| self.query_behind(before, &thing, item));
            things.push(query.unwrap_or(thing));
        }
        if let Some(texts) = self.chosen_text(items, &things, at) {
            return texts;
        }
        let mut whole: Option<Thing> = None;
        for (item, thing) in items.iter().zip(things) {
            whole = Some(match whole {
                None => thing,
                Some(before) => sum(&before, &thing, shown.clone())
                    .unwrap_or_else(|| self.joined_text(&before, &thing, &item.at, &shown)),
            });
        }
        whole.unwrap_or(Thing::Absent)
    }

    /// `address + "?" + sign(params)`: whatever is made of the parameters, behind the
    /// mark it is their query.
    fn query_behind(&self, before: &Thing, made: &Thing, item: &Expression) -> Option<Thing> {
        let Thing::Text(text) = before else { return None };
        let ends = text.pieces.last()?.known()?.ends_with('?');
        if ends { self.query_made(made, item) } else { None }
    }

    /// The query that a function makes of the parameters it is given.
    pub(super) fn query_made(&self, made: &Thing, item: &Expression) -> Option<Thing> {
        if let Thing::Map(map) = made {
            return is_call(map).then(|| self.query_of(&item.at, map));
        }
        let Value::Call(_, arguments) = &item.value else { return None };
        if !matches!(made, Thing::Unknown(_) | Thing::Absent) {
            return None;
        }
        let maps = arguments.iter().filter_map(|argument| match &argument.value.value {
            Value::Name(name) => self.known_map(name),
            _ => None,
        });
        maps.into_iter().next().map(|map| self.query_of(&item.at, &map))
    }

    /// A variable that is a map of the parameters of a call.
    fn known_map(&self, name: &str) -> Option<std::rc::Rc<Map>> {
        let frame = self.holder(name)?;
        let Thing::Map(map) = self.state.frames()[frame].vars.get(name)? else { return None };
        is_call(map).then(|| map.clone())
    }

    /// A text and something that is neither a text nor unknown, or the other way
    /// round.
    fn joined_text(&self, left: &Thing, right: &Thing, at: &Range<usize>, shown: &Name) -> Thing {
        match (left, right) {
            (Thing::Text(text), _) if !is_long(text) => {
                let added = self.pieces(right, at, at);
                Thing::text(text.pieces.iter().cloned().chain(added).collect(), shown.clone())
            }
            _ => Thing::derived(shown.clone(), [left, right]),
        }
    }

    pub(super) fn list(&mut self, items: &'c [Expression]) -> Thing {
        let mut things = Vec::new();
        let mut rest = Rest::Closed;
        for item in items {
            let thing = self.eval(item);
            match &item.value {
                Value::Spread(_) => rest = rest.max(spread(Some(&thing), &mut things)),
                _ => things.push(thing),
            }
        }
        Thing::list(things, rest)
    }

    pub(super) fn map(&mut self, entries: &'c [(Expression, Expression)]) -> Thing {
        let mut given = Vec::new();
        let mut rest = Rest::Closed;
        let mut handlers = Vec::new();
        for (key, value) in entries {
            let spreads = matches!(key.value, Value::Nothing);
            let key = self.eval(key);
            let is_handler = matches!(value.value, Value::Lambda(_));
            let (value, body) = self.apart(|machine| machine.eval(value));
            if is_handler && !body.is_empty() {
                handlers.push(Arm { condition: key.as_text().map(str::to_owned), body });
            } else {
                self.out.extend(body);
            }
            match (&value, key.as_text()) {
                (Thing::Map(map), _) if spreads => {
                    given.extend(map.entries.iter().cloned());
                    rest = rest.max(map.rest);
                }
                (_, Some(key)) => given.push((Name::from(key), value)),
                (_, None) if spreads => rest = rest.max(openness(Some(&value))),
                (_, None) => rest = rest.max(openness(Some(&key))),
            }
        }
        // Of several functions in a table one is chosen, whatever their order.
        match handlers.len() {
            0 | 1 => self.out.extend(handlers.into_iter().flat_map(|arm| arm.body)),
            _ => self.out.push(Node::Branch(handlers)),
        }
        Thing::map(given, rest)
    }

    pub(super) fn conditional(
        &mut self,
        condition: &'c Expression,
        items: &'c [Expression],
        at: &Range<usize>,
    ) -> Thing {
        let decides = self.eval(condition);
        let mut arms = Vec::new();
        let mut things = Vec::new();
        for item in items {
            let (thing, body) = self.apart(|machine| machine.eval(item));
            let condition = arms.is_empty().then(|| self.shown(&condition.at).to_string());
            arms.push(Arm { condition, body });
            things.push(thing);
        }
        // Where the last does nothing, so would none.
        arms.pop_if(|arm| arm.body.is_empty());
        if arms.iter().any(|arm| !arm.body.is_empty()) {
            self.out.push(Node::Branch(arms));
        }
        let thing = self.one_of(things.clone(), at);
        lock_choice(&decides, &things, thing)
    }

    /// `a or b or c`, from the left: each but the first is only reached possibly.
    pub(super) fn either(&mut self, items: &'c [Expression], at: &Range<usize>) -> Thing {
        let mut things = Vec::new();
        let mut before = at.start;
        let mut is_and = false;
        for item in items {
            let (thing, body) = self.apart(|machine| machine.eval(item));
            if things.is_empty() {
                self.out.extend(body);
            } else if !body.is_empty() {
                let condition = Some(self.shown(&(at.start..before.max(at.start))).to_string());
                self.out.push(Node::Branch(vec![Arm { condition, body }]));
            }
            let between = self.source.text.get(before..item.at.start).unwrap_or_default();
            is_and |= between.contains("and") || between.contains("&&");
            before = item.at.end;
            things.push(thing);
        }
        let thing = self.one_of(things, at);
        match thing.told() {
            // Of several, one may decide what the others would.
            Some(told) if told.is_one_sided() && told.if_locked != is_and => thing.telling(None),
            _ => thing,
        }
    }

    fn one_of(&self, things: Vec<Thing>, at: &Range<usize>) -> Thing {
        let shown = self.shown(at);
        let joined = things.into_iter().reduce(join);
        joined.unwrap_or(Thing::Absent).named(&shown)
    }

    /// A comprehension: a loop, with what it makes for an item.
    pub(super) fn comprehension(&mut self, each: &'c Each, at: &Range<usize>) -> Thing {
        if let Some(texts) = self.written_out(each) {
            return texts;
        }
        let mark = self.state.mark();
        let mut inside = Vec::new();
        let mut tainted = false;
        let mut lock = None;
        for (number, (variable, over)) in each.clauses.iter().enumerate() {
            let (thing, nodes) = self.apart(|machine| machine.eval(over));
            if let Some(variable) = variable {
                tainted |= thing.is_tainted();
                let item = self.item(&thing, self.shown(&variable.at));
                self.give(variable, item, true, None);
            } else {
                lock = lock.or_else(|| thing.told());
            }
            if number == 0 { self.out.extend(nodes) } else { inside.extend(nodes) }
        }
        let (item, nodes) = self.apart(|machine| machine.eval(&each.item));
        inside.extend(nodes);
        if !inside.is_empty() {
            let condition = self.shown(&each.head).to_string();
            let repetition =
                Repetition { condition, conditional: false, body: inside, ..Repetition::default() };
            self.out.push(Node::Loop(repetition));
        }
        let _ = self.state.take_back(mark);
        let lock = lock.or_else(|| item.told());
        let rest = if tainted { Rest::Tainted } else { Rest::Open };
        match item {
            Thing::Request(_) | Thing::Client(_) if each.is_list => Thing::list(vec![item], rest),
            _ if tainted => Thing::tainted(self.shown(at)).telling(lock),
            _ => Thing::unknown(self.shown(at)).telling(lock),
        }
    }
}

/// Whether a map has the parameters of a call of the API.
fn is_call(map: &Map) -> bool {
    let names = |key: &str| map.entries.iter().any(|(name, _)| **name == *key);
    names("Action") && names("Version")
}
