//! Applies the finding rules to the judged steps of a unit.

use std::collections::BTreeMap;

use crate::finding::{Finding, Label};
use crate::judge::JudgedProcedure;
use crate::procedure::{Action, Attribute, Basis, Binding, Evidence, Lifecycle};
use crate::ruleset::{Facts, Rule, Ruleset, Scope, Severity};
use crate::source::Span;
use crate::verdict::{Step, Verdict};

mod left;

/// The findings of a unit, one for each rule and operation, or rule and resource.
#[must_use]
pub fn find<'r>(procedures: &[JudgedProcedure], ruleset: &'r Ruleset) -> Vec<Finding<'r>> {
    let mut findings = Vec::new();
    let mut resources = Resources::default();
    for judged in procedures {
        for step in &judged.steps {
            let facts = facts(step, ruleset);
            for (index, rule) in ruleset.rules.iter().enumerate() {
                if !rule.when.holds(facts) {
                    continue;
                }
                match rule.scope {
                    Scope::Operation => {
                        let span = step.operation.span;
                        findings.push(finding(rule, span, &Texts::new(&[step], ruleset)));
                    }
                    Scope::Resource => {
                        resources.entry((judged.span, index)).or_default().push(step);
                    }
                }
            }
        }
    }
    let stopped = left::stopped(procedures, ruleset);
    for ((span, rule), steps) in resources {
        let mut texts = Texts::new(&steps, ruleset);
        texts.stopped = stopped.get(&span).map_or(&[], Vec::as_slice);
        findings.push(finding(&ruleset.rules[rule], span, &texts));
    }
    findings
}

/// The steps that meet a rule, together for each declared resource and rule, which
/// is named by its index. The procedures of a resource have its span.
type Resources<'s> = BTreeMap<(Span, usize), Vec<&'s Step>>;

fn facts(step: &Step, ruleset: &Ruleset) -> Facts {
    let name = match &step.operation.action {
        Action::Named(name) => Some(name.as_str()),
        Action::Unresolved(_) => None,
    };
    let lifecycle = step.operation.binding.as_ref().map(|binding| binding.lifecycle);
    Facts {
        verdict: step.judgement.verdict,
        evidence: step.operation.evidence,
        depends_on: name.and_then(|name| ruleset.lock.row(name)?.condition),
        named: name.is_some(),
        contradicted: name.is_some_and(|name| ruleset.lock.conflict(name).is_some()),
        later: matches!(lifecycle, Some(Lifecycle::Update | Lifecycle::Delete)),
    }
}

/// The finding of a rule on one step, or on the steps of one resource.
fn finding<'r>(rule: &'r Rule, span: Span, texts: &Texts<'_>) -> Finding<'r> {
    let Texts { steps, worst, .. } = texts;
    let operation = &worst.operation;
    let actions = distinct(steps.iter().filter_map(|step| named(step)));
    let mut binding = operation.binding.clone();
    if let Some(binding) = binding.as_mut().filter(|_| steps.len() > 1) {
        binding.attributes = attributes(steps);
    }
    Finding {
        rule,
        severity: severity(rule, worst),
        message: texts.fill(&rule.message),
        help: texts.fill(&rule.help),
        label: Label { span, message: texts.fill(&rule.label) },
        related: Vec::new(),
        action: (actions.len() == 1).then(|| actions[0].to_owned()),
        verdict: worst.judgement.verdict,
        error_code: worst.judgement.error_code.clone(),
        evidence: operation.evidence,
        target: operation.target.name().map(str::to_owned),
        binding,
        handled: worst.handled,
        fingerprint: String::new(),
    }
}

/// A rule's severity, lowered as far as the evidence demands.
fn severity(rule: &Rule, step: &Step) -> Severity {
    let inferred =
        step.operation.binding.as_ref().is_some_and(|binding| binding.basis == Basis::Inferred);
    let most = match step.operation.evidence {
        _ if step.handled.is_some() => Severity::Note,
        Evidence::Latent => Severity::Note,
        Evidence::Possible => Severity::Warning,
        Evidence::Certain | Evidence::Planned if inferred => Severity::Warning,
        Evidence::Certain | Evidence::Planned => Severity::Error,
    };
    rule.severity.min(most)
}

fn named(step: &Step) -> Option<&str> {
    match &step.operation.action {
        Action::Named(name) => Some(name),
        Action::Unresolved(_) => None,
    }
}

/// The attributes of all the steps, those that the configuration sets first.
fn attributes(steps: &[&Step]) -> Vec<Attribute> {
    let bindings = steps.iter().filter_map(|step| step.operation.binding.as_ref());
    let mut all: Vec<Attribute> = Vec::new();
    for attribute in bindings.flat_map(|binding| &binding.attributes) {
        if !all.contains(attribute) {
            all.push(attribute.clone());
        }
    }
    all.sort_by_key(|attribute| attribute.span.is_none());
    all
}

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

fn distinct<'s>(items: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut kept = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
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

/// The texts that a rule's placeholders stand for.
struct Texts<'a> {
    steps: &'a [&'a Step],
    worst: &'a Step,
    /// The attributes whose change leaves the instance stopped.
    stopped: &'a [Attribute],
    ruleset: &'a Ruleset,
}

impl<'a> Texts<'a> {
    /// The texts for at least one step.
    fn new(steps: &'a [&'a Step], ruleset: &'a Ruleset) -> Self {
        // The first of the worst.
        let worst = steps.iter().rev().max_by_key(|step| step.judgement.verdict);
        let worst = worst.expect("a finding is made for at least one step");
        Self { steps, worst, stopped: &[], ruleset }
    }

    fn fill(&self, template: &str) -> String {
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
        let action = named(self.worst).unwrap_or("an unknown action");
        let operation = &self.worst.operation;
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
            "reason" => self.reason(),
            "resource" => binding.map_or(action, |binding| &binding.resource).to_owned(),
            "suggestion" => self.suggestion(action),
            "target" => operation.target.name().unwrap_or("an unknown target").to_owned(),
            "text" => self.unresolved_text(),
            _ => unreachable!("loading refuses unknown placeholders"),
        }
    }

    fn code(&self) -> String {
        let code = self.worst.judgement.error_code.as_ref();
        code.map_or_else(String::new, |code| format!(" with {code}"))
    }

    fn reason(&self) -> String {
        match (self.worst.handled, self.worst.judgement.reason) {
            (Some(handled), _) => format!("; handled: {handled}"),
            (None, "") => String::new(),
            (None, reason) => format!("; {reason}"),
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
        match &self.worst.operation.action {
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
        let mut parts = named_first(&attributes(self.steps));
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
