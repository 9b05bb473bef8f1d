//! `format` and `formatlist`.

use super::super::datum::{Datum, MAX_TEXT, Number};
use super::{Function, json, known};

pub(super) const FUNCTIONS: &[Function] = &[
    known("format", |arguments| {
        let (format, values) = arguments.split_first()?;
        formatted(&format.as_text()?, values).map(Datum::text)
    }),
    known("formatlist", format_list),
];

/// The widest field that is written.
const MAX_WIDTH: usize = 4096;

/// One format for each row of lists that are as long as each other; what is no
/// list stands in every row.
fn format_list(arguments: &[Datum]) -> Option<Datum> {
    let lengths: Vec<usize> = arguments
        .iter()
        .filter_map(|argument| super::items(argument).map(<[Datum]>::len))
        .collect();
    let rows = lengths.first().copied().unwrap_or(1);
    if lengths.iter().any(|length| *length != rows) {
        return None;
    }
    let row = |row: usize| {
        let value = |argument: &Datum| match super::items(argument) {
            Some(items) => items.get(row).cloned(),
            None => Some(argument.clone()),
        };
        let values: Vec<Datum> = arguments.iter().map(value).collect::<Option<_>>()?;
        let (format, values) = values.split_first()?;
        formatted(&format.as_text()?, values).map(Datum::text)
    };
    Datum::list((0..rows).map(row).collect::<Option<_>>()?)
}

/// What stands between `%` and the letter of a verb.
#[derive(Default)]
struct Verb {
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    argument: Option<usize>,
}

fn formatted(format: &str, values: &[Datum]) -> Option<String> {
    let mut written = String::new();
    let mut next = 0;
    let mut highest = 0;
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        written.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            written.push('%');
            rest = after;
            continue;
        }
        let (verb, letter, after) = read(rest)?;
        rest = after;
        let place = verb.argument.map_or(next, |argument| argument.saturating_sub(1));
        next = place + 1;
        highest = highest.max(next);
        written.push_str(&verb.write(letter, values.get(place)?)?);
        if written.len() > MAX_TEXT {
            return None;
        }
    }
    // Values that nothing uses are an error.
    (highest >= values.len()).then(|| written + rest)
}

fn read(text: &str) -> Option<(Verb, char, &str)> {
    let mut verb = Verb::default();
    let flags = text.len() - text.trim_start_matches(['-', '+', ' ', '0', '#']).len();
    verb.flags.push_str(&text[..flags]);
    let mut rest = &text[flags..];
    verb.width = number(&mut rest);
    if let Some(after) = rest.strip_prefix('.') {
        rest = after;
        verb.precision = Some(number(&mut rest).unwrap_or(0));
    }
    if let Some(after) = rest.strip_prefix('[') {
        rest = after;
        verb.argument = number(&mut rest);
        rest = rest.strip_prefix(']')?;
    }
    let letter = rest.chars().next()?;
    let fits = |size: Option<usize>| size.is_none_or(|size| size <= MAX_WIDTH);
    (fits(verb.width) && fits(verb.precision)).then_some((
        verb,
        letter,
        rest.get(letter.len_utf8()..)?,
    ))
}

fn number(text: &mut &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits.parse().ok()
}

impl Verb {
    fn write(&self, letter: char, value: &Datum) -> Option<String> {
        let text = match letter {
            'v' => match value {
                Datum::Text(_) | Datum::Bool(_) | Datum::Number(_) => value.as_text()?.to_string(),
                other => json::encode(other)?,
            },
            's' => self.cut(&value.as_text()?),
            'q' => json::encode(&Datum::Text(value.as_text()?))?,
            't' => value.as_bool()?.to_string(),
            'd' => self.signed(&whole(value)?.to_string()),
            'b' => self.radix(value, "0b", |number| format!("{number:b}"))?,
            'o' => self.radix(value, "0", |number| format!("{number:o}"))?,
            'x' => self.radix(value, "0x", |number| format!("{number:x}"))?,
            'X' => self.radix(value, "0X", |number| format!("{number:X}"))?,
            'f' => {
                let number = value.as_number()?.as_float();
                self.signed(&format!("{number:.*}", self.precision.unwrap_or(6)))
            }
            'e' | 'E' => self.signed(&self.scientific(letter, value.as_number()?)),
            'g' | 'G' if self.precision.is_none() => {
                let number = value.as_number()?;
                let size = number.as_float().abs();
                if size != 0.0 && !(1e-4..1e21).contains(&size) {
                    return None;
                }
                self.signed(&number.text()?)
            }
            _ => return None,
        };
        match letter {
            't' => Some(text),
            _ => Some(self.padded(&text, !matches!(letter, 's' | 'q' | 'v'))),
        }
    }

    fn radix(&self, value: &Datum, mark: &str, write: fn(u128) -> String) -> Option<String> {
        let number = whole(value)?;
        let sign = if number < 0 { "-" } else { "" };
        let mark = if self.flags.contains('#') { mark } else { "" };
        Some(self.signed(&format!("{sign}{mark}{}", write(number.unsigned_abs()))))
    }

    fn cut(&self, text: &str) -> String {
        text.chars().take(self.precision.unwrap_or(usize::MAX)).collect()
    }

    fn signed(&self, digits: &str) -> String {
        match digits.starts_with('-') {
            false if self.flags.contains('+') => format!("+{digits}"),
            false if self.flags.contains(' ') => format!(" {digits}"),
            _ => digits.to_owned(),
        }
    }

    fn scientific(&self, letter: char, number: Number) -> String {
        let written = format!("{:.*e}", self.precision.unwrap_or(6), number.as_float());
        let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        format!("{digits}{letter}{sign}{exponent:0>2}")
    }

    fn padded(&self, text: &str, is_number: bool) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if self.flags.contains('-') {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.flags.contains('0') {
            return format!("{}{text}", " ".repeat(missing));
        }
        let sign = usize::from(is_number && text.starts_with(['-', '+', ' ']));
        format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
    }
}

fn whole(value: &Datum) -> Option<i128> {
    value.as_number()?.as_whole()
}
