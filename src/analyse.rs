//! Runs the stages from reading to findings over one unit after another, in
//! parallel, and keeps what the report needs.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use rayon::prelude::*;

use crate::bind;
use crate::discover::{Discovery, ReadFile, Unit};
use crate::finding::{self, Finding};
use crate::flow;
use crate::frontend::{Context, Lowered};
use crate::judge::{self, JudgedProcedure};
use crate::problem::{Problem, ProblemKind};
use crate::ruleset::Ruleset;
use crate::source::{FileId, Source, SourceFile, Span};

/// What the analysis of all units gave.
#[derive(Debug, Default)]
pub struct Analysis<'r> {
    /// The files that findings, procedures or problems point into.
    pub files: BTreeMap<FileId, SourceFile>,
    /// The findings, sorted by place and rule.
    pub findings: Vec<Finding<'r>>,
    /// The procedures with steps, sorted by file, declared ones after those that
    /// are written out.
    pub procedures: Vec<JudgedProcedure>,
    /// What could not be read, with its path, sorted.
    pub problems: Vec<(String, Problem)>,
    /// How many files a front end has read.
    pub file_count: usize,
    /// Whether an input that the user named could not be read.
    pub named_unreadable: bool,
}

/// The stack of a worker: front ends recurse to a fixed depth.
const STACK_BYTES: usize = 16 << 20;

/// Analyses every unit. The result does not depend on `jobs`, which is the
/// number of threads; 0 means one for each processor.
#[must_use]
pub fn analyse<'r>(discovery: &Discovery, ruleset: &'r Ruleset, jobs: usize) -> Analysis<'r> {
    let run = || discovery.units.par_iter().map(|unit| analyse_unit(unit, ruleset));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES).build();
    let units: Vec<Analysis<'r>> = match pool {
        Ok(pool) => pool.install(|| run().collect()),
        Err(_) => run().collect(),
    };
    let mut all = Analysis {
        problems: discovery.problems.clone(),
        named_unreadable: discovery.named_unreadable,
        ..Analysis::default()
    };
    for unit in units {
        all.take(unit);
    }
    all.finish();
    all
}

impl Analysis<'_> {
    fn take(&mut self, unit: Self) {
        self.files.extend(unit.files);
        self.findings.extend(unit.findings);
        self.procedures.extend(unit.procedures);
        self.problems.extend(unit.problems);
        self.file_count += unit.file_count;
        self.named_unreadable |= unit.named_unreadable;
    }

    fn finish(&mut self) {
        self.findings.sort_by(|left, right| {
            let place = left.label.span.cmp(&right.label.span);
            place
                .then_with(|| left.rule.id.cmp(&right.rule.id))
                .then_with(|| left.message.cmp(&right.message))
        });
        self.findings.dedup_by(|later, earlier| {
            later.label.span == earlier.label.span
                && later.rule.id == earlier.rule.id
                && later.message == earlier.message
        });
        self.procedures.sort_by_key(|judged| judged.procedure.span.file);
        self.problems.sort_by(|left, right| {
            let key = |problem: &Problem| (problem.span, problem.kind);
            left.0.cmp(&right.0).then_with(|| key(&left.1).cmp(&key(&right.1)))
        });
        let files = &self.files;
        finding::fingerprint(&mut self.findings, |span| {
            let file = &files[&span.file];
            (file.path.as_str(), file.slice(span))
        });
    }
}

/// Analyses a unit; a panic on the way becomes a problem of its files.
fn analyse_unit<'r>(unit: &Unit, ruleset: &'r Ruleset) -> Analysis<'r> {
    let work = AssertUnwindSafe(|| try_unit(unit, ruleset));
    std::panic::catch_unwind(work).unwrap_or_else(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown reason");
        let message = format!("not analysed: the linter failed ({reason}); please report it");
        let problem = Problem { kind: ProblemKind::Internal, message, span: None };
        let path = unit.files[0].shown.clone();
        Analysis { problems: vec![(path, problem)], ..Analysis::default() }
    })
}

fn try_unit<'r>(unit: &Unit, ruleset: &'r Ruleset) -> Analysis<'r> {
    let mut analysis = Analysis::default();
    let files = read(unit, &mut analysis);
    let lowered = lower(&files, ruleset);
    for problem in &lowered.problems {
        let path = problem.span.and_then(|span| path_of(&files, span)).unwrap_or_default();
        analysis.problems.push((path, problem.clone()));
    }
    analysis.procedures = judge::judge(bind::bind(lowered, ruleset), ruleset);
    analysis.procedures.retain(|judged| !judged.steps.is_empty());
    analysis.findings = flow::find(&analysis.procedures, ruleset);
    let spans = analysis.procedures.iter().map(|judged| judged.procedure.span);
    let spans = spans.chain(lowered_spans(&analysis.problems));
    let used: Vec<FileId> = spans.map(|span| span.file).collect();
    let files = files.into_iter().map(|(id, read)| (id, read.file));
    analysis.files = files.filter(|(id, _)| used.contains(id)).collect();
    analysis
}

fn lowered_spans(problems: &[(String, Problem)]) -> impl Iterator<Item = Span> {
    problems.iter().filter_map(|(_, problem)| problem.span)
}

fn path_of(files: &[(FileId, ReadFile)], span: Span) -> Option<String> {
    let (_, read) = files.iter().find(|(id, _)| *id == span.file)?;
    Some(read.file.path.clone())
}

fn read(unit: &Unit, analysis: &mut Analysis<'_>) -> Vec<(FileId, ReadFile)> {
    let mut files = Vec::new();
    for file in &unit.files {
        let before = analysis.problems.len();
        if let Some(read) = file.read(&mut analysis.problems) {
            analysis.file_count += 1;
            files.push((file.id, read));
        } else if file.named {
            analysis.named_unreadable |= analysis.problems.len() > before;
        }
    }
    files
}

/// Lowers the files of a unit together, if any of them can matter.
fn lower(files: &[(FileId, ReadFile)], ruleset: &Ruleset) -> Lowered {
    let Some((_, first)) = files.first() else { return Lowered::default() };
    if !files.iter().any(|(_, read)| read.matters) {
        return Lowered::default();
    }
    let sources: Vec<Source<'_>> =
        files.iter().map(|(id, read)| Source::file(*id, &read.file.text)).collect();
    (first.frontend.lower)(&sources, Context { catalogue: &ruleset.catalogue })
}
