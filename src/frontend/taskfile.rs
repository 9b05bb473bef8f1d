//! Taskfiles: the commands of each task, behind the tasks that it needs and the
//! commands that say what its variables are and whether it runs at all.

use std::collections::HashMap;

use super::host::steps::{Look, Steps, in_any_case};
use super::host::{Piece, recipes, recipes::Recipe, settings::Settings};
use super::template::{self, Item};
use super::{Context, Frontend, Grouping, Lowered, shell};
use crate::procedure::{Failure, Node};
use crate::source::{Source, Span};

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "taskfile",
    reads: "Taskfiles: the commands of tasks",
    globs: &[
        "Taskfile.yml",
        "Taskfile.yaml",
        "Taskfile.dist.yml",
        "Taskfile.dist.yaml",
        "*.yml",
        "*.yaml",
    ],
    interpreters: &[],
    recognises: Some(recognises),
    words: shell::WORDS,
    grouping: Grouping::File,
    max_bytes: 1 << 20,
    lower,
};

fn recognises(text: &str) -> bool {
    let has = |key: &&str| template::top_level_key(text, key).is_some();
    ["version", "tasks"].iter().all(has) && !["hosts", "jobs", "steps"].iter().any(has)
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut tree = template::parse(source);
        lowered.problems.append(&mut tree.problems);
        let Some(top) = tree.documents().next() else { continue };
        let mut settings = Settings::default();
        environment(top, &mut settings);
        let tasks: Vec<(String, Item<'_>, Span)> = top
            .get("tasks")
            .into_iter()
            .flat_map(Item::entries)
            .filter_map(|entry| {
                let name = entry.key.text()?.to_owned();
                Some((name, entry.value, entry.key.span_to(entry.value)))
            })
            .collect();
        let spans: HashMap<&str, Span> =
            tasks.iter().map(|(name, _, span)| (name.as_str(), *span)).collect();
        let mut recipes = Vec::new();
        let asking = Lowering { settings: &settings, spans: &spans, context };
        recipes.extend(asking.variables_of_all(top, &mut lowered));
        for (name, task, span) in &tasks {
            let mut settings = settings.clone();
            environment(*task, &mut settings);
            let lowering = Lowering { settings: &settings, spans: &spans, context };
            let (body, looks) = lowering.task(*task, &mut lowered);
            let needs = task.get("deps").into_iter().flat_map(Item::items);
            let needs = needs.filter_map(|need| need.get_text("task").or(need.text()));
            let needs = [VARIABLES].into_iter().chain(needs).map(str::to_owned).collect();
            let (name, span, then) = (name.clone(), *span, Vec::new());
            recipes.push(Recipe { name, span, needs, body, looks, then });
        }
        lowered.procedures.extend(recipes::procedures(recipes, FRONTEND.name));
        super::invoked::tidy(&mut lowered.procedures);
    }
    lowered
}

/// What the commands are called that say what the variables of all tasks are.
const VARIABLES: &str = "vars";

/// Where a file or a task says what variables are.
const ASKING: [&str; 2] = ["vars", "env"];

/// Takes in what a file or a task sets for its commands.
fn environment(of: Item<'_>, settings: &mut Settings) {
    for entry in of.get("env").into_iter().flat_map(Item::entries) {
        if let (Some(name), Some(value)) = (entry.key.text(), entry.value.text())
            && !value.contains("{{")
        {
            settings.set_literal(name, value);
        }
    }
}

struct Lowering<'l, 'c> {
    settings: &'l Settings,
    spans: &'l HashMap<&'l str, Span>,
    context: Context<'c>,
}

impl Lowering<'_, '_> {
    /// The commands that say what the variables of all tasks are.
    fn variables_of_all(&self, top: Item<'_>, out: &mut Lowered) -> Option<Recipe> {
        let mut steps = Steps::default();
        self.variables(top, &mut steps, out);
        let (body, looks) = steps.finish_with_looks();
        let (name, needs, then) = (VARIABLES.to_owned(), Vec::new(), Vec::new());
        let span = ASKING.iter().find_map(|key| top.get(key)).map(Item::span)?;
        (!body.is_empty()).then_some(Recipe { name, span, needs, body, looks, then })
    }

    /// The commands that say what variables are: `{sh: …}`.
    fn variables(&self, of: Item<'_>, steps: &mut Steps, out: &mut Lowered) {
        let given = ASKING.iter().filter_map(|key| of.get(key)).flat_map(Item::entries);
        for asked in given.filter_map(|variable| variable.value.get("sh")) {
            self.shell(asked, Failure::Raises, steps, out);
        }
    }

    /// The commands that say whether a task runs: without what one of them asks for
    /// it fails, or they say that there is nothing to do.
    fn checks(&self, task: Item<'_>, steps: &mut Steps, out: &mut Lowered) {
        self.variables(task, steps, out);
        for asked in task.get("preconditions").into_iter().flat_map(Item::items) {
            self.shell(asked.get("sh").unwrap_or(asked), Failure::Raises, steps, out);
        }
        let status = task.get("status").into_iter().flat_map(Item::items);
        for asked in status.chain(task.get("if")) {
            self.shell(asked, Failure::Continues, steps, out);
        }
    }

    fn task(&self, task: Item<'_>, out: &mut Lowered) -> (Vec<Node>, Vec<Look>) {
        let ignores = ignores(task);
        let alone = task.text().map(|_| task).or_else(|| task.get("cmd"));
        let commands = task
            .get("cmds")
            .filter(|it| it.is_sequence())
            .or_else(|| task.is_sequence().then_some(task));
        let single = task.get("cmds").filter(|it| it.text().is_some()).or(alone);
        let mut deferred = Vec::new();
        let mut steps = Steps::default();
        self.checks(task, &mut steps, out);
        for command in single.into_iter().chain(commands.into_iter().flat_map(Item::items)) {
            match command.get("defer") {
                Some(later) => {
                    let mut last = Steps::default();
                    self.command(later, ignores, &mut last, out);
                    deferred.push(last.finish());
                }
                None => self.command(command, ignores, &mut steps, out),
            }
        }
        let (body, looks) = steps.finish_with_looks();
        let finally = deferred.into_iter().rev().flatten().collect();
        (in_any_case(body, finally), looks)
    }

    fn command(&self, command: Item<'_>, ignores_all: bool, steps: &mut Steps, out: &mut Lowered) {
        let is_ignored = ignores_all || ignores(command);
        let failure = if is_ignored { Failure::Discarded } else { Failure::Raises };
        if let Some(name) = command.get_text("task") {
            let span = self.spans.get(name);
            return steps.extend(span.map(|span| recipes::invoke(*span, failure)));
        }
        self.shell(command.get("cmd").unwrap_or(command), failure, steps, out);
    }

    /// What a text runs.
    fn shell(&self, text: Item<'_>, failure: Failure, steps: &mut Steps, out: &mut Lowered) {
        let Some(aligned) = text.aligned() else { return };
        let mut code = text.source().embed();
        let start = text.range().start;
        code.replace(&self.settings.prelude(aligned.text), start..start);
        aligned.append(0..aligned.text.len(), &mut code);
        let code = code.finish();
        let piece = Piece { language: "shell", source: &code, failure };
        steps.run(piece, self.context, out);
    }
}

/// Whether a failure is to be ignored.
fn ignores(of: Item<'_>) -> bool {
    of.get("ignore_error").and_then(Item::as_bool) == Some(true)
}
