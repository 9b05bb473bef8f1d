//! Functions whose meaning is known without walking them: the plugin SDK's, and
//! a few of the provider's own.

use std::rc::Rc;

use super::expression::{unknown, written};
use super::{Machine, Mode};
use crate::formula::{ALWAYS, NEVER};
use crate::go::Code;
use crate::value::{AttributeValue, Scope, Value};

/// Functions and methods that give their first argument, or their receiver, in
/// another form.
const SAME: [&str; 27] = [
    "string",
    "int",
    "int64",
    "bool",
    "List",
    "Sprint",
    "String",
    "Trim",
    "TrimSpace",
    "ToLower",
    "ToString",
    "expandStringList",
    "expandIntList",
    "tagsFromMap",
    "StringPointer",
    "Itoa",
    "Interface2String",
    "Interface2StrSlice",
    "InterfaceToStringSlice",
    "tagsToMap",
    "ToUpper",
    "convertListToJsonString",
    "formatInt",
    "ConvertTags",
    "convertArrayToString",
    "convertListStringToListInterface",
    "removeNilForAttribute",
];
/// Functions that make an error, or dress one.
const ERRORS: [&str; 9] = [
    "WrapError",
    "WrapErrorf",
    "Errorf",
    "Error",
    "NonRetryableError",
    "New",
    "NewError",
    "GetTimeErrorFromString",
    "GetNotFoundErrorFromString",
];

