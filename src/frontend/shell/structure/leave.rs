//! Commands that lead elsewhere: to a function of the script, out of a loop, to
//! the end.

use tree_sitter::Node;

use super::list::operands;
use super::{Lowering, Mode, raises};
use crate::frontend::shell::kind;
use crate::frontend::shell::resolve::Found;
use crate::frontend::shell::script::words_of;
use crate::frontend::shell::word::Word;
use crate::procedure::{Action, Arm, Failure, Invocation, Leave, Node as Step};
use crate::source::Span;

/// How many arguments of a function are handed on.
const MOST_ARGUMENTS: usize = 9;

/// How the names of actions start that only tell of something.
const READS: &[&str] = &["Describe", "List", "Get"];

/// How many commands of a function are looked at for what they call.
const MOST_COMMANDS: usize = 32;

/// What functions that end the script are called where the script gets them from
/// elsewhere.
const ENDING: &[&str] = &["die", "fatal", "abort", "bail"];

impl<'t> Lowering<'_, 't, '_> {
    /// Where a command leads besides what it calls.
    pub(super) fn elsewhere(&self, words: &[Word<'t>], failure: Failure) -> Option<Step> {
        let (head, arguments) = words.split_first()?;
        let name = head.text()?;
        if let Some(scope) = self.script.function(name) {
            return Some(self.invoked(scope, arguments, failure));
        }
        let leave = match name {
            "exit" if arguments.first().is_none_or(|status| status.text() == Some("0")) => {
                Leave::Procedure
            }
            "exit" => Leave::Failing,
            "return" => returned(head, arguments.first(), self.failing),
            "break" => Leave::Loop,
            "continue" => Leave::Turn,
            name if ENDING.contains(&name) => Leave::Failing,
            _ => return None,
        };
        Some(Step::Leave(leave))
    }
}

impl<'t> Lowering<'_, 't, '_> {
    /// A call of a function of the script.
    fn invoked(&self, scope: usize, arguments: &[Word<'t>], failure: Failure) -> Step {
        Step::Invoke(Invocation {
            procedure: self.place_of(scope),
            given: self.given(scope, &arguments[..arguments.len().min(MOST_ARGUMENTS)]),
            failure,
            process: false,
            body: Vec::new(),
        })
    }

    /// The functions that a command hands to one that runs them.
    pub(super) fn handed_on(&self, words: &[Word<'t>], failure: Failure) -> Vec<Step> {
        let Some((head, rest)) = words.split_first() else { return Vec::new() };
        let scope = head.text().and_then(|name| self.script.function(name));
        let handed = scope.map_or_else(Vec::new, |scope| self.resolver.handed_on(scope, rest));
        let step = |(scope, words): (usize, Vec<Word<'t>>)| self.invoked(scope, &words, failure);
        handed.into_iter().map(step).collect()
    }

    /// The steps of a process of its own, such as a subshell, whose end ends nothing
    /// else.
    pub(super) fn process(&self, node: Node<'t>, mut steps: Vec<Step>, mode: Mode) -> Vec<Step> {
        let failure = self.failure(node.start_byte(), mode);
        let goes_on = failure != Failure::Raises;
        let own = leads_out(&steps) || self.exits(&steps) || (goes_on && raises(&steps));
        if !own {
            return steps;
        }
        if goes_on {
            stay(&mut steps);
        }
        let procedure = self.source.span(node.byte_range());
        let given = Vec::new();
        let process = Invocation { procedure, given, failure, process: true, body: steps };
        vec![Step::Invoke(process)]
    }

    /// Whether steps call a function that may end the script.
    fn exits(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Invoke(invocation) => !invocation.process && self.may_exit(invocation.procedure),
            other => other.bodies().into_iter().any(|body| self.exits(body)),
        })
    }

    fn may_exit(&self, function: Span) -> bool {
        let mut scopes = 1..self.script.scopes.len();
        let own = scopes.find(|scope| self.place_of(*scope) == function);
        let text = own.map_or("", |scope| self.script.slice(self.script.scopes[scope].node));
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| word == "exit" || ENDING.contains(&word))
    }

