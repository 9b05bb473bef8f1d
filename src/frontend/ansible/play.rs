//! Playbooks: their plays one after another, as one host goes through them that
//! all are for. A host on which a task fails is out for the rest of them.

use std::rc::Rc;

use super::block::ruled;
use super::files::{Reference, imported_playbook, is_play, role_name};
use super::run::{MOST_NESTED, Run};
use super::scope::Frame;
use crate::frontend::template::Item;
use crate::procedure::{Arm, Node};
use crate::source::Span;

impl<'t> Run<'_, 't> {
    /// The steps of a playbook. Recursion goes no deeper than [`MOST_NESTED`].
    pub(super) fn playbook(&mut self, file: usize) -> Vec<Node> {
        let mut steps = Vec::new();
        for document in self.files.documents(file) {
            for play in document.items().filter(|item| is_play(*item)) {
                let found = match imported_playbook(play) {
                    Some(path) => self.imported(path, play),
                    None => self.play(play),
                };
                steps.extend(found);
            }
        }
        steps
    }

    fn imported(&mut self, path: &str, item: Item<'t>) -> Vec<Node> {
        let found = self.files.find(self.file, &Reference::File(path.to_owned()));
        let Some(file) = found.filter(|_| self.depth < MOST_NESTED) else { return Vec::new() };
        self.used.insert(file);
        let outer = std::mem::replace(&mut self.file, file);
        self.depth += 1;
        let nodes = self.playbook(file);
        self.depth -= 1;
        self.file = outer;
        match item.get("when") {
            Some(when) if !nodes.is_empty() => {
                self.conditional(when, nodes, &Rc::new(Frame::default()))
            }
            _ => nodes,
        }
    }

    fn play(&mut self, play: Item<'t>) -> Vec<Node> {
        let frame = self.play_frame(play);
        self.left_over.append(&mut self.handlers);
        self.notified.clear();
        let own = play.get("handlers").into_iter().flat_map(Item::items);
        let own = own.map(|handler| (handler, Rc::clone(&frame), self.file));
        self.handlers = own.collect();
        let mut steps = self.looked_up_by(play.get("vars"), &frame);
        if let Some(tasks) = play.get("pre_tasks") {
            steps.extend(self.tasks(tasks, &frame));
            steps.extend(self.flush());
        }
        for role in play.get("roles").into_iter().flat_map(Item::items) {
            steps.extend(self.listed_role(role, &frame));
        }
        for (index, section) in ["tasks", "post_tasks"].into_iter().enumerate() {
            if let Some(tasks) = play.get(section) {
                steps.extend(self.tasks(tasks, &frame));
            }
            if index == 0 || play.get(section).is_some() {
                steps.extend(self.flush());
            }
        }
        steps
    }

    /// The variables of a play: those of all hosts, its own, and those of files.
    fn play_frame(&self, play: Item<'t>) -> Rc<Frame<'t>> {
        let group = self.files.find(self.file, &Reference::GroupVars);
        let listed = play.get("vars_files").into_iter().flat_map(Item::items);
        let listed = listed.filter_map(Item::text);
        let listed =
            listed.filter_map(|path| self.files.find(self.file, &Reference::File(path.to_owned())));
        let documents = |file| self.files.documents(file);
        let mut vars: Vec<Item<'t>> = group.into_iter().flat_map(documents).collect();
        vars.extend(play.get("vars"));
        vars.extend(listed.flat_map(documents));
        let frame = ruled(play, &Rc::new(Frame::default()));
        Frame::inside(&frame, vars)
    }

    /// A role of a play's list, with what it is given.
    pub(super) fn listed_role(&mut self, role: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let Some(name) = role_name(role) else { return Vec::new() };
        let given = [Some(role), role.get("vars")];
        let frame = Frame::inside(frame, given.into_iter().flatten());
        let nodes = self.role(name, "main", &frame);
        match role.get("when") {
            Some(when) if !nodes.is_empty() => self.conditional(when, nodes, &frame),
            _ => nodes,
        }
    }

    /// Takes note of the handlers that a task calls for if it changes anything.
    pub(super) fn note_handlers(&mut self, task: Item<'t>) {
        let Some(notify) = task.get("notify") else { return };
        let names = notify.items().filter_map(Item::text).chain(notify.text());
        self.notified.extend(names.map(str::to_owned));
    }

    /// The handlers that were called for, in the order in which they are listed.
    pub(super) fn flush(&mut self) -> Vec<Node> {
        if self.notified.is_empty() {
            return Vec::new();
        }
        let notified = std::mem::take(&mut self.notified);
        let mut nodes = Vec::new();
        for (handler, frame, file) in self.handlers.clone() {
            let listens = handler.get("listen");
            let topics = listens.into_iter().flat_map(|topics| topics.items().chain([topics]));
            let mut names = topics.filter_map(Item::text).chain(handler.get_text("name"));
            let Some(name) = names.find(|name| notified.contains(*name)) else { continue };
            let name = name.to_owned();
            nodes.extend(self.handler(handler, &frame, file, &name));
        }
        nodes
    }

    /// The handlers that no task at hand has called for: one elsewhere may.
    pub(super) fn never_notified(&mut self) -> Vec<(Span, Node)> {
        let mut all = std::mem::take(&mut self.left_over);
        all.append(&mut self.handlers);
        let mut nodes = Vec::new();
        for (handler, frame, file) in all {
            if !self.called.contains(&handler.span()) {
                let name = handler.get_text("name").unwrap_or("handler");
                let node = self.handler(handler, &frame, file, name);
                nodes.extend(node.map(|node| (handler.span(), node)));
            }
        }
        nodes
    }

    fn handler(
        &mut self,
        handler: Item<'t>,
        frame: &Rc<Frame<'t>>,
        file: usize,
        name: &str,
    ) -> Option<Node> {
        self.called.insert(handler.span());
        let outer = std::mem::replace(&mut self.file, file);
        let body = self.task(handler, frame);
        self.file = outer;
        let condition = Some(format!("{name} was notified"));
        (!body.is_empty()).then_some(Node::Branch(vec![Arm { condition, body }]))
    }
}
