//! Reads the bodies of a file one after the other and keeps what is learnt:
//! the types of module variables, attributes and parameters, and which
//! functions send what they are given.
//!
//! A few passes over the file let what is learnt late (an attribute set by a
//! later method, a client given by a later caller) be known early.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::grammar::field;
use super::loops::Assigned;
use super::outline::Outline;
use crate::frontend::program::literal::Naming;
use crate::frontend::program::nodes::{filtered, operations, pruned, without_deferred};
use crate::frontend::program::shown;
use crate::frontend::program::state::{Place, State};
use crate::frontend::program::thing::{Name, Thing};
use crate::frontend::syntax::MAX_DEPTH;
use crate::frontend::{Context, Lowered};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::{Node, Procedure};
use crate::source::{Source, Span};

/// How often the file is read; the last time counts.
const PASSES: usize = 4;

/// How many expressions may be looked at again on behalf of callers, a pass.
const INLINED_STEPS: usize = 100_000;

/// What reads a file.
pub(super) struct Machine<'t, 'c> {
    pub(super) source: &'c Source<'c>,
    pub(super) context: Context<'c>,
    pub(super) outline: &'c Outline<'t>,
    pub(super) state: State,
    pub(super) memory: Memory,
    pub(super) run: Run,
    /// The nodes of the body that is being read.
    pub(super) out: Vec<Node>,
    pub(super) depth: u16,
    /// Functions being read for calls of them, innermost last.
    pub(super) inlining: Vec<usize>,
    pub(super) inlined_steps: usize,
    /// Whether a loop is being read once for each entry of a dictionary.
    pub(super) unrolling: bool,
    /// How often that was done.
    pub(super) unrolled: usize,
    /// What each loop's body assigns to, by its node: a loop in a helper is read
    /// for every call of the helper.
    pub(super) assigned: HashMap<usize, Rc<[Assigned<'t>]>>,
    pub(super) problems: Vec<Problem>,
}

/// What is known of the file beyond the body being read.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Variables of the module.
    pub(super) module: HashMap<Name, Thing>,
    /// Variables of each function, for those that stand in it.
    pub(super) locals: HashMap<usize, HashMap<Name, Thing>>,
    /// Attributes of each class and its objects.
    pub(super) attributes: HashMap<usize, HashMap<Name, Thing>>,
    /// What callers were seen to give for each parameter.
    pub(super) parameters: HashMap<(usize, usize), Thing>,
    /// Parameters that are requests of the current SDK.
    pub(super) models: HashSet<(usize, usize)>,
    /// What each function was found to do.
    pub(super) summaries: HashMap<usize, Summary>,
    /// Functions that something in the file calls.
    pub(super) called: HashSet<usize>,
    /// Whether this pass learnt something that the one before did not know.
    pub(super) news: bool,
}

/// What a function does, seen from its callers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    /// What it returns.
    pub(super) returns: Thing,
    /// Whether what it sends depends on what it is given.
    pub(super) parametric: bool,
    /// The calls in it that are operations whoever calls it.
    pub(super) closed: HashSet<usize>,
}

/// The body being read.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) function: Option<usize>,
    pub(super) inlined: bool,
    pub(super) returns: Option<Thing>,
    pub(super) parametric: bool,
    /// The calls that are operations whoever calls.
    pub(super) closed: HashSet<usize>,
    /// Operations that callers make known, and so are shown with them.
    pub(super) deferred: HashSet<Span>,
    /// Requests given to functions that may send them.
    pub(super) tentative: Vec<Tentative>,
    /// Requests that were sent for sure.
    pub(super) sent: HashSet<usize>,
}

/// A request given to a function that is not known.
#[derive(Clone, Debug)]
pub(super) struct Tentative {
    pub(super) span: Span,
    pub(super) slot: usize,
    /// Whether the function's name says that it sends.
    pub(super) hinted: bool,
}

/// Reads a file.
pub(super) fn lower(
    root: Syntax<'_>,
    outline: &Outline<'_>,
    source: &Source<'_>,
    context: Context<'_>,
) -> Lowered {
    let mut memory = Memory::default();
    let mut lowered = Lowered::default();
    for _ in 0..PASSES {
        let mut machine = Machine {
            source,
            context,
            outline,
            state: State::default(),
            memory,
            run: Run::default(),
            out: Vec::new(),
            depth: 0,
            inlining: Vec::new(),
            inlined_steps: 0,
            unrolling: false,
            unrolled: 0,
            assigned: HashMap::new(),
            problems: Vec::new(),
        };
        machine.memory.news = false;
        lowered = Lowered::default();
        lowered.procedures = machine.pass(root);
        lowered.problems = machine.problems;
        memory = machine.memory;
        if !memory.news {
            break;
        }
    }
    lowered
}

