//! Splits Groovy into tokens: words, texts, brackets with their partners, and
//! where statements may end. No grammar of Groovy that loads is maintained; what
//! pipelines are made of, blocks and texts, needs no more than this.

use std::ops::Range;

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// Number of the token that closes an opening one.
    pub(super) partner: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A name or a number.
    Word,
    /// A text, and how it is quoted.
    Text(Quote),
    /// `(`, `[`, `{`
    Open(u8),
    /// `)`, `]`, `}`
    Close,
    /// The end of a line, or `;`.
    Break,
    /// Anything else.
    Sign,
}

/// How a text is quoted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Quote {
    /// `'…'`
    Single,
    /// `'''…'''`
    SingleBlock,
    /// `"…"`
    Double,
    /// `"""…"""`
    DoubleBlock,
    /// `/…/`
    Slashes,
}

impl Quote {
    /// How long each of its ends is.
    pub(super) fn length(self) -> usize {
        if matches!(self, Self::SingleBlock | Self::DoubleBlock) { 3 } else { 1 }
    }

    /// Whether `$` stands for something in it.
    pub(super) fn fills(self) -> bool {
        matches!(self, Self::Double | Self::DoubleBlock | Self::Slashes)
    }
}

/// The tokens of a text.
pub(super) fn scan(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (kind, end) = match byte {
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = find(bytes, at, b"\n").unwrap_or(bytes.len());
                continue;
            }
            b'#' if at == 0 => {
                at = find(bytes, at, b"\n").unwrap_or(bytes.len());
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = find(bytes, at + 2, b"*/").map_or(bytes.len(), |end| end + 2);
                continue;
            }
            b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                at += 2;
                continue;
            }
            b'\n' | b';' => (Kind::Break, at + 1),
            b'\'' | b'"' => string(bytes, at),
            b'/' if starts_pattern(&tokens, text) => match slashes(bytes, at) {
                Some(end) => (Kind::Text(Quote::Slashes), end),
                None => (Kind::Sign, at + 1),
            },
            b'(' | b'[' | b'{' => (Kind::Open(*byte), at + 1),
            b')' | b']' | b'}' => (Kind::Close, at + 1),
            byte if is_word(*byte) => {
                let length = bytes[at..].iter().position(|byte| !is_word(*byte));
                (Kind::Word, length.map_or(bytes.len(), |length| at + length))
            }
            _ => (Kind::Sign, at + 1),
        };
        let number = tokens.len();
        if let Kind::Open(_) = kind {
            open.push(number);
        }
        if kind == Kind::Close
            && let Some(start) = closed(&mut open, &tokens, *byte)
        {
            tokens[start].partner = number;
        }
        tokens.push(Token { kind, range: at..end, partner: usize::MAX });
        at = end;
    }
    let last = tokens.len();
    for number in open {
        tokens[number].partner = last;
    }
    tokens
}

/// The opening bracket that a closing one belongs to. What is open inside it
/// ends there, too.
fn closed(open: &mut Vec<usize>, tokens: &[Token], close: u8) -> Option<usize> {
    let wanted = match close {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    };
    let place = open.iter().rposition(|number| tokens[*number].kind == Kind::Open(wanted))?;
    // A bracket that is not closed inside a block ends with the block only.
    if place + 1 != open.len() && wanted != b'{' {
        return None;
    }
    let start = open[place];
    open.truncate(place);
    Some(start)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|at| from + at)
}

fn string(bytes: &[u8], at: usize) -> (Kind, usize) {
    let mark = bytes[at];
    let block = bytes.get(at + 1) == Some(&mark) && bytes.get(at + 2) == Some(&mark);
    let quote = match (mark, block) {
        (b'\'', false) => Quote::Single,
        (b'\'', true) => Quote::SingleBlock,
        (_, false) => Quote::Double,
        (_, true) => Quote::DoubleBlock,
    };
    let mut end = at + quote.length();
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'\n' if !block => return (Kind::Text(quote), end),
            b'$' if quote.fills() && bytes.get(end + 1) == Some(&b'{') => {
                end = filled(bytes, end + 2, block);
            }
            byte if *byte == mark && !block => return (Kind::Text(quote), end + 1),
            byte if *byte == mark
                && bytes.get(end + 1) == Some(&mark)
                && bytes.get(end + 2) == Some(&mark) =>
            {
                return (Kind::Text(quote), end + 3);
            }
            _ => end += 1,
        }
    }
    (Kind::Text(quote), bytes.len())
}

/// The end of a `${…}` whose inside starts at a byte.
fn filled(bytes: &[u8], from: usize, block: bool) -> usize {
    let mut depth = 1_usize;
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'\n' if !block => return at,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(bytes.len())
}

/// Whether a `/` at the end of tokens starts a text rather than divides.
fn starts_pattern(tokens: &[Token], text: &str) -> bool {
    let Some(last) = tokens.last() else { return true };
    let sign = &text[last.range.clone()];
    matches!(last.kind, Kind::Open(_)) || matches!(sign, "=" | "," | "~" | ":" | "return")
}

fn slashes(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    loop {
        match bytes.get(end)? {
            b'\\' => end += 2,
            b'\n' => return None,
            b'/' => return Some(end + 1),
            _ => end += 1,
        }
    }
}
