//! Simple commands: what they run, and what runs inside their words.

use tree_sitter::Node;

use super::{Lowering, Mode};
use crate::frontend::shell::code::{self, Cutter};
use crate::frontend::shell::resolve::{Certainty, Found};
use crate::frontend::shell::script::words_of;
use crate::frontend::shell::word::Word;
use crate::frontend::shell::{FRONTEND, command, kind, program::program};
use crate::frontend::waiting;
use crate::procedure::{Action, Arm, Evidence, Fate, Node as Step, Operation};
use crate::source::Source;

/// Commands that hand on the text that they read.
const PASSES_ON: &[&str] = &["cat", "tee", "sed", "envsubst", "tr", "base64", "dd"];

/// Commands that end what they run after a time.
const TIME_LIMITS: &[&str] = &["timeout", "gtimeout"];

/// What comes to a command besides its own words.
#[derive(Default)]
pub(super) struct Surroundings<'t> {
    /// Words behind a redirection.
    pub(super) words: Vec<Node<'t>>,
    /// Here-documents and here-strings.
    pub(super) inputs: Vec<Node<'t>>,
    /// Files that its output goes to.
    pub(super) files: Vec<Node<'t>>,
    /// Commands behind the opening of a here-document: `<<EOF | sh`.
    pub(super) consumers: Vec<Node<'t>>,
}

impl<'t> Lowering<'_, 't, '_> {
    pub(super) fn command(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let inputs = node.children(&mut cursor).filter(|child| child.kind() == kind::HERESTRING);
        let surroundings = Surroundings { inputs: inputs.collect(), ..Surroundings::default() };
        self.command_in(node, &surroundings, mode)
    }

    /// A command with what its redirections bring.
    pub(super) fn command_in(
        &mut self,
        node: Node<'t>,
        around: &Surroundings<'t>,
        mode: Mode,
    ) -> Vec<Step> {
        let mut steps = self.substitutions(node, mode.masked());
        let mut nodes = words_of(node);
        nodes.extend(&around.words);
        let words = self.resolver.words(&nodes, self.scope, node.start_byte());
        let found = self.resolver.resolve(&words, self.scope);
        let end = nodes.last().map_or(node.end_byte(), Node::end_byte);
        let span = self.source.span(node.start_byte()..end);
        let failure = self.failure(node.start_byte(), mode);
        let head = words.first().and_then(Word::text).map(program);
        let limited = head.is_some_and(|head| TIME_LIMITS.contains(&head));
        let mut operations = Vec::new();
        let mut doubtful = Vec::new();
        let mut calls = Vec::new();
        calls.extend(self.sends_file(&words, node, mode).filter(|_| found.is_empty()));
        for one in found {
            match one {
                Found::Call(request) => {
                    let mut operation = Operation::direct(request.action, span, request.arguments);
                    operation.evidence = request.evidence;
                    operation.failure = failure;
                    operation.fate =
                        if mode.thrown.answers { Fate::Dropped } else { Fate::default() };
                    self.note_disk(&mut operation);
                    operations.push(operation);
                }
                Found::Composed(composed) => {
                    calls.push(composed.step(span, FRONTEND.name, failure));
                }
                Found::Code { language, words, certainty } => {
                    let source = self.code(&words, node.start_byte()..end);
                    let mut code = self.embedded(language, &source, mode, node);
                    if limited {
                        waiting::limit(&mut code);
                    }
                    match certainty {
                        Certainty::Sure => calls.extend(code),
                        Certainty::OneOf => doubtful.push((source.text.trim().to_owned(), code)),
                        Certainty::Perhaps => {
                            code::weaken(&mut code);
                            calls.extend(code);
                        }
                    }
                }
            }
        }
        calls.extend(one_of(doubtful));
        calls.extend(together(operations));
        calls.extend(self.handed_on(&words, failure));
        self.defined_aliases(&words);
        steps.extend(self.retried(&words, failure, calls));
        steps.extend(self.elsewhere(&words, failure));
        steps.extend(self.denial(&words, failure));
        steps.extend(self.ending(&words));
        steps.extend(self.trap(&words, node, mode));
        steps.extend(self.fed(&words, around, node, mode));
        steps
    }

