//! What the types of packages for declaring infrastructure are: resources, what is
//! looked up, or what only carries properties.

use super::dialect::{Declares, Tool};
use super::given::{Argument, Given};
use super::thing::Thing;
use crate::frontend::provider::{cdktf_type, pulumi_lookup, pulumi_type, snake_case};

/// Endings of types that only carry what resources are given.
const CARRIERS: &[&str] = &["Args", "Props", "Config", "Property", "Options", "Opts"];

/// Endings of types that are lists of what resources are given.
const LISTS: &[&str] = &["Array", "List"];

/// Types of the ROS CDK that are no resources.
const CORE: &[&str] = &[
    "App",
    "Construct",
    "NestedStack",
    "RosCondition",
    "RosInfo",
    "RosMapping",
    "RosOutput",
    "RosParameter",
    "RosResource",
    "RosRule",
    "Stack",
    "Stage",
];

/// What is made.
pub(super) enum Made {
    /// A resource of this type, or something that is looked up.
    Resource(String),
    /// What a resource is given.
    Carrier,
    /// A list of that.
    List,
}

/// What something of a package makes, by the rest of its path: none for what
/// declares nothing.
pub(super) fn made(declares: &Declares, rest: &str) -> Option<Made> {
    let parts: Vec<&str> = rest.split(['.', '/']).filter(|part| !part.is_empty()).collect();
    let (last, modules) = parts.split_last()?;
    let is_type = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
    if is_type(last) && CARRIERS.iter().any(|ending| last.ends_with(ending)) {
        return Some(Made::Carrier);
    }
    if is_type(last) && LISTS.iter().any(|ending| last.ends_with(ending)) {
        return Some(Made::List);
    }
    // A file of one type is named after it.
    let mut around = modules.iter().rev().filter(|module| !module.ends_with("Functions"));
    let module = around.find(|module| !snake_case(last).ends_with(&snake_case(module)));
    let module = module.copied().unwrap_or_default();
    // What every program of the ROS CDK is made of.
    let is_core = modules.first().is_some_and(|it| it.eq_ignore_ascii_case("core"));
    if declares.tool == Tool::RosCdk && (is_core || CORE.contains(last)) {
        return None;
    }
    let kind = match declares.tool {
        Tool::Pulumi => match pulumi_lookup(module, last) {
            Some(kind) => kind,
            None => {
                pulumi_type(module, last.strip_prefix(declares.maker).filter(|it| is_type(it))?)
            }
        },
        Tool::Cdktf => cdktf_type(last.strip_prefix(declares.maker).filter(|it| is_type(it))?),
        Tool::RosCdk => {
            let name = last.strip_prefix(declares.maker).filter(|it| is_type(it))?;
            let name = name.strip_prefix("Ros").filter(|it| is_type(it)).unwrap_or(name);
            let is_lookup = modules.iter().any(|it| it.eq_ignore_ascii_case("datasource"));
            let space = if is_lookup { "DATASOURCE" } else { "ALIYUN" };
            let product = modules.first().copied().unwrap_or_default().to_ascii_uppercase();
            format!("{space}::{product}::{name}")
        }
    };
    Some(Made::Resource(kind))
}

/// Whether something is made as a resource is: in a scope and under a name, or under
/// a name and with what it is given.
pub(super) fn fits(tool: Tool, given: &Given) -> bool {
    let is_text = |it: &Argument| matches!(it.thing, Thing::Text(_));
    let is_map = |it: &Argument| matches!(it.thing, Thing::Map(_));
    match (tool, given.positional.as_slice()) {
        (Tool::Pulumi, [only]) => is_map(only),
        (Tool::Pulumi, [first, second, ..]) => is_text(first) && is_map(second),
        (_, [first, second, ..]) => !is_text(first) && is_text(second),
        _ => false,
    }
}

/// The type that a path names, and whether it is that of a builder which begins a
/// resource: `Instance.Builder.create`, `InstanceProps.builder`.
pub(super) fn of_builder(path: &str) -> (&str, bool) {
    if let Some(of) = path.strip_suffix(".Builder.create") {
        return (of, true);
    }
    let mut ends = [".builder", ".Invoke", ".InvokeAsync"].into_iter();
    (ends.find_map(|end| path.strip_suffix(end)).unwrap_or(path), false)
}
