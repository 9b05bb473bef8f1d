//! String literals: their text, their holes, and where each piece stands.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use crate::frontend::program::thing::{Choice, Name, Piece, Thing};

impl<'t> Machine<'t, '_> {
    /// A string literal, an f-string among them.
    pub(super) fn string(&mut self, node: Syntax<'t>) -> Thing {
        let (pieces, chosen) = self.pieces(node);
        let shown = self.shown(node);
        expanded(pieces, chosen, &shown)
    }

    /// Literals one after the other.
    pub(super) fn concatenated(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let mut pieces = Vec::new();
        for part in node.named_children(&mut cursor).filter(|part| part.kind() == kind::STRING) {
            pieces.extend(self.pieces(part).0);
        }
        let shown = self.shown(node);
        Thing::text(pieces, shown)
    }

    /// The pieces of a string, and the one that is one of several texts.
    fn pieces(&mut self, string: Syntax<'t>) -> (Vec<Piece>, Option<Chosen>) {
        let mut pieces = Vec::new();
        let mut chosen = None;
        let mut cursor = string.walk();
        let mut raw = false;
        for part in string.named_children(&mut cursor) {
            match part.kind() {
                kind::STRING_START => raw = self.text(part).contains(['r', 'R']),
                kind::STRING_CONTENT => self.content(part, raw, &mut pieces),
                kind::INTERPOLATION => {
                    let at = pieces.len();
                    if let Some(choice) = self.interpolation(part, &mut pieces) {
                        chosen = chosen.or(Some(Chosen { at, choice }));
                    }
                }
                _ => {}
            }
        }
        (pieces, chosen)
    }

    fn content(&self, content: Syntax<'_>, raw: bool, pieces: &mut Vec<Piece>) {
        let mut at = content.start_byte();
        let mut cursor = content.walk();
        for escape in content.named_children(&mut cursor) {
            let decoded = match escape.kind() {
                kind::ESCAPE_SEQUENCE if !raw => unescape(self.text(escape)),
                kind::ESCAPE_INTERPOLATION => Some(self.text(escape).chars().take(1).collect()),
                _ => None,
            };
            if let Some(text) = decoded {
                self.verbatim(at..escape.start_byte(), pieces);
                let range = escape.byte_range();
                at = range.end;
                pieces.push(Piece::Known { text: text.into(), range, verbatim: false });
            }
        }
        self.verbatim(at..content.end_byte(), pieces);
    }

    fn verbatim(&self, range: std::ops::Range<usize>, pieces: &mut Vec<Piece>) {
        if !range.is_empty() {
            let text = self.source.text[range.clone()].into();
            pieces.push(Piece::Known { text, range, verbatim: true });
        }
    }

    fn interpolation(&mut self, node: Syntax<'t>, pieces: &mut Vec<Piece>) -> Option<Rc<Choice>> {
        let expression = node.child_by_field_name(field::EXPRESSION)?;
        let thing = self.eval(expression);
        let formatted = node.child_by_field_name(field::FORMAT_SPECIFIER).is_some();
        self.fill(&thing, expression, node.byte_range(), formatted, pieces);
        match thing {
            Thing::OneOf(choice) if choice.things.iter().all(|it| it.as_text().is_some()) => {
                Some(choice)
            }
            _ => None,
        }
    }

    /// Puts a value into a string, at a place of it.
    pub(super) fn fill(
        &self,
        thing: &Thing,
        expression: Syntax<'_>,
        range: std::ops::Range<usize>,
        formatted: bool,
        pieces: &mut Vec<Piece>,
    ) {
        match thing {
            Thing::Text(text) if !formatted => pieces.extend(text.pieces.iter().cloned()),
            Thing::Unknown(unknown) => {
                let (text, tainted) = (unknown.text.clone(), unknown.tainted);
                pieces.push(Piece::Hole { text, range, tainted });
            }
            other => {
                let (text, tainted) = (self.shown(expression), other.is_tainted());
                pieces.push(Piece::Hole { text, range, tainted });
            }
        }
    }

    /// `template % values` with `%s` and `%d` places.
    pub(super) fn percent(
        &self,
        template: &Thing,
        values: &Thing,
        node: Syntax<'_>,
    ) -> Option<Thing> {
        let Thing::Text(template) = template else { return None };
        let single = [values.clone()];
        let values = match values {
            Thing::List(list) => list.items.as_slice(),
            _ => &single,
        };
        self.substituted(&template.pieces, &["%s", "%d"], values, node)
    }

    /// `template.format(values)` with `{}` places.
    pub(super) fn formatted(
        &self,
        template: &[Piece],
        values: &[Thing],
        node: Syntax<'_>,
    ) -> Option<Thing> {
        self.substituted(template, &["{}"], values, node)
    }

    /// The template with the values in its places, if their numbers fit.
    fn substituted(
        &self,
        template: &[Piece],
        places: &[&str],
        values: &[Thing],
        node: Syntax<'_>,
    ) -> Option<Thing> {
        let mut values = values.iter();
        let mut pieces = Vec::new();
        for piece in template {
            let Piece::Known { text, range, verbatim } = piece else {
                pieces.push(piece.clone());
                continue;
            };
            let mut rest: &str = text;
            let mut start = range.start;
            while let Some((at, place)) =
                places.iter().filter_map(|it| Some((rest.find(it)?, *it))).min()
            {
                let end = if *verbatim { start + at } else { range.end };
                let known = Piece::Known {
                    text: rest[..at].into(),
                    range: start..end,
                    verbatim: *verbatim,
                };
                pieces.extend((at > 0).then_some(known));
                rest = &rest[at + place.len()..];
                let after = if *verbatim { end + place.len() } else { range.end };
                self.fill(values.next()?, node, end..after, false, &mut pieces);
                start = if *verbatim { after } else { range.start };
            }
            let known =
                Piece::Known { text: rest.into(), range: start..range.end, verbatim: *verbatim };
            pieces.extend((!rest.is_empty()).then_some(known));
        }
        values.next().is_none().then(|| Thing::text(pieces, self.shown(node)))
    }
}

/// A piece of a string that is one of several texts.
struct Chosen {
    at: usize,
    choice: Rc<Choice>,
}

/// A text, or one for each that a piece of it can be.
fn expanded(pieces: Vec<Piece>, chosen: Option<Chosen>, shown: &Name) -> Thing {
    let Some(Chosen { at, choice }) = chosen else { return Thing::text(pieces, shown.clone()) };
    let things = choice.things.iter().filter_map(Thing::as_text).map(|text| {
        let mut pieces = pieces.clone();
        if let Some(piece) = pieces.get_mut(at) {
            let (Piece::Hole { range, .. } | Piece::Known { range, .. }) = piece;
            *piece = Piece::Known { text: text.into(), range: range.clone(), verbatim: false };
        }
        Thing::text(pieces, shown.clone())
    });
    Thing::one_of(things.collect(), choice.every, shown.clone())
}

/// What an escape sequence stands for; nothing for one that is kept as it is.
fn unescape(escape: &str) -> Option<String> {
    let rest = escape.strip_prefix('\\')?;
    let first = rest.chars().next()?;
    let code = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    match first {
        '\n' | '\r' => Some(String::new()),
        'n' => Some("\n".into()),
        't' => Some("\t".into()),
        'r' => Some("\r".into()),
        '\\' | '\'' | '"' => Some(first.into()),
        'x' | 'u' | 'U' => code(&rest[1..], 16),
        '0'..='7' => code(rest, 8),
        'a' | 'b' | 'f' | 'v' => Some(" ".into()),
        _ => None,
    }
}
