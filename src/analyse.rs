//! Runs the stages from reading to findings over one unit after another, in
//! parallel, and keeps what the report needs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;

use rayon::prelude::*;

use crate::bind;
use crate::compare;
use crate::directive::{self, Directive};
use crate::discover::{Age, Discovery, Follower, InputFile, ReadFile, Role};
use crate::finding::{self, Finding};
use crate::flow;
use crate::frontend::{Context, Grouping, Lowered};
use crate::judge::{self, JudgedProcedure};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Part;
use crate::ruleset::Ruleset;
use crate::source::{Base, FileId, Source, SourceFile, Span};

mod link;
mod unit;

/// What the analysis of all units gave.
#[derive(Debug, Default)]
pub struct Analysis<'r> {
    /// The files that findings, procedures or problems point into.
    pub files: BTreeMap<FileId, SourceFile>,
    /// The findings, sorted by place and rule.
    pub findings: Vec<Finding<'r>>,
    /// The findings that comments suppress, sorted alike; none before the findings
    /// are governed.
    pub suppressed: Vec<Finding<'r>>,
    /// The comments that are addressed to the linter, in the order of the places.
    pub directives: Vec<Directive>,
    /// The procedures with steps, sorted by file, declared ones after those that
    /// are written out.
    pub procedures: Vec<JudgedProcedure>,
    /// Where code stands in documents, in the order of the places.
    pub parts: Vec<Part>,
    /// What could not be read, with its path, sorted.
    pub problems: Vec<(String, Problem)>,
    /// How many files a front end has read.
    pub file_count: usize,
    /// Whether an input that the user named could not be read.
    pub named_unreadable: bool,
}

/// What is asked of each unit.
#[derive(Clone, Copy)]
struct Task<'r> {
    ruleset: &'r Ruleset,
    discovery: &'r Discovery,
    /// Called for each of the files that were found once it is read.
    watch: &'r (dyn Fn() + Sync),
}

/// The stack of a worker: front ends recurse to a fixed depth.
const STACK_BYTES: usize = 16 << 20;

/// Analyses every file. The result does not depend on `jobs`, which is the number
/// of threads; 0 means one for each processor.
#[must_use]
pub fn analyse<'r>(discovery: &'r Discovery, ruleset: &'r Ruleset, jobs: usize) -> Analysis<'r> {
    analyse_watched(discovery, ruleset, jobs, &|| ())
}

/// The same, and calls `watch` for each of the files that were found once it is
/// read.
#[must_use]
pub fn analyse_watched<'r>(
    discovery: &'r Discovery,
    ruleset: &'r Ruleset,
    jobs: usize,
    watch: &'r (dyn Fn() + Sync),
) -> Analysis<'r> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES).build();
    let matters = |file: &&InputFile| !discovery.compares || file.may_have_changed();
    let files: Vec<&InputFile> = discovery.files.iter().filter(matters).collect();
    let run = || analyse_files(&files, Task { ruleset, discovery, watch });
    let mut all = match pool {
        Ok(pool) => pool.install(run),
        // Without threads of its own it runs on those that there are.
        Err(_) => run(),
    };
    all.problems.extend(discovery.problems.iter().cloned());
    all.named_unreadable |= discovery.named_unreadable;
    all.finish();
    all
}

/// Files that are units of their own are analysed as soon as they are read; those
/// that belong together wait for each other, and for what they refer to.
fn analyse_files<'r>(files: &[&InputFile], task: Task<'r>) -> Analysis<'r> {
    let read: Vec<(Analysis<'r>, Option<ReadFile>)> =
        files.par_iter().map(|file| (read_and_analyse(file, task), (task.watch)()).0).collect();
    let mut all = Analysis::default();
    let mut waiting = Vec::new();
    let mut known = HashSet::new();
    for (file, (analysis, read)) in files.iter().zip(read) {
        if analysis.file_count > 0 {
            known.insert(file.shown.clone());
        }
        all.take(analysis);
        waiting.extend(read);
    }
    let mut follower = Follower::new(task.discovery, known);
    let mut referring = 0;
    while referring < waiting.len() {
        let linked = follower.next(&waiting[referring..]);
        referring = waiting.len();
        let read = linked.par_iter().map(|file| read_and_analyse(file, task));
        for (analysis, file) in read.collect::<Vec<_>>() {
            all.take(analysis);
            waiting.extend(file);
        }
    }
    let units = unit::group(waiting);
    let analyses: Vec<Analysis<'r>> =
        units.into_par_iter().map(|unit| analyse_unit(at_hand(unit), task)).collect();
    for analysis in analyses {
        all.take(analysis);
    }
    all
}

