//! Argo Workflows: templates that run containers and scripts, and those that put
//! other templates in order.
//!
//! `order` follows the steps and graphs of templates.

use crate::frontend::pipeline::code::BRACES;
use crate::frontend::pipeline::{self, Sink, Syntax};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;
use template::Item;

mod order;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Argo Workflows",
    globs: &["*.yml", "*.yaml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "argo";

const SYNTAX: &[Syntax] = &[BRACES];

fn recognises(text: &str) -> bool {
    template::top_level_key(text, "apiVersion").is_some()
        && text.contains("argoproj.io/")
        && text.contains("templates")
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    pipeline::documents(sources, context, object)
}

fn object(document: Item<'_>, sink: &mut Sink<'_>) {
    if let Some(spec) = document.get("spec") {
        workflow(spec.get("workflowSpec").unwrap_or(spec), document, sink);
    }
}

/// The procedure of the entry point, and one for each template that it does not
/// lead to.
fn workflow(spec: Item<'_>, document: Item<'_>, sink: &mut Sink<'_>) {
    let metadata = document.get("metadata");
    let name = metadata.and_then(|it| it.get_text("name").or_else(|| it.get_text("generateName")));
    let mut walk = order::Walk::new(spec, sink);
    walk.entry(name.unwrap_or("workflow"), document.span());
    walk.rest();
}
