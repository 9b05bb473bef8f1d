//! Arithmetic, comparison and logic.

use super::super::datum::{self, Datum, Number};
use super::super::scope::Scope;
use super::super::tree::{Place, Token};
use super::Evaluator;

/// How tightly an operator before its only operand binds.
const UNARY: u8 = 7;

impl<'p> Evaluator<'p> {
    /// The result of operands and operators in source order. Chains are as long
    /// as their author likes, so this does not recurse along them.
    pub(super) fn operation(
        &self,
        tokens: &'p [Token],
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let mut operands = Vec::new();
        let mut stack = Stack::default();
        let mut fits = Some(());
        for token in tokens {
            fits = fits.and(match token {
                Token::Operator(operator) => stack.operator(operator),
                Token::Operand(operand) => {
                    let value = self.evaluate(operand, scope);
                    stack.operand(&value);
                    operands.push(value);
                    Some(())
                }
            });
        }
        let result = fits.and_then(|()| stack.result());
        match result {
            Some(datum) => datum,
            // Known operands without a result do not go together.
            None if operands.iter().all(Datum::is_known) => {
                self.failed(place, datum::Origin::Nowhere)
            }
            None => self.made_of(place, &operands),
        }
    }
}

/// Operands and operators that wait for what follows.
#[derive(Default)]
struct Stack {
    values: Vec<Option<Datum>>,
    waiting: Vec<(u8, &'static str)>,
    after_operand: bool,
}

impl Stack {
    fn operand(&mut self, value: &Datum) {
        let is_told = !matches!(
            value,
            Datum::Unknown(_) | Datum::Resource(_) | Datum::Module(_) | Datum::Each(_)
        );
        self.values.push(is_told.then(|| value.clone()));
        self.after_operand = true;
    }

    /// Takes an operator; `None` if none can stand here.
    fn operator(&mut self, operator: &'static str) -> Option<()> {
        if self.after_operand {
            let tightness = tightness(operator)?;
            while let Some((waits, earlier)) = self.waiting.pop_if(|(waits, _)| *waits >= tightness)
            {
                self.reduce(waits, earlier)?;
            }
            self.waiting.push((tightness, operator));
        } else {
            self.waiting.push((UNARY, operator));
        }
        self.after_operand = false;
        Some(())
    }

    /// What all of it gives; none if that cannot be told.
    fn result(mut self) -> Option<Datum> {
        while let Some((waits, operator)) = self.waiting.pop() {
            self.reduce(waits, operator)?;
        }
        self.values.pop().filter(|_| self.values.is_empty())?
    }

    /// Puts an operator's result in the place of its operands; `None` if it lacks
    /// some.
    fn reduce(&mut self, tightness: u8, operator: &str) -> Option<()> {
        let right = self.values.pop()?;
        let result = if tightness == UNARY {
            right.and_then(|right| unary(operator, &right))
        } else {
            let left = self.values.pop()?;
            binary(operator, left.as_ref(), right.as_ref())
        };
        self.values.push(result);
        Some(())
    }
}

fn tightness(operator: &str) -> Option<u8> {
    Some(match operator {
        "*" | "/" | "%" => 6,
        "+" | "-" => 5,
        ">" | ">=" | "<" | "<=" => 4,
        "==" | "!=" => 3,
        "&&" => 2,
        "||" => 1,
        _ => return None,
    })
}

fn unary(operator: &str, operand: &Datum) -> Option<Datum> {
    match operator {
        "!" => Some(Datum::Bool(!operand.as_bool()?)),
        "-" => Some(Datum::Number(operand.as_number()?.negated())),
        _ => None,
    }
}

fn binary(operator: &str, left: Option<&Datum>, right: Option<&Datum>) -> Option<Datum> {
    match operator {
        "&&" | "||" => return logic(operator, left, right).map(Datum::Bool),
        "==" => return datum::equal(left?, right?).map(Datum::Bool),
        "!=" => return datum::equal(left?, right?).map(|equal| Datum::Bool(!equal)),
        _ => {}
    }
    let (left, right) = (left?.as_number()?, right?.as_number()?);
    if let Some(number) = arithmetic(operator, left, right) {
        return Some(Datum::Number(number));
    }
    Some(Datum::Bool(match operator {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        _ => return None,
    }))
}

fn arithmetic(operator: &str, left: Number, right: Number) -> Option<Number> {
    match operator {
        "+" => left.plus(right),
        "-" => left.minus(right),
        "*" => left.times(right),
        "/" => left.by(right),
        "%" => left.modulo(right),
        _ => None,
    }
}

/// One operand may decide alone, whatever the other is.
fn logic(operator: &str, left: Option<&Datum>, right: Option<&Datum>) -> Option<bool> {
    let decides = operator == "||";
    let (left, right) = (left.and_then(Datum::as_bool), right.and_then(Datum::as_bool));
    if left == Some(decides) || right == Some(decides) {
        return Some(decides);
    }
    left.zip(right).map(|_| !decides)
}
