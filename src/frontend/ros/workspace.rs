//! Terraform configurations in a template's `Workspace`.

use std::collections::HashMap;

use crate::frontend::template::Item;
use crate::frontend::{Context, Lowered, named};
use crate::source::Source;

// Keys of a template.
const TRANSFORM: &str = "Transform";
const WORKSPACE: &str = "Workspace";

/// What transforms that read a workspace start with.
const TRANSFORMS: [&str; 2] = ["Aliyun::Terraform-", "Aliyun::OpenTofu-"];

/// Lowers the configurations of a workspace, each of its folders as one unit.
pub(super) fn lower(template: Item<'_>, context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let Some(workspace) = template.get(WORKSPACE).filter(|_| is_transformed(template)) else {
        return lowered;
    };
    let Some(terraform) = named("terraform") else { return lowered };
    for files in folders(workspace) {
        if files.iter().any(|file| terraform.matters(file.text.as_bytes())) {
            lowered.extend((terraform.lower)(&files, context));
        }
    }
    lowered
}

fn is_transformed(template: Item<'_>) -> bool {
    let Some(transform) = template.get(TRANSFORM) else { return false };
    let mut names = transform.items().filter_map(Item::text).chain(transform.text());
    names.any(|name| TRANSFORMS.iter().any(|start| name.starts_with(start)))
}

/// The Terraform files of a workspace by their folder, in source order.
fn folders(workspace: Item<'_>) -> Vec<Vec<Source<'static>>> {
    let mut folders: Vec<Vec<Source<'static>>> = Vec::new();
    let mut places = HashMap::new();
    for entry in workspace.entries() {
        let Some(path) = entry.key.text().filter(|path| is_configuration(path)) else { continue };
        let Some(aligned) = entry.value.aligned().filter(|_| entry.value.source().may_embed())
        else {
            continue;
        };
        let mut embedding = entry.value.source().embed();
        aligned.append(0..aligned.text.len(), &mut embedding);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let place = *places.entry(folder).or_insert(folders.len());
        if place == folders.len() {
            folders.push(Vec::new());
        }
        folders[place].push(embedding.finish());
    }
    folders
}

fn is_configuration(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "tf")
}
