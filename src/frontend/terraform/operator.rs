//! Arithmetic, comparison and logic on known scalars.

/// A piece of an operation.
pub(super) enum Piece<'t> {
    /// `+`, `!`, `&&`
    Operator(&'t str),
    /// An operand's text; none if its value cannot be told.
    Operand(Option<String>),
}

/// How tightly an operator before its only operand binds.
const UNARY: u8 = 7;

/// The result of operands and operators in source order; none where it cannot be
/// told.
pub(super) fn compute(pieces: Vec<Piece<'_>>) -> Option<String> {
    let mut values = Vec::new();
    let mut waiting: Vec<(u8, &str)> = Vec::new();
    let mut after_operand = false;
    for piece in pieces {
        let operator = match piece {
            Piece::Operand(value) => {
                values.push(value);
                after_operand = true;
                continue;
            }
            Piece::Operator(operator) => operator,
        };
        let tightness = if after_operand { tightness(operator)? } else { UNARY };
        while after_operand
            && let Some((waits, earlier)) = waiting.pop_if(|(waits, _)| *waits >= tightness)
        {
            reduce(waits, earlier, &mut values)?;
        }
        waiting.push((tightness, operator));
        after_operand = false;
    }
    while let Some((waits, operator)) = waiting.pop() {
        reduce(waits, operator, &mut values)?;
    }
    values.pop().filter(|_| values.is_empty())?
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

/// Puts an operator's result in the place of its operands; `None` if it lacks
/// some.
fn reduce(tightness: u8, operator: &str, values: &mut Vec<Option<String>>) -> Option<()> {
    let right = values.pop()?;
    let result = if tightness == UNARY {
        right.and_then(|right| unary(operator, &right))
    } else {
        binary(operator, values.pop()?.as_deref(), right.as_deref())
    };
    values.push(result);
    Some(())
}

fn unary(operator: &str, operand: &str) -> Option<String> {
    match (operator, operand) {
        ("!", "true") => Some("false".into()),
        ("!", "false") => Some("true".into()),
        ("-", number) => Some(written(-number.parse::<f64>().ok()?)),
        _ => None,
    }
}

fn binary(operator: &str, left: Option<&str>, right: Option<&str>) -> Option<String> {
    match (operator, left, right) {
        ("&&", Some("false"), _)
        | ("&&", _, Some("false"))
        | ("||", Some("false"), Some("false")) => {
            return Some("false".into());
        }
        ("||", Some("true"), _) | ("||", _, Some("true")) | ("&&", Some("true"), Some("true")) => {
            return Some("true".into());
        }
        _ => {}
    }
    let (left, right) = (left?, right?);
    let numbers = left.parse::<f64>().ok().zip(right.parse::<f64>().ok());
    let equal = || numbers.map_or(left == right, |(left, right)| left.total_cmp(&right).is_eq());
    match operator {
        "==" => return Some(equal().to_string()),
        "!=" => return Some((!equal()).to_string()),
        _ => {}
    }
    let (left, right) = numbers?;
    match operator {
        "+" => Some(written(left + right)),
        "-" => Some(written(left - right)),
        "*" => Some(written(left * right)),
        "/" if right != 0.0 => Some(written(left / right)),
        "%" if right != 0.0 => Some(written(left % right)),
        "<" => Some((left < right).to_string()),
        "<=" => Some((left <= right).to_string()),
        ">" => Some((left > right).to_string()),
        ">=" => Some((left >= right).to_string()),
        _ => None,
    }
}

/// A number as the language writes it: without a point where it is whole, and
/// never a negative zero.
fn written(number: f64) -> String {
    (number + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(text: &str) -> Option<String> {
        let piece = |word: &'static str| match word {
            "?" => Piece::Operand(None),
            word if word.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                Piece::Operand(Some(word.to_owned()))
            }
            word => Piece::Operator(word),
        };
        compute(text.to_owned().leak().split(' ').map(piece).collect())
    }

    #[test]
    fn operators_bind_as_the_language_says() {
        assert_eq!(computed("1 + 2 * 3 == 7 && ! false").as_deref(), Some("true"));
        assert_eq!(computed("7 - 2 - 1").as_deref(), Some("4"));
        assert_eq!(computed("- 1 + 2").as_deref(), Some("1"));
        assert_eq!(computed("1 / 4").as_deref(), Some("0.25"));
    }

    #[test]
    fn what_is_unknown_matters_only_where_it_decides() {
        assert_eq!(computed("? && false").as_deref(), Some("false"));
        assert_eq!(computed("? && true"), None);
        assert_eq!(computed("? == 1"), None);
        assert_eq!(computed("1 / 0"), None);
        assert_eq!(computed("1 +"), None);
        assert_eq!(computed("1 2"), None);
    }
}
