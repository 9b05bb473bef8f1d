//! Lowers statements to steps: branches, loops, attempts, and what happens when
//! a command fails.

use std::cell::{Cell, OnceCell, RefCell};

use tree_sitter::Node;

use super::included::Borrowed;
use super::kind;
use super::resolve::Resolver;
use super::script::Script;
use crate::frontend::{Context, Lowered, invoked, lock_state, syntax};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::{Failure, Fate, Leave, Node as Step, Procedure, Target};
use crate::source::{Source, Span};

use outcome::Outcome;

mod alias;
mod branch;
mod disk;
mod guard;
mod handler;
mod leave;
mod list;
mod look;
mod outcome;
mod parameter;
mod redirect;
mod retry;
mod sent;
mod simple;
mod status;
mod tells;
mod trap;

/// The name of the top level's procedure.
pub(super) const MAIN: &str = "main";

/// The longest condition that is quoted, in characters.
const LONGEST_CONDITION: usize = 120;

/// How many values of one script are looked at for what they tell of the lock.
const MOST_TOLD: u32 = 50_000;

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
        traps: 0,
        failing: false,
        parameters: script.scopes.iter().map(|_| OnceCell::new()).collect(),
        downstream: Vec::new(),
        bodies: Vec::new(),
        seeks: Sought {
            locks: lock_state::is_mentioned(&source.text),
            disks: disk::may_be_asked(&source.text),
        },
        free: Vec::new(),
        outcomes: script.scopes.iter().map(|_| OnceCell::new()).collect(),
        asked: RefCell::default(),
        left: Cell::new(MOST_TOLD),
    };
    for scope in 0..script.scopes.len() {
        lowering.procedure(scope);
    }
    invoked::tidy(&mut lowering.out.procedures);
    lowering.out
}

/// Who looks at the status of a command.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Sight {
    /// Nobody, so that the shell may stop at a failure.
    #[default]
    Nobody,
    /// Something around, at that of another command: the shell does not stop,
    /// whatever `set -e` says.
    Around,
    /// `&&`, `||`, or a condition.
    Own,
}

/// What surrounds a command and decides what its failure does.
#[derive(Clone, Copy, Default)]
struct Mode {
    sight: Sight,
    /// Its status gets lost: `echo $(…)`, all but the last of a pipeline.
    masked: bool,
    /// What of it is thrown away.
    thrown: Thrown,
    /// The same of the last command of a list or a pipeline.
    tail: Thrown,
}

/// What is thrown away of what a command says.
#[derive(Clone, Copy, Default)]
struct Thrown {
    answers: bool,
    errors: bool,
}

/// What a script may look at.
struct Sought {
    locks: bool,
    disks: bool,
}

impl Mode {
    fn watched(self) -> Self {
        Self { sight: Sight::Own, masked: false, ..self }
    }

    /// Of a part whose status is not that which is looked at.
    fn passed_over(self) -> Self {
        let sight = if self.sight == Sight::Own { Sight::Around } else { self.sight };
        Self { sight, ..self }
    }

    /// Of a part in which the shell does not stop at a failure.
    fn lenient(self) -> Self {
        let sight = if self.sight == Sight::Nobody { Sight::Around } else { self.sight };
        Self { sight, ..self }
    }

    fn masked(self) -> Self {
        Self { masked: true, ..self }
    }

    /// Of what is not the last command.
    fn before_last(self) -> Self {
        Self { tail: Thrown::default(), ..self }
    }

    /// Of what has its output read by something else.
    fn read(self) -> Self {
        Self { thrown: Thrown { answers: false, ..self.thrown }, ..self.before_last() }
    }

    /// Of a statement in which there is no other last command.
    fn settled(self) -> Self {
        let thrown = Thrown {
            answers: self.thrown.answers || self.tail.answers,
            errors: self.thrown.errors || self.tail.errors,
        };
        Self { thrown, ..self }.before_last()
    }
}

