//! An abstract interpreter for the functions of the provider: it walks every
//! path at once, keeps the condition under which each statement is reached, and
//! records the calls to the API with theirs.

mod call;
mod condition;
mod expression;
mod failure;
mod known;
mod repeat;
mod statement;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use crate::formula::{ALWAYS, Formula, Logic, NEVER};
use crate::go::{Code, Index};
use crate::schema::Registration;
use crate::value::{Atom, Scope, Value};
use failure::CodeCheck;

/// Calls within calls that are followed.
const MAX_CALLS: usize = 40;
/// Statements that are walked for one lifecycle operation.
const MAX_STATEMENTS: usize = 200_000;

/// The lifecycle operation that is walked; it decides what counts as changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    Create,
    Read,
    Update,
    Delete,
}

impl Mode {
    pub(crate) const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// As the bindings name it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// As the provider's SDK names it.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Read => "Read",
            Self::Update => "Update",
            Self::Delete => "Delete",
        }
    }
}

/// A call to the API.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) action: String,
    /// When it is made.
    pub(crate) condition: Formula,
    /// File and line.
    pub(crate) source: String,
    pub(crate) retries: BTreeSet<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) swallows: BTreeSet<String>,
}

/// What was found of one lifecycle operation.
pub(crate) struct Run {
    pub(crate) steps: Vec<Step>,
    pub(crate) logic: Logic,
    pub(crate) atoms: Vec<Atom>,
    /// Places where a call could not be told.
    pub(crate) unresolved: Vec<String>,
}

/// What all walks share.
pub(crate) struct Provider<'p> {
    pub(crate) index: Index<'p>,
    /// Names of functions worth following.
    pub(crate) reaching: BTreeSet<&'p str>,
}

struct Machine<'m, 'p> {
    provider: &'m Provider<'p>,
    registration: &'m Registration<'p>,
    mode: Mode,
    logic: Logic,
    atoms: Vec<Atom>,
    numbers: HashMap<Atom, usize>,
    /// When the statement at hand is reached.
    path: Formula,
    steps: Vec<Step>,
    frames: Vec<Frame<'p>>,
    /// Checks of error codes around the statement at hand.
    checks: Vec<CodeCheck>,
    /// Timeouts of the retry loops around it.
    timeouts: Vec<String>,
    statements: usize,
    unresolved: Vec<String>,
}

/// A function or closure being walked.
struct Frame<'p> {
    name: String,
    code: Code<'p>,
    returns: Vec<(Formula, Vec<Value<'p>>)>,
    /// The steps whose errors it may return.
    failures: Vec<Range<usize>>,
    /// Paths that ended in an error whose cause attributes do not decide: what
    /// follows is walked as if the error had not come.
    resumed: Formula,
    /// Where each loop around the statement is left or begun anew.
    left: Vec<Formula>,
    /// How many checks stood around the call.
    outer_checks: usize,
}

/// Walks a lifecycle function of a registered type.
pub(crate) fn walk<'p>(
    provider: &Provider<'p>,
    registration: &Registration<'p>,
    mode: Mode,
) -> Option<Run> {
    let entry = *registration.functions.get(mode.function())?;
    let mut machine = Machine {
        provider,
        registration,
        mode,
        logic: Logic::new(),
        atoms: Vec::new(),
        numbers: HashMap::new(),
        path: ALWAYS,
        steps: Vec::new(),
        frames: Vec::new(),
        checks: Vec::new(),
        timeouts: Vec::new(),
        statements: 0,
        unresolved: Vec::new(),
    };
    machine.enter(entry);
    let Machine { steps, logic, atoms, mut unresolved, .. } = machine;
    unresolved.sort();
    unresolved.dedup();
    Some(Run { steps, logic, atoms, unresolved })
}

impl<'p> Machine<'_, 'p> {
    fn enter(&mut self, entry: Code<'p>) {
        let arguments = vec![Value::ResourceData, Value::Unknown("meta".to_owned())];
        if entry.kind() == "func_literal" {
            self.walk_body(entry, "closure", arguments, None, None);
        } else if let Some(function) = self.provider.index.functions.get(entry.text()) {
            self.walk_body(function.code, function.name, arguments, None, None);
        }
    }

    fn atom(&mut self, atom: Atom) -> Formula {
        let number = self.numbers.get(&atom).copied().unwrap_or_else(|| {
            self.atoms.push(atom.clone());
            self.numbers.insert(atom, self.atoms.len() - 1);
            self.atoms.len() - 1
        });
        self.logic.atom(number)
    }

    /// A condition that only its text tells.
    fn unclear(&mut self, text: &str) -> Formula {
        let function = self.frames.last().map(|frame| frame.name.clone()).unwrap_or_default();
        self.atom(Atom::Unclear { text: text.to_owned(), function })
    }

    /// A condition on an attribute that only its text tells; the same everywhere.
    fn unclear_attribute(&mut self, text: String) -> Formula {
        self.atom(Atom::Unclear { text, function: String::new() })
    }

    fn fails(&mut self) -> Formula {
        let number = self.atoms.len();
        self.atom(Atom::Fails(number))
    }

    /// Walks with a narrower path, and gives back where it ends.
    fn under(&mut self, condition: Formula, walk: impl FnOnce(&mut Self)) -> Formula {
        let before = self.path;
        self.path = self.logic.and(before, condition);
        if self.path != NEVER {
            walk(self);
        }
        std::mem::replace(&mut self.path, before)
    }

    /// What a variable holds after an assignment on the path at hand.
    fn merged(&mut self, new: Value<'p>, old: Value<'p>, condition: Formula) -> Value<'p> {
        if condition == ALWAYS || new.is_same(&old) {
            return new;
        }
        match (new, old) {
            (Value::Truth(new), Value::Truth(old)) => {
                Value::Truth(self.logic.choose(condition, new, old))
            }
            (Value::List(new), Value::List(old)) => {
                Value::List(self.logic.choose(condition, new, old))
            }
            (new, old) => {
                let mut values = vec![(condition, new)];
                for (when, value) in alternatives(old) {
                    let when = self.logic.and_not(when, condition);
                    if when != NEVER {
                        values.push((when, value));
                    }
                }
                Value::Choice(values)
            }
        }
    }

    /// A value as it is on the path at hand.
    fn here(&mut self, value: Value<'p>) -> Value<'p> {
        let Value::Choice(values) = value else { return value };
        let mut possible: Vec<(Formula, Value<'p>)> = Vec::new();
        for (when, value) in values {
            if self.logic.and(when, self.path) != NEVER {
                possible.push((when, value));
            }
        }
        match possible.len() {
            1 => possible.remove(0).1,
            _ => Value::Choice(possible),
        }
    }

    fn assign(&mut self, scope: &Rc<Scope<'p>>, name: &str, value: Value<'p>) {
        if name == "_" {
            return;
        }
        let Some(old) = scope.get(name) else { return scope.declare(name, value) };
        let path = self.path;
        let value = self.merged(value, old, path);
        scope.set(name, value);
    }
}

/// A value as a list of its alternatives.
fn alternatives(value: Value<'_>) -> Vec<(Formula, Value<'_>)> {
    match value {
        Value::Choice(values) => values,
        value => vec![(ALWAYS, value)],
    }
}
