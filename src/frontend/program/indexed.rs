//! What looks something up under a variable: `params[key]`.

use super::code::{Argument, Expression, Part, Statement, Value};

/// Whether statements look something up under a variable.
pub(super) fn looks_up(body: &[Statement], name: &str) -> bool {
    body.iter().any(|statement| match statement {
        Statement::Plain(one) | Statement::Defer(one) => finds(one, name),
        Statement::Assign(assign) => assign.values.iter().any(|value| finds(value, name)),
        Statement::Return(values) => values.iter().any(|value| finds(value, name)),
        Statement::If(branch) => {
            finds(&branch.condition, name)
                || looks_up(&branch.then, name)
                || looks_up(branch.otherwise.as_deref().unwrap_or_default(), name)
        }
        Statement::Chain(arms) => arms.iter().any(|(_, body)| looks_up(body, name)),
        Statement::Block(body) => looks_up(body, name),
        _ => false,
    })
}

/// Whether an expression looks something up under a variable.
pub(super) fn finds(expression: &Expression, name: &str) -> bool {
    let any = |items: &[Expression]| items.iter().any(|item| finds(item, name));
    match &expression.value {
        Value::Index(object, key) => {
            matches!(&key.value, Value::Name(key) if **key == *name)
                || finds(object, name)
                || finds(key, name)
        }
        Value::Call(callee, arguments) => {
            finds(callee, name)
                || arguments.iter().any(|argument: &Argument| finds(&argument.value, name))
        }
        Value::Member(object, _) => finds(object, name),
        Value::Text(parts) => parts.iter().any(|part| match part {
            Part::Hole(hole) => finds(hole, name),
            Part::Known { .. } => false,
        }),
        Value::Format(text, values) => finds(text, name) || finds(values, name),
        Value::Join(items) | Value::List(items) | Value::Other(items) | Value::Either(_, items) => {
            any(items)
        }
        Value::Spread(inner) => finds(inner, name),
        _ => false,
    }
}
