//! From jumps between tasks to nested steps.
//!
//! The jumps that lead forward have no cycle, so every task has one nearest
//! place that each way on from it comes through. A choice's arms, a loop's body
//! and what a handler covers reach up to such a place. Every task comes out
//! once; one that no task leads to comes last.

use super::graph::{Graph, OnError};
use super::guard::{self, Looks};
use crate::procedure::{Arm, Attempt, Guard, Handler, Node, Repetition};

/// How deep the result is nested; what lies deeper is put in list order.
const MAX_DEPTH: usize = 60;

/// Puts each task's own nodes in order.
pub(super) fn structure(graph: &Graph<'_>, looks: &Looks<'_>, steps: Vec<Vec<Node>>) -> Vec<Node> {
    let mut flow = Flow::new(graph, looks, steps);
    let mut body = flow.run(0, graph.end());
    for task in 0..graph.end() {
        if !flow.visited[task] {
            let stray = flow.run(task, graph.end());
            if !stray.is_empty() {
                let condition = Some("no task leads here".to_owned());
                body.push(Node::Branch(vec![Arm { condition, body: stray }]));
            }
        }
    }
    body
}

struct Flow<'g, 't> {
    graph: &'g Graph<'t>,
    looks: &'g Looks<'t>,
    steps: Vec<Vec<Node>>,
    visited: Vec<bool>,
    /// The nearest place that every way on from a task comes through.
    meets: Vec<usize>,
    /// Whether a task is reached without a failure.
    main: Vec<bool>,
    /// The last task that leads back to a task.
    repeated_from: Vec<Option<usize>>,
    /// The last task whose failure leads to a task.
    fails_until: Vec<Option<usize>>,
    /// Failures that an attempt around us takes already.
    covered: Vec<OnError>,
    handling: bool,
    depth: usize,
}

impl<'g, 't> Flow<'g, 't> {
    fn new(graph: &'g Graph<'t>, looks: &'g Looks<'t>, steps: Vec<Vec<Node>>) -> Self {
        let end = graph.end();
        let main = reached(graph);
        let mut repeated_from = vec![None; end];
        let mut fails_until = vec![None; end];
        for (index, task) in graph.tasks.iter().enumerate() {
            for jump in task.successors.iter().filter(|jump| jump.to <= index) {
                repeated_from[jump.to] = Some(index);
            }
            if let OnError::Task(to) = task.on_error
                && main[index]
            {
                fails_until[to] = Some(index);
                if to <= index {
                    repeated_from[to] = repeated_from[to].max(Some(index));
                }
            }
        }
        Self {
            graph,
            looks,
            steps,
            visited: vec![false; end],
            meets: meeting_places(graph),
            main,
            repeated_from,
            fails_until,
            covered: Vec::new(),
            handling: false,
            depth: 0,
        }
    }

    /// The steps from a task up to a place where something else goes on.
    fn run(&mut self, mut at: usize, stop: usize) -> Vec<Node> {
        if self.depth == MAX_DEPTH {
            return self.list(at, stop);
        }
        self.depth += 1;
        let mut nodes = Vec::new();
        while self.goes_on(at, stop) {
            let look = self.look(at);
            at = self.step(at, stop, &mut nodes);
            if let Some(look) = look {
                let body = self.run(at, stop);
                if !body.is_empty() {
                    nodes.push(Node::Guard(Guard { body, ..look }));
                }
                break;
            }
        }
        self.depth -= 1;
        nodes
    }

    /// The look of a task without whose success nothing goes on after it.
    fn look(&self, at: usize) -> Option<Guard> {
        let on_error = self.graph.tasks[at].on_error;
        let is_sure = match on_error {
            OnError::Fail | OnError::End => true,
            OnError::Ignore => false,
            OnError::Task(to) => {
                self.covered.contains(&on_error) || !self.main[to] && !self.rejoins(to)
            }
        };
        guard::look(&self.graph.tasks[at]).filter(|_| is_sure)
    }

    fn goes_on(&self, at: usize, stop: usize) -> bool {
        at < self.graph.end()
            && at != stop
            && !self.visited[at]
            && !(self.handling && self.main[at])
    }

    /// One task, choice, loop or attempt; gives the place after it.
    fn step(&mut self, at: usize, stop: usize, nodes: &mut Vec<Node>) -> usize {
        if let Some(last) = self.repeated_from[at].take() {
            let after = self.beyond(at, last, stop);
            let body = self.run(at, after);
            let condition = self.repeat_condition(at, last);
            if !body.is_empty() {
                nodes.push(Node::Loop(Repetition {
                    condition,
                    conditional: true,
                    body,
                    ..Repetition::default()
                }));
            }
            return after;
        }
        let on_error = self.graph.tasks[at].on_error;
        if matches!(on_error, OnError::End | OnError::Task(_)) && !self.covered.contains(&on_error)
        {
            return self.attempt(at, stop, on_error, nodes);
        }
        self.visited[at] = true;
        let mut own = std::mem::take(&mut self.steps[at]);
        if on_error == OnError::Ignore && has_expansion(&own) {
            own = vec![Node::Attempt(Attempt {
                body: own,
                handlers: Vec::new(),
                finally: Vec::new(),
            })];
        }
        nodes.append(&mut own);
        self.branch(at, stop, nodes)
    }

