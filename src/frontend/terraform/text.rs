//! The texts of code inside an expression, wherever its author put them: in a
//! string, in a local, in a list of lines, inside `base64encode(…)`.

use std::rc::Rc;

use super::evaluate::{Evaluator, definition};
use super::scope::{Scope, Variables};
use super::tree::{Call, Expression, Kind, Part};

/// How deep a text is looked for; each local and each call is a level.
const MAX_LEVELS: u8 = 16;

/// How many expressions a text is looked for in.
const MAX_LOOKS: u16 = 1000;

/// Functions that give their first argument, as far as code goes.
const TRANSPARENT: &[&str] = &[
    "base64encode",
    "base64gzip",
    "chomp",
    "nonsensitive",
    "replace",
    "sensitive",
    "textencodebase64",
    "tostring",
    "trimspace",
];

/// A text of code: strings and other values in order.
pub(super) struct Text<'s, 'p> {
    /// What names mean in it.
    pub(super) scope: Scope<'s, 'p>,
    /// Its parts: expressions of one source.
    pub(super) parts: Vec<&'p Expression>,
    /// How they are put together.
    pub(super) join: Join,
    /// What the verbs of a format string stand for.
    pub(super) arguments: Vec<&'p Expression>,
    /// What a template in a file of its own is given.
    pub(super) variables: Rc<Variables>,
}

/// How the parts of a text are put together.
#[derive(Clone)]
pub(super) enum Join {
    /// With such a text between, such as a line break.
    With(String),
    /// As the words of a command, each quoted if it must be.
    Words,
}

impl Join {
    /// As the lines of a script.
    pub(super) fn lines() -> Self {
        Self::With("\n".into())
    }
}

/// The texts that an expression may give: more than one where a condition
/// cannot be told, none where it comes from outside.
pub(super) fn texts<'s, 'p>(
    expression: &'p Expression,
    evaluator: &Evaluator<'p>,
    scope: Scope<'s, 'p>,
    join: &Join,
) -> Vec<Text<'s, 'p>> {
    let mut search = Search { evaluator, found: Vec::new(), looks: 0 };
    search.expression(expression, scope, join, 0);
    search.found
}

/// The search for texts in an expression.
struct Search<'e, 's, 'p> {
    evaluator: &'e Evaluator<'p>,
    found: Vec<Text<'s, 'p>>,
    looks: u16,
}

impl<'s, 'p> Search<'_, 's, 'p> {
    fn expression(
        &mut self,
        expression: &'p Expression,
        scope: Scope<'s, 'p>,
        join: &Join,
        level: u8,
    ) {
        if level > MAX_LEVELS || self.looks > MAX_LOOKS {
            return;
        }
        self.looks += 1;
        if let Some((value, scope)) = definition(expression, scope) {
            return self.expression(value, scope, join, level + 1);
        }
        match &expression.kind {
            Kind::Conditional(conditional) => {
                for (condition, value) in &conditional.choices {
                    match self.evaluator.evaluate(condition, scope).as_bool() {
                        Some(false) => {}
                        Some(true) => return self.expression(value, scope, join, level + 1),
                        None => self.expression(value, scope, join, level + 1),
                    }
                }
                self.expression(&conditional.otherwise, scope, join, level + 1);
            }
            Kind::Call(call) => self.call(call, scope, join, level),
            Kind::Tuple(parts) => self.add(parts.iter().collect(), Vec::new(), scope, join),
            // A string that only interpolates is what it interpolates.
            Kind::Template(template) => match template.parts.as_slice() {
                [Part::Interpolation(only)] => self.expression(&only.inner, scope, join, level + 1),
                _ => self.add(vec![expression], Vec::new(), scope, join),
            },
            _ => {}
        }
    }

    fn add(
        &mut self,
        parts: Vec<&'p Expression>,
        arguments: Vec<&'p Expression>,
        scope: Scope<'s, 'p>,
        join: &Join,
    ) {
        let (join, variables) = (join.clone(), Rc::new([]) as Rc<Variables>);
        self.found.push(Text { scope, parts, join, arguments, variables });
    }

    /// Adds the text of a file, if that is at hand.
    fn add_file(&mut self, path: &'p Expression, scope: Scope<'s, 'p>, join: &Join) {
        if let Some(file) = self.evaluator.file(path, scope) {
            self.add(vec![&file.text], Vec::new(), scope, join);
        }
    }

    fn add_template(
        &mut self,
        [path, given]: [&'p Expression; 2],
        scope: Scope<'s, 'p>,
        join: &Join,
    ) {
        let file = self.evaluator.file(path, scope);
        if let Some(template) = file.and_then(|file| file.template.as_ref()) {
            let variables = self.evaluator.variables(given, scope);
            let (parts, join, arguments) = (vec![template], join.clone(), Vec::new());
            self.found.push(Text { scope, parts, join, arguments, variables });
        }
    }

    fn call(&mut self, call: &'p Call, scope: Scope<'s, 'p>, join: &Join, level: u8) {
        match (&*call.name, call.arguments.as_slice()) {
            (name, [first, ..]) if TRANSPARENT.contains(&name) => {
                self.expression(first, scope, join, level + 1);
            }
            ("file" | "filebase64", [path]) => self.add_file(path, scope, join),
            ("templatefile", [path, given]) => self.add_template([path, given], scope, join),
            ("indent", [_, text]) => self.expression(text, scope, join, level + 1),
            ("coalesce" | "try", options) => {
                for option in options {
                    self.expression(option, scope, join, level + 1);
                }
            }
            ("join", [separator, list]) => {
                let separator = self.evaluator.evaluate(separator, scope).as_text();
                let separator = separator.map_or_else(|| "\n".to_owned(), |it| it.to_string());
                self.expression(list, scope, &Join::With(separator), level + 1);
            }
            ("concat", lists) => {
                let parts = lists.iter().flat_map(items).collect();
                self.add(parts, Vec::new(), scope, join);
            }
            ("format", [format, arguments @ ..]) => {
                self.add(vec![format], arguments.iter().collect(), scope, join);
            }
            _ => {}
        }
    }
}

/// The items of a list that is written out, or the expression for one that is
/// not.
pub(super) fn items(list: &Expression) -> Vec<&Expression> {
    match &list.kind {
        Kind::Tuple(items) => items.iter().collect(),
        _ => vec![list],
    }
}
