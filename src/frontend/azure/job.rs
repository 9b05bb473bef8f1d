//! Reads the stages and jobs of a pipeline.

use super::step::{self, conditional};
use super::{JOB_KEYS, JOBS, STEP_KEYS, STEPS, VARIABLES, insertion, variables};
use crate::frontend::pipeline::{self, Job, Look, Looks, Runs, Sink, Step, Values, steps};
use crate::frontend::template::Item;
use crate::procedure::Node;

// Keys of stages and jobs.
const CONDITION: &str = "condition";
const DEPENDS: &str = "dependsOn";
const STRATEGY: &str = "strategy";
const MATRIX: &str = "matrix";

/// Ways to deploy, and their phases in order.
const DEPLOYMENTS: [&str; 3] = ["runOnce", "rolling", "canary"];
const PHASES: [&str; 4] = ["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"];

/// The jobs of stages: each stage waits for the one before, if it says nothing
/// else.
pub(super) fn stages(
    stages: Item<'_>,
    values: &Values,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> Vec<Job> {
    let mut found: Vec<Job> = Vec::new();
    let mut last = String::new();
    for (number, (by, stage)) in insertion::items(stages).into_iter().enumerate() {
        let name =
            stage.get_text("stage").map_or_else(|| format!("stage {}", number + 1), str::to_owned);
        let needs = match stage.get(DEPENDS) {
            Some(named) => pipeline::texts(named),
            None => Some(last).filter(|last| !last.is_empty()).into_iter().collect(),
        };
        let waits: Vec<String> = needs.iter().map(|need| format!("{need}.")).collect();
        let mut values = values.clone();
        variables(stage.get(VARIABLES), &mut values);
        // All jobs of the stages before come first.
        let before: Vec<String> = found
            .iter()
            .filter(|job| waits.iter().any(|stage| job.name.starts_with(stage.as_str())))
            .map(|job| job.name.clone())
            .rev()
            .take(64)
            .collect();
        let given = || insertion::given(stage, &JOB_KEYS).into_iter().next();
        let Some(jobs) = insertion::get(stage, JOBS).or_else(given) else {
            last = name;
            continue;
        };
        let mut own = all(jobs, &format!("{name}."), &before, &values, looks, sink);
        for job in &mut own {
            let nodes = std::mem::take(&mut job.step.nodes);
            let (nodes, runs) = conditional(stage.get(CONDITION), nodes, looks);
            job.step.nodes = inserted(by, nodes);
            if runs != Runs::OnSuccess {
                job.step.runs = runs;
            }
        }
        found.extend(own);
        last = name;
    }
    found
}

/// The jobs of a list, under names with a prefix, after those that their stage
/// waits for.
pub(super) fn all(
    jobs: Item<'_>,
    prefix: &str,
    before: &[String],
    values: &Values,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> Vec<Job> {
    let mut found = Vec::new();
    for (number, (by, job)) in insertion::items(jobs).into_iter().enumerate() {
        let name = job.get_text("job").or_else(|| job.get_text("deployment"));
        let name = name.map_or_else(|| format!("job {}", number + 1), str::to_owned);
        let mut values = values.clone();
        variables(job.get(VARIABLES), &mut values);
        matrix(job, &mut values);
        let (mut nodes, look) = read(job, &values, looks, sink);
        if job.get("timeoutInMinutes").is_some() {
            pipeline::limit(&mut nodes);
        }
        let failure = pipeline::tolerated(job.get("continueOnError"));
        let nodes = pipeline::failing(job.span(), failure, nodes);
        let (nodes, runs) = conditional(job.get(CONDITION), nodes, looks);
        let nodes = inserted(by, nodes);
        let needs = job.get(DEPENDS).map(pipeline::texts).unwrap_or_default();
        let mut needs: Vec<String> = needs.iter().map(|need| format!("{prefix}{need}")).collect();
        needs.extend(before.iter().cloned());
        let step = Step { nodes, runs, look: look.filter(|_| runs == Runs::OnSuccess) };
        found.push(Job { name: format!("{prefix}{name}"), span: job.span(), needs, step });
    }
    found
}

/// Nodes under the expression that puts them in.
fn inserted(by: Option<&str>, nodes: Vec<Node>) -> Vec<Node> {
    match by.filter(|_| !nodes.is_empty()) {
        Some(by) => steps::on_condition(by, nodes),
        None => nodes,
    }
}

/// What a job does: its steps, or the phases of its deployment.
fn read(
    job: Item<'_>,
    values: &Values,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<Look>) {
    if let Some(steps) = insertion::get(job, STEPS) {
        return step::all(steps, values, looks, sink);
    }
    let given = insertion::given(job, &STEP_KEYS);
    if !given.is_empty() {
        let lists = given.into_iter().map(|steps| step::all(steps, values, looks, sink).0);
        return (lists.flatten().collect(), None);
    }
    let strategy = job.get(STRATEGY);
    let way = DEPLOYMENTS.iter().find_map(|way| strategy?.get(way));
    let Some(way) = way else { return (Vec::new(), None) };
    let mut found = Vec::new();
    let on = way.get("on");
    let phases = PHASES.iter().map(|phase| (way.get(phase), Runs::OnSuccess));
    let after = [("success", Runs::OnSuccess), ("failure", Runs::OnFailure)];
    let after = after.into_iter().map(|(key, runs)| (on.and_then(|on| on.get(key)), runs));
    for (phase, runs) in phases.chain(after) {
        if let Some(list) = phase.and_then(|phase| phase.get(STEPS)) {
            let (nodes, look) = step::all(list, values, looks, sink);
            found.push(Step { nodes, runs, look });
        }
    }
    let look = found.iter().rev().find_map(|step| step.look.clone());
    (steps::in_order(found), look)
}

/// The variables that differ between the runs of a job.
fn matrix(job: Item<'_>, values: &mut Values) {
    let matrix = job.get(STRATEGY).and_then(|strategy| strategy.get(MATRIX));
    let Some(matrix) = matrix else { return };
    let Some(first) = matrix.entries().next() else { return };
    for name in first.value.entries().filter_map(|entry| entry.key.text()) {
        let texts = matrix.entries().map(|run| run.value.get_text(name).map(str::to_owned));
        if let Some(mut texts) = texts.collect::<Option<Vec<String>>>() {
            texts.dedup();
            values.add_texts(name.to_owned(), texts, true);
        }
    }
}