/// The lowering of one script.
struct Lowering<'r, 't, 's> {
    resolver: &'r Resolver<'r, 't>,
    script: &'r Script<'t>,
    source: &'r Source<'s>,
    /// Functions that stand in scripts that it reads in.
    borrowed: &'r Borrowed,
    context: Context<'r>,
    out: Lowered,
    scope: usize,
    depth: u16,
    too_deep: bool,
    /// How many traps hold where it is.
    traps: u8,
    /// Whether it is in what runs because something has failed.
    failing: bool,
    /// What each function calls its parameters, once that is asked for.
    parameters: Vec<OnceCell<Vec<(String, usize)>>>,
    /// The commands that read what the current one writes.
    downstream: Vec<Node<'t>>,
    /// What has been written to files and may be sent, with their paths.
    bodies: Vec<(String, String)>,
    /// What anything in it may look at.
    seeks: Sought,
    /// The disks that are known to be free at the current place.
    free: Vec<Target>,
    /// How each function ends, once that is asked for.
    outcomes: Vec<OnceCell<Option<Outcome>>>,
    /// The functions of which that is being asked.
    asked: RefCell<Vec<usize>>,
    /// How many more values are looked at.
    left: Cell<u32>,
}

impl<'t> Lowering<'_, 't, '_> {
    fn procedure(&mut self, scope: usize) {
        self.scope = scope;
        let node = self.script.scopes[scope].node;
        let body = node.child_by_field_name("body").filter(|_| scope > 0).unwrap_or(node);
        let index = self.out.procedures.len();
        self.free.clear();
        let steps = match scope {
            0 => self.children(body, Mode::default()),
            _ if self.script.is_watched(scope) => self.statement(body, Mode::default().watched()),
            _ => self.statement(body, Mode::default()),
        };
        if steps.iter().all(|step| matches!(step, Step::Leave(_))) {
            return;
        }
        let name = self.script.name(scope).unwrap_or(MAIN).to_owned();
        let procedure = Procedure {
            name,
            span: self.place_of(scope),
            frontend: super::FRONTEND.name,
            parameters: self.parameters(scope).iter().map(|(name, _)| name.clone()).collect(),
            body: steps,
        };
        self.out.procedures.insert(index, procedure);
    }

    /// Where the top level or a function stands.
    fn place_of(&self, scope: usize) -> Span {
        if scope == 0 {
            return self.source.span(0..self.script.text.len());
        }
        let own = self.source.span(self.script.scopes[scope].node.byte_range());
        let elsewhere = self.script.name(scope).and_then(|name| self.borrowed.get(name));
        elsewhere.copied().filter(|_| own.start == own.end).unwrap_or(own)
    }

    /// The steps of a node's statements.
    fn children(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.children(&mut cursor).collect();
        self.statements(&children, mode)
    }

    /// The steps of statements, given with the signs between them.
    fn statements(&mut self, nodes: &[Node<'t>], mode: Mode) -> Vec<Step> {
        let last = nodes.iter().rposition(Node::is_named);
        let mut steps = Vec::new();
        let mut looks = Vec::new();
        let mut done = 0;
        let free = self.free.len();
        for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.is_named()) {
            if index < done {
                continue;
            }
            let background = nodes.get(index + 1).is_some_and(|next| next.kind() == "&");
            // Only the last command of a condition gives its status.
            let mode = if Some(index) == last { mode } else { mode.passed_over() };
            let mode = Mode { masked: mode.masked || background, ..mode };
            let after = &nodes[index + 1..];
            if let Some(trapped) = self.under_trap(*node, after, mode) {
                steps.push(trapped);
                break;
            }
            let check = self.check(*node, after);
            if let Some(check) = check
                .filter(|it| it.command != *node || it.is_of_output() || self.goes_on(*node, mode))
            {
                let (length, found) = (check.length, self.with_check(check, mode));
                done = if found.1 { index + 1 + length } else { done };
                steps.extend(found.0);
            } else {
                steps.extend(self.statement(*node, mode));
                self.judged_after(*node, &mut steps, after);
                steps.extend(self.barrier(*node, mode));
            }
            self.free_behind(*node);
            if Self::turns_back(&steps, looks.len()) {
                looks.push(std::mem::take(&mut steps));
            }
        }
        self.free.truncate(free);
        Self::close_looks(looks, steps)
    }

