//! Derives `rules/bindings/terraform-alicloud.yaml` from the provider's source.

mod bound;
mod emit;
mod overlay;
mod revision;

use std::path::Path;

use crate::Failure;
use crate::go::Package;
use crate::machine::{Mode, Provider, walk};
use crate::schema::{Registration, reaching, registrations};
use bound::{BoundType, bound_steps};
use overlay::Overlay;

/// The folder of the provider's checkout that has the resources.
const FOLDER: &str = "alicloud";

/// The text of the bindings, from a checkout of the provider and an overlay.
pub(crate) fn derive(checkout: &Path, overlay: &Path) -> Result<String, Failure> {
    let mut overlay: Overlay = crate::overlay::read(overlay)?;
    let package = Package::read(&checkout.join(FOLDER))?;
    let index = package.index();
    let registrations = registrations(&index);
    if registrations.is_empty() {
        return Err(format!("{}: no registrations found", checkout.display()).into());
    }
    let reaching = reaching(&index);
    let provider = Provider { index, reaching };
    let mut problems = Vec::new();
    let mut types = Vec::new();
    for registration in &registrations {
        if let Some(bound) = bind(&provider, registration, &mut overlay, &mut problems) {
            types.push(bound);
        }
    }
    overlay.finish(&mut types)?;
    if !problems.is_empty() {
        return Err(format!("calls that cannot be told:\n{}", problems.join("\n")).into());
    }
    Ok(emit::document(&revision::describe(checkout)?, &overlay, &types))
}

/// What a registered type calls; none if that is nothing of the API.
fn bind<'p>(
    provider: &Provider<'p>,
    registration: &Registration<'p>,
    overlay: &mut Overlay,
    problems: &mut Vec<String>,
) -> Option<BoundType> {
    let mut bound = BoundType::new(registration);
    let mut reaches = false;
    for mode in Mode::ALL {
        let Some(run) = walk(provider, registration, mode) else { continue };
        let name = &registration.name;
        problems.extend(run.unresolved.iter().map(|text| format!("{name}: {text}")));
        reaches |= !run.steps.is_empty();
        if registration.is_data || mode != Mode::Read {
            bound.steps.insert(mode, bound_steps(registration, mode, run, overlay));
        }
    }
    bound.keep_schema(registration);
    let calls = bound.steps.values().any(|steps| !steps.is_empty());
    if !calls {
        bound.steps.clear();
        bound.replace.clear();
    }
    bound.only_reads = !calls;
    reaches.then_some(bound)
}
