//! Texts that a program puts together.

use std::ops::Range;

use super::calls::Call;
use super::code::Expression;
use super::expressions::alternatives;
use super::given::{Argument, Given};
use super::machine::Machine;
use super::sequences::sum;
use super::thing::{List, Map, Name, Piece, Rest, Text, Thing, Unknown};

/// How the places in a text are written that values take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Places {
    /// `%s`
    Percent,
    /// `{}`, `{0}`, `{name}`
    Braces,
}

impl<'c> Machine<'c> {
    /// A list whose items a method joins to a text, with what it is given between
    /// them.
    pub(super) fn joined_list(&self, call: &Call<'_>, list: &List, default: &str) -> Thing {
        let between = call.given.positional.first().map(|it| it.thing.clone());
        let between = between.unwrap_or_else(|| Thing::known(default, call.at.clone()));
        let mut pieces = Vec::new();
        for (index, item) in list.items.iter().enumerate() {
            if index > 0 {
                pieces.extend(self.pieces(&between, &call.at, &call.at));
            }
            pieces.extend(self.pieces(item, &call.at, &call.at));
        }
        if list.rest != Rest::Closed {
            pieces.extend(self.pieces(&between, &call.at, &call.at));
            pieces.push(self.rest_of(&call.at, list.rest));
        }
        Thing::text(pieces, self.shown(&call.at))
    }

    /// A text that is split at what a method is given: its words. Only blanks are
    /// worth splitting at.
    pub(super) fn split(&self, call: &Call<'_>, text: &Text) -> Thing {
        let at = call.given.positional.first().and_then(|it| it.thing.as_text());
        if at.is_none_or(|at| !at.trim().is_empty() || at.is_empty()) {
            return Thing::unknown(self.shown(&call.at));
        }
        let mut words: Vec<Vec<Piece>> = vec![Vec::new()];
        for piece in &text.pieces {
            let Piece::Known { text, range, .. } = piece else {
                words.last_mut().into_iter().for_each(|word| word.push(piece.clone()));
                continue;
            };
            for (index, part) in text.split_whitespace().enumerate() {
                if index > 0 || text.starts_with(char::is_whitespace) {
                    words.push(Vec::new());
                }
                let part =
                    Piece::Known { text: part.into(), range: range.clone(), verbatim: false };
                words.last_mut().into_iter().for_each(|word| word.push(part.clone()));
            }
            if text.ends_with(char::is_whitespace) {
                words.push(Vec::new());
            }
        }
        words.retain(|word| !word.is_empty());
        let shown = self.shown(&call.at);
        let words = words.into_iter().map(|word| match word.as_slice() {
            [Piece::Hole { text, tainted, origin, .. }] => Thing::Unknown(Unknown {
                text: text.clone(),
                tainted: *tainted,
                origin: origin.clone(),
            }),
            _ => Thing::text(word, shown.clone()),
        });
        Thing::list(words.collect(), Rest::Closed)
    }

    /// `query[1:]`: a query without the mark that it starts with.
    pub(super) fn after_mark(text: &Text) -> Option<Thing> {
        let (first, rest) = text.pieces.split_first()?;
        let Piece::Known { text: known, range, .. } = first else { return None };
        let known = known.strip_prefix(['&', '?'])?;
        let first = Piece::Known { text: known.into(), range: range.clone(), verbatim: false };
        let pieces = std::iter::once(first).chain(rest.iter().cloned()).collect();
        Some(Thing::text(pieces, text.shown.clone()))
    }

    /// Maps made one.
    pub(super) fn merged(call: &Call<'_>) -> Thing {
        let mut entries = Vec::new();
        let mut rest = Rest::Closed;
        for argument in &call.given.positional {
            match &argument.thing {
                Thing::Map(map) => {
                    entries.extend(map.entries.iter().cloned());
                    rest = rest.max(map.rest);
                }
                other if other.is_tainted() => rest = Rest::Tainted,
                _ => rest = rest.max(Rest::Open),
            }
        }
        Thing::map(entries, rest)
    }

    /// A map as the query of a URL; none if the call is given no map.
    pub(super) fn query(&self, call: &Call<'_>) -> Option<Thing> {
        let first = call.given.positional.first().map(|it| &it.thing);
        let first = first.or(call.object.as_ref().map(|(object, _)| object))?;
        let Thing::Map(map) = first else { return None };
        Some(self.query_of(&call.at, map))
    }

