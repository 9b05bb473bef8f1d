//! Reads the bodies of a file one after the other and keeps what is learnt:
//! the types of variables outside of functions, fields and parameters, and
//! which functions send what they are given.
//!
//! A few passes over the file let what is learnt late (a field set by a later
//! method, a client given by a later caller) be known early.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::answers::Fates;
use super::asked::Answered;
use super::code::Unit;
use super::dialect::Dialect;
use super::facts::Facts;
use super::literal::Naming;
use super::locks::Decided;
use super::loops::Assigned;
use super::nodes::{filtered, operations, pruned, without_deferred};
use super::shown;
use super::state::{Place, State};
use super::statements::Flow;
use super::thing::{Name, Thing};
use crate::frontend::{Context, Lowered, invoked};
use crate::procedure::{Declaration, Node, Procedure, Target};
use crate::source::{Source, Span};

/// How often the file is read; the last time counts.
const PASSES: usize = 4;

/// How many statements and expressions may be looked at again on behalf of callers, a
/// pass.
const INLINED_STEPS: usize = 100_000;

/// How the name of a method starts that takes the calls of those that its class does
/// not have.
const TAKES_ANY: &str = "__call";

/// What reads a file.
pub(super) struct Machine<'c> {
    pub(super) source: &'c Source<'c>,
    pub(super) context: Context<'c>,
    pub(super) dialect: &'c Dialect,
    pub(super) unit: &'c Unit,
    /// The names of the file's imports, classes and functions.
    pub(super) names: &'c HashMap<Name, Thing>,
    pub(super) members: &'c HashMap<(usize, Name), usize>,
    pub(super) facts: &'c Facts,
    pub(super) overloads: &'c HashMap<usize, Rc<[usize]>>,
    pub(super) state: State,
    pub(super) memory: Memory,
    pub(super) run: Run,
    /// The resources that the file declares.
    pub(super) declarations: Vec<Declaration>,
    /// Where they stand.
    pub(super) declared: HashSet<Span>,
    /// Those that builders have begun, by their addresses.
    pub(super) building: HashMap<Name, usize>,
    /// The nodes of the body that is being read.
    pub(super) out: Vec<Node>,
    /// The answers of calls that were read last, by where the calls start and end.
    pub(super) answers: HashMap<(usize, usize), (Name, Target)>,
    /// The call that is a statement of its own, and where it ends.
    pub(super) statement: (usize, usize),
    /// What becomes of answers.
    pub(super) fates: Fates,
    /// What is known to be given to lambdas as their first argument.
    pub(super) offered: HashMap<usize, Thing>,
    /// The action that what is being read is expected to be answered by.
    pub(super) expected: Option<Name>,
    /// Functions being read for calls of them, innermost last.
    pub(super) inlining: Vec<usize>,
    pub(super) inlined_steps: usize,
    /// Whether a loop is being read once for each of its items.
    pub(super) unrolling: bool,
    /// The text of the handler that is being asked what it does about codes.
    pub(super) handler: String,
    /// The map that is gone through so, and the key of the entry that is read.
    pub(super) entry: Option<(Thing, Thing)>,
    /// How often that was done.
    pub(super) unrolled: usize,
    /// What each loop's body assigns to, by its place in memory: a loop in a
    /// helper is read for every call of the helper.
    pub(super) assigned: HashMap<usize, Rc<[Assigned<'c>]>>,
}

/// What is known of the file beyond the body being read.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Variables outside of functions.
    pub(super) module: HashMap<Name, Thing>,
    /// Variables of each function, for those that stand in it.
    pub(super) locals: HashMap<usize, HashMap<Name, Thing>>,
    /// Fields of each class and its objects.
    pub(super) fields: HashMap<usize, HashMap<Name, Thing>>,
    /// What objects of each class were made with, by the names of the parameters, which
    /// those of fields mostly are.
    pub(super) made: HashMap<usize, HashMap<Name, Thing>>,
    /// What callers were seen to give for each parameter.
    pub(super) parameters: HashMap<(usize, usize), Thing>,
    /// What each function was found to do.
    pub(super) summaries: HashMap<usize, Summary>,
    /// Functions that something in the file calls.
    pub(super) called: HashSet<usize>,
    /// Those that the pass before found.
    pub(super) callees: HashSet<usize>,
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
    pub(super) closed: HashSet<(usize, usize)>,
}

