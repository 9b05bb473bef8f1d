//! The lists of `&&` and `||`.

use tree_sitter::Node;

use super::branch::MOST_NESTED;
use super::guard::Look;
use super::{Lowering, Mode, Sight, raises};
use crate::frontend::shell::kind;
use crate::procedure::{Arm, Attempt, Handler, Leave, Node as Step, has_calls};

impl<'t> Lowering<'_, 't, '_> {
    /// `a && b || c`, from left to right.
    pub(super) fn list(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let (first, rest) = operands(node);
        if let Some((look, count)) = self.leading_look(node, rest.len() + 1) {
            return self.decided_list(node, &look, &rest, count, mode);
        }
        let mut chain = Chain {
            steps: self.statement(first, mode.watched().before_last()),
            attempt: false,
            alternatives: 0,
        };
        let mut end = first.end_byte();
        for (index, (and, operand)) in rest.iter().enumerate() {
            let last = index + 1 == rest.len();
            let watched = !last || (*and && raises(&chain.steps));
            let mode = if watched { mode.watched() } else { mode };
            let mode = if last { mode } else { mode.before_last() };
            let free = self.free.len();
            self.free_where(Some(first).filter(|_| index == 0), *and);
            let body = if *and {
                self.statement(*operand, mode)
            } else {
                self.after_failure(std::slice::from_ref(operand), mode)
            };
            self.free.truncate(free);
            let condition = self.quote(first.start_byte(), end);
            if *and {
                chain.and(condition, body);
            } else {
                let handling = self.handling(std::slice::from_ref(operand));
                chain.or(&condition, handling.handler(self.leaves(*operand), body));
            }
            end = operand.end_byte();
        }
        chain.finish()
    }

    /// A list whose first operands are a look at the lock: what runs if they hold,
    /// what if they do not, and what follows in any case.
    fn decided_list(
        &mut self,
        list: Node<'t>,
        look: &Look,
        rest: &[(bool, Node<'t>)],
        count: usize,
        mode: Mode,
    ) -> Vec<Step> {
        let (before, behind) = rest.split_at(count - 1);
        let first = operands(list).0;
        let unseen = mode.masked().before_last();
        let mut steps = self.statement(first, unseen);
        for (_, operand) in before {
            steps.extend(self.statement(*operand, unseen));
        }
        let turn = behind.iter().skip(1).position(|(and, _)| *and != behind[0].0);
        let (near, far) = behind.split_at(turn.map_or(behind.len(), |turn| turn + 1));
        let mut own = self.in_chain(near, mode, far.is_empty());
        let mut others = Vec::new();
        for (_, operand) in far {
            others.extend(self.statement(*operand, mode));
        }
        if raises(&own) && !far.is_empty() {
            let leaves = far.iter().any(|(_, operand)| self.leaves(*operand));
            let body = if has_calls(&others) { Vec::new() } else { others.clone() };
            let handlers = vec![Handler { leaves, body, ..Handler::default() }];
            own = vec![Step::Attempt(Attempt { body: own, handlers, finally: Vec::new() })];
        }
        // A list that something looks at fails where its look says no.
        if mode.sight == Sight::Own && behind[0].0 && far.is_empty() && raises(&own) {
            others.push(Step::Leave(Leave::Raise));
        }
        steps.extend(if behind[0].0 {
            look.decides(own, others)
        } else {
            look.decides(others, own)
        });
        steps
    }

    /// The steps of operands between which the same sign stands.
    fn in_chain(&mut self, operands: &[(bool, Node<'t>)], mode: Mode, ends: bool) -> Vec<Step> {
        let mut chain = Chain { steps: Vec::new(), attempt: false, alternatives: 0 };
        for (index, (and, operand)) in operands.iter().enumerate() {
            let is_last = index + 1 == operands.len() && ends;
            let mode = if is_last { mode } else { mode.watched().before_last() };
            let before = index.checked_sub(1).map(|before| operands[before].1);
            let body = self.statement(*operand, mode);
            match before {
                Some(before) if !(*and && self.looks().always_works(before)) => {
                    let condition = self.quote(before.start_byte(), before.end_byte());
                    if *and {
                        chain.and(condition, body);
                    } else {
                        chain.or(&condition, Handler { body, ..Handler::default() });
                    }
                }
                _ => chain.steps.extend(body),
            }
        }
        chain.finish()
    }
}

/// The steps of a list so far.
struct Chain {
    steps: Vec<Step>,
    /// Whether they are the body of an attempt that is not closed yet.
    attempt: bool,
    /// How many `||` there were.
    alternatives: usize,
}

impl Chain {
    fn and(&mut self, condition: String, body: Vec<Step>) {
        if raises(&self.steps) {
            self.attempt = true;
            self.steps.extend(body);
        } else if !body.is_empty() {
            self.steps.push(Step::Branch(vec![Arm { condition: Some(condition), body }]));
        }
    }

    fn or(&mut self, condition: &str, handler: Handler) {
        self.alternatives += 1;
        if self.alternatives > MOST_NESTED
            && let Some(Step::Attempt(attempt)) = self.steps.last_mut()
            && let Some(last) = attempt.handlers.last_mut()
        {
            last.body.extend(handler.body);
            last.leaves |= handler.leaves;
        } else if raises(&self.steps) {
            let steps = std::mem::take(&mut self.steps);
            let handlers = vec![handler];
            self.attempt = false;
            let attempt = Attempt { body: steps, handlers, finally: Vec::new() };
            self.steps.push(Step::Attempt(attempt));
        } else if handler.body.is_empty() {
        } else if let Some(Step::Branch(arms)) = self.steps.last_mut() {
            arms.push(Arm { condition: None, body: handler.body });
        } else {
            let condition = Some(format!("! {condition}"));
            self.steps.push(Step::Branch(vec![Arm { condition, body: handler.body }]));
        }
    }

    fn finish(self) -> Vec<Step> {
        if !self.attempt {
            return self.steps;
        }
        let (handlers, finally) = (Vec::new(), Vec::new());
        vec![Step::Attempt(Attempt { body: self.steps, handlers, finally })]
    }
}

/// The first operand of a list, and each further one with whether `&&` stands
/// before it. Lists nest to the left, as deep as they are long.
pub(super) fn operands(list: Node<'_>) -> (Node<'_>, Vec<(bool, Node<'_>)>) {
    let mut rest = Vec::new();
    let mut node = list;
    while node.kind() == kind::LIST {
        let mut cursor = node.walk();
        let parts: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut cursor = node.walk();
        let and = node.children(&mut cursor).any(|token| token.kind() == "&&");
        let [left, .., right] = parts.as_slice() else { break };
        rest.push((and, *right));
        node = *left;
    }
    rest.reverse();
    (node, rest)
}
