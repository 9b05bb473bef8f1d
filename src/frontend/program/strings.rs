//! Texts that a program puts together.

use super::calls::Call;
use super::machine::Machine;
use super::thing::{List, Piece, Rest, Thing};

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

    /// A map as the query of a URL; none if the call is given no map.
    pub(super) fn query(&self, call: &Call<'_>) -> Option<Thing> {
        let first = call.given.positional.first().map(|it| &it.thing);
        let first = first.or(call.object.as_ref().map(|(object, _)| object))?;
        let Thing::Map(map) = first else { return None };
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
        Some(Thing::text(pieces, self.shown(&call.at)))
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
