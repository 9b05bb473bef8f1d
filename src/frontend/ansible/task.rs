//! One task: what it runs, and what it leaves for later ones.

use std::rc::Rc;

use super::action::{Action, pairs};
use super::module;
use super::run::Run;
use super::scope::{Answer, Frame};
use crate::frontend::lock_state;
use crate::frontend::template::Item;
use crate::procedure::{Arm, Leave, Node, Target, Value};

/// How many targets deep an answer's call is looked for.
const INSTANCES: [&str; 2] = ["InstanceId", "InstanceIds"];

impl<'t> Run<'_, 't> {
    /// The steps of a list of tasks.
    pub(super) fn tasks(&mut self, tasks: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let mut steps = Vec::new();
        for task in tasks.items() {
            steps.extend(self.task(task, frame));
        }
        steps
    }

    /// The steps of one task. Recursion goes no deeper than blocks are nested and
    /// files bring each other in.
    pub(super) fn task(&mut self, task: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        if !task.is_mapping() || !self.may_go_on() || is_true(task.get("check_mode")) {
            return Vec::new();
        }
        let Some(action) = Action::of(task) else { return Vec::new() };
        let frame = Frame::inside(frame, task.get("vars"));
        self.note_handlers(task);
        if let Some(steps) = self.ending(task, &action, &frame) {
            return steps;
        }
        let frame = self.looping(task, &frame);
        let mut steps = self.looked_up(task, &frame);
        steps.extend(self.act(task, &action, &frame));
        let steps = self.surrounded(task, &action, steps, &frame);
        self.keep_answer(task, &action, &steps, &frame);
        steps
    }

    /// What a task runs by itself.
    fn act(&mut self, task: Item<'t>, action: &Action<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        match action.name {
            "block" => self.block(task, frame),
            "include_tasks" | "import_tasks" | "include" => self.included(action, frame),
            "include_role" | "import_role" => self.role_task(action, frame),
            "set_fact" => {
                self.set_facts(task, action, frame);
                Vec::new()
            }
            "uri" => self.request(task, action, frame),
            "cron" | "copy" => {
                self.store(action, frame);
                Vec::new()
            }
            name if module::is_ours(name) => self.module(task, action, frame),
            _ => self.command(action, task, frame),
        }
    }

    /// A task that may end the run: `fail`, `assert`, `meta`. One that does if
    /// there is a lock is a look at it for all that follows.
    fn ending(
        &mut self,
        task: Item<'t>,
        action: &Action<'t>,
        frame: &Rc<Frame<'t>>,
    ) -> Option<Vec<Node>> {
        let when = task.get("when");
        let leave = match action.name {
            "fail" => Leave::Raise,
            "meta" => match action.free_text()?.trim() {
                "end_play" | "end_host" | "end_batch" => Leave::Procedure,
                "flush_handlers" => return Some(self.flush()),
                _ => return Some(Vec::new()),
            },
            "assert" => {
                let that = action.argument("that")?;
                let is_sure = self.assurance(that, frame).unlocked_if_true && when.is_none();
                let look = || self.look(that, Leave::Raise);
                return Some(if is_sure { vec![look()] } else { Vec::new() });
            }
            _ => return None,
        };
        let Some(when) = when else { return Some(vec![Node::Leave(leave)]) };
        if self.assurance(when, frame).unlocked_if_false {
            return Some(vec![self.look(when, leave)]);
        }
        let arm = Arm { condition: Some(when.render()), body: vec![Node::Leave(leave)] };
        Some(vec![Node::Branch(vec![arm])])
    }

    fn set_facts(&mut self, task: Item<'t>, action: &Action<'t>, frame: &Rc<Frame<'t>>) {
        let is_sure = task.get("when").is_none() && !super::surround::loops(task);
        let mut given: Vec<(&'t str, Value, &'t str)> = Vec::new();
        if let super::action::Given::Named(facts) = &action.given {
            for entry in facts.entries() {
                let Some(name) = entry.key.text() else { continue };
                given.push((
                    name,
                    self.value(entry.value, frame),
                    entry.value.text().unwrap_or_default(),
                ));
            }
        }
        for (name, text) in action.free_text().map(pairs).unwrap_or_default() {
            given.push((name, self.text_value(text, frame), text));
        }
        for (name, value, text) in given {
            let unknown = || Value::unknown(super::jinja::braced(name));
            self.note_fact(name, text, frame);
            self.answers.remove(name);
            self.facts.insert(name.to_owned(), if is_sure { value } else { unknown() });
        }
    }

    /// Keeps what `register` names.
    fn keep_answer(
        &mut self,
        task: Item<'t>,
        action: &Action<'t>,
        steps: &[Node],
        frame: &Rc<Frame<'t>>,
    ) {
        let Some(name) = task.get_text("register") else { return };
        let target = match action.argument("instance_ids").or_else(|| action.argument("ids")) {
            Some(ids) => target(&self.value(ids, frame)),
            None => asked(steps).unwrap_or(Target::Unknown),
        };
        let written = task.source().text.get(task.range()).unwrap_or_default();
        if lock_state::is_mentioned(written) {
            self.looks.answer(name, target.clone());
        } else {
            self.looks.forget(name);
        }
        let declared = module::is_ours(action.name).then(|| module::address(task, action));
        self.facts.remove(name);
        self.answers.insert(name.to_owned(), Answer { declared, target });
    }
}

/// Whether a keyword is said to be true.
pub(super) fn is_true(item: Option<Item<'_>>) -> bool {
    let text = item.and_then(Item::text).unwrap_or_default();
    ["true", "yes", "on", "1"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a keyword is said to be false.
pub(super) fn is_false(item: Option<Item<'_>>) -> bool {
    let text = item.and_then(Item::text).unwrap_or_default();
    ["false", "no", "off", "0"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The instance that calls among nodes ask about.
fn asked(nodes: &[Node]) -> Option<Target> {
    nodes.iter().find_map(|node| match node {
        Node::Call(operation) => {
            let mut named = INSTANCES.iter().map(|name| operation.arguments.get(name));
            named.find(|value| value.is_given()).map(target)
        }
        other => other.bodies().into_iter().find_map(asked),
    })
}

/// What a value names.
fn target(value: &Value) -> Target {
    let bare = |text: &str| text.trim_matches(['[', ']', '"', '\'', ' ']).to_owned();
    match value {
        Value::Text(text) => Target::Known(bare(text)),
        Value::Unknown(unknown) => Target::Symbol(bare(&unknown.text)),
        Value::List(items) if items.len() == 1 => target(&items[0]),
        Value::List(_) | Value::Map(_) | Value::Absent => Target::Unknown,
    }
}
