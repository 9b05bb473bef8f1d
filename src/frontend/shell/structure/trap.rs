//! `trap`: code that runs when the script ends or a command fails.

use tree_sitter::Node;

use super::{Lowering, Mode};
use crate::frontend::shell::kind;
use crate::frontend::shell::script::words_of;
use crate::frontend::shell::word::Word;
use crate::procedure::{Arm, Attempt, Failure, Handler, Node as Step};

/// How many traps hold at once; those behind them may run, or not.
const MOST_NESTED: u8 = 4;

/// Signs between the commands of a line.
const BETWEEN: &[char] = &[';', '&', '|', '\n'];

/// When the code of a trap runs.
#[derive(Clone, Copy, Eq, PartialEq)]
enum When {
    /// When the script ends.
    Ends,
    /// When a command fails.
    Fails,
    /// At a signal.
    Signalled,
}

impl<'t> Lowering<'_, 't, '_> {
    /// The statements behind a `trap` that is set up for the end of the script, or
    /// for a failure that ends it, with its code.
    pub(super) fn under_trap(
        &mut self,
        node: Node<'t>,
        after: &[Node<'t>],
        mode: Mode,
    ) -> Option<Step> {
        if node.kind() != kind::COMMAND || self.traps >= MOST_NESTED {
            return None;
        }
        let words = self.resolver.words(&words_of(node), self.scope, node.start_byte());
        let (action, when) = trap_of(&words)?;
        let strict = self.script.option("errexit", self.scope, node.start_byte());
        if when == When::Signalled || (when == When::Fails && !strict) {
            return None;
        }
        let code = self.trapped(action, node, mode);
        if code.is_empty() {
            return None;
        }
        self.traps += 1;
        let body = self.statements(after, mode);
        self.traps -= 1;
        if body.is_empty() {
            return None;
        }
        let (caught, finally) =
            if when == When::Fails { (code, Vec::new()) } else { (Vec::new(), code) };
        let handlers = vec![Handler { leaves: true, body: caught, ..Handler::default() }];
        Some(Step::Attempt(Attempt { body, handlers, finally }))
    }

    /// A `trap` whose code runs some time, or never.
    pub(super) fn trap(&mut self, words: &[Word<'t>], node: Node<'t>, mode: Mode) -> Vec<Step> {
        let Some((action, _)) = trap_of(words) else { return Vec::new() };
        let body = self.trapped(action, node, mode);
        if body.is_empty() {
            return body;
        }
        let condition = Some(self.quote(node.start_byte(), node.end_byte()));
        vec![Step::Branch(vec![Arm { condition, body }])]
    }

    /// The steps of a trap's code: what it calls itself, and the functions that it
    /// names.
    fn trapped(&mut self, action: &Word<'t>, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let source = self.cutter().words(std::slice::from_ref(action));
        let mut steps = self.embedded("shell", &source, mode.masked(), node);
        for line in action.text().unwrap_or_default().split(BETWEEN) {
            let words = line.split_whitespace();
            let words: Vec<Word<'t>> =
                words.map(|word| Word::of_text(word, action.range.clone())).collect();
            let called = words
                .first()
                .and_then(Word::text)
                .is_some_and(|name| self.script.function(name).is_some());
            steps.extend(self.elsewhere(&words, Failure::Continues).filter(|_| called));
        }
        steps
    }
}

/// The code of a `trap`, and when that runs; none if it takes code away.
fn trap_of<'w, 't>(words: &'w [Word<'t>]) -> Option<(&'w Word<'t>, When)> {
    let [head, action, signals @ ..] = words else { return None };
    let set_up = head.text() == Some("trap") && action.text() != Some("-") && !signals.is_empty();
    let is = |names: &[&str]| {
        signals.iter().filter_map(Word::text).any(|signal| names.contains(&signal))
    };
    let when = match () {
        () if is(&["EXIT", "0", "exit"]) => When::Ends,
        () if is(&["ERR", "err"]) => When::Fails,
        () => When::Signalled,
    };
    set_up.then_some((action, when))
}
