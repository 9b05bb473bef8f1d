//! What the provider makes of errors: codes on which it calls again, and codes
//! that it takes for success.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use super::Machine;
use crate::formula::Formula;
use crate::go::Code;
use crate::value::{Scope, Value};

/// The codes on which the provider's `NeedRetry` says yes.
const NEED_RETRY: [&str; 2] = ["ServiceUnavailable", "Throttling*"];
/// Stands for every code.
const ANY_CODE: &str = "*";

/// A look at the code of an error.
#[derive(Clone, Debug)]
pub(super) struct CodeCheck {
    codes: BTreeSet<String>,
    /// The steps whose error it is.
    steps: Vec<Range<usize>>,
    /// Whether the error has another code here.
    negated: bool,
}

impl CodeCheck {
    /// The check where its condition does not hold: what the error is not tells
    /// nothing there.
    pub(super) fn otherwise(self) -> Option<Self> {
        self.negated.then_some(Self { negated: false, ..self })
    }
}

impl<'p> Machine<'_, 'p> {
    /// A condition, and the checks of error codes in it.
    pub(super) fn checked_condition(
        &mut self,
        code: Code<'p>,
        scope: &Rc<Scope<'p>>,
    ) -> (Formula, Vec<CodeCheck>) {
        let condition = self.condition(code, scope);
        let mut checks = Vec::new();
        for call in code.below("call_expression") {
            let Some(codes) = self.checked_codes(call) else { continue };
            let error = call.field("arguments").and_then(|list| list.children().first().copied());
            let steps = error.map(|error| self.value(error, scope).failed_steps());
            let is_not = |node: tree_sitter::Node<'_>| {
                node.kind() == "unary_expression" && node.child(0).is_some_and(|o| o.kind() == "!")
            };
            let negated = call.node.parent().is_some_and(is_not);
            checks.push(CodeCheck { codes, steps: steps.unwrap_or_default(), negated });
        }
        (condition, checks)
    }

    fn checked_codes(&self, call: Code<'p>) -> Option<BTreeSet<String>> {
        match call.field("function")?.text() {
            "NeedRetry" => Some(NEED_RETRY.map(str::to_owned).into()),
            "IsExpectedErrors" | "IsExpectedErrorCodes" => {
                let list = call.field("arguments")?.children().get(1).copied()?;
                let mut codes = BTreeSet::new();
                self.collect_texts(list, &mut codes, 0);
                Some(codes)
            }
            "NotFoundError" | "NotFoundErrorV2" => Some([String::from("NotFound*")].into()),
            _ => None,
        }
    }

    /// The string constants in a list, through constants and variables.
    fn collect_texts(&self, code: Code<'p>, texts: &mut BTreeSet<String>, depth: usize) {
        if let Some(text) = code.string() {
            texts.insert(text);
        } else if code.kind() == "identifier" {
            let value = self.provider.index.value(code.text()).filter(|_| depth < 4);
            if let Some(value) = value {
                self.collect_texts(value, texts, depth + 1);
            }
        } else {
            for part in code.children() {
                self.collect_texts(part, texts, depth);
            }
        }
    }

    /// An error is marked as worth another try.
    pub(super) fn note_retried(&mut self, error: &Value<'p>) {
        let outer = self.frames.last().map_or(0, |frame| frame.outer_checks);
        let checks: Vec<CodeCheck> =
            self.checks[outer..].iter().filter(|check| !check.negated).cloned().collect();
        if checks.is_empty() {
            for range in error.failed_steps() {
                self.note(&range, &[ANY_CODE.to_owned()].into(), |step| &mut step.retries);
            }
        }
        for check in checks {
            for range in &check.steps {
                self.note(range, &check.codes, |step| &mut step.retries);
            }
        }
    }

    /// A return that takes an error for success.
    pub(super) fn note_swallowed(&mut self, failing: bool) {
        let outer = self.frames.last().map_or(0, |frame| frame.outer_checks);
        let swallowing = self.checks[outer..].iter().filter(|check| check.negated == failing);
        for check in swallowing.cloned().collect::<Vec<_>>() {
            for range in &check.steps {
                self.note(range, &check.codes, |step| &mut step.swallows);
            }
        }
    }

    fn note(
        &mut self,
        range: &Range<usize>,
        codes: &BTreeSet<String>,
        set: fn(&mut super::Step) -> &mut BTreeSet<String>,
    ) {
        for step in self.steps.get_mut(range.clone()).into_iter().flatten() {
            set(step).extend(codes.iter().cloned());
        }
    }
}
