//! Puts the pieces of code of a document together as one procedure.
//!
//! What is typed into a shell is read as one text, and so is what is typed into
//! Python. A piece that would take others with it, since it leaves something
//! open, is read by itself.

use super::code::Code;
use super::failures;
use crate::frontend::{Context, Lowered, host, lower_embedded, python, shell, terraform};
use crate::procedure::{Action, Failure, Invocation, Node};
use crate::source::{Embedding, Source, Span};

/// A piece of code.
pub(in crate::frontend) struct Piece<'d> {
    /// The front end of its language.
    pub(in crate::frontend) language: &'static str,
    /// Its text.
    pub(in crate::frontend) code: Code<'d>,
    /// How it stands to the other pieces.
    pub(in crate::frontend) standing: Standing,
}

/// How a piece stands to the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Standing {
    /// It is typed where those before it were.
    Typed,
    /// It is a program of its own.
    Alone,
    /// It may be a command.
    Possible,
}

/// What whoever runs the code does where a command fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum AtFailure {
    /// They see it, and go no further.
    Stops,
    /// Only what the code makes of it counts.
    AsWritten,
}

/// What stands for a piece of another language among the commands of a shell.
const MARKER: &str = "PieceOfTheDocument";

/// What a file of PHP starts with, and a piece of one need not.
const PHP_OPENS: &str = "<?php\n";

/// The steps of the pieces, in their order.
pub(in crate::frontend) fn steps(
    pieces: &[Piece<'_>],
    source: &Source<'_>,
    at_failure: AtFailure,
    context: Context<'_>,
    out: &mut Lowered,
) -> Vec<Node> {
    let mut assembly = Assembly { pieces, source, at_failure, context, out, done: Vec::new() };
    assembly.done.resize_with(pieces.len(), Vec::new);
    let typed = assembly.typed("shell");
    let programs = assembly.typed("python");
    for (index, piece) in pieces.iter().enumerate() {
        if !contains(&typed, index) && !contains(&programs, index) {
            assembly.done[index] = assembly.alone(piece);
        }
    }
    assembly.program(&programs);
    assembly.session(&typed)
}

struct Assembly<'a, 'd, 's> {
    pieces: &'a [Piece<'d>],
    source: &'a Source<'s>,
    at_failure: AtFailure,
    context: Context<'a>,
    out: &'a mut Lowered,
    /// The steps of each piece that are known already.
    done: Vec<Vec<Node>>,
}

