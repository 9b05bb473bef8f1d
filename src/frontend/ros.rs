//! ROS templates (Resource Orchestration Service): declared resources, and the
//! scripts, templates and Terraform configurations that they carry.

use crate::frontend::template::Item;
use crate::frontend::template::code::{self, References};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;

mod condition;
mod data;
mod function;
mod module;
mod number;
mod order;
mod resource;
mod scope;
mod value;
mod workspace;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "ROS templates (YAML, JSON)",
    globs: &["*.yaml", "*.yml", "*.json", "*.template"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&[FORMAT_VERSION]],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

const NAME: &str = "ros";

// Keys of a template.
const FORMAT_VERSION: &str = "ROSTemplateFormatVersion";
const RESOURCES: &str = "Resources";
const LOCALS: &str = "Locals";

/// What types of resources that are only looked up start with.
const DATA_SOURCE: &str = "DATASOURCE::";

fn recognises(text: &str) -> bool {
    template::top_level_key(text, FORMAT_VERSION).is_some()
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_text(source, "", context));
    }
    lowered
}

fn lower_text(source: &Source<'_>, within: &str, context: Context<'_>) -> Lowered {
    let mut tree = template::parse(source);
    let problems = std::mem::take(&mut tree.problems);
    let mut lowered = Lowered { problems, ..Lowered::default() };
    for document in tree.documents().filter(|document| is_template(*document)) {
        lowered.extend(lower_template(document, within, context));
    }
    lowered
}

fn is_template(item: Item<'_>) -> bool {
    item.get(FORMAT_VERSION).is_some()
}

/// Lowers a template; `within` is put before the names of its resources.
fn lower_template(template: Item<'_>, within: &str, context: Context<'_>) -> Lowered {
    let scope = scope::Scope::new(template, within, context);
    let mut lowered = workspace::lower(template, context);
    lowered.dependencies = order::dependencies(template, &scope);
    let looked_up = template.get(LOCALS).into_iter().flat_map(Item::entries);
    let looked_up = looked_up.filter(|entry| resource::is_data_source(entry.value));
    let resources = template.get(RESOURCES).into_iter().flat_map(Item::entries);
    for entry in looked_up.chain(resources) {
        lowered.extend(resource::lower(entry, &scope));
    }
    lowered
}

/// Lowers what a property holds of a template: a mapping, or its text.
fn lower_content(held: Item<'_>, within: &str, context: Context<'_>) -> Lowered {
    if is_template(held) {
        return lower_template(held, within, context);
    }
    match code::assemble(held, References::Dollar) {
        Some(source) if source.may_embed() && recognises(&source.text) => {
            lower_text(&source, within, context)
        }
        _ => Lowered::default(),
    }
}