impl<'r> Analysis<'r> {
    fn take(&mut self, unit: Self) {
        self.files.extend(unit.files);
        self.findings.extend(unit.findings);
        self.procedures.extend(unit.procedures);
        self.parts.extend(unit.parts);
        self.directives.extend(unit.directives);
        self.problems.extend(unit.problems);
        self.file_count += unit.file_count;
        self.named_unreadable |= unit.named_unreadable;
    }

    /// Drops what is in files that were read for the sake of others.
    fn leave_out_context(&mut self, files: &[ReadFile]) {
        let context = files.iter().filter(|read| read.role == Role::Context);
        let context: HashSet<FileId> = context.map(|read| read.id).collect();
        if context.is_empty() {
            return;
        }
        let is_asked_for = |span: Span| !context.contains(&span.file);
        self.findings.retain(|finding| is_asked_for(finding.label.span));
        self.directives.retain(|directive| is_asked_for(directive.span));
        self.problems.retain(|(_, problem)| problem.span.is_none_or(is_asked_for));
        self.procedures.retain(|judged| {
            let mut steps = judged.steps.iter().map(|step| step.operation.span);
            is_asked_for(judged.span) || steps.any(is_asked_for)
        });
    }

    /// The files in the order of their paths, those that others refer to included.
    fn order(&self) -> HashMap<FileId, usize> {
        let mut files: Vec<(&str, FileId)> =
            self.files.iter().map(|(id, file)| (file.path.as_str(), *id)).collect();
        files.sort_unstable();
        files.into_iter().enumerate().map(|(place, (_, id))| (id, place)).collect()
    }

    fn finish(&mut self) {
        link::link(self);
        let order = self.order();
        sort_findings(&mut self.findings, &order);
        self.findings.dedup_by(|later, earlier| {
            later.label.span == earlier.label.span
                && later.rule.id == earlier.rule.id
                && later.message == earlier.message
        });
        self.procedures.sort_by_key(|judged| order[&judged.span.file]);
        self.parts.sort_by_key(|part| part.span);
        self.problems.sort_by(|left, right| {
            let key = |problem: &Problem| (problem.span, problem.kind);
            left.0.cmp(&right.0).then_with(|| key(&left.1).cmp(&key(&right.1)))
        });
        self.directives.sort_by_key(|directive| directive.span);
    }

    /// Adds findings, in their places among the others.
    pub(crate) fn add(&mut self, findings: Vec<Finding<'r>>) {
        let order = self.order();
        self.findings.extend(findings);
        sort_findings(&mut self.findings, &order);
    }

    /// All findings, the suppressed ones in their places.
    #[must_use]
    pub fn all_findings(&self) -> Vec<&Finding<'r>> {
        let mut all: Vec<&Finding<'r>> = self.findings.iter().chain(&self.suppressed).collect();
        if !self.suppressed.is_empty() {
            let order = self.order();
            all.sort_by(|left, right| compare_findings(left, right, &order));
        }
        all
    }

    /// Gives all findings their fingerprints, the suppressed ones in their places.
    pub(crate) fn fingerprint(&mut self, base: &Base) {
        let order = self.order();
        let mut findings = std::mem::take(&mut self.findings);
        let mut suppressed = std::mem::take(&mut self.suppressed);
        let mut all: Vec<&mut Finding<'_>> = findings.iter_mut().chain(&mut suppressed).collect();
        all.sort_by(|left, right| compare_findings(left, right, &order));
        finding::fingerprint(all, |span| {
            let file = &self.files[&span.file];
            (base.lasting(&file.path), self.without_directives(file, span))
        });
        (self.findings, self.suppressed) = (findings, suppressed);
    }

    /// The text of a span in pieces, between the comments to the linter in it.
    fn without_directives<'s>(&self, file: &'s SourceFile, span: Span) -> Vec<&'s str> {
        let first = self.directives.partition_point(|one| one.span < Span { end: 0, ..span });
        let within = |one: &&Directive| one.span.file == span.file && one.span.start < span.end;
        let mut pieces = Vec::new();
        let mut start = span.start;
        for one in self.directives[first..].iter().take_while(within) {
            if one.span.end < span.end {
                pieces.push(file.slice(Span { start, end: one.span.start, ..span }));
                start = one.span.end;
            }
        }
        pieces.push(file.slice(Span { start, ..span }));
        pieces
    }
}

