//! Packer templates in HCL: what provisioners and post-processors run.
//!
//! The instance that a builder makes and destroys is its own and cannot be
//! locked, so that the builder's calls are none. What its provisioners run may
//! call the API for others.

use crate::frontend::host::steps::{Steps, retried};
use crate::frontend::host::{Piece, settings::Settings, with_prelude};
use crate::frontend::{Context, Frontend, Grouping, Lowered, interpreted_by, shell};
use crate::procedure::{Attempt, Failure, Handler, Leave, Node, Procedure};
use crate::source::Source;

use super::embed::Marking;
use super::evaluate::Evaluator;
use super::link;
use super::project::Project;
use super::scope::Scope;
use super::text::{Join, items, texts};
use super::tree::{Block, Expression, Item};

/// Its registration.
pub(in crate::frontend) static FRONTEND: Frontend = Frontend {
    name: "packer",
    reads: "Packer templates: the scripts of provisioners and post-processors",
    globs: &["*.pkr.hcl", "*.pkr.json"],
    interpreters: &[],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::Folders(link::links),
    max_bytes: 1 << 20,
    lower,
};

/// The block that runs when a provisioner has failed.
const CLEANUP: &str = "error-cleanup-provisioner";

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let project = Project::read(sources, &[], &mut lowered.problems);
    let evaluator = Evaluator::new(&project);
    for module in &project.modules {
        let number = evaluator.add_instance(module, String::new(), None);
        let instance = evaluator.instance(number);
        let scope = Scope::of(&instance);
        let builds = module.blocks.iter().filter(|block| &*block.name == "build");
        for block in builds {
            let build = Build { evaluator: &evaluator, scope, context };
            build.lower(block, &mut lowered);
        }
    }
    lowered.problems.extend(evaluator.into_problems());
    lowered
}

struct Build<'e, 's, 'p, 'c> {
    evaluator: &'e Evaluator<'p>,
    scope: Scope<'s, 'p>,
    context: Context<'c>,
}

