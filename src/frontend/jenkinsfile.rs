//! Pipelines of Jenkins, declarative and scripted: what their `sh`, `bat` and
//! `powershell` steps run, in the order of the stages.
//!
//! A step that fails ends the pipeline, unless `catchError`, `try`, or a look at
//! its status takes the failure. `scan` splits the Groovy into tokens, `text`
//! turns its texts into code, `block` walks blocks and statements, `step` reads
//! the steps, `wrap` knows what blocks of a name do.

use std::collections::HashMap;

use super::host::settings::Settings;
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Node, Procedure};
use crate::source::{Source, Span};

use scan::{Kind, Token};

mod block;
mod branch;
mod scan;
mod step;
mod text;
mod wrap;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "jenkinsfile",
    reads: "Jenkins pipelines: sh, bat and powershell steps",
    globs: &["Jenkinsfile", "Jenkinsfile*", "*Jenkinsfile", "*.jenkins", "*.groovy"],
    interpreters: &["groovy"],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

/// What the procedure of the pipeline is called.
const PIPELINE: &str = "pipeline";

/// How many tokens of an assignment are looked at.
const LONGEST: usize = 256;

/// How deep blocks are read.
const DEEPEST: u16 = 64;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let tokens = scan::scan(&source.text);
        let mut pipeline = Pipeline {
            source,
            tokens: &tokens,
            context,
            settings: Settings::default(),
            values: HashMap::new(),
            looks: HashMap::new(),
            functions: HashMap::new(),
            depth: 0,
            too_deep: false,
            out: Lowered::default(),
        };
        pipeline.collect();
        pipeline.procedures();
        let mut found = pipeline.out;
        super::invoked::tidy(&mut found.procedures);
        lowered.extend(found);
    }
    lowered
}

/// A function of the file.
#[derive(Clone, Debug)]
struct Function {
    parameters: Vec<String>,
    /// Numbers of the tokens in its braces.
    body: std::ops::Range<usize>,
    span: Span,
    /// Numbers of all its tokens.
    tokens: std::ops::Range<usize>,
}

struct Pipeline<'s, 'a, 'c> {
    source: &'s Source<'a>,
    tokens: &'s [Token],
    context: Context<'c>,
    /// What `environment` and `withEnv` set at the place at hand.
    settings: Settings,
    /// The one token that a variable holds; none if there are several.
    values: HashMap<&'s str, Option<usize>>,
    /// Variables that hold the lock state, and where they get it.
    looks: HashMap<&'s str, std::ops::Range<usize>>,
    functions: HashMap<&'s str, Function>,
    depth: u16,
    too_deep: bool,
    out: Lowered,
}

impl<'s> Pipeline<'s, '_, '_> {
    /// The text of a token.
    fn slice(&self, number: usize) -> &'s str {
        self.tokens.get(number).map_or("", |token| &self.source.text[token.range.clone()])
    }

    fn kind(&self, number: usize) -> Option<Kind> {
        self.tokens.get(number).map(|token| token.kind)
    }

    fn is(&self, number: usize, text: &str) -> bool {
        self.kind(number).is_some_and(|kind| !matches!(kind, Kind::Text(_)))
            && self.slice(number) == text
    }

    /// Whether a name is a member of what stands before it.
    fn follows_dot(&self, number: usize) -> bool {
        number > 0 && self.is(number - 1, ".")
    }

    /// The text token that a variable holds.
    fn held(&self, name: &str) -> Option<usize> {
        self.values.get(name).copied().flatten()
    }

    /// The bytes of tokens.
    fn bytes(&self, tokens: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.range.start);
        let last = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.range.end).max(start)
    }

    /// Notes functions, and what variables hold.
    fn collect(&mut self) {
        for number in 0..self.tokens.len() {
            if self.kind(number) != Some(Kind::Word) {
                continue;
            }
            if let Some(function) = self.function_at(number) {
                self.functions.insert(self.slice(number), function);
            } else if self.is(number + 1, "=")
                && !self.is(number + 2, "=")
                && !self.follows_dot(number)
            {
                self.assigned(number);
            }
        }
    }

    fn assigned(&mut self, number: usize) {
        let name = self.slice(number);
        let end = self.statement_end(number, self.tokens.len().min(number + LONGEST));
        let is_text = matches!(self.kind(number + 2), Some(Kind::Text(_)));
        // `.trim()` and `.stripIndent()` leave the text what it is.
        let is_sole = is_text && !(number + 3..end).any(|other| self.is(other, "+"));
        let value = is_sole.then_some(number + 2);
        self.values.entry(name).and_modify(|known| *known = None).or_insert(value);
        let text = &self.source.text[self.bytes(&(number + 2..end))];
        if text.len() < 4096 && super::lock_state::is_mentioned(text) {
            self.looks.insert(name, number + 2..end);
        }
    }

    /// The function whose name a token is, where it is defined.
    fn function_at(&self, number: usize) -> Option<Function> {
        let is_typed = number > 0
            && self.kind(number - 1) == Some(Kind::Word)
            && !matches!(self.slice(number - 1), "return" | "new" | "else" | "throw" | "in");
        let open = number + 1;
        if !is_typed || self.kind(open) != Some(Kind::Open(b'(')) {
            return None;
        }
        let close = self.tokens[open].partner;
        let brace = close.checked_add(1)?;
        if self.kind(brace) != Some(Kind::Open(b'{')) {
            return None;
        }
        let end = self.tokens[brace].partner;
        let words = (open + 1..close).filter(|word| {
            self.kind(*word) == Some(Kind::Word)
                && (self.is(word + 1, ",") || self.is(word + 1, "=") || word + 1 == close)
        });
        let parameters = words.map(|word| self.slice(word).to_owned()).collect();
        let tokens = number - 1..(end + 1).min(self.tokens.len());
        let span = self.source.span(self.bytes(&tokens));
        Some(Function { parameters, body: brace + 1..end, span, tokens })
    }

    fn procedures(&mut self) {
        let whole = 0..self.tokens.len();
        let body = self.block(whole).finish();
        let span = self.source.span(0..self.source.text.len());
        self.procedure(PIPELINE, span, Vec::new(), body);
        let mut functions: Vec<(&str, Function)> =
            self.functions.iter().map(|(name, function)| (*name, function.clone())).collect();
        functions.sort_by_key(|(_, function)| function.span);
        for (name, function) in functions {
            let body = self.block(function.body).finish();
            // A text holds a parameter as `$name` or as `${name}`.
            let parameters = function.parameters.iter();
            let forms = parameters.flat_map(|name| [format!("${name}"), format!("${{{name}}}")]);
            self.procedure(name, function.span, forms.collect(), body);
        }
    }

    fn procedure(&mut self, name: &str, span: Span, parameters: Vec<String>, body: Vec<Node>) {
        self.out.procedures.push(Procedure {
            name: name.to_owned(),
            span,
            frontend: FRONTEND.name,
            parameters,
            body,
        });
    }
}
