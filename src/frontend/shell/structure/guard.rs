//! Looks at the lock state of an instance that decide what runs:
//! `[ -n "$LOCKS" ] && exit`, `if aliyun … | grep -q OperationLocks; then`.

use tree_sitter::Node;

use super::look::{Looks, is_negated, prefixes};
use super::outcome::Outcome;
use super::tells::Told;
use super::{Lowering, Mode, Sight};
use crate::frontend::lock_state::{self, Assurance};
use crate::frontend::shell::kind;
use crate::procedure::{Guard, Leave, Node as Step, Target};
use crate::source::Span;

/// How many looks are nested into one another.
const MOST_NESTED: usize = 8;

/// A condition that tells of the lock.
pub(super) struct Look {
    span: Span,
    target: Target,
    told: Assurance,
}

impl Look {
    /// Steps that run where it holds, and where it does not.
    pub(super) fn decides(&self, holds: Vec<Step>, otherwise: Vec<Step>) -> Vec<Step> {
        if holds.is_empty() && otherwise.is_empty() {
            return holds;
        }
        let (body, locked) =
            if self.told.unlocked_if_true { (holds, otherwise) } else { (otherwise, holds) };
        vec![Step::Guard(Guard { span: self.span, target: self.target.clone(), body, locked })]
    }

    /// The look itself where what follows runs only if it holds, or if it does not.
    pub(super) fn bars(&self, holds: bool) -> Option<Step> {
        let told = self.told;
        let bars = if holds { told.unlocked_if_true } else { told.unlocked_if_false };
        let locked = vec![Step::Leave(Leave::Failing)];
        let (span, target) = (self.span, self.target.clone());
        bars.then_some(Step::Guard(Guard { span, target, body: Vec::new(), locked }))
    }
}

impl<'t> Lowering<'_, 't, '_> {
    /// The look that a condition is.
    pub(super) fn look(&self, condition: Node<'t>) -> Option<Look> {
        let told = self.looks().assurance(condition)?;
        Some(self.look_at(condition, told, self.whose(condition)))
    }

    fn whose(&self, condition: Node<'t>) -> Target {
        self.looks().looked_at(condition).unwrap_or(Target::Unknown)
    }

    fn look_at(&self, condition: Node<'t>, told: Assurance, target: Target) -> Look {
        Look { span: self.source.span(condition.byte_range()), target, told }
    }

