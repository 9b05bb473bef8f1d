//! Makefiles: recipes, each line of which a shell of its own runs, in the order
//! in which targets need each other.
//!
//! What make expands is expanded here as far as the file and those that it includes
//! tell it; what they do not tell stands in the code as a variable of the shell.
//! Both arms of a conditional are read.

use std::collections::HashMap;

use super::host::{self, Piece, recipes, recipes::Recipe, steps::Steps};
use super::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::{Source, Span};

use expand::{Arguments, Expander};
use read::{Line, Makefile, Rule};

mod expand;
mod include;
mod read;
mod variables;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "makefile",
    reads: "Makefiles: recipes, and `$(shell …)` in variables",
    globs: &[
        "Makefile",
        "GNUmakefile",
        "BSDmakefile",
        "Makefile.*",
        "Makefile-*",
        "*.mk",
        "*.mak",
        "*.make",
        "*.makefile",
    ],
    interpreters: &["make", "gmake"],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::Linked(include::links),
    max_bytes: 1 << 20,
    lower,
};

/// How deep canned recipes may use each other.
const MOST_CANNED: usize = 8;

/// How many targets a rule's recipe is read for.
const MOST_TARGETS: usize = 8;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let makefiles = include::with_variables(sources);
    for (source, makefile) in sources.iter().zip(makefiles) {
        let expander = Expander::new(source, &makefile.variables);
        let lowering = Lowering { source, makefile: &makefile, expander, context };
        lowering.file(&mut lowered);
    }
    lowered
}

struct Lowering<'s, 'a, 'c> {
    source: &'s Source<'a>,
    makefile: &'s Makefile<'s>,
    expander: Expander<'s, 'a>,
    context: Context<'c>,
}

impl Lowering<'_, '_, '_> {
    fn file(&self, out: &mut Lowered) {
        self.variables(out);
        let mut recipes = Vec::new();
        for rule in &self.makefile.rules {
            for target in rule.targets.iter().take(MOST_TARGETS) {
                let (body, looks) = self.recipe(rule, target, out).finish_with_looks();
                recipes.push(Recipe {
                    name: target.clone(),
                    span: self.span_of(rule),
                    needs: rule.needs.clone(),
                    body,
                    looks,
                    then: Vec::new(),
                });
            }
        }
        out.procedures.extend(recipes::procedures(merged(recipes), FRONTEND.name));
        super::invoked::tidy(&mut out.procedures);
    }

    fn span_of(&self, rule: &Rule) -> Span {
        self.source.span(rule.range.clone())
    }

    /// What the values of variables run while the file is read.
    fn variables(&self, out: &mut Lowered) {
        let mut body = Vec::new();
        for command in &self.makefile.commands {
            let code = self.expander.code(command.clone(), &Arguments::default(), "");
            let piece = Piece { language: "shell", source: &code, failure: Failure::Continues };
            body.extend(host::run(piece, self.context, out));
        }
        if has_calls(&body) {
            out.procedures.push(Procedure {
                name: "variables".to_owned(),
                span: self.source.span(0..self.source.text.len()),
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body,
            });
        }
    }

    fn recipe(&self, rule: &Rule, target: &str, out: &mut Lowered) -> Steps {
        let arguments = Arguments {
            target: target.to_owned(),
            first_need: rule.needs.first().cloned(),
            given: Vec::new(),
        };
        let mut steps = Steps::default();
        if let (true, Some(first), Some(last)) =
            (self.makefile.one_shell, rule.lines.first(), rule.lines.last())
        {
            let range = first.range.start..last.range.end;
            let whole = Line { range, failure: first.failure };
            self.line(&whole, &arguments, &mut steps, out);
        } else {
            self.lines(&rule.lines, &arguments, 0, &mut steps, out);
        }
        steps
    }

    fn lines(
        &self,
        lines: &[Line],
        arguments: &Arguments,
        depth: usize,
        steps: &mut Steps,
        out: &mut Lowered,
    ) {
        for line in lines {
            let text = self.source.text.get(line.range.clone()).unwrap_or_default();
            if let Some((mut canned, given)) = self.expander.canned(text, arguments)
                && depth < MOST_CANNED
            {
                let inner = Arguments { given, ..arguments.clone() };
                if line.failure != Failure::Raises {
                    for canned in &mut canned {
                        canned.failure = line.failure;
                    }
                }
                self.lines(&canned, &inner, depth + 1, steps, out);
            } else if let Some(goals) = self.expander.goals(text, arguments) {
                steps.extend(goals.iter().filter_map(|goal| {
                    let rule = self.makefile.rule_of(goal)?;
                    Some(recipes::invoke(self.span_of(rule), line.failure))
                }));
            } else {
                self.line(line, arguments, steps, out);
            }
        }
    }

    fn line(&self, line: &Line, arguments: &Arguments, steps: &mut Steps, out: &mut Lowered) {
        let Some((language, options)) = self.shell() else { return };
        let code = self.expander.code(line.range.clone(), arguments, options);
        let piece = Piece { language, source: &code, failure: line.failure };
        steps.run(piece, self.context, out);
    }

    /// What runs recipes, and what its options come to.
    fn shell(&self) -> Option<(&'static str, &'static str)> {
        let variables = &self.makefile.variables;
        let shell = variables.text("SHELL").unwrap_or_default();
        let is_known = !shell.contains("$(") && !shell.trim().is_empty();
        let language =
            if is_known { interpreted_by(shell.split_whitespace()).ok()? } else { "shell" };
        let flags = variables.text(".SHELLFLAGS").unwrap_or_default();
        let options = match (exits(&flags) || exits(&shell), flags.contains("pipefail")) {
            _ if language != "shell" => "",
            (true, true) => "set -e -o pipefail\n",
            (true, false) => "set -e\n",
            (false, true) => "set -o pipefail\n",
            (false, false) => "",
        };
        Some((language, options))
    }
}

/// Whether options make a shell stop at the first failure.
fn exits(flags: &str) -> bool {
    flags
        .split_whitespace()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'))
}

/// The recipes of each target as one: what several rules say of it adds up.
fn merged(recipes: Vec<Recipe>) -> Vec<Recipe> {
    let mut numbers = HashMap::new();
    let mut all: Vec<Recipe> = Vec::new();
    for recipe in recipes {
        match numbers.get(&recipe.name) {
            None => {
                numbers.insert(recipe.name.clone(), all.len());
                all.push(recipe);
            }
            Some(number) => {
                let known: &mut Recipe = &mut all[*number];
                known.needs.extend(recipe.needs);
                if known.body.is_empty() {
                    known.span = recipe.span;
                }
                known.body.extend(recipe.body);
                known.looks.extend(recipe.looks);
            }
        }
    }
    all
}
