//! Looks at the lock state of an instance that decide what runs:
//! `[ -n "$LOCKS" ] && exit`, `if aliyun … | grep -q OperationLocks; then`.

use tree_sitter::Node;

use super::Lowering;
use crate::frontend::lock_state::target_of;
use crate::frontend::shell::definition::Meaning;
use crate::frontend::shell::kind;
use crate::frontend::shell::resolve::Found;
use crate::frontend::shell::script::words_of;
use crate::frontend::{lock_state, syntax};
use crate::procedure::{Guard, Node as Step, Target};

/// Parts of a function's name that turn its answer round.
const DENIALS: &[&str] = &["not", "unlock", "free", "can", "safe", "ok"];

/// Commands that only say something.
const SAYING: [&str; 3] = ["echo", "printf", "logger"];

/// How many looks are nested into one another.
const MOST_NESTED: usize = 8;

/// Steps up to a look, and where that is.
pub(super) struct Look<'t> {
    pub(super) condition: Node<'t>,
    pub(super) before: Vec<Step>,
}

impl<'t> Lowering<'_, 't, '_> {
    /// Whether a condition holds if the instance is locked, or if it is not;
    /// none if it is no look at the lock.
    pub(super) fn says_locked(&self, condition: Node<'t>) -> Option<bool> {
        let text = self.script.slice(condition);
        if text.len() > 4096 {
            return None;
        }
        let called = self.called_look(condition);
        if !lock_state::is_mentioned(text)
            && called.is_none()
            && !self.uses_lock_variable(condition)
        {
            return None;
        }
        let negated = condition.kind() == kind::NEGATED || text.trim_start().starts_with("[[ ! ");
        let holds = called.unwrap_or_else(|| compares_to_locked(text));
        Some(holds != negated)
    }