    /// The look that the condition of an `if` or a loop is. One that also makes
    /// other calls is none.
    pub(super) fn sole_look(&self, nodes: &[Node<'t>]) -> Option<Look> {
        let condition = last_of(nodes)?;
        let look = self.look(condition)?;
        let mut node = condition;
        while node.kind() == kind::LIST {
            let (left, right) = (node.named_child(0)?, node.named_child(1)?);
            if right.kind() != kind::TEST && self.looks().assurance(right).is_none() {
                return None;
            }
            node = left;
        }
        Some(look)
    }

    /// The look that the first operands of a list are, and how many these are.
    pub(super) fn leading_look(&self, list: Node<'t>, count: usize) -> Option<(Look, usize)> {
        if !self.seeks.locks {
            return None;
        }
        let mut found = prefixes(list, count).into_iter();
        found.find_map(|(node, count)| Some((self.look(node)?, count)))
    }

    /// The look that a statement is which lets nothing behind it run if there is a
    /// lock: a function that ends the script then, or what fails under `set -e`.
    pub(super) fn barrier(&self, node: Node<'t>, mode: Mode) -> Option<Step> {
        if !self.seeks.locks || mode.sight == Sight::Own || is_negated(node) {
            return None;
        }
        let inner = match node.kind() {
            kind::REDIRECTED => node.child_by_field_name("body")?,
            kind::COMMAND | kind::PIPELINE | kind::TEST | kind::ASSIGNMENT | kind::SUBSHELL => node,
            _ => return None,
        };
        let name = inner.child_by_field_name("name").filter(|_| inner.kind() == kind::COMMAND);
        let called = name.and_then(|name| self.script.function(self.script.slice(name)));
        let outcome = called.and_then(|scope| self.looks().outcome(scope));
        if outcome.is_some_and(Outcome::lets_none_pass) {
            return self.look_at(inner, Assurance::UNLOCKED, self.whose(inner)).bars(true);
        }
        let strict = mode.sight == Sight::Nobody
            && !mode.masked
            && self.script.option("errexit", self.scope, node.start_byte());
        self.look(inner).filter(|_| strict)?.bars(true)
    }

    /// Whether steps end with a look that goes away if there is a lock, so that what
    /// follows belongs under it.
    pub(super) fn turns_back(steps: &[Step], looks: usize) -> bool {
        let Some(Step::Guard(guard)) = steps.last().filter(|_| looks < MOST_NESTED) else {
            return false;
        };
        leaves(&guard.locked) && !leaves(&guard.body)
    }

    /// Puts the steps behind each look under it.
    pub(super) fn close_looks(looks: Vec<Vec<Step>>, mut steps: Vec<Step>) -> Vec<Step> {
        for mut before in looks.into_iter().rev() {
            match before.last_mut() {
                Some(Step::Guard(guard)) => guard.body.append(&mut steps),
                _ => before.append(&mut steps),
            }
            steps = before;
        }
        steps
    }

    /// Steps for each of those that a look has found to have no lock.
    pub(super) fn chosen(&self, look: Node<'t>, body: Vec<Step>) -> Vec<Step> {
        self.look_at(look, Assurance::UNLOCKED, Target::Unknown).decides(body, Vec::new())
    }

    /// What the patterns of a `case` tell of the lock, in their order.
    pub(super) fn told_items(&self, case: Node<'t>) -> Vec<Option<Look>> {
        let looks = self.looks();
        let target = || looks.looked_at(case.child_by_field_name("value")?);
        let target = target().unwrap_or(Target::Unknown);
        let items = looks.items(case).into_iter();
        let span = |node: Node<'t>| self.source.span(node.byte_range());
        let value = case.child_by_field_name("value").unwrap_or(case);
        let look = |told| Look { span: span(value), target: target.clone(), told };
        items.map(|(told, ..)| told.map(look)).collect()
    }
}

/// What an item of a `case` tells of the lock, its statements, and whether it takes
/// all that is left.
type Item<'t> = (Option<Assurance>, Vec<Node<'t>>, bool);

impl<'t> Looks<'_, '_, 't, '_> {
    /// The items of a `case`.
    pub(super) fn items(self, case: Node<'t>) -> Vec<Item<'t>> {
        let told = case.child_by_field_name("value").and_then(|value| self.told(value));
        let mut cursor = case.walk();
        let items = case.named_children(&mut cursor).filter(|it| it.kind() == kind::CASE_ITEM);
        let item = |item: Node<'t>| {
            let mut cursor = item.walk();
            let patterns: Vec<Node<'t>> =
                item.children_by_field_name("value", &mut cursor).collect();
            let mut body = statements_in(item);
            body.retain(|node| !patterns.contains(node));
            let texts: Vec<&str> = patterns.iter().map(|pattern| self.slice(*pattern)).collect();
            let told = told.as_ref().and_then(|told| of_patterns(told, &texts));
            (told, body, texts == ["*"])
        };
        items.map(item).collect()
    }
}

/// What it tells that one of the patterns of a `case` is met.
fn of_patterns(told: &Told, patterns: &[&str]) -> Option<Assurance> {
    let mut answers = patterns.iter().map(|pattern| {
        if *pattern == "*" || lock_state::is_of_another(pattern) {
            return None;
        }
        let bare = pattern.trim_matches(['"', '\'']);
        let locked = match told {
            Told::Locks => !super::look::is_nothing(bare),
            Told::Flag { value, locked } => (value == bare) == *locked,
        };
        Some(locked)
    });
    let first = answers.next()??;
    let all_same = answers.all(|answer| answer == Some(first));
    all_same.then_some(if first { Assurance::LOCKED } else { Assurance::UNLOCKED })
}

/// The command whose status decides a condition.
pub(super) fn last_of<'t>(nodes: &[Node<'t>]) -> Option<Node<'t>> {
    nodes.iter().rev().find(|node| node.is_named()).copied()
}

/// The statements in a node, without the comments.
pub(super) fn statements_in(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != kind::COMMENT).collect()
}

fn leaves(steps: &[Step]) -> bool {
    matches!(steps.last(), Some(Step::Leave(_)))
}
