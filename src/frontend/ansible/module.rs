//! Tasks whose module is one of those for Alibaba Cloud: which calls they make,
//! bindings tell.

use super::action::{Action, Given, pairs};
use super::jinja;
use super::run::Run;
use super::scope::Frame;
use crate::frontend::oos;
use crate::frontend::template::Item;
use crate::procedure::{Declaration, Node, Property, Value};

/// The collection of the modules.
pub(super) const COLLECTION: &str = "alibaba.alicloud";

/// How the names of modules start.
const PREFIXES: [&str; 2] = ["ali_", "alicloud_"];

/// Modules that another collection has copies of, to which the short name leads.
const COPIED: [&str; 3] = ["ali_instance", "ali_instance_info", "ali_instance_facts"];

/// The collection that has them.
const COPIES: &str = "community.general";

/// What decides most where arguments cannot be seen.
const UNSEEN: [&str; 3] = ["state", "instance_ids", "disk_id"];

/// The module that runs a template of OOS.
const RUNS_TEMPLATE: &str = "ali_oos_execution";

/// Whether a name is that of a module for Alibaba Cloud.
pub(super) fn is_ours(name: &str) -> bool {
    let name = bare(name);
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// A name without the collection, whoever has a copy of the module.
fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What a task with a module is called.
pub(super) fn address(task: Item<'_>, action: &Action<'_>) -> String {
    task.get_text("name").unwrap_or_else(|| bare(action.name)).to_owned()
}

impl<'t> Run<'_, 't> {
    /// What a task with a module calls.
    pub(super) fn module(
        &mut self,
        task: Item<'t>,
        action: &Action<'t>,
        frame: &Frame<'t>,
    ) -> Vec<Node> {
        let name = bare(action.name);
        let is_copied = COPIED.contains(&name);
        let is_full = action.full.contains('.') || frame.rules.has_collection;
        let is_copy = is_copied && (action.full.starts_with(COPIES) || !is_full);
        let collection = if is_copy { COPIES } else { COLLECTION };
        let declaration = Declaration {
            address: address(task, action),
            kind: format!("{collection}.{name}"),
            span: task.span(),
            frontend: super::NAME,
            properties: self.properties(task, action, frame),
        };
        if name == RUNS_TEMPLATE {
            return execution(&declaration);
        }
        vec![Node::Expand(declaration)]
    }

    /// The arguments of a module, those of the task first.
    fn properties(&self, task: Item<'t>, action: &Action<'t>, frame: &Frame<'t>) -> Vec<Property> {
        let own = match &action.given {
            Given::Named(arguments) => Some(*arguments),
            Given::Free(..) | Given::Other => None,
        };
        let names = [action.full, bare(action.name)];
        let groups = frame.rules.defaults.iter().rev();
        let defaults =
            groups.filter_map(|defaults| names.iter().find_map(|name| defaults.get(name)));
        let mappings = own.into_iter().chain(action.more).chain(defaults);
        let mut properties: Vec<Property> = Vec::new();
        for entry in mappings.flat_map(Item::entries) {
            let value = self.value(entry.value, frame);
            let Some(name) = entry.key.text().filter(|_| value != Value::Absent) else { continue };
            if !properties.iter().any(|known| known.name == name) {
                let span = entry.key.span_to(entry.value);
                properties.push(Property { name: name.to_owned(), value, span });
            }
        }
        let free = action.free_text().unwrap_or_default();
        if jinja::sole(free).is_some() {
            let unseen = UNSEEN.iter().map(|name| Property {
                name: (*name).to_owned(),
                value: Value::unknown(free),
                span: task.span(),
            });
            properties.extend(unseen);
            return properties;
        }
        for (name, text) in pairs(free) {
            let value = self.text_value(text, frame);
            properties.push(Property { name: name.to_owned(), value, span: task.span() });
        }
        properties
    }
}

/// What running a template of OOS calls.
fn execution(declaration: &Declaration) -> Vec<Node> {
    let value = |name: &str| declaration.property(name).map(|property| &property.value);
    let starts =
        value("state").is_none_or(|state| state.as_text().is_none_or(|it| it == "present"));
    let Some(name) = value("template_name").or_else(|| value("name")).filter(|_| starts) else {
        return Vec::new();
    };
    let given = declaration.property("parameters");
    let entries = match given.map(|given| &given.value) {
        Some(Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let span = given.map_or(declaration.span, |given| given.span);
    let property = |(name, value): &(String, Value)| Property {
        name: name.clone(),
        value: value.clone(),
        span,
    };
    let properties = entries.iter().map(property).collect();
    let run = Declaration { properties, ..declaration.clone() };
    oos::named_template(name, run).into_iter().collect()
}