impl<'p> Machine<'_, 'p> {
    pub(super) fn known_call(
        &mut self,
        code: Code<'p>,
        function: Code<'p>,
        scope: &Rc<Scope<'p>>,
    ) -> Option<Value<'p>> {
        let name = function.field("field").unwrap_or(function).text();
        let operand = function.field("operand");
        if let Some(operand) = operand
            && let Some(Value::ResourceData) = scope.get(operand.text())
        {
            return Some(self.resource_data(code, name, scope));
        }
        match name {
            "len" | "cap" => Some(self.length(code, scope)),
            "make" => Some(Value::List(NEVER)),
            "append" => Some(self.appended(code, scope)),
            "new" => Some(made(code)),
            "Len" => {
                let list = self.value(operand?, scope);
                self.filled(&list).map(Value::Length)
            }
            "Retry" | "RetryContext" => Some(self.retry(code, scope)),
            "RetryableError" => {
                let error = self.argument(code, scope, 0)?;
                self.note_retried(&error);
                Some(Value::Failure(0..0))
            }
            name if ERRORS.contains(&name) => Some(self.error(code, scope)),
            "Difference" => {
                let left = self.value(operand?, scope);
                let right = self.argument(code, scope, 0)?;
                Some(self.difference(&left, &right, code))
            }
            "diffTags" => {
                let old = self.argument(code, scope, 0)?;
                let new = self.argument(code, scope, 1)?;
                Some(self.tag_difference(&old, &new, code))
            }
            "parsingTags" | "parsingTemplateTags" => {
                let tags = if name == "parsingTags" { "tags" } else { "template_tags" };
                let [old, new] = [true, false].map(|old| self.attribute(tags, old));
                Some(self.tag_difference(&old, &new, code))
            }
            "ignoredTags" | "tagIgnored" | "ecsTagIgnored" => Some(Value::Truth(NEVER)),
            "NewCommonRequest" => Some(Value::Unknown(String::new())),
            name if name.starts_with("With") && name.ends_with("Client") => {
                Some(self.with_client(code, scope))
            }
            name if SAME.contains(&name) => self.same(code, operand, scope),
            _ => None,
        }
    }

    /// `d.Get`, `d.HasChange` and their kin.
    fn resource_data(&mut self, code: Code<'p>, name: &str, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let arguments = self.arguments(code, scope);
        let texts: Vec<&str> = arguments
            .iter()
            .filter_map(|argument| match argument {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        match (name, texts.as_slice()) {
            ("Get", [attribute]) => self.attribute(attribute, false),
            ("GetOk" | "GetOkExists" | "GetOkExistsV2", [attribute]) => {
                let value = self.attribute(attribute, false);
                let Value::Attribute(AttributeValue { name: path, .. }) = &value else {
                    return unknown(code);
                };
                let set = self.is_set(path, name != "GetOk");
                Value::Tuple(vec![value, Value::Truth(set)])
            }
            ("GetChange", [attribute]) => {
                Value::Tuple([true, false].map(|old| self.attribute(attribute, old)).into())
            }
            ("HasChange" | "HasChanges", [_, ..]) => {
                let mut any = NEVER;
                for attribute in texts {
                    let changed = self.is_changed(attribute);
                    any = self.logic.or(any, changed);
                }
                Value::Truth(any)
            }
            ("IsNewResource", _) => {
                Value::Truth(if self.mode == Mode::Create { ALWAYS } else { NEVER })
            }
            _ => unknown(code),
        }
    }

    /// An attribute by the name that the schema knows it by: of an entry of a map
    /// or list, the whole.
    pub(super) fn attribute(&self, name: &str, old: bool) -> Value<'p> {
        // Positions in lists and counts of entries are no names of properties.
        let is_name = |part: &&str| part.parse::<usize>().is_err() && *part != "#";
        let path = name.split('.').filter(is_name).collect::<Vec<_>>().join(".");
        let mut known = path.as_str();
        while self.registration.attribute(known).is_none() {
            match known.rsplit_once('.') {
                Some((outer, _)) => known = outer,
                None => return Value::Attribute(AttributeValue { name: path, old }),
            }
        }
        Value::Attribute(AttributeValue { name: known.to_owned(), old })
    }

    fn argument(
        &mut self,
        code: Code<'p>,
        scope: &Rc<Scope<'p>>,
        place: usize,
    ) -> Option<Value<'p>> {
        let argument = code.field("arguments")?.children().get(place).copied()?;
        Some(self.value(argument, scope))
    }

    fn length(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let Some(list) = self.argument(code, scope, 0) else { return unknown(code) };
        match self.filled(&list) {
            Some(filled) => Value::Length(filled),
            None => Value::Unknown(format!("len({})", written(&list, code))),
        }
    }

    fn appended(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let arguments = self.arguments(code, scope);
        match arguments.as_slice() {
            [Value::List(_), _, ..] => Value::List(ALWAYS),
            [Value::Items(items), rest @ ..] => Value::Items([items, rest].concat()),
            [first, ..] => first.clone(),
            [] => unknown(code),
        }
    }

    /// `resource.Retry(timeout, func …)`.
    fn retry(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let first = self.steps.len();
        let list = code.field("arguments").map(Code::children).unwrap_or_default();
        let timeout = list.iter().rev().nth(1).map(|timeout| self.timeout(*timeout, scope));
        self.timeouts.push(timeout.unwrap_or_default());
        if let Some(Value::Closure(closure)) = list.last().map(|code| self.value(*code, scope)) {
            self.call_closure(&closure, Vec::new());
        }
        self.timeouts.pop();
        Value::Failure(first..self.steps.len())
    }

    /// A timeout as the bindings tell it: `10m`, `timeouts.update`, or its text.
    fn timeout(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> String {
        let text = code.line();
        if let Some(rest) = text.split("schema.Timeout").nth(1) {
            let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            return format!("timeouts.{}", name.to_lowercase());
        }
        let side = |name| code.field(name);
        let (Some(left), Some(right)) = (side("left"), side("right")) else { return text };
        let (number, unit) = if left.text().starts_with("time.") && !left.text().contains('(') {
            (right, left)
        } else {
            (left, right)
        };
        let number = match number.field("arguments").map(Code::children).as_deref() {
            Some([inner]) => self.value(*inner, scope),
            _ => self.value(number, scope),
        };
        match (number, unit.text()) {
            (Value::Text(number), "time.Second") => format!("{number}s"),
            (Value::Text(number), "time.Minute") => format!("{number}m"),
            (Value::Text(number), "time.Hour") => format!("{number}h"),
            _ => text,
        }
    }

    fn error(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        match self.argument(code, scope, 0) {
            Some(Value::Nil) => Value::Nil,
            Some(value @ (Value::Failure(_) | Value::Choice(_))) if value.may_fail() => {
                Value::failure_of(&value.failed_steps())
            }
            _ => Value::Failure(0..0),
        }
    }

    /// The entries of tags that are set, and of those that are taken away.
    fn tag_difference(&mut self, old: &Value<'p>, new: &Value<'p>, code: Code<'p>) -> Value<'p> {
        let added = match self.filled(new) {
            Some(filled) => Value::List(filled),
            None => Value::Unknown(format!("the new tags of {}", code.line())),
        };
        Value::Tuple(vec![added, self.difference(old, new, code)])
    }

    /// `client.WithEcsClient(func(ecsClient *ecs.Client) …)`.
    fn with_client(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let first = self.steps.len();
        for argument in self.arguments(code, scope) {
            if let Value::Closure(closure) = argument {
                self.call_closure(&closure, Vec::new());
            }
        }
        Value::Tuple(vec![unknown(code), Value::Failure(first..self.steps.len())])
    }

    fn same(
        &mut self,
        code: Code<'p>,
        operand: Option<Code<'p>>,
        scope: &Rc<Scope<'p>>,
    ) -> Option<Value<'p>> {
        match self.argument(code, scope, 0) {
            Some(value) => Some(value),
            None => Some(self.value(operand?, scope)),
        }
    }
}

/// `new(T)`.
fn made(code: Code<'_>) -> Value<'_> {
    let kind = code.field("arguments").and_then(|list| list.children().first().copied());
    kind.map_or_else(|| unknown(code), |kind| Value::Object(kind.text().to_owned()))
}
