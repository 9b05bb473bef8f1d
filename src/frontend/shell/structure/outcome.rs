//! How functions that look at the lock end: what their status tells, and whether
//! they come back at all where they find one.

use tree_sitter::Node;

use super::look::Looks;
use super::{guard, leave};
use crate::frontend::lock_state::Assurance;
use crate::frontend::shell::kind;
use crate::procedure::Leave;

/// The longest function that is followed, in bytes.
const LONGEST: usize = 8192;

/// A set of instances: those with a lock, those without.
type States = u8;

const LOCKED: States = 1;
const UNLOCKED: States = 2;
const BOTH: States = LOCKED | UNLOCKED;

/// Commands that always work.
const WORKING: &[&str] = &[
    "echo", "printf", "logger", "true", ":", "local", "log", "info", "warn", "warning", "error",
    "err", "debug", "sleep", "return", "shift",
];

/// For which instances something ends in each way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// It comes back with the status 0, and with another one.
    zero: States,
    nonzero: States,
    /// It ends the script well, and as a failure.
    done: States,
    exits: States,
}

impl Outcome {
    /// What its status tells.
    pub(super) fn assurance(self) -> Option<Assurance> {
        let told = Assurance {
            unlocked_if_true: self.zero == UNLOCKED,
            unlocked_if_false: self.nonzero == UNLOCKED,
        };
        (told != Assurance::default()).then_some(told)
    }

    /// Whether what follows it runs only if there is no lock.
    pub(super) fn lets_none_pass(self) -> bool {
        self.returns() == UNLOCKED
    }

    /// Whether it may come back with either status.
    pub(super) fn is_open(self) -> bool {
        self.zero != 0 && self.nonzero != 0
    }

    /// How it ends the script, if nothing ever follows it.
    pub(super) fn leave(self) -> Option<Leave> {
        match (self.returns(), self.done, self.exits) {
            (0, 0, exits) if exits > 0 => Some(Leave::Failing),
            (0, done, _) if done > 0 => Some(Leave::Procedure),
            _ => None,
        }
    }

    fn returns(self) -> States {
        self.zero | self.nonzero
    }

    /// The same in a shell of its own.
    fn apart(self) -> Self {
        let (zero, nonzero) = (self.zero | self.done, self.nonzero | self.exits);
        Self { zero, nonzero, ..Self::default() }
    }
}

/// Where statements lead: to what follows them, each with its status, and out of
/// the function.
#[derive(Clone, Copy, Default)]
struct Flow {
    zero: States,
    nonzero: States,
    left: Outcome,
}

impl Flow {
    fn of(zero: States, nonzero: States) -> Self {
        Self { zero, nonzero, left: Outcome::default() }
    }

    fn falls(self) -> States {
        self.zero | self.nonzero
    }

    /// The same, with the ways out of what was before.
    fn after(mut self, before: Self) -> Self {
        self.left.zero |= before.left.zero;
        self.left.nonzero |= before.left.nonzero;
        self.left.exits |= before.left.exits;
        self.left.done |= before.left.done;
        self
    }

    /// Either of two.
    fn or(self, other: Self) -> Self {
        let flow =
            Self { zero: self.zero | other.zero, nonzero: self.nonzero | other.nonzero, ..self };
        flow.after(other)
    }
}

