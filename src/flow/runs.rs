//! Steps of functions that are also seen in the places of their calls: they are
//! judged there, once for all the calls.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::judge::JudgedProcedure;
use crate::source::Span;
use crate::verdict::{Course, Step};

/// The steps that runs show.
#[derive(Default)]
pub(super) struct Covered<'r>(HashMap<Span, Vec<&'r Step>>);

impl Covered<'_> {
    /// Whether a step of a procedure is among them.
    pub(super) fn has(&self, step: &Step) -> bool {
        self.same(step).next().is_some()
    }

    fn same<'c>(&'c self, step: &'c Step) -> impl Iterator<Item = &'c Step> {
        let at = self.0.get(&step.operation.span).into_iter().flatten().copied();
        at.filter(|other| other.operation.action == step.operation.action)
    }
}

/// The steps that runs show, whose course in the procedures is the best of theirs.
pub(super) fn cover<'r>(
    procedures: &mut [JudgedProcedure],
    runs: &'r [JudgedProcedure],
) -> Covered<'r> {
    let mut covered = Covered::default();
    for step in runs.iter().flat_map(|run| &run.steps) {
        covered.0.entry(step.operation.span).or_default().push(step);
    }
    if runs.is_empty() {
        return covered;
    }
    for step in procedures.iter_mut().flat_map(|judged| &mut judged.steps) {
        let courses: Vec<Course> = covered.same(step).map(|other| other.course).collect();
        let reached = courses.iter().find(|course| **course == Course::Reached);
        if let Some(course) = reached.or(courses.first()) {
            step.course = *course;
        }
    }
    covered
}

/// Leaves one finding of each rule at each place, the gravest.
pub(super) fn merge(findings: &mut Vec<Finding<'_>>, is_single: bool) {
    if is_single {
        return;
    }
    let mut places: HashMap<(Span, String, Option<String>), usize> = HashMap::new();
    let mut kept: Vec<Finding<'_>> = Vec::new();
    for finding in findings.drain(..) {
        let key = (finding.label.span, finding.rule.id.clone(), finding.action.clone());
        match places.get(&key) {
            Some(place) if kept[*place].severity >= finding.severity => {}
            Some(place) => kept[*place] = finding,
            None => {
                places.insert(key, kept.len());
                kept.push(finding);
            }
        }
    }
    *findings = kept;
}
