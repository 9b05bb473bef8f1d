//! Statements: paths that part and meet, loops, returns.

use std::rc::Rc;

use super::failure::CodeCheck;
use super::{MAX_STATEMENTS, Machine, Mode};
use crate::formula::{ALWAYS, Formula, NEVER};
use crate::go::Code;
use crate::value::{Atom, Scope, Value};

impl<'p> Machine<'_, 'p> {
    pub(super) fn block(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        for statement in code.children() {
            self.statement(statement, scope);
        }
    }

    pub(super) fn statement(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        self.statements += 1;
        if self.path == NEVER || self.statements > MAX_STATEMENTS {
            return;
        }
        match code.kind() {
            "block" => self.block(code, &Scope::inside(Some(scope))),
            "statement_list" | "labeled_statement" | "var_declaration" | "const_declaration"
            | "var_spec_list" => self.block(code, scope),
            "if_statement" => self.branch(code, scope),
            "for_statement" => self.repeat(code, scope),
            "expression_switch_statement" => self.switch(code, scope),
            "type_switch_statement" | "select_statement" => self.switch_unclear(code, scope),
            "return_statement" => self.leave(code, scope),
            "break_statement" | "continue_statement" => self.leave_loop(),
            "short_var_declaration" => self.declaration(code, scope),
            "assignment_statement" => self.assignment(code, scope),
            "var_spec" | "const_spec" => self.variables(code, scope),
            "expression_statement" | "defer_statement" | "go_statement" => {
                for expression in code.children() {
                    self.value(expression, scope);
                }
            }
            _ => {}
        }
    }

    fn branch(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let scope = Scope::inside(Some(scope));
        if let Some(initializer) = code.field("initializer") {
            self.statement(initializer, &scope);
        }
        let Some(condition) = code.field("condition") else { return };
        let (condition, checks) = self.checked_condition(condition, &scope);
        let resumed = self.start_resuming();
        let then = self.checked(checks.clone(), condition, |machine| {
            if let Some(block) = code.field("consequence") {
                machine.statement(block, &scope);
            }
        });
        let otherwise = self.logic.not(condition);
        let checks = checks.into_iter().filter_map(CodeCheck::otherwise).collect();
        let otherwise = self.checked(checks, otherwise, |machine| {
            if let Some(block) = code.field("alternative") {
                machine.statement(block, &scope);
            }
        });
        self.path = self.logic.or(then, otherwise);
        self.resume(resumed);
    }

    fn checked(
        &mut self,
        checks: Vec<CodeCheck>,
        condition: Formula,
        walk: impl FnOnce(&mut Self),
    ) -> Formula {
        let outer = self.checks.len();
        self.checks.extend(checks);
        let end = self.under(condition, walk);
        self.checks.truncate(outer);
        end
    }

    pub(super) fn start_resuming(&mut self) -> Formula {
        let Some(frame) = self.frames.last_mut() else { return NEVER };
        std::mem::replace(&mut frame.resumed, NEVER)
    }

    pub(super) fn resume(&mut self, outer: Formula) {
        let Some(frame) = self.frames.last_mut() else { return };
        let resumed = std::mem::replace(&mut frame.resumed, outer);
        self.path = self.logic.or(self.path, resumed);
    }

    fn switch(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let scope = Scope::inside(Some(scope));
        if let Some(initializer) = code.field("initializer") {
            self.statement(initializer, &scope);
        }
        let subject = code.field("value").map(|value| self.value(value, &scope));
        let resumed = self.start_resuming();
        let (mut rest, mut end, mut default) = (ALWAYS, NEVER, None);
        self.enter_loop();
        for case in code.children() {
            match case.kind() {
                "default_case" => default = Some(case),
                "expression_case" => {
                    let condition = self.case_condition(case, subject.as_ref(), &scope);
                    let here = self.logic.and(rest, condition);
                    let after = self.under(here, |machine| machine.case_body(case, &scope));
                    end = self.logic.or(end, after);
                    rest = self.logic.and_not(rest, condition);
                }
                _ => {}
            }
        }
        let after = self.under(rest, |machine| {
            if let Some(case) = default {
                machine.case_body(case, &scope);
            }
        });
        self.path = self.logic.or(end, after);
        self.exit_loop();
        self.resume(resumed);
    }

    fn case_condition(
        &mut self,
        case: Code<'p>,
        subject: Option<&Value<'p>>,
        scope: &Rc<Scope<'p>>,
    ) -> Formula {
        let mut any = NEVER;
        for value in case.field("value").map(Code::children).unwrap_or_default() {
            let condition = match subject {
                None => self.condition(value, scope),
                Some(subject) => {
                    let right = self.value(value, scope);
                    self.equal(subject.clone(), &right, value)
                }
            };
            any = self.logic.or(any, condition);
        }
        any
    }

    fn case_body(&mut self, case: Code<'p>, scope: &Rc<Scope<'p>>) {
        let value = case.field("value").map(|value| value.node.id());
        let scope = Scope::inside(Some(scope));
        for part in case.children() {
            if Some(part.node.id()) != value {
                self.statement(part, &scope);
            }
        }
    }

    fn switch_unclear(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let resumed = self.start_resuming();
        self.enter_loop();
        let (mut end, mut rest) = (NEVER, ALWAYS);
        for case in code.children() {
            let condition = match case.kind() {
                "type_case" | "communication_case" => {
                    let text = case.field("type").or(case.field("communication"));
                    let text = text.map(|part| format!("case {}", part.line()));
                    self.unclear(&text.unwrap_or_default())
                }
                "default_case" => ALWAYS,
                _ => continue,
            };
            let here = self.logic.and(rest, condition);
            let after = self.under(here, |machine| machine.case_body(case, scope));
            end = self.logic.or(end, after);
            rest = self.logic.and_not(rest, condition);
        }
        let skipped = self.logic.and(self.path, rest);
        self.path = self.logic.or(end, skipped);
        self.exit_loop();
        self.resume(resumed);
    }

    fn leave(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let list = code.children().into_iter().next().map(Code::children).unwrap_or_default();
        let mut values: Vec<Value<'p>> =
            list.iter().map(|value| self.value(*value, scope)).collect();
        if let [Value::Tuple(inner)] = values.as_mut_slice() {
            values = std::mem::take(inner);
        }
        let failing = match values.last() {
            Some(Value::Failure(steps)) => Some(steps.clone()),
            _ => None,
        };
        self.note_swallowed(failing.is_some());
        let path = std::mem::replace(&mut self.path, NEVER);
        let returned = match failing {
            Some(_) => self.surely(path),
            None => path,
        };
        let resumed = self.logic.and_not(path, returned);
        let Some(frame) = self.frames.last_mut() else { return };
        frame.resumed = self.logic.or(frame.resumed, resumed);
        frame.failures.extend(failing);
        if returned != NEVER {
            frame.returns.push((returned, values));
        }
    }

    /// The part of the path to an error on which it comes for sure: where a value
    /// forbids a deletion. What a creation or change must not be given is never
    /// given, and the rest is the error of a call.
    fn surely(&mut self, path: Formula) -> Formula {
        if self.mode != Mode::Delete {
            return NEVER;
        }
        let mut surely = path;
        for atom in self.logic.support(path) {
            if !matches!(self.atoms[atom], Atom::Equals(..)) {
                surely = self.logic.forall(surely, atom);
            }
        }
        surely
    }

    fn declaration(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        for (target, value) in self.assigned(code, scope) {
            let name = target.text();
            // A name that the block has already is assigned, not declared.
            if scope.has_own(name) {
                self.assign(scope, name, value);
            } else {
                scope.declare(name, value);
            }
        }
    }

    fn assignment(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let is_plain = code.field("operator").is_none_or(|operator| operator.text() == "=");
        for (target, value) in self.assigned(code, scope) {
            match target.kind() {
                "identifier" if is_plain => self.assign(scope, target.text(), value),
                "identifier" => {
                    let text = Value::Unknown(target.text().to_owned());
                    self.assign(scope, target.text(), text);
                }
                "index_expression" | "selector_expression" => self.set_part(target, value, scope),
                _ => {}
            }
        }
    }

    /// Fields of structs and entries of maps are kept like variables of their own.
    /// A common request is known by the action that it is given.
    fn set_part(&mut self, target: Code<'p>, value: Value<'p>, scope: &Rc<Scope<'p>>) {
        let Some(operand) = target.field("operand").map(Code::text) else { return };
        if target.field("field").is_some_and(|field| field.text() == "ApiName") {
            return self.assign(scope, operand, value);
        }
        if let Some(Value::List(filled)) = scope.get(operand) {
            let filled = self.logic.or(filled, self.path);
            scope.set(operand, Value::List(filled));
        }
        let name = target.line();
        if scope.get(&name).is_none() {
            scope.declare_beside(operand, &name, Value::Unknown(name.clone()));
        }
        self.assign(scope, &name, value);
    }

    fn assigned(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Vec<(Code<'p>, Value<'p>)> {
        let side = |name| code.field(name).map(Code::children).unwrap_or_default();
        let (left, right) = (side("left"), side("right"));
        let first_step = self.steps.len();
        let mut values: Vec<Value<'p>> =
            right.iter().map(|value| self.value(*value, scope)).collect();
        if let ([Value::Tuple(inner)], 2..) = (values.as_mut_slice(), left.len()) {
            values = std::mem::take(inner);
        }
        let text = right.first().map(|value| value.line()).unwrap_or_default();
        values.resize_with(left.len(), || Value::Unknown(text.clone()));
        let failed = first_step..self.steps.len();
        let known = left.into_iter().zip(values).map(|(target, value)| match value {
            Value::Unknown(_) if names_error(target.text()) => {
                (target, Value::Failure(failed.clone()))
            }
            value => (target, value),
        });
        known.collect()
    }

    fn variables(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) {
        let names: Vec<Code<'p>> =
            code.children().into_iter().filter(|part| part.kind() == "identifier").collect();
        let values = code.field("value").map(Code::children).unwrap_or_default();
        let kind = code.field("type");
        for (place, name) in names.into_iter().enumerate() {
            let value = match (values.get(place), kind) {
                (Some(value), _) => self.value(*value, scope),
                (None, Some(kind)) => zero(kind),
                (None, None) => Value::Unknown(name.text().to_owned()),
            };
            scope.declare(name.text(), value);
        }
    }
}

/// The zero value of a type.
fn zero(kind: Code<'_>) -> Value<'_> {
    match (kind.kind(), kind.text()) {
        (_, "bool") => Value::Truth(NEVER),
        (_, "string") => Value::Text(String::new()),
        (_, "error") => Value::Nil,
        ("slice_type" | "map_type", _) => Value::List(NEVER),
        ("type_identifier", name) => Value::Object(name.to_owned()),
        (_, text) => Value::Unknown(text.to_owned()),
    }
}

/// Whether a variable is an error by its name.
pub(super) fn names_error(name: &str) -> bool {
    name == "err" || name == "e" || name.ends_with("Err") || name.starts_with("err")
}