    /// The failure of a function that only looks at things, which may say no however
    /// well its calls work.
    pub(super) fn denial(&self, words: &[Word<'t>], failure: Failure) -> Option<Step> {
        let name = words.first()?.text().filter(|_| failure == Failure::Raises)?;
        let scope = self.script.function(name)?;
        let may = self.looks().outcome(scope)?.is_open() && self.only_reads(scope);
        let body = vec![Step::Leave(Leave::Raise)];
        may.then(|| Step::Branch(vec![Arm { condition: Some(format!("! {name}")), body }]))
    }

    fn only_reads(&self, scope: usize) -> bool {
        let commands = &self.script.scopes[scope].commands;
        let mut reads = false;
        let only = commands.len() <= MOST_COMMANDS
            && self.resolver.templates(scope).is_empty()
            && commands.iter().all(|command| {
                let words = self.resolver.words(&words_of(*command), scope, command.start_byte());
                self.resolver.resolve(&words, scope).into_iter().all(|found| match found {
                    Found::Call(request) => match &request.action {
                        Action::Named(name) => {
                            let is_read = READS.iter().any(|verb| name.starts_with(verb));
                            reads |= is_read;
                            is_read
                        }
                        Action::Unresolved(_) => false,
                    },
                    Found::Code { .. } | Found::Composed(_) => false,
                })
            });
        only && reads
    }

    /// The end of the script, if a function of it that a command calls never comes
    /// back.
    pub(super) fn ending(&self, words: &[Word<'t>]) -> Option<Step> {
        let scope = self.script.function(words.first()?.text()?)?;
        self.looks().outcome(scope)?.leave().map(Step::Leave)
    }
}

impl<'t> Lowering<'_, 't, '_> {
    /// Whether a statement ends the script or the function.
    pub(super) fn leaves(&self, node: Node<'t>) -> bool {
        match node.kind() {
            kind::COMMAND => {
                let name = node.child_by_field_name("name");
                let name = name.map_or("", |name| self.script.slice(name));
                ends(name) || self.function_exits(name)
            }
            kind::COMPOUND => self.block_leaves(node),
            kind::REDIRECTED => node.child_by_field_name("body").is_some_and(|body| {
                body.kind() == kind::COMMAND && self.leaves(body)
                    || body.kind() == kind::COMPOUND && self.block_leaves(body)
            }),
            kind::LIST => operands(node)
                .1
                .last()
                .is_some_and(|(_, last)| last.kind() == kind::COMMAND && self.leaves(*last)),
            _ => false,
        }
    }

    pub(super) fn any_leaves(&self, nodes: &[Node<'t>]) -> bool {
        nodes.iter().any(|node| {
            matches!(node.kind(), kind::COMMAND | kind::REDIRECTED) && self.leaves(*node)
        })
    }

    pub(super) fn block_leaves(&self, block: Node<'t>) -> bool {
        let mut cursor = block.walk();
        let nodes: Vec<Node<'t>> = block.named_children(&mut cursor).collect();
        self.any_leaves(&nodes)
    }

    /// Whether a function of the script exits at its end or on the way.
    fn function_exits(&self, name: &str) -> bool {
        let Some(scope) = self.script.function(name) else { return false };
        let body = self.script.scopes[scope].node.child_by_field_name("body");
        let Some(body) = body else { return false };
        let mut cursor = body.walk();
        body.named_children(&mut cursor).any(|node| {
            let name = node.child_by_field_name("name");
            name.is_some_and(|name| self.script.slice(name) == "exit")
        })
    }
}

/// Whether a command of this name ends the script or the function.
pub(super) fn ends(name: &str) -> bool {
    matches!(name, "exit" | "return") || ENDING.contains(&name)
}

/// What `return` comes to: without a status it hands on that of the command right
/// before it.
fn returned(head: &Word<'_>, status: Option<&Word<'_>>, failing: bool) -> Leave {
    let around = || head.node?.parent()?.parent()?.parent();
    let fails = match status.map(Word::text) {
        Some(Some(status)) => status.parse::<u32>().is_ok_and(|status| status != 0),
        Some(None) => failing,
        None => failing && around().is_some_and(|node| node.kind() == kind::LIST),
    };
    if fails { Leave::FailingFunction } else { Leave::Function }
}

/// Whether steps lead out of the function or the procedure.
fn leads_out(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Leave(leave) => !matches!(leave, Leave::Turn | Leave::Loop),
        Step::Invoke(invocation) if invocation.process => false,
        Step::Attempt(attempt) if attempt.handlers.iter().any(|handler| handler.leaves) => true,
        other => other.bodies().into_iter().any(leads_out),
    })
}

/// Makes handlers that end a process lead to its end, behind which the run goes on.
fn stay(steps: &mut [Step]) {
    for step in steps {
        if let Step::Attempt(attempt) = step {
            for handler in attempt.handlers.iter_mut().filter(|handler| handler.leaves) {
                handler.leaves = false;
                if !matches!(handler.body.last(), Some(Step::Leave(_))) {
                    handler.body.push(Step::Leave(Leave::Failing));
                }
            }
        }
        for body in step.bodies_mut() {
            stay(body);
        }
    }
}
