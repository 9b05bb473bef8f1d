//! Quotes of shell scripts: whether a variable that is put in would count.

/// How a place in a shell script is quoted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Quoted {
    #[default]
    No,
    Single,
    Double,
    Comment,
}

/// How far quotes have been read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quotes {
    /// How the place that has been reached is quoted.
    pub(super) now: Quoted,
    escaped: bool,
    before: Option<char>,
}

impl Quotes {
    /// Goes on over a text.
    pub(super) fn read(&mut self, text: &str) {
        for letter in text.chars() {
            self.step(letter);
            self.before = Some(letter);
        }
    }

    fn step(&mut self, letter: char) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        let starts_word = self.before.is_none_or(char::is_whitespace);
        self.now = match (self.now, letter) {
            (Quoted::Single, '\'') | (Quoted::Double, '"') | (Quoted::Comment, '\n') => Quoted::No,
            (Quoted::No, '\'') => Quoted::Single,
            (Quoted::No, '"') => Quoted::Double,
            (Quoted::No, '#') if starts_word => Quoted::Comment,
            (now, _) => now,
        };
        self.escaped = letter == '\\' && matches!(self.now, Quoted::No | Quoted::Double);
    }
}
