//! Kubernetes: the commands of containers, hooks and probes, and scripts in
//! `ConfigMap`s and `Secret`s.

use crate::frontend::pipeline::{self, Sink};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::source::Source;
use template::Item;

pub(super) mod container;
mod helm;
mod pod;
mod script;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Kubernetes manifests and Helm templates: commands of pods, scripts in ConfigMaps",
    globs: &["*.yml", "*.yaml", "*.json"],
    interpreters: &[],
    recognises: Some(recognises),
    words: pipeline::WORDS,
    grouping: Grouping::File,
    max_bytes: pipeline::MAX_BYTES,
    lower,
};

const NAME: &str = "kubernetes";

// Keys of every object.
const API_VERSION: &str = "apiVersion";
const KIND: &str = "kind";

/// Kinds that hold files.
const STORES: [&str; 2] = ["ConfigMap", "Secret"];

fn recognises(text: &str) -> bool {
    let has = |key: &str| template::top_level_key(text, key).is_some();
    let runs = ["containers", "initContainers", "data:", "\"data\""];
    has(API_VERSION) && has(KIND) && runs.iter().any(|word| text.contains(word))
}

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut sink = Sink::new(context);
    for source in sources {
        let source = helm::readable(source);
        let mut tree = template::parse(&source);
        sink.out.problems.append(&mut tree.problems);
        for document in tree.documents() {
            object(document, &mut sink);
            for item in document.get("items").into_iter().flat_map(Item::items) {
                object(item, &mut sink);
            }
        }
    }
    sink.finish()
}

fn object(object: Item<'_>, sink: &mut Sink<'_>) {
    let Some(kind) = object.get_text(KIND).filter(|_| object.get(API_VERSION).is_some()) else {
        return;
    };
    if STORES.contains(&kind) {
        script::all(object, sink);
    } else if let Some(spec) = object.get("spec") {
        let name = object.get("metadata").and_then(|metadata| metadata.get_text("name"));
        pod::all(&named(kind, name), spec, sink);
    }
}

/// A name for an object: `CronJob start`. No name has an underscore but one that
/// Helm fills in.
fn named(kind: &str, name: Option<&str>) -> String {
    match name.filter(|name| !name.contains('_')) {
        Some(name) => format!("{kind} {name}"),
        None => kind.to_owned(),
    }
}
