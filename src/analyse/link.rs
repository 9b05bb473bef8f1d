//! Points what a plan says of a resource at the block that declares it, if that
//! is among what was read.

use std::collections::HashMap;

use super::Analysis;
use crate::finding::Label;
use crate::judge::JudgedProcedure;
use crate::procedure::{Binding, Evidence};
use crate::source::{Span, folder_of};

/// Where a resource is declared.
#[derive(Default)]
struct Place {
    block: Option<Span>,
    attributes: HashMap<String, Span>,
}

/// Address of a resource → folder of the files that declare it → where.
type Places = HashMap<String, HashMap<String, Place>>;

/// Moves planned steps and findings to the blocks and attributes they are about.
pub(super) fn link(analysis: &mut Analysis<'_>) {
    if !analysis.procedures.iter().any(is_planned) {
        return;
    }
    let places = places(analysis);
    let folder = |span: Span| folder_of(&analysis.files[&span.file].path).to_owned();
    for judged in analysis.procedures.iter_mut().filter(|judged| is_planned(judged)) {
        let home = folder(judged.span);
        for step in &mut judged.steps {
            let operation = &mut step.operation;
            if let Some(binding) = &operation.binding
                && let Some(place) = place_of(&places, binding, &home)
            {
                operation.span = place.of(binding);
                judged.span = place.block.unwrap_or(judged.span);
            }
        }
    }
    for finding in &mut analysis.findings {
        let planned = finding.label.span;
        if finding.evidence == Evidence::Planned
            && let Some(binding) = &finding.binding
            && let Some(place) = place_of(&places, binding, &folder(planned))
        {
            finding.label.span = place.of(binding);
            for label in finding.related.iter_mut().filter(|label| label.span == planned) {
                label.span = finding.label.span;
            }
            finding.related.push(Label { span: planned, message: "planned here".to_owned() });
        }
    }
}

fn is_planned(judged: &JudgedProcedure) -> bool {
    judged.steps.iter().any(|step| step.operation.evidence == Evidence::Planned)
}

fn places(analysis: &Analysis<'_>) -> Places {
    let mut places = Places::new();
    for judged in analysis.procedures.iter().filter(|judged| !is_planned(judged)) {
        for operation in judged.steps.iter().map(|step| &step.operation) {
            let Some(binding) = &operation.binding else { continue };
            let folder = folder_of(&analysis.files[&operation.span.file].path).to_owned();
            let by_folder = places.entry(binding.resource.clone()).or_default();
            let place = by_folder.entry(folder).or_default();
            place.block = Some(judged.span);
            for attribute in &binding.attributes {
                let named = attribute.span.map(|span| (attribute.name.clone(), span));
                place.attributes.extend(named);
            }
        }
    }
    places
}

impl Place {
    /// The attribute that a call hangs on, or the block.
    fn of(&self, binding: &Binding) -> Span {
        let attributes = binding.attributes.iter();
        let mut spans = attributes.filter_map(|attribute| self.attributes.get(&attribute.name));
        let span = spans.next().copied().or(self.block);
        span.expect("a place is made together with its block")
    }
}

/// Where the resource of a binding is declared: below the folder of the plan, or
/// anywhere if only one folder declares it.
fn place_of<'p>(places: &'p Places, binding: &Binding, home: &str) -> Option<&'p Place> {
    let by_folder = places.get(&binding.resource)?;
    match by_folder.get(home) {
        Some(place) => Some(place),
        None if by_folder.len() == 1 => by_folder.values().next(),
        None => None,
    }
}
