//! What is known while the tasks of a file are gone through in their order.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::files::{Files, is_playbook};
use super::guard::Looks;
use super::scope::{Answer, Frame};
use crate::frontend::template::Item;
use crate::frontend::{Context, Lowered};
use crate::procedure::{Node, Value};
use crate::source::Span;

/// How many tasks one file comes to, with those that it brings in.
const MOST_TASKS: usize = 20_000;

/// How deep files bring each other in.
pub(super) const MOST_NESTED: usize = 24;

/// The state of a walk through the tasks of a file and those that it brings in.
pub(super) struct Run<'u, 't> {
    pub(super) files: &'t Files<'t>,
    pub(super) context: Context<'t>,
    /// What code outside of the order of steps gave: its functions, its problems.
    pub(super) embedded: Lowered,
    /// The files that have been brought in.
    pub(super) used: &'u mut HashSet<usize>,
    /// The file whose tasks are gone through.
    pub(super) file: usize,
    /// The `meta` files of roles whose dependencies have run.
    pub(super) depended: HashSet<usize>,
    /// How deep that file is brought in.
    pub(super) depth: usize,
    /// What `register` names.
    pub(super) answers: HashMap<String, Answer>,
    /// What `set_fact` names.
    pub(super) facts: HashMap<String, Value>,
    /// Names that tell of a lock.
    pub(super) looks: Looks,
    /// The handlers of the play, each with what its names stand for.
    pub(super) handlers: Vec<(Item<'t>, Rc<Frame<'t>>, usize)>,
    /// The handlers that tasks have called for.
    pub(super) notified: HashSet<String>,
    /// The handlers that have run.
    pub(super) called: HashSet<Span>,
    /// Those of plays that are over.
    pub(super) left_over: Vec<(Item<'t>, Rc<Frame<'t>>, usize)>,
    /// By file, the answers whose failure its text looks at.
    pub(super) checked: HashMap<usize, HashSet<&'t str>>,
    /// How many more values may go into the one that is asked for.
    pub(super) values_left: Cell<u32>,
    left: usize,
}

impl<'u, 't> Run<'u, 't> {
    pub(super) fn new(
        files: &'t Files<'t>,
        context: Context<'t>,
        used: &'u mut HashSet<usize>,
    ) -> Self {
        Self {
            files,
            context,
            embedded: Lowered::default(),
            used,
            file: 0,
            depended: HashSet::new(),
            depth: 0,
            answers: HashMap::new(),
            facts: HashMap::new(),
            looks: Looks::default(),
            handlers: Vec::new(),
            notified: HashSet::new(),
            called: HashSet::new(),
            left_over: Vec::new(),
            checked: HashMap::new(),
            values_left: Cell::new(0),
            left: MOST_TASKS,
        }
    }

    /// What a file does, and what it is called.
    pub(super) fn file(&mut self, file: usize) -> (String, Vec<Node>) {
        self.file = file;
        let documents: Vec<Item<'t>> = self.files.documents(file).collect();
        if documents.iter().copied().any(is_playbook) {
            let mut plays = documents.iter().flat_map(|document| document.items());
            let first = plays.next().and_then(|play| play.get_text("name"));
            let name = first.filter(|_| plays.next().is_none()).unwrap_or("playbook").to_owned();
            return (name, self.playbook(file));
        }
        let frame = self.role_frame(file);
        let lists = documents.into_iter().filter(|document| document.is_sequence());
        let mut steps: Vec<Node> = lists.flat_map(|tasks| self.tasks(tasks, &frame)).collect();
        steps.extend(self.flush());
        ("tasks".to_owned(), steps)
    }

    /// Takes in the handlers of a role. Those of one that is used again are the
    /// same ones, with what they are given last.
    pub(super) fn take_handlers(&mut self, file: usize, frame: &Rc<Frame<'t>>) {
        self.used.insert(file);
        self.handlers.retain(|(_, _, other)| *other != file);
        for list in self.files.documents(file) {
            let all = list.items().map(|handler| (handler, Rc::clone(frame), file));
            self.handlers.extend(all);
        }
    }

    /// Whether one more task is gone into.
    pub(super) fn may_go_on(&mut self) -> bool {
        let goes_on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        goes_on
    }
}