    /// Whether one more value may be looked at for what it tells of the lock.
    fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn statement(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        if self.depth >= syntax::MAX_DEPTH {
            self.refuse(node);
            return Vec::new();
        }
        self.depth += 1;
        let is_chain = matches!(node.kind(), kind::LIST | kind::PIPELINE);
        let steps = self.dispatch(node, if is_chain { mode } else { mode.settled() });
        self.depth -= 1;
        steps
    }

    fn dispatch(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        match node.kind() {
            kind::COMMAND => self.command(node, mode),
            kind::REDIRECTED => self.redirected(node, mode),
            kind::LIST => self.list(node, mode),
            kind::PIPELINE => self.pipeline(node, mode),
            kind::NEGATED => {
                let unseen = if mode.sight == Sight::Own { mode } else { mode.masked() };
                self.children(node, unseen.lenient())
            }
            kind::IF => self.conditional(node, mode),
            kind::WHILE => self.repeated(node, mode),
            kind::FOR | kind::C_STYLE_FOR => self.each(node, mode),
            kind::CASE => self.case(node, mode),
            kind::FUNCTION | kind::COMMENT => Vec::new(),
            kind::ASSIGNMENT => {
                let steps = self.substitutions(node, mode);
                self.answering(node, steps)
            }
            kind::ASSIGNMENTS => self.substitutions(node, mode),
            kind::DECLARATION | kind::TEST => self.substitutions(node, mode.masked()),
            kind::COMPOUND | kind::DO_GROUP | kind::ELSE => self.children(node, mode),
            kind::COMMAND_SUBSTITUTION if !self.script.inherits_errexit => {
                let raises = self.failure(node.start_byte(), mode) == Failure::Raises;
                let inner = if raises { mode.watched() } else { mode.lenient() };
                let steps = self.children(node, inner);
                self.process(node, steps, mode)
            }
            kind::SUBSHELL | kind::COMMAND_SUBSTITUTION | kind::PROCESS_SUBSTITUTION => {
                let steps = self.children(node, mode);
                self.process(node, steps, mode)
            }
            _ if node.is_error() => self.children(node, mode),
            _ => self.substitutions(node, mode.masked()),
        }
    }

