//! The texts of a finding: what the placeholders of its rule stand for.

use super::{attributes, named};
use crate::procedure::{Action, Attribute, Basis, Binding, Lifecycle};
use crate::ruleset::Ruleset;
use crate::verdict::{Course, Step, Verdict};

/// The names of the attributes that the configuration sets, and how many others
/// there are.
fn named_first(attributes: &[Attribute]) -> Vec<String> {
    let set = attributes.iter().filter(|attribute| attribute.span.is_some());
    let mut parts: Vec<String> = set.map(|attribute| attribute.name.clone()).collect();
    match attributes.len() - parts.len() {
        0 => {}
        1 => parts.push("1 attribute not set here".to_owned()),
        count => parts.push(format!("{count} attributes not set here")),
    }
    parts
}

/// `a, b or c`
fn alternatives(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.join(", "),
    }
}

/// Which declared resource a call is made for, and when.
fn origin(binding: &Binding) -> String {
    let attributes: Vec<&str> =
        binding.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let what = match binding.lifecycle {
        Lifecycle::Create => "called to create",
        Lifecycle::Read => "called to read",
        Lifecycle::Update => "called to change",
        Lifecycle::Delete => "called to destroy",
        Lifecycle::Run => "called by",
    };
    let basis = match binding.basis {
        Basis::Inferred => " (inferred: no published source states the call)",
        Basis::Stated | Basis::SameNamed => "",
    };
    match attributes.as_slice() {
        [] => format!("; {what} {}{basis}", binding.resource),
        attributes => format!("; {what} {} of {}{basis}", attributes.join(", "), binding.resource),
    }
}

/// For how long a call is made again.
fn timeout(binding: &Binding) -> String {
    match &binding.retries.timeout {
        Some(attribute) if attribute.starts_with("timeouts.") => {
            format!(" until `{attribute}` of {} runs out", binding.resource)
        }
        Some(time) => format!(" for {time}"),
        None => String::new(),
    }
}

/// The texts that a rule's placeholders stand for.
pub(super) struct Texts<'a> {
    /// The steps of the finding.
    pub(super) steps: Vec<&'a Step>,
    /// The step that the texts are about.
    pub(super) main: &'a Step,
    /// Another one that matters to it.
    pub(super) other: Option<&'a Step>,
    /// The steps of its procedure.
    pub(super) all: &'a [Step],
    /// The attributes whose change leaves the instance stopped.
    pub(super) stopped: &'a [Attribute],
    ruleset: &'a Ruleset,
}

impl<'a> Texts<'a> {
    /// The texts for at least one step, about the first of the worst of them.
    pub(super) fn new(steps: Vec<&'a Step>, ruleset: &'a Ruleset) -> Self {
        let worst = steps.iter().copied().rev().max_by_key(|step| step.judgement.verdict);
        let main = worst.expect("a finding is made for at least one step");
        Self { steps, main, other: None, all: &[], stopped: &[], ruleset }
    }

    /// A template with its placeholders replaced.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.text(name));
            rest = after;
        }
        text + rest
    }

    fn text(&self, placeholder: &str) -> String {
        let action = named(self.main).unwrap_or("an unknown action");
        let operation = &self.main.operation;
        let binding = operation.binding.as_ref();
        match placeholder {
            "action" => action.to_owned(),
            "attributes" => self.attributes(),
            "code" => self.code(),
            "conflict" => self.conflict(action),
            "effect" => self.effect(action),
            "left" => self.left(),
            "lifecycle" => binding.map_or("", |binding| binding.lifecycle.name()).to_owned(),
            "origin" => binding.map_or_else(String::new, origin),
            "other" => self.other.and_then(named).unwrap_or("another step").to_owned(),
            "reason" => self.reason() + &self.course(),
            "resource" => binding.map_or(action, |binding| &binding.resource).to_owned(),
            "suggestion" => self.suggestion(action),
            "target" => operation.target.name().unwrap_or("an unknown target").to_owned(),
            "text" => self.unresolved_text(),
            "timeout" => binding.map_or_else(String::new, timeout),
            _ => unreachable!("loading refuses unknown placeholders"),
        }
    }

    fn code(&self) -> String {
        let code = self.main.judgement.error_code.as_ref();
        code.map_or_else(String::new, |code| format!(" with {code}"))
    }

    fn reason(&self) -> String {
        match (self.main.handled, self.main.judgement.reason) {
            (Some(handled), _) => format!("; handled: {handled}"),
            (None, "") => String::new(),
            (None, reason) => format!("; {reason}"),
        }
    }

    /// What keeps a run from coming here.
    fn course(&self) -> String {
        match self.main.course {
            Course::EndedBy(number) => {
                let step = self.all.get(number).and_then(named).unwrap_or("an earlier step");
                format!("; not reached: the failure of `{step}` ends the run before")
            }
            Course::Reached | Course::TurnedBack | Course::Unseen => String::new(),
        }
    }

    fn effect(&self, action: &str) -> String {
        let row = self.ruleset.lock.row(action);
        row.map_or_else(String::new, |row| row.summary.trim().to_owned())
    }

    fn conflict(&self, action: &str) -> String {
        let conflict = self.ruleset.lock.conflict(action);
        conflict.map_or_else(String::new, |(page, says)| format!("the {page} says that {says}"))
    }

    fn suggestion(&self, action: &str) -> String {
        let nearest = self.ruleset.catalogue.nearest(action);
        nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
    }

    fn unresolved_text(&self) -> String {
        match &self.main.operation.action {
            Action::Named(name) => name.clone(),
            Action::Unresolved(text) => text.clone(),
        }
    }

    /// What a change that fails half way leaves behind.
    fn left(&self) -> String {
        if self.stopped.is_empty() {
            return String::new();
        }
        let attributes = alternatives(&named_first(self.stopped));
        format!("; a change of {attributes} stops the instance and leaves it down")
    }

    /// What cannot be done to a resource: the attributes that cannot change, and
    /// whether it cannot be destroyed.
    fn attributes(&self) -> String {
        let mut parts = named_first(&attributes(&self.steps));
        let destroyed = |step: &&&Step| {
            let binding = step.operation.binding.as_ref();
            binding.is_some_and(|binding| binding.lifecycle == Lifecycle::Delete)
        };
        let deletions: Vec<&&Step> = self.steps.iter().filter(destroyed).collect();
        if let Some(worst) = deletions.iter().map(|step| step.judgement.verdict).max() {
            let hedge = if worst == Verdict::MayFail { "possibly " } else { "" };
            parts.push(format!("{hedge}its destruction"));
        }
        parts.join(", ")
    }
}
