//! The evaluator: what an expression's value is, as far as the configuration
//! tells.
//!
//! Nothing from outside is assumed: variables of a root module have defaults, but
//! whoever applies it may set them, so their values are unknown. Each named value
//! is told once; depth, work and sizes are bounded, so that no module makes this
//! run away.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::frontend::syntax::MAX_DEPTH;
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Value;

use super::datum::{Budget, Datum, Origin, Unknown};
use super::function;
use super::instance::{Caller, Instance};
use super::module::Module;
use super::project::Project;
use super::scope::Scope;
use super::tree::{Call, Conditional, Expression, Key, Kind, Place};

mod file;
mod operation;
mod pick;
mod reference;
mod repeat;
mod template;

pub(super) use reference::definition;
pub(super) use repeat::entries;

/// The longest text that is kept of an expression, in characters.
const MAX_WRITTEN: usize = 160;

/// How many steps a unit's expressions may take. A step is an expression, or a
/// value that a function looks at.
const MAX_STEPS: usize = 20_000_000;

/// How many steps the value of one attribute may take, with what it refers to.
const MAX_STEPS_EACH: usize = 500_000;

/// Evaluates expressions of a project.
pub(super) struct Evaluator<'p> {
    /// The project.
    pub(super) project: &'p Project<'p>,
    instances: RefCell<Vec<Rc<Instance<'p>>>>,
    /// How many instances and occurrences there are.
    pub(super) added: Cell<usize>,
    /// What could not be read.
    pub(super) problems: RefCell<Vec<Problem>>,
    budget: Budget,
    steps: Cell<usize>,
    /// How many there may be when the attribute at hand is done.
    limit: Cell<usize>,
    depth: Cell<u16>,
    too_deep: Cell<Option<Place>>,
    exhausted: Cell<Option<Place>>,
}

impl<'p> Evaluator<'p> {
    pub(super) fn new(project: &'p Project<'p>) -> Self {
        Self {
            project,
            instances: RefCell::default(),
            added: Cell::new(0),
            problems: RefCell::default(),
            budget: Budget::default(),
            steps: Cell::new(0),
            limit: Cell::new(0),
            depth: Cell::new(0),
            too_deep: Cell::new(None),
            exhausted: Cell::new(None),
        }
    }