impl Assembly<'_, '_, '_> {
    /// The pieces of a language that are read as one text.
    fn typed(&self, language: &str) -> Vec<usize> {
        let is_sound = |text: &str| match language {
            "python" => python::is_sound(text),
            _ => shell::is_sound(text),
        };
        let fits = |piece: &Piece<'_>| {
            piece.language == language
                && piece.standing == Standing::Typed
                && is_sound(&piece.code.text())
        };
        let pieces = self.pieces.iter().enumerate();
        pieces.filter(|(_, piece)| fits(piece)).map(|(index, _)| index).collect()
    }

    /// A piece that is read by itself.
    fn alone(&mut self, piece: &Piece<'_>) -> Vec<Node> {
        let mut code = piece.code.source(self.source);
        if piece.language == "php" && !code.text.contains("<?") {
            code = host::with_prelude(&code, PHP_OPENS);
        }
        let (language, context) = (piece.language, self.context);
        if piece.standing == Standing::Possible {
            let lowered = lower_embedded(language, &code, context);
            let bodies = lowered.procedures.into_iter().flat_map(|procedure| procedure.body);
            return failures::possible(bodies.collect(), context.catalogue);
        }
        let host = host::Piece { language, source: &code, failure: Failure::Raises };
        let mut steps: Vec<Node> = host::run(host, context, self.out).into_iter().collect();
        // A document shows how a module is called; what that calls in turn is for
        // the module's own code to tell.
        self.out.procedures.retain(|procedure| procedure.name != terraform::UNREAD_MODULES);
        failures::without_patterns(&mut steps);
        if let [Node::Invoke(invocation)] = steps.as_mut_slice()
            && piece.standing == Standing::Typed
        {
            self.at_failures(&mut invocation.body);
        }
        steps
    }

    /// Reads the pieces of a program as one, and gives each its steps.
    fn program(&mut self, indices: &[usize]) {
        let mut code = self.source.embed();
        for index in indices {
            self.append(*index, &mut code);
        }
        let mut nodes = self.top_level("python", &code.finish());
        self.at_failures(&mut nodes);
        let spans: Vec<Span> = indices.iter().map(|index| self.span(*index)).collect();
        let mut at = 0;
        for node in nodes {
            if let Some(place) = place_of(&node) {
                let before = spans.partition_point(|span| span.start <= place.start);
                at = before.saturating_sub(1);
            }
            if let Some(index) = indices.get(at) {
                self.done[*index].push(node);
            }
        }
        for (index, span) in indices.iter().zip(spans) {
            let body = std::mem::take(&mut self.done[*index]);
            if !body.is_empty() {
                self.done[*index] = vec![Node::Invoke(Invocation {
                    procedure: span,
                    given: Vec::new(),
                    failure: Failure::Raises,
                    process: true,
                    body,
                })];
            }
        }
    }

    /// Reads what is typed into a shell as one text, with the other pieces in
    /// their places.
    fn session(&mut self, typed: &[usize]) -> Vec<Node> {
        let mut code = self.source.embed();
        for index in 0..self.pieces.len() {
            if contains(typed, index) {
                self.append(index, &mut code);
            } else if !self.done[index].is_empty() {
                let marker = format!("aliyun ecs {MARKER}{index}\n");
                code.replace(&marker, self.pieces[index].code.range());
            }
        }
        let mut body = self.top_level("shell", &code.finish());
        failures::without_patterns(&mut body);
        self.at_failures(&mut body);
        self.fill(&mut body);
        // What the shell's reading has lost is not lost.
        body.extend(self.done.iter_mut().flat_map(std::mem::take));
        body
    }

    fn at_failures(&self, nodes: &mut [Node]) {
        if self.at_failure == AtFailure::Stops {
            failures::stops_at_failures(nodes);
        }
    }

    fn append(&self, index: usize, code: &mut Embedding<'_, '_>) {
        let piece = &self.pieces[index].code;
        piece.append(code, &self.source.text);
        let end = piece.range().end;
        code.replace("\n", end..end);
    }

    fn span(&self, index: usize) -> Span {
        self.source.span(self.pieces[index].code.range())
    }

    /// The top level of a text; the rest of what is in it goes to the output.
    fn top_level(&mut self, language: &str, code: &Source<'_>) -> Vec<Node> {
        let mut lowered = lower_embedded(language, code, self.context);
        let whole = code.span(0..code.text.len());
        let found = lowered.procedures.iter().position(|procedure| procedure.span == whole);
        let body = found.map(|index| lowered.procedures.remove(index).body);
        self.out.extend(lowered);
        body.unwrap_or_default()
    }

    /// Puts the steps of pieces where their markers are.
    fn fill(&mut self, nodes: &mut Vec<Node>) {
        for mut node in std::mem::take(nodes) {
            if let Some(steps) = marked(&node).and_then(|index| self.done.get_mut(index)) {
                nodes.append(steps);
                continue;
            }
            for body in node.bodies_mut() {
                self.fill(body);
            }
            nodes.push(node);
        }
    }
}

/// The piece that a call stands for.
fn marked(node: &Node) -> Option<usize> {
    let Node::Call(operation) = node else { return None };
    let Action::Named(name) = &operation.action else { return None };
    name.strip_prefix(MARKER)?.parse().ok()
}

/// Where a node's first call is.
fn place_of(node: &Node) -> Option<Span> {
    match node {
        Node::Call(operation) => Some(operation.span),
        Node::Expand(declaration) => Some(declaration.span),
        other => other.bodies().into_iter().flatten().find_map(place_of),
    }
}

/// Whether a number is among numbers in their order.
fn contains(indices: &[usize], index: usize) -> bool {
    indices.binary_search(&index).is_ok()
}
