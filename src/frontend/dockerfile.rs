//! Dockerfiles: what a build runs, in order, and what a container of the image
//! runs later.
//!
//! The `RUN` instructions of all stages are one procedure, which the first
//! failure ends. `CMD` behind its `ENTRYPOINT`, `HEALTHCHECK` and `ONBUILD` are
//! procedures of their own, since none of them runs in the build.

use std::collections::HashMap;
use std::ops::Range;

use super::host::settings::{Setting, Settings};
use super::host::{Piece, steps::Steps};
use super::pipeline::argv;
use super::template::{self, user_data};
use super::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::procedure::{Failure, Procedure, has_calls};
use crate::source::Source;

use instruction::Instruction;

mod instruction;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "dockerfile",
    reads: "Dockerfiles and Containerfiles: RUN, CMD, ENTRYPOINT, HEALTHCHECK, ONBUILD",
    globs: &[
        "Dockerfile",
        "Containerfile",
        "Dockerfile.*",
        "Containerfile.*",
        "Dockerfile-*",
        "Dockerfile_*",
        "*-Dockerfile",
        "*_Dockerfile",
        "*.dockerfile",
        "*.containerfile",
    ],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut build = Build::new(source, context);
        for instruction in instruction::split(&source.text) {
            build.instruction(instruction);
        }
        lowered.extend(build.finish());
    }
    lowered
}

/// What runs the shell form of instructions.
#[derive(Clone)]
struct Shell {
    language: &'static str,
    /// What its options come to.
    prelude: &'static str,
}

const SH: Shell = Shell { language: "shell", prelude: "" };

/// A stage of the build.
#[derive(Clone)]
struct Stage {
    settings: Settings,
    shell: Option<Shell>,
}

struct Build<'s, 'a, 'c> {
    source: &'s Source<'a>,
    context: Context<'c>,
    /// The stages before the one at hand, by their names.
    stages: HashMap<String, Stage>,
    name: Option<String>,
    stage: Stage,
    entrypoint: Option<Instruction>,
    command: Option<Instruction>,
    run: Steps,
    out: Lowered,
}

impl<'s, 'a, 'c> Build<'s, 'a, 'c> {
    fn new(source: &'s Source<'a>, context: Context<'c>) -> Self {
        Self {
            source,
            context,
            stages: HashMap::new(),
            name: None,
            stage: Stage { settings: Settings::default(), shell: Some(SH) },
            entrypoint: None,
            command: None,
            run: Steps::default(),
            out: Lowered::default(),
        }
    }

    fn instruction(&mut self, instruction: Instruction) {
        match instruction.name.as_str() {
            "FROM" => self.next_stage(&instruction),
            "ENV" => environment(&instruction.text, &mut self.stage.settings),
            "ARG" => argument(&instruction.text, &mut self.stage.settings),
            "SHELL" => self.stage.shell = self.shell(&instruction),
            "RUN" => {
                let mut run = std::mem::take(&mut self.run);
                self.step(&instruction, 0, &mut run);
                self.run = run;
            }
            "COPY" | "ADD" => self.written(&instruction),
            "CMD" => self.command = Some(instruction),
            "ENTRYPOINT" => self.entrypoint = Some(instruction),
            "HEALTHCHECK" => self.behind(&instruction, "CMD"),
            "ONBUILD" => self.behind(&instruction, "RUN"),
            _ => {}
        }
    }

    fn next_stage(&mut self, from: &Instruction) {
        self.end_stage();
        let mut words = from.text.split_whitespace().filter(|word| !word.starts_with("--"));
        let base = words.next().unwrap_or_default().to_ascii_lowercase();
        self.stage = match self.stages.get(&base) {
            Some(stage) => stage.clone(),
            None => Stage { settings: Settings::default(), shell: Some(SH) },
        };
        self.name = words.nth(1).map(str::to_ascii_lowercase);
    }

