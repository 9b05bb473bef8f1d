//! `for` expressions.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::datum::{Datum, Origin};
use super::super::scope::Scope;
use super::super::tree::{For, Place};
use super::Evaluator;

/// Keys and values that a `for` goes over; none if they cannot be told.
pub(in super::super) type Entries = Vec<(Datum, Datum)>;

/// What a turn of a `for` gives: the key of an object's entry and the value.
type Turn = (Option<Datum>, Datum);

impl<'p> Evaluator<'p> {
    /// The value of a `for` expression.
    pub(super) fn repeated(&self, repeated: &'p For, place: Place, scope: Scope<'_, 'p>) -> Datum {
        let over = self.evaluate(&repeated.over, scope);
        if over.has_failed() {
            return over;
        }
        let Some(entries) = entries(&over) else {
            return self.repeated_unknown(repeated, &over, place, scope);
        };
        let mut turns = Vec::new();
        let mut is_certain = true;
        for (key, value) in entries {
            match self.turn(repeated, key, value, scope) {
                (Some(false), _) => {}
                (included, turn) => {
                    if turn.1.has_failed() {
                        return turn.1;
                    }
                    is_certain &= included.is_some();
                    turns.push(turn);
                }
            }
        }
        let origin = Origin::all(turns.iter().map(|(_, value)| value));
        let unknown = || self.unknown(place, origin.clone());
        if !is_certain {
            return unknown();
        }
        let made = match (&repeated.key, repeated.groups) {
            (None, _) => Datum::list(turns.into_iter().map(|(_, value)| value).collect()),
            (Some(_), groups) => self.keyed_turns(repeated, turns, groups),
        };
        made.unwrap_or_else(unknown)
    }

    /// One turn, and whether its condition lets it in.
    fn turn(
        &self,
        repeated: &'p For,
        key: Datum,
        value: Datum,
        scope: Scope<'_, 'p>,
    ) -> (Option<bool>, Turn) {
        bound(&repeated.names, key, value, scope, &mut |scope| {
            let condition = repeated.condition.as_ref();
            let condition = condition.map(|condition| self.evaluate(condition, scope));
            let included = condition.as_ref().map_or(Some(true), Datum::as_bool);
            if included == Some(false) {
                return (included, (None, Datum::Null));
            }
            let key = repeated.key.as_ref().map(|key| self.evaluate(key, scope));
            (included, (key, self.evaluate(&repeated.body, scope)))
        })
    }

    fn keyed_turns(&self, repeated: &'p For, turns: Vec<Turn>, groups: bool) -> Option<Datum> {
        let mut is_closed = true;
        let mut entries: Vec<(Rc<str>, Vec<Datum>)> = Vec::new();
        let mut places: HashMap<Rc<str>, usize> = HashMap::new();
        let written = || repeated.key.as_ref().map(|key| self.written(key.place));
        for (number, (key, value)) in turns.into_iter().enumerate() {
            let key = key.and_then(|key| key.as_text()).or_else(|| {
                is_closed = false;
                Some(format!("{} {number}", written()?).into())
            })?;
            let place = *places.entry(Rc::clone(&key)).or_insert(entries.len());
            match entries.get_mut(place) {
                // Equal keys are an error.
                Some(_) if !groups => return None,
                Some((_, values)) => values.push(value),
                None => entries.push((key, vec![value])),
            }
        }
        let entry = |(key, mut values): (Rc<str>, Vec<Datum>)| {
            let value = if groups { Datum::list(values)? } else { values.pop()? };
            Some((key, value))
        };
        let entries = entries.into_iter().map(entry).collect::<Option<_>>()?;
        if is_closed { Datum::map(entries) } else { Datum::open_map(entries) }
    }

    /// A `for` over something unknown comes from what its body names.
    fn repeated_unknown(
        &self,
        repeated: &'p For,
        over: &Datum,
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let item = match over {
            Datum::Each(each) => (**each).clone(),
            Datum::List(_) | Datum::Map(_) | Datum::Unknown(_) => {
                let name = repeated.names.last().map_or("", |name| name);
                Datum::unknown(name, over.origin())
            }
            Datum::Resource(_) | Datum::Module(_) => Datum::unknown("", over.origin()),
            _ => return self.failed(place, Origin::Nowhere),
        };
        let key = Datum::unknown(repeated.names.first().map_or("", |name| name), Origin::Nowhere);
        let (_, (_, body)) = self.turn(repeated, key, item, scope);
        match repeated.key {
            None if !body.has_failed() => Datum::Each(Rc::new(body)),
            _ => self.unknown(place, body.origin()),
        }
    }
}

/// What a `for` goes over, with its keys.
pub(in super::super) fn entries(over: &Datum) -> Option<Entries> {
    match over {
        Datum::List(list) if list.is_set => {
            Some(list.items.iter().map(|item| (item.clone(), item.clone())).collect())
        }
        Datum::List(list) => {
            let items = list.items.iter().enumerate();
            Some(items.map(|(place, item)| (Datum::count(place), item.clone())).collect())
        }
        Datum::Map(map) if map.is_closed => {
            let entries = map.sorted();
            Some(entries.map(|(key, it)| (Datum::Text(Rc::clone(key)), it.clone())).collect())
        }
        _ => None,
    }
}

/// Does something where names stand for a key and a value.
pub(super) fn bound<'p, T>(
    names: &[Rc<str>],
    key: Datum,
    value: Datum,
    scope: Scope<'_, 'p>,
    work: &mut dyn FnMut(Scope<'_, 'p>) -> T,
) -> T {
    match names {
        [name] => work(scope.with(&scope.bind(name, value))),
        [key_name, name, ..] => {
            let key = scope.bind(key_name, key);
            let inner = scope.with(&key);
            work(inner.with(&inner.bind(name, value)))
        }
        [] => work(scope),
    }
}
