//! Blocks: tasks with what runs if one of them fails, and what runs in any case.

use std::rc::Rc;

use super::run::Run;
use super::scope::Frame;
use super::task::{is_false, is_true};
use crate::frontend::error_code;
use crate::frontend::template::Item;
use crate::procedure::{Attempt, Handler, Leave, Node};

impl<'t> Run<'_, 't> {
    /// The steps of a block. Without anything that deals with failures they are
    /// steps like those around them.
    pub(super) fn block(&mut self, block: Item<'t>, frame: &Rc<Frame<'t>>) -> Vec<Node> {
        let frame = ruled(block, frame);
        let Some(tasks) = block.get("block") else { return Vec::new() };
        let body = self.tasks(tasks, &frame);
        let rescue = block.get("rescue");
        let always = block.get("always");
        if rescue.is_none() && always.is_none() {
            return body;
        }
        let handler = match rescue {
            Some(rescue) => self.rescue(rescue, &frame),
            None => Handler { leaves: true, ..Handler::default() },
        };
        let finally = always.map(|always| self.tasks(always, &frame));
        let finally = finally.unwrap_or_default();
        if body.is_empty() && finally.is_empty() {
            return Vec::new();
        }
        vec![Node::Attempt(Attempt { body, handlers: vec![handler], finally })]
    }

    fn rescue(&mut self, rescue: Item<'t>, frame: &Rc<Frame<'t>>) -> Handler {
        let body = self.tasks(rescue, frame);
        let written = rescue.source().text.get(rescue.range()).unwrap_or_default();
        let ends = |node: &Node| matches!(node, Node::Leave(Leave::Raise | Leave::Procedure));
        Handler {
            catches: None,
            codes: error_code::named(written),
            silent: rescue.items().len() == 0,
            leaves: body.iter().any(ends),
            body,
            ..Handler::default()
        }
    }
}

/// The frame of a play or a block, with what it says of all its tasks.
pub(super) fn ruled<'t>(item: Item<'t>, frame: &Rc<Frame<'t>>) -> Rc<Frame<'t>> {
    let mut rules = frame.rules.clone();
    let ignores = item.get("ignore_errors");
    rules.ignores_errors |= is_true(ignores);
    rules.ignores_errors &= !is_false(ignores);
    rules.defaults.extend(item.get("module_defaults").filter(|one| one.is_mapping()));
    rules.environment.extend(item.get("environment").filter(|one| one.is_mapping()));
    let collections = item.get("collections");
    let mut names = collections.into_iter().flat_map(Item::items);
    rules.has_collection |= names.any(|name| name.text() == Some(super::module::COLLECTION));
    Frame::ruled(frame, rules)
}