    /// The steps of statements that run because something has failed.
    fn after_failure(&mut self, nodes: &[Node<'t>], mode: Mode) -> Vec<Step> {
        let outer = std::mem::replace(&mut self.failing, true);
        let steps = self.statements(nodes, mode);
        self.failing = outer;
        steps
    }

    /// The steps of the command substitutions in a node.
    fn substitutions(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut found = Vec::new();
        syntax::walk(node, |inner| {
            let substitution =
                matches!(inner.kind(), kind::COMMAND_SUBSTITUTION | kind::PROCESS_SUBSTITUTION);
            if substitution {
                found.push(inner);
            }
            !substitution && (inner == node || inner.kind() != kind::HEREDOC_BODY)
        });
        let downstream = std::mem::take(&mut self.downstream);
        let mut steps = Vec::new();
        for inner in found {
            steps.extend(self.statement(inner, mode.read()));
        }
        self.downstream = downstream;
        steps
    }

    /// The steps of an assignment, whose variable holds what the last one answers.
    fn answering(&self, assignment: Node<'t>, mut steps: Vec<Step>) -> Vec<Step> {
        let name = assignment.child_by_field_name("name").map(|name| self.script.slice(name));
        if let (Some(Step::Call(operation)), Some(name)) = (steps.last_mut(), name) {
            operation.answer = Some(name.to_owned());
            let uses = [format!("${name}"), format!("${{{name}"), format!("{name}[")];
            if !uses.iter().any(|text| self.script.text.contains(text.as_str())) {
                operation.fate = Fate::Dropped;
            }
        }
        steps
    }

    /// `a | b | c`: only the last one's status is seen, unless `pipefail` is set.
    fn pipeline(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let pipefail = self.script.option("pipefail", self.scope, node.start_byte());
        let after = std::mem::take(&mut self.downstream);
        let mut steps = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let last = index + 1 == parts.len();
            self.downstream = parts[index + 1..].iter().take(8).copied().collect();
            if last {
                self.downstream.clone_from(&after);
            }
            let seen = last || pipefail || self.fails_with_its_input(parts[index + 1]);
            let unseen = if seen { mode } else { mode.masked() };
            let unseen = if last { unseen } else { unseen.read() };
            let mut found = self.statement(*part, unseen);
            let before = self.script.text.get(node.start_byte()..part.start_byte());
            if last && part.kind() == kind::WHILE && before.is_some_and(tells::chooses_unlocked) {
                found = self.chosen(node, found);
            }
            steps.extend(self.process(*part, found, unseen));
        }
        self.downstream = after;
        steps
    }

    /// What the failure of a command at a place does.
    fn failure(&self, at: usize, mode: Mode) -> Failure {
        let errexit =
            || mode.sight == Sight::Nobody && self.script.option("errexit", self.scope, at);
        match mode {
            Mode { masked: false, sight: Sight::Own, .. } => Failure::Raises,
            Mode { masked: false, .. } if errexit() => Failure::Raises,
            Mode { thrown: Thrown { errors: true, .. }, .. } => Failure::Discarded,
            _ => Failure::Continues,
        }
    }

    /// Whether the run goes on if a command or an assignment fails.
    fn goes_on(&self, node: Node<'t>, mode: Mode) -> bool {
        let simple = matches!(node.kind(), kind::COMMAND | kind::ASSIGNMENT | kind::REDIRECTED);
        let failure = self.failure(node.start_byte(), mode);
        simple && !mode.masked && mode.sight != Sight::Own && failure != Failure::Raises
    }

    /// The text between two places, on one line and not too long.
    fn quote(&self, start: usize, end: usize) -> String {
        let text = self.script.text.get(start..end).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().take(LONGEST_CONDITION).collect();
        let line = words.join(" ");
        let line = line.trim_end_matches(';').trim_end();
        if line.chars().count() <= LONGEST_CONDITION {
            return line.to_owned();
        }
        let mut short: String = line.chars().take(LONGEST_CONDITION).collect();
        short.push('…');
        short
    }

    fn refuse(&mut self, node: Node<'t>) {
        if self.too_deep {
            return;
        }
        self.too_deep = true;
        let message =
            format!("nested more than {} deep; what is below is not read", syntax::MAX_DEPTH);
        let span = self.source.span(node.start_byte()..node.start_byte());
        self.out.problems.push(Problem::at(ProblemKind::TooDeep, span, message));
    }
}

/// Whether the failure of any of the steps ends them.
fn raises(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Call(operation) => operation.failure == Failure::Raises,
        Step::Sequence(steps) => raises(steps),
        Step::Invoke(invocation) => invocation.failure == Failure::Raises,
        Step::Branch(arms) => arms.iter().any(|arm| raises(&arm.body)),
        Step::Attempt(attempt) => attempt.handlers.iter().any(|handler| raises(&handler.body)),
        Step::Loop(repetition) => raises(&repetition.body),
        Step::Guard(guard) => raises(&guard.body) || raises(&guard.locked),
        Step::Leave(leave) => *leave == Leave::Raise,
        Step::Ask(_) | Step::Expand(_) => false,
    })
}
