//! Terraform configurations in a template's `Workspace`: one module tree, and
//! scripts beside it.

use crate::frontend::template::{Entry, Item, script};
use crate::frontend::{Context, FRONTENDS, Frontend, Grouping, Lowered, named};
use crate::source::{Source, relative_path};

// Keys of a template.
const TRANSFORM: &str = "Transform";
const WORKSPACE: &str = "Workspace";

/// What transforms that read a workspace start with.
const TRANSFORMS: [&str; 2] = ["Aliyun::Terraform-", "Aliyun::OpenTofu-"];

/// Lowers the configurations of a workspace as one unit, so that its folders
/// find each other, and each of its scripts.
pub(super) fn lower(template: Item<'_>, context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let Some(workspace) = template.get(WORKSPACE).filter(|_| is_transformed(template)) else {
        return lowered;
    };
    let Some(terraform) = named("terraform") else { return lowered };
    let mut modules = Vec::new();
    let mut scripts = Vec::new();
    for entry in workspace.entries() {
        let Some(path) = entry.key.text() else { continue };
        let name = path.rsplit('/').next().unwrap_or(path);
        if terraform.fit(name).is_some() {
            modules.extend(file(entry, path));
        } else if let Some(frontend) = FRONTENDS.iter().find(|one| reads_alone(one, name)) {
            scripts.extend(file(entry, path).map(|script| (frontend.name, path, script)));
        }
    }
    if modules.iter().any(|file| terraform.matters(file.text.as_bytes())) {
        lowered.extend((terraform.lower)(&modules, context));
    }
    for (language, path, script) in scripts {
        lowered.extend(script::lower_file(language, &script, path, context));
    }
    lowered
}

fn is_transformed(template: Item<'_>) -> bool {
    let Some(transform) = template.get(TRANSFORM) else { return false };
    let mut names = transform.items().filter_map(Item::text).chain(transform.text());
    names.any(|name| TRANSFORMS.iter().any(|start| name.starts_with(start)))
}

/// Whether a front end reads files of a name one by one, whatever is in them.
fn reads_alone(frontend: &Frontend, name: &str) -> bool {
    let alone = !matches!(frontend.grouping, Grouping::Folders(_)) && frontend.recognises.is_none();
    alone && frontend.fit(name).is_some()
}

/// A file of the workspace. Its path starts with the template's, as if that were
/// a folder.
fn file(entry: Entry<'_>, path: &str) -> Option<Source<'static>> {
    let host = entry.value.source();
    let aligned = entry.value.aligned().filter(|_| host.may_embed())?;
    let mut embedding = host.embed();
    aligned.append(0..aligned.text.len(), &mut embedding);
    let mut file = embedding.finish();
    file.path = relative_path(&host.path, path).into();
    Some(file)
}
