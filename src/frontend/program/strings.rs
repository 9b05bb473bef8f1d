//! Texts that a program puts together.

use super::calls::Call;
use super::machine::Machine;
use super::thing::{Piece, Thing};

impl Machine<'_> {
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
