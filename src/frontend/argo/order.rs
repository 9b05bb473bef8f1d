//! The order in which templates run each other.

use std::collections::HashSet;

use super::{NAME, SYNTAX};
use crate::frontend::kubernetes::container;
use crate::frontend::pipeline::code::Ran;
use crate::frontend::pipeline::{
    self, Job, Look, Looks, Runs, Sink, Step, Values, argv, jobs, steps,
};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node, Procedure};
use crate::source::Span;

/// How deep templates that run templates are followed.
const DEEPEST: usize = 12;

/// How many runs of templates one workflow has.
const MOST: usize = 500;

/// A walk over the templates of a workflow.
pub(super) struct Walk<'t, 's, 'c> {
    spec: Item<'t>,
    sink: &'s mut Sink<'c>,
    looks: Looks,
    done: HashSet<&'t str>,
    left: usize,
}

impl<'t, 's, 'c> Walk<'t, 's, 'c> {
    pub(super) fn new(spec: Item<'t>, sink: &'s mut Sink<'c>) -> Self {
        let (looks, done) = (Looks::default(), HashSet::new());
        Self { spec, sink, looks, done, left: MOST }
    }

    /// The procedure of the entry point, with what runs in any case at its end.
    pub(super) fn entry(&mut self, name: &str, span: Span) {
        let Some(entry) = self.spec.get_text("entrypoint") else { return };
        let (nodes, look) = self.named(entry, 0);
        let first = Step { nodes, runs: Runs::OnSuccess, look };
        let last = self.spec.get_text("onExit").map(|name| self.named(name, 0).0);
        let last = Step { nodes: last.unwrap_or_default(), runs: Runs::Always, look: None };
        self.add(name, span, steps::in_order(vec![first, last]));
    }

    /// The procedures of the templates that nothing has led to.
    pub(super) fn rest(&mut self) {
        for template in self.spec.get("templates").into_iter().flat_map(Item::items) {
            let Some(name) = template.get_text("name") else { continue };
            if !self.done.contains(name) {
                let nodes = self.named(name, 0).0;
                self.add(name, template.span(), nodes);
            }
        }
    }

    fn add(&mut self, name: &str, span: Span, body: Vec<Node>) {
        let (name, parameters) = (name.to_owned(), Vec::new());
        self.sink.out.procedures.push(Procedure { name, span, frontend: NAME, parameters, body });
    }

    /// What the template of a name does.
    fn named(&mut self, name: &str, depth: usize) -> (Vec<Node>, Option<Look>) {
        let mut templates = self.spec.get("templates").into_iter().flat_map(Item::items);
        let found = templates.find(|template| template.get_text("name") == Some(name));
        let Some(template) = found.filter(|_| depth < DEEPEST && self.left > 0) else {
            return (Vec::new(), None);
        };
        self.left -= 1;
        self.done.extend(template.get_text("name"));
        self.template(template, depth)
    }

    fn template(&mut self, template: Item<'t>, depth: usize) -> (Vec<Node>, Option<Look>) {
        let (mut nodes, look) = if let Some(script) = template.get("script") {
            self.script(script)
        } else if let Some(container) = template.get("container") {
            let values = Values::default();
            let ran = container::run(container, SYNTAX, &values, Failure::Raises, self.sink);
            (ran.nodes, ran.look)
        } else if let Some(groups) = template.get("steps") {
            self.groups(groups, depth)
        } else if let Some(tasks) = template.get("dag").and_then(|dag| dag.get("tasks")) {
            (self.graph(tasks, template.span(), depth), None)
        } else {
            (Vec::new(), None)
        };
        if template.get("activeDeadlineSeconds").is_some() {
            pipeline::limit(&mut nodes);
        }
        if let Some(strategy) = template.get("retryStrategy") {
            let limit = strategy.get_text("limit").unwrap_or("unbounded");
            if limit != "0" {
                nodes = pipeline::retried(format!("retryStrategy: {limit}"), nodes);
            }
        }
        (nodes, look)
    }

    fn script(&mut self, script: Item<'t>) -> (Vec<Node>, Option<Look>) {
        let Some(source) = script.get("source") else { return (Vec::new(), None) };
        let values = Values::default();
        let words = script.get("command").into_iter().flat_map(Item::items);
        let settings = argv::settings(words.skip(1).filter_map(Item::text));
        let failure = Failure::Raises;
        let how = (SYNTAX, settings);
        let Ran { nodes, look } =
            container::script(script, source, how, &values, failure, self.sink);
        self.looks.add(source.text().unwrap_or_default(), &nodes);
        (nodes, look)
    }

    /// Groups of steps, one group after the other.
    fn groups(&mut self, groups: Item<'t>, depth: usize) -> (Vec<Node>, Option<Look>) {
        let mut found = Vec::new();
        for group in groups.items() {
            let alone = Some(group).filter(|group| !group.is_sequence());
            for step in group.items().chain(alone) {
                found.push(self.step(step, depth));
            }
        }
        let look = found.iter().rev().find_map(|step| step.look.clone());
        (steps::in_order(found), look)
    }

    /// One run of a template.
    fn step(&mut self, step: Item<'t>, depth: usize) -> Step {
        let (nodes, look) = match (step.get_text("template"), step.get("inline")) {
            (Some(name), _) => self.named(name, depth + 1),
            (None, Some(inline)) if depth < DEEPEST => self.template(inline, depth + 1),
            _ => (Vec::new(), None),
        };
        let goes_on = step.get("continueOn").and_then(|on| on.get("failed")?.as_bool());
        let failure = if goes_on == Some(true) { Failure::Discarded } else { Failure::Raises };
        let mut nodes = pipeline::failing(step.span(), failure, nodes);
        if let Some((when, text)) = step.get("when").and_then(|when| Some((when, when.text()?))) {
            nodes = match self.looks.of(text, when.span()) {
                Some(look) => steps::guarded(&look, nodes),
                None => steps::on_condition(text, nodes),
            };
        }
        let look = look.filter(|_| failure == Failure::Raises && step.get("when").is_none());
        Step { nodes, runs: Runs::OnSuccess, look }
    }

    /// The tasks of a graph, those that need no other one side by side.
    fn graph(&mut self, tasks: Item<'t>, span: Span, depth: usize) -> Vec<Node> {
        let mut found = Vec::new();
        for task in tasks.items() {
            let name = task.get_text("name").unwrap_or_default().to_owned();
            let step = self.step(task, depth);
            let mut needs = task.get("dependencies").map(pipeline::texts).unwrap_or_default();
            let depends = task.get_text("depends").unwrap_or_default();
            let is_name = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
            let names = depends.split(|letter| !is_name(letter)).filter(|name| !name.is_empty());
            needs.extend(names.map(str::to_owned));
            found.push(Job { name, span: task.span(), needs, step });
        }
        let procedures = jobs::procedures(found, span, NAME);
        procedures.into_iter().flat_map(|procedure| procedure.body).collect()
    }
}
