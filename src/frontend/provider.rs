//! The Terraform provider's types under the names that other tools give them:
//! Crossplane, Pulumi and CDKTF take its types and their fields over.

use crate::procedure::Value;

/// What the provider's types start with.
pub(super) const PROVIDER: &str = "alicloud_";

/// What stands before the type of something that is only looked at.
const DATA: &str = "data.";

/// Types of Pulumi's module `ecs` that have the product in their names all the
/// same, in snake case and without what makes a plural of them.
const WITH_PRODUCT: &[&str] = &[
    "activation",
    "auto_snapshot_policy",
    "capacity_reservation",
    "command",
    "dedicated_host",
    "disk_default_kms_key",
    "disk_encryption_by_default",
    "elasticity_assurance",
    "hpc_cluster",
    "image_pipeline_execution",
    "ram_role_attachment",
    "storage_capacity_unit",
];

/// Types of other modules of Pulumi that do not have their module in the name.
const WITHOUT_MODULE: &[(&str, &str)] = &[
    ("vpc", "network_interface"),
    ("vpc", "network_interface_attachment"),
    ("vpc", "router_interface"),
];

/// `instance_charge_type` for `instanceChargeType` and `InstanceChargeType`,
/// `vpc_id` for `vpcId`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = None;
    for letter in name.chars() {
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before: char| !before.is_ascii_uppercase() && before != '_');
        if starts_word {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        before = Some(letter);
    }
    snake
}

/// A value with the keys of its maps in snake case.
pub(super) fn in_snake_case(value: Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(in_snake_case).collect()),
        Value::Map(entries) => {
            let entry = |(key, value): (String, Value)| (snake_case(&key), in_snake_case(value));
            Value::Map(entries.into_iter().map(entry).collect())
        }
        other => other,
    }
}

/// `InstanceChargeType` for `instanceChargeType` and `instance_charge_type`.
pub(super) fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut starts_word = true;
    for letter in name.chars() {
        if letter == '_' {
            starts_word = true;
        } else {
            pascal.push(if starts_word { letter.to_ascii_uppercase() } else { letter });
            starts_word = false;
        }
    }
    pascal
}

/// The type of a resource of Pulumi's: `Instance` of module `ecs`.
pub(super) fn pulumi_type(module: &str, name: &str) -> String {
    let snake = snake_case(name);
    let module = snake_case(module);
    let singular = match snake.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => snake.trim_end_matches('s').to_owned(),
    };
    let has_product = WITH_PRODUCT.iter().any(|known| *known == snake || *known == singular);
    match module.as_str() {
        "ecs" if has_product => format!("{PROVIDER}ecs_{snake}"),
        "ecs" | "alicloud" | "index" | "" => format!("{PROVIDER}{snake}"),
        module if WITHOUT_MODULE.contains(&(module, &snake)) => format!("{PROVIDER}{snake}"),
        module => format!("{PROVIDER}{module}_{snake}"),
    }
}

/// The type of what a function of Pulumi's looks up: `getInstances` of module
/// `ecs`, whatever the language makes of its name.
pub(super) fn pulumi_lookup(module: &str, name: &str) -> Option<String> {
    let snake = snake_case(name);
    let name = snake.strip_prefix("get_").or_else(|| snake.strip_prefix("lookup_"))?;
    let name = name.strip_suffix("_output").unwrap_or(name);
    Some(format!("{DATA}{}", pulumi_type(module, name)))
}

/// The type of a class of CDKTF: `EcsDisk`, `DataAlicloudInstances`.
pub(super) fn cdktf_type(name: &str) -> String {
    match name.strip_prefix("DataAlicloud") {
        Some(rest) => format!("{DATA}{PROVIDER}{}", snake_case(rest)),
        None => format!("{PROVIDER}{}", snake_case(name)),
    }
}
