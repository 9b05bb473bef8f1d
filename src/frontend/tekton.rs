//! Tekton: tasks of steps, and pipelines of tasks.
//!
//! `task` reads the steps of a task, `pipeline` the tasks of a pipeline.

use crate::frontend::pipeline::{self as common, Looks, Sink, Syntax};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::Procedure;
use crate::source::Source;
use template::Item;

mod pipeline;
mod task;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Tekton tasks and pipelines",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: common::WORDS,
    grouping: Grouping::File,
    max_bytes: common::MAX_BYTES,
    lower,
};

const NAME: &str = "tekton";

/// `$(params.name)`.
const SYNTAX: &[Syntax] =
    &[Syntax { open: "$(", close: ")", is_reference: is_parameter, breaks_shells: false }];

/// What references start with.
const ROOTS: [&str; 8] =
    ["params.", "params[", "inputs.", "tasks.", "results.", "workspaces.", "context.", "steps."];

fn is_parameter(text: &str) -> bool {
    ROOTS.iter().any(|root| text.starts_with(root))
}

fn recognises(text: &str) -> bool {
    template::top_level_key(text, "apiVersion").is_some() && text.contains("tekton.dev/")
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    for source in sources {
        let mut tree = template::parse(source);
        sink.out.problems.append(&mut tree.problems);
        let objects: Vec<Item<'_>> = tree.documents().collect();
        for object in &objects {
            lower_object(*object, &objects, &mut sink);
        }
    }
    sink.finish()
}

fn lower_object(object: Item<'_>, all: &[Item<'_>], sink: &mut Sink<'_>) {
    let Some(spec) = object.get("spec") else { return };
    let kind = object.get_text("kind").unwrap_or_default();
    let name = name_of(object).unwrap_or(kind).to_owned();
    let (span, frontend) = (object.span(), NAME);
    match kind {
        "Pipeline" => sink_pipeline(spec, object, all, sink),
        "PipelineRun" => {
            if let Some(spec) = spec.get("pipelineSpec") {
                sink_pipeline(spec, object, all, sink);
            }
        }
        "Task" | "ClusterTask" | "TaskRun" => {
            let given = task::given(spec, sink);
            let spec = spec.get("taskSpec").unwrap_or(spec);
            let mut body = task::steps(spec, &mut Looks::default(), sink).0;
            body.extend(given);
            sink.out.procedures.push(Procedure {
                name,
                span,
                frontend,
                parameters: Vec::new(),
                body,
            });
        }
        "StepAction" | "Condition" => {
            let step = spec.get("check").unwrap_or(spec);
            let body = task::step(step, &mut Looks::default(), sink).nodes;
            sink.out.procedures.push(Procedure {
                name,
                span,
                frontend,
                parameters: Vec::new(),
                body,
            });
        }
        "TriggerTemplate" => {
            for made in spec.get("resourcetemplates").into_iter().flat_map(Item::items) {
                lower_object(made, all, sink);
            }
        }
        _ => {}
    }
}

fn sink_pipeline(spec: Item<'_>, object: Item<'_>, all: &[Item<'_>], sink: &mut Sink<'_>) {
    let found = pipeline::jobs(spec, all, sink);
    let procedures = common::jobs::procedures(found, object.span(), NAME);
    sink.out.procedures.extend(procedures);
}

/// What an object is called.
fn name_of(object: Item<'_>) -> Option<&str> {
    let metadata = object.get("metadata")?;
    metadata.get_text("name").or_else(|| metadata.get_text("generateName"))
}