/// The body being read.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) function: Option<usize>,
    pub(super) inlined: bool,
    /// What it was seen to return, one by one.
    pub(super) returns: Option<Vec<Thing>>,
    pub(super) parametric: bool,
    /// The calls that are operations whoever calls.
    pub(super) closed: HashSet<(usize, usize)>,
    /// Operations that callers make known, and so are shown with them.
    pub(super) deferred: HashSet<Span>,
    /// What the looks at the lock state say where reading is.
    pub(super) decided: Vec<Decided>,
    /// What runs at the end.
    pub(super) at_end: Vec<Vec<Node>>,
    /// The variable that holds what a function has just answered.
    pub(super) answered: Option<Answered>,
    /// Requests given to functions that may send them.
    pub(super) tentative: Vec<Tentative>,
    /// Requests that functions of which nothing is known have begun to make: each
    /// function's name, the action, the slot.
    pub(super) begun: Vec<(Name, Thing, usize)>,
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
    dialect: &Dialect,
    unit: &Unit,
    source: &Source<'_>,
    context: Context<'_>,
) -> Lowered {
    let names = super::names::names(unit);
    let members = super::members::members(unit);
    let overloads = super::members::overloads(unit);
    let facts = Facts::of(dialect, unit, source);
    let mut memory = Memory::default();
    let mut lowered = Lowered::default();
    for _ in 0..PASSES {
        let mut machine = Machine {
            source,
            context,
            dialect,
            unit,
            names: &names,
            members: &members,
            facts: &facts,
            overloads: &overloads,
            state: State::default(),
            memory,
            run: Run::default(),
            declarations: Vec::new(),
            declared: HashSet::new(),
            building: HashMap::new(),
            out: Vec::new(),
            answers: HashMap::new(),
            statement: (0, 0),
            fates: Fates::default(),
            offered: HashMap::new(),
            expected: None,
            inlining: Vec::new(),
            inlined_steps: 0,
            unrolling: false,
            entry: None,
            handler: String::new(),
            unrolled: 0,
            assigned: HashMap::new(),
        };
        machine.memory.news = false;
        lowered.procedures = machine.pass();
        lowered.declarations = machine.declarations;
        memory = machine.memory;
        if !memory.news {
            break;
        }
    }
    lowered
}

/// The nodes of a body, and which operations its callers make known.
type Body = (Vec<Node>, HashSet<Span>);

impl<'c> Machine<'c> {
    fn pass(&mut self) -> Vec<Procedure> {
        let unit = self.unit;
        self.memory.called.clear();
        self.memory.locals.clear();
        self.memory.module.retain(|_, thing| !thing.holds_request());
        self.state.push(Place::Module);
        self.block(&unit.body);
        self.field_values();
        let mut bodies = vec![("main".to_owned(), 0..self.source.text.len(), None, self.finish())];
        for (number, function) in unit.functions.iter().enumerate() {
            // A lambda is read where it stands.
            if !function.name.is_empty() && !function.is_declared_only {
                let body = self.function(number);
                bodies.push((self.full_name(number), function.at.clone(), Some(number), body));
            }
        }
        self.state.pop();
        let called = std::mem::take(&mut self.memory.called);
        self.memory.news |= called != self.memory.callees;
        self.memory.callees.clone_from(&called);
        // What takes every method that a class does not have is called by none of
        // these names.
        let takes_any = |number: usize| unit.functions[number].name.starts_with(TAKES_ANY);
        let is_called = |number: Option<usize>| {
            number.is_some_and(|number| called.contains(&number) || takes_any(number))
        };
        let procedures: Vec<_> = bodies
            .into_iter()
            .map(|(name, at, number, (nodes, deferred))| {
                let nodes =
                    if is_called(number) { without_deferred(nodes, &deferred) } else { nodes };
                let span = self.source.span(at);
                Procedure {
                    name,
                    span,
                    frontend: self.dialect.name,
                    parameters: number.map(|number| self.parameters(number)).unwrap_or_default(),
                    body: pruned(nodes),
                }
            })
            .collect();
        let mut procedures = procedures;
        self.fates.tell(&mut procedures);
        invoked::tidy(&mut procedures);
        procedures
    }

