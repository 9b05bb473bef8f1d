//! Looks at what a command has left behind: its status in `$?`, or its output
//! in a variable, which a test searches for an error.

use tree_sitter::Node;

use super::look::is_negated;
use super::retry::raising;
use super::{Lowering, Mode, guard, raises};
use crate::frontend::shell::kind;
use crate::procedure::{Attempt, Node as Step};

/// A statement that decides by what the one before it has left behind.
pub(super) struct Check<'t> {
    /// The command that it is about.
    pub(super) command: Node<'t>,
    condition: Node<'t>,
    /// What runs if it worked, and if it failed.
    works: Vec<Node<'t>>,
    fails: Vec<Node<'t>>,
    /// The error that it searches for, if it does not ask for the status.
    searched: Option<String>,
    /// Whether it asks whether there is any output.
    empty: bool,
    /// How many statements belong to it.
    pub(super) length: usize,
}

impl Check<'_> {
    /// Whether it looks at the output rather than at the status.
    pub(super) fn is_of_output(&self) -> bool {
        self.empty || self.searched.is_some()
    }
}

impl<'t> Lowering<'_, 't, '_> {
    /// The check that statements begin with, of the one before them.
    pub(super) fn check(&self, before: Node<'t>, after: &[Node<'t>]) -> Option<Check<'t>> {
        let named: Vec<(usize, Node<'t>)> = after
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_named() && node.kind() != kind::COMMENT)
            .map(|(index, node)| (index, *node))
            .take(2)
            .collect();
        let (index, first) = *named.first()?;
        let (command, status) = self.excused(before).unwrap_or((before, "$?"));
        if (command == before || status != "$?")
            && let Some(check) = self.status_check(first, status, index + 1)
        {
            return Some(Check { command, ..check });
        }
        if command == before
            && first.kind() == kind::ASSIGNMENT
            && self.script.slice(first).ends_with("=$?")
        {
            let name = self.script.slice(first.child_by_field_name("name")?);
            let (index, second) = *named.get(1)?;
            return self.status_check(second, name, index + 1).map(|it| Check { command, ..it });
        }
        let search = self.search(command, first, index + 1);
        search.or_else(|| self.emptiness_check(command, first, index + 1))
    }

    /// The command in `command || true` and `command || rc=$?`, which only keep its
    /// failure from ending the script, and what then holds its status.
    fn excused(&self, list: Node<'t>) -> Option<(Node<'t>, &'t str)> {
        let (left, right) = (list.named_child(0)?, list.named_child(1)?);
        let or = self.script.text.get(left.end_byte()..right.start_byte())?.contains("||");
        if list.kind() != kind::LIST || left.kind() == kind::LIST || !or {
            return None;
        }
        match self.script.slice(right) {
            "true" | ":" => Some((left, "$?")),
            text if right.kind() == kind::ASSIGNMENT && text.ends_with("=$?") => {
                Some((left, self.script.slice(right.child_by_field_name("name")?)))
            }
            _ => None,
        }
    }

    /// The steps of a command and of the check of it, and whether that is among them.
    pub(super) fn with_check(&mut self, check: Check<'t>, mode: Mode) -> (Vec<Step>, bool) {
        let look = (!check.is_of_output()).then(|| self.look(check.command)).flatten();
        if let Some(look) = look {
            let mut steps = self.statement(check.command, mode.masked());
            let holds = self.statements(&check.works, mode);
            let otherwise = self.statements(&check.fails, mode);
            steps.extend(look.decides(holds, otherwise));
            return (steps, true);
        }
        let mut tried = self.statement(check.command, mode.watched());
        if check.is_of_output() {
            tried = tried.into_iter().map(raising).collect();
        }
        if raises(&tried) { (vec![self.checked(tried, check, mode)], true) } else { (tried, false) }
    }

    /// Lets a statement be the handler of the failures before it, if it searches for
    /// their codes: `out=$(a) && break; if [[ $out == … ]]`.
    pub(super) fn judged_after(&self, node: Node<'t>, steps: &mut Vec<Step>, after: &[Node<'t>]) {
        let next = after.iter().find(|node| node.is_named() && node.kind() != kind::COMMENT);
        let is_decision = |next: &&Node<'t>| match next.kind() {
            kind::IF | kind::CASE => true,
            kind::LIST => next.named_child(0).is_some_and(|left| self.searches(left)),
            _ => false,
        };
        let Some(next) = next.filter(|_| !steps.is_empty()).filter(is_decision) else { return };
        if let Some(Step::Attempt(attempt)) = steps.last_mut() {
            let handling = self.handling(std::slice::from_ref(next));
            if attempt.handlers.is_empty() && handling.tells_apart() {
                attempt.handlers.push(handling.handler(false, Vec::new()));
            }
            return;
        }
        let text = self.script.slice(*next);
        let holds = self.holders(node).iter().any(|holder| text.contains(holder.as_str()));
        let handling = self.handling(std::slice::from_ref(next));
        if holds && (handling.tells_apart() || handling.ignores_some()) {
            let body: Vec<Step> = std::mem::take(steps).into_iter().map(raising).collect();
            let handlers = vec![handling.handler(false, Vec::new())];
            steps.push(Step::Attempt(Attempt { body, handlers, finally: Vec::new() }));
        }
    }

    /// A test of a status: of `$?` or of a variable that holds it.
    fn status_check(&self, node: Node<'t>, name: &str, length: usize) -> Option<Check<'t>> {
        let (condition, then, otherwise) = self.decision(node)?;
        let text = self.script.slice(condition);
        let asks = match name {
            "$?" => text.contains(name),
            name => text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}")),
        };
        if !asks {
            return None;
        }
        let zero = ["-eq 0", "== 0", "= 0", "-eq \"0\"", "= \"0\""];
        let holds = node.kind() == kind::CASE
            || zero.iter().any(|test| text.contains(test)) && !text.contains("!= 0");
        let negated = condition.kind() == kind::NEGATED;
        let (works, fails) = if holds == negated { (otherwise, then) } else { (then, otherwise) };
        Some(Check { command: node, condition, works, fails, searched: None, empty: false, length })
    }

    /// A test that searches the output of a command, which a variable or a file holds.
    fn search(&self, before: Node<'t>, node: Node<'t>, length: usize) -> Option<Check<'t>> {
        let (condition, then, otherwise) =
            self.decision(node).filter(|_| node.kind() == kind::IF)?;
        let text = self.script.slice(condition);
        let holder = self.holders(before).into_iter().find(|holder| text.contains(holder));
        holder.filter(|_| self.searches(condition))?;
        let searched = Some(self.quote(condition.start_byte(), condition.end_byte()));
        let (works, fails) =
            if is_negated(condition) { (then, otherwise) } else { (otherwise, then) };
        Some(Check { command: before, condition, works, fails, searched, empty: false, length })
    }

    /// A test of whether a variable has got any output from a command.
    fn emptiness_check(
        &self,
        before: Node<'t>,
        node: Node<'t>,
        length: usize,
    ) -> Option<Check<'t>> {
        let (condition, then, otherwise) = self.decision(node)?;
        let name = before.child_by_field_name("name").filter(|_| before.kind() == kind::ASSIGNMENT);
        let name = self.script.slice(name?);
        // Having nothing to tell is no failure of what only tells of something.
        if self.script.slice(before).contains("Describe") || self.look(condition).is_some() {
            return None;
        }
        let text: String =
            self.script.slice(condition).chars().filter(|c| !"\"{} ".contains(*c)).collect();
        let asks = |sign: &str| {
            let at = text.find(&format!("{sign}${name}"))? + sign.len() + 1 + name.len();
            text[at..]
                .starts_with([']', '|', ';'])
                .then_some(())
                .or((at == text.len()).then_some(()))
        };
        let joined = text.contains("&&") || is_negated(condition);
        let (works, fails) = match () {
            () if joined => return None,
            () if asks("-z").is_some() => (otherwise, then),
            () if asks("-n").is_some() && !text.contains("||") => (then, otherwise),
            () => return None,
        };
        Some(Check {
            command: before,
            condition,
            works,
            fails,
            searched: None,
            empty: true,
            length,
        })
    }

    /// What holds the output of a command, as tests write it.
    fn holders(&self, command: Node<'t>) -> Vec<String> {
        match command.kind() {
            kind::ASSIGNMENT => {
                let name = command.child_by_field_name("name");
                let name = name.map_or("", |name| self.script.slice(name));
                vec![format!("${name}"), format!("${{{name}}}")]
            }
            kind::REDIRECTED => {
                let mut cursor = command.walk();
                let targets = command
                    .named_children(&mut cursor)
                    .filter(|child| child.kind() == kind::FILE_REDIRECT)
                    .filter_map(|redirect| redirect.child_by_field_name("destination"));
                let texts = targets.map(|target| self.script.slice(target));
                texts
                    .filter(|text| text.len() > 2 && *text != "/dev/null")
                    .map(Into::into)
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The condition of an `if` or of a list, and what runs if it holds or not.
    fn decision(&self, node: Node<'t>) -> Option<(Node<'t>, Vec<Node<'t>>, Vec<Node<'t>>)> {
        match node.kind() {
            kind::IF => {
                let condition = node.child_by_field_name("condition")?;
                let mut then = Vec::new();
                let mut otherwise = Vec::new();
                let mut decided = false;
                let mut cursor = node.walk();
                for child in node.children(&mut cursor) {
                    match child.kind() {
                        "then" => decided = true,
                        kind::ELIF => return None,
                        kind::ELSE => otherwise.push(child),
                        _ if decided && child.is_named() => then.push(child),
                        _ => {}
                    }
                }
                Some((condition, then, otherwise))
            }
            kind::CASE => {
                let value = node.child_by_field_name("value")?;
                let mut works = Vec::new();
                let mut fails = Vec::new();
                let mut cursor = node.walk();
                for item in node.named_children(&mut cursor) {
                    let pattern = item.child_by_field_name("value");
                    let mut body = guard::statements_in(item);
                    body.retain(|statement| Some(*statement) != pattern);
                    match pattern.filter(|_| item.kind() == kind::CASE_ITEM) {
                        Some(pattern) if self.script.slice(pattern) == "0" => works = body,
                        Some(_) => fails.append(&mut body),
                        None => {}
                    }
                }
                Some((value, works, fails))
            }
            kind::LIST => {
                let (left, right) = (node.named_child(0)?, node.named_child(1)?);
                let sign = self.script.text.get(left.end_byte()..right.start_byte())?;
                match sign.contains("&&") {
                    _ if left.kind() == kind::LIST => None,
                    true => Some((left, vec![right], Vec::new())),
                    false => Some((left, Vec::new(), vec![right])),
                }
            }
            _ => None,
        }
    }

    /// The steps of a command whose failure a check decides about.
    pub(super) fn checked(&mut self, steps: Vec<Step>, check: Check<'t>, mode: Mode) -> Step {
        let mut body = steps;
        body.extend(self.statement(check.condition, mode.masked()));
        body.extend(self.statements(&check.works, mode));
        let leaves = self.any_leaves(&check.fails);
        let handling = match check.searched {
            Some(text) => self.searched_for(text, &check.fails),
            None => self.handling(&check.fails),
        };
        let handlers = vec![handling.handler(leaves, self.after_failure(&check.fails, mode))];
        Step::Attempt(Attempt { body, handlers, finally: Vec::new() })
    }
}