fn sort_findings(findings: &mut [Finding<'_>], order: &HashMap<FileId, usize>) {
    findings.sort_by(|left, right| compare_findings(left, right, order));
}

/// By place and rule.
fn compare_findings(
    left: &Finding<'_>,
    right: &Finding<'_>,
    order: &HashMap<FileId, usize>,
) -> std::cmp::Ordering {
    let place = |span: Span| (order[&span.file], span);
    let place = place(left.label.span).cmp(&place(right.label.span));
    let rule = || left.rule.id.cmp(&right.rule.id);
    place.then_with(rule).then_with(|| left.message.cmp(&right.message))
}

/// Reads a file, and analyses it if it is a unit of its own.
fn read_and_analyse<'r>(file: &InputFile, task: Task<'r>) -> (Analysis<'r>, Option<ReadFile>) {
    let mut analysis = Analysis::default();
    let Some(read) = file.read(&mut analysis.problems) else {
        analysis.named_unreadable = file.named && !analysis.problems.is_empty();
        return (analysis, None);
    };
    analysis.file_count = usize::from(read.role != Role::Context);
    match read.frontend.grouping {
        Grouping::Folders(_) | Grouping::Linked(_) => (analysis, Some(read)),
        Grouping::File => {
            if read.matters() {
                analysis.take(analyse_unit(vec![read], task));
            }
            (analysis, None)
        }
    }
}

/// The files of a unit with their texts.
fn at_hand(unit: Vec<ReadFile>) -> Vec<ReadFile> {
    unit.into_iter().map(ReadFile::at_hand).collect()
}

/// Analyses a unit; a panic on the way becomes a problem of its first file.
fn analyse_unit(files: Vec<ReadFile>, task: Task<'_>) -> Analysis<'_> {
    let path = files.first().map(|read| read.file.path.clone()).unwrap_or_default();
    let work = AssertUnwindSafe(|| try_unit(files, task));
    std::panic::catch_unwind(work).unwrap_or_else(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown reason");
        let message = format!("not analysed: the linter failed ({reason}); please report it");
        let problem = Problem { kind: ProblemKind::Internal, message, span: None };
        Analysis { problems: vec![(path, problem)], ..Analysis::default() }
    })
}

