//! Lowers statements to steps: branches, loops, attempts, and what happens when
//! a command fails. A program that fails raises nothing in PowerShell: the
//! script looks at `$LASTEXITCODE`, or goes on.

use tree_sitter::Node;

use super::command::{self, Word};
use super::resolve::{Found, Resolver};
use super::script::{Meaning, Script};
use super::value::innermost;
use super::{FRONTEND, kind, started};
use crate::frontend::shell::included::Borrowed;
use crate::frontend::{Context, Lowered, invoked, syntax};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::{
    Action, Arm, Attempt, Evidence, Failure, Handler, Node as Step, Operation, Procedure,
    Repetition,
};
use crate::source::{Source, Span};

mod branch;
mod code;
mod leave;

/// The name of the top level's procedure.
const MAIN: &str = "main";

/// The longest condition that is quoted, in characters.
const LONGEST_CONDITION: usize = 120;

/// The preference with which a program that fails raises.
const STRICT: &str = "psnativecommanduseerroractionpreference";

/// Cmdlets that run a block for each of what they are given.
const REPEATERS: &[&str] = &["foreach-object", "foreach", "%"];

/// Lowers a script that stands so many statements deep in others.
pub(super) fn lower(
    root: Node<'_>,
    source: &Source<'_>,
    (context, depth): (Context<'_>, u16),
    borrowed: &Borrowed,
) -> Lowered {
    let script = Script::collect(root, &source.text);
    let resolver = Resolver::new(&script, context.catalogue);
    let mut lowering = Lowering {
        resolver: &resolver,
        script: &script,
        source,
        borrowed,
        context,
        out: Lowered::default(),
        scope: 0,
        depth,
        too_deep: false,
    };
    for scope in 0..script.scopes.len() {
        lowering.procedure(scope);
    }
    invoked::tidy(&mut lowering.out.procedures);
    lowering.out
}

/// What surrounds a command and decides what its failure does.
#[derive(Clone, Copy, Default)]
struct Mode {
    /// Something looks at its status.
    watched: bool,
    /// It is what a `try` begins with, so that what raises has somewhere to go.
    tried: bool,
    /// What it says of its failure is thrown away.
    silenced: bool,
}

/// The lowering of one script.
pub(super) struct Lowering<'r, 't, 's> {
    pub(super) resolver: &'r Resolver<'r, 't>,
    pub(super) script: &'r Script<'t>,
    pub(super) source: &'r Source<'s>,
    /// Functions that stand in scripts that it reads in.
    borrowed: &'r Borrowed,
    context: Context<'r>,
    out: Lowered,
    pub(super) scope: usize,
    depth: u16,
    too_deep: bool,
}

impl<'t> Lowering<'_, 't, '_> {
    fn procedure(&mut self, scope: usize) {
        self.scope = scope;
        let node = self.script.scopes[scope].node;
        let index = self.out.procedures.len();
        let body = self.children(node, Mode::default());
        if body.iter().all(|step| matches!(step, Step::Leave(_))) {
            return;
        }
        let name = self.script.scopes[scope].name.unwrap_or(MAIN).to_owned();
        let span = self.place_of(scope);
        let parameters = self.parameters(scope);
        let procedure = Procedure { name, span, frontend: FRONTEND.name, parameters, body };
        self.out.procedures.insert(index, procedure);
    }

    /// Where the top level or a function stands.
    fn place_of(&self, scope: usize) -> Span {
        if scope == 0 {
            return self.source.span(0..self.script.text.len());
        }
        let function = &self.script.scopes[scope];
        let own = self.source.span(function.node.byte_range());
        let elsewhere = function.name.and_then(|name| self.borrowed.get(name));
        elsewhere.copied().filter(|_| own.start == own.end).unwrap_or(own)
    }

    fn children(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        self.statements(&children, mode)
    }

