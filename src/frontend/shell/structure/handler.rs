//! What code behind a failure makes of it: the errors that it tells apart by their
//! codes, and those that it passes over.

use tree_sitter::Node;

use super::look::is_negated;
use super::{Lowering, branch, guard};
use crate::frontend::error_code;
use crate::frontend::shell::kind;
use crate::procedure::{Handler, Node as Step};

/// Parts of tests that search a text.
const SEARCHES: &[&str] = &["grep", "==", "=~", "= ", "!=", "jq", "awk", "sed"];

/// Commands that only say something.
const SAYING: &[&str] = &["echo", "printf", "logger", "cat"];

/// How deep code behind a failure is followed.
const DEEPEST: u8 = 6;

/// What code makes of failures.
#[derive(Default)]
pub(super) struct Handling<'t> {
    /// The first test that searches for the code of an error, and does something
    /// about it.
    catches: Option<String>,
    /// The codes that such tests search for.
    codes: Vec<String>,
    /// The codes that they search for only to do nothing about them.
    ignores: Vec<String>,
    /// Whether it does nothing about any failure.
    silent: bool,
    decisions: Vec<Decision<'t>>,
}

/// A test that searches for codes of errors.
struct Decision<'t> {
    text: String,
    codes: Vec<String>,
    /// What runs where it finds one.
    found: Vec<Node<'t>>,
}

impl Handling<'_> {
    /// Whether it tells errors apart, and does something about some.
    pub(super) fn tells_apart(&self) -> bool {
        self.catches.is_some()
    }

    /// Whether it lets some errors pass.
    pub(super) fn ignores_some(&self) -> bool {
        !self.ignores.is_empty()
    }

    /// The handler that it is.
    pub(super) fn handler(self, leaves: bool, body: Vec<Step>) -> Handler {
        let Self { catches, codes, mut ignores, silent, .. } = self;
        // What ends the run in any case passes over nothing.
        ignores.retain(|code| !leaves && !codes.contains(code));
        let mut handler = Handler { catches, codes, ignores, body, ..Handler::default() };
        (handler.silent, handler.leaves) = (silent, leaves);
        handler
    }
}

