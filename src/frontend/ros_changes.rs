//! What ROS says that a stack will do: the answers of `GetChangeSet`, and of
//! `PreviewStack` for a new stack or an existing one.

use crate::frontend::template::Item;
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Change, Declaration, Lifecycle, Property};
use crate::source::Source;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "ROS change sets and previews, from `aliyun ros GetChangeSet` and `PreviewStack`",
    globs: &["*.json"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&[LOGICAL_ID], &[TYPE]],
    grouping: Grouping::File,
    max_bytes: 64 << 20,
    lower,
};

const NAME: &str = "ros-changes";

// Keys of the answers. Change sets list changes, previews a stack's resources,
// of which one may be a stack again.
const CHANGES: &str = "Changes";
const CHANGE: &str = "ResourceChange";
const STACK: &str = "Stack";
const RESOURCES: &str = "Resources";

// Keys of one resource.
const LOGICAL_ID: &str = "LogicalResourceId";
const PHYSICAL_ID: &str = "PhysicalResourceId";
const TYPE: &str = "ResourceType";
const ACTION: &str = "Action";
const REPLACEMENT: &str = "Replacement";
const PROPERTIES: &str = "Properties";
/// What changes of it, in a stack that is made of a template.
const DETAILS: &str = "Details";
const TARGET: &str = "Target";
const ATTRIBUTE: &str = "Attribute";
const NAME_OF_PROPERTY: &str = "Name";
/// What changes of it, in a stack that is made of a Terraform configuration.
const PROPERTY_CHANGES: &str = "PropertyChanges";
const NAMES: [&str; 2] = ["PropertyName", NAME_OF_PROPERTY];

fn recognises(text: &str) -> bool {
    let is_set = template::top_level_key(text, CHANGES).is_some() && text.contains(CHANGE);
    is_set || template::top_level_key(text, STACK).is_some() && text.contains(RESOURCES)
}

fn lower(sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut tree = template::parse(source);
        lowered.problems.append(&mut tree.problems);
        for answer in tree.documents() {
            let changes = answer.get(CHANGES).into_iter().flat_map(Item::items);
            let changes = changes.filter_map(|change| change.get(CHANGE));
            lowered.changes.extend(changes.filter_map(|resource| change(resource, "")));
            if let Some(stack) = answer.get(STACK) {
                preview(stack, "", &mut lowered);
            }
        }
    }
    lowered
}

/// The resources of a previewed stack, those of nested ones too. Recursion goes
/// no deeper than the tree is high.
fn preview(stack: Item<'_>, within: &str, lowered: &mut Lowered) {
    for resource in stack.get(RESOURCES).into_iter().flat_map(Item::items) {
        lowered.changes.extend(change(resource, within));
        if let Some(nested) = resource.get(STACK) {
            let nested = nested.get(STACK).unwrap_or(nested);
            let within = address(resource, within).unwrap_or_default();
            preview(nested, &within, lowered);
        }
    }
}

fn address(resource: Item<'_>, within: &str) -> Option<String> {
    let id = resource.get_text(LOGICAL_ID)?;
    Some(if within.is_empty() { id.to_owned() } else { format!("{within}.{id}") })
}

/// What will happen to a resource; none if that is nothing.
fn change(resource: Item<'_>, within: &str) -> Option<Change> {
    let declaration = declaration(resource, within)?;
    let action = resource.get_text(ACTION)?;
    let mut changed = changed(resource);
    let mut possible = false;
    let mut replaces = None;
    let lifecycles: &[Lifecycle] = match action {
        "Add" => &[Lifecycle::Create],
        "Remove" => &[Lifecycle::Delete],
        "Modify" if is(resource, "True") => &[Lifecycle::Create, Lifecycle::Delete],
        "Modify" => {
            if changed.is_empty() {
                // A preview gives the properties and not which of them change.
                changed = declaration.properties.iter().map(|one| one.name.clone()).collect();
                possible = true;
            }
            possible |= is(resource, "Conditional");
            replaces = is(resource, "Conditional").then(|| declaration.clone());
            &[Lifecycle::Update]
        }
        _ => return None,
    };
    let operations = lifecycles.iter().map(|lifecycle| (*lifecycle, declaration.clone()));
    let id = resource.get_text(PHYSICAL_ID).filter(|id| !id.is_empty()).map(str::to_owned);
    Some(Change { operations: operations.collect(), changed, id, replaces, possible })
}

/// What it says of its replacement.
fn is(resource: Item<'_>, answer: &str) -> bool {
    resource.get_text(REPLACEMENT).is_some_and(|said| said.eq_ignore_ascii_case(answer))
}

fn declaration(resource: Item<'_>, within: &str) -> Option<Declaration> {
    let properties = resource.get(PROPERTIES).into_iter().flat_map(Item::entries);
    let properties = properties.map(|entry| Property {
        name: entry.key.render(),
        value: entry.value.plain_value(),
        span: entry.key.span_to(entry.value),
    });
    Some(Declaration {
        address: address(resource, within)?,
        kind: resource.get_text(TYPE)?.to_owned(),
        span: resource.get(LOGICAL_ID)?.span(),
        frontend: NAME,
        properties: properties.filter(|property| property.value.is_given()).collect(),
    })
}

/// The names of what changes: properties, and attributes beside them.
fn changed(resource: Item<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let targets = resource.get(DETAILS).into_iter().flat_map(Item::items);
    let targets = targets.filter_map(|detail| detail.get(TARGET)).filter_map(|target| {
        let name = target.get_text(NAME_OF_PROPERTY).filter(|name| !name.is_empty());
        name.or_else(|| target.get_text(ATTRIBUTE).filter(|name| *name != PROPERTIES))
    });
    let terraform = resource.get(PROPERTY_CHANGES).into_iter().flat_map(Item::items);
    let terraform =
        terraform.filter_map(|change| NAMES.iter().find_map(|name| change.get_text(name)));
    for name in targets.chain(terraform) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}
