//! Points what a plan says of a resource at the block that declares it, if that
//! is among what was read.

use std::collections::{HashMap, HashSet};

use super::Analysis;
use crate::finding::Label;
use crate::procedure::Binding;
use crate::source::{Span, folder_of};

/// Where a resource is declared.
struct Place {
    block: Span,
    attributes: HashMap<String, Span>,
    /// Whether another block declares a resource of the same address, so that
    /// it cannot be told which of them a plan is about.
    ambiguous: bool,
}

/// Type and address of a resource → folder of the files that declare it → where.
type Places = HashMap<(String, String), HashMap<String, Place>>;

/// Moves planned steps and findings to the blocks and attributes they are about.
pub(super) fn link(analysis: &mut Analysis<'_>) {
    if !analysis.procedures.iter().any(|judged| judged.planned) {
        return;
    }
    let places = places(analysis);
    let folder = |span: Span| folder_of(&analysis.files[&span.file].path).to_owned();
    let planned = planned_spans(analysis);
    for judged in analysis.procedures.iter_mut().filter(|judged| judged.planned) {
        let home = folder(judged.span);
        for step in &mut judged.steps {
            let operation = &mut step.operation;
            if let Some(binding) = &operation.binding
                && let Some(place) = place_of(&places, binding, &home)
            {
                operation.span = place.of(binding);
                judged.span = place.block;
            }
        }
    }
    for finding in &mut analysis.findings {
        let span = finding.label.span;
        if planned.contains(&span)
            && let Some(binding) = &finding.binding
            && let Some(place) = place_of(&places, binding, &folder(span))
        {
            finding.label.span = place.of(binding);
            for label in finding.related.iter_mut().filter(|label| label.span == span) {
                label.span = finding.label.span;
            }
            finding.related.push(Label { span, message: "planned here".to_owned() });
        }
    }
}

fn planned_spans(analysis: &Analysis<'_>) -> HashSet<Span> {
    let planned = analysis.procedures.iter().filter(|judged| judged.planned);
    planned.flat_map(|judged| &judged.steps).map(|step| step.operation.span).collect()
}

fn places(analysis: &Analysis<'_>) -> Places {
    let mut places = Places::new();
    for judged in analysis.procedures.iter().filter(|judged| !judged.planned) {
        for operation in judged.steps.iter().map(|step| &step.operation) {
            let Some(binding) = &operation.binding else { continue };
            let folder = folder_of(&analysis.files[&operation.span.file].path).to_owned();
            let by_folder = places.entry(key(binding)).or_default();
            let place = by_folder.entry(folder).or_insert_with(|| Place::new(judged.span));
            place.ambiguous |= place.block != judged.span;
            for attribute in &binding.attributes {
                let named = attribute.span.map(|span| (attribute.name.clone(), span));
                place.attributes.extend(named);
            }
        }
    }
    places
}

fn key(binding: &Binding) -> (String, String) {
    (binding.kind.clone(), binding.resource.clone())
}

impl Place {
    fn new(block: Span) -> Self {
        Self { block, attributes: HashMap::new(), ambiguous: false }
    }

    /// The attribute that a call hangs on, or the block.
    fn of(&self, binding: &Binding) -> Span {
        let attributes = binding.attributes.iter();
        let mut spans = attributes.filter_map(|attribute| self.attributes.get(&attribute.name));
        spans.next().copied().unwrap_or(self.block)
    }
}

/// Where the resource of a binding is declared: below the folder of the plan, or
/// anywhere if only one folder declares it.
fn place_of<'p>(places: &'p Places, binding: &Binding, home: &str) -> Option<&'p Place> {
    let by_folder = places.get(&key(binding))?;
    let place = match by_folder.get(home) {
        Some(place) => Some(place),
        None if by_folder.len() == 1 => by_folder.values().next(),
        None => None,
    };
    place.filter(|place| !place.ambiguous)
}
