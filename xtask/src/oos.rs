//! Derives `rules/bindings/oos.yaml` from the published OOS templates: cloud
//! product actions, and public templates that other templates run by name. The
//! templates are read by the front end itself.

mod emit;
mod expand;
mod overlay;
mod steps;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::checkout::commit;
use expand::expanded;
use overlay::Overlay;
use steps::Template;

/// Where the texts are in the checkout: cloud product actions in a folder for
/// each product.
const ACTIONS: &str = "CloudProductActions";
const PUBLIC: &str = "PublicTemplates";
/// The folder with the YAML form, which says the same as the JSON form.
const FORM: &str = "YAML";

/// The text of the bindings, from a checkout of the templates and an overlay.
pub(crate) fn derive(checkout: &Path, overlay: &Path) -> Result<String, Failure> {
    let mut overlay: Overlay = crate::overlay::read(overlay)?;
    let mut templates = BTreeMap::new();
    for path in files(checkout)? {
        let mut template = Template::read(&path)?;
        overlay.describe(&mut template);
        overlay.mark_calls(&mut template);
        templates.insert(template.name.to_ascii_lowercase(), template);
    }
    if templates.is_empty() {
        return Err(format!("{}: no templates found", checkout.display()).into());
    }
    let mut types: Vec<Template> =
        templates.values().map(|one| expanded(one, &templates)).collect();
    for template in &mut types {
        overlay.mark_calls(template);
    }
    overlay.finish()?;
    let revision = commit(checkout).map(|commit| format!(" at {commit}")).unwrap_or_default();
    let source = format!("aliyun/oos-templates{revision}, {ACTIONS}/*/{FORM} and {PUBLIC}/{FORM}");
    Ok(emit::document(&source, &overlay, &types))
}

/// The templates of the checkout, in the order of their paths.
fn files(checkout: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut folders = vec![checkout.join(PUBLIC).join(FORM)];
    folders.extend(listed(&checkout.join(ACTIONS))?.into_iter().map(|product| product.join(FORM)));
    let mut files = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        files.extend(
            listed(folder)?.into_iter().filter(|path| path.extension().is_some_and(is_yaml)),
        );
    }
    Ok(files)
}

fn is_yaml(extension: &std::ffi::OsStr) -> bool {
    extension == "yml" || extension == "yaml"
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|one| one.path())).collect();
    let mut paths = paths?;
    paths.sort();
    Ok(paths)
}