    fn parameters(&self, number: usize) -> Vec<String> {
        let function = &self.unit.functions[number];
        function.parameters.iter().map(|parameter| parameter.name.to_string()).collect()
    }

    /// The values that classes give their fields.
    fn field_values(&mut self) {
        let unit = self.unit;
        for (number, class) in unit.classes.iter().enumerate() {
            self.state.push(Place::Class(number));
            for field in &class.fields {
                if let Some(value) = &field.value {
                    let thing = self.eval(value);
                    let thing = self.typed(thing, &field.kind, value);
                    self.remember_field(number, &field.name, &thing);
                }
            }
            self.state.pop();
        }
    }

    fn full_name(&self, number: usize) -> String {
        let function = &self.unit.functions[number];
        match function.class {
            Some(class) => format!("{}.{}", self.unit.classes[class].name, function.name),
            None => function.name.to_string(),
        }
    }

    /// Reads a function for itself, its parameters being what callers decide.
    fn function(&mut self, number: usize) -> Body {
        let unit = self.unit;
        let function = &unit.functions[number];
        let mark = self.state.mark();
        self.run = Run { function: Some(number), ..Run::default() };
        self.state.push(Place::Function(number));
        self.bind_unknown(number);
        self.body_of(number);
        let seen = self.run.returns.take();
        let summary = Summary {
            returns: self.returned(function, seen),
            parametric: self.run.parametric,
            closed: std::mem::take(&mut self.run.closed),
        };
        let known = self.memory.summaries.get(&number);
        self.memory.news |= known.is_none_or(|known| *known != summary);
        self.memory.summaries.insert(number, summary);
        let (nodes, deferred) = self.finish();
        let result = (self.retried(number, nodes), deferred);
        self.state.pop();
        let _ = self.state.take_back(mark);
        result
    }

    /// Reads the body of a function and keeps the variables for the functions
    /// in it.
    pub(super) fn body_of(&mut self, number: usize) -> Flow {
        let unit = self.unit;
        let flow = self.block(&unit.functions[number].body);
        self.deferred_calls();
        flow
    }

    /// The nodes of the body that was read, without what only looked like
    /// sending.
    fn finish(&mut self) -> Body {
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
    pub(super) fn emit(&mut self, call: &Range<usize>, mut nodes: Vec<Node>) {
        self.with_disk_states(&mut nodes);
        if nodes.is_empty() {
            return;
        }
        let key = (call.start, call.end);
        if self.run.inlined {
            let function = self.run.function.unwrap_or(usize::MAX);
            let summary = self.memory.summaries.get(&function);
            if summary.is_some_and(|summary| summary.closed.contains(&key)) {
                return;
            }
        } else {
            self.run.closed.insert(key);
        }
        self.out.extend(nodes);
    }

    /// Adds what a call does if its callers make it known.
    pub(super) fn emit_deferred(&mut self, nodes: Vec<Node>) {
        self.run.parametric = true;
        self.run.deferred.extend(operations(&nodes).iter().map(|operation| operation.span));
        self.out.extend(nodes);
    }

    /// Whether a step on behalf of a caller is one too many.
    pub(super) fn is_exhausted(&self) -> bool {
        self.inlined_steps > INLINED_STEPS
    }

    /// What names in arguments are looked up in.
    pub(super) fn naming(&self) -> Naming<'c> {
        Naming { source: self.source, catalogue: self.context.catalogue }
    }

    /// The source text of a place on one line, cut where it is long.
    pub(super) fn shown(&self, at: &Range<usize>) -> Name {
        shown(&self.source.text[at.clone()]).into()
    }

    pub(super) fn span(&self, at: &Range<usize>) -> Span {
        self.source.span(at.clone())
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
