//! Numbers without rounding: fractions, as large as they fit.

use std::cmp::Ordering;

/// A number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) struct Number {
    over: i128,
    under: i128,
}

/// How many decimals are written at most.
const MAX_DECIMALS: u32 = 30;

impl Number {
    /// A whole number.
    pub(in super::super) fn whole(value: i128) -> Self {
        Self { over: value, under: 1 }
    }

    /// A fraction in its lowest terms; none if it does not fit.
    fn fraction(over: i128, under: i128) -> Option<Self> {
        let divisor = gcd(over.unsigned_abs(), under.unsigned_abs());
        let divisor = i128::try_from(divisor).ok().filter(|divisor| *divisor != 0)?;
        let sign = if under < 0 { -1 } else { 1 };
        let (over, under) =
            ((over / divisor).checked_mul(sign)?, (under / divisor).checked_mul(sign)?);
        (under != 0).then_some(Self { over, under })
    }

    /// What is written as `-1`, `0.5`, `1e3`.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (digits, exponent) = match digits.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let joined = format!("{whole}{decimals}");
        if joined.is_empty() || !joined.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let over = sign * joined.parse::<i128>().ok()?;
        let places = i32::try_from(decimals.len()).ok()?.checked_sub(exponent)?;
        let power = 10_i128.checked_pow(places.unsigned_abs())?;
        if places > 0 {
            Self::fraction(over, power)
        } else {
            over.checked_mul(power).map(Self::whole)
        }
    }

    /// The number nearest to what a computation gave.
    pub(in super::super) fn from_float(value: f64) -> Option<Self> {
        if value.is_finite() { Self::parse(&value.to_string()) } else { None }
    }

    /// It as the processor computes with it.
    #[expect(clippy::cast_precision_loss, reason = "what needs it rounds anyway")]
    pub(in super::super) fn as_float(self) -> f64 {
        self.over as f64 / self.under as f64
    }

    /// It, if it is a whole number.
    pub(in super::super) fn as_whole(self) -> Option<i128> {
        (self.under == 1).then_some(self.over)
    }

    /// It as the language writes it; none if no end of decimals would do.
    pub(in super::super) fn text(self) -> Option<String> {
        if self.under == 1 {
            return Some(self.over.to_string());
        }
        let places = (1..=MAX_DECIMALS).find(|places| 10_i128.pow(*places) % self.under == 0)?;
        let scaled = self.over.checked_mul(10_i128.pow(places) / self.under)?;
        let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = places as usize + 1);
        let (whole, decimals) = digits.split_at(digits.len() - places as usize);
        let sign = if scaled < 0 { "-" } else { "" };
        Some(format!("{sign}{whole}.{decimals}"))
    }

    /// Their sum.
    pub(in super::super) fn plus(self, other: Self) -> Option<Self> {
        let over =
            self.over.checked_mul(other.under)?.checked_add(other.over.checked_mul(self.under)?)?;
        Self::fraction(over, self.under.checked_mul(other.under)?)
    }

    /// The opposite.
    pub(in super::super) fn negated(self) -> Self {
        Self { over: self.over.saturating_neg(), ..self }
    }

    /// Their difference.
    pub(in super::super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// Their product.
    pub(in super::super) fn times(self, other: Self) -> Option<Self> {
        Self::fraction(self.over.checked_mul(other.over)?, self.under.checked_mul(other.under)?)
    }

    /// Their quotient; none if the other is zero.
    pub(in super::super) fn by(self, other: Self) -> Option<Self> {
        Self::fraction(self.over.checked_mul(other.under)?, self.under.checked_mul(other.over)?)
    }

    /// What is left of dividing by another; it has the sign of this.
    pub(in super::super) fn modulo(self, other: Self) -> Option<Self> {
        let quotient = self.by(other)?;
        let whole = Self::whole(quotient.over / quotient.under);
        self.minus(other.times(whole)?)
    }

    /// The largest whole number that is not larger.
    pub(in super::super) fn floor(self) -> Self {
        Self::whole(self.over.div_euclid(self.under))
    }

    /// The smallest whole number that is not smaller.
    pub(in super::super) fn ceiling(self) -> Self {
        self.negated().floor().negated()
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let products = self.over.checked_mul(other.under).zip(other.over.checked_mul(self.under));
        match products {
            Some((left, right)) => left.cmp(&right),
            None => self.as_float().total_cmp(&other.as_float()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn gcd(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}
