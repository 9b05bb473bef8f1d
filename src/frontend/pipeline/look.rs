//! Looks at the lock state in one step that decide whether later ones run: a step
//! that fails if there is a lock, and conditions on what a step has found.

use crate::frontend::lock_state;
use crate::procedure::{Action, Node, Target};
use crate::source::Span;

/// A look at the lock state.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Look {
    /// Where it looks.
    pub(in crate::frontend) span: Span,
    /// Whose lock it looks at.
    pub(in crate::frontend) target: Target,
}

/// A command that shows where a script goes on.
pub(super) const AFTER: &str = "\naliyun ecs AfterTheLook\n";

/// Its action.
const AFTER_ACTION: &str = "AfterTheLook";

/// What a step writes its findings with.
const WRITERS: [&str; 6] =
    ["GITHUB_OUTPUT", "GITHUB_ENV", "set-output", "setOutput", "setvariable", "BASH_ENV"];

/// Parts of a finding's name by which it is true for a lock, or for none.
const LOCKED: [&str; 4] = ["lock", "skip", "abort", "reason"];
const UNLOCKED: [&str; 9] =
    ["unlock", "not_lock", "notlock", "no_lock", "safe", "proceed", "free", "allowed", "clear"];

/// What a finding is if it is nothing.
const NOTHING: [&str; 8] = ["", "[]", "{}", "0", "null", "none", "false", "no"];

/// How many findings one file has.
const MOST: usize = 200;

/// Whether code looks at the lock, and fails rather than ends well where it
/// turns back.
pub(super) fn turns_back<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    let mut looks = false;
    for text in texts {
        looks |= lock_state::is_mentioned(text);
        let mut words =
            text.split(|letter: char| letter.is_whitespace() || ";}&|".contains(letter));
        while let Some(word) = words.next() {
            let fails = |status: &str| status.parse() != Ok(0) && !status.is_empty();
            if word == "exit" && !words.next().is_some_and(fails) {
                return false;
            }
        }
    }
    looks
}

/// The look that decides whether the end of code is reached, which [`AFTER`]
/// marks. Recursion goes no deeper than the nodes do.
pub(super) fn at_end(nodes: &[Node]) -> Option<Look> {
    nodes.iter().find_map(|node| match node {
        Node::Guard(guard) if ends_here(&guard.body) => {
            let inner = at_end(&guard.body);
            inner.or_else(|| Some(Look { span: guard.span, target: guard.target.clone() }))
        }
        other => other.bodies().into_iter().find_map(at_end),
    })
}

fn ends_here(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Call(operation) => operation.action == Action::Named(AFTER_ACTION.to_owned()),
        other => other.bodies().into_iter().any(ends_here),
    })
}

/// What steps have found out of locks.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Looks {
    found: Vec<Finding>,
}

#[derive(Debug)]
struct Finding {
    name: String,
    /// Whether it is true if there is a lock.
    affirms: bool,
    target: Target,
}

impl Looks {
    /// Adds what a step writes down of a lock that its code looks at.
    pub(in crate::frontend) fn add(&mut self, text: &str, nodes: &[Node]) {
        if !lock_state::is_mentioned(text) || !WRITERS.iter().any(|word| text.contains(word)) {
            return;
        }
        let target = target(nodes).unwrap_or(Target::Unknown);
        let is_name =
            |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        for word in text.split(|letter| !is_name(letter)) {
            if let Some(affirms) = affirms(word)
                && self.found.len() < MOST
                && !self.found.iter().any(|found| found.name == word)
            {
                let (name, target) = (word.to_owned(), target.clone());
                self.found.push(Finding { name, affirms, target });
            }
        }
    }