    /// What could not be told for the depth of its nesting, or for other limits.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        if let Some(place) = self.too_deep.get() {
            let message = format!("nested more than {MAX_DEPTH} levels deep; read as unknown");
            let span = self.project.sources.span(place);
            problems.push(Problem::at(ProblemKind::TooDeep, span, message));
        }
        if let Some(place) = self.exhausted.get() {
            let message = "expressions take too long to evaluate from here on; read as unknown";
            let span = self.project.sources.span(place);
            problems.push(Problem::at(ProblemKind::TooLarge, span, message));
        }
        problems
    }

    /// Adds a module instance and gives its number.
    pub(super) fn add_instance(
        &self,
        module: &'p Module,
        prefix: String,
        caller: Option<Caller<'p>>,
    ) -> usize {
        let mut instances = self.instances.borrow_mut();
        let number = instances.len();
        instances.push(Rc::new(Instance::new(number, module, prefix, caller)));
        number
    }

    /// A module instance.
    pub(super) fn instance(&self, number: usize) -> Rc<Instance<'p>> {
        Rc::clone(&self.instances.borrow()[number])
    }

    /// The value of an expression as the intermediate representation has it.
    pub(super) fn value(&self, expression: &'p Expression, scope: Scope<'_, 'p>) -> Value {
        self.value_of(&self.evaluate(expression, scope), expression.place)
    }

    /// What is known of the value of an expression at a place.
    pub(super) fn value_of(&self, datum: &Datum, place: Place) -> Value {
        datum.value(&|| self.written(place), &self.budget)
    }

    /// The value of an expression.
    pub(super) fn evaluate(&self, expression: &'p Expression, scope: Scope<'_, 'p>) -> Datum {
        let place = expression.place;
        if self.depth.get() == 0 {
            self.limit.set(self.steps.get().saturating_add(MAX_STEPS_EACH).min(MAX_STEPS));
        }
        if !self.charge(1) {
            if self.steps.get() >= MAX_STEPS {
                self.exhausted.set(self.exhausted.get().or(Some(place)));
            }
            return self.unknown(place, Origin::Outside);
        }
        if self.depth.get() >= MAX_DEPTH {
            self.too_deep.set(Some(place));
            return self.unknown(place, Origin::Outside);
        }
        self.depth.set(self.depth.get() + 1);
        let datum = self.kind(&expression.kind, place, scope);
        self.depth.set(self.depth.get() - 1);
        datum
    }

    fn kind(&self, kind: &'p Kind, place: Place, scope: Scope<'_, 'p>) -> Datum {
        match kind {
            Kind::Broken => self.unknown(place, Origin::Outside),
            Kind::TooDeep => {
                self.too_deep.set(Some(place));
                self.unknown(place, Origin::Outside)
            }
            Kind::Null => Datum::Null,
            Kind::Bool(flag) => Datum::Bool(*flag),
            Kind::Number(number) => Datum::Number(*number),
            Kind::Template(template) => self.template(template, place, scope),
            Kind::Name(name) => self.reference(name, &[], place, scope),
            Kind::Pick(head, steps) => match &head.kind {
                Kind::Name(name) => self.reference(name, steps, place, scope),
                _ => self.pick(&self.evaluate(head, scope), steps, place, scope),
            },
            Kind::Tuple(items) => {
                let items = items.iter().map(|item| self.evaluate(item, scope)).collect();
                self.or_unknown(place, items, Datum::list)
            }
            Kind::Object(entries) => self.object(entries, place, scope),
            Kind::For(repeated) => self.repeated(repeated, place, scope),
            Kind::Call(call) => self.call(call, place, scope),
            Kind::Conditional(conditional) => self.conditional(conditional, place, scope),
            Kind::Operation(tokens) => self.operation(tokens, place, scope),
        }
    }

    /// Counts work against what an attribute and a unit may cause; false once it is
    /// used up.
    fn charge(&self, steps: usize) -> bool {
        let taken = self.steps.get().saturating_add(steps);
        self.steps.set(taken.min(self.limit.get()));
        taken <= self.limit.get()
    }

    /// The source text of a place, in one line.
    pub(super) fn written(&self, place: Place) -> String {
        collapsed(self.project.sources.text(place))
    }

    /// A value that cannot be told.
    pub(super) fn unknown(&self, place: Place, origin: Origin) -> Datum {
        Datum::unknown(self.written(place), origin)
    }

    /// A value that does not exist: an error.
    fn failed(&self, place: Place, origin: Origin) -> Datum {
        let text = self.written(place).into();
        Datum::Unknown(Rc::new(Unknown { text, origin, failed: true }))
    }

    /// A value of which it is unknown what it is, made of others; an error if one
    /// of those is.
    fn made_of<'d>(
        &self,
        place: Place,
        data: impl IntoIterator<Item = &'d Datum> + Clone,
    ) -> Datum {
        let origin = Origin::all(data.clone());
        if data.into_iter().any(Datum::has_failed) {
            return self.failed(place, origin);
        }
        self.unknown(place, origin)
    }

    /// A collection, or unknown if it is too large.
    fn or_unknown(
        &self,
        place: Place,
        items: Vec<Datum>,
        make: fn(Vec<Datum>) -> Option<Datum>,
    ) -> Datum {
        if let Some(failed) = items.iter().find(|item| item.has_failed()) {
            return failed.clone();
        }
        let origin = Origin::all(&items);
        make(items).unwrap_or_else(|| self.unknown(place, origin))
    }

    fn object(
        &self,
        entries: &'p [(Key, Expression)],
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let mut is_closed = true;
        let mut made = Vec::new();
        for (key, value) in entries {
            let key = match key {
                Key::Word(word) => Rc::clone(word),
                Key::Computed(key) => self.evaluate(key, scope).as_text().unwrap_or_else(|| {
                    is_closed = false;
                    self.written(key.place).into()
                }),
            };
            let value = self.evaluate(value, scope);
            if value.has_failed() {
                return value;
            }
            made.push((key, value));
        }
        let origin = Origin::all(made.iter().map(|(_, value)| value));
        let map = if is_closed { Datum::map(made) } else { Datum::open_map(made) };
        map.unwrap_or_else(|| self.unknown(place, origin))
    }

    fn conditional(
        &self,
        conditional: &'p Conditional,
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        let mut possible = Vec::new();
        for (condition, value) in &conditional.choices {
            let condition = self.evaluate(condition, scope);
            match condition.as_bool() {
                Some(false) => {}
                Some(true) if possible.is_empty() => return self.evaluate(value, scope),
                _ if condition.has_failed() => return condition,
                _ => possible.push(self.evaluate(value, scope)),
            }
        }
        if possible.is_empty() {
            return self.evaluate(&conditional.otherwise, scope);
        }
        possible.push(self.evaluate(&conditional.otherwise, scope));
        let first = &possible[0];
        if possible.iter().all(|other| super::datum::equal(first, other) == Some(true)) {
            return first.clone();
        }
        self.unknown(place, Origin::all(&possible))
    }

    fn call(&self, call: &'p Call, place: Place, scope: Scope<'_, 'p>) -> Datum {
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        if let Some(text) = self.text_of_file(name, &call.arguments, scope) {
            return text;
        }
        let mut arguments: Vec<Datum> =
            call.arguments.iter().map(|argument| self.evaluate(argument, scope)).collect();
        if call.spreads {
            match arguments.pop() {
                Some(Datum::List(list)) => arguments.extend(list.items.iter().cloned()),
                last => {
                    arguments.extend(last);
                    return self.made_of(place, &arguments);
                }
            }
        }
        if !self.charge(arguments.iter().map(Datum::size).sum()) {
            return self.unknown(place, Origin::Outside);
        }
        match name {
            "try" => return self.first_that_works(&arguments, place),
            "can" => return self.works(&arguments, place),
            _ => {}
        }
        if let Some(failed) = arguments.iter().find(|argument| argument.has_failed()) {
            return failed.clone();
        }
        match function::apply(name, &arguments) {
            Ok(datum) => datum,
            Err(function::Trouble::Error) => self.failed(place, Origin::Nowhere),
            Err(function::Trouble::Unknown) => {
                let tells = |(number, _): &(usize, &Datum)| !function::chooses(name, *number);
                let told = arguments.iter().enumerate().filter(tells).map(|(_, datum)| datum);
                self.unknown(place, Origin::all(told))
            }
        }
    }

    /// `try`: the first value that is no error. Before one that is unknown it
    /// cannot be told whether it is.
    fn first_that_works(&self, arguments: &[Datum], place: Place) -> Datum {
        let mut left = arguments.iter().filter(|argument| !argument.has_failed());
        match left.next() {
            Some(first) if !matches!(first, Datum::Unknown(_)) => first.clone(),
            Some(first) => match left.next() {
                None => first.clone(),
                Some(second) => {
                    self.unknown(place, Origin::all([first, second].into_iter().chain(left)))
                }
            },
            None => self.failed(place, Origin::Nowhere),
        }
    }

    fn works(&self, arguments: &[Datum], place: Place) -> Datum {
        match arguments {
            [argument] if argument.has_failed() => Datum::Bool(false),
            [argument] if argument.is_known() => Datum::Bool(true),
            _ => self.unknown(place, Origin::all(arguments)),
        }
    }
}

/// A text with its whitespace collapsed, and cut if it is long.
fn collapsed(text: &str) -> String {
    let mut collapsed = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        length += 1 + word.chars().take(MAX_WRITTEN).count();
        if length > MAX_WRITTEN + 1 {
            collapsed.push('…');
            return collapsed;
        }
        collapsed.push_str(word);
    }
    collapsed
}