    /// Lowers what a container of the stage's image runs.
    fn end_stage(&mut self) {
        let (entrypoint, command) = (self.entrypoint.take(), self.command.take());
        let whole = match (&entrypoint, &command) {
            (Some(entrypoint), Some(command)) if !names_tool(command) => {
                self.joined(entrypoint, command)
            }
            _ => None,
        };
        if let (Some(whole), Some(entrypoint)) = (whole, &entrypoint) {
            let mut steps = Steps::default();
            self.piece(&whole, "shell", &mut steps);
            self.procedure("ENTRYPOINT", entrypoint.range.clone(), steps);
        } else if let Some(instruction) = entrypoint.as_ref().or(command.as_ref()) {
            let mut steps = Steps::default();
            self.step(instruction, 0, &mut steps);
            // A program that is a list is given the command, and most run it.
            let given = command.as_ref().filter(|_| entrypoint.as_ref().is_some_and(is_list));
            if let Some(command) = given {
                self.step(command, 0, &mut steps);
            }
            self.procedure(&instruction.name, instruction.range.clone(), steps);
        }
        if let Some(name) = self.name.take() {
            self.stages.insert(name, self.stage.clone());
        }
    }

    /// The words of an entry point and of the command that it is given, if both
    /// are lists.
    fn joined(&self, entrypoint: &Instruction, command: &Instruction) -> Option<Source<'static>> {
        let head = entrypoint.text.trim_end().strip_suffix(']')?;
        let tail_at = command.text.find('[')?;
        if !head.trim_start().starts_with('[') || !command.text[..tail_at].trim().is_empty() {
            return None;
        }
        let mut both = self.source.embed();
        entrypoint.copy(0..head.len(), &mut both);
        both.replace(",", command.range.start..command.range.start);
        command.copy(tail_at + 1..command.text.len(), &mut both);
        words(&both.finish())
    }

    fn shell(&self, instruction: &Instruction) -> Option<Shell> {
        let line = words(&instruction.code(self.source, 0, "", false))?;
        let language = interpreted_by(line.text.split_whitespace()).ok()?;
        let exits = line
            .text
            .split_whitespace()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'));
        let prelude = match (language, exits, line.text.contains("pipefail")) {
            ("shell", true, true) => "set -e -o pipefail\n",
            ("shell", true, false) => "set -e\n",
            ("shell", false, true) => "set -o pipefail\n",
            _ => "",
        };
        Some(Shell { language, prelude })
    }

    /// What an instruction runs.
    fn step(&mut self, instruction: &Instruction, from: usize, steps: &mut Steps) {
        let from = from + flags(&instruction.text[from..]);
        let text = &instruction.text[from..];
        if text.trim_start().starts_with('[')
            && let Some(line) = words(&instruction.code(self.source, from, "", false))
        {
            return self.piece(&line, "shell", steps);
        }
        if let [body] = instruction.heredocs.as_slice()
            && text.trim_start().starts_with("<<")
            && text.split_whitespace().count() == 1
        {
            return self.script(body.clone(), steps);
        }
        let Some(shell) = self.stage.shell.clone() else { return };
        if let Some(turned) = instruction.turned(self.source, from) {
            return self.piece(&turned, shell.language, steps);
        }
        let whole = instruction.code(self.source, from, "", true);
        let prelude = match shell.language {
            "shell" => self.stage.settings.prelude(&whole.text) + shell.prelude,
            _ => String::new(),
        };
        let code = instruction.code(self.source, from, &prelude, true);
        self.piece(&code, shell.language, steps);
    }

    /// A here-document that is itself what runs.
    fn script(&mut self, body: Range<usize>, steps: &mut Steps) {
        let text = self.source.text.get(body.clone()).unwrap_or_default();
        let shell = self.stage.shell.as_ref();
        let language = match text.trim_start().strip_prefix("#!") {
            Some(line) => {
                interpreted_by(line.lines().next().unwrap_or_default().split_whitespace()).ok()
            }
            None => shell.map(|shell| shell.language),
        };
        let mut code = self.source.embed();
        if language == Some("shell") {
            let options = shell.map_or("", |shell| shell.prelude);
            let prelude = self.stage.settings.prelude(text) + options;
            code.replace(&prelude, body.start..body.start);
        }
        code.copy(body);
        if let Some(language) = language {
            self.piece(&code.finish(), language, steps);
        }
    }

    /// Lowers scripts that are written into the image.
    fn written(&mut self, instruction: &Instruction) {
        let path = instruction.text.split_whitespace().last().unwrap_or_default();
        for body in &instruction.heredocs {
            let text = self.source.text[body.clone()].trim_start();
            let marked = text.strip_prefix("#!").and_then(|rest| rest.lines().next());
            let language = match marked {
                Some(line) => interpreted_by(line.split_whitespace()).ok(),
                None => path.strip_suffix(".sh").map(|_| "shell"),
            };
            let Some(language) = language else { continue };
            let code = self.source.embed_range(body.clone());
            self.out.extend(template::script::lower_file(language, &code, path, self.context));
        }
    }

    /// Lowers what stands behind a word of an instruction, as a procedure of the
    /// instruction's name.
    fn behind(&mut self, instruction: &Instruction, word: &str) {
        let skipped = flags(&instruction.text);
        let rest = &instruction.text[skipped..];
        let indented = rest.len() - rest.trim_start().len();
        let found = rest.trim_start().get(..word.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(word)) {
            let mut steps = Steps::default();
            self.step(instruction, skipped + indented + word.len(), &mut steps);
            self.procedure(&instruction.name, instruction.range.clone(), steps);
        }
    }

    fn piece(&mut self, source: &Source<'_>, language: &str, steps: &mut Steps) {
        let piece = Piece { language, source, failure: Failure::Raises };
        steps.run(piece, self.context, &mut self.out);
    }

    fn procedure(&mut self, name: &str, range: Range<usize>, steps: Steps) {
        let body = steps.finish();
        if has_calls(&body) {
            self.out.procedures.push(Procedure {
                name: name.to_owned(),
                span: self.source.span(range),
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body,
            });
        }
    }

    fn finish(mut self) -> Lowered {
        self.end_stage();
        let run = std::mem::take(&mut self.run);
        self.procedure("build", 0..self.source.text.len(), run);
        self.out
    }
}

