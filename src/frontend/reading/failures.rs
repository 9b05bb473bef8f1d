//! What a reader makes of commands: whoever types them sees each one fail, and
//! goes no further.

use crate::catalogue::Catalogue;
use crate::procedure::{Action, Evidence, Failure, Node};

/// Makes the failure of each command end the procedure, unless the code throws
/// it away. A loop is typed as a whole, so its commands are left alone.
pub(super) fn stops_at_failures(nodes: &mut [Node]) {
    for node in nodes {
        match node {
            Node::Call(operation) if operation.failure == Failure::Continues => {
                operation.failure = Failure::Raises;
            }
            Node::Call(_) | Node::Expand(_) | Node::Leave(_) | Node::Loop(_) | Node::Invoke(_) => {}
            Node::Sequence(_)
            | Node::Branch(_)
            | Node::Attempt(_)
            | Node::Guard(_)
            | Node::Ask(_) => {
                node.bodies_mut().into_iter().for_each(|body| stops_at_failures(body));
            }
        }
    }
}

/// Leaves out what shows how commands are written and is none: `aliyun ecs
/// <action>`.
pub(super) fn without_patterns(nodes: &mut Vec<Node>) {
    nodes.retain_mut(|node| {
        if let Node::Call(operation) = node {
            return !is_pattern(&operation.action);
        }
        let mut bodies = node.bodies_mut();
        for body in &mut bodies {
            without_patterns(body);
        }
        true
    });
}

fn is_pattern(action: &Action) -> bool {
    let (Action::Named(text) | Action::Unresolved(text)) = action;
    let bracketed =
        text.starts_with(['<', '[']) || text.starts_with('{') && !text.starts_with("{{");
    bracketed || !text.chars().any(char::is_alphanumeric)
}

/// Keeps of nodes the calls of actions that exist, as possible ones.
pub(super) fn possible(nodes: Vec<Node>, catalogue: &Catalogue) -> Vec<Node> {
    let known = |node: Node| match node {
        Node::Call(mut operation) => {
            operation.evidence = Evidence::Possible;
            operation.failure = Failure::Raises;
            let Action::Named(name) = &operation.action else { return None };
            catalogue.get(name).is_some().then_some(Node::Call(operation))
        }
        _ => None,
    };
    nodes.into_iter().filter_map(known).collect()
}