    /// The look that a condition takes, if it holds only without a lock.
    pub(in crate::frontend) fn of(&self, condition: &str, span: Span) -> Option<Look> {
        let lower = condition.to_ascii_lowercase();
        if self.found.is_empty() || lower.contains("||") || lower.contains("or(") {
            return None;
        }
        let found = condition.split("&&").find_map(|part| {
            let finding = self.found.iter().find(|finding| mentions(part, &finding.name))?;
            (truth(part, &finding.name)? != finding.affirms).then_some(finding)
        })?;
        Some(Look { span, target: found.target.clone() })
    }
}

/// Whether a name is that of a finding which is true for a lock, or for none.
fn affirms(name: &str) -> Option<bool> {
    let lower = name.to_ascii_lowercase().replace('-', "_");
    // The fields of the API are what is looked at.
    if lock_state::is_mentioned(&lower) && !lower.contains('_') {
        return None;
    }
    if UNLOCKED.iter().any(|part| lower.contains(part)) {
        return Some(false);
    }
    LOCKED.iter().any(|part| lower.contains(part)).then_some(true)
}

/// Whether a condition holds if what a name stands for is true, or if it is
/// nothing.
fn truth(condition: &str, name: &str) -> Option<bool> {
    let lower = condition.to_ascii_lowercase();
    let unequal = lower.contains("!=") || lower.contains("ne(");
    let equal = !unequal && (lower.contains("==") || lower.contains("eq("));
    if !equal && !unequal {
        let trimmed = condition.trim_start_matches(['$', '{', ' ', '(']);
        return Some(!trimmed.starts_with('!') && !lower.contains("not("));
    }
    let literals = condition.split(['\'', '"']).skip(1).step_by(2);
    let literal = literals.filter(|literal| *literal != name && !literal.contains(name)).last();
    let literal = literal.map_or_else(|| bare(condition), |literal| Some(literal.to_owned()))?;
    let is_nothing = NOTHING.contains(&literal.to_ascii_lowercase().as_str());
    Some(is_nothing == unequal)
}

/// The word behind the sign of a comparison.
fn bare(condition: &str) -> Option<String> {
    let (_, after) = condition.split_once("==").or_else(|| condition.split_once("!="))?;
    let word = after.trim_matches(|letter: char| !letter.is_alphanumeric());
    Some(word.to_owned())
}

fn mentions(text: &str, name: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    text.split(|letter| !is_name(letter)).any(|word| word == name)
}

/// The instance that nodes ask about.
fn target(nodes: &[Node]) -> Option<Target> {
    nodes.iter().find_map(|node| match node {
        Node::Call(operation) => match &operation.action {
            Action::Named(name) if name.starts_with("Describe") => {
                lock_state::target_of(operation.arguments.get("InstanceId"))
            }
            _ => None,
        },
        other => other.bodies().into_iter().find_map(target),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_told_from_their_opposites() {
        let cases = [
            ("steps.look.outputs.locked == 'false'", "locked", false),
            ("steps.look.outputs.locked != 'true'", "locked", false),
            ("${{ !steps.look.outputs.locked }}", "locked", false),
            ("steps.look.outputs.locked == ''", "locked", false),
            ("eq(variables['locked'], 'true')", "locked", true),
            ("steps.look.outputs.locked", "locked", true),
            ("env.locked == false", "locked", false),
        ];
        for (condition, name, expected) in cases {
            assert_eq!(truth(condition, name), Some(expected), "{condition}");
        }
        assert_eq!(affirms("unlocked"), Some(false));
        assert_eq!(affirms("lock_reason"), Some(true));
        assert_eq!(affirms("OperationLocks"), None);
        assert_eq!(affirms("id"), None);
    }

    #[test]
    fn scripts_that_end_well_turn_nobody_back() {
        assert!(turns_back(["[ -z \"$OperationLocks\" ] || exit 1"].into_iter()));
        assert!(!turns_back(["[ -z \"$OperationLocks\" ] || exit 0"].into_iter()));
        assert!(!turns_back(["if [ $OperationLocks ]; then exit; fi"].into_iter()));
        assert!(!turns_back(["exit 1"].into_iter()));
    }
}