    /// The code in words. What comes out of variables stands where the command
    /// is.
    fn code(&self, words: &[Word<'t>], command: std::ops::Range<usize>) -> Source<'static> {
        let written = |word: &Word<'t>| {
            let text = self.script.text.get(word.range.clone()).unwrap_or_default();
            text.contains([' ', '\n'])
        };
        if words.iter().any(written) {
            return self.cutter().words(words);
        }
        let texts: Vec<&str> = words.iter().map(command::command_text).collect();
        let mut code = self.source.embed();
        code.replace(&texts.join(" "), command);
        code.finish()
    }

    pub(super) fn cutter(&self) -> Cutter<'_, 't, '_> {
        Cutter { resolver: self.resolver, source: self.source, scope: self.scope }
    }

    /// The steps of code that runs where a command is.
    pub(super) fn embedded(
        &mut self,
        language: &str,
        source: &Source<'_>,
        mode: Mode,
        at: Node<'t>,
    ) -> Vec<Step> {
        let failure = self.failure(at.start_byte(), mode);
        code::steps_of(language, source, failure, self.context, self.depth, &mut self.out)
    }

    /// Code that a command or one behind it reads from its input, or that is
    /// written to a file.
    fn fed(
        &mut self,
        words: &[Word<'t>],
        around: &Surroundings<'t>,
        node: Node<'t>,
        mode: Mode,
    ) -> Vec<Step> {
        let mut texts: Vec<Source<'static>> = Vec::new();
        for input in &around.inputs {
            texts.extend(self.input_text(*input));
        }
        let consumers: Vec<Node<'t>> =
            around.consumers.iter().chain(&self.downstream).copied().collect();
        if texts.is_empty() {
            texts.extend(self.printed(words, &consumers, around));
        }
        let mut steps = Vec::new();
        for text in texts {
            steps.extend(self.deliver(&text, words, &consumers, around, mode, node));
        }
        steps
    }

    /// What `echo` and `printf` print, if something may read it as code.
    fn printed(
        &self,
        words: &[Word<'t>],
        consumers: &[Node<'t>],
        around: &Surroundings<'t>,
    ) -> Option<Source<'static>> {
        if consumers.is_empty() && around.files.is_empty() {
            return None;
        }
        let head = words.first()?.text()?;
        if head == "awk" {
            return self.cutter().printed_by_awk(words);
        }
        if head == "sed" {
            return self.cutter().put_before_by_sed(words);
        }
        let words = if head == "xargs" { &words[echo_at(words)?..] } else { words };
        if !printer(words) {
            return None;
        }
        let is_text = |word: &&Word<'t>| {
            let text = word.text().unwrap_or("text");
            !text.starts_with('-') && !text.starts_with("%s")
        };
        let printed: Vec<Word<'t>> = words[1..].iter().filter(is_text).cloned().collect();
        Some(self.cutter().words(&printed))
    }

    fn input_text(&self, input: Node<'t>) -> Option<Source<'static>> {
        let mut cursor = input.walk();
        let children: Vec<Node<'t>> = input.named_children(&mut cursor).collect();
        if input.kind() == kind::HERESTRING {
            let word = self.resolver.words(&children, self.scope, input.start_byte());
            return Some(self.cutter().words(&word));
        }
        let body = children.iter().find(|child| child.kind() == kind::HEREDOC_BODY)?;
        let start = children.iter().find(|child| child.kind() == kind::HEREDOC_START)?;
        let raw = self.script.slice(*start).contains(['\'', '"', '\\']);
        Some(self.cutter().heredoc(*body, raw))
    }

    /// Follows a text through the commands that read it.
    fn deliver(
        &mut self,
        text: &Source<'static>,
        words: &[Word<'t>],
        consumers: &[Node<'t>],
        around: &Surroundings<'t>,
        mode: Mode,
        node: Node<'t>,
    ) -> Vec<Step> {
        if let Some(language) = command::reads_code(words) {
            return self.embedded(language, text, mode, node);
        }
        if let Some(call) = self.sends_input(words, &text.text, node, mode) {
            return vec![call];
        }
        let mut files: Vec<String> =
            around.files.iter().map(|file| self.script.slice(*file).to_owned()).collect();
        if !passes_on(words) && !printer(words) && !prints_lines(words) {
            return Vec::new();
        }
        files.extend(written_by_tee(words));
        for consumer in consumers {
            let (command, mut targets) = self.consumer(*consumer);
            let words = self.resolver.words(&words_of(command), self.scope, command.start_byte());
            if let Some(language) = command::reads_code(&words) {
                return self.embedded(language, text, mode, command);
            }
            if let Some(call) = self.sends_input(&words, &text.text, command, mode) {
                return vec![call];
            }
            files.append(&mut targets);
            files.extend(written_by_tee(&words));
            if !passes_on(&words) {
                break;
            }
        }
        let paths = files.iter().map(|file| file.trim_matches(['"', '\'']));
        if let Some(path) = paths.into_iter().find(|path| !path.starts_with("/dev/")) {
            let runs = self.script.runs_file(path);
            self.keep_body(path, &text.text);
            code::written((path, runs), text, self.context, self.depth, &mut self.out);
        }
        Vec::new()
    }

    /// The command of a pipeline's part, and the files its output goes to.
    fn consumer(&self, node: Node<'t>) -> (Node<'t>, Vec<String>) {
        let Some(body) =
            node.child_by_field_name("body").filter(|_| node.kind() == kind::REDIRECTED)
        else {
            return (node, Vec::new());
        };
        let mut cursor = node.walk();
        let files = node
            .children(&mut cursor)
            .filter(|child| child.kind() == kind::FILE_REDIRECT)
            .filter_map(|redirect| redirect.child_by_field_name("destination"))
            .map(|file| self.script.slice(file).to_owned());
        (body, files.collect())
    }
}

/// Calls of one command: in turn, or one of them if which is in doubt.
fn together(operations: Vec<Operation>) -> Vec<Step> {
    let doubtful = |operation: &Operation| operation.evidence == Evidence::Possible;
    if operations.len() < 2 || !operations.iter().all(doubtful) {
        return operations.into_iter().map(Step::Call).collect();
    }
    let arm = |operation: Operation| {
        let condition = match &operation.action {
            Action::Named(text) | Action::Unresolved(text) => Some(text.clone()),
        };
        Arm { condition, body: vec![Step::Call(operation)] }
    };
    vec![Step::Branch(operations.into_iter().map(arm).collect())]
}

/// The steps of code of which one piece runs: one branch, unless all come to the
/// same.
fn one_of(pieces: Vec<(String, Vec<Step>)>) -> Vec<Step> {
    let mut arms: Vec<Arm> = Vec::new();
    let mut equal = true;
    for (text, body) in pieces {
        let is_new = !arms.iter().any(|arm| actions(&arm.body) == actions(&body));
        equal &= arms.is_empty() || !is_new;
        if is_new {
            arms.push(Arm { condition: Some(text), body });
        }
    }
    if equal {
        return arms.into_iter().flat_map(|arm| arm.body).collect();
    }
    arms.retain(|arm| !arm.body.is_empty());
    for step in arms.iter_mut().flat_map(|arm| &mut arm.body) {
        if let Step::Call(operation) = step {
            operation.evidence = Evidence::Possible;
        }
    }
    if arms.is_empty() { Vec::new() } else { vec![Step::Branch(arms)] }
}

/// The actions of the steps that are calls themselves.
fn actions(steps: &[Step]) -> Vec<Option<&Action>> {
    let action = |step| {
        if let &Step::Call(Operation { ref action, .. }) = step { Some(action) } else { None }
    };
    steps.iter().map(action).collect()
}

/// Whether some command among words hands on what it reads.
fn passes_on(words: &[Word<'_>]) -> bool {
    let texts = words.iter().filter_map(Word::text);
    texts.take(4).any(|text| PASSES_ON.contains(&program(text)))
}

fn printer(words: &[Word<'_>]) -> bool {
    words.first().and_then(Word::text).is_some_and(|head| matches!(head, "echo" | "printf"))
}

/// Whether words print a line for each one that they read.
fn prints_lines(words: &[Word<'_>]) -> bool {
    let head = words.first().and_then(Word::text);
    head == Some("awk") || (head == Some("xargs") && echo_at(words).is_some())
}

/// Where `echo` stands behind `xargs`.
fn echo_at(words: &[Word<'_>]) -> Option<usize> {
    words.iter().position(|word| word.text() == Some("echo"))
}

/// The files that `tee` writes.
fn written_by_tee(words: &[Word<'_>]) -> Vec<String> {
    let texts: Vec<&str> = words.iter().filter_map(Word::text).collect();
    let Some(tee) = texts.iter().position(|text| program(text) == "tee") else {
        return Vec::new();
    };
    let files = texts[tee + 1..].iter().filter(|text| !text.starts_with('-'));
    files.map(|file| (*file).to_owned()).collect()
}