    /// The arms of a choice; gives where they meet, or what follows a task.
    fn branch(&mut self, at: usize, stop: usize, nodes: &mut Vec<Node>) -> usize {
        let graph = self.graph;
        let jumps = &graph.tasks[at].successors;
        let forward = jumps.iter().enumerate().filter(|(_, jump)| jump.to > at);
        let mut forward: Vec<_> = forward.collect();
        let after = self.beyond(at, at, stop);
        if forward.len() < 2 {
            return after;
        }
        forward.sort_by_key(|(_, jump)| jump.to);
        let mut arms = Vec::new();
        for (number, jump) in forward {
            let body = self.run(jump.to, after);
            let body = self.looks.guarded_arm(jumps, number, body);
            if jump.condition.is_some() || !body.is_empty() {
                arms.push(Arm { condition: jump.condition.clone(), body });
            }
        }
        if arms.iter().any(|arm| !arm.body.is_empty()) {
            nodes.push(Node::Branch(arms));
        }
        after
    }

    /// The tasks whose failure leads to the same place, and what happens there.
    fn attempt(
        &mut self,
        at: usize,
        stop: usize,
        on_error: OnError,
        nodes: &mut Vec<Node>,
    ) -> usize {
        let (target, last) = match on_error {
            OnError::Task(target) => (Some(target), self.covers(at, target)),
            _ => (None, at),
        };
        let after = self.beyond(at, last, stop);
        self.covered.push(on_error);
        let body = self.run(at, after);
        self.covered.pop();
        let apart = target.filter(|target| !self.main[*target]);
        let leaves = target.is_none() || apart.is_some_and(|target| !self.rejoins(target));
        let outer = std::mem::replace(&mut self.handling, true);
        let cleanup = apart.map(|target| self.run(target, after)).unwrap_or_default();
        self.handling = outer;
        if !body.is_empty() {
            let handlers =
                vec![Handler { catches: None, leaves, body: cleanup, ..Handler::default() }];
            nodes.push(Node::Attempt(Attempt { body, handlers, finally: Vec::new() }));
        } else if !cleanup.is_empty() {
            let condition = Some(format!("{} fails", self.graph.tasks[at].name));
            nodes.push(Node::Branch(vec![Arm { condition, body: cleanup }]));
        }
        after
    }

    /// The last task that an attempt from `at` on with this handler covers.
    fn covers(&self, at: usize, handler: usize) -> usize {
        let last = self.fails_until[handler].unwrap_or(at);
        let rejoined = if self.main[handler] { Some(handler) } else { self.rejoined(handler) };
        let before = rejoined.and_then(|place| place.checked_sub(1)).unwrap_or(at);
        last.max(before).max(at)
    }

    fn rejoins(&self, handler: usize) -> bool {
        self.rejoined(handler).is_some()
    }

    /// Where a handler's tasks come back to those that run without a failure.
    fn rejoined(&self, handler: usize) -> Option<usize> {
        let mut at = handler;
        while at < self.graph.end() {
            if self.main[at] {
                return Some(at);
            }
            at = self.meets[at];
        }
        None
    }

    /// The first place past `last` that every way on from `at` comes through,
    /// or where we stop in any case.
    fn beyond(&self, at: usize, last: usize, stop: usize) -> usize {
        let mut place = self.meets[at];
        while place <= last && place != stop && place < self.graph.end() {
            place = self.meets[place];
        }
        place
    }

    fn repeat_condition(&self, to: usize, from: usize) -> String {
        let jumps = &self.graph.tasks[from].successors;
        let condition =
            jumps.iter().find(|jump| jump.to == to).and_then(|jump| jump.condition.clone());
        condition.unwrap_or_else(|| format!("{} succeeds", self.graph.tasks[from].name))
    }

    /// What is left between two places, in list order.
    fn list(&mut self, from: usize, stop: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for task in from..stop.min(self.graph.end()) {
            if !std::mem::replace(&mut self.visited[task], true) {
                nodes.append(&mut self.steps[task]);
            }
        }
        nodes
    }
}

fn has_expansion(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Expand(_) => true,
        Node::Branch(arms) => arms.iter().any(|arm| has_expansion(&arm.body)),
        Node::Loop(repetition) => has_expansion(&repetition.body),
        _ => false,
    })
}

/// Which tasks are reached from the first one without a failure.
fn reached(graph: &Graph<'_>) -> Vec<bool> {
    let mut reached = vec![false; graph.end()];
    let mut open = vec![0];
    while let Some(task) = open.pop() {
        if task < graph.end() && !std::mem::replace(&mut reached[task], true) {
            open.extend(graph.tasks[task].successors.iter().map(|jump| jump.to));
        }
    }
    reached
}

/// The immediate post-dominators over the jumps that lead forward.
fn meeting_places(graph: &Graph<'_>) -> Vec<usize> {
    let end = graph.end();
    let mut meets = vec![end; end + 1];
    for at in (0..end).rev() {
        let forward = graph.tasks[at].successors.iter().map(|jump| jump.to).filter(|to| *to > at);
        meets[at] = forward.reduce(|left, right| meeting_place(&meets, left, right)).unwrap_or(end);
    }
    meets
}

fn meeting_place(meets: &[usize], mut left: usize, mut right: usize) -> usize {
    while left != right {
        if left < right {
            left = meets[left];
        } else {
            right = meets[right];
        }
    }
    left
}
