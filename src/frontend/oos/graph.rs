//! Which task leads to which: list order, unless a task names another one.

use std::collections::HashMap;

use super::value::text;
use crate::frontend::template::Item;

// Keys of a task that name other tasks.
const NAME: &str = "Name";
const ACTION: &str = "Action";
const ON_SUCCESS: &str = "OnSuccess";
const ON_ERROR: &str = "OnError";
const CHOICES: &str = "Choices";
const DEFAULT_TASK: &str = "DefaultTask";
const NEXT_TASK: &str = "NextTask";
const WHEN: &str = "When";
const ON_CANCEL: &str = "OnCancel";
const IS_CRITICAL: &str = "IsCritical";
const IS_END: &str = "IsEnd";

/// The atomic action that branches.
const CHOICE: &str = "ACS::Choice";
// Names that stand for places rather than tasks.
const END: &str = "ACS::END";
const NEXT: &str = "ACS::NEXT";

/// The tasks of a template and their jumps. A place past the last task is the
/// end.
#[derive(Debug)]
pub(super) struct Graph<'t> {
    /// The tasks in list order.
    pub(super) tasks: Vec<Task<'t>>,
}

/// A task.
#[derive(Debug)]
pub(super) struct Task<'t> {
    /// Its mapping.
    pub(super) item: Item<'t>,
    /// What it is called.
    pub(super) name: &'t str,
    /// What it does: `ACS::ExecuteAPI`.
    pub(super) action: &'t str,
    /// Where it goes when it succeeds, by condition; the one without a
    /// condition last.
    pub(super) successors: Vec<Jump<'t>>,
    /// Where it goes when it fails.
    pub(super) on_error: OnError,
    /// Where it goes when somebody cancels it, if that is a task.
    pub(super) on_cancel: Option<usize>,
}

/// A way from a task to another.
#[derive(Clone, Debug)]
pub(super) struct Jump<'t> {
    /// When it is taken; none for the last resort.
    pub(super) condition: Option<String>,
    /// The conditions of which one holds when it is taken; for the last resort,
    /// those that lead to it as well.
    pub(super) whens: Vec<Item<'t>>,
    /// Which task it leads to.
    pub(super) to: usize,
}

/// What a task's failure leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum OnError {
    /// The execution fails.
    Fail,
    /// The next task runs as if nothing had happened.
    Ignore,
    /// The execution ends as if nothing had happened.
    End,
    /// This task runs.
    Task(usize),
}

impl<'t> Graph<'t> {
    /// Reads the jumps of a list of tasks.
    pub(super) fn new(items: impl Iterator<Item = Item<'t>>) -> Self {
        let items: Vec<Item<'t>> = items.filter(|item| item.is_mapping()).collect();
        let mut places = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(name) = item.get_text(NAME) {
                places.entry(name).or_insert(index);
            }
        }
        let names = Names { places, end: items.len() };
        let tasks = items.iter().enumerate().map(|(index, item)| names.task(index, *item));
        Self { tasks: tasks.collect() }
    }

    /// The place past the last task.
    pub(super) fn end(&self) -> usize {
        self.tasks.len()
    }
}

struct Names<'t> {
    places: HashMap<&'t str, usize>,
    end: usize,
}

impl<'t> Names<'t> {
    fn task(&self, index: usize, item: Item<'t>) -> Task<'t> {
        let action = item.get_text(ACTION).unwrap_or_default();
        let successors = if action.eq_ignore_ascii_case(CHOICE) {
            self.choices(index, item)
        } else {
            let is_end = item.get(IS_END).and_then(Item::as_bool) == Some(true);
            let to = if is_end { self.end } else { self.place(item.get_text(ON_SUCCESS), index) };
            vec![Jump { condition: None, whens: Vec::new(), to }]
        };
        let is_critical = item.get(IS_CRITICAL).and_then(Item::as_bool) != Some(false);
        let on_error = self.on_error(item.get_text(ON_ERROR), is_critical);
        let on_cancel = item.get_text(ON_CANCEL).and_then(|name| self.places.get(name)).copied();
        let name = item.get_text(NAME).unwrap_or(action);
        Task { item, name, action, successors, on_error, on_cancel }
    }

    /// Where a name leads from a task; a name that no task has is passed over.
    fn place(&self, name: Option<&str>, from: usize) -> usize {
        match name {
            Some(name) if name.eq_ignore_ascii_case(END) => self.end,
            Some(name) => self.places.get(name).copied().unwrap_or(from + 1),
            None => from + 1,
        }
    }

    /// Without another way the execution ends, and fails if the task matters.
    fn on_error(&self, name: Option<&str>, is_critical: bool) -> OnError {
        match name {
            Some(name) if name.eq_ignore_ascii_case(NEXT) => OnError::Ignore,
            Some(name) if self.places.contains_key(name) => OnError::Task(self.places[name]),
            _ if is_critical => OnError::Fail,
            _ => OnError::End,
        }
    }

    /// The ways out of a choice, one for each task that it leads to.
    fn choices(&self, index: usize, item: Item<'t>) -> Vec<Jump<'t>> {
        let properties = item.get("Properties");
        let default = self.place(properties.and_then(|all| all.get_text(DEFAULT_TASK)), index);
        let mut jumps: Vec<Jump<'t>> = Vec::new();
        let mut otherwise = Jump { condition: None, whens: Vec::new(), to: default };
        for choice in properties.and_then(|all| all.get(CHOICES)).into_iter().flat_map(Item::items)
        {
            let to = self.place(choice.get_text(NEXT_TASK), index);
            let when = choice.get(WHEN);
            let condition = when.map(text).unwrap_or_default();
            if to == default {
                otherwise.whens.extend(when);
                continue;
            }
            let known = jumps.iter_mut().take(MOST_ARMS).find(|jump| jump.to == to);
            if let Some(jump) = known {
                let written = jump.condition.get_or_insert_default();
                written.push_str(" or ");
                written.push_str(&condition);
                jump.whens.extend(when);
            } else {
                let whens = when.into_iter().collect();
                jumps.push(Jump { condition: Some(condition), whens, to });
            }
        }
        jumps.push(otherwise);
        jumps
    }
}

/// How many arms of a choice are looked through for one that leads to the same
/// task.
const MOST_ARMS: usize = 64;
