//! Jobs of a workflow.

use super::step::{self, Conditions};
use super::{ENV, File, JOBS, STEPS, shell, uses};
use crate::frontend::pipeline::{self, Job, Looks, Runs, Sink, Step, Values};
use crate::frontend::template::Item;
use crate::procedure::Node;

// Keys of a job.
const IF: &str = "if";
const NEEDS: &str = "needs";
const STRATEGY: &str = "strategy";
const MATRIX: &str = "matrix";
const INCLUDE: &str = "include";
const EXCLUDE: &str = "exclude";
const USES: &str = "uses";
const TIMEOUT: &str = "timeout-minutes";
const TOLERANT: &str = "continue-on-error";

/// The jobs of a workflow.
pub(super) fn all(document: Item<'_>, file: &File<'_>, sink: &mut Sink<'_>) -> Vec<Job> {
    let jobs = document.get(JOBS).into_iter().flat_map(Item::entries);
    let mut looks = Looks::default();
    let mut found = Vec::new();
    for job in jobs {
        let (nodes, look) = steps(job.value, file, &mut looks, sink);
        found.push((job, nodes, look));
    }
    // A condition may name a job that is written further down.
    let finish = |(entry, nodes, look): (crate::frontend::template::Entry<'_>, Vec<Node>, _)| {
        let item = entry.value;
        let nodes = shape(item, nodes);
        let condition = item.get(IF).filter(|_| !nodes.is_empty());
        let (nodes, runs) = Conditions { looks: &looks }.apply(condition, nodes);
        let look = Some(look).filter(|_| runs == Runs::OnSuccess).flatten();
        let name = entry.key.text().unwrap_or_default().to_owned();
        let needs = item.get(NEEDS).map(pipeline::texts).unwrap_or_default();
        Job { name, span: item.span(), needs, step: Step { nodes, runs, look } }
    };
    found.into_iter().map(finish).collect()
}

/// What a job does, and the look at a lock that its success takes.
fn steps(
    job: Item<'_>,
    file: &File<'_>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> (Vec<Node>, Option<pipeline::Look>) {
    if let Some(used) = job.get_text(USES) {
        return (uses::local(used, job.get("with"), file), None);
    }
    let mut values = file.values.clone();
    matrix(job, &mut values);
    values.add_variables(job.get(ENV), "env.");
    let shell = shell::default_of(job).or(file.shell).or_else(|| shell::of_runner(job));
    let file = File { units: file.units, values, shell };
    let items = job.get(STEPS).into_iter().flat_map(Item::items);
    let (nodes, found) = step::read(items, &file, looks, sink);
    (nodes, found)
}

/// What a job is besides its steps: tolerated, limited in time.
fn shape(job: Item<'_>, mut nodes: Vec<Node>) -> Vec<Node> {
    if job.get(TIMEOUT).is_some() {
        pipeline::limit(&mut nodes);
    }
    pipeline::failing(job.span(), pipeline::tolerated(job.get(TOLERANT)), nodes)
}

/// The values of a matrix, each in a run of its own.
fn matrix(job: Item<'_>, values: &mut Values) {
    let Some(matrix) = job.get(STRATEGY).and_then(|strategy| strategy.get(MATRIX)) else { return };
    let axes = matrix.entries().filter(|axis| !matches!(axis.key.text(), Some(INCLUDE | EXCLUDE)));
    for axis in axes {
        let Some(name) = axis.key.text() else { continue };
        values.add_list(format!("matrix.{name}"), axis.value, true);
        of_mappings(&format!("matrix.{name}."), axis.value, values);
    }
    if let Some(more) = matrix.get(INCLUDE) {
        of_mappings("matrix.", more, values);
    }
}

/// The values that the keys of mappings have.
fn of_mappings(prefix: &str, list: Item<'_>, values: &mut Values) {
    let Some(first) = list.items().next() else { return };
    for key in first.entries().filter_map(|entry| entry.key.text()) {
        let texts = list.items().map(|item| item.get_text(key).map(str::to_owned));
        if let Some(mut texts) = texts.collect::<Option<Vec<String>>>() {
            texts.dedup();
            values.add_texts(format!("{prefix}{key}"), texts, true);
        }
    }
}
