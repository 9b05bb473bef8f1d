//! Strings: literals, interpolations and directives put together.

use super::super::datum::{Datum, MAX_TEXT, Origin};
use super::super::scope::Scope;
use super::super::tree::{Directive, Form, Marked, Part, Place, Template};
use super::Evaluator;
use super::repeat::{bound, entries};

/// What has been put together of a string.
#[derive(Default)]
struct Written {
    text: String,
    unknown: Vec<Datum>,
}

/// Parts of a string that are still to be put together.
type Parts<'t> = &'t [Part];

impl<'p> Evaluator<'p> {
    /// The value of a string.
    pub(super) fn template(
        &self,
        template: &'p Template,
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        if let Some(only) = template.sole() {
            return self.evaluate(only, scope);
        }
        let mut written = Written::default();
        let is_heredoc = template.form == Form::Heredoc;
        self.write(&template.parts, is_heredoc, scope, &mut written);
        if !written.unknown.is_empty() {
            return self.made_of(place, &written.unknown);
        }
        // A line break between quotes means that the quote before it is not closed.
        let breaks = |part: &Part| matches!(part, Part::Verbatim(place) if self.project.sources.text(*place).contains('\n'));
        if template.form == Form::Quoted && template.parts.iter().any(breaks) {
            return self.unknown(place, Origin::Outside);
        }
        Datum::text(written.text)
    }

    /// Writes parts up to the directive that ends them, and gives what is left.
    fn write<'t>(
        &self,
        parts: Parts<'t>,
        is_heredoc: bool,
        scope: Scope<'_, 'p>,
        written: &mut Written,
    ) -> Parts<'t>
    where
        't: 'p,
    {
        let mut rest = parts;
        let mut trims = false;
        while let Some((part, others)) = rest.split_first() {
            if written.text.len() > MAX_TEXT || !self.charge(1) {
                written.unknown.push(Datum::unknown("", Origin::Outside));
                return &[];
            }
            match part {
                Part::Verbatim(_) | Part::Escape(..) => {
                    rest = self.write_literal(rest, is_heredoc, trims, written);
                    trims = false;
                    continue;
                }
                Part::Interpolation(marked) => {
                    trims = marked.trims_after;
                    let value = self.evaluate(&marked.inner, scope);
                    match value.as_text() {
                        Some(text) => written.text.push_str(&text),
                        None if matches!(value, Datum::Null | Datum::List(_) | Datum::Map(_)) => {
                            written.unknown.push(self.failed(marked.place, value.origin()));
                        }
                        None => written.unknown.push(value),
                    }
                }
                Part::Directive(Marked { inner: Directive::Else | Directive::End, .. }) => {
                    return rest;
                }
                Part::Directive(marked) => {
                    rest = self.directive(marked, others, is_heredoc, scope, written);
                    trims = matches!(rest.split_first(), Some((Part::Directive(end), _)) if end.trims_after);
                    rest = rest.get(1..).unwrap_or_default();
                    continue;
                }
            }
            rest = others;
        }
        rest
    }

    /// Writes literal text up to the next thing that is none. Markers at both
    /// ends take white space away, in a heredoc that of one line.
    fn write_literal<'t>(
        &self,
        parts: Parts<'t>,
        is_heredoc: bool,
        trims_before: bool,
        written: &mut Written,
    ) -> Parts<'t> {
        let mut text = String::new();
        let mut rest = parts;
        while let Some((part, others)) = rest.split_first() {
            match part {
                Part::Verbatim(place) => text.push_str(self.project.sources.text(*place)),
                Part::Escape(decoded, _) => text.push_str(decoded),
                Part::Interpolation(_) | Part::Directive(_) => break,
            }
            rest = others;
        }
        let trims_after = match rest.first() {
            Some(Part::Interpolation(next)) => next.trims_before,
            Some(Part::Directive(next)) => next.trims_before,
            _ => false,
        };
        let mut kept = text.as_str();
        if trims_before {
            let end = if is_heredoc {
                kept.find('\n').map_or(kept.len(), |at| at + 1)
            } else {
                kept.len()
            };
            let gone = end - kept[..end].trim_start().len();
            kept = &kept[gone..];
        }
        if trims_after {
            let start = if is_heredoc { kept.rfind('\n').map_or(0, |at| at + 1) } else { 0 };
            kept = &kept[..start + kept[start..].trim_end().len()];
        }
        written.text.push_str(kept);
        rest
    }

    /// Writes what a directive encloses, and gives the parts from its end on.
    fn directive<'t>(
        &self,
        marked: &'t Marked<Directive>,
        body: Parts<'t>,
        is_heredoc: bool,
        scope: Scope<'_, 'p>,
        written: &mut Written,
    ) -> Parts<'t>
    where
        't: 'p,
    {
        // What a directive at its start takes away, its own body begins without.
        let write = |parts: Parts<'t>, trims: bool, scope: Scope<'_, 'p>, written: &mut Written| {
            let rest =
                if trims { self.write_literal(parts, is_heredoc, true, written) } else { parts };
            self.write(rest, is_heredoc, scope, written)
        };
        let trims = marked.trims_after
            && matches!(body.first(), Some(Part::Verbatim(_) | Part::Escape(..)));
        let (other, end) = bounds(body);
        match &marked.inner {
            Directive::If(condition) => {
                let condition = self.evaluate(condition, scope);
                match condition.as_bool() {
                    Some(true) => drop(write(body, trims, scope, written)),
                    Some(false) => {
                        if let Some(other) = other {
                            let trims =
                                matches!(&body[other], Part::Directive(it) if it.trims_after);
                            write(&body[other + 1..], trims, scope, written);
                        }
                    }
                    None => written.unknown.push(condition),
                }
            }
            Directive::For(names, over) => {
                let over = self.evaluate(over, scope);
                match entries(&over) {
                    Some(entries) => {
                        for (key, value) in entries {
                            bound(names, key, value, scope, &mut |scope| {
                                write(body, trims, scope, written);
                            });
                        }
                    }
                    None => written.unknown.push(over),
                }
            }
            Directive::Else | Directive::End => {}
        }
        body.get(end..).unwrap_or_default()
    }
}

/// Where the `else` and the end of what a directive encloses stand.
fn bounds(body: Parts<'_>) -> (Option<usize>, usize) {
    let mut depth = 0_usize;
    let mut other = None;
    for (place, part) in body.iter().enumerate() {
        let Part::Directive(marked) = part else { continue };
        match marked.inner {
            Directive::If(_) | Directive::For(..) => depth += 1,
            Directive::Else if depth == 0 => other = Some(place),
            Directive::End if depth == 0 => return (other, place),
            Directive::End => depth -= 1,
            Directive::Else => {}
        }
    }
    (other, body.len())
}