    /// The parameters of a call of the API, which some function makes the query of
    /// a URL of; none if it is given no such, or makes something else.
    pub(super) fn query_by(&self, call: &Call<'_>, made: &Thing) -> Option<Thing> {
        const OTHERS: &[&str] = &["sign", "hash", "hmac", "digest", "encrypt"];
        const ADDRESSES: &[&str] = &["url", "uri", "query"];
        let name = call.name.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let is_text = made.alternatives().iter().all(|thing| match thing {
            Thing::Unknown(_) | Thing::Absent => true,
            Thing::Text(text) => {
                text.whole.as_deref().is_none_or(str::is_empty)
                    && !text.pieces.iter().any(|it| it.known().is_some_and(names_action))
            }
            // What is taken to be the same map with a signature.
            Thing::Map(_) => has(OTHERS) && has(ADDRESSES),
            _ => false,
        });
        if !is_text || has(OTHERS) && !has(ADDRESSES) {
            return None;
        }
        let map = call.given.positional.iter().find_map(|argument| match &argument.thing {
            Thing::Map(map) => Some(map),
            _ => None,
        })?;
        let names = |key: &str| map.entries.iter().any(|(name, _)| **name == *key);
        let query = (names("Action") && names("Version")).then(|| self.query_of(&call.at, map))?;
        // What signs an address gives it back from its path on.
        let path = has(OTHERS).then(|| Thing::known("/?", call.at.clone()));
        path.and_then(|path| sum(&path, &query, self.shown(&call.at))).or(Some(query))
    }

    /// A map as a query: one for each action that it may name.
    pub(super) fn query_of(&self, at: &Range<usize>, map: &Map) -> Thing {
        let action = map.entries.iter().find(|(name, _)| &**name == "Action");
        let Some((_, Thing::OneOf(choice))) = action else {
            return self.query_with(at, map, None);
        };
        let queries = choice.things.iter().map(|action| self.query_with(at, map, Some(action)));
        alternatives(queries.collect(), choice.every, choice.text.clone())
    }

    fn query_with(&self, at: &Range<usize>, map: &Map, action: Option<&Thing>) -> Thing {
        let known =
            |text: String| Piece::Known { text: text.into(), range: at.clone(), verbatim: false };
        let mut pieces = Vec::new();
        for (name, value) in &map.entries {
            let start = if pieces.is_empty() { "" } else { "&" };
            pieces.push(known(format!("{start}{name}=")));
            let value = action.filter(|_| &**name == "Action").unwrap_or(value);
            pieces.extend(self.pieces(super::literal::only(value), at, at));
        }
        if map.rest != Rest::Closed {
            pieces.push(known("&".to_owned()));
            pieces.push(self.rest_of(at, map.rest));
        }
        Thing::text(pieces, self.shown(at))
    }

    /// What cannot be told of a list or a map.
    fn rest_of(&self, at: &Range<usize>, rest: Rest) -> Piece {
        let tainted = rest == Rest::Tainted;
        Piece::Hole { text: self.shown(at), range: at.clone(), tainted, origin: None }
    }

    /// A text with the other arguments in the place of its verbs.
    pub(super) fn formatted(&self, call: &Call<'_>) -> Thing {
        let shown = self.shown(&call.at);
        let Some((format, values)) = call.given.positional.split_first() else {
            return Thing::unknown(shown);
        };
        let Thing::Text(text) = &format.thing else {
            return Thing::derived(shown, call.given.all().map(|it| &it.thing));
        };
        let mut given = Given { positional: values.to_vec(), ..call.given.clone() };
        // `"%s/?%s"`: what is made of the parameters is their query.
        if text.whole.as_deref().is_some_and(|it| it.contains("?%")) {
            let written = call.arguments.iter().skip(1);
            for (argument, written) in given.positional.iter_mut().zip(written) {
                let query = self.query_made(&argument.thing, &written.value);
                argument.thing = query.unwrap_or_else(|| argument.thing.clone());
            }
        }
        self.filled(text, Places::Percent, &given, shown)
    }

    /// `template % values`, `template % value`.
    pub(super) fn percent(
        &mut self,
        template: &'c Expression,
        values: &'c Expression,
        at: &Range<usize>,
    ) -> Thing {
        let shown = self.shown(at);
        let template = self.eval(template);
        let thing = self.eval(values);
        let Thing::Text(text) = &template else {
            return Thing::derived(shown, [&template, &thing]);
        };
        let argument = |thing: &Thing| Argument { thing: thing.clone(), at: values.at.clone() };
        let given = match &thing {
            Thing::List(list) => {
                Given { positional: list.items.iter().map(argument).collect(), ..Given::default() }
            }
            Thing::Map(map) => {
                let entries = map.entries.iter().map(|(name, it)| (name.clone(), argument(it)));
                Given { keywords: entries.collect(), ..Given::default() }
            }
            other => Given { positional: vec![argument(other)], ..Given::default() },
        };
        self.filled(text, Places::Percent, &given, shown)
    }