impl<'t> Lowering<'_, 't, '_> {
    /// What statements behind a failure make of it.
    pub(super) fn handling(&self, nodes: &[Node<'t>]) -> Handling<'t> {
        let mut handling = Handling::default();
        self.decisions(nodes, 0, &mut handling.decisions);
        handling.silent = nodes.iter().any(Node::is_named) && self.passes(nodes);
        for decision in std::mem::take(&mut handling.decisions) {
            if self.passes(&decision.found) {
                handling.ignores.extend(decision.codes);
            } else {
                handling.catches.get_or_insert(decision.text);
                handling.codes.extend(decision.codes);
            }
        }
        handling
    }

    /// The same where a test of the output is known to search for an error.
    pub(super) fn searched_for(&self, text: String, found: &[Node<'t>]) -> Handling<'t> {
        let codes = error_code::named(&text);
        let mut handling = self.handling(found);
        if self.passes(found) {
            handling.silent = false;
            handling.ignores.extend(codes);
        } else {
            handling.codes.extend(codes);
            handling.catches = Some(text);
        }
        handling
    }

    fn decisions(&self, nodes: &[Node<'t>], depth: u8, found: &mut Vec<Decision<'t>>) {
        if depth > DEEPEST {
            return;
        }
        for node in nodes {
            match node.kind() {
                kind::IF => self.of_if(*node, depth, found),
                kind::CASE => self.of_case(*node, depth, found),
                kind::LIST => self.of_list(*node, depth, found),
                kind::COMPOUND | kind::ELSE | kind::SUBSHELL => {
                    self.decisions(&guard::statements_in(*node), depth + 1, found);
                }
                kind::REDIRECTED => {
                    let body = node.child_by_field_name("body");
                    self.decisions(body.as_slice(), depth + 1, found);
                }
                kind::COMMAND => {
                    let name = node.child_by_field_name("name").map(|name| self.script.slice(name));
                    let scope = name.and_then(|name| self.script.function(name));
                    let body = scope.and_then(|scope| {
                        self.script.scopes[scope].node.child_by_field_name("body")
                    });
                    let statements = body.map(guard::statements_in).unwrap_or_default();
                    self.decisions(&statements, depth + 2, found);
                }
                _ => {}
            }
        }
    }

    fn of_if(&self, node: Node<'t>, depth: u8, found: &mut Vec<Decision<'t>>) {
        let (clauses, otherwise) = branch::clauses_of(node);
        for clause in clauses {
            let condition = guard::last_of(&clause.condition);
            let Some(test) = condition.filter(|condition| self.searches(*condition)) else {
                self.decisions(&clause.body, depth + 1, found);
                continue;
            };
            let body =
                if self.denies(test) { otherwise.into_iter().collect() } else { clause.body };
            found.push(self.test(test, body));
        }
        self.decisions(otherwise.as_slice(), depth + 1, found);
    }

    fn of_case(&self, node: Node<'t>, depth: u8, found: &mut Vec<Decision<'t>>) {
        let mut cursor = node.walk();
        let items: Vec<Node<'t>> =
            node.named_children(&mut cursor).filter(|it| it.kind() == kind::CASE_ITEM).collect();
        for item in items {
            let mut cursor = item.walk();
            let patterns: Vec<Node<'t>> =
                item.children_by_field_name("value", &mut cursor).collect();
            let mut body = guard::statements_in(item);
            body.retain(|node| !patterns.contains(node));
            let (Some(first), Some(last)) = (patterns.first(), patterns.last()) else { continue };
            let text = self.quote(first.start_byte(), last.end_byte());
            let codes = error_code::named(&text);
            if codes.is_empty() {
                self.decisions(&body, depth + 1, found);
            } else {
                found.push(Decision { text, codes, found: body });
            }
        }
    }

    fn of_list(&self, list: Node<'t>, depth: u8, found: &mut Vec<Decision<'t>>) {
        let (Some(left), Some(right)) = (list.named_child(0), list.named_child(1)) else { return };
        if left.kind() == kind::LIST {
            self.decisions(&[left], depth + 1, found);
        }
        let between = self.script.text.get(left.end_byte()..right.start_byte());
        let and = between.is_some_and(|between| between.contains("&&"));
        if left.kind() != kind::LIST && self.searches(left) {
            let runs = and != self.denies(left);
            found.push(self.test(left, Some(right).filter(|_| runs).into_iter().collect()));
        } else {
            self.decisions(&[right], depth + 1, found);
        }
    }

    fn test(&self, node: Node<'t>, found: Vec<Node<'t>>) -> Decision<'t> {
        let text = self.quote(node.start_byte(), node.end_byte());
        Decision { codes: error_code::named(self.script.slice(node)), text, found }
    }

    /// Whether a test searches a text for the code of an error.
    pub(super) fn searches(&self, node: Node<'t>) -> bool {
        let text = self.script.slice(node);
        SEARCHES.iter().any(|sign| text.contains(sign)) && error_code::is_named(text)
    }

    /// Whether a test holds where it does not find what it searches for.
    fn denies(&self, test: Node<'t>) -> bool {
        is_negated(test) != self.script.slice(test).contains("!=")
    }

    /// Whether statements do nothing about a failure, and do not even tell of it.
    fn passes(&self, nodes: &[Node<'t>]) -> bool {
        nodes.iter().filter(|node| node.is_named()).all(|node| self.is_pass(*node))
    }

    fn goes_nowhere(&self, node: Node<'t>) -> bool {
        let text = self.script.slice(node).trim_end();
        ["/dev/null", "/dev/null 2>&1", "/dev/null 1>&2"].iter().any(|end| text.ends_with(end))
    }

    /// Whether a command is the last one of a list whose output goes nowhere.
    fn is_last_of_silent(&self, node: Node<'t>) -> bool {
        let list = node.parent().filter(|list| list.end_byte() == node.end_byte());
        let whole = list.filter(|list| list.kind() == kind::LIST).and_then(|list| list.parent());
        whole.is_some_and(|whole| whole.kind() == kind::REDIRECTED && self.goes_nowhere(whole))
    }

    fn is_pass(&self, node: Node<'t>) -> bool {
        let words: Vec<&str> = self.script.slice(node).split_whitespace().take(3).collect();
        match node.kind() {
            kind::COMMENT => true,
            kind::COMPOUND | kind::ELSE => self.passes(&guard::statements_in(node)),
            kind::COMMAND => match words.as_slice() {
                [":" | "true" | "sleep", ..] | ["return" | "exit", "0"] => true,
                ["continue"] => in_repetition(node),
                [first, ..] if SAYING.contains(first) => self.is_last_of_silent(node),
                _ => false,
            },
            kind::REDIRECTED => {
                self.goes_nowhere(node)
                    && words.first().is_some_and(|word| SAYING.contains(word) || *word == ":")
            }
            _ => false,
        }
    }
}

/// Whether the innermost loop around a statement goes round until something works.
fn in_repetition(node: Node<'_>) -> bool {
    let mut around = node.parent();
    while let Some(node) = around {
        match node.kind() {
            kind::WHILE | kind::C_STYLE_FOR => return true,
            kind::FOR | kind::FUNCTION => return false,
            _ => around = node.parent(),
        }
    }
    false
}