impl<'t> Looks<'_, '_, 't, '_> {
    /// How a function ends.
    pub(super) fn outcome(self, scope: usize) -> Option<Outcome> {
        let lowering = self.lowering;
        let cell = lowering.outcomes.get(scope)?;
        if let Some(known) = cell.get() {
            return *known;
        }
        let node = lowering.script.scopes[scope].node;
        let asked = lowering.asked.borrow().contains(&scope);
        if asked || node.byte_range().len() > LONGEST {
            return None;
        }
        lowering.asked.borrow_mut().push(scope);
        let outcome = self.deeper().and_then(|looks| {
            let body = node.child_by_field_name("body")?;
            Some(looks.inside(scope).of_body(body))
        });
        lowering.asked.borrow_mut().pop();
        // What is already being asked for may have been missing here.
        if lowering.asked.borrow().is_empty() || outcome.is_some() {
            let _ = cell.set(outcome);
        }
        outcome
    }

    fn of_body(self, body: Node<'t>) -> Outcome {
        let flow = self.in_order(&guard::statements_in(body), BOTH);
        let mut outcome = flow.left;
        outcome.zero |= flow.zero;
        outcome.nonzero |= flow.nonzero;
        if body.kind() == kind::SUBSHELL { outcome.apart() } else { outcome }
    }

    /// Whether a command does not fail.
    pub(super) fn always_works(self, node: Node<'t>) -> bool {
        let node = match node.kind() {
            kind::REDIRECTED => node.child_by_field_name("body").unwrap_or(node),
            _ => node,
        };
        let flow = self.flow(node, BOTH);
        matches!(node.kind(), kind::COMMAND | kind::ASSIGNMENT) && flow.nonzero == 0
    }

    /// Statements in order.
    fn in_order(self, nodes: &[Node<'t>], states: States) -> Flow {
        let mut flow = Flow::of(states, 0);
        for node in nodes {
            let states = flow.falls();
            if states == 0 {
                break;
            }
            flow = self.with_last(*node, flow).after(flow);
        }
        flow
    }

    /// A statement behind others, whose status `return` and `exit` hand on.
    fn with_last(self, node: Node<'t>, before: Flow) -> Flow {
        let words: Vec<&str> = self.slice(node).split_whitespace().take(2).collect();
        if node.kind() != kind::COMMAND || !leave::ends(words.first().copied().unwrap_or_default())
        {
            return self.flow(node, before.falls());
        }
        let status = words.get(1).map(|status| status.trim_matches(['"', ';']));
        let (zero, nonzero) = match status {
            None | Some("$?") => (before.zero, before.nonzero),
            Some("0") => (before.falls(), 0),
            Some(status) if status.parse::<u32>().is_ok() => (0, before.falls()),
            Some(_) => (before.falls(), before.falls()),
        };
        let left = match words[0] {
            "return" => Outcome { zero, nonzero, ..Outcome::default() },
            "exit" => Outcome { done: zero, exits: nonzero, ..Outcome::default() },
            _ => Outcome { exits: before.falls(), ..Outcome::default() },
        };
        Flow { zero: 0, nonzero: 0, left }
    }

    fn flow(self, node: Node<'t>, states: States) -> Flow {
        let Some(looks) = self.deeper() else { return Flow::of(states, states) };
        match node.kind() {
            kind::COMPOUND if looks.slice(node).starts_with("((") => looks.by_status(node, states),
            kind::COMPOUND | kind::ELSE | kind::DO_GROUP => {
                looks.in_order(&guard::statements_in(node), states)
            }
            kind::SUBSHELL => {
                let flow = looks.in_order(&guard::statements_in(node), states);
                let left = flow.left.apart();
                Flow::of(flow.zero | left.zero, flow.nonzero | left.nonzero)
            }
            kind::IF => looks.of_if(node, states),
            kind::LIST => looks.of_operands(node, states),
            kind::CASE => looks.of_case(node, states),
            kind::WHILE | kind::FOR | kind::C_STYLE_FOR => {
                let body = node.child_by_field_name("body");
                let inner = body.map(|body| looks.flow(body, states)).unwrap_or_default();
                Flow::of(states, states).after(inner)
            }
            kind::REDIRECTED => match node.child_by_field_name("body") {
                Some(body) => looks.with_last(body, Flow::of(states, 0)),
                None => Flow::of(states, 0),
            },
            kind::COMMAND => looks.of_simple(node, states),
            kind::DECLARATION | kind::COMMENT | kind::FUNCTION => Flow::of(states, 0),
            _ => looks.by_status(node, states),
        }
    }

    /// A statement of which only the status is known.
    fn by_status(self, node: Node<'t>, states: States) -> Flow {
        let told = self.assurance(node).unwrap_or_default();
        let only = |unlocked: bool| if unlocked { states & UNLOCKED } else { states };
        Flow::of(only(told.unlocked_if_true), only(told.unlocked_if_false))
    }

    fn of_simple(self, command: Node<'t>, states: States) -> Flow {
        let name = command.child_by_field_name("name").map_or("", |name| self.slice(name));
        if let Some(scope) = self.lowering.script.function(name) {
            let Some(outcome) = self.outcome(scope) else { return Flow::of(states, states) };
            let (done, exits) = (outcome.done & states, outcome.exits & states);
            let left = Outcome { done, exits, ..Outcome::default() };
            return Flow { zero: outcome.zero & states, nonzero: outcome.nonzero & states, left };
        }
        if leave::ends(name) {
            return self.with_last(command, Flow::of(states, 0));
        }
        if WORKING.contains(&name) {
            return Flow::of(states, 0);
        }
        self.by_status(command, states)
    }

    fn of_if(self, node: Node<'t>, states: States) -> Flow {
        let (clauses, otherwise) = super::branch::clauses_of(node);
        let mut all = Flow::default();
        let mut rest = states;
        for clause in clauses {
            let condition = guard::last_of(&clause.condition);
            let asked = condition.map(|node| self.flow(node, rest)).unwrap_or_default();
            let body: Vec<Node<'t>> = clause.body.into_iter().filter(Node::is_named).collect();
            all = all.or(self.in_order(&body, asked.zero).after(asked));
            rest = asked.nonzero;
        }
        match otherwise {
            Some(otherwise) => all.or(self.flow(otherwise, rest)),
            None => all.or(Flow::of(rest, 0)),
        }
    }

    fn of_operands(self, list: Node<'t>, states: States) -> Flow {
        let (Some(left), Some(right)) = (list.named_child(0), list.named_child(1)) else {
            return Flow::of(states, states);
        };
        let between = self.lowering.script.text.get(left.end_byte()..right.start_byte());
        let and = between.is_some_and(|between| between.contains("&&"));
        let first = self.flow(left, states);
        let (goes, stays) =
            if and { (first.zero, first.nonzero) } else { (first.nonzero, first.zero) };
        let second = self.flow(right, goes).after(first);
        if and {
            Flow { nonzero: second.nonzero | stays, ..second }
        } else {
            Flow { zero: second.zero | stays, ..second }
        }
    }

    fn of_case(self, node: Node<'t>, states: States) -> Flow {
        let mut all = Flow::default();
        let mut rest = states;
        for (told, body, last) in self.items(node) {
            let told = told.unwrap_or_default();
            let here = if told.unlocked_if_true { rest & UNLOCKED } else { rest };
            all = all.or(self.in_order(&body, here));
            if last {
                return all;
            }
            if told.unlocked_if_false {
                rest &= UNLOCKED;
            }
        }
        all.or(Flow::of(rest, 0))
    }
}
