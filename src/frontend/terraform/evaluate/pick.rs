//! Picks from a value: attributes, indices and splats.

use std::rc::Rc;

use super::super::datum::{Datum, List, Map, Origin};
use super::super::scope::Scope;
use super::super::tree::{Expression, Place, Step};
use super::Evaluator;

/// What one pick gives.
enum Picked {
    /// A value.
    One(Datum),
    /// One of several, and this is the first: which cannot be told.
    Any(Datum),
}

impl<'p> Evaluator<'p> {
    /// What picks from a value give.
    pub(super) fn pick(
        &self,
        from: &Datum,
        steps: &'p [Step],
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let mut datum = from.clone();
        let mut is_certain = true;
        for (number, step) in steps.iter().enumerate() {
            if datum.has_failed() {
                return datum;
            }
            let picked = match step {
                Step::Attribute(name) => Picked::One(self.named(&datum, name, place)),
                Step::Index(index) => self.indexed(&datum, index, place, scope),
                Step::Splat { full } => {
                    return self.splat(&datum, &steps[number + 1..], *full, place, scope);
                }
                Step::Broken => Picked::One(self.unknown(place, datum.origin())),
            };
            datum = match picked {
                Picked::One(datum) => datum,
                Picked::Any(first) => {
                    is_certain = false;
                    first
                }
            };
        }
        if is_certain { datum } else { self.unknown(place, datum.origin().of_any()) }
    }

    fn named(&self, datum: &Datum, name: &Rc<str>, place: Place) -> Datum {
        match datum {
            Datum::Map(map) => self.entry(map, name, place),
            Datum::Resource(resource) => self.attribute(resource, name),
            Datum::Module(instance) => {
                let output = self.output(*instance, name);
                output.unwrap_or_else(|| self.unknown(place, Origin::Outside))
            }
            Datum::Each(each) => self.named(each, name, place),
            Datum::Unknown(unknown) => self.unknown(place, unknown.origin.clone()),
            _ => self.failed(place, datum.origin()),
        }
    }

    fn entry(&self, map: &Map, key: &str, place: Place) -> Datum {
        match map.get(key) {
            Some(value) => value.clone(),
            None if map.is_closed => self.failed(place, Origin::Nowhere),
            None => self.unknown(
                place,
                map.entries()
                    .iter()
                    .fold(Origin::Nowhere, |origin, (_, it)| origin.and(it.origin())),
            ),
        }
    }

    fn indexed(
        &self,
        datum: &Datum,
        index: &'p Expression,
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Picked {
        let index = self.evaluate(index, scope);
        if index.has_failed() {
            return Picked::One(index);
        }
        let is_known = index.is_known();
        Picked::One(match datum {
            Datum::List(list) if is_known => self.item(list, &index, place),
            Datum::Map(map) if is_known => match index.as_text() {
                Some(key) => self.entry(map, &key, place),
                None => self.failed(place, Origin::Nowhere),
            },
            Datum::List(list) => return self.any(list.items.iter(), place),
            Datum::Map(map) => return self.any(map.entries().iter().map(|(_, it)| it), place),
            Datum::Each(each) => (**each).clone(),
            Datum::Unknown(unknown) => self.unknown(place, unknown.origin.clone()),
            // `resource["attribute"]`
            Datum::Resource(_) | Datum::Module(_) => match &index {
                Datum::Text(name) => self.named(datum, name, place),
                _ => self.unknown(place, datum.origin()),
            },
            _ => self.failed(place, datum.origin()),
        })
    }

    fn item(&self, list: &List, index: &Datum, place: Place) -> Datum {
        let item = index.as_index().and_then(|index| list.items.get(index));
        item.cloned().unwrap_or_else(|| self.failed(place, Origin::Nowhere))
    }

    /// One of several. If they are resources or modules the first stands for all;
    /// otherwise it may be any.
    fn any<'d>(&self, mut items: impl Iterator<Item = &'d Datum> + Clone, place: Place) -> Picked {
        let origin = Origin::all(items.clone());
        match items.next() {
            Some(first @ (Datum::Resource(_) | Datum::Module(_))) => Picked::Any(first.clone()),
            Some(_) => Picked::One(self.unknown(place, origin)),
            None => Picked::One(self.failed(place, Origin::Nowhere)),
        }
    }

    /// `list[*].name`: what picks give for each item. After `.*` an index picks
    /// from what all of them give.
    fn splat(
        &self,
        datum: &Datum,
        steps: &'p [Step],
        full: bool,
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let is_attribute = |step: &Step| matches!(step, Step::Attribute(_));
        let inner = if full {
            steps.len()
        } else {
            steps.iter().take_while(|step| is_attribute(step)).count()
        };
        let (inner, outer) = steps.split_at(inner);
        let each = |item: &Datum| self.pick(item, inner, place, scope);
        let items = match datum {
            Datum::List(list) => list.items.iter().map(each).collect(),
            Datum::Null => Vec::new(),
            Datum::Unknown(unknown) => return self.unknown(place, unknown.origin.clone()),
            Datum::Each(one) => {
                return self.pick(&Datum::Each(Rc::new(each(one))), outer, place, scope);
            }
            single => vec![each(single)],
        };
        let list = self.or_unknown(place, items, Datum::list);
        self.pick(&list, outer, place, scope)
    }
}