/// Whether an instruction has a list of words that begins with a tool that calls the
/// API: whatever starts it most likely runs it.
fn names_tool(instruction: &Instruction) -> bool {
    let first = instruction.text.trim_start().strip_prefix('[').map(str::trim_start);
    let word = first.and_then(|list| list.strip_prefix('"')?.split('"').next());
    word.is_some_and(|word| !word.contains(' ') && argv::is_tool_first(word))
}

/// Whether what an instruction runs is a list of words.
fn is_list(instruction: &Instruction) -> bool {
    instruction.text[flags(&instruction.text)..].trim_start().starts_with('[')
}

/// The words of a list as a line for a shell.
fn words(list: &Source<'_>) -> Option<Source<'static>> {
    let tree = template::parse(list);
    let top = tree.documents().next().filter(|_| tree.problems.is_empty())?;
    top.is_sequence().then(|| user_data::call(top))
}

/// How long the options are with which an instruction begins: `--mount=…`.
fn flags(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let indented = rest.len() - rest.trim_start().len();
        if !rest.trim_start().starts_with("--") {
            return at;
        }
        let word = rest[indented..].find(char::is_whitespace);
        at += word.map_or(rest.len(), |end| indented + end);
    }
}

/// `NAME=value NAME="a value"`, or `NAME a value`.
fn environment(text: &str, settings: &mut Settings) {
    let text = text.trim();
    let first = text.split_whitespace().next().unwrap_or_default();
    if !first.contains('=') {
        let value = text[first.len()..].trim();
        return settings.set(first, Setting::Expanded(value.to_owned()));
    }
    for (name, value) in assignments(text) {
        settings.set(&name, Setting::Expanded(value));
    }
}

/// `NAME` or `NAME=default`.
fn argument(text: &str, settings: &mut Settings) {
    for (name, value) in assignments(text.trim()) {
        settings.set(&name, Setting::Expanded(value));
    }
}

/// Names and values, without quotes.
fn assignments(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut quote = None;
    let mut word = String::new();
    let mut letters = text.chars();
    loop {
        let letter = letters.next();
        match letter {
            Some(letter) if quote == Some(letter) => quote = None,
            Some(letter @ ('"' | '\'')) if quote.is_none() => quote = Some(letter),
            Some('\\') if quote != Some('\'') => word.extend(letters.next()),
            Some(letter) if quote.is_some() || !letter.is_whitespace() => word.push(letter),
            _ => {
                let pair = word.split_once('=');
                found.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
                word.clear();
                if letter.is_none() {
                    return found;
                }
            }
        }
    }
}
