//! Which functions of a file return something that nobody in it looks at. Syntax
//! only, by the names of functions, so that doubt counts as a look.

use std::collections::{HashMap, HashSet};

use super::asked::{About, about};
use super::code::{Argument, Assign, Expression, Part, Statement, Unit, Value};
use super::thing::Name;

/// How many functions around one a variable may be read in.
const MOST_AROUND: usize = 16;

/// What a file does with what its functions return.
#[derive(Debug, Default)]
pub(super) struct Looked {
    names: Vec<Name>,
    /// The functions by their names.
    numbers: HashMap<Name, usize>,
    /// Functions that are called as statements, and those that are used otherwise.
    dropped: HashSet<Name>,
    used: HashSet<Name>,
    /// Functions that return a value somewhere.
    gives: HashSet<usize>,
    /// Functions about whose answers conditions are.
    asked: HashSet<Name>,
}

impl Looked {
    pub(super) fn of(unit: &Unit, text: &str) -> Self {
        let mut visit = Visit::new(unit, text);
        visit.block(&unit.body);
        for field in unit.classes.iter().flat_map(|class| &class.fields) {
            visit.all(&field.value);
        }
        for (number, function) in unit.functions.iter().enumerate() {
            visit.function = Some(number);
            for parameter in &function.parameters {
                visit.all(&parameter.default);
            }
            visit.block(&function.body);
        }
        visit.finish()
    }

    /// Whether a function returns a value somewhere.
    pub(super) fn gives(&self, number: usize) -> bool {
        self.gives.contains(&number)
    }

    /// A function of a name.
    pub(super) fn function(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// Whether a condition is about what a function answers.
    pub(super) fn is_asked(&self, number: usize) -> bool {
        self.names.get(number).is_some_and(|name| self.asked.contains(name))
    }

    /// Whether the file calls a function, and looks nowhere at what it returns.
    pub(super) fn is_ignored(&self, number: usize) -> bool {
        let Some(name) = self.names.get(number).filter(|name| !name.is_empty()) else {
            return false;
        };
        self.dropped.contains(name) && !self.used.contains(name)
    }
}

/// A walk over a file.
struct Visit<'u> {
    unit: &'u Unit,
    looked: Looked,
    /// The function that is walked.
    function: Option<usize>,
    /// Variables that what a function returns is kept in: where, which, whose.
    kept: Vec<(Option<usize>, Name, Name)>,
    /// Variables that are read, by function.
    read: HashMap<Option<usize>, HashSet<Name>>,
    /// Variables that conditions are about: where, which.
    asked: HashSet<(Option<usize>, Name)>,
    text: &'u str,
}

impl<'u> Visit<'u> {
    fn new(unit: &'u Unit, text: &'u str) -> Self {
        let names: Vec<Name> =
            unit.functions.iter().map(|function| function.name.clone()).collect();
        let numbers = (0..).zip(&names).map(|(number, name)| (name.clone(), number)).collect();
        let looked = Looked { names, numbers, ..Looked::default() };
        let (kept, read, asked) = (Vec::new(), HashMap::new(), HashSet::new());
        Self { unit, looked, function: None, kept, read, asked, text }
    }

    fn finish(self) -> Looked {
        let Self { mut looked, kept, read, asked, .. } = self;
        for (function, variable, callee) in kept {
            if asked.contains(&(function, variable.clone())) {
                looked.asked.insert(callee.clone());
            }
            let is_read = read.get(&function).is_some_and(|names| names.contains(&variable));
            let set = if is_read { &mut looked.used } else { &mut looked.dropped };
            set.insert(callee);
        }
        looked
    }

    fn reads(&mut self, name: &Name) {
        let mut function = self.function;
        for _ in 0..MOST_AROUND {
            self.read.entry(function).or_default().insert(name.clone());
            let Some(number) = function else { return };
            function = self.unit.functions.get(number).and_then(|it| it.parent);
        }
    }

