//! Jobs in the order in which they need each other. A job that needs another one
//! comes after it in one procedure, as the failure of the one keeps the other from
//! running; jobs that don't need each other are procedures of their own.

use std::collections::{HashMap, HashSet};

use super::look::Look;
use super::steps::{Runs, Step, guarded, in_order};
use crate::procedure::Procedure;
use crate::source::Span;

/// A job.
#[derive(Debug)]
pub(in crate::frontend) struct Job {
    /// Its name.
    pub(in crate::frontend) name: String,
    /// Where it is.
    pub(in crate::frontend) span: Span,
    /// The names of the jobs that it waits for.
    pub(in crate::frontend) needs: Vec<String>,
    /// What it does, and when.
    pub(in crate::frontend) step: Step,
}

/// How many jobs one after another are followed through jobs that do nothing.
const MOST_FOLLOWED: usize = 100;

/// How many looks are kept of those that a job's start depends on.
const MOST_LOOKS: usize = 8;

/// Among how many jobs the next one is looked for.
const MOST_WAITING: usize = 500;

/// The procedures that jobs are; `whole` is where all of them are.
pub(in crate::frontend) fn procedures(
    jobs: Vec<Job>,
    whole: Span,
    frontend: &'static str,
) -> Vec<Procedure> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut looks: HashMap<String, Vec<Look>> = HashMap::new();
    for mut job in sorted(jobs) {
        let needed = job.needs.iter().filter_map(|need| looks.get(need));
        let mut taken: Vec<Look> = needed.flatten().take(MOST_LOOKS).cloned().collect();
        taken.dedup_by_key(|look| look.span);
        let behind = |need: &String| chains.iter().position(|chain| chain.last == *need);
        let chain = job.needs.iter().find_map(behind);
        if chain.is_none() && job.step.runs == Runs::OnSuccess {
            // The jobs with the looks are in another procedure.
            let nodes = std::mem::take(&mut job.step.nodes);
            job.step.nodes = taken.iter().rev().fold(nodes, |nodes, look| guarded(look, nodes));
        }
        taken.extend(job.step.look.clone());
        looks.insert(job.name.clone(), taken);
        match chain {
            Some(at) => chains[at].add(job),
            None => chains.push(Chain::new(job)),
        }
    }
    let chains = chains.into_iter();
    chains.map(|chain| chain.procedure(whole, frontend)).collect()
}

/// Jobs one after another.
struct Chain {
    names: Vec<String>,
    span: Span,
    /// The last one, behind which another can come.
    last: String,
    steps: Vec<Step>,
}

impl Chain {
    fn new(job: Job) -> Self {
        let Job { name, span, step, .. } = job;
        Self { names: vec![name.clone()], span, last: name, steps: vec![step] }
    }

    fn add(&mut self, job: Job) {
        self.names.push(job.name.clone());
        self.last = job.name;
        self.steps.push(job.step);
    }

    fn procedure(self, whole: Span, frontend: &'static str) -> Procedure {
        let span = if self.names.len() > 1 { whole } else { self.span };
        let name = self.names.join(", ");
        let body = in_order(self.steps);
        Procedure { name, span, frontend, parameters: Vec::new(), body }
    }
}

/// The jobs that do something, each after those that it needs, directly or by
/// way of jobs that do nothing.
fn sorted(jobs: Vec<Job>) -> Vec<Job> {
    let idle: HashMap<String, Vec<String>> = jobs
        .iter()
        .filter(|job| job.step.nodes.is_empty() && job.step.look.is_none())
        .map(|job| (job.name.clone(), job.needs.clone()))
        .collect();
    let mut waiting: Vec<Job> =
        jobs.into_iter().filter(|job| !idle.contains_key(&job.name)).collect();
    for job in &mut waiting {
        follow(&mut job.needs, &idle);
    }
    let names: HashSet<String> = waiting.iter().map(|job| job.name.clone()).collect();
    let mut done: HashSet<String> = HashSet::new();
    let mut sorted = Vec::new();
    while !waiting.is_empty() {
        let is_ready =
            |job: &Job| job.needs.iter().all(|need| done.contains(need) || !names.contains(need));
        // Jobs that need each other in a circle stay as they are written.
        let next = waiting.iter().take(MOST_WAITING).position(is_ready).unwrap_or(0);
        let job = waiting.remove(next);
        done.insert(job.name.clone());
        sorted.push(job);
    }
    sorted
}

/// Puts what idle jobs need in their places.
fn follow(needs: &mut Vec<String>, idle: &HashMap<String, Vec<String>>) {
    let mut seen: HashSet<String> = HashSet::new();
    let mut found = Vec::new();
    let mut open: Vec<String> = std::mem::take(needs);
    open.reverse();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) || seen.len() > MOST_FOLLOWED {
            continue;
        }
        match idle.get(&name) {
            Some(more) => open.extend(more.iter().rev().cloned()),
            None => found.push(name),
        }
    }
    *needs = found;
}
