//! Functions of numbers.

use super::super::datum::{Datum, Number};
use super::{Function, items, known};

pub(super) const FUNCTIONS: &[Function] = &[
    known("abs", |arguments| {
        one(arguments, |number| {
            Some(if number < Number::whole(0) { number.negated() } else { number })
        })
    }),
    known("ceil", |arguments| one(arguments, |number| Some(number.ceiling()))),
    known("floor", |arguments| one(arguments, |number| Some(number.floor()))),
    known("log", |arguments| {
        let [number, base] = numbers(arguments)?[..] else { return None };
        Number::from_float(number.as_float().ln() / base.as_float().ln()).map(Datum::Number)
    }),
    known("max", |arguments| numbers(arguments)?.into_iter().max().map(Datum::Number)),
    known("min", |arguments| numbers(arguments)?.into_iter().min().map(Datum::Number)),
    known("parseint", parse),
    known("pow", power),
    known("range", range),
    known("signum", |arguments| {
        one(arguments, |number| {
            number.as_whole()?;
            Some(Number::whole(match number.cmp(&Number::whole(0)) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            }))
        })
    }),
    known("sum", |arguments| {
        let [list] = arguments else { return None };
        let mut numbers = items(list)?.iter().map(Datum::as_number);
        let first = numbers.next()??;
        numbers.try_fold(first, |sum, number| sum.plus(number?)).map(Datum::Number)
    }),
];

/// How many numbers a range may have, as the language has it.
const MAX_RANGE: usize = 1024;

fn one(arguments: &[Datum], change: fn(Number) -> Option<Number>) -> Option<Datum> {
    let [number] = arguments else { return None };
    change(number.as_number()?).map(Datum::Number)
}

fn numbers(arguments: &[Datum]) -> Option<Vec<Number>> {
    arguments.iter().map(Datum::as_number).collect()
}

fn parse(arguments: &[Datum]) -> Option<Datum> {
    let [text, base] = arguments else { return None };
    let base = u32::try_from(base.as_index()?).ok().filter(|base| (2..=36).contains(base))?;
    i128::from_str_radix(&text.as_text()?, base).ok().map(Number::whole).map(Datum::Number)
}

fn power(arguments: &[Datum]) -> Option<Datum> {
    let [base, exponent] = numbers(arguments)?[..] else { return None };
    let whole = exponent.as_whole().and_then(|exponent| u32::try_from(exponent).ok());
    let exact = base.as_whole().zip(whole).and_then(|(base, exponent)| base.checked_pow(exponent));
    match exact {
        Some(exact) => Some(Datum::Number(Number::whole(exact))),
        None => Number::from_float(base.as_float().powf(exponent.as_float())).map(Datum::Number),
    }
}

fn range(arguments: &[Datum]) -> Option<Datum> {
    let zero = Number::whole(0);
    let (start, limit, step) = match numbers(arguments)?[..] {
        [limit] => (zero, limit, None),
        [start, limit] => (start, limit, None),
        [start, limit, step] => (start, limit, Some(step)),
        _ => return None,
    };
    if step.is_some_and(|step| (step < zero) != (limit < start) && limit != start) {
        return None;
    }
    let step = step.unwrap_or(Number::whole(if limit < start { -1 } else { 1 }));
    let mut numbers = Vec::new();
    let mut number = start;
    while if step < zero { number > limit } else { number < limit } {
        numbers.push(Datum::Number(number));
        number = number.plus(step).filter(|_| step != zero && numbers.len() <= MAX_RANGE)?;
    }
    Datum::list(numbers)
}
