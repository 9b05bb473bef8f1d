//! Resources that exist already: the state inside a plan, `terraform show -json`
//! of a state, and `terraform.tfstate`.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{NAME, PREFIX};
use crate::procedure::{Declaration, Property, Value};
use crate::source::Span;

/// Either form of a state.
#[derive(Deserialize)]
struct State {
    /// What `show -json` writes.
    values: Option<Values>,
    /// What the state file holds, version 4.
    #[serde(default)]
    resources: Vec<FileResource>,
}

#[derive(Deserialize)]
struct Values {
    root_module: Module,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    child_modules: Vec<Self>,
}

#[derive(Deserialize)]
struct Resource {
    address: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: serde_json::Map<String, Json>,
}

#[derive(Deserialize)]
struct FileResource {
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    instances: Vec<FileInstance>,
}

#[derive(Deserialize)]
struct FileInstance {
    index_key: Option<Json>,
    #[serde(default)]
    attributes: serde_json::Map<String, Json>,
}

/// The managed resources of the provider in a state, each with its identifiers;
/// nothing else of a state is of interest. They have the given span.
///
/// # Errors
/// What is wrong with the JSON.
pub(super) fn resources(text: &str, span: Span) -> Result<Vec<Declaration>, serde_json::Error> {
    let state: State = serde_json::from_str(text)?;
    let mut modules: Vec<Module> = state.values.into_iter().map(|one| one.root_module).collect();
    let mut resources = Vec::new();
    while let Some(mut module) = modules.pop() {
        modules.append(&mut module.child_modules);
        resources.append(&mut module.resources);
    }
    resources.extend(state.resources.into_iter().flat_map(instances));
    let of_provider = |resource: &Resource| resource.kind.starts_with(PREFIX);
    let found = resources.into_iter().filter(of_provider);
    Ok(found.map(|resource| resource.declaration(span)).collect())
}

/// The instances of a resource in a state file, under their addresses.
fn instances(resource: FileResource) -> Vec<Resource> {
    if resource.mode != "managed" {
        return Vec::new();
    }
    let module = resource.module.map_or_else(String::new, |module| format!("{module}."));
    let plain = format!("{module}{}.{}", resource.kind, resource.name);
    let kind = resource.kind;
    let instance = |instance: FileInstance| Resource {
        address: match instance.index_key {
            Some(key) => format!("{plain}[{key}]"),
            None => plain.clone(),
        },
        kind: kind.clone(),
        values: instance.attributes,
    };
    resource.instances.into_iter().map(instance).collect()
}

impl Resource {
    fn declaration(self, span: Span) -> Declaration {
        let ids = self.values.into_iter().filter(|(name, _)| name == "id" || name.ends_with("_id"));
        let properties = ids
            .filter_map(|(name, value)| match value {
                Json::String(id) => Some(Property { name, value: Value::Text(id), span }),
                _ => None,
            })
            .collect();
        let (address, kind) = (self.address, self.kind);
        Declaration { address, kind, span, frontend: NAME, properties }
    }
}