    /// Whether a statement goes no further if the instance is locked, and on
    /// which condition.
    pub(super) fn turns_back(&self, node: Node<'t>, looks: usize) -> Option<Node<'t>> {
        if looks >= MOST_NESTED {
            return None;
        }
        let (condition, wanted) = match node.kind() {
            kind::IF => (self.lone_exit(node)?, true),
            kind::LIST => {
                let (left, and, right) = self.operands(node)?;
                let nested = left.kind() == kind::LIST;
                match self.goes_away(right) {
                    // What follows an exit that was not taken.
                    false => return self.turns_back(left, looks + 1).filter(|_| nested),
                    true if nested => (self.told(left).filter(|_| and)?, and),
                    true => (left, and),
                }
            }
            _ => return None,
        };
        (self.says_locked(condition)? == wanted).then_some(condition)
    }

    /// The two sides of a list, and whether `&&` stands between them.
    fn operands(&self, list: Node<'t>) -> Option<(Node<'t>, bool, Node<'t>)> {
        let (left, right) = (list.named_child(0)?, list.named_child(1)?);
        let between = self.script.text.get(left.end_byte()..right.start_byte())?;
        Some((left, between.contains("&&"), right))
    }

    /// The condition of a list that only says something behind it:
    /// `look && echo locked`.
    fn told(&self, list: Node<'t>) -> Option<Node<'t>> {
        let (left, and, right) = self.operands(list)?;
        let says = self.script.slice(right).split_whitespace().next();
        let says = says.is_some_and(|word| SAYING.contains(&word));
        (and && says && left.kind() != kind::LIST).then_some(left)
    }

    /// The condition of an `if` whose only arm goes away.
    fn lone_exit(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let others = |child: &Node<'t>| matches!(child.kind(), kind::ELIF | kind::ELSE);
        if children.iter().any(others) {
            return None;
        }
        let condition = node.child_by_field_name("condition")?;
        children.last().filter(|last| self.goes_away(**last)).map(|_| condition)
    }

    /// Whether a statement leaves the procedure or this turn of a loop.
    fn goes_away(&self, node: Node<'t>) -> bool {
        let last = match node.kind() {
            kind::COMPOUND => node.named_child_count().checked_sub(1),
            _ => None,
        };
        let last = last.and_then(|last| node.named_child(u32::try_from(last).ok()?));
        let node = last.unwrap_or(node);
        let text = self.script.slice(node);
        matches!(text.split_whitespace().next(), Some("continue" | "break")) || self.leaves(node)
    }

    /// Steps that run only if a look finds no lock.
    pub(super) fn guarded(&self, condition: Node<'t>, body: Vec<Step>) -> Vec<Step> {
        if body.is_empty() {
            return body;
        }
        let span = self.source.span(condition.byte_range());
        vec![Step::Guard(Guard {
            span,
            target: self.looked_at(condition),
            body,
            locked: Vec::new(),
        })]
    }

    /// Puts the steps behind each look under it.
    pub(super) fn close_looks(&self, looks: Vec<Look<'t>>, mut steps: Vec<Step>) -> Vec<Step> {
        for look in looks.into_iter().rev() {
            let mut all = look.before;
            all.extend(self.guarded(look.condition, steps));
            steps = all;
        }
        steps
    }

    /// Whose lock a condition looks at: the instance in the call that it makes,
    /// that filled its variable, or that its function is called with.
    fn looked_at(&self, condition: Node<'t>) -> Target {
        let mut commands = Vec::new();
        let mut names = Vec::new();
        syntax::walk(condition, |node| {
            match node.kind() {
                kind::COMMAND => commands.push(node),
                kind::VARIABLE_NAME => names.push(self.script.slice(node)),
                _ => {}
            }
            commands.len() + names.len() < MOST_NESTED
        });
        for name in names {
            for value in self.lock_values(name, condition.start_byte()) {
                syntax::walk(value, |node| {
                    commands.extend(Some(node).filter(|node| node.kind() == kind::COMMAND));
                    commands.len() < MOST_NESTED
                });
            }
        }
        let targets = commands.into_iter().filter_map(|command| self.instance_of(command));
        targets.into_iter().next().unwrap_or(Target::Unknown)
    }

    fn instance_of(&self, command: Node<'t>) -> Option<Target> {
        let words = self.resolver.words(&words_of(command), self.scope, command.start_byte());
        let called = words.first()?.text().is_some_and(|name| self.script.function(name).is_some());
        if called {
            return target_of(&words.get(1)?.value);
        }
        self.resolver.resolve(&words, self.scope).into_iter().find_map(|found| match found {
            Found::Call(request) => target_of(request.arguments.get("InstanceId")),
            Found::Code { .. } | Found::Composed(_) => None,
        })
    }

    /// Whether a condition asks for a variable that was filled from the lock.
    fn uses_lock_variable(&self, condition: Node<'t>) -> bool {
        let mut found = false;
        syntax::walk(condition, |node| {
            if node.kind() == kind::VARIABLE_NAME && !found {
                found = self.is_lock_variable(self.script.slice(node), condition.start_byte());
            }
            !found
        });
        found
    }

    fn is_lock_variable(&self, name: &str, at: usize) -> bool {
        !self.lock_values(name, at).is_empty()
    }

    /// The values of a variable that come from the lock.
    fn lock_values(&self, name: &str, at: usize) -> Vec<Node<'t>> {
        let reaching = self.script.variables.reaching(name, self.scope, at, false);
        let values = reaching.iter().filter_map(|definition| match definition.meaning {
            Meaning::Word(node) => Some(node),
            _ => None,
        });
        values.filter(|node| lock_state::is_mentioned(self.script.slice(*node))).collect()
    }

    /// The answer that a function about locks gives for a locked instance.
    fn called_look(&self, condition: Node<'t>) -> Option<bool> {
        let command = match condition.kind() {
            kind::NEGATED => condition.named_child(0)?,
            _ => condition,
        };
        let name =
            command.child_by_field_name("name").filter(|_| command.kind() == kind::COMMAND)?;
        let name = self.script.slice(name);
        let scope = self.script.function(name)?;
        let lower = name.to_ascii_lowercase();
        let about = lock_state::is_mentioned(self.script.slice(self.script.scopes[scope].node));
        (about && lower.contains("lock")).then(|| !DENIALS.iter().any(|word| lower.contains(word)))
    }
}

/// Whether a test holds for a locked instance: it is one for something, not for
/// nothing.
fn compares_to_locked(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.contains(&"-z") {
        return false;
    }
    if words.iter().any(|word| matches!(*word, "-n" | "-gt" | "-ne" | "-ge")) {
        return true;
    }
    let empty = |word: &&str| {
        let bare = word.trim_matches(['"', '\'', ']', '[', ';', ')']);
        matches!(bare, "" | "null" | "0" | "None" | "false" | "{}") && !word.contains("[[")
    };
    let operator = words.iter().position(|word| matches!(*word, "=" | "==" | "!=" | "-eq"));
    let Some(operator) = operator else { return true };
    let to_nothing = words.get(operator + 1).is_some_and(empty);
    to_nothing == (words[operator] == "!=")
}
