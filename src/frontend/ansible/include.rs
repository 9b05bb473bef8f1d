//! Tasks that bring in other files' tasks, and roles.

use std::rc::Rc;

use super::action::Action;
use super::files::{DEPENDENCIES, Part, Reference, role_part};
use super::run::{MOST_NESTED, Run};
use super::scope::Frame;
use crate::frontend::template::Item;
use crate::procedure::Node;

impl<'t> Run<'_, 't> {
    /// The tasks of a file that a task brings in.
    pub(super) fn included(&mut self, action: &Action<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let path = action.argument("file").and_then(Item::text).or_else(|| action.free_text());
        let path = path.and_then(|path| path.split_whitespace().next());
        let Some(path) = path.filter(|path| !path.contains("{{")) else { return Vec::new() };
        match self.files.find(self.file, &Reference::File(path.to_owned())) {
            Some(file) => self.tasks_of(file, frame),
            None => Vec::new(),
        }
    }

    /// A role that a task brings in.
    pub(super) fn role_task(&mut self, action: &Action<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let Some(name) = action.argument("name").and_then(Item::text) else { return Vec::new() };
        let file = action.argument("tasks_from").and_then(Item::text).unwrap_or("main");
        self.role(name, file, frame)
    }

    /// The tasks of a role.
    pub(super) fn role(&mut self, name: &str, file: &str, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let from = self.file;
        let find = |part| self.files.find(from, &role_part(name, part, file));
        let [defaults, vars] = [find(Part::Defaults), find(Part::Vars)];
        let (tasks, handlers) = (find(Part::Tasks), find(Part::Handlers));
        let meta = find(Part::Meta);
        let mut steps = meta.map(|meta| self.dependencies(meta, frame)).unwrap_or_default();
        let frame = self.variables(defaults, vars, frame);
        if let Some(handlers) = handlers {
            self.take_handlers(handlers, &frame);
        }
        steps.extend(tasks.map(|file| self.tasks_of(file, &frame)).unwrap_or_default());
        steps
    }

    /// The tasks of the roles that one depends on; a role's run once.
    fn dependencies(&mut self, meta: usize, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        if self.depth >= MOST_NESTED || !self.depended.insert(meta) {
            return Vec::new();
        }
        self.used.insert(meta);
        let outer = std::mem::replace(&mut self.file, meta);
        self.depth += 1;
        let mut steps = Vec::new();
        for document in self.files.documents(meta) {
            for role in document.get(DEPENDENCIES).into_iter().flat_map(Item::items) {
                steps.extend(self.listed_role(role, frame));
            }
        }
        self.depth -= 1;
        self.file = outer;
        steps
    }

    /// The frame of a task file that nothing brings in: that of its role.
    pub(super) fn role_frame(&mut self, file: usize) -> Rc<Frame<'t>> {
        let find = |part| self.files.find(file, &Reference::Own(part));
        let (defaults, vars) = (find(Part::Defaults), find(Part::Vars));
        let handlers = find(Part::Handlers).filter(|handlers| *handlers != file);
        let frame = self.variables(defaults, vars, &Rc::new(Frame::default()));
        if let Some(handlers) = handlers {
            self.take_handlers(handlers, &frame);
        }
        frame
    }

    fn variables(
        &self,
        defaults: Option<usize>,
        vars: Option<usize>,
        frame: &Rc<Frame<'t>>,
    ) -> Rc<Frame<'t>> {
        let of = |file: Option<usize>| {
            let documents = file.into_iter().flat_map(|file| self.files.documents(file));
            documents.filter(|document| document.is_mapping())
        };
        let weak: Vec<_> = of(defaults).collect();
        let frame =
            if weak.is_empty() { Rc::clone(frame) } else { Frame::with_defaults(frame, weak) };
        Frame::inside(&frame, of(vars))
    }

    /// The tasks of a file in the place of what brings it in.
    fn tasks_of(&mut self, file: usize, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        if self.depth >= MOST_NESTED {
            return Vec::new();
        }
        self.used.insert(file);
        let outer = std::mem::replace(&mut self.file, file);
        self.depth += 1;
        let mut steps = Vec::new();
        for tasks in self.files.documents(file) {
            steps.extend(self.tasks(tasks, frame));
        }
        self.depth -= 1;
        self.file = outer;
        steps
    }
}