    /// A text with values in its places.
    pub(super) fn filled(&self, text: &Text, places: Places, given: &Given, shown: Name) -> Thing {
        let mut next = 0;
        let mut pieces = Vec::new();
        for piece in &text.pieces {
            let Piece::Known { text, .. } = piece else {
                pieces.push(piece.clone());
                continue;
            };
            let mut done = 0;
            while let Some(place) = place(text, done, places) {
                pieces.extend(part(piece, done..place.at.start));
                done = place.at.end;
                let argument = match place.key {
                    Key::Literal => {
                        pieces.extend(part(piece, done - 1..done));
                        continue;
                    }
                    Key::Next => {
                        next += 1;
                        given.positional.get(next - 1)
                    }
                    Key::Index(index) => given.positional.get(index),
                    Key::Name(name) => given.keyword(name),
                };
                let at = at(piece, &place.at);
                let Some(given) = argument else {
                    let text = shown.clone();
                    pieces.push(Piece::Hole { text, range: at, tainted: false, origin: None });
                    continue;
                };
                pieces.extend(self.pieces(&given.thing, &at, &given.at));
            }
            pieces.extend(part(piece, done..text.len()));
        }
        Thing::text(pieces, shown)
    }
}

/// Where a part of a piece stands.
/// Whether a text has the action of a call in it.
fn names_action(text: &str) -> bool {
    text.contains("Action=")
}

fn at(piece: &Piece, part: &Range<usize>) -> Range<usize> {
    match piece {
        Piece::Known { range, verbatim: true, .. } => {
            range.start + part.start..range.start + part.end
        }
        Piece::Known { range, .. } | Piece::Hole { range, .. } => range.clone(),
    }
}

/// A part of known text, if there is anything in it.
fn part(piece: &Piece, part: Range<usize>) -> Option<Piece> {
    let Piece::Known { text, verbatim, .. } = piece else { return None };
    let range = at(piece, &part);
    let text = text.get(part).filter(|text| !text.is_empty())?;
    Some(Piece::Known { text: text.into(), range, verbatim: *verbatim })
}

/// A place in a text.
struct Place<'t> {
    at: Range<usize>,
    key: Key<'t>,
}

/// What a place takes.
enum Key<'t> {
    Next,
    Index(usize),
    Name(&'t str),
    /// Its own last letter.
    Literal,
}

/// The first place from `start` on.
fn place(text: &str, start: usize, places: Places) -> Option<Place<'_>> {
    match places {
        Places::Percent => percent_place(text, start),
        Places::Braces => braces_place(text, start),
    }
}

fn percent_place(text: &str, start: usize) -> Option<Place<'_>> {
    let at = start + text[start..].find('%')?;
    let rest = &text[at + 1..];
    let named = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (name, verb) = named.map_or((None, rest), |(name, rest)| (Some(name), rest));
    let skipped = rest.len() - verb.len();
    let end = verb.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%')?;
    let key = match (name, verb[end..].starts_with('%')) {
        (_, true) => Key::Literal,
        (Some(name), _) => Key::Name(name),
        (None, _) => Key::Next,
    };
    Some(Place { at: at..at + 1 + skipped + end + 1, key })
}

fn braces_place(text: &str, start: usize) -> Option<Place<'_>> {
    let at = start + text[start..].find(['{', '}'])?;
    let rest = &text[at + 1..];
    if rest.starts_with(['{', '}']) && !text[at..].starts_with("{}") {
        return Some(Place { at: at..at + 2, key: Key::Literal });
    }
    if text[at..].starts_with('}') {
        return Some(Place { at: at..at + 1, key: Key::Literal });
    }
    let end = rest.find('}')?;
    let key = rest[..end].split([':', '!', '.', '[']).next().unwrap_or_default().trim();
    let key = match key.parse() {
        Ok(index) => Key::Index(index),
        Err(_) if key.is_empty() => Key::Next,
        Err(_) => Key::Name(key),
    };
    Some(Place { at: at..at + 1 + end + 1, key })
}
