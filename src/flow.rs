//! Applies the finding rules to the judged steps of a unit, along the ways that a
//! run takes while every instance is locked.

use std::collections::BTreeMap;

use crate::finding::{Finding, Label};
use crate::judge::Judged;
use crate::procedure::{Action, Attribute, Basis, Evidence};
use crate::ruleset::{Rule, Ruleset, Scope, Severity};
use crate::source::{FileId, Span};
use crate::verdict::Step;

mod course;
mod hazard;
mod left;
mod remains;
mod runs;
mod sequence;
mod settled;
mod texts;
mod wait;

use sequence::Sequence;
use settled::Settled;
use texts::Texts;

/// Says of each step whether a run on a locked instance comes to it, and gives
/// the findings of the unit: one for each rule and step, or rule and resource. A
/// finding about several steps takes those about each of them with it. The texts
/// are those of the unit's files.
pub fn find<'r>(
    judged: &mut Judged,
    ruleset: &'r Ruleset,
    texts: &[(FileId, &str)],
) -> Vec<Finding<'r>> {
    let settled = Settled::new(texts);
    let Judged { procedures, runs } = judged;
    runs.iter_mut().for_each(course::mark);
    procedures.iter_mut().for_each(course::mark);
    for judged in procedures.iter_mut() {
        let run = runs.iter().find(|run| run.span == judged.span);
        let steps = run.map_or(&judged.steps, |run| &run.steps);
        judged.remains = remains::remains(steps, ruleset);
    }
    let covered = runs::cover(procedures, runs);
    let mut findings = Vec::new();
    let mut resources = Resources::default();
    let whole = runs.iter().map(|run| (run, None));
    let own = procedures.iter().map(|judged| (judged, Some(&covered)));
    for (judged, covered) in whole.chain(own) {
        let sequence = Sequence::new(judged, ruleset, &settled);
        let mut own = Vec::new();
        for (number, step) in judged.steps.iter().enumerate() {
            if covered.is_some_and(|covered| covered.has(step)) {
                continue;
            }
            for (index, rule) in ruleset.rules.iter().enumerate() {
                let Some(when) = rule.when.as_ref().filter(|_| !rule.off) else { continue };
                if !sequence.holds(number, when) {
                    continue;
                }
                match rule.scope {
                    Scope::Suppression => {}
                    Scope::Operation => own.push(hazard::found(rule, number, when, &sequence)),
                    Scope::Resource => {
                        resources.entry((judged.span, index)).or_default().push(step);
                    }
                }
            }
        }
        hazard::take(&mut own);
        findings.extend(own.into_iter().map(|found| found.finding));
    }
    runs::merge(&mut findings, runs.is_empty());
    let stopped = left::stopped(procedures, ruleset);
    for ((span, rule), steps) in resources {
        let mut texts = Texts::new(steps, ruleset);
        texts.stopped = stopped.get(&span).map_or(&[], Vec::as_slice);
        findings.push(finding(&ruleset.rules[rule], span, &texts));
    }
    findings
}

/// The steps that meet a rule, together for each declared resource and rule, which
/// is named by its index. The procedures of a resource have its span.
type Resources<'s> = BTreeMap<(Span, usize), Vec<&'s Step>>;

/// The finding of a rule on one step, or on the steps of one resource.
fn finding<'r>(rule: &'r Rule, span: Span, texts: &Texts<'_>) -> Finding<'r> {
    let Texts { steps, main, .. } = texts;
    let operation = &main.operation;
    let actions = distinct(steps.iter().filter_map(|step| named(step)));
    let mut binding = operation.binding.clone();
    if let Some(binding) = binding.as_mut().filter(|_| steps.len() > 1) {
        binding.attributes = attributes(steps);
    }
    Finding {
        rule,
        severity: severity(rule, main),
        message: texts.fill(&rule.message),
        help: texts.fill(&rule.help),
        label: Label { span, message: texts.fill(&rule.label) },
        related: Vec::new(),
        action: (actions.len() == 1).then(|| actions[0].to_owned()),
        verdict: main.judgement.verdict,
        error_code: main.judgement.error_code.clone(),
        evidence: operation.evidence,
        target: operation.target.name().map(str::to_owned),
        binding,
        handled: main.handled,
        fingerprint: String::new(),
        fix: None,
        suppressed: None,
        baseline: None,
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

fn distinct<'s>(items: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut kept = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
