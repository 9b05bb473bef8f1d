//! Operators, conditional expressions and comprehensions.

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::sequences::sum;
use crate::frontend::program::joining::join;
use crate::frontend::program::thing::{Rest, Thing};
use crate::procedure::{Arm, Node, Repetition};

impl<'t> Machine<'t, '_> {
    pub(super) fn conditional(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let parts: Vec<Syntax<'t>> =
            node.named_children(&mut cursor).filter(|it| it.kind() != kind::COMMENT).collect();
        let [then, condition, otherwise] = parts.as_slice() else { return self.composed(node) };
        self.eval(*condition);
        let (left, then) = self.apart(|machine| machine.eval(*then));
        let (right, otherwise) = self.apart(|machine| machine.eval(*otherwise));
        if !then.is_empty() || !otherwise.is_empty() {
            let condition = Some(self.shown(*condition).to_string());
            let arms =
                vec![Arm { condition, body: then }, Arm { condition: None, body: otherwise }];
            self.out.push(Node::Branch(arms));
        }
        let text = self.shown(node);
        join(left, right).named(&text)
    }

    /// `a or b or c`, from the left, whatever their number.
    pub(super) fn boolean(&mut self, node: Syntax<'t>) -> Thing {
        let operands = operands(node, kind::BOOLEAN_OPERATOR);
        let mut result: Option<Thing> = None;
        let mut before = node.start_byte();
        for (operand, _) in operands {
            let (thing, nodes) = self.apart(|machine| machine.eval(operand));
            if result.is_none() {
                self.out.extend(nodes);
            } else if !nodes.is_empty() {
                let before = &self.source.text[node.start_byte()..before];
                let condition = Some(crate::frontend::program::shown(before));
                self.out.push(Node::Branch(vec![Arm { condition, body: nodes }]));
            }
            before = operand.end_byte();
            result = Some(result.map_or(thing.clone(), |known| join(known, thing)));
        }
        let text = self.shown(node);
        result.unwrap_or(Thing::Absent).named(&text)
    }

    /// `a + b + c`, from the left, whatever their number.
    pub(super) fn binary(&mut self, node: Syntax<'t>) -> Thing {
        let mut result: Option<Thing> = None;
        let shown = self.shown(node);
        for (operand, operator) in operands(node, kind::BINARY_OPERATOR) {
            let thing = self.eval(operand);
            result = Some(match result {
                None => thing,
                Some(before) => {
                    let operator = operator.map_or("", |operator| self.text(operator));
                    let both = match operator {
                        "+" => sum(&before, &thing, shown.clone()),
                        "%" => self.percent(&before, &thing, node),
                        _ => None,
                    };
                    both.unwrap_or_else(|| Thing::derived(shown.clone(), [&before, &thing]))
                }
            });
        }
        result.unwrap_or(Thing::Absent)
    }

    pub(super) fn comprehension(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let clauses: Vec<Syntax<'t>> = node.named_children(&mut cursor).collect();
        let Some((body, clauses)) = clauses.split_first() else { return Thing::Absent };
        let mark = self.state.mark();
        let mut condition = String::new();
        let mut inside = Vec::new();
        let mut item_tainted = false;
        for clause in clauses {
            let (left, right) =
                (clause.child_by_field_name(field::LEFT), clause.child_by_field_name(field::RIGHT));
            let ((), nodes) = self.apart(|machine| match (left, right) {
                (Some(left), Some(right)) => {
                    let over = machine.eval(right);
                    item_tainted |= over.is_tainted();
                    let item = machine.item_of(&over, left);
                    machine.assign(left, item, None);
                }
                _ => machine.children(*clause),
            });
            if condition.is_empty() {
                condition = self.shown(*clause).to_string();
                self.out.extend(nodes);
            } else {
                inside.extend(nodes);
            }
        }
        let (item, nodes) = self.apart(|machine| machine.eval(*body));
        inside.extend(nodes);
        if !inside.is_empty() {
            let repetition =
                Repetition { condition, conditional: false, body: inside, ..Repetition::default() };
            self.out.push(Node::Loop(repetition));
        }
        let _ = self.state.take_back(mark);
        let rest = if item_tainted { Rest::Tainted } else { Rest::Open };
        match item {
            Thing::Request(_) | Thing::Client(_)
                if node.kind() != kind::DICTIONARY_COMPREHENSION =>
            {
                Thing::list(vec![item], rest)
            }
            _ if item_tainted => Thing::tainted(self.shown(node)),
            _ => Thing::unknown(self.shown(node)),
        }
    }

    /// What a loop's variable stands for.
    pub(super) fn item_of(&mut self, over: &Thing, variable: Syntax<'t>) -> Thing {
        let text = self.shown(variable);
        match over {
            Thing::List(list) if list.rest == Rest::Closed && !list.items.is_empty() => {
                Thing::one_of(list.items.clone(), true, text)
            }
            Thing::List(list) if !list.items.is_empty() => {
                let items = list.items.iter().cloned().reduce(join).unwrap_or(Thing::Absent);
                items.named(&text)
            }
            _ => Thing::derived(text, [over]),
        }
    }
}

/// The operands of a chain of left-associative operators, from the left, each
/// with the operator before it.
fn operands<'t>(node: Syntax<'t>, kind: &str) -> Vec<(Syntax<'t>, Option<Syntax<'t>>)> {
    let mut found = Vec::new();
    let mut current = node;
    while current.kind() == kind {
        let Some(left) = current.child_by_field_name(field::LEFT) else { break };
        if let Some(right) = current.child_by_field_name(field::RIGHT) {
            found.push((right, current.child_by_field_name(field::OPERATOR)));
        }
        current = left;
    }
    found.push((current, None));
    found.reverse();
    found
}