impl<'t> Machine<'t, '_> {
    fn pass(&mut self, root: Syntax<'t>) -> Vec<Procedure> {
        self.memory.called.clear();
        self.state.push(Place::Module);
        self.block(root);
        let body = self.finish_body(None);
        let mut bodies = vec![("main".to_owned(), root, None, body)];
        for (number, function) in self.outline.functions.iter().enumerate() {
            let body = self.function(number);
            bodies.push((function.name.clone(), function.node, Some(number), body));
        }
        self.state.pop();
        let called = std::mem::take(&mut self.memory.called);
        let is_shown = |number: Option<usize>| number.is_some_and(|it| called.contains(&it));
        bodies
            .into_iter()
            .map(|(name, node, number, body)| {
                let (nodes, deferred) = body;
                let nodes =
                    if is_shown(number) { without_deferred(nodes, &deferred) } else { nodes };
                let span = self.source.span(node.byte_range());
                Procedure {
                    name,
                    span,
                    frontend: super::NAME,
                    parameters: Vec::new(),
                    body: pruned(nodes),
                }
            })
            .filter(|procedure| !procedure.body.is_empty())
            .collect()
    }

    /// Reads a function for itself, its parameters being what callers decide.
    fn function(&mut self, number: usize) -> (Vec<Node>, HashSet<Span>) {
        let outline = self.outline;
        let Some(function) = outline.functions.get(number) else { return Default::default() };
        let mark = self.state.mark();
        self.run = Run { function: Some(number), ..Run::default() };
        self.state.push(Place::Function(number));
        self.bind_unknown(number);
        if let Some(body) = function.node.child_by_field_name(field::BODY) {
            self.block(body);
        }
        let annotated = function
            .node
            .child_by_field_name(field::RETURN_TYPE)
            .and_then(|annotation| self.annotated(annotation));
        let returns = self.run.returns.take().unwrap_or(Thing::Absent);
        let summary = Summary {
            returns: annotated.unwrap_or(returns),
            parametric: self.run.parametric,
            closed: std::mem::take(&mut self.run.closed),
        };
        let known = self.memory.summaries.get(&number);
        self.memory.news |= known.is_none_or(|known| *known != summary);
        self.memory.summaries.insert(number, summary);
        let result = self.finish_body(Some(number));
        self.state.pop();
        let _ = self.state.take_back(mark);
        result
    }

    /// The nodes of the body that was read, without what only looked like
    /// sending.
    fn finish_body(&mut self, _number: Option<usize>) -> (Vec<Node>, HashSet<Span>) {
        let nodes = std::mem::take(&mut self.out);
        let run = std::mem::take(&mut self.run);
        let dropped = run.not_sending();
        let nodes = filtered(nodes, &|operation| !dropped.contains(&operation.span));
        (nodes, run.deferred)
    }

    /// Reads something whose nodes are wanted apart.
    pub(super) fn apart<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<Node>) {
        let outer = std::mem::take(&mut self.out);
        let result = read(self);
        (result, std::mem::replace(&mut self.out, outer))
    }

    /// Adds what a call does. A call of a function that is read for one of its
    /// callers adds nothing that it does whoever calls.
    pub(super) fn emit(&mut self, call: Syntax<'_>, nodes: Vec<Node>) {
        if nodes.is_empty() {
            return;
        }
        if self.run.inlined {
            let function = self.run.function.unwrap_or(usize::MAX);
            let summary = self.memory.summaries.get(&function);
            if summary.is_some_and(|summary| summary.closed.contains(&call.id())) {
                return;
            }
        } else {
            self.run.closed.insert(call.id());
        }
        self.out.extend(nodes);
    }

    /// Adds what a call does if its callers make it known.
    pub(super) fn emit_deferred(&mut self, nodes: Vec<Node>) {
        self.run.parametric = true;
        self.run.deferred.extend(operations(&nodes).iter().map(|operation| operation.span));
        self.out.extend(nodes);
    }

    /// A word on something nested too deep, once.
    pub(super) fn too_deep(&mut self, node: Syntax<'_>) {
        // What is read for a caller counts the caller's depth too.
        let is_new = self.problems.iter().all(|problem| problem.kind != ProblemKind::TooDeep);
        if self.inlining.is_empty() && is_new {
            let span = self.source.span(node.byte_range());
            let message = format!(
                "not read in full: code is nested more than {MAX_DEPTH} levels deep; split it up"
            );
            self.problems.push(Problem::at(ProblemKind::TooDeep, span, message));
        }
    }

    /// Whether a step on behalf of a caller is one too many.
    pub(super) fn is_exhausted(&self) -> bool {
        self.inlined_steps > INLINED_STEPS
    }

    /// What names in arguments are looked up in.
    pub(super) fn naming(&self) -> Naming<'_> {
        Naming { source: self.source, catalogue: self.context.catalogue }
    }

    /// The source text of a node.
    pub(super) fn text(&self, node: Syntax<'_>) -> &str {
        &self.source.text[node.byte_range()]
    }

    /// The source text of a node on one line, cut where it is long.
    pub(super) fn shown(&self, node: Syntax<'_>) -> Name {
        shown(self.text(node)).into()
    }

    pub(super) fn span(&self, node: Syntax<'_>) -> Span {
        self.source.span(node.byte_range())
    }
}

impl Run {
    /// Places where a request was given away but not sent: it was sent
    /// elsewhere, or another function's name says that it sends.
    fn not_sending(&self) -> HashSet<Span> {
        let hinted: HashSet<usize> =
            self.tentative.iter().filter(|it| it.hinted).map(|it| it.slot).collect();
        let sends = |it: &&Tentative| {
            !self.sent.contains(&it.slot) && (it.hinted || !hinted.contains(&it.slot))
        };
        self.tentative.iter().filter(|it| !sends(it)).map(|it| it.span).collect()
    }
}
