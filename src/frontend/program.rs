//! What front ends of programming languages share.

pub(super) mod argv;
pub(super) mod given;
pub(super) mod hints;
pub(super) mod joining;
pub(super) mod literal;
pub(super) mod nodes;
pub(super) mod request;
pub(super) mod script;
pub(super) mod state;
pub(super) mod thing;

/// Text on one line, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    const MOST: usize = 1000;
    let mut line = String::new();
    for word in text[..text.floor_char_boundary(MOST)].split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST {
            line.truncate(line.floor_char_boundary(LONGEST));
            line.push('…');
            break;
        }
    }
    line
}
