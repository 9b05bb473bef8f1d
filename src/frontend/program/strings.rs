//! Texts that a program puts together.

use super::calls::Call;
use super::machine::Machine;
use super::thing::{List, Map, Piece, Rest, Text, Thing};

impl Machine<'_> {
    /// A list whose items a method joins to a text, with what it is given between
    /// them.
    pub(super) fn joined_list(&self, call: &Call<'_>, list: &List, default: &str) -> Thing {
        let between = call.given.positional.first().map(|it| it.thing.clone());
        let between = between.unwrap_or_else(|| Thing::known(default, call.at.clone()));
        let mut pieces = Vec::new();
        for (index, item) in list.items.iter().enumerate() {
            if index > 0 {
                pieces.extend(self.pieces(&between, &call.at));
            }
            pieces.extend(self.pieces(item, &call.at));
        }
        if list.rest != Rest::Closed {
            pieces.extend(self.pieces(&between, &call.at));
            pieces.push(self.rest_of(call, list.rest));
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
            [Piece::Hole { text, tainted: true, .. }] => Thing::tainted(text.clone()),
            [Piece::Hole { text, .. }] => Thing::unknown(text.clone()),
            _ => Thing::text(word, shown.clone()),
        });
        Thing::list(words.collect(), Rest::Closed)
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
        Some(self.query_of(call, map))
    }

    /// The parameters of a call of the API, which some function makes the query of
    /// a URL of; none if it is given no such, or makes something else.
    pub(super) fn query_by(&self, call: &Call<'_>, made: &Thing) -> Option<Thing> {
        const OTHERS: &[&str] = &["sign", "hash", "hmac", "digest", "encrypt"];
        let name = call.name.to_ascii_lowercase();
        let is_text = made.alternatives().iter().all(|thing| match thing {
            Thing::Unknown(_) | Thing::Absent => true,
            Thing::Text(text) => text.whole.as_deref().is_none_or(str::is_empty),
            _ => false,
        });
        if !is_text || OTHERS.iter().any(|word| name.contains(word)) {
            return None;
        }
        let map = call.given.positional.iter().find_map(|argument| match &argument.thing {
            Thing::Map(map) => Some(map),
            _ => None,
        })?;
        let names = |key: &str| map.entries.iter().any(|(name, _)| **name == *key);
        (names("Action") && names("Version")).then(|| self.query_of(call, map))
    }

    fn query_of(&self, call: &Call<'_>, map: &Map) -> Thing {
        let known = |text: String| Piece::Known {
            text: text.into(),
            range: call.at.clone(),
            verbatim: false,
        };
        let mut pieces = Vec::new();
        for (name, value) in &map.entries {
            let start = if pieces.is_empty() { "" } else { "&" };
            pieces.push(known(format!("{start}{name}=")));
            pieces.extend(self.pieces(value, &call.at));
        }
        if map.rest != Rest::Closed {
            pieces.push(known("&".to_owned()));
            pieces.push(self.rest_of(call, map.rest));
        }
        Thing::text(pieces, self.shown(&call.at))
    }

    /// What cannot be told of a list or a map.
    fn rest_of(&self, call: &Call<'_>, rest: Rest) -> Piece {
        let tainted = rest == Rest::Tainted;
        Piece::Hole { text: self.shown(&call.at), range: call.at.clone(), tainted }
    }

    /// A text with the other arguments in the place of its verbs.
    pub(super) fn formatted(&self, call: &Call<'_>) -> Thing {
        let Some((format, values)) = call.given.positional.split_first() else {
            return Thing::unknown(self.shown(&call.at));
        };
        let Some(text) = format.thing.as_text() else {
            return Thing::derived(self.shown(&call.at), call.given.all().map(|it| &it.thing));
        };
        let mut pieces = Vec::new();
        let mut values = values.iter();
        let known = |text: &str| Piece::Known {
            text: text.into(),
            range: format.at.clone(),
            verbatim: false,
        };
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            pieces.push(known(&rest[..at]));
            let after = &rest[at + 1..];
            let end = after.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
            let Some(end) = end else { break };
            if after[end..].starts_with('%') {
                pieces.push(known("%"));
            } else if let Some(value) = values.next() {
                pieces.extend(self.pieces(&value.thing, &value.at));
            }
            rest = &after[end + 1..];
        }
        pieces.push(known(rest));
        Thing::text(pieces, self.shown(&call.at))
    }
}
