//! Loops, and what their variables stand for.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::statements::Flow;
use crate::frontend::program::joining::join;
use crate::frontend::program::nodes::pruned;
use crate::frontend::program::thing::{Rest, Thing};
use crate::frontend::syntax;
use crate::procedure::{Node, Repetition};

/// A name that is assigned to, and the value.
pub(super) type Assigned<'t> = (Syntax<'t>, Option<Syntax<'t>>);

impl<'t> Machine<'t, '_> {
    pub(super) fn for_statement(&mut self, node: Syntax<'t>) -> Flow {
        let (Some(left), Some(right)) =
            (node.child_by_field_name(field::LEFT), node.child_by_field_name(field::RIGHT))
        else {
            return Flow::Falls;
        };
        let over = self.eval(right);
        let body = node.child_by_field_name(field::BODY);
        if self.fills_from_map(left, &over, body) {
            return Flow::Falls;
        }
        self.forget_assigned(body);
        let (_, body, changes) = self.alternative(|machine| {
            let item = machine.item_of(&over, left);
            machine.assign(left, item, None);
            body.map_or(Flow::Falls, |body| machine.block(body))
        });
        self.state.merge(changes.as_slice(), true);
        let condition = format!("for {} in {}", self.shown(left), self.shown(right));
        self.out.push(Node::Loop(Repetition {
            condition,
            conditional: false,
            body,
            ..Repetition::default()
        }));
        self.loop_else(node);
        Flow::Falls
    }

    /// `for name, value in parameters.items(): request.add_query_param(name, value)`
    /// with known parameters: read once for each of them. Only for bodies that
    /// call nothing of interest.
    pub(super) fn fills_from_map(
        &mut self,
        left: Syntax<'t>,
        over: &Thing,
        body: Option<Syntax<'t>>,
    ) -> bool {
        const MOST: usize = 32;
        const ALL: usize = 2000;
        let (Thing::Map(map), Some(body)) = (over, body) else { return false };
        let too_many = self.unrolled > ALL || map.entries.len() > MOST;
        if map.entries.is_empty() || too_many || self.unrolling {
            return false;
        }
        self.unrolled += map.entries.len();
        let map = Rc::clone(map);
        self.unrolling = true;
        let mark = self.state.mark();
        let parametric = self.run.parametric;
        let ((), nodes) = self.apart(|machine| {
            for (name, value) in &map.entries {
                let name = Thing::known(name.clone(), left.byte_range());
                let pair = Thing::list(vec![name.clone(), value.clone()], Rest::Closed);
                machine.assign(
                    left,
                    if left.kind() == kind::IDENTIFIER { name } else { pair },
                    None,
                );
                machine.block(body);
            }
        });
        self.unrolling = false;
        if pruned(nodes).is_empty() {
            return true;
        }
        let _ = self.state.take_back(mark);
        self.run.parametric = parametric;
        false
    }

    pub(super) fn while_statement(&mut self, node: Syntax<'t>) -> Flow {
        let Some(condition) = node.child_by_field_name(field::CONDITION) else {
            return Flow::Falls;
        };
        let body = node.child_by_field_name(field::BODY);
        self.forget_assigned(body);
        let (_, body, changes) = self.alternative(|machine| {
            machine.eval(condition);
            body.map_or(Flow::Falls, |body| machine.block(body))
        });
        self.state.merge(changes.as_slice(), true);
        let condition = self.shown(condition).to_string();
        self.out.push(Node::Loop(Repetition {
            condition,
            conditional: true,
            body,
            ..Repetition::default()
        }));
        self.loop_else(node);
        Flow::Falls
    }

    pub(super) fn loop_else(&mut self, node: Syntax<'t>) {
        let clause = node.child_by_field_name(field::ALTERNATIVE);
        if let Some(body) = clause.and_then(|clause| clause.child_by_field_name(field::BODY)) {
            self.block(body);
        }
    }

    /// Variables with a known text that a loop assigns anew are not known at
    /// its start.
    pub(super) fn forget_assigned(&mut self, body: Option<Syntax<'t>>) {
        let Some(body) = body else { return };
        let assigned = self.assigned.entry(body.id()).or_insert_with(|| assigned_in(body).into());
        let assigned = Rc::clone(assigned);
        for (left, right) in assigned.iter().copied() {
            let name = self.text(left).to_owned();
            let known = self.local(&name);
            if !known.as_ref().is_some_and(|thing| {
                thing.alternatives().iter().any(|thing| thing.as_text().is_some())
            }) {
                continue;
            }
            let literal = right.filter(|right| right.kind() == kind::STRING);
            let other = match literal {
                Some(literal) => self.eval(literal),
                None => Thing::unknown(name.as_str()),
            };
            let thing = known.map_or(other.clone(), |known| join(known, other)).named(&name);
            self.bind(&name, thing);
        }
    }
}

/// The names that a loop assigns anew, each with the value that it gives.
fn assigned_in(body: Syntax<'_>) -> Vec<Assigned<'_>> {
    let mut assigned = Vec::new();
    syntax::walk(body, |node| {
        if matches!(node.kind(), kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT) {
            let left =
                node.child_by_field_name(field::LEFT).filter(|it| it.kind() == kind::IDENTIFIER);
            assigned.extend(left.map(|left| (left, node.child_by_field_name(field::RIGHT))));
        }
        !matches!(node.kind(), kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION | kind::LAMBDA)
    });
    assigned
}