    /// Statements in a row. An `if` that asks for the status of the one before
    /// it decides what its failure does; one that goes away if the instance is
    /// locked guards those behind it.
    fn statements(&mut self, nodes: &[Node<'t>], mode: Mode) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut looks: Vec<(Node<'t>, Vec<Step>)> = Vec::new();
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            at += 1;
            let next = nodes.get(at).and_then(|next| self.status_check(*next));
            if let Some((fails, check)) = next
                && let checked = self.statement(*node, Mode { watched: true, ..mode })
                && !checked.is_empty()
            {
                at += 1;
                steps.push(self.checked(checked, fails, check, mode));
                continue;
            }
            steps.extend(self.statement(*node, mode));
            if let Some(condition) = self.turns_back(*node)
                && looks.len() < LONGEST_CONDITION
            {
                looks.push((condition, std::mem::take(&mut steps)));
            }
        }
        for (condition, before) in looks.into_iter().rev() {
            let guarded = self.guarded(condition, steps);
            steps = before;
            steps.extend(guarded);
        }
        steps
    }

    fn statement(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        if self.depth >= syntax::MAX_DEPTH {
            self.refuse(node);
            return Vec::new();
        }
        self.depth += 1;
        let steps = self.dispatch(innermost_statement(node), mode);
        self.depth -= 1;
        steps
    }

    fn dispatch(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        match node.kind() {
            kind::COMMAND => self.command(node, mode),
            kind::INVOCATION if started::may_start(node, self.script) => self.command(node, mode),
            kind::IF => self.conditional(node, mode),
            kind::SWITCH => self.switch(node, mode),
            kind::WHILE | kind::DO => self.repeated(node, true, mode),
            kind::FOR | kind::FOREACH => self.repeated(node, false, mode),
            kind::FLOW => self.flow(node, mode),
            kind::TRY => self.attempt(node, mode),
            kind::PIPELINE => self.chained(node, mode),
            kind::FUNCTION | kind::CLASS_METHOD | kind::COMMENT => Vec::new(),
            _ => self.children(node, mode),
        }
    }

    /// `a && b || c`, and pipelines.
    fn chained(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        if !parts.iter().any(|part| part.kind() == kind::CHAIN_TAIL) {
            return self.children(node, mode);
        }
        let mut steps = Vec::new();
        let mut sign = "";
        for (index, part) in parts.iter().enumerate() {
            if part.kind() == kind::CHAIN_TAIL {
                sign = self.script.slice(*part);
                continue;
            }
            let watched = index + 1 < parts.len() || mode.watched;
            let body = self.statement(*part, Mode { watched, ..mode });
            if sign == "||" {
                let handlers =
                    vec![Handler { leaves: self.leaves(*part), body, ..Handler::default() }];
                let tried = std::mem::take(&mut steps);
                steps.push(Step::Attempt(Attempt { body: tried, handlers, finally: Vec::new() }));
            } else {
                steps.extend(body);
            }
        }
        let handled = matches!(steps.as_slice(), [Step::Attempt(_)]);
        if handled || mode.watched || steps.is_empty() {
            return steps;
        }
        let (handlers, finally) = (Vec::new(), Vec::new());
        vec![Step::Attempt(Attempt { body: steps, handlers, finally })]
    }

    fn command(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut steps = self.nested(node, mode);
        let env = self.resolver.env(self.scope, node.start_byte(), None);
        let silenced = command::redirections(node, &env).iter().any(|text| {
            let text = text.to_ascii_lowercase();
            text.starts_with("2>$null") || text.starts_with("*>$null")
        });
        let words = command::words(node, &env);
        let failure = if leave::is_requester(&words) {
            self.request_failure(&words, node.start_byte(), mode)
        } else {
            self.failure(node, Mode { silenced: mode.silenced || silenced, ..mode })
        };
        let span = self.source.span(node.start_byte()..end_of(node, self.script.text));
        let mut operations = Vec::new();
        for found in self.resolver.resolve(node, self.scope) {
            match found {
                Found::Call { action, arguments, evidence } => {
                    let mut operation = Operation::direct(action, span, arguments);
                    operation.evidence = evidence;
                    operation.failure = failure;
                    operations.push(operation);
                }
                Found::Composed(composed) => {
                    steps.push(composed.step(span, FRONTEND.name, failure));
                }
                Found::Code { language, words } => {
                    let source = self.code(language, &words, node);
                    steps.extend(self.embedded(language, &source));
                }
            }
        }
        steps.extend(together(operations));
        steps.extend(self.invoked(&words));
        steps.extend(self.leave(node).map(Step::Leave));
        steps
    }

    /// What the failure of a program does.
    fn failure(&self, node: Node<'t>, mode: Mode) -> Failure {
        match mode {
            Mode { watched: true, .. } => Failure::Raises,
            _ if self.is_strict(node.start_byte()) => Failure::Raises,
            Mode { silenced: true, .. } => Failure::Discarded,
            Mode { .. } => Failure::Continues,
        }
    }

    /// What the failure of a cmdlet does that sends requests: it raises where
    /// something takes that.
    fn request_failure(&self, words: &[Word<'t>], at: usize, mode: Mode) -> Failure {
        match mode {
            Mode { watched: true, .. } | Mode { tried: true, .. } => Failure::Raises,
            _ if self.stops(words, at) => Failure::Raises,
            _ if self.is_silent(words, at) => Failure::Discarded,
            Mode { .. } => Failure::Continues,
        }
    }

    /// Whether programs that fail raise: they report an error, and errors stop the
    /// script.
    fn is_strict(&self, at: usize) -> bool {
        let reports = self.preference(STRICT, at);
        reports.is_some_and(|value| matches!(value.as_str(), "true" | "1")) && self.stops(&[], at)
    }

    /// The steps of commands inside the words of a command, and of the blocks
    /// that it is given.
    fn nested(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let name = node.child_by_field_name("command_name").map_or("", |it| self.script.slice(it));
        let repeats = REPEATERS.contains(&name.to_ascii_lowercase().as_str());
        let mut inner = Vec::new();
        syntax::walk(node, |part| {
            let holds = matches!(part.kind(), kind::SCRIPT_BLOCK | kind::PIPELINE);
            if holds {
                inner.push(part);
            }
            !holds
        });
        let mut steps = Vec::new();
        for part in inner {
            let mut found = self.children(part, Mode { watched: false, ..mode });
            if found.is_empty() {
            } else if repeats && part.kind() == kind::SCRIPT_BLOCK {
                leave::turn(&mut found);
                let condition = name.to_owned();
                steps.push(Step::Loop(Repetition {
                    condition,
                    conditional: false,
                    body: found,
                    ..Repetition::default()
                }));
            } else {
                steps.extend(self.block(name, part, found));
            }
        }
        steps
    }

    /// The text of a node, on one line and not too long.
    fn quote(&self, node: Node<'_>) -> String {
        let words: Vec<&str> =
            self.script.slice(node).split_whitespace().take(LONGEST_CONDITION).collect();
        let line = words.join(" ");
        if line.chars().count() <= LONGEST_CONDITION {
            return line;
        }
        let mut short: String = line.chars().take(LONGEST_CONDITION).collect();
        short.push('…');
        short
    }

    fn refuse(&mut self, node: Node<'t>) {
        if std::mem::replace(&mut self.too_deep, true) {
            return;
        }
        let message =
            format!("nested more than {} deep; what is below is not read", syntax::MAX_DEPTH);
        let span = self.source.span(node.start_byte()..node.start_byte());
        self.out.problems.push(Problem::at(ProblemKind::TooDeep, span, message));
    }
}

/// The statement in nodes that say nothing of it; a pipeline stays one, for its
/// chains.
fn innermost_statement(node: Node<'_>) -> Node<'_> {
    if matches!(node.kind(), kind::PIPELINE | kind::CHAIN) { innermost(node) } else { node }
}

/// The end of a command without the blanks behind it.
fn end_of(node: Node<'_>, text: &str) -> usize {
    let written = text.get(node.byte_range()).unwrap_or_default();
    node.start_byte() + written.trim_end().len()
}

/// Calls of one command: in turn, or one of them if which is in doubt.
fn together(operations: Vec<Operation>) -> Vec<Step> {
    let doubtful = |operation: &Operation| operation.evidence == Evidence::Possible;
    if operations.len() < 2 || !operations.iter().all(doubtful) {
        return operations.into_iter().map(Step::Call).collect();
    }
    let arm = |operation: Operation| {
        let condition = match &operation.action {
            Action::Named(text) | Action::Unresolved(text) => Some(text.clone()),
        };
        Arm { condition, body: vec![Step::Call(operation)] }
    };
    vec![Step::Branch(operations.into_iter().map(arm).collect())]
}
