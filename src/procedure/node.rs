//! The pieces of a procedure: calls, and the control flow around them.

use super::{Declaration, Failure, Operation, Target, Value};
use crate::source::Span;

/// A piece of a procedure.
#[derive(Clone, Debug)]
pub enum Node {
    /// One API call.
    Call(Operation),
    /// A use of something that bindings spell out as calls, such as an OOS cloud
    /// product action. The bind stage leaves none of these.
    Expand(Declaration),
    /// Steps in order.
    Sequence(Vec<Self>),
    /// Alternatives, of which one or none is taken.
    Branch(Vec<Arm>),
    /// Steps that repeat.
    Loop(Repetition),
    /// Steps whose failure has somewhere to go.
    Attempt(Attempt),
    /// A look at the lock state that decides whether its body runs.
    Guard(Guard),
    /// A call of a function of the same unit.
    Invoke(Invocation),
    /// A call of a function whose answer decides what runs.
    Ask(Ask),
    /// Control goes elsewhere.
    Leave(Leave),
}

impl Node {
    /// The lists of nodes in it, in the order in which they are written.
    #[must_use]
    pub fn bodies(&self) -> Vec<&[Self]> {
        match self {
            Self::Call(_) | Self::Expand(_) | Self::Leave(_) => Vec::new(),
            Self::Sequence(body) => vec![body],
            Self::Branch(arms) => arms.iter().map(|arm| &*arm.body).collect(),
            Self::Loop(repetition) => vec![&repetition.body],
            Self::Attempt(attempt) => {
                let handlers = attempt.handlers.iter().map(|handler| &*handler.body);
                let all = std::iter::once(&*attempt.body).chain(handlers);
                all.chain([&*attempt.finally]).collect()
            }
            Self::Guard(guard) => vec![&guard.body, &guard.locked],
            Self::Invoke(invocation) => vec![&invocation.body],
            Self::Ask(ask) => vec![&ask.question, &ask.holds, &ask.otherwise],
        }
    }

    /// The same, to change them.
    pub fn bodies_mut(&mut self) -> Vec<&mut Vec<Self>> {
        match self {
            Self::Call(_) | Self::Expand(_) | Self::Leave(_) => Vec::new(),
            Self::Sequence(body) => vec![body],
            Self::Branch(arms) => arms.iter_mut().map(|arm| &mut arm.body).collect(),
            Self::Loop(repetition) => vec![&mut repetition.body],
            Self::Attempt(attempt) => {
                let handlers = attempt.handlers.iter_mut().map(|handler| &mut handler.body);
                let all = std::iter::once(&mut attempt.body).chain(handlers);
                all.chain([&mut attempt.finally]).collect()
            }
            Self::Guard(guard) => vec![&mut guard.body, &mut guard.locked],
            Self::Invoke(invocation) => vec![&mut invocation.body],
            Self::Ask(ask) => vec![&mut ask.question, &mut ask.holds, &mut ask.otherwise],
        }
    }
}

/// Whether there is a call of the API among nodes or in them.
#[must_use]
pub fn has_calls(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Call(_) | Node::Expand(_) => true,
        other => other.bodies().into_iter().any(has_calls),
    })
}

/// A call of a function of the same unit, or code that the procedure runs.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The span of the procedure that the function is.
    pub procedure: Span,
    /// What the function calls what it is given, and what that is.
    pub given: Vec<(String, Value)>,
    /// What the failure of its steps does to the caller.
    pub failure: Failure,
    /// Whether it is a process of its own, whose end is not that of the caller.
    pub process: bool,
    /// The steps of the function, once they are put in the call's place.
    pub body: Vec<Node>,
}

/// A call of a function, and what runs by what it answers.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Source text of the condition.
    pub condition: String,
    /// The [`Node::Invoke`] of the function.
    pub question: Vec<Node>,
    /// What runs where the function answers with something that counts as true.
    pub holds: Vec<Node>,
    /// What runs where it answers with anything else.
    pub otherwise: Vec<Node>,
}

/// Where control goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leave {
    /// To the next turn of the innermost loop.
    Turn,
    /// Behind the innermost loop.
    Loop,
    /// Back to the caller of the function; at the top level, to the end.
    Function,
    /// The same, and the call fails there: `return 1`.
    FailingFunction,
    /// Back to the caller, with something that counts as true, or as false.
    Answer(bool),
    /// To a handler, as a failure.
    Raise,
    /// To the end of the procedure, out of every function.
    Procedure,
    /// The same, and the procedure fails: `exit 1`.
    Failing,
}

/// One alternative of a [`Node::Branch`].
#[derive(Clone, Debug)]
pub struct Arm {
    /// Source text of the condition; none for the last resort (`else`, `*)`).
    pub condition: Option<String>,
    /// What it does.
    pub body: Vec<Node>,
}

/// A loop.
#[derive(Clone, Debug, Default)]
pub struct Repetition {
    /// Source text of what it loops over or waits for.
    pub condition: String,
    /// What it calls each item that it goes over.
    pub item: Option<String>,
    /// Whether it goes round until something comes true (`while`, `until`),
    /// rather than once for each item.
    pub conditional: bool,
    /// Whether it goes round again because a step of it failed, as in `until
    /// cmd`, a retry decorator, or a task with `Retries`.
    pub retries: bool,
    /// What ends it if that never comes true.
    pub bound: Bound,
    /// What it repeats.
    pub body: Vec<Node>,
}

/// What ends a loop whose condition never comes true.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Bound {
    /// Nothing, as far as is seen.
    #[default]
    Unseen,
    /// A number of tries or a time, after which what follows runs.
    Ends,
    /// A number of tries or a time, after which the loop fails like a call that
    /// [`Failure::Raises`].
    Fails,
}

/// A body that may fail, and what happens then.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The steps that may fail. The first failure that [`Failure::Raises`] ends
    /// them.
    pub body: Vec<Node>,
    /// Where a failure goes; with none, the run goes on after the attempt.
    pub handlers: Vec<Handler>,
    /// What runs in any case.
    pub finally: Vec<Node>,
}

/// A handler of failures.
#[derive(Clone, Debug, Default)]
pub struct Handler {
    /// Source text of what it takes (`except ServerException`); none takes all.
    pub catches: Option<String>,
    /// The error codes that its code names.
    pub codes: Vec<String>,
    /// Those that its code names only to do nothing about them, without a trace.
    pub ignores: Vec<String>,
    /// The error codes with which alone the run goes on, if it tells them from
    /// others: those fail on behind it.
    pub only: Vec<String>,
    /// Whether it does nothing at all, not even say that something failed.
    pub silent: bool,
    /// Whether it ends the procedure all the same: it raises, returns or exits.
    pub leaves: bool,
    /// What it does.
    pub body: Vec<Node>,
}

/// A look at the lock state of a target.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Where it looks.
    pub span: Span,
    /// Whose lock it looks at.
    pub target: Target,
    /// What runs only if the target is not locked.
    pub body: Vec<Node>,
    /// What runs only if it is. Where that goes away, what follows the guard runs
    /// only if the target is not locked, too.
    pub locked: Vec<Node>,
}
