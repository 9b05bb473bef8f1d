//! The steps of a host in order, where one that turns back at a locked instance
//! guards all that come after it.

use super::{Piece, run};
use crate::frontend::{Context, Lowered, lock_state};
use crate::procedure::{
    Action, Attempt, Bound, Failure, Guard, Handler, Leave, Node, Repetition, Target,
};
use crate::source::{Source, Span};

/// A look at the lock state behind which a host goes on only if there is none.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Look {
    /// Where it looks.
    pub(in crate::frontend) span: Span,
    /// Whose lock it looks at.
    pub(in crate::frontend) target: Target,
}

/// Steps that are being put together.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Steps {
    nodes: Vec<Node>,
    /// Looks, and how many steps there were before each.
    looks: Vec<(usize, Look)>,
}

/// A call that marks the end of a script: where it lands shows what decides
/// whether that is reached.
const MARK: &str = "\naliyun ecs DescribeRegions\n";

/// The same behind a script whose last command fails at a lock.
const MARK_OF_SUCCESS: &str = " &&\naliyun ecs DescribeRegions\n";

/// The action of that call.
const MARKED: &str = "DescribeRegions";

/// How deep the mark is looked for.
const DEEPEST: usize = 32;

impl Steps {
    /// Adds steps.
    pub(in crate::frontend) fn extend(&mut self, nodes: impl IntoIterator<Item = Node>) {
        self.nodes.extend(nodes);
    }

    /// Adds a piece of code. One that fails if the instance is locked guards what
    /// follows it.
    pub(in crate::frontend) fn run(
        &mut self,
        piece: Piece<'_>,
        context: Context<'_>,
        out: &mut Lowered,
    ) {
        let looks = piece.failure == Failure::Raises
            && piece.language == "shell"
            && lock_state::is_mentioned(&piece.source.text);
        if !looks {
            return self.nodes.extend(run(piece, context, out));
        }
        let (mut node, mut found) = (None, None);
        for mark in [MARK, MARK_OF_SUCCESS] {
            let marked = marked(piece.source, mark);
            let mut aside = Lowered::default();
            let mut other = run(Piece { source: &marked, ..piece }, context, &mut aside);
            let mut looks: Option<Vec<Look>> = None;
            if let Some(node) = &mut other {
                take_mark(std::slice::from_mut(node), &mut Vec::new(), &mut looks, 0);
            }
            let is_first = mark == MARK;
            if is_first || looks.as_ref().is_some_and(|looks| !looks.is_empty()) {
                (node, found) = (other, looks);
            }
            if is_first {
                out.extend(aside);
            }
            if found.as_ref().is_some_and(|looks| !looks.is_empty()) {
                break;
            }
        }
        self.nodes.extend(node.filter(|node| !node.bodies().iter().all(|body| body.is_empty())));
        found.into_iter().flatten().for_each(|look| self.look(look));
    }

    /// Adds the steps of something inside, whose looks guard what follows, too.
    pub(in crate::frontend) fn append(&mut self, inner: Self) {
        let (nodes, looks) = inner.finish_with_looks();
        self.nodes.extend(nodes);
        for look in looks {
            self.look(look);
        }
    }

    /// Takes the last step out again.
    pub(in crate::frontend) fn take_last(&mut self) -> Option<Node> {
        self.nodes.pop()
    }

    /// Puts what follows under a look.
    pub(in crate::frontend) fn look(&mut self, look: Look) {
        self.looks.push((self.nodes.len(), look));
    }

    /// The steps, those behind each look under it.
    pub(in crate::frontend) fn finish(self) -> Vec<Node> {
        self.finish_with_looks().0
    }

    /// The same, and the looks, which what the host does after them is under, too.
    pub(in crate::frontend) fn finish_with_looks(self) -> (Vec<Node>, Vec<Look>) {
        let Self { mut nodes, looks } = self;
        for (at, look) in looks.iter().rev() {
            let rest = nodes.split_off(*at);
            nodes.extend(guarded(look, rest));
        }
        (nodes, looks.into_iter().map(|(_, look)| look).collect())
    }
}

/// Steps that run only if a look finds no lock.
pub(in crate::frontend) fn guarded(look: &Look, body: Vec<Node>) -> Option<Node> {
    let Look { span, target } = look.clone();
    (!body.is_empty()).then_some(Node::Guard(Guard { span, target, body, locked: Vec::new() }))
}

/// Steps, and those that run after them whether they fail or not.
pub(in crate::frontend) fn in_any_case(body: Vec<Node>, finally: Vec<Node>) -> Vec<Node> {
    if finally.is_empty() {
        return body;
    }
    let passes_on =
        Handler { leaves: true, body: vec![Node::Leave(Leave::Raise)], ..Handler::default() };
    vec![Node::Attempt(Attempt { body, handlers: vec![passes_on], finally })]
}

/// Steps that run again when they fail, so and so often.
pub(in crate::frontend) fn retried(condition: String, body: Vec<Node>) -> Node {
    let (handlers, finally) = (vec![Handler::default()], Vec::new());
    let body = vec![Node::Attempt(Attempt { body, handlers, finally })];
    let (conditional, retries, bound) = (true, true, Bound::Fails);
    Node::Loop(Repetition { condition, conditional, retries, bound, body, ..Repetition::default() })
}

/// A script with a mark behind it.
fn marked(source: &Source<'_>, mark: &str) -> Source<'static> {
    let end = source.text.trim_end().len();
    let mut marked = source.embed();
    marked.copy(0..end);
    marked.replace(mark, end..end);
    marked.finish()
}

/// Takes the mark out of the steps of a script, and notes the looks around it.
fn take_mark(
    nodes: &mut [Node],
    around: &mut Vec<Look>,
    found: &mut Option<Vec<Look>>,
    depth: usize,
) {
    if depth > DEEPEST {
        return;
    }
    for node in nodes {
        let look = match node {
            Node::Guard(guard) => Some(Look { span: guard.span, target: guard.target.clone() }),
            _ => None,
        };
        let is_guard = look.is_some();
        around.extend(look);
        for body in node.bodies_mut() {
            body.retain(|inner| {
                let is_mark = is_mark(inner);
                if is_mark {
                    found.get_or_insert_with(|| around.clone());
                }
                !is_mark
            });
            take_mark(body, around, found, depth + 1);
            super::end_with_last(body);
        }
        if is_guard {
            around.pop();
        }
    }
}

fn is_mark(node: &Node) -> bool {
    let Node::Call(operation) = node else { return false };
    operation.span.start == operation.span.end
        && operation.action == Action::Named(MARKED.to_owned())
}
