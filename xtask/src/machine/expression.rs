//! Expressions: what value each comes to.

use std::rc::Rc;

use super::{Machine, Mode, alternatives};
use crate::formula::{ALWAYS, NEVER};
use crate::go::Code;
use crate::value::{AttributeValue, Closure, Scope, Value};

impl<'p> Machine<'_, 'p> {
    pub(super) fn value(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        match code.kind() {
            "identifier" => self.variable(code, scope),
            "true" => Value::Truth(ALWAYS),
            "false" => Value::Truth(NEVER),
            "nil" => Value::Nil,
            "interpreted_string_literal" | "raw_string_literal" => {
                Value::Text(code.string().unwrap_or_default())
            }
            "int_literal" => Value::Text(code.text().to_owned()),
            "func_literal" => Value::Closure(Rc::new(Closure { code, scope: Rc::clone(scope) })),
            "parenthesized_expression" | "literal_element" | "variadic_argument" => {
                match code.children().first() {
                    Some(inner) => self.value(*inner, scope),
                    None => unknown(code),
                }
            }
            "unary_expression" => self.unary(code, scope),
            "binary_expression" => self.binary(code, scope),
            "call_expression" => self.call(code, scope),
            "type_conversion_expression" => self.inner(code, scope),
            "type_assertion_expression" => self.assertion(code, scope),
            "selector_expression" => self.selection(code, scope),
            "index_expression" | "slice_expression" => self.entry(code, scope),
            "composite_literal" => self.literal(code, scope),
            _ => unknown(code),
        }
    }

    fn variable(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        match code.text() {
            "true" => return Value::Truth(ALWAYS),
            "false" => return Value::Truth(NEVER),
            "nil" => return Value::Nil,
            _ => {}
        }
        if let Some(value) = scope.get(code.text()) {
            return self.here(value);
        }
        match self.provider.index.value(code.text()) {
            Some(value) => self.constant(value, 0).unwrap_or_else(|| unknown(code)),
            None => unknown(code),
        }
    }

    /// A constant of the package, such as `PayType("PrePaid")`.
    fn constant(&self, code: Code<'p>, depth: usize) -> Option<Value<'p>> {
        match code.kind() {
            "identifier" if depth < 4 => {
                self.constant(self.provider.index.value(code.text())?, depth + 1)
            }
            "call_expression" => {
                let argument = code.field("arguments")?.children().first().copied()?;
                self.constant(argument, depth)
            }
            "type_conversion_expression" => self.constant(code.field("operand")?, depth),
            "int_literal" => Some(Value::Text(code.text().to_owned())),
            _ => code.string().map(Value::Text),
        }
    }

    fn inner(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        match code.field("operand") {
            Some(operand) => self.value(operand, scope),
            None => unknown(code),
        }
    }

    fn unary(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        if code.field("operator").is_some_and(|operator| operator.text() == "!") {
            let Some(operand) = code.field("operand") else { return unknown(code) };
            let condition = self.condition(operand, scope);
            return Value::Truth(self.logic.not(condition));
        }
        match code.field("operator").map(Code::text) {
            Some("&" | "*") => self.inner(code, scope),
            _ => unknown(code),
        }
    }

    fn binary(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let (Some(left), Some(operator), Some(right)) =
            (code.field("left"), code.field("operator"), code.field("right"))
        else {
            return unknown(code);
        };
        match operator.text() {
            "&&" | "||" => {
                let is_and = operator.text() == "&&";
                let first = self.condition(left, scope);
                let reached = if is_and { first } else { self.logic.not(first) };
                let mut second = NEVER;
                self.under(reached, |machine| second = machine.condition(right, scope));
                Value::Truth(if is_and {
                    self.logic.and(first, second)
                } else {
                    self.logic.or(first, second)
                })
            }
            "==" | "!=" | "<" | ">" | "<=" | ">=" => {
                let left = self.value(left, scope);
                let right = self.value(right, scope);
                Value::Truth(self.compare(left, operator.text(), &right, code))
            }
            _ => {
                let left = self.value(left, scope);
                let right = self.value(right, scope);
                if let (Value::Attribute(new), "-", Value::Attribute(old)) =
                    (&left, operator.text(), &right)
                    && (old.old, &new.name, self.mode) == (true, &old.name, Mode::Create)
                {
                    return left;
                }
                combined(&left, operator.text(), &right).unwrap_or_else(|| unknown(code))
            }
        }
    }

    /// `x.(T)`: the value itself; as a pair, also whether it is one.
    fn assertion(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let is_client =
            code.field("type").is_some_and(|kind| kind.text().ends_with("AliyunClient"));
        if is_client {
            return Value::Object("AliyunClient".to_owned());
        }
        let value = self.inner(code, scope);
        match value {
            Value::Unknown(_) => unknown(code),
            Value::Attribute(AttributeValue { ref name, old: false }) => {
                let known = self.registration.attribute(name);
                if known.is_some_and(|attribute| attribute.kind == "Bool") {
                    return Value::Truth(self.is_true(name));
                }
                value
            }
            value => value,
        }
    }

    fn selection(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let field = code.field("field").map_or("", Code::text);
        if field == "client" {
            return Value::Object("AliyunClient".to_owned());
        }
        match scope.get(&code.line()) {
            Some(value) => self.here(value),
            None => unknown(code),
        }
    }

    fn entry(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        if let Some(value) = scope.get(&code.line()) {
            return self.here(value);
        }
        match self.inner(code, scope) {
            Value::Attribute(_) | Value::Unknown(_) => unknown(code),
            value if code.kind() == "slice_expression" => value,
            Value::Items(items) => {
                let place =
                    code.field("index").and_then(|index| index.text().parse::<usize>().ok());
                place.and_then(|place| items.get(place).cloned()).unwrap_or_else(|| unknown(code))
            }
            _ => unknown(code),
        }
    }

    fn literal(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let (Some(kind), Some(body)) = (code.field("type"), code.field("body")) else {
            return unknown(code);
        };
        let elements = body.children();
        let values: Vec<Value<'p>> = elements
            .iter()
            .map(|element| self.value(element.field("value").unwrap_or(*element), scope))
            .collect();
        match kind.kind() {
            "slice_type" | "array_type" | "map_type" if values.is_empty() => Value::List(NEVER),
            "slice_type" | "array_type" => Value::Items(values),
            "map_type" => Value::List(ALWAYS),
            _ => {
                // Functions held in a struct are called by whom it is given to.
                for value in values {
                    if let Value::Closure(closure) = value {
                        self.call_closure(&closure, Vec::new());
                    }
                }
                Value::Object(kind.text().to_owned())
            }
        }
    }

    /// Applies a function to every alternative of a value.
    pub(super) fn each(
        &mut self,
        value: Value<'p>,
        mut apply: impl FnMut(&mut Self, Value<'p>) -> crate::formula::Formula,
    ) -> crate::formula::Formula {
        let mut any = NEVER;
        for (when, value) in alternatives(value) {
            let here = apply(self, value);
            let here = self.logic.and(when, here);
            any = self.logic.or(any, here);
        }
        any
    }
}

pub(super) fn unknown(code: Code<'_>) -> Value<'_> {
    Value::Unknown(code.line())
}

/// How a value is written in the text of a condition.
pub(super) fn written(value: &Value<'_>, code: Code<'_>) -> String {
    match value {
        Value::Text(text) if text.parse::<i64>().is_ok() => text.clone(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Attribute(AttributeValue { name, old: true }) => format!("old {name}"),
        Value::Attribute(AttributeValue { name, old: false }) => name.clone(),
        Value::Unknown(text) => text.clone(),
        _ => code.line(),
    }
}

/// Texts joined; anything else is told by its parts.
fn combined<'p>(left: &Value<'p>, operator: &str, right: &Value<'p>) -> Option<Value<'p>> {
    let part = |value: &Value<'p>| match value {
        Value::Text(text) | Value::Unknown(text) => Some(text.clone()),
        Value::Attribute(attribute) if attribute.old => Some(format!("old {}", attribute.name)),
        Value::Attribute(attribute) => Some(attribute.name.clone()),
        _ => None,
    };
    match (left, operator, right) {
        (Value::Text(left), "+", Value::Text(right)) => Some(Value::Text(format!("{left}{right}"))),
        _ => Some(Value::Unknown(format!("{} {operator} {}", part(left)?, part(right)?))),
    }
}
