//! Arithmetic of a template: whole numbers stay whole, as in `Fn::Calculate`.

use crate::procedure::Value;

/// A number as a template has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    /// The number that a value is.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Self::parse(value.as_text()?.trim())
    }

    fn parse(text: &str) -> Option<Self> {
        let is_digit = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
        if !text.starts_with(|letter: char| letter.is_ascii_digit() || "+-.".contains(letter))
            || !text.chars().all(is_digit)
        {
            return None;
        }
        match text.parse() {
            Ok(whole) => Some(Self::Whole(whole)),
            Err(_) => text.parse().ok().filter(|real: &f64| real.is_finite()).map(Self::Real),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a template's numbers are small")]
    fn real(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        }
    }

    /// The result of an operator; none where there is none.
    pub(super) fn apply(self, operator: char, other: Self) -> Option<Self> {
        if let (Self::Whole(left), Self::Whole(right)) = (self, other) {
            return match operator {
                '+' => left.checked_add(right),
                '-' => left.checked_sub(right),
                '*' => left.checked_mul(right),
                '/' => left.checked_div_euclid(right),
                _ => left.checked_rem_euclid(right),
            }
            .map(Self::Whole);
        }
        let (left, right) = (self.real(), other.real());
        let result = match operator {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            '/' => left / right,
            _ => left % right,
        };
        result.is_finite().then_some(Self::Real(result))
    }

    /// It as a template's value.
    pub(super) fn to_value(self) -> Value {
        Value::Text(match self {
            Self::Whole(whole) => whole.to_string(),
            Self::Real(real) => format!("{real:?}"),
        })
    }

    fn rounded(self, digits: usize) -> Option<Self> {
        match self {
            Self::Whole(_) => Some(self),
            Self::Real(real) => format!("{real:.digits$}").parse().ok().map(Self::Real),
        }
    }
}

/// The number of a list that is more than all others by a measure.
pub(super) fn most(parts: &[Value], is_more: fn(f64, f64) -> bool) -> Option<Number> {
    let numbers: Option<Vec<Number>> = parts.iter().map(Number::of).collect();
    let more = |left: Number, right: Number| {
        if is_more(right.real(), left.real()) { right } else { left }
    };
    numbers?.into_iter().reduce(more)
}

/// `[digits, numbers]`.
pub(super) fn average(parts: &[Value]) -> Option<Value> {
    let [digits, Value::List(numbers)] = parts else { return None };
    let digits = digits_of(digits)?;
    let known: Option<Vec<Number>> = numbers.iter().map(Number::of).collect();
    let known = known?;
    let count = Number::Whole(i64::try_from(known.len()).ok()?);
    let sum: f64 = known.into_iter().map(Number::real).sum();
    Some(Number::Real(sum).apply('/', count)?.rounded(digits)?.to_value())
}

/// `[expression, digits, numbers]`, where `{0}` in the expression is the first of
/// the numbers.
pub(super) fn calculate(parts: &[Value]) -> Option<Value> {
    let (expression, rest) = parts.split_first()?;
    let digits = rest.first().map_or(Some(0), digits_of)?;
    let numbers: &[Value] = match rest.get(1) {
        Some(Value::List(numbers)) => numbers,
        Some(_) => return None,
        None => &[],
    };
    let expression = expression.as_text()?;
    let mut reading = Reading { rest: expression, numbers, depth: 0 };
    let result = reading.sum()?;
    reading.rest.trim().is_empty().then_some(())?;
    Some(result.rounded(digits)?.to_value())
}

fn digits_of(value: &Value) -> Option<usize> {
    value.as_text()?.trim().parse().ok().filter(|digits| *digits <= 32)
}

/// How deep brackets may be nested in an expression.
const MAX_DEPTH: u8 = 32;

/// An expression that is being read.
struct Reading<'e> {
    rest: &'e str,
    numbers: &'e [Value],
    depth: u8,
}

impl Reading<'_> {
    fn sum(&mut self) -> Option<Number> {
        self.chain(&['+', '-'], Self::product)
    }

    fn product(&mut self) -> Option<Number> {
        self.chain(&['*', '/', '%'], Self::operand)
    }

    fn chain(
        &mut self,
        operators: &[char],
        part: fn(&mut Self) -> Option<Number>,
    ) -> Option<Number> {
        let mut left = part(self)?;
        while let Some(operator) = self.rest.trim_start().chars().next()
            && operators.contains(&operator)
        {
            self.rest = &self.rest.trim_start()[1..];
            left = left.apply(operator, part(self)?)?;
        }
        Some(left)
    }

    /// A number, a reference to one, or an expression in brackets. Recursion goes
    /// no deeper than [`MAX_DEPTH`].
    fn operand(&mut self) -> Option<Number> {
        let text = self.rest.trim_start();
        if let Some(inner) = text.strip_prefix('(') {
            self.depth += 1;
            self.rest = inner;
            let result = (self.depth <= MAX_DEPTH).then(|| self.sum()).flatten()?;
            self.depth -= 1;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            return Some(result);
        }
        if let Some(inner) = text.strip_prefix('{') {
            let (index, rest) = inner.split_once('}')?;
            self.rest = rest;
            return Number::of(self.numbers.get(index.trim().parse::<usize>().ok()?)?);
        }
        let sign = usize::from(text.starts_with('-'));
        let digits = text[sign..].find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (number, rest) = text.split_at(digits.map_or(text.len(), |length| sign + length));
        self.rest = rest;
        Number::parse(number)
    }
}
