//! What a text names: a class, a function or a member of something.

use std::ops::Range;
use std::rc::Rc;

use super::calls::Call;
use super::code::Expression;
use super::dialect::Means;
use super::expressions::alternatives;
use super::given::Given;
use super::joining::join;
use super::machine::Machine;
use super::request::{Kind, Request, VERSION};
use super::sequences::is_long;
use super::thing::{Name, Piece, Text, Thing, Unknown};

/// Methods, and functions, that make an object of a class that is a value.
const MAKERS: &[&str] = &["newInstance", "CreateInstance"];

impl<'c> Machine<'c> {
    /// An object of a class that was found by its name: `Class.forName(text)
    /// .newInstance()`.
    pub(super) fn made_by_text(&mut self, call: &Call<'c>) -> Option<Thing> {
        if let Some(made) = self.made_by_class(call) {
            return Some(made);
        }
        if !MAKERS.contains(&&*call.name) {
            return None;
        }
        let owner = call.object.as_ref().map(|(owner, _)| owner);
        let first = call.given.positional.first().map(|argument| &argument.thing);
        let class = owner.into_iter().chain(first).find_map(|thing| match thing {
            Thing::Text(text) => Some(Rc::clone(text)),
            _ => None,
        })?;
        let Some(whole) = &class.whole else { return self.request_by_text(&class) };
        let path = dotted(whole);
        let is_ours = self.dialect.means(&path) == Some(Means::Ecs);
        is_ours.then(|| self.construct(&call.at, &path, false, &Given::default()))
    }

    /// `classes.get(name).newInstance()`, `Request::new`: a request of one of several
    /// types.
    fn made_by_class(&mut self, call: &Call<'c>) -> Option<Thing> {
        let makes = MAKERS.contains(&&*call.name)
            || call.given.is_empty() && self.dialect.call_methods.contains(&&*call.name);
        let (owner, _) = call.object.as_ref().filter(|_| makes)?;
        let owner = owner.clone();
        let is_request = |thing: &Thing| match thing {
            Thing::Imported(path) => {
                let name = path.rsplit('.').next().unwrap_or(path);
                self.dialect.means(path) == Some(Means::Ecs)
                    && self.dialect.request(name, false, self.context.catalogue).is_some()
            }
            _ => false,
        };
        if !owner.alternatives().iter().all(is_request) {
            return None;
        }
        let mut made = Vec::new();
        for thing in owner.alternatives() {
            let Thing::Imported(path) = thing else { return None };
            made.push(self.construct(&call.at, path, false, &Given::default()));
        }
        Some(alternatives(made, false, self.shown(&call.at)))
    }

    /// A call of what a text names.
    pub(super) fn call_text(&mut self, call: &Call<'c>, text: &Text) -> Option<Thing> {
        let Some(whole) = &text.whole else { return self.request_by_text(text) };
        let path = dotted(whole);
        Some(match self.path_of(&path)? {
            Thing::Function(number, _) => self.invoke(&call.at, number, None, &call.given),
            Thing::Class(class) => self.instantiate(&call.at, class, &call.given),
            Thing::Imported(path) => self.construct(&call.at, &path, false, &call.given),
            _ => return None,
        })
    }

    /// A request whose type's name is put together around the action.
    fn request_by_text(&mut self, text: &Text) -> Option<Thing> {
        let (first, rest) = text.pieces.split_first()?;
        let path = dotted(first.known()?);
        let written = path.split_once('.').and_then(|(alias, rest)| {
            let known = self.names.get(alias)?;
            if let Thing::Imported(path) = known { Some(format!("{path}.{rest}")) } else { None }
        });
        if self.dialect.means(written.as_deref().unwrap_or(&path)) != Some(Means::Ecs) {
            return None;
        }
        let action = rest.iter().find_map(|piece| match piece {
            Piece::Hole { text, tainted, origin, .. } => Some(Thing::Unknown(Unknown {
                text: text.clone(),
                tainted: *tainted,
                origin: origin.clone(),
            })),
            Piece::Known { .. } => None,
        })?;
        let mut request = Request::new(Kind::Old, action);
        request.version = Thing::known(VERSION, 0..0);
        Some(self.state.new_request(request))
    }

    /// A member of something by the text of its name, or by one of several texts.
    pub(super) fn member_by_text(
        &mut self,
        owner: &Thing,
        key: &Thing,
        at: &Range<usize>,
    ) -> Thing {
        let unknown = Thing::derived(self.shown(at), [owner, key]);
        let texts: Option<Vec<Name>> =
            key.alternatives().iter().map(|it| it.as_text().map(Name::from)).collect();
        let Some(texts) = texts else { return unknown };
        let members: Vec<Thing> = texts.iter().map(|name| self.member(owner, name, at)).collect();
        match key {
            Thing::OneOf(choice) => alternatives(members, choice.every, choice.text.clone()),
            _ => members.into_iter().reduce(join).unwrap_or(unknown),
        }
    }

    /// Texts joined of which one is one of several.
    pub(super) fn chosen_text(
        &self,
        items: &[Expression],
        things: &[Thing],
        at: &Range<usize>,
    ) -> Option<Thing> {
        let is_choice = |thing: &Thing| matches!(thing, Thing::OneOf(_));
        let chosen = things.iter().position(is_choice)?;
        let Thing::OneOf(choice) = &things[chosen] else { return None };
        let has_others = things.iter().enumerate().any(|(at, it)| at != chosen && is_choice(it));
        let is_text = |thing: &Thing| matches!(thing, Thing::Text(_));
        // Each sum would hold all of those before it.
        let is_longer = |thing: &Thing| matches!(thing, Thing::Text(text) if is_long(text));
        let grows = things.iter().chain(&choice.things).any(is_longer);
        if has_others || grows || !choice.things.iter().all(is_text) {
            return None;
        }
        let texts = choice.things.iter().map(|alternative| {
            let pieces = items.iter().zip(things).enumerate().flat_map(|(index, (item, thing))| {
                self.pieces(if index == chosen { alternative } else { thing }, &item.at, &item.at)
            });
            Thing::text(pieces.collect(), self.shown(at))
        });
        Some(alternatives(texts.collect(), choice.every, self.shown(at)))
    }
}

/// A name as a path with dots, whatever stands between its parts.
fn dotted(text: &str) -> String {
    text.trim_start_matches('\\').replace('\\', ".")
}
