//! Values as messages show them: on one line, cut to a fitting length.

use super::{Entry, Item, Kind, function_name};

/// How long a rendered text may be, in bytes.
const LONGEST: usize = 160;

impl Item<'_> {
    /// It on one line, cut to a length fit for a message.
    pub(in crate::frontend) fn render(self) -> String {
        let mut text = String::new();
        self.render_into(&mut text);
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST));
            text.push('…');
        }
        text
    }

    /// Recursion goes no deeper than the tree is high.
    fn render_into(self, text: &mut String) {
        if text.len() > LONGEST {
            return;
        }
        if let Some(tag) = self.tag() {
            text.push_str(if tag == "Ref" { "" } else { "Fn::" });
            text.push_str(tag);
            text.push(' ');
            return self.untagged().render_into(text);
        }
        match &self.node().kind {
            Kind::Scalar(scalar, _) => render_scalar(scalar, text),
            Kind::Sequence(_) => {
                text.push('[');
                render_parts(text, self.items(), Self::render_into);
                text.push(']');
            }
            Kind::Mapping(..) => self.render_mapping(text),
            Kind::Alias(_) => {}
        }
    }

    fn render_mapping(self, text: &mut String) {
        if let Some(Entry { key, value }) = self.sole_entry()
            && function_name(key.text().unwrap_or_default()).is_some()
        {
            key.render_into(text);
            text.push(' ');
            return value.render_into(text);
        }
        text.push('{');
        render_parts(text, self.entries(), |entry, text| {
            entry.key.render_into(text);
            text.push_str(": ");
            entry.value.render_into(text);
        });
        text.push('}');
    }
}

fn render_parts<T>(
    text: &mut String,
    parts: impl Iterator<Item = T>,
    render: impl Fn(T, &mut String),
) {
    for (index, part) in parts.enumerate() {
        if text.len() > LONGEST {
            return;
        }
        text.push_str(if index == 0 { "" } else { ", " });
        render(part, text);
    }
}

/// White space in a scalar is one space.
fn render_scalar(scalar: &str, text: &mut String) {
    for (index, word) in scalar.split_whitespace().enumerate() {
        if text.len() > LONGEST {
            return;
        }
        text.push_str(if index == 0 { "" } else { " " });
        text.push_str(word);
    }
}
