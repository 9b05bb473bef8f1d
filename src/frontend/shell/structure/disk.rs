//! Looks at the state of a disk that decide what runs:
//! `[ "$status" = Available ] || exit 1`, `until … grep -q Available; do sleep 1; done`.

use tree_sitter::Node;

use super::look::{Looks, joined};
use super::{Lowering, branch, guard};
use crate::frontend::lock_state::{Assurance, target_of};
use crate::frontend::shell::kind;
use crate::frontend::syntax;
use crate::procedure::{Action, Operation};

/// The action that tells the state.
const LOOKS: &str = "DescribeDisks";

/// The states of a disk that is attached to nothing, and of one that is.
const FREE: &str = "Available";
const IN_USE: &str = "In_use";

/// The parameter that names a disk.
const DISK: &str = "DiskId";

/// The longest text that is read, in bytes.
const LONGEST: usize = 4096;

/// How many disks are known to be free at once.
const MOST: usize = 16;

impl<'t> Lowering<'_, 't, '_> {
    /// Notes that a disk is free where a condition holds, or where it does not.
    pub(super) fn free_where(&mut self, condition: Option<Node<'t>>, holds: bool) {
        let Some(condition) = condition.filter(|_| self.seeks.disks && self.free.len() < MOST)
        else {
            return;
        };
        let looks = self.looks();
        let told = looks.disk(condition).unwrap_or_default();
        let is_free = if holds { told.unlocked_if_true } else { told.unlocked_if_false };
        let disk = if is_free { looks.asked_about(condition, DISK) } else { None };
        self.free.extend(disk);
    }

    /// Notes what disk is free behind a statement that goes no further, or on and on,
    /// as long as it is not.
    pub(super) fn free_behind(&mut self, node: Node<'t>) {
        if !self.seeks.disks {
            return;
        }
        match node.kind() {
            kind::IF => {
                let (clauses, otherwise) = branch::clauses_of(node);
                if let ([clause], None) = (clauses.as_slice(), otherwise)
                    && clause.body.iter().any(|statement| self.goes_away(*statement))
                {
                    self.free_where(guard::last_of(&clause.condition), false);
                }
            }
            kind::LIST => {
                let (Some(left), Some(right)) = (node.named_child(0), node.named_child(1)) else {
                    return;
                };
                let between = self.script.text.get(left.end_byte()..right.start_byte());
                let and = between.is_some_and(|between| between.contains("&&"));
                if self.goes_away(right) {
                    self.free_where(Some(left), !and);
                }
            }
            kind::WHILE if !self.script.slice(node).contains("break") => {
                let until = node.child(0).is_some_and(|word| word.kind() == "until");
                self.free_where(node.child_by_field_name("condition"), until);
            }
            _ => {}
        }
    }

    /// Says of a call that its disk is free, if that is known.
    pub(super) fn note_disk(&mut self, operation: &mut Operation) {
        if self.free.is_empty() {
            return;
        }
        let Some(disk) = target_of(operation.arguments.get(DISK)) else { return };
        operation.disk_free = self.free.contains(&disk);
        if matches!(&operation.action, Action::Named(name) if name == "AttachDisk") {
            self.free.retain(|free| *free != disk);
        }
    }

    /// Whether a statement leaves the script, the function or this turn of a loop.
    fn goes_away(&self, node: Node<'t>) -> bool {
        if node.kind() == kind::COMPOUND {
            let last = guard::statements_in(node).pop();
            return last.is_some_and(|last| self.goes_away(last));
        }
        let head = self.script.slice(node).split_whitespace().next();
        matches!(head, Some("continue")) || self.leaves(node)
    }
}

impl<'t> Looks<'_, '_, 't, '_> {
    /// What a condition tells of a disk: it is free if the condition holds, or if it
    /// does not.
    fn disk(self, node: Node<'t>) -> Option<Assurance> {
        let looks = self.deeper()?;
        if node.byte_range().len() > LONGEST {
            return None;
        }
        match node.kind() {
            kind::LIST => {
                let (left, right) = (node.named_child(0)?, node.named_child(1)?);
                let text = self.lowering.script.text.get(left.end_byte()..right.start_byte())?;
                joined(text.contains("&&"), [looks.disk(left), looks.disk(right)])
            }
            kind::NEGATED => Some(looks.disk(node.named_child(0)?)?.negated()),
            kind::REDIRECTED => looks.disk(node.child_by_field_name("body")?),
            kind::TEST => looks.disk(node.named_child(0)?),
            kind::PIPELINE => looks.searched_disk(node),
            "unary_expression" if self.slice(node).starts_with('!') => {
                Some(looks.disk(node.named_child(0)?)?.negated())
            }
            "binary_expression" => looks.compared_disk(node),
            _ => None,
        }
    }

    fn compared_disk(self, node: Node<'t>) -> Option<Assurance> {
        let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
        let sign = self.slice(node.child_by_field_name("operator")?);
        if matches!(sign, "&&" | "||") {
            return joined(sign == "&&", [self.disk(left), self.disk(right)]);
        }
        let told = of_state(self.slice(right)).filter(|_| self.tells_state(left));
        let told =
            told.or_else(|| of_state(self.slice(left)).filter(|_| self.tells_state(right)))?;
        match sign {
            "=" | "==" | "=~" => Some(told),
            "!=" => Some(told.negated()),
            _ => None,
        }
    }

    fn searched_disk(self, pipeline: Node<'t>) -> Option<Assurance> {
        let parts = guard::statements_in(pipeline);
        let last = self.slice(*parts.last()?);
        let pattern = last.split_whitespace().last().filter(|_| last.starts_with("grep"))?;
        let told = of_state(pattern).filter(|_| self.tells_state(pipeline))?;
        let negated = super::look::is_negated(pipeline);
        Some(if negated { told.negated() } else { told })
    }

    /// Whether a value comes from a look at the state of a disk.
    fn tells_state(self, node: Node<'t>) -> bool {
        let Some(looks) = self.deeper() else { return false };
        let text = self.slice(node);
        if text.len() > LONGEST || !self.lowering.spend() {
            return false;
        }
        if text.contains(LOOKS) {
            return true;
        }
        let mut found = false;
        syntax::walk(node, |inner| {
            let text = self.slice(inner);
            found |= match inner.kind() {
                _ if found => true,
                kind::VARIABLE_NAME => {
                    let values = looks.values(text, inner.start_byte());
                    values.into_iter().any(|value| looks.tells_state(value))
                }
                kind::COMMAND_NAME => {
                    let scope = self.lowering.script.function(text);
                    scope.is_some_and(|scope| {
                        let text = self.slice(self.lowering.script.scopes[scope].node);
                        text.len() <= LONGEST && text.contains(LOOKS)
                    })
                }
                _ => false,
            };
            !found
        });
        found
    }
}

/// Whether anything in a text may ask for the state of a disk.
pub(super) fn may_be_asked(text: &str) -> bool {
    text.contains(LOOKS) && (text.contains(FREE) || text.contains(IN_USE))
}

/// What it tells that a disk is in a state that a text names.
fn of_state(text: &str) -> Option<Assurance> {
    let bare = text.trim_matches(['"', '\'', '*', '^', '$', ' ']);
    match bare {
        FREE => Some(Assurance::UNLOCKED),
        IN_USE => Some(Assurance::LOCKED),
        _ => None,
    }
}