fn try_unit(files: Vec<ReadFile>, task: Task<'_>) -> Analysis<'_> {
    let ruleset = task.ruleset;
    let lowered =
        if task.discovery.compares { compared(&files, task) } else { lower(&files, task) };
    let mut analysis = Analysis::default();
    for problem in &lowered.problems {
        let path = problem.span.and_then(|span| path_of(&files, task.discovery, span));
        let path = path.unwrap_or_default();
        analysis.problems.push((path, problem.clone()));
    }
    analysis.parts.clone_from(&lowered.parts);
    let bound = bind::bind(lowered, &task.discovery.existing, ruleset);
    let mut judged = judge::judge(bound, ruleset);
    judged.procedures.retain(|judged| !judged.steps.is_empty());
    let texts: Vec<(FileId, &str)> =
        files.iter().map(|read| (read.id, read.file.text.as_str())).collect();
    analysis.findings = flow::find(&mut judged, ruleset, &texts);
    analysis.procedures = judged.procedures;
    let there = files.iter().filter(|read| !matches!(read.age, Age::Gone(_)));
    let directives = there.flat_map(|read| directive::scan(read.id, &read.file.text));
    analysis.directives = directives.collect();
    let used = used_files(&analysis);
    analysis.leave_out_context(&files);
    let files = files.into_iter().filter(|read| used.contains(&read.id));
    analysis.files = files.map(|read| (read.id, read.file)).collect();
    analysis
}

/// The files that the analysis points into.
fn used_files(analysis: &Analysis<'_>) -> Vec<FileId> {
    let steps = analysis.procedures.iter().flat_map(|judged| &judged.steps);
    let spans = steps.map(|step| step.operation.span);
    let spans = spans.chain(analysis.procedures.iter().map(|judged| judged.span));
    let problems = analysis.problems.iter().filter_map(|(_, problem)| problem.span);
    let directives = analysis.directives.iter().map(|directive| directive.span);
    let spans = spans.chain(problems).chain(directives);
    let mut used: Vec<FileId> = spans.map(|span| span.file).collect();
    used.sort_unstable();
    used.dedup();
    used
}

fn path_of(files: &[ReadFile], discovery: &Discovery, span: Span) -> Option<String> {
    let read = files.iter().map(|read| (read.id, &read.file));
    let mut all = read.chain(discovery.values.iter().map(|(id, file)| (*id, file)));
    all.find(|(id, _)| *id == span.file).map(|(_, file)| file.path.clone())
}

/// Lowers the files of a unit together, if any of them can matter.
fn lower(files: &[ReadFile], task: Task<'_>) -> Lowered {
    let texts = files.iter().map(|read| (read, read.file.text.as_str()));
    lower_texts(&texts.collect::<Vec<_>>(), task)
}

fn lower_texts(texts: &[(&ReadFile, &str)], task: Task<'_>) -> Lowered {
    let Some((first, _)) = texts.first() else { return Lowered::default() };
    let frontend = first.frontend;
    if !texts.iter().any(|(_, text)| frontend.matters(text.as_bytes())) {
        return Lowered::default();
    }
    let sources: Vec<Source<'_>> = texts.iter().map(|(read, text)| source(read, text)).collect();
    let values = task.discovery.values.iter();
    let values: Vec<Source<'_>> =
        values.map(|(id, file)| Source::file(*id, &file.path, &file.text)).collect();
    (frontend.lower)(&sources, Context { catalogue: &task.ruleset.catalogue, values: &values })
}

/// A text of a file, under a name that its front end knows if the user chose that.
fn source<'t>(read: &'t ReadFile, text: &'t str) -> Source<'t> {
    let source = Source::file(read.id, &read.file.path, text);
    let renamed =
        if read.role == Role::Chosen { read.frontend.named_like_its_own(&source) } else { None };
    renamed.unwrap_or(source)
}

/// What differs of a unit from its earlier version.
fn compared(files: &[ReadFile], task: Task<'_>) -> Lowered {
    if files.iter().all(|read| read.age == Age::Same) {
        return Lowered::default();
    }
    let earlier_text = |read: &ReadFile| match &read.age {
        Age::New => None,
        Age::Same | Age::Gone(_) => Some(read.file.text.clone()),
        Age::Changed(text) => Some(text.clone()),
    };
    let earlier: Vec<(&ReadFile, SourceFile)> = files
        .iter()
        .filter_map(|read| {
            Some((read, SourceFile::new(read.file.path.clone(), earlier_text(read)?)))
        })
        .collect();
    let texts: Vec<(&ReadFile, &str)> =
        earlier.iter().map(|(read, file)| (*read, file.text.as_str())).collect();
    let lowered_earlier = lower_texts(&texts, task);
    let is_there = |read: &&ReadFile| !matches!(read.age, Age::Gone(_));
    let texts: Vec<(&ReadFile, &str)> =
        files.iter().filter(is_there).map(|read| (read, read.file.text.as_str())).collect();
    let lowered_later = lower_texts(&texts, task);
    let slice_earlier = |span: Span| {
        let file = earlier.iter().find(|(read, _)| read.id == span.file);
        file.map_or("", |(_, file)| file.slice(span))
    };
    let slice_later = |span: Span| {
        let read = files.iter().find(|read| read.id == span.file);
        read.map_or("", |read| read.file.slice(span))
    };
    // What is gone from a file that stays is shown at the file's start.
    let place = |span: Span| {
        let stays = files.iter().any(|read| read.id == span.file && is_there(&read));
        if stays { Span { start: 0, end: 0, ..span } } else { span }
    };
    compare::changes(&lowered_earlier, lowered_later, (&slice_earlier, &slice_later), place)
}
