//! The texts of code inside an expression, wherever its author put them: in a
//! string, in a local, in a list of lines, inside `base64encode(…)`.

use tree_sitter::Node;

use super::evaluate::Evaluator;
use super::expression::{Call, Expression, Term, named, only_child};
use super::kind;
use super::scope::Scope;
use super::string::{Piece, is_string, pieces};

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
pub(super) struct Text<'s, 't> {
    /// What names mean in it.
    pub(super) scope: Scope<'s, 't>,
    /// Its parts: expressions of one file.
    pub(super) parts: Vec<Node<'t>>,
    /// How they are put together.
    pub(super) join: Join,
    /// What the verbs of a format string stand for.
    pub(super) arguments: Vec<Node<'t>>,
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
pub(super) fn texts<'s, 't>(
    expression: Node<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'s, 't>,
    join: &Join,
) -> Vec<Text<'s, 't>> {
    let mut search = Search { evaluator, found: Vec::new(), looks: 0 };
    search.expression(expression, scope, join, 0);
    search.found
}

/// The search for texts in an expression.
struct Search<'e, 'c, 's, 't> {
    evaluator: &'e Evaluator<'c, 't>,
    found: Vec<Text<'s, 't>>,
    looks: u16,
}

impl<'s, 't> Search<'_, '_, 's, 't> {
    fn expression(&mut self, node: Node<'t>, scope: &Scope<'s, 't>, join: &Join, level: u8) {
        if level > MAX_LEVELS || self.looks > MAX_LOOKS {
            return;
        }
        self.looks += 1;
        match Expression::read(node) {
            Some(Expression::Conditional { choices, otherwise }) => {
                for (condition, value) in choices {
                    match self.evaluator.evaluate(condition, scope).value.as_text() {
                        Some("false") => {}
                        Some("true") => return self.expression(value, scope, join, level + 1),
                        _ => self.expression(value, scope, join, level + 1),
                    }
                }
                self.expression(otherwise, scope, join, level + 1);
            }
            Some(operation) => {
                if let Some(term) = operation.term() {
                    self.term(node, &term, scope, join, level);
                }
            }
            None => {}
        }
    }

    fn term(
        &mut self,
        node: Node<'t>,
        term: &Term<'t>,
        scope: &Scope<'s, 't>,
        join: &Join,
        level: u8,
    ) {
        if let Some((value, file)) = self.evaluator.definition(term, scope) {
            return self.expression(value, &Scope::file(file, 0), join, level + 1);
        }
        if !term.steps.is_empty() {
            return;
        }
        match (term.head.kind(), only_child(term.head)) {
            (kind::EXPRESSION, _) => self.expression(term.head, scope, join, level + 1),
            (kind::CALL, _) => self.call(term.head, scope, join, level),
            (kind::COLLECTION, Some(list)) if list.kind() == kind::TUPLE => {
                let parts = named(list, kind::EXPRESSION);
                self.found.push(Text {
                    scope: scope.clone(),
                    parts,
                    join: join.clone(),
                    arguments: Vec::new(),
                });
            }
            (_, Some(string)) if is_string(string) => self.string(node, string, scope, join, level),
            _ => {}
        }
    }

    /// A string that only interpolates is what it interpolates.
    fn string(
        &mut self,
        node: Node<'t>,
        string: Node<'t>,
        scope: &Scope<'s, 't>,
        join: &Join,
        level: u8,
    ) {
        let pieces = pieces(string, self.evaluator.configuration.text(scope.file));
        if let [Piece::Interpolation(only)] = pieces.as_slice()
            && let Some(inner) = named(*only, kind::EXPRESSION).pop()
        {
            return self.expression(inner, scope, join, level + 1);
        }
        self.found.push(Text {
            scope: scope.clone(),
            parts: vec![node],
            join: join.clone(),
            arguments: Vec::new(),
        });
    }

    fn call(&mut self, call: Node<'t>, scope: &Scope<'s, 't>, join: &Join, level: u8) {
        let Call { name, arguments, .. } =
            Call::read(call, self.evaluator.configuration.text(scope.file));
        match (name, arguments.as_slice()) {
            (name, [first, ..]) if TRANSPARENT.contains(&name) => {
                self.expression(*first, scope, join, level + 1);
            }
            ("indent", [_, text]) => self.expression(*text, scope, join, level + 1),
            ("coalesce" | "try", options) => {
                for option in options {
                    self.expression(*option, scope, join, level + 1);
                }
            }
            ("join", [separator, list]) => {
                let separator = self.evaluator.evaluate(*separator, scope).value;
                let separator = separator.as_text().unwrap_or("\n").to_owned();
                self.expression(*list, scope, &Join::With(separator), level + 1);
            }
            ("concat", lists) => {
                let parts = lists.iter().flat_map(|list| items(*list)).collect();
                let (scope, join) = (scope.clone(), join.clone());
                self.found.push(Text { scope, parts, join, arguments: Vec::new() });
            }
            ("format", [format, arguments @ ..]) => {
                let (scope, join) = (scope.clone(), join.clone());
                let (parts, arguments) = (vec![*format], arguments.to_vec());
                self.found.push(Text { scope, parts, join, arguments });
            }
            _ => {}
        }
    }
}

/// The items of a list that is written out, or the expression for one that is
/// not.
pub(super) fn items(list: Node<'_>) -> Vec<Node<'_>> {
    let term = Expression::read(list).and_then(Expression::term);
    let tuple = term.filter(|term| term.steps.is_empty()).and_then(|term| only_child(term.head));
    match tuple.filter(|tuple| tuple.kind() == kind::TUPLE) {
        Some(tuple) => named(tuple, kind::EXPRESSION),
        None => vec![list],
    }
}