    fn block(&mut self, block: &[Statement]) {
        for statement in block {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Plain(expression) | Statement::Defer(expression) => self.dropped(expression),
            Statement::Assign(assign) => self.assign(assign),
            Statement::If(branch) => {
                self.asks(&branch.condition);
                self.expression(&branch.condition);
                self.block(&branch.then);
                self.block(branch.otherwise.as_deref().unwrap_or_default());
            }
            Statement::Chain(arms) => {
                for (condition, body) in arms {
                    if let Some(condition) = condition {
                        self.asks(condition);
                    }
                    self.all(condition.as_ref());
                    self.block(body);
                }
            }
            Statement::Switch(switch) => {
                self.all(&switch.subject);
                for case in &switch.cases {
                    self.all(&case.values);
                    self.block(&case.body);
                }
            }
            Statement::Loop(repetition) => {
                // The condition of a loop is a look.
                for statement in &repetition.before {
                    match statement {
                        Statement::Plain(expression) => self.expression(expression),
                        other => self.statement(other),
                    }
                }
                self.all(repetition.each.iter().map(|(_, over)| over));
                self.block(&repetition.body);
            }
            Statement::Try(attempt) => {
                self.block(&attempt.body);
                for catch in &attempt.catches {
                    self.block(&catch.body);
                }
                self.block(&attempt.otherwise);
                self.block(&attempt.finally);
            }
            Statement::Return(values) => {
                if let Some(number) = self.function
                    && values.iter().any(|value| !matches!(value.value, Value::Nothing))
                {
                    self.looked.gives.insert(number);
                }
                self.all(values);
            }
            Statement::Raise(value) => self.all(value),
            Statement::Block(block) => self.block(block),
            Statement::Break | Statement::Continue | Statement::Jump | Statement::Global(_) => {}
        }
    }

    fn asks(&mut self, condition: &Expression) {
        match about(condition, self.text) {
            Some((About::Call(call), _)) => self.looked.asked.extend(called(call)),
            Some((About::Variable(name), _)) => {
                self.asked.insert((self.function, name.clone()));
            }
            None => {}
        }
    }

    /// An expression of which nobody looks at the value.
    fn dropped(&mut self, expression: &Expression) {
        match (&expression.value, called(expression)) {
            (Value::Call(callee, given), Some(name)) => {
                // A method that hands on to another of its name does not call itself.
                let own = self.function.and_then(|number| self.unit.functions.get(number));
                let hands_on = own.is_some_and(|own| own.name == name)
                    && matches!(callee.value, Value::Member(..));
                if !hands_on {
                    self.looked.dropped.insert(name);
                }
                if let Value::Member(object, _) = &callee.value {
                    self.expression(object);
                }
                self.arguments(given);
            }
            _ => self.expression(expression),
        }
    }

    fn assign(&mut self, assign: &Assign) {
        match (assign.targets.as_slice(), assign.values.as_slice()) {
            ([target], [value]) if called(value).is_some() && !assign.adds => {
                let callee = called(value).unwrap_or_else(|| "".into());
                self.dropped(value);
                match &target.value {
                    Value::Name(name) => self.kept.push((self.function, name.clone(), callee)),
                    Value::Nothing => {}
                    _ => {
                        self.looked.used.insert(callee);
                        self.expression(target);
                    }
                }
            }
            (targets, values) => {
                self.all(values);
                let others = targets.iter().filter(|it| !matches!(it.value, Value::Name(_)));
                self.all(others);
            }
        }
    }

    fn arguments(&mut self, given: &[Argument]) {
        self.all(given.iter().map(|argument| &argument.value));
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expression>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            if let Part::Hole(hole) = part {
                self.expression(hole);
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match &expression.value {
            Value::Name(name) => {
                self.looked.used.insert(name.clone());
                self.reads(name);
            }
            Value::Member(object, name) => {
                self.looked.used.insert(name.clone());
                self.expression(object);
            }
            Value::Call(callee, given) => {
                self.expression(callee);
                self.arguments(given);
            }
            Value::New(_, given) => self.arguments(given),
            Value::Text(parts) | Value::Shell(parts) => self.parts(parts),
            Value::List(items) | Value::Join(items) | Value::Other(items) => {
                self.all(items);
            }
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.expression(key);
                    self.expression(value);
                }
            }
            Value::Either(condition, items) => {
                self.all(condition.as_deref());
                self.all(items);
            }
            Value::Index(left, right)
            | Value::Same(_, left, right)
            | Value::Format(left, right) => {
                self.expression(left);
                self.expression(right);
            }
            Value::Spread(inner) => self.expression(inner),
            Value::Each(each) => {
                for (variable, over) in &each.clauses {
                    self.all(variable);
                    self.expression(over);
                }
                self.expression(&each.item);
            }
            Value::Assign(assign) => {
                self.assign(assign);
                self.looked.used.extend(assign.values.iter().filter_map(called));
            }
            Value::Lambda(_) | Value::Literal(_) | Value::Nothing | Value::Import(_) => {}
        }
    }
}

/// The last name of what a call calls.
pub(super) fn called(expression: &Expression) -> Option<Name> {
    let Value::Call(callee, _) = &expression.value else { return None };
    match &callee.value {
        Value::Name(name) | Value::Member(_, name) => Some(name.clone()),
        _ => None,
    }
}
