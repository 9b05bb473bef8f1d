//! What functions call what they are given: `$1`, and the variables that hold
//! it.

use tree_sitter::Node;

use super::Lowering;
use crate::frontend::shell::kind;
use crate::frontend::shell::word::Word;
use crate::frontend::syntax;
use crate::procedure::Value;

/// How many parameters of a function are told apart.
const MOST: usize = 9;

/// How many variables of a function are looked at.
const MOST_NAMES: usize = 32;

impl<'t> Lowering<'_, 't, '_> {
    /// What a function calls its parameters, each with its number.
    pub(super) fn parameters(&self, scope: usize) -> &[(String, usize)] {
        self.parameters[scope].get_or_init(|| self.named_parameters(scope))
    }

    fn named_parameters(&self, scope: usize) -> Vec<(String, usize)> {
        let mut names: Vec<(String, usize)> =
            (1..=MOST).flat_map(|number| forms(&number.to_string(), number)).collect();
        if scope == 0 {
            return Vec::new();
        }
        let mut held: Vec<(&'t str, Option<usize>)> = Vec::new();
        syntax::walk(self.script.scopes[scope].node, |node| {
            if node.kind() == kind::ASSIGNMENT && held.len() < MOST_NAMES {
                held.extend(self.held(node, scope));
            }
            true
        });
        for (name, number) in &held {
            let once = held.iter().filter(|(other, _)| other == name).count() == 1;
            if let Some(number) = number.filter(|_| once) {
                names.extend(forms(name, number));
            }
        }
        names
    }

    /// The values of a function's parameters in a call, by what it calls them.
    pub(super) fn given(&self, scope: usize, arguments: &[Word<'t>]) -> Vec<(String, Value)> {
        let several = arguments.iter().position(|word| word.several);
        let known = &arguments[..several.unwrap_or(arguments.len())];
        let named = self.parameters(scope).iter();
        named
            .filter_map(|(name, number)| Some((name.clone(), known.get(number - 1)?.value.clone())))
            .collect()
    }

    /// The variable that an assignment gives a value, and the number of the
    /// parameter that this is.
    fn held(&self, assignment: Node<'t>, scope: usize) -> Option<(&'t str, Option<usize>)> {
        let name = self.script.slice(assignment.child_by_field_name("name")?);
        let value = assignment.child_by_field_name("value").map(|value| self.script.slice(value));
        let bare = value.unwrap_or_default().trim_matches('"');
        let inner = bare.trim_start_matches('$').trim_start_matches('{');
        let digits = inner.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(inner.len());
        let whole = matches!(&inner[digits..], "" | "}") || inner[digits..].starts_with(":?");
        let number = inner[..digits].parse::<usize>().ok();
        let number = number.filter(|number| whole && bare.starts_with('$') && *number > 0);
        let shifted = self.script.shifted(scope, assignment.start_byte());
        Some((name, number.zip(shifted).map(|(number, shifted)| number + shifted)))
    }
}

/// The ways to write a variable.
fn forms(name: &str, number: usize) -> [(String, usize); 2] {
    [(format!("${name}"), number), (format!("${{{name}}}"), number)]
}
