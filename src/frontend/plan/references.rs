//! What a value that is not known yet refers to, by the plan's own account of its
//! configuration.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value as Json;

use super::document::{Plan, ResourceChange};
use crate::procedure::Value;

/// The references of a configuration, and the resources that the plan creates.
pub(super) struct References {
    /// Resource address without indices → attribute → references.
    expressions: HashMap<String, HashMap<String, Vec<String>>>,
    /// Module address without indices → input variable → references of its value
    /// in the module that calls it.
    inputs: HashMap<String, HashMap<String, Vec<String>>>,
    /// Addresses without indices of the resources that the plan creates.
    created: HashSet<String>,
}

#[derive(Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    root_module: Module,
}

#[derive(Default, Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    module_calls: BTreeMap<String, ModuleCall>,
}

#[derive(Deserialize)]
struct Resource {
    address: String,
    #[serde(default)]
    expressions: HashMap<String, Json>,
}

#[derive(Deserialize)]
struct ModuleCall {
    #[serde(default)]
    expressions: HashMap<String, Json>,
    #[serde(default)]
    module: Module,
}

/// How many modules an input is followed through.
const MAX_HOPS: usize = 16;

impl References {
    /// Indexes a plan.
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let mut references =
            Self { expressions: HashMap::new(), inputs: HashMap::new(), created: HashSet::new() };
        for raw in &plan.resource_changes {
            if raw.get().contains("\"create\"")
                && let Ok(change) = serde_json::from_str::<ResourceChange<'_>>(raw.get())
                && change.change.actions.iter().any(|action| action == "create")
            {
                references.created.insert(without_indices(&change.address));
            }
        }
        let configuration = plan.configuration.map(|raw| serde_json::from_str(raw.get()));
        let Some(Ok(Configuration { root_module })) = configuration else { return references };
        let mut modules = vec![(String::new(), root_module)];
        while let Some((path, module)) = modules.pop() {
            for resource in module.resources {
                let address = format!("{path}{}", resource.address);
                references.expressions.insert(address, references_of(resource.expressions));
            }
            for (name, call) in module.module_calls {
                let path = format!("{path}module.{name}.");
                references.inputs.insert(path.clone(), references_of(call.expressions));
                modules.push((path, call.module));
            }
        }
        references
    }

    /// The value of an attribute that is not known yet: from a resource that the
    /// plan creates if all its references are to such.
    pub(super) fn unknown_value(&self, change: &ResourceChange<'_>, attribute: &str) -> Value {
        let module = change.module_address.as_deref().map_or_else(String::new, without_indices);
        let path = if module.is_empty() { module } else { format!("{module}.") };
        let data = if change.is_data() { "data." } else { "" };
        let address = format!("{path}{data}{}.{}", change.kind, change.name);
        let expressions = self.expressions.get(&address);
        let named = expressions.and_then(|by_attribute| by_attribute.get(attribute));
        let mut sources: Vec<String> = Vec::new();
        for reference in named.into_iter().flatten() {
            self.follow(&path, reference, &mut sources, MAX_HOPS);
        }
        let text = format!("{attribute} known after apply");
        match sources.first() {
            Some(first) if sources.iter().all(|source| self.created.contains(source)) => {
                Value::declared(text, first)
            }
            _ => Value::unknown(text),
        }
    }

    /// Adds the resources that a reference leads to; what leads elsewhere is
    /// added as it is written.
    fn follow(&self, path: &str, reference: &str, sources: &mut Vec<String>, hops: usize) {
        let parts: Vec<&str> = reference.split('.').collect();
        match parts.as_slice() {
            ["var", name, ..] if hops > 0 => {
                let inputs = self.inputs.get(path).and_then(|inputs| inputs.get(*name));
                let Some(inputs) = inputs else { return sources.push(reference.to_owned()) };
                let parent = parent_of(path);
                for input in inputs {
                    self.follow(parent, input, sources, hops - 1);
                }
            }
            // Which of several is told by the other references.
            ["count" | "each" | "path" | "terraform", ..] => {}
            [kind, name, ..] => {
                let address = format!("{path}{kind}.{}", without_indices(name));
                if !sources.contains(&address) {
                    sources.push(address);
                }
            }
            _ => sources.push(reference.to_owned()),
        }
    }
}

/// The path of the module that calls a module: `module.a.` of `module.a.module.b.`.
fn parent_of(path: &str) -> &str {
    path.rfind("module.").map_or("", |at| &path[..at])
}

/// The references of each expression of a block.
fn references_of(expressions: HashMap<String, Json>) -> HashMap<String, Vec<String>> {
    let listed = |json: &Json| {
        let references = json.get("references").and_then(Json::as_array);
        let texts = references.into_iter().flatten().filter_map(Json::as_str);
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    expressions.into_iter().map(|(name, json)| (name, listed(&json))).collect()
}

/// An address without `[…]`.
fn without_indices(address: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for letter in address.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}
