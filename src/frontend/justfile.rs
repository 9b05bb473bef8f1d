//! Files of just: recipes, each line of which a shell of its own runs, or a
//! program that the first line names.
//!
//! What stands between `{{` and `}}` is put in place where it is a name with a
//! known value; anything else is left to the shell's reader, which takes it for
//! something unknown.

use std::collections::HashMap;
use std::ops::Range;

use super::host::{Piece, recipes, recipes::Recipe, settings::Settings, steps::Steps};
use super::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::procedure::Failure;
use crate::source::{Embedding, Source};

use read::{Justfile, Line, Written, in_backticks};

mod read;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "justfile",
    reads: "recipes of just",
    globs: &["justfile", ".justfile", "*.just", "justfile.*"],
    interpreters: &["just"],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let justfile = Justfile::read(&source.text);
        let lowering = Lowering { source, justfile: &justfile, context };
        let mut recipes: Vec<Recipe> = lowering.variables(&mut lowered).into_iter().collect();
        for recipe in &justfile.recipes {
            let (body, looks) = lowering.recipe(recipe, &mut lowered).finish_with_looks();
            let needs = [VARIABLES].into_iter().map(str::to_owned);
            recipes.push(Recipe {
                name: recipe.name.clone(),
                span: source.span(recipe.range.clone()),
                needs: needs.chain(recipe.needs.iter().cloned()).collect(),
                body,
                looks,
                then: recipe.then.clone(),
            });
        }
        lowered.procedures.extend(recipes::procedures(recipes, FRONTEND.name));
        super::invoked::tidy(&mut lowered.procedures);
    }
    lowered
}

/// What the commands are called whose output variables hold: just runs them before
/// any recipe.
const VARIABLES: &str = "variables";

struct Lowering<'s, 'a, 'c> {
    source: &'s Source<'a>,
    justfile: &'s Justfile<'s>,
    context: Context<'c>,
}

impl Lowering<'_, '_, '_> {
    /// The commands whose output variables hold.
    fn variables(&self, out: &mut Lowered) -> Option<Recipe> {
        let asked = &self.justfile.asked;
        let range = asked.first()?.start..asked.last()?.end;
        let mut steps = Steps::default();
        self.asked(asked, &mut steps, out);
        let (body, looks) = steps.finish_with_looks();
        let (name, needs, then) = (VARIABLES.to_owned(), Vec::new(), Vec::new());
        let span = self.source.span(range);
        (!body.is_empty()).then_some(Recipe { name, span, needs, body, looks, then })
    }

    /// Commands between backticks.
    fn asked(&self, asked: &[Range<usize>], steps: &mut Steps, out: &mut Lowered) {
        let Some(language) = self.language() else { return };
        for range in asked {
            let line = Line { range: range.clone(), failure: Failure::Raises };
            self.run(language, &line, steps, out);
        }
    }

    /// What runs lines.
    fn language(&self) -> Option<&'static str> {
        match &self.justfile.shell {
            None => Some("shell"),
            Some(words) => interpreted_by(words.split_whitespace()).ok(),
        }
    }

    fn recipe(&self, recipe: &Written, out: &mut Lowered) -> Steps {
        let mut steps = Steps::default();
        self.asked(&recipe.asked, &mut steps, out);
        steps.append(self.body(&recipe.lines, out));
        steps
    }

    fn body(&self, lines: &[Line], out: &mut Lowered) -> Steps {
        let mut steps = Steps::default();
        let text = &*self.source.text;
        if let (Some(first), Some(last)) = (lines.first(), lines.last())
            && let Some(command) = text[first.range.clone()].trim_start().strip_prefix("#!")
        {
            if let Ok(language) = interpreted_by(command.split_whitespace()) {
                let range = first.range.start..last.range.end;
                self.run(language, &Line { range, failure: Failure::Raises }, &mut steps, out);
            }
            return steps;
        }
        for line in lines {
            if let Some(language) = self.language() {
                self.asked(&self.put_in(line), &mut steps, out);
                self.run(language, line, &mut steps, out);
            }
        }
        steps
    }

    /// The commands whose output is put into a line: ``{{ `…` }}``.
    fn put_in(&self, line: &Line) -> Vec<Range<usize>> {
        let text = &*self.source.text;
        let opens = text[line.range.clone()].match_indices("{{");
        let inner = opens.filter_map(|(at, open)| {
            let start = line.range.start + at + open.len();
            let length = text[start..line.range.end].find("}}")?;
            Some(in_backticks(text, start..start + length))
        });
        inner.flatten().collect()
    }

    fn run(&self, language: &str, line: &Line, steps: &mut Steps, out: &mut Lowered) {
        let Line { range, failure } = line.clone();
        let mut settings = Settings::default();
        for name in &self.justfile.exported {
            if let Some(value) = self.justfile.values.get(name) {
                settings.set_literal(name, value);
            }
        }
        let mut code = self.source.embed();
        if language == "shell" {
            let prelude = settings.prelude(&self.source.text[range.clone()]);
            code.replace(&prelude, range.start..range.start);
        }
        self.fill(range, &mut code);
        let code = code.finish();
        steps.run(Piece { language, source: &code, failure }, self.context, out);
    }

    /// Appends a text with the known values of what stands in braces.
    fn fill(&self, range: Range<usize>, code: &mut Embedding<'_, '_>) {
        let text = &*self.source.text;
        let mut at = range.start;
        while let Some(found) = text[at..range.end].find("{{") {
            let start = at + found;
            let Some(length) = text[start..range.end].find("}}") else { break };
            let end = start + length + "}}".len();
            let name = text[start + "{{".len()..end - "}}".len()].trim();
            code.copy(at..start);
            match self.justfile.values.get(name) {
                Some(value) => code.replace(value, start..end),
                None if name.starts_with('{') => code.copy(start..end),
                None => code.replace(&stand_in(name), start..end),
            }
            at = end;
        }
        code.copy(at..range.end);
    }
}

/// A variable of the shell that stands for an expression.
fn stand_in(expression: &str) -> String {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(6).collect();
    let name = words.join("_");
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        format!("${{{name}}}")
    } else {
        format!("${{just_{name}}}")
    }
}

/// Values of variables by their names.
type Values<'s> = HashMap<&'s str, String>;
