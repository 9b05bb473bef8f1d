//! One resource: its declaration, and what it carries.

use super::scope::Scope;
use super::value::value;
use super::{condition, module};
use crate::frontend::template::code::References;
use crate::frontend::template::script::{self, Script};
use crate::frontend::template::{Entry, Item};
use crate::frontend::{Lowered, oos};
use crate::procedure::{Declaration, Property, Value};

// Keys of a resource.
const TYPE: &str = "Type";
pub(super) const PROPERTIES: &str = "Properties";
const CONDITION: &str = "Condition";
const COUNT: &str = "Count";

/// Keys beside the properties that decide what an update or a delete does.
const ATTRIBUTES: [&str; 4] = ["UpdatePolicy", "DeletionPolicy", COUNT, CONDITION];

/// What the types start with whose lifecycle may reach ECS.
const TYPES: [&str; 6] = [
    "ALIYUN::ECS::",
    "DATASOURCE::ECS::",
    "MODULE::ACS::OOS::",
    "ALIYUN::OOS::",
    "ALIYUN::ROS::",
    "ALIYUN::VPC::EIPAssociation",
];

/// Properties that hold a script.
const SCRIPTS: [&str; 3] = ["UserData", "CommandContent", "CommandContentOnDeletion"];
/// Properties that hold an OOS template.
const OOS_TEMPLATES: [&str; 2] = ["Content", "TemplateContent"];
/// The property that holds a ROS template.
pub(super) const TEMPLATE_BODY: &str = "TemplateBody";

/// Lowers a resource, unless constants say that it is never there.
pub(super) fn lower(entry: Entry<'_>, scope: &Scope<'_>) -> Lowered {
    let (Some(name), Some(kind)) = (entry.key.text(), entry.value.get_text(TYPE)) else {
        return Lowered::default();
    };
    if is_never_there(entry.value, scope) {
        return Lowered::default();
    }
    let mut lowered = carried(name, kind, entry.value, scope);
    if TYPES.iter().any(|start| kind.starts_with(start)) {
        let declaration = declaration(name, kind, entry, scope);
        lowered.procedures.extend(module::lower(&declaration, scope.context));
        lowered.declarations.insert(0, declaration);
    }
    lowered
}

/// Whether it is a data source, which may stand among the locals too.
pub(super) fn is_data_source(resource: Item<'_>) -> bool {
    resource.get_text(TYPE).is_some_and(|kind| kind.starts_with(super::DATA_SOURCE))
}

fn is_never_there(resource: Item<'_>, scope: &Scope<'_>) -> bool {
    let condition = resource.get(CONDITION).and_then(|it| condition::holds(it, scope));
    let count = resource.get(COUNT).map(|count| value(count, scope));
    condition == Some(false) || count.as_ref().and_then(Value::as_text) == Some("0")
}

fn declaration(name: &str, kind: &str, entry: Entry<'_>, scope: &Scope<'_>) -> Declaration {
    let properties = entry.value.get(PROPERTIES).into_iter().flat_map(Item::entries);
    let attributes = entry
        .value
        .entries()
        .filter(|entry| entry.key.text().is_some_and(|key| ATTRIBUTES.contains(&key)));
    let properties = properties.chain(attributes).map(|entry| Property {
        name: entry.key.render(),
        value: value(entry.value, scope),
        span: entry.key.span_to(entry.value),
    });
    Declaration {
        address: scope.address(name),
        kind: kind.to_owned(),
        span: entry.key.span_to(entry.value),
        frontend: super::NAME,
        properties: properties.filter(|property| property.value != Value::Absent).collect(),
    }
}

/// What is in the scripts and templates that a resource carries.
fn carried(name: &str, kind: &str, resource: Item<'_>, scope: &Scope<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let Some(properties) = resource.get(PROPERTIES) else { return lowered };
    for entry in properties.entries() {
        let Some(key) = entry.key.text() else { continue };
        if SCRIPTS.contains(&key) {
            let title = format!("{key} of {}", scope.address(name));
            let script = Script {
                content: entry.value,
                is_encoded: properties.get_text("ContentEncoding") == Some("Base64"),
                kind: properties.get_text(TYPE),
                launcher: properties.get_text("Launcher"),
                references: References::Dollar,
                frontend: super::NAME,
            };
            lowered.extend(script::lower(script, &title, scope.context));
        } else if OOS_TEMPLATES.contains(&key) && kind.contains("OOS::") {
            let title = format!("{key} of {}", scope.address(name));
            lowered.extend(oos::lower_content(entry.value, &title, scope.context));
        } else if key == TEMPLATE_BODY {
            lowered.extend(super::lower_content(entry.value, &scope.address(name), scope.context));
        }
    }
    lowered
}
