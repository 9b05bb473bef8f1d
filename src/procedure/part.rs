//! What a document says around its code: under which heading a piece of code
//! stands, at which step, and what is said right before it.

use crate::source::Span;

/// A piece of code in a document, and what the document says of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Setting {
    /// The heading that it stands under.
    pub title: Option<String>,
    /// The number of the step that it is part of: `3`, `2.1`.
    pub number: Option<String>,
    /// What is said right before it of locks, or of when to stop. It decides
    /// nothing.
    pub note: Option<String>,
    /// The cell of a notebook, from 1, and the line in it.
    pub cell: Option<(u32, u32)>,
}

/// A [`Setting`] and the code that it is about. Parts do not overlap.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// The code.
    pub span: Span,
    /// What is said of it.
    pub setting: Setting,
}

/// The part that a place is in, of parts in the order of their spans.
#[must_use]
pub fn part_at(parts: &[Part], place: Span) -> Option<&Part> {
    let key = |span: Span| (span.file, span.start);
    let before = parts.partition_point(|part| key(part.span) <= key(place));
    let part = parts.get(before.checked_sub(1)?)?;
    let inside = part.span.file == place.file && place.start < part.span.end;
    inside.then_some(part)
}
