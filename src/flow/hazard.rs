//! Findings on a step and those related to it, and which findings take others
//! with them.

use super::sequence::Sequence;
use super::{Texts, finding, severity};
use crate::finding::{Finding, Label};
use crate::procedure::Evidence;
use crate::ruleset::{Condition, Direction, Relation, Rule, Severity};
use crate::verdict::{Course, Step, Verdict};

/// How many steps are shown for one relation.
const MOST_RELATED: usize = 8;

/// A finding in its procedure.
pub(super) struct Found<'r> {
    pub(super) finding: Finding<'r>,
    /// The steps that it is about, the one at which it stands first.
    steps: Vec<usize>,
}

/// The finding of a rule whose condition holds at a step.
pub(super) fn found<'r>(
    rule: &'r Rule,
    number: usize,
    when: &Condition,
    sequence: &Sequence<'_>,
) -> Found<'r> {
    let step = &sequence.steps[number];
    let mut related = Vec::new();
    for (relation, direction) in sequence.reasons(number, when) {
        let numbers = related_steps(number, relation, direction, sequence);
        related.extend(numbers.into_iter().map(|number| (number, relation)));
    }
    related.sort_by_key(|(number, _)| *number);
    related.dedup_by_key(|(number, _)| *number);
    let others: Vec<&Step> = related.iter().map(|(number, _)| &sequence.steps[*number]).collect();
    let first = related.iter().position(|(_, relation)| !relation.optional);
    let texts = texts(step, first.map(|first| others[first]), sequence);
    let mut finding = finding(rule, step.operation.span, &texts);
    for ((_, relation), other) in related.iter().zip(&others) {
        let message = label(relation, other, step, sequence);
        finding.related.push(Label { span: other.operation.span, message });
    }
    let needed = related.iter().zip(&others).filter(|((_, relation), _)| !relation.optional);
    let mut needed: Vec<(&Relation, &Step)> =
        needed.map(|((_, relation), other)| (*relation, *other)).collect();
    // One step is enough for each relation: those that nothing takes care of count.
    let bare: Vec<&Relation> = needed
        .iter()
        .filter(|(_, step)| !is_cared_for(step))
        .map(|(relation, _)| *relation)
        .collect();
    needed.retain(|(relation, step)| {
        !is_cared_for(step) || !bare.iter().any(|other| std::ptr::eq(*other, *relation))
    });
    let needed: Vec<&Step> = needed.into_iter().map(|(_, step)| step).collect();
    if !needed.is_empty() {
        weaken(&mut finding, &needed);
    }
    let numbers = related.iter().map(|(number, _)| *number);
    Found { finding, steps: std::iter::once(number).chain(numbers).collect() }
}

/// Whether a look at the lock or a handler takes care of a step, and not too late.
fn is_cared_for(step: &Step) -> bool {
    step.handled.is_some() && step.course != Course::TurnedBack
}

fn related_steps(
    number: usize,
    relation: &Relation,
    direction: Direction,
    sequence: &Sequence<'_>,
) -> Vec<usize> {
    let mut numbers = sequence.related(number, relation, direction);
    numbers.truncate(MOST_RELATED);
    numbers
}

fn texts<'p>(step: &'p Step, other: Option<&'p Step>, sequence: &Sequence<'p>) -> Texts<'p> {
    let mut texts = Texts::new(vec![step], sequence.ruleset);
    texts.other = other;
    texts.all = sequence.steps;
    texts
}

fn label(relation: &Relation, step: &Step, main: &Step, sequence: &Sequence<'_>) -> String {
    let template = relation.label.as_deref().unwrap_or("`{action}`{reason}");
    texts(step, Some(main), sequence).fill(template)
}

/// A finding about several steps is as sure as the least sure of them, and as
/// grave as the worst. On what may never run it is a note.
fn weaken(finding: &mut Finding<'_>, others: &[&Step]) {
    for other in others {
        let lower = match other.operation.evidence {
            Evidence::Latent | Evidence::Possible => Severity::Note,
            // A look that comes after the step takes care of nothing.
            Evidence::Certain | Evidence::Planned if other.course == Course::TurnedBack => {
                finding.rule.severity
            }
            Evidence::Certain | Evidence::Planned => severity(finding.rule, other),
        };
        finding.severity = finding.severity.min(lower);
        if other.judgement.verdict > finding.verdict {
            finding.verdict = other.judgement.verdict;
            finding.error_code.clone_from(&other.judgement.error_code);
        }
        if other.course != Course::TurnedBack {
            finding.handled = finding.handled.or(other.handled);
        }
    }
    if finding.verdict == Verdict::MayFail {
        finding.severity = finding.severity.min(Severity::Warning);
    }
    let unsure = matches!(finding.evidence, Evidence::Latent | Evidence::Possible);
    if unsure {
        finding.severity = Severity::Note;
    }
}

/// Drops the findings that others take with them, and shows them there. The
/// findings are in the order of their steps.
pub(super) fn take(found: &mut Vec<Found<'_>>) {
    let mut gone = vec![false; found.len()];
    for whole in 0..found.len() {
        for part in at_its_steps(whole, found) {
            if !is_part(&found[part], &found[whole]) {
                continue;
            }
            gone[part] = true;
            let label = found[part].finding.label.clone();
            let finding = &mut found[whole].finding;
            let is_shown = |shown: &Label| shown.span == label.span;
            if !is_shown(&finding.label) && !finding.related.iter().any(is_shown) {
                finding.related.push(label);
            }
        }
    }
    let mut gone = gone.into_iter();
    found.retain(|_| !gone.next().unwrap_or_default());
}

/// The findings that stand at one of the steps of a finding which takes others.
fn at_its_steps(whole: usize, found: &[Found<'_>]) -> Vec<usize> {
    let mut at = Vec::new();
    if found[whole].finding.rule.takes.is_empty() {
        return at;
    }
    for step in &found[whole].steps {
        let first = found.partition_point(|other| other.steps.first() < Some(step));
        let own = found[first..].iter().take_while(|other| other.steps.first() == Some(step));
        at.extend(first..first + own.count());
    }
    at.retain(|other| *other != whole);
    at
}

fn is_part(part: &Found<'_>, whole: &Found<'_>) -> bool {
    whole.finding.rule.takes.contains(&part.finding.rule.id)
        && whole.finding.severity >= part.finding.severity
}
