//! Looks at what a command has left behind: its status in `$?`, or its output
//! in a variable, which a test searches for an error.

use tree_sitter::Node;

use super::{Lowering, Mode};
use crate::frontend::error_code;
use crate::frontend::shell::kind;
use crate::procedure::{Attempt, Handler, Node as Step};

/// Parts of tests that search a text.
const SEARCHES: &[&str] = &["grep", "==", "=~", "= *", "jq"];

/// A statement that decides by what the one before it has left behind.
pub(super) struct Check<'t> {
    condition: Node<'t>,
    /// What runs if it worked, and if it failed.
    works: Vec<Node<'t>>,
    fails: Vec<Node<'t>>,
    /// The error that it searches for, if it does not ask for the status.
    searched: Option<String>,
    /// How many statements belong to it.
    pub(super) length: usize,
}

impl<'t> Lowering<'_, 't, '_> {
    /// The check that statements begin with, of the one before them.
    pub(super) fn check(&self, before: Node<'t>, after: &[Node<'t>]) -> Option<Check<'t>> {
        let named: Vec<(usize, Node<'t>)> = after
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_named() && node.kind() != kind::COMMENT)
            .map(|(index, node)| (index, *node))
            .take(2)
            .collect();
        let (index, first) = *named.first()?;
        if let Some(check) = self.status_check(first, "$?", index + 1) {
            return Some(check);
        }
        if first.kind() == kind::ASSIGNMENT && self.script.slice(first).ends_with("=$?") {
            let name = self.script.slice(first.child_by_field_name("name")?);
            let (index, second) = *named.get(1)?;
            return self.status_check(second, name, index + 1);
        }
        self.search(before, first, index + 1)
    }

    /// A test of a status: of `$?` or of a variable that holds it.
    fn status_check(&self, node: Node<'t>, name: &str, length: usize) -> Option<Check<'t>> {
        let (condition, then, otherwise) = self.decision(node)?;
        let text = self.script.slice(condition);
        let asks = match name {
            "$?" => text.contains(name),
            name => text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}")),
        };
        if !asks {
            return None;
        }
        let zero = ["-eq 0", "== 0", "= 0", "-eq \"0\"", "= \"0\""];
        let holds = zero.iter().any(|test| text.contains(test)) && !text.contains("!= 0");
        let negated = condition.kind() == kind::NEGATED;
        let (works, fails) = if holds == negated { (otherwise, then) } else { (then, otherwise) };
        Some(Check { condition, works, fails, searched: None, length })
    }

    /// A test that searches the output of a command, which a variable holds.
    fn search(&self, before: Node<'t>, node: Node<'t>, length: usize) -> Option<Check<'t>> {
        let name = before.child_by_field_name("name").filter(|_| before.kind() == kind::ASSIGNMENT);
        let name = self.script.slice(name?);
        let (condition, then, otherwise) =
            self.decision(node).filter(|_| node.kind() == kind::IF)?;
        let searched = self.searched(condition, name)?;
        Some(Check { condition, works: otherwise, fails: then, searched: Some(searched), length })
    }

    /// The text of a test that searches a variable for an error's name.
    fn searched(&self, condition: Node<'t>, name: &str) -> Option<String> {
        let text = self.script.slice(condition);
        let searches = SEARCHES.iter().any(|sign| text.contains(sign));
        let uses = text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}"));
        (searches && uses && error_code::is_named(text))
            .then(|| self.quote(condition.start_byte(), condition.end_byte()))
    }

    /// The condition of an `if` or of a list, and what runs if it holds or not.
    fn decision(&self, node: Node<'t>) -> Option<(Node<'t>, Vec<Node<'t>>, Vec<Node<'t>>)> {
        match node.kind() {
            kind::IF => {
                let condition = node.child_by_field_name("condition")?;
                let mut then = Vec::new();
                let mut otherwise = Vec::new();
                let mut decided = false;
                let mut cursor = node.walk();
                for child in node.children(&mut cursor) {
                    match child.kind() {
                        "then" => decided = true,
                        kind::ELIF => return None,
                        kind::ELSE => otherwise.push(child),
                        _ if decided && child.is_named() => then.push(child),
                        _ => {}
                    }
                }
                Some((condition, then, otherwise))
            }
            kind::LIST => {
                let (left, right) = (node.named_child(0)?, node.named_child(1)?);
                let sign = self.script.text.get(left.end_byte()..right.start_byte())?;
                match sign.contains("&&") {
                    _ if left.kind() == kind::LIST => None,
                    true => Some((left, vec![right], Vec::new())),
                    false => Some((left, Vec::new(), vec![right])),
                }
            }
            _ => None,
        }
    }

    /// The steps of a command whose failure a check decides about.
    pub(super) fn checked(&mut self, steps: Vec<Step>, check: Check<'t>, mode: Mode) -> Step {
        let mut body = steps;
        body.extend(self.statement(check.condition, mode.masked()));
        body.extend(self.statements(&check.works, mode));
        let leaves = self.any_leaves(&check.fails);
        let catches = check.searched.or_else(|| self.catches(&check.fails));
        let codes = check.fails.iter().flat_map(|node| error_code::named(self.script.slice(*node)));
        let handlers = vec![Handler {
            catches,
            codes: codes.collect(),
            leaves,
            body: self.after_failure(&check.fails, mode),
            ..Handler::default()
        }];
        Step::Attempt(Attempt { body, handlers, finally: Vec::new() })
    }

    /// The error that statements after a failure ask for: the first test among
    /// them that searches a text for its name.
    pub(super) fn catches(&self, nodes: &[Node<'t>]) -> Option<String> {
        nodes.iter().find_map(|node| match node.kind() {
            kind::IF => {
                let condition = node.child_by_field_name("condition")?;
                let text = self.script.slice(condition);
                let searches = SEARCHES.iter().any(|sign| text.contains(sign));
                (searches && error_code::is_named(text))
                    .then(|| self.quote(condition.start_byte(), condition.end_byte()))
            }
            kind::CASE => {
                let mut cursor = node.walk();
                let mut items = node.named_children(&mut cursor);
                let item = items.find(|child| child.kind() == kind::CASE_ITEM)?;
                let pattern = item.child_by_field_name("value")?;
                error_code::is_named(self.script.slice(pattern))
                    .then(|| self.quote(pattern.start_byte(), pattern.end_byte()))
            }
            kind::COMPOUND | kind::ELSE => {
                let mut cursor = node.walk();
                let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
                self.catches(&children)
            }
            kind::LIST => {
                let left = node.named_child(0)?;
                let text = self.script.slice(left);
                let searches = SEARCHES.iter().any(|sign| text.contains(sign));
                (searches && error_code::is_named(text))
                    .then(|| self.quote(left.start_byte(), left.end_byte()))
            }
            _ => None,
        })
    }
}