impl<'p> Build<'_, '_, 'p, '_> {
    fn lower(&self, build: &'p Block, out: &mut Lowered) {
        let mut steps = Steps::default();
        let mut cleanup = Steps::default();
        let mut afterwards = Vec::new();
        for item in &build.items {
            let Item::Block(block) = item else { continue };
            match &*block.name {
                CLEANUP => self.run(block, &mut cleanup, out),
                "post-processor" => afterwards.push(block),
                "post-processors" => afterwards.extend(block.blocks("post-processor")),
                _ => self.run(block, &mut steps, out),
            }
        }
        let mut cleanup = cleanup.finish();
        let mut body = steps.finish();
        if !cleanup.is_empty() {
            cleanup.push(Node::Leave(Leave::Raise));
            let handlers = vec![Handler { leaves: true, body: cleanup, ..Handler::default() }];
            body = vec![Node::Attempt(Attempt { body, handlers, finally: Vec::new() })];
        }
        let mut last = Steps::default();
        for block in afterwards {
            self.run(block, &mut last, out);
        }
        body.extend(last.finish());
        let name = self.text(build, "name");
        out.procedures.push(Procedure {
            name: name.map_or_else(|| "build".to_owned(), |name| format!("build {name}")),
            span: self.evaluator.project.sources.span(build.place),
            frontend: FRONTEND.name,
            parameters: Vec::new(),
            body,
        });
        super::super::invoked::tidy(&mut out.procedures);
    }

    /// Lowers what a provisioner or post-processor runs.
    fn run(&self, block: &'p Block, steps: &mut Steps, out: &mut Lowered) {
        let mut own = Steps::default();
        let kind = block.labels.first().map_or("", |label| &**label);
        let lines = Join::lines();
        for attribute in block.attributes() {
            let value = &attribute.value;
            match (&*attribute.name, kind) {
                ("inline", "shell" | "shell-local") => {
                    self.code(block, value, &lines, Told::ToStop, &mut own, out);
                }
                ("inline", "powershell" | "windows-shell") => {
                    self.code(block, value, &lines, Told::Windows(kind), &mut own, out);
                }
                ("command", "shell-local") => {
                    self.code(block, value, &lines, Told::Nothing, &mut own, out);
                }
                ("script" | "scripts", _) => {
                    for path in items(value) {
                        if let Some(file) = self.evaluator.file(path, self.scope) {
                            self.code(block, &file.text, &lines, Told::Nothing, &mut own, out);
                        }
                    }
                }
                ("content", "file") => {
                    self.code(block, value, &lines, Told::IfMarked, &mut own, out);
                }
                _ => {}
            }
        }
        let nodes = own.finish();
        let retries = block.attribute("max_retries").is_some_and(|tries| {
            self.evaluator.evaluate(&tries.value, self.scope).as_index().is_none_or(|it| it > 0)
        });
        if !retries || nodes.is_empty() {
            return steps.extend(nodes);
        }
        steps.extend([retried("max_retries".to_owned(), nodes)]);
    }

    fn code(
        &self,
        block: &'p Block,
        value: &'p Expression,
        join: &Join,
        told: Told<'_>,
        steps: &mut Steps,
        out: &mut Lowered,
    ) {
        for text in texts(value, self.evaluator, self.scope, join) {
            let Some((source, standins)) = text.embed(self.evaluator, Marking::Dollar) else {
                continue;
            };
            let Some((language, source)) = self.prepared(block, source, told) else { continue };
            let mut inner = Lowered::default();
            let mut own = Steps::default();
            let piece = Piece { language, source: &source, failure: Failure::Raises };
            own.run(piece, self.context, &mut inner);
            let (nodes, looks) = own.finish_with_looks();
            let span = source.span(0..source.text.len());
            let path = self.text(block, "destination");
            inner.procedures.push(Procedure {
                name: path.unwrap_or_else(|| block.labels.join(" ")),
                span,
                frontend: FRONTEND.name,
                parameters: Vec::new(),
                body: nodes,
            });
            standins.restore(&mut inner);
            if matches!(told, Told::IfMarked) {
                // A script that is written runs later, if at all.
                out.extend(inner);
                continue;
            }
            let nodes = inner.procedures.pop().map(|last| last.body).unwrap_or_default();
            out.extend(inner);
            steps.extend(nodes);
            for look in looks {
                steps.look(look);
            }
        }
    }

    /// The language of a script, and the script with what its shell is told.
    fn prepared(
        &self,
        block: &'p Block,
        source: Source<'static>,
        told: Told<'_>,
    ) -> Option<(&'static str, Source<'static>)> {
        let marked = source.text.strip_prefix("#!").and_then(|rest| rest.lines().next());
        let named = self.shebang(block);
        let line = marked.or(named.as_deref());
        let language = match (told, line) {
            (Told::Windows("powershell"), _) => "powershell",
            (Told::IfMarked, None) => return None,
            (Told::Nothing | Told::ToStop | Told::IfMarked, Some(line)) => {
                interpreted_by(line.split_whitespace()).ok()?
            }
            _ => "shell",
        };
        if language != "shell" {
            return Some((language, source));
        }
        let mut settings = Settings::default();
        self.environment(block, &mut settings);
        let mut prelude = settings.prelude(&source.text);
        let exits = line.map_or(matches!(told, Told::ToStop), |line| {
            line.split(' ').skip(1).any(|word| word.starts_with('-') && word.contains('e'))
        });
        if exits {
            prelude.push_str("set -e\n");
        }
        if prelude.is_empty() {
            return Some((language, source));
        }
        Some((language, with_prelude(&source, &prelude)))
    }

    /// What runs the lines, if a provisioner says.
    fn shebang(&self, block: &'p Block) -> Option<String> {
        let text = self.text(block, "inline_shebang")?;
        Some(text.trim_start_matches("#!").to_owned())
    }

    /// The known text of an attribute.
    fn text(&self, block: &'p Block, attribute: &str) -> Option<String> {
        let attribute = block.attribute(attribute)?;
        let value = self.evaluator.evaluate(&attribute.value, self.scope);
        value.as_text().map(|text| text.to_string())
    }

    /// `environment_vars = ["NAME=value"]`
    fn environment(&self, block: &'p Block, settings: &mut Settings) {
        let attribute = block.attribute("environment_vars");
        for pair in attribute.into_iter().flat_map(|attribute| items(&attribute.value)) {
            let text = self.evaluator.evaluate(pair, self.scope).as_text();
            if let Some((name, value)) = text.as_deref().and_then(|text| text.split_once('=')) {
                settings.set_literal(name, value);
            }
        }
    }
}

/// What a program is told that runs a script.
#[derive(Clone, Copy)]
enum Told<'k> {
    /// Nothing.
    Nothing,
    /// To stop at the first failure, as `/bin/sh -e` is.
    ToStop,
    /// It is one of Windows; the kind of provisioner.
    Windows(&'k str),
    /// Nothing, and it is a script only if its first line says so.
    IfMarked,
}
